// SPDX-License-Identifier: MIT
//
// test_shared_iterators.c - one iterator in several hands: every item goes to one thread.
//
// Attacks     Note [iterator-position]. A wrong result is an item that came twice or not at all.
#include "containers_fixture.h"
#include "test.h"

#include "core/object/class.h" // tgc_call1
#include "core/object/dict.h"
#include "core/object/error.h"
#include "core/object/iter.h"
#include "core/object/list.h"
#include "core/object/range.h"
#include "core/object/set.h"
#include "core/object/tuple.h"
#include "sync/point.h"
#include "thread/breaker.h"

#define THREADS    4
#define ITEMS      3000
#define FIRST_CHAR 0x4000
#define DEALERS    12
#define OUTER      8 // from here on: over an iterator of their own

typedef struct dealing {
    tg_value iterator;
    _Atomic(int) given[ITEMS];
} dealing;

static bool take_one(tg_thread *t, dealing *d, tg_value it)
{
    tg_value x = tgc_next(t, it);
    if (x == TGC_NULL)
        return false;
    // An int, a one-character str, or the last of a tuple.
    tg_value number = tgc_is_tuple(x) ? tgc_tuple_peek(x, tgc_tuple_size(x) - 1) : x;
    int64_t i =
        tgc_is_str(number) ? (int64_t)tgc_str_char(number, 0) - FIRST_CHAR : tgc_int(number);
    REQUIRE(i >= 0 && i < ITEMS);
    atomic_fetch_add(&d->given[i], 1);
    tgc_release(t, x);
    return true;
}

static void take_items(tg_thread *t, void *context, int index)
{
    dealing *d = context;
    (void)index;
    tg_value it = tgc_retain(t, d->iterator); // each thread has a reference, as in scripts
    while (take_one(t, d, it))
        REQUIRE(tgi_breaker_poll(t) == TG_OK);
    CHECK(!tgc_raised(t));
    tgc_release(t, it);
}

static void each_was_given_once(dealing *d)
{
    int missing = 0, twice = 0;
    for (int i = 0; i < ITEMS; i++) {
        missing += atomic_load(&d->given[i]) == 0;
        twice += atomic_load(&d->given[i]) > 1;
    }
    CHECK_EQ_INT(missing, 0);
    CHECK_EQ_INT(twice, 0);
}

static void deal(tg_value iterator)
{
    static dealing d;
    memset((void *)&d, 0, sizeof d);
    d.iterator = iterator;
    fixture_run_threads(THREADS, take_items, &d);
    each_was_given_once(&d);
}

static const tgc_obj *position; // the iterator whose position says what is next

// One character per item: FIRST_CHAR is the first.
static tg_value text(tg_thread *t)
{
    static uint16_t units[ITEMS];
    for (int i = 0; i < ITEMS; i++)
        units[i] = (uint16_t)(FIRST_CHAR + i);
    return tgc_str_from_units(t, units, ITEMS, sizeof units[0]);
}

static tg_value is_small(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)t;
    (void)nargs;
    (void)kwnames;
    return tgc_from_bool(tgc_int(args[0]) < ITEMS);
}

// An iterator over `inner`, whose reference goes to it.
static tg_value outer(tg_thread *t, int which, tg_value inner)
{
    static const tgc_method_def small = {"is_small", is_small, 1, 1, 0};
    static tgc_type *const types[] = {&tgc_enumerate_type, &tgc_zip_type, &tgc_map_type,
                                      &tgc_filter_type};
    static tg_value is_small_fn = TGC_NULL; // immortal
    if (is_small_fn == TGC_NULL)
        is_small_fn = tgc_builtin_new(t, &small, NULL, TGC_NONE);
    const tg_value args[2] = {which == OUTER + 2 ? tgc_from_ptr(&tgc_int_type) : is_small_fn,
                              inner};
    bool with_f = which >= OUTER + 2;
    tg_value it = tgc_call(t, tgc_from_ptr(types[which - OUTER]), with_f ? args : args + 1,
                           with_f ? 2 : 1, TGC_NULL);
    tgc_release(t, inner);
    return it;
}

// Iterator number `which` over the numbers below ITEMS. What it goes over is given too.
static tg_value dealer(tg_thread *t, int which, tg_value *out_over)
{
    tg_value list = tgc_list_new(t, 0), over = TGC_NULL, it;
    for (int64_t i = 0; i < ITEMS; i++)
        REQUIRE(tgc_list_append_steal(t, list, tgc_from_int(i)) == 0);
    if (which == 1)
        over = tgc_call1(t, tgc_from_ptr(&tgc_tuple_type), list);
    else if (which == 2)
        over = tgc_set_new_typed(t, &tgc_set_type, list);
    else if (which == 3)
        over = tgc_call1(t, tgc_from_ptr(&tgc_range_type), tgc_from_int(ITEMS));
    else if (which == 4 || which == 5)
        over = tgc_dict_new(t);
    else if (which == 7)
        over = text(t);
    else
        over = tgc_retain(t, list);
    for (int64_t i = 0; (which == 4 || which == 5) && i < ITEMS; i++)
        REQUIRE(tgc_dict_set(t, over, tgc_from_int(i), tgc_from_int(i)) == 0);
    it = which == 5   ? tgc_dict_iter(t, over, TGC_DICT_ITEMS, false)
         : which == 6 ? tgc_iter_list_reversed(t, over)
                      : tgc_iter(t, over);
    REQUIRE(it != TGC_NULL);
    position = tgc_ptr(it);
    if (which >= OUTER)
        it = outer(t, which, it);
    REQUIRE(it != TGC_NULL);
    *out_over = over;
    tgc_release(t, list);
    return it;
}

TEST(shared_iterators_give_each_item_once)
{
    fixture_runtime();
    for (int round = 0; round < DEALERS * 4; round++) {
        tg_thread *t = fixture_enter();
        tg_value over, it = dealer(t, round % DEALERS, &over);
        fixture_leave(t);
        deal(it);
        t = fixture_enter();
        tgc_release(t, it);
        tgc_release(t, over);
        fixture_leave(t);
    }
}

// --- one step between the two halves of another

// What another thread does at that moment: no thread is needed for it.
static struct {
    tg_thread *t;
    tg_value iterator;
    dealing *dealing;
    int64_t taken;
    bool done; // once in each step
} intruder;

static void take_one_more(tgi_point_kind kind, const void *addr)
{
    if (kind != TGI_POINT_ACCESS || addr != position || intruder.done)
        return;
    intruder.done = true;
    intruder.taken += take_one(intruder.t, intruder.dealing, intruder.iterator);
}

static bool take_two(void)
{
    intruder.done = false;
    return take_one(intruder.t, intruder.dealing, intruder.iterator);
}

TEST(a_step_between_the_halves_of_another_takes_an_item_of_its_own)
{
    if (!TGI_POINTS)
        SKIP("needs scheduling points");
    fixture_runtime();
    static dealing d;
    // Under a GIL nobody comes between, and classic does not share what an outer one goes over.
    int kinds = TGC_FREE_THREADED ? DEALERS : OUTER;
    for (int which = 0; which < kinds; which++) {
        memset((void *)&d, 0, sizeof d);
        tg_thread *t = fixture_enter();
        tg_value over, it = dealer(t, which, &over);
        tg_value second = tgc_retain(t, it); // of the other thread
        intruder.t = t, intruder.iterator = it, intruder.dealing = &d, intruder.taken = 0;
        tgi_point_set_hook(take_one_more);
        while (take_two())
            ;
        tgi_point_set_hook(NULL);
        CHECK_EQ_INT(intruder.taken, ITEMS / 2);
        CHECK(!take_one(t, &d, it));
        each_was_given_once(&d);
        tgc_release(t, second);
        tgc_release(t, it);
        tgc_release(t, over); // the last reference: whoever let go of it too often has freed it
        fixture_leave(t);
    }
}
