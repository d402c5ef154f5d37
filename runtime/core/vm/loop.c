// SPDX-License-Identifier: MIT
//
// loop.c - the interpreter loop.
//
// Owns        dispatch and the fast path of every instruction; all else is in ops*.c and call.c.
// Invariants  V1  `pc` is the next instruction; it is stored in the frame before anything that can
//             raise, call
//                 or look at the frame.
//             V2  the breaker is polled at function entry, backward jumps and loop steps (effect P
//                 of opcodes.def), and nowhere else.
//             V3  register ownership as in Note [register-ownership], opcodes.def.
// Threads     one loop per thread state; loops nest when C calls back into scripts.
// Dispatch    computed goto. The numbered empty asm keeps gcc and clang from merging the jumps: a
//             merged jump costs up to three times (docs/decisions/0002-dispatch.md). TOGIL_SWITCH
//             selects a plain switch.
// Twice       loop_controlled.c compiles this file once more for the tasks of the stress tester,
//             with a look at the scheduler before what others may see: Note [controlled] there.
#include "core/vm/ops.h"

#include "core/vm/loop_arith.h" // fast paths of arithmetic and comparison

#include "core/object/class.h"     // inline caches
#include "core/object/dict.h"      // items
#include "core/object/exception.h" // matching
#include "core/object/float.h"     // boxing
#include "core/object/list.h"      // items
#include "core/object/tuple.h"     // items

#include "core/vm/loop_points.h" // POLL, and what the second copy adds

#ifndef TOGIL_SWITCH
#define NEXT()                                                \
    do {                                                      \
        i = pc++;                                             \
        __asm__ volatile("# dispatch %0" ::"i"(__COUNTER__)); \
        goto *labels[i->op];                                  \
    } while (0)
#define OP(name) L_##name
#else
#define NEXT()   goto dispatch
#define OP(name) case TGI_OP_##name
#endif

// Releases what a register held, when it was a pointer.
static TGI_NOINLINE void drop(tg_thread *t, tg_value v)
{
    tgc_decref(t, tgc_ptr(v));
}

#define SET(reg, value)                   \
    do {                                  \
        tg_value *d_ = &R[reg];           \
        tg_value o_ = *d_;                \
        *d_ = (value);                    \
        if (TGI_UNLIKELY(tgc_is_ptr(o_))) \
            drop(t, o_);                  \
    } while (0)
// A temp operand was read and is not the destination.
#define CLOSE(reg)                \
    do {                          \
        if ((reg) >= nlocals) {   \
            tg_value o_ = R[reg]; \
            R[reg] = TGC_NONE;    \
            if (tgc_is_ptr(o_))   \
                drop(t, o_);      \
        }                         \
    } while (0)
#define SAVE() (f->pc = pc)
#define LOAD()                      \
    do {                            \
        f = ct->frame;              \
        R = f->regs;                \
        K = f->code->consts;        \
        nlocals = f->code->nlocals; \
        pc = f->pc;                 \
        LOAD_POINTS();              \
    } while (0)
#define TRY(x)                  \
    do {                        \
        SAVE();                 \
        if (TGI_UNLIKELY(!(x))) \
            goto raised;        \
    } while (0)
#define JUMP16() (pc += (int16_t)i->c)
#define JUMP32() (pc += (int32_t)tgi_ins_jump32(*i))

// The cache word that matches the type, or 0.
static inline uint64_t cached(const tgc_type *type, const tgc_attr_site *site)
{
    // ORDER: relaxed; an old version only misses, and a version is never reused.
    uint32_t version = atom_load_relaxed(&type->version);
    // ORDER: acquire; pairs with the release in attr.c: the index table has the entry.
    uint64_t word = atom_load_acquire(&site->cache[0]);
    if (TGI_LIKELY((uint32_t)(word >> 32) == version))
        return word;
    word = atom_load_acquire(&site->cache[1]); // ORDER: acquire; as above.
    return (uint32_t)(word >> 32) == version ? word : 0;
}

tg_value RUN(tg_thread *t, bool throw_)
{
#ifndef TOGIL_SWITCH
    static const void *const labels[] = {
#define TGI_OP(NAME, FORMAT, EFFECTS, TEXT) &&L_##NAME,
#include "bytecode/opcodes.def"
#undef TGI_OP
    };
#endif
    tgc_thread *ct = tgc_of(t);
    tgc_frame *f;
    tg_value *R;
    const tg_value *K;
    uint32_t nlocals;
    const tgi_ins *pc, *i;
    DIVERT();
    LOAD();
    if (TGI_UNLIKELY(throw_))
        goto raised;
    ENTERED();
#ifndef TOGIL_SWITCH
    NEXT();
#else
dispatch:
    i = pc++;
    ACCESS();
    switch (i->op) {
#endif

    OP(NOP) : NEXT();
    OP(MOVE) :
    {
        tg_value v = R[i->b];
        if (TGI_UNLIKELY(v == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, i->b));
        }
        if (i->b < nlocals)
            tgc_retain(t, v);
        else
            R[i->b] = TGC_NONE;
        SET(i->a, v);
        NEXT();
    }
    OP(LOADK) :
    {
        tg_value v = K[i->b];
        SET(i->a, v);
        NEXT();
    }
    OP(LOADI) :
    {
        SET(i->a, tgc_from_int((int16_t)i->b));
        NEXT();
    }
    OP(DELLOCAL) :
    {
        if (TGI_UNLIKELY(R[i->a] == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, i->a));
        }
        SAVE();
        SET(i->a, TGC_UNBOUND);
        NEXT();
    }
    OP(CLEAR) :
    {
        SAVE();
        SET(i->a, i->a < nlocals ? TGC_UNBOUND : TGC_NONE);
        NEXT();
    }

    OP(GETCELL) :
    {
        tg_value v = tgc_slot_load(t, &((tgc_cell *)(void *)tgc_ptr(R[i->b]))->value);
        if (TGI_UNLIKELY(v == TGC_UNBOUND))
            goto cell_slow;
        SET(i->a, v);
        NEXT();
    }
    OP(GETFREE) :
    {
        tg_value v = tgc_slot_load(t, &f->func->closure[i->b]->value);
        if (TGI_UNLIKELY(v == TGC_UNBOUND))
            goto cell_slow;
        SET(i->a, v);
        NEXT();
    }
    OP(MAKECELL) : OP(SETCELL) : OP(DELCELL) : OP(SETFREE) : OP(DELFREE) : OP(LOADFREE) : cell_slow:
    {
        TRY(tgc_op_cell(t, f, i));
        NEXT();
    }

    OP(GETGLOBAL) :
    {
        const tgc_global_site *g = &f->code->globals[i->b];
        tg_value v = tgc_slot_load(t, &g->global->value);
        if (TGI_UNLIKELY(v == TGC_UNBOUND)) {
            v = tgc_slot_load(t, &g->builtin->value);
            if (TGI_UNLIKELY(v == TGC_UNBOUND)) {
                TRY(tgc_op_getglobal(t, f, i));
            }
        }
        SET(i->a, v);
        NEXT();
    }
    OP(SETGLOBAL) :
    {
        if (TGI_UNLIKELY(R[i->b] == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, i->b));
        }
        SAVE();
        tg_value v = tgc_take_reg(t, f, i->b);
        tgc_release(t, tgc_slot_exchange(t, &f->code->globals[i->a].global->value, v));
        NEXT();
    }
    OP(DELGLOBAL) : OP(GETNAME) : OP(GETNAMEFREE) : OP(SETNAME) : OP(DELNAME) :
    {
        TRY(tgc_op_name(t, f, i));
        NEXT();
    }

    BINARY(ADD, FAST_ADD)
    BINARY(SUB, FAST_SUB)
    BINARY(MUL, FAST_MUL)
    BINARY(DIV, FAST_DIV)
    BINARY(FLOORDIV, FAST_FLOORDIV)
    BINARY(MOD, FAST_MOD)
    BINARY(POW, BINARY_FLOAT_POW)
    BINARY(LSHIFT, FAST_LSHIFT)
    BINARY(RSHIFT, FAST_RSHIFT)
    BINARY(AND, FAST_AND)
    BINARY(OR, FAST_OR)
    BINARY(XOR, FAST_XOR)
    BINARY(MATMUL, FAST_NONE)
    REVERSED(RADDK, ADD, FAST_ADD)
    REVERSED(RSUBK, SUB, FAST_SUB)
    REVERSED(RMULK, MUL, FAST_MUL)
    REVERSED(RDIVK, DIV, FAST_DIV)
    OP(NEG) :
    {
        tg_value v = R[i->b];
        if (tgc_is_int(v) && v != (tg_value)INT64_MIN) {
            SET(i->a, (tg_value)(-(int64_t)v));
            NEXT();
        }
        if ((v & 6) == 6)
            FLOAT_RESULT(-tgc_flo(v));
        TRY(tgc_op_unary(t, f, i, TGC_NEG));
        NEXT();
    }
    OP(POS) :
    {
        TRY(tgc_op_unary(t, f, i, TGC_POS));
        NEXT();
    }
    OP(INVERT) :
    {
        TRY(tgc_op_unary(t, f, i, TGC_INVERT));
        NEXT();
    }
    OP(NOT) :
    {
        SAVE();
        int truth = tgc_op_truth(t, f, i->b);
        if (TGI_UNLIKELY(truth < 0))
            goto raised;
        CLOSE(i->b);
        SET(i->a, tgc_from_bool(!truth));
        NEXT();
    }

    COMPARE_VALUE(LT, <)
    COMPARE_VALUE(LE, <=)
    COMPARE_VALUE(EQ, ==)
    COMPARE_VALUE(NE, !=)
    COMPARE_VALUE(GT, >)
    COMPARE_VALUE(GE, >=)
    OP(IS) : OP(ISNOT) :
    {
        tg_value x = R[i->b], y = R[i->c];
        if (TGI_UNLIKELY(x == TGC_UNBOUND || y == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, x == TGC_UNBOUND ? i->b : i->c));
        }
        bool r = (x == y) == (i->op == TGI_OP_IS);
        SAVE();
        CLOSE(i->b);
        CLOSE(i->c);
        SET(i->a, tgc_from_bool(r));
        NEXT();
    }
    OP(IN) : OP(NOTIN) :
    {
        SAVE();
        int r = tgc_op_contains(t, f, i->b, i->c);
        if (TGI_UNLIKELY(r < 0))
            goto raised;
        SET(i->a, tgc_from_bool(r == (i->op == TGI_OP_IN)));
        NEXT();
    }

    OP(JMP) :
    {
        JUMP32();
        NEXT();
    }
    OP(LOOP) :
    {
        JUMP32();
        POLL(i);
        NEXT();
    }
    OP(JT) : OP(JF) :
    {
        tg_value v = R[i->a];
        int truth;
        if (TGI_LIKELY(tgc_is_bool(v))) {
            truth = v == TGC_TRUE;
        } else {
            SAVE();
            truth = tgc_op_truth(t, f, i->a);
            if (TGI_UNLIKELY(truth < 0))
                goto raised;
            CLOSE(i->a);
        }
        if (truth == (i->op == TGI_OP_JT))
            JUMP32();
        NEXT();
    }
    OP(JTKEEP) : OP(JFKEEP) :
    {
        SAVE();
        int truth = tgc_op_truth(t, f, i->a);
        if (TGI_UNLIKELY(truth < 0))
            goto raised;
        if (truth == (i->op == TGI_OP_JTKEEP))
            JUMP32();
        else
            CLOSE(i->a);
        NEXT();
    }
    OP(JNONE) : OP(JNOTNONE) :
    {
        tg_value v = R[i->a];
        if (TGI_UNLIKELY(v == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, i->a));
        }
        SAVE();
        CLOSE(i->a);
        if ((v == TGC_NONE) == (i->op == TGI_OP_JNONE))
            JUMP32();
        NEXT();
    }
    COMPARE(LT, <)
    COMPARE(LE, <=)
    COMPARE(EQ, ==)
    COMPARE(NE, !=)
    COMPARE(GT, >)
    COMPARE(GE, >=)
    OP(JIS) : OP(JISNOT) :
    {
        tg_value x = R[i->a], y = R[i->b];
        if (TGI_UNLIKELY(x == TGC_UNBOUND || y == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, x == TGC_UNBOUND ? i->a : i->b));
        }
        SAVE();
        CLOSE(i->a);
        CLOSE(i->b);
        if ((x == y) == (i->op == TGI_OP_JIS))
            JUMP16();
        NEXT();
    }
    OP(JIN) : OP(JNOTIN) :
    {
        SAVE();
        int r = tgc_op_contains(t, f, i->a, i->b);
        if (TGI_UNLIKELY(r < 0))
            goto raised;
        if (r == (i->op == TGI_OP_JIN))
            JUMP16();
        NEXT();
    }

    OP(GETATTR) :
    {
        tg_value v = R[i->b], x = TGC_UNBOUND;
        if (TGI_LIKELY(tgc_is_ptr(v))) {
            tgc_obj *o = tgc_ptr(v);
            tgc_type *type = tgc_obj_type(o);
            // A class is looked up by its own version, which its instances' entries at this site
            // carry too: of those only kind TYPE is meant for it.
            if (TGI_UNLIKELY(type == &tgc_type_type)) {
                type = (tgc_type *)(void *)o;
                uint64_t word = cached(type, &f->code->attrs[i->c]);
                if (((uint32_t)word & 0xffff) == TGC_IC_TYPE)
                    x = tgc_slot_load(t, &tgc_ic_entry(type, word)->value);
            } else {
                uint64_t word = cached(type, &f->code->attrs[i->c]);
                uint32_t kind = (uint32_t)word & 0xffff;
                if (TGI_LIKELY(kind == TGC_IC_SLOT))
                    x = tgc_slot_load(t, &tgc_attrs_of(type, o)->slots[(word >> 16) & 0xffff]);
                else if (kind == TGC_IC_VALUE)
                    x = tgc_slot_load(t, &tgc_ic_entry(type, word)->value);
            }
            if (TGI_LIKELY(x != TGC_UNBOUND)) {
                SAVE();
                if (i->b != i->a)
                    CLOSE(i->b);
                SET(i->a, x);
                NEXT();
            }
        }
        TRY(tgc_op_getattr(t, f, i));
        NEXT();
    }
    OP(SETATTR) :
    {
        tg_value v = R[i->a];
        if (TGI_LIKELY(tgc_is_ptr(v) && R[i->b] != TGC_UNBOUND)) {
            tgc_obj *o = tgc_ptr(v);
            tgc_type *type = tgc_obj_type(o);
            uint64_t word = cached(type, &f->code->attrs[i->c]);
            if (TGI_LIKELY(((uint32_t)word & 0xffff) == TGC_IC_SLOT)) {
                SAVE();
                tg_value x = tgc_take_reg(t, f, i->b);
                x = tgc_slot_exchange(t, &tgc_attrs_of(type, o)->slots[(word >> 16) & 0xffff], x);
                if (tgc_is_ptr(x))
                    drop(t, x);
                CLOSE(i->a);
                NEXT();
            }
        }
        TRY(tgc_op_setattr(t, f, i));
        NEXT();
    }
    OP(DELATTR) :
    {
        TRY(tgc_op_delattr(t, f, i));
        NEXT();
    }
    OP(LOADMETHOD) :
    {
        tg_value v = R[i->a];
        if (TGI_LIKELY(tgc_is_ptr(v))) {
            tgc_type *type = tgc_obj_type(tgc_ptr(v));
            uint64_t word = cached(type, &f->code->attrs[i->c]);
            if (TGI_LIKELY(((uint32_t)word & 0xffff) == TGC_IC_FUNC)) {
                tg_value x = tgc_slot_load(t, &tgc_ic_entry(type, word)->value);
                if (TGI_LIKELY(x != TGC_UNBOUND)) {
                    if (i->a < nlocals)
                        tgc_retain(t, v);
                    R[i->a] = x;
                    R[i->a + 1] = v;
                    NEXT();
                }
            }
        }
        TRY(tgc_op_loadmethod(t, f, i));
        NEXT();
    }
    OP(GETITEM) :
    {
        tg_value key = R[i->c], x;
        if (TGI_LIKELY(tgc_is_int(key))) {
            tg_value v = R[i->b];
            if (TGI_LIKELY(tgc_list_get_fast(t, v, tgc_int(key), &x))) {
                SAVE();
                if (i->b != i->a)
                    CLOSE(i->b);
                SET(i->a, x);
                NEXT();
            }
        }
        TRY(tgc_op_getitem(t, f, i));
        NEXT();
    }
    OP(GETITEMI) :
    {
        tg_value x;
        if (TGI_LIKELY(tgc_list_get_fast(t, R[i->b], (int16_t)i->c, &x))) {
            SAVE();
            if (i->b != i->a)
                CLOSE(i->b);
            SET(i->a, x);
            NEXT();
        }
        TRY(tgc_op_getitem(t, f, i));
        NEXT();
    }
    OP(GETITEMK) :
    {
        TRY(tgc_op_getitem(t, f, i));
        NEXT();
    }
    OP(SETITEM) :
    {
        tg_value key = R[i->b], x = R[i->c];
        if (TGI_LIKELY(tgc_is_int(key) && !tgc_is_ptr(x) && x != TGC_UNBOUND)) {
            SAVE();
            if (TGI_LIKELY(tgc_list_set_fast_steal(t, R[i->a], tgc_int(key), x))) {
                CLOSE(i->a);
                NEXT();
            }
        }
        TRY(tgc_op_setitem(t, f, i));
        NEXT();
    }
    OP(SETITEMI) : OP(DELITEM) :
    {
        TRY(tgc_op_setitem(t, f, i));
        NEXT();
    }

    OP(LISTAPPEND) :
    {
        tg_value v = R[i->b];
        if (TGI_UNLIKELY(v == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, i->b));
        }
        SAVE();
        if (tgc_list_append_steal(t, R[i->a], tgc_take_reg(t, f, i->b)) < 0)
            goto raised;
        NEXT();
    }
    OP(BUILDSLICE)
        : OP(BUILDLIST)
        : OP(BUILDTUPLE)
        : OP(BUILDSET)
        : OP(BUILDDICT)
        : OP(BUILDSTR)
        : OP(LISTEXTEND)
        : OP(LISTTOTUPLE)
        : OP(SETADD) : OP(SETUPDATE) : OP(DICTSET) : OP(DICTUPDATE) : OP(DICTMERGE) : OP(FORMAT) :
    {
        TRY(tgc_op_build(t, f, i));
        NEXT();
    }
    OP(UNPACK) : OP(UNPACKEX) :
    {
        TRY(tgc_op_unpack(t, f, i));
        NEXT();
    }

    OP(CALL) :
    {
        tg_value *w = &R[i->a];
        tg_value fv = w[0];
        if (TGI_LIKELY(tgc_is_exact(fv, &tgc_function_type))) {
            tgc_function *fn = (tgc_function *)(void *)tgc_ptr(fv);
            tgc_code *code = fn->code;
            if (TGI_LIKELY(code->simple && code->positional == i->b)) {
                SAVE();
                if (TGI_UNLIKELY(tgc_frame_push(t, code, fn, w + 1, i->b, i->c, 0) == NULL))
                    goto raised;
                goto entered;
            }
        } else if (tgc_is_exact(fv, &tgc_builtin_type)) {
            tgc_builtin *b = (tgc_builtin *)(void *)tgc_ptr(fv);
            const tgc_method_def *d = b->def;
            if (TGI_LIKELY(b->owner == NULL && i->b >= d->min && (d->max < 0 || i->b <= d->max))) {
                SAVE();
                tg_value r = d->fn(t, w + 1, i->b, TGC_NULL);
                for (uint32_t k = 1; k <= i->b; k++) {
                    tg_value o = w[k];
                    w[k] = TGC_NONE;
                    if (tgc_is_ptr(o))
                        drop(t, o);
                }
                w[0] = TGC_NONE;
                if (TGI_UNLIKELY(r == TGC_NULL))
                    goto raised;
                SET(i->c, r);
                CALLED();
                NEXT();
            }
        }
        SAVE();
        tg_value out;
        tgc_called r = tgc_vm_call(t, w, i->b, TGC_NULL, i->c, &out);
        if (r == TGC_CALL_FRAME)
            goto entered;
        if (TGI_UNLIKELY(r == TGC_CALL_RAISED))
            goto raised;
        SET(i->c, out);
        CALLED();
        NEXT();
    }
    OP(CALLMETHOD) :
    {
        tg_value *w = &R[i->a];
        tg_value fv = w[0], out;
        tgc_called r;
        SAVE();
        if (TGI_LIKELY(w[1] != TGC_NOVALUE)) {
            if (TGI_LIKELY(tgc_is_exact(fv, &tgc_function_type))) {
                tgc_function *fn = (tgc_function *)(void *)tgc_ptr(fv);
                tgc_code *code = fn->code;
                if (TGI_LIKELY(code->simple && code->positional == i->b + 1u)) {
                    if (TGI_UNLIKELY(tgc_frame_push(t, code, fn, w + 1, i->b + 1u, i->c, 0) ==
                                     NULL))
                        goto raised;
                    goto entered;
                }
            } else if (tgc_is_exact(fv, &tgc_builtin_type)) {
                const tgc_method_def *d = ((tgc_builtin *)(void *)tgc_ptr(fv))->def;
                if (TGI_LIKELY(i->b >= d->min && (d->max < 0 || i->b <= d->max) &&
                               (d->flags & (TGC_METH_CLASS | TGC_METH_STATIC)) == 0)) {
                    out = d->fn(t, w + 1, i->b + 1u, TGC_NULL);
                    for (uint32_t k = 1; k <= i->b + 1u; k++) {
                        tg_value o = w[k];
                        w[k] = TGC_NONE;
                        if (tgc_is_ptr(o))
                            drop(t, o);
                    }
                    w[0] = TGC_NONE;
                    if (TGI_UNLIKELY(out == TGC_NULL))
                        goto raised;
                    SET(i->c, out);
                    CALLED();
                    NEXT();
                }
            }
            r = tgc_vm_call(t, w, i->b + 1u, TGC_NULL, i->c, &out);
        } else {
            w[1] = fv;
            w[0] = TGC_NONE;
            r = tgc_vm_call(t, w + 1, i->b, TGC_NULL, i->c, &out);
        }
        if (r == TGC_CALL_FRAME)
            goto entered;
        if (TGI_UNLIKELY(r == TGC_CALL_RAISED))
            goto raised;
        SET(i->c, out);
        CALLED();
        NEXT();
    }
    OP(CALLKW) : OP(CALLEX) :
    {
        tg_value out;
        SAVE();
        tgc_called r = i->op == TGI_OP_CALLKW ? tgc_vm_call(t, &R[i->a], i->b, K[i->c], i->a, &out)
                                              : tgc_vm_call_ex(t, &R[i->a], i->b != 0, i->a, &out);
        if (r == TGC_CALL_FRAME)
            goto entered;
        if (TGI_UNLIKELY(r == TGC_CALL_RAISED))
            goto raised;
        SET(i->a, out);
        CALLED();
        NEXT();
    }

entered:
    LOAD();
    POLL(pc);
    NEXT();

    OP(RETK) :
    {
        tg_value v = K[i->a];
        goto leave;
        OP(RET) : v = R[i->a];
        if (TGI_UNLIKELY(v == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, i->a));
        }
        R[i->a] = TGC_NONE;
leave:
        SAVE();
        for (uint32_t k = 0; k < nlocals; k++) {
            tg_value o = R[k];
            if (tgc_is_ptr(o)) {
                R[k] = TGC_NONE;
                drop(t, o);
            }
        }
        uint32_t flags = f->flags;
        if (TGI_LIKELY(flags == 0)) {
            tg_value o = R[-1];
            R[-1] = TGC_NONE;
            uint32_t ret = f->ret;
            tgc_frame_pop(ct);
            if (TGI_UNLIKELY(tgc_is_ptr(o)))
                tgc_decref(t, tgc_ptr(o));
            LOAD();
            SET(ret, v);
            NEXT();
        }
        if ((flags & TGC_FRAME_INIT) != 0) {
            tg_value self = f->result;
            f->result = TGC_NONE;
            if (TGI_UNLIKELY(v != TGC_NONE)) {
                tgc_raise(t, &TGC_EXC(TypeError), "__init__() should return None, not '%s'",
                          tgc_type_name(v));
                tgc_release(t, v);
                tgc_release(t, self);
                goto raised;
            }
            uint32_t ret = f->ret;
            tgc_frame_pop(ct);
            LOAD();
            SET(ret, self);
            NEXT();
        }
        if ((flags & TGC_FRAME_FORITER) != 0) { // a generator driven by a loop is exhausted
            tgc_generator *g = f->generator;
            tgc_frame_pop(ct);
            tgc_release(t, v);
            tgc_generator_finish(t, g);
            LOAD();
            i = pc - 1;
            SET(i->b, TGC_UNBOUND);
            NEXT();
        }
        tg_value o = R[-1];
        R[-1] = TGC_NONE;
        tgc_frame_pop(ct);
        tgc_release(t, o);
        return v;
    }
    OP(YIELD) :
    {
        tg_value v = R[i->b];
        if (TGI_UNLIKELY(v == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, i->b));
        }
        SAVE();
        v = tgc_take_reg(t, f, i->b);
        bool loop = (f->flags & TGC_FRAME_FORITER) != 0;
        tgc_generator_park(t, pc, i->a);
        if (!loop) {
            ct->yielded = true;
            return v;
        }
        LOAD();
        i = pc - 1;
        SET(i->a, v);
        JUMP16();
        POLL(i);
        NEXT();
    }
    OP(YIELDFROM) :
    {
        tg_value v;
        SAVE();
        int r = tgc_op_yieldfrom(t, f, i, &v);
        if (TGI_UNLIKELY(r < 0))
            goto raised;
        if (r == 0)
            NEXT();
        bool loop = (f->flags & TGC_FRAME_FORITER) != 0;
        tgc_generator_park(t, i, i->a);
        if (!loop) {
            ct->yielded = true;
            return v;
        }
        LOAD();
        i = pc - 1;
        SET(i->a, v);
        JUMP16();
        POLL(i);
        NEXT();
    }

    OP(GETITER) :
    {
        if (TGI_UNLIKELY(R[i->b] == TGC_UNBOUND)) {
            TRY(tgc_op_unbound(t, f, i->b));
        }
        SAVE();
        tg_value v = tgc_iter(t, R[i->b]);
        if (TGI_UNLIKELY(v == TGC_NULL))
            goto raised;
        CLOSE(i->b);
        SET(i->a, v);
        NEXT();
    }
    OP(FORPREP) :
    {
        TRY(tgc_op_forprep(t, f, i));
        NEXT();
    }
    OP(FORITER) :
    {
        tg_value *s = &R[i->b];
        if (TGI_LIKELY(tgc_is_int(s[0]))) { // range: next value, how many are left, step
            tg_value v = s[0];
            if (TGI_UNLIKELY(s[1] == 0)) {
                s[0] = s[1] = s[2] = TGC_UNBOUND;
                NEXT();
            }
            s[1] -= 4;
            s[0] = v + s[2];
            SET(i->a, v);
            JUMP16();
            POLL(i);
            NEXT();
        }
        tg_value v;
        SAVE();
        if (s[2] == TGC_TRUE &&
            tgc_list_read_fast(t, tgc_list_of(s[0]), (size_t)tgc_int(s[1]), &v)) {
            s[1] += 4;
            SET(i->a, v);
            JUMP16();
            POLL(i);
            NEXT();
        }
        int r = tgc_op_foriter(t, f, i, &v);
        if (r == 1) {
            SET(i->a, v);
            JUMP16();
            POLL(i);
            NEXT();
        }
        if (r == 2)
            goto entered;
        if (TGI_UNLIKELY(r < 0))
            goto raised;
        NEXT();
    }

    OP(MAKEFUNC) : OP(BUILDCLASS) :
    {
        TRY(tgc_op_function(t, f, i));
        NEXT();
    }

    OP(RAISE) : OP(RAISEFROM) : OP(RAISECURRENT) :
    {
        SAVE();
        if (!tgc_op_raise(t, f, i))
            goto raised_again;
        goto raised;
    }
    OP(RERAISE) :
    {
        SAVE();
        tgc_error_restore(t, tgc_retain(t, R[i->a]));
        goto raised_again;
    }
    OP(SETHANDLED) :
    {
        f->handled = i->a;
        NEXT();
    }
    OP(JNEXC) :
    {
        SAVE();
        int r = tgc_exception_matches(t, R[i->a], R[i->b]);
        if (TGI_UNLIKELY(r < 0))
            goto raised;
        CLOSE(i->b);
        if (!r)
            JUMP16();
        NEXT();
    }
    OP(EXCINFO) : OP(LOADASSERT) : OP(WITHSETUP) :
    {
        TRY(tgc_op_exception(t, f, i));
        NEXT();
    }

    OP(IMPORT) : OP(IMPORTFROM) : OP(IMPORTSTAR) :
    {
        TRY(tgc_op_import(t, f, i));
        NEXT();
    }
#ifdef TOGIL_SWITCH
}
__builtin_unreachable();
#endif

// An exception is set; f->pc is behind the instruction that raised it.
raised : throw_ = false;
goto unwind;
raised_again : throw_ = true;
unwind : for (;;)
{
    f = ct->frame;
    if (tgc_op_unwind(t, f, f->pc - 1, throw_))
        break;
    throw_ = false;
    uint32_t flags = f->flags;
    tg_value result = f->result;
    tgc_generator *g = f->generator;
    R = f->regs;
    tg_value callee = TGC_NONE;
    if ((flags & TGC_FRAME_INIT) == 0) {
        callee = R[-1];
        R[-1] = TGC_NONE;
    }
    f->result = TGC_NONE;
    tgc_frame_pop(ct);
    tgc_release(t, callee);
    tgc_release(t, result);
    if ((flags & TGC_FRAME_FORITER) != 0)
        tgc_generator_fail(t, g);
    if ((flags & TGC_FRAME_ENTRY) != 0)
        return TGC_NULL;
}
LOAD();
NEXT();
}
