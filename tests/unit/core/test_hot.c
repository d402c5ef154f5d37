// SPDX-License-Identifier: MIT
//
// test_hot.c - objects that many threads count: how they become hot, what their counts are worth,
// how they cool and how they die.
//
// Attacks     H1-H3 of policy/hot.c. Wrong looks like: an object that dies while somebody has a
//             reference (deaths too early, or a report of the address sanitizer), one that never
//             dies (deaths missing, objects left over), a count that is not exact in a pause.
// Policies    biased: another thread counts often. atomic: two threads take turns; the tests let an
//             object look as if, because the one that counts is enough then.
#include "counts_fixture.h"

#include "base/clock.h"
#include "base/config.h"
#include "mem/raw.h"
#include "thread/runtime.h"
#include "thread/stw.h"

#if !defined(TG_POLICY_CLASSIC)

static bool is_hot(tgc_obj *o)
{
    return tgc_head_hot(o) != 0;
}

// Afterwards o looks as if another thread had taken a reference and dropped it.
static void count_elsewhere(tg_thread *t, tgc_obj *o)
{
#if defined(TG_POLICY_ATOMIC)
    int64_t w = atom_load_relaxed(&o->word);
    while (w >= 0 &&
           !atom_cas_weak_relaxed(&o->word, &w, (w & ~TGC_WORD_TAG) | (uint16_t)(t->id + 2)))
        continue;
#else
    (void)t;
    (void)o;
#endif
}

static void count_often(tg_thread *t, tgc_obj *o)
{
    for (int i = 0; i < TGI_HOT_AFTER; i++) {
        count_elsewhere(t, o);
        tgc_incref(t, o);
        tgc_decref(t, o);
    }
}

static void detach_it(tg_thread *t, tgc_obj *o)
{
    (void)o;
    tgi_thread_detach(t);
}

static void attach_it(tg_thread *t, tgc_obj *o)
{
    (void)o;
    tgi_thread_attach(t);
}

// The other thread waits attached and does not poll: it is detached for what may pause.
static void fold(tg_thread *t)
{
    on_other(detach_it, NULL);
    tgc_hot_fold(t);
    on_other(attach_it, NULL);
}

static void poll(tg_thread *t)
{
    on_other(detach_it, NULL);
    poll_it(t, NULL);
    on_other(attach_it, NULL);
}

// No poll folds within the next second: folds that find nothing dead keep further apart each time.
static void keep_folds_apart(tg_thread *t)
{
    for (int i = 0; i < 10; i++)
        fold(t);
}

// The other thread counts o until it is hot; this thread polls in between, because it owns it.
static void heat(tg_thread *t, tgc_obj *o)
{
    for (int i = 0; i < 100 && !is_hot(o); i++) {
        on_other(count_often, o);
        poll(t);
    }
    CHECK(is_hot(o));
}

// A poll may find that a fold is due, which cools it.
static void heat_and_poll(tg_thread *t, tgc_obj *o)
{
    do {
        heat(t, o);
        poll(t);
    } while (!is_hot(o));
}

TEST(counting_a_hot_object_writes_nothing_that_is_shared)
{
    BEGIN();
    tgc_obj *o = probe(t);
    heat(t, o);
    tgc_obj before;
    memcpy(&before, o, sizeof before);
    on_other(take_it, o);
    tgc_incref(t, o);
    on_other(try_it, o);
    CHECK(other.answer);
    CHECK(memcmp(&before, o, sizeof before) == 0);
    CHECK(!tgc_is_unique(t, o));
    on_other(detach_it, NULL);
    tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
    CHECK_EQ_INT(tgc_refcount(o), 4); // ours, and three that were taken
    tgi_start_the_world(t, t->interp);
    on_other(attach_it, NULL);
    for (int i = 0; i < 3; i++)
        tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    on_other(drop_it, o); // cool since the pause
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_reference_that_one_thread_takes_and_another_drops_is_one)
{
    BEGIN();
    tgc_obj *o = probe(t);
    heat(t, o);
    on_other(take_it, o); // the other counts +1
    tgc_decref(t, o);     // and this thread -1, twice
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_fold_is_asked_for_when_a_reference_from_elsewhere_is_dropped)
{
    BEGIN();
    fold(t); // what was wanted before
    tgc_obj *o = probe(t);
    heat_and_poll(t, o);
    CHECK(!tgi_thread_poll_needed(t));
    tgc_incref(t, o);
    tgc_decref(t, o);
    CHECK(!tgi_thread_poll_needed(t)); // what this thread took itself
    tgc_decref(t, o);
    CHECK(tgi_thread_poll_needed(t));
    while (atomic_load(&deaths) == 0) { // when it is due
        poll(t);
        tgi_breaker_set(t, TGI_BRK_MERGE);
    }
    end(t);
}

TEST(a_fold_that_is_not_due_is_not_asked_for_again_and_again)
{
    BEGIN();
    tgc_obj *o = probe(t);
    heat(t, o);
    int64_t began = tgi_clock_now_ns();
    keep_folds_apart(t); // none is due within a second from here, and o is cool
    heat(t, o);
    tgc_incref(t, o);
    on_other(drop_it, o); // wanted from now on
    poll(t);
    for (int i = 0; i < 1000; i++) {
        tgc_incref(t, o);
        tgc_decref(t, o);
    }
    bool asked = tgi_thread_poll_needed(t);
    CHECK(!asked || tgi_clock_now_ns() - began >= INT64_C(1000000000)); // due by now
    tgc_decref(t, o);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

// Whoever asked first may have ended, or polled too early.
TEST(a_fold_that_another_thread_asked_for_is_asked_for_by_all_who_count)
{
    BEGIN();
    fold(t); // what was wanted before
    tgc_obj *o = probe(t);
    heat_and_poll(t, o);
    on_other(drop_it, o); // the last reference; this thread does not poll
    CHECK(!tgi_thread_poll_needed(t));
    // As one who looks up a weak reference, until it is due, which is at most a second.
    int64_t end_ns = tgi_clock_now_ns() + INT64_C(5000000000);
    while (!tgi_thread_poll_needed(t) && tgi_clock_now_ns() < end_ns) {
        tgc_incref(t, o);
        tgc_decref(t, o);
    }
    CHECK(tgi_thread_poll_needed(t));
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_pause_of_anybody_cools_what_is_alive_and_leaves_the_dead)
{
    BEGIN();
    tgc_obj *alive = probe(t), *dead = probe(t);
    heat(t, alive);
    heat(t, dead);
    tgc_decref(t, dead);
    on_other(detach_it, NULL);
    tgi_stop_the_world_global(t, t->runtime, TGI_CAUSE_TEST);
    CHECK(!is_hot(alive));
    CHECK_EQ_INT(tgc_refcount(alive), 1);
    CHECK(is_hot(dead));
    CHECK(tgc_refcount(dead) > 1000000); // to whoever looks for garbage it is alive
    tgi_start_the_world_global(t, t->runtime);
    on_other(attach_it, NULL);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    tgc_decref(t, alive);
    CHECK_EQ_INT(atomic_load(&deaths), 2);
    end(t);
}

TEST(a_collection_gets_the_dead_with_a_reference_each)
{
    BEGIN();
    tgc_obj *alive = probe(t), *dead = probe(t);
    heat(t, alive);
    heat(t, dead);
    tgc_decref(t, dead);
    tgc_drained d = {0};
    on_other(detach_it, NULL);
    tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
    REQUIRE(tgc_policy_drain_dead(t, &d));
    CHECK_EQ_INT(tgc_refcount(dead), 1);
    tgi_start_the_world(t, t->interp);
    on_other(attach_it, NULL);
    REQUIRE(d.count == 1 && d.block[0].count == 1 && d.block[0].items[0] == dead);
    on_other(take_it, dead); // as a weak reference does
    tgc_decref(t, dead);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgc_decref(t, dead);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    tgc_decref(t, alive);
    CHECK_EQ_INT(atomic_load(&deaths), 2);
    tgi_raw_free((void *)d.block[0].items);
    tgi_raw_free(d.block);
    end(t);
}

TEST(a_try_that_comes_before_the_fold_keeps_the_object)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_publish(t, o);
    heat(t, o);
    tgc_decref(t, o);
    on_other(try_it, o); // as a weak reference does
    CHECK(other.answer);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    heat(t, o);
    on_other(drop_it, o);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    on_other(try_it, o);
    CHECK(!other.answer);
    end(t);
}

static void live_and_count(void *context, int index)
{
    (void)index;
    tg_thread *t = fixture_enter();
    tgc_incref(t, context);
    tgc_incref(t, context);
    tgc_decref(t, context);
    fixture_leave(t);
}

TEST(the_counts_of_a_thread_that_ends_stay)
{
    BEGIN();
    tgc_obj *o = probe(t);
    keep_folds_apart(t);
    heat(t, o);
    on_other(detach_it, NULL); // the thread that ends polls, and a fold may be wanted
    tgi_thread_detach(t);
    test_threads_join(test_threads_start(1, live_and_count, o));
    tgi_thread_attach(t);
    on_other(attach_it, NULL);
    CHECK(is_hot(o));
    tgc_decref(t, o);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 0); // the reference it took is still there
    CHECK_EQ_INT(tgc_refcount(o), 1);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

static void as_dealloc_sees(tgc_obj *o)
{
#if defined(TG_POLICY_ATOMIC)
    atom_store_relaxed(&o->word, 0);
#else
    atom_store_relaxed(&o->local, 0);
#endif
}

static void resurrect_counted(tg_thread *t, tgc_obj *o)
{
    tgc_resurrect_begin(t, o);
    count_often(t, o);
    other.answer = tgc_resurrect_end(t, o);
}

TEST(an_object_that_becomes_hot_in_its_finalizer_dies_with_the_next_fold)
{
    BEGIN();
    tgc_obj *o = probe(t);
    as_dealloc_sees(o);
    on_other(resurrect_counted, o);
    CHECK(is_hot(o));
    CHECK(!other.answer); // as if somebody had kept it
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(when_the_table_is_full_everything_cools)
{
    BEGIN();
    enum { MANY = TGI_HOT_MOST + 1 };
    static tgc_obj *o[MANY];
    int hot = 0;
    for (int i = 0; i < MANY; i++)
        o[i] = probe(t);
    tgi_thread_detach(t); // the queue is merged by the other
    for (int i = 0; i < MANY; i++) {
        for (int k = 0; k < 4 && !is_hot(o[i]); k++)
            on_other(count_often, o[i]);
        hot += is_hot(o[i]);
    }
    tgi_thread_attach(t);
    // The other polls nowhere; so nothing has cooled.
    CHECK_EQ_INT(hot, TGI_HOT_MOST);
    fold(t);
    for (int i = 0; i < MANY; i++) {
        CHECK(!is_hot(o[i]));
        tgc_decref(t, o[i]);
    }
    CHECK_EQ_INT(atomic_load(&deaths), MANY);
    end(t);
}

TEST(nothing_becomes_hot_where_it_is_switched_off)
{
    BEGIN();
    t->runtime->hot_off = true;
    tgc_obj *o = probe(t);
    for (int i = 0; i < 4; i++) {
        on_other(count_often, o);
        poll(t);
    }
    t->runtime->hot_off = false;
    CHECK(!is_hot(o));
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

#if defined(TG_POLICY_BIASED)

// --- with an owner

static uint32_t owner_of(tgc_obj *o)
{
    return atom_load_relaxed(&o->owner);
}

TEST(an_object_counted_often_by_another_thread_is_merged_and_becomes_hot)
{
    BEGIN();
    tgc_obj *o = probe(t);
    CHECK_EQ_UINT(owner_of(o), t->id);
    on_other(count_often, o);
    CHECK_EQ_UINT(owner_of(o), t->id); // it waits for the owner
    CHECK_EQ_INT(atom_load_relaxed(&o->shared) & 3, TGC_SHARED_QUEUED);
    poll(t);
    CHECK_EQ_UINT(owner_of(o), 0);
    on_other(count_often, o);
    CHECK(is_hot(o));
    CHECK_EQ_INT(atom_load_relaxed(&o->shared) & 3, TGC_SHARED_MERGED);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 0); // nobody knows yet
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_blocked_owner_does_not_keep_an_object_from_becoming_hot)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgi_thread_detach(t);
    on_other(count_often, o);
    on_other(count_often, o);
    CHECK(is_hot(o));
    tgi_thread_attach(t);
    tgc_decref(t, o);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(an_object_may_become_hot_while_it_is_queued)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_incref(t, o);
    on_other(drop_it, o); // one of ours: queued, with that reference
    CHECK_EQ_INT(atom_load_relaxed(&o->shared) & 3, TGC_SHARED_QUEUED);
    on_other(take_it, o);
    on_other(take_it, o);
    tgc_decref(t, o);
    tgc_decref(t, o); // one the other took: the owner has counted to zero, and merges it itself
    CHECK_EQ_UINT(owner_of(o), 0);
    on_other(count_often, o);
    on_other(count_often, o);
    CHECK(is_hot(o));
    poll(t); // the queue's reference is dropped: one is left
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    on_other(drop_it, o);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

#else

// --- with tags

enum { ALTERNATIONS = 32 };

TEST(a_reference_taken_after_anothers_counts_once)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_publish(t, o);
    count_elsewhere(t, o);
    tgc_incref(t, o);
    CHECK_EQ_INT(tgc_refcount(o), 2);
    count_elsewhere(t, o);
    CHECK(tgc_try_incref(t, o));
    CHECK_EQ_INT(tgc_refcount(o), 3);
    CHECK(tgc_was_published(o));
    CHECK(!is_hot(o));
    for (int i = 0; i < 3; i++)
        tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_tag_takes_the_place_of_another)
{
    BEGIN();
    tgc_obj *o = probe(t); // unpublished
    atom_store_relaxed(&o->word, TGC_WORD_ONE | TGC_WORD_TAG);
    tgc_incref(t, o);
    CHECK_EQ_INT(atom_load_relaxed(&o->word), 2 * TGC_WORD_ONE + (uint16_t)t->id);
    CHECK(!tgc_was_published(o));
    tgc_decref(t, o);
    CHECK(tgc_is_unique(t, o));
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(what_has_cooled_has_no_tag)
{
    BEGIN();
    tgc_obj *o = probe(t);
    heat(t, o);
    fold(t);
    CHECK(!is_hot(o));
    CHECK_EQ_INT(atom_load_relaxed(&o->word), TGC_WORD_ONE | TGC_WORD_PUBLISHED);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(an_object_that_threads_count_in_turn_becomes_hot)
{
    BEGIN();
    tgc_obj *o = probe(t);
    for (int i = 0; i < ALTERNATIONS * 2 && !is_hot(o); i++) {
        tgc_incref(t, o);
        on_other(take_it, o);
        tgc_decref(t, o);
        on_other(drop_it, o);
    }
    CHECK(is_hot(o));
    tgc_decref(t, o);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(what_one_thread_counts_never_becomes_hot)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_publish(t, o);
    on_other(take_it, o); // the other counts, and this thread after it, once
    count_elsewhere(t, o);
    for (int i = 0; i < ALTERNATIONS * 100; i++) {
        tgc_incref(t, o);
        CHECK(tgc_try_incref(t, o));
        tgc_decref(t, o);
        tgc_decref(t, o);
    }
    CHECK(!is_hot(o));
    CHECK_EQ_INT(tgc_refcount(o), 2);
    on_other(drop_it, o);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_try_after_another_thread_sees_what_became_of_the_object)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_publish(t, o);
    heat(t, o);
    CHECK(tgc_atomic_try_other(t, o)); // as if it had become hot just now
    tgc_decref(t, o);
    tgc_decref(t, o);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK(!tgc_atomic_try_other(t, o)); // dead, and its memory waits
    o = probe(t);
    tgc_make_immortal(o);
    CHECK(tgc_atomic_try_other(t, o));
    CHECK_EQ_INT(atom_load_relaxed(&o->word), TGC_IMMORTAL_WORD);
    tgc_make_mortal(o);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 2);
    end(t);
}

// Who has read the word before the object became hot counts in it.
TEST(what_is_counted_late_in_the_word_is_part_of_the_count)
{
    BEGIN();
    tgc_obj *o = probe(t);
    heat(t, o);
    atom_add_relaxed(&o->word, TGC_WORD_ONE);
    atom_add_relaxed(&o->word, TGC_WORD_ONE);
    (void)atom_sub_acq_rel(&o->word, TGC_WORD_ONE);
    on_other(take_it, o);
    on_other(detach_it, NULL);
    tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
    CHECK_EQ_INT(tgc_refcount(o), 3);
    tgi_start_the_world(t, t->interp);
    on_other(attach_it, NULL);
    heat(t, o);
    uint32_t number = tgc_head_hot(o);
    on_other(take_it, o);
    for (int i = 0; i < 4; i++) // one more than the word knows of
        (void)atom_sub_acq_rel(&o->word, TGC_WORD_ONE);
    CHECK_EQ_UINT(tgc_head_hot(o), number);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    fold(t);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_late_decrement_leaves_an_immortal_object_immortal)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_publish(t, o);
    heat(t, o);
    CHECK(tgc_try_immortalize(t, o));
    (void)atom_sub_acq_rel(&o->word, TGC_WORD_ONE);
    on_other(drop_it, o);
    CHECK(tgc_is_immortal(o));
    CHECK(!is_hot(o));
    fold(t); // its number is free again
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgc_make_mortal(o);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

#endif

// --- all at once

enum { SHARED = 8 };

typedef struct storm {
    tgc_slot slots[SHARED];
    _Atomic(int) made;
} storm;

static void storm_worker(tg_thread *t, void *context, int index)
{
    storm *s = context;
    test_rng rng = test_rng_new((uint64_t)index);
    tg_value kept = TGC_NONE;
    for (long n = test_scale(60000); n > 0; n--) {
        tgc_slot *slot = &s->slots[test_rng_below(&rng, SHARED)];
        uint64_t what = test_rng_below(&rng, 4000);
        tg_value v = tgc_slot_load(t, slot);
        if (tgc_is_ptr(v))
            CHECK(tgc_obj_type(tgc_ptr(v)) == &probe_type);
        if (what < 4) {
            tgc_obj *o = probe(t);
            atomic_fetch_add(&s->made, 1);
            tgc_release(t, tgc_slot_exchange(t, slot, tgc_from_ptr(o)));
        } else if (what < 6) {
            tgc_hot_fold(t);
        } else if (what < 1000) {
            tg_value old = kept; // a reference that outlives pauses
            kept = v;
            v = old;
        }
        tgc_release(t, v);
        if (n % 16 == 0)
            REQUIRE(tgi_breaker_poll(t) == TG_OK);
    }
    tgc_release(t, kept);
}

TEST(hot_objects_exchanged_by_all_threads_die_once)
{
    if (!TGC_FREE_THREADED)
        SKIP("classic counts have one attached thread at a time");
    fixture_runtime();
    atomic_store(&deaths, 0);
    static storm s;
    atomic_store(&s.made, 0);
    for (int i = 0; i < SHARED; i++)
        atom_store_relaxed(&s.slots[i].word, TGC_NONE);
    fixture_run_threads(4, storm_worker, &s);
    tg_thread *t = fixture_enter();
    for (int i = 0; i < SHARED; i++)
        tgc_release(t, tgc_slot_exchange(t, &s.slots[i], TGC_NONE));
    tgc_hot_fold(t);
    fixture_leave(t);
    CHECK_EQ_INT(atomic_load(&deaths), atomic_load(&s.made));
}

#else

// Plain counts: however often it was counted, the last reference frees at once.
TEST(what_is_counted_often_dies_with_its_last_reference)
{
    tg_thread *t = fixture_enter();
    atomic_store(&deaths, 0);
    tgc_obj *o = probe(t);
    for (int i = 0; i < 4 * TGI_HOT_AFTER; i++) {
        tgc_incref(t, o);
        tgc_decref(t, o);
    }
    tgc_policy_stopped(t->runtime, t->interp); // adds nothing up
    CHECK_EQ_INT(tgc_refcount(o), 1);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    fixture_leave(t);
}

#endif
