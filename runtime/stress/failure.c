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
    if (strncmp(file, "<togil>", 7) == 0)
        return;
    if (fs->count++ < FRAMES_SHOWN)
        tgi_failure_print(fs->f, "    %s:%u, in %s\n", file, line, function);
}

void tgi_failure_print_stack(tgi_failure *f, tgi_task *task)
{
    if (task->ended)
        return;
    tgi_failure_print(f, "  %s %s", task->name, tgi_op_name(task->op.kind));
    if (task->held.count > 0)
        tgi_failure_print(f, " (and holds %zu)", task->held.count);
    tgi_failure_print(f, "\n");
    frames fs = {f, 0};
    const tgi_core_hooks *hooks = task->t->runtime->hooks;
    if (hooks->stack != NULL)
        hooks->stack(task->t, print_frame, &fs);
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
    }
    f->signature = tgi_hash_bytes(tgi_hash_key_from_seed((uint64_t)f->kind), f->text, n);
}

void tgi_engine_fail_deadlock(tgi_engine *e)
{
    tgi_failure *f = &e->failure;
    if (f->kind != TGI_FAIL_NONE)
        return;
    f->kind = TGI_FAIL_DEADLOCK;
    tgi_failure_print(f, "Deadlock: no thread can go on.\n");
    for (size_t i = 0; i < e->tasks.count; i++) {
        tgi_task *task = e->tasks.data[i];
        if (task->ended)
            continue;
        tgi_failure_print_stack(f, task);
        const tgi_task *holder =
            task->op.kind == TGI_OPK_ACQUIRE ? holder_of(e, task->op.where) : NULL;
        if (holder == task)
            tgi_failure_print(f, "    waits for a lock that it holds itself\n");
        else if (holder != NULL)
            tgi_failure_print(f, "    waits for a lock that %s holds%s\n", holder->name,
                              holder->ended ? ", which has ended" : "");
        else if (task->op.kind == TGI_OPK_ACQUIRE)
            tgi_failure_print(f, "    waits to be woken; nobody is left to do it\n");
    }
    tgi_failure_sign(f);
}
