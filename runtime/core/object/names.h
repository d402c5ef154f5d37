// SPDX-License-Identifier: MIT
//
// names.h - attribute tables of types, and lookup through the method order. Layer core/object.
// names.c.
#ifndef TGC_OBJECT_NAMES_H
#define TGC_OBJECT_NAMES_H

#include "core/object/object.h" // tgc_type
#include "sync/mutex.h"         // tgi_mutex

// One attribute of one type. Never freed while the type lives; deleted attributes hold Unbound.
typedef struct tgc_name_entry {
    tg_value name; // interned
    tgc_slot value;
    _Atomic(struct tgc_name_entry *) next; // any thread: in order of creation, set once
} tgc_name_entry;

typedef struct tgc_name_table {
    uint32_t mask;
    _Atomic(tgc_name_entry *) slots[]; // any thread: only ever filled
} tgc_name_table;

typedef struct tgc_names {
    tgc_lock lock;                           // writers
    _Atomic(tgc_name_table *) table;         // any thread; replaced whole, old one freed later
    uint32_t count;                          // guarded by lock
    _Atomic(tgc_name_entry *) first;         // any thread; set once
    tgc_name_entry *last;                    // guarded by lock
    _Atomic(struct tgc_resolved *) resolved; // inline caches' index table of the type (attr.c)
    tgi_mutex resolved_lock;                 // leaf, under every policy: Note [own-gil] in state.h
} tgc_names;

// All entries in order of creation, without a lock; new ones may come meanwhile.
static inline tgc_name_entry *tgc_names_first(const tgc_names *names)
{
    // ORDER: acquire; pairs with the release in tgc_names_entry: the entry is complete.
    return atom_load_acquire(&names->first);
}

static inline tgc_name_entry *tgc_names_next(const tgc_name_entry *e)
{
    // ORDER: acquire; as above.
    return atom_load_acquire(&e->next);
}

#define tgc_names_new TG_CORE_SYM(tgc_names_new)
tgc_names *tgc_names_new(tg_thread *t);
#define tgc_names_free TG_CORE_SYM(tgc_names_free)
void tgc_names_free(tg_thread *t, tgc_names *names); // releases values; world stopped or type dead
// The entry of an interned name, NULL if there was never one.
#define tgc_names_find TG_CORE_SYM(tgc_names_find)
tgc_name_entry *tgc_names_find(tgc_names *names, tg_value name);
// The entry, made with value Unbound if absent; NULL with MemoryError.
#define tgc_names_entry TG_CORE_SYM(tgc_names_entry)
tgc_name_entry *tgc_names_entry(tg_thread *t, tgc_names *names, tg_value name);

// An attribute of the type itself (not of its bases): 1 with a new reference, 0, -1. Any str as
// name.
#define tgc_type_own TG_CORE_SYM(tgc_type_own)
int tgc_type_own(tg_thread *t, tgc_type *type, tg_value name, tg_value *out);
// Through the method order: the first bound entry, or NULL. name interned. No exception.
#define tgc_type_find TG_CORE_SYM(tgc_type_find)
tgc_name_entry *tgc_type_find(const tgc_type *type, tg_value name);
// Same, as a new reference; 1 or 0.
#define tgc_type_lookup TG_CORE_SYM(tgc_type_lookup)
int tgc_type_lookup(tg_thread *t, const tgc_type *type, tg_value name, tg_value *out);

#endif
