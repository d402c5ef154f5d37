// SPDX-License-Identifier: MIT
//
// ownerless.h - what a policy whose objects have no owner leaves undone: no thread has anything of
// its own to count, queue, merge or fold. Layer core/policy. Included by classic.h and atomic.h.
#ifndef TGC_POLICY_OWNERLESS_H
#define TGC_POLICY_OWNERLESS_H

#include "core/policy/base.h" // tg_thread, tg_runtime

static inline tg_status tgc_policy_thread_init(tg_thread *t)
{
    (void)t;
    return TG_OK;
}
static inline void tgc_policy_thread_exit(tg_thread *t)
{
    (void)t;
}
static inline void tgc_policy_thread_free(tg_thread *t)
{
    (void)t;
}
static inline void tgc_policy_after_fork(void) {}
static inline void tgc_policy_inherit(tg_thread *t, tg_thread *dead)
{
    (void)t;
    (void)dead;
}
static inline void tgc_policy_merge_pending(tg_thread *t)
{
    (void)t;
}
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
static inline void tgc_policy_stopped(tg_runtime *rt, tg_interp *interp)
{
    (void)rt;
    (void)interp;
}
static inline void tgc_policy_close(tg_thread *t)
{
    (void)t;
}
static inline void tgc_policy_free_dead(tg_thread *t)
{
    (void)t;
}

#endif
