// SPDX-License-Identifier: MIT
//
// set.c - the table of sets, and adding, finding, removing one item. The protocol is Note
// [set-read] in set.h.
//
// Ten neighbouring entries are looked at before the search jumps: places near each other share
// cache lines. The table is at most three fifths full, and grows to four times its items (twice
// beyond 50,000).
#include "core/object/set.h"

#include "core/object/backing.h" // bytes of tables
#include "core/object/class.h"   // tgc_attrs_init
#include "core/object/error.h"   // tgc_raise
#include "core/object/seq.h"     // tgc_hash_key, tgc_equal_simple
#include "mem/raw.h"             // tables

#define NEIGHBOURS    9
#define PERTURB_SHIFT 5
#define SIZE_LEAST    8
#define LARGE         50000

static tgc_set_table empty_table = {
    .mask = SIZE_LEAST - 1,
    .entry = {[0 ... SIZE_LEAST - 1] = {.hash = 0, .key = {TGC_NULL}}},
};
tgc_set_table *const tgc_set_empty_table = &empty_table;

typedef struct probe {
    size_t mask, base, at, left;
    uint64_t perturb;
} probe;

static inline probe probe_start(size_t mask, uint64_t hash)
{
    size_t base = hash & mask;
    return (probe){mask, base, base, base + NEIGHBOURS <= mask ? NEIGHBOURS : 0, hash};
}

static inline void probe_next(probe *p)
{
    if (p->left > 0) {
        p->left--;
        p->at++;
        return;
    }
    p->perturb >>= PERTURB_SHIFT;
    p->base = (p->base * 5 + 1 + p->perturb) & p->mask;
    p->at = p->base;
    p->left = p->base + NEIGHBOURS <= p->mask ? NEIGHBOURS : 0;
}

static size_t table_bytes(size_t mask)
{
    return sizeof(tgc_set_table) + (mask + 1) * sizeof(tgc_set_entry);
}

static tgc_set_table *table_new(tg_thread *t, size_t size)
{
    if (size > SIZE_MAX / 2 / sizeof(tgc_set_entry))
        return NULL;
    tgc_set_table *table = tgi_raw_alloc(table_bytes(size - 1));
    if (table == NULL)
        return NULL;
    tgc_backing_made(t, table_bytes(size - 1));
    table->mask = size - 1;
    atom_store_relaxed(&table->fill, 0);    // ORDER: relaxed; private.
    atom_store_relaxed(&table->inserts, 0); // ORDER: relaxed; private.
    for (size_t i = 0; i < size; i++)
        atom_store_relaxed(&table->entry[i].key.word, TGC_NULL); // ORDER: relaxed; private.
    return table;
}

// The lock is held. The epoch is stored after the table, and read before it: S3.
static void replace_table(tgc_set *set, tgc_set_table *table)
{
    atom_store_release(&set->table, table); // ORDER: release; S2: the table is complete.
    // ORDER: release; S3. relaxed; the lock is held.
    atom_store_release(&set->epoch, atom_load_relaxed(&set->epoch) + 1);
}

static void retire(tg_thread *t, tgc_set_table *table)
{
    if (table != NULL && table != &empty_table) {
        tgc_backing_freed(t, table_bytes(table->mask));
        tgc_free_later(t, table, table_bytes(table->mask));
    }
}

size_t tgc_set_table_bytes(const tgc_set_table *table)
{
    return table == &empty_table ? 0 : table_bytes(table->mask);
}

void tgc_set_table_free(tg_thread *t, tgc_set_table *table)
{
    if (table == NULL || table == &empty_table)
        return;
    tgc_backing_freed(t, table_bytes(table->mask));
    tgi_raw_free(table);
}

tg_value tgc_set_new_typed(tg_thread *t, tgc_type *type, tg_value iterable)
{
    tgc_set *s = (tgc_set *)(void *)tgc_new_raw(t, type, type->size);
    if (s == NULL)
        return TGC_NULL;
    tgc_lock_init(&s->lock);
    // ORDER: relaxed; the set is private.
    atom_store_relaxed(&s->used, 0);
    atom_store_relaxed(&s->epoch, 0);            // ORDER: relaxed; as above.
    atom_store_relaxed(&s->table, &empty_table); // ORDER: relaxed; as above.
    atom_store_relaxed(&s->extra, 0);            // ORDER: relaxed; as above.
    atom_store_relaxed(&s->weak, 0);             // ORDER: relaxed; as above.
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, &s->head);
    tgc_track(t, &s->head);
    tg_value v = tgc_from_ptr(s);
    if (iterable != TGC_NULL && tgc_set_update(t, v, iterable) < 0) {
        tgc_release(t, v);
        return TGC_NULL;
    }
    return v;
}

tg_value tgc_set_new(tg_thread *t)
{
    return tgc_set_new_typed(t, &tgc_set_type, TGC_NULL);
}

tg_value tgc_frozenset_new(tg_thread *t, tg_value iterable)
{
    return tgc_set_new_typed(t, &tgc_frozenset_type, iterable);
}

// --- searching

#define EMPTY  ((int64_t)-1)
#define UNSURE ((int64_t)-2)

// While nobody writes: the entry of key; or EMPTY, and *place is where it belongs (the last removed
// entry on the way, or the free one at its end); or UNSURE: a key must be compared by code that may
// run scripts.
static int64_t search_locked(tgc_set_table *table, tg_value key, uint64_t hash, size_t *place)
{
    size_t removed = SIZE_MAX;
    for (probe p = probe_start(table->mask, hash);; probe_next(&p)) {
        tgc_set_entry *e = &table->entry[p.at];
        tg_value k = tgc_slot_peek(&e->key);
        if (k == TGC_NULL) {
            *place = removed != SIZE_MAX ? removed : p.at;
            return EMPTY;
        }
        if (k == key)
            return (int64_t)p.at;
        if (k == TGC_DUMMY)
            removed = p.at;
        else if (atom_load_relaxed(&e->hash) == hash) { // ORDER: relaxed; the lock is held.
            int same = tgc_equal_simple(k, key);
            if (same != 0)
                return same > 0 ? (int64_t)p.at : UNSURE;
        }
    }
}

typedef struct found {
    tgc_set_table *table;
    int64_t at;     // EMPTY: absent
    size_t place;   // where an absent key belongs
    size_t inserts; // when the search began
    uint32_t epoch; // when the search began
    tg_value key;   // the entry's, not counted: only to be compared
} found;

// Whether the key seen in e as k, with the wanted hash, equals key: 1, 0, -1 raised, -2 start over.
static int same_key(tg_thread *t, tgc_set *set, const found *f, tgc_set_entry *e, tg_value k,
                    tg_value key)
{
    if (!tgc_is_ptr(k) && !tgc_is_ptr(key)) {
        int same = tgc_equal_simple(k, key);
        if (same >= 0)
            return same;
    }
    tg_value held;
    if (!tgc_slot_try(t, &e->key, &held))
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
    // ORDER: acquire; S3: the table is still there, and so is the key.
    if (atom_load_acquire(&set->epoch) != f->epoch || atom_load_acquire(&set->table) != f->table)
        return -2;
    return atom_load_acquire(&e->key.word) == k ? same : -2; // ORDER: acquire; as above.
}

// While others may write. May run script code. 0, -1.
static int search(tg_thread *t, tgc_set *set, tg_value key, uint64_t hash, found *f)
{
    size_t removed;
again:
    removed = SIZE_MAX;
    // ORDER: acquire; the epoch before the table: S3.
    f->epoch = atom_load_acquire(&set->epoch);
    // ORDER: acquire; S2: the table is complete.
    tgc_set_table *table = f->table = atom_load_acquire(&set->table);
    f->inserts = atom_load_acquire(&table->inserts); // ORDER: acquire; keys counted can be found.
    for (probe p = probe_start(table->mask, hash);; probe_next(&p)) {
        tgc_set_entry *e = &table->entry[p.at];
        // ORDER: acquire; S1: the hash is there, the object complete.
        tg_value k = atom_load_acquire(&e->key.word);
        f->key = k;
        if (k == TGC_NULL || k == key) {
            f->at = k == key ? (int64_t)p.at : EMPTY;
            f->place = removed != SIZE_MAX ? removed : p.at;
            return 0;
        }
        if (k == TGC_DUMMY)
            removed = p.at;
        // ORDER: relaxed; ordered by the key.
        if (k == TGC_DUMMY || atom_load_relaxed(&e->hash) != hash)
            continue;
        int same = same_key(t, set, f, e, k, key);
        if (same > 0) {
            f->at = (int64_t)p.at;
            return 0;
        }
        if (same == -1)
            return -1;
        if (same == -2)
            goto again;
    }
}

// What f says, if it is still so, else UNSURE. The lock is held.
static int64_t recheck_locked(tgc_set *set, const found *f, size_t *place)
{
    // ORDER: relaxed; the lock is held.
    if (atom_load_relaxed(&set->table) != f->table || atom_load_relaxed(&set->epoch) != f->epoch)
        return UNSURE;
    *place = f->place;
    if (f->at >= 0)
        return tgc_slot_peek(&f->table->entry[f->at].key) == f->key ? f->at : UNSURE;
    // ORDER: relaxed; as above.
    return atom_load_relaxed(&f->table->inserts) == f->inserts ? EMPTY : UNSURE;
}

// --- changing

// An empty table with more than `room` entries. NULL without memory.
static tgc_set_table *table_for(tg_thread *t, size_t room)
{
    size_t size = SIZE_LEAST;
    while (size <= room)
        size <<= 1;
    return table_new(t, size);
}

// Puts the items of `old` into a new table. The lock is held.
static void move_items(tgc_set_table *table, tgc_set_table *old)
{
    size_t count = 0;
    for (size_t i = 0; i <= old->mask; i++) {
        tg_value k = tgc_slot_peek(&old->entry[i].key);
        if (k == TGC_NULL || k == TGC_DUMMY)
            continue;
        uint64_t hash = atom_load_relaxed(&old->entry[i].hash); // ORDER: relaxed; the lock is held.
        probe p = probe_start(table->mask, hash);
        while (tgc_slot_peek(&table->entry[p.at].key) != TGC_NULL)
            probe_next(&p);
        atom_store_relaxed(&table->entry[p.at].hash, hash); // ORDER: relaxed; private.
        // ORDER: relaxed; private, and published already.
        atom_store_relaxed(&table->entry[p.at].key.word, k);
        count++;
    }
    atom_store_relaxed(&table->fill, count); // ORDER: relaxed; private.
}

// The items in a table with more than `room` entries. NULL without memory. The lock is held.
static tgc_set_table *rebuilt(tg_thread *t, tgc_set_table *old, size_t room)
{
    tgc_set_table *table = table_for(t, room);
    if (table != NULL)
        move_items(table, old);
    return table;
}

static size_t grown(size_t used)
{
    return used > LARGE ? used * 2 : used * 4;
}

// Puts an absent key into the entry `place`, with a new reference. False without memory: nothing
// has changed then.
static bool insert_locked(tg_thread *t, tgc_set *set, tg_value key, uint64_t hash, size_t place,
                          tgc_set_table **retired)
{
    tgc_set_table *table = atom_load_relaxed(&set->table); // ORDER: relaxed; the lock is held.
    size_t used = atom_load_relaxed(&set->used);           // ORDER: relaxed; as above.
    if (table == &empty_table) {
        if ((table = table_new(t, SIZE_LEAST)) == NULL)
            return false;
        replace_table(set, table);
    }
    tgc_set_entry *e = &table->entry[place];
    bool reused = tgc_slot_peek(&e->key) == TGC_DUMMY;
    size_t fill = atom_load_relaxed(&table->fill) + !reused; // ORDER: relaxed; the lock is held.
    tgc_set_table *more = NULL;
    if (!reused && fill * 5 >= table->mask * 3 && (more = table_for(t, grown(used + 1))) == NULL)
        return false;
    atom_store_relaxed(&e->hash, hash); // ORDER: relaxed; S1: ordered by the key.
    tgc_slot_store(t, &e->key, tgc_retain(t, key));
    // ORDER: release, here and below; a key that was counted can be found. relaxed load; the lock
    // is held.
    atom_store_release(&table->fill, fill);
    atom_store_release(&table->inserts, atom_load_relaxed(&table->inserts) + 1); // ORDER: as above.
    atom_store_release(&set->used, used + 1);                                    // ORDER: as above.
    if (more != NULL) {
        move_items(more, table);
        *retired = table;
        replace_table(set, more);
    }
    return true;
}

// Takes no reference. 1 added, 0 was there, -1.
int tgc_set_add_hashed(tg_thread *t, tg_value s, tg_value key, uint64_t hash)
{
    tgc_set *set = tgc_set_of(s);
    found f;
    tgc_publish_value(t, key); // before the lock, to keep it short
    for (bool searched = false;; searched = true) {
        tgc_set_table *retired = NULL;
        int64_t at = UNSURE;
        bool memory = true;
        TGC_LOCKED(t, &set->lock) {
            size_t place = 0;
            // ORDER: relaxed; the lock is held.
            at = searched ? recheck_locked(set, &f, &place)
                          : search_locked(atom_load_relaxed(&set->table), key, hash, &place);
            if (at == EMPTY)
                memory = insert_locked(t, set, key, hash, place, &retired);
        }
        retire(t, retired);
        if (!memory) {
            tgc_raise_nomem(t);
            return -1;
        }
        if (at != UNSURE)
            return at == EMPTY;
        if (search(t, set, key, hash, &f) < 0)
            return -1;
    }
}

int tgc_set_add(tg_thread *t, tg_value s, tg_value key)
{
    uint64_t hash;
    return tgc_hash_key(t, key, &hash) < 0 ? -1 : tgc_set_add_hashed(t, s, key, hash);
}

int tgc_set_contains_hashed(tg_thread *t, tg_value s, tg_value key, uint64_t hash)
{
    found f;
    return search(t, tgc_set_of(s), key, hash, &f) < 0 ? -1 : f.at >= 0;
}

int tgc_set_contains(tg_thread *t, tg_value s, tg_value key)
{
    uint64_t hash;
    return tgc_hash_key(t, key, &hash) < 0 ? -1 : tgc_set_contains_hashed(t, s, key, hash);
}

static tg_value take_out_locked(tg_thread *t, tgc_set *set, tgc_set_entry *e)
{
    tg_value key = tgc_slot_peek(&e->key);
    tgc_slot_store(t, &e->key, TGC_DUMMY);
    // ORDER: release; the key cannot be found any more. relaxed; the lock is held.
    atom_store_release(&set->used, atom_load_relaxed(&set->used) - 1);
    return key;
}

int tgc_set_discard_hashed(tg_thread *t, tg_value s, tg_value key, uint64_t hash)
{
    tgc_set *set = tgc_set_of(s);
    found f;
    for (bool searched = false;; searched = true) {
        int64_t at = UNSURE;
        tg_value old = TGC_NULL;
        TGC_LOCKED(t, &set->lock) {
            size_t place;
            // ORDER: relaxed; the lock is held.
            tgc_set_table *table = atom_load_relaxed(&set->table);
            at = searched ? recheck_locked(set, &f, &place)
                          : search_locked(table, key, hash, &place);
            if (at >= 0)
                old = take_out_locked(t, set, &table->entry[at]);
        }
        if (at != UNSURE) {
            tgc_release(t, old);
            return at >= 0;
        }
        if (search(t, set, key, hash, &f) < 0)
            return -1;
    }
}

int tgc_set_discard(tg_thread *t, tg_value s, tg_value key)
{
    uint64_t hash;
    return tgc_hash_key(t, key, &hash) < 0 ? -1 : tgc_set_discard_hashed(t, s, key, hash);
}

tg_value tgc_set_pop(tg_thread *t, tg_value s)
{
    tgc_set *set = tgc_set_of(s);
    tg_value key = TGC_NULL;
    TGC_LOCKED(t, &set->lock) {
        tgc_set_table *table = atom_load_relaxed(&set->table); // ORDER: relaxed; the lock is held.
        if (atom_load_relaxed(&set->used) > 0) {               // ORDER: relaxed; as above.
            size_t i = atom_load_relaxed(&set->extra) & table->mask; // ORDER: relaxed; as above.
            tg_value k;
            while ((k = tgc_slot_peek(&table->entry[i].key)) == TGC_NULL || k == TGC_DUMMY)
                i = (i + 1) & table->mask;
            key = take_out_locked(t, set, &table->entry[i]);
            atom_store_relaxed(&set->extra, i + 1); // ORDER: relaxed; as above.
        }
    }
    return key;
}

void tgc_set_clear(tg_thread *t, tg_value s)
{
    tgc_set *set = tgc_set_of(s);
    tgc_set_table *table = NULL;
    TGC_LOCKED(t, &set->lock) {
        table = atom_load_relaxed(&set->table); // ORDER: relaxed; the lock is held.
        replace_table(set, &empty_table);
        atom_store_release(&set->used, 0);  // ORDER: release; nothing can be found.
        atom_store_relaxed(&set->extra, 0); // ORDER: relaxed; the lock is held.
    }
    for (size_t i = 0; table != &empty_table && i <= table->mask; i++)
        tgc_release(t, tgc_slot_peek(&table->entry[i].key));
    retire(t, table);
}

static int resize(tg_thread *t, tg_value s, size_t more, bool tidy)
{
    tgc_set *set = tgc_set_of(s);
    tgc_set_table *retired = NULL;
    bool memory = true;
    TGC_LOCKED(t, &set->lock) {
        tgc_set_table *table = atom_load_relaxed(&set->table); // ORDER: relaxed; the lock is held.
        size_t fill = atom_load_relaxed(&table->fill);         // ORDER: relaxed; as above.
        size_t used = atom_load_relaxed(&set->used);           // ORDER: relaxed; as above.
        if (tidy ? fill - used > table->mask / 4 : (fill + more) * 5 >= table->mask * 3) {
            tgc_set_table *other = rebuilt(t, table, tidy ? grown(used) : (used + more) * 2);
            memory = other != NULL;
            if (memory) {
                retired = table;
                replace_table(set, other);
            }
        }
    }
    retire(t, retired);
    if (memory)
        return 0;
    tgc_raise_nomem(t);
    return -1;
}

// Both tables are of one size; the items are not counted. The lock of `from` is held.
static void copy_places(tgc_set_table *to, tgc_set_table *from)
{
    for (size_t i = 0; i <= from->mask; i++) {
        uint64_t hash = atom_load_relaxed(&from->entry[i].hash); // ORDER: relaxed; locked.
        atom_store_relaxed(&to->entry[i].hash, hash);            // ORDER: relaxed; private.
        // ORDER: relaxed; private, and published already.
        atom_store_relaxed(&to->entry[i].key.word, tgc_slot_peek(&from->entry[i].key));
    }
}

bool tgc_set_adopt(tg_thread *t, tg_value s, tg_value other)
{
    tgc_set *set = tgc_set_of(s), *from = tgc_set_of(other);
    size_t mask = atom_load_acquire(&set->table)->mask; // ORDER: acquire; S2.
    tgc_set_table *copy = table_new(t, mask + 1);
    bool done = false;
    size_t used = 0;
    TGC_LOCKED(t, &from->lock) {
        tgc_set_table *table = atom_load_relaxed(&from->table); // ORDER: relaxed; the lock is held.
        used = atom_load_relaxed(&from->used);                  // ORDER: relaxed; as above.
        done = copy != NULL && used * 5 < mask * 3;
        // ORDER: relaxed; as above.
        if (done && table->mask == mask && atom_load_relaxed(&table->fill) == used)
            copy_places(copy, table);
        else if (done)
            move_items(copy, table);
        for (size_t i = 0; done && i <= mask; i++)
            (void)tgc_retain(t, tgc_slot_peek(&copy->entry[i].key));
    }
    if (!done) {
        tgc_set_table_free(t, copy);
        return false;
    }
    atom_store_relaxed(&copy->fill, used); // ORDER: relaxed; private.
    tgc_set_table *old = NULL;
    TGC_LOCKED(t, &set->lock) {
        old = atom_load_relaxed(&set->table); // ORDER: relaxed; the lock is held.
        done = old->mask == mask && atom_load_relaxed(&old->fill) == 0; // ORDER: relaxed; as above.
        if (done) {
            replace_table(set, copy);
            atom_store_release(&set->used, used); // ORDER: release; the items can be found.
        }
    }
    if (done) {
        retire(t, old);
        return true;
    }
    for (size_t i = 0; i <= mask; i++)
        tgc_release(t, tgc_slot_peek(&copy->entry[i].key));
    tgc_set_table_free(t, copy);
    return false;
}

int tgc_set_tidy(tg_thread *t, tg_value s)
{
    return resize(t, s, 0, true);
}
int tgc_set_reserve(tg_thread *t, tg_value s, size_t more)
{
    return resize(t, s, more, false);
}

// Copies the table as it is at one moment, removed entries and all.
static tgc_set_table *duplicate(tg_thread *t, tgc_set *set, size_t *used)
{
    for (;;) {
        size_t mask = atom_load_acquire(&set->table)->mask; // ORDER: acquire; S2.
        tgc_set_table *copy = table_new(t, mask + 1);
        bool same = false;
        TGC_LOCKED(t, &set->lock) {
            tgc_set_table *table = atom_load_relaxed(&set->table); // ORDER: relaxed; locked.
            same = copy != NULL && table->mask == mask;
            for (size_t i = 0; same && i <= mask; i++) {
                uint64_t hash = atom_load_relaxed(&table->entry[i].hash); // ORDER: as above.
                atom_store_relaxed(&copy->entry[i].hash, hash); // ORDER: relaxed; private.
                tg_value k = tgc_retain(t, tgc_slot_peek(&table->entry[i].key));
                // ORDER: relaxed; private, and published already.
                atom_store_relaxed(&copy->entry[i].key.word, k);
            }
            if (same) {
                *used = atom_load_relaxed(&set->used);         // ORDER: relaxed; locked.
                size_t fill = atom_load_relaxed(&table->fill); // ORDER: as above.
                atom_store_relaxed(&copy->fill, fill);         // ORDER: relaxed; private.
            }
        }
        if (same || copy == NULL)
            return copy;
        tgc_set_table_free(t, copy);
    }
}

tg_value tgc_set_steady(tg_thread *t, tg_value s)
{
    if (!TGC_FREE_THREADED || tgc_is_unique(t, tgc_ptr(s)) || tgc_is_exact(s, &tgc_frozenset_type))
        return tgc_retain(t, s);
    tg_value v = tgc_set_new(t);
    if (v == TGC_NULL)
        return v;
    size_t used = 0;
    tgc_set_table *copy = duplicate(t, tgc_set_of(s), &used);
    if (copy == NULL) {
        tgc_release(t, v);
        return tgc_raise_nomem(t);
    }
    atom_store_relaxed(&tgc_set_of(v)->table, copy); // ORDER: relaxed; private.
    atom_store_relaxed(&tgc_set_of(v)->used, used);  // ORDER: relaxed; private.
    return v;
}

tgc_set_stamp tgc_set_stamp_now(tg_thread *t, tg_value s)
{
    tgc_set *set = tgc_set_of(s);
    tgc_set_stamp stamp = {0};
    TGC_LOCKED(t, &set->lock) {
        stamp.table = atom_load_relaxed(&set->table);             // ORDER: relaxed; locked.
        stamp.inserts = atom_load_relaxed(&stamp.table->inserts); // ORDER: as above.
        stamp.used = atom_load_relaxed(&set->used);               // ORDER: as above.
        stamp.epoch = atom_load_relaxed(&set->epoch);             // ORDER: as above.
    }
    return stamp;
}

bool tgc_set_take(tg_thread *t, tg_value s, tgc_set_stamp stamp, tg_value from)
{
    tgc_set *set = tgc_set_of(s), *other = tgc_set_of(from);
    // ORDER: relaxed, here and below; `from` is private.
    tgc_set_table *table = atom_load_relaxed(&other->table), *old = NULL;
    size_t used = atom_load_relaxed(&other->used), old_used = 0; // ORDER: as above.
    bool same = false;
    TGC_LOCKED(t, &set->lock) {
        old = atom_load_relaxed(&set->table);     // ORDER: relaxed; the lock is held.
        old_used = atom_load_relaxed(&set->used); // ORDER: relaxed; as above.
        // ORDER: relaxed; as above.
        same = old == stamp.table && old_used == stamp.used &&
               atom_load_relaxed(&set->epoch) == stamp.epoch &&
               atom_load_relaxed(&old->inserts) == stamp.inserts;
        if (same) {
            replace_table(set, table);
            atom_store_release(&set->used, used); // ORDER: release; the items can be found.
        }
    }
    if (!same)
        return false;
    atom_store_relaxed(&other->table, old);     // ORDER: as above.
    atom_store_relaxed(&other->used, old_used); // ORDER: as above.
    // Late readers of s may still look at the old table, which now belongs to `from`: give it up in
    // the careful way.
    tgc_set_clear(t, from);
    return true;
}

bool tgc_set_next(tg_thread *t, tg_value s, size_t *pos, tg_value *v, uint64_t *hash)
{
    tgc_set *set = tgc_set_of(s);
    // ORDER: acquire; S2.
    tgc_set_table *table = atom_load_acquire(&set->table);
    size_t i = *pos;
    while (i <= table->mask) {
        tg_value k;
        bool got = tgc_slot_try(t, &table->entry[i].key, &k);
        // ORDER: acquire; S2: the second look at the table.
        if (!got || (tgc_is_ptr(k) && atom_load_acquire(&set->table) != table)) {
            if (got)
                tgc_release(t, k);
            table = atom_load_acquire(&set->table); // ORDER: acquire; S2.
            continue;
        }
        if (k == TGC_NULL || k == TGC_DUMMY) {
            i++;
            continue;
        }
        if (hash != NULL) {
            // ORDER: acquire; before the look at the key below.
            *hash = atom_load_acquire(&table->entry[i].hash);
            // ORDER: acquire; S1: still this key, so the hash is its own.
            if (TGC_FREE_THREADED && atom_load_acquire(&table->entry[i].key.word) != k) {
                tgc_release(t, k);
                continue;
            }
        }
        *pos = i + 1;
        *v = k;
        return true;
    }
    *pos = i;
    return false;
}
