// SPDX-License-Identifier: MIT
//
// test_compile.c - what comes out: instructions, constants, parameters, variables, handlers.
#include "support.h"

static void check_code(const tgi_unit *unit, const char *const *names, uint32_t count)
{
    REQUIRE(unit != NULL);
    CHECK_EQ_UINT(unit->code_count, count);
    for (uint32_t i = 0; i < count && i < unit->code_count; i++)
        CHECK_EQ_STR(tgi_opcode_table[unit->code[i].op].name, names[i]);
}

TEST(a_recursive_function_is_compiled_without_spare_instructions)
{
    tgi_unit *unit = compile_good("def fib(n):\n"
                                  "    if n < 2:\n"
                                  "        return n\n"
                                  "    return fib(n - 1) + fib(n - 2)\n");
    static const char *const names[] = {"JNLTK",     "RET",  "GETGLOBAL", "SUBK", "CALL",
                                        "GETGLOBAL", "SUBK", "CALL",      "ADD",  "RET"};
    const tgi_unit *fib = nested_unit(unit, "fib");
    check_code(fib, names, 10);
    CHECK_EQ_UINT(fib->nlocals, 1);
    CHECK_EQ_UINT(fib->positional_count, 1);
    CHECK_EQ_UINT(fib->first_line, 1);
    CHECK_EQ_UINT(fib->positions[0].line, 2);
    CHECK_EQ_UINT(fib->positions[0].column, 7);
    CHECK_EQ_UINT(fib->positions[0].end_column, 12);
    CHECK_EQ_UINT(fib->flags, 0);
    tgi_unit_free(unit);
}

TEST(a_loop_works_in_place_on_its_variables)
{
    tgi_unit *unit = compile_good("def f(n):\n"
                                  "    s = 0\n"
                                  "    for i in range(n):\n"
                                  "        if i % 3 == 0 and i is not None:\n"
                                  "            s += i\n"
                                  "    return s\n");
    static const char *const names[] = {"LOADI", "GETGLOBAL", "MOVE",  "CALL", "FORPREP", "JMP",
                                        "MODK",  "JNEQK",     "JNONE", "IADD", "FORITER", "RET"};
    check_code(nested_unit(unit, "f"), names, 12);
    tgi_unit_free(unit);
}

TEST(a_swap_makes_no_tuple)
{
    tgi_unit *unit = compile_good("def f(a, b):\n    a, b = b, a\n    return a\n");
    const tgi_unit *f = nested_unit(unit, "f");
    CHECK_EQ_UINT(count_op(f, TGI_OP_BUILDTUPLE), 0);
    CHECK_EQ_UINT(count_op(f, TGI_OP_UNPACK), 0);
    tgi_unit_free(unit);
}

TEST(constants_are_folded_and_shared)
{
    tgi_unit *unit = compile_good("x = 60 * 60 * 24 + -1\n"
                                  "y = 2 ** 70\n"
                                  "z = (1, (2.5, 'a' 'b'), None)\n"
                                  "w = 1 << 63\n"
                                  "v = 0xFFFFFFFFFFFFFFFFFFFFFFFF\n"
                                  "u = 1 / 0\n"
                                  "t = not 1\n");
    bool day = false, big = false, word = false, hex = false, tuple = false;
    for (uint32_t i = 0; i < unit->const_count; i++) {
        const tgi_const *c = &unit->consts[i];
        day |= c->kind == TGI_CONST_INT && c->integer == 86399;
        if (c->kind == TGI_CONST_BIGINT) {
            big |= strcmp(c->text, "1180591620717411303424") == 0;
            word |= strcmp(c->text, "9223372036854775808") == 0;
            hex |= strcmp(c->text, "79228162514264337593543950335") == 0;
        }
        tuple |= c->kind == TGI_CONST_TUPLE && c->count == 3;
    }
    CHECK(day);
    CHECK(big);
    CHECK(word);
    CHECK(hex);
    CHECK(tuple);
    CHECK_EQ_UINT(count_op(unit, TGI_OP_RDIVK) + count_op(unit, TGI_OP_DIVK), 1); // it must raise
    CHECK_EQ_UINT(count_op(unit, TGI_OP_NOT), 0);
    tgi_unit_free(unit);
}

TEST(strings_are_decoded)
{
    tgi_unit *unit = compile_good("a = '\\x41\\u00e9\\U0001F600\\n\\ud800' 'z' r'\\n'\n"
                                  "b = b'\\xff\\0'\n");
    const char *expected = "A\xC3\xA9\xF0\x9F\x98\x80\n\xED\xA0\x80z\\n";
    bool text = false, bytes = false;
    for (uint32_t i = 0; i < unit->const_count; i++) {
        const tgi_const *c = &unit->consts[i];
        text |= c->kind == TGI_CONST_STR && c->size == strlen(expected) &&
                memcmp(c->text, expected, c->size) == 0;
        bytes |= c->kind == TGI_CONST_BYTES && c->size == 2 && memcmp(c->text, "\xFF", 2) == 0;
    }
    CHECK(text);
    CHECK(bytes);
    tgi_unit_free(unit);
}

TEST(parameters_come_first_and_in_order)
{
    tgi_unit *unit = compile_good("def f(a, b=1, /, c=2, *args, d, e=3, **kw):\n    z = 1\n");
    const tgi_unit *f = nested_unit(unit, "f");
    static const char *const names[] = {"a", "b", "c", "d", "e", "args", "kw", "z"};
    REQUIRE(f != NULL && f->nlocals == 8);
    for (uint32_t i = 0; i < 8; i++)
        CHECK_EQ_STR(f->consts[f->local_names[i]].text, names[i]);
    CHECK_EQ_UINT(f->posonly_count, 2);
    CHECK_EQ_UINT(f->positional_count, 3);
    CHECK_EQ_UINT(f->kwonly_count, 2);
    CHECK_EQ_UINT(f->flags, TGI_UNIT_VARARGS | TGI_UNIT_VARKW);
    tgi_unit_free(unit);
}

TEST(closures_carry_the_cells_they_use)
{
    tgi_unit *unit = compile_good("def f(a):\n"
                                  "    b = 1\n"
                                  "    def g():\n"
                                  "        def h():\n"
                                  "            nonlocal b\n"
                                  "            b = a\n"
                                  "        return h\n"
                                  "    return g\n");
    const tgi_unit *f = nested_unit(unit, "f");
    const tgi_unit *g = nested_unit(f, "g");
    const tgi_unit *h = nested_unit(g, "h");
    CHECK_EQ_UINT(count_op(f, TGI_OP_MAKECELL), 2);
    CHECK_EQ_UINT(g->free_count, 2);
    CHECK_EQ_UINT(h->free_count, 2);
    CHECK_EQ_UINT(count_op(g, TGI_OP_LOADFREE), 2);
    CHECK_EQ_STR(h->qualname, "f.<locals>.g.<locals>.h");
    CHECK_EQ_UINT(h->flags, TGI_UNIT_NESTED);
    tgi_unit_free(unit);
}

TEST(a_comprehension_is_part_of_the_function_around_it)
{
    tgi_unit *unit = compile_good("def f(n):\n    return [x * y for x in n if x for y in n]\n");
    const tgi_unit *f = nested_unit(unit, "f");
    CHECK_EQ_UINT(count_op(f, TGI_OP_MAKEFUNC), 0);
    CHECK_EQ_UINT(count_op(f, TGI_OP_FORITER), 2);
    CHECK_EQ_UINT(count_op(f, TGI_OP_LISTAPPEND), 1);
    tgi_unit_free(unit);
}

TEST(a_comprehension_in_a_class_body_does_not_see_the_class)
{
    tgi_unit *unit = compile_good("class C:\n    a = 1\n    b = [a for _ in a]\n");
    const tgi_unit *c = nested_unit(unit, "C");
    // The first iterable does, the element does not.
    CHECK_EQ_UINT(count_op(c, TGI_OP_GETNAME), 1);
    CHECK_EQ_UINT(count_op(c, TGI_OP_GETGLOBAL), 2); // __name__ and a
    tgi_unit_free(unit);
}

TEST(a_class_knows_its_instance_names_and_its_super_cell)
{
    tgi_unit *unit = compile_good("class C(B):\n"
                                  "    '''Doc.'''\n"
                                  "    def __init__(self, x):\n"
                                  "        super().__init__()\n"
                                  "        self.x = x\n"
                                  "        self.__y = x\n"
                                  "        self.x += 1\n"
                                  "        x.z = 1\n");
    const tgi_unit *c = nested_unit(unit, "C");
    const tgi_unit *init = nested_unit(c, "__init__");
    REQUIRE(c->instance_count == 2);
    CHECK_EQ_STR(c->consts[c->instance_names[0]].text, "x");
    CHECK_EQ_STR(c->consts[c->instance_names[1]].text, "_C__y");
    CHECK_EQ_STR(c->consts[c->doc].text, "Doc.");
    CHECK_EQ_UINT(c->flags, TGI_UNIT_CLASSBODY);
    CHECK_EQ_UINT(count_op(c, TGI_OP_RET), 1);
    CHECK_EQ_UINT(init->free_count, 1);
    CHECK_EQ_STR(init->consts[init->free_names[0]].text, "__class__");
    tgi_unit_free(unit);
}

TEST(a_return_through_finally_leaves_a_hole_in_the_protected_range)
{
    tgi_unit *unit = compile_good("def f(x):\n"
                                  "    try:\n"
                                  "        if x:\n"
                                  "            return g()\n"
                                  "        h()\n"
                                  "    finally:\n"
                                  "        k()\n");
    const tgi_unit *f = nested_unit(unit, "f");
    REQUIRE(f->handler_count == 2);
    CHECK(f->handlers[0].end < f->handlers[1].start);
    CHECK_EQ_UINT(f->handlers[0].target, f->handlers[1].target);
    // Three copies of the block: at the return, at the end, for exceptions.
    CHECK_EQ_UINT(count_op(f, TGI_OP_CALL), 5);
    tgi_unit_free(unit);
}

TEST(a_yield_makes_a_generator_of_its_own_function_only)
{
    tgi_unit *unit = compile_good("def f():\n"
                                  "    def g():\n"
                                  "        yield 1\n"
                                  "    return (x for x in g())\n");
    const tgi_unit *f = nested_unit(unit, "f");
    CHECK_EQ_UINT(f->flags & TGI_UNIT_GENERATOR, 0);
    CHECK_EQ_UINT(nested_unit(f, "g")->flags & TGI_UNIT_GENERATOR, TGI_UNIT_GENERATOR);
    CHECK_EQ_UINT(nested_unit(f, "<genexpr>")->flags & TGI_UNIT_GENERATOR, TGI_UNIT_GENERATOR);
    CHECK_EQ_UINT(nested_unit(f, "<genexpr>")->positional_count, 1);
    tgi_unit_free(unit);
}

TEST(an_expression_is_returned)
{
    tgi_unit *unit = NULL;
    tgi_syntax_error error = {0};
    const char *source = "  a + 1 ";
    REQUIRE(tgi_compile(source, strlen(source), "t", TGI_EXPRESSION, &unit, &error) == TG_OK);
    CHECK_EQ_UINT(unit->flags, TGI_UNIT_MODULE | TGI_UNIT_EXPRESSION);
    CHECK_EQ_UINT(unit->code[unit->code_count - 1].op, TGI_OP_RET);
    tgi_unit_free(unit);
    CHECK(tgi_compile("x = 1", 5, "t", TGI_EXPRESSION, &unit, &error) == TG_ERR_ARG);
    CHECK(tgi_compile("", 0, "t", TGI_EXPRESSION, &unit, &error) == TG_ERR_ARG);
}

TEST(jumps_reach_any_distance)
{
    // A loop body of more than 40000 instructions with a condition around it.
    enum { LINES = 15000 };
    char *source = malloc(LINES * 16 + 256);
    REQUIRE(source != NULL);
    char *at = stpcpy(source, "def f(n, a):\n for i in n:\n  if i < a:\n");
    for (int i = 0; i < LINES; i++)
        at = stpcpy(at, "   a = g(a)\n");
    stpcpy(at, " return a\n");
    tgi_unit *unit = compile_good(source);
    const tgi_unit *f = nested_unit(unit, "f");
    CHECK(f->code_count > 40000);
    CHECK(structure_error(unit) == NULL);
    for (uint32_t i = 0; i < f->code_count; i++) {
        if (f->code[i].op != TGI_OP_JNLT && f->code[i].op != TGI_OP_FORITER)
            continue;
        // Taken: over one jump, to the jump that goes far.
        CHECK_EQ_UINT(f->code[i].c, 1);
        CHECK_EQ_UINT(f->code[i + 1].op, TGI_OP_JMP);
        CHECK_EQ_UINT(f->code[i + 2].op, TGI_OP_JMP);
    }
    tgi_unit_free(unit);
    free(source);
}

TEST(large_displays_need_few_registers)
{
    enum { ITEMS = 20000 };
    char *source = malloc(ITEMS * 8 + 64);
    REQUIRE(source != NULL);
    static const char *const shapes[][2] = {{"x = [", "]\n"}, {"x = (", ")\n"}, {"x = {", "}\n"}};
    for (size_t s = 0; s < 3; s++) {
        char *at = stpcpy(source, shapes[s][0]);
        for (int i = 0; i < ITEMS; i++)
            at = stpcpy(at, i % 2 == 0 ? "a," : "7,");
        stpcpy(at, shapes[s][1]);
        tgi_unit *unit = compile_good(source);
        CHECK(unit->nregs < 100);
        CHECK(structure_error(unit) == NULL);
        tgi_unit_free(unit);
    }
    free(source);
}
