// SPDX-License-Identifier: MIT
//
// test_steps_world.c - steps of pauses, of a thread's life and of fork, one at a time.
//
// As test_steps.c, for what is not the GIL. Attacks S1 to S3, Note [attach-turn], Note
// [paused-locks], K1, I1, T4, A1, and what a child of fork must forget.
//
// Wrong results: a failed check, or a wait that does not end (time-out). Each test names the step.
#include "steps.h"

#include "base/config.h"
#include "base/os.h"
#include "sync/mutex.h"
#include "sync/rank.h"
#include "thread/fork.h"
#include "thread/gil.h"
#include "thread/signals.h"
#include "thread/stw.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

// ThreadSanitizer refuses new threads in a child of a process with several, unless told otherwise.
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "die_after_fork=0";
}

// -- pauses ---------------------------------------------------------------------------------------

static void end_when_asked_to_stop(tg_thread *t, void *arg)
{
    (void)arg;
    atom_store_seq_cst(&phase, 1);
    while ((atom_load_seq_cst(&t->breaker) & TGI_BRK_STOP) == 0)
        sched_yield();
    // The pause waits for us; we never poll, we end. S1
}

TEST(thread_that_ends_while_a_pause_waits_for_it_is_counted)
{
    world w = world_new(false, true, NULL);
    begin();
    tgi_thread_handle *h = world_start(&w, end_when_asked_to_stop, NULL);
    wait_for_phase(1);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    CHECK_EQ_UINT(w.rt->thread_count, 1);
    tgi_start_the_world(w.t, w.rt->main_interp);
    world_join(h);
    world_end(&w);
}

static _Atomic(tg_thread *) requester;
static _Atomic(int) requester_detached;

static void note_detaching(tg_thread *t)
{
    if (t == atom_load_seq_cst(&requester))
        atom_add_seq_cst(&requester_detached, 1);
}

static void stop_when_waited_for(tg_thread *t, void *arg)
{
    (void)arg;
    atom_store_seq_cst(&phase, 1);
    while (tgi_parked_count(&t->interp->stw.all_stopped.word) == 0)
        sched_yield();
    CHECK(tgi_thread_is_attached(atom_load_seq_cst(&requester)));
    CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
}

static const tgi_core_hooks detach_hooks = {.detaching = note_detaching};

TEST(requester_stays_attached_while_it_waits)
{
    // If it detached, attaching again would make it wait for locks of threads it has stopped.
    world w = world_new(false, true, &detach_hooks);
    begin();
    tgi_thread_handle *h = world_start(&w, stop_when_waited_for, NULL);
    wait_for_phase(1);
    atom_store_seq_cst(&requester_detached, 0);
    atom_store_seq_cst(&requester, w.t);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_start_the_world(w.t, w.rt->main_interp);
    CHECK_EQ_INT(atom_load_seq_cst(&requester_detached), 0);
    atom_store_seq_cst(&requester, NULL);
    world_join(h);
    world_end(&w);
}

static int wake_nobody(const void *word, int count)
{
    (void)word;
    (void)count;
    return 0;
}

static void attach_in_a_pause(tg_thread *t, void *arg)
{
    (void)arg;
    detached_until_go(t);
    CHECK(tgi_event_wait_flags(&gone_on, TGI_DEADLINE_NEVER, 0) == TG_OK); // stays attached
}

TEST(thread_that_waits_in_attach_is_let_in_by_the_restart)
{
    // By the one who restarts the world, before any other pause can begin: Note [attach-turn].
    world w = world_new(false, true, NULL);
    begin();
    tgi_thread_handle *h = world_start(&w, attach_in_a_pause, NULL);
    world_await(w.t, &phase, 1);
    tg_thread *waiting = w.rt->threads;
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_event_set(&go);
    while (tgi_parked_count(&waiting->state) == 0)
        sched_yield();
    int (*wake)(const void *, int) = tgi_os.futex_wake;
    tgi_os.futex_wake = wake_nobody; // it has not noticed yet
    tgi_start_the_world(w.t, w.rt->main_interp);
    CHECK_EQ_INT(atom_load_seq_cst(&waiting->state), TGI_ATTACHED);
    tgi_os.futex_wake = wake;
    tgi_parker_interrupt(atom_load_seq_cst(&waiting->parker)); // wakes it
    tgi_event_set(&gone_on);
    world_join(h);
    world_end(&w);
}

#if TGI_POINTS

static tg_thread *watched;

static void stop_while_leaving(tgi_point_kind kind, const void *addr)
{
    if (kind != TGI_POINT_ACCESS || watched == NULL || addr != &watched->state)
        return;
    atom_store_seq_cst(&phase, 2);
    while ((atom_load_seq_cst(&watched->breaker) & TGI_BRK_STOP) == 0)
        sched_yield();
    watched = NULL; // written and read by this thread, once it runs
}

static void leave_and_wait(tg_thread *t, void *arg)
{
    (void)arg;
    watched = t;
    tgi_thread_detach(t);
    CHECK(tgi_event_wait(&go, TGI_DEADLINE_NEVER)); // set after the pause
    tgi_thread_attach(t);
}

TEST(pause_sees_a_thread_that_is_just_leaving)
{
    // It is found attached and must count itself down: it stores its state, then looks for STOP.
    world w = world_new(false, true, NULL);
    begin();
    watched = NULL;
    tgi_point_set_hook(stop_while_leaving);
    tgi_thread_handle *h = world_start(&w, leave_and_wait, NULL);
    wait_for_phase(2);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    tgi_start_the_world(w.t, w.rt->main_interp);
    tgi_point_set_hook(NULL);
    tgi_event_set(&go);
    world_join(h);
    world_end(&w);
}

#endif

TEST(pause_leaves_no_request_behind)
{
    world w = world_new(false, true, NULL);
    begin();
    tgi_thread_handle *h = world_start(&w, wait_for_go, NULL);
    world_await(w.t, &phase, 1);
    tg_thread *detached = w.rt->threads;
    for (int i = 0; i < 2; i++) {
        tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
        CHECK_EQ_INT(atom_load_seq_cst(&detached->state), TGI_SUSPENDED);
        CHECK_EQ_UINT(atom_load_seq_cst(&detached->breaker), TGI_BRK_STOP); // S3
        tgi_start_the_world(w.t, w.rt->main_interp);
        CHECK_EQ_INT(atom_load_seq_cst(&detached->state), TGI_DETACHED);
        CHECK_EQ_UINT(atom_load_seq_cst(&detached->breaker), 0);
    }
    tgi_event_set(&go);
    world_join(h);
    world_end(&w);
}

TEST(pause_of_one_interpreter_leaves_the_others_alone)
{
    world w = world_new(false, true, NULL);
    tg_interp *second = NULL;
    REQUIRE(tgi_interp_new(w.rt, true, &second) == TG_OK);
    tg_thread *t[2];
    REQUIRE(tgi_thread_new(w.rt->main_interp, &t[0]) == TG_OK);
    REQUIRE(tgi_thread_new(second, &t[1]) == TG_OK);
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TEST);
    CHECK_EQ_INT(atom_load_seq_cst(&t[0]->state), TGI_SUSPENDED);
    CHECK_EQ_INT(atom_load_seq_cst(&t[1]->state), TGI_DETACHED);
    tgi_start_the_world(w.t, w.rt->main_interp);
    tgi_stop_the_world_global(w.t, w.rt, TGI_CAUSE_TEST);
    CHECK_EQ_INT(atom_load_seq_cst(&t[0]->state), TGI_SUSPENDED);
    CHECK_EQ_INT(atom_load_seq_cst(&t[1]->state), TGI_SUSPENDED);
    tgi_start_the_world_global(w.t, w.rt);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ_INT(atom_load_seq_cst(&t[i]->state), TGI_DETACHED);
        tgi_thread_discard(t[i]);
    }
    CHECK_EQ_INT(tgi_interp_free(second), TG_OK);
    world_end(&w);
}

#if TGI_DEBUG

static void wait_for_a_lock_in_a_pause(void *context)
{
    world *w = context;
    tgi_stop_the_world(w->t, w->rt->main_interp, TGI_CAUSE_TEST);
    tgi_rank_enter(TGI_RANK_OBJECT, &phase); // it may have been handed to a thread that is stopped
}

static void wait_for_a_lock_after_a_pause(void *context)
{
    world *w = context;
    tgi_stop_the_world(w->t, w->rt->main_interp, TGI_CAUSE_TEST);
    tgi_start_the_world(w->t, w->rt->main_interp);
    tgi_rank_enter(TGI_RANK_OBJECT, &phase);
    tgi_rank_leave(TGI_RANK_OBJECT, &phase);
}

TEST(lock_that_detaches_is_not_waited_for_in_a_pause)
{
    world w = world_new(false, true, NULL);
    char text[512] = "";
    CHECK(test_run_child(wait_for_a_lock_in_a_pause, &w, text, sizeof text) > 256);
    CHECK(strstr(text, "in a pause") != NULL);
    CHECK_EQ_INT(test_run_child(wait_for_a_lock_after_a_pause, &w, text, sizeof text), 0);
    world_end(&w);
}

#endif

// -- the breaker, signals -------------------------------------------------------------------------

static int calls_made;

static tg_status ask_again(tg_thread *t)
{
    if (calls_made++ == 0)
        tgi_breaker_set(t, TGI_BRK_SIGNAL | TGI_BRK_CALLS | TGI_BRK_COLLECT | TGI_BRK_ASYNC_EXC);
    return TG_OK;
}

TEST(request_that_comes_during_the_work_is_kept)
{
    static const struct {
        uint32_t bit;
        tgi_core_hooks hooks;
    } each[] = {
        {TGI_BRK_SIGNAL, {.signals = ask_again}},
        {TGI_BRK_CALLS, {.calls = ask_again}},
        {TGI_BRK_COLLECT, {.collect = ask_again}},
        {TGI_BRK_ASYNC_EXC, {.async_exc = ask_again}},
    };
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        world w = world_new(false, true, &each[i].hooks);
        calls_made = 0;
        tgi_breaker_set(w.t, each[i].bit);
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
        CHECK_EQ_INT(calls_made, 1);
        CHECK((atom_load_seq_cst(&w.t->breaker) & each[i].bit) != 0); // K1
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
        CHECK_EQ_INT(calls_made, 2);
        world_end(&w);
    }
}

static tg_runtime *signalled;
static int wakes;

static int look_at_wake(const void *word, int count)
{
    (void)word;
    (void)count;
    // Who is woken here looks at the breaker and goes back to sleep if it finds nothing: I1.
    tg_thread *t = atom_load_seq_cst(&signalled->main_thread);
    CHECK((atom_load_seq_cst(&t->breaker) & TGI_BRK_SIGNAL) != 0);
    CHECK(tgi_signals_pending(&signalled->signals));
    wakes++;
    return 0;
}

TEST(signal_is_noted_before_anybody_is_woken)
{
    world w = world_new(false, true, NULL);
    signalled = w.rt;
    wakes = 0;
    tgi_os.futex_wake = look_at_wake;
    tgi_signals_raise(w.rt, SIGINT);
    tgi_os_reset();
    CHECK(wakes > 0);
    CHECK_EQ_INT(tgi_signals_take(w.rt), SIGINT);
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    world_end(&w);
}

// -- the list -------------------------------------------------------------------------------------

static void discard_a_state(void *context, int index)
{
    (void)index;
    tgi_thread_discard(context);
    atom_store_seq_cst(&phase, 1);
}

TEST(state_leaves_the_list_under_its_lock)
{
    world w = world_new(false, true, NULL);
    begin();
    tg_thread *t = NULL;
    REQUIRE(tgi_thread_new(w.rt->main_interp, &t) == TG_OK);
    tgi_rawlock_lock(&w.rt->threads_lock);
    test_threads *leaver = test_threads_start(1, discard_a_state, t);
    // Either it sleeps for the lock, or it is done without it.
    while (atom_load_seq_cst(&w.rt->threads_lock.word) != 2 && atom_load_seq_cst(&phase) == 0)
        sched_yield();
    CHECK_EQ_INT(atom_load_seq_cst(&phase), 0);
    CHECK_EQ_UINT(w.rt->thread_count, 2);
    tgi_rawlock_unlock(&w.rt->threads_lock);
    test_threads_join(leaver);
    CHECK_EQ_UINT(w.rt->thread_count, 1);
    world_end(&w);
}

// -- the end --------------------------------------------------------------------------------------

static _Atomic(int) slept;

static int leave_instead_of_sleeping(tgi_deadline until)
{
    CHECK(until == TGI_DEADLINE_NEVER);
    atom_store_seq_cst(&slept, 1);
    pthread_exit(NULL);
}

static void come_back_too_late(tg_thread *t, void *arg)
{
    (void)arg;
    detached_until_go(t); // the runtime has ended
    FAIL("attach has returned after the end");
    pthread_exit(NULL); // the end would crash: there is nothing left to end
}

TEST(attach_does_not_return_after_the_end)
{
    world w = world_new(true, true, NULL);
    begin();
    atom_store_seq_cst(&slept, 0);
    tgi_thread_handle *h = world_start(&w, come_back_too_late, NULL);
    tg_thread *late = w.rt->threads;
    world_await(w.t, &phase, 1);
    CHECK_EQ_UINT(tgi_runtime_end_threads(w.rt, w.t), 1);
    CHECK_EQ_INT(atom_load_seq_cst(&late->state), TGI_ENDED);
    tgi_runtime_destroy(w.rt, w.t);
    // What is left are the states' own memory, the runtime's, and the thread, which is asleep.
    tgi_os.sleep_until = leave_instead_of_sleeping;
    tgi_event_set(&go);
    pthread_join(h->os, NULL);
    tgi_os_reset();
    CHECK_EQ_INT(atom_load_seq_cst(&slept), 1);
    tgi_thread_abandon(late);
    // The thread left on its own way: its handle stays listed, with its reference.
    tgi_thread_handle_release(h);
    CHECK_EQ_INT(tgi_raw_count().blocks, w.blocks_before + 1);
}

// -- fork -----------------------------------------------------------------------------------------

TEST(child_forgets_who_waited_for_the_gil)
{
    world w = world_new(true, false, NULL);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, TGI_NS_PER_MS);
    begin();
    tgi_thread_handle *h[2] = {world_start(&w, nothing, NULL), world_start(&w, nothing, NULL)};
    // They wait, and have asked us to let go: so will the child's breaker say. Both do, because a
    // thread that just starts may have the sanitizer's allocator locked, in the child for ever.
    while ((atom_load_seq_cst(&w.t->breaker) & TGI_BRK_GIL_DROP) == 0 ||
           atom_load_seq_cst(&w.rt->main_interp->gil->waiters) != 2)
        sched_yield();
    tgi_fork_prepare(w.t);
    pid_t pid = fork();
    if (pid == 0) {
        tgi_fork_child(w.t);
        alarm(30);
        // Nobody else is there: the GIL comes back to us, every time.
        for (int i = 0; i < 3; i++) {
            tgi_breaker_set(w.t, TGI_BRK_GIL_DROP);
            if (tgi_breaker_poll(w.t) != TG_OK || !w.t->holds_gil)
                _exit(2);
        }
        tgi_thread_handle *child = NULL; // it waits behind nobody
        if (tgi_thread_start(w.rt->main_interp, nothing, NULL, NULL, &child) != TG_OK)
            _exit(3);
        while (atom_load_seq_cst(&w.rt->main_interp->gil->waiters) == 0)
            sched_yield();
        if (tgi_thread_join(child, TGI_DEADLINE_NEVER, 0) != TG_OK)
            _exit(4);
        _exit(0);
    }
    tgi_fork_parent(w.t);
    REQUIRE(pid > 0);
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK_EQ_INT(status, 0);
    world_join(h[0]);
    world_join(h[1]);
    world_end(&w);
}

TEST(gil_that_a_stopped_thread_had_is_free_in_the_child)
{
    world w = world_new(true, false, NULL);
    tg_interp *second = NULL;
    REQUIRE(tgi_interp_new(w.rt, true, &second) == TG_OK);
    begin();
    tgi_thread_handle *h = NULL;
    REQUIRE(tgi_thread_start(second, wait_for_go, NULL, NULL, &h) == TG_OK);
    tg_thread *stopped = w.rt->threads;
    world_await(w.t, &phase, 1);
    tgi_fork_prepare(w.t);
    tgi_event_set(&go); // it takes the GIL of its interpreter and waits for the end of the pause
    while (atom_load_seq_cst(&stopped->attach_waiting) == 0)
        sched_yield();
    pid_t pid = fork();
    if (pid == 0) {
        tgi_fork_child(w.t);
        alarm(30);
        tg_thread *fresh = NULL;
        if (tgi_thread_new(second, &fresh) != TG_OK)
            _exit(2);
        tgi_thread_detach(w.t);
        tgi_thread_attach(fresh);
        _exit(fresh->holds_gil ? 0 : 3);
    }
    tgi_fork_parent(w.t);
    REQUIRE(pid > 0);
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK_EQ_INT(status, 0);
    world_join(h);
    CHECK_EQ_INT(tgi_interp_free(second), TG_OK);
    world_end(&w);
}

static tgi_mutex contended;

static void wait_for_contended(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    tgi_mutex_lock_detach(&contended);
    tgi_mutex_unlock(&contended);
}

TEST(child_hands_no_lock_to_a_thread_of_the_parent)
{
    world w = world_new(false, true, NULL);
    tgi_mutex_lock_detach(&contended);
    tgi_thread_handle *h = world_start(&w, wait_for_contended, NULL);
    while (tgi_parked_count(&contended.bits) == 0)
        sched_yield();
    // From here on an unlock hands the lock over to the one that waits.
    tgi_deadline fair = tgi_deadline_after_ns(TGI_MUTEX_FAIR_NS);
    while (!tgi_deadline_passed(fair))
        sched_yield();
    tgi_fork_prepare(w.t);
    pid_t pid = fork();
    if (pid == 0) {
        tgi_fork_child(w.t);
        tgi_mutex_unlock(&contended);
        _exit(tgi_mutex_trylock(&contended) ? 0 : 2);
    }
    tgi_fork_parent(w.t);
    REQUIRE(pid > 0);
    int status = 0;
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK_EQ_INT(status, 0);
    tgi_mutex_unlock(&contended);
    world_join(h);
    world_end(&w);
}
