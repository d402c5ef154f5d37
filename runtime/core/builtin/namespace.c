// SPDX-License-Identifier: MIT
//
// namespace.c - global and local variables seen as mappings.
//
// Owns        the view type behind globals() and module.__dict__. It holds no data: every access
//             goes to the module's cells, so it is always current and code that caches cells sees
//             what is stored.
// Threads     each access is as safe as the cell it reaches; iteration is over a snapshot of the
//             names.
#include "core/builtin/namespace.h"

#include "core/object/class.h" // getattr
#include "core/object/dict.h"  // snapshots
#include "core/object/error.h" // errors
#include "core/object/list.h"  // names
#include "core/object/state.h" // frames
#include "core/object/str.h"   // names

typedef struct view {
    tgc_obj head;
    tgc_module *module; // not counted: modules live as long as the runtime
} view;

static tgc_module *module_of(tg_value v)
{
    return ((view *)(void *)tgc_ptr(v))->module;
}

static tg_value view_new(tg_thread *t, tgc_module *m)
{
    view *v = (view *)(void *)tgc_new(t, &tgc_namespace_type, sizeof *v);
    if (v == NULL)
        return TGC_NULL;
    v->module = m;
    return tgc_from_ptr(v);
}

static tg_value snapshot(tg_thread *t, tgc_module *m)
{
    tg_value dict = tgc_dict_new(t);
    for (tgc_global_cell *c = tgc_module_first(m); dict != TGC_NULL && c != NULL;
         c = tgc_module_next(c)) {
        tg_value x = tgc_slot_load(t, &c->value);
        int st = x == TGC_UNBOUND ? 0 : tgc_dict_set(t, dict, c->name, x);
        tgc_release(t, x);
        if (st < 0) {
            tgc_release(t, dict);
            return TGC_NULL;
        }
    }
    return dict;
}

// 1 with *out, 0, -1. Keys other than str are never there.
static int get(tg_thread *t, tg_value v, tg_value key, tg_value *out)
{
    if (!tgc_is_str(key))
        return 0;
    tg_value name = tgc_str_intern_value(t, key);
    return name == TGC_NULL ? -1 : tgc_module_get(t, module_of(v), name, out);
}

static tg_value view_getitem(tg_thread *t, tg_value v, tg_value key)
{
    tg_value out;
    int found = get(t, v, key, &out);
    return found > 0 ? out : found < 0 ? TGC_NULL : tgc_raise_value(t, &TGC_EXC(KeyError), key);
}

static int view_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    if (!tgc_is_str(key))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "names of variables must be str, not %s",
                             tgc_type_name(key));
    tg_value name = tgc_str_intern_value(t, key);
    tgc_global_cell *c = name == TGC_NULL ? NULL : tgc_module_cell(t, module_of(v), name);
    if (c == NULL)
        return -1;
    tg_value old = tgc_slot_exchange(t, &c->value, x == TGC_NULL ? TGC_UNBOUND : tgc_retain(t, x));
    tgc_release(t, old);
    if (x == TGC_NULL && old == TGC_UNBOUND) {
        tgc_raise_value(t, &TGC_EXC(KeyError), key);
        return -1;
    }
    return 0;
}

static int view_contains(tg_thread *t, tg_value v, tg_value key)
{
    tg_value out;
    int found = get(t, v, key, &out);
    if (found > 0)
        tgc_release(t, out);
    return found;
}

static int64_t view_length(tg_thread *t, tg_value v)
{
    (void)t;
    int64_t n = 0;
    for (tgc_global_cell *c = tgc_module_first(module_of(v)); c != NULL; c = tgc_module_next(c)) {
        // ORDER: relaxed; only whether it is bound is looked at.
        n += atom_load_relaxed(&c->value.word) != TGC_UNBOUND;
    }
    return n;
}

static tg_value of_snapshot(tg_thread *t, tg_value v, const char *method)
{
    tg_value dict = snapshot(t, module_of(v));
    tg_value r = dict == TGC_NULL ? TGC_NULL : tgc_call_method(t, dict, method, NULL, 0);
    tgc_release(t, dict);
    return r;
}

static tg_value view_iter(tg_thread *t, tg_value v)
{
    tg_value dict = snapshot(t, module_of(v));
    tg_value r = dict == TGC_NULL ? TGC_NULL : tgc_iter(t, dict);
    tgc_release(t, dict);
    return r;
}

static tg_value view_repr(tg_thread *t, tg_value v)
{
    tg_value dict = snapshot(t, module_of(v));
    tg_value r = dict == TGC_NULL ? TGC_NULL : tgc_repr(t, dict);
    tgc_release(t, dict);
    return r;
}

#define METHOD(name) \
    static tg_value name(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)

METHOD(m_get)
{
    (void)kwnames;
    tg_value out;
    int found = get(t, args[0], args[1], &out);
    if (found != 0)
        return found < 0 ? TGC_NULL : out;
    return nargs > 2 ? tgc_retain(t, args[2]) : TGC_NONE;
}

METHOD(m_keys)
{
    (void)nargs, (void)kwnames;
    return of_snapshot(t, args[0], "keys");
}

METHOD(m_values)
{
    (void)nargs, (void)kwnames;
    return of_snapshot(t, args[0], "values");
}

METHOD(m_items)
{
    (void)nargs, (void)kwnames;
    return of_snapshot(t, args[0], "items");
}

METHOD(m_copy)
{
    (void)nargs, (void)kwnames;
    return snapshot(t, module_of(args[0]));
}

METHOD(m_pop)
{
    (void)kwnames;
    tg_value out;
    int found = get(t, args[0], args[1], &out);
    if (found > 0 && view_setitem(t, args[0], args[1], TGC_NULL) < 0) {
        tgc_release(t, out);
        return TGC_NULL;
    }
    if (found != 0)
        return found < 0 ? TGC_NULL : out;
    return nargs > 2 ? tgc_retain(t, args[2]) : tgc_raise_value(t, &TGC_EXC(KeyError), args[1]);
}

METHOD(m_setdefault)
{
    (void)kwnames;
    tg_value out, x = nargs > 2 ? args[2] : TGC_NONE;
    int found = get(t, args[0], args[1], &out);
    if (found != 0)
        return found < 0 ? TGC_NULL : out;
    return view_setitem(t, args[0], args[1], x) < 0 ? TGC_NULL : tgc_retain(t, x);
}

METHOD(m_update)
{
    (void)nargs, (void)kwnames;
    tg_value dict = tgc_dict_new(t), k, x;
    if (dict == TGC_NULL || tgc_dict_update(t, dict, args[1]) < 0) {
        tgc_release(t, dict);
        return TGC_NULL;
    }
    size_t pos = 0;
    int st = 0;
    while (st == 0 && tgc_dict_next(t, dict, &pos, &k, &x)) {
        st = view_setitem(t, args[0], k, x);
        tgc_release(t, k);
        tgc_release(t, x);
    }
    tgc_release(t, dict);
    return st < 0 ? TGC_NULL : TGC_NONE;
}

static const tgc_method_def methods[] = {
    {"get", m_get, 1, 2, 0},
    {"keys", m_keys, 0, 0, 0},
    {"values", m_values, 0, 0, 0},
    {"items", m_items, 0, 0, 0},
    {"copy", m_copy, 0, 0, 0},
    {"pop", m_pop, 1, 2, 0},
    {"setdefault", m_setdefault, 1, 2, 0},
    {"update", m_update, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

tgc_type tgc_namespace_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "namespace",
    .size = sizeof(view),
    .methods = methods,
    .repr = view_repr,
    .length = view_length,
    .getitem = view_getitem,
    .setitem = view_setitem,
    .contains = view_contains,
    .iter = view_iter,
};

tg_value tgc_module_dict(tg_thread *t, tg_value m)
{
    return view_new(t, (tgc_module *)(void *)tgc_ptr(m));
}

tg_value tgc_namespace_globals(tg_thread *t)
{
    const tgc_frame *f = tgc_of(t)->frame;
    if (f == NULL)
        return tgc_raise(t, &TGC_EXC(RuntimeError), "no script is running");
    return view_new(t, f->code->module);
}

static int add_local(tg_thread *t, tg_value dict, tg_value name, tg_value v)
{
    tg_value content = tgc_is_exact(v, &tgc_cell_type)
                           ? tgc_slot_load(t, &((tgc_cell *)(void *)tgc_ptr(v))->value)
                           : tgc_retain(t, v);
    int st = content == TGC_UNBOUND ? 0 : tgc_dict_set(t, dict, name, content);
    tgc_release(t, content);
    return st;
}

tg_value tgc_namespace_locals(tg_thread *t)
{
    const tgc_frame *f = tgc_of(t)->frame;
    if (f == NULL || (f->code->unit->flags & TGI_UNIT_MODULE) != 0)
        return tgc_namespace_globals(t);
    const tgi_unit *unit = f->code->unit;
    if ((unit->flags & TGI_UNIT_CLASSBODY) != 0)
        return tgc_retain(t, f->regs[0]);
    tg_value dict = tgc_dict_new(t);
    int st = dict == TGC_NULL ? -1 : 0;
    for (uint32_t i = 0; i < unit->nlocals && st == 0; i++) {
        if (unit->local_names[i] != TGI_REG_NONE)
            st = add_local(t, dict, f->code->consts[unit->local_names[i]], f->regs[i]);
    }
    for (uint32_t i = 0; i < unit->free_count && st == 0; i++)
        st = add_local(t, dict, f->code->consts[unit->free_names[i]],
                       tgc_from_ptr(f->func->closure[i]));
    if (st == 0)
        return dict;
    tgc_release(t, dict);
    return TGC_NULL;
}
