// SPDX-License-Identifier: MIT
//
// test_weakref.c - weak references and finalizers, step by step: the upgrade against the last
// release, by the owner and by a foreign thread; callbacks; finalizers; the collector's way.
//
// Attacks     W1-W4 of object/weakref.h, F1-F2 of object/finalize.c. Wrong looks like: an upgrade
//             that returns an object whose dealloc ran (its canary is gone, or the address
//             sanitizer speaks), one that fails on a live object, a callback that runs twice, for a
//             weak reference that is dying, or before its target is dead; a finalizer that runs
//             twice.
#include "containers_fixture.h"
#include "test.h"

#include "core/object/class.h"
#include "core/object/error.h"
#include "core/object/finalize.h"
#include "core/object/state.h"
#include "core/object/weakref.h"
#include "mem/objmap.h"
#include "sync/point.h"
#include "thread/breaker.h"
#include "thread/runtime.h"

#include <sched.h>

#define ALIVE UINT64_C(0x600d600d600d600d)

typedef struct probe {
    tgc_obj head;
    _Atomic(uint64_t) canary;
    tgc_obj *child; // owned, or NULL
    _Atomic(uintptr_t) weak;
} probe;

static _Atomic(int) deaths, finalized, calls;
static _Atomic(uint32_t) dead_by;
static tgc_weakref *looked_at; // by deallocs and finalizers
static _Atomic(int) seen_alive, seen_dead;
static tgc_obj *kept; // by the finalizer, which keeps what it gets if keep is set
static bool keep;

static void look(tg_thread *t)
{
    if (looked_at == NULL)
        return;
    tg_value v = tgc_weak_get(t, looked_at);
    atomic_fetch_add(v == TGC_NONE ? &seen_dead : &seen_alive, 1);
    tgc_release(t, v);
}

static void probe_dealloc(tg_thread *t, tgc_obj *o)
{
    probe *p = (probe *)(void *)o;
    tgc_untrack(t, o);
    atomic_fetch_add(&deaths, 1);
    atomic_store(&dead_by, t->id);
    atomic_store(&p->canary, 0);
    if (p->child != NULL)
        tgc_decref(t, p->child);
    look(t);
    tgc_delete(t, o, sizeof(probe));
}

static void probe_finalize(tg_thread *t, tgc_obj *o)
{
    atomic_fetch_add(&finalized, 1);
    look(t);
    if (keep) {
        tgc_incref(t, o);
        kept = o;
    }
}

static tgc_type probe_type = {.head = TGC_IMMORTAL_HEAD(&probe_type),
                              .name = "probe",
                              .size = sizeof(probe),
                              .flags = TGC_TF_TRACKED,
                              .weak_offset = offsetof(probe, weak),
                              .dealloc = probe_dealloc};
static tgc_type mortal_type = {.head = TGC_IMMORTAL_HEAD(&mortal_type),
                               .name = "mortal",
                               .size = sizeof(probe),
                               .flags = TGC_TF_TRACKED | TGC_TF_DEL,
                               .weak_offset = offsetof(probe, weak),
                               .dealloc = probe_dealloc,
                               .finalize = probe_finalize};
static tgc_type wordless_type = {.head = TGC_IMMORTAL_HEAD(&wordless_type),
                                 .name = "wordless",
                                 .size = sizeof(probe),
                                 .flags = TGC_TF_TRACKED | TGC_TF_DEL,
                                 .dealloc = probe_dealloc,
                                 .finalize = probe_finalize};

// Callbacks: one object that notes who called it.
static tgc_obj *called_with[8];
static _Atomic(int) deaths_at_call;
static _Atomic(bool) dead_at_call;

static tg_value catcher_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                             tg_value kwnames)
{
    (void)t, (void)f, (void)kwnames;
    int n = atomic_fetch_add(&calls, 1);
    if (nargs == 1 && n < 8)
        called_with[n] = tgc_ptr(args[0]);
    atomic_store(&deaths_at_call, atomic_load(&deaths));
    atomic_store(&dead_at_call, tgc_weak_is_dead((tgc_weakref *)(void *)tgc_ptr(args[0])));
    return TGC_NONE;
}

static tgc_type catcher_type = {
    .head = TGC_IMMORTAL_HEAD(&catcher_type), .name = "catcher", .call = catcher_call};
static tgc_obj catcher = TGC_IMMORTAL_HEAD(&catcher_type);

static tgc_shared shared;

// A second thread that does one step at a time.
typedef void (*step_fn)(tg_thread *t);
static _Atomic(step_fn) step;
static _Atomic(bool) stop;
static uint32_t other_id;
static tgc_obj *target;
static tgc_weakref *weak;
static tg_value answer;

static void other_main(void *context, int index)
{
    (void)context, (void)index;
    tg_thread *t = fixture_enter();
    other_id = t->id;
    for (;;) {
        step_fn fn = atomic_load(&step);
        if (fn != NULL) {
            fn(t);
            atomic_store(&step, NULL);
        } else if (atomic_load(&stop)) {
            break;
        } else {
            sched_yield();
        }
    }
    fixture_leave(t);
}

static void start_step(step_fn fn)
{
    atomic_store(&step, fn);
}

static void wait_step(void)
{
    while (atomic_load(&step) != NULL)
        sched_yield();
}

static void on_other(step_fn fn)
{
    start_step(fn);
    wait_step();
}

static void poll_it(tg_thread *t)
{
    REQUIRE(tgi_breaker_poll(t) == TG_OK);
}
// Not a poll, which might stop who waits for this step.
static void be_there(tg_thread *t)
{
    (void)t;
}
static void get_it(tg_thread *t)
{
    answer = tgc_weak_get(t, weak);
}
static void drop_answer(tg_thread *t)
{
    tgc_release(t, answer);
}
static void drop_target(tg_thread *t)
{
    tgc_decref(t, target);
}
static void take_target(tg_thread *t)
{
    tgc_incref(t, target);
}
static void drop_weak(tg_thread *t)
{
    tgc_decref(t, &weak->head);
}

static test_threads *threads;

static void reset(void)
{
    atomic_store(&deaths, 0);
    atomic_store(&finalized, 0);
    atomic_store(&calls, 0);
    atomic_store(&seen_alive, 0);
    atomic_store(&seen_dead, 0);
    looked_at = NULL;
    kept = NULL;
    keep = false;
}

static tg_thread *enter(void)
{
    static bool types_ready;
    tg_runtime *rt = fixture_runtime();
    rt->main_interp->core = &shared;
    tg_thread *t = fixture_enter();
    if (!types_ready) {
        REQUIRE(tgc_type_ready(t, &tgc_weakref_type) == 0);
        REQUIRE(tgc_type_ready(t, &tgc_weakproxy_type) == 0);
        types_ready = true;
    }
    reset();
    return t;
}

static int64_t objects_before;

static tg_thread *begin(void)
{
    fixture_leave(enter());
    objects_before = fixture_objects(NULL);
    atomic_store(&stop, false);
    threads = test_threads_start(1, other_main, NULL);
    tg_thread *t = fixture_enter();
    on_other(be_there);
    return t;
}

static void end(tg_thread *t)
{
    atomic_store(&stop, true);
    fixture_leave(t);
    test_threads_join(threads);
    CHECK_EQ_INT(fixture_objects(NULL), objects_before);
}

#define BEGIN()                                                    \
    if (!TGC_FREE_THREADED)                                        \
        SKIP("classic counts have one attached thread at a time"); \
    tg_thread *t = begin()

static tgc_obj *make(tg_thread *t, tgc_type *type)
{
    probe *p = (probe *)(void *)tgc_new(t, type, sizeof *p);
    REQUIRE(p != NULL);
    atomic_store(&p->canary, ALIVE);
    tgc_track(t, &p->head);
    return &p->head;
}

static tgc_weakref *weak_to(tg_thread *t, tgc_obj *o, bool with_callback)
{
    tg_value v = tgc_weak_make(t, &tgc_weakref_type, tgc_from_ptr(o),
                               with_callback ? tgc_from_ptr(&catcher) : TGC_NONE);
    REQUIRE(v != TGC_NULL);
    return (tgc_weakref *)(void *)tgc_ptr(v);
}

// --- one thread

TEST(a_weak_reference_leads_to_its_object_until_it_dies)
{
    tg_thread *t = enter();
    tgc_obj *o = make(t, &probe_type);
    tgc_weakref *w = weak_to(t, o, false), *again = weak_to(t, o, false);
    CHECK(w == again);
    CHECK_EQ_INT(tgc_weak_count(t, tgc_from_ptr(o)), 1);
    CHECK(tgc_weak_get(t, w) == tgc_from_ptr(o));
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK(tgc_weak_get(t, w) == TGC_NONE);
    CHECK(tgc_weak_is_dead(w));
    tgc_decref(t, &w->head);
    tgc_decref(t, &w->head);
    fixture_leave(t);
}

TEST(a_weak_reference_may_die_first)
{
    tg_thread *t = enter();
    tgc_obj *o = make(t, &probe_type);
    tgc_weakref *a = weak_to(t, o, true), *b = weak_to(t, o, false), *c = weak_to(t, o, true);
    CHECK_EQ_INT(tgc_weak_count(t, tgc_from_ptr(o)), 3);
    tgc_decref(t, &c->head);
    tgc_decref(t, &b->head);
    CHECK_EQ_INT(tgc_weak_count(t, tgc_from_ptr(o)), 1);
    tgc_decref(t, &a->head);
    CHECK_EQ_INT(tgc_weak_count(t, tgc_from_ptr(o)), 0);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&calls), 0);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    fixture_leave(t);
}

TEST(callbacks_run_newest_first_when_nothing_leads_to_the_object_any_more)
{
    tg_thread *t = enter();
    tgc_obj *o = make(t, &probe_type);
    tgc_weakref *a = weak_to(t, o, true), *b = weak_to(t, o, true), *plain = weak_to(t, o, false);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&calls), 2);
    CHECK(called_with[0] == &b->head);
    CHECK(called_with[1] == &a->head);
    CHECK(dead_at_call);
    tgc_decref(t, &a->head);
    tgc_decref(t, &b->head);
    tgc_decref(t, &plain->head);
    fixture_leave(t);
}

TEST(what_waits_for_its_dealloc_is_dead_for_weak_references)
{
    enum { DEPTH = 60 }; // more than the deallocs that may nest
    tg_thread *t = enter();
    tgc_obj *last = make(t, &probe_type), *o = last;
    tgc_weakref *w = weak_to(t, last, false);
    for (int i = 1; i < DEPTH; i++) {
        tgc_obj *outer = make(t, &probe_type);
        ((probe *)(void *)outer)->child = o;
        o = outer;
        if (i == DEPTH - 51) { // the first that is put off: it keeps the rest
            tgc_decref(t, &w->head);
            w = weak_to(t, o, false);
        }
    }
    looked_at = w;
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), DEPTH);
    CHECK_EQ_INT(atomic_load(&seen_dead), DEPTH);
    CHECK_EQ_INT(atomic_load(&seen_alive), 0);
    looked_at = NULL;
    tgc_decref(t, &w->head);
    fixture_leave(t);
}

static void finalizes_once(tgc_type *type)
{
    tg_thread *t = enter();
    tgc_obj *o = make(t, type);
    tgc_weakref *w = type->weak_offset != 0 ? weak_to(t, o, true) : NULL;
    looked_at = w;
    keep = true;
    CHECK(tgc_needs_finalizer(t, o));
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&finalized), 1);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    CHECK(kept == o);
    CHECK(!tgc_needs_finalizer(t, o));
    CHECK(tgi_objmap_contains(o));
    CHECK_EQ_INT(atomic_load(&calls), 0);
    CHECK_EQ_INT(tgc_refcount(o), 1);
    tgc_finalize(t, o); // as a collector would
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&finalized), 1);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    if (w != NULL) {
        CHECK_EQ_INT(atomic_load(&seen_alive), 1); // in the finalizer
        CHECK_EQ_INT(atomic_load(&seen_dead), 1);  // in the dealloc
        CHECK_EQ_INT(atomic_load(&calls), 1);
        tgc_decref(t, &w->head);
    }
    CHECK_EQ_INT(shared.finalized_count, 0);
    fixture_leave(t);
}

TEST(a_finalizer_runs_once_however_often_its_object_dies)
{
    finalizes_once(&mortal_type);
}

TEST(objects_without_a_weak_word_are_finalized_once_too)
{
    finalizes_once(&wordless_type);
}

static bool is_the_one(tgc_obj *o, void *arg)
{
    return o == arg;
}

TEST(a_collector_clears_garbage_before_anything_runs)
{
    tg_thread *t = enter();
    tgc_obj *o = make(t, &mortal_type);
    tgc_weakref *in = weak_to(t, o, true), *out = weak_to(t, o, true);
    tgc_weakref *pending = NULL;
    tgc_weak_clear(t, o, &pending, is_the_one, in);
    CHECK(tgc_weak_get(t, in) == TGC_NONE);
    CHECK(tgc_weak_get(t, out) == TGC_NONE);
    CHECK_EQ_INT(atomic_load(&calls), 0);
    CHECK(pending == out);
    CHECK(out->next == NULL);
    tgc_obj *second = make(t, &probe_type);
    tgc_weakref *of_second = weak_to(t, second, true);
    tgc_weak_clear(t, second, &pending, is_the_one, in);
    CHECK(pending == out);
    CHECK(out->next == of_second);
    tgc_weak_run_callbacks(t, pending);
    CHECK_EQ_INT(atomic_load(&calls), 2);
    CHECK_EQ_INT(deaths_at_call, 0);
    tgc_finalize(t, o);
    CHECK_EQ_INT(atomic_load(&finalized), 1);
    tgc_decref(t, o);
    tgc_decref(t, second);
    CHECK_EQ_INT(atomic_load(&finalized), 1);
    CHECK_EQ_INT(atomic_load(&deaths), 2);
    CHECK_EQ_INT(atomic_load(&calls), 2);
    tgc_decref(t, &in->head);
    tgc_decref(t, &out->head);
    tgc_decref(t, &of_second->head);
    fixture_leave(t);
}

// --- the upgrade against the last release

// The foreign thread stops between its look at the target and its try to count it.
static _Atomic(bool) at_the_point, may_go_on;
static const void *watched;

static void stop_there(tgi_point_kind kind, const void *addr)
{
    if (kind != TGI_POINT_ACCESS || addr != watched || atomic_exchange(&at_the_point, true))
        return;
    while (!atomic_load(&may_go_on))
        sched_yield();
}

static void watch(const void *addr)
{
    watched = addr;
    atomic_store(&at_the_point, false);
    atomic_store(&may_go_on, false);
    tgi_point_set_hook(stop_there);
}

static void wait_at_the_point(void)
{
    while (!atomic_load(&at_the_point))
        sched_yield();
}

static void go_on(void)
{
    atomic_store(&may_go_on, true);
    wait_step();
    tgi_point_set_hook(NULL);
}

#define NEEDS_POINTS() \
    if (!TGI_POINTS)   \
    SKIP("needs scheduling points")

TEST(an_upgrade_that_comes_after_the_owners_last_release_fails)
{
    NEEDS_POINTS();
    BEGIN();
    target = make(t, &probe_type);
    weak = weak_to(t, target, false);
    watch(weak);
    start_step(get_it);
    wait_at_the_point(); // it holds the address
    tgc_decref(t, target);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    go_on();
    CHECK(answer == TGC_NONE);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    tgc_decref(t, &weak->head);
    end(t);
}

TEST(an_upgrade_that_comes_after_a_foreign_last_release_fails)
{
    BEGIN();
    target = make(t, &probe_type);
    weak = weak_to(t, target, false);
    on_other(take_target);
    tgc_decref(t, target); // the other has the last one
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    on_other(drop_target);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_UINT(atomic_load(&dead_by), other_id);
    CHECK(tgc_weak_get(t, weak) == TGC_NONE);
    tgc_decref(t, &weak->head);
    end(t);
}

TEST(an_upgrade_between_the_last_release_and_the_clearing_fails)
{
    NEEDS_POINTS();
    BEGIN();
    target = make(t, &probe_type);
    weak = weak_to(t, target, false);
    on_other(take_target);
    tgc_decref(t, target);
    watch(target); // the other stops when the count is zero and nothing is cleared yet
    start_step(drop_target);
    wait_at_the_point();
    CHECK(!tgc_weak_is_dead(weak));
    CHECK(tgc_weak_get(t, weak) == TGC_NONE);
    go_on();
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK(tgc_weak_is_dead(weak));
    tgc_decref(t, &weak->head);
    end(t);
}

TEST(an_upgrade_that_comes_before_the_last_release_keeps_the_object)
{
    BEGIN();
    target = make(t, &probe_type);
    weak = weak_to(t, target, true);
    on_other(get_it);
    CHECK(answer == tgc_from_ptr(target));
    tgc_decref(t, target);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    CHECK_EQ_INT(atomic_load(&calls), 0);
    on_other(drop_answer);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_UINT(atomic_load(&dead_by), other_id);
    CHECK_EQ_INT(atomic_load(&calls), 1);
    tgc_decref(t, &weak->head);
    end(t);
}

TEST(an_upgrade_by_the_owner_of_what_waits_in_its_queue_keeps_the_object)
{
    BEGIN();
    target = make(t, &probe_type);
    weak = weak_to(t, target, false);
    on_other(drop_target); // biased: queued for the owner; atomic: dead
    bool queued = atomic_load(&deaths) == 0;
    tg_value v = tgc_weak_get(t, weak);
    CHECK((v != TGC_NONE) == queued);
    poll_it(t);
    if (v != TGC_NONE)
        CHECK(atomic_load(&((probe *)(void *)tgc_ptr(v))->canary) == ALIVE);
    tgc_release(t, v);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    tgc_decref(t, &weak->head);
    end(t);
}

TEST(an_upgrade_while_the_finalizer_runs_keeps_the_object)
{
    NEEDS_POINTS();
    BEGIN();
    target = make(t, &mortal_type);
    weak = weak_to(t, target, false);
    looked_at = weak; // the finalizer gets it too, and stops on the way
    watch(weak);
    on_other(take_target);
    tgc_decref(t, target);
    start_step(drop_target);
    wait_at_the_point();
    tg_value v = tgc_weak_get(t, weak);
    CHECK(v == tgc_from_ptr(target));
    go_on();
    looked_at = NULL;
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    CHECK_EQ_INT(atomic_load(&finalized), 1);
    tgc_release(t, v);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_INT(atomic_load(&finalized), 1);
    tgc_decref(t, &weak->head);
    end(t);
}

TEST(a_dying_weak_reference_is_not_called_back)
{
    NEEDS_POINTS();
    BEGIN();
    target = make(t, &probe_type);
    weak = weak_to(t, target, true);
    on_other(poll_it);
    tgc_incref(t, &weak->head);
    on_other(drop_weak); // so that the other drops the last one, merged under biased
    poll_it(t);
    watch(weak);
    start_step(drop_weak);
    wait_at_the_point(); // it is dead, and still on the list
    tgc_decref(t, target);
    CHECK_EQ_INT(atomic_load(&calls), 0);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    go_on();
    CHECK_EQ_INT(atomic_load(&calls), 0);
    end(t);
}

TEST(the_memory_of_an_object_with_weak_references_outlives_its_readers)
{
    BEGIN();
    target = make(t, &probe_type);
    weak = weak_to(t, target, false);
    CHECK(tgc_was_published(target));
    tgc_decref(t, target);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    tgc_decref(t, &weak->head);
    end(t);
}

// --- many threads: no dead object comes out, nothing is lost

enum { SLOTS = 4, WORKERS = 4 };
static tgc_slot strong[SLOTS], weaks[SLOTS];
static _Atomic(int64_t) got, gone;

static void race(tg_thread *t, void *context, int index)
{
    (void)context;
    uint64_t seed = test_seed() + (uint64_t)index * 977;
    int rounds = (int)test_scale(20000);
    for (int i = 0; i < rounds; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        tgc_slot *s = &strong[seed >> 40 & (SLOTS - 1)], *ws = &weaks[seed >> 40 & (SLOTS - 1)];
        if ((seed >> 60) < 5) { // a new object, with a weak reference beside it
            tgc_obj *o = make(t, (seed >> 59 & 1) != 0 ? &probe_type : &mortal_type);
            tgc_weakref *w = weak_to(t, o, (seed >> 58 & 1) != 0);
            tgc_release(t, tgc_slot_exchange(t, ws, tgc_from_ptr(w)));
            tgc_release(t, tgc_slot_exchange(t, s, tgc_from_ptr(o)));
        } else if ((seed >> 60) < 7) {
            tgc_release(t, tgc_slot_exchange(t, s, TGC_NONE));
        } else {
            tg_value w = tgc_slot_load(t, ws);
            if (w == TGC_NONE)
                continue;
            tg_value v = tgc_weak_get(t, (tgc_weakref *)(void *)tgc_ptr(w));
            if (v != TGC_NONE) {
                if (atomic_load(&((probe *)(void *)tgc_ptr(v))->canary) != ALIVE)
                    FAIL("a dead object came out of a weak reference");
                atomic_fetch_add(&got, 1);
                if ((seed >> 59 & 1) != 0) { // further references to it come and go
                    tgc_weakref *more = weak_to(t, tgc_ptr(v), (seed >> 58 & 1) != 0);
                    tgc_decref(t, &more->head);
                }
            } else {
                atomic_fetch_add(&gone, 1);
            }
            tgc_release(t, v);
            tgc_release(t, w);
        }
        if (i % 16 == 0)
            REQUIRE(tgi_breaker_poll(t) == TG_OK);
    }
}

TEST(threads_race_for_the_last_reference)
{
    tg_thread *t = enter();
    for (int i = 0; i < SLOTS; i++) {
        tgc_slot_init(t, &strong[i], TGC_NONE);
        tgc_slot_init(t, &weaks[i], TGC_NONE);
    }
    fixture_leave(t);
    int64_t before = fixture_objects(NULL);
    fixture_run_threads(WORKERS, race, NULL);
    t = fixture_enter();
    for (int i = 0; i < SLOTS; i++) {
        tgc_release(t, tgc_slot_exchange(t, &strong[i], TGC_NONE));
        tgc_release(t, tgc_slot_exchange(t, &weaks[i], TGC_NONE));
    }
    fixture_leave(t);
    CHECK_EQ_INT(fixture_objects(NULL), before);
    CHECK(atomic_load(&got) > 0);
    CHECK(atomic_load(&gone) > 0);
}
