// SPDX-License-Identifier: MIT
//
// test_trigger.c - the growth after which the next collection is due.
//
// Attacks     Note [growth] of core/gc/trigger.c. Wrong looks like: a growth that no longer keeps
//             the price of collections, one that follows the cost of garbage (no growth lowers it),
//             one that a single odd pause drives to its end.
#include "test.h"

#include "core/gc/gc_internal.h"

#define MS INT64_C(1000000)

enum { LEAST = 7000, LIVE = 1000000 };

// A heap of LIVE objects, a nanosecond of marking for each `per_mark`, that makes an object in
// `made_ns`: collected each time it has grown by the share, until that settles.
static double settled(double growth, double mark_ns, double made_ns)
{
    for (int i = 0; i < 40; i++) {
        double grown = LIVE * growth;
        tgc_gc_lesson l = {
            .grown = (int64_t)grown,
            .live = LIVE,
            .spared_ns = (int64_t)(LIVE * mark_ns),
            .run_ns = (int64_t)(grown * made_ns),
        };
        growth = tgc_gc_growth(growth, &l, LEAST);
    }
    return growth;
}

TEST(a_heap_grows_until_collections_have_their_price)
{
    // At 1 / 19 of the growth's time a collection takes 5 % of all.
    CHECK(settled(1.0, 5, 95) > 0.99 && settled(1.0, 5, 95) < 1.01);
    CHECK(settled(0.25, 5, 95) > 0.99 && settled(0.25, 5, 95) < 1.01);
    CHECK(settled(2.0, 5, 95) > 0.99 && settled(2.0, 5, 95) < 1.01);
    CHECK(settled(1.0, 8, 95) > 1.59 && settled(1.0, 8, 95) < 1.61);
    CHECK_EQ_INT((int)(settled(1.0, 100, 95) * 100), 200); // no more than that
    CHECK_EQ_INT((int)(settled(1.0, 1, 950) * 100), 25);   // nor less
}

TEST(one_odd_pause_moves_the_growth_by_a_step)
{
    tgc_gc_lesson l = {.grown = LIVE, .live = LIVE, .spared_ns = 900 * MS, .run_ns = MS};
    CHECK_EQ_INT((int)(tgc_gc_growth(0.5, &l, LEAST) * 100), 100);
    l.run_ns = 0; // a clock that stands
    CHECK_EQ_INT((int)(tgc_gc_growth(0.5, &l, LEAST) * 100), 100);
    l.spared_ns = 0;
    l.run_ns = 1000 * MS;
    CHECK_EQ_INT((int)(tgc_gc_growth(1.5, &l, LEAST) * 100), 100);
}

TEST(a_collection_that_comes_early_tells_the_same_as_one_that_is_due)
{
    tgc_gc_lesson due = {.grown = LIVE, .live = LIVE, .spared_ns = 5 * MS, .run_ns = 80 * MS};
    tgc_gc_lesson early = due;
    early.grown /= 10;
    early.run_ns /= 10;
    CHECK_EQ_INT((int)(tgc_gc_growth(1, &early, LEAST) * 1000),
                 (int)(tgc_gc_growth(1, &due, LEAST) * 1000));
    early.grown /= 10; // next to nothing
    early.run_ns /= 1000;
    CHECK_EQ_INT((int)(tgc_gc_growth(1, &early, LEAST) * 100), 100);
    early.grown = -LIVE; // it has become smaller
    CHECK_EQ_INT((int)(tgc_gc_growth(1, &early, LEAST) * 100), 100);
}

TEST(growth_in_bytes_counts_like_growth_in_objects)
{
    tgc_gc_lesson l = {
        .grown = 10,
        .live = 100,
        .grown_bytes = INT64_C(300) << 20,
        .live_bytes = UINT64_C(300) << 20,
        .spared_ns = 5 * MS,
        .run_ns = 80 * MS,
    };
    CHECK_EQ_INT((int)(tgc_gc_growth(1, &l, LEAST) * 1000), 1187);
}
