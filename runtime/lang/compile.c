// SPDX-License-Identifier: MIT
//
// compile.c - source text to unit: the four passes in order.
//
//   1  front.c copies the source and checks its encoding
//   2  lexer.c and the parser files build the syntax tree
//   3  scope.c and scope_resolve.c decide what every name means; fold.c computes constants
//   4  the compile_*.c files emit instructions; compile_finish.c makes the unit
//
// Threads     any; a compilation shares nothing.
#include "lang/compile.h"

#include "lang/compile_internal.h"
#include "lang/parser.h" // tgi_parse_module

typedef struct job {
    const char *source;
    size_t length;
    tgi_compile_mode mode;
    tgi_gen *result;
} job;

static tgi_gen *open_module(tgi_front *front, tgi_scope *scope)
{
    tgi_gen *g = tgi_front_alloc(front, sizeof *g);
    g->front = front;
    g->scope = scope;
    g->name = g->qualname = "<module>";
    g->flags = TGI_UNIT_MODULE;
    g->hidden = g->hidden_peak = g->max_hidden = scope->local_count;
    g->handled = TGI_REG_NONE;
    g->doc = TGI_REG_NONE;
    return g;
}

static void compile_pass(tgi_front *front, void *argument)
{
    job *j = argument;
    tgi_front_open(front, j->source, j->length);
    tgi_tree *tree =
        j->mode == TGI_EXPRESSION ? tgi_parse_expression(front) : tgi_parse_module(front);
    tgi_scope *scope = tgi_analyse(front, tree);
    tgi_gen *g = open_module(front, scope);
    tgi_enter_unit(g);
    if (tree->expression != NULL) {
        g->flags |= TGI_UNIT_EXPRESSION;
        tgi_at_expr(g, tree->expression);
        uint32_t reg = tgi_expr_temp(g, tree->expression);
        tgi_emit(g, TGI_OP_RET, reg, 0, 0);
        g->temps = 0;
    } else {
        tgi_compile_body(g, &tree->body);
        tgi_emit(g, TGI_OP_RETK, tgi_const_none(g), 0, 0);
    }
    tgi_close_unit(g);
    j->result = g;
}

tg_status tgi_compile(const char *source, size_t length, const char *filename,
                      tgi_compile_mode mode, tgi_unit **out, tgi_syntax_error *error)
{
    tgi_syntax_error ignored;
    tgi_front front = {.filename = filename, .error = error != NULL ? error : &ignored};
    job j = {.source = source, .length = length, .mode = mode};
    int outcome = tgi_front_run(&front, compile_pass, &j);
    tg_status status = outcome == TGI_FRONT_SYNTAX ? TG_ERR_ARG
                       : outcome == TGI_FRONT_OK   ? TG_OK
                                                   : TG_ERR_NOMEM;
    if (status == TG_OK) {
        tgi_unit *unit = tgi_finish_unit(j.result);
        if (unit == NULL)
            status = TG_ERR_NOMEM;
        else
            *out = unit;
    }
    tgi_front_close(&front);
    return status;
}
