// SPDX-License-Identifier: MIT
//
// invariant.c - what the script says is always true, asked after every step.
//
// Threads     the task that runs. Its step is over, and the next one is not chosen yet.
// Invariants  I1  what an invariant does is no part of the run: no step, no decision, no effect, no
//                 time. So a schedule means the same with and without it.
//             I2  what it reads counts as read by a task of its own: places that write it become
//                 points.
//             I3  it neither waits nor starts anything; one that tries has failed.
#include "stress/engine.h"

#include <string.h> // strcmp

static void print_where(tgi_failure *f, const tgi_where *where)
{
    if (where->file != NULL)
        tgi_failure_print(f, "    %s:%u, in %s\n", where->file, where->line, where->function);
    else
        tgi_failure_print(f, "    the start of the thread\n");
}

static bool is_same(const tgi_where *a, const tgi_where *b)
{
    return a->file != NULL && b->file != NULL && strcmp(a->file, b->file) == 0 &&
           a->line == b->line && strcmp(a->function, b->function) == 0;
}

// The text so far names the invariant, which is all that a signature is made of: the same invariant
// may be broken in several places by one bug.
static void fail(tgi_task *self, const tgi_where *here)
{
    tgi_engine *e = self->engine;
    tgi_failure *f = &e->failure;
    f->kind = TGI_FAIL_INVARIANT;
    f->task = self->index;
    tgi_failure_sign(f);
    if (is_same(&self->looked, here)) {
        tgi_failure_print(f, "It still held when %s began with this line:\n", self->name);
        print_where(f, here);
    } else {
        tgi_failure_print(f, "It still held when %s was here:\n", self->name);
        print_where(f, &self->looked);
        tgi_failure_print(f, "and not any more when it came here:\n");
        print_where(f, here);
    }
    tgi_engine_mark(e, self, self->looked.file != NULL ? &self->looked : here,
                    "then the invariant does not hold");
    tgi_engine_kill(e);
}

void tgi_watch_look(tgi_task *self)
{
    tgi_engine *e = self->engine;
    tgi_watch *w = &e->watch;
    if (w->looking || e->killing || e->failure.kind != TGI_FAIL_NONE || self->t == NULL)
        return;
    tgi_where here = tgi_engine_where(self);
    if (e->effects != w->effects) {
        uint32_t points = self->points, arrivals = self->arrivals, draws = self->draws;
        uint32_t effects = self->effects, all_effects = e->effects, altered = e->altered;
        uint32_t lock_altered = e->lock_altered;
        bool dirty = self->probe.dirty, tried = self->probe.tried;
        bool timed_out = self->timed_out, quiet = self->quiet, untold = self->untold;
        bool racing = e->racing;
        int64_t now = e->now;
        tgi_op op = self->op;
        const void *site = self->site;
        bool looks_closely = e->points != TGI_POINTS_GIL;
        self->points = (looks_closely ? TGI_AT_ACCESS : 0u) | (points & TGI_AT_NOTE);
        self->quiet = self->untold = false;
        e->racing = false;
        w->looking = true;
        w->steps = 0;
        bool broken = w->look(w->arg, &e->failure);
        w->looking = false;
        e->racing = racing;
        self->points = points;
        self->arrivals = arrivals;
        self->draws = draws;
        self->effects = effects;
        e->effects = w->effects = all_effects;
        e->altered = altered;
        e->lock_altered = lock_altered;
        self->probe.dirty = dirty;
        self->probe.tried = tried;
        self->timed_out = timed_out;
        self->quiet = quiet;
        self->untold = untold;
        e->now = now;
        self->op = op;
        self->site = site;
        self->place_frame = NULL;
        if (broken && !e->killing)
            fail(self, &here);
    }
    self->looked = here;
}

static void stop(tgi_task *self, const char *text)
{
    tgi_engine *e = self->engine;
    tgi_failure *f = &e->failure;
    if (e->killing || f->kind != TGI_FAIL_NONE)
        return;
    f->kind = TGI_FAIL_INVARIANT;
    f->task = self->index;
    tgi_where here = tgi_engine_where(self);
    tgi_failure_print(f, "An invariant must only look at things; this one %s:\n", text);
    print_where(f, &here);
    tgi_failure_sign(f);
    tgi_engine_kill(e);
}

void tgi_watch_step(tgi_task *self)
{
    tgi_engine *e = self->engine;
    tgi_engine_beat(e);
    if (++e->watch.steps > e->max_steps)
        stop(self, "does not end");
}

void tgi_watch_point(tgi_task *self, tgi_op op)
{
    tgi_watch_step(self);
    self->op = op;
    if (op.kind == TGI_OPK_SPAWN)
        stop(self, "starts a thread");
    else if (op.kind == TGI_OPK_SLEEP || !tgi_op_is_enabled(self))
        stop(self, "waits");
}

bool tgi_watch_access(tgi_task *self, tgi_op op, const void *site)
{
    return tgi_engine_learn(self, &op, site) && !self->engine->finalizers;
}
