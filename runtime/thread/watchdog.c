// SPDX-License-Identifier: MIT
//
// watchdog.c - a pause that does not begin names the thread it waits for, and that thread says
// where it was.
//
// The name comes at once, from the requester: it and the thread's id are guarded by threads_lock.
// The stack does not: frames belong to the thread that runs, and reading them while it runs is a
// race. So the requester leaves a mark, and the thread prints its own stack when it stops. It does
// so after it has given up its locks but before it counts itself down: until then the pause waits
// for it, nobody is allowed to touch what it owns, and its frames are still its own.
//
// What is printed is therefore the place where the thread could stop at last: the call that took so
// long, if it detaches inside, else the next step of a loop or the next function it enters.
//
// Threads     bark: the requester. answer, ended: the thread that was named.
// Locks       threads_lock for the marks (tg_thread.late_ns, late_cause).
// Invariants  B1  a mark is set only while the thread is counted, and taken off before it counts
//                 itself down: a thread that was named answers once, and for that pause.
// Rejected    a signal to the thread, whose handler walks the frames: it would show the long call
//                 itself, but it ends system calls of code that does not expect it, and the handler
//                 must get along with frames that are half made.
#include "thread/watchdog.h"

#include "base/config.h"    // TGI_STW_WATCHDOG_NS
#include "thread/runtime.h" // lists, hooks

#include <stdarg.h> // printing
#include <stdio.h>  // stderr

enum { FRAMES_SHOWN = 30 };

static _Atomic(tgi_watchdog_fn *) custom;

void tgi_watchdog_set(tgi_watchdog_fn *fn)
{
    // ORDER: release; pairs with the acquire in tgi_watchdog_bark.
    atom_store_release(&custom, fn);
}

void tgi_watchdog_set_limit(tg_runtime *rt, int64_t ns)
{
    // ORDER: relaxed; a setting, used by the next pause.
    atom_store_relaxed(&rt->pause_limit_ns, ns == 0 ? TGI_STW_WATCHDOG_NS : ns);
}

int64_t tgi_watchdog_limit(tg_runtime *rt)
{
    // ORDER: relaxed; a setting.
    return atom_load_relaxed(&rt->pause_limit_ns);
}

tgi_deadline tgi_watchdog_alarm(tg_runtime *rt)
{
    int64_t limit = tgi_watchdog_limit(rt);
    return limit < 0 ? TGI_DEADLINE_NEVER : tgi_deadline_after_ns(limit);
}

// -- text -----------------------------------------------------------------------------------------

// A whole message goes out in one piece.
typedef struct text {
    char s[4096];
    size_t n;
    unsigned frames;
} text;

static void __attribute__((format(printf, 2, 3))) put(text *to, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(to->s + to->n, sizeof to->s - to->n, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < sizeof to->s - to->n)
        to->n += (size_t)n;
    else
        to->s[to->n] = '\0'; // it does not fit: left out whole
}

static void put_frame(const char *file, uint32_t line, const char *function, void *arg)
{
    text *to = arg;
    to->frames++;
    if (to->frames <= FRAMES_SHOWN)
        put(to, "  File \"%s\", line %u, in %s\n", file, (unsigned)line, function);
}

static void print(const text *from)
{
    (void)fwrite(from->s, 1, from->n, stderr);
    (void)fflush(stderr);
}

// -- the two sides --------------------------------------------------------------------------------

void tgi_watchdog_bark(tg_runtime *rt, tgi_stw *stw)
{
    int64_t waited = tgi_clock_now_ns() - stw->requested_ns;
    // ORDER: acquire; pairs with tgi_watchdog_set.
    tgi_watchdog_fn *fn = atom_load_acquire(&custom);
    text out = {.n = 0};
    tgi_rawlock_lock(&rt->threads_lock);
    stw->late = true;
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        if (t->counted != stw)
            continue;
        t->late_ns = stw->requested_ns; // B1
        t->late_cause = (int)stw->cause;
        if (fn != NULL)
            fn(t, waited, stw->cause);
        else
            put(&out, "togil: pause (%s) has waited %.1f ms for thread %u \"%s\"\n",
                tgi_stw_cause_name(stw->cause), (double)waited / 1e6, (unsigned)t->id, t->name);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    print(&out);
}

// Takes the mark off and begins the message.
static void begin_answer(tg_thread *t, text *out, const char *did)
{
    put(out, "togil: thread %u \"%s\" %s %.1f ms after the pause (%s) was requested",
        (unsigned)t->id, t->name, did, (double)(tgi_clock_now_ns() - t->late_ns) / 1e6,
        tgi_stw_cause_name((tgi_stw_cause)t->late_cause));
    t->late_ns = 0;
}

void tgi_watchdog_answer_locked(tg_thread *t)
{
    if (t->late_ns == 0)
        return;
    tg_runtime *rt = t->runtime;
    text out = {.n = 0};
    begin_answer(t, &out, "stops");
    tgi_rawlock_unlock(&rt->threads_lock); // still counted: see the head
    if (rt->hooks->stack != NULL) {
        put(&out, ", at (innermost first)");
        put(&out, "\n");
        rt->hooks->stack(t, put_frame, &out);
        if (out.frames == 0)
            put(&out, "  (not in a script)\n");
        else if (out.frames > FRAMES_SHOWN)
            put(&out, "  (and %u more)\n", out.frames - FRAMES_SHOWN);
    } else {
        put(&out, "\n");
    }
    print(&out);
    tgi_rawlock_lock(&rt->threads_lock);
}

void tgi_watchdog_ended_locked(tg_thread *t)
{
    if (t->late_ns == 0)
        return;
    text out = {.n = 0};
    begin_answer(t, &out, "ends");
    put(&out, "\n");
    print(&out);
}
