// SPDX-License-Identifier: MIT
//
// set.h - sets and frozensets. Layer core/object. set.c (table, single items), set_ops.c (set
// algebra), set_methods.c, set_type.c.
//
// An open-addressing table of {hash, key}; order of iteration is by position, as scripts that print
// sets of small integers expect. Under free threading `in` takes no lock: Note [set-read]; every
// writer takes the set's lock.
//
// Note [set-read]
//   S1  an entry is filled with its hash first, then its key; removing puts Dummy in place of the
//       key. Removed entries are filled again: a reader that pairs an old key with a new hash
//       passes over a key that was just removed.
//   S2  a table that was replaced never changes again and outlives its readers (tgc_free_later).
//   S3  comparing keys may run script code, so it happens without the lock; afterwards `epoch`,
//       which changes with every replacement of the table, and the entry's key are looked at again,
//       and the search starts over if they changed. A writer that found its key absent also needs
//       the number of insertions unchanged.
#ifndef TGC_OBJECT_SET_H
#define TGC_OBJECT_SET_H

#include "core/object/object.h" // tgc_obj

typedef struct tgc_set_entry {
    _Atomic(uint64_t) hash; // valid once key is not TGC_NULL
    tgc_slot key;           // TGC_NULL: never used; TGC_DUMMY: removed
} tgc_set_entry;

typedef struct tgc_set_table {
    size_t mask;             // entries - 1; const after init
    _Atomic(size_t) fill;    // writers: under lock; used and removed entries
    _Atomic(size_t) inserts; // writers: under lock; keys ever put in: S3
    tgc_set_entry entry[];
} tgc_set_table;

typedef struct tgc_set {
    tgc_obj head;
    tgc_lock lock;
    _Atomic(uint32_t) epoch;        // writers: under lock: S3
    _Atomic(size_t) used;           // writers: under lock
    _Atomic(tgc_set_table *) table; // writers: under lock; any thread reads; never NULL
    _Atomic(uint64_t) extra; // frozenset: its hash, 0 not computed yet; set: where pop looks first
    _Atomic(uintptr_t) weak; // weakref.h
} tgc_set;

#define tgc_set_of(v) ((tgc_set *)tgc_ptr(v))

// v is a set or frozenset, or of a subclass, in all of these.
#define tgc_set_new TG_CORE_SYM(tgc_set_new)
tg_value tgc_set_new(tg_thread *t);
#define tgc_frozenset_new TG_CORE_SYM(tgc_frozenset_new)
tg_value tgc_frozenset_new(tg_thread *t, tg_value iterable); // TGC_NULL: empty
#define tgc_set_new_typed TG_CORE_SYM(tgc_set_new_typed)
tg_value tgc_set_new_typed(tg_thread *t, tgc_type *type, tg_value iterable); // TGC_NULL: empty
static inline size_t tgc_set_size(tg_value v)
{
    // ORDER: acquire; an item that was counted can be found.
    return atom_load_acquire(&tgc_set_of(v)->used);
}
// len(s). A change shows in the table first and in `used` at the end, so a reader that has seen it
// in the table and asks for the length waits until it is complete.
static inline size_t tgc_set_length(tg_thread *t, tg_value v)
{
    tgc_set *set = tgc_set_of(v);
    if (TGI_LIKELY(tgc_lock_is_free(&set->lock)))
        return tgc_set_size(v);
    size_t n = 0;
    TGC_LOCKED(t, &set->lock) {
        n = atom_load_relaxed(&set->used); // ORDER: relaxed; the lock is held.
    }
    return n;
}
#define tgc_set_add TG_CORE_SYM(tgc_set_add)
int tgc_set_add(tg_thread *t, tg_value s, tg_value v); // 1 added, 0 was there, -1
#define tgc_set_add_hashed TG_CORE_SYM(tgc_set_add_hashed)
int tgc_set_add_hashed(tg_thread *t, tg_value s, tg_value v, uint64_t hash);
#define tgc_set_contains TG_CORE_SYM(tgc_set_contains)
int tgc_set_contains(tg_thread *t, tg_value s, tg_value v); // 1, 0, -1
#define tgc_set_contains_hashed TG_CORE_SYM(tgc_set_contains_hashed)
int tgc_set_contains_hashed(tg_thread *t, tg_value s, tg_value v, uint64_t hash);
#define tgc_set_discard TG_CORE_SYM(tgc_set_discard)
int tgc_set_discard(tg_thread *t, tg_value s, tg_value v); // 1 removed, 0 was not there, -1
#define tgc_set_discard_hashed TG_CORE_SYM(tgc_set_discard_hashed)
int tgc_set_discard_hashed(tg_thread *t, tg_value s, tg_value v, uint64_t hash);
#define tgc_set_update TG_CORE_SYM(tgc_set_update)
int tgc_set_update(tg_thread *t, tg_value s, tg_value iterable);
#define tgc_set_clear TG_CORE_SYM(tgc_set_clear)
void tgc_set_clear(tg_thread *t, tg_value s);
// Steps through the items: *pos starts at 0. A new reference in *v; false at the end. *hash may be
// NULL.
#define tgc_set_next TG_CORE_SYM(tgc_set_next)
bool tgc_set_next(tg_thread *t, tg_value s, size_t *pos, tg_value *v, uint64_t *hash);

// The items of one moment, in memory to be freed with tgc_values_free. NULL: raised.
#define tgc_set_snapshot TG_CORE_SYM(tgc_set_snapshot)
tg_value *tgc_set_snapshot(tg_thread *t, tg_value s, size_t *n);

// --- between the set files
#define tgc_set_pop TG_CORE_SYM(tgc_set_pop)
tg_value tgc_set_pop(tg_thread *t, tg_value s); // TGC_NULL without exception if empty
#define tgc_set_copy TG_CORE_SYM(tgc_set_copy)
tg_value tgc_set_copy(tg_thread *t, tgc_type *type, tg_value s);
#define tgc_set_merge TG_CORE_SYM(tgc_set_merge)
int tgc_set_merge(tg_thread *t, tg_value s, tg_value other); // other is a set
// A set with the items that s has at one moment, to be stepped through: s itself if no other thread
// can reach it, else a copy with the same places.
#define tgc_set_steady TG_CORE_SYM(tgc_set_steady)
tg_value tgc_set_steady(tg_thread *t, tg_value s);
// What s is at one moment, to find out later whether it has changed.
typedef struct tgc_set_stamp {
    tgc_set_table *table;
    size_t inserts, used; // a set that changes gets another key or has fewer
    uint32_t epoch;
} tgc_set_stamp;
#define tgc_set_stamp_now TG_CORE_SYM(tgc_set_stamp_now)
tgc_set_stamp tgc_set_stamp_now(tg_thread *t, tg_value s);
// s gets the content of a private set, which is left empty. False, with nothing done, if s is not
// as the stamp says any more.
#define tgc_set_take TG_CORE_SYM(tgc_set_take)
bool tgc_set_take(tg_thread *t, tg_value s, tgc_set_stamp stamp, tg_value from);
#define tgc_set_keep TG_CORE_SYM(tgc_set_keep)
int tgc_set_keep(tg_thread *t, tg_value s, tg_value other); // s &= other, a set; 0, -1
#define tgc_set_intersection TG_CORE_SYM(tgc_set_intersection)
tg_value tgc_set_intersection(tg_thread *t, tg_value s, tg_value other);
#define tgc_set_difference TG_CORE_SYM(tgc_set_difference)
tg_value tgc_set_difference(tg_thread *t, tg_value s, tg_value other);
#define tgc_set_symmetric TG_CORE_SYM(tgc_set_symmetric)
tg_value tgc_set_symmetric(tg_thread *t, tg_value s, tg_value other);
#define tgc_set_difference_update TG_CORE_SYM(tgc_set_difference_update)
int tgc_set_difference_update(tg_thread *t, tg_value s, tg_value other);
#define tgc_set_symmetric_update TG_CORE_SYM(tgc_set_symmetric_update)
int tgc_set_symmetric_update(tg_thread *t, tg_value s, tg_value other);
#define tgc_set_is_subset TG_CORE_SYM(tgc_set_is_subset)
int tgc_set_is_subset(tg_thread *t, tg_value s, tg_value other); // both sets; 1, 0, -1
#define tgc_set_is_disjoint TG_CORE_SYM(tgc_set_is_disjoint)
int tgc_set_is_disjoint(tg_thread *t, tg_value s, tg_value other);
#define tgc_set_methods TG_CORE_SYM(tgc_set_methods)
extern const tgc_method_def tgc_set_methods[];
#define tgc_frozenset_methods TG_CORE_SYM(tgc_frozenset_methods)
extern const tgc_method_def tgc_frozenset_methods[];
// Takes over the items of `other` as they are at one moment, if s is empty and has room for them:
// none is compared with another. Places and all if both tables are of one size and `other` has no
// removed entries. False if not done.
#define tgc_set_adopt TG_CORE_SYM(tgc_set_adopt)
bool tgc_set_adopt(tg_thread *t, tg_value s, tg_value other);
// Gives room back when more than a quarter of the table is removed entries.
#define tgc_set_tidy TG_CORE_SYM(tgc_set_tidy)
int tgc_set_tidy(tg_thread *t, tg_value s);
// Makes room for `more` items before they are added one by one.
#define tgc_set_reserve TG_CORE_SYM(tgc_set_reserve)
int tgc_set_reserve(tg_thread *t, tg_value s, size_t more);
#define tgc_set_table_bytes TG_CORE_SYM(tgc_set_table_bytes)
size_t tgc_set_table_bytes(const tgc_set_table *table);
#define tgc_set_table_free TG_CORE_SYM(tgc_set_table_free)
void tgc_set_table_free(tg_thread *t, tgc_set_table *table); // nobody reads it
#define tgc_set_empty_table TG_CORE_SYM(tgc_set_empty_table)
extern tgc_set_table *const tgc_set_empty_table; // shared, never written or freed
#define tgc_set_iter TG_CORE_SYM(tgc_set_iter)
tg_value tgc_set_iter(tg_thread *t, tg_value s);
#define tgc_set_iter_type TG_CORE_SYM(tgc_set_iter_type)
extern tgc_type tgc_set_iter_type;

#endif
