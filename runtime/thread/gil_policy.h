// SPDX-License-Identifier: MIT
//
// gil_policy.h - what distinguishes the ways to share the GIL, and the queue they share. Layer
// thread. For gil.c and the policies only: gil_timed.c, gil_fair.c, gil_ticks.c.
//
// gil.c owns the word, the queue, and handing over. A policy says four things: what a release does
// with a queue, where a newcomer stands in it, when a waiter asks the holder to let go, and how
// long it spins before it sleeps.
#ifndef TGI_THREAD_GIL_POLICY_H
#define TGI_THREAD_GIL_POLICY_H

#include "base/clock.h" // TGI_DEADLINE_NEVER
#include "thread/gil.h" // tgi_gil

// What a waiter is told through its state. AWAKE and PARKED alternate by itself; the rest is set
// under gil.lock.
enum {
    TGI_GIL_AWAKE = 0,
    TGI_GIL_PARKED = 1,
    TGI_GIL_POKED = 2,   // the GIL was left free, or the policy changed: look
    TGI_GIL_GRANTED = 3, // it is yours, you are off the queue
    TGI_GIL_OFF = 4,     // go on without, you are off the queue
};

// On the stack of the thread that waits.
struct tgi_gil_waiter {
    tgi_gil_waiter *prev, *next;  // guarded by gil.lock
    tg_thread *thread;            // const after init
    const tgi_gil_policy *policy; // waiter: the one that ask_at is from
    _Atomic(uint32_t) state;      // see above
    bool gave_way;                // const after init: it computed and was asked to let go
    bool keeps_turn;              // const once queued: `fair` lets it go on where it was asked
    int64_t since;                // const after init: when it came
    int64_t due;                  // const once queued: its place in the queue of `fair`
    int64_t ask_at;               // waiter: 0 none yet
    int64_t nap;                  // waiter: how long until it asks again
    uint64_t seen;                // waiter: gil.switches when ask_at was set
};

typedef enum tgi_gil_handing {
    TGI_GIL_HANDS_NEVER,     // a release leaves it free and wakes the first; whoever comes takes it
    TGI_GIL_HANDS_ON_ASKING, // it is handed to the first if the holder was asked, else left free
    TGI_GIL_HANDS_ALWAYS,    // it is handed to the first
} tgi_gil_handing;

struct tgi_gil_policy {
    const char *name;
    tgi_gil_handing handing;
    bool ticks;     // the holder counts its polls: TGI_BRK_GIL_TICK stays set
    int spins;      // looks of a queued waiter at its state before it parks
    int turn_spins; // the same for one that keeps its turn
    // Puts w into the queue. gil.lock is held.
    void (*enqueue_locked)(tgi_gil *gil, tgi_gil_waiter *w);
    // When w asks, or TGI_DEADLINE_NEVER; called each time before it waits.
    int64_t (*ask_at)(tgi_gil *gil, tgi_gil_waiter *w, int64_t now);
    // It has asked: sets w->ask_at for the case that nothing happens.
    void (*asked)(tgi_gil *gil, tgi_gil_waiter *w, int64_t now);
};

extern const tgi_gil_policy tgi_gil_timed, tgi_gil_fair, tgi_gil_ticks;

// Behind `behind`, or first if it is NULL. gil.lock is held.
void tgi_gil_insert_locked(tgi_gil *gil, tgi_gil_waiter *w, tgi_gil_waiter *behind);

// Lets go and takes it again at once, as everybody does who computes and is asked to.
void tgi_gil_give_way(tg_thread *t);

static inline int64_t tgi_gil_later(int64_t now, int64_t ns)
{
    return ns > TGI_DEADLINE_NEVER - now ? TGI_DEADLINE_NEVER : now + ns;
}

#endif
