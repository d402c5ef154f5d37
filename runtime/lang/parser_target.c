// SPDX-License-Identifier: MIT
//
// parser_target.c - which expressions may be assigned to, deleted or looped over, and what to say
// if not.
#include "lang/parser_internal.h"

const char *tgi_expr_title(const tgi_expr *e)
{
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_NAME:
        return "name";
    case TGI_EXPR_NONE:
        return "None";
    case TGI_EXPR_FALSE:
        return "False";
    case TGI_EXPR_TRUE:
        return "True";
    case TGI_EXPR_ELLIPSIS:
        return "ellipsis";
    case TGI_EXPR_INT:
    case TGI_EXPR_BIGINT:
    case TGI_EXPR_FLOAT:
    case TGI_EXPR_STR:
    case TGI_EXPR_BYTES:
    case TGI_EXPR_CONST_TUPLE:
        return "literal";
    case TGI_EXPR_TUPLE:
        return "tuple";
    case TGI_EXPR_LIST:
        return "list";
    case TGI_EXPR_SET:
        return "set display";
    case TGI_EXPR_DICT:
        return "dict literal";
    case TGI_EXPR_UNARY:
    case TGI_EXPR_BINARY:
    case TGI_EXPR_BOOLEAN:
        return "expression";
    case TGI_EXPR_COMPARE:
        return "comparison";
    case TGI_EXPR_ATTRIBUTE:
        return "attribute";
    case TGI_EXPR_SUBSCRIPT:
        return "subscript";
    case TGI_EXPR_SLICE:
        return "slice";
    case TGI_EXPR_CALL:
        return "function call";
    case TGI_EXPR_STARRED:
        return "starred";
    case TGI_EXPR_CONDITIONAL:
        return "conditional expression";
    case TGI_EXPR_LAMBDA:
        return "lambda";
    case TGI_EXPR_WALRUS:
        return "named expression";
    case TGI_EXPR_YIELD:
    case TGI_EXPR_YIELD_FROM:
        return "yield expression";
    case TGI_EXPR_LISTCOMP:
        return "list comprehension";
    case TGI_EXPR_SETCOMP:
        return "set comprehension";
    case TGI_EXPR_DICTCOMP:
        return "dict comprehension";
    case TGI_EXPR_GENERATOR:
        return "generator expression";
    case TGI_EXPR_JOINED:
    case TGI_EXPR_FORMATTED:
        return "f-string expression";
    }
    return "expression";
}

const tgi_expr *tgi_bad_target(const tgi_expr *e, tgi_target_use use)
{
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_LIST:
    case TGI_EXPR_TUPLE:
        for (uint32_t i = 0; i < e->u.sequence.count; i++) {
            const tgi_expr *bad = tgi_bad_target(e->u.sequence.items[i], use);
            if (bad != NULL)
                return bad;
        }
        return NULL;
    case TGI_EXPR_STARRED:
        return use == TGI_TARGET_DEL ? e : tgi_bad_target(e->u.operand, use);
    case TGI_EXPR_COMPARE:
        if (use == TGI_TARGET_FOR && !e->parenthesised)
            return e->u.compare.ops[0] == TGI_IN ? tgi_bad_target(e->u.compare.items[0], use)
                                                 : NULL;
        return e;
    case TGI_EXPR_NAME:
    case TGI_EXPR_ATTRIBUTE:
    case TGI_EXPR_SUBSCRIPT:
        return NULL;
    default:
        return e;
    }
}

void tgi_check_target(tgi_parser *p, const tgi_expr *e, tgi_target_use use)
{
    const tgi_expr *bad = tgi_bad_target(e, use);
    if (bad != NULL) {
        tgi_fail_at(p, bad->start, bad->end, "cannot %s %s",
                    use == TGI_TARGET_DEL ? "delete" : "assign to", tgi_expr_title(bad));
    }
}

// Whether e is what a single assignment could have meant to compare: tighter than a comparison.
static bool binds_tighter_than_comparison(const tgi_expr *e)
{
    if (e->parenthesised)
        return true;
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_COMPARE:
    case TGI_EXPR_BOOLEAN:
    case TGI_EXPR_CONDITIONAL:
    case TGI_EXPR_LAMBDA:
    case TGI_EXPR_WALRUS:
    case TGI_EXPR_STARRED:
    case TGI_EXPR_YIELD:
    case TGI_EXPR_YIELD_FROM:
        return false;
    case TGI_EXPR_UNARY:
        return e->op != TGI_NOT;
    default:
        return true;
    }
}

void tgi_refuse_assignment_here(tgi_parser *p, const tgi_expr *e)
{
    if (p->quiet || !binds_tighter_than_comparison(e))
        return;
    switch ((tgi_expr_kind)e->kind) {
    case TGI_EXPR_LIST:
    case TGI_EXPR_TUPLE:
    case TGI_EXPR_GENERATOR:
    case TGI_EXPR_TRUE:
    case TGI_EXPR_FALSE:
    case TGI_EXPR_NONE:
        return;
    default:
        break;
    }
    uint32_t at = p->at;
    p->at++;
    tgi_expr *right;
    uint32_t end_at;
    bool good = tgi_try(p, tgi_bitwise_or, &right, &end_at);
    p->at = at;
    if (!good || p->tokens[end_at].kind == TGI_TOKEN_ASSIGN ||
        p->tokens[end_at].kind == TGI_TOKEN_WALRUS)
        return;
    if (e->kind == TGI_EXPR_NAME) {
        tgi_fail_at(p, e->start, right->end,
                    "invalid syntax. Maybe you meant '==' or ':=' instead of '='?");
    }
    tgi_fail_at(p, e->start, e->end,
                "cannot assign to %s here. Maybe you meant '==' instead of '='?",
                tgi_expr_title(e));
}
