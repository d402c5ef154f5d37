// SPDX-License-Identifier: MIT
//
// signals.c - from a POSIX signal to a breaker bit.
//
// Owns        the handlers it installs, and who owns which signal.
// Threads     the handler may run on any OS thread; it passes the signal on to the main one and
//             touches thread states there only. Threads started by the runtime block signals.
// Locks       none in the handler: atomics, a futex wake and a write.
// Invariants  I1  `pending` is set before the breaker bit, and the bit before the parker is woken.
#include "thread/signals.h"

#include "base/assert.h"    // TGI_ASSERT
#include "base/os.h"        // tgi_os.write
#include "thread/breaker.h" // tgi_breaker_set
#include "thread/runtime.h" // main_thread

#include <errno.h>       // kept in the handler
#include <pthread.h>     // pthread_kill
#include <signal.h>      // sigaction
#include <sys/eventfd.h> // wake_fd

static _Atomic(tg_runtime *) owners[TGI_SIGNALS];
static pthread_t main_os[TGI_SIGNALS]; // const while the owner is set

void tgi_signals_init(tgi_signals *s)
{
    // ORDER: relaxed; nobody else knows it yet.
    atom_store_relaxed(&s->pending, 0);
    atom_store_relaxed(&s->wake_fd, -1);
    s->toggle = 0;
    atom_store_relaxed(&s->installed, 0); // ORDER: relaxed; as above.
}

static uint64_t installed(tg_runtime *rt)
{
    // ORDER: relaxed; see tgi_signals_install.
    return atom_load_relaxed(&rt->signals.installed);
}

// Either in the handler on the main OS thread, or with threads_lock held.
static void deliver(tg_runtime *rt, int signo)
{
    // ORDER: seq_cst; I1, and in one order with the poll that clears the bit and then looks.
    atom_or_seq_cst(&rt->signals.pending, UINT64_C(1) << signo);
    // ORDER: relaxed; see above who may call.
    tg_thread *t = atom_load_relaxed(&rt->main_thread);
    if (t != NULL) {
        tgi_breaker_set(t, TGI_BRK_SIGNAL);
        tgi_parker *parker = atom_load_relaxed(&t->parker);
        if (parker != NULL)
            tgi_parker_interrupt(parker);
    }
    // ORDER: relaxed; const since it was installed.
    int fd = atom_load_relaxed(&rt->signals.wake_fd);
    if (fd >= 0) {
        uint64_t one = 1;
        ssize_t ignored = tgi_os.write(fd, &one, sizeof one);
        (void)ignored;
    }
}

static void on_signal(int signo)
{
    int saved = errno;
    // ORDER: acquire; pairs with tgi_signals_install: main_os is set.
    tg_runtime *rt = atom_load_acquire(&owners[signo]);
    if (rt != NULL) {
        if (pthread_equal(pthread_self(), main_os[signo]))
            deliver(rt, signo);
        else
            (void)pthread_kill(main_os[signo], signo);
    }
    errno = saved;
}

tg_status tgi_signals_install(tg_runtime *rt, int signo, tgi_signal_fn *fn)
{
    if (signo <= 0 || signo >= TGI_SIGNALS)
        return TG_ERR_ARG;
    // ORDER: relaxed; only this thread changes it.
    if (atom_load_relaxed(&rt->signals.wake_fd) < 0)
        atom_store_relaxed(&rt->signals.wake_fd, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    tg_runtime *expected = NULL;
    main_os[signo] = pthread_self();
    // ORDER: acq_rel; the release pairs with the acquire in on_signal.
    if (!atom_cas_strong_acq_rel(&owners[signo], &expected, rt) && expected != rt)
        return TG_ERR_STATE;
    rt->signals.fn[signo] = fn;
    struct sigaction action = {.sa_handler = on_signal};
    sigemptyset(&action.sa_mask);
    if (sigaction(signo, &action, NULL) != 0) {
        // ORDER: release; nobody acts on it.
        atom_store_release(&owners[signo], NULL);
        return TG_ERR_OS;
    }
    // ORDER: relaxed; one writer. Others only want to know whether it would be noticed.
    atom_store_relaxed(&rt->signals.installed, installed(rt) | UINT64_C(1) << signo);
    return TG_OK;
}

tg_status tgi_signals_remove(tg_runtime *rt, int signo)
{
    if (signo <= 0 || signo >= TGI_SIGNALS)
        return TG_ERR_ARG;
    if ((installed(rt) >> signo & 1) == 0)
        return TG_ERR_STATE;
    struct sigaction action = {.sa_handler = SIG_DFL};
    sigemptyset(&action.sa_mask);
    (void)sigaction(signo, &action, NULL);
    // ORDER: release; the handler is out of place.
    atom_store_release(&owners[signo], NULL);
    // ORDER: relaxed; as in install.
    atom_store_relaxed(&rt->signals.installed, installed(rt) & ~(UINT64_C(1) << signo));
    rt->signals.fn[signo] = NULL;
    return TG_OK;
}

void tgi_signals_fini(tg_runtime *rt)
{
    for (int signo = 1; signo < TGI_SIGNALS; signo++)
        if ((installed(rt) >> signo & 1) != 0)
            (void)tgi_signals_remove(rt, signo);
    // ORDER: relaxed; no handler of ours is in place any more.
    int fd = atom_exchange_relaxed(&rt->signals.wake_fd, -1);
    if (fd >= 0)
        (void)tgi_os.close(fd);
}

void tgi_signals_raise(tg_runtime *rt, int signo)
{
    TGI_ASSERT(signo > 0 && signo < TGI_SIGNALS);
    tgi_rawlock_lock(&rt->threads_lock);
    deliver(rt, signo);
    tgi_rawlock_unlock(&rt->threads_lock);
}

bool tgi_signals_take_one(tg_runtime *rt, int signo)
{
    uint64_t bit = UINT64_C(1) << signo;
    // ORDER: acq_rel; pairs with the RMW in deliver.
    return (atom_and_acq_rel(&rt->signals.pending, ~bit) & bit) != 0;
}

void tgi_signals_follow(tg_thread *from, tg_thread *to)
{
    tg_runtime *rt = from->runtime;
    if (!from->is_main)
        return;
    tgi_rawlock_lock(&rt->threads_lock);
    from->is_main = false;
    to->is_main = true;
    // ORDER: seq_cst; I1: a handler that finds `from` has set the pending set before, and we look
    // at that after; one that comes later finds `to`. It runs on this very OS thread.
    atom_store_seq_cst(&rt->main_thread, to);
    if (atom_load_seq_cst(&rt->signals.pending) != 0)
        tgi_breaker_set(to, TGI_BRK_SIGNAL);
    tgi_rawlock_unlock(&rt->threads_lock);
}

bool tgi_signals_raise_if_handled(tg_runtime *rt, int signo)
{
    if (signo <= 0 || signo >= TGI_SIGNALS || (installed(rt) >> signo & 1) == 0)
        return false;
    tgi_signals_raise(rt, signo);
    return true;
}

int tgi_signals_take(tg_runtime *rt)
{
    // ORDER: relaxed; trusted only when tgi_signals_take_one says so.
    uint64_t pending = atom_load_relaxed(&rt->signals.pending);
    if (rt->signals.toggle != 0)
        pending &= ~(UINT64_C(1) << rt->signals.toggle);
    for (; pending != 0; pending &= pending - 1) {
        int signo = __builtin_ctzll(pending);
        if (tgi_signals_take_one(rt, signo))
            return signo;
    }
    return 0;
}

void tgi_signals_after_fork(tg_runtime *rt)
{
    // The parent's signals are not the child's, and a shared descriptor would wake the wrong one.
    // ORDER: relaxed (all here); only one thread exists.
    atom_store_relaxed(&rt->signals.pending, 0);
    int fd = atom_load_relaxed(&rt->signals.wake_fd);
    if (fd >= 0) {
        (void)tgi_os.close(fd);
        // ORDER: relaxed; as above.
        atom_store_relaxed(&rt->signals.wake_fd, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    }
    for (int signo = 1; signo < TGI_SIGNALS; signo++) {
        if ((installed(rt) >> signo & 1) != 0)
            main_os[signo] = pthread_self();
    }
}
