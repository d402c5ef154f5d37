// SPDX-License-Identifier: MIT
//
// gil_times.h - how long threads wait for the GIL and how long they keep others waiting. Layer
// thread. The code is in gil_times.c.
//
// wait   from the moment a thread finds the GIL taken until it has it or the GIL is off. Takes that
//        find it free are not counted and read no clock.
// hold   while another thread waits: from its coming, or the take if that was later, to the
//        release. With timing on (tgi_gil.timing): every hold, from take to release.
#ifndef TGI_THREAD_GIL_TIMES_H
#define TGI_THREAD_GIL_TIMES_H

#include "base/histogram.h" // tgi_histogram
#include "sync/rawlock.h"   // tgi_rawlock

struct tg_runtime;
struct tg_thread;

typedef struct tgi_gil_times {
    tgi_rawlock lock;         // leaf: guards the rest; the owner adds, anybody reads
    tgi_histogram wait, hold; // ns
} tgi_gil_times;

// The owner of t adds. The first call makes the histograms; without memory nothing is noted.
void tgi_gil_times_add_wait(struct tg_thread *t, int64_t ns);
void tgi_gil_times_add_hold(struct tg_thread *t, int64_t ns);

// Of one thread that cannot end meanwhile (the caller's, or threads_lock is held), and of all
// threads of the runtime, those that have ended included. Overwrites *wait and *hold.
void tgi_gil_times_read_thread(struct tg_thread *t, tgi_histogram *wait, tgi_histogram *hold);
void tgi_gil_times_read(struct tg_runtime *rt, tgi_histogram *wait, tgi_histogram *hold);

// Of the living thread with the smallest id from `from` on that has any; its id, or 0.
uint32_t tgi_gil_times_next_thread(struct tg_runtime *rt, size_t from, char *name,
                                   size_t name_bytes, tgi_histogram *wait, tgi_histogram *hold);

// Child of fork: the OS thread of t is gone, and may have held the lock.
void tgi_gil_times_reset_locks(struct tg_thread *t);

// t ends: its times stay in the sum. threads_lock held. Then its memory.
void tgi_gil_times_bury_locked(struct tg_thread *t);
void tgi_gil_times_free(struct tg_thread *t);

#endif
