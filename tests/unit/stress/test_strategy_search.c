// SPDX-License-Identifier: MIT
//
// test_strategy_search.c - who is told of a lock that dies.
//
// Attacks Note [birth]. Wrong results: what comes to be at the address of a lock that has died is
// taken for it by one of those who know things by their addresses. Each is told by itself.
#include "test.h"

#include "stress/engine.h"

#include <string.h>

static int lock, other, at[2]; // addresses: of things and of instructions
static tgi_engine e;

static bool meets_others(const int *site)
{
    return tgi_sharing_group(&e.sharing, tgi_sharing_number(&e.sharing, site)) != UINT32_MAX;
}

TEST(learning_run_is_told_of_a_lock_that_dies)
{
    memset(&e, 0, sizeof e);
    e.sharing.learning = true;
    tgi_sharing_begin(&e.sharing);
    CHECK(tgi_sharing_learn(&e.sharing, &lock, 0, &at[0], 1, true));
    tgi_engine_gone(&e, &other);
    tgi_engine_gone(&e, &lock);
    (void)tgi_sharing_learn(&e.sharing, &lock, 0, &at[1], 2, true);
    for (int i = 0; i < 2; i++)
        CHECK(!meets_others(&at[i]));
    (void)tgi_sharing_learn(&e.sharing, &lock, 0, &at[1], 1, true);
    CHECK(meets_others(&at[1]));
    tgi_sharing_free(&e.sharing);
}

TEST(search_is_told_of_a_lock_that_dies)
{
    static const uint32_t tasks[] = {0};
    tgi_search search;
    tgi_search_point point = {.tasks = tasks, .count = 1};
    memset(&e, 0, sizeof e);
    e.searching = true;
    e.search = &search;
    (void)tgi_search_init(&search, TGI_SEARCH_DPOR, -1);
    tgi_search_begin(&search);
    CHECK_EQ_UINT(tgi_search_pick(&search, &point), 0);
    CHECK(tgi_engine_touch(&e, &lock, 0, TGI_TOUCHES_TAKE));
    CHECK(!tgi_engine_touch(&e, &lock, 0, TGI_TOUCHES_GIVE));
    tgi_engine_gone(&e, &lock);
    CHECK(tgi_engine_touch(&e, &lock, 0, TGI_TOUCHES_TAKE));
    tgi_search_free(&search);
}

TEST(search_for_races_is_told_of_a_lock_that_dies)
{
    memset(&e, 0, sizeof e);
    e.racing = true;
    e.races = tgi_races_new();
    REQUIRE(e.races != NULL);
    tgi_races_begin(e.races);
    tgi_races_started(e.races, 0, 0, "main", NULL);
    tgi_races_acquired(e.races, 0, &lock, 7, false);
    tgi_engine_gone(&e, &other);
    CHECK(tgi_races_holds(e.races, 0, 7));
    tgi_engine_gone(&e, &lock);
    CHECK(!tgi_races_holds(e.races, 0, 7));
    tgi_races_free(e.races);
}

TEST(trace_is_told_of_a_lock_that_dies)
{
    memset(&e, 0, sizeof e);
    e.tracing = true;
    CHECK(vec_push(&e.objects, ((tgi_object){&lock, 0})));
    CHECK(vec_push(&e.objects, ((tgi_object){&other, 0})));
    tgi_engine_gone(&e, &lock);
    CHECK(e.objects.data[0].where == NULL);
    CHECK(e.objects.data[1].where == &other);
    CHECK_EQ_UINT(e.objects.count, 2); // numbers stay
    vec_free(&e.objects);
}
