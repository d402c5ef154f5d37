// SPDX-License-Identifier: MIT
//
// gil_fair.c - the policy `fair`: a queue by due time.
//
// Every release hands the GIL to the first of the queue, which is ordered by due time. A thread
// back from a blocking call is due when it comes. A thread that computed and gave way is due an
// interval after the last of its kind, or an interval later; but if it was asked in the middle of
// its turn it keeps it, as if it came back from a blocking call. Its turn is over an interval after
// it began, or once another that computes is due. Due times are fixed, and later comers have later
// ones in the end: nobody starves.
//
// A holder is left alone for a minimum slice if a thread back from a blocking call waits, and until
// the next is due if only threads that compute do. The waiter does the asking: it sleeps until
// then, and is awake when it asks, so that it spins through the few hundred nanoseconds until the
// next poll of the holder. A thread that gave way in its turn spins longer: the visitor mostly
// needs the GIL for microseconds only, and a sleep and wake-up costs more than that.
//
// Rejected    leaving the GIL free for whoever runs when it is let go unasked, as `timed` does: a
//             thread with many short blocking calls then keeps the others waiting.
//             a thread that is asked always loses its turn: with two threads that compute, each
//             request of a third woke the one that slept (0.93x of the work of `timed`).
// Sources     the order is that of earliest-deadline-first scheduling (Liu, Layland, 1973).
#include "base/atomic.h"       // orders
#include "base/config.h"       // TGI_GIL_FAIR_SPINS
#include "thread/gil_policy.h" // the table

// A waiter that goes on asking sleeps at least this long in between, however short the slice.
enum { SHORTEST_NAP = 50000 };

static void enqueue_locked(tgi_gil *gil, tgi_gil_waiter *w)
{
    w->due = w->since;
    if (w->gave_way) {
        int64_t last = w->since;
        w->keeps_turn = w->since < w->thread->gil_turn_until;
        for (const tgi_gil_waiter *other = gil->head; other != NULL; other = other->next) {
            if (!other->gave_way || other->keeps_turn)
                continue;
            if (other->due <= w->since)
                w->keeps_turn = false;
            else
                last = other->due;
        }
        if (!w->keeps_turn)
            w->due = tgi_gil_later(last, tgi_gil_interval_ns(gil));
    }
    tgi_gil_waiter *behind = NULL;
    for (tgi_gil_waiter *next = gil->head; next != NULL && next->due <= w->due; next = next->next)
        behind = next;
    tgi_gil_insert_locked(gil, w, behind);
}

static int64_t ask_at(tgi_gil *gil, tgi_gil_waiter *w, int64_t now)
{
    // ORDER: relaxed (all here); hints for the clock of this waiter.
    uint64_t switches = atom_load_relaxed(&gil->switches);
    if (w->ask_at == 0 || w->seen != switches) {
        // A holder that did not have to wait has not looked at the clock: its slice begins now.
        int64_t turn = atom_load_relaxed(&gil->turn_ns);
        if (turn == 0)
            turn = now;
        w->seen = switches;
        // ORDER: relaxed; a setting.
        int64_t slice = atom_load_relaxed(&gil->slice_ns);
        w->nap = w->gave_way ? tgi_gil_interval_ns(gil) : slice;
        w->ask_at = tgi_gil_later(turn, w->nap);
        if (w->gave_way && !w->keeps_turn && w->due < w->ask_at) {
            // Visitors came meanwhile, and the holder has its turn for longer than it seems.
            int64_t earliest = tgi_gil_later(turn, slice);
            w->ask_at = w->due > earliest ? w->due : earliest;
        }
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
    .turn_spins = TGI_GIL_FAIR_TURN_SPINS,
    .enqueue_locked = enqueue_locked,
    .ask_at = ask_at,
    .asked = asked,
};
