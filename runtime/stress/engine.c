// SPDX-License-Identifier: MIT
//
// engine.c - points, switches, the life of tasks and of a run.
//
// Owns        tasks and their stacks; both are used again in later runs.
// Threads     one OS thread: the one that made the engine. It carries all tasks.
// Invariants  E1  every task but the running one is detached and stands in tgi_engine_point, in
//                 its first switch, or has ended. So the thread layer sees one attached thread.
//             E2  what is picked depends on the strategy, its stream and what the script has done,
//                 never on an address or on real time.
//             E3  a run that is over unwinds: TGI_BRK_EXIT makes every poll of every task raise,
//                 waits end at once, tasks go on one after the other until all have ended.
//
// Note [fair]
// A strategy may keep a task back for as long as another one can go on: the one with the lowest
// priority, or the one that stands before a step that is not its turn. If the other one goes round
// in a loop until the first has done something, and changes something each time (else it counts as
// waiting: Note [spin] in engine.h), the run would not end, and be reported as one that does not.
// So a run that has decided far more often than the learning runs had steps goes on as a random
// walk, in which nobody is kept back for ever. What pct promises is not touched: it speaks of runs
// with fewer steps. A systematic search goes its way.
//
// Sources     Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with
//             Probabilistic Guarantees of Finding Bugs", 2010 (points and priorities); Deligiannis
//             et al., "Industrial-Strength Controlled Concurrency Testing for C# Programs with
//             Coyote", 2023 (a fair end of unfair runs).
#include "stress/engine.h"

#include "base/assert.h"     // TGI_INVARIANT
#include "base/config.h"     // stack sizes
#include "mem/raw.h"         // memory
#include "stress/anchor.h"   // schedules that are followed
#include "stress/patience.h" // runs that stand still
#include "stress/strategy.h" // strategies
#include "thread/breaker.h"  // bits
#include "thread/runtime.h"  // hooks
#include "thread/signals.h"  // Ctrl-C

#include <errno.h>  // kept across a switch
#include <signal.h> // SIGINT
#include <stdio.h>  // snprintf
#include <stdlib.h> // free
#include <string.h> // memset
#include <time.h>   // real time

enum { MAX_TASKS = 4095, UNWIND_LIMIT = 10 * 1000 * 1000, STEPS_PER_CHECK = 8192 };
// Note [fair]: so many decisions, and so many for each step of the longest learning run.
enum { FAIR_AFTER = 4096, FAIR_FACTOR = 4 };

// --- tasks

static tgi_task *new_task(tgi_engine *e)
{
    tgi_task *task;
    if (e->spare.count > 0) {
        task = vec_pop(&e->spare);
    } else {
        task = tgi_raw_calloc_lines(sizeof *task);
        if (task == NULL)
            return NULL;
    }
    if (e->tasks.count + 1 > e->enabled_room) {
        uint32_t room = e->enabled_room * 2 + 8;
        tgi_task **bigger = realloc(e->enabled, room * sizeof(tgi_task *));
        if (bigger == NULL) {
            (void)vec_push(&e->spare, task);
            return NULL;
        }
        e->enabled = bigger;
        e->enabled_room = room;
    }
    task->index = (uint32_t)e->tasks.count;
    task->parent = task->ordinal = 0;
    task->arrivals = 0;
    task->draws = 0;
    task->children = 0;
    task->id = 0;
    task->joined = false;
    task->known = TGI_PROFILE_NONE;
    task->pending = false;
    task->left = 0;
    task->lock_site = NULL;
    task->checked = 0;
    task->effects = 0;
    task->spin = (tgi_spin){0};
    task->probe.on = task->probe.dirty = false;
    memset(task->probe.loops, 0, sizeof task->probe.loops);
    task->looked = (tgi_where){0};
    task->daemon = task->ended = task->timed_out = task->rests = task->rested = false;
    task->quiet = task->untold = false;
    task->op = (tgi_op){.kind = TGI_OPK_START};
    task->priority = 0;
    task->engine = e;
    task->t = NULL;
    task->handle = NULL;
    task->fiber = NULL;
    task->site = NULL;
    vec_clear(&task->held);
    // A run has few points of its own choosing; all else follows from the policy.
    task->points = e->points == TGI_POINTS_GIL        ? TGI_AT_POLL
                   : e->points == TGI_POINTS_BYTECODE ? TGI_AT_ACCESS
                                                      : TGI_AT_ACCESS | TGI_AT_INNER;
    if (e->racing)
        task->points |= TGI_AT_RACE;
    if (e->searching && e->points != TGI_POINTS_GIL)
        task->points |= TGI_AT_NOTE;
    if (e->tracing && e->points == TGI_POINTS_GIL)
        task->points |= TGI_AT_WATCH;
    task->place_frame = NULL;
    if (!vec_push(&e->tasks, task)) {
        (void)vec_push(&e->spare, task);
        return NULL;
    }
    return task;
}

static tgi_fiber *take_fiber(tgi_engine *e)
{
    if (e->fibers.count > 0)
        return vec_pop(&e->fibers);
    tgi_fiber *f = tgi_raw_calloc(1, sizeof *f);
    if (f != NULL && !tgi_fiber_map(f, TGI_THREAD_STACK_BYTES, e->os_threads)) {
        tgi_raw_free(f);
        f = NULL;
    }
    return f;
}

// --- the choice

static uint32_t find_enabled(tgi_engine *e)
{
    uint32_t n = 0;
    for (size_t i = 0; i < e->tasks.count; i++) {
        tgi_task *task = e->tasks.data[i];
        if (!task->ended && tgi_op_is_enabled(task))
            e->enabled[n++] = task;
    }
    return n;
}

// Whoever runs goes on; else the next one in order of creation.
static uint32_t default_choice(const tgi_engine *e, const tgi_task *self, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (e->enabled[i]->index >= self->index)
            return i;
    }
    return 0;
}

static tgi_task *next_to_unwind(tgi_engine *e, tgi_task *self)
{
    if (!self->ended)
        return self;
    for (size_t i = e->tasks.count; i-- > 0;) {
        if (!e->tasks.data[i]->ended)
            return e->tasks.data[i]; // the main thread comes last
    }
    TGI_FATAL("no task is left to go on with");
}

static void note(tgi_engine *e, tgi_task *self, bool preempted);

// The last lines of a trace that ends in a deadlock.
static void note_blocked(tgi_engine *e)
{
    for (size_t i = 0; e->tracing && i < e->tasks.count; i++) {
        if (e->tasks.data[i]->ended)
            continue;
        note(e, e->tasks.data[i], false);
        tgi_engine_describe(e, e->tasks.data[i]->op.kind == TGI_OPK_SPIN ? "goes round for ever"
                                                                         : "waits for ever");
        if (e->trace.count > 0)
            vec_last(&e->trace).sync = vec_last(&e->trace).visible = true;
    }
}

// Not at places that are known to concern nobody else.
static void note_alternatives(tgi_engine *e, const tgi_task *self, uint32_t n, uint32_t pick)
{
    if (self->site != NULL && !tgi_sharing_is_visible(&e->sharing, self->site))
        return;
    for (uint32_t i = 0; i < n; i++) {
        tgi_decision d = {self->index, self->arrivals, e->enabled[i]->index};
        if (i != pick && e->alternatives->count < TGI_SCHEDULE_MOST)
            (void)vec_push(e->alternatives, d);
    }
}

// Note [fair]
static uint32_t pick(tgi_engine *e, tgi_task *self, uint32_t n, uint32_t usual)
{
    if (e->forced != NULL)
        return tgi_follow_pick(e, self, n, usual);
    const tgi_strategy *by = e->strategy;
    if (TGI_UNLIKELY(e->decisions > FAIR_AFTER) && e->search == NULL &&
        e->decisions > FAIR_AFTER + FAIR_FACTOR * (e->sharing.learning ? 0 : tgi_profile_steps(e)))
        by = &tgi_strategy_random;
    return by->pick(e, self, e->enabled, n, usual);
}

static tgi_task *choose(tgi_engine *e, tgi_task *self)
{
    if (e->killing)
        return next_to_unwind(e, self);
    if (e->forced == NULL && !e->searching)
        tgi_profile_arrive(e, self);
    if (TGI_UNLIKELY(e->anchors != NULL))
        tgi_anchor_arrive(e, self);
    uint32_t n;
    bool waited = false;
    while ((n = find_enabled(e)) == 0) {
        waited = true;
        if (tgi_engine_advance(e))
            continue;
        tgi_engine_fail_blocked(e);
        note_blocked(e);
        tgi_engine_tell_pending(e, NULL);
        tgi_engine_kill(e);
        return next_to_unwind(e, self);
    }
    if (n == 1 && !tgi_engine_asks_always(e))
        return e->enabled[0];
    uint32_t usual = default_choice(e, self, n);
    e->decisions += n > 1;
    uint32_t picked = pick(e, self, n, usual);
    if (picked == TGI_SEARCH_STOP) {
        tgi_engine_tell_pending(e, NULL);
        tgi_engine_kill(e);
        return next_to_unwind(e, self);
    }
    if (tgi_engine_asks_always(e))
        tgi_engine_tell_step(e, e->enabled[picked], waited);
    if (e->alternatives != NULL)
        note_alternatives(e, self, n, picked);
    if (picked != usual) {
        tgi_decision d = {self->index, self->arrivals, e->enabled[picked]->index};
        if (e->taken.count >= TGI_SCHEDULE_MOST || !vec_push(&e->taken, d))
            e->overflowed = true;
        else if (e->anchors != NULL)
            tgi_anchor_note(e, self, e->enabled[picked]);
    }
    return e->enabled[picked];
}

// --- the switch

// What the OS thread runs from now on.
static void carry(tgi_engine *e, tgi_task *task)
{
    tgi_world_set_task(task);
    tgi_parker_use(task == NULL || task->index == 0 ? NULL : &task->parker);
    if (TGI_UNLIKELY(e->os_threads) && task != NULL && e->patience != NULL)
        tgi_patience_carried(e->patience);
}

static void go(tgi_engine *e, tgi_task *self, tgi_task *next)
{
    int saved = errno;
    bool attached = !self->ended && tgi_current_thread() == self->t;
    if (attached)
        tgi_thread_detach(self->t);
    e->switches++;
    e->current = next;
    // On an OS thread of its own, self is nobody until it goes on.
    carry(e, e->os_threads ? NULL : next);
    tgi_fiber_switch(self->fiber, next->fiber, self->ended);
    if (TGI_UNLIKELY(e->os_threads))
        carry(e, self);
    if (attached)
        tgi_thread_attach(self->t);
    errno = saved;
}

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}

// Each draw of each task has a stream of its own: what others draw does not matter.
void tgi_engine_random(tgi_task *self, void *buffer, size_t bytes)
{
    tgi_random stream;
    tgi_engine_alters(self);
    tgi_random_seed(&stream, mix(mix(0, self->index), ++self->draws));
    for (size_t done = 0; done < bytes; done += sizeof(uint64_t)) {
        uint64_t word = tgi_random_next(&stream);
        size_t left = bytes - done;
        memcpy((char *)buffer + done, &word, left < sizeof word ? left : sizeof word);
    }
}

// The operation of `self` is done next.
static void note(tgi_engine *e, tgi_task *self, bool preempted)
{
    e->trace_hash = mix(e->trace_hash, (uint64_t)self->index << 32 | (uint64_t)self->op.kind);
    tgi_engine_record(e, self, &self->op, preempted);
}

static void fail_steps(tgi_engine *e, tgi_task *self)
{
    if (e->failure.kind != TGI_FAIL_NONE)
        return;
    e->failure.kind = TGI_FAIL_STEPS;
    e->failure.task = self->index;
    tgi_failure_print(&e->failure, "The program did not end within %u steps.\n", e->max_steps);
    for (size_t i = 0; i < e->tasks.count; i++)
        tgi_failure_print_stack(&e->failure, e->tasks.data[i]);
    tgi_failure_sign(&e->failure);
    tgi_engine_kill(e);
}

// The main thread notices Ctrl-C by itself when it goes on. It may be waiting for a thread that
// does not end, so the others look, too.
void tgi_engine_interrupt(tgi_engine *e)
{
    e->failure.kind = TGI_FAIL_INTERRUPT;
    tgi_engine_kill(e); // no thread is waited for
}

static void check_interrupt(tgi_engine *e, const tgi_task *self)
{
    struct timespec now; // not that of the run
    if (e->until != 0 && e->failure.kind == TGI_FAIL_NONE &&
        clock_gettime(CLOCK_MONOTONIC, &now) == 0 &&
        now.tv_sec * TGI_NS_PER_S + now.tv_nsec > e->until) {
        e->late = true;
        tgi_engine_interrupt(e);
        return;
    }
    if (self->index != 0 && e->failure.kind == TGI_FAIL_NONE &&
        tgi_signals_take_one(e->main->runtime, SIGINT))
        tgi_engine_interrupt(e);
}

static void step(tgi_engine *e, tgi_task *self)
{
    if (++e->steps > e->max_steps) {
        fail_steps(e, self);
    } else if (TGI_UNLIKELY(e->steps % STEPS_PER_CHECK == 0)) {
        tgi_engine_check_circles(e);
        check_interrupt(e, self);
    }
}

static void arrive(tgi_engine *e, tgi_task *self, tgi_op op)
{
    tgi_engine_beat(e);
    self->op = op;
    self->arrivals++;
    self->timed_out = false;
    if (e->killing) {
        if (++e->unwind_steps > UNWIND_LIMIT)
            TGI_FATAL("task %u does not unwind", self->index);
        return;
    }
    if (op.kind != TGI_OPK_READ && op.kind != TGI_OPK_STEP && op.kind != TGI_OPK_POLL &&
        op.kind != TGI_OPK_SPIN)
        tgi_engine_effect(self);
    if (op.kind == TGI_OPK_SPAWN || op.kind == TGI_OPK_JOIN || op.kind == TGI_OPK_SLEEP ||
        op.kind == TGI_OPK_PARK || op.kind == TGI_OPK_END)
        tgi_engine_alters(self);
    step(e, self);
}

void tgi_engine_point(tgi_task *self, tgi_op op)
{
    tgi_engine *e = self->engine;
    if (TGI_UNLIKELY(e->watch.on)) {
        if (e->watch.looking) {
            tgi_watch_point(self, op);
            return;
        }
        if (op.kind != TGI_OPK_PARK) // the runtime may hold locks
            tgi_watch_look(self);
    }
    arrive(e, self, op);
    tgi_task *next = choose(e, self);
    bool preempted = false;
    if (next != self) {
        preempted = !e->killing && tgi_op_is_enabled(self);
        e->preemptions += preempted;
        if (preempted)
            tgi_engine_mark(e, self, NULL, "preempted here");
        go(e, self, next);
    }
    if (e->killing)
        return;
    if (self->op.deadline != TGI_DEADLINE_NEVER && self->op.deadline > 0) {
        // The deadline must not count, or the wait would look as if it could go on.
        tgi_deadline until = self->op.deadline;
        self->op.deadline = TGI_DEADLINE_NEVER;
        if (self->op.kind == TGI_OPK_SLEEP || !tgi_op_is_enabled(self)) {
            self->timed_out = true;
            tgi_engine_alters(self);
            if (until > e->now)
                e->now = until;
        }
    }
    note(e, self, preempted);
}

bool tgi_engine_learn(tgi_task *self, const tgi_op *op, const void *site)
{
    tgi_engine *e = self->engine;
    return (e->sharing.learning || e->searching) && !e->killing &&
           tgi_sharing_learn(&e->sharing, op->where, op->slot, site, tgi_watch_toucher(self),
                             op->kind != TGI_OPK_READ && op->kind != TGI_OPK_STEP &&
                                 e->tasks.count > 1);
}

bool tgi_engine_access(tgi_task *self, tgi_op op, const void *site)
{
    if (self->quiet)
        return tgi_engine_note(self, op, site);
    tgi_engine *e = self->engine;
    if (e->killing)
        return false;
    if (TGI_UNLIKELY(e->watch.looking))
        return tgi_watch_access(self, op, site);
    size_t numbered = e->objects.count;
    if ((self->points & TGI_AT_WATCH) != 0) {
        tgi_engine_record(e, self, &op, false);
        return e->objects.count != numbered && !e->finalizers;
    }
    // A schedule that is followed counts every access: it does not depend on what was learnt.
    bool visible = e->forced != NULL || (e->searching ? tgi_sharing_is_point(&e->sharing, site)
                                                      : tgi_sharing_is_visible(&e->sharing, site));
    if (visible) {
        self->site = site;
        tgi_engine_point(self, op);
        self->site = NULL;
    } else {
        if (TGI_UNLIKELY(e->watch.on))
            tgi_watch_look(self);
        tgi_engine_beat(e);
        self->arrivals++;
        if (op.kind != TGI_OPK_READ && op.kind != TGI_OPK_STEP)
            tgi_engine_effect(self);
        if (!e->killing)
            step(e, self);
    }
    bool fresh = tgi_engine_learn(self, &op, site);
    // Where objects must die in time, two that have had the same address count as one.
    if (e->finalizers && (e->searching || e->tracing))
        return false;
    return fresh || e->objects.count != numbered; // its number is for it alone
}

void tgi_engine_tick(tgi_task *self)
{
    tgi_engine *e = self->engine;
    tgi_engine_beat(e);
    if (TGI_UNLIKELY(e->watch.on)) {
        if (e->watch.looking) {
            tgi_watch_step(self);
            return;
        }
        tgi_watch_look(self);
    }
    if (!e->killing)
        step(e, self);
}

bool tgi_engine_goes_round(tgi_task *self, const tgi_spin *now)
{
    if (TGI_UNLIKELY(self->engine->watch.looking))
        return false;
    tgi_spin last = self->spin;
    self->spin = *now;
    self->spin.effects = self->effects;
    if (last.at != now->at || last.frame != now->frame || last.registers != now->registers ||
        last.effects != self->effects || self->engine->killing) {
        self->engine->effects++;
        self->engine->altered += !self->probe.on || self->probe.dirty;
        self->spin.seen = self->engine->effects;
        return false;
    }
    // What others did since the last time, it may not have seen.
    tgi_engine_point(
        self,
        (tgi_op){.kind = TGI_OPK_SPIN, .deadline = TGI_DEADLINE_NEVER, .expected = last.seen});
    self->spin.seen = self->engine->effects;
    return true;
}

void tgi_engine_wait_for_change(tgi_task *self, uint32_t since, bool locks)
{
    tgi_engine_point(self, (tgi_op){.kind = TGI_OPK_SPIN,
                                    .slot = locks ? TGI_SPIN_CHANGES_AND_LOCKS : TGI_SPIN_CHANGES,
                                    .deadline = TGI_DEADLINE_NEVER,
                                    .expected = since});
}

void tgi_engine_unwind_others(tgi_task *self)
{
    tgi_engine *e = self->engine;
    tgi_engine_beat(e);
    if (++e->unwind_steps > UNWIND_LIMIT)
        TGI_FATAL("task %u does not unwind", self->index);
    for (size_t k = 1; k < e->tasks.count; k++) {
        tgi_task *next = e->tasks.data[(self->index + k) % e->tasks.count];
        if (!next->ended) {
            go(e, self, next);
            return;
        }
    }
}

// --- birth and end of a task

static void task_main(void *arg)
{
    tgi_task *self = arg;
    tgi_engine *e = self->engine;
    if (e->os_threads)
        carry(e, self);
    tgi_thread_attach(self->t);
    if (!e->killing)
        note(e, self, false);
    self->fn(self->t, self->arg);
    if (TGI_UNLIKELY(e->watch.on))
        tgi_watch_look(self);
    tgi_thread_end(self->t);
    self->t = NULL;
    self->ended = true;
    e->ended++;
    tgi_event_set(&self->handle->gone);
    tgi_engine_touch(e, self->handle, 0, TGI_TOUCHES_GIVE);
    tgi_engine_touch(e, &e->born, 0, TGI_TOUCHES_READ);
    tgi_thread_handle_release(self->handle);
    self->handle = NULL;
    arrive(e, self, (tgi_op){.kind = TGI_OPK_END});
    go(e, self, choose(e, self));
    TGI_FATAL("a task that has ended goes on");
}

static tg_status already_joined(void *arg)
{
    (void)arg;
    return TG_OK;
}

static tgi_thread_handle *new_handle(const tg_thread *t)
{
    tgi_thread_handle *h = tgi_raw_calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    // ORDER: relaxed; one OS thread. One count for the task, one for the caller.
    atom_store_relaxed(&h->refs, 2);
    h->id = t->id;
    (void)tgi_once_run(&h->joined, already_joined, NULL); // there is no OS thread to join
    return h;
}

tg_status tgi_stress_start(tg_thread *t, void (*fn)(tg_thread *t, void *arg),
                           void (*drop)(void *arg), void *arg, const char *name, bool daemon,
                           tgi_thread_handle **out)
{
    tgi_task *self = t->task;
    tgi_engine *e = self->engine;
    tgi_engine_point(self, (tgi_op){.kind = TGI_OPK_SPAWN, .deadline = TGI_DEADLINE_NEVER});
    if (e->tasks.count >= MAX_TASKS)
        return TG_ERR_LIMIT;
    tg_thread *born;
    tg_status st = tgi_thread_new(t->interp, &born);
    if (st != TG_OK)
        return st;
    tgi_fiber *fiber = take_fiber(e);
    tgi_thread_handle *handle = fiber != NULL ? new_handle(born) : NULL;
    tgi_task *task = handle != NULL ? new_task(e) : NULL;
    if (task == NULL) {
        tgi_raw_free(handle);
        if (fiber != NULL)
            (void)vec_push(&e->fibers, fiber);
        tgi_thread_discard(born);
        return TG_ERR_NOMEM;
    }
    if (name != NULL)
        tgi_thread_set_name(born, name);
    tgi_thread_set_daemon(born, daemon);
    task->parent = self->index;
    task->ordinal = self->children;
    self->children++;
    task->id = born->id;
    memcpy(task->name, born->name, sizeof born->name); // that of a task is longer
    task->daemon = daemon;
    if (e->searching)
        tgi_search_born(e->search, task->index);
    task->t = born;
    task->handle = handle;
    tgi_engine_keep_handle(e, handle);
    task->fn = fn;
    task->drop = drop;
    task->arg = arg;
    task->fiber = fiber;
    born->task = task;
    tgi_breaker_set(born, TGI_BRK_CONTROL | (e->killing ? TGI_BRK_EXIT : 0));
    tgi_fiber_prepare(fiber, task_main, task);
    if (e->racing)
        tgi_races_started(e->races, self->index, task->index, task->name, handle);
    if (e->forced == NULL && !e->searching)
        tgi_profile_born(e, self, task);
    if (e->strategy->born != NULL && e->forced == NULL)
        e->strategy->born(e, task);
    *out = handle;
    return TG_OK;
}

// --- a run

tgi_engine *tgi_engine_new(tg_thread *t)
{
    tgi_engine *e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    e->main = t;
    e->max_steps = 200000;
    e->strategy = tgi_strategy_find("portfolio", &e->depth);
    return e;
}

void tgi_engine_free(tgi_engine *e)
{
    if (e == NULL)
        return;
    for (size_t i = 0; i < e->fibers.count; i++) {
        tgi_fiber_unmap(e->fibers.data[i]);
        tgi_raw_free(e->fibers.data[i]);
    }
    for (size_t i = 0; i < e->spare.count; i++) {
        vec_free(&e->spare.data[i]->held);
        vec_free(&e->spare.data[i]->probe.kept);
        tgi_raw_free_lines(e->spare.data[i]);
    }
    vec_free(&e->fibers);
    vec_free(&e->spare);
    vec_free(&e->tasks);
    vec_free(&e->taken);
    vec_free(&e->forced_next);
    vec_free(&e->forced_link);
    vec_free(&e->trace);
    vec_free(&e->objects);
    vec_free(&e->kept);
    vec_free(&e->handles);
    tgi_profile_free(&e->profile);
    tgi_world_forget_mappings(e);
    tgi_sharing_free(&e->sharing);
    tgi_races_free(e->races);
    tgi_patience_free(e->patience);
    free(e->enabled);
    free(e->output);
    free(e->failure.text);
    free(e->strategy_data);
    if (e->search != NULL)
        tgi_search_free(e->search);
    free(e->search);
    free(e);
}

bool tgi_engine_begin(tgi_engine *e, uint64_t run)
{
    e->run = run;
    e->killing = e->late = false;
    e->now = TGI_NS_PER_S;
    e->steps = e->decisions = e->switches = e->preemptions = e->unwind_steps = 0;
    e->trace_hash = 0;
    e->effects = e->altered = e->lock_altered = 0;
    e->ended = e->joined = 0;
    e->intended = NULL;
    e->overflowed = e->told = e->watch.on = e->watch.looking = false;
    e->forgotten = 0;
    e->output_used = 0;
    vec_clear(&e->taken);
    vec_clear(&e->trace);
    vec_clear(&e->objects);
    tgi_failure_reset(&e->failure);
    tgi_sharing_begin(&e->sharing);
    tgi_random_seed(&e->random, mix(mix(0, e->seed), run + 1));
    if (!tgi_follow_begin(e))
        return false;
    tgi_task *main = new_task(e);
    tgi_fiber *fiber = tgi_raw_calloc(1, sizeof *fiber);
    if (main == NULL || fiber == NULL || !tgi_fiber_adopt(fiber, e->os_threads)) {
        tgi_raw_free(fiber);
        if (main != NULL)
            (void)vec_push(&e->spare, vec_pop(&e->tasks));
        return false;
    }
    main->fiber = fiber;
    main->t = e->main;
    snprintf(main->name, sizeof main->name, "MainThread");
    if (e->racing) {
        tgi_races_begin(e->races);
        tgi_races_started(e->races, 0, 0, main->name, NULL);
    }
    if (e->patience != NULL)
        tgi_patience_begin(e->patience);
    e->current = main;
    e->main->task = main;
    tgi_breaker_set(e->main, TGI_BRK_CONTROL);
    tgi_world_enter(e);
    tgi_world_set_task(main);
    if (e->forced == NULL) {
        tgi_profile_begin(e, main);
        e->strategy->begin(e);
        if (e->strategy->born != NULL)
            e->strategy->born(e, main);
    }
    return true;
}

void tgi_engine_finish(tgi_engine *e)
{
    tgi_task *self = e->main->task;
    if (!e->killing)
        tgi_engine_point(self, (tgi_op){.kind = TGI_OPK_FINISH, .deadline = TGI_DEADLINE_NEVER});
    // Daemons that are left, or everybody when the run has failed.
    tgi_engine_kill(e);
    for (size_t i = e->tasks.count; i-- > 1;) {
        while (!e->tasks.data[i]->ended)
            go(e, self, e->tasks.data[i]);
    }
}

void tgi_engine_end(tgi_engine *e)
{
    if (e->sharing.learning && !e->learnt)
        tgi_profile_keep(e);
    if (e->racing)
        tgi_races_end(e->races);
    if (e->patience != NULL)
        tgi_patience_end(e->patience);
    tgi_world_leave();
    e->main->task = NULL;
    tgi_breaker_clear(e->main, TGI_BRK_CONTROL | TGI_BRK_EXIT);
    e->born = (uint32_t)e->tasks.count;
    for (size_t i = 0; i < e->tasks.count; i++) {
        tgi_task *task = e->tasks.data[i];
        while (task->probe.kept.count > 0 && vec_reserve(&e->kept, 1)) // it did not leave the loop
            (void)vec_push(&e->kept, vec_pop(&task->probe.kept));
        if (i == 0) {
            tgi_fiber_disown(task->fiber);
            tgi_raw_free(task->fiber);
        } else {
            (void)vec_push(&e->fibers, task->fiber);
        }
        (void)vec_push(&e->spare, task);
    }
    vec_clear(&e->tasks);
    tgi_engine_drop_handles(e);
}

void tgi_stress_has_finalizer(tg_thread *t)
{
    if (t->task != NULL)
        t->task->engine->finalizers = true;
}

void tgi_engine_kill(tgi_engine *e)
{
    if (e->killing)
        return;
    tgi_engine_tell_pending(e, e->current);
    e->killing = true;
    for (size_t i = 0; i < e->tasks.count; i++) {
        if (!e->tasks.data[i]->ended)
            tgi_breaker_set(e->tasks.data[i]->t, TGI_BRK_EXIT);
    }
}

void tgi_stress_uncaught(tg_thread *t, const char *text)
{
    tgi_engine *e = t->task->engine;
    if (e->killing || e->failure.kind != TGI_FAIL_NONE)
        return;
    e->failure.kind = TGI_FAIL_EXCEPTION;
    e->failure.task = t->task->index;
    tgi_failure_print(&e->failure, "%s", text);
    tgi_failure_sign(&e->failure);
    tgi_engine_kill(e);
}
