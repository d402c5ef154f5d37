// SPDX-License-Identifier: MIT
//
// compile_stmt.c - simple statements, and which function compiles which statement.
#include <string.h> // strcmp

#include "lang/compile_internal.h"

static void at_stmt(tgi_gen *g, const tgi_stmt *s)
{
    g->start = s->start;
    g->end = s->end;
}

static void compile_assign(tgi_gen *g, const tgi_stmt *s)
{
    const tgi_sequence *targets = &s->u.assign.targets;
    if (targets->count == 1) {
        tgi_assign_value(g, targets->items[0], s->u.assign.value);
        return;
    }
    // a = b = value: the value stays in a local while it is copied to each target, left to right.
    bool hidden;
    uint32_t floor = g->hidden;
    uint32_t reg = tgi_kept(g, s->u.assign.value, &hidden);
    for (uint32_t i = 0; i < targets->count; i++)
        tgi_assign(g, targets->items[i], reg);
    if (hidden)
        tgi_emit(g, TGI_OP_CLEAR, reg, 0, 0);
    g->hidden = floor;
}

static void compile_annotated(tgi_gen *g, const tgi_stmt *s)
{
    const tgi_expr *target = s->u.single.target;
    if (s->u.single.value != NULL) {
        tgi_assign_value(g, target, s->u.single.value);
    } else if (target->kind == TGI_EXPR_ATTRIBUTE) {
        tgi_effect(g, target->u.attribute.object);
    } else if (target->kind == TGI_EXPR_SUBSCRIPT) {
        tgi_effect(g, target->u.binary.left);
        tgi_effect(g, target->u.binary.right);
    }
}

static void compile_raise(tgi_gen *g, const tgi_stmt *s)
{
    if (s->u.raise.exception == NULL) {
        tgi_emit(g, TGI_OP_RAISECURRENT, 0, 0, 0);
        return;
    }
    uint32_t temps = g->temps;
    uint32_t exception = tgi_operand(g, s->u.raise.exception, TGI_REG_NONE);
    if (s->u.raise.cause == NULL) {
        at_stmt(g, s);
        tgi_emit(g, TGI_OP_RAISE, exception, 0, 0);
    } else {
        uint32_t cause = tgi_operand(g, s->u.raise.cause, TGI_REG_NONE);
        at_stmt(g, s);
        tgi_emit(g, TGI_OP_RAISEFROM, exception, cause, 0);
    }
    g->temps = temps;
}

static void compile_assert(tgi_gen *g, const tgi_stmt *s)
{
    uint32_t temps = g->temps;
    uint32_t good = tgi_new_label(g);
    tgi_jump_if(g, s->u.assertion.test, true, good);
    tgi_at_expr(g, s->u.assertion.test);
    uint32_t exception = tgi_push_temp(g);
    tgi_emit(g, TGI_OP_LOADASSERT, exception, 0, 0);
    if (s->u.assertion.message != NULL) {
        tgi_expr_temp(g, s->u.assertion.message);
        tgi_at_expr(g, s->u.assertion.test);
        tgi_emit(g, TGI_OP_CALL, exception, 1, exception);
    }
    tgi_emit(g, TGI_OP_RAISE, exception, 0, 0);
    tgi_place(g, good);
    g->temps = temps;
}

// --- imports

enum { IMPORT_TOP, IMPORT_LEAF }; // which module of a.b.c is wanted

static void compile_import(tgi_gen *g, const tgi_stmt *s)
{
    for (uint32_t i = 0; i < s->u.import.count; i++) {
        const tgi_alias *a = &s->u.import.items[i];
        uint32_t temp = tgi_push_temp(g);
        uint32_t name = tgi_const_text(g, TGI_CONST_STR, a->dotted, a->size);
        at_stmt(g, s);
        tgi_emit(g, TGI_OP_IMPORT, temp, name, a->renamed ? IMPORT_LEAF : IMPORT_TOP);
        tgi_write_symbol(g, a->symbol, temp);
        g->temps--;
    }
}

static void compile_import_from(tgi_gen *g, const tgi_stmt *s)
{
    uint32_t module = tgi_push_temp(g);
    uint32_t name = tgi_const_text(g, TGI_CONST_STR, s->u.import.module, s->u.import.module_size);
    tgi_emit(g, TGI_OP_IMPORT, module, name, s->u.import.level * 2 + IMPORT_LEAF);
    if (s->u.import.star) {
        tgi_emit(g, TGI_OP_IMPORTSTAR, module, 0, 0);
        g->temps--;
        return;
    }
    for (uint32_t i = 0; i < s->u.import.count; i++) {
        const tgi_alias *a = &s->u.import.items[i];
        uint32_t temp = tgi_push_temp(g);
        tgi_emit(g, TGI_OP_IMPORTFROM, temp, module,
                 tgi_const_text(g, TGI_CONST_STR, a->dotted, a->size));
        tgi_write_symbol(g, a->symbol, temp);
        g->temps--;
    }
    tgi_emit(g, TGI_OP_CLEAR, module, 0, 0);
    g->temps--;
}

// --- all

void tgi_compile_statement(tgi_gen *g, const tgi_stmt *s)
{
    at_stmt(g, s);
    switch ((tgi_stmt_kind)s->kind) {
    case TGI_STMT_EXPR:
        tgi_effect(g, s->u.value);
        break;
    case TGI_STMT_ASSIGN:
        compile_assign(g, s);
        break;
    case TGI_STMT_AUGASSIGN:
        tgi_assign_augmented(g, s);
        break;
    case TGI_STMT_ANNOTATED:
        compile_annotated(g, s);
        break;
    case TGI_STMT_RETURN:
        tgi_compile_return(g, s);
        break;
    case TGI_STMT_DELETE:
        for (uint32_t i = 0; i < s->u.targets.count; i++)
            tgi_delete(g, s->u.targets.items[i]);
        break;
    case TGI_STMT_PASS:
    case TGI_STMT_GLOBAL:
    case TGI_STMT_NONLOCAL:
        break;
    case TGI_STMT_BREAK:
    case TGI_STMT_CONTINUE:
        tgi_compile_break(g, s);
        break;
    case TGI_STMT_RAISE:
        compile_raise(g, s);
        break;
    case TGI_STMT_IMPORT:
        compile_import(g, s);
        break;
    case TGI_STMT_IMPORT_FROM:
        // Features of __future__ are how this language works anyway; the name itself is still
        // imported.
        compile_import_from(g, s);
        break;
    case TGI_STMT_ASSERT:
        compile_assert(g, s);
        break;
    case TGI_STMT_IF:
        tgi_compile_if(g, s);
        break;
    case TGI_STMT_WHILE:
    case TGI_STMT_FOR:
        tgi_compile_loop(g, s);
        break;
    case TGI_STMT_TRY:
        tgi_compile_try(g, s);
        break;
    case TGI_STMT_WITH:
        tgi_compile_with(g, s);
        break;
    case TGI_STMT_FUNCTION:
    case TGI_STMT_CLASS:
        tgi_compile_definition(g, s);
        break;
    }
}

void tgi_compile_block(tgi_gen *g, const tgi_block *block)
{
    for (uint32_t i = 0; i < block->count; i++)
        tgi_compile_statement(g, block->items[i]);
}

void tgi_compile_body(tgi_gen *g, const tgi_block *block)
{
    uint32_t first = 0;
    if (block->count > 0 && block->items[0]->kind == TGI_STMT_EXPR &&
        block->items[0]->u.value->kind == TGI_EXPR_STR) {
        g->doc = tgi_const_of(g, block->items[0]->u.value);
        first = 1;
    }
    for (uint32_t i = first; i < block->count; i++)
        tgi_compile_statement(g, block->items[i]);
}
