// SPDX-License-Identifier: MIT
//
// dict_table.c - the hash table of a dict: searching, adding, removing, rebuilding. Note
// [dict-read] is in dict.h.
//
// Threads     functions whose names end in _locked: the dict's lock is held. tgc_dict_search: any.
// Rejected    reusing removed entries and index places: a reader between the index and the entry
//             would pair the old key with the new value.
#include "core/object/dict.h"

#include "core/object/backing.h" // bytes of tables
#include "core/object/seq.h"     // tgc_equal_simple, tgc_slot_try
#include "mem/raw.h"             // tables

#define PERTURB_SHIFT 5
#define LOG2_LEAST    3
#define LOG2_MOST     40

static tgc_dict_table empty_table = {
    .log2_size = LOG2_LEAST, .stride = 2, .capacity = 5, .words = {UINT64_MAX}};
tgc_dict_table *const tgc_dict_empty_table = &empty_table;

static unsigned log2_width_of(unsigned log2_size)
{
    return log2_size < 8 ? 0 : log2_size < 16 ? 1 : log2_size < 32 ? 2 : 3;
}

// Entries of a table: two thirds of the index, or up to an eighth of the memory less if that saves
// a step of the allocator, which has four between a power of two and the next.
static size_t capacity_for(unsigned log2_size, unsigned stride)
{
    size_t entry = stride * sizeof(tgc_slot), capacity = ((size_t)2 << log2_size) / 3;
    size_t fixed = sizeof(tgc_dict_table) + ((size_t)1 << (log2_size + log2_width_of(log2_size)));
    size_t bytes = fixed + capacity * entry, step = 32;
    while (step * 8 <= bytes)
        step *= 2;
    size_t lower = bytes / step * step;
    if ((bytes - lower) * 8 <= bytes)
        capacity = (lower - fixed) / entry;
    return capacity < UINT32_MAX ? capacity : UINT32_MAX;
}

static void index_store(tgc_dict_table *table, size_t place, int64_t at)
{
    if (table->log2_width == 0) {
        // ORDER: release, in each; D1: pairs with the acquire in tgc_dict_index, the entry is
        // filled.
        atom_store_release(TGC_DICT_INDEX_AS(table, int8_t) + place, (int8_t)at);
    } else if (table->log2_width == 1) {
        // ORDER: as above.
        atom_store_release(TGC_DICT_INDEX_AS(table, int16_t) + place, (int16_t)at);
    } else if (table->log2_width == 2) {
        // ORDER: as above.
        atom_store_release(TGC_DICT_INDEX_AS(table, int32_t) + place, (int32_t)at);
    } else {
        atom_store_release(TGC_DICT_INDEX_AS(table, int64_t) + place, at); // ORDER: as above.
    }
}

static size_t bytes_of(const tgc_dict_table *table)
{
    return sizeof(tgc_dict_table) + ((size_t)1 << (table->log2_size + table->log2_width)) +
           (size_t)table->capacity * table->stride * sizeof(tgc_slot);
}

size_t tgc_dict_table_bytes(const tgc_dict_table *table)
{
    if (table == tgc_dict_empty_table)
        return 0;
    return bytes_of(table);
}

static tgc_dict_table *table_new(tg_thread *t, unsigned log2_size, unsigned stride)
{
    if (log2_size > LOG2_MOST)
        return NULL;
    const tgc_dict_table like = {.log2_size = (uint8_t)log2_size,
                                 .log2_width = (uint8_t)log2_width_of(log2_size),
                                 .stride = (uint8_t)stride,
                                 .capacity = (uint32_t)capacity_for(log2_size, stride)};
    tgc_dict_table *table = tgi_raw_alloc(bytes_of(&like));
    if (table == NULL)
        return NULL;
    tgc_backing_made(t, bytes_of(&like));
    table->log2_size = like.log2_size;
    table->log2_width = like.log2_width;
    table->stride = like.stride;
    table->capacity = like.capacity;
    atom_store_relaxed(&table->top, 0);   // ORDER: relaxed; private.
    atom_store_relaxed(&table->count, 0); // ORDER: relaxed; private.
    memset(table->words, 0xff, (size_t)1 << (table->log2_size + table->log2_width));
    return table;
}

void tgc_dict_table_retire(tg_thread *t, tgc_dict_table *table)
{
    if (table != NULL && table != tgc_dict_empty_table) {
        tgc_backing_freed(t, tgc_dict_table_bytes(table));
        tgc_free_later(t, table, bytes_of(table));
    }
}

void tgc_dict_table_free(tg_thread *t, tgc_dict_table *table)
{
    tgc_backing_freed(t, tgc_dict_table_bytes(table));
    tgi_raw_free(table);
}

void tgc_dict_table_drop(tg_thread *t, tgc_dict_table *table)
{
    size_t n = atom_load_relaxed(&table->count); // ORDER: relaxed; nobody writes it any more.
    tgc_slot *e = tgc_dict_entries(table);
    for (size_t i = 0; i < n; i++, e += table->stride) {
        tgc_release(t, tgc_slot_peek(&e[0]));
        tgc_release(t, tgc_slot_peek(&e[1]));
    }
}

// The hash of the key of an entry, which is alive.
static uint64_t entry_hash(const tgc_dict_table *table, const tgc_slot *e)
{
    return table->stride == 3 ? tgc_slot_peek(&e[2]) : tgc_str_hash(tgc_slot_peek(&e[0]));
}

size_t tgc_dict_place_of(tgc_dict_table *table, uint64_t hash, int64_t at)
{
    size_t mask = ((size_t)1 << table->log2_size) - 1, i = hash & mask;
    for (uint64_t perturb = hash; tgc_dict_index(table, i) != at;) {
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + perturb + 1) & mask;
    }
    return i;
}

tgc_dict_table *tgc_dict_rebuilt(tg_thread *t, tgc_dict_table *old, size_t room, unsigned stride,
                                 bool retain)
{
    unsigned log2_size = LOG2_LEAST;
    while (log2_size <= LOG2_MOST && capacity_for(log2_size, stride) < room)
        log2_size++;
    tgc_dict_table *table = table_new(t, log2_size, stride);
    if (table == NULL)
        return NULL;
    size_t n = atom_load_relaxed(&old->count), count = 0; // ORDER: relaxed; the lock is held.
    tgc_slot *from = tgc_dict_entries(old), *to = tgc_dict_entries(table);
    for (size_t i = 0; i < n; i++, from += old->stride) {
        tg_value key = tgc_slot_peek(&from[0]), v = tgc_slot_peek(&from[1]);
        if (key == TGC_DUMMY)
            continue;
        uint64_t hash = entry_hash(old, from);
        if (retain) {
            tgc_retain(t, key);
            tgc_retain(t, v);
        }
        // Published already: they are in a dict. ORDER: relaxed; the table is private.
        atom_store_relaxed(&to[0].word, key);
        atom_store_relaxed(&to[1].word, v); // ORDER: relaxed; as above.
        if (stride == 3)
            atom_store_relaxed(&to[2].word, hash); // ORDER: relaxed; as above.
        index_store(table, tgc_dict_place_of(table, hash, TGC_DICT_EMPTY), (int64_t)count);
        count++;
        to += stride;
    }
    atom_store_relaxed(&table->top, count);   // ORDER: relaxed; private.
    atom_store_relaxed(&table->count, count); // ORDER: relaxed; private.
    return table;
}

int64_t tgc_dict_search_locked(tgc_dict_table *table, tg_value key, uint64_t hash, size_t *place)
{
    size_t mask = ((size_t)1 << table->log2_size) - 1, i = hash & mask;
    size_t stride = table->stride;
    tgc_slot *entries = tgc_dict_entries(table);
    uint64_t perturb = hash;
    for (;;) {
        int64_t at = tgc_dict_index(table, i);
        if (at >= 0) {
            tgc_slot *e = entries + (size_t)at * stride;
            tg_value k = tgc_slot_peek(&e[0]);
            int same = 0;
            if (k == key)
                same = 1;
            else if ((stride == 3 ? tgc_slot_peek(&e[2]) : tgc_str_hash(k)) == hash)
                same = tgc_equal_simple(k, key);
            if (same != 0) {
                *place = i;
                return same > 0 ? at : TGC_DICT_UNSURE;
            }
        } else if (at == TGC_DICT_EMPTY) {
            *place = i;
            return at;
        }
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + perturb + 1) & mask;
    }
}

// Whether the key in slot e[0], seen as k with the wanted hash, equals key: 1, 0, -1 raised, -2
// start over.
static int same_key(tg_thread *t, tgc_dict *dict, const tgc_dict_found *f, tgc_slot *e, tg_value k,
                    tg_value key)
{
    if (!tgc_is_ptr(k) && !tgc_is_ptr(key)) {
        int same = tgc_equal_simple(k, key);
        if (same >= 0)
            return same;
    }
    tg_value held;
    if (!tgc_slot_try(t, &e[0], &held))
        return -2;
    if (held != k) {
        tgc_release(t, held);
        return -2;
    }
    int same = tgc_equal_simple(k, key);
    if (TGI_LIKELY(same >= 0)) {
        tgc_release(t, held); // a str or a constant: no code runs
        return same;
    }
    same = tgc_equal(t, k, key);
    tgc_release(t, held);
    if (same < 0)
        return -1;
    // ORDER: acquire; D5: the table is still there, and so is the key.
    if (atom_load_acquire(&dict->epoch) != f->epoch || atom_load_acquire(&dict->table) != f->table)
        return -2;
    return atom_load_acquire(&e[0].word) == k ? same : -2; // ORDER: acquire; as above.
}

int tgc_dict_search(tg_thread *t, tgc_dict *dict, tg_value key, uint64_t hash, tgc_dict_found *f)
{
again:
    // ORDER: acquire; the epoch before the table: D5. A writer stores them the other way round.
    f->epoch = atom_load_acquire(&dict->epoch);
    // ORDER: acquire; the table is complete.
    tgc_dict_table *table = f->table = atom_load_acquire(&dict->table);
    // ORDER: acquire; entries counted are in the index.
    f->count = atom_load_acquire(&table->count);
    size_t mask = ((size_t)1 << table->log2_size) - 1, i = hash & mask;
    tgc_slot *entries = tgc_dict_entries(table);
    uint64_t perturb = hash;
    for (;;) {
        int64_t at = tgc_dict_index(table, i);
        if (at >= 0) {
            tgc_slot *e = entries + (size_t)at * table->stride;
            // ORDER: acquire; the key object is complete.
            tg_value k = atom_load_acquire(&e[0].word);
            int same = k == key;
            if (same == 0 && k != TGC_DUMMY) {
                // The memory of a key that just died is still that of a str, so its hash may be
                // read.
                uint64_t h = table->stride == 3 ? tgc_slot_peek(&e[2]) : tgc_str_hash(k);
                if (h == hash)
                    same = same_key(t, dict, f, e, k, key);
            }
            if (same > 0) {
                f->at = at;
                f->key = k;
                return 0;
            }
            if (same < 0) {
                if (same == -1)
                    return -1;
                goto again;
            }
        } else if (at == TGC_DICT_EMPTY) {
            f->at = at;
            f->key = TGC_NULL;
            return 0;
        }
        perturb >>= PERTURB_SHIFT;
        i = (i * 5 + perturb + 1) & mask;
    }
}

bool tgc_dict_insert_locked(tg_thread *t, tgc_dict *dict, tg_value key, uint64_t hash, size_t place,
                            tg_value v, tgc_dict_table **retired)
{
    tgc_dict_table *table = atom_load_relaxed(&dict->table); // ORDER: relaxed; the lock is held.
    size_t used = atom_load_relaxed(&dict->used);            // ORDER: relaxed; as above.
    size_t count = atom_load_relaxed(&table->count);         // ORDER: relaxed; as above.
    bool text = tgc_is_exact(key, &tgc_str_type);
    if (TGI_UNLIKELY(count == table->capacity || table == tgc_dict_empty_table ||
                     (table->stride == 2 && !text))) {
        // Room for nearly twice the live entries: the next size, if all of them live.
        unsigned stride = used == 0 ? (text ? 2u : 3u) : text ? table->stride : 3u;
        size_t room = used < 3 ? 5 : 2 * used - used / 4;
        if (count == 0 && table != tgc_dict_empty_table)
            room = capacity_for(table->log2_size, stride); // made for as many, of another kind
        tgc_dict_table *more = tgc_dict_rebuilt(t, table, room, stride, false);
        if (more == NULL)
            return false;
        // ORDER: release; the new table is complete. The epoch after it: D5.
        atom_store_release(&dict->table, more);
        // ORDER: release; D5.
        atom_store_release(&dict->epoch, atom_load_relaxed(&dict->epoch) + 1);
        *retired = table;
        table = more;
        count = used;
        place = tgc_dict_place_of(table, hash, TGC_DICT_EMPTY);
    }
    tgc_slot *e = tgc_dict_entries(table) + count * table->stride;
    tgc_slot_store(t, &e[1], v);
    if (table->stride == 3)
        atom_store_relaxed(&e[2].word, hash); // ORDER: relaxed; D1: ordered by the index.
    tgc_slot_store(t, &e[0], key);
    index_store(table, place, (int64_t)count);
    atom_store_release(&table->count, count + 1); // ORDER: release; the entry is filled.
    atom_store_relaxed(&table->top, count + 1);   // ORDER: relaxed; for writers.
    atom_store_release(&dict->used, used + 1);    // ORDER: release; the key can be found.
    return true;
}

void tgc_dict_remove_locked(tg_thread *t, tgc_dict *dict, int64_t at, size_t place, tg_value *key,
                            tg_value *v)
{
    tgc_dict_table *table = atom_load_relaxed(&dict->table); // ORDER: relaxed; the lock is held.
    tgc_slot *e = tgc_dict_entries(table) + (size_t)at * table->stride;
    *key = tgc_slot_peek(&e[0]);
    *v = tgc_slot_peek(&e[1]);
    index_store(table, place, TGC_DICT_REMOVED);
    tgc_slot_store(t, &e[1], TGC_NULL); // D2
    tgc_slot_store(t, &e[0], TGC_DUMMY);
    // ORDER: release; the key cannot be found any more. relaxed; the lock is held.
    atom_store_release(&dict->used, atom_load_relaxed(&dict->used) - 1);
}
