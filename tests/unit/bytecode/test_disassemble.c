// SPDX-License-Identifier: MIT
//
// test_disassemble.c - what a listing shows.
#include "build.h"

static void check_listing(tgi_unit *u, const char *expected)
{
    char *text = tgi_unit_disassemble(u);
    REQUIRE(text != NULL);
    CHECK_EQ_STR(text, expected);
    free(text);
    tgi_unit_free(u);
}

TEST(operands_are_shown_by_name)
{
    check_listing(UNIT(INS(GETATTR, T0, X, 0), INS(GETGLOBAL, HIDDEN, 0, 0),
                       INS(GETFREE, T1, 0, K_STR), INS(CALL, T0, 1, X), INS(LOADI, T0, -7, 0),
                       INS(RET, T0, 0, 0)),
                  "f (test.py, line 1): 1 parameter, 2 locals, 4 temporaries\n"
                  "  line   pc  instruction  operands\n"
                  "     1     0  GETATTR      t0 = x, .x\n"
                  "           1  GETGLOBAL    %1 = x\n"
                  "     2     2  GETFREE      t1 = x, 'x'\n"
                  "           3  CALL         x = t0, 1\n"
                  "     3     4  LOADI        t0 = -7\n"
                  "           5  RET          t0\n");
}

TEST(jumps_and_handlers_are_shown)
{
    tgi_unit *u = UNIT(INS(JLTK, X, K_INT, 1), INS(LOOP, 0, -2, 0xffff), INS(RETK, K_TUPLE, 0, 0),
                       INS(RAISECURRENT, 0, 0, 0));
    u->handlers = calloc(1, sizeof *u->handlers);
    u->handlers[0] = (tgi_handler){.start = 0, .end = 2, .target = 3, .reg = HIDDEN};
    u->handler_count = 1;
    check_listing(u, "f (test.py, line 1): 1 parameter, 2 locals, 4 temporaries\n"
                     "  line   pc  instruction  operands\n"
                     "     1 >   0  JLTK         x, 42 -> 2\n"
                     "           1  LOOP         -> 0\n"
                     "     2 >   2  RETK         (42,)\n"
                     "       >   3  RAISECURRENT\n"
                     "  handlers\n"
                     "    0 to 1 -> 3, exception in %1\n");
}

TEST(constants_read_as_in_a_script)
{
    tgi_unit *u = UNIT(INS(RETK, K_STR, 0, 0), INS(RETK, K_FLOAT, 0, 0), INS(RETK, K_NONE, 0, 0));
    free(u->consts[K_STR].text);
    u->consts[K_STR].text = strdup("a'\n\xc3\xa4");
    u->consts[K_STR].size = 5;
    check_listing(u, "f (test.py, line 1): 1 parameter, 2 locals, 4 temporaries\n"
                     "  line   pc  instruction  operands\n"
                     "     1     0  RETK         'a\\'\\n\xc3\xa4'\n"
                     "           1  RETK         0.1\n"
                     "     2     2  RETK         None\n");
}

TEST(a_long_text_is_cut)
{
    tgi_unit *u = UNIT(INS(RETK, K_STR, 0, 0));
    char *text = calloc(201, 1);
    memset(text, 'a', 200);
    free(u->consts[K_STR].text);
    u->consts[K_STR].text = text;
    u->consts[K_STR].size = 200;
    char *listing = tgi_unit_disassemble(u);
    REQUIRE(listing != NULL);
    CHECK(strstr(listing, "aaa'..\n") != NULL);
    CHECK(strlen(listing) < 200);
    free(listing);
    tgi_unit_free(u);
}

TEST(an_unsound_unit_is_still_listed)
{
    tgi_unit *u = UNIT({TGI_OP_COUNT, 1, 2, 3}, INS(LOADK, NO_REG, K_COUNT, 0),
                       INS(GETATTR, X, X, 9), INS(JMP, 0, 99, 0));
    char *listing = tgi_unit_disassemble(u);
    REQUIRE(listing != NULL);
    CHECK(strstr(listing, "? 1 2 3\n") != NULL);
    CHECK(strstr(listing, "constant 6?") != NULL);
    CHECK(strstr(listing, "name 9?") != NULL);
    free(listing);
    tgi_unit_free(u);
}

TEST(nested_units_follow)
{
    tgi_unit *u = UNIT(INS(MAKEFUNC, T0, K_FLOAT, TGI_REG_NONE), INS(RET, T0, 0, 0));
    u->consts[K_FLOAT].kind = TGI_CONST_UNIT;
    u->consts[K_FLOAT].unit = UNIT(INS(RETK, K_NONE, 0, 0));
    char *listing = tgi_unit_disassemble(u);
    REQUIRE(listing != NULL);
    CHECK(strstr(listing, "t0 = <code of f>, none\n") != NULL);
    CHECK(strstr(listing, "\n\nf (test.py, line 1)") != NULL);
    free(listing);
    tgi_unit_free(u);
}
