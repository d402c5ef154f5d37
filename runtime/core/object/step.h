// SPDX-License-Identifier: MIT
//
// step.h - the steps of a builtin, for the stress tester. Layer core/object. step.c.
//
// A builtin that goes through a container gives up the container's lock between two items. Without
// a GIL another thread may change the container there, and nowhere in between: these places are
// points of the policy `free`.
#ifndef TGC_OBJECT_STEP_H
#define TGC_OBJECT_STEP_H

#include "core/object/object.h" // tg_value
#include "thread/state.h"       // the bit of a task

// 0 (option TOGIL_STRESS_HOOKS): code that does not run under the tester contains nothing of it, to
// measure what that costs (bench/stress_cost.py). `togil stress` finds nothing then.
#ifndef TGI_STRESS_HOOKS
#define TGI_STRESS_HOOKS 1
#endif

#define tgc_step_point TG_CORE_SYM(tgc_step_point)
TGI_COLD void tgc_step_point(tg_thread *t, tg_value container);

// When objects die makes a difference from now on: the tester must not keep any alive.
#define tgc_step_dying TG_CORE_SYM(tgc_step_dying)
void tgc_step_dying(void);

// The builtin that runs is about to fetch the next item of container.
static inline void tgc_step(tg_thread *t, tg_value container)
{
    // ORDER: relaxed; the thread itself sets the bit before it runs scripts.
    if (TGI_STRESS_HOOKS && TGI_UNLIKELY((atom_load_relaxed(&t->breaker) & TGI_BRK_CONTROL) != 0))
        tgc_step_point(t, container);
}

#endif
