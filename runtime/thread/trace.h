// SPDX-License-Identifier: MIT
//
// trace.h - what each thread did, and when: attach, detach, the GIL, parking, pauses. Layer thread.
// The code is in trace.c; api/trace.c writes it to a file.
//
// Off         a thread's `trace` is NULL, and a hook costs one load and one branch.
// On          a hook reads the clock and stores two words into the thread's own ring. The oldest
//             event is overwritten; what is lost is counted.
//
// base/ring.h is not used for events: their rings get their size at run time, and are read while
// their thread goes on writing.
#ifndef TGI_THREAD_TRACE_H
#define TGI_THREAD_TRACE_H

#include "base/compiler.h" // TGI_UNLIKELY
#include "base/ring.h"     // pauses
#include "thread/state.h"  // tg_thread
#include "thread/stw.h"    // causes

typedef enum tgi_trace_kind {
    TGI_TRACE_START,   // the state was made
    TGI_TRACE_END,     // its thread has left
    TGI_TRACE_ATTACH,  // is attached
    TGI_TRACE_DETACH,  // is about to leave
    TGI_TRACE_PARK,    // the next detach is for waiting in the parking lot
    TGI_TRACE_UNPARK,  // that wait is over
    TGI_TRACE_YIELD,   // the next detach is for a pause or another thread, at a poll
    TGI_TRACE_WANT,    // the GIL is taken: starts to wait
    TGI_TRACE_TAKE,    // has got it after waiting
    TGI_TRACE_GIVE_UP, // stops waiting: the GIL is off
    TGI_TRACE_ASK,     // asked the holder to let go; arg: its id
    TGI_TRACE_DROP,    // lets go because somebody asked
    TGI_TRACE_GIL_OFF, // the holder turned the GIL off
    TGI_TRACE_COUNT,   // the switch was changed; arg: what its counter shows now
    TGI_TRACE_SUSPEND, // wants to attach, waits for the end of a pause
    TGI_TRACE_RESUME,  // that wait is over
    TGI_TRACE_KINDS
} tgi_trace_kind;

// Words of one event, while it may be overwritten under the reader.
typedef struct tgi_trace_slot {
    _Atomic(uint64_t) at_ns;
    _Atomic(uint64_t) what; // kind, 1 bit: holds the GIL at bit 8, arg in the upper half
} tgi_trace_slot;

// One thread's events. Lives until its thread has ended and nobody reads it.
typedef struct tgi_trace_ring {
    struct tgi_trace_ring *next; // all guarded by runtime.threads_lock up to `slots`
    uint32_t thread_id;          // const after init
    uint32_t interp_id;          // const after init
    uint32_t gil_id;             // const after init: of the interpreter that owns its GIL
    uint32_t readers;
    bool ended;     // the thread is gone; the ring goes with the next trace, or when many are kept
    bool dropped;   // off the list, freed by the last reader
    char name[32];  // of an ended thread
    uint64_t first; // events before belong to an earlier trace

    size_t capacity;          // const after init, a power of two
    _Atomic(uint64_t) pushed; // owner writes: events ever pushed
    tgi_trace_slot slots[];   // owner writes
} tgi_trace_ring;

// A pause as it was; written by who restarts the world.
typedef struct tgi_trace_pause {
    int64_t requested_ns, stopped_ns, restarted_ns;
    tgi_stw_cause cause;
    int32_t interp_id; // -1: global
    uint32_t last_id;  // the thread that stopped last; 0: none had to be waited for
    char last_name[32];
} tgi_trace_pause;

enum { TGI_TRACE_PAUSES = 8192 };
typedef TGI_RING(tgi_trace_pause, TGI_TRACE_PAUSES) tgi_trace_pauses;

// Part of tg_runtime. Guarded by threads_lock.
typedef struct tgi_trace {
    bool on;
    size_t capacity;          // of new rings
    int64_t start_ns, end_ns; // of the last trace; end_ns 0 while it is on
    tgi_trace_ring *rings;    // newest first
    size_t ended;             // rings of ended threads in the list
    uint64_t lost_threads;    // whose rings are not there
    tgi_trace_pauses *pauses;
} tgi_trace;

// -- hooks

void tgi_trace_push(tgi_trace_ring *ring, tg_thread *t, tgi_trace_kind kind, uint32_t arg);

// For t's own thread only, or for a state that no thread uses.
static inline void tgi_trace_event(tg_thread *t, tgi_trace_kind kind, uint32_t arg)
{
    // ORDER: acquire; pairs with the release in trace.c: who sees the ring sees it made.
    tgi_trace_ring *ring = atom_load_acquire(&t->trace);
    if (TGI_UNLIKELY(ring != NULL))
        tgi_trace_push(ring, t, kind, arg);
}

// A ring for a new state if a trace is on, before the state is on the list; NULL if not. Then,
// with threads_lock held, the same on the list.
tgi_trace_ring *tgi_trace_new_ring(tg_runtime *rt);
void tgi_trace_adopt_locked(tg_thread *t, tgi_trace_ring *ring);
// The state leaves the list: its ring is kept for the reader. `gone`: its thread pushes nothing any
// more. threads_lock held.
void tgi_trace_bury_locked(tg_thread *t, bool gone);
// A pause is over. threads_lock held.
void tgi_trace_add_pause_locked(tg_runtime *rt, const tgi_stw *stw, int64_t restarted_ns);
// Child of fork: the trace is the parent's.
void tgi_trace_after_fork(tg_runtime *rt, tg_thread *t);
// The runtime's memory goes.
void tgi_trace_fini(tg_runtime *rt);

// -- control. Any thread, attached or not

// Starts a trace, and forgets the last one. `events` per thread is rounded up to a power of two;
// a thread that was traced before keeps the ring it has. The caller is attached as t: the world
// is stopped for a moment, so that every thread that runs is seen to begin. TG_ERR_STATE if one
// is on; TG_ERR_ARG; TG_ERR_NOMEM.
tg_status tgi_trace_begin(tg_thread *t, size_t events);
// Ends it; what was recorded stays. TG_ERR_STATE if none is on.
tg_status tgi_trace_finish(tg_runtime *rt);

// -- reading

typedef struct tgi_trace_item {
    int64_t at_ns;
    tgi_trace_kind kind;
    bool holds_gil;
    uint32_t arg;
} tgi_trace_item;

typedef struct tgi_trace_track {
    uint32_t thread_id, interp_id, gil_id;
    bool ended;
    char name[32];
    uint64_t lost; // events that were overwritten
    size_t count;
    tgi_trace_item *items; // oldest first
} tgi_trace_track;

typedef struct tgi_trace_copy {
    int64_t start_ns, end_ns;
    uint64_t lost_threads, lost_pauses;
    size_t track_count, pause_count;
    tgi_trace_track *tracks; // by id of the thread
    tgi_trace_pause *pauses; // by time
} tgi_trace_copy;

// Copies the last trace, which may be on. Events later than the moment of the call are left out,
// so what the threads show fits together. TG_ERR_STATE if there never was one; TG_ERR_NOMEM.
// Better not attached: it may take some milliseconds.
tg_status tgi_trace_read(tg_runtime *rt, tgi_trace_copy *out);
void tgi_trace_copy_free(tgi_trace_copy *copy);

#endif
