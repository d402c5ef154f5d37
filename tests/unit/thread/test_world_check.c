// SPDX-License-Identifier: MIT
//
// test_world_check.c - a broken promise of the GIL or of a pause aborts, and a kept one does not.
//
// Each broken promise is made in a child process by writing what no code of the runtime writes. A
// wrong result is a child that goes on.
#include "world.h"

#include "thread/gil.h"
#include "thread/stw.h"
#include "thread/world_check.h"

#include <signal.h>

static char text[8192];

static _Atomic(int) inside;
static _Atomic(bool) stop_flag;

static void stay(tg_thread *t, void *arg)
{
    (void)arg;
    tgi_thread_set_name(t, "guest");
    atom_add_seq_cst(&inside, 1);
    while (!atom_load_seq_cst(&stop_flag))
        sched_yield();
}

static world with_guest(void)
{
    atom_store_seq_cst(&inside, 0);
    world w = world_new(false, true, NULL);
    (void)world_start(&w, stay, NULL);
    while (atom_load_seq_cst(&inside) == 0)
        sched_yield();
    return w;
}

static void turn_on_under_a_running_thread(void *arg)
{
    (void)arg;
    world w = with_guest();
    w.t->holds_gil = true;
    atom_store_seq_cst(&w.rt->main_interp->gil->enabled, 1);
    tgi_world_check_now(w.t);
}

static void forget_the_gil(void *arg)
{
    (void)arg;
    world w = world_new(true, true, NULL);
    w.t->holds_gil = false;
    tgi_world_check_now(w.t);
}

static void pause_that_misses_a_thread(void *arg)
{
    (void)arg;
    world w = with_guest();
    // As if the guest were not on the list.
    tgi_rawlock_lock(&w.rt->threads_lock);
    tg_thread *guest = w.rt->threads != w.t ? w.rt->threads : w.t->next;
    tgi_thread_unlink_locked(guest);
    tgi_rawlock_unlock(&w.rt->threads_lock);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
}

static void detach_in_a_pause(void *arg)
{
    (void)arg;
    world w = world_new(false, true, NULL);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_thread_detach(w.t);
}

static void attach_in_a_pause(void *arg)
{
    (void)arg;
    world w = world_new(false, true, NULL);
    tg_thread *other;
    REQUIRE(tgi_thread_new(w.rt->main_interp, &other) == TG_OK);
    tgi_thread_detach(w.t);
    tgi_stop_the_world_global(NULL, w.rt, TGI_CAUSE_TEST);
    atom_store_seq_cst(&other->state, TGI_DETACHED); // as if nobody had suspended it
    tgi_thread_attach(other);
}

static void check_aborts(void (*fn)(void *), const char *says)
{
    CHECK_EQ_INT(test_run_child(fn, NULL, text, sizeof text), 256 + SIGABRT);
    if (strstr(text, says) == NULL)
        FAIL("no \"%s\" in: %s", says, text);
}

TEST(two_threads_under_one_gil_abort)
{
    check_aborts(turn_on_under_a_running_thread, "is not alone, and the GIL is on");
    CHECK(strstr(text, "\"guest\"") != NULL); // every thread is printed
}

TEST(attached_without_the_gil_aborts)
{
    check_aborts(forget_the_gil, "is attached without the GIL");
}

TEST(running_in_a_pause_aborts)
{
    check_aborts(pause_that_misses_a_thread, "in which somebody runs");
}

TEST(detaching_in_a_pause_aborts)
{
    check_aborts(detach_in_a_pause, "detaches in a pause");
}

TEST(attaching_in_a_pause_aborts)
{
    check_aborts(attach_in_a_pause, "attached in a pause");
}

TEST(kept_promises_are_counted)
{
    world w = world_new(false, true, NULL);
    uint64_t threads, pauses, more;
    tgi_world_check_read(w.rt, &threads, &pauses);
    CHECK_EQ_UINT(threads, 1);
    CHECK_EQ_UINT(pauses, 0);
    REQUIRE(tgi_gil_enable_transient(w.t, "test", NULL) == TG_OK); // detaches, pauses, attaches
    tgi_world_check_now(w.t);
    tgi_world_check_read(w.rt, &more, &pauses);
    CHECK_EQ_UINT(more, threads + 3);
    CHECK_EQ_UINT(pauses, 2); // both ends
    REQUIRE(tgi_gil_disable(w.t, "test", NULL) == TG_OK);
    world_end(&w);
}

TEST(runtime_that_is_not_checked_counts_nothing)
{
    tgi_runtime_config config = {.gil_switchable = true, .counts = "test"};
    tg_runtime *rt;
    tg_thread *t;
    REQUIRE(tgi_runtime_create(&config, &rt) == TG_OK);
    REQUIRE(tgi_thread_new(rt->main_interp, &t) == TG_OK);
    tgi_thread_attach(t);
    tgi_world_check_now(t);
    uint64_t threads, pauses;
    tgi_world_check_read(rt, &threads, &pauses);
    CHECK_EQ_UINT(threads + pauses, 0);
    tgi_runtime_destroy(rt, t);
}
