// SPDX-License-Identifier: MIT
//
// teardown.c - the end of an interpreter: every object of it is freed, cycles and immortals
// included.
//
// How         With one thread left, all tracked objects are found in the object map. They are made
//             immortal, so that no release frees a tracked object any more; each lets go of what it
//             holds, which frees what is not tracked (text, numbers); then their memory is freed,
//             classes last, code and units after that.
// Threads     the last thread of the interpreter. Other interpreters of the runtime may run: they
//             hold nothing of this one, and nothing of theirs is under its tag.
#include "core/builtin/start.h"

#include "core/builtin/print.h"   // flush
#include "core/builtin/census.h"  // what is left
#include "core/gc/gc.h"           // cycles
#include "core/object/class.h"    // types
#include "core/object/code.h"     // code objects
#include "core/object/dict.h"     // sys.modules
#include "core/object/error.h"    // pending exception
#include "core/object/finalize.h" // marks
#include "core/object/known.h"    // __main__
#include "core/object/weakref.h"  // cleared first
#include "mem/objmap.h"           // all objects
#include "mem/raw.h"              // memory
#include "thread/defer.h"         // pending frees
#include <togil/gc.h>             // settings

// One pass over the objects of the interpreter. No list of them is made: the end must not depend on
// there being memory.
typedef void (*step)(tg_thread *t, tgc_obj *o);

typedef struct pass {
    tg_thread *t;
    step todo;
} pass;

static bool show(void *object, void *arg)
{
    const pass *p = arg;
    p->todo(p->t, object);
    return true;
}

static void each_object(tg_thread *t, step todo)
{
    pass p = {t, todo};
    (void)tgi_objmap_for_each(t->interp->objmap_tag, show, &p);
}

static void make_immortal(tg_thread *t, tgc_obj *o)
{
    (void)t;
    tgc_make_immortal(o);
}

static void clear_weak(tg_thread *t, tgc_obj *o)
{
    tgc_weak_clear(t, o, NULL, NULL, NULL);
}

static void clear(tg_thread *t, tgc_obj *o)
{
    const tgc_type *type = tgc_obj_type(o);
    if (type->clear != NULL)
        type->clear(t, o);
}

static void free_unless_class(tg_thread *t, tgc_obj *o)
{
    if (tgc_obj_type(o) != &tgc_type_type)
        tgc_obj_type(o)->dealloc(t, o);
}

static void free_class(tg_thread *t, tgc_obj *o)
{
    tgc_obj_type(o)->dealloc(t, o);
}

static void drop_slot(tg_thread *t, tgc_slot *s)
{
    tgc_release(t, tgc_slot_exchange(t, s, TGC_NONE));
}

static void clear_module(tg_thread *t, tgc_shared *shared, tg_value m)
{
    if (tgc_is_exact(m, &tgc_module_type) && tgc_ptr(m) != &shared->builtins->head)
        tgc_module_type.clear(t, tgc_ptr(m));
}

// Modules let go of their variables while scripts can still run, the main module first, then those
// that were imported, the last one first: finalizers of what they held do.
static void clear_modules(tg_thread *t, tgc_shared *shared)
{
    tg_value modules = tgc_slot_load(t, &shared->modules), m;
    if (tgc_is_dict(modules)) {
        if (tgc_dict_get(t, modules, TGC_NAME(main), &m) > 0) {
            clear_module(t, shared, m);
            tgc_release(t, m);
        }
        tg_value copy = tgc_dict_copy(t, modules), name;
        while (copy != TGC_NULL && tgc_dict_popitem(t, copy, &name, &m)) {
            if (name != TGC_NAME(sys))
                clear_module(t, shared, m);
            tgc_release(t, name);
            tgc_release(t, m);
        }
        tgc_release(t, copy);
    }
    tgc_release(t, modules);
    tgc_error_clear(t);
    tgc_policy_merge_pending(t); // what is dead already has its finalizer too
    tgc_error_clear(t);
}

// What finalizers printed.
static void flush(tg_thread *t)
{
    tgc_stream_flush(t, 1);
    tgc_stream_flush(t, 2);
    tgc_error_clear(t);
}

// The last interpreter of the runtime has no company: what waits for a grace period is freed too.
static void drain(tg_thread *t)
{
    if (t->interp == t->runtime->main_interp)
        tgi_defer_drain_stopped(t->runtime, t, false);
}

void tgc_interp_clear(tg_thread *t)
{
    tgc_shared *shared = tgc_shared_of(t);
    tgc_thread *ct = tgc_of(t);
    // Nobody else reads any more. After running out of memory there may be no room to note frees.
    t->deferred.alone = true;
    tg_value locals = ct->locals;
    ct->locals = TGC_NULL;
    tgc_release(t, locals);
    tgc_error_clear(t);
    // Finalizers of garbage may still use the variables of the modules; then those of what they
    // held.
    if (tgc_gc_setting(t, TG_GC_ENABLED, -1) != 0)
        (void)tgc_gc_collect(t);
    tgc_gc_set_lists(t, TGC_NONE, TGC_NONE);
    clear_modules(t, shared);
    (void)tgc_gc_collect(t);
    flush(t);
    shared->ending = true;
    tgc_gc_end(t);
    drop_slot(t, &shared->modules);
    drop_slot(t, &shared->path);
    drop_slot(t, &shared->excepthook);
    tgc_policy_merge_pending(t);
    tgc_policy_close(t);
    drain(t);
    tgc_report_left(t);

    each_object(t, make_immortal);
    each_object(t, clear_weak);
    each_object(t, clear);
    each_object(t, free_unless_class);
    each_object(t, free_class);
    drain(t);
}

void tgc_shared_free(void *p, void *heir)
{
    tgc_shared *shared = p, *to = heir;
    if (to != NULL) {
        tgi_mutex_lock(&to->counts_lock);
        to->objects_made += shared->objects_made;
        to->objects_freed += shared->objects_freed;
        to->bytes_made += shared->bytes_made;
        to->bytes_freed += shared->bytes_freed;
        tgi_mutex_unlock(&to->counts_lock);
    }
    for (uint32_t i = 0; i < shared->unit_count; i++)
        tgi_unit_free(shared->units[i]);
    tgi_raw_free(shared->units);
    tgc_finalized_free(shared);
    tgc_gc_free(shared->gc);
    tgi_raw_free(shared);
}
