// SPDX-License-Identifier: MIT
//
// test_blocking.c - blocking regions let others run and keep errno.
#include "world.h"

#include "thread/blocking.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static _Atomic(int) ran;

static void note_running(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    atom_store_seq_cst(&ran, 1);
}

TEST(blocking_region_lets_others_take_the_gil_and_keeps_errno)
{
    world w = world_new(true, false, NULL);
    atom_store_seq_cst(&ran, 0);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, 60 * TGI_NS_PER_S); // never asks
    tgi_thread_handle *h = world_start(&w, note_running, NULL);
    CHECK_EQ_INT(atom_load_seq_cst(&ran), 0);
    TGI_BEGIN_BLOCKING(w.t)
    CHECK(tgi_current_thread() == NULL);
    while (atom_load_seq_cst(&ran) == 0)
        sched_yield();
    errno = EBADF;
    TGI_END_BLOCKING(w.t)
    CHECK_EQ_INT(errno, EBADF);
    CHECK(w.t->holds_gil);
    world_join(h);
    world_end(&w);
}

TEST(poll_reports_readiness_timeout_and_errors)
{
    world w = world_new(true, true, NULL);
    int fds[2];
    REQUIRE(pipe(fds) == 0);
    CHECK_EQ_INT(tgi_blocking_poll(w.t, fds[0], POLLIN, tgi_deadline_now()), 0);
    int64_t until = tgi_deadline_after_ns(2 * TGI_NS_PER_MS);
    CHECK_EQ_INT(tgi_blocking_poll(w.t, fds[0], POLLIN, until), 0);
    CHECK(tgi_clock_now_ns() >= until);
    REQUIRE(write(fds[1], "x", 1) == 1);
    CHECK_EQ_INT(tgi_blocking_poll(w.t, fds[0], POLLIN, TGI_DEADLINE_NEVER), POLLIN);
    close(fds[1]);
    close(fds[0]);
    CHECK((tgi_blocking_poll(w.t, fds[0], POLLIN, TGI_DEADLINE_NEVER) & POLLNVAL) != 0);
    world_end(&w);
}

TEST(sleep_lasts_until_its_deadline)
{
    world w = world_new(true, true, NULL);
    CHECK_EQ_INT(tgi_blocking_sleep(w.t, tgi_deadline_now()), TG_OK);
    int64_t until = tgi_deadline_after_ns(2 * TGI_NS_PER_MS);
    CHECK_EQ_INT(tgi_blocking_sleep(w.t, until), TG_OK);
    CHECK(tgi_clock_now_ns() >= until);
    world_end(&w);
}
