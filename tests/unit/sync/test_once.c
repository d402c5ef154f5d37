// SPDX-License-Identifier: MIT
//
// test_once.c - an initialiser runs once; a failed one runs again.
//
// Attacks O1 and O2. Wrong results: two successful runs, two runs at a time, a caller that returns
// before the value is there.
#include "test.h"

#include "sync/once.h"

static _Atomic(int) running, failures_left, successes;
static int value; // written by the initialiser

static tg_status initialise(void *arg)
{
    (void)arg;
    CHECK_EQ_INT(atom_add_seq_cst(&running, 1), 0);
    tg_status st = TG_OK;
    if (atom_load_seq_cst(&failures_left) > 0) {
        atom_sub_seq_cst(&failures_left, 1);
        st = TG_ERR_NOMEM;
    } else {
        value++;
        atom_add_seq_cst(&successes, 1);
    }
    atom_sub_seq_cst(&running, 1);
    return st;
}

static void use(void *context, int index)
{
    (void)index;
    tg_status st;
    while ((st = tgi_once_run(context, initialise, NULL)) != TG_OK)
        CHECK_EQ_INT(st, TG_ERR_NOMEM);
    CHECK_EQ_INT(value, 1);
}

TEST(once_runs_exactly_once_under_contention)
{
    for (long i = 0; i < test_scale(100); i++) {
        tgi_once once = TGI_ONCE_INIT;
        value = 0;
        atom_store_seq_cst(&successes, 0);
        atom_store_seq_cst(&failures_left, (int)(i % 4));
        test_run_threads(4, use, &once);
        CHECK_EQ_INT(atom_load_seq_cst(&successes), 1);
        CHECK_EQ_INT(atom_load_seq_cst(&failures_left), 0);
    }
}

TEST(once_reports_the_failure_to_the_caller_that_ran_it)
{
    tgi_once once = TGI_ONCE_INIT;
    value = 0;
    atom_store_seq_cst(&failures_left, 1);
    CHECK_EQ_INT(tgi_once_run(&once, initialise, NULL), TG_ERR_NOMEM);
    CHECK_EQ_INT(tgi_once_run(&once, initialise, NULL), TG_OK);
    CHECK_EQ_INT(tgi_once_run(&once, initialise, NULL), TG_OK);
    CHECK_EQ_INT(value, 1);
}
