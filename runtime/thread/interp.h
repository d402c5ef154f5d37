// SPDX-License-Identifier: MIT
//
// interp.h - further interpreters of a runtime: birth, entering, end. Layer thread. The code is in
// interp.c, but for the waits at the end, which are those of a runtime: runtime.c.
//
// Life        new (not open) -> open -> shut -> threads ended -> free. Its memory stays until the
//             last count is gone.
#ifndef TGI_THREAD_INTERP_H
#define TGI_THREAD_INTERP_H

#include "base/clock.h"     // tgi_deadline
#include "thread/runtime.h" // tg_interp

// As tgi_interp_new, with the core's data and the embedder's. It is not open.
tg_status tgi_interp_new_with(tg_runtime *rt, bool own_gil, void *core, void *host,
                              tg_interp **out);
// From now on tgi_interp_enter works.
void tgi_interp_open(tg_interp *interp);
// A state of an open interpreter, as tgi_thread_new; TG_ERR_STATE if it is not open.
tg_status tgi_interp_enter(tg_interp *interp, tg_thread **out);
// First step of its end: nobody enters any more. TG_ERR_STATE if it is not open, or if, without
// `force`, somebody has entered it and has not left.
tg_status tgi_interp_shut(tg_interp *interp, bool force);
// As tgi_runtime_wait_threads and tgi_runtime_end_threads, for the threads of one interpreter. t is
// attached, and one of them.
tg_status tgi_interp_wait_threads(tg_interp *interp, tg_thread *t, tgi_deadline until,
                                  unsigned flags);
uint32_t tgi_interp_end_threads(tg_interp *interp, tg_thread *t);

// The counts behind `refs`.
void tgi_interp_ref(tg_interp *interp);
void tgi_interp_unref(tg_interp *interp);
// The open interpreter with this id, counted, or NULL. The first one is always open.
tg_interp *tgi_interp_find(tg_runtime *rt, uint32_t id);
// The least id above `after` of an open interpreter; 0 if there is none.
uint32_t tgi_interp_next(tg_runtime *rt, uint32_t after);

// Lets others use its tag, unless objects of it are still there, because of threads left behind.
void tgi_interp_drop_tag(tg_interp *interp);

// For tgi_runtime_create too: with that GIL, or with its own if gil is NULL, `enabled` at the
// start.
tg_status tgi_interp_make(tg_runtime *rt, tgi_gil *gil, int enabled, void *core, void *host,
                          tg_interp **out);

#endif
