// SPDX-License-Identifier: MIT
//
// test_rank.c - taking locks in the wrong order aborts in debug builds.
#include "test.h"

#include "sync/rank.h"

#if TGI_DEBUG

static int a, b;

static void wrong_order(void *context)
{
    (void)context;
    tgi_rank_enter(TGI_RANK_THREADS, &a);
    tgi_rank_enter(TGI_RANK_OBJECT, &b);
}

static void same_rank(void *context)
{
    (void)context;
    tgi_rank_enter(TGI_RANK_GIL, &a);
    tgi_rank_enter(TGI_RANK_GIL, &b);
}

static void wait_in_a_pause(void *context)
{
    (void)context;
    tgi_rank_set_paused(true);
    tgi_rank_enter(TGI_RANK_LEAF, &a);
    tgi_rank_leave(TGI_RANK_LEAF, &a);
    tgi_rank_enter(TGI_RANK_OBJECT, &b);
}

static void leave_what_is_not_held(void *context)
{
    (void)context;
    tgi_rank_leave(TGI_RANK_LEAF, &a);
}

TEST(rising_ranks_pass_and_may_be_released_in_any_order)
{
    tgi_rank_enter(TGI_RANK_PAUSE, &a);
    tgi_rank_enter(TGI_RANK_OBJECT, &a);
    tgi_rank_enter(TGI_RANK_THREADS, &b);
    CHECK_EQ_UINT(tgi_rank_held(), 3);
    tgi_rank_leave(TGI_RANK_OBJECT, &a);
    tgi_rank_enter_try(TGI_RANK_OBJECT, &a); // a trylock cannot deadlock
    tgi_rank_leave(TGI_RANK_PAUSE, &a);
    tgi_rank_leave(TGI_RANK_OBJECT, &a);
    tgi_rank_leave(TGI_RANK_THREADS, &b);
    CHECK_EQ_UINT(tgi_rank_held(), 0);
}

TEST(falling_or_equal_ranks_abort)
{
    char text[256];
    CHECK(test_run_child(wrong_order, NULL, text, sizeof text) > 256);
    CHECK(strstr(text, "lock rank 40") != NULL);
    CHECK(test_run_child(same_rank, NULL, NULL, 0) > 256);
    CHECK(test_run_child(leave_what_is_not_held, NULL, NULL, 0) > 256);
}

TEST(in_a_pause_only_leaf_locks_may_be_waited_for)
{
    char text[256];
    CHECK(test_run_child(wait_in_a_pause, NULL, text, sizeof text) > 256);
    CHECK(strstr(text, "in a pause") != NULL);
}

#else

TEST(ranks_cost_nothing_in_release_builds)
{
    tgi_rank_enter(TGI_RANK_THREADS, NULL);
    tgi_rank_enter(TGI_RANK_OBJECT, NULL);
    CHECK_EQ_UINT(tgi_rank_held(), 0);
}

#endif
