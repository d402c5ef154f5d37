// SPDX-License-Identifier: MIT
//
// steps.c - the trace of a run: which thread did what in which line.
//
// Invariants  ST1  nothing is kept without e->tracing; the last TRACE_KEPT steps at least are.
//             ST2  things are numbered in order of appearance, never by address.
#include "stress/engine.h"

#include "thread/runtime.h" // hooks

#include <stdio.h>  // snprintf
#include <string.h> // memmove

enum { TRACE_KEPT = 1 << 18, OBJECTS_NUMBERED = 1 << 12 };

const char *tgi_op_name(tgi_op_kind kind)
{
    static const char *const names[] = {
        "starts",         "goes on",      "reads",        "writes",          "calls",
        "fetches from",   "takes a lock", "tries a lock", "releases a lock", "starts a thread",
        "joins a thread", "sleeps",       "yields",       "waits",           "goes round",
        "waits for all",  "ends"};
    return names[kind];
}

static void note_innermost(const char *file, uint32_t line, const char *function, void *arg)
{
    tgi_where *where = arg;
    if (where->file != NULL || tgi_stress_is_library(file))
        return; // of the library: its caller says more
    *where = (tgi_where){file, function, line};
}

tgi_where tgi_engine_where(const tgi_task *self)
{
    tgi_where where = {0};
    const tgi_core_hooks *hooks = self->t->runtime->hooks;
    if (hooks->stack != NULL)
        hooks->stack(self->t, note_innermost, &where);
    return where;
}

static uint32_t object_number(tgi_engine *e, const tgi_op *op)
{
    if (op->where == NULL)
        return 0;
    for (size_t i = 0; i < e->objects.count; i++) {
        if (e->objects.data[i].where == op->where && e->objects.data[i].slot == op->slot)
            return (uint32_t)i + 1;
    }
    tgi_object o = {op->where, op->slot};
    return e->objects.count < OBJECTS_NUMBERED && vec_push(&e->objects, o)
               ? (uint32_t)e->objects.count
               : 0;
}

void tgi_engine_describe(tgi_engine *e, const char *text)
{
    if (e->killing || e->watch.looking || e->trace.count == 0)
        return;
    snprintf(vec_last(&e->trace).text, sizeof vec_last(&e->trace).text, "%s", text);
}

static void keep_step(tgi_engine *e, const tgi_where *where, tgi_step event)
{
    event.file = where->file;
    event.function = where->function;
    event.line = where->line;
    if (e->trace.count >= 2 * TRACE_KEPT) {
        memmove(e->trace.data, e->trace.data + TRACE_KEPT, TRACE_KEPT * sizeof(tgi_step));
        e->trace.count = TRACE_KEPT;
        e->forgotten += TRACE_KEPT;
    }
    (void)vec_push(&e->trace, event);
}

void tgi_engine_forget_object(tgi_engine *e, const void *where)
{
    for (size_t i = 0; i < e->objects.count; i++) {
        if (e->objects.data[i].where == where)
            e->objects.data[i].where = NULL; // the number is not used again
    }
}

// What a programmer has written, not the locks inside of it. False: nothing that says anything.
static bool tell_lock(tgi_engine *e, tgi_task *self, const tgi_op *op)
{
    const char *called = tgi_task_called(self);
    if (tgi_called_takes_lock(called))
        return true;
    bool again = self->rested;
    self->rested = self->rests;
    if (self->rests) {
        bool late = tgi_mutex_is_locked((tgi_mutex *)(uintptr_t)op->where);
        tgi_engine_describe(e, late ? "its time is over" : "wakes up");
        return true;
    }
    if (tgi_called_is_condition(called)) {
        tgi_engine_describe(e, "takes the lock again");
        return again;
    }
    tgi_engine_describe(e, called);
    return true;
}

void tgi_engine_record(tgi_engine *e, tgi_task *self, const tgi_op *op, bool preempted)
{
    if (!e->tracing || self->t == NULL)
        return;
    tgi_op_kind kind = op->kind;
    tgi_where where = tgi_engine_where(self);
    keep_step(e, &where,
              (tgi_step){.task = self->index,
                         .kind = kind,
                         .preempted = preempted,
                         .object = object_number(e, op),
                         .visible = kind != TGI_OPK_POLL,
                         .sync = kind == TGI_OPK_ACQUIRE || kind == TGI_OPK_TRY ||
                                 kind == TGI_OPK_SLEEP || kind == TGI_OPK_PARK});
    if ((kind == TGI_OPK_ACQUIRE || kind == TGI_OPK_TRY) && e->trace.count > 0 &&
        !tell_lock(e, self, op))
        vec_last(&e->trace).visible = false;
}

void tgi_engine_mark(tgi_engine *e, tgi_task *self, const tgi_where *where, const char *text)
{
    if (!e->tracing || self->t == NULL)
        return;
    tgi_where here = where != NULL ? *where : tgi_engine_where(self);
    keep_step(
        e, &here,
        (tgi_step){.task = self->index, .kind = TGI_OPK_YIELD, .visible = true, .sync = true});
    tgi_engine_describe(e, text);
}
