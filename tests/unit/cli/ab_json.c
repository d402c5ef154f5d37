// SPDX-License-Identifier: MIT
//
// ab_json.c - the JSON writer: layout, escapes, numbers.
#include "test.h"

#include <math.h>   // INFINITY, NAN
#include <stdio.h>  // open_memstream
#include <stdlib.h> // free, strtod

#include "cli/ab/json.h" // under test

static char *text;
static size_t text_size;
static tgi_ab_json json;

static void begin(void)
{
    FILE *to = open_memstream(&text, &text_size);
    REQUIRE(to != NULL);
    tgi_ab_json_begin(&json, to);
}

static void check_text(const char *expected)
{
    fclose(json.to);
    CHECK_EQ_STR(text, expected);
    free(text);
}

TEST(objects_and_arrays_nest)
{
    begin();
    tgi_ab_json_open(&json, NULL, '{');
    tgi_ab_json_int(&json, "a", -3);
    tgi_ab_json_open(&json, "b", '[');
    tgi_ab_json_bool(&json, NULL, true);
    tgi_ab_json_null(&json, NULL);
    tgi_ab_json_close(&json, ']');
    tgi_ab_json_open(&json, "c", '{');
    tgi_ab_json_close(&json, '}');
    tgi_ab_json_close(&json, '}');
    check_text("{\n  \"a\": -3,\n  \"b\": [\n    true,\n    null\n  ],\n  \"c\": {}\n}");
}

TEST(strings_are_escaped)
{
    begin();
    tgi_ab_json_string(&json, NULL, "a\"b\\c\nd\x01\x7f</script>\xc3\xa9");
    check_text("\"a\\\"b\\\\c\\u000ad\\u0001\\u007f\\u003c/script>\xc3\xa9\"");
}

TEST(bytes_that_are_not_utf8_become_replacement_characters)
{
    begin();
    // A lone continuation, a cut sequence, an overlong one, a surrogate, a code point too large.
    tgi_ab_json_string(&json, NULL, "\x80 \xe2\x82 \xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80");
    check_text("\"\\ufffd \\ufffd\\ufffd \\ufffd\\ufffd \\ufffd\\ufffd\\ufffd "
               "\\ufffd\\ufffd\\ufffd\\ufffd\"");
    begin();
    tgi_ab_json_string(&json, NULL, "\xe2\x82\xac\xf0\x9f\x90\x8d");
    check_text("\"\xe2\x82\xac\xf0\x9f\x90\x8d\"");
}

static void check_double(double value, const char *expected)
{
    begin();
    tgi_ab_json_double(&json, NULL, value);
    check_text(expected);
}

TEST(numbers_are_short_and_exact)
{
    check_double(0.1, "0.1");
    check_double(1, "1");
    check_double(-2.5e-7, "-2.5e-07");
    check_double(0.1 + 0.2, "0.30000000000000004");
    check_double(INFINITY, "null");
    check_double(NAN, "null");
}
