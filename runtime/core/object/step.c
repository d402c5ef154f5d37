// SPDX-License-Identifier: MIT
//
// step.c - the steps of a builtin, for the stress tester.
//
// Threads     the task that runs.
// Invariants  SP1  the steps of a call are a place of the program of their own: an address inside
//             of
//                  the call instruction.
//             SP2  what an iterator over a container touches is the container.
#include "core/object/step.h"

#include "core/object/code.h"  // frames
#include "core/object/state.h" // tgc_thread
#include "stress/engine.h"     // points

static void find_container(tg_value v, void *arg)
{
    tg_value *found = arg;
    if (*found == TGC_NULL && tgc_is_ptr(v) &&
        (tgc_type_of(v)->flags & (TGC_TF_LIST | TGC_TF_DICT | TGC_TF_SET)) != 0)
        *found = v;
}

// What is iterated over.
static tg_value source_of(tg_value v)
{
    const tgc_type *type = tgc_type_of(v);
    tg_value found = TGC_NULL;
    if (type->next != NULL && type->traverse != NULL)
        type->traverse(tgc_ptr(v), find_container, &found);
    return found == TGC_NULL ? v : found;
}

void tgc_step_point(tg_thread *t, tg_value container)
{
    const tgc_thread *ct = tgc_of(t);
    if ((t->task->points & TGI_AT_INNER) == 0 || ct->frame == NULL || !tgc_is_ptr(container))
        return;
    container = source_of(container);
    tgi_op op = {.kind = TGI_OPK_STEP, .where = tgc_ptr(container), .deadline = TGI_DEADLINE_NEVER};
    if (!tgi_engine_access(t->task, op, (const char *)ct->frame->pc - 1)) // SP1
        return;
    tg_value kept = tgc_retain(t, container);
    if (!vec_push(&t->task->engine->kept, kept))
        tgc_release(t, kept);
}

void tgc_step_dying(void)
{
    tg_thread *t = tgi_current_thread();
    if (t != NULL)
        tgi_stress_has_finalizer(t);
}
