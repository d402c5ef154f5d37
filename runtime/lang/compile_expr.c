// SPDX-License-Identifier: MIT
//
// compile_expr.c - expressions into registers: see Note [destinations].
#include "lang/compile_internal.h"

bool tgi_small_int(const tgi_expr *e, uint32_t *out)
{
    if (e->kind != TGI_EXPR_INT || e->u.integer < INT16_MIN || e->u.integer > INT16_MAX)
        return false;
    *out = (uint16_t)e->u.integer;
    return true;
}

static void constant_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t small;
    if (tgi_small_int(e, &small))
        tgi_emit(g, TGI_OP_LOADI, dest, small, 0);
    else
        tgi_emit(g, TGI_OP_LOADK, dest, tgi_const_of(g, e), 0);
}

uint32_t tgi_expr_temp(tgi_gen *g, const tgi_expr *e)
{
    uint32_t temp = tgi_push_temp(g);
    tgi_expr_to(g, e, temp);
    return temp;
}

bool tgi_is_plain_local(const tgi_expr *e)
{
    return e->kind == TGI_EXPR_NAME && e->u.name.symbol->access == TGI_ACCESS_LOCAL &&
           !e->u.name.symbol->walrus;
}

uint32_t tgi_operand(tgi_gen *g, const tgi_expr *e, uint32_t hint)
{
    if (tgi_is_plain_local(e))
        return e->u.name.symbol->slot;
    if (hint == TGI_REG_NONE || !tgi_is_temp(hint))
        return tgi_expr_temp(g, e);
    tgi_expr_to(g, e, hint);
    return hint;
}

uint32_t tgi_kept(tgi_gen *g, const tgi_expr *e, bool *hidden)
{
    *hidden = !tgi_is_plain_local(e);
    if (!*hidden)
        return e->u.name.symbol->slot;
    uint32_t reg = tgi_push_hidden(g, 1);
    tgi_expr_to(g, e, reg);
    return reg;
}

void tgi_effect(tgi_gen *g, const tgi_expr *e)
{
    if (tgi_expr_is_constant(e))
        return;
    uint32_t temp = tgi_expr_temp(g, e);
    tgi_emit(g, TGI_OP_CLEAR, temp, 0, 0);
    g->temps--;
}

// --- operators

tgi_opcode tgi_binary_opcode(int op, bool augmented, bool constant)
{
    // Four consecutive instructions per operator: NAME, NAMEK, INAME, INAMEK.
    static const uint16_t base[] = {
        [TGI_ADD] = TGI_OP_ADD,           [TGI_SUB] = TGI_OP_SUB,
        [TGI_MUL] = TGI_OP_MUL,           [TGI_DIV] = TGI_OP_DIV,
        [TGI_MOD] = TGI_OP_MOD,           [TGI_POW] = TGI_OP_POW,
        [TGI_FLOORDIV] = TGI_OP_FLOORDIV, [TGI_LSHIFT] = TGI_OP_LSHIFT,
        [TGI_RSHIFT] = TGI_OP_RSHIFT,     [TGI_BITAND] = TGI_OP_AND,
        [TGI_BITOR] = TGI_OP_OR,          [TGI_BITXOR] = TGI_OP_XOR,
        [TGI_MATMUL] = TGI_OP_MATMUL,
    };
    return (tgi_opcode)(base[op] + (augmented ? 2 : 0) + (constant ? 1 : 0));
}

// The instruction with a constant left operand, or TGI_OP_NOP.
static tgi_opcode reversed_opcode(int op)
{
    switch (op) {
    case TGI_ADD:
        return TGI_OP_RADDK;
    case TGI_SUB:
        return TGI_OP_RSUBK;
    case TGI_MUL:
        return TGI_OP_RMULK;
    case TGI_DIV:
        return TGI_OP_RDIVK;
    default:
        return TGI_OP_NOP;
    }
}

static void binary_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_expr *left = e->u.binary.left;
    const tgi_expr *right = e->u.binary.right;
    uint32_t temps = g->temps;
    if (tgi_expr_is_constant(right)) {
        uint32_t a = tgi_operand(g, left, dest);
        tgi_at_expr(g, e);
        tgi_emit(g, tgi_binary_opcode(e->op, false, true), dest, a, tgi_const_of(g, right));
    } else if (tgi_expr_is_constant(left) && reversed_opcode(e->op) != TGI_OP_NOP) {
        uint32_t b = tgi_operand(g, right, dest);
        tgi_at_expr(g, e);
        tgi_emit(g, reversed_opcode(e->op), dest, tgi_const_of(g, left), b);
    } else {
        uint32_t a = tgi_operand(g, left, dest);
        uint32_t b = tgi_operand(g, right, a == dest ? TGI_REG_NONE : dest);
        tgi_at_expr(g, e);
        tgi_emit(g, tgi_binary_opcode(e->op, false, false), dest, a, b);
    }
    g->temps = temps;
}

static void unary_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    uint32_t operand = tgi_operand(g, e->u.operand, dest);
    tgi_at_expr(g, e);
    tgi_opcode op = e->op == TGI_NEG      ? TGI_OP_NEG
                    : e->op == TGI_POS    ? TGI_OP_POS
                    : e->op == TGI_INVERT ? TGI_OP_INVERT
                                          : TGI_OP_NOT;
    tgi_emit(g, op, dest, operand, 0);
    g->temps = temps;
}

// a or b: the value that decides stays in one temp.
static void boolean_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    uint32_t temp = tgi_is_temp(dest) ? dest : tgi_push_temp(g);
    uint32_t end = tgi_new_label(g);
    uint32_t count = e->u.sequence.count;
    for (uint32_t i = 0; i < count; i++) {
        tgi_expr_to(g, e->u.sequence.items[i], temp);
        if (i + 1 < count)
            tgi_emit_jump(g, e->op == TGI_OR ? TGI_OP_JTKEEP : TGI_OP_JFKEEP, temp, 0, end);
    }
    tgi_place(g, end);
    if (temp != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, temp, 0);
    g->temps = temps;
}

static void conditional_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_expr *test = e->u.conditional.test;
    if (tgi_expr_is_constant(test)) {
        tgi_expr_to(g, tgi_constant_truth(test) ? e->u.conditional.yes : e->u.conditional.no, dest);
        return;
    }
    uint32_t otherwise = tgi_new_label(g);
    uint32_t end = tgi_new_label(g);
    tgi_jump_if(g, test, false, otherwise);
    tgi_expr_to(g, e->u.conditional.yes, dest);
    tgi_emit_jump(g, TGI_OP_JMP, 0, 0, end);
    tgi_place(g, otherwise);
    tgi_expr_to(g, e->u.conditional.no, dest);
    tgi_place(g, end);
}

static void walrus_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_symbol *s = e->u.binary.left->u.name.symbol;
    const tgi_expr *value = e->u.binary.right;
    if (s->access == TGI_ACCESS_LOCAL) {
        tgi_expr_to(g, value, s->slot);
        tgi_emit(g, TGI_OP_MOVE, dest, s->slot, 0);
        return;
    }
    // A temp can be read once only, and there are two readers.
    uint32_t hidden = tgi_push_hidden(g, 1);
    tgi_expr_to(g, value, hidden);
    tgi_at_expr(g, e);
    tgi_write_symbol(g, s, hidden);
    tgi_emit(g, TGI_OP_MOVE, dest, hidden, 0);
    tgi_emit(g, TGI_OP_CLEAR, hidden, 0, 0);
    g->hidden = hidden;
}

// --- attributes and items

static void attribute_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    uint32_t object = tgi_operand(g, e->u.attribute.object, dest);
    tgi_at_expr(g, e);
    tgi_emit(g, TGI_OP_GETATTR, dest, object, tgi_attr_site(g, e->u.attribute.name));
    g->temps = temps;
}

static void slice_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    const tgi_expr *const parts[] = {e->u.slice.start, e->u.slice.stop, e->u.slice.step};
    uint32_t first = tgi_window(g, dest);
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t temp = i == 0 ? first : tgi_push_temp(g);
        if (parts[i] != NULL)
            tgi_expr_to(g, parts[i], temp);
        else
            tgi_load_none(g, temp);
    }
    tgi_at_expr(g, e);
    tgi_emit(g, TGI_OP_BUILDSLICE, dest, first, 0);
    g->temps = temps;
}

static void subscript_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    const tgi_expr *index = e->u.binary.right;
    uint32_t temps = g->temps;
    uint32_t object = tgi_operand(g, e->u.binary.left, dest);
    uint32_t small;
    if (tgi_small_int(index, &small)) {
        tgi_at_expr(g, e);
        tgi_emit(g, TGI_OP_GETITEMI, dest, object, small);
    } else if (tgi_expr_is_constant(index)) {
        tgi_at_expr(g, e);
        tgi_emit(g, TGI_OP_GETITEMK, dest, object, tgi_const_of(g, index));
    } else {
        uint32_t key = tgi_operand(g, index, object == dest ? TGI_REG_NONE : dest);
        tgi_at_expr(g, e);
        tgi_emit(g, TGI_OP_GETITEM, dest, object, key);
    }
    g->temps = temps;
}

// --- f-strings

static void formatted_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    char conversion = e->u.formatted.conversion;
    uint32_t flags = conversion == 's' ? 1 : conversion == 'r' ? 2 : conversion == 'a' ? 3 : 0;
    const tgi_expr *spec = e->u.formatted.spec;
    uint32_t value;
    if (spec == NULL) {
        value = tgi_operand(g, e->u.formatted.value, dest);
    } else {
        flags |= 4;
        value = tgi_window(g, dest);
        tgi_expr_to(g, e->u.formatted.value, value);
        tgi_expr_temp(g, spec);
    }
    tgi_at_expr(g, e);
    tgi_emit(g, TGI_OP_FORMAT, dest, value, flags);
    g->temps = temps;
}

static void joined_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    enum { CHUNK = 64 };
    const tgi_sequence *parts = &e->u.sequence;
    if (parts->count == 1) {
        tgi_expr_to(g, parts->items[0], dest);
        return;
    }
    uint32_t temps = g->temps;
    uint32_t first = tgi_window(g, dest);
    uint32_t pending = 0;
    for (uint32_t i = 0; i < parts->count; i++) {
        if (pending == CHUNK) {
            // Join what there is, to bound the temps of a long f-string.
            tgi_at_expr(g, e);
            tgi_emit(g, TGI_OP_BUILDSTR, first, first, pending);
            g->temps -= pending - 1;
            pending = 1;
        }
        if (pending == 0)
            tgi_expr_to(g, parts->items[i], first);
        else
            tgi_expr_temp(g, parts->items[i]);
        pending++;
    }
    tgi_at_expr(g, e);
    tgi_emit(g, TGI_OP_BUILDSTR, dest, first, pending);
    g->temps = temps;
}

// --- yield

static void yield_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    uint32_t value;
    if (e->u.operand != NULL) {
        value = tgi_operand(g, e->u.operand, dest);
    } else {
        value = tgi_is_temp(dest) ? dest : tgi_push_temp(g);
        tgi_load_none(g, value);
    }
    tgi_at_expr(g, e);
    tgi_emit(g, TGI_OP_YIELD, dest, value, 0);
    g->temps = temps;
}

static void yield_from_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    uint32_t temps = g->temps;
    uint32_t iterator = tgi_push_hidden(g, 1);
    uint32_t source = tgi_operand(g, e->u.operand, dest);
    tgi_at_expr(g, e);
    tgi_emit(g, TGI_OP_GETITER, iterator, source, 0);
    uint32_t sent = tgi_is_temp(dest) ? dest : tgi_push_temp(g);
    tgi_load_none(g, sent);
    tgi_emit(g, TGI_OP_YIELDFROM, sent, iterator, 0);
    tgi_emit(g, TGI_OP_CLEAR, iterator, 0, 0);
    if (sent != dest)
        tgi_emit(g, TGI_OP_MOVE, dest, sent, 0);
    g->hidden = iterator;
    g->temps = temps;
}

// --- all

void tgi_expr_to(tgi_gen *g, const tgi_expr *e, uint32_t dest)
{
    tgi_at_expr(g, e);
    if (tgi_expr_is_constant(e)) {
        constant_to(g, e, dest);
        return;
    }
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_NAME:
        tgi_read_symbol(g, e->u.name.symbol, dest);
        break;
    case TGI_EXPR_TUPLE:
    case TGI_EXPR_LIST:
    case TGI_EXPR_SET:
        tgi_display_to(g, e, dest);
        break;
    case TGI_EXPR_DICT:
        tgi_dict_to(g, e, dest);
        break;
    case TGI_EXPR_UNARY:
        unary_to(g, e, dest);
        break;
    case TGI_EXPR_BINARY:
        binary_to(g, e, dest);
        break;
    case TGI_EXPR_BOOLEAN:
        boolean_to(g, e, dest);
        break;
    case TGI_EXPR_COMPARE:
        tgi_compare_to(g, e, dest);
        break;
    case TGI_EXPR_ATTRIBUTE:
        attribute_to(g, e, dest);
        break;
    case TGI_EXPR_SUBSCRIPT:
        subscript_to(g, e, dest);
        break;
    case TGI_EXPR_SLICE:
        slice_to(g, e, dest);
        break;
    case TGI_EXPR_CALL:
        tgi_call_to(g, e, dest);
        break;
    case TGI_EXPR_CONDITIONAL:
        conditional_to(g, e, dest);
        break;
    case TGI_EXPR_LAMBDA:
        tgi_function_to(g, e->u.function, e->start, dest);
        break;
    case TGI_EXPR_WALRUS:
        walrus_to(g, e, dest);
        break;
    case TGI_EXPR_YIELD:
        yield_to(g, e, dest);
        break;
    case TGI_EXPR_YIELD_FROM:
        yield_from_to(g, e, dest);
        break;
    case TGI_EXPR_LISTCOMP:
    case TGI_EXPR_SETCOMP:
    case TGI_EXPR_DICTCOMP:
        tgi_comprehension_to(g, e, dest);
        break;
    case TGI_EXPR_GENERATOR:
        tgi_generator_to(g, e, dest);
        break;
    case TGI_EXPR_JOINED:
        joined_to(g, e, dest);
        break;
    case TGI_EXPR_FORMATTED:
        formatted_to(g, e, dest);
        break;
    default:
        break; // a STARRED is compiled by what contains it
    }
}
