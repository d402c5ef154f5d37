// SPDX-License-Identifier: MIT
//
// test_containers_race.c - writers and lock-free readers on one list, dict, set, iterator.
//
// Attacks     Note [list-read] L1-L4, Note [dict-read] D1-D5, Note [set-read] S1-S3. What a reader
//             gets must be a value that somebody put there: each value carries a check of itself,
//             and in dicts of its key. A protocol that is wrong shows as a foreign or dead object
//             (a failed check, or a report of the address or thread sanitizer), as an endless
//             search (time-out), or as objects left over at the end.
#include "containers_fixture.h"
#include "test.h"

#include "core/object/class.h" // tgc_builtin_new
#include "core/object/dict.h"
#include "core/object/error.h"
#include "core/object/int.h"
#include "core/object/iter.h"
#include "core/object/list.h"
#include "core/object/seq.h"
#include "core/object/set.h"
#include "core/object/tuple.h"
#include "thread/breaker.h"
#include "mem/raw.h"
#include "thread/defer.h"
#include "thread/stw.h"

#include <stdio.h> // snprintf

#define KEYS      48
#define THREADS   4
#define ONCE_KEYS 1500

typedef struct shared {
    tg_value object;
    _Atomic(uint64_t) good; // values that were read and proved right
    _Atomic(bool) done;     // the writer says so
} shared;

// A value that says for which key it was made: (key, "key", serial).
static tg_value value_for(tg_thread *t, int64_t key, uint64_t serial)
{
    tg_value parts[3] = {tgc_from_int(key), tgc_str_format(t, "%lld", (long long)key),
                         tgc_str_format(t, "serial-%llu", (unsigned long long)serial)};
    tg_value v = tgc_tuple_from_steal(t, parts, 3);
    REQUIRE(v != TGC_NULL);
    return v;
}

// Proves a value right; key -1: any. Consumes it.
static bool value_is_right(tg_thread *t, tg_value v, int64_t key)
{
    bool right = tgc_is_exact(v, &tgc_tuple_type) && tgc_tuple_size(v) == 3;
    if (right) {
        tg_value number = tgc_tuple_peek(v, 0), text = tgc_tuple_peek(v, 1);
        char expected[32];
        snprintf(expected, sizeof expected, "%lld", (long long)tgc_int(number));
        right = tgc_is_int(number) && (key == -1 || tgc_int(number) == key) && tgc_is_str(text) &&
                tgc_str_equal_cstr(text, expected);
    }
    tgc_release(t, v);
    return right;
}

static void poll(tg_thread *t)
{
    REQUIRE(tgi_breaker_poll(t) == TG_OK);
}

// --- list

static void list_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    test_rng rng = test_rng_new((uint64_t)index);
    uint64_t good = 0;
    for (long n = test_scale(20000); n > 0; n--) {
        poll(t);
        int64_t at = (int64_t)test_rng_below(&rng, KEYS);
        tg_value v = TGC_NULL;
        switch (test_rng_below(&rng, index % 2 == 0 ? 16 : 6)) {
        default:
            if (tgc_list_get_fast(t, s->object, at, &v) ||
                (v = tgc_list_get(t, s->object, (size_t)at)) != TGC_NULL) {
                CHECK(value_is_right(t, v, -1));
                good++;
            }
            break;
        case 0: {
            tg_value x = value_for(t, at, rng.state);
            if (!tgc_list_append_fast_steal(t, s->object, x))
                REQUIRE(tgc_list_append_steal(t, s->object, x) == 0);
            break;
        }
        case 1: {
            tg_value x = value_for(t, at, rng.state);
            if (!tgc_list_set_fast_steal(t, s->object, at, x))
                tgc_release(t, x);
            break;
        }
        case 2:
            v = tgc_list_pop(t, s->object, tgc_list_size(s->object) > KEYS ? -1 : at);
            if (v == TGC_NULL)
                tgc_error_clear(t);
            else
                CHECK(value_is_right(t, v, -1));
            break;
        case 3: {
            tg_value x = value_for(t, at, rng.state);
            REQUIRE(tgc_list_insert(t, s->object, at, x) == 0);
            tgc_release(t, x);
            break;
        }
        case 4:
            if (test_rng_below(&rng, 20) == 0)
                tgc_list_clear(t, s->object);
            break;
        case 5: {
            tg_value copy = tgc_list_slice(t, s->object, (size_t)at / 2, SIZE_MAX);
            REQUIRE(copy != TGC_NULL);
            for (size_t i = 0; i < tgc_list_size(copy); i++)
                CHECK(value_is_right(t, tgc_list_get(t, copy, i), -1));
            good += tgc_list_size(copy);
            tgc_release(t, copy);
            break;
        }
        }
    }
    atomic_fetch_add(&s->good, good);
}

static tg_value first_text(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_retain(t, tgc_tuple_peek(args[0], 1));
}

static tg_value sort_key; // immortal

static void list_sorter(tg_thread *t, void *context, int index)
{
    shared *s = context;
    if (index < 2) {
        list_worker(t, context, index * 2);
        return;
    }
    for (long n = test_scale(300); n > 0; n--) {
        poll(t);
        if (tgc_list_sort(t, s->object, sort_key, n % 2 == 0) < 0) {
            CHECK(tgc_raised_match(t, &TGC_EXC(ValueError))); // modified during sort
            tgc_error_clear(t);
        }
    }
}

// What the workers have counted between them is known to be dead in a pause.
static void release_dead(tg_thread *t)
{
    tgc_drained d = {0};
    tgi_stop_the_world(t, t->interp, TGI_CAUSE_TEST);
    REQUIRE(tgc_policy_drain_stopped(t, &d) && tgc_policy_drain_dead(t, &d));
    tgi_start_the_world(t, t->interp);
    for (size_t i = 0; i < d.count; i++) {
        for (uint32_t k = 0; k < d.block[i].count; k++)
            tgc_decref(t, d.block[i].items[k]);
        tgi_raw_free((void *)d.block[i].items);
    }
    tgi_raw_free(d.block);
}

// Runs the workers on an object, and checks that nothing is left when it is gone.
static void race(tg_value (*make)(tg_thread *t),
                 void (*worker)(tg_thread *t, void *context, int index))
{
    fixture_runtime();
    tg_thread *t = fixture_enter();
    shared s = {.object = make(t)};
    REQUIRE(s.object != TGC_NULL);
    fixture_leave(t);
    int64_t before = fixture_objects(NULL);
    fixture_run_threads(THREADS, worker, &s);
    t = fixture_enter();
    tgc_release(t, s.object);
    release_dead(t);
    tgc_policy_merge_pending(t);
    fixture_leave(t);
    CHECK_EQ_INT(fixture_objects(NULL), before - 1); // the object itself was made before
    CHECK(atomic_load(&s.good) > 0);
}

static tg_value new_list(tg_thread *t)
{
    return tgc_list_new(t, 0);
}
TEST(list_readers_get_only_what_was_put_in)
{
    race(new_list, list_worker);
}
TEST(list_may_be_sorted_while_others_use_it)
{
    static const tgc_method_def key = {"first_text", first_text, 1, 1, 0};
    tg_thread *t = fixture_enter();
    sort_key = tgc_builtin_new(t, &key, NULL, TGC_NONE);
    fixture_leave(t);
    race(new_list, list_sorter);
}

// Few slots, replaced all the time: a reader that counts a dead object, or looks at an array that
// was freed, has its best chance here.
static void hot_list_reader(tg_thread *t, shared *s, test_rng *rng)
{
    uint64_t good = 0;
    while (!atomic_load(&s->done)) {
        poll(t);
        for (int i = 0; i < 8; i++) {
            tg_value v;
            if (tgc_list_get_fast(t, s->object, (int64_t)test_rng_below(rng, 3), &v)) {
                CHECK(value_is_right(t, v, -1));
                good++;
            }
        }
    }
    atomic_fetch_add(&s->good, good);
}

static void hot_list_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    test_rng rng = test_rng_new((uint64_t)index);
    if (index != 0) {
        hot_list_reader(t, s, &rng);
        return;
    }
    for (long n = test_scale(60000); n > 0; n--) {
        poll(t);
        int64_t at = (int64_t)test_rng_below(&rng, 3);
        tg_value v = value_for(t, at, rng.state);
        switch (n % 16) {
        case 0:
            tgc_list_clear(t, s->object);
            break;
        case 1:
            CHECK(tgc_list_sort(t, s->object, TGC_NULL, false) == 0);
            break;
        case 12:
        case 13:
        case 14:
        case 15:
            REQUIRE(tgc_list_append(t, s->object, v) == 0);
            break;
        default:
            (void)tgc_list_set_fast(t, s->object, at, v);
            break;
        }
        tgc_release(t, v);
    }
    atomic_store(&s->done, true);
}

TEST(list_slots_may_be_replaced_under_readers)
{
    race(new_list, hot_list_worker);
}

// --- dict. Even keys are integers, odd ones strs; tuples (compared by code without the lock) every
// seventh.

static tg_value key_of(tg_thread *t, int64_t key)
{
    if (key % 7 == 3) {
        tg_value parts[2] = {tgc_from_int(key), tgc_str_format(t, "t%lld", (long long)key)};
        return tgc_tuple_from_steal(t, parts, 2);
    }
    return key % 2 == 0 ? tgc_from_int(key) : tgc_str_format(t, "key-%lld", (long long)key);
}

static void dict_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    test_rng rng = test_rng_new((uint64_t)index);
    uint64_t good = 0;
    for (long n = test_scale(20000); n > 0; n--) {
        poll(t);
        int64_t key = (int64_t)test_rng_below(&rng, KEYS);
        tg_value k = key_of(t, key), v = TGC_NULL, other = TGC_NULL;
        REQUIRE(k != TGC_NULL);
        int got = 0;
        switch (test_rng_below(&rng, index % 2 == 0 ? 16 : 7)) {
        default:
            if (tgc_is_str(k))
                got = tgc_dict_get_str(t, s->object, k, &v);
            else
                got = tgc_dict_get(t, s->object, k, &v);
            break;
        case 0:
        case 1: {
            tg_value x = value_for(t, key, rng.state);
            got = tgc_dict_set(t, s->object, k, x);
            tgc_release(t, x);
            break;
        }
        case 2:
            got = tgc_dict_pop(t, s->object, k, &v);
            break;
        case 3: {
            tg_value x = value_for(t, key, rng.state);
            got = tgc_dict_setdefault(t, s->object, k, x, &v);
            tgc_release(t, x);
            CHECK(got >= 0);
            got = got >= 0;
            break;
        }
        case 4:
            if (tgc_dict_popitem(t, s->object, &other, &v)) {
                CHECK(value_is_right(t, v, -1));
                tgc_release(t, other);
            }
            break;
        case 5:
            if (test_rng_below(&rng, 40) == 0)
                tgc_dict_clear(t, s->object);
            break;
        case 6: {
            size_t pos = 0;
            while (tgc_dict_next(t, s->object, &pos, &other, &v)) {
                tg_value mine = key_of(t, tgc_int(tgc_tuple_peek(v, 0)));
                CHECK(tgc_equal(t, mine, other) == 1);
                CHECK(value_is_right(t, v, -1));
                tgc_release(t, mine);
                tgc_release(t, other);
                good++;
            }
            break;
        }
        }
        CHECK(got >= 0);
        if (got > 0) {
            CHECK(value_is_right(t, v, key));
            good++;
        }
        tgc_release(t, k);
    }
    atomic_fetch_add(&s->good, good);
}

static tg_value new_dict(tg_thread *t)
{
    return tgc_dict_new(t);
}
TEST(dict_readers_get_the_value_of_their_key)
{
    race(new_dict, dict_worker);
}

// --- set

static void set_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    test_rng rng = test_rng_new((uint64_t)index);
    uint64_t good = 0;
    for (long n = test_scale(20000); n > 0; n--) {
        poll(t);
        int64_t key = (int64_t)test_rng_below(&rng, KEYS);
        tg_value k = key_of(t, key), x = TGC_NULL;
        int got = 0;
        switch (test_rng_below(&rng, index % 2 == 0 ? 14 : 6)) {
        default:
            got = tgc_set_contains(t, s->object, k);
            break;
        case 0:
        case 1:
            got = tgc_set_add(t, s->object, k);
            break;
        case 2:
            got = tgc_set_discard(t, s->object, k);
            break;
        case 3:
            x = tgc_set_pop(t, s->object);
            if (x != TGC_NULL) {
                CHECK(tgc_is_int(x) || tgc_is_str(x) || tgc_is_tuple(x));
                tgc_release(t, x);
            }
            break;
        case 4:
            if (test_rng_below(&rng, 40) == 0)
                tgc_set_clear(t, s->object);
            break;
        case 5: {
            size_t pos = 0;
            uint64_t hash, own;
            while (tgc_set_next(t, s->object, &pos, &x, &hash)) {
                CHECK(tgc_hash(t, x, &own) == 0 && own == hash);
                tgc_release(t, x);
            }
            tg_value copy = tgc_set_copy(t, &tgc_set_type, s->object);
            CHECK(copy != TGC_NULL);
            tgc_release(t, copy);
            break;
        }
        }
        CHECK(got >= 0);
        good += got > 0;
        tgc_release(t, k);
    }
    atomic_fetch_add(&s->good, good);
}

static tg_value new_set(tg_thread *t)
{
    return tgc_set_new(t);
}
TEST(set_finds_only_what_was_put_in)
{
    race(new_set, set_worker);
}

// What is in the container all the time must be found all the time.
static void dict_steady_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    test_rng rng = test_rng_new((uint64_t)index);
    for (long n = test_scale(20000); n > 0; n--) {
        poll(t);
        int64_t key = (int64_t)test_rng_below(&rng, 20);
        tg_value k = key_of(t, key), v;
        if (index % 2 == 0) {
            CHECK(tgc_dict_get(t, s->object, k, &v) == 1);
            CHECK(value_is_right(t, v, key));
            atomic_fetch_add(&s->good, 1);
        } else if (test_rng_below(&rng, 3) == 0) { // a new value for a key that stays
            v = value_for(t, key, rng.state);
            CHECK(tgc_dict_set(t, s->object, k, v) == 0);
            tgc_release(t, v);
        } else { // other keys come and go: the table is rebuilt again and again
            tg_value other = key_of(t, 20 + key);
            v = value_for(t, 20 + key, rng.state);
            CHECK(tgc_dict_set(t, s->object, other, v) == 0);
            tgc_release(t, v);
            if (test_rng_below(&rng, 2) == 0)
                CHECK(tgc_dict_del(t, s->object, other) >= 0);
            tgc_release(t, other);
        }
        tgc_release(t, k);
    }
}

static tg_value steady_dict(tg_thread *t)
{
    tg_value d = tgc_dict_new(t);
    for (int64_t key = 0; key < 20; key++)
        REQUIRE(tgc_dict_set_steal(t, d, key_of(t, key), value_for(t, key, 0)) == 0);
    return d;
}

TEST(dict_never_misses_a_key_that_stays)
{
    fixture_runtime();
    tg_thread *t = fixture_enter();
    shared s = {.object = steady_dict(t)};
    fixture_leave(t);
    fixture_run_threads(THREADS, dict_steady_worker, &s);
    t = fixture_enter();
    CHECK(tgc_dict_size(s.object) >= 20);
    tgc_release(t, s.object);
    fixture_leave(t);
    CHECK(atomic_load(&s.good) > 0);
}

static void set_steady_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    test_rng rng = test_rng_new((uint64_t)index);
    for (long n = test_scale(20000); n > 0; n--) {
        poll(t);
        int64_t key = (int64_t)test_rng_below(&rng, 20);
        tg_value k = key_of(t, index % 2 == 0 ? key : 20 + key);
        if (index % 2 == 0) {
            CHECK(tgc_set_contains(t, s->object, k) == 1);
            atomic_fetch_add(&s->good, 1);
        } else {
            CHECK(tgc_set_add(t, s->object, k) >= 0);
            if (test_rng_below(&rng, 2) == 0)
                CHECK(tgc_set_discard(t, s->object, k) >= 0);
        }
        tgc_release(t, k);
    }
}

static tg_value steady_set(tg_thread *t)
{
    tg_value s = tgc_set_new(t);
    for (int64_t key = 0; key < 20; key++) {
        tg_value k = key_of(t, key);
        REQUIRE(tgc_set_add(t, s, k) == 1);
        tgc_release(t, k);
    }
    return s;
}

TEST(set_never_misses_an_item_that_stays)
{
    fixture_runtime();
    tg_thread *t = fixture_enter();
    shared s = {.object = steady_set(t)};
    fixture_leave(t);
    fixture_run_threads(THREADS, set_steady_worker, &s);
    t = fixture_enter();
    tgc_release(t, s.object);
    fixture_leave(t);
    CHECK(atomic_load(&s.good) > 0);
}

// A large integer. Those of equal `key % 100` have equal hashes, and are compared without the lock.
static tg_value colliding_key(tg_thread *t, int64_t key)
{
    const int64_t modulus = (INT64_C(1) << 61) - 1;
    return tgc_int_from_i128(t, (__int128)modulus * (key / 100 + 8) + key % 100);
}

// No two threads may add a key twice: each addition is somebody's, and the size says how many there
// were.
static void add_once_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    (void)index;
    for (int64_t key = 0; key < ONCE_KEYS; key++) {
        poll(t);
        tg_value k = key % 2 == 0 ? key_of(t, key) : colliding_key(t, key);
        int got = tgc_is_dict(s->object) ? tgc_dict_add(t, s->object, k, TGC_NONE) == 0
                                         : tgc_set_add(t, s->object, k) == 1;
        atomic_fetch_add(&s->good, got);
        tgc_release(t, k);
    }
}

static void add_once(tg_value (*make)(tg_thread *t))
{
    fixture_runtime();
    for (long round = test_scale(20); round > 0; round--) {
        tg_thread *t = fixture_enter();
        shared s = {.object = make(t)};
        fixture_leave(t);
        fixture_run_threads(THREADS, add_once_worker, &s);
        t = fixture_enter();
        CHECK_EQ_INT(tgc_length(t, s.object), ONCE_KEYS);
        CHECK_EQ_INT(atomic_load(&s.good), ONCE_KEYS);
        tgc_release(t, s.object);
        fixture_leave(t);
    }
}

TEST(dict_key_is_added_by_one_thread_only)
{
    add_once(new_dict);
}
TEST(set_item_is_added_by_one_thread_only)
{
    add_once(new_set);
}

// No append is lost.
static void append_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    for (int64_t i = 0; i < 5000; i++) {
        poll(t);
        tg_value v = value_for(t, i, (uint64_t)index);
        if (!tgc_list_append_fast_steal(t, s->object, v))
            REQUIRE(tgc_list_append_steal(t, s->object, v) == 0);
    }
}

TEST(list_loses_no_append)
{
    fixture_runtime();
    tg_thread *t = fixture_enter();
    shared s = {.object = tgc_list_new(t, 0)};
    fixture_leave(t);
    fixture_run_threads(THREADS, append_worker, &s);
    t = fixture_enter();
    CHECK_EQ_INT(tgc_list_size(s.object), 5000 * THREADS);
    for (size_t i = 0; i < tgc_list_size(s.object); i++)
        CHECK(value_is_right(t, tgc_list_get(t, s.object, i), -1));
    tgc_release(t, s.object);
    fixture_leave(t);
}

// --- one iterator in several hands: any item is one of the container's, and the end stays the end

static void iterator_worker(tg_thread *t, void *context, int index)
{
    shared *s = context;
    (void)index;
    uint64_t good = 0;
    tg_value it = tgc_retain(t, s->object); // each thread has a reference, as in scripts
    for (;;) {
        poll(t);
        tg_value x = tgc_next(t, it);
        if (x == TGC_NULL)
            break;
        tg_value v =
            tgc_is_exact(x, &tgc_tuple_type) && tgc_tuple_size(x) == 2 ? tgc_tuple_peek(x, 1) : x;
        CHECK(value_is_right(t, tgc_retain(t, v), -1));
        tgc_release(t, x);
        good++;
    }
    CHECK(tgc_next(t, it) == TGC_NULL);
    tgc_release(t, it);
    atomic_fetch_add(&s->good, good);
}

static void share_iterator(tg_value (*make)(tg_thread *t))
{
    fixture_runtime();
    for (int round = 0; round < 20; round++) {
        tg_thread *t = fixture_enter();
        shared s = {.object = make(t)};
        REQUIRE(s.object != TGC_NULL);
        fixture_leave(t);
        fixture_run_threads(THREADS, iterator_worker, &s);
        CHECK(atomic_load(&s.good) > 0);
        t = fixture_enter();
        tgc_release(t, s.object);
        fixture_leave(t);
    }
}

static tg_value values_list(tg_thread *t)
{
    tg_value list = tgc_list_new(t, 0);
    for (int64_t i = 0; i < 500; i++)
        REQUIRE(tgc_list_append_steal(t, list, value_for(t, i, 0)) == 0);
    return list;
}

static tg_value list_iterator(tg_thread *t)
{
    tg_value list = values_list(t), it = tgc_iter(t, list);
    tgc_release(t, list);
    return it;
}

static tg_value enumerate_iterator(tg_thread *t)
{
    tg_value list = values_list(t), it = tgc_call1(t, tgc_from_ptr(&tgc_enumerate_type), list);
    tgc_release(t, list);
    return it;
}

static tg_value zip_iterator(tg_thread *t)
{
    tg_value list = values_list(t);
    const tg_value args[2] = {list, list};
    tg_value it = tgc_call(t, tgc_from_ptr(&tgc_zip_type), args, 2, TGC_NULL);
    tgc_release(t, list);
    return it;
}

static tg_value items_iterator(tg_thread *t)
{
    tg_value d = tgc_dict_new(t);
    for (int64_t i = 0; i < 500; i++)
        REQUIRE(tgc_dict_set_steal(t, d, key_of(t, i), value_for(t, i, 0)) == 0);
    tg_value it = tgc_dict_iter(t, d, TGC_DICT_ITEMS, false);
    tgc_release(t, d);
    return it;
}

TEST(list_iterator_may_be_shared)
{
    share_iterator(list_iterator);
}
TEST(enumerate_may_be_shared)
{
    share_iterator(enumerate_iterator);
}
TEST(zip_may_be_shared)
{
    share_iterator(zip_iterator);
}

// Several takers of one dict iterator count the entries together: it ends, with or without the
// RuntimeError that says that more entries came out than there are.
static void items_worker(tg_thread *t, void *context, int index)
{
    iterator_worker(t, context, index);
    if (tgc_raised(t)) {
        CHECK(tgc_raised_match(t, &TGC_EXC(RuntimeError)));
        tgc_error_clear(t);
    }
}

TEST(dict_iterator_may_be_shared)
{
    fixture_runtime();
    for (int round = 0; round < 20; round++) {
        tg_thread *t = fixture_enter();
        shared s = {.object = items_iterator(t)};
        fixture_leave(t);
        fixture_run_threads(THREADS, items_worker, &s);
        t = fixture_enter();
        tgc_release(t, s.object);
        fixture_leave(t);
    }
}

// --- what growth replaces

// A reader without a lock may be anywhere in an array that growth replaces: it is freed after a
// grace period, which cannot pass while this thread is attached and does not poll.
static void check_replaced_waits(tg_thread *t, tg_value v,
                                 int (*add)(tg_thread *, tg_value, int64_t))
{
    size_t before = tgi_defer_backlog(t->runtime);
    for (int64_t i = 0; i < 500; i++)
        REQUIRE(add(t, v, i) == 0);
    CHECK(tgi_defer_backlog(t->runtime) > before);
    tgc_release(t, v);
}

static int add_to_list(tg_thread *t, tg_value v, int64_t i)
{
    return tgc_list_append(t, v, tgc_from_int(i));
}

// L6: what is ready beyond the size holds TGC_NULL, and what is not ready is not looked at, even by
// a reader that still has the size of before the list became short. Wrong: a reader takes what the
// memory held before, here one word with the mark of an int, for an item.
TEST(list_shows_no_slot_that_was_never_set)
{
    if (!TGC_FREE_THREADED)
        SKIP("classic readers are never beside a writer");
    enum { ITEMS = 20000 };
    fixture_runtime();
    tg_thread *t = fixture_enter();
    tg_value v = tgc_list_new(t, 0);
    tgc_list *list = tgc_list_of(v);
    const tgc_array *last = NULL;
    for (int64_t i = 0; i < ITEMS; i++) {
        REQUIRE(add_to_list(t, v, i) == 0);
        tgc_array *a = atom_load_relaxed(&list->items);
        size_t n = tgc_list_size(v), ready = tgc_array_ready(a);
        CHECK(n <= ready && ready <= a->capacity);
        for (size_t k = n; k < ready; k++)
            CHECK(atom_load_relaxed(&a->slot[k].word) == TGC_NULL);
        if (a == last || ready == a->capacity)
            continue;
        last = a;
        atom_store_relaxed(&a->slot[ready].word, tgc_from_int(-1)); // what the memory held before
        atom_store_relaxed(&list->size, ready + 1);                 // what the reader still knows
        tg_value x = TGC_NULL;
        CHECK(!tgc_list_read_fast(t, list, ready, &x));
        atom_store_relaxed(&list->size, n);
    }
    CHECK(last != NULL);
    for (int64_t i = 0; i < ITEMS; i++)
        CHECK(tgc_list_get(t, v, (size_t)i) == tgc_from_int(i));
    tgc_release(t, v);
    fixture_leave(t);
}

static int add_to_dict(tg_thread *t, tg_value v, int64_t i)
{
    return tgc_dict_set(t, v, tgc_from_int(i), tgc_from_int(i));
}
static int add_to_set(tg_thread *t, tg_value v, int64_t i)
{
    return tgc_set_add(t, v, tgc_from_int(i)) < 0 ? -1 : 0;
}

TEST(arrays_and_tables_that_are_replaced_wait_for_readers)
{
    if (!TGC_FREE_THREADED)
        SKIP("classic readers are never beside a writer");
    fixture_runtime();
    tg_thread *t = fixture_enter();
    check_replaced_waits(t, tgc_list_new(t, 0), add_to_list);
    check_replaced_waits(t, tgc_dict_new(t), add_to_dict);
    check_replaced_waits(t, tgc_set_new(t), add_to_set);
    fixture_leave(t);
}
