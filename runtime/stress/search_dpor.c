// SPDX-License-Identifier: MIT
//
// search_dpor.c - one schedule of those that differ only in the order of steps which do not concern
// each other.
//
// Note [dpor]
// A step is what a task does from one point to the next. It touches things; two steps of different
// tasks are dependent if they touch the same one and do not both only read it. Schedules that order
// dependent steps alike lead to the same end. After each run every two steps are looked at that are
// dependent and that nothing in between orders: the other order is another class of schedules. At
// the decision before the first of the two, somebody is added to those who have to be tried with
// whom that order can begin.
//
// A task whose step was tried at a decision sleeps in what is tried there later, until a step comes
// that is dependent on its own: before that, it could only repeat what was seen. A run in which
// only sleeping tasks are left is redundant and is given up.
//
// Things have numbers, in the order in which a run meets them: an address means nothing in the next
// run, and within one only until what is there dies (Note [birth] in search.h). A thing that a
// sleeping task's step met for the first time may be any that was not known at its decision.
//
// Invariants  DP1  node i and event i belong together: the decision, and the step that followed.
//             DP2  what is not known of a step makes it dependent on more, never on less.
//             DP3  at every node the tried, the sleeping and the wanted ones contain, for each
//                  class of schedules from there, one who can begin it.
// Sources     Flanagan, Godefroid, "Dynamic Partial-Order Reduction for Model Checking Software",
//             2005; Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems",
//             1996 (sleep sets); Abdulla, Aronis, Jonsson, Sagonas, "Source Sets: A Foundation for
//             Optimal Dynamic Partial Order Reduction", 2017.
#include "stress/search_dpor.h"

#include <stdlib.h> // calloc
#include <string.h> // memset

enum { MOST_EVENTS = 4000 };                          // of a run: races are looked for in pairs
enum { WANTED = 1, DONE = 2, ASLEEP = 4, WOKEN = 8 }; // of one who can go on
enum { ANYTHING = 0 };                                // the number of a thing

typedef struct touch {
    uint32_t thing;
    tgi_search_touch_kind kind;
    uint64_t slot;
} touch;

typedef struct event {
    uint32_t task, count;    // the count-th step of the task, from 1
    uint32_t first, touches; // in `all`
    uint32_t clock;          // in `clocks`, one entry for each task of the run so far
    uint32_t known;          // tasks then
    uint32_t before;         // the last event of the task before, + 1; 0: none
    bool pending;            // it was never done
} event;

typedef struct task_state {
    uint32_t last, count; // its last event + 1, how many
    uint32_t born;        // the event that started it + 1; 0: from the beginning
} task_state;

// For one who can go on, parallel to tgi_search.tasks: what its step touches, if that is known.
typedef struct candidate {
    uint32_t flags;
    uint32_t first, touches; // in `saved`
    uint32_t base;           // things that were known before it
} candidate;

typedef struct node_extra { // parallel to tgi_search.nodes
    uint32_t chosen, saved, things;
} node_extra;

struct thing {
    const void *where;
    uint32_t number, run;
};

struct tgi_dpor {
    struct thing *things; // open addressing
    size_t thing_mask;
    uint32_t thing_count, run;
    tgi_vec(touch) all, saved;
    tgi_vec(event) events;
    tgi_vec(uint32_t) clocks, first_of;
    tgi_vec(task_state) tasks;
    tgi_vec(candidate) candidates;
    tgi_vec(node_extra) nodes;
    size_t fresh; // the first event that the run before did not have
    bool open;    // the last event goes on
};

struct tgi_dpor *tgi_dpor_new(void)
{
    return calloc(1, sizeof(struct tgi_dpor));
}

void tgi_dpor_free(struct tgi_dpor *d)
{
    if (d == NULL)
        return;
    free(d->things);
    vec_free(&d->all);
    vec_free(&d->saved);
    vec_free(&d->events);
    vec_free(&d->clocks);
    vec_free(&d->first_of);
    vec_free(&d->tasks);
    vec_free(&d->candidates);
    vec_free(&d->nodes);
    free(d);
}

void tgi_dpor_begin(tgi_search *s)
{
    struct tgi_dpor *d = s->dpor;
    d->run++;
    d->thing_count = ANYTHING;
    vec_clear(&d->all);
    vec_clear(&d->events);
    vec_clear(&d->clocks);
    vec_clear(&d->tasks);
    d->open = false;
}

void tgi_dpor_restart(tgi_search *s)
{
    vec_clear(&s->dpor->saved);
    vec_clear(&s->dpor->candidates);
    vec_clear(&s->dpor->nodes);
    s->dpor->fresh = 0;
}

// --- things

static struct thing *thing_entry(struct thing *things, size_t mask, uint32_t run, const void *where)
{
    uint64_t h = (uintptr_t)where * UINT64_C(0x9e3779b97f4a7c15);
    size_t i = (size_t)(h >> 32) & mask;
    while (things[i].run == run && things[i].where != where)
        i = (i + 1) & mask;
    return &things[i];
}

static bool grow_things(struct tgi_dpor *d)
{
    size_t mask = d->things == NULL ? 255 : d->thing_mask * 2 + 1;
    struct thing *bigger = calloc(mask + 1, sizeof *bigger);
    if (bigger == NULL)
        return false;
    for (size_t i = 0; d->things != NULL && i <= d->thing_mask; i++) {
        if (d->things[i].run == d->run)
            *thing_entry(bigger, mask, d->run, d->things[i].where) = d->things[i];
    }
    free(d->things);
    d->things = bigger;
    d->thing_mask = mask;
    return true;
}

static uint32_t number_of(tgi_search *s, const void *where)
{
    struct tgi_dpor *d = s->dpor;
    if ((d->things == NULL || (d->thing_count + 1) * 2 > d->thing_mask) && !grow_things(d)) {
        s->lost = true;
        return ANYTHING;
    }
    struct thing *t = thing_entry(d->things, d->thing_mask, d->run, where);
    if (t->run != d->run || t->number == ANYTHING)
        *t = (struct thing){where, ++d->thing_count, d->run};
    return t->number;
}

void tgi_search_forget(tgi_search *s, const void *where)
{
    struct tgi_dpor *d = s->dpor;
    if (s->kind != TGI_SEARCH_DPOR || d->things == NULL)
        return;
    struct thing *t = thing_entry(d->things, d->thing_mask, d->run, where);
    if (t->run == d->run)
        t->number = ANYTHING;
}

void tgi_search_meet(tgi_search *s, const void *where)
{
    if (s->kind == TGI_SEARCH_DPOR && where != NULL)
        (void)number_of(s, where);
}

bool tgi_search_touch(tgi_search *s, const void *where, uint64_t slot, tgi_search_touch_kind kind)
{
    struct tgi_dpor *d = s->dpor;
    if (s->kind != TGI_SEARCH_DPOR || !d->open)
        return false;
    uint32_t known = d->thing_count;
    touch t = {kind == TGI_TOUCHES_ALL ? ANYTHING : number_of(s, where), kind, slot};
    event *e = &vec_last(&d->events);
    for (uint32_t i = 0; i < e->touches; i++) {
        const touch *old = &d->all.data[e->first + i];
        if (old->thing == t.thing && old->slot == slot &&
            (old->kind == kind || old->kind == TGI_TOUCHES_ALL))
            return false;
    }
    if (!vec_push(&d->all, t))
        s->lost = true;
    else
        e->touches++;
    return d->thing_count != known;
}

static bool meets(const touch *a, const touch *b)
{
    if (a->kind == TGI_TOUCHES_READ && b->kind == TGI_TOUCHES_READ)
        return false;
    return a->slot == b->slot || a->slot == TGI_SEARCH_WHOLE || b->slot == TGI_SEARCH_WHOLE;
}

static bool are_dependent(const touch *a, uint32_t n, const touch *b, uint32_t m)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < m; k++) {
            if (a[i].kind == TGI_TOUCHES_ALL || b[k].kind == TGI_TOUCHES_ALL ||
                (a[i].thing == b[k].thing && meets(&a[i], &b[k])))
                return true;
        }
    }
    return false;
}

// The same if a is of an earlier run, in which the things up to base were the same.
static bool may_be_dependent(const touch *a, uint32_t n, uint32_t base, const touch *b, uint32_t m)
{
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < m; k++) {
            bool same = a[i].thing <= base ? a[i].thing == b[k].thing : b[k].thing > base;
            if (a[i].kind == TGI_TOUCHES_ALL || b[k].kind == TGI_TOUCHES_ALL ||
                (same && meets(&a[i], &b[k])))
                return true;
        }
    }
    return false;
}

static const touch *touches_of(const struct tgi_dpor *d, const event *e)
{
    return d->all.data + e->first;
}

// --- events

static bool know_task(struct tgi_dpor *d, uint32_t task)
{
    while (d->tasks.count <= task) {
        if (!vec_push(&d->tasks, (task_state){0}))
            return false;
    }
    return true;
}

void tgi_search_born(tgi_search *s, uint32_t task)
{
    struct tgi_dpor *d = s->dpor;
    if (s->kind != TGI_SEARCH_DPOR)
        return;
    if (!know_task(d, task))
        s->lost = true;
    else
        d->tasks.data[task].born = (uint32_t)d->events.count;
}

static uint32_t clock_at(const struct tgi_dpor *d, const event *e, uint32_t task)
{
    return task < e->known ? d->clocks.data[e->clock + task] : 0;
}

static void join(struct tgi_dpor *d, uint32_t *clock, uint32_t n, const event *e)
{
    for (uint32_t t = 0; t < n; t++) {
        uint32_t c = clock_at(d, e, t);
        if (c > clock[t])
            clock[t] = c;
    }
}

// clock[0, n): what happens before e because its task did it, or the one that started it.
static void start_clock(struct tgi_dpor *d, const event *e, uint32_t *clock, uint32_t n)
{
    memset(clock, 0, n * sizeof *clock);
    const task_state *t = &d->tasks.data[e->task];
    if (e->before != 0)
        join(d, clock, n, &d->events.data[e->before - 1]);
    else if (t->born != 0)
        join(d, clock, n, &d->events.data[t->born - 1]);
}

static candidate *candidate_of(tgi_search *s, size_t at, uint32_t task)
{
    const tgi_search_node *n = &s->nodes.data[at];
    for (uint32_t i = 0; i < n->count; i++) {
        if (s->tasks.data[n->first + i] == task)
            return &s->dpor->candidates.data[n->first + i];
    }
    return NULL;
}

// Whether e, which is later, is dependent on event i. Who was woken by i counts as dependent on it
// even if that was a mistake: what sleeps and what races must agree.
static bool depends_on(tgi_search *s, const event *e, size_t i)
{
    const struct tgi_dpor *d = s->dpor;
    const event *o = &d->events.data[i];
    if (are_dependent(touches_of(d, o), o->touches, touches_of(d, e), e->touches))
        return true;
    const candidate *c =
        i >= e->before && i + 1 < s->nodes.count ? candidate_of(s, i + 1, e->task) : NULL;
    return c != NULL && (c->flags & WOKEN) != 0;
}

// The last event is complete: its clock.
static void close_event(tgi_search *s)
{
    struct tgi_dpor *d = s->dpor;
    if (!d->open)
        return;
    d->open = false;
    event *e = &vec_last(&d->events);
    e->known = (uint32_t)d->tasks.count;
    e->clock = (uint32_t)d->clocks.count;
    for (uint32_t t = 0; t < e->known; t++) {
        if (!vec_push(&d->clocks, 0)) {
            s->lost = true;
            e->known = 0;
            return;
        }
    }
    uint32_t *clock = d->clocks.data + e->clock;
    start_clock(d, e, clock, e->known);
    for (size_t i = d->events.count - 1; i-- > 0;) {
        const event *o = &d->events.data[i];
        if (o->pending || clock[o->task] >= o->count || !depends_on(s, e, i))
            continue;
        join(d, clock, e->known, o);
    }
    clock[e->task] = e->count;
}

static bool open_event(tgi_search *s, uint32_t task, bool pending)
{
    struct tgi_dpor *d = s->dpor;
    if (!know_task(d, task))
        return false;
    task_state *t = &d->tasks.data[task];
    event e = {.task = task,
               .count = t->count + 1,
               .first = (uint32_t)d->all.count,
               .before = t->last,
               .pending = pending};
    if (d->events.count >= MOST_EVENTS || !vec_push(&d->events, e))
        return false;
    if (!pending) {
        t->last = (uint32_t)d->events.count;
        t->count++;
    }
    d->open = true;
    return true;
}

void tgi_search_pending(tgi_search *s, uint32_t task)
{
    if (s->kind != TGI_SEARCH_DPOR)
        return;
    close_event(s);
    if (!open_event(s, task, true))
        s->lost = true;
}

// --- decisions

// Who sleeps at node `at`, which is new: who did before, unless the last step is dependent on its
// own.
static bool fall_asleep(tgi_search *s, size_t at)
{
    struct tgi_dpor *d = s->dpor;
    const tgi_search_node *n = &s->nodes.data[at], *o = &s->nodes.data[at - 1];
    const event *e = &d->events.data[at - 1];
    for (uint32_t i = 0; i < o->count; i++) {
        candidate c = d->candidates.data[o->first + i];
        uint32_t task = s->tasks.data[o->first + i];
        if ((c.flags & (DONE | ASLEEP)) == 0 || task == e->task)
            continue;
        bool wakes = may_be_dependent(d->saved.data + c.first, c.touches, c.base, touches_of(d, e),
                                      e->touches);
        for (uint32_t k = 0; k < n->count; k++) {
            candidate *to = &d->candidates.data[n->first + k];
            if (s->tasks.data[n->first + k] != task)
                continue;
            if (wakes) {
                to->flags = WOKEN;
                continue;
            }
            *to = (candidate){ASLEEP, (uint32_t)d->saved.count, c.touches, c.base};
            if (!vec_reserve(&d->saved, d->saved.count + c.touches))
                return false;
            for (uint32_t x = 0; x < c.touches; x++)
                (void)vec_push(&d->saved, d->saved.data[c.first + x]);
        }
    }
    return true;
}

static void drop_from(tgi_search *s, size_t at)
{
    struct tgi_dpor *d = s->dpor;
    if (at < d->nodes.count) {
        d->saved.count = d->nodes.data[at].saved;
        d->nodes.count = at;
        d->candidates.count = s->nodes.data[at].first;
    }
    tgi_search_drop_from(s, at);
}

// A node for the decision p; false: no memory.
static bool add_node(tgi_search *s, const tgi_search_point *p)
{
    struct tgi_dpor *d = s->dpor;
    node_extra x = {p->usual, (uint32_t)d->saved.count, d->thing_count};
    if (!tgi_search_add_node(s, p) || !vec_push(&d->nodes, x))
        return false;
    while (d->candidates.count < s->tasks.count) {
        if (!vec_push(&d->candidates, (candidate){0}))
            return false;
    }
    return s->at == 0 || fall_asleep(s, s->at);
}

uint32_t tgi_dpor_pick(tgi_search *s, const tgi_search_point *p)
{
    struct tgi_dpor *d = s->dpor;
    close_event(s);
    if (s->lost)
        return p->usual;
    if (s->at < s->nodes.count && !tgi_search_is_same(s, &s->nodes.data[s->at], p)) {
        tgi_search_diverge(s);
        drop_from(s, s->at);
    }
    if (s->at == s->nodes.count) {
        if (!add_node(s, p)) {
            s->lost = true;
            return p->usual;
        }
        const candidate *c = d->candidates.data + s->nodes.data[s->at].first;
        uint32_t chosen = p->usual;
        for (uint32_t i = 0; i < p->count && (c[chosen].flags & ASLEEP) != 0; i++)
            chosen = i;
        if ((c[chosen].flags & ASLEEP) != 0) {
            drop_from(s, s->at);
            s->stopped = true;
            return TGI_SEARCH_STOP;
        }
        d->nodes.data[s->at].chosen = chosen;
        d->candidates.data[s->nodes.data[s->at].first + chosen].flags |= WANTED;
    }
    uint32_t chosen = d->nodes.data[s->at++].chosen;
    if (!open_event(s, p->tasks[chosen], false))
        s->lost = true;
    return chosen;
}

// --- races

// Whether e could not have been done before o, whatever else is changed.
static bool must_follow(const tgi_search *s, size_t at, const event *e)
{
    const struct tgi_dpor *d = s->dpor;
    const event *o = &d->events.data[at];
    const touch *wish = touches_of(d, e);
    if (e->touches > 0 && wish->kind == TGI_TOUCHES_TAKE) {
        for (uint32_t i = 0; i < o->touches; i++) {
            const touch *t = &touches_of(d, o)[i];
            if (t->thing != wish->thing || t->slot != wish->slot)
                continue;
            if (t->kind == TGI_TOUCHES_GIVE || t->kind == TGI_TOUCHES_READ)
                return true;
            break; // it was free before
        }
    }
    // It was about to be done, and could not.
    uint32_t born = d->tasks.data[e->task].born;
    if (e->before > at || born > at)
        return false;
    const tgi_search_node *n = &s->nodes.data[at];
    for (uint32_t i = 0; i < n->count; i++) {
        if (s->tasks.data[n->first + i] == e->task)
            return false;
    }
    return true;
}

// Whether e, the first of its task after event `at` that does not follow from it, follows from none
// of those either: first_of[task] counts the first one of each task, 0 for none.
static bool is_initial(const struct tgi_dpor *d, const event *e)
{
    for (uint32_t t = 0; t < d->first_of.count; t++) {
        if (t != e->task && d->first_of.data[t] != 0 && clock_at(d, e, t) >= d->first_of.data[t])
            return false;
    }
    return true;
}

// Events `at` and `to` are to come in the other order as well.
static bool reverse(tgi_search *s, size_t at, size_t to)
{
    struct tgi_dpor *d = s->dpor;
    const event *o = &d->events.data[at];
    candidate *found = NULL;
    vec_clear(&d->first_of);
    while (d->first_of.count < d->tasks.count) {
        if (!vec_push(&d->first_of, 0))
            return false;
    }
    for (size_t i = at + 1; i <= to; i++) {
        const event *e = &d->events.data[i];
        if ((e->pending && i != to) || d->first_of.data[e->task] != 0 ||
            (i != to && clock_at(d, e, o->task) >= o->count))
            continue;
        if (is_initial(d, e)) {
            candidate *c = candidate_of(s, at, e->task);
            if (c != NULL && (c->flags & (WANTED | DONE | ASLEEP)) != 0)
                return true; // somebody is tried who can begin it
            if (found == NULL)
                found = c;
        }
        d->first_of.data[e->task] = e->count;
    }
    if (found != NULL) {
        found->flags |= WANTED;
        return true;
    }
    const tgi_search_node *n = &s->nodes.data[at];
    for (uint32_t i = 0; i < n->count; i++)
        d->candidates.data[n->first + i].flags |= WANTED;
    return true;
}

// Those that race with event `to`, from the last to the first; what comes before one of them is
// ordered by it.
static bool find_races(tgi_search *s, size_t to, uint32_t *clock)
{
    struct tgi_dpor *d = s->dpor;
    const event *e = &d->events.data[to];
    uint32_t n = (uint32_t)d->tasks.count;
    start_clock(d, e, clock, n);
    for (size_t i = to; i-- > 0;) {
        const event *o = &d->events.data[i];
        if (o->pending || o->task == e->task || clock[o->task] >= o->count ||
            !depends_on(s, e, i) || must_follow(s, i, e))
            continue;
        if (!reverse(s, i, to))
            return false;
        join(d, clock, n, o);
    }
    return true;
}

static bool find_all_races(tgi_search *s)
{
    struct tgi_dpor *d = s->dpor;
    uint32_t *clock = calloc(d->tasks.count + 1, sizeof *clock);
    bool well = clock != NULL;
    for (size_t i = d->fresh; well && i < d->events.count; i++)
        well = find_races(s, i, clock);
    free(clock);
    return well;
}

// What the step after node `at` touched, for those who are tried there later.
static bool save(tgi_search *s, size_t at)
{
    struct tgi_dpor *d = s->dpor;
    const event *e = &d->events.data[at];
    candidate *c = &d->candidates.data[s->nodes.data[at].first + d->nodes.data[at].chosen];
    *c = (candidate){c->flags | DONE, (uint32_t)d->saved.count, e->touches,
                     d->nodes.data[at].things};
    for (uint32_t i = 0; i < e->touches; i++) {
        if (!vec_push(&d->saved, d->all.data[e->first + i]))
            return false;
    }
    return true;
}

static bool find_wanted(const tgi_search *s, size_t at, uint32_t *out)
{
    const tgi_search_node *n = &s->nodes.data[at];
    for (uint32_t i = 0; i < n->count; i++) {
        if ((s->dpor->candidates.data[n->first + i].flags & ~(uint32_t)WOKEN) == WANTED) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool tgi_dpor_go_on(tgi_search *s)
{
    struct tgi_dpor *d = s->dpor;
    close_event(s);
    if (s->lost || s->nodes.count > d->events.count || !find_all_races(s)) {
        s->lost = true;
        return false;
    }
    for (size_t i = s->nodes.count; i-- > 0;) {
        uint32_t next;
        if (!save(s, i)) {
            s->lost = true;
            return false;
        }
        if (find_wanted(s, i, &next)) {
            d->nodes.data[i].chosen = next;
            d->fresh = i;
            return true;
        }
        drop_from(s, i);
    }
    return false;
}
