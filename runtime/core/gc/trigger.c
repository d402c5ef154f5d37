// SPDX-License-Identifier: MIT
//
// trigger.c - when a collection is due.
//
// How         each thread counts the tracked objects it makes and frees, and the bytes; every
//             TGC_GC_BATCH objects it adds the difference to the interpreter's sum
//             (object/object.c). When the sum passes a limit the thread sets the collect bit of its
//             own breaker: the collection runs at its next poll, never inside an allocation.
// Limit       the heap has to grow by a share of what lived after the last collection, and by
//             threshold0 * threshold1 objects. The share is the one at which TGC_GC_BUSY of the
//             time goes into what fewer collections would spare: Note [growth].
// Threads     the sums are atomic; the plan is made by the thread that collected, under
//             `exclusive`.
// Rejected    a clock: a program that makes no cycles would be paused for nothing. Generations: an
//             object without a collector's header cannot be in a list of the young. A limit for
//             the share of pauses as a whole: with much garbage no growth keeps it, and a growth
//             that tries costs memory for nothing.
// Sources     "A Guide to the Go Garbage Collector" (docs/papers.md): growth by as much as lives is
//             the usual compromise, and what a collection costs divides by the growth.
//
// Note [growth]
// What a pause costs has two parts. Garbage has to be counted whenever it is found: per object made
// that is a constant. What lives has to be marked (and counted, where no root leads to it) in each
// collection, so half as many cost half as much: this part, the spared one, is a price for memory.
// If the heap took a time of r to grow by a share g of what lives, the price of a collection each
// time it does is spared_ns / (r + spared_ns). It is TGC_GC_BUSY where the share is
// g * spared_ns * (1 / TGC_GC_BUSY - 1) / r. That is what to aim at, within bounds and in steps:
// a pause that was disturbed looks long, a program that waited seems to grow slowly. The same holds
// for a collection that somebody asked for; only of one after next to no growth nothing is learned.
#include "core/gc/gc_internal.h"

#include "base/clock.h"     // start
#include "mem/raw.h"        // memory
#include "thread/breaker.h" // collect bit

#define TGC_GC_BUSY         0.05
#define TGC_GC_GROWTH_FIRST 1.0
#define TGC_GC_GROWTH_MIN   0.25
#define TGC_GC_GROWTH_MAX   2.0
#define TGC_GC_GROWTH_KNOWN 0.05 // of less nothing is learned
#define TGC_GC_STEP_UP      2.0
#define TGC_GC_STEP_DOWN    1.5
#define TGC_GC_BYTES_MIN    (INT64_C(64) << 20)

tgc_gc *tgc_gc_new(void)
{
    tgc_gc *gc = tgi_raw_calloc(1, sizeof *gc);
    if (gc == NULL)
        return NULL;
    tgi_mutex_reset(&gc->exclusive);
    tgi_mutex_reset(&gc->figures_lock);
    tgi_histogram_reset(&gc->pauses);
    gc->growth = TGC_GC_GROWTH_FIRST;
    static const int64_t initial[TG_GC_SETTINGS] = {
        [TG_GC_ENABLED] = 1,
        [TG_GC_THRESHOLD0] = 700,
        [TG_GC_THRESHOLD1] = 10,
        [TG_GC_THRESHOLD2] = 10,
    };
    for (int i = 0; i < TG_GC_SETTINGS; i++)
        atom_store_relaxed(&gc->setting[i], initial[i]); // ORDER: relaxed; private.
    atom_store_relaxed(&gc->callbacks.word, TGC_NONE);   // ORDER: relaxed; private.
    atom_store_relaxed(&gc->garbage.word, TGC_NONE);     // ORDER: relaxed; private.
    return gc;
}

void tgc_gc_free(tgc_gc *gc)
{
    tgi_raw_free(gc);
}

// The least growth that makes a collection worth its while.
static int64_t base_objects(tgc_gc *gc)
{
    int64_t first = tgc_gc_get(gc, TG_GC_THRESHOLD0), second = tgc_gc_get(gc, TG_GC_THRESHOLD1);
    return second > 1 && first < INT64_MAX / second ? first * second : first;
}

// figures_lock is held, or nobody else knows gc yet.
static void set_limits(tgc_shared *shared, tgc_gc *gc, uint64_t live, int64_t live_bytes)
{
    int64_t objects = base_objects(gc), bytes = TGC_GC_BYTES_MIN;
    if (tgc_gc_get(gc, TG_GC_THRESHOLD1) > 0) { // 0: no regard to what lives
        int64_t more = (int64_t)((double)live * gc->growth);
        objects = objects > more ? objects : more;
    }
    int64_t more = (int64_t)((double)live_bytes * gc->growth);
    bytes = bytes > more ? bytes : more;
    bool off = tgc_gc_get(gc, TG_GC_ENABLED) == 0 || tgc_gc_get(gc, TG_GC_THRESHOLD0) <= 0;
    // ORDER: relaxed (both); a limit that is seen late does no harm.
    atom_store_relaxed(&shared->gc_limit, off ? INT64_MAX : objects);
    atom_store_relaxed(&shared->gc_limit_bytes, off ? INT64_MAX : bytes);
}

void tgc_gc_start(tg_thread *t)
{
    tgc_gc_of(t)->ended_ns = tgi_clock_now_ns();
    set_limits(tgc_shared_of(t), tgc_gc_of(t), 0, 0);
}

static double within(double low, double x, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double share_of(int64_t grown, uint64_t live, int64_t least)
{
    double of = (double)live > (double)least ? (double)live : (double)least;
    return of > 0 ? (double)grown / of : 0;
}

double tgc_gc_growth(double growth, const tgc_gc_lesson *l, int64_t least_objects)
{
    double objects = share_of(l->grown, l->live, least_objects);
    double bytes = share_of(l->grown_bytes, l->live_bytes, TGC_GC_BYTES_MIN);
    double grown = objects > bytes ? objects : bytes;
    if (grown < TGC_GC_GROWTH_KNOWN)
        return growth;
    double run = l->run_ns > 0 ? (double)l->run_ns : 1;
    double aim = grown * (double)l->spared_ns * (1 / TGC_GC_BUSY - 1) / run;
    aim = within(growth / TGC_GC_STEP_DOWN, aim, growth * TGC_GC_STEP_UP);
    return within(TGC_GC_GROWTH_MIN, aim, TGC_GC_GROWTH_MAX);
}

void tgc_gc_plan(tg_thread *t, const tgc_gc_lesson *l)
{
    tgc_gc *gc = tgc_gc_of(t);
    gc->growth = tgc_gc_growth(gc->growth, l, base_objects(gc));
    gc->figures.live = l->live;
    gc->figures.live_bytes = l->live_bytes;
    set_limits(tgc_shared_of(t), gc, l->live, (int64_t)l->live_bytes);
}

int64_t tgc_gc_setting(tg_thread *t, int which, int64_t set)
{
    tgc_gc *gc = tgc_gc_of(t);
    if (set >= 0 && which < TG_GC_YOUNG) {
        // ORDER: relaxed; a setting.
        atom_store_relaxed(&gc->setting[which], set);
        tgi_mutex_lock(&gc->figures_lock); // a collection that ends plans at the same time
        set_limits(tgc_shared_of(t), gc, gc->figures.live, (int64_t)gc->figures.live_bytes);
        tgi_mutex_unlock(&gc->figures_lock);
    }
    if (which == TG_GC_YOUNG) {
        // ORDER: relaxed; a report.
        int64_t young = atom_load_relaxed(&tgc_shared_of(t)->gc_young) + tgc_of(t)->gc_balance;
        return young > 0 ? young : 0;
    }
    return tgc_gc_get(gc, which);
}

tg_status tgc_gc_poll(tg_thread *t)
{
    tgc_gc *gc = tgc_gc_of(t);
    tgc_shared *shared = tgc_shared_of(t);
    // ORDER: relaxed (all); another thread may just have done it.
    bool due =
        atom_load_relaxed(&shared->gc_young) > atom_load_relaxed(&shared->gc_limit) ||
        atom_load_relaxed(&shared->gc_young_bytes) > atom_load_relaxed(&shared->gc_limit_bytes);
    if (!due || gc == NULL || tgc_of(t)->collecting || shared->ending ||
        !tgi_mutex_trylock(&gc->exclusive))
        return TG_OK;
    tgi_mutex_unlock(&gc->exclusive);
    tgc_gc_collect_unless_busy(t);
    return TG_OK;
}
