// SPDX-License-Identifier: MIT
//
// interp.h - several interpreters in one runtime.
//
// An interpreter has its own modules, classes and objects. It has a GIL of its own, and then runs
// in parallel with the others in every mode, or it shares the one of the main interpreter. Values
// never cross; copies of them do (tg_copy).
//
// An OS thread that is attached in one interpreter goes into another with tg_interp_switch and
// comes back with tg_interp_return; one that is not attached uses tg_interp_enter. Threads started
// inside belong to the interpreter.
//
//     tg_interp *other; tg_thread *u;
//     if (tg_interp_new(t, true, &other) == TG_OK) {
//         if (tg_interp_switch(t, other, &u) == TG_OK) {
//             tg_release(u, tg_run(u, source, n, "<other>", NULL)); // TG_NULL: raised on u
//             tg_interp_return(u, t);
//         }
//         tg_interp_close(t, other);
//         tg_interp_release(other);
//     }
#ifndef TOGIL_INTERP_H
#define TOGIL_INTERP_H

#include <togil/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tg_interp tg_interp; // counted; any thread

// Creates an interpreter, with a GIL of its own or sharing that of the main one. A GIL of its own
// is on or off as the main one is now. sys.path and sys.argv are copies of those of t's
// interpreter. t is attached; it is detached meanwhile. *out holds one count. TG_ERR_NOMEM;
// TG_ERR_LIMIT: a process has at most 63 interpreters, over all its runtimes; TG_ERR_STATE: the
// runtime is ending; TG_ERR_RAISED: sys.path or sys.argv of t's interpreter cannot be copied.
TG_API tg_status tg_interp_new(tg_thread *t, bool own_gil, tg_interp **out);

// Ends it: waits for its threads that are not daemons, calls its atexit functions, asks the rest of
// its threads to exit, frees its objects. t is attached in another interpreter, and is detached
// meanwhile. TG_ERR_STATE, with nothing done: it is the main one, or closed, or t's own, or
// somebody has entered it and not left. TG_ERR_TIMEOUT: it is closed, but a daemon thread did not
// end in time; that thread will never run again, and the interpreter's memory stays. Any thread.
// tg_runtime_destroy closes what is left.
TG_API tg_status tg_interp_close(tg_thread *t, tg_interp *interp);

TG_API void tg_interp_retain(tg_interp *interp);
TG_API void tg_interp_release(tg_interp *interp);

// A new state of the interpreter for the calling OS thread, attached; nothing is attached on it
// before. Ended with tg_thread_leave. TG_ERR_STATE: it is closed; TG_ERR_NOMEM.
TG_API tg_status tg_interp_enter(tg_interp *interp, tg_thread **out);

// Detaches t and attaches a new state *out of the interpreter in its place, on the same OS thread.
// Signals of the main thread, and the limit on nested calls, go with it. The interpreter may be t's
// own. On failure t stays attached: TG_ERR_STATE, TG_ERR_NOMEM, TG_ERR_RAISED (RecursionError on
// t).
TG_API tg_status tg_interp_switch(tg_thread *t, tg_interp *interp, tg_thread **out);
// Ends u, which tg_interp_switch(t, ...) made, and attaches t again. An exception that is set on u
// is dropped.
TG_API void tg_interp_return(tg_thread *u, tg_thread *t);

TG_API uint32_t tg_interp_id(const tg_interp *interp); // 0 is the main one; never used twice
TG_API bool tg_interp_own_gil(const tg_interp *interp);
TG_API uint32_t tg_interp_current(tg_thread *t); // the id of t's interpreter
// A count on the interpreter with that id, or NULL if there is none or it is closed.
TG_API tg_interp *tg_interp_find(tg_runtime *rt, uint32_t id);
// The ids of the open interpreters above `after`, in order, one for each call; 0 at the end. The
// main one, 0, is always there.
TG_API uint32_t tg_interp_next(tg_runtime *rt, uint32_t after);

// --- copies

// A value that belongs to no interpreter: None, bool, int, float, str, bytes, and tuple, list,
// dict, set, frozenset of those. It may be read by several threads at once.
typedef struct tg_copy tg_copy;

// t is attached. NULL: raised: TypeError names the type that cannot be copied, ValueError refuses a
// value that contains itself; RecursionError; MemoryError.
TG_API tg_copy *tg_copy_out(tg_thread *t, tg_value v);
// A new value, in any interpreter of the same runtime.
TG_API tg_value tg_copy_in(tg_thread *t, const tg_copy *copy);
TG_API void tg_copy_free(tg_copy *copy); // NULL is allowed; any thread, attached or not

#ifdef __cplusplus
}
#endif

#endif
