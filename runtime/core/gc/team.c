// SPDX-License-Identifier: MIT
//
// team.c - several threads go through the heap together.
//
// How         each member has a stack of its own, in chunks: the one it works on and a full one
//             below, so that a step over the edge of a chunk does not cost one to the team and
//             back. What is more goes to the team's list. A member whose stack is empty takes a
//             chunk from there; when there is none it says that it is hungry and waits; who sees
//             that gives half of what it has.
// Owns        the chunks on its lists. A marker is its member's own in a run, and anybody's between
//             two.
// Threads     the caller and its helpers; the world is stopped.
// Locks       the team's: one taking or giving for a thousand objects.
// Invariants  T1  active counts the members that have objects in hand or may get at some: work and
//             source are empty and active is 0 when all is done, and then nothing can come any
//             more. A member that comes later is told so.
//             T2  an object that was put on a stack or list is looked at once, unless T3.
//             T3  when somebody finds no memory for its list all stop: the analysis is undone.
// Rejected    a deque per member that others steal from, object by object: a fence in every pop,
//             for a balance that chunks of a thousand give as well.
// Sources     Ossia et al., "A parallel, incremental and concurrent GC for servers", 2002 (work
//             packets); Endo, Taura, Yonezawa, "A scalable mark-sweep garbage collector on
//             large-scale shared-memory machines", 1997 (docs/papers.md).
#include "core/gc/team.h"

#include "base/assert.h" // TGI_ASSERT
#include "base/config.h" // TGI_SPIN_POLLS
#include "base/os.h"     // yield
#include "mem/raw.h"     // memory

// What a member keeps although somebody is hungry.
#define KEEP_ITEMS 2u

tgc_chunk *tgc_chunk_new(tgc_chunk *next)
{
    tgc_chunk *c = tgi_raw_alloc(sizeof *c);
    if (c == NULL)
        return NULL;
    c->next = next;
    c->count = 0;
    return c;
}

void tgc_chunks_free(tgc_chunk *list)
{
    while (list != NULL) {
        tgc_chunk *next = list->next;
        tgi_raw_free(list);
        list = next;
    }
}

tgc_team *tgc_team_new(unsigned members, unsigned tag)
{
    tgc_team *team = tgi_raw_calloc_lines(sizeof *team);
    if (team == NULL)
        return NULL;
    team->members = members < 1 ? 1 : members > TGI_CREW_MAX ? TGI_CREW_MAX : members;
    for (unsigned i = 0; i < TGI_CREW_MAX; i++) {
        team->marker[i].team = team;
        team->marker[i].tag = tag;
    }
    tgi_crew_begin(&team->crew, team->members);
    for (unsigned i = 0; i < TGI_CREW_MAX; i++)
        team->marker[i].several = team->crew.helpers > 0; // no work is open yet
    return team;
}

void tgc_team_free(tgc_team *team)
{
    if (team == NULL)
        return;
    tgi_crew_end(&team->crew);
    for (unsigned i = 0; i < TGI_CREW_MAX; i++) {
        tgc_marker *m = &team->marker[i];
        tgc_chunks_free(m->top);
        tgc_chunks_free(m->below);
        tgc_chunks_free(m->empty);
        tgc_chunks_free(m->found);
        tgc_chunks_free(m->odd);
        tgc_chunks_free(m->outside);
        tgc_chunks_free(m->later);
    }
    tgc_chunks_free(team->later);
    tgc_chunks_free(team->work);
    tgi_raw_free_lines(team);
}

typedef struct one_run {
    tgc_team *team;
    void (*fn)(tgc_marker *m);
} one_run;

static void run_one(void *arg, unsigned index)
{
    const one_run *r = arg;
    r->fn(&r->team->marker[index]);
}

void tgc_team_run(tgc_team *team, void (*fn)(tgc_marker *m))
{
    one_run r = {team, fn};
    tgi_crew_run(&team->crew, run_one, &r);
}

void tgc_marker_fail(tgc_marker *m)
{
    m->failed = true;
    atom_store_relaxed(&m->team->failed, true); // ORDER: relaxed; read again after the run.
}

void tgc_team_begin(tgc_team *team, tgc_chunk *source)
{
    TGI_ASSERT(team->work == NULL);
    team->source = source;
    // ORDER: relaxed (both); nobody else is at work.
    atom_store_relaxed(&team->active, 1);
    atom_store_relaxed(&team->hungry, 0);
}

static void step_locked(_Atomic(unsigned) *n, int by)
{
    // ORDER: relaxed (both); writers hold the lock, others only look whether to take it.
    atom_store_relaxed(n, atom_load_relaxed(n) + (unsigned)by);
}

static void give(tgc_team *team, tgc_chunk *c)
{
    tgi_rawlock_lock(&team->lock);
    c->next = team->work;
    team->work = c;
    step_locked(&team->available, 1);
    tgi_rawlock_unlock(&team->lock);
}

bool tgc_team_join(tgc_marker *m)
{
    tgc_team *team = m->team;
    tgi_rawlock_lock(&team->lock);
    // ORDER: relaxed; under the lock.
    bool open = atom_load_relaxed(&team->active) > 0;
    if (open)
        step_locked(&team->active, 1);
    tgi_rawlock_unlock(&team->lock);
    return open;
}

// ORDER: relaxed (all); a look before the lock is taken.
static void wait_for_work(tgc_team *team)
{
    for (int spins = 0; atom_load_relaxed(&team->available) == 0 &&
                        atom_load_relaxed(&team->active) != 0 && !atom_load_relaxed(&team->failed);
         spins++) {
        if (spins < TGI_SPIN_POLLS * 10)
            tgi_cpu_relax();
        else
            (void)tgi_os.yield();
    }
}

static bool take_locked(tgc_marker *m, tgc_chunk **out_source)
{
    tgc_team *team = m->team;
    if (team->work != NULL) {
        tgc_chunk *c = team->work;
        team->work = c->next;
        step_locked(&team->available, -1);
        c->next = NULL;
        if (m->empty == NULL)
            m->empty = m->top;
        else
            tgi_raw_free(m->top);
        m->top = c;
        m->taken++;
        return true;
    }
    if (team->source != NULL) {
        *out_source = team->source;
        team->source = team->source->next;
        return true;
    }
    return false;
}

bool tgc_team_take(tgc_marker *m, tgc_chunk **out_source)
{
    tgc_team *team = m->team;
    TGI_ASSERT(m->below == NULL && (m->top == NULL || m->top->count == 0));
    *out_source = NULL;
    tgi_rawlock_lock(&team->lock);
    bool waits = false, got = false;
    for (;;) {
        // ORDER: relaxed (both); under the lock, and T3.
        got = !atom_load_relaxed(&team->failed) && take_locked(m, out_source);
        if (got)
            break;
        if (!waits) {
            step_locked(&team->active, -1);
            step_locked(&team->hungry, 1);
            waits = true;
        }
        // ORDER: relaxed (both); as above.
        if (atom_load_relaxed(&team->active) == 0 || atom_load_relaxed(&team->failed))
            break; // T1
        tgi_rawlock_unlock(&team->lock);
        wait_for_work(team);
        tgi_rawlock_lock(&team->lock);
    }
    if (waits)
        step_locked(&team->hungry, -1);
    if (waits && got)
        step_locked(&team->active, 1);
    tgi_rawlock_unlock(&team->lock);
    return got;
}

void tgc_team_share(tgc_marker *m)
{
    if (m->below != NULL) {
        give(m->team, m->below);
        m->below = NULL;
        return;
    }
    if (m->top == NULL || m->top->count < KEEP_ITEMS * 2 || m->poor)
        return;
    tgc_chunk *c = m->empty != NULL ? m->empty : tgc_chunk_new(NULL);
    if (c == NULL) {
        m->poor = true; // they go hungry
        return;
    }
    m->empty = NULL;
    // The older half: it is likely to lead to more.
    c->count = m->top->count / 2;
    m->top->count -= c->count;
    memcpy((void *)c->item, (void *)m->top->item, c->count * sizeof *c->item);
    memmove((void *)m->top->item, (void *)(m->top->item + c->count),
            m->top->count * sizeof *c->item);
    give(m->team, c);
}

// The chunk on top is full, or there is none.
bool tgc_marker_grow(tgc_marker *m)
{
    if (m->failed)
        return false;
    tgc_chunk *c = m->empty != NULL ? m->empty : tgc_chunk_new(NULL);
    m->empty = NULL;
    if (c == NULL) {
        tgc_marker_fail(m);
        return false;
    }
    c->count = 0;
    if (m->below != NULL)
        give(m->team, m->below);
    m->below = m->top;
    m->top = c;
    return true;
}

// The chunk on top is empty, or there is none.
bool tgc_marker_pop_chunk(tgc_marker *m)
{
    if (m->below == NULL)
        return false;
    if (m->empty == NULL)
        m->empty = m->top;
    else
        tgi_raw_free(m->top);
    m->top = m->below;
    m->below = NULL;
    return true;
}
