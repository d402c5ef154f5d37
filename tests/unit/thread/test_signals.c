// SPDX-License-Identifier: MIT
//
// test_signals.c - signals reach the main thread, wherever they arrive and whatever it does.
//
// Attacks I1. Wrong result: a wait of the main thread that a signal does not end (time-out).
#include "world.h"

#include "base/os.h"
#include "sync/event.h"
#include "sync/mutex.h"
#include "thread/blocking.h"
#include "thread/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static int taken[64];

static tg_status on_signals(tg_thread *t)
{
    int signo;
    while ((signo = tgi_signals_take(t->runtime)) != 0)
        taken[signo]++;
    return TG_ERR_RAISED;
}

static const tgi_core_hooks hooks = {.signals = on_signals};

static world signal_world(void)
{
    memset(taken, 0, sizeof taken);
    world w = world_new(true, true, &hooks);
    REQUIRE(tgi_signals_install(w.rt, SIGUSR1, NULL) == TG_OK);
    return w;
}

TEST(signal_becomes_a_breaker_bit)
{
    world w = signal_world();
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    raise(SIGUSR1);
    CHECK((atom_load_seq_cst(&w.t->breaker) & TGI_BRK_SIGNAL) != 0);
    CHECK(tgi_signals_pending(&w.rt->signals));
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_ERR_RAISED);
    CHECK_EQ_INT(taken[SIGUSR1], 1);
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    tgi_signals_raise(w.rt, SIGINT);
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_ERR_RAISED);
    CHECK_EQ_INT(taken[SIGINT], 1);
    world_end(&w);
}

static int called[65];

static tg_status note_call(tg_thread *t, int signo)
{
    (void)t;
    called[signo]++;
    return TG_OK;
}

TEST(signal_keeps_the_function_it_was_installed_with)
{
    world w = signal_world();
    CHECK(!tgi_signals_raise_if_handled(w.rt, SIGUSR2));
    CHECK_EQ_INT(tgi_signals_install(w.rt, SIGUSR2, note_call), TG_OK);
    CHECK(w.rt->signals.fn[SIGUSR2] == note_call);
    CHECK(w.rt->signals.fn[SIGUSR1] == NULL);
    CHECK(tgi_signals_raise_if_handled(w.rt, SIGUSR2));
    CHECK_EQ_INT(tgi_signals_take(w.rt), SIGUSR2);
    CHECK_EQ_INT(tgi_signals_remove(w.rt, SIGUSR2), TG_OK);
    CHECK(w.rt->signals.fn[SIGUSR2] == NULL);
    CHECK(!tgi_signals_raise_if_handled(w.rt, SIGUSR2));
    CHECK_EQ_INT(called[SIGUSR2], 0); // calling is the core's, at a poll
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_ERR_RAISED);
    world_end(&w);
}

TEST(a_signal_has_one_owner)
{
    world w = signal_world();
    CHECK_EQ_INT(tgi_signals_install(w.rt, SIGUSR1, NULL), TG_OK);
    CHECK_EQ_INT(tgi_signals_install(w.rt, 0, NULL), TG_ERR_ARG);
    CHECK_EQ_INT(tgi_signals_install(w.rt, 64, NULL), TG_ERR_ARG);
    CHECK_EQ_INT(tgi_signals_install(w.rt, SIGKILL, NULL), TG_ERR_OS);
    CHECK_EQ_INT(tgi_signals_remove(w.rt, SIGUSR2), TG_ERR_STATE);
    tg_runtime *other = NULL;
    tgi_runtime_config config = {.gil_enabled = true};
    REQUIRE(tgi_runtime_create(&config, &other) == TG_OK);
    CHECK_EQ_INT(tgi_signals_install(other, SIGUSR1, NULL), TG_ERR_STATE);
    CHECK_EQ_INT(tgi_signals_remove(w.rt, SIGUSR1), TG_OK);
    CHECK_EQ_INT(tgi_signals_install(other, SIGUSR1, NULL), TG_OK);
    tgi_runtime_destroy(other, NULL);
    world_end(&w);
}

// Another OS thread sends the signal to itself: the handler runs there and must pass it on.
static _Atomic(long) sent;
static _Atomic(bool) stop_flag;
static pthread_t main_os;

static void keep_signalling(void *context, int index)
{
    (void)context;
    long last = -1;
    while (!atom_load_seq_cst(&stop_flag)) {
        long round = atom_load_seq_cst(&sent);
        if (round == last) {
            sched_yield();
            continue;
        }
        last = round;
        if (round % 2 == 0)
            pthread_kill(pthread_self(), SIGUSR1);
        else
            pthread_kill(main_os, SIGUSR1);
    }
    (void)index;
}

static void run_waits(tg_status (*wait)(world *w))
{
    world w = signal_world();
    main_os = pthread_self();
    atom_store_seq_cst(&stop_flag, false);
    atom_store_seq_cst(&sent, 0);
    test_threads *threads = test_threads_start(1, keep_signalling, NULL);
    for (long i = 0; i < test_scale(300); i++) {
        // Each round sends one signal; each wait must end because of one.
        atom_add_seq_cst(&sent, 1);
        CHECK_EQ_INT(wait(&w), TG_ERR_INTERRUPTED);
        CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_ERR_RAISED);
    }
    atom_store_seq_cst(&stop_flag, true);
    test_threads_join(threads);
    CHECK(taken[SIGUSR1] > 0);
    world_end(&w);
}

static tg_status wait_for_event(world *w)
{
    (void)w;
    tgi_event e = TGI_EVENT_INIT;
    return tgi_event_wait_flags(&e, TGI_DEADLINE_NEVER, TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE);
}

static tg_status wait_for_lock(world *w)
{
    (void)w;
    static tgi_mutex m;
    (void)tgi_mutex_trylock(&m);
    return tgi_mutex_lock_timed(&m, TGI_DEADLINE_NEVER, TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE);
}

static tg_status wait_for_time(world *w)
{
    return tgi_blocking_sleep(w->t, TGI_DEADLINE_NEVER);
}

static tg_status wait_for_data(world *w)
{
    static int fds[2] = {-1, -1};
    if (fds[0] < 0)
        REQUIRE(pipe(fds) == 0);
    errno = 0;
    int got = tgi_blocking_poll(w->t, fds[0], POLLIN, TGI_DEADLINE_NEVER);
    CHECK_EQ_INT(got, -1);
    return errno == EINTR ? TG_ERR_INTERRUPTED : TG_ERR_OS;
}

TEST(signal_ends_an_event_wait)
{
    run_waits(wait_for_event);
}

TEST(signal_ends_a_lock_wait)
{
    run_waits(wait_for_lock);
}

TEST(signal_ends_a_sleep)
{
    run_waits(wait_for_time);
}

TEST(signal_ends_a_poll)
{
    run_waits(wait_for_data);
}

static int signal_then_poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    // The moment between the last look at the breaker and the system call.
    raise(SIGUSR1);
    return poll(fds, count, timeout_ms);
}

TEST(signal_just_before_the_system_call_ends_the_poll)
{
    world w = signal_world();
    int fds[2];
    REQUIRE(pipe(fds) == 0);
    tgi_os.poll = signal_then_poll;
    tgi_deadline until = tgi_deadline_after_ns(20 * TGI_NS_PER_S);
    CHECK_EQ_INT(tgi_blocking_poll(w.t, fds[0], POLLIN, until), -1);
    CHECK_EQ_INT(errno, EINTR);
    tgi_os_reset();
    CHECK(!tgi_deadline_passed(until));
    close(fds[0]);
    close(fds[1]);
    world_end(&w);
}

static void check_signals_are_blocked(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    CHECK(sigismember(&set, SIGINT) == 1);
    CHECK(sigismember(&set, SIGSEGV) == 0);
}

TEST(started_threads_leave_signals_to_the_main_thread)
{
    world w = signal_world();
    world_join(world_start(&w, check_signals_are_blocked, NULL));
    world_end(&w);
}
