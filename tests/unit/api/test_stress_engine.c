// SPDX-License-Identifier: MIT
//
// The stress tester in the hands of another program. A wrong result: a script that is not tested
// because of its name; a function of the program that waits, and nobody is told.
#include <togil/stress.h>
#include <togil/togil.h>

#include "test.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>

static const char update[] = "import threading\n"
                             "x = 0\n"
                             "def work():\n"
                             "    global x\n"
                             "    x += 1\n"
                             "threads = [threading.Thread(target=work) for _ in range(2)]\n"
                             "for t in threads: t.start()\n"
                             "for t in threads: t.join()\n"
                             "assert x == 2\n";

static tg_stress_kind first_failure(const char *name, tg_stress_points points, uint64_t runs)
{
    tg_runtime *rt;
    tg_thread *t;
    REQUIRE(tg_runtime_create(NULL, &rt, &t) == TG_OK);
    tg_stress_options options = {.points = points, .seed = 1, .races = true};
    tg_stress *s;
    REQUIRE(tg_stress_open(t, update, strlen(update), name, &options, &s) == TG_OK);
    tg_stress_result r = {.kind = TG_STRESS_OK};
    for (uint64_t i = 0; i < runs && r.kind == TG_STRESS_OK; i++)
        tg_stress_run(s, i, &r);
    tg_stress_race race;
    CHECK(tg_stress_race_at(s, 0, &race));
    tg_stress_kind kind = r.kind;
    tg_stress_close(s);
    tg_runtime_destroy(rt, t);
    return kind;
}

TEST(a_script_is_no_library_whatever_its_name)
{
    static const char *const names[] = {"test.py", "<test>", "<togil>", "<togil>x", "<"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CHECK_EQ_INT(first_failure(names[i], TG_STRESS_FREE, 100), TG_STRESS_EXCEPTION);
        CHECK_EQ_INT(first_failure(names[i], TG_STRESS_BYTECODE, 100), TG_STRESS_EXCEPTION);
    }
}

// --- a function that waits without telling the runtime, until somebody has been told

static atomic_bool released;

static tg_value host_wait(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)args, (void)nargs, (void)kwnames;
    while (!atomic_load(&released))
        (void)poll(NULL, 0, 5);
    return tg_int(t, 7);
}

static atomic_int calls;

static tg_value host_call(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)args, (void)nargs, (void)kwnames;
    return tg_int(t, atomic_fetch_add(&calls, 1));
}

static const tg_function_def host_functions[] = {
    {"wait", host_wait, 0, 0, 0}, {"call", host_call, 0, 0, 0}, {NULL, NULL, 0, 0, 0}};

static int host_init(tg_thread *t, tg_value module)
{
    return tg_module_add_functions(t, module, host_functions);
}

static const tg_module_def host_module = {"host", host_init};

static void release(void *arg, const tg_stress_result *r)
{
    int *told = arg;
    ++*told;
    CHECK_EQ_INT(r->kind, TG_STRESS_STALLED);
    CHECK(strncmp(r->thread, "Thread-", 7) == 0);
    CHECK(strstr(r->text, "test.py:2, in work") != NULL);
    CHECK(r->signature != 0);
    atomic_store(&released, true);
}

TEST(a_function_that_waits_is_told_of_and_may_go_on)
{
    static const char script[] = "import threading, host\n"
                                 "def work(): assert host.wait() == 7\n"
                                 "for k in range(2): threading.Thread(target=work).start()\n";
    tg_runtime *rt;
    tg_thread *t;
    int told = 0;
    REQUIRE(tg_runtime_create(NULL, &rt, &t) == TG_OK);
    REQUIRE(tg_register_module(rt, &host_module) == TG_OK);
    tg_stress_options options = {
        .seed = 1, .patience_ns = 200000000, .stalled = release, .stalled_arg = &told};
    tg_stress *s;
    REQUIRE(tg_stress_open(t, script, strlen(script), "test.py", &options, &s) == TG_OK);
    atomic_store(&released, false);
    for (uint64_t i = 0; i < 20; i++) {
        tg_stress_result r;
        tg_stress_run(s, i, &r);
        CHECK_EQ_INT(r.kind, TG_STRESS_OK);
        if (i == 10)
            tg_stress_rest(s);
        if (i == 10 || i == 15)
            atomic_store(&released, false);
    }
    tg_stress_close(s);
    tg_runtime_destroy(rt, t);
    CHECK_EQ_INT(told, 3);
}

// The threads have many points before the call, so that one of them is always left.
TEST(an_interrupt_that_the_main_thread_takes_ends_all_threads)
{
    static const char script[] = "import threading, host\n"
                                 "def work():\n"
                                 "    [threading.Lock() for i in range(300)]\n"
                                 "    host.call()\n"
                                 "for k in range(2): threading.Thread(target=work).start()\n"
                                 "raise KeyboardInterrupt\n";
    for (int i = 0; i < 6; i++) {
        tg_runtime *rt;
        tg_thread *t;
        tg_stress *s;
        tg_stress_result r;
        REQUIRE(tg_runtime_create(NULL, &rt, &t) == TG_OK);
        REQUIRE(tg_register_module(rt, &host_module) == TG_OK);
        tg_stress_options options = {
            .points = (tg_stress_points)(i / 2), .strategy = "none", .os_threads = i % 2 != 0};
        REQUIRE(tg_stress_open(t, script, strlen(script), "test.py", &options, &s) == TG_OK);
        atomic_store(&calls, 0);
        tg_stress_run(s, 0, &r);
        CHECK_EQ_INT(r.kind, TG_STRESS_INTERRUPTED);
        CHECK_EQ_INT(atomic_load(&calls), 0);
        tg_stress_close(s);
        tg_runtime_destroy(rt, t);
    }
}
