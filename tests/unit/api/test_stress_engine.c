// SPDX-License-Identifier: MIT
//
// The stress tester in the hands of another program. A wrong result: a script that is not tested
// because of its name.
#include <togil/stress.h>
#include <togil/togil.h>

#include "test.h"

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
