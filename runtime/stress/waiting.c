// SPDX-License-Identifier: MIT
//
// waiting.c - what a task can wait for.
//
// Invariants  W1  whether an operation can be done is read off the thing itself (the lock's bit,
//             the
//                 handle's event), so nothing has to be told when it changes.
//             W2  a lock of the script never has a parked waiter: who cannot have it is not offered
//                 to the strategy until it is free.
#include "stress/engine.h"

#include "base/assert.h"    // TGI_INVARIANT
#include "thread/runtime.h" // hooks

#include <stdio.h>  // snprintf
#include <string.h> // strncmp

static bool others_have_ended(const tgi_engine *e)
{
    for (size_t i = 1; i < e->tasks.count; i++) {
        if (!e->tasks.data[i]->ended && !e->tasks.data[i]->daemon)
            return false;
    }
    return true;
}

static bool deadline_has_passed(const tgi_task *task)
{
    const tgi_engine *e = task->engine;
    return task->op.deadline > 0 && task->op.deadline != TGI_DEADLINE_NEVER &&
           (e->now >= task->op.deadline || e->adversarial);
}

bool tgi_op_is_enabled(const tgi_task *task)
{
    const tgi_op *op = &task->op;
    switch (op->kind) {
    case TGI_OPK_ACQUIRE:
        return !tgi_mutex_is_locked((tgi_mutex *)(uintptr_t)op->where) || deadline_has_passed(task);
    case TGI_OPK_JOIN:
        return tgi_thread_handle_is_gone((tgi_thread_handle *)(uintptr_t)op->where) ||
               deadline_has_passed(task);
    case TGI_OPK_SLEEP:
        return deadline_has_passed(task);
    case TGI_OPK_PARK:
        // ORDER: acquire; as in sleep_until_posted.
        return atom_load_acquire((const _Atomic(uint32_t) *)op->where) != op->expected ||
               deadline_has_passed(task);
    case TGI_OPK_SPIN:
        return op->expected != (op->slot == TGI_SPIN_EFFECTS ? task->engine->effects
                                : op->slot == TGI_SPIN_CHANGES
                                    ? task->engine->altered
                                    : task->engine->altered + task->engine->lock_altered);
    case TGI_OPK_FINISH:
        return others_have_ended(task->engine);
    default:
        return true;
    }
}

bool tgi_engine_advance(tgi_engine *e)
{
    tgi_deadline first = TGI_DEADLINE_NEVER;
    for (size_t i = 0; i < e->tasks.count; i++) {
        const tgi_task *task = e->tasks.data[i];
        if (!task->ended && task->op.deadline > e->now && task->op.deadline < first)
            first = task->op.deadline;
    }
    if (first == TGI_DEADLINE_NEVER)
        return false;
    e->now = first;
    return true;
}

static void forget_held(tgi_engine *e, const void *lock)
{
    for (size_t i = 0; i < e->tasks.count; i++) {
        tgi_task *task = e->tasks.data[i];
        for (size_t k = task->held.count; k-- > 0;) {
            if (task->held.data[k] != lock)
                continue;
            for (; k + 1 < task->held.count; k++)
                task->held.data[k] = task->held.data[k + 1];
            task->held.count--;
            return;
        }
    }
}

static bool holds(const tgi_task *task, const void *lock)
{
    for (size_t k = 0; k < task->held.count; k++) {
        if (task->held.data[k] == lock)
            return true;
    }
    return false;
}

const char *tgi_task_called(const tgi_task *task)
{
    const tgi_core_hooks *hooks = task->t->runtime->hooks;
    return hooks->called != NULL ? hooks->called(task->t) : NULL;
}

bool tgi_called_takes_lock(const char *called)
{
    return called == NULL || strcmp(called, "Condition.__enter__") == 0;
}

bool tgi_called_is_condition(const char *called)
{
    return strncmp(called, "Condition.", 10) == 0;
}

// Code of the library takes a lock a second time to be woken: See Waiting in threading.py.
static void begin_rest(tgi_task *self, const tgi_mutex *m)
{
    self->rests = holds(self, m) && tgi_task_called(self) != NULL;
    if (self->rests && !self->engine->killing)
        tgi_engine_mark(self->engine, self, NULL, "waits");
}

// The lock was one for this wait, and is nothing that the thread holds.
static bool end_rest(tgi_task *self, const tgi_mutex *m)
{
    bool rested = self->rests;
    self->rests = false;
    if (rested && holds(self, m))
        forget_held(self->engine, m);
    return rested;
}

static void tell_woken(tg_thread *t, const tgi_mutex *m)
{
    tgi_engine *e = t->task->engine;
    if (!e->tracing || e->killing || tgi_task_called(t->task) == NULL)
        return;
    for (size_t i = 0; i < e->tasks.count; i++) {
        const tgi_task *other = e->tasks.data[i];
        if (other == t->task || !holds(other, m))
            continue;
        char text[64];
        bool notifies = tgi_called_is_condition(tgi_task_called(t->task));
        snprintf(text, sizeof text, "%s %s", notifies ? "notifies" : "wakes", other->name);
        tgi_engine_mark(e, t->task, NULL, text);
        return;
    }
}

// For the search for races: who has the lock now, and from where.
static void note_taken(tgi_task *self, const tgi_mutex *m)
{
    tgi_engine *e = self->engine;
    const tgi_core_hooks *hooks = self->t->runtime->hooks;
    if (!e->racing || e->killing || hooks->place == NULL)
        return;
    bool library;
    uint32_t place = hooks->place(self->t, &library);
    tgi_races_acquired(e->races, self->index, m, place, library);
}

static void note_wish(tgi_task *self)
{
    const tgi_core_hooks *hooks = self->t->runtime->hooks;
    bool library;
    if (self->engine->racing && hooks->place != NULL)
        self->wants = hooks->place(self->t, &library);
}

tg_status tgi_stress_lock(tg_thread *t, tgi_mutex *m, tgi_deadline until)
{
    tgi_task *self = t->task;
    bool try = until <= TGI_DEADLINE_NOW;
    note_wish(self);
    tgi_profile_locks(self, m);
    if (!try)
        begin_rest(self, m);
    for (;;) {
        tgi_engine_point(self, (tgi_op){.kind = try ? TGI_OPK_TRY : TGI_OPK_ACQUIRE,
                                        .where = m,
                                        .deadline = try ? TGI_DEADLINE_NEVER : until});
        if (tgi_mutex_trylock(m)) {
            if (!end_rest(self, m))
                (void)vec_push(&self->held, m);
            self->engine->lock_altered++;
            self->probe.own_locks++;
            note_taken(self, m);
            return TG_OK;
        }
        self->probe.tried = true;
        if (try || self->timed_out || self->engine->killing) {
            (void)end_rest(self, m);
            return try || self->timed_out ? TG_ERR_TIMEOUT : TG_ERR_INTERRUPTED;
        }
    }
}

void tgi_stress_unlock(tg_thread *t, tgi_mutex *m)
{
    t->task->engine->lock_altered++;
    t->task->probe.own_locks++;
    tell_woken(t, m);
    forget_held(t->task->engine, m);
    if (!t->task->untold)
        tgi_engine_touch(t->task->engine, m, 0, TGI_TOUCHES_GIVE);
    if (t->task->engine->racing && !t->task->engine->killing)
        tgi_races_released(t->task->engine->races, t->task->index, m);
    tgi_mutex_unlock(m);
}

tg_status tgi_stress_join(tg_thread *t, tgi_thread_handle *h, tgi_deadline until)
{
    tgi_task *self = t->task;
    if (h->id == t->id)
        return TG_ERR_STATE;
    bool try = until <= TGI_DEADLINE_NOW;
    for (;;) {
        tgi_engine_point(self, (tgi_op){.kind = try ? TGI_OPK_YIELD : TGI_OPK_JOIN,
                                        .where = h,
                                        .deadline = try ? TGI_DEADLINE_NEVER : until});
        if (tgi_thread_handle_is_gone(h)) {
            tgi_profile_joined(self->engine, tgi_engine_task_of(self->engine, h));
            if (self->engine->racing)
                tgi_races_joined(self->engine->races, self->index, h);
            return TG_OK;
        }
        if (try || self->timed_out)
            return TG_ERR_TIMEOUT;
        if (self->engine->killing)
            return TG_ERR_INTERRUPTED;
    }
}

tg_status tgi_stress_sleep(tg_thread *t, tgi_deadline until)
{
    tgi_task *self = t->task;
    bool yield = until <= self->engine->now;
    for (;;) {
        tgi_engine_point(self, (tgi_op){.kind = yield ? TGI_OPK_YIELD : TGI_OPK_SLEEP,
                                        .deadline = yield ? TGI_DEADLINE_NEVER : until});
        if (yield || self->timed_out)
            return TG_OK;
        if (self->engine->killing)
            return TG_ERR_INTERRUPTED;
    }
}
