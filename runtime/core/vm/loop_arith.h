// SPDX-License-Identifier: MIT
//
// loop_arith.h - fast paths of arithmetic and comparison instructions, for loop.c alone. Layer
// core/vm.
//
// Macros, because each expansion ends in its own dispatch. They use the loop's names: i (the
// instruction), R (registers), K (constants), pc, t, f, and its SET, TRY, SAVE, NEXT, OP, JUMP16.
// A fast path takes integers and floats that are immediates; a temp operand is then an immediate
// too and needs no release.
#ifndef TGC_VM_LOOP_ARITH_H
#define TGC_VM_LOOP_ARITH_H

#define FLOAT_RESULT(d)                          \
    do {                                         \
        tg_value v_;                             \
        if (TGI_LIKELY(tgc_flo_try((d), &v_))) { \
            SET(i->a, v_);                       \
            NEXT();                              \
        }                                        \
    } while (0)

#define FAST_ADD(x, y)                                                              \
    if (TGI_LIKELY(tgc_both_int(x, y))) {                                           \
        int64_t r_;                                                                 \
        if (TGI_LIKELY(!__builtin_add_overflow((int64_t)(x), (int64_t)(y), &r_))) { \
            SET(i->a, (tg_value)r_);                                                \
            NEXT();                                                                 \
        }                                                                           \
    } else if (tgc_both_flo_normal(x, y))                                           \
    FLOAT_RESULT(tgc_flo(x) + tgc_flo(y))
#define FAST_SUB(x, y)                                                              \
    if (TGI_LIKELY(tgc_both_int(x, y))) {                                           \
        int64_t r_;                                                                 \
        if (TGI_LIKELY(!__builtin_sub_overflow((int64_t)(x), (int64_t)(y), &r_))) { \
            SET(i->a, (tg_value)r_);                                                \
            NEXT();                                                                 \
        }                                                                           \
    } else if (tgc_both_flo_normal(x, y))                                           \
    FLOAT_RESULT(tgc_flo(x) - tgc_flo(y))
#define FAST_MUL(x, y)                                                                   \
    if (TGI_LIKELY(tgc_both_int(x, y))) {                                                \
        int64_t r_;                                                                      \
        if (TGI_LIKELY(!__builtin_mul_overflow((int64_t)(x) >> 2, (int64_t)(y), &r_))) { \
            SET(i->a, (tg_value)r_);                                                     \
            NEXT();                                                                      \
        }                                                                                \
    } else if (tgc_both_flo_normal(x, y))                                                \
    FLOAT_RESULT(tgc_flo(x) * tgc_flo(y))
// Integers up to 2^53 are exact as doubles, so one rounding happens.
#define EXACT(n) ((n) <= (INT64_C(1) << 53) && (n) >= -(INT64_C(1) << 53))
#define FAST_DIV(x, y)                                                                 \
    if (tgc_both_flo_normal(x, y))                                                     \
        FLOAT_RESULT(tgc_flo(x) / tgc_flo(y));                                         \
    else if (tgc_both_int(x, y) && (y) != 0 && EXACT(tgc_int(x)) && EXACT(tgc_int(y))) \
    FLOAT_RESULT((double)tgc_int(x) / (double)tgc_int(y))
#define FAST_FLOORDIV(x, y)                                     \
    if (TGI_LIKELY(tgc_both_int(x, y) && (int64_t)(y) > 0)) {   \
        int64_t n_ = tgc_int(x), m_ = tgc_int(y), q_ = n_ / m_; \
        q_ -= n_ % m_ < 0;                                      \
        SET(i->a, tgc_from_int(q_));                            \
        NEXT();                                                 \
    }
#define FAST_MOD(x, y)                                                                \
    if (TGI_LIKELY(tgc_both_int(x, y) && (int64_t)(y) > 0)) {                         \
        int64_t m_ = (int64_t)(x) % (int64_t)(y); /* the tag bits of both are zero */ \
        m_ += m_ < 0 ? (int64_t)(y) : 0;                                              \
        SET(i->a, (tg_value)m_);                                                      \
        NEXT();                                                                       \
    }
#define FAST_AND(x, y)                    \
    if (TGI_LIKELY(tgc_both_int(x, y))) { \
        SET(i->a, (x) & (y));             \
        NEXT();                           \
    }
#define FAST_OR(x, y)                     \
    if (TGI_LIKELY(tgc_both_int(x, y))) { \
        SET(i->a, (x) | (y));             \
        NEXT();                           \
    }
#define FAST_XOR(x, y)                    \
    if (TGI_LIKELY(tgc_both_int(x, y))) { \
        SET(i->a, (x) ^ (y));             \
        NEXT();                           \
    }
#define FAST_LSHIFT(x, y)                                                       \
    if (TGI_LIKELY(tgc_both_int(x, y) && tgc_int(y) >= 0 && tgc_int(y) < 60)) { \
        int64_t n_ = (int64_t)(x), r_ = (int64_t)((x) << tgc_int(y));           \
        if (TGI_LIKELY(r_ >> tgc_int(y) == n_)) {                               \
            SET(i->a, (tg_value)r_);                                            \
            NEXT();                                                             \
        }                                                                       \
    }
#define FAST_RSHIFT(x, y)                                      \
    if (TGI_LIKELY(tgc_both_int(x, y) && (int64_t)(y) >= 0)) { \
        int64_t s_ = tgc_int(y) > 62 ? 62 : tgc_int(y);        \
        SET(i->a, tgc_from_int(tgc_int(x) >> s_));             \
        NEXT();                                                \
    }
#define FAST_NONE(x, y)

#define BINARY(NAME, FAST)                                       \
    OP(NAME) : FAST(R[i->b], R[i->c]);                           \
    TRY(tgc_op_binary(t, f, i, TGC_##NAME, TGC_FORM_RR, false)); \
    NEXT();                                                      \
    OP(NAME##K) : FAST(R[i->b], K[i->c]);                        \
    TRY(tgc_op_binary(t, f, i, TGC_##NAME, TGC_FORM_RK, false)); \
    NEXT();                                                      \
    OP(I##NAME) : FAST(R[i->b], R[i->c]);                        \
    TRY(tgc_op_binary(t, f, i, TGC_##NAME, TGC_FORM_RR, true));  \
    NEXT();                                                      \
    OP(I##NAME##K) : FAST(R[i->b], K[i->c]);                     \
    TRY(tgc_op_binary(t, f, i, TGC_##NAME, TGC_FORM_RK, true));  \
    NEXT();
#define REVERSED(OPNAME, NAME, FAST)                             \
    OP(OPNAME) : FAST(K[i->b], R[i->c]);                         \
    TRY(tgc_op_binary(t, f, i, TGC_##NAME, TGC_FORM_KR, false)); \
    NEXT();

// Fused compare and jump.
#define COMPARE(NAME, sign)                                      \
    OP(J##NAME) : COMPARE_JUMP(NAME, sign, R[i->b], false, !);   \
    OP(J##NAME##K) : COMPARE_JUMP(NAME, sign, K[i->b], true, !); \
    OP(JN##NAME) : COMPARE_JUMP(NAME, sign, R[i->b], false, !!); \
    OP(JN##NAME##K) : COMPARE_JUMP(NAME, sign, K[i->b], true, !!);
#define COMPARE_JUMP(NAME, sign, right, constant, stay)              \
    {                                                                \
        tg_value x = R[i->a], y = (right);                           \
        if (TGI_LIKELY(tgc_both_int(x, y))) {                        \
            if (!(stay((int64_t)x sign(int64_t) y)))                 \
                JUMP16();                                            \
            NEXT();                                                  \
        }                                                            \
        if (tgc_both_flo_normal(x, y)) {                             \
            if (!(stay(tgc_flo(x) sign tgc_flo(y))))                 \
                JUMP16();                                            \
            NEXT();                                                  \
        }                                                            \
        SAVE();                                                      \
        int r_ = tgc_op_compare_jump(t, f, i, TGC_##NAME, constant); \
        if (TGI_UNLIKELY(r_ < 0))                                    \
            goto raised;                                             \
        if (!(stay r_))                                              \
            JUMP16();                                                \
        NEXT();                                                      \
    }
#define COMPARE_VALUE(NAME, sign)                                 \
    OP(NAME) :                                                    \
    {                                                             \
        tg_value x = R[i->b], y = R[i->c];                        \
        if (TGI_LIKELY(tgc_both_int(x, y))) {                     \
            SET(i->a, tgc_from_bool((int64_t)x sign(int64_t) y)); \
            NEXT();                                               \
        }                                                         \
        TRY(tgc_op_compare(t, f, i, TGC_##NAME));                 \
        NEXT();                                                   \
    }

#define BINARY_FLOAT_POW(x, y)                             \
    if (tgc_is_int(y) && tgc_int(y) == 2 && tgc_is_flo(x)) \
    FLOAT_RESULT(tgc_flo(x) * tgc_flo(x))

#endif
