// SPDX-License-Identifier: MIT
//
// test_gil_ledger.c - who asked for the GIL.
//
// Attacks L1, L2, L3. Wrong results: a request that is taken back under another name, a sum that is
// not the counter, an entry that stays behind or is lost when the table is full.
#include "world.h"

#include "thread/gil.h"

#include <stdio.h>
#include <string.h>

static int sum(const tgi_gil_ledger *ledger)
{
    int total = ledger->others;
    for (int i = 0; i < TGI_GIL_LEDGER_SIZE; i++)
        total += ledger->entry[i].count;
    return total;
}

static void check(world *w, int count, int entries)
{
    tgi_gil_ledger *ledger = &w->rt->main_interp->gil->ledger;
    CHECK_EQ_INT(tgi_gil_count(w->t), count);
    CHECK_EQ_INT(sum(ledger), count);
    CHECK_EQ_INT(tgi_gil_ledger_count(ledger), entries);
}

TEST(named_requests_are_taken_back_by_their_name_only)
{
    world w = world_new(false, true, NULL);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, "module a", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, "module b", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, "module a", NULL), TG_OK);
    check(&w, 3, 2);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_ERR_STATE);
    CHECK_EQ_INT(tgi_gil_disable(w.t, "module c", NULL), TG_ERR_STATE);
    CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, "module c", NULL), TG_ERR_STATE);
    CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, NULL, NULL), TG_ERR_STATE);
    check(&w, 3, 2);
    CHECK_EQ_INT(tgi_gil_disable(w.t, "module a", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_disable(w.t, "module a", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_disable(w.t, "module a", NULL), TG_ERR_STATE);
    CHECK_EQ_STR(w.rt->main_interp->gil->ledger.entry[0].who, "module b");
    check(&w, 1, 1);
    CHECK_EQ_INT(tgi_gil_disable(w.t, "module b", NULL), TG_OK);
    check(&w, 0, 0);
    world_end(&w);
}

TEST(an_unnamed_request_bears_the_name_of_its_thread)
{
    world w = world_new(false, true, NULL);
    tgi_thread_set_name(w.t, "Worker");
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    char expected[64];
    snprintf(expected, sizeof expected, "thread %u (Worker)", (unsigned)w.t->id);
    CHECK_EQ_STR(w.rt->main_interp->gil->ledger.entry[0].who, expected);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    check(&w, 0, 0);
    world_end(&w);
}

TEST(a_gil_that_is_on_from_the_start_says_so)
{
    world w = world_new(true, true, NULL);
    check(&w, 1, 1);
    CHECK_EQ_STR(w.rt->main_interp->gil->ledger.entry[0].who, tgi_gil_started);
    // Its own request is taken back before the one it started with.
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    CHECK_EQ_STR(w.rt->main_interp->gil->ledger.entry[0].who, tgi_gil_started);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    check(&w, 0, 0);
    world_end(&w);

    w = world_new(true, false, NULL);
    CHECK_EQ_STR(w.rt->main_interp->gil->ledger.entry[0].who, tgi_gil_started);
    CHECK(w.rt->main_interp->gil->ledger.permanent);
    world_end(&w);
}

static void ask(tg_thread *t, void *arg)
{
    (void)arg;
    CHECK_EQ_INT(tgi_gil_enable_transient(t, NULL, NULL), TG_OK);
}

TEST(a_request_may_be_taken_back_by_another_thread)
{
    world w = world_new(false, true, NULL);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, "module a", NULL), TG_OK);
    world_join(world_start(&w, ask, NULL));
    check(&w, 2, 2);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    check(&w, 1, 1);
    CHECK_EQ_INT(tgi_gil_disable(w.t, "module a", NULL), TG_OK);
    world_end(&w);
}

TEST(a_permanent_request_comes_first_and_nothing_changes_any_more)
{
    world w = world_new(true, true, NULL);
    tgi_gil_ledger *ledger = &w.rt->main_interp->gil->ledger;
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, "module a", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, "module b", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, "module b", NULL), TG_OK);
    CHECK(ledger->permanent);
    CHECK_EQ_STR(ledger->entry[0].who, "module b");
    CHECK_EQ_STR(ledger->entry[1].who, tgi_gil_started);
    CHECK_EQ_STR(ledger->entry[2].who, "module a");
    CHECK_EQ_INT(tgi_gil_disable(w.t, "module a", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, "module c", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_disable(w.t, "never asked", NULL), TG_OK);
    CHECK_EQ_INT(sum(ledger), 3);
    world_end(&w);
}

TEST(a_full_table_counts_the_rest_together)
{
    world w = world_new(false, true, NULL);
    tgi_gil_ledger *ledger = &w.rt->main_interp->gil->ledger;
    char who[32];
    int total = TGI_GIL_LEDGER_SIZE + 5;
    for (int i = 0; i < total; i++) {
        snprintf(who, sizeof who, "module %d", i);
        CHECK_EQ_INT(tgi_gil_enable_transient(w.t, who, NULL), TG_OK);
    }
    check(&w, total, TGI_GIL_LEDGER_SIZE);
    CHECK_EQ_INT(ledger->others, 5);
    for (int i = total - 1; i >= 0; i--) {
        snprintf(who, sizeof who, "module %d", i);
        CHECK_EQ_INT(tgi_gil_disable(w.t, who, NULL), TG_OK);
        CHECK_EQ_INT(sum(ledger), tgi_gil_count(w.t));
    }
    check(&w, 0, 0);
    world_end(&w);
}

TEST(long_names_are_cut_and_still_found)
{
    world w = world_new(false, true, NULL);
    char who[200];
    memset(who, 'x', sizeof who);
    who[sizeof who - 1] = 0;
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, who, NULL), TG_OK);
    CHECK_EQ_INT((int)strlen(w.rt->main_interp->gil->ledger.entry[0].who), 63);
    CHECK_EQ_INT(tgi_gil_disable(w.t, who, NULL), TG_OK);
    check(&w, 0, 0);
    world_end(&w);
}
