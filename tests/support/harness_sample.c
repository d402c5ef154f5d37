// SPDX-License-Identifier: MIT
//
// harness_sample.c - tests with a known outcome, run by check_harness.cmake.
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

TEST(pass_everything_equal)
{
    CHECK(true);
    REQUIRE(1 + 1 == 2);
    CHECK_EQ_INT(-3, -3);
    CHECK_EQ_UINT(UINT64_MAX, UINT64_MAX);
    CHECK_EQ_STR("one", "one");
    CHECK_EQ_STR(NULL, NULL);
    CHECK_EQ_DOUBLE(0.5, 0.5);
    CHECK_EQ_PTR(stdout, stdout);
}

TEST(pass_arguments_are_evaluated_once)
{
    int count = 0;
    CHECK(++count == 1);
    CHECK_EQ_INT(++count, 2);
    REQUIRE(++count == 3);
}

TEST(fail_seven_times)
{
    CHECK(1 > 2);
    CHECK_EQ_INT(-1, 1);
    CHECK_EQ_UINT(1u, 2u);
    CHECK_EQ_STR("left", "right");
    CHECK_EQ_STR(NULL, "right");
    CHECK_EQ_DOUBLE(0.1, 0.2);
    FAIL("by hand %d", 42);
}

static void fail_in_every_thread(void *context, int index)
{
    (void)context;
    CHECK_EQ_INT(index, -1);
}

TEST(threads_failures_are_counted)
{
    test_run_threads(4, fail_in_every_thread, NULL);
}

// All threads meet inside the function: it would hang if they ran one after the other.
static void wait_for_all(void *context, int index)
{
    int *arrived = context;
    (void)index;
    // ORDER: seq_cst; a count that all threads see.
    __atomic_add_fetch(arrived, 1, __ATOMIC_SEQ_CST);
    while (__atomic_load_n(arrived, __ATOMIC_SEQ_CST) < 8)
        ;
}

TEST(pass_threads_run_at_the_same_time)
{
    int arrived = 0;
    test_run_threads(8, wait_for_all, &arrived);
    CHECK_EQ_INT(arrived, 8);
}

TEST(require_ends_the_process)
{
    REQUIRE(1 == 2);
    printf("not reached\n");
}

TEST(crash_by_signal)
{
    raise(SIGKILL);
}

TEST(skip_with_a_reason)
{
    SKIP("no %s here", "moon");
}

TEST(seed_prints_numbers)
{
    test_rng a = test_rng_new(0);
    test_rng b = test_rng_new(1);
    printf("numbers %" PRIu64 " %" PRIu64 "\n", test_rng_next(&a), test_rng_next(&b));
    for (int i = 0; i < 1000; i++)
        CHECK(test_rng_below(&a, 7) < 7);
}

TEST(scale_prints_number)
{
    printf("scaled %ld\n", test_scale(1000));
}

static void say_and_exit(void *context)
{
    fprintf(stderr, "child says %s", (const char *)context);
    exit(7);
}

static void die(void *context)
{
    (void)context;
    raise(SIGKILL);
}

static void fail_one_check(void *context)
{
    (void)context;
    CHECK(false);
}

TEST(child_end_and_output_are_reported)
{
    char text[64];
    CHECK_EQ_INT(test_run_child(say_and_exit, "hello", text, sizeof text), 7);
    CHECK_EQ_STR(text, "child says hello");
    CHECK_EQ_INT(test_run_child(say_and_exit, "hello", text, 6), 7);
    CHECK_EQ_STR(text, "child");
    CHECK_EQ_INT(test_run_child(die, NULL, NULL, 0), 256 + SIGKILL);
    CHECK_EQ_INT(test_run_child(fail_one_check, NULL, NULL, 0), 1);
}
