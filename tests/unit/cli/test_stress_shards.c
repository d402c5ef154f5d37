// SPDX-License-Identifier: MIT
//
// test_stress_shards.c - which runs a machine does, and how what several have found is put
// together.
#include "test.h"

#include "cli/stress/message.h" // under test
#include "cli/stress/seen.h"    // under test
#include "cli/stress/shard.h"   // under test

#include <stdlib.h> // free
#include <string.h> // strdup
#include <unistd.h> // pipe

TEST(every_run_belongs_to_one_shard)
{
    enum { RUNS = 64 * TG_STRESS_BLOCK };
    for (uint64_t n = 1; n <= 9; n++) {
        uint32_t done[RUNS] = {0};
        for (uint64_t i = 1; i <= n; i++) {
            tgi_stress_shard shard = {i, n};
            uint64_t first;
            for (uint64_t k = 0; (first = tgi_shard_block(&shard, k)) < RUNS; k++) {
                for (uint64_t run = first; run < first + TG_STRESS_BLOCK; run++)
                    done[run]++;
            }
        }
        for (size_t run = 0; run < RUNS; run++)
            CHECK_EQ_INT(done[run], 1);
    }
}

TEST(without_shards_all_runs_are_done_in_order)
{
    tgi_stress_shard all = {0, 0};
    for (uint64_t k = 0; k < 100; k++)
        CHECK_EQ_INT(tgi_shard_block(&all, k), k * TG_STRESS_BLOCK);
}

TEST(numbers_of_blocks_do_not_overflow)
{
    tgi_stress_shard last = {1000000, 1000000};
    CHECK(tgi_shard_block(&last, UINT64_MAX / 2) == UINT64_MAX);
    tgi_stress_shard all = {0, 0};
    CHECK(tgi_shard_block(&all, UINT64_MAX) == UINT64_MAX);
}

// Messages of the command, which this test does not need.
int tgi_usage_error(const char *command, const char *format, ...)
{
    (void)command;
    (void)format;
    return 2;
}

static tgi_stress_failure failure(uint64_t run, uint64_t count, uint64_t signature)
{
    return (tgi_stress_failure){.kind = TG_STRESS_DEADLOCK,
                                .run = run,
                                .count = count,
                                .signature = signature,
                                .text = strdup("text"),
                                .found = signature == 2 ? NULL : strdup("")};
}

TEST(failures_of_the_same_kind_are_counted_together_and_others_are_kept)
{
    tgi_stress_session s = {0};
    bool fresh;
    tgi_stress_failure f[4] = {failure(3, 2, 1), failure(5, 1, 2), failure(9, 4, 1),
                               failure(11, 1, 3)};
    static const bool is_new[4] = {true, true, false, true};
    for (int i = 0; i < 4; i++) {
        CHECK(tgi_stress_add_failure(&s, &f[i], &fresh));
        CHECK_EQ_INT(fresh, is_new[i]);
    }
    REQUIRE(s.failures.count == 3);
    CHECK_EQ_INT(s.failures.data[0].run, 3);
    CHECK_EQ_INT(s.failures.data[0].count, 6);
    CHECK_EQ_INT(s.failures.data[1].run, 5);
    CHECK_EQ_INT(s.failures.data[2].run, 11);
    tgi_stress_failures_free(&s);
}

TEST(failures_without_room_are_counted)
{
    tgi_stress_session s = {0};
    bool fresh;
    for (uint64_t i = 0; i < TGI_STRESS_MOST_FAILURES + 2; i++) {
        tgi_stress_failure f = failure(i, 3, 100 + i);
        CHECK_EQ_INT(tgi_stress_add_failure(&s, &f, &fresh), i < TGI_STRESS_MOST_FAILURES);
    }
    CHECK_EQ_INT(s.others, 6);
    tgi_stress_failures_free(&s);
}

// In any order of adding: the first run, the first of the worst, the last with most accesses.
TEST(what_was_seen_of_a_race_is_the_same_in_any_order)
{
    static const tgi_stress_seen seen[4] = {
        {.key = 7, .times = 1, .first = 30, .shown = 30, .guard = 30, .severity = 1, .accesses = 5},
        {.key = 7, .times = 2, .first = 10, .shown = 12, .guard = 14, .severity = 0, .accesses = 9},
        {.key = 7, .times = 3, .first = 20, .shown = 25, .guard = 26, .severity = 1, .accesses = 9},
        {.key = 7,
         .times = 5,
         .first = 40,
         .shown = 40,
         .guard = 40,
         .severity = 0,
         .accesses = 8}};
    for (size_t order = 0; order < 256; order++) {
        size_t at[4] = {order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6};
        if ((1u << at[0] | 1u << at[1] | 1u << at[2] | 1u << at[3]) != 15)
            continue;
        tgi_stress_seen_list all = TGI_VEC_INIT;
        for (int i = 0; i < 4; i++)
            CHECK(tgi_stress_seen_add(&all, &seen[at[i]]));
        REQUIRE(all.count == 1);
        CHECK_EQ_INT(all.data[0].times, 11);
        CHECK_EQ_INT(all.data[0].first, 10);
        CHECK_EQ_INT(all.data[0].shown, 25);
        CHECK_EQ_INT(all.data[0].guard, 26);
        tgi_stress_numbers runs = TGI_VEC_INIT;
        CHECK(tgi_stress_seen_runs(&all, 11, &runs));
        REQUIRE(runs.count == 2);
        CHECK_EQ_INT(runs.data[0], 25);
        CHECK_EQ_INT(runs.data[1], 26);
        vec_free(&runs);
        vec_free(&all);
    }
}

TEST(a_ring_and_a_race_of_the_same_number_are_two_things)
{
    tgi_stress_seen_list all = TGI_VEC_INIT;
    tgi_stress_seen race = {.key = 7}, ring = {.key = 7, .ring = true};
    CHECK(tgi_stress_seen_add(&all, &race) && tgi_stress_seen_add(&all, &ring));
    CHECK_EQ_INT(all.count, 2);
    vec_free(&all);
}

TEST(what_a_process_sends_is_what_its_parent_reads)
{
    int fds[2];
    REQUIRE(pipe(fds) == 0);
    tgi_stress_session sent = {.runs = 10, .failed = 3, .steps = 99, .races_incomplete = true};
    tgi_stress_failure f[2] = {failure(3, 2, 1), failure(5, 1, 2)};
    tgi_stress_seen seen = {.key = 7, .times = 4};
    REQUIRE(vec_push(&sent.failures, f[0]));
    REQUIRE(vec_push(&sent.failures, f[1]));
    REQUIRE(vec_push(&sent.seen, seen));
    REQUIRE(tgi_message_send(fds[1], 42, true, &sent));
    char bytes[4096];
    ssize_t n = read(fds[0], bytes, sizeof bytes);
    tgi_message_head head;
    REQUIRE(n > (ssize_t)sizeof head);
    memcpy(&head, bytes, sizeof head);
    CHECK_EQ_INT(head.bytes + sizeof head, n);
    CHECK(head.chunk == 42 && head.last != 0);
    tgi_stress_session got = {0};
    REQUIRE(tgi_message_read(&head, bytes + sizeof head, &got));
    CHECK(got.runs == 10 && got.failed == 3 && got.steps == 99 && got.races_incomplete);
    REQUIRE(got.failures.count == 2 && got.seen.count == 1);
    CHECK(got.seen.data[0].key == 7 && got.seen.data[0].times == 4);
    CHECK(got.failures.data[1].run == 5 && got.failures.data[1].found == NULL);
    CHECK(strcmp(got.failures.data[0].found, "") == 0);
    CHECK(strcmp(got.failures.data[1].text, "text") == 0);
    tgi_stress_failures_free(&sent);
    tgi_stress_failures_free(&got);
    close(fds[0]);
    close(fds[1]);
}
