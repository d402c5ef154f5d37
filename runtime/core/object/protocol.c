// SPDX-License-Identifier: MIT
//
// protocol.c - the operations every object has, by way of its type's slots.
//
// Owns        the rules of dispatch: which operand is asked first, what happens when nobody knows.
// Threads     any attached thread. Anything here may run script code.
#include "core/object/class.h"

#include "core/object/dict.h"      // exact fast paths
#include "core/object/error.h"     // errors
#include "core/object/exception.h" // StopIteration
#include "core/object/float.h"     // numbers
#include "core/object/int.h"       // numbers
#include "core/object/iter.h"      // sequence iterator
#include "core/object/known.h"     // names
#include "core/object/state.h"     // recursion guard
#include "core/object/str.h"       // text
#include "core/object/tuple.h"     // isinstance

tg_value tgc_repr(tg_thread *t, tg_value v)
{
    if (tgc_enter_c(t) < 0)
        return TGC_NULL;
    tg_value r = tgc_type_of(v)->repr(t, v);
    tgc_leave_c(t);
    return r;
}

tg_value tgc_to_str(tg_thread *t, tg_value v)
{
    tgc_type *type = tgc_type_of(v);
    if (type == &tgc_str_type)
        return tgc_retain(t, v);
    if (type->str == NULL)
        return tgc_repr(t, v);
    if (tgc_enter_c(t) < 0)
        return TGC_NULL;
    tg_value r = type->str(t, v);
    tgc_leave_c(t);
    return r;
}

int tgc_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    tgc_type *type = tgc_type_of(v);
    if (type->hash == NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "unhashable type: '%s'", type->name);
    if ((type->flags & TGC_TF_TRACKED) == 0)
        return type->hash(t, v, out);
    if (tgc_enter_c(t) < 0) // a tuple of tuples of ...
        return -1;
    int st = type->hash(t, v, out);
    tgc_leave_c(t);
    return st;
}

int tgc_truth(tg_thread *t, tg_value v)
{
    if (v == TGC_TRUE)
        return 1;
    if (v == TGC_FALSE || v == TGC_NONE || v == 0)
        return 0;
    tgc_type *type = tgc_type_of(v);
    if (type->truth != NULL)
        return type->truth(t, v);
    if (type->length != NULL) {
        int64_t n = type->length(t, v);
        return n < 0 ? -1 : n > 0;
    }
    return 1;
}

int64_t tgc_length(tg_thread *t, tg_value v)
{
    tgc_type *type = tgc_type_of(v);
    if (type->length == NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "object of type '%s' has no len()",
                             type->name);
    return type->length(t, v);
}

static const char *const symbols[] = {"+",  "-",  "*", "/", "//", "%", "** or pow()",
                                      "<<", ">>", "&", "|", "^",  "@", "divmod()"};

static tg_value binary_known(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    tgc_type *ta = tgc_type_of(a), *tb = tgc_type_of(b);
    tg_value r;
    bool tried_b = false;
    if (tb != ta && tb->binary != NULL && tb->binary != ta->binary && tgc_is_subtype(tb, ta)) {
        r = tb->binary(t, op, a, b);
        if (r != TGC_NOTIMPL)
            return r;
        tried_b = true;
    }
    if (ta->binary != NULL) {
        r = ta->binary(t, op, a, b);
        if (r != TGC_NOTIMPL)
            return r;
    }
    if (!tried_b && tb->binary != NULL && tb->binary != ta->binary)
        return tb->binary(t, op, a, b);
    return TGC_NOTIMPL;
}

static tg_value unsupported(tg_thread *t, const char *symbol, const char *suffix, tg_value a,
                            tg_value b)
{
    return tgc_raise(t, &TGC_EXC(TypeError), "unsupported operand type(s) for %s%s: '%s' and '%s'",
                     symbol, suffix, tgc_type_name(a), tgc_type_name(b));
}

// Sequences have their own words for a wrong + and *.
static tg_value binary_failed(tg_thread *t, tgc_binop op, tg_value a, tg_value b,
                              const char *suffix)
{
    const uint32_t sequences = TGC_TF_LIST | TGC_TF_TUPLE | TGC_TF_STR | TGC_TF_BYTES;
    if (op == TGC_ADD && tgc_has_flag(a, sequences)) {
        if (tgc_is_bytes(a))
            return tgc_raise(t, &TGC_EXC(TypeError), "can't concat %s to bytes", tgc_type_name(b));
        return tgc_raise(t, &TGC_EXC(TypeError), "can only concatenate %s (not \"%s\") to %s",
                         tgc_type_name(a), tgc_type_name(b), tgc_type_name(a));
    }
    if (op == TGC_MUL && (tgc_has_flag(a, sequences) || tgc_has_flag(b, sequences)))
        return tgc_raise(t, &TGC_EXC(TypeError), "can't multiply sequence by non-int of type '%s'",
                         tgc_has_flag(a, sequences) ? tgc_type_name(b) : tgc_type_name(a));
    const char *symbol = symbols[op];
    if (suffix[0] != '\0' && op == TGC_POW)
        symbol = "**";
    return unsupported(t, symbol, suffix, a, b);
}

tg_value tgc_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    tg_value r = binary_known(t, op, a, b);
    return TGI_LIKELY(r != TGC_NOTIMPL) ? r : binary_failed(t, op, a, b, "");
}

tg_value tgc_inplace(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    tgc_type *ta = tgc_type_of(a);
    if (ta->inplace != NULL) {
        tg_value r = ta->inplace(t, op, a, b);
        if (r != TGC_NOTIMPL)
            return r;
    }
    tg_value r = binary_known(t, op, a, b);
    return TGI_LIKELY(r != TGC_NOTIMPL) ? r : binary_failed(t, op, a, b, "=");
}

tg_value tgc_unary(tg_thread *t, tgc_unop op, tg_value a)
{
    tgc_type *type = tgc_type_of(a);
    tg_value r = type->unary != NULL ? type->unary(t, op, a) : TGC_NOTIMPL;
    if (r != TGC_NOTIMPL)
        return r;
    static const char *const names[] = {"unary -", "unary +", "unary ~", "abs()"};
    return tgc_raise(t, &TGC_EXC(TypeError), "bad operand type for %s: '%s'", names[op],
                     type->name);
}

static const tgc_cmpop swapped[] = {TGC_GT, TGC_GE, TGC_EQ, TGC_NE, TGC_LT, TGC_LE};

tg_value tgc_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    tgc_type *ta = tgc_type_of(a), *tb = tgc_type_of(b);
    bool tried_b = false;
    tg_value r;
    if (tgc_enter_c(t) < 0)
        return TGC_NULL;
    if (ta != tb && tb->compare != NULL && tgc_is_subtype(tb, ta)) {
        tried_b = true;
        r = tb->compare(t, swapped[op], b, a);
        if (r != TGC_NOTIMPL)
            goto done;
    }
    if (ta->compare != NULL) {
        r = ta->compare(t, op, a, b);
        if (r != TGC_NOTIMPL)
            goto done;
    }
    if (!tried_b && tb->compare != NULL) {
        r = tb->compare(t, swapped[op], b, a);
        if (r != TGC_NOTIMPL)
            goto done;
    }
    if (op == TGC_EQ || op == TGC_NE) {
        r = tgc_from_bool((a == b) == (op == TGC_EQ));
    } else {
        static const char *const names[] = {"<", "<=", "==", "!=", ">", ">="};
        r = tgc_raise(t, &TGC_EXC(TypeError),
                      "'%s' not supported between instances of '%s' and '%s'", names[op], ta->name,
                      tb->name);
    }
done:
    tgc_leave_c(t);
    return r;
}

int tgc_compare_bool(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if (a == b && (op == TGC_EQ || op == TGC_NE) && !tgc_is_float(a))
        return op == TGC_EQ;
    tg_value r = tgc_compare(t, op, a, b);
    if (tgc_is_bool(r))
        return r == TGC_TRUE;
    if (r == TGC_NULL)
        return -1;
    int truth = tgc_truth(t, r);
    tgc_release(t, r);
    return truth;
}

int tgc_equal(tg_thread *t, tg_value a, tg_value b)
{
    return a == b ? 1 : tgc_compare_bool(t, TGC_EQ, a, b);
}

tg_value tgc_getitem(tg_thread *t, tg_value v, tg_value key)
{
    tgc_type *type = tgc_type_of(v);
    if (TGI_LIKELY(type->getitem != NULL))
        return type->getitem(t, v, key);
    if (tgc_is_type(v)) { // list[int], or __class_getitem__
        tg_value f;
        int found = tgc_getattr_opt(t, v, TGC_NAME(class_getitem), &f);
        if (found < 0)
            return TGC_NULL;
        if (found > 0) {
            tg_value r = tgc_call1(t, f, key);
            tgc_release(t, f);
            return r;
        }
        return tgc_raise(t, &TGC_EXC(TypeError), "type '%s' is not subscriptable",
                         ((tgc_type *)(void *)tgc_ptr(v))->name);
    }
    return tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not subscriptable", type->name);
}

int tgc_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    tgc_type *type = tgc_type_of(v);
    if (TGI_LIKELY(type->setitem != NULL))
        return type->setitem(t, v, key, x);
    return tgc_raise_int(t, &TGC_EXC(TypeError),
                         x == TGC_NULL ? "'%s' object doesn't support item deletion"
                                       : "'%s' object does not support item assignment",
                         type->name);
}

int tgc_contains(tg_thread *t, tg_value container, tg_value x)
{
    tgc_type *type = tgc_type_of(container);
    if (type->contains != NULL)
        return type->contains(t, container, x);
    if (type->iter == NULL && type->getitem == NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "argument of type '%s' is not iterable",
                             type->name);
    tg_value it = tgc_iter(t, container), item;
    if (it == TGC_NULL)
        return -1;
    int result = 0;
    while (result == 0 && (item = tgc_next(t, it)) != TGC_NULL) {
        result = tgc_equal(t, item, x);
        tgc_release(t, item);
    }
    tgc_release(t, it);
    return result == 0 && tgc_raised(t) ? -1 : result;
}

tg_value tgc_iter(tg_thread *t, tg_value v)
{
    tgc_type *type = tgc_type_of(v);
    if (type->iter != NULL)
        return type->iter(t, v);
    if (type->getitem != NULL && !tgc_is_dict(v))
        return tgc_iter_sequence(t, v);
    return tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not iterable", type->name);
}

tg_value tgc_next(tg_thread *t, tg_value it)
{
    tgc_type *type = tgc_type_of(it);
    if (type->next == NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not an iterator", type->name);
    if (tgc_enter_c(t) < 0) // an iterator over an iterator over ...
        return TGC_NULL;
    tg_value v = type->next(t, it);
    tgc_leave_c(t);
    if (v == TGC_NULL && tgc_raised_match(t, &TGC_EXC(StopIteration)))
        tgc_error_clear(t);
    return v;
}

tg_value tgc_getattr(tg_thread *t, tg_value v, tg_value name)
{
    tg_value interned = tgc_str_intern_value(t, name);
    return interned == TGC_NULL ? TGC_NULL : tgc_type_of(v)->getattr(t, v, interned);
}

int tgc_getattr_opt(tg_thread *t, tg_value v, tg_value name, tg_value *out)
{
    *out = tgc_getattr(t, v, name);
    if (*out != TGC_NULL)
        return 1;
    if (!tgc_raised_match(t, &TGC_EXC(AttributeError)))
        return -1;
    tgc_error_clear(t);
    return 0;
}

tg_value tgc_getattr_cstr(tg_thread *t, tg_value v, const char *name)
{
    tg_value interned = tgc_str_intern(t, name, strlen(name));
    return interned == TGC_NULL ? TGC_NULL : tgc_type_of(v)->getattr(t, v, interned);
}

int tgc_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x)
{
    tg_value interned = tgc_str_intern_value(t, name);
    return interned == TGC_NULL ? -1 : tgc_type_of(v)->setattr(t, v, interned, x);
}

tg_value tgc_format(tg_thread *t, tg_value v, tg_value spec)
{
    tgc_type *type = tgc_type_of(v);
    if (tgc_str_length(spec) == 0 && (type == &tgc_str_type || tgc_is_int(v)))
        return tgc_to_str(t, v);
    return type->format(t, v, spec);
}

tg_value tgc_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs, tg_value kwnames)
{
    tgc_type *type = tgc_type_of(f);
    if (type->call == NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not callable", type->name);
    return type->call(t, f, args, nargs, kwnames);
}

tg_value tgc_call1(tg_thread *t, tg_value f, tg_value a)
{
    return tgc_call(t, f, &a, 1, TGC_NULL);
}

tg_value tgc_call_method(tg_thread *t, tg_value v, const char *name, const tg_value *args,
                         size_t nargs)
{
    tg_value f = tgc_getattr_cstr(t, v, name);
    if (f == TGC_NULL)
        return TGC_NULL;
    tg_value r = tgc_call(t, f, args, nargs, TGC_NULL);
    tgc_release(t, f);
    return r;
}

int tgc_isinstance(tg_thread *t, tg_value v, tg_value cls)
{
    if (tgc_is_type(cls))
        return tgc_is_subtype(tgc_type_of(v), (tgc_type *)(void *)tgc_ptr(cls));
    if (tgc_is_tuple(cls)) {
        if (tgc_enter_c(t) < 0)
            return -1;
        int r = 0;
        for (size_t i = 0; r == 0 && i < tgc_tuple_size(cls); i++)
            r = tgc_isinstance(t, v, tgc_tuple_peek(cls, i));
        tgc_leave_c(t);
        return r;
    }
    tg_value r = tgc_special_call(t, cls, TGC_NAME(instancecheck), v, TGC_NULL);
    if (r == TGC_NOTIMPL)
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "isinstance() arg 2 must be a type, a tuple of types, or a union");
    if (r == TGC_NULL)
        return -1;
    int truth = tgc_truth(t, r);
    tgc_release(t, r);
    return truth;
}

int tgc_as_index(tg_thread *t, tg_value v, int64_t *out)
{
    if (TGI_LIKELY(tgc_is_int(v))) {
        *out = tgc_int(v);
        return 0;
    }
    if (tgc_is_bool(v)) {
        *out = v == TGC_TRUE;
        return 0;
    }
    if (tgc_is_bigint(v)) {
        if (tgc_int_as_i64(t, v, out) == 0)
            return 0;
        tgc_error_clear(t);
        return tgc_raise_int(t, &TGC_EXC(IndexError),
                             "cannot fit 'int' into an index-sized integer");
    }
    tg_value r = tgc_special_call(t, v, TGC_NAME(index), TGC_NULL, TGC_NULL);
    if (r == TGC_NOTIMPL)
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "'%s' object cannot be interpreted as an integer", tgc_type_name(v));
    if (r == TGC_NULL)
        return -1;
    int st = tgc_is_integer(r)
                 ? tgc_as_index(t, r, out)
                 : tgc_raise_int(t, &TGC_EXC(TypeError), "__index__ returned non-int (type %s)",
                                 tgc_type_name(r));
    tgc_release(t, r);
    return st;
}
