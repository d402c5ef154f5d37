// SPDX-License-Identifier: MIT
//
// test_clock.c - deadlines saturate and clocks advance.
#include "test.h"

#include "base/clock.h"
#include "base/os.h"

static int64_t fake_now;

static int64_t fake_clock(void)
{
    return fake_now;
}

TEST(monotonic_clock_does_not_run_backwards)
{
    int64_t last = tgi_clock_now_ns();
    for (int i = 0; i < 10000; i++) {
        int64_t now = tgi_clock_now_ns();
        if (now < last)
            FAIL("%" PRId64 " after %" PRId64, now, last);
        last = now;
    }
    CHECK(last > 0);
}

TEST(cpu_clocks_advance_with_work)
{
    int64_t thread = tgi_clock_thread_cpu_ns();
    int64_t process = tgi_clock_process_cpu_ns();
    volatile unsigned sum = 0;
    while (tgi_clock_thread_cpu_ns() == thread)
        sum = sum + 1;
    CHECK(tgi_clock_process_cpu_ns() > process);
    CHECK(tgi_clock_wall_ns() > INT64_C(1700000000) * TGI_NS_PER_S);
}

TEST(deadlines_follow_the_clock_of_the_table)
{
    fake_now = 1000;
    tgi_os.clock_monotonic = fake_clock;
    tgi_deadline until = tgi_deadline_after_ns(500);
    CHECK_EQ_INT(until, 1500);
    CHECK(!tgi_deadline_passed(until));
    CHECK_EQ_INT(tgi_deadline_left_ns(until), 500);
    fake_now = 1499;
    CHECK(!tgi_deadline_passed(until));
    CHECK_EQ_INT(tgi_deadline_left_ns(until), 1);
    fake_now = 1500;
    CHECK(tgi_deadline_passed(until));
    CHECK_EQ_INT(tgi_deadline_left_ns(until), 0);
    tgi_os_reset();
}

TEST(deadlines_saturate)
{
    CHECK_EQ_INT(tgi_deadline_after_ns(INT64_MAX), TGI_DEADLINE_NEVER);
    CHECK_EQ_INT(tgi_deadline_after_ns(INT64_MAX - 1), TGI_DEADLINE_NEVER);
    CHECK_EQ_INT(tgi_deadline_after_ns(-1), TGI_DEADLINE_NEVER);
    CHECK(!tgi_deadline_passed(TGI_DEADLINE_NEVER));
    CHECK_EQ_INT(tgi_deadline_left_ns(TGI_DEADLINE_NEVER), INT64_MAX);
    CHECK(tgi_deadline_passed(tgi_deadline_now()));
    CHECK_EQ_INT(tgi_deadline_left_ns(tgi_deadline_now()), 0);
}
