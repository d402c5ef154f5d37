// SPDX-License-Identifier: MIT
//
// life.c - public functions about what happens to a thread from outside: exceptions set by other
// threads, signals, fork.
//
// Threads     as include/togil/runtime.h says.
#include <togil/runtime.h>

#include "gate/gate.h"      // core
#include "thread/fork.h"    // fork
#include "thread/runtime.h" // main thread
#include "thread/signals.h" // signals

#include <errno.h>
#include <signal.h> // sigaction
#include <unistd.h> // fork

int tg_raise_in(tg_thread *t, uint64_t thread_id, tg_value exc)
{
    return tgi_core_of(t)->host_raise_in(t, thread_id, exc);
}

// --- signals

static bool takes_signals(tg_thread *t)
{
    return t->is_main && t->interp == t->runtime->main_interp;
}

bool tg_is_main_thread(tg_thread *t)
{
    return takes_signals(t);
}

tg_status tg_signal_handle(tg_thread *t, int signo, tg_signal_fn fn)
{
    if (!takes_signals(t) || signo == t->runtime->signals.toggle)
        return TG_ERR_STATE;
    return tgi_signals_install(t->runtime, signo, fn);
}

tg_status tg_signal_default(tg_thread *t, int signo, bool ignore)
{
    if (!takes_signals(t) || signo == t->runtime->signals.toggle)
        return TG_ERR_STATE;
    tg_status st = tgi_signals_remove(t->runtime, signo);
    if (st == TG_ERR_ARG)
        return st;
    struct sigaction action = {.sa_handler = ignore ? SIG_IGN : SIG_DFL};
    sigemptyset(&action.sa_mask);
    return sigaction(signo, &action, NULL) == 0 ? TG_OK : TG_ERR_OS;
}

tg_status tg_signal_raise(tg_thread *t, int signo)
{
    return tgi_signals_raise_if_handled(t->runtime, signo) ? TG_OK : TG_ERR_STATE;
}

// --- fork

tg_status tg_fork(tg_thread *t, int64_t *pid)
{
    // Below an entered state lies the one of the interpreter it came from, which the child would
    // lose.
    if (t->interp != t->runtime->main_interp || t->entered)
        return TG_ERR_STATE;
    tgi_fork_prepare(t);
    pid_t child = fork();
    int saved = errno;
    if (child == 0)
        tgi_fork_child(t);
    else
        tgi_fork_parent(t);
    errno = saved;
    if (child < 0)
        return TG_ERR_OS;
    *pid = child;
    return TG_OK;
}
