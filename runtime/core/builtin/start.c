// SPDX-License-Identifier: MIT
//
// start.c - start-up of a core, and what happens to its threads.
//
// Owns        the one-time set-up of static types (per process and core) and the builtins module
//             (per interpreter).
// Threads     the one-time part runs under a once-flag; it makes immortal objects that no
//             interpreter owns.
#include "core/builtin/start.h"

#include "base/os.h"                    // stacks
#include "core/builtin/builtins_core.h" // tables
#include "core/builtin/builtins_iter.h" // tables
#include "core/builtin/life.h"          // hooks
#include "core/builtin/namespace.h"     // types
#include "core/gc/gc.h"                 // collector
#include "core/object/bytes.h"          // types
#include "core/object/bytes_array.h"    // types
#include "core/object/class.h"          // types
#include "core/object/code.h"           // modules
#include "core/object/dict.h"           // sys.modules
#include "core/object/error.h"          // exceptions
#include "core/object/exception.h"      // KeyboardInterrupt
#include "core/object/known.h"          // names
#include "core/object/list.h"           // sys.path
#include "core/object/str.h"            // interning
#include "core/object/weakref.h"        // its types
#include "core/vm/control.h"            // hook
#include "mem/raw.h"                    // memory
#include "sync/once.h"                  // one-time set-up

// Address space per thread, touched as used: 16 MiB of registers, 20 MiB of frames.
#define STACK_VALUES ((size_t)1 << 21)
#define FRAMES       ((size_t)1 << 18)
#define DEPTH_LIMIT  1000

static tgi_once ready = TGI_ONCE_INIT;

static tgc_type *const own_types[] = {
    &tgc_object_type,     &tgc_type_type,          &tgc_function_type,
    &tgc_code_type,       &tgc_cell_type,          &tgc_module_type,
    &tgc_builtin_type,    &tgc_method_type,        &tgc_generator_type,
    &tgc_getset_type,     &tgc_slot_wrapper_type,  &tgc_namespace_type,
    &tgc_int_type,        &tgc_bool_type,          &tgc_float_type,
    &tgc_str_type,        &tgc_str_iter_type,      &tgc_bytes_type,
    &tgc_bytes_iter_type, &tgc_bytearray_type,     &tgc_bytearray_iter_type,
    &tgc_memoryview_type, &tgc_slice_type,         &tgc_weakref_type,
    &tgc_weakproxy_type,  &tgc_weakcallproxy_type, NULL,
};

static bool ready_list(tg_thread *t, tgc_type *const *types)
{
    for (; *types != NULL; types++) {
        if (tgc_type_ready(t, *types) < 0)
            return false;
    }
    return true;
}

static bool set_up(tg_thread *t)
{
    if (tgc_str_init(t) != TG_OK || tgc_known_init(t) < 0)
        return false;
    // Attribute tables hold builtin objects, whose type must be usable first.
    if (!ready_list(t, own_types) || !ready_list(t, tgc_builtin_types_core) ||
        !ready_list(t, tgc_hidden_types_core) || !ready_list(t, tgc_builtin_types_iter) ||
        !ready_list(t, tgc_hidden_types_iter))
        return false;
#define READY(name, base)                      \
    if (tgc_type_ready(t, &TGC_EXC(name)) < 0) \
        return false;
    TGC_EXCEPTIONS(READY)
#undef READY
    return true;
}

static tg_status set_up_once(void *arg)
{
    return set_up(arg) ? TG_OK : TG_ERR_NOMEM;
}

// --- per thread

static tg_status thread_init(tg_thread *t)
{
    tgc_thread *ct = tgi_raw_calloc(1, sizeof *ct);
    if (ct == NULL)
        return TG_ERR_NOMEM;
    ct->stack = tgi_os.map(STACK_VALUES * sizeof *ct->stack);
    ct->frames = tgi_os.map(FRAMES * sizeof *ct->frames);
    if (ct->stack == NULL || ct->frames == NULL)
        goto fail;
    ct->stack_end = ct->stack + STACK_VALUES;
    ct->frames_end = ct->frames + FRAMES;
    // ORDER: relaxed; a setting.
    ct->depth_limit =
        t->interp->core != NULL ? atom_load_relaxed(&tgc_shared_of(t)->depth_limit) : DEPTH_LIMIT;
    ct->raised = TGC_NULL;
    ct->locals = TGC_NULL;
    atom_store_relaxed(&ct->async_exc.word, TGC_NULL); // ORDER: relaxed; nobody knows it yet.
    t->core = ct;
    if (tgc_policy_thread_init(t) == TG_OK)
        return TG_OK;
fail:
    if (ct->stack != NULL)
        tgi_os.unmap(ct->stack, STACK_VALUES * sizeof *ct->stack);
    if (ct->frames != NULL)
        tgi_os.unmap(ct->frames, FRAMES * sizeof *ct->frames);
    tgi_raw_free(ct);
    t->core = NULL;
    return TG_ERR_NOMEM;
}

// End of a thread, attached: what it still holds, then its merge queue; it counts nothing
// afterwards.
static void thread_clear(tg_thread *t)
{
    tgc_thread *ct = tgc_of(t);
    tg_value locals = ct->locals;
    ct->locals = TGC_NULL;
    tgc_release(t, locals);
    tgc_error_clear(t);
    tg_value unseen = tgc_slot_exchange(t, &ct->async_exc, TGC_NULL);
    if (unseen != TGC_NULL)
        tgc_release(t, unseen);
    tgc_policy_thread_exit(t);
    tgc_thread_settle(t);
    tgc_shared *shared = tgc_shared_of(t);
    tgi_mutex_lock(&shared->counts_lock);
    // ORDER: relaxed (all); a report.
    shared->objects_made += atom_load_relaxed(&ct->objects_made);
    shared->objects_freed += atom_load_relaxed(&ct->objects_freed);
    shared->bytes_made += atom_load_relaxed(&ct->bytes_made);
    shared->bytes_freed += atom_load_relaxed(&ct->bytes_freed);
    tgi_mutex_unlock(&shared->counts_lock);
    // ORDER: relaxed (all); a report.
    atom_store_relaxed(&ct->objects_made, 0);
    atom_store_relaxed(&ct->objects_freed, 0);
    atom_store_relaxed(&ct->bytes_made, 0);
    atom_store_relaxed(&ct->bytes_freed, 0);
}

static void thread_free(tg_thread *t)
{
    tgc_thread *ct = tgc_of(t);
    if (ct == NULL)
        return;
    tgc_policy_thread_free(t);
    tgi_os.unmap(ct->stack, STACK_VALUES * sizeof *ct->stack);
    tgi_os.unmap(ct->frames, FRAMES * sizeof *ct->frames);
    if (ct->dealloc_later != ct->dealloc_first)
        tgi_raw_free(ct->dealloc_later);
    tgi_raw_free(ct);
    t->core = NULL;
}

static void merge_pending(tg_thread *t)
{
    tgc_policy_merge_pending(t);
}

static void stopped(tg_runtime *rt, tg_interp *interp)
{
    tgc_policy_stopped(rt, interp);
}

// Code objects and their units live as long as the runtime; frames are the thread's own.
static void stack(tg_thread *t,
                  void (*fn)(const char *file, uint32_t line, const char *function, void *arg),
                  void *arg)
{
    tgc_thread *ct = tgc_of(t);
    if (ct == NULL || ct->frame == NULL)
        return;
    for (const tgc_frame *f = ct->frame;; f--) {
        const tgi_ins *ins = f->pc > f->code->ins ? f->pc - 1 : f->pc; // pc is one behind
        const tgi_unit *unit = f->code->unit;
        fn(unit->filename, tgc_code_position(f->code, ins).line, unit->name, arg);
        if (f == ct->frames)
            return;
    }
}

const tgi_core_hooks tgc_hooks = {
    .thread_init = thread_init,
    .thread_clear = thread_clear,
    .thread_free = thread_free,
    .merge_pending = merge_pending,
    .stopped = stopped,
    .signals = tgc_life_signals,
    .async_exc = tgc_life_async_exc,
    .collect = tgc_gc_poll,
    .exit_requested = tgc_life_exit_requested,
    .fork_child = tgc_life_fork_child,
    .stack = stack,
    .place = tgc_race_place,
    .called = tgc_library_call,
    .instruction = tgc_script_instruction,
};

// --- per interpreter

void *tgc_shared_new(const tgi_host *host)
{
    tgc_shared *shared = tgi_raw_calloc(1, sizeof *shared);
    if (shared == NULL)
        return NULL;
    shared->gc = tgc_gc_new();
    if (shared->gc == NULL) {
        tgi_raw_free(shared);
        return NULL;
    }
    shared->table = &tgc_core_table;
    shared->host = host;
    tgc_lock_init(&shared->lock);
    tgi_mutex_reset(&shared->counts_lock);
    // ORDER: relaxed; private.
    atom_store_relaxed(&shared->depth_limit, DEPTH_LIMIT);
    // ORDER: relaxed (both); private. Nothing is collected before the interpreter has started.
    atom_store_relaxed(&shared->gc_limit, INT64_MAX);
    atom_store_relaxed(&shared->gc_limit_bytes, INT64_MAX);
    atom_store_relaxed(&shared->modules.word, TGC_NONE);    // ORDER: relaxed; private.
    atom_store_relaxed(&shared->path.word, TGC_NONE);       // ORDER: relaxed; private.
    atom_store_relaxed(&shared->excepthook.word, TGC_NONE); // ORDER: relaxed; private.
    return shared;
}

static int add_functions(tg_thread *t, tgc_module *m, const tgc_method_def *defs)
{
    for (; defs->name != NULL; defs++) {
        if (tgc_module_set(t, m, defs->name, tgc_builtin_new(t, defs, NULL, TGC_NONE)) < 0)
            return -1;
    }
    return 0;
}

static int add_types(tg_thread *t, tgc_module *m, tgc_type *const *types)
{
    for (; *types != NULL; types++) {
        if (tgc_module_set(t, m, (*types)->name, tgc_from_ptr(*types)) < 0)
            return -1;
    }
    return 0;
}

static tgc_type *const named_types[] = {
    &tgc_object_type,
    &tgc_type_type,
    &tgc_int_type,
    &tgc_bool_type,
    &tgc_float_type,
    &tgc_str_type,
    &tgc_bytes_type,
    &tgc_bytearray_type,
    &tgc_slice_type,
    &tgc_memoryview_type,
    NULL,
};

static int fill_builtins(tg_thread *t, tgc_module *m)
{
    if (add_types(t, m, named_types) < 0 || add_types(t, m, tgc_builtin_types_core) < 0 ||
        add_types(t, m, tgc_builtin_types_iter) < 0 || add_functions(t, m, tgc_builtins_core) < 0 ||
        add_functions(t, m, tgc_builtins_iter) < 0 || tgc_builtins_core_values(t, m) < 0)
        return -1;
#define ADD(name, base)                                                \
    if (tgc_module_set(t, m, #name, tgc_from_ptr(&TGC_EXC(name))) < 0) \
        return -1;
    TGC_EXCEPTIONS(ADD)
#undef ADD
    return tgc_module_set(t, m, "__name__", tgc_retain(t, TGC_NAME(builtins)));
}

tg_status tgc_interp_start(tg_thread *t)
{
    tgc_shared *shared = tgc_shared_of(t);
    if (tgi_once_run(&ready, set_up_once, t) != TG_OK)
        return TG_ERR_NOMEM;
    tg_value builtins = tgc_module_new(t, TGC_NAME(builtins));
    tg_value modules = tgc_dict_new(t), path = tgc_list_new(t, 0);
    if (builtins == TGC_NULL || modules == TGC_NULL || path == TGC_NULL)
        return TG_ERR_NOMEM;
    shared->builtins = (tgc_module *)(void *)tgc_ptr(builtins);
    tgc_slot_store(t, &shared->modules, modules);
    tgc_slot_store(t, &shared->path, path);
    if (fill_builtins(t, shared->builtins) < 0 ||
        tgc_dict_set(t, modules, TGC_NAME(builtins), builtins) < 0)
        return TG_ERR_NOMEM;
    tgc_gc_start(t);
    return TG_OK;
}

typedef struct summing {
    tg_interp *interp;
    tgc_counts *out;
} summing;

// Only threads of the own interpreter: the others may run.
static void add_counts(tg_thread *t, void *arg)
{
    const summing *sum = arg;
    tgc_counts *out = sum->out;
    const tgc_thread *ct = tgc_of(t);
    if (t->interp != sum->interp || ct == NULL)
        return;
    // ORDER: relaxed (all); a report.
    out->objects_made += atom_load_relaxed(&ct->objects_made);
    out->objects_freed += atom_load_relaxed(&ct->objects_freed);
    out->bytes_made += atom_load_relaxed(&ct->bytes_made);
    out->bytes_freed += atom_load_relaxed(&ct->bytes_freed);
}

void tgc_counts_read(tg_thread *t, tgc_counts *out)
{
    tgc_shared *shared = tgc_shared_of(t);
    tgi_mutex_lock(&shared->counts_lock);
    out->objects_made = shared->objects_made;
    out->objects_freed = shared->objects_freed;
    out->bytes_made = shared->bytes_made;
    out->bytes_freed = shared->bytes_freed;
    tgi_mutex_unlock(&shared->counts_lock);
    summing sum = {t->interp, out};
    tgi_threads_for_each(t->runtime, add_counts, &sum);
}
