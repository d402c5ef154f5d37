// SPDX-License-Identifier: MIT
//
// compile_block.c - if and loops.
//
// A `for` loop keeps its state in three hidden locals; the test is at the end, where FORITER jumps
// back to the body. A `while` loop tests at the top and jumps back with LOOP, which polls.
#include "lang/compile_internal.h"

void tgi_compile_if(tgi_gen *g, const tgi_stmt *s)
{
    uint32_t end = tgi_new_label(g);
    bool last_has_else = s->u.conditional.otherwise.count > 0;
    for (uint32_t i = 0; i < s->u.conditional.count; i++) {
        const tgi_branch *branch = &s->u.conditional.branches[i];
        uint32_t next = tgi_new_label(g);
        bool more = i + 1 < s->u.conditional.count || last_has_else;
        tgi_jump_if(g, branch->test, false, more ? next : end);
        tgi_compile_block(g, &branch->body);
        if (more) {
            tgi_emit_jump(g, TGI_OP_JMP, 0, 0, end);
            tgi_place(g, next);
        }
    }
    tgi_compile_block(g, &s->u.conditional.otherwise);
    tgi_place(g, end);
}

void tgi_clear_loop_state(tgi_gen *g, uint32_t state)
{
    for (uint32_t i = 0; i < 3; i++)
        tgi_emit(g, TGI_OP_CLEAR, state + i, 0, 0);
}

static void compile_while(tgi_gen *g, const tgi_stmt *s)
{
    tgi_guard guard = {.kind = TGI_GUARD_LOOP, .state = TGI_REG_NONE};
    uint32_t top = tgi_new_label(g);
    uint32_t exit = tgi_new_label(g);
    guard.break_label = tgi_new_label(g);
    guard.continue_label = top;
    g->labels[top].used = !g->dead;
    tgi_place(g, top);
    tgi_push_guard(g, &guard, s);
    tgi_jump_if(g, s->u.loop.test, false, exit);
    tgi_compile_block(g, &s->u.loop.body);
    g->start = s->start;
    g->end = s->end;
    tgi_emit_jump(g, TGI_OP_LOOP, 0, 0, top);
    tgi_pop_guard(g, &guard);
    tgi_place(g, exit);
    tgi_compile_block(g, &s->u.loop.otherwise);
    tgi_place(g, guard.break_label);
}

// for x in [1, 2, 3]: nobody else sees the list, so a constant tuple will do.
static uint32_t iterable_operand(tgi_gen *g, const tgi_expr *e)
{
    if (e->kind != TGI_EXPR_LIST || e->u.sequence.count == 0)
        return tgi_operand(g, e, TGI_REG_NONE);
    tgi_expr tuple = *e;
    for (uint32_t i = 0; i < e->u.sequence.count; i++) {
        if (!tgi_expr_is_constant(e->u.sequence.items[i]))
            return tgi_operand(g, e, TGI_REG_NONE);
    }
    tuple.kind = TGI_EXPR_CONST_TUPLE;
    return tgi_operand(g, &tuple, TGI_REG_NONE);
}

static void compile_for(tgi_gen *g, const tgi_stmt *s)
{
    const tgi_expr *target = s->u.iteration.target;
    uint32_t temps = g->temps;
    tgi_guard guard = {.kind = TGI_GUARD_LOOP};
    uint32_t iterable = iterable_operand(g, s->u.iteration.iterable);
    guard.state = tgi_push_hidden(g, 3);
    tgi_at_expr(g, s->u.iteration.iterable);
    tgi_emit(g, TGI_OP_FORPREP, guard.state, iterable, 0);
    g->temps = temps;
    uint32_t body = tgi_new_label(g);
    guard.continue_label = tgi_new_label(g);
    guard.break_label = tgi_new_label(g);
    uint32_t done = tgi_new_label(g);
    g->labels[body].used = !g->dead;
    tgi_emit_jump(g, TGI_OP_JMP, 0, 0, guard.continue_label);
    tgi_push_guard(g, &guard, s);
    uint32_t item = tgi_target_register(target);
    uint32_t temp = item == TGI_REG_NONE ? tgi_push_temp(g) : item;
    tgi_place(g, body);
    if (item == TGI_REG_NONE)
        tgi_assign(g, target, temp);
    g->temps = temps;
    tgi_compile_block(g, &s->u.iteration.body);
    tgi_place(g, guard.continue_label);
    tgi_at_expr(g, s->u.iteration.iterable);
    tgi_emit_jump(g, TGI_OP_FORITER, temp, guard.state, body);
    tgi_pop_guard(g, &guard);
    tgi_compile_block(g, &s->u.iteration.otherwise);
    if (g->labels[guard.break_label].used) {
        // With no else part the loop that ended by itself passes here too; its state is unset
        // already.
        if (s->u.iteration.otherwise.count > 0)
            tgi_emit_jump(g, TGI_OP_JMP, 0, 0, done);
        tgi_place(g, guard.break_label);
        tgi_clear_loop_state(g, guard.state);
    }
    tgi_place(g, done);
    g->hidden = guard.state;
}

void tgi_compile_loop(tgi_gen *g, const tgi_stmt *s)
{
    if (s->kind == TGI_STMT_FOR)
        compile_for(g, s);
    else
        compile_while(g, s);
}
