// SPDX-License-Identifier: MIT
//
// Native modules in several runtimes of one process. A wrong result: a module that is started
// fewer or more times than there are runtimes; a state that is shared between them or not freed; a
// GIL switched in a runtime that must not be; a data race in the loader.
#include <togil/togil.h>

#include "test.h"

#include "generated/build.h" // which cores

#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>

static const char *const path[] = {TEST_MODULES, NULL};

typedef struct opened {
    tg_runtime *rt;
    tg_thread *t;
} opened;

static bool can_load(void)
{
    FILE *module = fopen(TEST_MODULES "/safe.togil.so", "rb");
    if (module != NULL)
        fclose(module);
    return module != NULL;
}

// False: this build lacks the mode.
static bool open_mode(const char *mode, bool gil_stays_off, opened *out)
{
    const tg_config config = {.mode = mode, .path = path, .gil_stays_off = gil_stays_off};
    tg_status st = tg_runtime_create(&config, &out->rt, &out->t);
    REQUIRE(st == TG_OK || st == TG_ERR_UNSUPPORTED);
    return st == TG_OK;
}

static void run(tg_thread *t, const char *code)
{
    tg_value r = tg_run(t, code, strlen(code), "<test>", NULL);
    if (r == TG_NULL) {
        tg_report_exception(t, tg_error_fetch(t));
        FAIL("the script failed: %s", code);
    }
    tg_release(t, r);
}

static int64_t number(tg_thread *t, const char *expression)
{
    int64_t n = -1;
    tg_value v = tg_eval(t, expression, TG_NULL);
    if (v == TG_NULL || tg_as_int64(t, v, &n) < 0)
        tg_report_exception(t, tg_error_fetch(t));
    tg_release(t, v);
    return n;
}

static atomic_long started; // in any runtime of this process

static void import_one(opened *o, const char *name)
{
    tg_value m = tg_import(o->t, name);
    if (m == TG_NULL) {
        tg_report_exception(o->t, tg_error_fetch(o->t));
        FAIL("import %s", name);
    }
    tg_release(o->t, m);
    atomic_fetch_add(&started, 1);
}

TEST(each_runtime_starts_it_once_and_frees_its_state)
{
    opened a, b;
    if (!can_load())
        SKIP("no modules in this build");
    if (!open_mode("nogil", false, &a))
        SKIP("no such core");
    import_one(&a, "safe");
    run(a.t, "import safe");
    int64_t starts = number(a.t, "safe.seen()['starts']"),
            freed = number(a.t, "safe.seen()['freed']");
    tg_thread_detach(a.t);
    const char *const modes[] = {"gil", "nogil", "gil-biased", "nogil-atomic"};
    int64_t others = 0;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (!open_mode(modes[i], false, &b))
            continue;
        others++;
        import_one(&b, "safe");
        run(b.t, "import safe, sys; del sys.modules['safe']; import safe");
        CHECK_EQ_INT(number(b.t, "safe.seen()['starts']"), starts + others);
        CHECK_EQ_INT(number(b.t, "safe.seen()['constructed']"), 1);
        tg_runtime_destroy(b.rt, b.t);
    }
    tg_thread_attach(a.t);
    CHECK_EQ_INT(number(a.t, "safe.seen()['freed']"), freed + others);
    tg_runtime_destroy(a.rt, a.t);
}

TEST(a_gil_that_stays_off_is_a_matter_of_the_runtime)
{
    opened a, b;
    if (!can_load())
        SKIP("no modules in this build");
    if (!open_mode("nogil", true, &a))
        SKIP("no such core");
    import_one(&a, "undeclared");
    CHECK_EQ_INT(tg_gil_count(a.t), 0);
    tg_thread_detach(a.t);
    REQUIRE(open_mode("nogil", false, &b));
    import_one(&b, "undeclared");
    CHECK_EQ_INT(tg_gil_count(b.t), INT_MAX);
    tg_runtime_destroy(b.rt, b.t);
    tg_thread_attach(a.t);
    CHECK_EQ_INT(tg_gil_count(a.t), 0);
    tg_runtime_destroy(a.rt, a.t);
}

static int from_program(tg_thread *t, tg_value module)
{
    return tg_module_add(t, module, "who", tg_int(t, 42));
}

TEST(a_module_of_the_program_comes_before_a_file)
{
    static const tg_module_def def = {"safe", from_program};
    opened a;
    if (!open_mode("nogil", false, &a))
        SKIP("no such core");
    REQUIRE(tg_register_module(a.rt, &def) == TG_OK);
    run(a.t, "import safe");
    CHECK_EQ_INT(number(a.t, "safe.who"), 42);
    CHECK_EQ_INT(tg_module_set_gil(a.t, &def, TG_NATIVE_SAFE), TG_ERR_STATE);
    CHECK_EQ_INT(tg_module_set_gil(a.t, &def, (tg_native_gil)3), TG_ERR_ARG);
    tg_runtime_destroy(a.rt, a.t);
}

enum { RUNTIMES = 4 };

static void import_in_own_runtime(void *context, int index)
{
    static const char *const modes[] = {"nogil", "gil", "gil-atomic", "nogil-atomic"};
    static const char *const names[] = {"safe", "other", "safe", "needs"};
    opened o;
    (void)context;
    if (!open_mode(modes[index], false, &o))
        return;
    import_one(&o, "other");
    import_one(&o, names[index]);
    import_one(&o, "undeclared");
    CHECK(tg_gil_count(o.t) == INT_MAX);
    tg_runtime_destroy(o.rt, o.t);
}

TEST(runtimes_import_at_the_same_time)
{
    if (!can_load())
        SKIP("no modules in this build");
    for (long round = test_scale(20); round > 0; round--)
        test_run_threads(RUNTIMES, import_in_own_runtime, NULL);
}
