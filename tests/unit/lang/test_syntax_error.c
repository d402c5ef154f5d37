// SPDX-License-Identifier: MIT
//
// test_syntax_error.c - what is refused, and with which words.
#include "refused.h"
#include "support.h"

TEST(refused_sources_are_refused_with_the_words_a_python_user_knows)
{
    for (size_t i = 0; i < sizeof refused_sources / sizeof refused_sources[0]; i++) {
        const refused *r = &refused_sources[i];
        char source[512];
        size_t length = strlen(r->source);
        REQUIRE(length + 2 < sizeof source);
        memcpy(source, r->source, length);
        // A source that ends in a backslash is about ending there.
        if (length > 0 && source[length - 1] != '\\')
            source[length++] = '\n';
        tgi_unit *unit = NULL;
        tgi_syntax_error error = {0};
        tg_status st = tgi_compile(source, length, "test.py", TGI_MODULE, &unit, &error);
        if (st != TG_ERR_ARG) {
            test_fail(__FILE__, __LINE__, "accepted: %s", r->source);
            tgi_unit_free(unit);
            continue;
        }
        if (strcmp(error.message, r->message) != 0)
            test_fail(__FILE__, __LINE__, "%s: said \"%s\", not \"%s\"", r->source, error.message,
                      r->message);
        if (error.kind != r->kind || error.line != r->line || error.column != r->column)
            test_fail(__FILE__, __LINE__, "%s: kind %d at %u:%u, not %d at %u:%u", r->source,
                      (int)error.kind, error.line, error.column, (int)r->kind, r->line, r->column);
    }
}

TEST(columns_count_characters_and_ranges_have_an_end)
{
    tgi_unit *unit = NULL;
    tgi_syntax_error error = {0};
    const char *source = "x = 'h\xC3\xA9llo' + f(a, b c)\n";
    CHECK(tgi_compile(source, strlen(source), "t", TGI_MODULE, &unit, &error) == TG_ERR_ARG);
    CHECK_EQ_STR(error.message, "invalid syntax. Perhaps you forgot a comma?");
    CHECK_EQ_UINT(error.column, 20);
    CHECK_EQ_UINT(error.end_column, 23);
}

TEST(source_that_is_not_utf8_or_contains_nul_is_refused)
{
    static const struct {
        const char *source;
        size_t length;
        const char *word;
    } cases[] = {
        {"x = '\xFF'\n", 8, "utf-8"},
        {"x = '\xC3'\n", 8, "utf-8"},
        {"x = '\xED\xA0\x80'\n", 10, "utf-8"},
        {"x = 1\0\n", 7, "null bytes"},
        {"# coding: latin-1\nx = 1\n", 24, "encoding 'latin-1' is not supported"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tgi_unit *unit = NULL;
        tgi_syntax_error error = {0};
        CHECK(tgi_compile(cases[i].source, cases[i].length, "t", TGI_MODULE, &unit, &error) ==
              TG_ERR_ARG);
        CHECK(strstr(error.message, cases[i].word) != NULL);
    }
}

static void check_deep(const char *open, const char *middle, const char *close, size_t count)
{
    size_t room = (strlen(open) + strlen(close)) * count + strlen(middle) + 2;
    char *source = malloc(room);
    REQUIRE(source != NULL);
    char *at = source;
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, open);
    at = stpcpy(at, middle);
    for (size_t i = 0; i < count; i++)
        at = stpcpy(at, close);
    at = stpcpy(at, "\n");
    tgi_unit *unit = NULL;
    tgi_syntax_error error = {0};
    tg_status st = tgi_compile(source, (size_t)(at - source), "t", TGI_MODULE, &unit, &error);
    CHECK(st == TG_ERR_ARG);
    CHECK(strstr(error.message, "nested") != NULL);
    if (st == TG_OK)
        tgi_unit_free(unit);
    free(source);
}

TEST(deep_nesting_is_an_error_and_not_a_crash)
{
    check_deep("(", "1", ")", 100000);
    check_deep("[", "1", "]", 100000);
    check_deep("f(", "1", ")", 100000);
    check_deep("a[", "1", "]", 100000);
    check_deep("{1:", "1", "}", 100000);
    check_deep("-", "1", "", 100000);
    check_deep("not ", "1", "", 100000);
    check_deep("lambda: ", "1", "", 100000);
    check_deep("1 if 1 else ", "1", "", 100000);
    check_deep("2 ** ", "2", "", 100000);
    check_deep("", "a", ".b", 100000);
    check_deep("", "a", "()", 100000);
    check_deep("", "a", " + 1", 100000);
}

TEST(nested_finally_blocks_do_not_grow_without_bound)
{
    char source[8192] = "";
    char *at = source;
    for (int depth = 0; depth < 60; depth++) {
        for (int part = 0; part < 2; part++) {
            for (int i = 0; i < depth; i++)
                *at++ = ' ';
            at = stpcpy(at, part == 0 ? "try: f()\n" : "finally:\n");
        }
    }
    for (int i = 0; i < 60; i++)
        *at++ = ' ';
    stpcpy(at, "pass\n");
    tgi_unit *unit = NULL;
    tgi_syntax_error error = {0};
    CHECK(tgi_compile(source, strlen(source), "t", TGI_MODULE, &unit, &error) == TG_ERR_ARG);
    CHECK_EQ_STR(error.message, "too many statically nested blocks");
}
