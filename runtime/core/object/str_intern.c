// SPDX-License-Identifier: MIT
//
// str_intern.c - one immortal str per content, for names and constants.
//
// Owns        the table, and every str in it but the one-character ones. Nothing leaves it before
//             the process ends.
// Threads     any. Locks: table_lock, a leaf, held for a probe and at most one allocation of plain
//             memory.
// Invariants  T1  open addressing, a power of two of entries, at most two thirds used.
// Rejected    making the given str immortal instead of a copy: another thread may be counting it.
#include "base/hash.h"             // tgi_hash_bytes
#include "core/object/error.h"     // tgc_raise_nomem
#include "core/object/str.h"       // own interface
#include "core/object/str_units.h" // units_view
#include "sync/mutex.h"            // tgi_mutex

static tgi_mutex table_lock = TGI_MUTEX_INIT;
static tgc_str **table;         // guarded by table_lock
static size_t table_size, used; // guarded by table_lock

static size_t probe(tgc_str **entries, size_t size, tgc_view v, bool ascii, uint64_t hash)
{
    size_t i = (size_t)hash & (size - 1);
    while (entries[i] != NULL) {
        const tgc_str *s = entries[i];
        // ORDER: relaxed; interned strs have their hash from the start.
        if (atom_load_relaxed(&s->hash) == hash && s->length == v.length && s->kind == v.kind &&
            s->ascii == ascii && memcmp(tgc_str_units(s), v.units, v.length * v.kind) == 0)
            break;
        i = (i + 1) & (size - 1);
    }
    return i;
}

static bool grow_locked(void)
{
    if (used * 3 < table_size * 2)
        return true;
    size_t size = table_size == 0 ? 1024 : table_size * 2;
    tgc_str **entries = tgi_raw_calloc(size, sizeof *entries);
    if (entries == NULL)
        return false;
    for (size_t i = 0; i < table_size; i++) {
        if (table[i] == NULL)
            continue;
        // ORDER: relaxed; as probe.
        size_t at = (size_t)atom_load_relaxed(&table[i]->hash) & (size - 1);
        while (entries[at] != NULL)
            at = (at + 1) & (size - 1);
        entries[at] = table[i];
    }
    tgi_raw_free(table);
    table = entries;
    table_size = size;
    return true;
}

static tgc_str *make_interned(tg_thread *t, tgc_view v, bool ascii, uint64_t hash)
{
    size_t head = ascii ? sizeof(tgc_str) : sizeof(tgc_str_wide);
    tgc_str *s = tgi_raw_alloc(head + (v.length + 1) * v.kind);
    if (s == NULL)
        return NULL;
    tgc_head_init(t, &s->head, &tgc_str_type);
    tgc_make_immortal(&s->head);
    // ORDER: relaxed; the object is published by the lock.
    atom_store_relaxed(&s->hash, hash);
    s->length = v.length;
    s->kind = (uint8_t)v.kind;
    s->ascii = ascii;
    s->interned = 1;
    s->units_at = (uint8_t)(head / 8);
    s->growing = 0;
    s->spare = 0;
    if (!ascii)
        // ORDER: relaxed; as above.
        atom_store_relaxed(&((tgc_str_wide *)s)->utf8, NULL);
    memcpy(tgc_str_units(s), v.units, v.length * v.kind);
    units_set(tgc_str_units(s), v.kind, v.length, 0);
    return s;
}

// v is of minimal kind.
static tg_value intern_view(tg_thread *t, tgc_view v, bool ascii)
{
    if (v.length == 0)
        return tgc_str_empty();
    if (v.length == 1 && v.kind == 1)
        return tgc_str_from_char(t, view_get(v, 0));
    uint64_t hash = tgc_hash_bytes(v.units, v.length * v.kind);
    tgc_str *s = NULL;
    tgi_mutex_lock(&table_lock);
    if (grow_locked()) {
        size_t i = probe(table, table_size, v, ascii, hash);
        s = table[i];
        if (s == NULL) {
            s = make_interned(t, v, ascii, hash);
            if (s != NULL) {
                table[i] = s;
                used++;
            }
        }
    }
    tgi_mutex_unlock(&table_lock);
    return s == NULL ? tgc_raise_nomem(t) : tgc_from_ptr(s);
}

tg_value tgc_str_intern(tg_thread *t, const char *utf8, size_t n)
{
    if (tgc_ascii_prefix(utf8, n) == n)
        return intern_view(t, (tgc_view){utf8, n, 1}, true);
    tg_value s = tgc_str_new(t, utf8, n);
    if (s == TGC_NULL)
        return TGC_NULL;
    tg_value result = tgc_str_intern_value(t, s);
    tgc_release(t, s);
    return result;
}

tg_value tgc_str_intern_value(tg_thread *t, tg_value s)
{
    if (tgc_str_is_interned(s))
        return s;
    return intern_view(t, units_view(s), tgc_str_of(s)->ascii);
}
