// SPDX-License-Identifier: MIT
//
// failure.c - what a run has done wrong, in words.
#include "stress/engine.h"

#include "base/hash.h"      // signatures
#include "thread/runtime.h" // hooks

#include <stdarg.h> // va_list
#include <stdio.h>  // vsnprintf
#include <stdlib.h> // realloc
#include <string.h> // memchr

enum { FRAMES_SHOWN = 12 };

void tgi_failure_reset(tgi_failure *f)
{
    f->kind = TGI_FAIL_NONE;
    f->task = 0;
    f->used = 0;
    if (f->text != NULL)
        f->text[0] = '\0';
}

void tgi_failure_print(tgi_failure *f, const char *format, ...)
{
    for (;;) {
        va_list args;
        va_start(args, format);
        int n = vsnprintf(f->text == NULL ? NULL : f->text + f->used, f->capacity - f->used, format,
                          args);
        va_end(args);
        if (n < 0)
            return;
        if (f->used + (size_t)n < f->capacity) {
            f->used += (size_t)n;
            return;
        }
        size_t capacity = (f->used + (size_t)n) * 2 + 256;
        char *bigger = realloc(f->text, capacity);
        if (bigger == NULL)
            return;
        f->text = bigger;
        f->capacity = capacity;
    }
}

typedef struct frames {
    tgi_failure *f;
    unsigned count;
} frames;

static void print_frame(const char *file, uint32_t line, const char *function, void *arg)
{
    frames *fs = arg;
    if (tgi_stress_is_library(file))
        return;
    if (fs->count++ < FRAMES_SHOWN)
        tgi_failure_print(fs->f, "    %s:%u, in %s\n", file, line, function);
}

// What it is about to do, by the name of what the script has called.
static void print_act(tgi_failure *f, const tgi_task *task)
{
    bool locks = task->op.kind == TGI_OPK_ACQUIRE || task->op.kind == TGI_OPK_TRY;
    const char *called = locks ? tgi_task_called(task) : NULL;
    if (tgi_called_takes_lock(called))
        tgi_failure_print(f, "  %s %s", task->name, tgi_op_name(task->op.kind));
    else if (!task->rests)
        tgi_failure_print(f, "  %s takes a lock in %s", task->name, called);
    else if (tgi_called_is_condition(called))
        tgi_failure_print(f, "  %s waits for a notification in %s", task->name, called);
    else
        tgi_failure_print(f, "  %s waits in %s", task->name, called);
}

void tgi_failure_print_stack(tgi_failure *f, tgi_task *task)
{
    if (task->ended)
        return;
    print_act(f, task);
    size_t held = task->held.count - (task->rests && task->held.count > 0);
    if (held > 0)
        tgi_failure_print(f, " (and holds %zu lock%s)", held, held == 1 ? "" : "s");
    tgi_failure_print(f, "\n");
    frames fs = {f, 0};
    const tgi_core_hooks *hooks = task->t->runtime->hooks;
    if (hooks->stack != NULL)
        hooks->stack(task->t, print_frame, &fs);
}

void tgi_engine_fail_stalled(tgi_engine *e, bool interrupted, double seconds, const char *why)
{
    tgi_failure *f = &e->failure;
    const tgi_task *task = e->current;
    frames fs = {f, 0};
    tgi_failure_reset(f);
    f->kind = interrupted ? TGI_FAIL_INTERRUPT : TGI_FAIL_STALLED;
    f->task = task->index;
    tgi_failure_print(f, "%s waits for something that the tester does not control:\n", task->name);
    const tgi_core_hooks *hooks = e->main->runtime->hooks;
    if (task->t != NULL && hooks->stack != NULL)
        hooks->stack(task->t, print_frame, &fs);
    tgi_failure_sign(f);
    tgi_failure_print(f, "It has come to no point for %.1f seconds. %s\n", seconds, why);
}

static tgi_task *holder_of(const tgi_engine *e, const void *lock)
{
    for (size_t i = 0; i < e->tasks.count; i++) {
        tgi_task *task = e->tasks.data[i];
        for (size_t k = 0; k < task->held.count; k++) {
            if (task->held.data[k] == lock)
                return task;
        }
    }
    return NULL;
}

// All lines but the last as they are, the last up to its first colon: a traceback ends with the
// exception's type, a colon, and values that depend on the schedule.
void tgi_failure_sign(tgi_failure *f)
{
    size_t n = f->used;
    if (f->kind == TGI_FAIL_EXCEPTION) {
        size_t line = n > 0 && f->text[n - 1] == '\n' ? n - 1 : n;
        while (line > 0 && f->text[line - 1] != '\n')
            line--;
        const char *colon = memchr(f->text + line, ':', n - line);
        if (colon != NULL)
            n = (size_t)(colon - f->text);
    } else if (f->kind == TGI_FAIL_STEPS) {
        n = 0;
    } else if (f->kind == TGI_FAIL_INVARIANT) {
        const char *end = strstr(f->text, " does not hold: ");
        n = end != NULL ? (size_t)(end - f->text) : n; // its name: values differ
    }
    f->signature = tgi_hash_bytes(tgi_hash_key_from_seed((uint64_t)f->kind), f->text, n);
}

// --- who waits for whom

// A wait inside of the library is one for a notification: its lock is never given back by whoever
// took it.
static void note_library(const char *file, uint32_t line, const char *function, void *arg)
{
    int *library = arg; // -1: not known yet
    (void)line;
    (void)function;
    if (*library < 0)
        *library = tgi_stress_is_library(file);
}

static bool is_in_library(const tgi_task *task)
{
    int library = -1;
    const tgi_core_hooks *hooks = task->t->runtime->hooks;
    if (hooks->stack != NULL)
        hooks->stack(task->t, note_library, &library);
    return library > 0;
}

static bool waits_for_lock(const tgi_task *task)
{
    return !task->ended && task->op.kind == TGI_OPK_ACQUIRE && !tgi_op_is_enabled(task);
}

// The task that has to act before this one can go on; NULL: that cannot be said.
static tgi_task *waits_for(const tgi_engine *e, const tgi_task *task)
{
    if (waits_for_lock(task)) {
        tgi_task *holder = holder_of(e, task->op.where);
        return holder == task && is_in_library(task) ? NULL : holder;
    }
    for (size_t i = 0; !task->ended && task->op.kind == TGI_OPK_JOIN && i < e->tasks.count; i++) {
        if (e->tasks.data[i]->handle == task->op.where)
            return e->tasks.data[i];
    }
    return NULL;
}

static bool is_in_circle(const tgi_engine *e, const tgi_task *task)
{
    const tgi_task *next = waits_for(e, task);
    for (size_t i = 0; next != NULL && next != task && i < e->tasks.count; i++)
        next = waits_for(e, next);
    return next == task;
}

// What others need is held by one that waits to be woken.
static bool holds_up_others(const tgi_engine *e, const tgi_task *task)
{
    for (size_t i = 0; i < e->tasks.count; i++) {
        if (e->tasks.data[i] != task && waits_for_lock(e->tasks.data[i]) &&
            waits_for(e, e->tasks.data[i]) == task)
            return true;
    }
    return false;
}

static tgi_failure_kind kind_of_standstill(const tgi_engine *e)
{
    bool circle = false, hang = false, spin = false;
    for (size_t i = 0; i < e->tasks.count; i++) {
        const tgi_task *task = e->tasks.data[i];
        if (task->ended)
            continue;
        spin |= task->op.kind == TGI_OPK_SPIN;
        bool woken = waits_for_lock(task) && waits_for(e, task) == NULL;
        circle |= is_in_circle(e, task) || (woken && holds_up_others(e, task));
        hang |= woken;
    }
    return circle ? TGI_FAIL_DEADLOCK
           : spin ? TGI_FAIL_LIVELOCK
           : hang ? TGI_FAIL_HANG
                  : TGI_FAIL_DEADLOCK;
}

static void print_wait(tgi_engine *e, tgi_task *task)
{
    tgi_failure *f = &e->failure;
    tgi_failure_print_stack(f, task);
    const tgi_task *holder = waits_for(e, task);
    if (task->op.kind != TGI_OPK_ACQUIRE)
        return;
    if (holder == task)
        tgi_failure_print(f, "    waits for a lock that it holds itself\n");
    else if (holder != NULL)
        tgi_failure_print(f, "    waits for a lock that %s holds%s\n", holder->name,
                          holder->ended ? ", which has ended" : "");
    else
        tgi_failure_print(f, "    waits to be woken; nobody is left to do it\n");
}

void tgi_engine_fail_blocked(tgi_engine *e)
{
    tgi_failure *f = &e->failure;
    if (f->kind != TGI_FAIL_NONE)
        return;
    f->kind = kind_of_standstill(e);
    tgi_failure_print(f, f->kind == TGI_FAIL_LIVELOCK
                             ? "Livelock: nobody is left to change what a loop looks at.\n"
                         : f->kind == TGI_FAIL_HANG
                             ? "Lost wake-up: threads wait, and nobody is left to wake them.\n"
                             : "Deadlock: no thread can go on.\n");
    for (size_t i = 0; i < e->tasks.count; i++) {
        if (!e->tasks.data[i]->ended)
            print_wait(e, e->tasks.data[i]);
    }
    tgi_failure_sign(f);
}

// A lock may be given back by a thread that did not take it. So a circle counts only if nobody in
// it has moved while the others did a good deal, and a lock that its own holder waits for is none.
static bool is_in_lasting_circle(const tgi_engine *e, const tgi_task *task)
{
    const tgi_task *at = task;
    for (size_t i = 0; i < e->tasks.count; i++) {
        if (at->checked != at->arrivals || at->op.deadline != TGI_DEADLINE_NEVER)
            return false;
        at = waits_for(e, at);
        if (at == NULL)
            return false;
        if (at == task)
            return i > 0;
    }
    return false;
}

void tgi_engine_check_circles(tgi_engine *e)
{
    tgi_failure *f = &e->failure;
    for (size_t i = 0; f->kind == TGI_FAIL_NONE && i < e->tasks.count; i++) {
        if (is_in_lasting_circle(e, e->tasks.data[i]))
            f->kind = TGI_FAIL_PARTIAL;
    }
    if (f->kind == TGI_FAIL_PARTIAL) {
        tgi_failure_print(f, "Deadlock of some threads, while others go on.\n");
        for (size_t i = 0; i < e->tasks.count; i++) {
            if (is_in_lasting_circle(e, e->tasks.data[i]))
                print_wait(e, e->tasks.data[i]);
        }
        tgi_failure_sign(f);
        tgi_engine_kill(e);
    }
    for (size_t i = 0; i < e->tasks.count; i++)
        e->tasks.data[i]->checked = e->tasks.data[i]->arrivals;
}
