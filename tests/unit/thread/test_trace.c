// SPDX-License-Identifier: MIT
//
// test_trace.c - the event trace: rings, losses, reading while threads run.
//
// Attacks E1..E4. Wrong results: an event out of order or torn (a kind that does not exist), two
// threads that hold the GIL at one moment, a thread attached in a pause, losses that do not add up,
// a leak.
#include "world.h"

#include "sync/mutex.h"
#include "thread/fork.h"
#include "thread/gil.h"
#include "thread/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static tgi_trace_copy read_trace(world *w)
{
    tgi_trace_copy copy;
    REQUIRE(tgi_trace_read(w->rt, &copy) == TG_OK);
    return copy;
}

static const tgi_trace_track *track_of(const tgi_trace_copy *copy, uint32_t id)
{
    for (size_t i = 0; i < copy->track_count; i++) {
        if (copy->tracks[i].thread_id == id)
            return &copy->tracks[i];
    }
    FAIL("thread %u has no track", (unsigned)id);
    return NULL;
}

static void check_kinds(const tgi_trace_track *track, const tgi_trace_kind *kinds, size_t count)
{
    CHECK_EQ_UINT(track->count, count);
    for (size_t i = 0; i < track->count && i < count; i++)
        CHECK_EQ_INT(track->items[i].kind, kinds[i]);
}

TEST(nothing_is_recorded_before_a_trace_begins)
{
    world w = world_new(true, true, NULL);
    tgi_trace_copy copy;
    tgi_thread_detach(w.t);
    tgi_thread_attach(w.t);
    CHECK(w.t->trace_ring == NULL);
    CHECK_EQ_INT(tgi_trace_read(w.rt, &copy), TG_ERR_STATE);
    CHECK_EQ_INT(tgi_trace_finish(w.rt), TG_ERR_STATE);
    world_end(&w);
}

TEST(a_trace_shows_what_a_thread_did)
{
    world w = world_new(true, true, NULL);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 100), TG_OK);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 100), TG_ERR_STATE);
    tgi_thread_detach(w.t);
    tgi_thread_attach(w.t);
    CHECK_EQ_INT(tgi_gil_disable(w.t, NULL, NULL), TG_OK);
    tgi_thread_detach(w.t);
    CHECK_EQ_INT(tgi_trace_finish(w.rt), TG_OK);
    tgi_thread_attach(w.t); // not recorded
    tgi_trace_copy copy = read_trace(&w);
    static const tgi_trace_kind kinds[] = {
        TGI_TRACE_COUNT, TGI_TRACE_ATTACH,  TGI_TRACE_DETACH, TGI_TRACE_ATTACH,
        TGI_TRACE_COUNT, TGI_TRACE_GIL_OFF, TGI_TRACE_DETACH,
    };
    const tgi_trace_track *track = track_of(&copy, w.t->id);
    check_kinds(track, kinds, sizeof kinds / sizeof kinds[0]);
    CHECK(track->items[2].holds_gil);
    CHECK(track->items[5].holds_gil);
    CHECK(!track->items[6].holds_gil);
    CHECK_EQ_UINT(track->items[0].arg, 1);
    CHECK_EQ_UINT(track->items[4].arg, 0);
    CHECK_EQ_UINT(track->lost, 0);
    CHECK(copy.start_ns <= track->items[0].at_ns && track->items[6].at_ns <= copy.end_ns);
    tgi_trace_copy_free(&copy);
    world_end(&w);
}

static void pass(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
}

TEST(ended_threads_keep_their_events_and_names)
{
    world w = world_new(false, true, NULL);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 0), TG_OK);
    tgi_thread_handle *h = NULL;
    tgi_start_options options = {.name = "short one"};
    REQUIRE(tgi_thread_start(w.rt->main_interp, pass, NULL, &options, &h) == TG_OK);
    uint32_t id = h->id;
    world_join(h);
    tgi_trace_copy copy = read_trace(&w); // while the trace is on
    const tgi_trace_track *track = track_of(&copy, id);
    static const tgi_trace_kind kinds[] = {TGI_TRACE_START, TGI_TRACE_ATTACH, TGI_TRACE_END};
    check_kinds(track, kinds, 3);
    CHECK(track->ended);
    CHECK_EQ_STR(track->name, "short one");
    CHECK_EQ_UINT(copy.lost_threads, 0);
    tgi_trace_copy_free(&copy);

    CHECK_EQ_INT(tgi_trace_finish(w.rt), TG_OK);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 0), TG_OK); // anew
    copy = read_trace(&w);
    CHECK_EQ_UINT(copy.track_count, 1);
    CHECK_EQ_UINT(copy.tracks[0].count, 2);
    tgi_trace_copy_free(&copy);
    world_end(&w);
}

TEST(the_oldest_of_many_ended_threads_are_forgotten_and_counted)
{
    world w = world_new(false, true, NULL);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 0), TG_OK);
    tg_thread *t = NULL;
    for (int i = 0; i < TGI_TRACE_RINGS + 7; i++) {
        REQUIRE(tgi_thread_new(w.rt->main_interp, &t) == TG_OK);
        tgi_thread_discard(t);
    }
    tgi_trace_copy copy = read_trace(&w);
    CHECK_EQ_UINT(copy.lost_threads, 7);
    CHECK_EQ_UINT(copy.track_count, TGI_TRACE_RINGS + 1);
    tgi_trace_copy_free(&copy);
    world_end(&w);
}

TEST(a_full_ring_keeps_the_newest_events_and_counts_the_rest)
{
    world w = world_new(false, true, NULL);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 100), TG_OK); // 128
    enum { PAIRS = 1000 };
    for (int i = 0; i < PAIRS; i++) {
        tgi_thread_detach(w.t);
        tgi_thread_attach(w.t);
    }
    CHECK_EQ_INT(tgi_trace_finish(w.rt), TG_OK);
    tgi_trace_copy copy = read_trace(&w);
    CHECK_EQ_UINT(copy.tracks[0].count, 127); // one slot is never trusted: Note [trace-read]
    CHECK_EQ_UINT(copy.tracks[0].lost + copy.tracks[0].count, 2 + 2 * PAIRS);
    CHECK_EQ_INT(copy.tracks[0].items[126].kind, TGI_TRACE_ATTACH);
    CHECK_EQ_INT(copy.tracks[0].items[125].kind, TGI_TRACE_DETACH);
    tgi_trace_copy_free(&copy);
    world_end(&w);
}

TEST(pauses_are_recorded)
{
    world w = world_new(false, true, NULL);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 0), TG_OK); // its own pause is older
    tgi_stop_the_world_global(w.t, w.rt, TGI_CAUSE_TEST);
    tgi_start_the_world_global(w.t, w.rt);
    tgi_stop_the_world(w.t, w.t->interp, TGI_CAUSE_COLLECT);
    tgi_start_the_world(w.t, w.t->interp);
    tgi_trace_copy copy = read_trace(&w);
    CHECK_EQ_UINT(copy.pause_count, 2);
    CHECK_EQ_INT(copy.pauses[0].cause, TGI_CAUSE_TEST);
    CHECK_EQ_INT(copy.pauses[0].interp_id, -1);
    CHECK_EQ_INT(copy.pauses[1].cause, TGI_CAUSE_COLLECT);
    CHECK_EQ_INT(copy.pauses[1].interp_id, (int)w.t->interp->id);
    for (int i = 0; i < 2; i++) {
        CHECK(copy.pauses[i].requested_ns <= copy.pauses[i].stopped_ns);
        CHECK(copy.pauses[i].stopped_ns <= copy.pauses[i].restarted_ns);
    }
    tgi_trace_copy_free(&copy);
    world_end(&w);
}

TEST(no_memory_is_an_error_or_a_lost_thread)
{
    world w = world_new(false, true, NULL);
    tgi_trace_copy copy;
    for (uint64_t n = 1;; n++) {
        (void)tgi_mem_fail_after(n, 1);
        tg_status st = tgi_trace_begin(w.t, 64);
        if (st == TG_OK)
            st = tgi_trace_read(w.rt, &copy);
        uint64_t seen = tgi_mem_fail_after(0, 0);
        if (st == TG_OK) {
            CHECK_EQ_UINT(copy.lost_threads + copy.track_count, 1);
            tgi_trace_copy_free(&copy);
        } else {
            CHECK_EQ_INT(st, TG_ERR_NOMEM);
        }
        (void)tgi_trace_finish(w.rt);
        if (seen < n)
            break;
    }
    world_end(&w);
}

TEST(a_child_of_fork_starts_without_the_trace)
{
    world w = world_new(true, true, NULL);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 0), TG_OK);
    fflush(NULL);
    tgi_fork_prepare(w.t);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20);
        tgi_fork_child(w.t);
        tgi_trace_copy copy;
        bool ok = tgi_trace_read(w.rt, &copy) == TG_ERR_STATE;
        tgi_thread_detach(w.t);
        tgi_thread_attach(w.t);
        ok = ok && tgi_trace_begin(w.t, 0) == TG_OK && tgi_trace_read(w.rt, &copy) == TG_OK;
        _exit(ok && copy.track_count == 1 && copy.tracks[0].count == 2 ? 0 : 1);
    }
    tgi_fork_parent(w.t);
    int status = -1;
    CHECK_EQ_INT(waitpid(pid, &status, 0), pid);
    CHECK_EQ_INT(status, 0);
    tgi_trace_copy copy = read_trace(&w);
    CHECK_EQ_UINT(copy.pause_count, 1);
    CHECK_EQ_INT(copy.pauses[0].cause, TGI_CAUSE_FORK);
    tgi_trace_copy_free(&copy);
    world_end(&w);
}

// -- while threads run

typedef struct span {
    int64_t from, to;
    uint32_t thread_id;
} span;

enum { WORKERS = 4, SPANS = 200000 };
static span held[SPANS];

static int by_time(const void *a, const void *b)
{
    const span *x = a, *y = b;
    return (x->from > y->from) - (x->from < y->from);
}

// Adds the times in which the thread of this track held the GIL.
static size_t add_holds(const tgi_trace_track *track, int64_t end_ns, size_t n)
{
    int64_t since = 0, last = 0;
    for (size_t i = 0; i < track->count; i++) {
        const tgi_trace_item *item = &track->items[i];
        CHECK(item->kind < TGI_TRACE_KINDS);
        CHECK(item->at_ns >= last);
        last = item->at_ns;
        bool begins = item->kind == TGI_TRACE_TAKE || item->kind == TGI_TRACE_ATTACH ||
                      item->kind == TGI_TRACE_SUSPEND;
        bool ends = item->kind == TGI_TRACE_DETACH || item->kind == TGI_TRACE_GIL_OFF ||
                    item->kind == TGI_TRACE_END;
        if (begins && item->holds_gil && since == 0)
            since = item->at_ns;
        if (ends && since != 0 && n < SPANS) {
            held[n++] = (span){since, item->at_ns, track->thread_id};
            since = 0;
        }
    }
    if (since != 0 && n < SPANS)
        held[n++] = (span){since, end_ns, track->thread_id};
    return n;
}

static void check_holds(const tgi_trace_copy *copy)
{
    size_t n = 0;
    for (size_t i = 0; i < copy->track_count; i++)
        n = add_holds(&copy->tracks[i], copy->end_ns, n);
    qsort(held, n, sizeof held[0], by_time);
    for (size_t i = 1; i < n; i++) {
        if (held[i].from < held[i - 1].to)
            FAIL("threads %u and %u hold the GIL at the same time", (unsigned)held[i - 1].thread_id,
                 (unsigned)held[i].thread_id);
    }
}

typedef struct bustle {
    tgi_mutex lock;
    long locked;
    long steps;
    _Atomic(int) done;
} bustle;

static void work(tg_thread *t, void *arg)
{
    bustle *b = arg;
    test_rng rng = test_rng_new(t->id);
    for (long i = 0; i < b->steps; i++) {
        switch (test_rng_below(&rng, 32)) {
        case 0:
            tgi_mutex_lock_detach(&b->lock);
            b->locked++;
            tgi_mutex_unlock(&b->lock);
            break;
        case 1:
        case 2:
            tgi_thread_detach(t);
            sched_yield();
            tgi_thread_attach(t);
            break;
        case 3:
            if (test_rng_below(&rng, 8) == 0) {
                tgi_stop_the_world_global(t, t->runtime, TGI_CAUSE_TEST);
                tgi_start_the_world_global(t, t->runtime);
            }
            break;
        default:
            CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
        }
    }
    atom_add_seq_cst(&b->done, 1);
}

TEST(a_trace_that_is_read_while_threads_run_fits_together)
{
    world w = world_new(true, true, NULL);
    static bustle b;
    memset(&b, 0, sizeof b);
    b.steps = test_scale(20000);
    tgi_gil_set_interval_ns(w.rt->main_interp->gil, 20000);
    CHECK_EQ_INT(tgi_trace_begin(w.t, 1024), TG_OK);
    tgi_thread_handle *h[WORKERS];
    for (int i = 0; i < WORKERS; i++)
        h[i] = world_start(&w, work, &b);
    do {
        tgi_thread_detach(w.t);
        tgi_trace_copy copy = read_trace(&w);
        check_holds(&copy);
        tgi_trace_copy_free(&copy);
        tgi_thread_attach(w.t);
        if (tgi_trace_finish(w.rt) == TG_OK)
            CHECK_EQ_INT(tgi_trace_begin(w.t, 1024), TG_OK);
    } while (atom_load_seq_cst(&b.done) < WORKERS);
    for (int i = 0; i < WORKERS; i++)
        world_join(h[i]);
    world_end(&w);
}
