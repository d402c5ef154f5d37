// SPDX-License-Identifier: MIT
//
// state.h - what a core keeps per thread and per runtime. Layer core/object.
//
// Threads     tgc_thread: its own thread, or anybody while the world is stopped. tgc_shared: as
//             marked.
#ifndef TGC_OBJECT_STATE_H
#define TGC_OBJECT_STATE_H

#include "core/object/object.h" // tgc_type, slots
#include "sync/recursive.h"     // import lock
#include "thread/runtime.h"     // tg_runtime.core

struct tgc_frame;
struct tgc_module;

// One level of repr() in progress, to stop at cycles.
typedef struct tgc_repr_level {
    struct tgc_repr_level *outer;
    tgc_obj *object;
} tgc_repr_level;

typedef struct tgc_thread {
    tgc_policy_thread policy; // first: the policy reaches it through t->core
    tg_value raised;          // owner; the exception on its way up, or TGC_NULL
    struct tgc_frame *frame;  // innermost frame, or NULL
    struct tgc_frame *frames; // frame array: [frames, frames_end)
    struct tgc_frame *frames_end;
    tg_value *stack; // register stack: [stack, stack_end)
    tg_value *stack_end;
    uint32_t depth;       // script frames now
    uint32_t depth_limit; // sys.setrecursionlimit
    // nested C calls that may recurse (run loops, repr, compare, dealloc)
    uint32_t c_depth;
    bool yielded; // the loop left by a yield
    uint32_t dealloc_depth;
    tgc_obj **dealloc_later; // objects whose dealloc would nest too deep
    uint32_t dealloc_later_count, dealloc_later_capacity;
    tgc_repr_level *repr_level;
    uint64_t objects_made; // statistics: objects allocated and freed by this thread
    uint64_t objects_freed;
    uint64_t bytes_made, bytes_freed;
    tg_value locals; // dict of thread-local data, or TGC_NULL
} tgc_thread;

// Per runtime: tg_runtime.core. The first field is what the gate needs to find the core.
typedef struct tgc_shared {
    const struct tgi_core *table; // const after init
    const struct tgi_host *host;  // const after init
    struct tgc_module *builtins;  // const after init
    tgc_slot modules;             // dict: sys.modules
    tgc_slot path;                // list: sys.path
    bool ending;                  // last thread: objects are being freed, no scripts run
    tgc_slot excepthook;          // callable or None
    tgi_recursive import_lock;    // one import at a time; waiters detach
    tgc_lock lock;                // guards what follows
    struct tgi_unit **units;      // every unit loaded, freed after the last code object
    uint32_t unit_count, unit_capacity;
    uint64_t objects_made, objects_freed, bytes_made, bytes_freed; // of ended threads
    _Atomic(uint32_t) depth_limit; // any thread: sys.setrecursionlimit, for new threads
} tgc_shared;

static inline tgc_shared *tgc_shared_of(const tg_thread *t)
{
    return (tgc_shared *)t->runtime->core;
}

static inline tgc_thread *tgc_of(tg_thread *t)
{
    return (tgc_thread *)t->core;
}

// Nested C calls that run scripts. At most about 2 KiB of C stack each, 6 KiB under a sanitizer;
// threads have TGI_THREAD_STACK_BYTES, the main thread 8 MiB.
#define TGC_C_DEPTH_LIMIT 900

// Guards recursion in C: `if (tgc_enter_c(t) < 0) return TGC_NULL; ... tgc_leave_c(t);`
// RecursionError beyond.
#define tgc_enter_c TG_CORE_SYM(tgc_enter_c)
int tgc_enter_c(tg_thread *t);
static inline void tgc_leave_c(tg_thread *t)
{
    tgc_of(t)->c_depth--;
}

// 1 if o is already being repr'ed by this thread (print "..."), 0 if entered (call tgc_repr_leave),
// -1 raised.
#define tgc_repr_enter TG_CORE_SYM(tgc_repr_enter)
int tgc_repr_enter(tg_thread *t, tgc_obj *o, tgc_repr_level *level);
static inline void tgc_repr_leave(tg_thread *t, tgc_repr_level *level)
{
    tgc_of(t)->repr_level = level->outer;
    tgc_leave_c(t);
}

#endif
