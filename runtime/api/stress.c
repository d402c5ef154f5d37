// SPDX-License-Identifier: MIT
//
// stress.c - public functions of the stress tester: one script, many runs.
//
// Threads     the main thread.
// Invariants  ST1  run i is a function of seed, strategy, points and i: the first LEARNING_RUNS
//                  runs teach the later ones which accesses matter, and are made up for if the
//                  first run asked for is a later one.
//             ST2  a schedule that is followed depends on nothing but the script and the points.
#include "api/stress_runs.h"

#include "api/stress_races.h"

#include "base/assert.h"     // TGI_INVARIANT
#include "stress/patience.h" // runs that stand still
#include "stress/strategy.h" // names
#include "thread/signals.h"  // Ctrl-C

#include <togil/gc.h>     // the collector
#include <togil/object.h> // errors

#include <signal.h> // SIGINT
#include <stdlib.h> // calloc
#include <string.h> // strlen

enum { LEARNING_RUNS = TG_STRESS_BLOCK, RUNS_PER_COLLECTION = 512, RUNS_PER_RACING_ONE = 8 };

const char *tg_stress_strategy(size_t i)
{
    const tgi_strategy *s = tgi_strategy_at(i);
    return s == NULL ? NULL : s->name;
}

// On the thread that watches. The run is not over, so that little of it is known.
static void note_stalled(void *arg, bool standing)
{
    const tg_stress *s = arg;
    const tgi_failure *f = &s->engine->failure;
    tg_stress_result r = {.kind = TG_STRESS_STALLED,
                          .text = "A thread waits for something that the tester does not control, "
                                  "and cannot be asked where.\n",
                          .thread = "",
                          .output = ""};
    if (standing) {
        r.kind = f->kind == TGI_FAIL_INTERRUPT ? TG_STRESS_INTERRUPTED : TG_STRESS_STALLED;
        r.text = f->text != NULL ? f->text : "";
        r.thread = s->engine->current->name;
        r.signature = f->signature;
        r.threads = (uint32_t)s->engine->tasks.count;
        r.steps = s->engine->steps;
        r.decisions = s->engine->decisions;
        r.switches = s->engine->switches;
        r.preemptions = s->engine->preemptions;
    }
    s->stalled(s->stalled_arg, &r);
}

void tg_stress_rest(tg_stress *s)
{
    tgi_engine *e = s->engine;
    tgi_patience_rest(e->patience);
    for (size_t i = 0; i < e->fibers.count; i++)
        tgi_fiber_settle(e->fibers.data[i]);
}

tg_status tg_stress_open(tg_thread *t, const char *source, size_t size, const char *filename,
                         const tg_stress_options *options, tg_stress **out)
{
    tg_stress *s = calloc(1, sizeof *s);
    tgi_engine *e = s == NULL ? NULL : tgi_engine_new(t);
    if (e == NULL) {
        free(s);
        return TG_ERR_NOMEM;
    }
    s->t = t;
    s->core = tgi_core_of(t);
    s->engine = e;
    e->seed = options->seed;
    e->adversarial = options->adversarial;
    e->os_threads = options->os_threads;
    e->watch.look = tgi_stress_look;
    e->watch.arg = s;
    if (options->max_steps != 0)
        e->max_steps = options->max_steps;
    tg_stress_set_points(s, options->points);
    tg_status st = TG_OK;
    s->stalled = options->stalled;
    s->stalled_arg = options->stalled_arg;
    if (options->patience_ns > 0 && options->stalled != NULL &&
        (e->patience = tgi_patience_new(e, options->patience_ns, note_stalled, s)) == NULL)
        st = TG_ERR_NOMEM;
    if (options->races && (e->races = tgi_races_new()) == NULL)
        st = TG_ERR_NOMEM;
    if (st == TG_OK && options->strategy != NULL) {
        e->strategy = tgi_strategy_find(options->strategy, &e->depth);
        if (e->strategy == NULL)
            st = TG_ERR_ARG;
        else if (!tgi_strategy_open_search(e))
            st = TG_ERR_NOMEM;
    }
    if (st == TG_OK) {
        s->script = s->core->script_load(t, source, size, filename);
        if (s->script == NULL)
            st = TG_ERR_RAISED;
    }
    if (st == TG_OK && (s->anchors = tgi_anchors_new(source, size, filename)) == NULL)
        st = TG_ERR_NOMEM;
    if (st != TG_OK) {
        tg_stress_close(s);
        return st;
    }
    // When the collector starts depends on all runs before: it works between them.
    s->collector = s->core->gc_setting(t, TG_GC_ENABLED, -1);
    (void)s->core->gc_setting(t, TG_GC_ENABLED, 0);
    *out = s;
    return TG_OK;
}

void tg_stress_close(tg_stress *s)
{
    if (s == NULL)
        return;
    if (s->collector > 0)
        (void)s->core->gc_setting(s->t, TG_GC_ENABLED, 1);
    if (s->script != NULL)
        s->core->script_free(s->t, s->script);
    tgi_engine_free(s->engine);
    tgi_anchors_free(s->anchors);
    vec_free(&s->forced);
    free(s->schedule);
    free(s->tests);
    free(s->accepted);
    free(s);
}

tgi_engine *tgi_stress_engine_of(tg_stress *s)
{
    return s->engine;
}

void tg_stress_set_points(tg_stress *s, tg_stress_points points)
{
    s->engine->points = (tgi_points)points;
}

// --- a run

static void note_uncaught(tg_thread *t, tg_value exc)
{
    const tgi_core *core = tgi_core_of(t);
    tg_value text = core->exception_format(t, exc);
    const char *utf8 = text == TG_NULL ? NULL : core->host_as_utf8(t, text, NULL);
    core->error_clear(t);
    tgi_stress_uncaught(t, utf8 != NULL ? utf8 : core->host_type_name(exc));
    core->host_release(t, text);
}

// SystemExit with anything but 0 and None is a failure of its own.
static void note_exit(tg_stress *s, tg_value exc)
{
    const tgi_core *core = s->core;
    tgi_failure *f = &s->engine->failure;
    tg_value code = core->getattr_cstr(s->t, exc, "code");
    int64_t number = 0;
    bool is_int = code != TG_NULL && core->host_kind(code) == TG_KIND_INT;
    if (is_int && core->host_as_int64(s->t, code, &number) < 0)
        core->error_clear(s->t);
    bool well = code == TG_NULL || core->host_kind(code) == TG_KIND_NONE || (is_int && number == 0);
    if (!well && f->kind == TGI_FAIL_NONE) {
        f->kind = TGI_FAIL_EXIT;
        tg_value text = core->to_str(s->t, code);
        const char *utf8 = text == TG_NULL ? NULL : core->host_as_utf8(s->t, text, NULL);
        tgi_failure_print(f, "The script ended with exit code %s\n", utf8 != NULL ? utf8 : "?");
        core->host_release(s->t, text);
    }
    core->host_release(s->t, code);
    core->error_clear(s->t);
}

static void run_main(tg_stress *s)
{
    const tgi_core *core = s->core;
    tg_thread *t = s->t;
    tg_value result = core->script_run(t, s->script);
    if (result != TG_NULL && s->chosen) {
        core->host_release(t, result);
        result = tgi_stress_call_test(s);
    }
    if (result != TG_NULL) {
        core->host_release(t, result);
        return;
    }
    bool exits = core->host_raised_is(t, core->host_error_class(TG_SystemExit));
    bool interrupt = core->host_raised_is(t, core->host_error_class(TG_KeyboardInterrupt));
    tg_value exc = core->error_fetch(t);
    if (s->engine->killing) {
        if (interrupt) // else it is the exception that unwinds
            tgi_signals_raise(t->runtime, SIGINT);
    } else if (interrupt) {
        tgi_engine_interrupt(s->engine);
    } else if (exits) {
        note_exit(s, exc);
    } else {
        note_uncaught(t, exc);
    }
    core->host_release(t, exc);
    core->error_clear(t);
}

bool tgi_stress_keep_interrupt(const tgi_core *core, tg_thread *t)
{
    if (!core->host_raised_is(t, core->host_error_class(TG_KeyboardInterrupt)))
        return false;
    tgi_signals_raise(t->runtime, SIGINT);
    return true;
}

static void forget_error(const tgi_core *core, tg_thread *t)
{
    (void)tgi_stress_keep_interrupt(core, t);
    core->error_clear(t);
}

void tgi_stress_forget_error(tg_stress *s)
{
    forget_error(s->core, s->t);
}

tg_value tgi_stress_module(const tgi_core *core, tg_thread *t, const char *name)
{
    tg_value modules = core->host_runtime_value(t, 0), module = TG_NULL;
    if (core->host_dict_get_c(t, modules, name, &module) <= 0)
        module = TG_NULL;
    forget_error(core, t);
    core->host_release(t, modules);
    return module;
}

// Modules of the library keep what a run has left in them; these count names and draw numbers.
static void reset_library(tg_stress *s)
{
    static const char *const names[] = {"threading", "concurrent.futures", "random", "stress"};
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(names); i++) {
        tg_value module = tgi_stress_module(s->core, s->t, names[i]);
        if (module == TG_NULL)
            continue;
        s->core->host_release(s->t, s->core->call_method(s->t, module, "_begin_again", NULL, 0));
        tgi_stress_forget_error(s);
        s->core->host_release(s->t, module);
    }
}

void tgi_stress_run_once(tg_stress *s, uint64_t run)
{
    tgi_engine *e = s->engine;
    const tgi_core *core = s->core;
    reset_library(s);
    s->accepted_stale = true;
    if (e->races != NULL)
        tgi_races_number(e->races, run);
    if (!tgi_engine_begin(e, run)) {
        e->failure.kind = TGI_FAIL_MEMORY;
        return;
    }
    run_main(s);
    tgi_engine_finish(e);
    (void)core->stream_flush(s->t, 1);
    (void)core->stream_flush(s->t, 2);
    tgi_stress_forget_error(s);
    tgi_engine_end(e);
    tgi_stress_unwatched(s);
    core->script_reset(s->t, s->script);
    for (size_t i = 0; i < e->kept.count; i++)
        core->host_release(s->t, e->kept.data[i]);
    vec_clear(&e->kept);
    if (++s->since_collection == RUNS_PER_COLLECTION) {
        s->since_collection = 0;
        (void)core->gc_collect(s->t);
        tgi_stress_forget_error(s);
    }
}

static bool is_interrupted(const tgi_engine *e)
{
    return e->failure.kind == TGI_FAIL_INTERRUPT;
}

bool tgi_stress_prime(tg_stress *s)
{
    tgi_engine *e = s->engine;
    if (s->primed)
        return true;
    s->primed = true;
    tgi_schedule usual = TGI_VEC_INIT;
    e->forced = &usual;
    e->tracing = false;
    e->sharing.learning = false;
    tgi_stress_run_once(s, 0);
    e->forced = NULL;
    return !is_interrupted(e);
}

static const char *thread_name(const tgi_engine *e, uint32_t index)
{
    // The tasks of the run lie in `spare` now, in order of creation.
    for (size_t i = e->spare.count; i-- > 0;) {
        if (e->spare.data[i]->index == index)
            return e->spare.data[i]->name;
    }
    return "";
}

void tgi_stress_fill(tg_stress *s, tg_stress_result *out)
{
    tgi_engine *e = s->engine;
    static const tg_stress_kind kinds[] = {[TGI_FAIL_NONE] = TG_STRESS_OK,
                                           [TGI_FAIL_EXCEPTION] = TG_STRESS_EXCEPTION,
                                           [TGI_FAIL_DEADLOCK] = TG_STRESS_DEADLOCK,
                                           [TGI_FAIL_STEPS] = TG_STRESS_ENDLESS,
                                           [TGI_FAIL_EXIT] = TG_STRESS_EXIT,
                                           [TGI_FAIL_MEMORY] = TG_STRESS_LOST,
                                           [TGI_FAIL_INTERRUPT] = TG_STRESS_INTERRUPTED,
                                           [TGI_FAIL_HANG] = TG_STRESS_HANG,
                                           [TGI_FAIL_LIVELOCK] = TG_STRESS_LIVELOCK,
                                           [TGI_FAIL_PARTIAL] = TG_STRESS_PARTIAL,
                                           [TGI_FAIL_INVARIANT] = TG_STRESS_INVARIANT,
                                           [TGI_FAIL_STALLED] = TG_STRESS_STALLED};
    free(s->schedule);
    s->schedule =
        e->failure.kind == TGI_FAIL_NONE || e->overflowed ? NULL : tgi_schedule_encode(&e->taken);
    *out = (tg_stress_result){
        .kind = e->late ? TG_STRESS_LATE : kinds[e->failure.kind],
        .text = e->failure.text != NULL ? e->failure.text : "",
        .thread = e->failure.kind == TGI_FAIL_NONE ? "" : thread_name(e, e->failure.task),
        .schedule = s->schedule,
        .output = e->output_used > 0 ? e->output : "",
        .output_bytes = e->output_used,
        .forgotten = e->forgotten,
        .threads = e->born,
        .steps = e->steps,
        .decisions = e->decisions,
        .switches = e->switches,
        .preemptions = e->preemptions,
        .deviations = e->taken.count,
        .points = e->counted,
        .depth = e->sought,
        .hash = e->trace_hash,
        .signature = e->failure.kind == TGI_FAIL_NONE ? 0 : e->failure.signature,
    };
}

// Races show in every run with the same order of synchronisation, so that some runs are enough.
// What a run does may depend on it: objects that are looked at live until its end.
static bool is_racing(const tgi_engine *e, uint64_t run)
{
    return e->races != NULL &&
           (run < LEARNING_RUNS || run % RUNS_PER_RACING_ONE == RUNS_PER_RACING_ONE - 1);
}

void tg_stress_stop_at(tg_stress *s, int64_t ns)
{
    s->stop_at = ns;
}

// The learning runs before `run` that are missing. False: Ctrl-C.
static bool make_up(tg_stress *s, uint64_t run)
{
    tgi_engine *e = s->engine;
    bool on = tgi_stress_prime(s);
    e->forced = NULL;
    e->tracing = false;
    for (uint64_t i = s->learnt; on && i < LEARNING_RUNS && i < run; i++) {
        e->sharing.learning = true;
        e->racing = is_racing(e, i);
        tgi_stress_run_once(s, i);
        s->learnt = i + 1;
        on = !is_interrupted(e);
    }
    e->racing = false;
    return on;
}

bool tg_stress_promised(tg_stress *s, tg_stress_promise *out)
{
    tgi_engine *e = s->engine;
    bool all = e->strategy == &tgi_strategy_pct;
    if ((!all && e->strategy != &tgi_strategy_portfolio) || !make_up(s, LEARNING_RUNS))
        return false;
    *out = (tg_stress_promise){
        .depth = e->depth > 0 ? (uint32_t)e->depth : 0, .points = tgi_pct_steps(e), .all = all};
    return true;
}

static void run_number(tg_stress *s, uint64_t run, tg_stress_result *out)
{
    tgi_engine *e = s->engine;
    if (e->search != NULL) {
        tgi_stress_run_search(s, run, out);
        return;
    }
    if (!make_up(s, run)) {
        tgi_stress_fill(s, out);
        return;
    }
    e->sharing.learning = run < LEARNING_RUNS;
    e->racing = is_racing(e, run);
    tgi_stress_run_once(s, run);
    e->racing = false;
    if (run == s->learnt && run < LEARNING_RUNS)
        s->learnt++;
    e->learnt = s->learnt == LEARNING_RUNS;
    tgi_stress_fill(s, out);
}

void tg_stress_run(tg_stress *s, uint64_t run, tg_stress_result *out)
{
    s->engine->until = s->stop_at;
    run_number(s, run, out);
    s->engine->until = 0;
}

void tgi_stress_follow(tg_stress *s, bool trace)
{
    tgi_engine *e = s->engine;
    if (!tgi_stress_prime(s))
        return;
    e->forced = &s->forced;
    e->anchors = trace ? s->anchors : NULL;
    e->tracing = trace;
    e->sharing.learning = false;
    tgi_stress_run_once(s, 0);
    e->forced = NULL;
    e->anchors = NULL;
}

tg_status tg_stress_replay(tg_stress *s, const char *schedule, bool trace, tg_stress_result *out)
{
    if (!tgi_schedule_decode(schedule, &s->forced))
        return TG_ERR_ARG;
    tgi_stress_follow(s, trace);
    tgi_stress_fill(s, out);
    return TG_OK;
}

const char *tg_stress_anchors(tg_stress *s)
{
    tgi_anchors *a = s->anchors;
    if (s->engine->overflowed || !vec_push(&a->noted, '\0'))
        return NULL;
    a->noted.count--;
    return a->noted.data;
}

tg_status tg_stress_replay_anchors(tg_stress *s, const char *anchors, tg_stress_result *out,
                                   uint32_t *met, uint32_t *all)
{
    if (!tgi_anchors_read(s->anchors, anchors))
        return TG_ERR_ARG;
    vec_clear(&s->forced);
    s->anchors->following = true;
    tgi_stress_follow(s, true);
    s->anchors->following = false;
    tgi_stress_fill(s, out);
    *met = tgi_anchors_met(s->anchors);
    *all = (uint32_t)s->anchors->list.count;
    return TG_OK;
}

bool tg_stress_event_at(tg_stress *s, size_t i, tg_stress_event *out)
{
    const tgi_engine *e = s->engine;
    if (i >= e->trace.count)
        return false;
    const tgi_step *event = &e->trace.data[i];
    *out = (tg_stress_event){.thread = event->task,
                             .name = thread_name(e, event->task),
                             .action = tgi_op_name(event->kind),
                             .file = event->file,
                             .function = event->function,
                             .line = event->line,
                             .object = event->object,
                             .preempted = event->preempted,
                             .visible = event->visible,
                             .sync = event->sync,
                             .text = event->text};
    return true;
}

void tgi_stress_run_directed(tg_stress *s, uint64_t run, tg_stress_result *out)
{
    tgi_engine *e = s->engine;
    e->forced = NULL;
    e->tracing = e->sharing.learning = false;
    e->racing = true;
    tgi_stress_run_once(s, run);
    e->racing = false;
    tgi_stress_fill(s, out);
}

// --- for modules

bool tg_stress_time(tg_thread *t, int64_t *ns)
{
    if (t->task == NULL)
        return false;
    *ns = t->task->engine->now += 1000;
    tgi_engine_alters(t->task);
    tgi_engine_touch(t->task->engine, &t->task->engine->now, 0, TGI_TOUCHES_WRITE);
    return true;
}

bool tg_stress_random(tg_thread *t, void *buffer, size_t bytes)
{
    if (t->task == NULL)
        return false;
    tgi_engine_random(t->task, buffer, bytes);
    return true;
}

bool tg_stress_watch(tg_thread *t)
{
    if (t->task == NULL)
        return false;
    tgi_stress_watched(t->task->engine->watch.arg);
    t->task->engine->watch.on = true;
    t->task->engine->watch.effects = t->task->engine->effects; // all held just now
    return true;
}

tg_status tg_stress_lock_quietly(tg_thread *t, tg_lock *lock, int64_t timeout_ns)
{
    if (t->task != NULL && tgi_mutex_trylock((tgi_mutex *)(void *)lock)) {
        if (!t->task->untold)
            tgi_engine_touch(t->task->engine, lock, 0, TGI_TOUCHES_TAKE);
        return TG_OK;
    }
    return tg_lock_acquire(t, lock, timeout_ns);
}

bool tg_stress_done_quietly(tg_thread_handle *h)
{
    return tgi_thread_handle_is_gone((tgi_thread_handle *)(void *)h);
}

void tg_stress_lock_gone(tg_thread *t, const tg_lock *lock)
{
    if (t->task != NULL)
        tgi_engine_gone(t->task->engine, lock);
}

void tg_stress_uncaught(tg_thread *t, tg_value exc)
{
    if (t->task == NULL || t->task->engine->killing)
        return;
    note_uncaught(t, exc);
}
