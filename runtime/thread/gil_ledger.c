// SPDX-License-Identifier: MIT
//
// gil_ledger.c - who asked for the GIL.
//
// Owns        tgi_gil.ledger.
// Threads     see gil_ledger.h: one writer at a time, by the rule of the counter.
// Locks       threads_lock for a moment, for the name of a thread.
// Invariants  L1  the counts of all entries and `others` add up to the counter, until it is
//                 permanent.
//             L2  entries in use stand first, in the order in which they were opened.
//             L3  a named request is taken back by its name only, so that a script cannot take
//                 away what protects a native module.
#include "thread/gil_ledger.h"

#include "thread/runtime.h" // threads_lock

#include <stdio.h>  // snprintf
#include <string.h> // strcmp

const char tgi_gil_started[] = "start";

int tgi_gil_ledger_count(const tgi_gil_ledger *ledger)
{
    int n = 0;
    while (n < TGI_GIL_LEDGER_SIZE && ledger->entry[n].count != 0)
        n++;
    return n;
}

// The index of that name's or thread's entry, or -1. A name longer than the entry is cut.
static int find(const tgi_gil_ledger *ledger, const char *who, uint32_t thread)
{
    int n = tgi_gil_ledger_count(ledger);
    for (int i = 0; i < n; i++) {
        const tgi_gil_request *r = &ledger->entry[i];
        if (r->thread == thread && (who == NULL || strncmp(r->who, who, sizeof r->who - 1) == 0))
            return i;
    }
    return -1;
}

// The request that an unnamed end refers to, or -1.
static int find_unnamed(const tgi_gil_ledger *ledger, const tg_thread *t)
{
    int own = find(ledger, NULL, t->id);
    if (own >= 0)
        return own;
    for (int i = tgi_gil_ledger_count(ledger) - 1; i >= 0; i--) {
        if (ledger->entry[i].thread != 0)
            return i;
    }
    return -1;
}

void tgi_gil_ledger_add(tgi_gil_ledger *ledger, const char *who, tg_thread *t)
{
    uint32_t thread = who != NULL ? 0 : t->id;
    int at = find(ledger, who, thread);
    if (at < 0) {
        at = tgi_gil_ledger_count(ledger);
        if (at == TGI_GIL_LEDGER_SIZE) {
            ledger->others++;
            return;
        }
        tgi_gil_request *r = &ledger->entry[at];
        r->thread = thread;
        if (who != NULL) {
            snprintf(r->who, sizeof r->who, "%s", who);
        } else {
            tgi_rawlock_lock(&t->runtime->threads_lock); // its name
            snprintf(r->who, sizeof r->who, "thread %u (%s)", (unsigned)t->id, t->name);
            tgi_rawlock_unlock(&t->runtime->threads_lock);
        }
    }
    ledger->entry[at].count++;
}

// One request less of the entry; an entry without any leaves. L2
static void take_back(tgi_gil_ledger *ledger, int at)
{
    int last = tgi_gil_ledger_count(ledger) - 1;
    if (--ledger->entry[at].count > 0)
        return;
    size_t behind = (size_t)(last - at);
    memmove(&ledger->entry[at], &ledger->entry[at + 1], behind * sizeof ledger->entry[0]);
    memset(&ledger->entry[last], 0, sizeof ledger->entry[0]);
}

tg_status tgi_gil_ledger_remove(tgi_gil_ledger *ledger, const char *who, tg_thread *t)
{
    int at = who != NULL ? find(ledger, who, 0) : find_unnamed(ledger, t);
    if (at < 0 && ledger->others > 0) {
        ledger->others--;
        return TG_OK;
    }
    if (at < 0 && who == NULL)
        at = find(ledger, tgi_gil_started, 0);
    if (at < 0)
        return TG_ERR_STATE;
    take_back(ledger, at);
    return TG_OK;
}

tg_status tgi_gil_ledger_freeze(tgi_gil_ledger *ledger, const char *who, tg_thread *t)
{
    int at = who != NULL ? find(ledger, who, 0) : find_unnamed(ledger, t);
    if (at < 0 && ledger->others == 0 && who == NULL)
        at = find(ledger, tgi_gil_started, 0);
    if (at < 0 && ledger->others == 0)
        return TG_ERR_STATE;
    if (at >= 0) {
        tgi_gil_request first = ledger->entry[at];
        memmove(&ledger->entry[1], &ledger->entry[0], (size_t)at * sizeof first);
        ledger->entry[0] = first;
    }
    ledger->permanent = true;
    return TG_OK;
}
