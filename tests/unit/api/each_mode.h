// SPDX-License-Identifier: MIT
//
// each_mode.h - runs the body of a test once in every mode of the build, in a runtime of its own.
#ifndef TOGIL_TESTS_EACH_MODE_H
#define TOGIL_TESTS_EACH_MODE_H

#include <togil/togil.h>

#include "test.h"

#include <string.h>

static const char *const modes[] = {"gil", "gil-biased", "gil-atomic", "nogil", "nogil-atomic"};

// `script`, if not NULL, runs first, in module __main__.
static inline void in_each_mode(const char *script, void (*body)(tg_thread *t))
{
    int done = 0;
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        const tg_config config = {.mode = modes[i]};
        tg_runtime *rt;
        tg_thread *t;
        tg_status st = tg_runtime_create(&config, &rt, &t);
        if (st == TG_ERR_UNSUPPORTED)
            continue;
        REQUIRE(st == TG_OK);
        if (script != NULL) {
            tg_value r = tg_run(t, script, strlen(script), "<test>", NULL);
            REQUIRE(r != TG_NULL);
            tg_release(t, r);
        }
        body(t);
        tg_runtime_destroy(rt, t);
        done++;
    }
    REQUIRE(done > 0);
}

#endif
