// SPDX-License-Identifier: MIT
//
// race.c - data races of a run, and the reports of a session.
//
// Owns        clocks, cells and sets of locks of the run (in a pool); places and reports of the
//             session.
// Threads     the one that carries the tasks.
// Invariants  R1  order comes from start, join, acquired, released, send and receive, and from
//                 nothing else: Note [order].
//             R2  without memory, or beyond RUN_BYTES, nothing more is recorded, and nothing is
//                 reported that is not so.
//             R3  a task's own entry of its clock grows whenever something it did so far may be
//                 seen by others as ordered.
#include "stress/race.h"

#include "base/hash.h" // tables

#include <stdio.h>  // snprintf
#include <stdlib.h> // calloc

enum { GUARDS = 4 };

// Of one run: some hundred thousand things, or a million times that a lock is held.
enum { RUN_BYTES = 32 << 20, MOST_THINGS = 1 << 18 };

typedef struct lock_held {
    struct sync *lock;
    uint32_t place; // where it was taken
} lock_held;

// A lock, or anything else through which tasks are ordered.
typedef struct sync {
    tgi_vclock clock, hard; // hard: of a message
    uint32_t serial;        // of a lock; 0: not seen yet
    bool internal;          // of the library
} sync;

typedef struct lock_set {
    uint32_t count;
    lock_held locks[];
} lock_set;

typedef struct race_task {
    tgi_vclock now;
    tgi_vclock hard;  // the same without the order that locks make, which differs from run to run
    uint32_t section; // counts what it does to locks
    uint32_t locks;   // its set, + 1; 0: not known
    tgi_vec(lock_held) held;
    const char *name;
    const void *handle;
} race_task;

// What a task did last with a thing.
typedef struct last_access {
    uint32_t place, section, version;
    bool seen, write;
} last_access;

typedef struct guard {
    uint32_t lock, place, count;
} guard;

typedef struct cell {
    tgi_race_cell one;    // unless ELEMENTS
    tgi_race_group group; // ELEMENTS
    uint32_t version;     // counts writes
    uint32_t writer;      // the last one, + 1
    uint32_t accesses;
    guard guards[GUARDS];
    last_access *last; // by task
    uint32_t last_count;
} cell;

typedef struct thing {
    uint32_t task;      // who met it first
    uint32_t publisher; // who stored it first where others may find it, + 1
    bool several;
} thing;

typedef struct entry {
    const void *where;
    uint64_t slot;
    uint32_t part;
    uint32_t run; // the entry is of this run; else it is free
    void *data;
} entry;

struct tgi_races {
    tgi_pool pool;
    uint32_t run;
    entry *table; // open addressing, at most half full
    size_t mask, count;
    tgi_vec(race_task) tasks;
    tgi_vec(lock_set *) sets;
    uint32_t lock_serial;
    size_t tasks_made;    // entries of `tasks` whose memory for locks is known
    bool lost, ever_lost; // R2: in this run, in any
    tgi_places places;
    tgi_vec(tgi_race_report) reports;
    uint64_t number;        // its number
    size_t named;           // reports before this one have a name
    tgi_lock_edges edges;   // of this run
    tgi_lock_cycles cycles; // of the session
};

tgi_races *tgi_races_new(void)
{
    tgi_races *r = calloc(1, sizeof *r);
    if (r != NULL)
        r->pool.limit = RUN_BYTES;
    return r;
}

void tgi_races_free(tgi_races *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->tasks_made; i++)
        vec_free(&r->tasks.data[i].held);
    vec_free(&r->tasks);
    vec_free(&r->sets);
    vec_free(&r->reports);
    vec_free(&r->edges);
    vec_free(&r->cycles);
    tgi_places_free(&r->places);
    tgi_pool_free(&r->pool);
    free(r->table);
    free(r);
}

tgi_places *tgi_races_places(tgi_races *r)
{
    return &r->places;
}

const tgi_race_report *tgi_races_at(const tgi_races *r, size_t i)
{
    return i < r->reports.count ? &r->reports.data[i] : NULL;
}

bool tgi_races_incomplete(const tgi_races *r)
{
    return r->ever_lost;
}

static bool lose(tgi_races *r)
{
    r->lost = r->ever_lost = true;
    return false;
}

// --- the table of the run

static entry *find(tgi_races *r, entry *table, size_t mask, const void *where, uint64_t slot,
                   uint32_t part)
{
    uint64_t h = tgi_hash_combine((uintptr_t)where + part, slot);
    size_t i = (size_t)h & mask;
    while (table[i].run == r->run &&
           (table[i].where != where || table[i].slot != slot || table[i].part != part))
        i = (i + 1) & mask;
    return &table[i];
}

static bool grow(tgi_races *r)
{
    size_t mask = r->table == NULL ? 255 : r->mask * 2 + 1;
    entry *bigger = calloc(mask + 1, sizeof *bigger);
    if (bigger == NULL)
        return lose(r);
    for (size_t i = 0; r->table != NULL && i <= r->mask; i++) {
        const entry *old = &r->table[i];
        if (old->run == r->run)
            *find(r, bigger, mask, old->where, old->slot, old->part) = *old;
    }
    free(r->table);
    r->table = bigger;
    r->mask = mask;
    return true;
}

// The data of a thing, made if it is new. NULL without memory.
static void *data_of(tgi_races *r, const void *where, uint64_t slot, uint32_t part, size_t bytes,
                     bool *fresh)
{
    if ((r->table == NULL || (r->count + 1) * 2 > r->mask) && !grow(r))
        return NULL;
    entry *e = find(r, r->table, r->mask, where, slot, part);
    if (fresh != NULL)
        *fresh = e->run != r->run;
    if (e->run == r->run)
        return e->data;
    // What is met stays alive, so its number is bounded, too.
    void *data = r->count < MOST_THINGS ? tgi_pool_alloc(&r->pool, bytes) : NULL;
    if (data == NULL) {
        (void)lose(r);
        return NULL;
    }
    *e = (entry){where, slot, part, r->run, data};
    r->count++;
    return data;
}

// --- order

void tgi_races_begin(tgi_races *r)
{
    r->run++;
    r->count = 0;
    r->lost = false;
    r->lock_serial = 0;
    vec_clear(&r->tasks);
    vec_clear(&r->sets);
    vec_clear(&r->edges);
    tgi_pool_reset(&r->pool);
}

static void tick(tgi_races *r, tgi_vclock *clock, uint32_t task)
{
    if (!tgi_vclock_set(&r->pool, clock, task, tgi_vclock_get(clock, task) + 1))
        (void)lose(r);
}

static void join(tgi_races *r, tgi_vclock *to, const tgi_vclock *from)
{
    if (!tgi_vclock_join(&r->pool, to, from))
        (void)lose(r);
}

void tgi_races_started(tgi_races *r, uint32_t parent, uint32_t task, const char *name,
                       const void *handle)
{
    if (r->lost)
        return;
    if (task != r->tasks.count || !vec_reserve(&r->tasks, 1)) {
        (void)lose(r);
        return;
    }
    r->tasks.count++;
    race_task *t = &r->tasks.data[task];
    if (r->tasks_made < r->tasks.count) {
        r->tasks_made++;
        *t = (race_task){0};
    }
    vec_clear(&t->held); // the memory of an earlier run
    t->now = t->hard = (tgi_vclock){0};
    t->section = t->locks = 0;
    t->name = name;
    t->handle = handle;
    tick(r, &t->now, task);
    tick(r, &t->hard, task);
    if (parent != task) {
        race_task *p = &r->tasks.data[parent];
        join(r, &t->now, &p->now);
        join(r, &t->hard, &p->hard);
        tick(r, &p->now, parent);
        tick(r, &p->hard, parent);
    }
}

void tgi_races_joined(tgi_races *r, uint32_t task, const void *handle)
{
    for (size_t i = 0; !r->lost && i < r->tasks.count; i++) {
        if (r->tasks.data[i].handle == handle) {
            join(r, &r->tasks.data[task].now, &r->tasks.data[i].now);
            join(r, &r->tasks.data[task].hard, &r->tasks.data[i].hard);
        }
    }
}

static sync *sync_of(tgi_races *r, const void *where, uint64_t slot)
{
    return r->lost ? NULL : data_of(r, where, slot, TGI_PART_SYNC, sizeof(sync), NULL);
}

// The task, with the locks that it holds, takes another one. Once in a run for the same places.
static void note_edges(tgi_races *r, uint32_t task, const sync *to, uint32_t to_place)
{
    race_task *t = &r->tasks.data[task];
    uint32_t *held = NULL;
    for (size_t i = 0; i < t->held.count; i++) {
        const lock_held *from = &t->held.data[i];
        bool known = false;
        for (size_t k = 0; k < r->edges.count && !known; k++) {
            const tgi_lock_edge *e = &r->edges.data[k];
            known = e->task == task && e->from == from->lock->serial && e->to == to->serial &&
                    e->from_place == from->place && e->to_place == to_place;
        }
        if (known || from->lock == to)
            continue;
        if (held == NULL) {
            held = tgi_pool_alloc(&r->pool, t->held.count * sizeof *held);
            for (size_t k = 0; held != NULL && k < t->held.count; k++)
                held[k] = t->held.data[k].lock->serial;
        }
        tgi_lock_edge e = {.task = task,
                           .from = from->lock->serial,
                           .to = to->serial,
                           .from_place = from->place,
                           .to_place = to_place,
                           .held = held,
                           .held_count = (uint32_t)t->held.count,
                           .epoch = tgi_epoch_of(task, tgi_vclock_get(&t->hard, task))};
        if (held == NULL || !tgi_vclock_join(&r->pool, &e.now, &t->hard) || !vec_push(&r->edges, e))
            return;
    }
}

static const char *name_of(void *arg, uint32_t task)
{
    const tgi_races *r = arg;
    return r->tasks.data[task].name;
}

void tgi_races_end(tgi_races *r)
{
    size_t known = r->cycles.count;
    if (!r->lost)
        tgi_lock_cycles_find(&r->edges, &r->cycles, name_of, r);
    for (size_t i = known; i < r->cycles.count; i++)
        r->cycles.data[i].run = r->number;
}

const tgi_lock_cycle *tgi_races_cycle_at(const tgi_races *r, size_t i)
{
    return i < r->cycles.count ? &r->cycles.data[i] : NULL;
}

void tgi_races_number(tgi_races *r, uint64_t run)
{
    r->number = run;
}

void tgi_races_set_times(tgi_races *r, size_t i, uint64_t times)
{
    r->reports.data[i].times = times;
}

bool tgi_races_holds(const tgi_races *r, uint32_t task, uint32_t place)
{
    if (r->lost || task >= r->tasks.count)
        return false;
    const race_task *t = &r->tasks.data[task];
    for (size_t i = 0; i < t->held.count; i++) {
        if (t->held.data[i].place == place)
            return true;
    }
    return false;
}

void tgi_races_acquired(tgi_races *r, uint32_t task, const void *lock, uint32_t place,
                        bool internal)
{
    sync *s = sync_of(r, lock, 0);
    if (s == NULL)
        return;
    if (s->serial == 0) {
        s->serial = ++r->lock_serial;
        s->internal = internal;
    }
    s->internal &= internal; // the script may have it, too
    if (s->internal)
        return;
    race_task *t = &r->tasks.data[task];
    join(r, &t->now, &s->clock);
    note_edges(r, task, s, place);
    lock_held held = {s, place};
    (void)vec_push(&t->held, held);
    t->section++;
    t->locks = 0;
}

static bool drop_held(race_task *t, const sync *s)
{
    for (size_t i = t->held.count; i-- > 0;) {
        if (t->held.data[i].lock != s)
            continue;
        for (; i + 1 < t->held.count; i++)
            t->held.data[i] = t->held.data[i + 1];
        t->held.count--;
        t->locks = 0;
        return true;
    }
    return false;
}

void tgi_races_released(tgi_races *r, uint32_t task, const void *lock)
{
    sync *s = sync_of(r, lock, 0);
    if (s == NULL || s->serial == 0 || s->internal)
        return;
    race_task *t = &r->tasks.data[task];
    join(r, &s->clock, &t->now);
    tick(r, &t->now, task);
    t->section++;
    // Any thread may give back a plain lock.
    if (!drop_held(t, s)) {
        for (size_t i = 0; i < r->tasks.count && !drop_held(&r->tasks.data[i], s); i++) {}
    }
}

void tgi_races_gone(tgi_races *r, const void *lock)
{
    if (r->table == NULL)
        return;
    const entry *e = find(r, r->table, r->mask, lock, 0, TGI_PART_SYNC);
    if (e->run != r->run)
        return;
    for (size_t i = 0; i < r->tasks.count; i++)
        (void)drop_held(&r->tasks.data[i], e->data);
    *(sync *)e->data = (sync){0};
}

void tgi_races_send(tgi_races *r, uint32_t task, const void *object, uint64_t value)
{
    sync *s = sync_of(r, object, value + 1);
    if (s == NULL)
        return;
    race_task *t = &r->tasks.data[task];
    join(r, &s->clock, &t->now);
    join(r, &s->hard, &t->hard);
    tick(r, &t->now, task);
    tick(r, &t->hard, task);
    t->section++;
}

void tgi_races_receive(tgi_races *r, uint32_t task, const void *object, uint64_t value)
{
    sync *s = sync_of(r, object, value + 1);
    if (s == NULL)
        return;
    race_task *t = &r->tasks.data[task];
    join(r, &t->now, &s->clock);
    join(r, &t->hard, &s->hard);
    t->section++;
}

// --- objects

static thing *thing_of(tgi_races *r, uint32_t task, const void *where, bool *fresh)
{
    if (r->lost)
        return NULL;
    thing *o = data_of(r, where, 0, TGI_PART_OBJECT, sizeof *o, fresh);
    if (o == NULL)
        return NULL;
    if (*fresh)
        o->task = task;
    o->several |= o->task != task;
    return o;
}

void tgi_races_published(tgi_races *r, uint32_t task, const void *where)
{
    bool fresh;
    thing *o = thing_of(r, task, where, &fresh);
    if (o != NULL && o->publisher == 0)
        o->publisher = task + 1;
}

bool tgi_races_meet(tgi_races *r, uint32_t task, const void *where)
{
    bool fresh;
    return thing_of(r, task, where, &fresh) != NULL && fresh;
}

// --- sets of locks

static uint32_t current_locks(tgi_races *r, race_task *t)
{
    if (t->locks != 0 || t->held.count == 0)
        return t->locks;
    lock_set *set = tgi_pool_alloc(&r->pool, sizeof *set + t->held.count * sizeof(lock_held));
    if (set == NULL || !vec_push(&r->sets, set)) {
        (void)lose(r);
        return 0;
    }
    set->count = (uint32_t)t->held.count;
    for (uint32_t i = 0; i < set->count; i++)
        set->locks[i] = t->held.data[i];
    return t->locks = (uint32_t)r->sets.count;
}

static void count_guards(cell *c, const race_task *t)
{
    c->accesses++;
    for (size_t i = 0; i < t->held.count; i++) {
        uint32_t serial = t->held.data[i].lock->serial;
        for (size_t k = 0; k < GUARDS; k++) {
            guard *g = &c->guards[k];
            if (g->count == 0)
                *g = (guard){serial, t->held.data[i].place, 0};
            if (g->lock == serial) {
                g->count++;
                break;
            }
        }
    }
}

// --- reports

typedef struct found_arg {
    tgi_races *r;
    const tgi_race_op *op;
    const tgi_race_side *side;
    cell *cell;
    bool fresh;
} found_arg;

static uint64_t line_key(const tgi_races *r, uint32_t place)
{
    if (place == 0)
        return 0;
    const tgi_place *p = tgi_place_at(&r->places, place);
    return tgi_hash_combine((uintptr_t)p->file, p->line);
}

// Equal for the same two lines and the same variable or attribute.
static uint64_t key_of(const tgi_races *r, const tgi_race_op *op, uint32_t a, uint32_t b)
{
    uint64_t x = line_key(r, a), y = line_key(r, b);
    uint64_t what = op->part == TGI_PART_ATTRIBUTE  ? op->slot
                    : op->part == TGI_PART_VARIABLE ? 0
                                                    : op->part;
    return tgi_hash_combine(x + y, tgi_hash_combine(x ^ y, what));
}

static void fill_side(tgi_races *r, tgi_race_report_side *out, const tgi_race_side *side,
                      bool wrote)
{
    const race_task *t = &r->tasks.data[tgi_epoch_task(side->epoch)];
    snprintf(out->thread, sizeof out->thread, "%s", t->name);
    out->place = side->place;
    out->write = wrote;
    out->flags = side->flags;
    out->lock_count = 0;
    const lock_set *set = side->locks == 0 ? NULL : r->sets.data[side->locks - 1];
    for (uint32_t i = 0; set != NULL && i < set->count && i < TGI_RACE_LOCKS_SHOWN; i++)
        out->locks[out->lock_count++] = set->locks[i].place;
}

static void fill_guard(tgi_race_report *report, const cell *c, uint64_t run)
{
    if (c->accesses < report->accesses)
        return;
    report->guard_run = run;
    report->accesses = c->accesses;
    report->guard = report->guarded = 0;
    for (size_t i = 0; i < GUARDS; i++) {
        if (c->guards[i].count > report->guarded) {
            report->guard = c->guards[i].place;
            report->guarded = c->guards[i].count;
        }
    }
}

static void found(void *p, const tgi_race_side *earlier, bool wrote)
{
    found_arg *a = p;
    tgi_races *r = a->r;
    if (r->lost)
        return; // R2: the order may be incomplete
    tgi_race_class class_ = tgi_race_classify(a->op->part, earlier, wrote, a->side, a->op->write);
    uint64_t key = key_of(r, a->op, earlier->place, a->side->place);
    tgi_race_report *report = NULL;
    for (size_t i = 0; i < r->reports.count && report == NULL; i++) {
        if (r->reports.data[i].key == key)
            report = &r->reports.data[i];
    }
    if (report == NULL) {
        tgi_race_report empty = {.key = key, .part = a->op->part, .first_run = r->number};
        if (!vec_push(&r->reports, empty)) {
            (void)lose(r);
            return;
        }
        report = &vec_last(&r->reports);
        a->fresh = true;
    }
    report->times++;
    fill_guard(report, a->cell, r->number);
    // The worst that was seen is shown.
    if (report->class_ != TGI_RACE_NONE &&
        tgi_race_severity_of(class_) <= tgi_race_severity_of(report->class_))
        return;
    report->class_ = class_;
    report->shown_run = r->number;
    fill_side(r, &report->sides[0], earlier, wrote);
    fill_side(r, &report->sides[1], a->side, a->op->write);
}

void tgi_races_name(tgi_races *r, const char *name)
{
    for (; r->named < r->reports.count; r->named++) {
        tgi_race_report *report = &r->reports.data[r->named];
        snprintf(report->name, sizeof report->name, "%s", name);
    }
}

// --- accesses

static last_access *last_of(tgi_races *r, cell *c, uint32_t task)
{
    if (task >= c->last_count) {
        uint32_t room = task * 2 + 4;
        last_access *bigger = tgi_pool_alloc(&r->pool, room * sizeof *bigger);
        if (bigger == NULL)
            return NULL;
        for (uint32_t i = 0; i < c->last_count; i++)
            bigger[i] = c->last[i];
        c->last = bigger;
        c->last_count = room;
    }
    return &c->last[task];
}

static bool is_check(const tgi_races *r, uint32_t place)
{
    return place != 0 && (tgi_place_at(&r->places, place)->flags & TGI_PLACE_CHECKS) != 0;
}

// The recorded read of the task at that epoch turns out to be more.
static void mark_read(cell *c, uint32_t task, uint32_t place, uint32_t flag)
{
    tgi_race_side *s = &c->one.read;
    if (c->one.readers != NULL)
        s = task < c->one.reader_count ? &c->one.readers[task] : NULL;
    if (s == NULL || s->epoch == 0 || tgi_epoch_task(s->epoch) != task)
        return;
    s->flags |= flag;
    s->place = place; // of several reads at that epoch, the one that matters
}

// What the access makes of the one before it by the same task, and the other way round.
static void relate(tgi_races *r, cell *c, uint32_t task, const tgi_race_op *op,
                   const last_access *before, tgi_race_side *side)
{
    const race_task *t = &r->tasks.data[task];
    if (!before->seen || before->write)
        return;
    bool overtaken = before->version != c->version && c->writer != task + 1;
    bool checks = is_check(r, before->place);
    if (op->write && !checks && before->section == t->section) {
        side->flags |= TGI_SIDE_UPDATE;
        mark_read(c, task, before->place, TGI_SIDE_UPDATED);
    }
    if (checks && (op->write || !is_check(r, op->place))) {
        mark_read(c, task, before->place, TGI_SIDE_ACTED);
        if (overtaken)
            side->flags |= TGI_SIDE_STALE;
    }
}

bool tgi_races_access(tgi_races *r, uint32_t task, const tgi_race_op *op)
{
    if (r->lost || r->tasks.count < 2)
        return false;
    bool fresh;
    cell *c = data_of(r, op->where, op->slot, op->part, sizeof *c, &fresh);
    last_access *last = c == NULL ? NULL : last_of(r, c, task);
    if (last == NULL)
        return lose(r);
    race_task *t = &r->tasks.data[task];
    tgi_race_side side = {.epoch = tgi_epoch_of(task, tgi_vclock_get(&t->now, task)),
                          .place = op->place,
                          .locks = current_locks(r, t),
                          .flags = op->flags};
    if (op->part == TGI_PART_ATTRIBUTE && op->write) {
        const thing *o = thing_of(r, task, op->where, &fresh);
        bool known = o != NULL && (o->publisher != 0 || o->several);
        if ((op->flags & TGI_SIDE_INIT) != 0 || ((op->flags & TGI_SIDE_UNSET) != 0 && !known))
            return false; // whoever finds the object finds it with this value
        if ((op->flags & TGI_SIDE_NONE) != 0 && o != NULL && o->publisher == task + 1)
            side.flags |= TGI_SIDE_LATE;
    }
    count_guards(c, t);
    found_arg arg = {r, op, &side, c, false};
    if (op->part == TGI_PART_ELEMENTS) {
        if (!tgi_race_group_access(&r->pool, &c->group, &t->now, side, op->write, found, &arg))
            return lose(r);
        return arg.fresh;
    }
    relate(r, c, task, op, last, &side);
    if (op->write) {
        tgi_race_cell_write(&c->one, &t->now, side, found, &arg);
        c->version++;
        c->writer = task + 1;
    } else if (!tgi_race_cell_read(&r->pool, &c->one, &t->now, side, found, &arg)) {
        return lose(r);
    }
    *last = (last_access){op->place, t->section, c->version, true, op->write};
    return arg.fresh;
}
