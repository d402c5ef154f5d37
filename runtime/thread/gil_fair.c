// SPDX-License-Identifier: MIT
//
// gil_fair.c - the policy `fair`: a queue by due time.
//
// Every release hands the GIL to the first of the queue. A thread back from a blocking call is due
// when it comes; a thread that computed and gave way is due an interval later. The queue is
// ordered by that, so a thread is overtaken only by threads that are due earlier, and nobody
// starves: due times are fixed, and later comers have later ones in the end.
//
// A holder is left alone for a minimum slice if a thread back from a blocking call waits, and for
// an interval if only threads that compute do. The waiter does the asking: it sleeps until then,
// and is awake when it asks, so that it spins through the few hundred nanoseconds until the next
// poll of the holder. A thread that gave way spins for a moment too: the other mostly needs the
// GIL for microseconds only, and a sleep and wake-up costs more than that.
//
// Rejected    leaving the GIL free for whoever runs when it is let go unasked, as `timed` does: a
//             thread with many short blocking calls then keeps the others waiting.
// Sources     the order is that of earliest-deadline-first scheduling (Liu, Layland, 1973).
#include "base/atomic.h"       // orders
#include "base/config.h"       // TGI_GIL_FAIR_SPINS
#include "thread/gil_policy.h" // the table

// A waiter that goes on asking sleeps at least this long in between, however short the slice.
enum { SHORTEST_NAP = 50000 };

static void enqueue_locked(tgi_gil *gil, tgi_gil_waiter *w)
{
    w->due = w->gave_way ? tgi_gil_later(w->since, tgi_gil_interval_ns(gil)) : w->since;
    tgi_gil_waiter *behind = gil->tail;
    while (behind != NULL && behind->due > w->due)
        behind = behind->prev;
    tgi_gil_insert_locked(gil, w, behind);
}

static int64_t ask_at(tgi_gil *gil, tgi_gil_waiter *w, int64_t now)
{
    // ORDER: relaxed (all here); hints for the clock of this waiter.
    uint64_t switches = atom_load_relaxed(&gil->switches);
    if (w->ask_at == 0 || w->seen != switches) {
        // A holder that did not have to wait has not looked at the clock: its slice begins now.
        int64_t turn = atom_load_relaxed(&gil->turn_ns);
        w->seen = switches;
        // ORDER: relaxed; a setting.
        int64_t slice = atom_load_relaxed(&gil->slice_ns);
        w->nap = w->gave_way ? tgi_gil_interval_ns(gil) : slice;
        w->ask_at = tgi_gil_later(turn != 0 ? turn : now, w->nap);
    }
    return w->ask_at;
}

static void asked(tgi_gil *gil, tgi_gil_waiter *w, int64_t now)
{
    // The holder is in a long call, or another thread was handed the GIL before w and will have
    // changed `switches`: looks again, ever more rarely.
    int64_t most = tgi_gil_interval_ns(gil);
    if (w->nap < most)
        w->nap = w->nap > most / 2 ? most : w->nap * 2;
    if (w->nap < SHORTEST_NAP)
        w->nap = SHORTEST_NAP;
    w->ask_at = tgi_gil_later(now, w->nap);
}

const tgi_gil_policy tgi_gil_fair = {
    .name = "fair",
    .handing = TGI_GIL_HANDS_ALWAYS,
    .spins = TGI_GIL_FAIR_SPINS,
    .enqueue_locked = enqueue_locked,
    .ask_at = ask_at,
    .asked = asked,
};
