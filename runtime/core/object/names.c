// SPDX-License-Identifier: MIT
//
// names.c - attribute tables of types.
//
// Owns        entries and tables. An entry is made once and never moves, so caches may point to it.
// Threads     find: any thread, no lock (the table is acquired, slots are filled once). entry:
//             takes the lock.
// Invariants  N1  a table is at most 2/3 full, so a probe ends.
#include "core/object/names.h"

#include "core/object/error.h" // tgc_raise_nomem
#include "core/object/str.h"   // interning
#include "mem/raw.h"           // memory

static uint32_t hash_of(tg_value name)
{
    uint64_t x = name >> 4;
    return (uint32_t)((x * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static tgc_name_table *table_new(uint32_t size)
{
    tgc_name_table *table = tgi_raw_calloc(1, sizeof *table + size * sizeof table->slots[0]);
    if (table != NULL)
        table->mask = size - 1;
    return table;
}

tgc_names *tgc_names_new(tg_thread *t)
{
    tgc_names *names = tgi_raw_calloc(1, sizeof *names);
    tgc_name_table *table = names != NULL ? table_new(8) : NULL;
    if (table == NULL) {
        tgi_raw_free(names);
        tgc_raise_nomem(t);
        return NULL;
    }
    tgc_lock_init(&names->lock);
    // ORDER: relaxed; private.
    atom_store_relaxed(&names->table, table);
    return names;
}

void tgc_names_free(tg_thread *t, tgc_names *names)
{
    if (names == NULL)
        return;
    for (tgc_name_entry *e = tgc_names_first(names), *next; e != NULL; e = next) {
        next = tgc_names_next(e);
        tgc_release(t, tgc_slot_peek(&e->value));
        tgi_raw_free(e);
    }
    // ORDER: relaxed; nobody else looks any more.
    tgi_raw_free(atom_load_relaxed(&names->table));
    tgi_raw_free(atom_load_relaxed(&names->resolved)); // ORDER: relaxed; as above.
    tgi_raw_free(names);
}

tgc_name_entry *tgc_names_find(tgc_names *names, tg_value name)
{
    // ORDER: acquire; pairs with the release when a table is replaced.
    tgc_name_table *table = atom_load_acquire(&names->table);
    for (uint32_t i = hash_of(name);; i++) {
        // ORDER: acquire; pairs with the release in tgc_names_entry.
        tgc_name_entry *e = atom_load_acquire(&table->slots[i & table->mask]);
        if (e == NULL || e->name == name)
            return e;
    }
}

static void insert(tgc_name_table *table, tgc_name_entry *e)
{
    uint32_t i = hash_of(e->name);
    // ORDER: relaxed; writers hold the lock.
    while (atom_load_relaxed(&table->slots[i & table->mask]) != NULL)
        i++;
    // ORDER: release; pairs with the acquire in tgc_names_find: the entry is complete.
    atom_store_release(&table->slots[i & table->mask], e);
}

tgc_name_entry *tgc_names_entry(tg_thread *t, tgc_names *names, tg_value name)
{
    tgc_name_entry *e = tgc_names_find(names, name);
    if (e != NULL)
        return e;
    tgc_name_entry *fresh = tgi_raw_calloc(1, sizeof *fresh);
    if (fresh == NULL) {
        tgc_raise_nomem(t);
        return NULL;
    }
    fresh->name = name;
    // ORDER: relaxed; private.
    atom_store_relaxed(&fresh->value.word, TGC_UNBOUND);
    tgc_name_table *old = NULL;
    bool failed = false;
    TGC_LOCKED(t, &names->lock) {
        e = tgc_names_find(names, name); // somebody may have been faster
        if (e == NULL) {
            // ORDER: relaxed; writers hold the lock.
            tgc_name_table *table = atom_load_relaxed(&names->table);
            if ((names->count + 1) * 3 > (table->mask + 1) * 2) {
                tgc_name_table *bigger = table_new((table->mask + 1) * 2);
                if (bigger == NULL) {
                    failed = true;
                } else {
                    for (tgc_name_entry *x = tgc_names_first(names); x != NULL;
                         x = tgc_names_next(x))
                        insert(bigger, x);
                    old = table;
                    table = bigger;
                    // ORDER: release; pairs with the acquire in tgc_names_find.
                    atom_store_release(&names->table, table);
                }
            }
            if (!failed) {
                insert(table, fresh);
                names->count++;
                if (names->last != NULL)
                    // ORDER: release; pairs with the acquire in tgc_names_next.
                    atom_store_release(&names->last->next, fresh);
                else
                    // ORDER: release; pairs with the acquire in tgc_names_first.
                    atom_store_release(&names->first, fresh);
                names->last = fresh;
                e = fresh;
            }
        }
    }
    if (e != fresh)
        tgi_raw_free(fresh);
    if (old != NULL)
        tgc_free_later(t, old, sizeof *old + (old->mask + 1) * sizeof old->slots[0]);
    if (failed)
        tgc_raise_nomem(t);
    return failed ? NULL : e;
}

tgc_name_entry *tgc_type_find(const tgc_type *type, tg_value name)
{
    for (uint32_t i = 0; i < type->mro_count; i++) {
        tgc_name_entry *e = tgc_names_find(type->mro[i]->names, name);
        // ORDER: relaxed; only the difference between bound and unbound is looked at.
        if (e != NULL && atom_load_relaxed(&e->value.word) != TGC_UNBOUND)
            return e;
    }
    return NULL;
}

int tgc_type_lookup(tg_thread *t, const tgc_type *type, tg_value name, tg_value *out)
{
    tgc_name_entry *e = tgc_type_find(type, name);
    if (e == NULL)
        return 0;
    tg_value v = tgc_slot_load(t, &e->value);
    if (v == TGC_UNBOUND)
        return 0;
    *out = v;
    return 1;
}

int tgc_type_own(tg_thread *t, tgc_type *type, tg_value name, tg_value *out)
{
    tg_value interned = tgc_str_intern_value(t, name);
    if (interned == TGC_NULL)
        return -1;
    tgc_name_entry *e = tgc_names_find(type->names, interned);
    if (e == NULL)
        return 0;
    tg_value v = tgc_slot_load(t, &e->value);
    if (v == TGC_UNBOUND)
        return 0;
    *out = v;
    return 1;
}
