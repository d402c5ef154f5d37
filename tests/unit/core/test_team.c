// SPDX-License-Identifier: MIT
//
// test_team.c - work that several threads share is done once, all of it, by whoever is free.
//
// Attacks     T1-T3 of core/gc/team.c. Wrong looks like: an item that was never looked at, or
//             twice; a member that leaves while there may still be work; a run that never ends.
//             Items are numbers in the place of objects: a team does not look into them.
#include "test.h"

#include "core/gc/team.h"
#include "mem/raw.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { ITEMS = 200000 };

static _Atomic(uint8_t) seen[ITEMS + 1];
static atomic_bool waits_for_helper, helper_left;
static atomic_int failures;

static tgc_obj *item(size_t n)
{
    return (tgc_obj *)(n << 4);
}

// Item n leads to 2n and 2n + 1, a tree, and thereby to all.
static void look_at(tgc_marker *m, size_t n)
{
    atomic_fetch_add(&seen[n], 1);
    for (size_t next = 2 * n; next <= 2 * n + 1 && next <= ITEMS; next++)
        tgc_marker_push(m, item(next));
}

static void work_off(tgc_marker *m)
{
    tgc_team *team = m->team;
    for (tgc_obj *o; !m->failed && (o = tgc_marker_pop(m)) != NULL;) {
        look_at(m, (uintptr_t)o >> 4);
        if (atom_load_relaxed(&team->hungry) <= atom_load_relaxed(&team->available))
            continue;
        tgc_team_share(m);
        // What is given first is taken by the one who was hungry.
        while (atomic_load(&waits_for_helper) && m == team->marker &&
               atom_load_relaxed(&team->available) > 0)
            sched_yield();
    }
}

static void tree_part(tgc_marker *m)
{
    bool first = m == m->team->marker;
    if (!first && !tgc_team_join(m))
        return;
    // The first has work and gives none before somebody is hungry.
    while (first && atomic_load(&waits_for_helper) && atom_load_relaxed(&m->team->hungry) == 0)
        sched_yield();
    tgc_chunk *source;
    do {
        work_off(m);
    } while (!m->failed && tgc_team_take(m, &source));
}

static unsigned count_wrong(void)
{
    unsigned wrong = 0;
    for (size_t i = 1; i <= ITEMS; i++)
        wrong += atomic_load(&seen[i]) != 1;
    return wrong;
}

static void forget(void)
{
    for (size_t i = 0; i <= ITEMS; i++)
        atomic_store(&seen[i], 0);
}

TEST(what_is_shared_is_looked_at_once)
{
    for (unsigned members = 1; members <= 5; members += 2) {
        forget();
        tgc_team *team = tgc_team_new(members, 1);
        REQUIRE(team != NULL);
        atomic_store(&waits_for_helper, team->crew.helpers > 0);
        tgc_marker_push(&team->marker[0], item(1));
        tgc_team_begin(team, NULL);
        tgc_team_run(team, tree_part);
        CHECK_EQ_UINT(count_wrong(), 0);
        uint64_t taken = 0;
        for (unsigned i = 1; i < TGI_CREW_MAX; i++)
            taken += team->marker[i].taken;
        CHECK(taken > 0 || members == 1);
        tgi_crew_dismiss(&team->crew);
        tgc_team_free(team);
    }
}

// --- the end

static void lone_item_part(tgc_marker *m)
{
    tgc_team *team = m->team;
    tgc_chunk *source;
    if (m != team->marker) {
        if (tgc_team_join(m)) {
            while (tgc_team_take(m, &source))
                work_off(m);
        }
        atomic_store(&helper_left, true);
        return;
    }
    // Empty-handed but for the one item that leads to everything: nobody may leave before it is
    // looked at.
    tgc_obj *o = tgc_marker_pop(m);
    while (atom_load_relaxed(&team->hungry) == 0 && !atomic_load(&helper_left))
        sched_yield();
    for (int i = 0; i < 200 && !atomic_load(&helper_left); i++)
        sched_yield();
    CHECK(!atomic_load(&helper_left));
    look_at(m, (uintptr_t)o >> 4);
    do {
        work_off(m);
    } while (tgc_team_take(m, &source));
}

TEST(nobody_leaves_while_somebody_may_find_more)
{
    forget();
    atomic_store(&waits_for_helper, false);
    atomic_store(&helper_left, false);
    tgc_team *team = tgc_team_new(2, 1);
    REQUIRE(team != NULL && team->crew.helpers == 1);
    tgc_marker_push(&team->marker[0], item(1));
    tgc_team_begin(team, NULL);
    tgc_team_run(team, lone_item_part);
    CHECK(atomic_load(&helper_left));
    CHECK_EQ_UINT(count_wrong(), 0);
    tgi_crew_dismiss(&team->crew);
    tgc_team_free(team);
}

// --- lists to begin with

static void source_part(tgc_marker *m)
{
    tgc_chunk *source;
    if (m != m->team->marker && !tgc_team_join(m))
        return;
    while (tgc_team_take(m, &source)) {
        for (size_t i = 0; source != NULL && i < source->count; i++)
            atomic_fetch_add(&seen[(uintptr_t)source->item[i] >> 4], 1);
    }
}

TEST(every_chunk_of_a_list_is_taken_once_and_stays)
{
    forget();
    tgc_team *team = tgc_team_new(3, 1);
    REQUIRE(team != NULL);
    tgc_chunk *list = NULL;
    for (size_t i = 1; i <= ITEMS; i++)
        REQUIRE(tgc_chunk_add(&list, item(i)));
    tgc_team_begin(team, list);
    tgc_team_run(team, source_part);
    CHECK_EQ_UINT(count_wrong(), 0);
    size_t n = 0;
    for (const tgc_chunk *c = list; c != NULL; c = c->next)
        n += c->count;
    CHECK_EQ_UINT(n, ITEMS);
    tgi_crew_dismiss(&team->crew);
    tgc_team_free(team);
    tgc_chunks_free(list);
}

// --- memory

static void wide_part(tgc_marker *m)
{
    bool first = m == m->team->marker;
    if (!first && !tgc_team_join(m))
        return;
    tgc_chunk *source;
    for (size_t i = 1; first && i <= ITEMS; i++)
        tgc_marker_push(m, item(ITEMS)); // many chunks
    do {
        work_off(m);
    } while (!m->failed && tgc_team_take(m, &source));
    if (m->failed)
        atomic_fetch_add(&failures, 1);
}

TEST(when_one_finds_no_memory_all_stop_and_nothing_is_left_behind)
{
    int64_t before = tgi_raw_count().blocks;
    int refused = 0;
    for (uint64_t n = 1; n < 300; n += 7) {
        (void)tgi_mem_fail_after(n, n % 2 == 0 ? UINT64_C(1) << 60 : 1);
        tgc_team *team = tgc_team_new(3, 1);
        if (team != NULL) {
            tgc_team_begin(team, NULL);
            atomic_store(&failures, 0);
            atomic_store(&waits_for_helper, false);
            tgc_team_run(team, wide_part);
            CHECK_EQ_INT(atomic_load(&failures) > 0, atom_load_relaxed(&team->failed));
            refused += atom_load_relaxed(&team->failed);
            tgi_crew_dismiss(&team->crew);
        }
        uint64_t requests = tgi_mem_fail_after(0, 0);
        CHECK(requests < n + 1000); // not one for each item
        tgc_team_free(team);
        CHECK_EQ_INT(tgi_raw_count().blocks, before);
    }
    CHECK(refused > 10);
}
