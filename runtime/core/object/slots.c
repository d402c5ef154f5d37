// SPDX-License-Identifier: MIT
//
// slots.c - operators of script classes, both ways.
//
// Owns        (a) slot functions for script classes: type->repr and so on that look up __repr__ and
//             call it; (b) slot wrappers: attributes such as list.__len__ that call a static type's
//             own slot, so that
//                 scripts can reach it through super().
// Threads     calls: any thread. tgc_update_slots: the type is private or the world is stopped.
#include "core/object/class.h"

#include "core/object/error.h"     // errors
#include "core/object/exception.h" // errors in __del__
#include "core/object/int.h"       // results of __len__, __hash__
#include "core/object/known.h"     // names
#include "core/object/state.h"     // recursion guard
#include "core/object/step.h"      // the stress tester
#include "core/object/str.h"       // checks

static tg_value known(int id)
{
    return tgc_known_names[id];
}

// --- (a) slot functions of script classes

static tg_value call_special(tg_thread *t, tg_value v, int id, tg_value a, tg_value b)
{
    if (tgc_enter_c(t) < 0)
        return TGC_NULL;
    tg_value r = tgc_special_call(t, v, known(id), a, b);
    tgc_leave_c(t);
    return r;
}

// Calls it; without such a method TypeError. A method may well return NotImplemented.
static tg_value need(tg_thread *t, tg_value v, int id, tg_value a, tg_value b, const char *what)
{
    tg_value r = call_special(t, v, id, a, b), f;
    if (r != TGC_NOTIMPL)
        return r;
    if (tgc_type_lookup(t, tgc_type_of(v), known(id), &f)) {
        tgc_release(t, f);
        return r;
    }
    return tgc_raise(t, &TGC_EXC(TypeError), "'%s' object %s", tgc_type_name(v), what);
}

static int drop(tg_thread *t, tg_value r)
{
    if (r == TGC_NULL)
        return -1;
    tgc_release(t, r);
    return 0;
}

static tg_value need_str(tg_thread *t, tg_value r, const char *name)
{
    if (r != TGC_NULL && !tgc_is_str(r)) {
        tgc_raise(t, &TGC_EXC(TypeError), "%s returned non-string (type %s)", name,
                  tgc_type_name(r));
        tgc_release(t, r);
        return TGC_NULL;
    }
    return r;
}

static tg_value script_repr(tg_thread *t, tg_value v)
{
    return need_str(t, call_special(t, v, TGC_K_repr, TGC_NULL, TGC_NULL), "__repr__");
}

static tg_value script_str(tg_thread *t, tg_value v)
{
    return need_str(t, call_special(t, v, TGC_K_str, TGC_NULL, TGC_NULL), "__str__");
}

static int script_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    tg_value f;
    if (tgc_type_lookup(t, tgc_type_of(v), known(TGC_K_hash), &f)) {
        tgc_release(t, f);
        if (f == TGC_NONE)
            return tgc_raise_int(t, &TGC_EXC(TypeError), "unhashable type: '%s'", tgc_type_name(v));
    }
    tg_value r = call_special(t, v, TGC_K_hash, TGC_NULL, TGC_NULL);
    if (r == TGC_NULL)
        return -1;
    if (!tgc_is_integer(r)) {
        tgc_release(t, r);
        return tgc_raise_int(t, &TGC_EXC(TypeError), "__hash__ method should return an integer");
    }
    int st = tgc_hash(t, r, out);
    tgc_release(t, r);
    return st;
}

static int script_truth(tg_thread *t, tg_value v)
{
    tg_value r = call_special(t, v, TGC_K_bool, TGC_NULL, TGC_NULL);
    if (r == TGC_NOTIMPL) {
        int64_t n = tgc_length(t, v);
        return n < 0 ? -1 : n > 0;
    }
    if (r == TGC_NULL)
        return -1;
    if (!tgc_is_bool(r)) {
        tgc_raise(t, &TGC_EXC(TypeError), "__bool__ should return bool, returned %s",
                  tgc_type_name(r));
        tgc_release(t, r);
        return -1;
    }
    return r == TGC_TRUE;
}

static int64_t script_length(tg_thread *t, tg_value v)
{
    tg_value r = need(t, v, TGC_K_len, TGC_NULL, TGC_NULL, "has no len()");
    if (r == TGC_NULL)
        return -1;
    int64_t n;
    int st = tgc_as_index(t, r, &n);
    tgc_release(t, r);
    if (st < 0)
        return -1;
    if (n < 0)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "__len__() should return >= 0");
    return n;
}

static tg_value script_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                            tg_value kwnames)
{
    tg_value func, self;
    int found = tgc_special(t, f, known(TGC_K_call), &func, &self);
    if (found <= 0)
        return found < 0 ? TGC_NULL
                         : tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not callable",
                                     tgc_type_name(f));
    if (tgc_enter_c(t) < 0) {
        tgc_release(t, func);
        tgc_release(t, self);
        return TGC_NULL;
    }
    tg_value r;
    if (self == TGC_NOVALUE) {
        r = tgc_call(t, func, args, nargs, kwnames);
    } else {
        tg_value m = tgc_method_new(t, func, self);
        r = m != TGC_NULL ? tgc_call(t, m, args, nargs, kwnames) : TGC_NULL;
        tgc_release(t, m);
    }
    tgc_leave_c(t);
    tgc_release(t, func);
    tgc_release(t, self);
    return r;
}

static tg_value script_getattr(tg_thread *t, tg_value v, tg_value name)
{
    tg_value r = call_special(t, v, TGC_K_getattribute, name, TGC_NULL);
    if (r != TGC_NULL || !tgc_raised_match(t, &TGC_EXC(AttributeError)))
        return r;
    tg_value f;
    if (!tgc_type_lookup(t, tgc_type_of(v), known(TGC_K_getattr), &f))
        return TGC_NULL;
    tgc_release(t, f);
    tgc_error_clear(t);
    return call_special(t, v, TGC_K_getattr, name, TGC_NULL);
}

static int script_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x)
{
    if (x == TGC_NULL)
        return drop(t, call_special(t, v, TGC_K_delattr, name, TGC_NULL));
    return drop(t, call_special(t, v, TGC_K_setattr, name, x));
}

static tg_value script_getitem(tg_thread *t, tg_value v, tg_value key)
{
    return need(t, v, TGC_K_getitem, key, TGC_NULL, "is not subscriptable");
}

static int script_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    if (x == TGC_NULL)
        return drop(t, need(t, v, TGC_K_delitem, key, TGC_NULL, "doesn't support item deletion"));
    return drop(t, need(t, v, TGC_K_setitem, key, x, "does not support item assignment"));
}

static int script_contains(tg_thread *t, tg_value v, tg_value x)
{
    tg_value r = need(t, v, TGC_K_contains, x, TGC_NULL, "is not a container");
    if (r == TGC_NULL)
        return -1;
    int truth = tgc_truth(t, r);
    tgc_release(t, r);
    return truth;
}

static tg_value script_iter(tg_thread *t, tg_value v)
{
    tg_value f;
    if (tgc_type_lookup(t, tgc_type_of(v), known(TGC_K_iter), &f)) {
        tgc_release(t, f);
        if (f == TGC_NONE)
            return tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not iterable",
                             tgc_type_name(v));
    }
    tg_value r = need(t, v, TGC_K_iter, TGC_NULL, TGC_NULL, "is not iterable");
    if (r != TGC_NULL && tgc_type_of(r)->next == NULL) {
        tgc_raise(t, &TGC_EXC(TypeError), "iter() returned non-iterator of type '%s'",
                  tgc_type_name(r));
        tgc_release(t, r);
        return TGC_NULL;
    }
    return r;
}

static tg_value script_next(tg_thread *t, tg_value v)
{
    tg_value r = need(t, v, TGC_K_next, TGC_NULL, TGC_NULL, "is not an iterator");
    if (r == TGC_NULL && tgc_raised_match(t, &TGC_EXC(StopIteration)))
        tgc_error_clear(t);
    return r;
}

static tg_value script_format(tg_thread *t, tg_value v, tg_value spec)
{
    tg_value r = call_special(t, v, TGC_K_format, spec, TGC_NULL);
    if (r != TGC_NULL && !tgc_is_str(r)) {
        tgc_raise(t, &TGC_EXC(TypeError), "__format__ must return a str, not %s", tgc_type_name(r));
        tgc_release(t, r);
        return TGC_NULL;
    }
    return r;
}

static int script_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    tg_value func, bound;
    int found = tgc_special(t, self, known(TGC_K_init), &func, &bound);
    if (found <= 0)
        return found;
    tg_value m = bound == TGC_NOVALUE ? tgc_retain(t, func) : tgc_method_new(t, func, bound);
    tg_value r =
        m != TGC_NULL && tgc_enter_c(t) == 0 ? tgc_call(t, m, args, nargs, kwnames) : TGC_NULL;
    if (r != TGC_NULL || !tgc_raised(t) || m != TGC_NULL)
        tgc_leave_c(t);
    tgc_release(t, m);
    tgc_release(t, func);
    tgc_release(t, bound);
    if (r == TGC_NULL)
        return -1;
    if (r != TGC_NONE) {
        tgc_raise(t, &TGC_EXC(TypeError), "__init__() should return None, not '%s'",
                  tgc_type_name(r));
        tgc_release(t, r);
        return -1;
    }
    return 0;
}

static tg_value script_unary(tg_thread *t, tgc_unop op, tg_value a)
{
    return call_special(t, a, TGC_K_neg + (int)op, TGC_NULL, TGC_NULL);
}

static tg_value script_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    tgc_type *ta = tgc_type_of(a), *tb = tgc_type_of(b);
    bool left = ta->binary == script_binary, right = tb != ta && tb->binary == script_binary;
    tg_value r;
    if (left && right && tgc_is_subtype(tb, ta) &&
        tgc_type_find(tb, known(TGC_K_radd + (int)op)) !=
            tgc_type_find(ta, known(TGC_K_radd + (int)op))) {
        r = call_special(t, b, TGC_K_radd + (int)op, a, TGC_NULL);
        if (r != TGC_NOTIMPL)
            return r;
        right = false;
    }
    if (left) {
        r = call_special(t, a, TGC_K_add + (int)op, b, TGC_NULL);
        if (r != TGC_NOTIMPL)
            return r;
    }
    return right ? call_special(t, b, TGC_K_radd + (int)op, a, TGC_NULL) : TGC_NOTIMPL;
}

static tg_value script_inplace(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    return call_special(t, a, TGC_K_iadd + (int)op, b, TGC_NULL);
}

// Whether the class, not `object`, defines a name.
static bool defines(const tgc_type *type, int id)
{
    tgc_name_entry *e = tgc_type_find(type, known(id));
    return e != NULL && e != tgc_names_find(tgc_object_type.names, known(id));
}

static tg_value script_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    const tgc_type *type = tgc_type_of(a);
    // != is the opposite of == unless a class says otherwise
    if (op == TGC_NE && !defines(type, TGC_K_ne)) {
        if (!defines(type, TGC_K_eq))
            return TGC_NOTIMPL;
        tg_value r = call_special(t, a, TGC_K_eq, b, TGC_NULL);
        if (r == TGC_NULL || r == TGC_NOTIMPL)
            return r;
        int truth = tgc_truth(t, r);
        tgc_release(t, r);
        return truth < 0 ? TGC_NULL : tgc_from_bool(!truth);
    }
    if (!defines(type, TGC_K_lt + (int)op))
        return TGC_NOTIMPL;
    return call_special(t, a, TGC_K_lt + (int)op, b, TGC_NULL);
}

static tg_value script_get(tg_thread *t, tg_value d, tg_value self, tgc_type *type)
{
    tg_value r =
        call_special(t, d, TGC_K_get, self == TGC_NULL ? TGC_NONE : self, tgc_from_ptr(type));
    return r == TGC_NOTIMPL ? tgc_retain(t, d) : r;
}

static int script_set(tg_thread *t, tg_value d, tg_value self, tg_value x)
{
    if (x == TGC_NULL)
        return drop(t, need(t, d, TGC_K_delete, self, TGC_NULL, "has no __delete__"));
    return drop(t, need(t, d, TGC_K_set, self, x, "has no __set__"));
}

static void script_finalize(tg_thread *t, tgc_obj *o)
{
    tg_value r = tgc_special_call(t, tgc_from_ptr(o), TGC_NAME(del), TGC_NULL, TGC_NULL);
    if (r == TGC_NULL) {
        tgc_name_entry *e = tgc_type_find(tgc_obj_type(o), TGC_NAME(del));
        tg_value f = e != NULL ? tgc_slot_load(t, &e->value) : tgc_from_ptr(o);
        tgc_report_unraisable(t, f);
        if (e != NULL)
            tgc_release(t, f);
    }
    tgc_release(t, r);
}

// The first type in the method order that has one of the names [id, id + n).
static tgc_type *definer(const tgc_type *type, int id, int n)
{
    for (uint32_t i = 0; i < type->mro_count; i++) {
        for (int k = id; k < id + n; k++) {
            tgc_name_entry *e = tgc_names_find(type->mro[i]->names, known(k));
            if (e != NULL && tgc_slot_peek(&e->value) != TGC_UNBOUND)
                return type->mro[i];
        }
    }
    return NULL;
}

// A slot comes from the first class in the method order that defines one of its names: a script
// class means the lookup function, a static type means its own function.
#define UPDATE(slot, script, ...)                                      \
    do {                                                               \
        static const int ids[][2] = {__VA_ARGS__};                     \
        bool is_script = false;                                        \
        for (size_t i_ = 0; i_ < sizeof ids / sizeof ids[0]; i_++) {   \
            tgc_type *d_ = definer(type, ids[i_][0], ids[i_][1]);      \
            is_script |= d_ != NULL && (d_->flags & TGC_TF_HEAP) != 0; \
        }                                                              \
        type->slot = is_script ? (script) : layout->slot;              \
    } while (0)

void tgc_update_slots(tgc_type *type)
{
    tgc_type *layout = type->base;
    while ((layout->flags & TGC_TF_HEAP) != 0)
        layout = layout->base;
    UPDATE(init, script_init, {TGC_K_init, 1});
    UPDATE(repr, script_repr, {TGC_K_repr, 1});
    UPDATE(str, script_str, {TGC_K_str, 1});
    UPDATE(hash, script_hash, {TGC_K_hash, 1});
    UPDATE(truth, script_truth, {TGC_K_bool, 1}, {TGC_K_len, 1});
    UPDATE(length, script_length, {TGC_K_len, 1});
    UPDATE(call, script_call, {TGC_K_call, 1});
    UPDATE(getattr, script_getattr, {TGC_K_getattribute, 1}, {TGC_K_getattr, 1});
    UPDATE(setattr, script_setattr, {TGC_K_setattr, 1}, {TGC_K_delattr, 1});
    UPDATE(getitem, script_getitem, {TGC_K_getitem, 1});
    UPDATE(setitem, script_setitem, {TGC_K_setitem, 1}, {TGC_K_delitem, 1});
    UPDATE(contains, script_contains, {TGC_K_contains, 1});
    UPDATE(iter, script_iter, {TGC_K_iter, 1});
    UPDATE(next, script_next, {TGC_K_next, 1});
    UPDATE(format, script_format, {TGC_K_format, 1});
    UPDATE(unary, script_unary, {TGC_K_neg, 4});
    UPDATE(binary, script_binary, {TGC_K_add, TGC_BINOP_COUNT}, {TGC_K_radd, TGC_BINOP_COUNT});
    UPDATE(inplace, script_inplace, {TGC_K_iadd, TGC_BINOP_COUNT});
    UPDATE(compare, script_compare, {TGC_K_lt, 6});
    UPDATE(descr_get, script_get, {TGC_K_get, 1});
    UPDATE(descr_set, script_set, {TGC_K_set, 1}, {TGC_K_delete, 1});
    type->flags &= ~(uint32_t)(TGC_TF_DESCR | TGC_TF_DATADESCR | TGC_TF_DEL);
    type->finalize = layout->finalize;
    if (definer(type, TGC_K_del, 1) != NULL) {
        type->finalize = script_finalize;
        type->flags |= TGC_TF_DEL;
        tgc_step_dying();
    }
    if (type->descr_get != NULL)
        type->flags |= TGC_TF_DESCR;
    if (type->descr_set != NULL)
        type->flags |= TGC_TF_DATADESCR;
    for (uint32_t i = 0; i < type->class_data->child_count; i++)
        tgc_update_slots(type->class_data->children[i]);
}

// --- (b) slot wrappers

typedef struct wrapper {
    tgc_obj head;
    tgc_type *owner; // const after init
    int id;          // tgc_known of the name
} wrapper;

static tg_value wrong_count(tg_thread *t, const wrapper *w, size_t want, size_t got)
{
    size_t n;
    (void)w;
    return tgc_raise(t, &TGC_EXC(TypeError), "%s expected %zu argument%s, got %zu",
                     tgc_str_utf8(t, known(w->id), &n), want, want == 1 ? "" : "s", got);
}

static tg_value from_status(int st)
{
    return st < 0 ? TGC_NULL : TGC_NONE;
}
static tg_value from_truth(int truth)
{
    return truth < 0 ? TGC_NULL : tgc_from_bool(truth);
}

static tg_value wrapper_run(tg_thread *t, const wrapper *w, const tg_value *args, size_t nargs,
                            tg_value kwnames)
{
    tgc_type *o = w->owner;
    tg_value self = args[0], r;
    int id = w->id;
    if (id == TGC_K_init)
        return from_status(o->init(t, self, args + 1, nargs - 1, kwnames));
    if (id == TGC_K_call)
        return o->call(t, self, args + 1, nargs - 1, kwnames);
    if (kwnames != TGC_NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "wrapper takes no keyword arguments");
    size_t want = 1;
    switch (id) {
    case TGC_K_repr:
    case TGC_K_str:
    case TGC_K_hash:
    case TGC_K_bool:
    case TGC_K_len:
    case TGC_K_iter:
    case TGC_K_next:
    case TGC_K_neg:
    case TGC_K_pos:
    case TGC_K_invert:
    case TGC_K_abs:
        want = 0;
        break;
    case TGC_K_setattr:
    case TGC_K_setitem:
    case TGC_K_set:
    case TGC_K_get:
        want = 2;
        break;
    default:
        break;
    }
    if (nargs - 1 != want && !(id == TGC_K_get && nargs == 2) && !(id == TGC_K_pow && nargs == 3))
        return wrong_count(t, w, want, nargs - 1);
    tg_value x = want > 0 ? args[1] : TGC_NULL;
    if (id >= TGC_K_add && id < TGC_K_add + (int)TGC_BINOP_COUNT)
        return o->binary(t, (tgc_binop)(id - TGC_K_add), self, x);
    if (id >= TGC_K_radd && id < TGC_K_radd + (int)TGC_BINOP_COUNT)
        return o->binary(t, (tgc_binop)(id - TGC_K_radd), x, self);
    if (id >= TGC_K_iadd && id < TGC_K_iadd + (int)TGC_BINOP_COUNT)
        return o->inplace(t, (tgc_binop)(id - TGC_K_iadd), self, x);
    if (id >= TGC_K_lt && id < TGC_K_lt + 6)
        return o->compare(t, (tgc_cmpop)(id - TGC_K_lt), self, x);
    if (id >= TGC_K_neg && id < TGC_K_neg + 4)
        return o->unary(t, (tgc_unop)(id - TGC_K_neg), self);
    switch (id) {
    case TGC_K_repr:
        return o->repr(t, self);
    case TGC_K_str:
        return o->str != NULL ? o->str(t, self) : tgc_repr(t, self);
    case TGC_K_hash: {
        uint64_t h;
        return o->hash(t, self, &h) < 0 ? TGC_NULL : tgc_int_from_i64(t, (int64_t)h);
    }
    case TGC_K_bool:
        return from_truth(o->truth(t, self));
    case TGC_K_len: {
        int64_t n = o->length(t, self);
        return n < 0 ? TGC_NULL : tgc_from_int(n);
    }
    case TGC_K_iter:
        return o->iter(t, self);
    case TGC_K_next:
        r = o->next(t, self);
        if (r == TGC_NULL && !tgc_raised(t))
            tgc_raise_value(t, &TGC_EXC(StopIteration), TGC_NULL);
        return r;
    case TGC_K_getattribute:
        return tgc_is_str(x) ? o->getattr(t, self, x)
                             : tgc_raise(t, &TGC_EXC(TypeError), "attribute name must be string");
    case TGC_K_setattr:
        return from_status(o->setattr(t, self, tgc_str_intern_value(t, x), args[2]));
    case TGC_K_delattr:
        return from_status(o->setattr(t, self, tgc_str_intern_value(t, x), TGC_NULL));
    case TGC_K_getitem:
        return o->getitem(t, self, x);
    case TGC_K_setitem:
        return from_status(o->setitem(t, self, x, args[2]));
    case TGC_K_delitem:
        return from_status(o->setitem(t, self, x, TGC_NULL));
    case TGC_K_contains:
        return from_truth(o->contains(t, self, x));
    case TGC_K_format:
        return tgc_is_str(x)
                   ? o->format(t, self, x)
                   : tgc_raise(t, &TGC_EXC(TypeError), "__format__() argument must be str, not %s",
                               tgc_type_name(x));
    case TGC_K_get:
        return o->descr_get(t, self, x == TGC_NONE ? TGC_NULL : x,
                            nargs > 2 && tgc_is_type(args[2]) ? (tgc_type *)(void *)tgc_ptr(args[2])
                                                              : NULL);
    case TGC_K_set:
        return from_status(o->descr_set(t, self, x, args[2]));
    default:
        return from_status(o->descr_set(t, self, x, TGC_NULL));
    }
}

static tg_value wrapper_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                             tg_value kwnames)
{
    const wrapper *w = (wrapper *)(void *)tgc_ptr(f);
    size_t n;
    if (nargs == 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "descriptor '%s' of '%s' object needs an argument",
                         tgc_str_utf8(t, known(w->id), &n), w->owner->name);
    if (!tgc_is_subtype(tgc_type_of(args[0]), w->owner))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "descriptor '%s' requires a '%s' object but received a '%s'",
                         tgc_str_utf8(t, known(w->id), &n), w->owner->name, tgc_type_name(args[0]));
    return wrapper_run(t, w, args, nargs, kwnames);
}

static tg_value wrapper_get(tg_thread *t, tg_value d, tg_value self, tgc_type *type)
{
    (void)type;
    return self == TGC_NULL ? tgc_retain(t, d) : tgc_method_new(t, d, self);
}

static tg_value wrapper_repr(tg_thread *t, tg_value v)
{
    const wrapper *w = (wrapper *)(void *)tgc_ptr(v);
    size_t n;
    return tgc_str_format(t, "<slot wrapper '%s' of '%s' objects>",
                          tgc_str_utf8(t, known(w->id), &n), w->owner->name);
}

static tg_value wrapper_name(tg_thread *t, tg_value self)
{
    return tgc_retain(t, known(((wrapper *)(void *)tgc_ptr(self))->id));
}

static const tgc_getset_def wrapper_getsets[] = {
    {"__name__", wrapper_name, NULL},
    {NULL, NULL, NULL},
};

static void wrapper_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_delete(t, o, sizeof(wrapper));
}

tgc_type tgc_slot_wrapper_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "wrapper_descriptor",
    .size = sizeof(wrapper),
    .flags = TGC_TF_TRACKED,
    .dealloc = wrapper_dealloc,
    .getsets = wrapper_getsets,
    .call = wrapper_call,
    .repr = wrapper_repr,
    .descr_get = wrapper_get,
};

static int add_wrapper(tg_thread *t, tgc_type *type, int id)
{
    tgc_name_entry *e = tgc_names_entry(t, type->names, known(id));
    wrapper *w =
        e != NULL ? (wrapper *)(void *)tgc_new(t, &tgc_slot_wrapper_type, sizeof *w) : NULL;
    if (w == NULL)
        return -1;
    w->owner = type;
    w->id = id;
    tgc_make_immortal(&w->head);
    if (type->native != NULL) // ends with its runtime
        tgc_track(t, &w->head);
    tgc_slot_init(t, &e->value, tgc_from_ptr(w));
    return 0;
}

int tgc_slot_wrappers(tg_thread *t, tgc_type *type)
{
    int st = 0;
#define WRAP(slot, id)                 \
    if (type->slot != NULL && st == 0) \
    st = add_wrapper(t, type, TGC_K_##id)
    WRAP(init, init);
    WRAP(repr, repr);
    WRAP(str, str);
    WRAP(hash, hash);
    WRAP(truth, bool);
    WRAP(length, len);
    WRAP(call, call);
    WRAP(getattr, getattribute);
    WRAP(setattr, setattr);
    WRAP(setattr, delattr);
    WRAP(getitem, getitem);
    WRAP(setitem, setitem);
    WRAP(setitem, delitem);
    WRAP(contains, contains);
    WRAP(iter, iter);
    WRAP(next, next);
    WRAP(format, format);
    WRAP(descr_get, get);
    WRAP(descr_set, set);
    WRAP(descr_set, delete);
    for (int op = 0; op < (int)TGC_BINOP_COUNT && st == 0; op++) {
        if (type->binary != NULL)
            st = add_wrapper(t, type, TGC_K_add + op);
        if (type->binary != NULL && st == 0)
            st = add_wrapper(t, type, TGC_K_radd + op);
        if (type->inplace != NULL && st == 0)
            st = add_wrapper(t, type, TGC_K_iadd + op);
    }
    for (int op = 0; op < 6 && type->compare != NULL && st == 0; op++)
        st = add_wrapper(t, type, TGC_K_lt + op);
    for (int op = 0; op < 4 && type->unary != NULL && st == 0; op++)
        st = add_wrapper(t, type, TGC_K_neg + op);
    // A static type that compares and does not hash is unhashable.
    if (type->compare != NULL && type->hash == NULL && st == 0) {
        tgc_name_entry *e = tgc_names_entry(t, type->names, known(TGC_K_hash));
        if (e == NULL)
            return -1;
        tgc_slot_init(t, &e->value, TGC_NONE);
    }
    return st;
}
