// SPDX-License-Identifier: MIT
//
// collect.c - a collection from the request to the last object cleared.
//
// Order       lock `exclusive` -> pause: find garbage, hold it -> restart -> finalizers, with the
//             lock open -> pause: what came back to life? -> restart -> clear the rest -> unlock.
//             Without finalizers nobody can reach the garbage between the pauses, and the second
//             one is left out.
// Owns        tgc_gc of the interpreter. In a collection the garbage, by one reference each.
// Threads     any; one analyses or clears at a time. A thread that waits for `exclusive` is
//             detached, so it is no obstacle to the pause.
// Invariants  L1  a request that waited shares the result of a collection whose pause began after
//                 the request was made: everything that was garbage by then has been found. For an
//                 older one it collects again; all who wait by then share that.
//             L2  the lock is not held while scripts run: a finalizer may wait for a thread that
//                 waits for a collection. The garbage of a collection that is in its finalizers is
//                 held, so another one sees it as alive.
//             L3  a thread that is in its own collection (finalizers, callbacks) does not start
//                 another one: collect() there returns 0.
// Memory      a collection that finds none to work with leaves everything as it was.
// Rejected    returning at once while another collection runs: whoever asked for it goes on with
//             its garbage in place.
#include "core/gc/gc_internal.h"
#include "core/gc/team.h" // lists, processors

#include "base/clock.h"            // durations
#include "core/object/dict.h"      // info
#include "core/object/error.h"     // errors of callbacks
#include "core/object/exception.h" // reports
#include "core/object/finalize.h"  // finalizers
#include "core/object/float.h"     // duration
#include "core/object/int.h"       // numbers
#include "core/object/list.h"      // callbacks
#include "core/object/str.h"       // phase
#include "core/object/weakref.h"   // callbacks
#include "mem/raw.h"               // memory
#include "thread/breaker.h"        // polls while clearing
#include "thread/defer.h"          // memory of what was cleared
#include "thread/gil.h"            // yield
#include "thread/stw.h"            // pauses

// Objects cleared between two looks at the breaker.
#define CLEAR_SLICE 256u

// Threads that analyse a heap unless told otherwise, at most, and objects from which it pays to
// start any.
#define TGC_GC_THREADS      4u
#define TGC_GC_THREADS_FROM INT64_C(50000)

static void lock(tg_thread *t)
{
    tgi_mutex_lock_detach(&tgc_gc_of(t)->exclusive);
    tgc_of(t)->gc_locked = true;
}

// Waits for the lock, or gives up if it is taken.
static bool lock_for(tg_thread *t, bool waits)
{
    if (waits) {
        lock(t);
        return true;
    }
    tgc_of(t)->gc_locked = tgi_mutex_trylock(&tgc_gc_of(t)->exclusive);
    return tgc_of(t)->gc_locked;
}

static void unlock(tg_thread *t)
{
    tgc_of(t)->gc_locked = false;
    tgi_mutex_unlock(&tgc_gc_of(t)->exclusive);
}

static int64_t pause_begin(tg_thread *t)
{
    tgi_stop_the_world(t, t->interp, TGI_CAUSE_COLLECT);
    return tgi_clock_now_ns();
}

static int64_t pause_end(tg_thread *t, int64_t begun)
{
    tgc_gc *gc = tgc_gc_of(t);
    int64_t ns = tgi_clock_now_ns() - begun;
    tgi_start_the_world(t, t->interp);
    tgi_mutex_lock(&gc->figures_lock);
    tgi_histogram_add(&gc->pauses, ns);
    gc->figures.paused_ns += (uint64_t)ns;
    tgi_mutex_unlock(&gc->figures_lock);
    return ns;
}

// Gives way to a pause or to a thread that waits for the GIL. Nothing here may raise.
static void give_way(tg_thread *t)
{
    // ORDER: relaxed; hints, whoever set them waits.
    uint32_t bits = atom_load_relaxed(&t->breaker);
    if ((bits & TGI_BRK_STOP) != 0) {
        tgi_thread_detach(t);
        tgi_thread_attach(t);
    } else if ((bits & TGI_BRK_GIL_DROP) != 0) {
        tgi_gil_yield(t);
    }
}

// What was cleared waits for a grace period, and we may well be the only ones to hold it up. With
// nothing borrowed, as between two objects, its memory comes back at once: the list of what waits
// stays short, and needs no memory of its own when there is none.
static void free_deferred(tg_thread *t)
{
    tgi_breaker_clear(t, TGI_BRK_QSBR);
    (void)tgi_defer_process(t);
}

static void release_drained(tg_thread *t, tgc_drained *d)
{
    for (size_t i = 0; i < d->count; i++) {
        for (uint32_t k = 0; k < d->block[i].count; k++)
            tgc_decref(t, d->block[i].items[k]);
        tgi_raw_free((void *)d->block[i].items);
    }
    tgi_raw_free(d->block);
}

static void clear_one(tg_thread *t, tgc_obj *o)
{
    // Nobody has seen it since the last pause, which was a grace period: no stale reader is left.
    tgc_unpublish(o);
    tgc_type *type = tgc_obj_type(o);
    if (type->clear != NULL)
        type->clear(t, o);
    tgc_decref(t, o);
    // ORDER: relaxed; our own bit, or a hint.
    if ((atom_load_relaxed(&t->breaker) & TGI_BRK_QSBR) != 0)
        free_deferred(t);
}

static void scrap_all(tg_thread *t, const tgc_garbage *g)
{
    for (const tgc_chunk *c = g->scrap; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count;) {
            size_t end = i + CLEAR_SLICE < c->count ? i + CLEAR_SLICE : c->count;
            i = tgc_scrap_some(t, g->dead, c, i, end);
            // ORDER: relaxed; our own bit, or a hint.
            if ((atom_load_relaxed(&t->breaker) & TGI_BRK_QSBR) != 0)
                free_deferred(t);
            give_way(t);
        }
    }
}

// Nobody but us can reach them. Each is emptied, which breaks the cycles, and let go.
static void clear_all(tg_thread *t, const tgc_garbage *g)
{
    scrap_all(t, g);
    for (const tgc_chunk *c = g->list; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++) {
            if (i + 8 < c->count)
                __builtin_prefetch(c->item[i + 8], 1);
            clear_one(t, c->item[i]);
            if (i % CLEAR_SLICE == CLEAR_SLICE - 1)
                give_way(t);
        }
    }
}

static void call_weak(tg_thread *t, tgc_garbage *g)
{
    tgc_weakref *pending = g->pending;
    g->pending = NULL;
    tgc_weak_run_callbacks(t, pending);
}

static void run_finalizers(tg_thread *t, const tgc_garbage *g)
{
    for (const tgc_chunk *c = g->list; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++)
            tgc_finalize(t, c->item[i]);
    }
}

// DEBUG_SAVEALL: what was found is put on gc.garbage and lives on.
static void save_all(tg_thread *t, tgc_garbage *g)
{
    tg_value list = tgc_slot_load(t, &tgc_gc_of(t)->garbage);
    for (const tgc_chunk *c = g->list; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++) {
            if (tgc_is_list(list) && tgc_list_append(t, list, tgc_from_ptr(c->item[i])) < 0)
                tgc_error_clear(t);
            tgc_decref(t, c->item[i]);
        }
    }
    tgc_release(t, list);
}

// What came back is let go and taken off the list.
static void let_go(tg_thread *t, tgc_garbage *g)
{
    for (tgc_chunk *c = g->list; c != NULL; c = c->next) {
        size_t left = 0;
        for (size_t i = 0; i < c->count; i++) {
            tgc_obj *o = c->item[i];
            if (tgc_is_back(o))
                tgc_decref(t, (tgc_obj *)((uintptr_t)o - 1));
            else
                c->item[left++] = o;
        }
        c->count = left;
    }
}

typedef struct outcome {
    int64_t found, collected;
    uint64_t resurrected;
    int64_t paused_ns;
    int64_t freed_bytes;  // of the garbage
    tgc_weakref *pending; // callbacks to run when the lock is open
} outcome;

// `exclusive` is held, and is when it returns.
static void finish(tg_thread *t, tgc_garbage *g, outcome *out)
{
    tgc_gc *gc = tgc_gc_of(t);
    if (g->dead == NULL && (tgc_gc_get(gc, TG_GC_DEBUG) & TG_GC_DEBUG_SAVEALL) != 0) {
        save_all(t, g);
        return;
    }
    if (g->finalizers || g->pending != NULL) {
        unlock(t); // L2
        call_weak(t, g);
        run_finalizers(t, g);
        lock(t);
        int64_t begun = pause_begin(t);
        out->resurrected = tgc_gc_find_again(t, g);
        out->paused_ns += pause_end(t, begun);
        let_go(t, g);
        out->pending = g->pending; // of references that finalizers made; L2
    }
    out->collected = out->found - (int64_t)out->resurrected;
    // ORDER: relaxed (all); sums, and our own counters. What was made before the collection
    // does not count as freed since.
    atom_add_relaxed(&tgc_shared_of(t)->gc_young, out->collected);
    const tgc_thread *ct = tgc_of(t);
    uint64_t before = atom_load_relaxed(&ct->bytes_freed);
    clear_all(t, g);
    // ORDER: relaxed (both); as above.
    out->freed_bytes = (int64_t)(atom_load_relaxed(&ct->bytes_freed) - before);
    tgc_thread_settle(t); // or another thread sees the next line before they are free
    atom_add_relaxed(&tgc_shared_of(t)->gc_young_bytes, out->freed_bytes);
}

// How many threads analyse the heap: as many as were set, or as there are processors, up to
// TGC_GC_THREADS, if the heap is large enough to start any for it. Tasks of the stress tester do
// all by themselves: what they do must repeat.
static unsigned members_of(tg_thread *t)
{
    tgc_gc *gc = tgc_gc_of(t);
    int64_t set = tgc_gc_get(gc, TG_GC_THREADS);
    if (t->task != NULL)
        return 1;
    if (set > 0)
        return set > (int64_t)TGI_CREW_MAX ? TGI_CREW_MAX : (unsigned)set;
    // ORDER: relaxed; world stopped.
    int64_t young = atom_load_relaxed(&tgc_shared_of(t)->gc_young);
    if ((int64_t)gc->figures.live + young < TGC_GC_THREADS_FROM)
        return 1;
    unsigned processors = tgi_crew_processors();
    return processors < TGC_GC_THREADS ? processors : TGC_GC_THREADS;
}

// The part of the pause that garbage took.
static int64_t of_garbage_ns(const tgc_garbage *g)
{
    if (g->candidates == 0)
        return 0;
    return (int64_t)((double)g->count_ns * (double)g->found / (double)g->candidates);
}

// `exclusive` is held, and is when it returns. False: no memory.
static bool collect(tg_thread *t, outcome *out, tgc_drained *drained)
{
    tgc_gc *gc = tgc_gc_of(t);
    tgc_shared *shared = tgc_shared_of(t);
    tgc_garbage g = {0};
    tgc_policy_merge_pending(t);
    int64_t begun = pause_begin(t);
    atom_add_relaxed(&gc->begun, 1); // ORDER: relaxed; whoever reads it is stopped now.
    tgc_gc_find(t, &g, members_of(t));
    // ORDER: relaxed (all); world stopped.
    int64_t bytes = atom_load_relaxed(&shared->gc_bytes);
    int64_t young = atom_load_relaxed(&shared->gc_young);
    int64_t young_bytes = atom_load_relaxed(&shared->gc_young_bytes);
    atom_store_relaxed(&shared->gc_young, 0);
    atom_store_relaxed(&shared->gc_young_bytes, 0);
    out->paused_ns = pause_end(t, begun);
    int64_t first_ns = out->paused_ns;
    tgc_gc_hold(t, &g);
    out->found = (int64_t)g.found;
    if (!g.short_of_memory)
        finish(t, &g, out);
    tgc_gc_forget(&g);
    *drained = g.drained;
    gc->last_found = g.short_of_memory ? -1 : out->found;

    int64_t now = tgi_clock_now_ns();
    tgi_mutex_lock(&gc->figures_lock);
    tg_gc_stats *f = &gc->figures;
    bytes -= out->freed_bytes;
    tgc_gc_lesson lesson = {
        .grown = young,
        .grown_bytes = young_bytes,
        .live = g.live,
        .live_bytes = bytes > 0 ? (uint64_t)bytes : 0,
        .spared_ns = first_ns - of_garbage_ns(&g),
        .run_ns = now - gc->ended_ns - out->paused_ns,
    };
    gc->ended_ns = now;
    f->collections++;
    f->abandoned += g.short_of_memory;
    f->found += (uint64_t)out->found;
    f->collected += (uint64_t)out->collected;
    f->resurrected += out->resurrected;
    f->candidates += g.candidates;
    f->mark_ns += (uint64_t)g.mark_ns;
    f->count_ns += (uint64_t)g.count_ns;
    f->threads = g.threads;
    f->total_ns += (uint64_t)(now - begun);
    // What could not be looked at lives, as far as anybody knows: the next try waits until there is
    // a good deal more of it.
    if (g.short_of_memory) {
        lesson.live = f->live + (uint64_t)(young > 0 ? young : 0);
        lesson.grown = lesson.grown_bytes = 0; // nothing is learned
    }
    tgc_gc_plan(t, &lesson);
    tgi_mutex_unlock(&gc->figures_lock);
    return !g.short_of_memory;
}

// --- callbacks

static int put(tg_thread *t, tg_value dict, const char *key, tg_value v)
{
    int st = v == TGC_NULL ? -1 : tgc_dict_set_cstr(t, dict, key, v);
    tgc_release(t, v);
    return st;
}

static tg_value info_of(tg_thread *t, const outcome *o, int64_t ns)
{
    tg_value info = tgc_dict_new(t);
    if (info == TGC_NULL)
        return TGC_NULL;
    if (put(t, info, "generation", tgc_from_int(2)) < 0 ||
        put(t, info, "collected", tgc_int_from_i64(t, o->collected)) < 0 ||
        put(t, info, "uncollectable", tgc_from_int(0)) < 0 ||
        put(t, info, "duration", tgc_float_new(t, (double)ns / 1e9)) < 0) {
        tgc_release(t, info);
        return TGC_NULL;
    }
    return info;
}

// Calls the functions on gc.callbacks. What they raise is reported.
static void call_back(tg_thread *t, const char *phase, const outcome *o, int64_t ns)
{
    tg_value list = tgc_slot_load(t, &tgc_gc_of(t)->callbacks);
    if (!tgc_is_list(list) || tgc_list_size(list) == 0) {
        tgc_release(t, list);
        return;
    }
    tg_value saved = tgc_error_fetch(t);
    tg_value args[2] = {tgc_str_cstr(t, phase), info_of(t, o, ns)};
    for (size_t i = 0; args[0] != TGC_NULL && args[1] != TGC_NULL; i++) {
        tg_value f = tgc_list_get(t, list, i);
        if (f == TGC_NULL)
            break;
        tg_value r = tgc_call(t, f, args, 2, TGC_NULL);
        if (r == TGC_NULL)
            tgc_report_unraisable(t, f);
        tgc_release(t, r);
        tgc_release(t, f);
    }
    tgc_error_clear(t);
    tgc_release(t, args[0]);
    tgc_release(t, args[1]);
    tgc_release(t, list);
    if (saved != TGC_NULL)
        tgc_error_restore(t, saved);
}

static int64_t request(tg_thread *t, bool waits)
{
    tgc_gc *gc = tgc_gc_of(t);
    tgc_thread *ct = tgc_of(t);
    if (gc == NULL || ct->collecting || tgc_shared_of(t)->ending) // L3
        return 0;
    ct->collecting = true;
    // ORDER: relaxed; changes in pauses only.
    uint64_t begun = atom_load_relaxed(&gc->begun);
    int64_t start = tgi_clock_now_ns(), result = 0;
    outcome out = {0};
    tgc_drained drained = {0};
    call_back(t, "start", &out, 0);
    bool locked = lock_for(t, waits);
    if (locked && atom_load_relaxed(&gc->begun) == begun) { // ORDER: relaxed; L1
        result = collect(t, &out, &drained) ? out.found : -1;
    } else {
        if (locked)
            result = gc->last_found;
        tgi_mutex_lock(&gc->figures_lock);
        gc->figures.shared++;
        tgi_mutex_unlock(&gc->figures_lock);
    }
    if (locked)
        unlock(t);
    tgc_weak_run_callbacks(t, out.pending);
    release_drained(t, &drained); // runs destructors
    call_back(t, "stop", &out, tgi_clock_now_ns() - start);
    ct->collecting = false;
    return result;
}

int64_t tgc_gc_collect(tg_thread *t)
{
    return request(t, true);
}

void tgc_gc_collect_unless_busy(tg_thread *t)
{
    (void)request(t, false);
}

void tgc_gc_fork_child(tg_thread *t)
{
    tgc_gc *gc = tgc_gc_of(t);
    if (!tgc_of(t)->gc_locked)
        tgi_mutex_reset(&gc->exclusive);
    tgi_mutex_reset(&gc->figures_lock);
}

void tgc_gc_figures(tg_thread *t, tg_gc_stats *out)
{
    tgc_gc *gc = tgc_gc_of(t);
    tgi_mutex_lock(&gc->figures_lock);
    *out = gc->figures;
    memcpy(&out->pauses, &gc->pauses, sizeof out->pauses);
    tgi_mutex_unlock(&gc->figures_lock);
}

tg_value tgc_gc_callbacks(tg_thread *t)
{
    return tgc_slot_load(t, &tgc_gc_of(t)->callbacks);
}

void tgc_gc_set_lists(tg_thread *t, tg_value callbacks, tg_value garbage)
{
    tgc_gc *gc = tgc_gc_of(t);
    tgc_release(t, tgc_slot_exchange(t, &gc->callbacks, tgc_retain(t, callbacks)));
    tgc_release(t, tgc_slot_exchange(t, &gc->garbage, tgc_retain(t, garbage)));
}
