// SPDX-License-Identifier: MIT
//
// test_threads.c - scripts on several threads of one runtime, once per mode, with and without the
// GIL being switched.
//
// Attacks     everything that threads share: slots, inline caches, type versions, cells, globals,
//             containers, generators, tracebacks, the merge queue. What a wrong result looks like
//             is in the head of each workload; any report of a sanitizer is one too.
#include "test.h"
#include "workload.h"

#include "mem/raw.h" // tgi_raw_count

#include <stdio.h>

#define WORKLOAD(script, rounds, flags)                                               \
    TEST(script##_on_four_threads)                                                    \
    {                                                                                 \
        workload_run(#script, 4, test_scale(rounds), (flags));                        \
    }                                                                                 \
    TEST(script##_while_the_gil_is_switched)                                          \
    {                                                                                 \
        if (!workload_mode()->switchable)                                             \
            SKIP("the GIL is permanent in this mode");                                \
        workload_run(#script, 3, test_scale((rounds) / 2), (flags) | WORKLOAD_STORM); \
    }

WORKLOAD(calls, 1500, 0)
WORKLOAD(attributes, 3000, 0)
WORKLOAD(polymorphic, 2500, WORKLOAD_TWICE)
WORKLOAD(class_change, 3000, 0)
WORKLOAD(module_names, 5000, WORKLOAD_TWICE)
WORKLOAD(containers, 3000, 0)
WORKLOAD(cells, 8000, 0)
WORKLOAD(generators, 1500, 0)
WORKLOAD(exceptions, 1000, 0)
WORKLOAD(text, 2000, WORKLOAD_TWICE)
WORKLOAD(listings, 1500, 0)
WORKLOAD(handover, 4000, WORKLOAD_TWICE)

TEST(threads_of_the_host_run_scripts)
{
    workload_run("calls", 3, test_scale(300), WORKLOAD_HOST);
    workload_run("handover", 3, test_scale(2000), WORKLOAD_HOST | WORKLOAD_TWICE);
}

TEST(two_runtimes_of_different_cores_live_side_by_side)
{
    tg_thread *mine, *other;
    tg_runtime *rt = workload_open(workload_mode()->name, "handover", &mine);
    tg_thread_detach(mine);
    const char *second = strcmp(workload_mode()->counts, "biased") == 0 ? "gil" : "nogil";
    tg_runtime *rt2 = workload_open(second, "calls", &other);
    workload_go(rt2, other, 2, test_scale(100), 0);
    tg_thread_detach(other);
    tg_thread_attach(mine);
    workload_go(rt, mine, 2, test_scale(1000), 0);
    tg_thread_detach(mine);
    tg_thread_attach(other);
    workload_go(rt2, other, 2, test_scale(100), 0);
    workload_close(rt2, other);
    tg_thread_attach(mine);
    workload_go(rt, mine, 2, test_scale(1000), 0);
    workload_close(rt, mine);
}

TEST(a_runtime_gives_back_everything_it_took)
{
    // Static types and interned strings stay after the first runtime of a core. From then on a
    // runtime ends where it began; wrong is a single block of memory more.
    static const char *const names[] = {"calls", "generators", "exceptions", "class_change",
                                        "handover"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        workload_run(names[i], 2, 20, 0);
        int64_t before = tgi_raw_count().blocks;
        workload_run(names[i], 2, 20, 0);
        int64_t after = tgi_raw_count().blocks;
        if (after != before)
            FAIL("%s: %" PRId64 " blocks left over", names[i], after - before);
    }
}

TEST(an_unlocked_counter_loses_updates_only_without_a_gil)
{
    const long rounds = test_scale(test_is_sanitized() ? 20000 : 300000);
    const tg_mode *mode = workload_mode();
    int64_t lost = 0;
    // Without a GIL two threads collide sooner or later; a machine with one CPU may need a few
    // attempts.
    for (int attempt = 0; attempt < 50 && lost == 0; attempt++) {
        tg_thread *t;
        tg_runtime *rt = workload_open(mode->name, "counter", &t);
        workload_go(rt, t, 4, rounds, 0);
        lost = workload_call(t, "lost", 4, rounds);
        workload_close(rt, t);
        if (mode->gil)
            break;
    }
    printf("  mode %s: %ld of %ld updates lost\n", mode->name, (long)lost, 8 * rounds);
    if (mode->gil)
        CHECK_EQ_INT(lost, 0);
    else
        CHECK(lost > 0);
}
