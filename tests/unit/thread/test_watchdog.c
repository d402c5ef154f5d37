// SPDX-License-Identifier: MIT
//
// test_watchdog.c - a late pause names the thread, and the thread says where it was.
//
// The thread holds up the pause until it has been named, so no test depends on time. Wrong results:
// no answer, an answer of a thread that was not named, two answers for one pause.
#include "world.h"

#include "sync/event.h"
#include "thread/stw.h"
#include "thread/watchdog.h"

#include <stdio.h>
#include <unistd.h>

static char text[8192];
static _Atomic(int) ready;
static tgi_event named;

static void note_named(tg_thread *slow, int64_t waited_ns, tgi_stw_cause cause)
{
    fprintf(stderr, "named %s %d %d\n", slow->name, waited_ns > 0, (int)cause);
    tgi_event_set(&named);
}

static void fake_stack(tg_thread *t,
                       void (*fn)(const char *file, uint32_t line, const char *function, void *arg),
                       void *arg)
{
    CHECK(atom_load_seq_cst(&t->state) != TGI_SUSPENDED); // the frames are still its own
    fn("long.py", 7, "grind", arg);
    fn("long.py", 12, "<module>", arg);
}

static const tgi_core_hooks hooks = {.stack = fake_stack};

enum how { BY_POLL, BY_DETACH, BY_END };

static void hold_up(tg_thread *t, void *arg)
{
    tgi_thread_set_name(t, "slowpoke");
    atom_add_seq_cst(&ready, 1);
    while (!tgi_event_is_set(&named))
        sched_yield();
    if (*(enum how *)arg == BY_POLL) {
        CHECK_EQ_INT(tgi_breaker_poll(t), TG_OK);
    } else if (*(enum how *)arg == BY_DETACH) {
        tgi_thread_detach(t);
        tgi_thread_attach(t);
    }
}

static void run(void *arg)
{
    world w = world_new(false, true, &hooks);
    atom_store_seq_cst(&ready, 0);
    tgi_watchdog_set(note_named);
    tgi_watchdog_set_limit(w.rt, TGI_NS_PER_MS);
    tgi_thread_handle *h = world_start(&w, hold_up, arg);
    while (atom_load_seq_cst(&ready) == 0)
        sched_yield();
    tgi_stop_the_world(w.t, w.rt->main_interp, TGI_CAUSE_TYPES);
    tgi_start_the_world(w.t, w.rt->main_interp);
    tgi_watchdog_set_limit(w.rt, -1);
    CHECK(tgi_watchdog_alarm(w.rt) == TGI_DEADLINE_NEVER);
    world_join(h);
    world_end(&w);
    _exit(3);
}

static int count_of(const char *what)
{
    int n = 0;
    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

static void check_answer(enum how how, const char *did)
{
    tgi_event_reset(&named);
    CHECK_EQ_INT(test_run_child(run, &how, text, sizeof text), 3);
    CHECK_EQ_INT(count_of("named slowpoke 1 5"), 1);
    CHECK_EQ_INT(count_of("\"slowpoke\""), 1);
    if (count_of(did) != 1)
        FAIL("no \"%s\" in: %s", did, text);
    CHECK_EQ_INT(count_of("(types)"), 1);
    CHECK_EQ_INT(count_of("File \"long.py\", line 7, in grind\n  File \"long.py\", line 12, in "
                          "<module>\n"),
                 how == BY_END ? 0 : 1);
}

TEST(thread_that_was_named_prints_its_stack_at_its_next_poll)
{
    check_answer(BY_POLL, "stops");
}

TEST(thread_that_was_named_prints_its_stack_when_it_blocks)
{
    check_answer(BY_DETACH, "stops");
}

TEST(thread_that_was_named_says_that_it_ends)
{
    check_answer(BY_END, "ends");
}

TEST(limit_has_a_default)
{
    world w = world_new(false, true, NULL);
    CHECK_EQ_INT(tgi_watchdog_limit(w.rt), TGI_STW_WATCHDOG_NS);
    tgi_watchdog_set_limit(w.rt, 5);
    CHECK_EQ_INT(tgi_watchdog_limit(w.rt), 5);
    tgi_watchdog_set_limit(w.rt, 0);
    CHECK_EQ_INT(tgi_watchdog_limit(w.rt), TGI_STW_WATCHDOG_NS);
    world_end(&w);
}
