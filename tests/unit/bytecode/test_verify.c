// SPDX-License-Identifier: MIT
//
// test_verify.c - sound units pass; every rule has a unit that breaks it.
#include "build.h"

static void check_sound(tgi_unit *u)
{
    uint32_t where = 0;
    const char *wrong = tgi_unit_verify(u, &where);
    if (wrong != NULL)
        test_fail(__FILE__, __LINE__, "refused at %u: %s", where, wrong);
    tgi_unit_free(u);
}

static void check_refused(tgi_unit *u, uint32_t at, const char *why)
{
    uint32_t where = UINT32_MAX;
    const char *wrong = tgi_unit_verify(u, &where);
    if (wrong == NULL) {
        test_fail(__FILE__, __LINE__, "accepted, though: %s", why);
    } else {
        CHECK_EQ_STR(wrong, why);
        CHECK_EQ_UINT(where, at);
    }
    tgi_unit_free(u);
}

TEST(straight_code_is_sound)
{
    check_sound(UNIT(INS(LOADI, T0, 3, 0), INS(ADD, T0, T0, X), INS(RET, T0, 0, 0)));
}

TEST(a_loop_is_sound)
{
    check_sound(UNIT(INS(JF, X, 3, 0), INS(LOADI, T0, 1, 0), INS(MOVE, X, T0, 0),
                     INS(LOOP, 0, -4, 0xffff), INS(RETK, K_NONE, 0, 0)));
}

TEST(a_kept_operand_is_live_only_where_it_is_kept)
{
    // T0 = x and x: kept at the jump, consumed and made again without it.
    check_sound(
        UNIT(INS(MOVE, T0, X, 0), INS(JFKEEP, T0, 1, 0), INS(MOVE, T0, X, 0), INS(RET, T0, 0, 0)));
    check_refused(
        UNIT(INS(MOVE, T0, X, 0), INS(JFKEEP, T0, 1, 0), INS(NOP, 0, 0, 0), INS(RET, T0, 0, 0)), 2,
        "paths meet that disagree about a temporary");
}

TEST(a_call_consumes_its_window)
{
    check_sound(UNIT(INS(GETGLOBAL, T0, 0, 0), INS(MOVE, T1, X, 0), INS(CALL, T0, 1, T0),
                     INS(RET, T0, 0, 0)));
    check_refused(UNIT(INS(GETGLOBAL, T0, 0, 0), INS(CALL, T0, 1, T0), INS(RET, T0, 0, 0)), 1,
                  "reads a temporary that holds nothing");
    check_refused(UNIT(INS(GETGLOBAL, T3, 0, 0), INS(CALL, T3, 1, T0), INS(RET, T0, 0, 0)), 1,
                  "reads a register that does not exist");
}

TEST(a_protected_range_releases_temporaries)
{
    tgi_unit *u = UNIT(INS(MOVE, T0, X, 0), INS(RET, T0, 0, 0), INS(RERAISE, HIDDEN, 0, 0));
    u->handlers = calloc(1, sizeof *u->handlers);
    u->handlers[0] = (tgi_handler){.start = 0, .end = 2, .target = 2, .reg = HIDDEN};
    u->handler_count = 1;
    check_sound(u);
}

TEST(a_handler_cannot_rely_on_a_temporary)
{
    tgi_unit *u = UNIT(INS(MOVE, T0, X, 0), INS(RET, T0, 0, 0));
    u->handlers = calloc(1, sizeof *u->handlers);
    u->handlers[0] = (tgi_handler){.start = 0, .end = 1, .target = 1, .reg = HIDDEN};
    u->handler_count = 1;
    check_refused(u, 1, "reads a temporary that holds nothing");
}

TEST(handlers_stay_inside)
{
    static const struct {
        tgi_handler handler;
        const char *why;
    } bad[] = {
        {{1, 1, 0, HIDDEN}, "a handler whose range is not in the code"},
        {{0, 3, 0, HIDDEN}, "a handler whose range is not in the code"},
        {{0, 1, 2, HIDDEN}, "a handler that is not in the code"},
        {{0, 1, 1, T0}, "a handler whose exception is not in a local"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tgi_unit *u = UNIT(INS(NOP, 0, 0, 0), INS(RETK, 0, 0, 0));
        u->handlers = calloc(1, sizeof *u->handlers);
        u->handlers[0] = bad[i].handler;
        u->handler_count = 1;
        check_refused(u, bad[i].handler.start, bad[i].why);
    }
}

TEST(every_operand_is_in_range)
{
    static const struct {
        tgi_ins ins;
        const char *why;
    } bad[] = {
        {{TGI_OP_COUNT, 0, 0, 0}, "an instruction that does not exist"},
        {INS(MOVE, X, NO_REG, 0), "reads a register that does not exist"},
        {INS(MOVE, NO_REG, X, 0), "writes a register that does not exist"},
        {INS(GETCELL, X, NO_REG, K_STR), "reads a register that does not exist"},
        {INS(LOADK, X, K_COUNT, 0), "a constant that does not exist"},
        {INS(GETATTR, X, X, 1), "an attribute site that does not exist"},
        {INS(GETGLOBAL, X, 1, 0), "a global site that does not exist"},
        {INS(GETFREE, X, 1, K_STR), "a closure cell that does not exist"},
        {INS(LOADFREE, X, 1, 0), "a closure cell that does not exist"},
        {INS(SETFREE, 1, X, 0), "a closure cell that does not exist"},
        {INS(IMPORT, X, K_INT, 0), "a name that is not a string"},
        {INS(MAKEFUNC, X, K_INT, TGI_REG_NONE), "a function that is no unit"},
        {INS(CALLKW, T0, 1, K_TUPLE), "names of keywords that are no tuple of strings"},
        {INS(CALLKW, T0, 0, K_NAMES), "more keywords than arguments"},
        {INS(BUILDLIST, X, X, 2), "a window of temporaries starts among the locals"},
        {INS(BUILDLIST, X, T2, 3), "reads a register that does not exist"},
        {INS(BUILDDICT, X, T1, 2), "reads a register that does not exist"},
        {INS(UNPACK, T3, X, 2), "writes a register that does not exist"},
        {INS(UNPACK, X, X, 2), "unpacks into locals"},
        {INS(FORPREP, HIDDEN, X, 0), "writes a temporary where a local must be"},
        {INS(MAKECELL, T0, 0, 0), "writes a temporary where a local must be"},
        {INS(FORITER, X, X, -1), "the state of a loop must be in locals"},
        {INS(RERAISE, T0, 0, 0), "reads a temporary where a local must be"},
        {INS(SETHANDLED, T0, 0, 0), "the handled exception must be in a local"},
        {INS(JMP, 0, 1, 0), "a jump out of the code"},
        {INS(JMP, 0, -2, 0xffff), "a jump out of the code"},
        {INS(JLT, X, X, 7), "a jump out of the code"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_refused(unit_of((const tgi_ins[]){bad[i].ins, INS(RETK, 0, 0, 0)}, 2), 0, bad[i].why);
}

TEST(code_cannot_fall_off_its_end)
{
    check_refused(UNIT(INS(NOP, 0, 0, 0), INS(LOADI, X, 0, 0)), 1, "falls off the end of the code");
    tgi_unit *u = UNIT(INS(RETK, 0, 0, 0));
    u->code_count = 0;
    check_refused(u, 0, "no code, or too much");
}

TEST(a_temporary_is_read_once)
{
    check_refused(UNIT(INS(LOADI, T0, 0, 0), INS(MOVE, X, T0, 0), INS(RET, T0, 0, 0)), 2,
                  "reads a temporary that holds nothing");
    check_refused(UNIT(INS(LOADI, T0, 0, 0), INS(RETK, K_NONE, 0, 0)), 1,
                  "returns while a temporary holds something");
    check_sound(UNIT(INS(LOADI, T0, 0, 0), INS(CLEAR, T0, 0, 0), INS(RETK, K_NONE, 0, 0)));
}

TEST(counts_agree)
{
    tgi_unit *u = UNIT(INS(RETK, 0, 0, 0));
    u->positional_count = 3;
    check_refused(u, 0, "more parameters than locals");
    u = UNIT(INS(RETK, 0, 0, 0));
    u->flags = TGI_UNIT_VARARGS | TGI_UNIT_VARKW;
    check_refused(u, 0, "more parameters than locals");
    u = UNIT(INS(RETK, 0, 0, 0));
    u->nregs = 1;
    check_refused(u, 0, "more locals than registers, or too many registers");
    u = UNIT(INS(RETK, 0, 0, 0));
    u->local_names[0] = K_INT;
    check_refused(u, 0, "the name of a local is not a string");
    u = UNIT(INS(RETK, 0, 0, 0));
    u->attr_names[0] = K_COUNT;
    check_refused(u, 0, "the name of an attribute is not a string");
    u = UNIT(INS(RETK, 0, 0, 0));
    u->doc = K_COUNT;
    check_refused(u, 0, "the docstring is not a constant");
}

TEST(constants_are_whole)
{
    tgi_unit *u = UNIT(INS(RETK, 0, 0, 0));
    u->consts[K_TUPLE].items[0] = K_TUPLE;
    check_refused(u, 0, "a tuple of constants that do not come before it");
    u = UNIT(INS(RETK, 0, 0, 0));
    u->consts[K_FLOAT].kind = TGI_CONST_UNIT;
    check_refused(u, 0, "a constant without its unit");
}

TEST(a_nested_unit_is_checked_too)
{
    tgi_unit *u = UNIT(INS(MAKEFUNC, T0, K_FLOAT, TGI_REG_NONE), INS(RET, T0, 0, 0));
    u->consts[K_FLOAT].kind = TGI_CONST_UNIT;
    u->consts[K_FLOAT].unit = UNIT(INS(NOP, 0, 0, 0), INS(RET, T1, 0, 0));
    check_refused(u, 1, "reads a temporary that holds nothing");
}
