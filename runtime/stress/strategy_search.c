// SPDX-License-Identifier: MIT
//
// strategy_search.c - systematic search as strategies: search.h asks and decides in numbers.
//
// Invariants  SS1  the seed is not used.
#include "stress/strategy.h"

#include "base/vec.h" // tasks

#include <stdlib.h> // calloc

static void begin(tgi_engine *e)
{
    tgi_search_begin(e->search);
}

static uint32_t pick(tgi_engine *e, tgi_task *self, tgi_task **enabled, uint32_t n, uint32_t usual)
{
    if (!self->ended)
        tgi_search_meet(e->search, self->op.where);
    uint32_t tasks[64];
    uint32_t *many = n <= 64 ? tasks : malloc(n * sizeof *many);
    if (many == NULL) {
        e->search->lost = true;
        return usual;
    }
    for (uint32_t i = 0; i < n; i++)
        many[i] = enabled[i]->index;
    tgi_search_point p = {.hash = e->trace_hash,
                          .self = self->index,
                          .arrival = self->arrivals,
                          .tasks = many,
                          .count = n,
                          .usual = usual};
    uint32_t to = tgi_search_pick(e->search, &p);
    if (many != tasks)
        free(many);
    return to;
}

const tgi_strategy tgi_strategy_exhaustive = {.name = "exhaustive", .begin = begin, .pick = pick};
const tgi_strategy tgi_strategy_dpor = {.name = "dpor", .begin = begin, .pick = pick};
const tgi_strategy tgi_strategy_pb = {.name = "pb", .begin = begin, .pick = pick};
const tgi_strategy tgi_strategy_db = {.name = "db", .begin = begin, .pick = pick};

bool tgi_strategy_open_search(tgi_engine *e)
{
    tgi_search_kind kind = TGI_SEARCH_ALL;
    if (e->strategy == &tgi_strategy_pb)
        kind = TGI_SEARCH_BOUND;
    else if (e->strategy == &tgi_strategy_db)
        kind = TGI_SEARCH_DELAY;
    else if (e->strategy == &tgi_strategy_dpor)
        kind = TGI_SEARCH_DPOR;
    else if (e->strategy != &tgi_strategy_exhaustive)
        return true;
    e->search = calloc(1, sizeof *e->search);
    return e->search != NULL && tgi_search_init(e->search, kind, e->depth);
}

// --- what the search is told

bool tgi_engine_touch(tgi_engine *e, const void *where, uint64_t slot, tgi_search_touch_kind kind)
{
    return e->searching && !e->killing && tgi_search_touch(e->search, where, slot, kind);
}

void tgi_engine_gone(tgi_engine *e, const void *where)
{
    if (e->sharing.learning)
        tgi_sharing_forget(&e->sharing, where, 0);
    if (e->searching)
        tgi_search_forget(e->search, where);
    if (e->racing)
        tgi_races_gone(e->races, where);
    if (e->tracing)
        tgi_engine_forget_object(e, where);
}

void tgi_engine_keep_handle(tgi_engine *e, tgi_thread_handle *handle)
{
    if (!e->searching && !e->racing && !e->tracing)
        return;
    if (vec_push(&e->handles, handle))
        tgi_thread_handle_retain(handle);
}

tgi_task *tgi_engine_task_of(const tgi_engine *e, const tgi_thread_handle *handle)
{
    for (size_t i = 1; i < e->tasks.count; i++) {
        if (e->tasks.data[i]->id == handle->id)
            return e->tasks.data[i];
    }
    return NULL;
}

void tgi_engine_look_at_handle(tgi_engine *e, tgi_thread_handle *handle)
{
    tgi_task *task = tgi_engine_task_of(e, handle);
    if (task == NULL)
        return;
    tgi_engine_touch(e, handle, 0, TGI_TOUCHES_READ);
    if (tgi_thread_handle_is_gone(handle))
        tgi_profile_joined(e, task);
}

void tgi_engine_drop_handles(tgi_engine *e)
{
    while (e->handles.count > 0)
        tgi_thread_handle_release(vec_pop(&e->handles));
}

void tgi_engine_tell_step(tgi_engine *e, const tgi_task *task, bool waited)
{
    const tgi_op *op = &task->op;
    bool timed = op->deadline > 0 && op->deadline != TGI_DEADLINE_NEVER;
    switch (op->kind) {
    case TGI_OPK_READ:
    case TGI_OPK_STEP:
        tgi_engine_touch(e, op->where, op->slot, TGI_TOUCHES_READ);
        break;
    case TGI_OPK_WRITE:
    case TGI_OPK_CALL:
    case TGI_OPK_TRY:
        tgi_engine_touch(e, op->where, op->slot, TGI_TOUCHES_WRITE);
        break;
    case TGI_OPK_ACQUIRE:
    case TGI_OPK_JOIN:
        tgi_engine_touch(e, op->where, 0, timed ? TGI_TOUCHES_WRITE : TGI_TOUCHES_TAKE);
        break;
    case TGI_OPK_FINISH: // after the ends of the others: task_main
        tgi_engine_touch(e, &e->born, 0, TGI_TOUCHES_TAKE);
        break;
    case TGI_OPK_SPAWN: // tasks are numbered
        tgi_engine_touch(e, &e->tasks, 0, TGI_TOUCHES_WRITE);
        break;
    case TGI_OPK_POLL: // under the policy gil a step does as much as it likes
        if (e->points == TGI_POINTS_GIL)
            tgi_engine_touch(e, NULL, 0, TGI_TOUCHES_ALL);
        break;
    case TGI_OPK_PARK:
    case TGI_OPK_SPIN:
        tgi_engine_touch(e, NULL, 0, TGI_TOUCHES_ALL);
        break;
    default:
        break;
    }
    if (timed)
        tgi_engine_touch(e, &e->now, 0, TGI_TOUCHES_WRITE);
    // Which step drops the last reference to something is known of none.
    // An invariant may look at anything.
    if (waited || e->finalizers || e->watch.on || e->points == TGI_POINTS_GIL)
        tgi_engine_touch(e, NULL, 0, TGI_TOUCHES_ALL);
}

void tgi_engine_tell_pending(tgi_engine *e, const tgi_task *but)
{
    if (!tgi_engine_asks_always(e) || e->killing || e->told)
        return;
    e->told = true;
    for (size_t i = 0; i < e->tasks.count; i++) {
        const tgi_task *task = e->tasks.data[i];
        if (task->ended || task == but)
            continue;
        tgi_search_pending(e->search, task->index);
        tgi_engine_tell_step(e, task, false);
    }
}

bool tgi_engine_note_place(tgi_task *self, tgi_op op, const void *site)
{
    tgi_engine *e = self->engine;
    bool read = op.kind == TGI_OPK_READ || op.kind == TGI_OPK_STEP;
    if (e->killing || !e->searching)
        return false;
    tgi_engine_touch(e, op.where, op.slot, read ? TGI_TOUCHES_READ : TGI_TOUCHES_WRITE);
    return tgi_sharing_learn(&e->sharing, op.where, op.slot, site, tgi_watch_toucher(self),
                             !read && e->tasks.count > 1) &&
           !e->finalizers;
}

bool tgi_engine_note(tgi_task *self, tgi_op op, const void *site)
{
    return tgi_engine_note_place(self, op, TGI_SITE_NOTED(site));
}
