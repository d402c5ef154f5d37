// SPDX-License-Identifier: MIT
//
// compile_cond.c - comparisons, and conditions as jumps that make no bool.
#include "lang/compile_internal.h"

// --- comparisons as values

static tgi_opcode value_opcode(int op)
{
    switch (op) {
    case TGI_LT:
        return TGI_OP_LT;
    case TGI_LE:
        return TGI_OP_LE;
    case TGI_EQ:
        return TGI_OP_EQ;
    case TGI_NE:
        return TGI_OP_NE;
    case TGI_GT:
        return TGI_OP_GT;
    case TGI_GE:
        return TGI_OP_GE;
    case TGI_IS:
        return TGI_OP_IS;
    case TGI_ISNOT:
        return TGI_OP_ISNOT;
    case TGI_IN:
        return TGI_OP_IN;
    default:
        return TGI_OP_NOTIN;
    }
}

// The middle operands of a chain are read twice: they stay in a variable or hidden local.
static uint32_t chain_operand(tgi_gen *g, const tgi_expr *e, uint32_t *hidden)
{
    bool made;
    uint32_t reg = tgi_kept(g, e, &made);
    *hidden = made ? reg : TGI_REG_NONE;
    return reg;
}

static void drop(tgi_gen *g, uint32_t hidden)
{
    if (hidden != TGI_REG_NONE)
        tgi_emit(g, TGI_OP_CLEAR, hidden, 0, 0);
}

// a < b < c is `a < b and b < c` with b evaluated once.
static void chain_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    uint32_t floor = g->hidden;
    uint32_t temp = tgi_is_temp(dest) ? dest : tgi_push_temp(g);
    uint32_t end = tgi_new_label(g);
    uint32_t count = e->u.compare.count;
    uint32_t inner = g->temps;
    uint32_t left = tgi_operand(g, e->u.compare.items[0], temp);
    for (uint32_t i = 0; i + 1 < count; i++) {
        bool last = i + 2 == count;
        uint32_t hidden = TGI_REG_NONE;
        const tgi_expr *item = e->u.compare.items[i + 1];
        uint32_t right = last ? tgi_operand(g, item, left == temp ? TGI_REG_NONE : temp)
                              : chain_operand(g, item, &hidden);
        tgi_at_expr(g, e);
        tgi_emit(g, value_opcode(e->u.compare.ops[i]), temp, left, right);
        g->temps = inner;
        if (!last)
            tgi_emit_jump(g, TGI_OP_JFKEEP, temp, 0, end);
        left = right;
    }
    tgi_place(g, end);
    // All paths meet here; a hidden local that was never reached is unset.
    for (uint32_t reg = floor; reg < g->hidden; reg++)
        drop(g, reg);
    if (temp != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, temp, 0);
    g->hidden = floor;
    g->temps = temps;
}

void tgi_compare_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    if (e->u.compare.count > 2) {
        chain_to(g, e, dest);
        return;
    }
    uint32_t temps = g->temps;
    uint32_t left = tgi_operand(g, e->u.compare.items[0], dest);
    uint32_t right = tgi_operand(g, e->u.compare.items[1], left == dest ? TGI_REG_NONE : dest);
    tgi_at_expr(g, e);
    tgi_emit(g, value_opcode(e->u.compare.ops[0]), dest, left, right);
    g->temps = temps;
}

// --- comparisons as jumps

// Four consecutive instructions per operator: J, JK, JN, JNK.
static tgi_opcode jump_opcode(int op, bool truth, bool constant)
{
    tgi_opcode base;
    switch (op) {
    case TGI_LT:
        base = TGI_OP_JLT;
        break;
    case TGI_LE:
        base = TGI_OP_JLE;
        break;
    case TGI_EQ:
        base = TGI_OP_JEQ;
        break;
    case TGI_NE:
        base = TGI_OP_JNE;
        break;
    case TGI_GT:
        base = TGI_OP_JGT;
        break;
    case TGI_GE:
        base = TGI_OP_JGE;
        break;
    case TGI_IS:
        return truth ? TGI_OP_JIS : TGI_OP_JISNOT;
    case TGI_ISNOT:
        return truth ? TGI_OP_JISNOT : TGI_OP_JIS;
    case TGI_IN:
        return truth ? TGI_OP_JIN : TGI_OP_JNOTIN;
    default:
        return truth ? TGI_OP_JNOTIN : TGI_OP_JIN;
    }
    return (tgi_opcode)(base + (truth ? 0 : 2) + (constant ? 1 : 0));
}

static bool is_ordering(int op)
{
    return op >= TGI_LT && op <= TGI_GE;
}

// Compares register `left` with an expression and jumps.
static void jump_compare(tgi_gen *g, const tgi_expr *e, int op, uint32_t left, const tgi_expr *item,
                         bool truth, uint32_t label)
{
    if (item->kind == TGI_EXPR_NONE && (op == TGI_IS || op == TGI_ISNOT)) {
        tgi_at_expr(g, e);
        tgi_emit_jump(g, (op == TGI_IS) == truth ? TGI_OP_JNONE : TGI_OP_JNOTNONE, left, 0, label);
    } else if (tgi_expr_is_constant(item) && is_ordering(op)) {
        uint32_t constant = tgi_const_of(g, item);
        tgi_at_expr(g, e);
        tgi_emit_jump(g, jump_opcode(op, truth, true), left, constant, label);
    } else {
        uint32_t right = tgi_operand(g, item, TGI_REG_NONE);
        tgi_at_expr(g, e);
        tgi_emit_jump(g, jump_opcode(op, truth, false), left, right, label);
    }
}

// The chain of a condition whose middle operands are variables: nothing to release.
static void jump_plain_chain(tgi_gen *g, const tgi_expr *e, bool truth, uint32_t label)
{
    uint32_t temps = g->temps;
    uint32_t no = truth ? tgi_new_label(g) : label;
    uint32_t last = e->u.compare.count - 2;
    uint32_t left = tgi_operand(g, e->u.compare.items[0], TGI_REG_NONE);
    for (uint32_t i = 0; i < last; i++) {
        jump_compare(g, e, e->u.compare.ops[i], left, e->u.compare.items[i + 1], false, no);
        g->temps = temps;
        left = tgi_operand(g, e->u.compare.items[i + 1], TGI_REG_NONE);
    }
    jump_compare(g, e, e->u.compare.ops[last], left, e->u.compare.items[last + 1], truth, label);
    if (truth)
        tgi_place(g, no);
    g->temps = temps;
}

static bool middle_is_plain(const tgi_expr *e)
{
    for (uint32_t i = 1; i + 1 < e->u.compare.count; i++) {
        if (!tgi_is_plain_local(e->u.compare.items[i]))
            return false;
    }
    return true;
}

static void jump_chain(tgi_gen *g, const tgi_expr *e, bool truth, uint32_t label)
{
    if (middle_is_plain(e)) {
        jump_plain_chain(g, e, truth, label);
        return;
    }
    uint32_t floor = g->hidden;
    uint32_t temps = g->temps;
    uint32_t no = tgi_new_label(g);
    uint32_t count = e->u.compare.count;
    uint32_t left = tgi_operand(g, e->u.compare.items[0], TGI_REG_NONE);
    for (uint32_t i = 0; i + 2 < count; i++) {
        uint32_t hidden;
        uint32_t right = chain_operand(g, e->u.compare.items[i + 1], &hidden);
        tgi_at_expr(g, e);
        tgi_emit_jump(g, jump_opcode(e->u.compare.ops[i], false, false), left, right, no);
        g->temps = temps;
        left = right;
    }
    jump_compare(g, e, e->u.compare.ops[count - 2], left, e->u.compare.items[count - 1], false, no);
    g->temps = temps;
    // Both outcomes release the hidden locals.
    uint32_t end = tgi_new_label(g);
    for (int outcome = 1; outcome >= 0; outcome--) {
        for (uint32_t reg = floor; reg < g->hidden; reg++)
            drop(g, reg);
        if ((outcome != 0) == truth)
            tgi_emit_jump(g, TGI_OP_JMP, 0, 0, label);
        else if (outcome != 0)
            tgi_emit_jump(g, TGI_OP_JMP, 0, 0, end);
        if (outcome != 0)
            tgi_place(g, no);
    }
    tgi_place(g, end);
    g->hidden = floor;
}

static void jump_boolean(tgi_gen *g, const tgi_expr *e, bool truth, uint32_t label)
{
    bool is_or = e->op == TGI_OR;
    uint32_t count = e->u.sequence.count;
    // `or` jumps early when true, `and` when false.
    uint32_t skip = tgi_new_label(g);
    for (uint32_t i = 0; i + 1 < count; i++)
        tgi_jump_if(g, e->u.sequence.items[i], is_or, is_or == truth ? label : skip);
    tgi_jump_if(g, e->u.sequence.items[count - 1], truth, label);
    tgi_place(g, skip);
}

void tgi_jump_if(tgi_gen *g, const tgi_expr *e, bool truth, uint32_t label)
{
    uint32_t temps = g->temps;
    if (tgi_expr_is_constant(e)) {
        if (tgi_constant_truth(e) == truth)
            tgi_emit_jump(g, TGI_OP_JMP, 0, 0, label);
    } else if (e->kind == TGI_EXPR_UNARY && e->op == TGI_NOT) {
        tgi_jump_if(g, e->u.operand, !truth, label);
    } else if (e->kind == TGI_EXPR_BOOLEAN) {
        jump_boolean(g, e, truth, label);
    } else if (e->kind == TGI_EXPR_COMPARE && e->u.compare.count > 2) {
        jump_chain(g, e, truth, label);
    } else if (e->kind == TGI_EXPR_COMPARE) {
        uint32_t left = tgi_operand(g, e->u.compare.items[0], TGI_REG_NONE);
        jump_compare(g, e, e->u.compare.ops[0], left, e->u.compare.items[1], truth, label);
    } else {
        uint32_t reg = tgi_operand(g, e, TGI_REG_NONE);
        tgi_at_expr(g, e);
        tgi_emit_jump(g, truth ? TGI_OP_JT : TGI_OP_JF, reg, 0, label);
    }
    g->temps = temps;
}
