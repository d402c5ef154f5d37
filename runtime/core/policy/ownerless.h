// SPDX-License-Identifier: MIT
//
// ownerless.h - what a policy whose objects have no owner leaves undone: no thread has a queue of
// objects to merge. Layer core/policy. Included by classic.h and atomic.h.
#ifndef TGC_POLICY_OWNERLESS_H
#define TGC_POLICY_OWNERLESS_H

#include "core/policy/base.h" // tg_thread, tg_runtime

static inline void tgc_policy_queues(tg_runtime *rt, uint64_t *objects, uint64_t *longest)
{
    (void)rt;
    *objects = *longest = 0;
}
static inline bool tgc_policy_drain_stopped(tg_thread *t, tgc_drained *out)
{
    (void)t, (void)out;
    return true;
}
#endif
