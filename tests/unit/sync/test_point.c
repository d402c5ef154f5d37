// SPDX-License-Identifier: MIT
//
// test_point.c - a hook sees the points of the primitives, in builds that have them.
#include "test.h"

#include "sync/mutex.h"
#include "sync/point.h"

static _Atomic(int) seen[16];
static const void *_Atomic last;

static void hook(tgi_point_kind kind, const void *addr)
{
    atom_add_seq_cst(&seen[kind], 1);
    atom_store_seq_cst(&last, addr);
}

TEST(hook_sees_lock_and_unlock_while_it_is_installed)
{
    tgi_mutex m = TGI_MUTEX_INIT;
    tgi_mutex_lock(&m);
    tgi_mutex_unlock(&m);
    CHECK_EQ_INT(atom_load_seq_cst(&seen[TGI_POINT_LOCK]), 0);
    tgi_point_set_hook(hook);
    tgi_mutex_lock(&m);
    CHECK_EQ_INT(atom_load_seq_cst(&seen[TGI_POINT_LOCK]), TGI_POINTS);
    CHECK(atom_load_seq_cst(&last) == (TGI_POINTS ? (const void *)&m : NULL));
    tgi_mutex_unlock(&m);
    CHECK_EQ_INT(atom_load_seq_cst(&seen[TGI_POINT_UNLOCK]), TGI_POINTS);
    tgi_point_set_hook(NULL);
    tgi_mutex_lock(&m);
    tgi_mutex_unlock(&m);
    CHECK_EQ_INT(atom_load_seq_cst(&seen[TGI_POINT_LOCK]), TGI_POINTS);
}
