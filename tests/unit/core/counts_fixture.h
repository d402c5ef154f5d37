// SPDX-License-Identifier: MIT
//
// counts_fixture.h - objects that report their death, and a second thread that does one step at a
// time. For one file per test: everything is static.
#ifndef TEST_COUNTS_FIXTURE_H
#define TEST_COUNTS_FIXTURE_H

#include "containers_fixture.h" // runtime
#include "test.h"               // REQUIRE

#include "core/object/object.h" // tgc_new
#include "core/object/state.h"  // tgc_thread
#include "thread/breaker.h"     // polls

#include <sched.h>

static _Atomic(int) deaths;
static _Atomic(uint32_t) dead_by;

static void (*at_death)(tg_thread *t); // of the test: called once, by the next dealloc

static void probe_dealloc(tg_thread *t, tgc_obj *o)
{
    atomic_fetch_add(&deaths, 1);
    atomic_store(&dead_by, t->id);
    tgc_delete(t, o, sizeof *o);
    void (*then)(tg_thread * t) = at_death;
    if (then != NULL) {
        at_death = NULL;
        then(t);
    }
}

static tgc_type probe_type = {.head = TGC_IMMORTAL_HEAD(&probe_type),
                              .name = "probe",
                              .size = sizeof(tgc_obj),
                              .dealloc = probe_dealloc};

TGI_UNUSED static tgc_obj *probe(tg_thread *t)
{
    tgc_obj *o = tgc_new(t, &probe_type, sizeof *o);
    REQUIRE(o != NULL);
    return o;
}

// A second thread that does one step at a time. The owner does not poll while it waits for a step.
typedef void (*step_fn)(tg_thread *t, tgc_obj *o);

static struct other {
    _Atomic(step_fn) step;
    _Atomic(bool) stop;
    tgc_obj *o;
    uint32_t id;
    bool answer;
} other;

static void other_main(void *context, int index)
{
    (void)context, (void)index;
    tg_thread *t = fixture_enter();
    other.id = t->id;
    for (;;) {
        step_fn step = atomic_load(&other.step);
        if (step != NULL) {
            step(t, other.o);
            atomic_store(&other.step, NULL);
        } else if (atomic_load(&other.stop)) {
            break;
        } else {
            sched_yield();
        }
    }
    fixture_leave(t);
}

TGI_UNUSED static void on_other(step_fn step, tgc_obj *o)
{
    other.o = o;
    atomic_store(&other.step, step);
    while (atomic_load(&other.step) != NULL)
        sched_yield();
}

TGI_UNUSED static void drop_it(tg_thread *t, tgc_obj *o)
{
    tgc_decref(t, o);
}
TGI_UNUSED static void take_it(tg_thread *t, tgc_obj *o)
{
    tgc_incref(t, o);
}
TGI_UNUSED static void try_it(tg_thread *t, tgc_obj *o)
{
    other.answer = tgc_try_incref(t, o);
}
TGI_UNUSED static void publish_it(tg_thread *t, tgc_obj *o)
{
    tgc_publish(t, o);
}
TGI_UNUSED static void poll_it(tg_thread *t, tgc_obj *o)
{
    (void)o;
    REQUIRE(tgi_breaker_poll(t) == TG_OK);
}

// Not a poll: it might find that a fold is wanted since an earlier test. That stops who waits for
// this step, and does not poll.
static void be_there(tg_thread *t, tgc_obj *o)
{
    (void)t, (void)o;
}

static test_threads *threads;
static int64_t objects_before;

TGI_UNUSED static tg_thread *begin(void)
{
    fixture_runtime();
    atomic_store(&deaths, 0);
    atomic_store(&dead_by, 0);
    atomic_store(&other.stop, false);
    objects_before = fixture_objects(NULL);
    threads = test_threads_start(1, other_main, NULL);
    tg_thread *t = fixture_enter();
    on_other(be_there, NULL);
    return t;
}

TGI_UNUSED static void end(tg_thread *t)
{
    atomic_store(&other.stop, true);
    if (t != NULL)
        fixture_leave(t);
    test_threads_join(threads);
    CHECK_EQ_INT(fixture_objects(NULL), objects_before);
}

#define BEGIN()                                                    \
    if (!TGC_FREE_THREADED)                                        \
        SKIP("classic counts have one attached thread at a time"); \
    tg_thread *t = begin()

#endif
