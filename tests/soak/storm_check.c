// SPDX-License-Identifier: MIT
//
// storm_check.c - what must hold in the storm, and what is printed when it does not.
//
// The check wraps the core's hooks of attach and detach and counts who is between them, per GIL. It
// sees a thread a moment later and loses it a moment earlier than the thread layer does, so it
// never cries wrongly: whoever it has counted is attached.
//
//     with the counter above 0   nobody else is counted when a thread comes or goes, and it holds
//                                the GIL
//     in a pause                 nobody comes; every other thread in scope is suspended, and in a
//                                global one only the requester is counted
#include "storm.h"

#include "base/clock.h"
#include "thread/trace.h"

#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 4096, LAST_EVENTS = 12, DUMP_SECONDS = 30 };

static const tgi_core_hooks *real;
static tgi_core_hooks wrapped;
static _Atomic(int) inside[SLOTS]; // by the interpreter that owns the GIL

static _Atomic(int) *slot_of(tg_thread *t)
{
    char *gil = (char *)t->interp->gil;
    const tg_interp *owner = (const tg_interp *)(void *)(gil - offsetof(tg_interp, own_gil));
    return &inside[owner->id % SLOTS];
}

static void check_attached(tg_thread *t)
{
    int others = atom_add_seq_cst(slot_of(t), 1);
    if (tgi_gil_is_enabled(t)) {
        if (others != 0)
            storm_fail("thread %u attached beside %d others with the GIL on", (unsigned)t->id,
                       others);
        if (!t->holds_gil)
            storm_fail("thread %u attached without the GIL", (unsigned)t->id);
    }
    if (tgi_world_is_stopped(t))
        storm_fail("thread %u attached in a pause", (unsigned)t->id);
    if (real->attached != NULL)
        real->attached(t);
}

static void check_leaving(tg_thread *t)
{
    int counted = atom_sub_seq_cst(slot_of(t), 1);
    if (tgi_gil_is_enabled(t) && (counted != 1 || !t->holds_gil))
        storm_fail("thread %u leaves, %d were attached with the GIL on", (unsigned)t->id, counted);
}

static void check_detaching(tg_thread *t)
{
    if (real->detaching != NULL)
        real->detaching(t);
    check_leaving(t);
}

static void check_clear(tg_thread *t)
{
    if (real->thread_clear != NULL)
        real->thread_clear(t);
    check_leaving(t);
}

void storm_check_install(storm *s)
{
    real = s->rt->hooks;
    wrapped = *real;
    wrapped.attached = check_attached;
    wrapped.detaching = check_detaching;
    wrapped.thread_clear = check_clear;
    s->rt->hooks = &wrapped;
    for (int i = 0; i < SLOTS; i++)
        atom_store_seq_cst(&inside[i], 0);
    atom_store_seq_cst(slot_of(s->t), 1);
}

typedef struct pause_check {
    tg_thread *requester;
    tg_interp *interp;
    uint32_t wrong_id;
    int wrong_state;
} pause_check;

static void check_suspended(tg_thread *t, void *arg)
{
    pause_check *check = arg;
    if (t == check->requester || (check->interp != NULL && t->interp != check->interp))
        return;
    int state = atom_load_seq_cst(&t->state);
    if (state != TGI_SUSPENDED && state != TGI_ENDED) {
        check->wrong_id = t->id;
        check->wrong_state = state;
    }
}

void storm_check_pause(tg_thread *t, tg_interp *interp)
{
    pause_check check = {t, interp, 0, 0};
    tgi_threads_for_each(t->runtime, check_suspended, &check);
    if (check.wrong_id != 0)
        storm_fail("thread %u is in state %d in a pause", (unsigned)check.wrong_id,
                   check.wrong_state);
    int counted = 0;
    for (int i = 0; interp == NULL && i < SLOTS; i++)
        counted += atom_load_seq_cst(&inside[i]);
    if (interp == NULL && counted != 1)
        storm_fail("%d threads are attached in a global pause", counted);
}

// -- what is known --------------------------------------------------------------------------------

static const char *const state_names[] = {"detached", "attached", "suspended", "ended"};

static const char *const event_names[TGI_TRACE_KINDS] = {
    [TGI_TRACE_START] = "start",     [TGI_TRACE_END] = "end",     [TGI_TRACE_ATTACH] = "attach",
    [TGI_TRACE_DETACH] = "detach",   [TGI_TRACE_PARK] = "park",   [TGI_TRACE_UNPARK] = "unpark",
    [TGI_TRACE_YIELD] = "yield",     [TGI_TRACE_WANT] = "want",   [TGI_TRACE_TAKE] = "take",
    [TGI_TRACE_GIVE_UP] = "give-up", [TGI_TRACE_ASK] = "ask",     [TGI_TRACE_DROP] = "drop",
    [TGI_TRACE_GIL_OFF] = "gil-off", [TGI_TRACE_COUNT] = "count", [TGI_TRACE_SUSPEND] = "suspend",
    [TGI_TRACE_RESUME] = "resume",
};

static void print_gil(tg_interp *interp)
{
    tgi_gil *gil = &interp->own_gil;
    tg_thread *holder = atom_load_seq_cst(&gil->holder);
    fprintf(stderr, "  interpreter %u: GIL count %d, word %x, %u waiters, last holder %u\n",
            (unsigned)interp->id, atom_load_seq_cst(&gil->enabled),
            (unsigned)atom_load_seq_cst(&gil->word), (unsigned)atom_load_seq_cst(&gil->waiters),
            holder != NULL ? (unsigned)holder->id : 0);
    fprintf(stderr, "    pause: requested %d, waits for %u threads\n", interp->stw.requested,
            (unsigned)interp->stw.waiting_for);
}

static void print_thread(tg_thread *t, void *arg)
{
    (void)arg;
    int state = atom_load_seq_cst(&t->state);
    fprintf(stderr,
            "  thread %u \"%s\" of interpreter %u: %s%s, breaker %x%s%s, held by %u others\n",
            (unsigned)t->id, t->name, (unsigned)t->interp->id, state_names[state & 3],
            t->holds_gil ? ", holds the GIL" : "", (unsigned)atom_load_seq_cst(&t->breaker),
            atom_load_seq_cst(&t->attach_waiting) != 0 ? ", waits in attach" : "",
            t->counted != NULL ? ", a pause waits for it" : "", (unsigned)t->holds);
}

static void print_last_events(tg_runtime *rt)
{
    tgi_trace_copy copy;
    if (tgi_trace_read(rt, &copy) != TG_OK)
        return;
    fprintf(stderr, "last events, in microseconds before now:\n");
    for (size_t i = 0; i < copy.track_count; i++) {
        const tgi_trace_track *track = &copy.tracks[i];
        if (track->ended)
            continue;
        fprintf(stderr, "  thread %u:", (unsigned)track->thread_id);
        size_t from = track->count > LAST_EVENTS ? track->count - LAST_EVENTS : 0;
        for (size_t k = from; k < track->count; k++)
            fprintf(stderr, " %s@%.1f", event_names[track->items[k].kind],
                    (double)(copy.end_ns - track->items[k].at_ns) / 1e3);
        fprintf(stderr, "\n");
    }
    tgi_trace_copy_free(&copy);
}

static void print_all(storm *s)
{
    for (int i = 0; i < s->thread_count; i++) {
        storm_thread *w = &s->threads[i];
        const char *doing = atom_load_seq_cst(&w->doing);
        fprintf(stderr, "  %s %d: %llu steps, %s\n", w->role, w->index,
                (unsigned long long)atom_load_seq_cst(&w->beats),
                atom_load_seq_cst(&w->done) ? "done"
                : doing != NULL             ? doing
                                            : "not started");
    }
    tg_runtime *rt = s->rt;
    if (rt == NULL)
        return;
    fprintf(stderr, "  global pause: requested %d, waits for %u threads\n", rt->stw.requested,
            (unsigned)rt->stw.waiting_for);
    for (tg_interp *interp = rt->interps; interp != NULL; interp = interp->next)
        print_gil(interp);
    tgi_threads_for_each(rt, print_thread, NULL);
    print_last_events(rt);
}

void storm_fail(const char *format, ...)
{
    static _Atomic(bool) failing;
    if (atom_exchange_seq_cst(&failing, true)) {
        for (;;)
            pause(); // the first one ends the process
    }
    va_list args;
    va_start(args, format);
    fprintf(stderr, "storm: mode %s, seed %llu: ", the_storm.mode,
            (unsigned long long)the_storm.options->seed);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    alarm(DUMP_SECONDS); // a lock may be held for ever
    print_all(&the_storm);
    fflush(NULL);
    _exit(1);
}

// -- watchdog -------------------------------------------------------------------------------------

static pthread_t watcher;
static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t watch_changed = PTHREAD_COND_INITIALIZER;
static bool watch_over; // guarded by watch_lock

// Waits a second. False when the storm is over.
static bool next_second(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&watch_lock);
    while (!watch_over && pthread_cond_timedwait(&watch_changed, &watch_lock, &until) == 0)
        continue;
    bool over = watch_over;
    pthread_mutex_unlock(&watch_lock);
    return !over;
}

static void *watch(void *arg)
{
    storm *s = arg;
    static uint64_t beats[STORM_THREADS_MAX];
    static int64_t since[STORM_THREADS_MAX];
    int64_t begun = tgi_clock_now_ns();
    for (int i = 0; i < s->thread_count; i++) {
        beats[i] = 0;
        since[i] = begun;
    }
    while (next_second()) {
        int64_t now = tgi_clock_now_ns();
        if (s->options->minutes > 0 && (double)(now - begun) / 60e9 >= s->options->minutes)
            atom_store_seq_cst(&s->stop, true);
        for (int i = 0; i < s->thread_count; i++) {
            storm_thread *w = &s->threads[i];
            uint64_t seen = atom_load_seq_cst(&w->beats);
            if (seen != beats[i] || w->passive || atom_load_seq_cst(&w->done)) {
                beats[i] = seen;
                since[i] = now;
            } else if ((double)(now - since[i]) / 1e9 > s->options->patience) {
                storm_fail("%s %d has made no step for %.0f s", w->role, w->index,
                           s->options->patience);
            }
        }
    }
    return NULL;
}

void storm_watch_start(storm *s)
{
    watch_over = false;
    if (pthread_create(&watcher, NULL, watch, s) != 0)
        storm_fail("no watchdog");
}

void storm_watch_stop(void)
{
    pthread_mutex_lock(&watch_lock);
    watch_over = true;
    pthread_cond_signal(&watch_changed);
    pthread_mutex_unlock(&watch_lock);
    pthread_join(watcher, NULL);
}
