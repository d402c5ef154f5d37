// SPDX-License-Identifier: MIT
//
// loop_points.h - where the interpreter loop looks up: polls of the eval breaker, and the points of
// the stress tester in the second copy of the loop. Layer core/vm; for loop.c only. See
// Note [controlled] in control.h.
#ifndef TGC_VM_LOOP_POINTS_H
#define TGC_VM_LOOP_POINTS_H

#include "core/object/step.h" // TGI_STRESS_HOOKS
#include "core/vm/control.h"  // points
#include "thread/breaker.h"   // poll

#ifndef TOGIL_CONTROLLED

#define RUN tgc_run
// A task of the stress tester runs in the other copy.
// ORDER: relaxed; the thread itself sets the bit before it runs scripts.
#define DIVERT()                                                                                  \
    do {                                                                                          \
        if (TGI_STRESS_HOOKS && TGI_UNLIKELY((atom_load_relaxed(&t->breaker) & TGI_BRK_CONTROL))) \
            return tgc_run_controlled(t, throw_);                                                 \
    } while (0)
#define LOAD_POINTS() ((void)0)
// An exception from here belongs to the instruction `at`: the jump itself, or the first of a
// function. ORDER: relaxed; a hint, whoever set the bit waits for what the handler does.
#define POLL(at)                                                 \
    do {                                                         \
        if (TGI_UNLIKELY(atom_load_relaxed(&t->breaker) != 0)) { \
            SAVE();                                              \
            if (tgi_breaker_handle(t) != TG_OK) {                \
                f->pc = (at) + 1;                                \
                goto raised;                                     \
            }                                                    \
        }                                                        \
    } while (0)
#define ENTERED() POLL(pc)  // C has called a function
#define CALLED()  ((void)0) // a builtin has returned
#define ACCESS()  ((void)0) // i is next

#else

#undef TOGIL_SWITCH
#define TOGIL_SWITCH  1 // one place before every instruction
#define RUN           tgc_run_controlled
#define DIVERT()      uint32_t points
#define LOAD_POINTS() (points = tgc_control_points(t, f->code))
#define POLL(at)                                                            \
    do {                                                                    \
        SAVE();                                                             \
        if (!tgc_control_poll(t, points, at)) {                             \
            f->pc = (at) + 1;                                               \
            goto raised;                                                    \
        }                                                                   \
        if (TGI_UNLIKELY(((points ^ t->task->points) & TGI_AT_PROBE) != 0)) \
            LOAD_POINTS();                                                  \
    } while (0)
// A builtin that calls back is not one step.
#define ENTERED()                                                                  \
    do {                                                                           \
        if ((points & ~(uint32_t)(TGI_AT_SYNC | TGI_AT_NOTE | TGI_AT_PROBE)) != 0) \
            points |= TGI_AT_POLL;                                                 \
        POLL(pc);                                                                  \
        LOAD_POINTS();                                                             \
    } while (0)
#define CALLED()                       \
    do {                               \
        SAVE();                        \
        tgc_control_called(t, points); \
    } while (0)
#define LOOKED_AT (TGI_AT_ACCESS | TGI_AT_RACE | TGI_AT_WATCH)
// Code of the library has no points but in runs that look for races and in searches.
#define ACCESS()                                                                     \
    do {                                                                             \
        if (points == 0)                                                             \
            break;                                                                   \
        if ((points & LOOKED_AT) != 0 && tgc_control_visible[i->op]) {               \
            SAVE();                                                                  \
            tgc_control_access(t, f, i);                                             \
        } else if (TGI_UNLIKELY((points & TGI_AT_SYNC) != 0)) {                      \
            SAVE();                                                                  \
            tgc_sync_step(t, f, i);                                                  \
        }                                                                            \
        if (TGI_UNLIKELY((points & TGI_AT_PROBE) != 0)) {                            \
            SAVE();                                                                  \
            tgc_control_probe(t, f, i);                                              \
        }                                                                            \
        if (TGI_UNLIKELY((points & TGI_AT_NOTE) != 0 && tgc_control_noted[i->op])) { \
            SAVE();                                                                  \
            if ((points & TGI_AT_ACCESS) == 0 && tgc_control_visible[i->op])         \
                tgc_control_quietly(t, f, i);                                        \
            tgc_control_note(t, f, i);                                               \
        }                                                                            \
    } while (0)

#endif

#endif
