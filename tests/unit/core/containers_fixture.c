// SPDX-License-Identifier: MIT
//
// containers_fixture.c - a runtime for tests of objects alone.
#include "containers_fixture.h"

#include "core/builtin/builtins_iter.h" // types
#include "core/object/class.h"          // tgc_type_ready
#include "core/object/error.h"          // exception types
#include "core/object/known.h"          // tgc_known_init
#include "core/object/state.h"          // tgc_thread
#include "core/object/str.h"            // tgc_str_init
#include "mem/raw.h"                    // tgi_raw_free
#include "test.h"
#include "thread/breaker.h" // polls
#include "thread/runtime.h" // tgi_runtime_create

#include <stdlib.h>

static _Atomic(int64_t) ended_balance; // of threads that ended

static tg_status thread_init(tg_thread *t)
{
    tgc_thread *ct = calloc(1, sizeof *ct);
    if (ct == NULL)
        return TG_ERR_NOMEM;
    ct->raised = TGC_NULL;
    ct->locals = TGC_NULL;
    ct->depth_limit = 1000;
    t->core = ct;
    return tgc_policy_thread_init(t);
}

static void thread_clear(tg_thread *t)
{
    tgc_error_clear(t);
    tgc_policy_thread_exit(t);
    tgc_thread *ct = tgc_of(t);
    atomic_fetch_add(&ended_balance, (int64_t)(ct->objects_made - ct->objects_freed));
}

static void thread_free(tg_thread *t)
{
    tgc_thread *ct = tgc_of(t);
    if (ct->dealloc_later != ct->dealloc_first)
        tgi_raw_free(ct->dealloc_later);
    free(ct);
}

static void merge_pending(tg_thread *t)
{
    tgc_policy_merge_pending(t);
}

static void stopped(tg_runtime *rt, tg_interp *interp)
{
    tgc_policy_stopped(rt, interp);
}

static const tgi_core_hooks hooks = {
    .thread_init = thread_init,
    .thread_clear = thread_clear,
    .thread_free = thread_free,
    .merge_pending = merge_pending,
    .stopped = stopped,
};

static void ready_types(tg_thread *t)
{
    tgc_type *const basic[] = {
        &tgc_object_type, &tgc_type_type, &tgc_none_type,     &tgc_int_type,     &tgc_bool_type,
        &tgc_float_type,  &tgc_str_type,  &tgc_ellipsis_type, &tgc_notimpl_type, &tgc_bytes_type,
    };
    for (size_t i = 0; i < sizeof basic / sizeof *basic; i++)
        REQUIRE(tgc_type_ready(t, basic[i]) == 0);
    for (tgc_type *const *type = tgc_builtin_types_iter; *type != NULL; type++)
        REQUIRE(tgc_type_ready(t, *type) == 0);
    for (tgc_type *const *type = tgc_hidden_types_iter; *type != NULL; type++)
        REQUIRE(tgc_type_ready(t, *type) == 0);
#define READY(name, base) REQUIRE(tgc_type_ready(t, &TGC_EXC(name)) == 0);
    TGC_EXCEPTIONS(READY)
#undef READY
}

tg_runtime *fixture_runtime(void)
{
    static tg_runtime *runtime;
    if (runtime != NULL)
        return runtime;
    const tgi_runtime_config config = {
        .gil_enabled = !TGC_FREE_THREADED,
        .gil_switchable = TGC_FREE_THREADED,
        .counts = "test",
        .hooks = &hooks,
    };
    REQUIRE(tgi_runtime_create(&config, &runtime) == TG_OK);
    tg_thread *t = fixture_enter();
    REQUIRE(tgc_str_init(t) == TG_OK);
    REQUIRE(tgc_known_init(t) == 0);
    ready_types(t);
    fixture_leave(t);
    return runtime;
}

tg_thread *fixture_enter(void)
{
    tg_thread *t;
    REQUIRE(tgi_thread_new(fixture_runtime()->main_interp, &t) == TG_OK);
    tgi_thread_attach(t);
    return t;
}

void fixture_leave(tg_thread *t)
{
    tgi_thread_end(t);
}

typedef struct group {
    void (*fn)(tg_thread *t, void *context, int index);
    void *context;
} group;

static void run_one(void *arg, int index)
{
    group *g = arg;
    tg_thread *t = fixture_enter();
    g->fn(t, g->context, index);
    fixture_check_no_exception(t);
    fixture_leave(t);
}

void fixture_run_threads(int count, void (*fn)(tg_thread *t, void *context, int index),
                         void *context)
{
    fixture_runtime();
    group g = {fn, context};
    test_run_threads(count, run_one, &g);
}

void fixture_check_no_exception(tg_thread *t)
{
    tg_value exc = tgc_error_fetch(t);
    CHECK(exc == TGC_NULL);
    if (exc == TGC_NULL)
        return;
    tg_value text = tgc_repr(t, exc);
    if (text != TGC_NULL)
        FAIL("raised: %s", tgc_str_utf8(t, text, NULL));
    tgc_release(t, text);
    tgc_release(t, exc);
}

int64_t fixture_objects(tg_thread *t)
{
    tgc_thread *ct = t != NULL ? tgc_of(t) : NULL;
    int64_t own = ct != NULL ? (int64_t)(ct->objects_made - ct->objects_freed) : 0;
    return atomic_load(&ended_balance) + own;
}
