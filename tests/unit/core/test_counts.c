// SPDX-License-Identifier: MIT
//
// test_counts.c - every step of a reference count, one at a time, with an owner and a foreign
// thread that wait for each other between the steps.
//
// Attacks     B1-B5 of policy/biased.h, Q1-Q3 of policy/counts.c, A1-A2 of policy/atomic.h. Wrong
//             looks like: an object that dies too early (deaths counted too soon, or a report of
//             the address sanitizer), never (deaths missing, objects left over), or twice; a try
//             that takes a dead object or refuses a live one.
#include "counts_fixture.h"

#include "sync/point.h"
#include "thread/defer.h"
#include "thread/runtime.h"

#if defined(TG_POLICY_BIASED)
#define BIASED 1
static int state_of(tgc_obj *o)
{
    return (int)(atom_load_relaxed(&o->shared) & 3);
}
static uint32_t owner_of(tgc_obj *o)
{
    return atom_load_relaxed(&o->owner);
}
enum {
    DEFAULT = TGC_SHARED_DEFAULT,
    PUBLISHED = TGC_SHARED_PUBLISHED,
    QUEUED = TGC_SHARED_QUEUED,
    MERGED = TGC_SHARED_MERGED
};
#define CHECK_STATE(o, s)  CHECK_EQ_INT(state_of(o), s)
#define CHECK_OWNER(o, id) CHECK_EQ_UINT(owner_of(o), id)
#else
#define BIASED             0
#define CHECK_STATE(o, s)  ((void)(o))
#define CHECK_OWNER(o, id) ((void)(o), (void)(id))
#endif

TEST(the_owner_counts_and_frees_alone)
{
    tg_thread *t = fixture_enter();
    atomic_store(&deaths, 0);
    tgc_obj *o = probe(t);
    CHECK(tgc_is_unique(t, o));
    CHECK_EQ_INT(tgc_refcount(o), 1);
    tgc_incref(t, o);
    CHECK(!tgc_is_unique(t, o));
    CHECK_EQ_INT(tgc_refcount(o), 2);
    tgc_decref(t, o);
    CHECK(!tgc_was_published(o));
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    fixture_leave(t);
}

TEST(an_immortal_object_is_never_counted)
{
    tg_thread *t = fixture_enter();
    atomic_store(&deaths, 0);
    tgc_obj *o = probe(t);
    CHECK(tgc_try_immortalize(t, o));
    CHECK(tgc_is_immortal(o));
    for (int i = 0; i < 10; i++)
        tgc_decref(t, o);
    CHECK(tgc_is_immortal(o));
    CHECK(tgc_try_incref(t, o));
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgc_make_mortal(o);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    fixture_leave(t);
}

TEST(a_finalizer_may_keep_the_object_or_let_it_go)
{
    tg_thread *t = fixture_enter();
    atomic_store(&deaths, 0);
    tgc_obj *o = probe(t);
    tgc_publish(t, o);
    // As a dealloc sees it: the last reference is gone.
#if BIASED
    atom_store_relaxed(&o->local, 0);
#elif defined(TG_POLICY_ATOMIC)
    atom_store_relaxed(&o->word, atom_load_relaxed(&o->word) & TGC_WORD_PUBLISHED);
#else
    o->count = 0;
#endif
    tgc_resurrect_begin(t, o);
    tgc_incref(t, o);
    CHECK(!tgc_resurrect_end(t, o)); // kept
    CHECK_EQ_INT(tgc_refcount(o), 1);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    fixture_leave(t);
}

TEST(a_published_object_still_dies_with_its_owners_reference)
{
    BEGIN();
    tgc_obj *o = probe(t);
    CHECK_STATE(o, DEFAULT);
    tgc_publish(t, o);
    CHECK_STATE(o, PUBLISHED);
    CHECK(tgc_was_published(o));
    tgc_publish(t, o);
    CHECK_STATE(o, PUBLISHED);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_UINT(atomic_load(&dead_by), t->id);
    end(t);
}

TEST(a_foreign_reference_outlives_the_owners)
{
    BEGIN();
    tgc_obj *o = probe(t);
    on_other(take_it, o);
    CHECK_EQ_INT(tgc_refcount(o), 2);
    CHECK(!tgc_is_unique(t, o));
    tgc_decref(t, o); // the owner is done: merges
    CHECK_STATE(o, MERGED);
    CHECK_OWNER(o, 0);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    on_other(drop_it, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_UINT(atomic_load(&dead_by), other.id);
    end(t);
}

TEST(a_foreign_reference_that_ends_first_leaves_the_owner_alone)
{
    BEGIN();
    tgc_obj *o = probe(t);
    on_other(take_it, o);
    on_other(drop_it, o);
    CHECK_EQ_INT(tgc_refcount(o), 1);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_reference_dropped_for_the_owner_waits_in_its_queue)
{
    BEGIN();
    tgc_obj *o = probe(t);
    on_other(drop_it, o); // the owner's only reference was handed over
    if (BIASED) {
        CHECK_STATE(o, QUEUED);
        CHECK_EQ_INT(atomic_load(&deaths), 0);
        CHECK(tgi_thread_poll_needed(t));
        poll_it(t, NULL);
        CHECK_EQ_UINT(atomic_load(&dead_by), t->id);
    }
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_queued_object_may_be_found_again_before_the_merge)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_publish(t, o);
    tgc_incref(t, o);     // the second reference stays here
    on_other(drop_it, o); // the first was handed over
    CHECK_STATE(o, QUEUED);
    on_other(try_it, o);
    CHECK(other.answer);
    on_other(take_it, o);
    on_other(drop_it, o);
    poll_it(t, NULL); // merges: one here, one there
    CHECK_STATE(o, MERGED);
    CHECK_EQ_INT(tgc_refcount(o), 2);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    on_other(drop_it, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(more_references_than_one_may_be_dropped_for_the_owner)
{
    BEGIN();
    tgc_obj *o = probe(t);
    for (int i = 0; i < 5; i++)
        tgc_incref(t, o);
    for (int i = 0; i < 6; i++)
        on_other(drop_it, o); // the shared half goes below zero
    if (BIASED)
        CHECK_EQ_INT(atomic_load(&deaths), 0);
    poll_it(t, NULL);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(the_owner_drops_its_last_reference_while_the_object_is_queued)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_incref(t, o);
    tgc_publish(t, o);
    on_other(drop_it, o);
    CHECK_STATE(o, QUEUED);
    tgc_decref(t, o); // the queue still holds one
    if (BIASED)
        CHECK_EQ_INT(atomic_load(&deaths), 0);
    poll_it(t, NULL);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_try_fails_only_on_what_nobody_holds)
{
    BEGIN();
    tgc_obj *o = probe(t);
    on_other(try_it, o); // not published: no reader can have found it in a slot
    CHECK(other.answer == !BIASED);
    if (other.answer)
        on_other(drop_it, o);
    on_other(publish_it, o);
    on_other(try_it, o);
    CHECK(other.answer);
    tgc_decref(t, o);
    on_other(drop_it, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    // Published, so the memory waits for a grace period, and neither thread has passed a quiescent
    // state.
    CHECK(!tgc_try_incref(t, o));
    on_other(try_it, o);
    CHECK(!other.answer);
    end(t);
}

TEST(the_queue_of_a_blocked_owner_is_merged_for_it)
{
    BEGIN();
    tgc_obj *o = probe(t), *kept = probe(t);
    tgc_incref(t, kept);
    tgi_thread_detach(t); // as in a call that blocks
    on_other(drop_it, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_UINT(atomic_load(&dead_by), other.id);
    on_other(drop_it, kept);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_STATE(kept, MERGED);
    tgi_thread_attach(t);
    tgc_decref(t, kept);
    CHECK_EQ_INT(atomic_load(&deaths), 2);
    end(t);
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

// Queued while the owner is attached, which then blocks without a poll. Wrong looks like: nobody
// merges the queue before the owner is back.
TEST(a_queue_is_merged_by_others_when_its_owner_blocks_before_it_has_polled)
{
    BEGIN();
    tgc_obj *o = probe(t);
    on_other(drop_it, o);
    if (BIASED)
        CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgi_thread_detach(t);
    on_other(poll_it, NULL);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_UINT(atomic_load(&dead_by), other.id);
    tgi_thread_attach(t);
    end(t);
}

TEST(a_queue_left_while_nobody_is_attached_is_merged_by_who_comes_first)
{
    BEGIN();
    tgc_obj *o = probe(t);
    on_other(drop_it, o);
    on_other(detach_it, NULL);
    tgi_thread_detach(t);
    on_other(attach_it, NULL);
    if (BIASED)
        CHECK_EQ_INT(atomic_load(&deaths), 0);
    on_other(poll_it, NULL);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_UINT(atomic_load(&dead_by), other.id);
    tgi_thread_attach(t);
    end(t);
}

// 2^32 references would wrap the owner's half. Wrong looks like: it dies while it is referred to.
TEST(a_count_at_its_limit_stays_there)
{
    if (!BIASED)
        SKIP("the other words have 62 bits and more");
    BEGIN();
#if BIASED
    tgc_obj *o = probe(t);
    atom_store_relaxed(&o->local, UINT32_MAX - 2);
    tgc_incref(t, o);
    on_other(drop_it, o); // queued
    tgc_incref(t, o);
    CHECK(tgc_is_immortal(o));
    poll_it(t, NULL); // is not merged
    for (int i = 0; i < 4; i++) {
        tgc_incref(t, o);
        CHECK(tgc_try_incref(t, o));
        tgc_decref(t, o);
        on_other(drop_it, o);
    }
    CHECK_EQ_UINT(atom_load_relaxed(&o->local), UINT32_MAX);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    tgc_make_mortal(o);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
#endif
    end(t);
}

TEST(the_queue_of_an_ending_owner_is_emptied)
{
    BEGIN();
    for (int i = 0; i < 100; i++)
        on_other(drop_it, probe(t));
    if (BIASED)
        CHECK_EQ_INT(atomic_load(&deaths), 0);
    end(t);
    CHECK_EQ_INT(atomic_load(&deaths), 100);
}

TEST(objects_of_an_owner_that_is_gone_are_merged_by_anybody)
{
    BEGIN();
    tgc_obj *o = probe(t), *held = probe(t);
    tgc_publish(t, held);
    uint32_t gone = t->id;
    fixture_leave(t);
    CHECK_OWNER(o, gone);
    on_other(take_it, held);
    on_other(drop_it, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    on_other(drop_it, held);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    on_other(drop_it, held);
    CHECK_EQ_INT(atomic_load(&deaths), 2);
    end(NULL);
}

TEST(only_the_owner_may_make_an_object_immortal_by_itself)
{
    BEGIN();
    tgc_obj *o = probe(t);
    on_other(take_it, o);
    if (BIASED)
        CHECK(!tgc_try_immortalize(t, o)); // a foreign count is under way
    on_other(drop_it, o);
    CHECK(tgc_try_immortalize(t, o));
    on_other(drop_it, o);
    on_other(take_it, o);
    CHECK(tgc_is_immortal(o));
    tgc_make_mortal(o);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

// Nobody but the merging thread may see an object that is merged and has an owner: another thread
// could drop the last reference at once, and the owner field would be written in freed memory.
static const tgc_obj *watched;
static _Atomic(int) merges_seen;
static _Atomic(uint32_t) owner_at_merge;

static void look_at_merge(tgi_point_kind kind, const void *addr)
{
    if (kind != TGI_POINT_ACCESS || addr != watched)
        return;
#if BIASED
    atomic_store(&owner_at_merge, atom_load_relaxed(&watched->owner));
#endif
    atomic_fetch_add(&merges_seen, 1);
}

TEST(a_merge_clears_the_owner_before_it_is_seen)
{
    if (!TGI_POINTS || !BIASED)
        SKIP("needs scheduling points and a merge");
    BEGIN();
    tgc_obj *o = probe(t);
    on_other(take_it, o);
    watched = o;
    atomic_store(&merges_seen, 0);
    atomic_store(&owner_at_merge, 1);
    tgi_point_set_hook(look_at_merge);
    tgc_decref(t, o); // just before the merged count is published, the hook looks
    tgi_point_set_hook(NULL);
    CHECK_EQ_INT(atomic_load(&merges_seen), 1);
    CHECK_EQ_UINT(atomic_load(&owner_at_merge), 0);
    on_other(drop_it, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(an_object_may_become_immortal_while_it_is_queued)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_incref(t, o);
    on_other(drop_it, o); // one of ours: queued
    CHECK_STATE(o, QUEUED);
    CHECK(tgc_try_immortalize(t, o));
    poll_it(t, NULL); // the merge finds it immortal
    CHECK(tgc_is_immortal(o));
    for (int i = 0; i < 3; i++)
        on_other(drop_it, o);
    CHECK_EQ_INT(atomic_load(&deaths), 0);
    CHECK(tgc_is_immortal(o));
    tgc_make_mortal(o);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    end(t);
}

TEST(a_state_made_by_another_thread_has_its_own_queue)
{
    BEGIN();
    tg_thread *made = NULL;
    REQUIRE(tgi_thread_new(t->interp, &made) == TG_OK);
    tgi_thread_detach(t);
    tgi_thread_attach(made);
    on_other(drop_it, probe(made));
    if (BIASED) {
        CHECK_EQ_INT(atomic_load(&deaths), 0); // it waits for its owner, who is attached
        poll_it(made, NULL);
        CHECK_EQ_UINT(atomic_load(&dead_by), made->id);
    }
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    tgi_thread_end(made);
    tgi_thread_attach(t);
    end(t);
}

static tgc_obj *second;

static void drop_second_elsewhere(tg_thread *t)
{
    (void)t;
    on_other(drop_it, second);
}

TEST(a_reference_that_comes_while_the_queue_is_emptied_is_queued)
{
    if (!BIASED)
        SKIP("without owners there is no queue");
    BEGIN();
    uint32_t owner = t->id;
    tgc_obj *first = probe(t);
    second = probe(t);
    on_other(drop_it, first);
    at_death = drop_second_elsewhere;
    fixture_leave(t); // drains: first dies, and meanwhile another thread drops the second
    end(NULL);
    CHECK_EQ_INT(atomic_load(&deaths), 2);
    CHECK_EQ_UINT(atomic_load(&dead_by), owner); // it was still there to merge its own
}

TEST(what_goes_into_a_slot_is_published)
{
    BEGIN();
    tgc_slot s;
    tgc_obj *o[3] = {probe(t), probe(t), probe(t)};
    tgc_slot_init(t, &s, tgc_from_ptr(o[0]));
    CHECK_STATE(o[0], PUBLISHED);
    tgc_slot_store(t, &s, tgc_from_ptr(o[1]));
    CHECK_STATE(o[1], PUBLISHED);
    CHECK(tgc_slot_exchange(t, &s, tgc_from_ptr(o[2])) == tgc_from_ptr(o[1]));
    CHECK_STATE(o[2], PUBLISHED);
    for (int i = 0; i < 3; i++)
        tgc_decref(t, o[i]);
    CHECK_EQ_INT(atomic_load(&deaths), 3);
    end(t);
}

TEST(memory_of_a_published_object_waits_for_readers)
{
    BEGIN();
    tgc_obj *o = probe(t);
    tgc_publish(t, o);
    size_t before = tgi_defer_backlog(t->runtime);
    tgc_decref(t, o);
    CHECK_EQ_INT(atomic_load(&deaths), 1);
    CHECK_EQ_UINT(tgi_defer_backlog(t->runtime), before + sizeof *o);
    end(t);
}

// --- all at once

#define RING 64

typedef struct exchange {
    tgc_slot slots[RING];
    _Atomic(int) made;
} exchange;

static void exchange_worker(tg_thread *t, void *context, int index)
{
    exchange *x = context;
    test_rng rng = test_rng_new((uint64_t)index);
    for (long n = test_scale(20000); n > 0; n--) {
        tgc_slot *s = &x->slots[test_rng_below(&rng, RING)];
        if (test_rng_below(&rng, 2) == 0) {
            tgc_obj *o = probe(t);
            atomic_fetch_add(&x->made, 1);
            tgc_release(t, tgc_slot_exchange(t, s, tgc_from_ptr(o)));
        } else {
            tg_value v = tgc_slot_load(t, s);
            if (tgc_is_ptr(v))
                CHECK(tgc_obj_type(tgc_ptr(v)) == &probe_type);
            if (test_rng_below(&rng, 4) == 0)
                tgc_release(t, tgc_slot_exchange(t, &x->slots[test_rng_below(&rng, RING)], v));
            else
                tgc_release(t, v);
        }
        if (n % 16 == 0)
            REQUIRE(tgi_breaker_poll(t) == TG_OK);
    }
}

static uint64_t tally(tg_thread *t, tgi_stat kind)
{
    return atom_load_relaxed(&t->stats.value[kind]);
}

// In builds that count operations; in others none of them may move.
TEST(operations_on_counts_are_counted_by_kind)
{
    tg_thread *t = fixture_enter();
    const tgi_stat mine = TGI_STAT_counts_own, shared = TGI_STAT_counts_shared;
    const tgi_stat immortal = TGI_STAT_counts_immortal;
    const bool one_word = TGC_FREE_THREADED && !BIASED;
    tgc_obj *o = probe(t);
    uint64_t before = tally(t, one_word ? shared : mine);
    tgc_incref(t, o);
    CHECK(tgc_try_incref(t, o));
    tgc_decref(t, o);
    tgc_decref(t, o);
    CHECK_EQ_UINT(tally(t, one_word ? shared : mine) - before, TGI_TALLY ? 4 : 0);
    before = tally(t, immortal);
    tgc_incref(t, &probe_type.head);
    tgc_decref(t, &probe_type.head);
    CHECK_EQ_UINT(tally(t, immortal) - before, TGI_TALLY ? 2 : 0);
    if (BIASED) { // an object without an owner
        tgc_resurrect_begin(t, o);
        before = tally(t, shared);
        tgc_incref(t, o);
        tgc_decref(t, o);
        CHECK_EQ_UINT(tally(t, shared) - before, TGI_TALLY ? 2 : 0);
    }
    tgc_decref(t, o);
    fixture_leave(t);
}

TEST(objects_exchanged_by_all_threads_die_once)
{
    fixture_runtime();
    atomic_store(&deaths, 0);
    static exchange x;
    atomic_store(&x.made, 0);
    for (int i = 0; i < RING; i++)
        atom_store_relaxed(&x.slots[i].word, TGC_NONE);
    fixture_run_threads(4, exchange_worker, &x);
    tg_thread *t = fixture_enter();
    for (int i = 0; i < RING; i++)
        tgc_release(t, tgc_slot_exchange(t, &x.slots[i], TGC_NONE));
    fixture_leave(t);
    CHECK_EQ_INT(atomic_load(&deaths), atomic_load(&x.made));
}
