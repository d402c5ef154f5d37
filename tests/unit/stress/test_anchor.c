// SPDX-License-Identifier: MIT
//
// test_anchor.c - which lines of a changed script an anchor means.
//
// Wrong results: a line is not known again because of white space, a comment or a name; another
// line is taken for it; a text that is no anchor is followed. unit.api.stress follows some.
#include "test.h"

#include "stress/anchor.h"

#include <stdio.h>

static bool reads(const char *script, const char *text, int *level)
{
    tgi_anchors *a = tgi_anchors_new(script, strlen(script), "test.py");
    REQUIRE(a != NULL);
    bool well = tgi_anchors_read(a, text);
    *level = well && a->list.count == 1 ? a->list.data[0].level : -1;
    tgi_anchors_free(a);
    return well;
}

// How the line of an anchor is known in the script.
static int level(const char *script, const char *line)
{
    char text[256];
    int found;
    snprintf(text, sizeof text, "m.0 m.1 writes 1 1 1 work %s\n", line);
    CHECK(reads(script, text, &found));
    return found;
}

TEST(a_line_is_known_by_its_text)
{
    CHECK_EQ_INT(level("x = 1\nx += y\n", "x += y"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("    x  +=\ty", "x += y"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("x += y  # once more\n", "x += y"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("x += y\n", "x += y # as before"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("x = '#1'\n", "x = '#1'"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("pass\n", ""), TGI_ANCHOR_TEXT);
}

TEST(what_is_in_quotes_is_no_comment)
{
    CHECK_EQ_INT(level("x = '#1'\n", "x = '#+'"), TGI_ANCHOR_FUNCTION);
    CHECK_EQ_INT(level("x = \"'#1\"\n", "x = \"'#+\""), TGI_ANCHOR_FUNCTION);
}

TEST(a_quote_behind_a_backslash_ends_nothing)
{
    CHECK_EQ_INT(level("x = '\\'#1'\n", "x = '\\'#+'"), TGI_ANCHOR_FUNCTION);
    CHECK_EQ_INT(level("x = '\\\\' #1\n", "x = '\\\\' #2"), TGI_ANCHOR_TEXT);
}

// A line within three quotes, the last one of them, and one behind them.
TEST(text_of_several_lines_is_no_code)
{
    CHECK_EQ_INT(level("x = \"\"\"\nit's {y} #1\n\"\"\"\n", "it's {y} #1"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("x = \"\"\"\nno {y} #1\n\"\"\"\n", "no {y} #+"), TGI_ANCHOR_FUNCTION);
    CHECK_EQ_INT(level("x = '''\n#1''', y # as before\n", "#1''', y"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("x = '''\n\"\"\" ''\n'''\ny += 1 # more\n", "y += 1"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("x = '', 0\ny += 1 # more\n", "y += 1"), TGI_ANCHOR_TEXT);
    CHECK_EQ_INT(level("x = 'one \ny += 1 # more\n", "y += 1"), TGI_ANCHOR_TEXT);
}

TEST(a_line_with_other_names_is_known_by_its_shape)
{
    CHECK_EQ_INT(level("total += step\n", "x += y"), TGI_ANCHOR_SHAPE);
    CHECK_EQ_INT(level("total -= step\n", "x += y"), TGI_ANCHOR_FUNCTION);
    CHECK_EQ_INT(level("total += step + 1\n", "x += y"), TGI_ANCHOR_FUNCTION);
}

TEST(what_is_no_anchor_is_refused)
{
    static const char *const texts[] = {"m m.0 flies 1 1 1 work x\n", "m m.0 reads 1 1 work x\n",
                                        "m m.0 reads 1 1 1 work x",
                                        "m m.0 takes-a-loc 1 1 1 work x\n", "\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int found;
        if (reads("x\n", texts[i], &found))
            test_fail(__FILE__, __LINE__, "taken for an anchor: %s", texts[i]);
    }
    int found;
    CHECK(reads("x\n", "m m.0 takes-a-lock 1 1 1 work x\n", &found));
}
