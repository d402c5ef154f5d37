// SPDX-License-Identifier: MIT
//
// gil_ledger.h - who asked for the GIL: the open requests behind its counter. Layer thread. The
// code is in gil_ledger.c.
#ifndef TGI_THREAD_GIL_LEDGER_H
#define TGI_THREAD_GIL_LEDGER_H

#include "base/config.h"  // TGI_GIL_LEDGER_SIZE
#include <togil/status.h> // tg_status

#include <stdbool.h> // permanent
#include <stdint.h>  // thread ids

typedef struct tgi_gil_request {
    char who[64];    // a name, or of an unnamed request the thread that made it
    uint32_t thread; // its id; 0 for a named request
    int count;       // open requests of this kind; 0: the entry is free
} tgi_gil_request;

// Guarded by the rule of the counter (Stability in gil.h): changed by the thread that holds the
// GIL, or with the world stopped; an attached thread may read it.
typedef struct tgi_gil_ledger {
    tgi_gil_request entry[TGI_GIL_LEDGER_SIZE]; // those in use first, oldest first
    int others;                                 // requests that found no free entry
    bool permanent;                             // frozen; entry[0] is who made it so
} tgi_gil_ledger;

struct tg_thread;

// A request of `who`, or with NULL an unnamed one of t.
void tgi_gil_ledger_add(tgi_gil_ledger *ledger, const char *who, struct tg_thread *t);

// Takes one back. Named: that name's, or TG_ERR_STATE when it has none open. Unnamed: t's own, else
// the newest unnamed one, else the one the runtime started with; TG_ERR_STATE when none is left.
tg_status tgi_gil_ledger_remove(tgi_gil_ledger *ledger, const char *who, struct tg_thread *t);

// The same request becomes permanent: it moves to the front and nothing changes any more.
tg_status tgi_gil_ledger_freeze(tgi_gil_ledger *ledger, const char *who, struct tg_thread *t);

// Number of entries in use.
int tgi_gil_ledger_count(const tgi_gil_ledger *ledger);

// The name of the request that a runtime starts with when its GIL is on.
extern const char tgi_gil_started[];

#endif
