// SPDX-License-Identifier: MIT
//
// test_state.c - birth, attach, detach, hold, notify, end.
//
// Attacks T1..T4. Wrong results: a held thread that attaches, an errno that changes, an id that is
// used twice, a leak when creation fails half way.
#include "world.h"

#include "sync/event.h"
#include "thread/gil.h"
#include "thread/stw.h"

#include <errno.h>

TEST(attach_and_detach_change_state_and_keep_errno)
{
    world w = world_new(true, true, NULL);
    CHECK(tgi_current_thread() == w.t);
    CHECK(tgi_thread_is_attached(w.t));
    CHECK(w.t->holds_gil);
    errno = 123;
    tgi_thread_detach(w.t);
    CHECK_EQ_INT(errno, 123);
    CHECK(tgi_current_thread() == NULL);
    CHECK(!tgi_thread_is_attached(w.t));
    CHECK(!w.t->holds_gil);
    CHECK_EQ_UINT(atom_load_seq_cst(&w.t->qsbr.seq), 0); // offline
    tgi_thread_attach(w.t);
    CHECK_EQ_INT(errno, 123);
    CHECK(w.t->qsbr.seq != 0);
    CHECK(w.t->is_main);
    CHECK(atom_load_seq_cst(&w.rt->main_thread) == w.t);
    world_end(&w);
}

TEST(ids_are_odd_and_never_reused)
{
    world w = world_new(false, true, NULL);
    uint32_t last = w.t->id;
    for (int i = 0; i < 50; i++) {
        tg_thread *t = NULL;
        REQUIRE(tgi_thread_new(w.rt->main_interp, &t) == TG_OK);
        CHECK((t->id & 1) == 1);
        CHECK(t->id > last);
        last = t->id;
        tgi_thread_discard(t);
    }
    CHECK_EQ_UINT(w.rt->thread_count, 1);
    world_end(&w);
}

static int inits, frees, clears, binds;
static tg_status init_result;

static tg_status hook_init(tg_thread *t)
{
    t->core = &inits;
    inits++;
    return init_result;
}

static void hook_free(tg_thread *t)
{
    CHECK_EQ_PTR(t->core, &inits);
    frees++;
}

static void hook_clear(tg_thread *t)
{
    CHECK(tgi_current_thread() == t);
    clears++;
}

static void hook_bind(tg_thread *t)
{
    CHECK(tgi_current_thread() == t);
    binds++;
}

static void change_errno(tg_thread *t)
{
    (void)t;
    errno = 999;
}

static const tgi_core_hooks errno_hooks = {.attached = change_errno, .detaching = change_errno};

TEST(errno_survives_hooks_that_change_it)
{
    world w = world_new(true, true, &errno_hooks);
    errno = 5;
    tgi_thread_detach(w.t);
    CHECK_EQ_INT(errno, 5);
    errno = 6;
    tgi_thread_attach(w.t);
    CHECK_EQ_INT(errno, 6);
    world_end(&w);
}

// An attach that has to wait: for the GIL, then for the end of a pause.
static void keep_errno(tg_thread *t, void *arg)
{
    _Atomic(int) *step = arg;
    tgi_thread_detach(t);
    atom_add_seq_cst(step, 1); // 1: the other thread takes the GIL, or stops the world
    while (atom_load_seq_cst(step) < 2)
        sched_yield();
    errno = 77;
    tgi_thread_attach(t);
    CHECK_EQ_INT(errno, 77);
}

static void check_errno(bool gil_on, bool pause)
{
    world w = world_new(gil_on, true, &errno_hooks);
    _Atomic(int) step = 0;
    tgi_thread_handle *h = world_start(&w, keep_errno, &step);
    world_await(w.t, &step, 1);
    if (pause)
        tgi_stop_the_world_global(w.t, w.rt, TGI_CAUSE_TEST);
    atom_store_seq_cst(&step, 2);
    // Until it waits for us, if it has to; without a GIL and a pause it does not.
    while (pause && !gil_on && tgi_parked_count(&w.rt->threads->state) == 0)
        sched_yield();
    while (!pause && gil_on && atom_load_seq_cst(&w.rt->main_interp->gil->waiters) == 0)
        sched_yield();
    if (pause)
        tgi_start_the_world_global(w.t, w.rt);
    world_join(h);
    world_end(&w);
}

TEST(errno_survives_an_attach_without_gil)
{
    check_errno(false, false);
}

TEST(errno_survives_an_attach_that_waits_for_the_gil)
{
    check_errno(true, false);
}

TEST(errno_survives_an_attach_that_waits_for_the_end_of_a_pause)
{
    check_errno(false, true);
    check_errno(true, true);
}

static const tgi_core_hooks life_hooks = {.thread_init = hook_init,
                                          .thread_free = hook_free,
                                          .thread_clear = hook_clear,
                                          .thread_bind = hook_bind};

TEST(hooks_run_once_each_in_a_life)
{
    inits = frees = clears = binds = 0;
    init_result = TG_OK;
    world w = world_new(true, true, &life_hooks);
    CHECK_EQ_INT(inits, 1);
    CHECK_EQ_INT(binds, 1);
    tgi_thread_detach(w.t);
    tgi_thread_attach(w.t);
    CHECK_EQ_INT(binds, 1);
    tg_thread *t = NULL;
    init_result = TG_ERR_LIMIT;
    CHECK_EQ_INT(tgi_thread_new(w.rt->main_interp, &t), TG_ERR_LIMIT);
    CHECK_EQ_INT(frees, 0);
    init_result = TG_OK;
    REQUIRE(tgi_thread_new(w.rt->main_interp, &t) == TG_OK);
    tgi_thread_discard(t);
    CHECK_EQ_INT(frees, 1);
    CHECK_EQ_INT(clears, 0);
    world_end(&w);
    CHECK_EQ_INT(frees, 2);
    CHECK_EQ_INT(clears, 1);
}

TEST(creation_without_memory_fails_cleanly)
{
    world w = world_new(false, true, NULL);
    int64_t before = tgi_raw_count().blocks;
    tg_thread *t = NULL;
    (void)tgi_mem_fail_after(1, 1);
    CHECK_EQ_INT(tgi_thread_new(w.rt->main_interp, &t), TG_ERR_NOMEM);
    (void)tgi_mem_fail_after(0, 0);
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
    world_end(&w);
}

TEST(state_may_move_to_another_os_thread_when_unbound)
{
    world w = world_new(false, true, NULL);
    tgi_thread_detach(w.t);
    CHECK(atom_load_seq_cst(&w.t->parker) == tgi_parker_self());
    tgi_thread_unbind(w.t);
    CHECK(atom_load_seq_cst(&w.t->parker) == NULL);
    tgi_thread_attach(w.t);
    CHECK(atom_load_seq_cst(&w.t->parker) == tgi_parker_self());
    world_end(&w);
}

// -- hold -----------------------------------------------------------------------------------------

static _Atomic(int) phase;
static _Atomic(uint32_t) worker_id;
static tgi_event go;
static int owned; // of the worker: touched by it when attached, by others when they hold it

static void detach_and_come_back(tg_thread *t, void *arg)
{
    (void)arg;
    owned = 1;
    atom_store_seq_cst(&worker_id, t->id);
    tgi_thread_detach(t);
    atom_store_seq_cst(&phase, 1);
    (void)tgi_event_wait(&go, TGI_DEADLINE_NEVER);
    tgi_thread_attach(t);
    owned++;
    atom_store_seq_cst(&phase, 2);
}

TEST(held_thread_cannot_attach_until_it_is_let_go)
{
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&phase, 0);
    tgi_event_reset(&go);
    CHECK(tgi_thread_hold_detached(w.rt, w.t->id) == NULL); // attached
    CHECK(tgi_thread_hold_detached(w.rt, 2) == NULL);       // no such thread
    tgi_thread_handle *h = world_start(&w, detach_and_come_back, NULL);
    world_await(w.t, &phase, 1);
    tg_thread *held = tgi_thread_hold_detached(w.rt, atom_load_seq_cst(&worker_id));
    REQUIRE(held != NULL);
    CHECK_EQ_INT(atom_load_seq_cst(&held->state), TGI_SUSPENDED);
    CHECK(tgi_thread_hold_detached(w.rt, atom_load_seq_cst(&worker_id)) == held); // holds nest
    tgi_event_set(&go);
    for (int i = 0; i < 200; i++) {
        owned += 10; // TSan: exclusive while held
        sched_yield();
    }
    CHECK_EQ_INT(atom_load_seq_cst(&phase), 1);
    tgi_thread_unhold(held);
    CHECK_EQ_INT(atom_load_seq_cst(&held->state), TGI_SUSPENDED);
    // A pause that ends does not let it go; a hold that ends in a pause does not either.
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_start_the_world(w.t, w.rt->main_interp);
    CHECK_EQ_INT(atom_load_seq_cst(&held->state), TGI_SUSPENDED);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_thread_unhold(held);
    CHECK_EQ_INT(atom_load_seq_cst(&held->state), TGI_SUSPENDED);
    CHECK_EQ_INT(atom_load_seq_cst(&phase), 1);
    tgi_start_the_world(w.t, w.rt->main_interp);
    world_join(h);
    CHECK_EQ_INT(atom_load_seq_cst(&phase), 2);
    CHECK_EQ_INT(owned, 2002);
    world_end(&w);
}

static void sit_in_blocking_calls(tg_thread *t, void *arg)
{
    (void)arg;
    atom_store_seq_cst(&worker_id, t->id);
    atom_store_seq_cst(&phase, 1);
    while (atom_load_seq_cst(&phase) == 1) {
        owned++;
        tgi_thread_detach(t);
        sched_yield();
        tgi_thread_attach(t);
    }
}

TEST(hold_races_with_attach_and_with_pauses)
{
    // TSan reports it if the holder and the owner are ever inside at the same time.
    world w = world_new(false, true, NULL);
    atom_store_seq_cst(&phase, 0);
    owned = 0;
    tgi_thread_handle *h = world_start(&w, sit_in_blocking_calls, NULL);
    world_await(w.t, &phase, 1);
    long held_count = 0;
    for (long i = 0; i < test_scale(2000); i++) {
        tg_thread *held = tgi_thread_hold_detached(w.rt, atom_load_seq_cst(&worker_id));
        if (held != NULL) {
            owned++;
            held_count++;
            tgi_thread_unhold(held);
        }
        if (i % 16 == 0) {
            tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
            owned++;
            tgi_start_the_world(w.t, w.rt->main_interp);
        }
        if (i % 8 == 0)
            sched_yield();
    }
    atom_store_seq_cst(&phase, 2);
    world_join(h);
    CHECK(held_count > 0);
    world_end(&w);
}

// -- notify ---------------------------------------------------------------------------------------

static void wait_interruptibly(tg_thread *t, void *arg)
{
    (void)arg;
    atom_store_seq_cst(&worker_id, t->id);
    atom_store_seq_cst(&phase, 1);
    tgi_event never = TGI_EVENT_INIT;
    CHECK_EQ_INT(
        tgi_event_wait_flags(&never, TGI_DEADLINE_NEVER, TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE),
        TG_ERR_INTERRUPTED);
    CHECK((atom_load_seq_cst(&t->breaker) & TGI_BRK_ASYNC_EXC) != 0);
    atom_store_seq_cst(&phase, 2);
}

TEST(notify_sets_bits_and_ends_an_interruptible_wait)
{
    world w = world_new(true, true, NULL);
    atom_store_seq_cst(&phase, 0);
    tgi_thread_handle *h = world_start(&w, wait_interruptibly, NULL);
    world_await(w.t, &phase, 1);
    CHECK(tgi_thread_notify(w.rt, atom_load_seq_cst(&worker_id), TGI_BRK_ASYNC_EXC, true));
    world_join(h);
    CHECK_EQ_INT(atom_load_seq_cst(&phase), 2);
    CHECK(!tgi_thread_notify(w.rt, atom_load_seq_cst(&worker_id), TGI_BRK_ASYNC_EXC, true)); // gone
    world_end(&w);
}

TEST(names_are_cut_not_overrun)
{
    world w = world_new(false, true, NULL);
    tgi_thread_set_name(w.t, "a name that is much longer than the field for names");
    CHECK_EQ_UINT(strlen(w.t->name), sizeof w.t->name - 1);
    world_end(&w);
}
