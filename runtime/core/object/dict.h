// SPDX-License-Identifier: MIT
//
// dict.h - dictionaries. Layer core/object. dict.c (lookup and change), dict_table.c, dict_iter.c,
// dict_view.c, dict_update.c, dict_methods.c, dict_type.c.
//
// A table holds an index (open addressing, 1, 2, 4 or 8 bytes per place) into an array of entries
// that is only ever appended to, so iteration is in order of insertion. An entry has two words
// {key, value} while all keys are exactly str (their hash is in the str), else three {key, value,
// hash}. Under free threading readers take no lock: Note [dict-read]; every writer takes the dict's
// lock.
//
// Note [dict-read]
//   D1  an entry is filled (value, hash, key) before its number is stored in the index with
//       release; its key changes once at most, to Dummy, and the entry is never used again. Its
//       value may change at any time.
//   D2  removing: index place to Dummy, value to TGC_NULL, key to Dummy. Index places are not
//       reused either.
//   D3  a replaced table never changes again and outlives its readers (tgc_free_later). Its values
//       may be stale or dead: a counted value is returned only if the dict still has that table
//       after counting it.
//   D4  keys and values were published before they were stored, so a try to count one fails only if
//       it is dead, which means the entry or the table has changed: start over.
//   D5  comparing keys may run script code, so it happens with no lock. Afterwards `epoch`, which
//       changes with every replacement of the table, and the entry's key are looked at again. A
//       writer that found its key absent also needs the number of entries unchanged.
#ifndef TGC_OBJECT_DICT_H
#define TGC_OBJECT_DICT_H

#include "core/object/object.h" // tgc_obj
#include "core/object/str.h"    // tgc_str_hash

typedef struct tgc_dict_table {
    uint8_t log2_size;   // of the index; const after init, as all but count
    uint8_t log2_width;  // bytes of an index place
    uint8_t stride;      // words of an entry: 2 or 3
    uint32_t capacity;   // entries there is room for
    _Atomic(size_t) top; // writers: under the dict's lock: entries at or beyond it are removed ones
    _Atomic(size_t) count; // writers: under the dict's lock: entries filled so far
    uint64_t words[];      // the index, then the entries
} tgc_dict_table;

typedef struct tgc_dict {
    tgc_obj head;
    tgc_lock lock;
    _Atomic(uint32_t) epoch;         // writers: under lock: D5
    _Atomic(size_t) used;            // writers: under lock; any thread reads
    _Atomic(tgc_dict_table *) table; // writers: under lock; never NULL; any thread reads
} tgc_dict;

#define tgc_dict_of(v) ((tgc_dict *)tgc_ptr(v))

typedef enum tgc_dict_part { TGC_DICT_KEYS, TGC_DICT_VALUES, TGC_DICT_ITEMS } tgc_dict_part;
enum { TGC_DICT_EMPTY = -1, TGC_DICT_REMOVED = -2, TGC_DICT_UNSURE = -3 };

// d is a dict or of a subclass, in all of these; overridden methods of subclasses are not called.
#define tgc_dict_new TG_CORE_SYM(tgc_dict_new)
tg_value tgc_dict_new(tg_thread *t);
#define tgc_dict_new_sized TG_CORE_SYM(tgc_dict_new_sized)
tg_value tgc_dict_new_sized(tg_thread *t, size_t entries);
#define tgc_dict_new_typed TG_CORE_SYM(tgc_dict_new_typed)
tg_value tgc_dict_new_typed(tg_thread *t, tgc_type *type);
static inline size_t tgc_dict_size(tg_value d)
{
    // ORDER: acquire; a key that was counted can be found.
    return atom_load_acquire(&tgc_dict_of(d)->used);
}
// len(d). A change shows in the table first and in `used` at the end, so a reader that has seen it
// in the table and asks for the length waits until it is complete.
static inline size_t tgc_dict_length(tg_thread *t, tg_value d)
{
    tgc_dict *dict = tgc_dict_of(d);
    if (TGI_LIKELY(tgc_lock_is_free(&dict->lock)))
        return tgc_dict_size(d);
    size_t n = 0;
    TGC_LOCKED(t, &dict->lock) {
        n = atom_load_relaxed(&dict->used); // ORDER: relaxed; the lock is held.
    }
    return n;
}
#define tgc_dict_get TG_CORE_SYM(tgc_dict_get)
int tgc_dict_get(tg_thread *t, tg_value d, tg_value key,
                 tg_value *out); // 1, 0, -1; a new reference in *out
#define tgc_dict_get_hashed TG_CORE_SYM(tgc_dict_get_hashed)
int tgc_dict_get_hashed(tg_thread *t, tg_value d, tg_value key, uint64_t hash, tg_value *out);
#define tgc_dict_contains TG_CORE_SYM(tgc_dict_contains)
int tgc_dict_contains(tg_thread *t, tg_value d, tg_value key); // 1, 0, -1
#define tgc_dict_set TG_CORE_SYM(tgc_dict_set)
int tgc_dict_set(tg_thread *t, tg_value d, tg_value key, tg_value v); // 0, -1
#define tgc_dict_set_hashed TG_CORE_SYM(tgc_dict_set_hashed)
int tgc_dict_set_hashed(tg_thread *t, tg_value d, tg_value key, uint64_t hash, tg_value v);
#define tgc_dict_set_steal TG_CORE_SYM(tgc_dict_set_steal)
int tgc_dict_set_steal(tg_thread *t, tg_value d, tg_value key,
                       tg_value v); // takes both, also on failure
#define tgc_dict_set_cstr TG_CORE_SYM(tgc_dict_set_cstr)
int tgc_dict_set_cstr(tg_thread *t, tg_value d, const char *key, tg_value v); // the key is interned
#define tgc_dict_del TG_CORE_SYM(tgc_dict_del)
int tgc_dict_del(tg_thread *t, tg_value d,
                 tg_value key); // 1 removed, 0 not there (nothing raised), -1
#define tgc_dict_pop TG_CORE_SYM(tgc_dict_pop)
int tgc_dict_pop(tg_thread *t, tg_value d, tg_value key, tg_value *out); // as del, with the value
// The same, but only if the value fits, which is asked under the lock. 0: it did not, or absent.
#define tgc_dict_pop_if TG_CORE_SYM(tgc_dict_pop_if)
int tgc_dict_pop_if(tg_thread *t, tg_value d, tg_value key, bool (*fits)(tg_value v),
                    tg_value *out);
#define tgc_dict_popitem TG_CORE_SYM(tgc_dict_popitem)
bool tgc_dict_popitem(tg_thread *t, tg_value d, tg_value *key,
                      tg_value *v); // the last one; false if empty
// The value of key, which is stored first if there is none. 1 was there, 0 stored, -1.
#define tgc_dict_setdefault TG_CORE_SYM(tgc_dict_setdefault)
int tgc_dict_setdefault(tg_thread *t, tg_value d, tg_value key, tg_value v, tg_value *out);
// As setdefault without the result: 1 was there, 0 stored, -1.
#define tgc_dict_add TG_CORE_SYM(tgc_dict_add)
int tgc_dict_add(tg_thread *t, tg_value d, tg_value key, tg_value v);
#define tgc_dict_clear TG_CORE_SYM(tgc_dict_clear)
void tgc_dict_clear(tg_thread *t, tg_value d);
#define tgc_dict_copy TG_CORE_SYM(tgc_dict_copy)
tg_value tgc_dict_copy(tg_thread *t, tg_value d); // a plain dict
// Gives an empty d the items of the dict `other` as they are at one moment, if that has no removed
// entries: no key is compared with another. False if not done.
#define tgc_dict_adopt TG_CORE_SYM(tgc_dict_adopt)
bool tgc_dict_adopt(tg_thread *t, tg_value d, tg_value other);
#define tgc_dict_update TG_CORE_SYM(tgc_dict_update)
int tgc_dict_update(tg_thread *t, tg_value d, tg_value mapping_or_pairs);
#define tgc_dict_update_args \
    TG_CORE_SYM(tgc_dict_update_args) // as the arguments of dict(...) after self
int tgc_dict_update_args(tg_thread *t, tg_value d, const char *fname, const tg_value *args,
                         size_t nargs, tg_value kwnames);
// Steps through the entries in order: *pos starts at 0. New references; k or v may be NULL. False
// at the end.
#define tgc_dict_next TG_CORE_SYM(tgc_dict_next)
bool tgc_dict_next(tg_thread *t, tg_value d, size_t *pos, tg_value *k, tg_value *v);
// The same with the hash of the key, which may be NULL too.
#define tgc_dict_step TG_CORE_SYM(tgc_dict_step)
bool tgc_dict_step(tg_thread *t, tg_value d, size_t *pos, tg_value *k, tg_value *v, uint64_t *hash);
// Backwards: *pos starts at SIZE_MAX.
#define tgc_dict_step_back TG_CORE_SYM(tgc_dict_step_back)
bool tgc_dict_step_back(tg_thread *t, tg_value d, size_t *pos, tg_value *k, tg_value *v);
// If v is exactly a dict, or a view of one: the dict (borrowed) and what of it.
#define tgc_dict_viewed TG_CORE_SYM(tgc_dict_viewed)
bool tgc_dict_viewed(tg_value v, tg_value *d, tgc_dict_part *part);
// The keys, values or items of one moment, in memory to be freed with tgc_values_free. NULL:
// raised.
#define tgc_dict_snapshot TG_CORE_SYM(tgc_dict_snapshot)
tg_value *tgc_dict_snapshot(tg_thread *t, tg_value d, tgc_dict_part part, size_t *n);
#define tgc_dict_equal TG_CORE_SYM(tgc_dict_equal)
int tgc_dict_equal(tg_thread *t, tg_value a, tg_value b); // 1, 0, -1

// --- table access, for the inline path and the dict files
#define TGC_DICT_INDEX_AS(table, type) ((_Atomic(type) *)(void *)(table)->words)
static inline int64_t tgc_dict_index(tgc_dict_table *table, size_t place)
{
    if (TGI_LIKELY(table->log2_width == 0)) {
        // ORDER: acquire, in each; D1: pairs with the release in dict_table.c, the entry is filled.
        return atom_load_acquire(TGC_DICT_INDEX_AS(table, int8_t) + place);
    }
    if (table->log2_width == 1)
        return atom_load_acquire(TGC_DICT_INDEX_AS(table, int16_t) + place); // ORDER: as above.
    if (table->log2_width == 2)
        return atom_load_acquire(TGC_DICT_INDEX_AS(table, int32_t) + place); // ORDER: as above.
    return atom_load_acquire(TGC_DICT_INDEX_AS(table, int64_t) + place);     // ORDER: as above.
}
static inline tgc_slot *tgc_dict_entries(tgc_dict_table *table)
{
    return (tgc_slot *)(void *)((char *)table->words +
                                ((size_t)1 << (table->log2_size + table->log2_width)));
}

// d is exactly a dict or a subclass; key is exactly a str. 1, 0, -1 (only if d holds keys with
// script-level ==).
static inline int tgc_dict_get_str(tg_thread *t, tg_value d, tg_value key, tg_value *out)
{
    uint64_t hash = tgc_str_hash(key);
    tgc_dict *dict = tgc_dict_of(d);
    // ORDER: acquire; D3: the table is complete.
    tgc_dict_table *table = atom_load_acquire(&dict->table);
    int64_t at = tgc_dict_index(table, hash & (((size_t)1 << table->log2_size) - 1));
    if (TGI_LIKELY(at >= 0)) {
        tgc_slot *e = tgc_dict_entries(table) + (size_t)at * table->stride;
        // ORDER: acquire; D1. An equal word is the same key, alive as long as the caller's.
        if (TGI_LIKELY(atom_load_acquire(&e[0].word) == key)) {
            tg_value v = atom_load_acquire(&e[1].word); // ORDER: acquire; the object is complete.
            if (!TGC_FREE_THREADED) {
                *out = tgc_retain(t, v);
                return 1;
            }
            if (!tgc_is_ptr(v)) {
                *out = v;
                if (TGI_LIKELY(v != TGC_NULL))
                    return 1;
            } else if (TGI_LIKELY(tgc_try_incref(t, tgc_ptr(v)))) {
                *out = v;
                // ORDER: acquire; D3, D4: second look at the slot and at the table.
                if (TGI_LIKELY(atom_load_acquire(&e[1].word) == v &&
                               atom_load_acquire(&dict->table) == table))
                    return 1;
                tgc_decref(t, tgc_ptr(v));
            }
        }
    } else if (at == TGC_DICT_EMPTY) {
        return 0;
    }
    return tgc_dict_get_hashed(t, d, key, hash, out);
}

// --- between the dict files
#define tgc_dict_empty_table TG_CORE_SYM(tgc_dict_empty_table)
extern tgc_dict_table
    *const tgc_dict_empty_table; // shared, holds nothing, is never written or freed
// The entry a search without the lock found: D5.
typedef struct tgc_dict_found {
    tgc_dict_table *table;
    int64_t at;   // of the entry, or TGC_DICT_EMPTY
    tg_value key; // the entry's, not counted: only to be compared
    size_t count; // of entries when the search began
    uint32_t epoch;
} tgc_dict_found;
// Searches while others may write. May run script code. 0, -1.
#define tgc_dict_search TG_CORE_SYM(tgc_dict_search)
int tgc_dict_search(tg_thread *t, tgc_dict *dict, tg_value key, uint64_t hash, tgc_dict_found *out);
// Searches while nobody writes. The entry; or TGC_DICT_EMPTY; or TGC_DICT_UNSURE if a key must be
// compared by code that may run scripts. *place is the index place of the entry, or the first empty
// one.
#define tgc_dict_search_locked TG_CORE_SYM(tgc_dict_search_locked)
int64_t tgc_dict_search_locked(tgc_dict_table *table, tg_value key, uint64_t hash, size_t *place);
#define tgc_dict_place_of \
    TG_CORE_SYM(tgc_dict_place_of) // the index place that holds `at` (an entry or EMPTY)
size_t tgc_dict_place_of(tgc_dict_table *table, uint64_t hash, int64_t at);
#define tgc_dict_insert_locked TG_CORE_SYM(tgc_dict_insert_locked)
// Adds an absent key; takes both references unless it fails for lack of memory. *retired: to be
// retired later.
bool tgc_dict_insert_locked(tg_thread *t, tgc_dict *dict, tg_value key, uint64_t hash, size_t place,
                            tg_value v, tgc_dict_table **retired);
#define tgc_dict_remove_locked TG_CORE_SYM(tgc_dict_remove_locked)
void tgc_dict_remove_locked(tg_thread *t, tgc_dict *dict, int64_t at, size_t place, tg_value *key,
                            tg_value *v);
// The live entries in a fresh table with room for at least `room`; with a reference each if
// `retain`. NULL: no memory.
#define tgc_dict_rebuilt TG_CORE_SYM(tgc_dict_rebuilt)
tgc_dict_table *tgc_dict_rebuilt(tg_thread *t, tgc_dict_table *old, size_t room, unsigned stride,
                                 bool retain);
#define tgc_dict_table_bytes TG_CORE_SYM(tgc_dict_table_bytes)
size_t tgc_dict_table_bytes(const tgc_dict_table *table);
#define tgc_dict_table_free TG_CORE_SYM(tgc_dict_table_free)
void tgc_dict_table_free(tg_thread *t, tgc_dict_table *table); // nobody reads it; not the empty one
#define tgc_dict_table_retire TG_CORE_SYM(tgc_dict_table_retire)
void tgc_dict_table_retire(tg_thread *t,
                           tgc_dict_table *table); // NULL and the empty table are ignored
#define tgc_dict_table_drop TG_CORE_SYM(tgc_dict_table_drop)
void tgc_dict_table_drop(tg_thread *t, tgc_dict_table *table); // releases keys and values
#define tgc_dict_methods TG_CORE_SYM(tgc_dict_methods)
extern const tgc_method_def tgc_dict_methods[];
#define tgc_dict_iter TG_CORE_SYM(tgc_dict_iter)
tg_value tgc_dict_iter(tg_thread *t, tg_value d, tgc_dict_part part, bool reversed);
#define tgc_dict_view TG_CORE_SYM(tgc_dict_view)
tg_value tgc_dict_view(tg_thread *t, tg_value d, tgc_dict_part part);
// The types of iterators and views.
#define tgc_dict_key_iter_type           TG_CORE_SYM(tgc_dict_key_iter_type)
#define tgc_dict_value_iter_type         TG_CORE_SYM(tgc_dict_value_iter_type)
#define tgc_dict_item_iter_type          TG_CORE_SYM(tgc_dict_item_iter_type)
#define tgc_dict_key_reverse_iter_type   TG_CORE_SYM(tgc_dict_key_reverse_iter_type)
#define tgc_dict_value_reverse_iter_type TG_CORE_SYM(tgc_dict_value_reverse_iter_type)
#define tgc_dict_item_reverse_iter_type  TG_CORE_SYM(tgc_dict_item_reverse_iter_type)
#define tgc_dict_keys_type               TG_CORE_SYM(tgc_dict_keys_type)
#define tgc_dict_values_type             TG_CORE_SYM(tgc_dict_values_type)
#define tgc_dict_items_type              TG_CORE_SYM(tgc_dict_items_type)
extern tgc_type tgc_dict_key_iter_type, tgc_dict_value_iter_type, tgc_dict_item_iter_type;
extern tgc_type tgc_dict_key_reverse_iter_type, tgc_dict_value_reverse_iter_type,
    tgc_dict_item_reverse_iter_type;
extern tgc_type tgc_dict_keys_type, tgc_dict_values_type, tgc_dict_items_type;
#define tgc_dict_repr TG_CORE_SYM(tgc_dict_repr)
tg_value tgc_dict_repr(tg_thread *t, tg_value d);

#endif
