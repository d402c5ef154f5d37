// SPDX-License-Identifier: MIT
//
// test_stress_schedule.c - texts and files that are given as schedules. A wrong result: one that is
// none is followed, reading outside of it, or a schedule that means something else once it was
// written again. The same rules are given to libFuzzer: tests/fuzz.
#include "test.h"

#include "fuzz/schedule.h"            // the rules
#include "cli/stress/schedule_file.h" // under test

#include "stress/schedule.h" // under test

#include <stdio.h>  // snprintf
#include <stdlib.h> // free
#include <string.h> // memcmp

static const char file[] = "togil-schedule 2\n# exception, to be followed by: somebody\n"
                           "test second\npolicy bytecode\ntime adversarial\nmode nogil\n"
                           "max-steps 5000\nsource 0123456789abcdef\nsignature 1\nhash ff\n"
                           "later 7\nschedule AQECAg\n";

// As the tester writes them: few tasks, arrivals that go up.
static void fill(test_rng *rng, tgi_schedule *s)
{
    uint32_t at[5] = {0};
    uint64_t n = test_rng_below(rng, 30);
    vec_clear(s);
    for (uint64_t i = 0; i < n; i++) {
        tgi_decision d = {.from = (uint32_t)test_rng_below(rng, 5),
                          .to = (uint32_t)test_rng_below(rng, 4096)};
        d.arrival = at[d.from] += (uint32_t)test_rng_below(rng, 1u << test_rng_below(rng, 25));
        REQUIRE(vec_push(s, d));
    }
}

TEST(schedule_comes_back_from_its_text)
{
    test_rng rng = test_rng_new(1);
    tgi_schedule s = TGI_VEC_INIT, again = TGI_VEC_INIT;
    for (long i = 0; i < test_scale(2000); i++) {
        fill(&rng, &s);
        char *text = tgi_schedule_encode(&s);
        REQUIRE(text != NULL && tgi_schedule_decode(text, &again));
        CHECK_EQ_INT(again.count, s.count);
        for (size_t k = 0; k < s.count && k < again.count; k++) {
            CHECK_EQ_INT(again.data[k].from, s.data[k].from);
            CHECK_EQ_INT(again.data[k].arrival, s.data[k].arrival);
            CHECK_EQ_INT(again.data[k].to, s.data[k].to);
        }
        free(text);
    }
    vec_free(&s);
    vec_free(&again);
}

// Whoever looks for the last decision of a thread by going back is at it for minutes.
TEST(the_longest_schedule_is_read_in_one_go)
{
    enum { TASKS = 4096 };
    tgi_schedule s = TGI_VEC_INIT, again = TGI_VEC_INIT;
    REQUIRE(vec_reserve(&s, TGI_SCHEDULE_MOST + 1));
    for (uint32_t i = 0; i < TGI_SCHEDULE_MOST; i++) {
        uint32_t from = i < TASKS || i >= TGI_SCHEDULE_MOST / 2 ? i % TASKS : 0;
        REQUIRE(vec_push(&s, ((tgi_decision){.from = from, .arrival = i, .to = 1})));
    }
    char *text = tgi_schedule_encode(&s);
    REQUIRE(text != NULL && tgi_schedule_decode(text, &again));
    CHECK_EQ_INT(again.count, s.count);
    CHECK(memcmp(again.data, s.data, s.count * sizeof *s.data) == 0);
    free(text);
    REQUIRE(vec_push(&s, ((tgi_decision){.from = 0, .arrival = UINT32_MAX, .to = 1})));
    text = tgi_schedule_encode(&s);
    CHECK(text != NULL && !tgi_schedule_decode(text, &again)); // one too many
    free(text);
    vec_free(&s);
    vec_free(&again);
}

TEST(text_that_is_cut_or_changed_is_refused_or_another_schedule)
{
    test_rng rng = test_rng_new(2);
    tgi_schedule s = TGI_VEC_INIT;
    for (long i = 0; i < test_scale(4000); i++) {
        fill(&rng, &s);
        char *text = tgi_schedule_encode(&s);
        REQUIRE(text != NULL);
        size_t n = strlen(text);
        for (uint64_t k = test_rng_below(&rng, 4); k > 0; k--)
            text[test_rng_below(&rng, n)] = (char)test_rng_below(&rng, 256);
        n -= test_rng_below(&rng, 2) * test_rng_below(&rng, n);
        CHECK_EQ_INT(fuzz_schedule_text((const uint8_t *)text, n), 0);
        free(text);
    }
    vec_free(&s);
}

TEST(arrival_that_is_no_number_of_32_bits_is_refused)
{
    tgi_schedule s = TGI_VEC_INIT, again = TGI_VEC_INIT;
    REQUIRE(vec_push(&s, ((tgi_decision){1, 7, 2})) && vec_push(&s, ((tgi_decision){1, 3, 2})));
    char *text = tgi_schedule_encode(&s); // the distance wraps round
    REQUIRE(text != NULL);
    CHECK(!tgi_schedule_decode(text, &again));
    free(text);
    vec_free(&s);
    vec_free(&again);
}

static bool accepts(const char *text, size_t size, tgi_schedule_file *out)
{
    FILE *from = fmemopen((void *)(uintptr_t)text, size, "r");
    REQUIRE(from != NULL);
    bool well = tgi_schedule_file_parse(from, out);
    fclose(from);
    return well;
}

TEST(file_says_all_that_was_written)
{
    tgi_schedule_file f;
    REQUIRE(accepts(file, sizeof file - 1, &f));
    CHECK_EQ_INT(f.points, TG_STRESS_BYTECODE);
    CHECK(f.adversarial && f.mode != NULL);
    CHECK_EQ_INT(f.max_steps, 5000);
    CHECK(f.source == UINT64_C(0x0123456789abcdef) && f.signature == 1 && f.hash == 255);
    CHECK_EQ_STR(f.test, "second");
    CHECK_EQ_STR(f.schedule, "AQECAg");
    tgi_schedule_file_free(&f);
}

TEST(file_with_a_value_that_is_none_is_refused)
{
    static const char *const lines[] = {
        "policy x",
        "time 1",
        "mode x",
        "max-steps 0",
        "max-steps -1",
        "max-steps 4294967296",
        "max-steps -18446744073709551615",
        "source ",
        "source -1",
        "source 0x1",
        "hash 12345678901234567",
        "signature g",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[200];
        tgi_schedule_file f;
        int n = snprintf(text, sizeof text, "togil-schedule 1\nschedule AQ\n%s\n", lines[i]);
        if (accepts(text, (size_t)n, &f))
            test_fail(__FILE__, __LINE__, "accepted: %s", lines[i]);
        CHECK(f.schedule == NULL && f.test == NULL);
    }
}

TEST(file_that_is_cut_or_changed_is_refused_or_a_schedule)
{
    test_rng rng = test_rng_new(3);
    for (long i = 0; i < test_scale(4000); i++) {
        char text[sizeof file];
        memcpy(text, file, sizeof file);
        size_t n = sizeof file - 1;
        for (uint64_t k = test_rng_below(&rng, 4); k > 0; k--)
            text[test_rng_below(&rng, n)] = (char)test_rng_below(&rng, 256);
        n -= test_rng_below(&rng, 2) * test_rng_below(&rng, n);
        CHECK_EQ_INT(fuzz_schedule_file((const uint8_t *)text, n), 0);
    }
}
