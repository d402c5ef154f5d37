// SPDX-License-Identifier: MIT
//
// module.c - modules and their global cells.
//
// Owns        cells: one per name, made when the name is first mentioned, never moved or freed
//             while the module lives. Code holds pointers to them, so a global read is one load.
// Threads     lookup: any thread, no lock. New cells: under the module's lock.
// Invariants  M1  the table is at most 2/3 full.
#include "core/object/class.h"

#include "core/object/error.h" // errors
#include "core/object/known.h" // names
#include "core/object/list.h"  // dir
#include "core/object/str.h"   // names
#include "mem/raw.h"           // memory

static tgc_module *module(tg_value v)
{
    return (tgc_module *)(void *)tgc_ptr(v);
}

typedef struct tgc_cell_table {
    uint32_t mask;
    _Atomic(tgc_global_cell *) slots[]; // any thread: only ever filled
} tgc_cell_table;

static uint32_t hash_of(tg_value name)
{
    return (uint32_t)(((name >> 4) * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static tgc_cell_table *table_new(uint32_t size)
{
    tgc_cell_table *table = tgi_raw_calloc(1, sizeof *table + size * sizeof table->slots[0]);
    if (table != NULL)
        table->mask = size - 1;
    return table;
}

tg_value tgc_module_new(tg_thread *t, tg_value name)
{
    tgc_cell_table *table = table_new(16);
    tgc_module *m =
        table != NULL ? (tgc_module *)(void *)tgc_new(t, &tgc_module_type, sizeof *m) : NULL;
    if (m == NULL) {
        tgi_raw_free(table);
        return tgc_raised(t) ? TGC_NULL : tgc_raise_nomem(t);
    }
    tgc_lock_init(&m->lock);
    m->name = tgc_str_intern_value(t, name);
    // ORDER: relaxed; private.
    atom_store_relaxed(&m->table, table);
    tgc_make_immortal(&m->head);
    tgc_track(t, &m->head);
    return tgc_from_ptr(m);
}

static tgc_global_cell *find(tgc_module *m, tg_value name)
{
    // ORDER: acquire; pairs with the release when the table is replaced.
    tgc_cell_table *table = atom_load_acquire(&m->table);
    for (uint32_t i = hash_of(name);; i++) {
        // ORDER: acquire; pairs with the release in insert.
        tgc_global_cell *c = atom_load_acquire(&table->slots[i & table->mask]);
        if (c == NULL || c->name == name)
            return c;
    }
}

static void insert(tgc_cell_table *table, tgc_global_cell *c)
{
    uint32_t i = hash_of(c->name);
    // ORDER: relaxed; writers hold the lock.
    while (atom_load_relaxed(&table->slots[i & table->mask]) != NULL)
        i++;
    // ORDER: release; pairs with the acquire in find.
    atom_store_release(&table->slots[i & table->mask], c);
}

tgc_global_cell *tgc_module_cell(tg_thread *t, tgc_module *m, tg_value name)
{
    tgc_global_cell *c = find(m, name);
    if (c != NULL)
        return c;
    tgc_global_cell *fresh = tgi_raw_calloc(1, sizeof *fresh);
    if (fresh == NULL) {
        tgc_raise_nomem(t);
        return NULL;
    }
    fresh->name = name;
    // ORDER: relaxed; private.
    atom_store_relaxed(&fresh->value.word, TGC_UNBOUND);
    tgc_cell_table *old = NULL;
    bool failed = false;
    TGC_LOCKED(t, &m->lock) {
        c = find(m, name);
        if (c == NULL) {
            // ORDER: relaxed; writers hold the lock.
            tgc_cell_table *table = atom_load_relaxed(&m->table);
            if ((m->count + 1) * 3 > (table->mask + 1) * 2) {
                tgc_cell_table *bigger = table_new((table->mask + 1) * 2);
                failed = bigger == NULL;
                if (!failed) {
                    for (tgc_global_cell *x = tgc_module_first(m); x != NULL;
                         x = tgc_module_next(x))
                        insert(bigger, x);
                    old = table;
                    table = bigger;
                    // ORDER: release; pairs with the acquire in find.
                    atom_store_release(&m->table, table);
                }
            }
            if (!failed) {
                insert(table, fresh);
                m->count++;
                if (m->last != NULL)
                    // ORDER: release; pairs with the acquire in tgc_module_next.
                    atom_store_release(&m->last->next, fresh);
                else
                    // ORDER: release; pairs with the acquire in tgc_module_first.
                    atom_store_release(&m->first, fresh);
                m->last = fresh;
                c = fresh;
            }
        }
    }
    if (c != fresh)
        tgi_raw_free(fresh);
    if (old != NULL)
        tgc_free_later(t, old, sizeof *old + (old->mask + 1) * sizeof old->slots[0]);
    if (failed)
        tgc_raise_nomem(t);
    return failed ? NULL : c;
}

int tgc_module_get(tg_thread *t, tgc_module *m, tg_value name, tg_value *out)
{
    tgc_global_cell *c = find(m, name);
    if (c == NULL)
        return 0;
    *out = tgc_slot_load(t, &c->value);
    return *out != TGC_UNBOUND;
}

int tgc_module_set(tg_thread *t, tgc_module *m, const char *name, tg_value v_steal)
{
    tg_value key = v_steal != TGC_NULL ? tgc_str_intern(t, name, strlen(name)) : TGC_NULL;
    tgc_global_cell *c = key != TGC_NULL ? tgc_module_cell(t, m, key) : NULL;
    if (c == NULL) {
        tgc_release(t, v_steal);
        return -1;
    }
    tgc_release(t, tgc_slot_exchange(t, &c->value, v_steal));
    return 0;
}

static void module_clear(tg_thread *t, tgc_obj *o)
{
    for (tgc_global_cell *c = tgc_module_first(((tgc_module *)(void *)o)); c != NULL;
         c = tgc_module_next(c))
        tgc_release(t, tgc_slot_exchange(t, &c->value, TGC_UNBOUND));
}

static void module_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    for (tgc_global_cell *c = tgc_module_first(((tgc_module *)(void *)o)); c != NULL;
         c = tgc_module_next(c))
        visit(tgc_slot_peek(&c->value), arg);
}

static void module_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_module *m = (tgc_module *)(void *)o;
    tgc_untrack(t, o);
    module_clear(t, o);
    for (tgc_global_cell *c = tgc_module_first(m), *next; c != NULL; c = next) {
        next = tgc_module_next(c);
        tgi_raw_free(c);
    }
    // ORDER: relaxed; the module is dead.
    tgi_raw_free(atom_load_relaxed(&m->table));
    tgc_delete(t, o, sizeof *m);
}

static tg_value module_getattr(tg_thread *t, tg_value v, tg_value name)
{
    tgc_module *m = module(v);
    tg_value out;
    if (tgc_module_get(t, m, name, &out))
        return out;
    if (name == TGC_NAME(dict))
        return tgc_module_dict(t, v);
    size_t n;
    if (tgc_module_get(t, m, TGC_NAME(getattr), &out)) { // PEP 562
        tg_value r = tgc_call1(t, out, name);
        tgc_release(t, out);
        return r;
    }
    if (tgc_type_find(&tgc_module_type, name) != NULL)
        return tgc_object_getattr(t, v, name);
    const char *text = tgc_str_utf8(t, name, &n);
    return text == NULL
               ? TGC_NULL
               : tgc_raise(t, &TGC_EXC(AttributeError), "module '%s' has no attribute '%s'",
                           tgc_str_utf8(t, m->name, &n), text);
}

static int module_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x)
{
    tgc_global_cell *c = tgc_module_cell(t, module(v), name);
    if (c == NULL)
        return -1;
    tg_value old = tgc_slot_exchange(t, &c->value, x == TGC_NULL ? TGC_UNBOUND : tgc_retain(t, x));
    bool missing = old == TGC_UNBOUND && x == TGC_NULL;
    tgc_release(t, old);
    size_t n;
    return missing ? tgc_raise_int(t, &TGC_EXC(AttributeError), "module '%s' has no attribute '%s'",
                                   tgc_str_utf8(t, module(v)->name, &n), tgc_str_utf8(t, name, &n))
                   : 0;
}

static tg_value module_repr(tg_thread *t, tg_value v)
{
    size_t n;
    tg_value file;
    const char *name = tgc_str_utf8(t, module(v)->name, &n);
    if (!tgc_module_get(t, module(v), TGC_NAME(file), &file))
        return tgc_str_format(t, "<module '%s' (built-in)>", name);
    tg_value r = tgc_is_str(file)
                     ? tgc_str_format(t, "<module '%s' from '%s'>", name, tgc_str_utf8(t, file, &n))
                     : tgc_str_format(t, "<module '%s'>", name);
    tgc_release(t, file);
    return r;
}

static tg_value module_dir(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    tg_value list = tgc_list_new(t, 0);
    for (tgc_global_cell *c = tgc_module_first(module(args[0])); list != TGC_NULL && c != NULL;
         c = tgc_module_next(c)) {
        // ORDER: relaxed; only whether it is bound is looked at.
        if (atom_load_relaxed(&c->value.word) != TGC_UNBOUND &&
            tgc_list_append(t, list, c->name) < 0) {
            tgc_release(t, list);
            return TGC_NULL;
        }
    }
    return list;
}

static const tgc_method_def module_methods[] = {
    {"__dir__", module_dir, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

tgc_type tgc_module_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "module",
    .size = sizeof(tgc_module),
    .flags = TGC_TF_TRACKED,
    .methods = module_methods,
    .dealloc = module_dealloc,
    .clear = module_clear,
    .traverse = module_traverse,
    .getattr = module_getattr,
    .setattr = module_setattr,
    .repr = module_repr,
    .weak_offset = offsetof(tgc_module, weak),
};
