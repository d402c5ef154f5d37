// SPDX-License-Identifier: MIT
//
// base.h - what the three policies have in common: includes, and the way to dealloc. Layer
// core/policy. Included by them; everybody else includes policy.h.
#ifndef TGC_POLICY_BASE_H
#define TGC_POLICY_BASE_H

#include "base/assert.h"       // TGI_DEBUG
#include "base/atomic.h"       // all count words
#include "base/compiler.h"     // TGI_LIKELY, TGI_NOINLINE
#include "core/policy/names.h" // TG_CORE_SYM
#include "core/policy/value.h" // tg_value, tags
#include "thread/defer.h"      // tgi_defer_free
#include "mem/raw.h"           // tgi_raw_free
#include "thread/state.h"      // tg_thread: id
#include "thread/stats.h"      // tgi_stat_add

typedef struct tgc_type tgc_type;

// Operations on counts are themselves counted in debug builds, or with -DTGI_TALLY=1. Counting one
// costs as much as it does: see docs/counts.md.
#ifndef TGI_TALLY
#define TGI_TALLY TGI_DEBUG
#endif
#if TGI_TALLY
#define tgc_tally(t, kind) tgi_stat_add(t, counts_##kind, 1)
#else
#define tgc_tally(t, kind) ((void)(t))
#endif

// What a policy keeps per thread: the head of tgc_thread (object/state.h), which t->core points to.
typedef struct tgc_policy_thread {
    void *queue; // biased: the merge queue (counts.c)
    void *hot;   // biased and atomic: counts of hot objects (hot.h)
} tgc_policy_thread;

// References that were on merge queues when the world was stopped, and those given to dead hot
// objects then: each item is to be released once.
typedef struct tgc_drained_block {
    tgc_obj **items; // tgi_raw_free
    uint32_t count;
} tgc_drained_block;

typedef struct tgc_drained {
    tgc_drained_block *block; // tgi_raw_free
    size_t count, capacity;
} tgc_drained;

// Called when a count reaches zero: runs the type's dealloc. Defined in object/object.c.
#define tgc_dealloc TG_CORE_SYM(tgc_dealloc)
void tgc_dealloc(tg_thread *t, tgc_obj *o);

#endif
