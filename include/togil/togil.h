// SPDX-License-Identifier: MIT
//
// togil.h - the whole public interface.
//
//     tg_runtime *rt; tg_thread *t;
//     if (tg_runtime_create(NULL, &rt, &t) == TG_OK) {
//         tg_release(t, tg_run(t, "print('hello')", 14, "<hello>", NULL));
//         tg_runtime_destroy(rt, t);
//     }
#ifndef TOGIL_TOGIL_H
#define TOGIL_TOGIL_H

#include <togil/define.h>
#include <togil/gc.h>
#include <togil/interp.h>
#include <togil/native.h>
#include <togil/object.h>
#include <togil/runtime.h>
#include <togil/stats.h>
#include <togil/status.h>
#include <togil/stress.h>
#include <togil/trace.h>
#include <togil/value.h>
#include <togil/weakref.h>

#endif
