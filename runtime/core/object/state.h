// SPDX-License-Identifier: MIT
//
// state.h - what a core keeps per thread and per interpreter. Layer core/object.
//
// Threads     tgc_thread: its own thread, or anybody while the world is stopped. tgc_shared: as
//             marked.
//
// Note [own-gil]
// Interpreters of one runtime, and runtimes of one process, share no counted object. Each has its
// own modules, classes, code, caches and counters, so the classic core may run several of them in
// parallel, each under its own GIL: what only a GIL guards (plain counts, a tgc_lock that is
// nothing at all) is never reached by two of them. What belongs to the process and is reached by
// all:
//   static types       const after tgc_type_ready, which runs once. Their attribute tables are not
//                      writable by scripts; the index tables of inline caches grow under a real
//                      lock, and a replaced one is kept (attr.c).
//   their descriptors, functions and the known names, single characters, empty containers and the
//                      empty bytes, the MemoryError of last resort: immortal, const after set-up.
//                      Immortal objects are not counted under any policy (C2 in policy/classic.h).
//   interned text      a real lock for the table; hash and UTF-8 form are written once, atomically.
//   type versions      one atomic counter; a version is never reused, whoever asks.
//   standard streams   their buffers and file objects have real locks, waited for detached.
//   the object map     a byte belongs to one object; the tag tells interpreters apart.
// Caches of code, cells of globals, subclass lists, units and the import lock hang off an
// interpreter's own objects.
#ifndef TGC_OBJECT_STATE_H
#define TGC_OBJECT_STATE_H

#include "core/object/object.h" // tgc_type, slots
#include "sync/recursive.h"     // import lock
#include "sync/mutex.h"         // counters
#include "thread/runtime.h"     // tg_interp.core

struct tgc_frame;
struct tgc_module;

// One level of repr() in progress, to stop at cycles.
typedef struct tgc_repr_level {
    struct tgc_repr_level *outer;
    tgc_obj *object;
} tgc_repr_level;

// Room for objects that wait to be freed, needed exactly when there may be no memory for it.
#define TGC_DEALLOC_FIRST 64

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
    // objects whose dealloc would nest too deep; NULL, or first dealloc_first
    tgc_obj **dealloc_later;
    uint32_t dealloc_later_count, dealloc_later_capacity;
    tgc_obj *dealloc_first[TGC_DEALLOC_FIRST];
    tgc_repr_level *repr_level;
    // Statistics: objects allocated and freed by this thread. Owner writes, any thread reads.
    _Atomic(uint64_t) objects_made, objects_freed, bytes_made, bytes_freed;
    int32_t gc_balance; // tracked objects made minus freed, not settled yet (object.c)
    uint64_t gc_seen;   // bytes made minus freed when it was settled last
    bool collecting;    // runs a collection: core/gc/collect.c
    bool gc_locked;     // holds the collector's lock
    tg_value locals;    // dict of thread-local data, or TGC_NULL
    tgc_slot async_exc; // any thread, by exchange: what another thread wants raised here
} tgc_thread;

// Per interpreter: tg_interp.core. The first field is what the gate needs to find the core.
typedef struct tgc_shared {
    const struct tgi_core *table; // const after init
    const struct tgi_host *host;  // const after init
    struct tgc_module *builtins;  // const after init
    tgc_slot modules;             // dict: sys.modules
    tgc_slot path;                // list: sys.path
    bool ending;                  // last thread: objects are being freed, no scripts run
    tgc_slot excepthook;          // callable or None
    struct tgc_gc *gc;            // const after init: core/gc
    // When a collection is due: core/gc/trigger.c. Any thread.
    _Atomic(int64_t) gc_young, gc_limit;             // tracked objects
    _Atomic(int64_t) gc_young_bytes, gc_limit_bytes; // bytes of objects
    _Atomic(int64_t) gc_bytes;                       // bytes of all objects, as far as settled
    tgi_recursive import_lock;                       // one import at a time; waiters detach
    tgc_lock lock;                                   // guards what follows
    struct tgi_unit **units; // every unit loaded, freed after the last code object
    uint32_t unit_count, unit_capacity;
    tgc_obj **finalized; // objects without a weak word that were finalized: finalize.c
    uint32_t finalized_count, finalized_capacity;
    _Atomic(uint32_t) depth_limit; // any thread: sys.setrecursionlimit, for new threads
    // Of ended threads, and of the interpreters that left theirs to this one when they ended.
    tgi_mutex counts_lock; // leaf: guards what follows, against other interpreters too
    uint64_t objects_made, objects_freed, bytes_made, bytes_freed;
} tgc_shared;

static inline tgc_shared *tgc_shared_of(const tg_thread *t)
{
    return (tgc_shared *)t->interp->core;
}

static inline tgc_thread *tgc_of(tg_thread *t)
{
    return (tgc_thread *)t->core;
}

// A thread settles its balance with the interpreter's sums after so many objects; and at once when
// it makes one of so many bytes.
#define TGC_GC_BATCH      256
#define TGC_GC_LARGE      ((size_t)1 << 18)
#define tgc_thread_settle TG_CORE_SYM(tgc_thread_settle)
void tgc_thread_settle(tg_thread *t); // settles the rest: the thread ends

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
