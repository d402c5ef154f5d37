// SPDX-License-Identifier: MIT
//
// trace.c - the event trace: rings, their life, and reading them while threads run.
//
// Owns        tg_runtime.trace and the rings.
// Threads     push: the thread of the ring. Everything else: any.
// Locks       runtime.threads_lock for the list of rings. Nothing is allocated under it.
// Invariants  E1  a ring has one writer: the thread whose state it belongs to, or the creator of a
//                 state that no thread uses yet.
//             E2  a ring that a state has once had stays with it until the state leaves the list
//                 of threads, also while no trace is on: its thread may be about to push.
//             E3  a ring is freed when it is off the list and has no reader.
//             E4  what a thread does after end_ns may be missing, what it did before is not, and
//                 an event is stamped before what it tells about becomes visible when that is the
//                 end of something, after it when it is the beginning. So two spans that exclude
//                 each other never overlap in the trace.
//
// Note [trace-read]
// The reader copies what lies between two looks at `pushed`, and throws away what the second look
// says may have been overwritten meanwhile. The words are stored with release and loaded with
// acquire: a reader that sees a word of event p also sees `pushed` >= p afterwards, because the
// writer had stored that before the word; so the slot counts as overwritten.
#include "thread/trace.h"

#include "base/clock.h"     // tgi_clock_now_ns
#include "base/config.h"    // TGI_TRACE_RINGS
#include "mem/raw.h"        // rings
#include "thread/gil.h"     // the count at the start
#include "thread/runtime.h" // list of threads

#include <stdlib.h> // qsort
#include <string.h> // names

enum {
    KIND_MASK = 0xff,
    HOLDS_GIL = 0x100,
    ARG_SHIFT = 32,
    EVENTS_MIN = 64,
    EVENTS_MAX = 1 << 24,
};

// -- hooks ----------------------------------------------------------------------------------------

TGI_NOINLINE void tgi_trace_push(tgi_trace_ring *ring, tg_thread *t, tgi_trace_kind kind,
                                 uint32_t arg)
{
    // ORDER: relaxed; E1.
    uint64_t n = atom_load_relaxed(&ring->pushed);
    tgi_trace_slot *slot = &ring->slots[n & (ring->capacity - 1)];
    uint64_t what = (uint64_t)arg << ARG_SHIFT | (t->holds_gil ? HOLDS_GIL : 0) | (uint64_t)kind;
    // ORDER: release (all three); pairs with the acquire loads in copy_events. Note [trace-read]
    atom_store_release(&slot->at_ns, (uint64_t)tgi_clock_now_ns());
    atom_store_release(&slot->what, what);
    atom_store_release(&ring->pushed, n + 1);
}

static tgi_trace_ring *make_ring(size_t capacity)
{
    // Not zeroed: pages that are never used cost nothing.
    tgi_trace_ring *ring = tgi_raw_alloc(sizeof *ring + capacity * sizeof ring->slots[0]);
    if (ring == NULL)
        return NULL;
    memset(ring, 0, sizeof *ring);
    ring->capacity = capacity;
    // ORDER: relaxed; nobody else knows the ring.
    atom_store_relaxed(&ring->pushed, 0);
    return ring;
}

tgi_trace_ring *tgi_trace_new_ring(tg_runtime *rt)
{
    tgi_rawlock_lock(&rt->threads_lock);
    size_t capacity = rt->trace.on ? rt->trace.capacity : 0;
    tgi_rawlock_unlock(&rt->threads_lock);
    return capacity != 0 ? make_ring(capacity) : NULL;
}

static void give_ring_locked(tg_thread *t, tgi_trace_ring *ring)
{
    tgi_trace *trace = &t->runtime->trace;
    ring->thread_id = t->id;
    ring->interp_id = t->interp->id;
    ring->gil_id =
        t->interp->gil == &t->interp->own_gil ? t->interp->id : t->runtime->main_interp->id;
    ring->next = trace->rings;
    trace->rings = ring;
    t->trace_ring = ring;
    // ORDER: release; pairs with the acquire in tgi_trace_event.
    atom_store_release(&t->trace, ring);
}

void tgi_trace_adopt_locked(tg_thread *t, tgi_trace_ring *ring)
{
    tgi_trace *trace = &t->runtime->trace;
    if (ring != NULL) {
        give_ring_locked(t, ring);
        tgi_trace_event(t, TGI_TRACE_START, 0);
        // ORDER: relaxed; the trace ended meanwhile, and no thread uses the state yet.
        if (!trace->on)
            atom_store_relaxed(&t->trace, NULL);
    } else if (trace->on) {
        trace->lost_threads++; // no memory, or the trace has begun a moment ago
    }
}

// Takes a ring out of the list. Returns whether it is to be freed now.
static bool unlink_ring_locked(tgi_trace *trace, tgi_trace_ring **link)
{
    tgi_trace_ring *ring = *link;
    *link = ring->next;
    ring->dropped = true;
    if (ring->ended)
        trace->ended--;
    return ring->readers == 0; // E3
}

void tgi_trace_bury_locked(tg_thread *t, bool gone)
{
    tgi_trace *trace = &t->runtime->trace;
    tgi_trace_ring *ring = t->trace_ring;
    if (ring == NULL)
        return;
    t->trace_ring = NULL;
    // ORDER: relaxed; the thread itself does it, or the state is nobody's, or its thread is never
    // let in again and may still push what nobody reads.
    atom_store_relaxed(&t->trace, NULL);
    memcpy(ring->name, t->name, sizeof ring->name);
    if (!gone)
        return; // E2
    ring->ended = true;
    trace->ended++;
    if (trace->ended <= TGI_TRACE_RINGS)
        return;
    tgi_trace_ring **oldest = NULL;
    for (tgi_trace_ring **link = &trace->rings; *link != NULL; link = &(*link)->next) {
        if ((*link)->ended)
            oldest = link;
    }
    tgi_trace_ring *victim = *oldest;
    trace->lost_threads++;
    if (unlink_ring_locked(trace, oldest))
        tgi_raw_free(victim);
}

void tgi_trace_add_pause_locked(tg_runtime *rt, const tgi_stw *stw, int64_t restarted_ns)
{
    tgi_trace *trace = &rt->trace;
    if (!trace->on || stw->requested_ns < trace->start_ns)
        return;
    tgi_trace_pause *p = tgi_ring_push(trace->pauses);
    *p = (tgi_trace_pause){
        .requested_ns = stw->requested_ns,
        .stopped_ns = stw->stopped_ns,
        .restarted_ns = restarted_ns,
        .cause = stw->cause,
        .interp_id = stw->global ? -1 : (int32_t)stw->interp->id,
        .last_id = stw->last_id,
    };
    memcpy(p->last_name, stw->last_name, sizeof p->last_name);
}

// -- control --------------------------------------------------------------------------------------

static size_t rounded(size_t events)
{
    size_t n = EVENTS_MIN;
    while (n < events)
        n *= 2;
    return n;
}

// Forgets the rings of ended threads; those of others start anew.
static void forget_last_trace_locked(tgi_trace *trace)
{
    for (tgi_trace_ring **link = &trace->rings; *link != NULL;) {
        tgi_trace_ring *ring = *link;
        if (ring->ended) {
            if (unlink_ring_locked(trace, link))
                tgi_raw_free(ring);
            continue;
        }
        // ORDER: relaxed; an event that comes a moment later has a time before the start.
        ring->first = atom_load_relaxed(&ring->pushed);
        link = &ring->next;
    }
    trace->lost_threads = 0;
    tgi_ring_clear(trace->pauses);
}

// Gives every thread on the list a ring; counts those for which there is no memory.
static void give_rings(tg_runtime *rt)
{
    for (;;) {
        tgi_trace_ring *ring = make_ring(rt->trace.capacity);
        tgi_rawlock_lock(&rt->threads_lock);
        tg_thread *t = rt->threads;
        while (t != NULL && t->trace_ring != NULL)
            t = t->next;
        if (t != NULL && ring != NULL)
            give_ring_locked(t, ring);
        bool done = t == NULL || ring == NULL;
        for (; done && t != NULL; t = t->next)
            rt->trace.lost_threads += t->trace_ring == NULL;
        tgi_rawlock_unlock(&rt->threads_lock);
        if (done) {
            tgi_raw_free(ring);
            return;
        }
    }
}

// The world is stopped. False if a trace is on already.
static bool begin_stopped(tg_runtime *rt, size_t events, tgi_trace_pauses **pauses)
{
    tgi_trace *trace = &rt->trace;
    tgi_rawlock_lock(&rt->threads_lock);
    bool ok = !trace->on;
    if (ok) {
        if (trace->pauses == NULL) {
            trace->pauses = *pauses;
            *pauses = NULL;
        }
        forget_last_trace_locked(trace);
        trace->on = true;
        trace->capacity = events;
        trace->start_ns = tgi_clock_now_ns();
        trace->end_ns = 0;
        for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
            // ORDER: release; pairs with the acquire in tgi_trace_event.
            atom_store_release(&t->trace, t->trace_ring);
        }
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    if (ok)
        give_rings(rt);
    return ok;
}

tg_status tgi_trace_begin(tg_thread *t, size_t events)
{
    tg_runtime *rt = t->runtime;
    if (events > EVENTS_MAX)
        return TG_ERR_ARG;
    tgi_trace_pauses *pauses = tgi_raw_alloc(sizeof *pauses);
    if (pauses == NULL)
        return TG_ERR_NOMEM;
    tgi_ring_clear(pauses);
    tgi_stop_the_world_global(t, rt, TGI_CAUSE_INSPECT);
    bool ok = begin_stopped(rt, rounded(events != 0 ? events : TGI_TRACE_EVENTS), &pauses);
    if (ok) {
        tgi_trace_event(t, TGI_TRACE_COUNT, (uint32_t)tgi_gil_count(t));
        tgi_trace_event(t, TGI_TRACE_ATTACH, 0);
    }
    tgi_start_the_world_global(t, rt);
    tgi_raw_free(pauses);
    return ok ? TG_OK : TG_ERR_STATE;
}

tg_status tgi_trace_finish(tg_runtime *rt)
{
    tgi_trace *trace = &rt->trace;
    tgi_rawlock_lock(&rt->threads_lock);
    bool was_on = trace->on;
    if (was_on) {
        trace->end_ns = tgi_clock_now_ns(); // E4: before the hooks are closed
        trace->on = false;
        for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
            // ORDER: relaxed; a hook that still sees the ring writes what nobody reads. E2
            atom_store_relaxed(&t->trace, NULL);
        }
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    return was_on ? TG_OK : TG_ERR_STATE;
}

static void free_rings(tgi_trace *trace)
{
    while (trace->rings != NULL) {
        tgi_trace_ring *ring = trace->rings;
        trace->rings = ring->next;
        tgi_raw_free(ring);
    }
    tgi_raw_free(trace->pauses);
}

void tgi_trace_after_fork(tg_runtime *rt, tg_thread *t)
{
    // ORDER: relaxed; only one thread exists.
    atom_store_relaxed(&t->trace, NULL);
    t->trace_ring = NULL;
    free_rings(&rt->trace);
    memset(&rt->trace, 0, sizeof rt->trace);
}

void tgi_trace_fini(tg_runtime *rt)
{
    free_rings(&rt->trace);
}

// -- reading --------------------------------------------------------------------------------------

typedef struct reading {
    tgi_trace_ring *ring;
    uint64_t first;
} reading;

// Items of a ring between start and end. Note [trace-read]
static tg_status copy_events(const reading *r, int64_t start_ns, int64_t end_ns,
                             tgi_trace_track *out)
{
    tgi_trace_ring *ring = r->ring;
    // ORDER: acquire; pairs with the release in tgi_trace_push: items below are written.
    uint64_t end = atom_load_acquire(&ring->pushed);
    uint64_t begin = end > ring->capacity ? end - ring->capacity : 0;
    if (begin < r->first)
        begin = r->first;
    out->items = tgi_raw_alloc((size_t)(end - begin + 1) * sizeof out->items[0]);
    if (out->items == NULL)
        return TG_ERR_NOMEM;
    size_t n = 0;
    for (uint64_t i = begin; i < end; i++) {
        tgi_trace_slot *slot = &ring->slots[i & (ring->capacity - 1)];
        // ORDER: acquire (both); Note [trace-read].
        uint64_t at = atom_load_acquire(&slot->at_ns);
        uint64_t what = atom_load_acquire(&slot->what);
        out->items[n++] = (tgi_trace_item){
            .at_ns = (int64_t)at,
            .kind = (tgi_trace_kind)(what & KIND_MASK),
            .holds_gil = (what & HOLDS_GIL) != 0,
            .arg = (uint32_t)(what >> ARG_SHIFT),
        };
    }
    // ORDER: relaxed; after the acquire loads. Note [trace-read]
    uint64_t now = atom_load_relaxed(&ring->pushed);
    uint64_t valid = now >= ring->capacity ? now - ring->capacity + 1 : begin;
    size_t skip = valid > begin ? (size_t)(valid - begin) : 0;
    if (skip > n)
        skip = n;
    out->lost = begin - r->first + skip;
    while (skip < n && out->items[skip].at_ns < start_ns)
        skip++;
    while (n > skip && out->items[n - 1].at_ns > end_ns)
        n--;
    out->count = n - skip;
    memmove(out->items, out->items + skip, out->count * sizeof out->items[0]);
    return TG_OK;
}

// Fills out and *readings with what is on the list; readers are counted.
static void gather_locked(tg_runtime *rt, tgi_trace_copy *out, reading *readings, size_t room)
{
    for (tgi_trace_ring *ring = rt->trace.rings; ring != NULL; ring = ring->next) {
        if (out->track_count == room) {
            out->lost_threads++;
            continue;
        }
        tgi_trace_track *track = &out->tracks[out->track_count];
        readings[out->track_count++] = (reading){ring, ring->first};
        ring->readers++;
        track->thread_id = ring->thread_id;
        track->interp_id = ring->interp_id;
        track->gil_id = ring->gil_id;
        track->ended = ring->ended;
        memcpy(track->name, ring->name, sizeof track->name);
        for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
            if (t->id == ring->thread_id)
                memcpy(track->name, t->name, sizeof track->name);
        }
    }
    tgi_trace_pauses *pauses = rt->trace.pauses;
    size_t n = tgi_ring_count(pauses);
    out->lost_pauses = pauses->pushed - n;
    for (size_t i = 0; i < n; i++) {
        tgi_trace_pause *p = tgi_ring_at(pauses, i);
        if (p->restarted_ns <= out->end_ns)
            out->pauses[out->pause_count++] = *p;
    }
}

static void let_go(tg_runtime *rt, tgi_trace_ring *ring)
{
    tgi_rawlock_lock(&rt->threads_lock);
    bool last = --ring->readers == 0 && ring->dropped;
    tgi_rawlock_unlock(&rt->threads_lock);
    if (last)
        tgi_raw_free(ring); // E3
}

static int by_thread(const void *a, const void *b)
{
    const tgi_trace_track *x = a, *y = b;
    return (x->thread_id > y->thread_id) - (x->thread_id < y->thread_id);
}

tg_status tgi_trace_read(tg_runtime *rt, tgi_trace_copy *out)
{
    memset(out, 0, sizeof *out);
    tgi_rawlock_lock(&rt->threads_lock);
    size_t room = 16; // for threads that come meanwhile
    for (tgi_trace_ring *ring = rt->trace.rings; ring != NULL; ring = ring->next)
        room++;
    bool any = rt->trace.start_ns != 0;
    tgi_rawlock_unlock(&rt->threads_lock);
    if (!any)
        return TG_ERR_STATE;
    reading *readings = tgi_raw_alloc(room * sizeof *readings);
    out->tracks = tgi_raw_calloc(room, sizeof out->tracks[0]);
    out->pauses = tgi_raw_alloc(TGI_TRACE_PAUSES * sizeof out->pauses[0]);
    tg_status st = TG_ERR_NOMEM;
    if (readings != NULL && out->tracks != NULL && out->pauses != NULL) {
        st = TG_OK;
        tgi_rawlock_lock(&rt->threads_lock);
        out->start_ns = rt->trace.start_ns;
        out->end_ns = rt->trace.on ? tgi_clock_now_ns() : rt->trace.end_ns;
        out->lost_threads = rt->trace.lost_threads;
        gather_locked(rt, out, readings, room);
        tgi_rawlock_unlock(&rt->threads_lock);
    }
    for (size_t i = 0; i < out->track_count; i++) {
        if (st == TG_OK)
            st = copy_events(&readings[i], out->start_ns, out->end_ns, &out->tracks[i]);
        let_go(rt, readings[i].ring);
    }
    tgi_raw_free(readings);
    if (st == TG_OK)
        qsort(out->tracks, out->track_count, sizeof out->tracks[0], by_thread);
    else
        tgi_trace_copy_free(out);
    return st;
}

void tgi_trace_copy_free(tgi_trace_copy *copy)
{
    for (size_t i = 0; i < copy->track_count; i++)
        tgi_raw_free(copy->tracks[i].items);
    tgi_raw_free(copy->tracks);
    tgi_raw_free(copy->pauses);
    memset(copy, 0, sizeof *copy);
}
