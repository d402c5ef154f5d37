// SPDX-License-Identifier: MIT
//
// gil_times.c - histograms of waits for the GIL and of holds.
//
// Owns        tg_thread.gil_times, made at the first wait of a thread, and runtime.dead_gil_times.
// Locks       a rawlock per thread. All of this happens on slow paths, beside a park and a wake-up.
#include "thread/gil_times.h"

#include "mem/raw.h"        // memory
#include "thread/runtime.h" // list of threads

#include <stdio.h> // snprintf

static tgi_gil_times *times_of(tg_thread *t)
{
    // ORDER: relaxed; only the owner sets it.
    tgi_gil_times *times = atom_load_relaxed(&t->gil_times);
    if (times != NULL)
        return times;
    times = tgi_raw_calloc(1, sizeof *times);
    // ORDER: release; pairs with the acquire of readers: an empty histogram.
    atom_store_release(&t->gil_times, times);
    return times;
}

void tgi_gil_times_add_wait(tg_thread *t, int64_t ns)
{
    tgi_gil_times *times = times_of(t);
    if (times == NULL)
        return;
    tgi_rawlock_lock(&times->lock);
    tgi_histogram_add(&times->wait, ns);
    tgi_rawlock_unlock(&times->lock);
}

void tgi_gil_times_add_hold(tg_thread *t, int64_t ns)
{
    tgi_gil_times *times = times_of(t);
    if (times == NULL)
        return;
    tgi_rawlock_lock(&times->lock);
    tgi_histogram_add(&times->hold, ns);
    tgi_rawlock_unlock(&times->lock);
}

static void merge(tgi_gil_times *times, tgi_histogram *wait, tgi_histogram *hold)
{
    if (times == NULL)
        return;
    tgi_rawlock_lock(&times->lock);
    tgi_histogram_merge(wait, &times->wait);
    tgi_histogram_merge(hold, &times->hold);
    tgi_rawlock_unlock(&times->lock);
}

void tgi_gil_times_read_thread(tg_thread *t, tgi_histogram *wait, tgi_histogram *hold)
{
    tgi_histogram_reset(wait);
    tgi_histogram_reset(hold);
    // ORDER: acquire; pairs with the release in times_of.
    merge(atom_load_acquire(&t->gil_times), wait, hold);
}

void tgi_gil_times_read(tg_runtime *rt, tgi_histogram *wait, tgi_histogram *hold)
{
    tgi_histogram_reset(wait);
    tgi_histogram_reset(hold);
    tgi_rawlock_lock(&rt->threads_lock);
    merge(&rt->dead_gil_times, wait, hold);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        // ORDER: acquire; pairs with the release in times_of.
        merge(atom_load_acquire(&t->gil_times), wait, hold);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
}

uint32_t tgi_gil_times_next_thread(tg_runtime *rt, size_t from, char *name, size_t name_bytes,
                                   tgi_histogram *wait, tgi_histogram *hold)
{
    tg_thread *found = NULL;
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        // ORDER: acquire; pairs with the release in times_of.
        if (t->id >= from && (found == NULL || t->id < found->id) &&
            atom_load_acquire(&t->gil_times) != NULL)
            found = t;
    }
    if (found != NULL) {
        snprintf(name, name_bytes, "%s", found->name);
        tgi_gil_times_read_thread(found, wait, hold);
    }
    uint32_t id = found != NULL ? found->id : 0;
    tgi_rawlock_unlock(&rt->threads_lock);
    return id;
}

void tgi_gil_times_bury_locked(tg_thread *t)
{
    tgi_gil_times *dead = &t->runtime->dead_gil_times;
    // ORDER: acquire; pairs with the release in times_of.
    merge(atom_load_acquire(&t->gil_times), &dead->wait, &dead->hold);
}

void tgi_gil_times_reset_locks(tg_thread *t)
{
    // ORDER: acquire; pairs with the release in times_of.
    tgi_gil_times *times = atom_load_acquire(&t->gil_times);
    if (times != NULL)
        tgi_rawlock_reset(&times->lock);
    tgi_rawlock_reset(&t->runtime->dead_gil_times.lock);
}

void tgi_gil_times_free(tg_thread *t)
{
    // ORDER: relaxed; nobody else has t any more.
    tgi_raw_free(atom_load_relaxed(&t->gil_times));
}
