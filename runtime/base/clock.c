// SPDX-License-Identifier: MIT
//
// clock.c - reading clocks and computing with deadlines.
//
// Invariants  sums saturate: a deadline far in the future never wraps into the past.
#include "base/clock.h"

#include "base/os.h" // tgi_os.clock_monotonic

#include <time.h> // clock_gettime

static int64_t read_clock(clockid_t id)
{
    struct timespec ts = {0, 0};
    (void)clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * TGI_NS_PER_S + ts.tv_nsec;
}

int64_t tgi_clock_now_ns(void)
{
    return tgi_os.clock_monotonic();
}

int64_t tgi_clock_thread_cpu_ns(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t tgi_clock_process_cpu_ns(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t tgi_clock_wall_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

tgi_deadline tgi_deadline_after_ns(int64_t ns)
{
    if (ns < 0)
        return TGI_DEADLINE_NEVER;
    int64_t now = tgi_clock_now_ns();
    return ns > TGI_DEADLINE_NEVER - now ? TGI_DEADLINE_NEVER : now + ns;
}

bool tgi_deadline_passed(tgi_deadline until)
{
    return until != TGI_DEADLINE_NEVER &&
           (until <= TGI_DEADLINE_NOW || tgi_clock_now_ns() >= until);
}

int64_t tgi_deadline_left_ns(tgi_deadline until)
{
    if (until == TGI_DEADLINE_NEVER)
        return INT64_MAX;
    if (until <= TGI_DEADLINE_NOW)
        return 0;
    int64_t now = tgi_clock_now_ns();
    return now >= until ? 0 : until - now;
}
