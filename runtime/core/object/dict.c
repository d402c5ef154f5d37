// SPDX-License-Identifier: MIT
//
// dict.c - dicts: getting, setting, removing, stepping. The table is in dict_table.c, the protocol
// is Note [dict-read] in dict.h.
//
// A change searches under the lock first. If the search meets a key that only script code can
// compare, it lets go, searches without the lock, and then checks under the lock that what it found
// is still so.
#include "core/object/dict.h"

#include "core/object/class.h" // tgc_attrs_init
#include "core/object/error.h" // tgc_raise
#include "core/object/seq.h"   // tgc_hash_key, tgc_slot_try
#include "mem/raw.h"           // tgi_raw_free

tg_value tgc_dict_new_typed(tg_thread *t, tgc_type *type)
{
    tgc_dict *d = (tgc_dict *)(void *)tgc_new_raw(t, type, type->size);
    if (d == NULL)
        return TGC_NULL;
    tgc_lock_init(&d->lock);
    // ORDER: relaxed; the dict is private.
    atom_store_relaxed(&d->epoch, 0);
    atom_store_relaxed(&d->used, 0);                     // ORDER: relaxed; as above.
    atom_store_relaxed(&d->table, tgc_dict_empty_table); // ORDER: relaxed; as above.
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, &d->head);
    tgc_track(t, &d->head);
    return tgc_from_ptr(d);
}

tg_value tgc_dict_new(tg_thread *t)
{
    return tgc_dict_new_typed(t, &tgc_dict_type);
}

tg_value tgc_dict_new_sized(tg_thread *t, size_t entries)
{
    tg_value v = tgc_dict_new(t);
    if (v == TGC_NULL || entries <= 5)
        return v;
    tgc_dict_table *table = tgc_dict_rebuilt(t, tgc_dict_empty_table, entries, 2, false);
    if (table == NULL) {
        tgc_release(t, v);
        return tgc_raise_nomem(t);
    }
    atom_store_relaxed(&tgc_dict_of(v)->table, table); // ORDER: relaxed; private.
    return v;
}

// The slot of value of entry `at`.
static tgc_slot *value_slot(tgc_dict_table *table, int64_t at)
{
    return tgc_dict_entries(table) + (size_t)at * table->stride + 1;
}

int tgc_dict_get_hashed(tg_thread *t, tg_value d, tg_value key, uint64_t hash, tg_value *out)
{
    tgc_dict *dict = tgc_dict_of(d);
    if (!TGC_FREE_THREADED) {
        // ORDER: relaxed; one thread at a time.
        tgc_dict_table *table = atom_load_relaxed(&dict->table);
        size_t place;
        int64_t at = tgc_dict_search_locked(table, key, hash, &place);
        if (at >= 0)
            *out = tgc_retain(t, tgc_slot_peek(value_slot(table, at)));
        if (at != TGC_DICT_UNSURE)
            return at >= 0;
    }
    for (;;) {
        tgc_dict_found f;
        if (tgc_dict_search(t, dict, key, hash, &f) < 0)
            return -1;
        if (f.at < 0)
            return 0;
        if (!tgc_slot_try(t, value_slot(f.table, f.at), out) || *out == TGC_NULL)
            continue; // D4, D2
        // ORDER: acquire; D3: the second look at the table.
        if (!tgc_is_ptr(*out) || TGI_LIKELY(atom_load_acquire(&dict->table) == f.table))
            return 1;
        tgc_release(t, *out);
    }
}

int tgc_dict_get(tg_thread *t, tg_value d, tg_value key, tg_value *out)
{
    uint64_t hash;
    if (tgc_hash_key(t, key, &hash) < 0)
        return -1;
    return tgc_dict_get_hashed(t, d, key, hash, out);
}

int tgc_dict_contains(tg_thread *t, tg_value d, tg_value key)
{
    uint64_t hash;
    tgc_dict_found f;
    if (tgc_hash_key(t, key, &hash) < 0 || tgc_dict_search(t, tgc_dict_of(d), key, hash, &f) < 0)
        return -1;
    return f.at >= 0;
}

// The entry that f names, if it still is what was found; TGC_DICT_EMPTY if the key is still absent;
// UNSURE if not.
static int64_t recheck_locked(tgc_dict *dict, const tgc_dict_found *f, uint64_t hash, size_t *place)
{
    // ORDER: relaxed; the lock is held.
    if (atom_load_relaxed(&dict->table) != f->table || atom_load_relaxed(&dict->epoch) != f->epoch)
        return TGC_DICT_UNSURE;
    if (f->at < 0) {
        if (atom_load_relaxed(&f->table->count) != f->count) // ORDER: relaxed; as above.
            return TGC_DICT_UNSURE;
    } else if (tgc_slot_peek(value_slot(f->table, f->at) - 1) != f->key) {
        return TGC_DICT_UNSURE;
    }
    *place = tgc_dict_place_of(f->table, hash, f->at);
    return f->at;
}

// Stores v under key, or keeps what is there if `keep`. Takes both references. 1 the key was there,
// 0 added, -1. *out, if not NULL, gets the value the key has afterwards, with a reference.
static int put_steal(tg_thread *t, tg_value d, tg_value key, uint64_t hash, tg_value v, bool keep,
                     tg_value *out)
{
    tgc_dict *dict = tgc_dict_of(d);
    tgc_dict_found f;
    bool searched = false;
    tgc_publish_value(t, key); // before the lock, to keep it short
    tgc_publish_value(t, v);
    for (;;) {
        tgc_dict_table *retired = NULL;
        tg_value old = TGC_NULL, drop = TGC_NULL;
        int64_t at = TGC_DICT_UNSURE;
        bool memory = true;
        TGC_LOCKED(t, &dict->lock) {
            // ORDER: relaxed; the lock is held.
            tgc_dict_table *table = atom_load_relaxed(&dict->table);
            size_t place = 0;
            at = searched ? recheck_locked(dict, &f, hash, &place)
                          : tgc_dict_search_locked(table, key, hash, &place);
            if (at >= 0) {
                tgc_slot *s = value_slot(table, at);
                drop = key;
                if (keep) {
                    old = v;
                    if (out != NULL)
                        *out = tgc_retain(t, tgc_slot_peek(s));
                } else {
                    old = tgc_slot_peek(s);
                    tgc_slot_store(t, s, v);
                }
            } else if (at == TGC_DICT_EMPTY) {
                if (out != NULL)
                    *out = tgc_retain(t, v);
                memory = tgc_dict_insert_locked(t, dict, key, hash, place, v, &retired);
            }
        }
        tgc_dict_table_retire(t, retired);
        if (TGI_LIKELY(at != TGC_DICT_UNSURE && memory)) {
            tgc_release(t, drop);
            tgc_release(t, old);
            return at >= 0;
        }
        if (memory && tgc_dict_search(t, dict, key, hash, &f) == 0) {
            searched = true;
            continue;
        }
        if (!memory) {
            if (out != NULL)
                tgc_release(t, v);
            tgc_raise_nomem(t);
        }
        tgc_release(t, key);
        tgc_release(t, v);
        return -1;
    }
}

int tgc_dict_set_hashed(tg_thread *t, tg_value d, tg_value key, uint64_t hash, tg_value v)
{
    return put_steal(t, d, tgc_retain(t, key), hash, tgc_retain(t, v), false, NULL) < 0 ? -1 : 0;
}

int tgc_dict_set(tg_thread *t, tg_value d, tg_value key, tg_value v)
{
    uint64_t hash;
    if (tgc_hash_key(t, key, &hash) < 0)
        return -1;
    return tgc_dict_set_hashed(t, d, key, hash, v);
}

int tgc_dict_set_steal(tg_thread *t, tg_value d, tg_value key, tg_value v)
{
    uint64_t hash;
    if (TGI_UNLIKELY(tgc_hash_key(t, key, &hash) < 0)) {
        tgc_release(t, key);
        tgc_release(t, v);
        return -1;
    }
    return put_steal(t, d, key, hash, v, false, NULL) < 0 ? -1 : 0;
}

int tgc_dict_set_cstr(tg_thread *t, tg_value d, const char *name, tg_value v)
{
    tg_value key = tgc_str_intern_cstr(t, name);
    return key == TGC_NULL ? -1 : tgc_dict_set_hashed(t, d, key, tgc_str_hash(key), v);
}

int tgc_dict_setdefault(tg_thread *t, tg_value d, tg_value key, tg_value v, tg_value *out)
{
    uint64_t hash;
    if (tgc_hash_key(t, key, &hash) < 0)
        return -1;
    return put_steal(t, d, tgc_retain(t, key), hash, tgc_retain(t, v), true, out);
}

int tgc_dict_add(tg_thread *t, tg_value d, tg_value key, tg_value v)
{
    return tgc_dict_setdefault(t, d, key, v, NULL);
}

int tgc_dict_pop_if(tg_thread *t, tg_value d, tg_value key, bool (*fits)(tg_value v), tg_value *out)
{
    tgc_dict *dict = tgc_dict_of(d);
    uint64_t hash;
    if (tgc_hash_key(t, key, &hash) < 0)
        return -1;
    tgc_dict_found f;
    for (bool searched = false;; searched = true) {
        tg_value old_key = TGC_NULL;
        int64_t at = TGC_DICT_UNSURE;
        TGC_LOCKED(t, &dict->lock) {
            size_t place = 0;
            // ORDER: relaxed; the lock is held.
            at = searched
                     ? recheck_locked(dict, &f, hash, &place)
                     : tgc_dict_search_locked(atom_load_relaxed(&dict->table), key, hash, &place);
            if (at >= 0 && fits != NULL) {
                // ORDER: relaxed; as above.
                tgc_dict_table *table = atom_load_relaxed(&dict->table);
                tgc_slot *e = tgc_dict_entries(table) + (size_t)at * table->stride;
                at = fits(tgc_slot_peek(&e[1])) ? at : TGC_DICT_EMPTY;
            }
            if (at >= 0)
                tgc_dict_remove_locked(t, dict, at, place, &old_key, out);
        }
        if (at != TGC_DICT_UNSURE) {
            tgc_release(t, old_key);
            return at >= 0;
        }
        if (tgc_dict_search(t, dict, key, hash, &f) < 0)
            return -1;
    }
}

int tgc_dict_pop(tg_thread *t, tg_value d, tg_value key, tg_value *out)
{
    return tgc_dict_pop_if(t, d, key, NULL, out);
}

int tgc_dict_del(tg_thread *t, tg_value d, tg_value key)
{
    tg_value v;
    int found = tgc_dict_pop(t, d, key, &v);
    if (found > 0)
        tgc_release(t, v);
    return found;
}

bool tgc_dict_popitem(tg_thread *t, tg_value d, tg_value *key, tg_value *v)
{
    tgc_dict *dict = tgc_dict_of(d);
    bool found = false;
    TGC_LOCKED(t, &dict->lock) {
        // ORDER: relaxed; the lock is held.
        tgc_dict_table *table = atom_load_relaxed(&dict->table);
        size_t top = atom_load_relaxed(&table->top); // ORDER: relaxed; as above.
        while (!found && top-- > 0) {
            tgc_slot *e = tgc_dict_entries(table) + top * table->stride;
            tg_value k = tgc_slot_peek(&e[0]);
            if (k == TGC_DUMMY)
                continue;
            uint64_t hash = table->stride == 3 ? tgc_slot_peek(&e[2]) : tgc_str_hash(k);
            tgc_dict_remove_locked(t, dict, (int64_t)top,
                                   tgc_dict_place_of(table, hash, (int64_t)top), key, v);
            atom_store_relaxed(&table->top, top); // ORDER: relaxed; the lock is held.
            found = true;
        }
    }
    return found;
}

void tgc_dict_clear(tg_thread *t, tg_value d)
{
    tgc_dict *dict = tgc_dict_of(d);
    tgc_dict_table *table = NULL;
    TGC_LOCKED(t, &dict->lock) {
        table = atom_load_relaxed(&dict->table); // ORDER: relaxed; the lock is held.
        // ORDER: release; D3. The epoch after it: D5.
        atom_store_release(&dict->table, tgc_dict_empty_table);
        atom_store_release(&dict->used, 0); // ORDER: release; nothing can be found.
        // ORDER: release; D5.
        atom_store_release(&dict->epoch, atom_load_relaxed(&dict->epoch) + 1);
    }
    tgc_dict_table_drop(t, table);
    tgc_dict_table_retire(t, table);
}

// A table of its own with the items of d as they are at one moment, with references. NULL without
// memory, or if only `clean` ones are wanted and d has removed entries.
static tgc_dict_table *items_of(tg_thread *t, tg_value d, bool clean, size_t *used)
{
    tgc_dict *dict = tgc_dict_of(d);
    tgc_dict_table *table = NULL;
    TGC_LOCKED(t, &dict->lock) {
        *used = atom_load_relaxed(&dict->used);                // ORDER: relaxed; the lock is held.
        tgc_dict_table *old = atom_load_relaxed(&dict->table); // ORDER: relaxed; as above.
        if (!clean || atom_load_relaxed(&old->top) == *used)   // ORDER: relaxed; as above.
            table = tgc_dict_rebuilt(t, old, *used, old->stride, true);
    }
    return table;
}

tg_value tgc_dict_copy(tg_thread *t, tg_value d)
{
    tg_value v = tgc_dict_new(t);
    if (v == TGC_NULL || tgc_dict_length(t, d) == 0)
        return v;
    size_t used;
    tgc_dict_table *table = items_of(t, d, false, &used);
    if (table == NULL) {
        tgc_release(t, v);
        return tgc_raise_nomem(t);
    }
    atom_store_relaxed(&tgc_dict_of(v)->table, table); // ORDER: relaxed; private.
    atom_store_relaxed(&tgc_dict_of(v)->used, used);   // ORDER: relaxed; private.
    return v;
}

bool tgc_dict_adopt(tg_thread *t, tg_value d, tg_value other)
{
    tgc_dict *dict = tgc_dict_of(d);
    size_t used;
    tgc_dict_table *table = items_of(t, other, true, &used), *old = NULL;
    if (table == NULL)
        return false;
    TGC_LOCKED(t, &dict->lock) {
        if (atom_load_relaxed(&dict->used) == 0) {   // ORDER: relaxed; the lock is held.
            old = atom_load_relaxed(&dict->table);   // ORDER: relaxed; as above.
            atom_store_release(&dict->table, table); // ORDER: release; the table is complete.
            atom_store_release(&dict->used, used);   // ORDER: release; the keys can be found.
            // ORDER: release; D5.
            atom_store_release(&dict->epoch, atom_load_relaxed(&dict->epoch) + 1);
        }
    }
    if (old == NULL)
        tgc_dict_table_drop(t, table);
    tgc_dict_table_retire(t, old != NULL ? old : table);
    return old != NULL;
}

// Reads entry i of table with references. 1, 0 removed, -1 the table has changed.
static int read_entry(tg_thread *t, tgc_dict *dict, tgc_dict_table *table, size_t i, tg_value *k,
                      tg_value *v)
{
    tgc_slot *e = tgc_dict_entries(table) + i * table->stride;
    for (;;) {
        if (tgc_slot_try(t, &e[0], k)) {
            if (*k == TGC_DUMMY)
                return 0;
            if (tgc_slot_try(t, &e[1], v)) {
                // ORDER: acquire; D3: the second look at the table.
                bool same = atom_load_acquire(&dict->table) == table;
                if (*v != TGC_NULL && same)
                    return 1;
                tgc_release(t, *k);
                tgc_release(t, *v);
                if (same)
                    return 0;
            } else {
                tgc_release(t, *k);
            }
        }
        // ORDER: acquire; D3.
        if (atom_load_acquire(&dict->table) != table)
            return -1;
    }
}

static void hand_out(tg_thread *t, tgc_dict_table *table, size_t i, tg_value key, tg_value value,
                     tg_value *k, tg_value *v, uint64_t *hash)
{
    if (hash != NULL)
        *hash = table->stride == 3 ? tgc_slot_peek(&tgc_dict_entries(table)[i * 3 + 2])
                                   : tgc_str_hash(key);
    if (k != NULL)
        *k = key;
    else
        tgc_release(t, key);
    if (v != NULL)
        *v = value;
    else
        tgc_release(t, value);
}

bool tgc_dict_step(tg_thread *t, tg_value d, size_t *pos, tg_value *k, tg_value *v, uint64_t *hash)
{
    tgc_dict *dict = tgc_dict_of(d);
    for (;;) {
        // ORDER: acquire; D3.
        tgc_dict_table *table = atom_load_acquire(&dict->table);
        size_t n = atom_load_acquire(&table->count); // ORDER: acquire; entries counted are filled.
        int got = 0;
        for (size_t i = *pos; got >= 0 && i < n; i++) {
            tg_value key, value;
            got = read_entry(t, dict, table, i, &key, &value);
            if (got > 0) {
                *pos = i + 1;
                hand_out(t, table, i, key, value, k, v, hash);
                return true;
            }
        }
        if (got == 0)
            return false;
    }
}

bool tgc_dict_next(tg_thread *t, tg_value d, size_t *pos, tg_value *k, tg_value *v)
{
    return tgc_dict_step(t, d, pos, k, v, NULL);
}

bool tgc_dict_step_back(tg_thread *t, tg_value d, size_t *pos, tg_value *k, tg_value *v)
{
    tgc_dict *dict = tgc_dict_of(d);
    for (;;) {
        // ORDER: acquire; D3.
        tgc_dict_table *table = atom_load_acquire(&dict->table);
        size_t n = atom_load_acquire(&table->count); // ORDER: acquire; entries counted are filled.
        int got = 0;
        for (size_t i = *pos < n ? *pos : n; got >= 0 && i-- > 0;) {
            tg_value key, value;
            got = read_entry(t, dict, table, i, &key, &value);
            if (got > 0) {
                *pos = i;
                hand_out(t, table, i, key, value, k, v, NULL);
                return true;
            }
        }
        if (got == 0)
            return false;
    }
}

int tgc_dict_equal(tg_thread *t, tg_value a, tg_value b)
{
    if (a == b)
        return 1;
    if (tgc_dict_size(a) != tgc_dict_size(b))
        return 0;
    size_t pos = 0;
    tg_value k, x, y;
    uint64_t hash;
    int same = 1;
    while (same > 0 && tgc_dict_step(t, a, &pos, &k, &x, &hash)) {
        same = tgc_dict_get_hashed(t, b, k, hash, &y);
        if (same > 0) {
            same = tgc_equal(t, x, y);
            tgc_release(t, y);
        }
        tgc_release(t, k);
        tgc_release(t, x);
    }
    return same;
}
