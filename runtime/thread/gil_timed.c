// SPDX-License-Identifier: MIT
//
// gil_timed.c - the policy `timed`: ask after an interval.
//
// A waiter that has seen no switch for a whole interval asks the holder to let go; the holder then
// hands the GIL to the first of the queue (forced switching). A holder that lets go unasked leaves
// it free, and a thread that runs may take it before the first of the queue is awake: fewer
// switches. A switch restarts the clock of all waiters, for the new holder has a right to an
// interval: a thread back from a blocking call waits about one interval beside a thread that
// computes, longer beside several (docs/gil.md).
//
// Sources     the policy of CPython since 3.2 (Pitrou, 2009).
#include "base/atomic.h"       // orders
#include "thread/gil_policy.h" // the table

static void enqueue_locked(tgi_gil *gil, tgi_gil_waiter *w)
{
    tgi_gil_insert_locked(gil, w, gil->tail);
}

static void start_clock(tgi_gil *gil, tgi_gil_waiter *w, int64_t now)
{
    w->ask_at = tgi_gil_later(now, tgi_gil_interval_ns(gil));
}

static int64_t ask_at(tgi_gil *gil, tgi_gil_waiter *w, int64_t now)
{
    // ORDER: relaxed; a hint for the clock of this waiter.
    uint64_t switches = atom_load_relaxed(&gil->switches);
    if (w->ask_at == 0 || w->seen != switches) {
        w->seen = switches;
        start_clock(gil, w, now);
    }
    return w->ask_at;
}

const tgi_gil_policy tgi_gil_timed = {
    .name = "timed",
    .handing = TGI_GIL_HANDS_ON_ASKING,
    .enqueue_locked = enqueue_locked,
    .ask_at = ask_at,
    .asked = start_clock,
};
