// SPDX-License-Identifier: MIT
//
// profile.c - what the tasks of a program do in a run.
//
// Invariants  PR1  in a run that does not learn, tgi_task.left is what the learning run did at this
//                  task's place less what it has done: of all steps, or of those of engine.group.
//             PR2  while learning nothing is known: a learning run must not depend on others.
//             PR3  without memory less is known, and nothing fails.
#include "stress/profile.h"

#include "stress/engine.h"   // tasks
#include "stress/strategy.h" // who is told
#include "thread/runtime.h"  // hooks

enum { MOST_STEPS = 1 << 18 };

void tgi_profile_free(tgi_profile *p)
{
    vec_free(&p->tasks);
    vec_free(&p->longest.steps);
    vec_free(&p->longest.held);
    vec_free(&p->log.steps);
    vec_free(&p->log.held);
    vec_free(&p->groups);
    vec_free(&p->shares);
}

// --- what counts

static bool counts(const tgi_engine *e, const tgi_task *self)
{
    return !self->ended && e->tasks.count - e->joined > 1 && self->op.kind != TGI_OPK_JOIN &&
           self->op.kind != TGI_OPK_FINISH;
}

static const void *site_of(const tgi_task *self)
{
    bool lock = self->op.kind == TGI_OPK_ACQUIRE || self->op.kind == TGI_OPK_TRY;
    return lock ? self->lock_site : self->site;
}

static bool is_in_group(const tgi_engine *e, const tgi_task *self)
{
    const void *site = site_of(self);
    uint32_t place = site != NULL ? tgi_sharing_number(&e->sharing, site) : UINT32_MAX;
    return place != UINT32_MAX && tgi_sharing_group(&e->sharing, place) == e->group;
}

void tgi_profile_locks(tgi_task *self, const void *m)
{
    tgi_engine *e = self->engine;
    const tgi_core_hooks *hooks = self->t->runtime->hooks;
    self->lock_site = NULL;
    if (e->killing || e->forced != NULL || e->searching || hooks->instruction == NULL ||
        (!e->sharing.learning && e->group == TGI_PROFILE_NONE))
        return;
    const void *at = hooks->instruction(self->t);
    if (at == NULL)
        return;
    self->lock_site = TGI_SITE_LOCK(at);
    if (e->sharing.learning)
        (void)tgi_sharing_learn(&e->sharing, m, 0, self->lock_site, self->index,
                                e->tasks.count > 1);
}

void tgi_profile_joined(tgi_engine *e, tgi_task *ended)
{
    if (ended == NULL || ended->joined)
        return;
    ended->joined = true;
    e->joined++;
}

static void note_step(tgi_engine *e, const tgi_task *self)
{
    tgi_profile_log *log = &e->profile.log;
    if (e->learnt || !counts(e, self) || log->steps.count >= MOST_STEPS)
        return;
    // Whether the place is shared is known when all have been met.
    const void *site = site_of(self);
    uint32_t place = site != NULL ? tgi_sharing_enter(&e->sharing, site) : UINT32_MAX;
    size_t n = site != NULL && log->held.count < MOST_STEPS ? self->held.count : 0;
    if (!vec_reserve(&log->held, n))
        n = 0;
    for (size_t i = 0; i < n; i++)
        log->held.data[log->held.count++] = self->held.data[i];
    tgi_profile_step s = {.task = self->index,
                          .place = place,
                          .held_end = (uint32_t)log->held.count,
                          .access = self->site != NULL};
    (void)vec_push(&log->steps, s);
}

void tgi_profile_arrive(tgi_engine *e, tgi_task *self)
{
    if (e->sharing.learning) {
        note_step(e, self);
        return;
    }
    bool done = self->pending;
    if (done && self->left > 0)
        self->left--;
    if (done)
        e->counted++;
    self->pending = counts(e, self) && (e->group == TGI_PROFILE_NONE || is_in_group(e, self));
    if (e->strategy->stepped != NULL)
        e->strategy->stepped(e, self, done);
}

// --- after a learning run

void tgi_profile_keep(tgi_engine *e)
{
    tgi_profile *p = &e->profile;
    if (p->tasks.count > 0 && p->log.steps.count <= p->longest.steps.count)
        return;
    vec_clear(&p->tasks);
    for (size_t i = 0; i < e->tasks.count; i++) {
        const tgi_task *task = e->tasks.data[i];
        tgi_profile_task t = {.parent = task->parent, .ordinal = task->ordinal};
        if (!vec_push(&p->tasks, t))
            break;
    }
    tgi_profile_log before = p->longest;
    p->longest = p->log;
    p->log = before; // its memory, for the next run
}

static void add_up(tgi_profile *p)
{
    size_t n = p->tasks.count;
    for (size_t i = n; i-- > 1;) { // children have higher numbers than parents
        p->tasks.data[i].all += p->tasks.data[i].steps + 1u;
        p->tasks.data[p->tasks.data[i].parent].all += p->tasks.data[i].all;
    }
    if (n > 0)
        p->tasks.data[0].all += p->tasks.data[0].steps;
    for (size_t g = 0; g < p->groups.count; g++) {
        for (size_t i = n; i-- > 1;)
            p->shares.data[g * n + p->tasks.data[i].parent] += p->shares.data[g * n + i];
    }
}

// The place in `groups` of that group, which is added. SIZE_MAX: no memory.
static size_t group_index(tgi_profile *p, uint32_t group)
{
    for (size_t i = 0; i < p->groups.count; i++) {
        if (p->groups.data[i] == group)
            return i;
    }
    for (size_t i = 0; i < p->tasks.count; i++) {
        if (!vec_push(&p->shares, 0)) {
            p->shares.count -= i;
            return SIZE_MAX;
        }
    }
    if (vec_push(&p->groups, group))
        return p->groups.count - 1;
    p->shares.count -= p->tasks.count;
    return SIZE_MAX;
}

// The locks that were held at all steps of a group so far: some of those held at its first one.
typedef struct guards {
    uint32_t first, last; // places in the log's list
    uint32_t still;       // bit i: the lock at first + i
} guards;
typedef tgi_vec(guards) guards_list;

static void narrow(guards_list *of_groups, size_t g, const tgi_profile_log *log, size_t step)
{
    uint32_t from = step > 0 ? log->steps.data[step - 1].held_end : 0;
    uint32_t end = log->steps.data[step].held_end;
    if (g == of_groups->count) {
        uint32_t n = end - from < 31 ? end - from : 31;
        guards first = {from, from + n, (UINT32_C(1) << n) - 1};
        (void)vec_push(of_groups, first);
        return;
    }
    if (g > of_groups->count) // no memory
        return;
    guards *at = &of_groups->data[g];
    for (uint32_t i = at->first; i < at->last; i++) {
        bool held = false;
        for (uint32_t k = from; k < end; k++)
            held |= log->held.data[k] == log->held.data[i];
        if (!held)
            at->still &= ~(UINT32_C(1) << (i - at->first));
    }
}

// Groups in which one task alone has steps leave nothing to choose, and those that a lock guards
// nothing that the lock's own group does not.
static void drop_idle(tgi_profile *p, const guards_list *of_groups)
{
    size_t n = p->tasks.count, kept = 0;
    for (size_t g = 0; g < p->groups.count; g++) {
        size_t tasks = 0;
        for (size_t i = 0; i < n; i++)
            tasks += p->shares.data[g * n + i] > 0;
        if (tasks < 2 || (g < of_groups->count && of_groups->data[g].still != 0))
            continue;
        for (size_t i = 0; i < n; i++)
            p->shares.data[kept * n + i] = p->shares.data[g * n + i];
        p->groups.data[kept++] = p->groups.data[g];
    }
    p->groups.count = kept;
    p->shares.count = kept * n;
}

static void settle(tgi_engine *e)
{
    tgi_profile *p = &e->profile;
    size_t n = p->tasks.count;
    guards_list of_groups = TGI_VEC_INIT;
    for (size_t i = 0; i < p->longest.steps.count; i++) {
        tgi_profile_step s = p->longest.steps.data[i];
        if (s.task >= n)
            continue;
        uint32_t group =
            s.place == UINT32_MAX ? UINT32_MAX : tgi_sharing_group(&e->sharing, s.place);
        if (group == UINT32_MAX && s.access)
            continue; // no point in later runs
        p->tasks.data[s.task].steps++;
        p->all++;
        size_t g = group == UINT32_MAX ? SIZE_MAX : group_index(p, group);
        if (g == SIZE_MAX)
            continue;
        p->shares.data[g * n + s.task]++;
        narrow(&of_groups, g, &p->longest, i);
    }
    p->all += n > 0 ? n - 1 : 0;
    drop_idle(p, &of_groups);
    vec_free(&of_groups);
    add_up(p);
}

// --- names

static uint32_t find(const tgi_profile *p, uint32_t parent, uint32_t ordinal)
{
    for (uint32_t i = parent + 1; i < p->tasks.count; i++) {
        if (p->tasks.data[i].parent == parent && p->tasks.data[i].ordinal == ordinal)
            return i;
    }
    return TGI_PROFILE_NONE;
}

static uint64_t share_of(const tgi_engine *e, uint32_t known)
{
    const tgi_profile *p = &e->profile;
    if (known == TGI_PROFILE_NONE || known >= p->tasks.count)
        return 0;
    if (e->group == TGI_PROFILE_NONE)
        return p->tasks.data[known].all;
    for (size_t i = 0; i < p->groups.count; i++) {
        if (p->groups.data[i] == e->group)
            return p->shares.data[i * p->tasks.count + known];
    }
    return 0;
}

// Once all is learnt.
static void settle_once(tgi_engine *e)
{
    if (!e->profile.settled)
        settle(e);
    e->profile.settled = true;
}

uint64_t tgi_profile_steps(tgi_engine *e)
{
    settle_once(e);
    return e->profile.all;
}

void tgi_profile_begin(tgi_engine *e, tgi_task *main)
{
    vec_clear(&e->profile.log.steps);
    vec_clear(&e->profile.log.held);
    main->known = 0;
    e->sought = 0;
    e->counted = 0;
    e->group = TGI_PROFILE_NONE;
    if (e->sharing.learning)
        return;
    settle_once(e);
    main->left = share_of(e, 0);
}

void tgi_profile_pick_group(tgi_engine *e, size_t i, tgi_task *main)
{
    e->group = e->profile.groups.data[i];
    main->left = share_of(e, 0);
}

void tgi_profile_born(tgi_engine *e, tgi_task *parent, tgi_task *task)
{
    if (e->sharing.learning)
        return;
    task->known = parent->known == TGI_PROFILE_NONE
                      ? TGI_PROFILE_NONE
                      : find(&e->profile, parent->known, task->ordinal);
    task->left = share_of(e, task->known);
    task->pending = e->group == TGI_PROFILE_NONE; // its start
    parent->left -= task->left < parent->left ? task->left : parent->left;
}
