// SPDX-License-Identifier: MIT
//
// test_start.c - starting threads, waiting for their end.
//
// Attacks H1, H2. Wrong results: a join that returns before the thread has left, an OS thread that
// is joined twice or never, a leak when the start fails.
#include "world.h"

#include "base/os.h"
#include "sync/event.h"

#include <errno.h>

static void add_one(tg_thread *t, void *arg)
{
    CHECK(tgi_current_thread() == t);
    ++*(long *)arg;
}

TEST(join_returns_after_the_thread_has_left)
{
    world w = world_new(false, true, NULL);
    long value = 0;
    tgi_thread_handle *h = world_start(&w, add_one, &value);
    CHECK_EQ_INT(tgi_thread_join(h, TGI_DEADLINE_NEVER, 0), TG_OK);
    CHECK_EQ_INT(value, 1);
    CHECK(tgi_thread_handle_is_gone(h));
    CHECK_EQ_UINT(w.rt->thread_count, 1);
    CHECK_EQ_INT(tgi_thread_join(h, TGI_DEADLINE_NEVER, 0), TG_OK);
    CHECK_EQ_INT(tgi_thread_join(h, tgi_deadline_now(), 0), TG_OK);
    tgi_thread_handle_release(h);
    world_end(&w);
}

static tgi_event may_go;

static void wait_for_event(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    CHECK(tgi_event_wait(&may_go, TGI_DEADLINE_NEVER));
}

TEST(join_gives_up_at_its_deadline)
{
    world w = world_new(true, true, NULL);
    tgi_event_reset(&may_go);
    tgi_thread_handle *h = world_start(&w, wait_for_event, NULL);
    CHECK_EQ_INT(tgi_thread_join(h, tgi_deadline_now(), 0), TG_ERR_TIMEOUT);
    CHECK_EQ_INT(tgi_thread_join(h, tgi_deadline_after_ns(TGI_NS_PER_MS), 0), TG_ERR_TIMEOUT);
    tgi_event_set(&may_go);
    world_join(h);
    world_end(&w);
}

static _Atomic(tgi_thread_handle *) own_handle;

static void join_itself(tg_thread *t, void *arg)
{
    (void)t;
    (void)arg;
    CHECK(tgi_event_wait(&may_go, TGI_DEADLINE_NEVER));
    CHECK_EQ_INT(tgi_thread_join(atom_load_seq_cst(&own_handle), TGI_DEADLINE_NEVER, 0),
                 TG_ERR_STATE);
}

TEST(thread_cannot_join_itself)
{
    world w = world_new(false, true, NULL);
    tgi_event_reset(&may_go);
    tgi_thread_handle *h = world_start(&w, join_itself, NULL);
    atom_store_seq_cst(&own_handle, h);
    tgi_event_set(&may_go);
    world_join(h);
    world_end(&w);
}

TEST(thread_that_nobody_joins_cleans_up_after_itself)
{
    world w = world_new(false, true, NULL);
    long value[50] = {0};
    for (int i = 0; i < 50; i++)
        tgi_thread_handle_release(world_start(&w, add_one, &value[i]));
    CHECK_EQ_INT(tgi_runtime_wait_threads(w.rt, w.t, TGI_DEADLINE_NEVER, 0), TG_OK);
    for (int i = 0; i < 50; i++)
        CHECK_EQ_INT(value[i], 1);
    CHECK_EQ_UINT(tgi_runtime_end_threads(w.rt, w.t), 0);
    tgi_runtime_destroy(w.rt, w.t);
    // The handles go a moment after the states; their blocks are waited for here.
    while (tgi_raw_count().blocks != w.blocks_before)
        sched_yield();
}

static void join_too(tg_thread *t, void *arg)
{
    (void)t;
    CHECK_EQ_INT(tgi_thread_join(arg, TGI_DEADLINE_NEVER, 0), TG_OK);
    tgi_thread_handle_release(arg);
}

TEST(many_threads_may_join_one)
{
    world w = world_new(false, true, NULL);
    for (long i = 0; i < test_scale(20); i++) {
        tgi_event_reset(&may_go);
        tgi_thread_handle *h = world_start(&w, wait_for_event, NULL);
        tgi_thread_handle *joiner[3];
        for (int k = 0; k < 3; k++) {
            tgi_thread_handle_retain(h);
            joiner[k] = world_start(&w, join_too, h);
        }
        tgi_event_set(&may_go);
        world_join(h);
        for (int k = 0; k < 3; k++)
            world_join(joiner[k]);
    }
    world_end(&w);
}

TEST(start_options_are_respected)
{
    world w = world_new(false, true, NULL);
    tgi_event_reset(&may_go);
    tgi_start_options options = {.stack_bytes = 256 << 10, .name = "worker bee", .daemon = true};
    tgi_thread_handle *h = NULL;
    REQUIRE(tgi_thread_start(w.rt->main_interp, wait_for_event, NULL, &options, &h) == TG_OK);
    tg_thread *t = w.rt->threads;
    CHECK_EQ_UINT(t->id, h->id);
    CHECK_EQ_STR(t->name, "worker bee");
    CHECK(t->daemon);
    CHECK_EQ_INT(tgi_runtime_wait_threads(w.rt, w.t, TGI_DEADLINE_NEVER, 0), TG_OK);
    tgi_event_set(&may_go);
    world_join(h);
    options.stack_bytes = 100;
    CHECK_EQ_INT(tgi_thread_start(w.rt->main_interp, wait_for_event, NULL, &options, &h),
                 TG_ERR_ARG);
    world_end(&w);
}

static int refuse_thread(pthread_t *out, size_t stack_bytes, void *(*fn)(void *), void *arg)
{
    (void)out;
    (void)stack_bytes;
    (void)fn;
    (void)arg;
    return EAGAIN;
}

TEST(failed_start_leaves_nothing)
{
    world w = world_new(false, true, NULL);
    tgi_thread_handle *h = NULL;
    int64_t before = tgi_raw_count().blocks;
    tgi_os.thread_create = refuse_thread;
    errno = 0;
    CHECK_EQ_INT(tgi_thread_start(w.rt->main_interp, add_one, NULL, NULL, &h), TG_ERR_OS);
    CHECK_EQ_INT(errno, EAGAIN);
    tgi_os_reset();
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
    for (uint64_t n = 1; n <= 3; n++) {
        (void)tgi_mem_fail_after(n, 1);
        CHECK_EQ_INT(tgi_thread_start(w.rt->main_interp, add_one, NULL, NULL, &h), TG_ERR_NOMEM);
        (void)tgi_mem_fail_after(0, 0);
        CHECK_EQ_INT(tgi_raw_count().blocks, before);
    }
    CHECK_EQ_UINT(w.rt->thread_count, 1);
    CHECK(h == NULL);
    world_end(&w);
}
