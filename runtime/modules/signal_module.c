// SPDX-License-Identifier: MIT
//
// signal_module.c - the module _signal, on which signal.py is built: handlers of signals, timers.
//
// Owns        one handler per signal, as the script set it.
// Threads     handlers are set, and run, on the main thread; any thread may ask for them.
// Invariants  SG1  a handler that is callable is in the table exactly while the runtime takes the
//                  signal; SIG_DFL and SIG_IGN leave it to the system.
#include "modules/modules.h"
#include "modules/support.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { LIMIT = 64, HANDLER_DEFAULT = 0, HANDLER_IGNORE = 1 };

typedef struct state {
    tg_value default_int_handler; // const after init
    tgi_short_lock lock;
    tg_value handlers[LIMIT]; // guarded by lock; written by the main thread
} state;

static state *state_of(tg_thread *t)
{
    return tg_module_state(t, &tgi_module_signal);
}

static tg_value handler_of(tg_thread *t, state *s, int signo)
{
    tgi_short_lock_take(&s->lock);
    tg_value v = tg_retain(t, s->handlers[signo]);
    tgi_short_lock_drop(&s->lock);
    return v;
}

// Stores v, which is taken, and gives what was there.
static tg_value set_handler(state *s, int signo, tg_value v)
{
    tgi_short_lock_take(&s->lock);
    tg_value old = s->handlers[signo];
    s->handlers[signo] = v;
    tgi_short_lock_drop(&s->lock);
    return old;
}

// On the main thread, at a poll. There are no frame objects: the second argument is None.
static tg_status run_handler(tg_thread *t, int signo)
{
    tg_value handler = handler_of(t, state_of(t), signo), result = TG_NONE;
    if (tg_callable(t, handler)) {
        tg_value args[2] = {tg_int(t, signo), TG_NONE};
        result = tg_call(t, handler, args, 2);
    }
    tg_release(t, handler);
    tg_release(t, result);
    return result == TG_NULL ? TG_ERR_RAISED : TG_OK;
}

// 0 or -1.
static int as_signal(tg_thread *t, tg_value v, int *out)
{
    int64_t n;
    if (tg_as_int64(t, v, &n) < 0)
        return -1;
    if (n < 1 || n >= LIMIT) {
        tg_raise(t, TG_ValueError, "signal number out of range");
        return -1;
    }
    *out = (int)n;
    return 0;
}

// --- handlers

TGI_NATIVE(signal_signal)
{
    int signo;
    int64_t number = -1;
    state *s = state_of(t);
    if (!tg_is_main_thread(t))
        return tg_raise(t, TG_ValueError,
                        "signal only works in main thread of the main interpreter");
    if (as_signal(t, args[0], &signo) < 0)
        return TG_NULL;
    bool callable = tg_callable(t, args[1]);
    if (!callable &&
        (tg_kind_of(t, args[1]) != TG_KIND_INT || tg_as_int64(t, args[1], &number) < 0 ||
         (number != HANDLER_DEFAULT && number != HANDLER_IGNORE))) {
        tg_error_clear(t);
        return tg_raise(t, TG_TypeError,
                        "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable "
                        "object");
    }
    if (tg_poll(t) != TG_OK) // what has arrived is for the old handler
        return TG_NULL;
    tg_value v = callable ? tg_retain(t, args[1]) : tg_int(t, number);
    tg_value old = handler_of(t, s, signo);
    if (callable) // it must find its handler as soon as it is installed: SG1
        tg_release(t, set_handler(s, signo, v));
    tg_status st = callable ? tg_signal_handle(t, signo, run_handler)
                            : tg_signal_default(t, signo, number == HANDLER_IGNORE);
    int err = errno;
    if (st != TG_OK && callable)
        tg_release(t, set_handler(s, signo, tg_retain(t, old)));
    else if (!callable && st == TG_OK)
        tg_release(t, set_handler(s, signo, v));
    if (st == TG_OK)
        return old;
    tg_release(t, old);
    if (st == TG_ERR_OS)
        return tg_raise_os(t, err, NULL);
    return tg_raise(t, TG_RuntimeError,
                    "signal %d is taken: by another runtime, or to switch the GIL", signo);
}

TGI_NATIVE(signal_getsignal)
{
    int signo;
    return as_signal(t, args[0], &signo) < 0 ? TG_NULL : handler_of(t, state_of(t), signo);
}

TGI_NATIVE(signal_default_int_handler)
{
    return tg_raise_value(t, tg_error_class(t, TG_KeyboardInterrupt), TG_NULL);
}

// Threads other than the main one do not take signals: theirs goes to the process.
TGI_NATIVE(signal_raise)
{
    int failed;
    int64_t signo;
    if (tg_as_int64(t, args[0], &signo) < 0)
        return TG_NULL;
    bool is_main = tg_is_main_thread(t);
    TG_BEGIN_BLOCKING(t)
    failed = is_main ? raise((int)signo) : kill(getpid(), (int)signo);
    TG_END_BLOCKING(t)
    if (failed != 0)
        return tg_raise_os(t, errno, NULL);
    return tg_poll(t) == TG_OK ? TG_NONE : TG_NULL;
}

TGI_NATIVE(signal_strsignal)
{
    int signo;
    if (as_signal(t, args[0], &signo) < 0)
        return TG_NULL;
    const char *text = sigdescr_np(signo);
    return text == NULL ? TG_NONE : tg_str_c(t, text);
}

// --- timers

static tg_value as_seconds(tg_thread *t, const struct timeval *v)
{
    return tg_float(t, (double)v->tv_sec + (double)v->tv_usec * 1e-6);
}

static tg_value as_pair(tg_thread *t, const struct itimerval *timer)
{
    tg_value parts[2] = {as_seconds(t, &timer->it_value), as_seconds(t, &timer->it_interval)};
    return tg_tuple(t, parts, 2);
}

static int as_timeval(tg_thread *t, tg_value v, struct timeval *out)
{
    int64_t ns;
    if (tgi_seconds(t, v, &ns) < 0)
        return -1;
    int64_t us = ns / 1000 + (ns % 1000 > 0);
    out->tv_sec = us / 1000000;
    out->tv_usec = us % 1000000;
    return 0;
}

TGI_NATIVE(signal_setitimer)
{
    int64_t which;
    struct itimerval timer = {.it_value = {0, 0}}, old;
    if (tg_as_int64(t, args[0], &which) < 0 || as_timeval(t, args[1], &timer.it_value) < 0 ||
        (nargs > 2 && as_timeval(t, args[2], &timer.it_interval) < 0))
        return TG_NULL;
    if (setitimer((int)which, &timer, &old) < 0)
        return tg_raise_os(t, errno, NULL);
    return as_pair(t, &old);
}

TGI_NATIVE(signal_getitimer)
{
    int64_t which;
    struct itimerval timer;
    if (tg_as_int64(t, args[0], &which) < 0)
        return TG_NULL;
    if (getitimer((int)which, &timer) < 0)
        return tg_raise_os(t, errno, NULL);
    return as_pair(t, &timer);
}

TGI_NATIVE(signal_alarm)
{
    int64_t seconds;
    if (tg_as_int64(t, args[0], &seconds) < 0)
        return TG_NULL;
    return tg_int(t, alarm((unsigned)seconds));
}

static const tg_function_def functions[] = {
    TGI_FN("signal", signal_signal, 2, 2),       TGI_FN("getsignal", signal_getsignal, 1, 1),
    TGI_FN("raise_signal", signal_raise, 1, 1),  TGI_FN("strsignal", signal_strsignal, 1, 1),
    TGI_FN("setitimer", signal_setitimer, 2, 3), TGI_FN("getitimer", signal_getitimer, 1, 1),
    TGI_FN("alarm", signal_alarm, 1, 1),         TGI_FN_END,
};

typedef struct constant {
    const char *name;
    int64_t value;
} constant;

// clang-format off
#define C(name) {#name, name},
static const constant constants[] = {
    C(SIGHUP) C(SIGINT) C(SIGQUIT) C(SIGILL) C(SIGTRAP) C(SIGABRT) C(SIGBUS) C(SIGFPE) C(SIGKILL)
    C(SIGUSR1) C(SIGSEGV) C(SIGUSR2) C(SIGPIPE) C(SIGALRM) C(SIGTERM) C(SIGCHLD) C(SIGCONT)
    C(SIGSTOP) C(SIGTSTP) C(SIGTTIN) C(SIGTTOU) C(SIGURG) C(SIGXCPU) C(SIGXFSZ) C(SIGVTALRM)
    C(SIGPROF) C(SIGWINCH) C(SIGIO) C(SIGPWR) C(SIGSYS) C(ITIMER_REAL) C(ITIMER_VIRTUAL)
    C(ITIMER_PROF) {"SIG_DFL", HANDLER_DEFAULT}, {"SIG_IGN", HANDLER_IGNORE}, {"NSIG", LIMIT + 1},
};
#undef C
// clang-format on

static void free_state(tg_thread *t, void *p)
{
    state *s = p;
    for (int i = 1; i < LIMIT; i++) {
        if (tg_callable(t, s->handlers[i]) && tg_is_main_thread(t))
            (void)tg_signal_default(t, i, false);
        tg_release(t, s->handlers[i]);
    }
    tg_release(t, s->default_int_handler);
    free(s);
}

// What the process does with each signal as the module is imported: SIGINT may be the runtime's.
static void look_around(tg_thread *t, state *s)
{
    struct sigaction now;
    for (int i = 1; i < LIMIT; i++) {
        s->handlers[i] = TG_NONE;
        if (sigaction(i, NULL, &now) < 0 || (now.sa_flags & SA_SIGINFO) != 0)
            continue;
        if (now.sa_handler == SIG_DFL || now.sa_handler == SIG_IGN)
            s->handlers[i] =
                tg_int(t, now.sa_handler == SIG_IGN ? HANDLER_IGNORE : HANDLER_DEFAULT);
        else if (i == SIGINT)
            s->handlers[i] = tg_retain(t, s->default_int_handler);
    }
}

// The state outlives the module object: a second import finds it.
static state *make_state(tg_thread *t)
{
    static const tg_function_def def =
        TGI_FN("default_int_handler", signal_default_int_handler, 2, 2);
    state *s = state_of(t);
    if (s != NULL)
        return s;
    s = calloc(1, sizeof *s);
    if (s == NULL) {
        tg_raise_nomem(t);
        return NULL;
    }
    s->default_int_handler = tg_function(t, &def, "_signal");
    if (s->default_int_handler == TG_NULL) {
        free(s);
        return NULL;
    }
    look_around(t, s);
    tg_module_set_state(t, &tgi_module_signal, s, free_state);
    return s;
}

static int init(tg_thread *t, tg_value module)
{
    state *s = make_state(t);
    if (s == NULL)
        return -1;
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (tgi_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    }
    if (tg_module_add(t, module, "default_int_handler", tg_retain(t, s->default_int_handler)) < 0)
        return -1;
    return tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_signal = {"_signal", init};
