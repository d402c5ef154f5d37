// SPDX-License-Identifier: MIT
//
// world_check.c - see world_check.h: what is promised, and how to have it checked.
//
// A thread counts itself inside behind everything attach does, and outside before anything detach
// does, in its interpreter and in the GIL it uses. So a thread that is counted has every right of
// an attached one, and two that are counted at once had them at once. It is done by standing in for
// three hooks of the core and calling the core's own from there.
//
// Threads     the counters are touched by any thread. They order nothing: two threads that are
//             never inside at once are ordered by what the runtime itself does, and a look at a
//             counter is then exact, because all changes of one counter have an order. Stronger
//             ones would hide from the thread sanitizer the mistakes that this is run to find.
// Invariants  W1, W2. No false alarm: `enabled` is constant while a thread is counted, unless that
//             thread is the holder and turns it off; a pause is stopped only when everybody in its
//             scope has uncounted itself.
#include "thread/world_check.h"

#include "base/assert.h"    // TGI_FATAL
#include "mem/raw.h"        // memory
#include "thread/gil.h"     // counter of the GIL
#include "thread/runtime.h" // hooks
#include "thread/stw.h"     // pauses

struct tgi_world_check {
    tgi_core_hooks hooks;        // const after init: the core's, three of them replaced
    const tgi_core_hooks *inner; // const after init: the core's
    _Atomic(uint64_t) threads;   // any thread: how often a thread was checked
    _Atomic(uint64_t) pauses;    // any thread
};

static const char *state_name(int state)
{
    static const char *const names[] = {"detached", "attached", "suspended", "ended"};
    return (unsigned)state < sizeof names / sizeof names[0] ? names[state] : "?";
}

void tgi_world_print(tg_runtime *rt, FILE *to)
{
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_interp *i = rt->interps; i != NULL; i = i->next) {
        fprintf(to, "togil: interpreter %u: GIL count %d, word %u, %d inside%s%s\n",
                (unsigned)i->id, atom_load_seq_cst(&i->gil->enabled),
                (unsigned)atom_load_seq_cst(&i->gil->word), (int)atom_load_seq_cst(&i->inside),
                i->gil != &i->own_gil ? ", shared GIL" : "", i->stw.requested ? ", pause" : "");
    }
    if (rt->stw.requested)
        fprintf(to, "togil: pause of the runtime (%s), waits for %u\n",
                tgi_stw_cause_name(rt->stw.cause), (unsigned)rt->stw.waiting_for);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        fprintf(to, "togil: thread %u \"%s\" of interpreter %u: %s%s%s%s, breaker %x\n",
                (unsigned)t->id, t->name, (unsigned)t->interp->id,
                state_name(atom_load_seq_cst(&t->state)),
                atom_load_seq_cst(&t->inside) ? ", inside" : "",
                t->counted != NULL ? ", waited for by a pause" : "",
                atom_load_seq_cst(&t->attach_waiting) != 0 ? ", waits to attach" : "",
                (unsigned)atom_load_seq_cst(&t->breaker));
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    fflush(to);
}

static _Noreturn void broken(tg_runtime *rt, tg_thread *t, const char *what)
{
    tgi_world_print(rt, stderr);
    TGI_FATAL("world check: thread %u %s", t != NULL ? (unsigned)t->id : 0u, what);
}

// t is counted inside.
static void look(tg_thread *t)
{
    tgi_world_check *check = t->runtime->world_check;
    if (tgi_gil_is_enabled(t)) {
        if (!t->holds_gil)
            broken(t->runtime, t, "is attached without the GIL, which is on");
        // ORDER: relaxed; see Threads.
        if (atom_load_relaxed(&t->interp->gil->inside) != 1)
            broken(t->runtime, t, "is not alone, and the GIL is on"); // W1
    }
    // ORDER: relaxed; for reports.
    atom_add_relaxed(&check->threads, 1);
}

static void check_attached(tg_thread *t)
{
    const tgi_core_hooks *inner = t->runtime->world_check->inner;
    // ORDER: relaxed (all here); see Threads.
    atom_store_relaxed(&t->inside, true);
    atom_add_relaxed(&t->interp->inside, 1);
    atom_add_relaxed(&t->interp->gil->inside, 1);
    look(t);
    if (tgi_world_is_stopped(t))
        broken(t->runtime, t, "attached in a pause"); // W2
    if (inner->attached != NULL)
        inner->attached(t); // may detach and attach again
}

static void leave(tg_thread *t)
{
    // ORDER: relaxed; its own thread's.
    if (!atom_load_relaxed(&t->inside))
        return; // hooks.thread_bind, which comes before it is counted, has detached
    look(t);
    if (tgi_world_is_stopped(t))
        broken(t->runtime, t, "detaches in a pause"); // W2
    // ORDER: relaxed (all here); see Threads.
    atom_sub_relaxed(&t->interp->gil->inside, 1);
    atom_sub_relaxed(&t->interp->inside, 1);
    atom_store_relaxed(&t->inside, false);
}

static void check_detaching(tg_thread *t)
{
    const tgi_core_hooks *inner = t->runtime->world_check->inner;
    if (inner->detaching != NULL)
        inner->detaching(t);
    leave(t);
}

// The end of a thread does not come through detach.
static void check_thread_clear(tg_thread *t)
{
    const tgi_core_hooks *inner = t->runtime->world_check->inner;
    if (inner->thread_clear != NULL)
        inner->thread_clear(t);
    leave(t);
}

tg_status tgi_world_check_start(tg_runtime *rt)
{
    tgi_world_check *check = tgi_raw_calloc(1, sizeof *check);
    if (check == NULL)
        return TG_ERR_NOMEM;
    check->inner = rt->hooks;
    check->hooks = *rt->hooks;
    check->hooks.attached = check_attached;
    check->hooks.detaching = check_detaching;
    check->hooks.thread_clear = check_thread_clear;
    rt->world_check = check;
    rt->hooks = &check->hooks;
    return TG_OK;
}

void tgi_world_check_free(tg_runtime *rt)
{
    tgi_raw_free(rt->world_check);
}

void tgi_world_check_now(tg_thread *t)
{
    if (t->runtime->world_check == NULL)
        return;
    // ORDER: relaxed; its own thread's.
    if (!tgi_thread_is_attached(t) || !atom_load_relaxed(&t->inside))
        broken(t->runtime, t, "looks around without being attached");
    look(t);
}

void tgi_world_check_pause(tg_runtime *rt, tgi_stw *stw)
{
    tgi_world_check *check = rt->world_check;
    if (check == NULL)
        return;
    tg_thread *requester = stw->requester;
    bool mine = false;
    int inside = 0;
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_interp *i = rt->interps; i != NULL; i = i->next) {
        if (!stw->global && i != stw->interp)
            continue;
        // ORDER: relaxed; see Threads: who is in scope has stopped.
        inside += atom_load_relaxed(&i->inside);
        mine |= requester != NULL && requester->interp == i;
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    if (inside != (mine ? 1 : 0))
        broken(rt, requester, "has stopped a world in which somebody runs"); // W2
    // ORDER: relaxed; for reports.
    atom_add_relaxed(&check->pauses, 1);
}

void tgi_world_check_read(tg_runtime *rt, uint64_t *threads, uint64_t *pauses)
{
    tgi_world_check *check = rt->world_check;
    // ORDER: relaxed (both); reports.
    *threads = check != NULL ? atom_load_relaxed(&check->threads) : 0;
    *pauses = check != NULL ? atom_load_relaxed(&check->pauses) : 0;
}
