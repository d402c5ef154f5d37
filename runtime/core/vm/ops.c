// SPDX-License-Identifier: MIT
//
// ops.c - slow paths of arithmetic, comparison, names, attributes, items and loops.
//
// Threads     the thread that runs the frame.
#include "core/vm/ops.h"

#include "core/object/class.h" // attributes
#include "core/object/dict.h"  // items
#include "core/object/float.h" // numbers
#include "core/object/int.h"   // numbers
#include "core/object/list.h"  // items
#include "core/object/range.h" // loops
#include "core/object/str.h"   // messages
#include "core/object/tuple.h" // items

static const char *text(tg_thread *t, tg_value s)
{
    size_t n;
    const char *p = tgc_str_utf8(t, s, &n);
    return p != NULL ? p : "?";
}

bool tgc_op_unbound(tg_thread *t, tgc_frame *f, uint32_t r)
{
    const tgi_unit *unit = f->code->unit;
    const char *name = "?";
    if (r < unit->nlocals && unit->local_names[r] != TGI_REG_NONE)
        name = text(t, f->code->consts[unit->local_names[r]]);
    tgc_raise(t, &TGC_EXC(UnboundLocalError),
              "cannot access local variable '%s' where it is not associated with a value", name);
    return false;
}

// An immediate number as a double.
static inline bool immediate_number(tg_value v, double *out)
{
    if (tgc_is_flo(v))
        *out = tgc_flo(v);
    else if (tgc_is_int(v) && tgc_int(v) <= (INT64_C(1) << 53) && tgc_int(v) >= -(INT64_C(1) << 53))
        *out = (double)tgc_int(v);
    else
        return false;
    return true;
}

// Floats mixed with integers, and zeros: what the loop leaves out. TGC_NULL if it is not such a
// case.
static inline tg_value mixed(tg_thread *t, tgc_binop op, tg_value x, tg_value y)
{
    double a, b;
    if (op > TGC_DIV || (!tgc_is_flo(x) && !tgc_is_flo(y)) || !immediate_number(x, &a) ||
        !immediate_number(y, &b))
        return TGC_NULL;
    switch (op) {
    case TGC_ADD:
        return tgc_float_new(t, a + b);
    case TGC_SUB:
        return tgc_float_new(t, a - b);
    case TGC_MUL:
        return tgc_float_new(t, a * b);
    default:
        return b != 0.0 ? tgc_float_new(t, a / b) : TGC_NULL;
    }
}

bool tgc_op_binary(tg_thread *t, tgc_frame *f, const tgi_ins *i, tgc_binop op, int form,
                   bool inplace)
{
    tg_value *R = f->regs;
    const tg_value *K = f->code->consts;
    tg_value x = form == TGC_FORM_KR ? K[i->b] : R[i->b],
             y = form == TGC_FORM_RK ? K[i->c] : R[i->c], v;
    v = mixed(t, op, x, y);
    if (v != TGC_NULL) {
        tgc_set_reg(t, f, i->a, v);
        return true;
    }
    if (TGI_UNLIKELY(x == TGC_UNBOUND))
        return tgc_op_unbound(t, f, i->b);
    if (TGI_UNLIKELY(y == TGC_UNBOUND))
        return tgc_op_unbound(t, f, i->c);
    if (tgc_raised(t))
        return false;
    if (op == TGC_ADD && form != TGC_FORM_KR && i->a == i->b && tgc_is_exact(x, &tgc_str_type) &&
        tgc_is_exact(y, &tgc_str_type) && x != y) {
        R[i->b] = TGC_NONE; // s += x: the string may grow in place
        v = tgc_str_append_steal(t, x, y);
        if (v == TGC_NULL)
            return false;
        if (form == TGC_FORM_RR)
            tgc_close(t, f, i->c);
        tgc_set_reg(t, f, i->a, v);
        return true;
    }
    v = inplace ? tgc_inplace(t, op, x, y) : tgc_binary(t, op, x, y);
    if (v == TGC_NULL)
        return false;
    if (form != TGC_FORM_KR && i->b != i->a)
        tgc_close(t, f, i->b);
    if (form != TGC_FORM_RK && i->c != i->a)
        tgc_close(t, f, i->c);
    tgc_set_reg(t, f, i->a, v);
    return true;
}

bool tgc_op_unary(tg_thread *t, tgc_frame *f, const tgi_ins *i, tgc_unop op)
{
    tg_value x = f->regs[i->b];
    if (x == TGC_UNBOUND)
        return tgc_op_unbound(t, f, i->b);
    tg_value v = tgc_unary(t, op, x);
    if (v == TGC_NULL)
        return false;
    if (i->b != i->a)
        tgc_close(t, f, i->b);
    tgc_set_reg(t, f, i->a, v);
    return true;
}

// The value of a comparison with the quick cases; TGC_NULL raised.
static tg_value compare(tg_thread *t, tgc_cmpop op, tg_value x, tg_value y)
{
    double a, b;
    if (immediate_number(x, &a) && immediate_number(y, &b)) {
        bool r = op == TGC_LT   ? a < b
                 : op == TGC_LE ? a <= b
                 : op == TGC_EQ ? a == b
                 : op == TGC_NE ? a != b
                 : op == TGC_GT ? a > b
                                : a >= b;
        return tgc_from_bool(r);
    }
    if ((op == TGC_EQ || op == TGC_NE) && tgc_is_exact(x, &tgc_str_type) &&
        tgc_is_exact(y, &tgc_str_type))
        return tgc_from_bool(tgc_str_equal(x, y) == (op == TGC_EQ));
    return tgc_compare(t, op, x, y);
}

bool tgc_op_compare(tg_thread *t, tgc_frame *f, const tgi_ins *i, tgc_cmpop op)
{
    tg_value x = f->regs[i->b], y = f->regs[i->c];
    if (x == TGC_UNBOUND || y == TGC_UNBOUND)
        return tgc_op_unbound(t, f, x == TGC_UNBOUND ? i->b : i->c);
    tg_value v = compare(t, op, x, y);
    if (v == TGC_NULL)
        return false;
    if (i->b != i->a)
        tgc_close(t, f, i->b);
    if (i->c != i->a)
        tgc_close(t, f, i->c);
    tgc_set_reg(t, f, i->a, v);
    return true;
}

int tgc_op_compare_jump(tg_thread *t, tgc_frame *f, const tgi_ins *i, tgc_cmpop op, bool constant)
{
    tg_value x = f->regs[i->a], y = constant ? f->code->consts[i->b] : f->regs[i->b];
    if (x == TGC_UNBOUND || y == TGC_UNBOUND) {
        tgc_op_unbound(t, f, x == TGC_UNBOUND ? i->a : i->b);
        return -1;
    }
    tg_value v = compare(t, op, x, y);
    if (v == TGC_NULL)
        return -1;
    int truth = v == TGC_TRUE ? 1 : v == TGC_FALSE ? 0 : tgc_truth(t, v);
    tgc_release(t, v);
    if (truth < 0)
        return -1;
    tgc_close(t, f, i->a);
    if (!constant)
        tgc_close(t, f, i->b);
    return truth;
}

int tgc_op_contains(tg_thread *t, tgc_frame *f, uint32_t item, uint32_t container)
{
    tg_value x = f->regs[item], c = f->regs[container];
    if (x == TGC_UNBOUND || c == TGC_UNBOUND) {
        tgc_op_unbound(t, f, x == TGC_UNBOUND ? item : container);
        return -1;
    }
    int r = tgc_contains(t, c, x);
    if (r < 0)
        return -1;
    tgc_close(t, f, item);
    tgc_close(t, f, container);
    return r;
}

int tgc_op_truth(tg_thread *t, tgc_frame *f, uint32_t r)
{
    tg_value v = f->regs[r];
    if (v == TGC_UNBOUND) {
        tgc_op_unbound(t, f, r);
        return -1;
    }
    return tgc_truth(t, v);
}

// --- names

static bool name_error(tg_thread *t, tg_value name)
{
    tgc_raise(t, &TGC_EXC(NameError), "name '%s' is not defined", text(t, name));
    return false;
}

bool tgc_op_getglobal(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    return name_error(t, f->code->globals[i->b].global->name);
}

static bool free_error(tg_thread *t, tg_value name)
{
    tgc_raise(
        t, &TGC_EXC(NameError),
        "cannot access free variable '%s' where it is not associated with a value in enclosing scope",
        text(t, name));
    return false;
}

bool tgc_op_name(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    const tgc_global_site *g;
    tg_value v;
    int st;
    switch (i->op) {
    case TGI_OP_DELGLOBAL:
        g = &f->code->globals[i->a];
        v = tgc_slot_exchange(t, &g->global->value, TGC_UNBOUND);
        if (v == TGC_UNBOUND)
            return name_error(t, g->global->name);
        tgc_release(t, v);
        return true;
    case TGI_OP_GETNAME:
        g = &f->code->globals[i->b];
        st = tgc_dict_get(t, f->regs[i->c], g->global->name, &v);
        if (st == 0) {
            v = tgc_slot_load(t, &g->global->value);
            if (v == TGC_UNBOUND)
                v = tgc_slot_load(t, &g->builtin->value);
            if (v == TGC_UNBOUND)
                return name_error(t, g->global->name);
        }
        break;
    case TGI_OP_GETNAMEFREE: {
        tg_value name = f->code->consts[f->code->unit->free_names[i->b]];
        st = tgc_dict_get(t, f->regs[i->c], name, &v);
        if (st == 0) {
            v = tgc_slot_load(t, &f->func->closure[i->b]->value);
            if (v == TGC_UNBOUND)
                return free_error(t, name);
        }
        break;
    }
    case TGI_OP_SETNAME:
        if (f->regs[i->b] == TGC_UNBOUND)
            return tgc_op_unbound(t, f, i->b);
        if (tgc_dict_set(t, f->regs[i->c], f->code->consts[i->a], f->regs[i->b]) < 0)
            return false;
        tgc_close(t, f, i->b);
        return true;
    default: // DELNAME
        st = tgc_dict_del(t, f->regs[i->c], f->code->consts[i->a]);
        return st > 0 ? true : st < 0 ? false : name_error(t, f->code->consts[i->a]);
    }
    if (st < 0)
        return false;
    tgc_set_reg(t, f, i->a, v);
    return true;
}

bool tgc_op_cell(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v;
    tgc_slot *slot;
    switch (i->op) {
    case TGI_OP_MAKECELL:
        v = f->regs[i->a];
        f->regs[i->a] = TGC_UNBOUND;
        v = tgc_cell_new(t, v);
        if (v == TGC_NULL)
            return false;
        f->regs[i->a] = v;
        return true;
    case TGI_OP_GETCELL: // the fast path found it unset
        tgc_raise(t, &TGC_EXC(UnboundLocalError),
                  "cannot access local variable '%s' where it is not associated with a value",
                  text(t, f->code->consts[i->c]));
        return false;
    case TGI_OP_GETFREE:
        return free_error(t, f->code->consts[i->c]);
    case TGI_OP_LOADFREE:
        tgc_set_reg(t, f, i->a, tgc_retain(t, tgc_from_ptr(f->func->closure[i->b])));
        return true;
    case TGI_OP_SETCELL:
    case TGI_OP_SETFREE:
        if (f->regs[i->b] == TGC_UNBOUND)
            return tgc_op_unbound(t, f, i->b);
        slot = i->op == TGI_OP_SETCELL ? &((tgc_cell *)(void *)tgc_ptr(f->regs[i->a]))->value
                                       : &f->func->closure[i->a]->value;
        tgc_release(t, tgc_slot_exchange(t, slot, tgc_take_reg(t, f, i->b)));
        return true;
    default: // DELCELL, DELFREE
        slot = i->op == TGI_OP_DELCELL ? &((tgc_cell *)(void *)tgc_ptr(f->regs[i->a]))->value
                                       : &f->func->closure[i->a]->value;
        v = tgc_slot_exchange(t, slot, TGC_UNBOUND);
        if (v == TGC_UNBOUND)
            return free_error(t, f->code->consts[i->c]);
        tgc_release(t, v);
        return true;
    }
}

// --- attributes

bool tgc_op_getattr(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->b];
    if (v == TGC_UNBOUND)
        return tgc_op_unbound(t, f, i->b);
    tg_value x = tgc_attr_get_site(t, v, &f->code->attrs[i->c]);
    if (x == TGC_NULL)
        return false;
    if (i->b != i->a)
        tgc_close(t, f, i->b);
    tgc_set_reg(t, f, i->a, x);
    return true;
}

bool tgc_op_setattr(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->a], x = f->regs[i->b];
    if (v == TGC_UNBOUND || x == TGC_UNBOUND)
        return tgc_op_unbound(t, f, v == TGC_UNBOUND ? i->a : i->b);
    if (tgc_attr_set_site(t, v, &f->code->attrs[i->c], x) < 0)
        return false;
    tgc_close(t, f, i->a);
    tgc_close(t, f, i->b);
    return true;
}

bool tgc_op_delattr(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->a];
    if (v == TGC_UNBOUND)
        return tgc_op_unbound(t, f, i->a);
    if (tgc_type_of(v)->setattr(t, v, f->code->attrs[i->c].name, TGC_NULL) < 0)
        return false;
    tgc_close(t, f, i->a);
    return true;
}

bool tgc_op_loadmethod(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->a], func, self;
    if (v == TGC_UNBOUND)
        return tgc_op_unbound(t, f, i->a);
    if (tgc_attr_method_site(t, v, &f->code->attrs[i->c], &func, &self) < 0)
        return false;
    f->regs[i->a] = func;
    tgc_set_reg(t, f, i->a + 1u, self);
    tgc_release(t, v);
    return true;
}

// --- items

bool tgc_op_getitem(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->b], key, x;
    key = i->op == TGI_OP_GETITEM    ? f->regs[i->c]
          : i->op == TGI_OP_GETITEMI ? tgc_from_int((int16_t)i->c)
                                     : f->code->consts[i->c];
    if (v == TGC_UNBOUND || key == TGC_UNBOUND)
        return tgc_op_unbound(t, f, v == TGC_UNBOUND ? i->b : i->c);
    if (tgc_is_exact(v, &tgc_tuple_type) && tgc_is_int(key)) {
        int64_t n = (int64_t)tgc_tuple_size(v), at = tgc_int(key);
        at += at < 0 ? n : 0;
        x = at >= 0 && at < n ? tgc_retain(t, tgc_tuple_peek(v, (size_t)at))
                              : tgc_getitem(t, v, key);
    } else if (tgc_is_exact(v, &tgc_dict_type)) {
        int found = tgc_dict_get(t, v, key, &x);
        if (found <= 0)
            x = found < 0 ? TGC_NULL : tgc_raise_value(t, &TGC_EXC(KeyError), key);
    } else {
        x = tgc_getitem(t, v, key);
    }
    if (x == TGC_NULL)
        return false;
    if (i->b != i->a)
        tgc_close(t, f, i->b);
    if (i->op == TGI_OP_GETITEM && i->c != i->a)
        tgc_close(t, f, i->c);
    tgc_set_reg(t, f, i->a, x);
    return true;
}

bool tgc_op_setitem(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    bool del = i->op == TGI_OP_DELITEM, immediate = i->op == TGI_OP_SETITEMI;
    tg_value v = f->regs[i->a], key = immediate ? tgc_from_int((int16_t)i->b) : f->regs[i->b];
    tg_value x = del ? TGC_NULL : f->regs[i->c];
    if (v == TGC_UNBOUND || key == TGC_UNBOUND || x == TGC_UNBOUND)
        return tgc_op_unbound(t, f, v == TGC_UNBOUND ? i->a : key == TGC_UNBOUND ? i->b : i->c);
    if (!del && tgc_is_int(key) && tgc_list_set_fast(t, v, tgc_int(key), x)) {
        // done
    } else if (!del && tgc_is_exact(v, &tgc_dict_type)) {
        if (tgc_dict_set(t, v, key, x) < 0)
            return false;
    } else if (tgc_setitem(t, v, key, x) < 0) {
        return false;
    }
    tgc_close(t, f, i->a);
    if (!immediate)
        tgc_close(t, f, i->b);
    if (!del)
        tgc_close(t, f, i->c);
    return true;
}

// --- loops

bool tgc_op_forprep(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    tg_value v = f->regs[i->b], *s = &f->regs[i->a];
    if (v == TGC_UNBOUND)
        return tgc_op_unbound(t, f, i->b);
    tg_value a, b = TGC_UNBOUND, c = TGC_NONE;
    int64_t start, step;
    if (tgc_is_exact(v, &tgc_range_type) && tgc_range_small(v, &start, NULL, &step)) {
        a = tgc_from_int(start); // see FORITER in loop.c
        b = tgc_from_int(tgc_range_small_length(v));
        c = tgc_from_int(step);
        tgc_close(t, f, i->b);
    } else if (tgc_is_exact(v, &tgc_list_type) || tgc_is_exact(v, &tgc_tuple_type)) {
        c = tgc_is_list(v) ? TGC_TRUE : TGC_FALSE;
        a = tgc_take_reg(t, f, i->b);
        b = tgc_from_int(0);
    } else {
        a = tgc_iter(t, v);
        if (a == TGC_NULL)
            return false;
        tgc_close(t, f, i->b);
    }
    tgc_set_reg(t, f, i->a, a);
    s[1] = b;
    s[2] = c;
    return true;
}

int tgc_op_foriter(tg_thread *t, tgc_frame *f, const tgi_ins *i, tg_value *out)
{
    tg_value *s = &f->regs[i->b];
    if (s[2] == TGC_TRUE) {
        *out = tgc_list_get(t, s[0], (size_t)tgc_int(s[1]));
        s[1] += 4;
    } else if (s[2] == TGC_FALSE) {
        size_t at = (size_t)tgc_int(s[1]);
        *out = at < tgc_tuple_size(s[0]) ? tgc_retain(t, tgc_tuple_peek(s[0], at)) : TGC_NULL;
        s[1] += 4;
    } else if (tgc_is_exact(s[0], &tgc_generator_type)) {
        tgc_generator *g = (tgc_generator *)(void *)tgc_ptr(s[0]);
        if (tgc_generator_enter(t, g, TGC_NONE, TGC_FRAME_FORITER) != NULL)
            return 2;
        *out = TGC_NULL;
    } else {
        *out = tgc_next(t, s[0]);
    }
    if (*out != TGC_NULL)
        return 1;
    if (tgc_raised(t))
        return -1;
    tgc_set_reg(t, f, i->b, TGC_UNBOUND);
    s[1] = s[2] = TGC_UNBOUND;
    return 0;
}
