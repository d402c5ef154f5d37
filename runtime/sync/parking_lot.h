// SPDX-License-Identifier: MIT
//
// parking_lot.h - threads wait on an address. Layer sync. The algorithm is in parking_lot.c.
//
// Any word of 1, 2, 4 or 8 bytes can be waited for without owning a queue: the queues live in a
// table hashed by address. Locks, events and thread states are small because of it.
//
// Contract of a word with waiters: it is changed from its "somebody is parked" value only inside
// the callback of tgi_unpark_one, or by a store followed by tgi_unpark_all.
#ifndef TGI_SYNC_PARKING_LOT_H
#define TGI_SYNC_PARKING_LOT_H

#include "base/atomic.h" // _Atomic fields
#include "base/clock.h"  // tgi_deadline

#include <stddef.h> // size_t
#include <stdint.h> // uint32_t

typedef enum tgi_park_result {
    TGI_PARK_OK,          // woken by an unpark
    TGI_PARK_AGAIN,       // *addr was not *expected
    TGI_PARK_TIMEOUT,     // the deadline passed first
    TGI_PARK_INTERRUPTED, // the thread was interrupted (only with TGI_PARK_INTERRUPTIBLE)
} tgi_park_result;

enum {
    TGI_PARK_DETACH = 1,        // detach the calling thread state, if any, while parked
    TGI_PARK_INTERRUPTIBLE = 2, // return early when something is pending for this thread
};

// Parks while *addr == *expected. `arg` is shown to the callback of tgi_unpark_one.
// Before it returns with TGI_PARK_DETACH the thread is attached again; errno is kept.
tgi_park_result tgi_park(const void *addr, const void *expected, size_t size, tgi_deadline until,
                         void *arg, unsigned flags);

// Called under the queue's lock. `found` says whether a thread was taken off the queue, and
// waiter_arg is what it gave to tgi_park. `has_more` says whether another thread waits for the
// same address. Publishes the new value of the word. Must not lock, park, or allocate.
typedef void tgi_unpark_fn(void *ctx, bool found, void *waiter_arg, bool has_more);

// Wakes the thread that has waited longest. Returns whether there was one.
bool tgi_unpark_one(const void *addr, tgi_unpark_fn *fn, void *ctx);

// Wakes all; returns how many.
size_t tgi_unpark_all(const void *addr);

// Number of threads parked on addr, for tests and reports: already old when it returns.
size_t tgi_parked_count(const void *addr);

// What an OS thread sleeps on. One per OS thread, in thread-local storage: the address is valid
// until the OS thread ends.
typedef struct tgi_parker {
    _Atomic(uint32_t) word; // any thread: POSTED, INTERRUPT
    // Any thread: a tgi_mutex that was handed over to the OS thread while it slept; NULL once it
    // has noticed. For fork: a thread that is gone never will.
    _Atomic(void *) given;
} tgi_parker;

// The calling OS thread's.
tgi_parker *tgi_parker_self(void);
// Gives the calling OS thread another one; NULL: its own again. For a scheduler that runs several
// threads of the runtime on one OS thread.
void tgi_parker_use(tgi_parker *parker);

// Makes an interruptible wait of that OS thread look at hooks->interrupted again.
// Async-signal-safe. The OS thread must be alive.
void tgi_parker_interrupt(tgi_parker *parker);

// Installed once by the thread layer, before the second thread exists.
typedef struct tgi_park_hooks {
    // Detaches the calling thread if it is attached; the result is handed to attach. NULL: it
    // was not attached, attach is not called.
    void *(*detach)(void);
    void (*attach)(void *token);
    // Whether an interruptible wait of the calling OS thread should end. Any state.
    bool (*interrupted)(void);
    // Whether others wait for the calling OS thread to go on: it is attached, and a pause begins.
    bool (*hurried)(void);
    // Asks the thread that has leased this mutex to give it back (lease.h). It may have done so.
    void (*recall)(const void *mutex);
} tgi_park_hooks;

void tgi_park_set_hooks(const tgi_park_hooks *hooks);

// hooks->hurried, false without hooks. For waits that spin.
bool tgi_park_hurried(void);

// hooks->recall, nothing without hooks.
void tgi_park_recall(const void *mutex);

// Child of fork, single-threaded: every parked thread is gone.
void tgi_parking_lot_after_fork(void);

#endif
