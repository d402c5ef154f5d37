// SPDX-License-Identifier: MIT
//
// ab_outputs.c - comparing what the runs printed, and what a program may say about it.
#include "test.h"

#include <stdlib.h> // free

#include "cli/ab/outputs.h" // under test

static bool add(tgi_ab_outputs *outputs, const char *label, const char *text)
{
    bool no_memory;
    return tgi_ab_outputs_add(outputs, label, text, strlen(text), &no_memory);
}

static void read_markers(const char *source, tgi_ab_markers *out)
{
    tgi_ab_markers_read(source, strlen(source), out);
}

// What the difference looks like; caller frees.
static char *difference(const tgi_ab_outputs *outputs)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    REQUIRE(to != NULL);
    tgi_ab_outputs_print_difference(outputs, to);
    fclose(to);
    return text;
}

TEST(equal_outputs_are_equal)
{
    tgi_ab_outputs outputs = {0};
    CHECK(add(&outputs, "a", "one\ntwo\n"));
    CHECK(add(&outputs, "b", "one\ntwo\n"));
    CHECK_EQ_INT(outputs.differing, 0);
    CHECK_EQ_INT(outputs.distinct_count, 1);
    CHECK_EQ_INT(outputs.runs, 2);
    tgi_ab_outputs_free(&outputs);
}

TEST(empty_outputs_are_equal)
{
    tgi_ab_outputs outputs = {0};
    bool no_memory;
    CHECK(tgi_ab_outputs_add(&outputs, "a", NULL, 0, &no_memory));
    CHECK(tgi_ab_outputs_add(&outputs, "b", NULL, 0, &no_memory));
    CHECK(!add(&outputs, "c", "x"));
    tgi_ab_outputs_free(&outputs);
}

TEST(difference_shows_line_numbers_and_both_sides)
{
    tgi_ab_outputs outputs = {0};
    add(&outputs, "gil, 1 thread", "same\nsum 10\nsame\n");
    CHECK(!add(&outputs, "nogil, 2 threads", "same\nsum 11\nsame\n"));
    CHECK(!add(&outputs, "later", "other\n"));
    CHECK_EQ_INT(outputs.differing, 2);
    CHECK_EQ_INT(outputs.distinct_count, 3);
    char *text = difference(&outputs);
    CHECK(strstr(text, "- gil, 1 thread\n") != NULL);
    CHECK(strstr(text, "+ nogil, 2 threads\n") != NULL);
    CHECK(strstr(text, "-    2  sum 10\n") != NULL);
    CHECK(strstr(text, "+    2  sum 11\n") != NULL);
    CHECK(strstr(text, "same") == NULL);
    free(text);
    tgi_ab_outputs_free(&outputs);
}

TEST(difference_is_short_and_printable)
{
    tgi_ab_outputs outputs = {0};
    char long_a[4000], long_b[4000];
    memset(long_a, 'x', sizeof long_a);
    memset(long_b, 'x', sizeof long_b);
    strcpy(long_a + 3000, "A\n1\n2\n3\n\x1b[31m\n");
    strcpy(long_b + 3000, "B\n4\n5\n6\n\n");
    add(&outputs, "a", long_a);
    CHECK(!add(&outputs, "b", long_b));
    char *text = difference(&outputs);
    CHECK(strlen(text) < 1000);
    CHECK(strstr(text, "xA\n") != NULL);
    CHECK(strstr(text, "... and 2 more lines") != NULL);
    CHECK(strchr(text, '\x1b') == NULL);
    free(text);
    tgi_ab_outputs_free(&outputs);
}

TEST(missing_lines_and_missing_newlines_are_differences)
{
    tgi_ab_outputs outputs = {0};
    add(&outputs, "a", "x\ny\n");
    CHECK(!add(&outputs, "b", "x\n"));
    char *text = difference(&outputs);
    CHECK(strstr(text, "-    2  y\n") != NULL);
    CHECK(strstr(text, "+    2  (no such line)\n") != NULL);
    free(text);
    tgi_ab_outputs_free(&outputs);

    outputs = (tgi_ab_outputs){0};
    add(&outputs, "a", "x\n");
    CHECK(!add(&outputs, "b", "x"));
    text = difference(&outputs);
    CHECK(strstr(text, "only the newline") != NULL);
    free(text);
    tgi_ab_outputs_free(&outputs);
}

TEST(markers_are_read_from_comment_lines)
{
    tgi_ab_markers markers;
    read_markers("import x\nprint('# togil ab: racy')\n", &markers);
    CHECK(!markers.racy);
    read_markers("x = 1\n  # togil ab: racy  \r\n", &markers);
    CHECK(markers.racy);
    read_markers("# togil ab: ignore latency \n# togil ab: ignore p99:\n# togil ab: ignore\n",
                 &markers);
    CHECK(!markers.racy);
    CHECK_EQ_INT(markers.ignored_count, 2);
    CHECK_EQ_STR(markers.ignored[0], "latency");
    CHECK_EQ_STR(markers.ignored[1], "p99:");
    read_markers("", &markers);
    CHECK_EQ_INT(markers.ignored_count, 0);
}

TEST(ignored_lines_do_not_count)
{
    tgi_ab_outputs outputs = {0};
    read_markers("# togil ab: ignore p99\n", &outputs.markers);
    add(&outputs, "a", "sum 1\np99 3.2 ms\nend\n");
    CHECK(add(&outputs, "b", "sum 1\np99 0.1 ms\nend\n"));
    CHECK(add(&outputs, "c", "sum 1\nend\n"));
    CHECK(!add(&outputs, "d", "sum 1\n p99 1 ms\nend\n")); // not at the start of the line
    tgi_ab_outputs_free(&outputs);
}
