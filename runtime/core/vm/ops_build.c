// SPDX-License-Identifier: MIT
//
// ops_build.c - instructions that make containers, functions and classes, and take containers
// apart.
//
// Threads     the thread that runs the frame.
#include "core/vm/ops.h"

#include "core/object/class.h"  // BUILDCLASS
#include "core/object/dict.h"   // displays
#include "core/object/format.h" // FORMAT
#include "core/object/list.h"   // displays
#include "core/object/seq.h"    // conversions
#include "core/object/set.h"    // displays
#include "core/object/slice.h"  // slices
#include "core/object/str.h"    // f-strings
#include "core/object/tuple.h"  // displays
#include "mem/raw.h"            // long unpacking

static void clear_temps(tgc_frame *f, uint32_t base, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        f->regs[base + k] = TGC_NONE;
}

static void close_temps(tg_thread *t, tgc_frame *f, uint32_t base, uint32_t n)
{
    for (uint32_t k = 0; k < n; k++)
        tgc_close(t, f, base + k);
}

static tg_value build_set(tg_thread *t, const tg_value *items, uint32_t n)
{
    tg_value set = tgc_set_new(t);
    for (uint32_t k = 0; set != TGC_NULL && k < n; k++) {
        if (tgc_set_add(t, set, items[k]) < 0) {
            tgc_release(t, set);
            return TGC_NULL;
        }
    }
    return set;
}

static tg_value build_dict(tg_thread *t, const tg_value *items, uint32_t pairs)
{
    tg_value dict = tgc_dict_new(t);
    for (uint32_t k = 0; dict != TGC_NULL && k < pairs; k++) {
        if (tgc_dict_set(t, dict, items[2 * k], items[2 * k + 1]) < 0) {
            tgc_release(t, dict);
            return TGC_NULL;
        }
    }
    return dict;
}

static tg_value build_slice(tg_thread *t, tgc_frame *f, uint32_t b)
{
    tg_value *r = &f->regs[b];
    tg_value v = tgc_slice_new(t, r[0], r[1], r[2]);
    if (v != TGC_NULL)
        close_temps(t, f, b, 3);
    return v;
}

static tg_value format_value(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->b], converted, r;
    uint32_t conversion = i->c & 3u;
    converted = conversion == 1   ? tgc_to_str(t, v)
                : conversion == 2 ? tgc_repr(t, v)
                : conversion == 3 ? tgc_repr(t, v)
                                  : tgc_retain(t, v);
    if (conversion == 3 && converted != TGC_NULL) {
        tg_value repr = converted;
        converted = tgc_str_ascii_repr(t, repr);
        tgc_release(t, repr);
    }
    if (converted == TGC_NULL)
        return TGC_NULL;
    tg_value spec = (i->c & 4u) != 0 ? f->regs[i->b + 1u] : TGC_NULL;
    if (spec == TGC_NULL && tgc_is_exact(converted, &tgc_str_type))
        r = tgc_retain(t, converted);
    else
        r = tgc_format(t, converted, spec != TGC_NULL ? spec : tgc_str_empty());
    tgc_release(t, converted);
    if (r == TGC_NULL)
        return TGC_NULL;
    if (i->b != i->a)
        tgc_close(t, f, i->b);
    if (spec != TGC_NULL)
        tgc_close(t, f, i->b + 1u);
    return r;
}

// dict R[a].update(R[b]); for a call (`callee` given) a repeated key is an error that names the
// function.
static bool merge(tg_thread *t, tg_value dict, tg_value from, tg_value callee)
{
    if (!tgc_is_dict(from)) {
        tg_value keys;
        int found = tgc_getattr_opt(t, from, tgc_str_intern(t, "keys", 4), &keys);
        if (found < 0)
            return false;
        if (found == 0) {
            if (callee == TGC_NULL)
                tgc_raise(t, &TGC_EXC(TypeError), "'%s' object is not a mapping",
                          tgc_type_name(from));
            else
                tgc_raise_callee(t, callee, "argument after ** must be a mapping, not %s",
                                 tgc_type_name(from));
            return false;
        }
        tgc_release(t, keys);
    }
    if (callee != TGC_NULL && tgc_is_dict(from)) {
        size_t pos = 0, n;
        tg_value k, v;
        while (tgc_dict_next(t, from, &pos, &k, &v)) {
            tgc_release(t, v);
            int twice = tgc_dict_contains(t, dict, k);
            if (twice > 0) {
                tgc_raise_callee(t, callee, "got multiple values for keyword argument '%s'",
                                 tgc_is_str(k) ? tgc_str_utf8(t, k, &n) : "?");
            }
            tgc_release(t, k);
            if (twice != 0)
                return false;
        }
    }
    return tgc_dict_update(t, dict, from) >= 0;
}

static bool list_extend(tg_thread *t, tg_value list, tg_value from)
{
    const tgc_type *type = tgc_type_of(from);
    if (type->iter == NULL && type->getitem == NULL) {
        tgc_raise(t, &TGC_EXC(TypeError), "Value after * must be an iterable, not %s", type->name);
        return false;
    }
    return tgc_list_extend(t, list, from) >= 0;
}

bool tgc_op_build(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value *R = f->regs, v = TGC_NULL;
    switch (i->op) {
    case TGI_OP_BUILDLIST:
        v = tgc_list_from_steal(t, R + i->b, i->c);
        clear_temps(f, i->b, i->c);
        break;
    case TGI_OP_BUILDTUPLE:
        v = tgc_tuple_from_steal(t, R + i->b, i->c);
        clear_temps(f, i->b, i->c);
        break;
    case TGI_OP_BUILDSET:
        v = build_set(t, R + i->b, i->c);
        close_temps(t, f, i->b, i->c);
        break;
    case TGI_OP_BUILDDICT:
        v = build_dict(t, R + i->b, i->c);
        close_temps(t, f, i->b, 2u * i->c);
        break;
    case TGI_OP_BUILDSTR:
        v = tgc_str_join(t, R + i->b, i->c);
        close_temps(t, f, i->b, i->c);
        break;
    case TGI_OP_BUILDSLICE:
        v = build_slice(t, f, i->b);
        break;
    case TGI_OP_LISTTOTUPLE:
        v = tgc_tuple_from_iterable(t, R[i->b]);
        if (v != TGC_NULL && i->b != i->a)
            tgc_close(t, f, i->b);
        break;
    case TGI_OP_FORMAT:
        if (R[i->b] == TGC_UNBOUND)
            return tgc_op_unbound(t, f, i->b);
        v = format_value(t, f, i);
        break;
    default: { // containers that are filled in place
        if (R[i->b] == TGC_UNBOUND)
            return tgc_op_unbound(t, f, i->b);
        bool ok;
        if (i->op == TGI_OP_LISTEXTEND)
            ok = list_extend(t, R[i->a], R[i->b]);
        else if (i->op == TGI_OP_SETADD)
            ok = tgc_set_add(t, R[i->a], R[i->b]) >= 0;
        else if (i->op == TGI_OP_SETUPDATE)
            ok = tgc_set_update(t, R[i->a], R[i->b]) >= 0;
        else if (i->op == TGI_OP_DICTSET) {
            if (R[i->c] == TGC_UNBOUND)
                return tgc_op_unbound(t, f, i->c);
            ok = tgc_dict_set(t, R[i->a], R[i->b], R[i->c]) >= 0;
            if (ok)
                tgc_close(t, f, i->c);
        } else
            ok = merge(t, R[i->a], R[i->b], i->op == TGI_OP_DICTMERGE ? R[i->c] : TGC_NULL);
        if (ok)
            tgc_close(t, f, i->b);
        return ok;
    }
    }
    if (v == TGC_NULL)
        return false;
    tgc_set_reg(t, f, i->a, v);
    return true;
}

// --- unpacking

static bool too_few(tg_thread *t, size_t want, bool star, size_t got)
{
    tgc_raise(t, &TGC_EXC(ValueError), "not enough values to unpack (expected %s%zu, got %zu)",
              star ? "at least " : "", want, got);
    return false;
}

static bool unpack_iterator(tg_thread *t, tgc_frame *f, tg_value v, const tgi_ins *i)
{
    tgc_type *type = tgc_type_of(v);
    if (type->iter == NULL && type->getitem == NULL) {
        tgc_raise(t, &TGC_EXC(TypeError), "cannot unpack non-iterable %s object", type->name);
        return false;
    }
    tg_value it = tgc_iter(t, v), few[16], *items = few;
    if (it == TGC_NULL)
        return false;
    if (i->c > 16) {
        items = tgi_raw_alloc(i->c * sizeof *items);
        if (items == NULL) {
            tgc_release(t, it);
            tgc_raise_nomem(t);
            return false;
        }
    }
    uint32_t n = 0;
    while (n < i->c && (items[n] = tgc_next(t, it)) != TGC_NULL)
        n++;
    bool ok = n == i->c;
    if (!ok && !tgc_raised(t))
        too_few(t, i->c, false, n);
    if (ok) {
        tg_value extra = tgc_next(t, it);
        if (extra != TGC_NULL) {
            tgc_release(t, extra);
            tgc_raise(t, &TGC_EXC(ValueError), "too many values to unpack (expected %u)", i->c);
        }
        ok = extra == TGC_NULL && !tgc_raised(t);
    }
    tgc_release(t, it);
    if (ok)
        tgc_close(t, f, i->b);
    for (uint32_t k = 0; k < n; k++) {
        if (ok)
            tgc_set_reg(t, f, i->a + k, items[k]);
        else
            tgc_release(t, items[k]);
    }
    if (items != few)
        tgi_raw_free(items);
    return ok;
}

static bool unpack_star(tg_thread *t, tgc_frame *f, tg_value v, const tgi_ins *i)
{
    uint32_t before = i->c & 255u, after = i->c >> 8;
    tgc_type *type = tgc_type_of(v);
    if (type->iter == NULL && type->getitem == NULL) {
        tgc_raise(t, &TGC_EXC(TypeError), "cannot unpack non-iterable %s object", type->name);
        return false;
    }
    tg_value list = tgc_list_from_iterable(t, v);
    if (list == TGC_NULL)
        return false;
    size_t n = tgc_list_size(list);
    if (n < before + after) {
        tgc_release(t, list);
        return too_few(t, before + after, true, n);
    }
    tg_value rest = tgc_list_slice(t, list, before, n - after);
    if (rest == TGC_NULL) {
        tgc_release(t, list);
        return false;
    }
    tgc_close(t, f, i->b);
    for (uint32_t k = 0; k < before; k++)
        tgc_set_reg(t, f, i->a + k, tgc_list_get(t, list, k));
    tgc_set_reg(t, f, i->a + before, rest);
    for (uint32_t k = 0; k < after; k++)
        tgc_set_reg(t, f, i->a + before + 1 + k, tgc_list_get(t, list, n - after + k));
    tgc_release(t, list);
    return true;
}

bool tgc_op_unpack(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->b];
    if (v == TGC_UNBOUND)
        return tgc_op_unbound(t, f, i->b);
    if (i->op == TGI_OP_UNPACKEX)
        return unpack_star(t, f, v, i);
    if (!tgc_is_exact(v, &tgc_tuple_type))
        return unpack_iterator(t, f, v, i);
    size_t n = tgc_tuple_size(v);
    if (n < i->c)
        return too_few(t, i->c, false, n);
    if (n > i->c) {
        tgc_raise(t, &TGC_EXC(ValueError), "too many values to unpack (expected %u)", i->c);
        return false;
    }
    bool temp = i->b >= f->code->nlocals;
    if (temp)
        f->regs[i->b] = TGC_NONE; // the destinations may overlap it
    for (uint32_t k = 0; k < n; k++)
        tgc_set_reg(t, f, i->a + k, tgc_retain(t, tgc_tuple_peek(v, k)));
    if (temp)
        tgc_release(t, v);
    return true;
}

// --- functions and classes

static tg_value build_class(tg_thread *t, tgc_frame *f, uint32_t b)
{
    tg_value *r = &f->regs[b];
    tg_value namespace_ = tgc_dict_new(t);
    if (namespace_ == TGC_NULL)
        return TGC_NULL;
    tg_value cell = tgc_call1(t, r[0], namespace_), cls = TGC_NULL;
    if (cell != TGC_NULL) {
        tgc_function *body = (tgc_function *)(void *)tgc_ptr(r[0]);
        cls = tgc_class_new(t, r[1], r[2], namespace_, r[3], body->code);
        if (cls != TGC_NULL && tgc_is_exact(cell, &tgc_cell_type))
            tgc_release(t, tgc_slot_exchange(t, &((tgc_cell *)(void *)tgc_ptr(cell))->value,
                                             tgc_retain(t, cls)));
        tgc_release(t, cell);
    }
    tgc_release(t, namespace_);
    if (cls != TGC_NULL)
        close_temps(t, f, b, 4);
    return cls;
}

bool tgc_op_function(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v;
    if (i->op == TGI_OP_BUILDCLASS) {
        v = build_class(t, f, i->b);
    } else {
        tgc_code *code = (tgc_code *)(void *)tgc_ptr(f->code->consts[i->b]);
        if (i->c == TGI_REG_NONE) {
            v = tgc_function_new(t, code, TGC_NONE, TGC_NONE, TGC_NONE);
        } else {
            tg_value *r = &f->regs[i->c];
            v = tgc_function_new(t, code, r[0], r[1], r[2]);
            if (v != TGC_NULL)
                close_temps(t, f, i->c, 3);
        }
    }
    if (v == TGC_NULL)
        return false;
    tgc_set_reg(t, f, i->a, v);
    return true;
}
