// SPDX-License-Identifier: MIT
//
// config.h - every tunable number of the ground layers, with its reason. Layer base, header only.
//
// Each may be overridden with -D. The stress value is what the race tests build with: small
// limits make rare paths common.
#ifndef TGI_BASE_CONFIG_H
#define TGI_BASE_CONFIG_H

// Polls of a held lock before its waiter parks. A spin hand-over costs about 160 ns, a park and
// wake-up 14 to 32 us, so a few microseconds of spinning are cheap insurance. Stress: 2.
#ifndef TGI_SPIN_POLLS
#define TGI_SPIN_POLLS 100
#endif

// A waiter of a mutex that has waited this long is handed the lock at the next unlock; before, a
// running thread may barge in, which is faster. Stress: 1000.
#ifndef TGI_MUTEX_FAIR_NS
#define TGI_MUTEX_FAIR_NS INT64_C(1000000)
#endif

// A short lock that a thread wants again so soon after it had to wait for it, several times in a
// row, is crowded: the thread leaves it to the others for BACK_NS, at most BACKS times. Longer
// costs less of the work done under the lock (a change of hands costs about 1 us).
#ifndef TGI_MUTEX_CROWD_NS
#define TGI_MUTEX_CROWD_NS INT64_C(1000)
#endif
#ifndef TGI_MUTEX_BACK_NS
#define TGI_MUTEX_BACK_NS INT64_C(200000)
#endif
#ifndef TGI_MUTEX_BACKS
#define TGI_MUTEX_BACKS 4
#endif

// Number of wait queues of the parking lot. A prime, so that aligned addresses spread. Stress: 3.
#ifndef TGI_PARKING_BUCKETS
#define TGI_PARKING_BUCKETS 257
#endif

// How long a thread that wants the GIL waits before it asks the holder to let go.
#ifndef TGI_GIL_INTERVAL_NS
#define TGI_GIL_INTERVAL_NS INT64_C(5000000)
#endif

// Shortest interval that can be set: below, the switches cost more than the work between them.
#ifndef TGI_GIL_INTERVAL_MIN_NS
#define TGI_GIL_INTERVAL_MIN_NS INT64_C(1000)
#endif

// Policy `fair`: what a holder may compute before it gives way to a thread that comes back from a
// blocking call. Shorter makes such threads wait less; each of them costs the holder two switches.
#ifndef TGI_GIL_SLICE_NS
#define TGI_GIL_SLICE_NS INT64_C(100000)
#endif

// Policy `fair`: looks of a waiter at its own word before it sleeps, about 10 us. Covers the time
// until the holder polls, and most visits of threads that only handle a request. Stress: 2.
#ifndef TGI_GIL_FAIR_SPINS
#define TGI_GIL_FAIR_SPINS 300
#endif

// The same for a waiter that goes on when the visitor is through, about 70 us: less than the sleep
// and wake-up of a thread, and the cold caches after it, cost. Stress: 2.
#ifndef TGI_GIL_FAIR_TURN_SPINS
#define TGI_GIL_FAIR_TURN_SPINS 2000
#endif

// Policy `ticks`: polls between two releases. That of CPython until 3.1 was 100 instructions.
#ifndef TGI_GIL_CHECK_INTERVAL
#define TGI_GIL_CHECK_INTERVAL 100
#endif

// Names of open requests for the GIL that are kept apart; further ones are counted together.
// Stress: 2.
#ifndef TGI_GIL_LEDGER_SIZE
#define TGI_GIL_LEDGER_SIZE 32
#endif

// Bytes of deferred frees a thread may pile up before it asks all threads for a quiescent state.
// Large enough that requests are rare (a few per millisecond at most). Stress: 4096.
#ifndef TGI_DEFER_LIMIT
#define TGI_DEFER_LIMIT ((size_t)1 << 20)
#endif

// Deferred frees that share one step of the epoch, and one chunk of the list. Stress: 4.
#ifndef TGI_DEFER_BATCH
#define TGI_DEFER_BATCH 128
#endif

// A pause that waits longer than this for one thread names it on stderr (once per pause).
#ifndef TGI_STW_WATCHDOG_NS
#define TGI_STW_WATCHDOG_NS INT64_C(5000000000)
#endif

// How long the end of a runtime waits for threads that were told to unwind.
#ifndef TGI_SHUTDOWN_GRACE_NS
#define TGI_SHUTDOWN_GRACE_NS INT64_C(200000000)
#endif

// Stack of a thread started by the runtime, unless the caller says otherwise.
#ifndef TGI_THREAD_STACK_BYTES
#define TGI_THREAD_STACK_BYTES ((size_t)8 << 20)
#endif

// Smallest stack that may be asked for.
#ifndef TGI_THREAD_STACK_MIN
#define TGI_THREAD_STACK_MIN ((size_t)64 << 10)
#endif

// Events per thread that a trace keeps unless the caller says otherwise: half a MiB, which pages
// are touched only as they fill. Stress: 64.
#ifndef TGI_TRACE_EVENTS
#define TGI_TRACE_EVENTS ((size_t)1 << 15)
#endif

// Ended threads whose events a trace keeps. Stress: 2.
#ifndef TGI_TRACE_RINGS
#define TGI_TRACE_RINGS 512
#endif

// Counts of one object by a thread that does not own it, until it is merged, and again until it
// becomes hot (core/policy/hot.c): about 10 us of counting. Stress: 4.
#ifndef TGI_HOT_AFTER
#define TGI_HOT_AFTER 256
#endif

// Objects that are hot at a time; each thread has 8 bytes for each. Stress: 4.
#ifndef TGI_HOT_MOST
#define TGI_HOT_MOST 511
#endif

// Least time between two pauses that look for dead ones among them. Stress: 0.
#ifndef TGI_HOT_FOLD_NS
#define TGI_HOT_FOLD_NS INT64_C(10000000)
#endif

#endif
