// SPDX-License-Identifier: MIT
//
// clock.h - monotonic time and deadlines. Layer base.
//
// A deadline is an absolute point of the monotonic clock in nanoseconds. Waiting functions take
// deadlines, never durations, so that a wait which is woken early just continues.
#ifndef TGI_BASE_CLOCK_H
#define TGI_BASE_CLOCK_H

#include <stdbool.h> // tgi_deadline_passed
#include <stdint.h>  // int64_t, the nanoseconds

typedef int64_t tgi_deadline;

#define TGI_DEADLINE_NEVER INT64_MAX         // wait without limit
#define TGI_DEADLINE_NOW   ((tgi_deadline)0) // already passed: try, never wait

#define TGI_NS_PER_US INT64_C(1000)
#define TGI_NS_PER_MS INT64_C(1000000)
#define TGI_NS_PER_S  INT64_C(1000000000)

// Nanoseconds of the monotonic clock. Never negative, never runs backwards.
int64_t tgi_clock_now_ns(void);

// Processor time of the calling OS thread and of the process. About 0.5 us: for reports.
int64_t tgi_clock_thread_cpu_ns(void);
int64_t tgi_clock_process_cpu_ns(void);

// Nanoseconds since 1970, for people.
int64_t tgi_clock_wall_ns(void);

// A deadline that has already passed: a waiting call only tries.
static inline tgi_deadline tgi_deadline_now(void)
{
    return TGI_DEADLINE_NOW;
}

// `ns` from now; a negative duration means never, an overflow saturates to never.
tgi_deadline tgi_deadline_after_ns(int64_t ns);

bool tgi_deadline_passed(tgi_deadline until);

// Nanoseconds left, at least 0; INT64_MAX when until is TGI_DEADLINE_NEVER.
int64_t tgi_deadline_left_ns(tgi_deadline until);

#endif
