// SPDX-License-Identifier: MIT
//
// compile_guard.c - try, with, and every way to leave what they guard.
//
// Note [guards]: the guards around a statement form a stack. A jump out of some of them (return,
// break, continue) runs the exit code of each, innermost first, with that guard's protection
// suspended: a `finally` block is compiled again at every such exit, as well as once for falling
// out of it and once for exceptions. A protected range therefore has holes, and becomes one handler
// entry per segment.
//
// In a handler all temps are dead and the exception is in a hidden local. Hidden locals of what was
// being executed are released there, so that an iterator does not outlive its loop.
#include "lang/compile_internal.h"

static void open_segment(tgi_gen *g, tgi_guard *guard)
{
    guard->open = true;
    guard->segment_start = g->count;
}

static void close_segment(tgi_gen *g, tgi_guard *guard)
{
    if (!guard->open)
        return;
    guard->open = false;
    if (guard->segment_start == g->count)
        return;
    tgi_segment *segment = tgi_front_alloc(g->front, sizeof *segment);
    segment->start = guard->segment_start;
    segment->end = g->count;
    if (guard->last == NULL)
        guard->first = segment;
    else
        guard->last->next = segment;
    guard->last = segment;
}

void tgi_push_guard(tgi_gen *g, tgi_guard *guard, const tgi_stmt *s)
{
    if (g->guard_depth++ >= TGI_MAX_NESTED_BLOCKS) {
        tgi_front_fail(g->front, TGI_SYNTAX_ERROR, s->start, s->end,
                       "too many statically nested blocks");
    }
    guard->outer = g->guard;
    g->guard = guard;
    if (!guard->protects)
        return;
    guard->hidden_base = g->hidden;
    guard->hidden_peak = g->hidden_peak;
    g->hidden_peak = g->hidden;
    open_segment(g, guard);
}

void tgi_pop_guard(tgi_gen *g, tgi_guard *guard)
{
    g->guard = guard->outer;
    g->guard_depth--;
    if (!guard->protects)
        return;
    close_segment(g, guard);
    uint32_t outer_peak = guard->hidden_peak;
    guard->hidden_peak = g->hidden_peak;
    if (outer_peak > g->hidden_peak)
        g->hidden_peak = outer_peak;
}

// Starts the handler of a popped guard: exceptions of its segments arrive here in `reg`. False if
// none can.
static bool begin_handler(tgi_gen *g, const tgi_guard *guard, uint32_t reg)
{
    g->dead = true;
    if (guard->first == NULL)
        return false;
    uint32_t label = tgi_new_label(g);
    for (const tgi_segment *s = guard->first; s != NULL; s = s->next) {
        g->handlers = tgi_front_grow(g->front, g->handlers, &g->handler_capacity,
                                     g->handler_count + 1, sizeof *g->handlers);
        g->handlers[g->handler_count++] = (tgi_draft_handler){s->start, s->end, label, reg};
    }
    g->labels[label].used = true;
    tgi_place(g, label);
    tgi_emit(g, TGI_OP_SETHANDLED, reg, 0, 0);
    for (uint32_t hidden = guard->hidden_base; hidden < guard->hidden_peak; hidden++)
        tgi_emit(g, TGI_OP_CLEAR, hidden, 0, 0);
    return true;
}

static void end_handling(tgi_gen *g, uint32_t exception, uint32_t previous)
{
    tgi_emit(g, TGI_OP_SETHANDLED, previous, 0, 0);
    tgi_emit(g, TGI_OP_CLEAR, exception, 0, 0);
}

// --- leaving

// A finally block is compiled several times, and one inside it several times each.
static void compile_finally(tgi_gen *g, const tgi_block *block)
{
    if (g->finally_depth++ >= TGI_MAX_NESTED_FINALLY) {
        const tgi_stmt *s = block->items[0];
        tgi_front_fail(g->front, TGI_SYNTAX_ERROR, s->start, s->end,
                       "too many statically nested blocks");
    }
    tgi_compile_block(g, block);
    g->finally_depth--;
}

static void call_exit(tgi_gen *g, const tgi_guard *guard)
{
    uint32_t temps = g->temps;
    tgi_at_expr(g, guard->context);
    uint32_t base = tgi_push_temp(g);
    tgi_emit(g, TGI_OP_MOVE, base, guard->exit, 0);
    tgi_emit(g, TGI_OP_CLEAR, guard->exit, 0, 0);
    for (int i = 0; i < 3; i++)
        tgi_load_none(g, tgi_push_temp(g));
    tgi_emit(g, TGI_OP_CALL, base, 3, base);
    tgi_emit(g, TGI_OP_CLEAR, base, 0, 0);
    g->temps = temps;
}

static void run_exit_code(tgi_gen *g, tgi_guard *guard, bool returning)
{
    switch (guard->kind) {
    case TGI_GUARD_LOOP:
        if (guard->state != TGI_REG_NONE && !returning)
            tgi_clear_loop_state(g, guard->state);
        break;
    case TGI_GUARD_TRY:
        break;
    case TGI_GUARD_FINALLY: {
        uint32_t handled = g->handled;
        g->handled = guard->previous;
        compile_finally(g, guard->finally);
        g->handled = handled;
        break;
    }
    case TGI_GUARD_WITH:
        call_exit(g, guard);
        break;
    case TGI_GUARD_EXCEPT:
        if (guard->name != NULL)
            tgi_unset_symbol(g, guard->name);
        end_handling(g, guard->exception, guard->previous);
        break;
    case TGI_GUARD_UNWIND:
        end_handling(g, guard->exception, guard->previous);
        break;
    }
}

// Emits the exit code of all guards inside `until`, which stay suspended; see resume.
static void leave(tgi_gen *g, tgi_guard *until, bool returning)
{
    for (tgi_guard *guard = g->guard; guard != until; guard = guard->outer) {
        if (guard->protects)
            close_segment(g, guard);
        g->guard = guard->outer;
        g->guard_depth--;
        run_exit_code(g, guard, returning);
    }
}

static void resume(tgi_gen *g, tgi_guard *inner, tgi_guard *until)
{
    g->guard = inner;
    for (tgi_guard *guard = inner; guard != until; guard = guard->outer) {
        g->guard_depth++;
        if (guard->protects)
            open_segment(g, guard);
    }
}

// Whether leaving all guards runs code that could disturb a returned value.
static bool exits_run_code(const tgi_gen *g)
{
    for (const tgi_guard *guard = g->guard; guard != NULL; guard = guard->outer) {
        if (guard->kind != TGI_GUARD_LOOP && guard->kind != TGI_GUARD_TRY)
            return true;
    }
    return false;
}

static void emit_return(tgi_gen *g, const tgi_stmt *s, bool constant, uint32_t reg)
{
    const tgi_expr *value = s->u.value;
    g->start = s->start;
    g->end = s->end;
    if (constant)
        tgi_emit(g, TGI_OP_RETK, value == NULL ? tgi_const_none(g) : tgi_const_of(g, value), 0, 0);
    else
        tgi_emit(g, TGI_OP_RET, reg, 0, 0);
}

void tgi_compile_return(tgi_gen *g, const tgi_stmt *s)
{
    const tgi_expr *value = s->u.value;
    bool constant = value == NULL || tgi_expr_is_constant(value);
    uint32_t temps = g->temps;
    uint32_t floor = g->hidden;
    uint32_t reg = 0;
    if (!exits_run_code(g)) {
        // Still protected: returning an unset variable raises here.
        if (!constant)
            reg = tgi_operand(g, value, TGI_REG_NONE);
        emit_return(g, s, constant, reg);
        g->temps = temps;
        return;
    }
    if (!constant) {
        reg = tgi_push_hidden(g, 1);
        tgi_expr_to(g, value, reg);
    }
    tgi_guard *inner = g->guard;
    leave(g, NULL, true);
    emit_return(g, s, constant, reg);
    resume(g, inner, NULL);
    g->hidden = floor;
    g->temps = temps;
}

void tgi_compile_break(tgi_gen *g, const tgi_stmt *s)
{
    tgi_guard *inner = g->guard;
    tgi_guard *loop = inner;
    while (loop->kind != TGI_GUARD_LOOP)
        loop = loop->outer;
    leave(g, loop, false);
    g->start = s->start;
    g->end = s->end;
    bool backward = s->kind == TGI_STMT_CONTINUE && loop->state == TGI_REG_NONE;
    tgi_emit_jump(g, backward ? TGI_OP_LOOP : TGI_OP_JMP, 0, 0,
                  s->kind == TGI_STMT_BREAK ? loop->break_label : loop->continue_label);
    resume(g, inner, loop);
}

// --- try

static void compile_clause(tgi_gen *g, const tgi_stmt *s, const tgi_except *clause,
                           uint32_t exception, uint32_t previous, uint32_t done)
{
    uint32_t next = tgi_new_label(g);
    g->start = clause->start;
    g->end = clause->start + 6;
    if (clause->type != NULL) {
        uint32_t temps = g->temps;
        uint32_t type = tgi_operand(g, clause->type, TGI_REG_NONE);
        tgi_at_expr(g, clause->type);
        tgi_emit_jump(g, TGI_OP_JNEXC, exception, type, next);
        g->temps = temps;
    }
    tgi_guard guard = {.kind = TGI_GUARD_EXCEPT, .exception = exception, .previous = previous};
    guard.name = clause->symbol;
    guard.protects = clause->symbol != NULL;
    uint32_t floor = g->hidden;
    uint32_t raised = guard.protects ? tgi_push_hidden(g, 1) : 0;
    if (clause->symbol != NULL)
        tgi_write_symbol(g, clause->symbol, exception);
    tgi_push_guard(g, &guard, s);
    tgi_compile_block(g, &clause->body);
    tgi_pop_guard(g, &guard);
    run_exit_code(g, &guard, false);
    tgi_emit_jump(g, TGI_OP_JMP, 0, 0, done);
    if (guard.protects && begin_handler(g, &guard, raised)) {
        // The body raised: the name goes, the new exception travels on.
        tgi_unset_symbol(g, clause->symbol);
        tgi_emit(g, TGI_OP_RERAISE, raised, 0, 0);
    }
    g->hidden = floor;
    tgi_place(g, next);
}

static void compile_try_except(tgi_gen *g, const tgi_stmt *s)
{
    uint32_t floor = g->hidden;
    uint32_t exception = tgi_push_hidden(g, 1);
    uint32_t done = tgi_new_label(g);
    tgi_guard guard = {.kind = TGI_GUARD_TRY, .protects = true};
    tgi_push_guard(g, &guard, s);
    tgi_compile_block(g, &s->u.attempt.body);
    tgi_pop_guard(g, &guard);
    tgi_compile_block(g, &s->u.attempt.otherwise);
    tgi_emit_jump(g, TGI_OP_JMP, 0, 0, done);
    uint32_t previous = g->handled;
    if (begin_handler(g, &guard, exception)) {
        g->handled = exception;
        for (uint32_t i = 0; i < s->u.attempt.handler_count; i++)
            compile_clause(g, s, &s->u.attempt.handlers[i], exception, previous, done);
        tgi_emit(g, TGI_OP_RERAISE, exception, 0, 0);
        g->handled = previous;
    }
    tgi_place(g, done);
    g->hidden = floor;
}

static void compile_try_finally(tgi_gen *g, const tgi_stmt *s)
{
    uint32_t floor = g->hidden;
    uint32_t exception = tgi_push_hidden(g, 1);
    uint32_t done = tgi_new_label(g);
    uint32_t previous = g->handled;
    tgi_guard guard = {.kind = TGI_GUARD_FINALLY, .protects = true, .previous = previous};
    guard.finally = &s->u.attempt.finally;
    tgi_push_guard(g, &guard, s);
    if (s->u.attempt.handler_count > 0)
        compile_try_except(g, s);
    else
        tgi_compile_block(g, &s->u.attempt.body);
    tgi_pop_guard(g, &guard);
    compile_finally(g, &s->u.attempt.finally);
    tgi_emit_jump(g, TGI_OP_JMP, 0, 0, done);
    if (begin_handler(g, &guard, exception)) {
        tgi_guard unwind = {.kind = TGI_GUARD_UNWIND, .exception = exception, .previous = previous};
        g->handled = exception;
        tgi_push_guard(g, &unwind, s);
        compile_finally(g, &s->u.attempt.finally);
        tgi_pop_guard(g, &unwind);
        g->handled = previous;
        tgi_emit(g, TGI_OP_RERAISE, exception, 0, 0);
    }
    tgi_place(g, done);
    g->hidden = floor;
}

void tgi_compile_try(tgi_gen *g, const tgi_stmt *s)
{
    if (s->u.attempt.finally.count > 0)
        compile_try_finally(g, s);
    else
        compile_try_except(g, s);
}

// --- with

static void compile_with_item(tgi_gen *g, const tgi_stmt *s, uint32_t index)
{
    if (index == s->u.with.count) {
        tgi_compile_block(g, &s->u.with.body);
        return;
    }
    const tgi_with_item *item = &s->u.with.items[index];
    uint32_t temps = g->temps;
    uint32_t floor = g->hidden;
    uint32_t exception = tgi_push_hidden(g, 1);
    uint32_t exit = tgi_push_hidden(g, 2);
    uint32_t done = tgi_new_label(g);
    uint32_t suppressed = tgi_new_label(g);
    uint32_t previous = g->handled;
    tgi_guard guard = {
        .kind = TGI_GUARD_WITH, .protects = true, .exit = exit, .context = item->context};
    uint32_t manager = tgi_operand(g, item->context, TGI_REG_NONE);
    tgi_at_expr(g, item->context);
    tgi_emit(g, TGI_OP_WITHSETUP, exit, manager, 0);
    g->temps = temps;
    uint32_t entered = tgi_push_temp(g);
    tgi_emit(g, TGI_OP_MOVE, entered, exit + 1, 0);
    tgi_emit(g, TGI_OP_CLEAR, exit + 1, 0, 0);
    tgi_emit(g, TGI_OP_CALL, entered, 0, entered);
    tgi_push_guard(g, &guard, s);
    if (item->target != NULL)
        tgi_assign(g, item->target, entered);
    else
        tgi_emit(g, TGI_OP_CLEAR, entered, 0, 0);
    g->temps = temps;
    compile_with_item(g, s, index + 1);
    tgi_pop_guard(g, &guard);
    call_exit(g, &guard);
    tgi_emit_jump(g, TGI_OP_JMP, 0, 0, done);
    if (begin_handler(g, &guard, exception)) {
        tgi_at_expr(g, item->context);
        uint32_t base = tgi_push_temp(g);
        tgi_emit(g, TGI_OP_MOVE, base, exit, 0);
        uint32_t info = tgi_push_temp(g);
        tgi_push_temp(g);
        tgi_push_temp(g);
        tgi_emit(g, TGI_OP_EXCINFO, info, exception, 0);
        tgi_emit(g, TGI_OP_CALL, base, 3, base);
        tgi_emit_jump(g, TGI_OP_JT, base, 0, suppressed);
        tgi_emit(g, TGI_OP_RERAISE, exception, 0, 0);
        g->temps = temps;
        tgi_place(g, suppressed);
        tgi_emit(g, TGI_OP_CLEAR, exit, 0, 0);
        end_handling(g, exception, previous);
    }
    tgi_place(g, done);
    g->hidden = floor;
}

void tgi_compile_with(tgi_gen *g, const tgi_stmt *s)
{
    compile_with_item(g, s, 0);
}
