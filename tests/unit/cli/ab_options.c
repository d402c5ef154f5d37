// SPDX-License-Identifier: MIT
//
// ab_options.c - the command line of `togil ab`: what is taken, and the one line for what is not.
#include "test.h"

#include <stdlib.h> // free

#include "cli/ab/options.h" // under test
#include "cli/ab/stats.h"   // TGI_AB_MIN_BLOCKS

#define MAX_ARGUMENTS 32

static tgi_ab_options parsed;
static char message[512];

// Parses `text`, split at blanks.
static bool parse(const char *text)
{
    static char copy[512];
    static char *argv[MAX_ARGUMENTS];
    int argc = 0;
    strcpy(copy, text);
    argv[argc++] = "ab";
    for (char *save, *word = strtok_r(copy, " ", &save); word != NULL && argc < MAX_ARGUMENTS;
         word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    message[0] = '\0';
    return tgi_ab_options_parse(argc, argv, 4, &parsed, message, sizeof message);
}

static void check_refused(const char *text, const char *part)
{
    if (parse(text))
        FAIL("'%s' was accepted", text);
    else if (strstr(message, part) == NULL)
        FAIL("'%s': '%s' does not say '%s'", text, message, part);
    CHECK(strchr(message, '\n') == NULL);
}

TEST(defaults_are_all_modes_and_two_thread_counts)
{
    REQUIRE(parse("a.py {threads}"));
    CHECK_EQ_INT(parsed.mode_count, TGI_AB_MODE_COUNT);
    CHECK_EQ_STR(parsed.modes[0]->name, "gil");
    CHECK_EQ_INT(parsed.thread_counts, 2);
    CHECK_EQ_INT(parsed.threads[1], 2);
    CHECK_EQ_INT(parsed.warmup, 1);
    CHECK_EQ_INT(parsed.script_argc, 2);
    CHECK(!parsed.seed_given && !parsed.racy && parsed.json == NULL);
}

TEST(values_come_after_a_blank_or_an_equals_sign)
{
    REQUIRE(parse("--modes nogil,gil --threads=4,1 --blocks 7 --warmup=0 --seed 99 "
                  "--json x.json --timeout 2.5 --max-time 10m a.py {threads}"));
    CHECK_EQ_INT(parsed.mode_count, 2);
    CHECK_EQ_STR(parsed.modes[0]->name, "nogil");
    CHECK_EQ_INT(parsed.threads[0], 1);
    CHECK_EQ_INT(parsed.threads[1], 4);
    CHECK_EQ_INT(parsed.blocks, 7);
    CHECK_EQ_INT(parsed.warmup, 0);
    CHECK_EQ_UINT(parsed.seed, 99);
    CHECK_EQ_STR(parsed.json, "x.json");
    CHECK_EQ_DOUBLE(parsed.timeout, 2.5);
    CHECK_EQ_DOUBLE(parsed.max_time, 600);
}

TEST(time_is_limited_unless_blocks_are_asked_for)
{
    REQUIRE(parse("a.py {threads}"));
    CHECK_EQ_DOUBLE(parsed.max_time, TGI_AB_DEFAULT_TIME);
    CHECK_EQ_INT(parsed.least_blocks, TGI_AB_MIN_BLOCKS);
    REQUIRE(parse("--blocks 20 a.py {threads}"));
    CHECK_EQ_DOUBLE(parsed.max_time, 0);
    REQUIRE(parse("--max-time 1h a.py {threads}"));
    CHECK_EQ_DOUBLE(parsed.max_time, 3600);
    CHECK_EQ_INT(parsed.least_blocks, 1);
}

TEST(options_end_at_the_script)
{
    REQUIRE(parse("--threads 1 a.py --blocks 3 --no-such"));
    CHECK_EQ_INT(parsed.blocks, 15);
    CHECK_EQ_INT(parsed.script_argc, 4);
    REQUIRE(parse("--threads 1 -- --odd.py"));
    CHECK_EQ_STR(parsed.script[0], "--odd.py");
}

TEST(automatic_thread_counts_reach_the_cores)
{
    REQUIRE(parse("--threads auto a.py {threads}"));
    CHECK_EQ_INT(parsed.thread_counts, 4);
    CHECK_EQ_INT(parsed.threads[2], 3);
    CHECK_EQ_INT(parsed.threads[3], 4);
    char *argv[] = {"ab", "--threads", "auto", "a.py", "{threads}"};
    REQUIRE(tgi_ab_options_parse(5, argv, 1, &parsed, message, sizeof message));
    CHECK_EQ_INT(parsed.thread_counts, 2); // 1 and 2, the second one oversubscribed
    REQUIRE(tgi_ab_options_parse(5, argv, 1024, &parsed, message, sizeof message));
    CHECK_EQ_INT(parsed.threads[parsed.thread_counts - 1], 1024);
}

TEST(wrong_options_are_refused_in_one_line)
{
    check_refused("", "no script given");
    check_refused("--no-such a.py", "unknown option '--no-such'");
    check_refused("-x a.py", "unknown option '-x'");
    check_refused("--block 3 a.py", "unknown option"); // no abbreviations
    check_refused("--blocks", "--blocks needs a value");
    check_refused("--blocks 0 a.py", "1 to 1000, not '0'");
    check_refused("--blocks 1001 a.py", "1 to 1000");
    check_refused("--blocks 3x a.py", "not '3x'");
    check_refused("--blocks -3 a.py", "not '-3'");
    check_refused("--blocks= a.py", "not ''");
    check_refused("--racy=yes a.py", "--racy takes no value");
    check_refused("--modes python a.py", "unknown mode 'python'");
    check_refused("--modes gil, a.py", "unknown mode ''");
    check_refused("--modes gil,nogil,gil a.py", "listed twice");
    check_refused("--threads 0 a.py", "--threads takes numbers from 1");
    check_refused("--threads 1,,2 a.py", "--threads takes numbers");
    check_refused("--threads 1,1 a.py", "listed twice");
    check_refused("--threads 99999999999 a.py", "--threads takes numbers");
    check_refused("--seed x a.py", "not 'x'");
    check_refused("--seed -1 a.py", "not '-1'");
    check_refused("--seed 18446744073709551616 a.py", "2^64");
    check_refused("--timeout 0 a.py", "above 0");
    check_refused("--timeout inf a.py", "not 'inf'");
    check_refused("--timeout nan a.py", "not 'nan'");
    check_refused("--timeout 3d a.py", "not '3d'");
    check_refused("--quiet --verbose a.py", "contradict");
}

TEST(many_threads_need_a_place_for_their_number)
{
    check_refused("a.py", "`togil ab a.py {threads}`");
    check_refused("--threads 2 a.py 2", "--threads 1");
    CHECK(parse("--threads 1 a.py"));
    CHECK(parse("a.py --workers={threads}"));
}

TEST(help_needs_no_script)
{
    CHECK(parse("--help") && parsed.help);
    CHECK(parse("--blocks 3 -h --no-such") && parsed.help);
}

static void check_filled(const char *argument, int threads, const char *expected)
{
    char *got = tgi_ab_fill_placeholder(argument, threads);
    CHECK_EQ_STR(got, expected);
    free(got);
}

TEST(every_placeholder_of_an_argument_is_filled)
{
    check_filled("{threads}", 8, "8");
    check_filled("-j{threads}", 1024, "-j1024");
    check_filled("{threads}x{threads}", 2, "2x2");
    check_filled("{thread}", 2, "{thread}");
    check_filled("", 2, "");
}
