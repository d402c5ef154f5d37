// SPDX-License-Identifier: MIT
//
// test_assert.c - a broken invariant ends the process with a useful sentence.
#include "test.h"

#include "base/assert.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void die(void *context)
{
    TGI_FATAL("the %s is gone", (const char *)context);
}

static void break_invariant(void *context)
{
    int one = *(int *)context;
    TGI_INVARIANT(one == 2);
}

static void hook(void)
{
    ssize_t ignored = write(STDERR_FILENO, "hook ran\n", 9);
    (void)ignored;
}

static void hook_that_fails(void)
{
    TGI_FATAL("second failure");
}

static void die_with_hook(void *context)
{
    tgi_fatal_set_hook(hook);
    die(context);
}

static void die_twice(void *context)
{
    tgi_fatal_set_hook(hook_that_fails);
    die(context);
}

TEST(fatal_prints_file_and_message_and_aborts)
{
    char text[512];
    CHECK_EQ_INT(test_run_child(die, "moon", text, sizeof text), 256 + SIGABRT);
    CHECK(strstr(text, "test_assert.c:") != NULL);
    CHECK(strstr(text, "the moon is gone\n") != NULL);
}

TEST(invariant_names_the_condition)
{
    int one = 1;
    char text[512];
    CHECK_EQ_INT(test_run_child(break_invariant, &one, text, sizeof text), 256 + SIGABRT);
    CHECK(strstr(text, "one == 2") != NULL);
}

TEST(invariant_that_holds_does_nothing)
{
    int evaluated = 0;
    TGI_INVARIANT(++evaluated == 1);
    CHECK_EQ_INT(evaluated, 1);
}

TEST(assert_without_debug_does_not_evaluate)
{
    int evaluated = 0;
    TGI_ASSERT(++evaluated == 1);
    CHECK_EQ_INT(evaluated, TGI_DEBUG);
}

TEST(fatal_runs_the_hook_after_the_message)
{
    char text[512];
    CHECK_EQ_INT(test_run_child(die_with_hook, "sun", text, sizeof text), 256 + SIGABRT);
    char *message = strstr(text, "the sun is gone");
    CHECK(message != NULL && strstr(message, "hook ran") != NULL);
}

TEST(failure_inside_the_hook_still_aborts)
{
    char text[512];
    CHECK_EQ_INT(test_run_child(die_twice, "sun", text, sizeof text), 256 + SIGABRT);
    CHECK(strstr(text, "the sun is gone") != NULL);
    CHECK(strstr(text, "second failure") != NULL);
}
