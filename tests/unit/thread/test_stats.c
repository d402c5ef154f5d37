// SPDX-License-Identifier: MIT
//
// test_stats.c - counters survive the threads that counted.
#include "world.h"

static void count(tg_thread *t, void *arg)
{
    (void)arg;
    for (int i = 0; i < 1000; i++)
        tgi_stat_add(t, user0, 1);
}

TEST(counters_of_ended_threads_stay_in_the_sum)
{
    world w = world_new(false, true, NULL);
    tgi_thread_handle *h[8];
    for (int i = 0; i < 8; i++)
        h[i] = world_start(&w, count, NULL);
    tgi_stats sum;
    uint64_t last = 0;
    for (int i = 0; i < 100; i++) {
        tgi_stats_read(w.rt, &sum);
        CHECK(sum.value[TGI_STAT_user0] >= last);
        last = sum.value[TGI_STAT_user0];
    }
    for (int i = 0; i < 8; i++)
        world_join(h[i]);
    count(w.t, NULL);
    tgi_stats_read(w.rt, &sum);
    CHECK_EQ_UINT(sum.value[TGI_STAT_user0], 9000);
    CHECK_EQ_UINT(sum.value[TGI_STAT_threads_started], 8);
    CHECK(sum.value[TGI_STAT_attaches] >= 9);
    tgi_stats_read_thread(w.t, &sum);
    CHECK_EQ_UINT(sum.value[TGI_STAT_user0], 1000);
    world_end(&w);
}

TEST(every_counter_has_a_name_and_a_sentence)
{
    for (int i = 0; i < TGI_STAT_COUNT; i++) {
        CHECK(strlen(tgi_stat_name((tgi_stat)i)) > 0);
        CHECK(strlen(tgi_stat_text((tgi_stat)i)) > 0);
    }
}
