// SPDX-License-Identifier: MIT
//
// patience.h - notices a run that stands still because a thread waits for something that the tester
// does not control. Layer stress. patience.c.
#ifndef TGI_STRESS_PATIENCE_H
#define TGI_STRESS_PATIENCE_H

#include <stdbool.h> // results
#include <stdint.h>  // time

struct tgi_engine;
typedef struct tgi_patience tgi_patience;

// Called on a thread of the tester while the run stands; failure says where. `standing`: the
// thread of the run is held, so that all that belongs to the engine can be read. When it returns,
// the run goes on, and the time begins anew.
typedef void tgi_stalled_fn(void *arg, bool standing);

// A run that comes to no point for so long is one that stands still. NULL without memory.
tgi_patience *tgi_patience_new(struct tgi_engine *e, int64_t ns, tgi_stalled_fn *fn, void *arg);
void tgi_patience_free(tgi_patience *p);

// Around a run, on the OS thread that begins it.
void tgi_patience_begin(tgi_patience *p);
void tgi_patience_end(tgi_patience *p);

// The OS thread that carries the run from now on: the calling one.
void tgi_patience_carried(tgi_patience *p);

// Ends the thread that watches, until the next run: the process is about to fork.
void tgi_patience_rest(tgi_patience *p);

#endif
