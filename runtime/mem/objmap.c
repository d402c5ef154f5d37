// SPDX-License-Identifier: MIT
//
// objmap.c - the side map of tracked objects.
//
// Layout      tgi_objmap_table[address >> 25] -> segment: one byte for every 32 bytes of those
//             32 MiB, and a flag for every 64 KiB so that a walk skips what was never used.
//             byte = 0: no tracked object starts here; else tag << 2 | mark << 1 | (0: at +0,
//             1: at +16). Numbers are a second mapping of the same shape, made on first use: 4
//             bytes for every 32, of which the system commits the pages that are used.
// Owns        the segments. They are mapped on demand, committed page by page by the system, and
//             never unmapped: a segment costs at most 1/32 of the memory it describes.
// Threads     add and remove are plain byte stores of the thread that owns the object; a segment
//             is published by compare-and-swap, and who loses unmaps its own.
// Invariants  B1  a byte is written only by whoever may free the object that starts there.
//             B2  marks and numbers of a tag's objects are zero but in a pause of its interpreter.
// Rejected    the allocator's own heap walk: it reports freed blocks, misses those of ended
//             threads and mixes in foreign ones. Linked lists: 16 bytes per object and a lock.
//             A bit map: a locked instruction per object.
#include "mem/objmap.h"

#include "base/assert.h" // TGI_ASSERT
#include "base/os.h"     // tgi_os.map

#include <string.h> // memcpy

_Atomic(tgi_objmap_segment *) tgi_objmap_table[TGI_OBJMAP_SEGMENTS];
static _Atomic(tgi_objmap_segment *) newest;
static _Atomic(uint64_t) tags_used = 1; // bit n: tag n is taken; 0 means "no object"

unsigned tgi_objmap_tag_acquire(void)
{
    // ORDER: relaxed; trusted only when the compare-and-swap succeeds.
    uint64_t used = atom_load_relaxed(&tags_used);
    while (used != UINT64_MAX) {
        unsigned tag = (unsigned)__builtin_ctzll(~used);
        // ORDER: acq_rel; the bytes of the tag's last user are all cleared behind us.
        if (atom_cas_weak_acq_rel(&tags_used, &used, used | UINT64_C(1) << tag))
            return tag;
    }
    return 0;
}

void tgi_objmap_tag_release(unsigned tag)
{
    if (tag == 0)
        return;
    // ORDER: acq_rel; pairs with the acquire of the next user of the tag.
    uint64_t old = atom_and_acq_rel(&tags_used, ~(UINT64_C(1) << tag));
    TGI_INVARIANT((old >> tag & 1) != 0);
}

bool tgi_objmap_grow(uintptr_t address)
{
    size_t index = address >> TGI_OBJMAP_SEGMENT_BITS;
    if (index >= TGI_OBJMAP_SEGMENTS)
        TGI_FATAL("object at %#lx is outside the 47-bit address space", (unsigned long)address);
    tgi_objmap_segment *made = tgi_os.map(sizeof *made);
    if (made == NULL) {
        // ORDER: acquire; pairs with the CAS below: somebody else may have made it.
        return atom_load_acquire(&tgi_objmap_table[index]) != NULL;
    }
    made->base = (uintptr_t)index << TGI_OBJMAP_SEGMENT_BITS;
    tgi_objmap_segment *expected = NULL;
    // ORDER: acq_rel; the release publishes base. `next` is set below, before the list sees it.
    if (!atom_cas_strong_acq_rel(&tgi_objmap_table[index], &expected, made)) {
        (void)tgi_os.unmap(made, sizeof *made);
        return true;
    }
    made->next = atom_load_relaxed(&newest); // ORDER: relaxed; the CAS checks it.
    // ORDER: release; pairs with the acquire in tgi_objmap_for_each.
    while (!atom_cas_weak_release(&newest, &made->next, made)) {}
    return true;
}

bool tgi_objmap_contains(const void *p)
{
    uintptr_t a = (uintptr_t)p;
    size_t index = a >> TGI_OBJMAP_SEGMENT_BITS;
    if (index >= TGI_OBJMAP_SEGMENTS)
        return false;
    // ORDER: acquire; pairs with the CAS in tgi_objmap_grow.
    tgi_objmap_segment *segment = atom_load_acquire(&tgi_objmap_table[index]);
    if (segment == NULL)
        return false;
    size_t offset = a & (((size_t)1 << TGI_OBJMAP_SEGMENT_BITS) - 1);
    // ORDER: relaxed; the caller knows who owns p.
    uint8_t byte = atom_load_relaxed(&segment->map[offset >> TGI_OBJMAP_GRANULE_BITS]);
    return byte != 0 && (byte & 1) == (a >> 4 & 1) && (a & 15) == 0;
}

typedef struct walk {
    unsigned tag;
    bool (*fn)(void *, void *);
    void *arg;
    size_t shown;
} walk;

enum {
    GRANULES_PER_SLICE = 1 << (TGI_OBJMAP_SLICE_BITS - TGI_OBJMAP_GRANULE_BITS),
};

static bool walk_slice(walk *w, tgi_objmap_segment *segment, size_t slice)
{
    size_t first = slice * GRANULES_PER_SLICE;
    for (size_t g = first; g < first + GRANULES_PER_SLICE; g += 8) {
        // ORDER: relaxed; our own bytes are stable (world stopped), those of other tags may
        // change at any time and are skipped whatever they read.
        if (atom_load_relaxed((_Atomic(uint64_t) *)(void *)&segment->map[g]) == 0)
            continue;
        for (size_t i = g; i < g + 8; i++) {
            uint8_t byte = atom_load_relaxed(&segment->map[i]);
            if (byte >> 2 != w->tag || byte == 0)
                continue;
            uintptr_t address = segment->base + (i << TGI_OBJMAP_GRANULE_BITS);
            if ((byte & 1) != 0)
                address += 16;
            w->shown++;
            if (!w->fn((void *)address, w->arg))
                return false;
        }
    }
    return true;
}

size_t tgi_objmap_for_each(unsigned tag, bool (*fn)(void *object, void *arg), void *arg)
{
    TGI_ASSERT(tag != 0);
    walk w = {.tag = tag, .fn = fn, .arg = arg, .shown = 0};
    // ORDER: acquire; pairs with the CAS in tgi_objmap_grow.
    for (tgi_objmap_segment *s = atom_load_acquire(&newest); s != NULL; s = s->next) {
        for (size_t slice = 0; slice < TGI_OBJMAP_SLICES; slice++) {
            // ORDER: relaxed; set by threads that are stopped, or by other runtimes.
            if (atom_load_relaxed(&s->slice_used[slice]) != 0 && !walk_slice(&w, s, slice))
                return w.shown;
        }
    }
    return w.shown;
}

bool tgi_objmap_make_numbers(void)
{
    // ORDER: acquire; pairs with the CAS in tgi_objmap_grow.
    for (tgi_objmap_segment *s = atom_load_acquire(&newest); s != NULL; s = s->next) {
        // ORDER: relaxed; the CAS decides.
        if (atom_load_relaxed(&s->numbers) != NULL)
            continue;
        size_t bytes = TGI_OBJMAP_BYTES * sizeof(uint32_t);
        _Atomic(uint32_t) *made = tgi_os.map(bytes), *expected = NULL;
        if (made == NULL)
            return false;
        // ORDER: acq_rel; pairs with the acquire in tgi_objmap_number.
        if (!atom_cas_strong_acq_rel(&s->numbers, &expected, made))
            (void)tgi_os.unmap((void *)made, bytes);
    }
    return true;
}

// --- eight bytes at a time

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

// The top bit of each byte of word that is an object of the tag.
static uint64_t of_tag(uint64_t word, unsigned tag)
{
    uint64_t other = (word & EACH(0xfc)) ^ EACH((uint64_t)tag << 2);
    return ~(((other & EACH(0x7f)) + EACH(0x7f)) | other) & EACH(0x80);
}

static uint64_t load_word(tgi_objmap_segment *s, size_t g)
{
    // ORDER: relaxed; our own bytes are stable (world stopped), those of other tags are skipped.
    return atom_load_relaxed((_Atomic(uint64_t) *)(void *)&s->map[g]);
}

typedef struct sweep {
    unsigned tag;
    bool clear, go_on;
    bool (*fn)(void *object, void *arg);
    void *arg;
    size_t marked;
} sweep;

static void sweep_word(sweep *w, tgi_objmap_segment *s, size_t g, uint64_t word)
{
    uint64_t ours = of_tag(word, w->tag);
    uint64_t marked = ours & word << 6;                   // the mark is bit 1 of a byte
    w->marked += (size_t)((marked >> 7) * EACH(1) >> 56); // one per byte
    for (uint64_t left = w->clear ? marked : 0; left != 0; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left) / 8;
        // ORDER: relaxed; world stopped. A byte: its neighbours may be another tag's.
        atom_store_relaxed(&s->map[g + i], (uint8_t)((word >> i * 8 & 0xff) & ~TGI_OBJMAP_MARK));
    }
    if (w->fn == NULL)
        return;
    for (uint64_t left = ours & ~marked; left != 0 && w->go_on; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left) / 8;
        uintptr_t at = s->base + ((g + i) << TGI_OBJMAP_GRANULE_BITS);
        w->go_on = w->fn((void *)(at + (word >> i * 8 & 1) * 16), w->arg);
    }
}

static void sweep_slice(sweep *w, tgi_objmap_segment *s, size_t slice)
{
    // ORDER: relaxed; as in tgi_objmap_for_each.
    if (atom_load_relaxed(&s->slice_used[slice]) == 0)
        return;
    size_t first = slice * GRANULES_PER_SLICE;
    uint64_t wanted = w->fn != NULL ? UINT64_MAX : EACH(TGI_OBJMAP_MARK);
    for (size_t g = first; g < first + GRANULES_PER_SLICE; g += 8) {
        uint64_t word = load_word(s, g);
        if ((word & wanted) != 0)
            sweep_word(w, s, g, word);
    }
}

// A part: so many slices that to take one costs nothing beside it.
#define PART_SLICES ((size_t)1 << (TGI_OBJMAP_PART_BITS - TGI_OBJMAP_SLICE_BITS))
_Static_assert(TGI_OBJMAP_SLICES % PART_SLICES == 0, "parts do not cross segments");

void tgi_objmap_cursor_init(tgi_objmap_cursor *cursor)
{
    // ORDER: acquire; pairs with the CAS in tgi_objmap_grow.
    *cursor = (tgi_objmap_cursor){.segment = atom_load_acquire(&newest)};
}

static tgi_objmap_segment *next_part(tgi_objmap_cursor *cursor, size_t *slice)
{
    tgi_rawlock_lock(&cursor->lock);
    tgi_objmap_segment *s = cursor->segment;
    *slice = cursor->slice;
    cursor->slice += PART_SLICES;
    if (s != NULL && cursor->slice == TGI_OBJMAP_SLICES) {
        cursor->slice = 0;
        cursor->segment = s->next;
    }
    tgi_rawlock_unlock(&cursor->lock);
    return s;
}

size_t tgi_objmap_sweep_parts(tgi_objmap_cursor *cursor, unsigned tag, bool clear,
                              bool (*fn)(void *object, void *arg), void *arg)
{
    sweep w = {.tag = tag, .clear = clear, .go_on = true, .fn = fn, .arg = arg};
    size_t slice;
    for (tgi_objmap_segment *s; (s = next_part(cursor, &slice)) != NULL;) {
        for (size_t i = slice; i < slice + PART_SLICES; i++)
            sweep_slice(&w, s, i);
    }
    return w.marked;
}

size_t tgi_objmap_sweep(unsigned tag, bool clear, bool (*fn)(void *object, void *arg), void *arg)
{
    tgi_objmap_cursor cursor;
    tgi_objmap_cursor_init(&cursor);
    return tgi_objmap_sweep_parts(&cursor, tag, clear, fn, arg);
}

static size_t list_slice(tgi_objmap_segment *s, size_t slice, unsigned tag, void **list)
{
    size_t first = slice * GRANULES_PER_SLICE, count = 0;
    for (size_t g = first; g < first + GRANULES_PER_SLICE; g += 8) {
        uint64_t word = load_word(s, g);
        if (word == 0)
            continue;
        uint64_t left = of_tag(word, tag) & ~(word << 6);
        uintptr_t at = s->base + (g << TGI_OBJMAP_GRANULE_BITS);
        for (; left != 0; left &= left - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(left) & ~7u; // 8 to a granule of 32
            list[count++] = (void *)(at + bit * 4 + (word >> bit & 1) * 16);
        }
    }
    return count;
}

void tgi_objmap_list_parts(tgi_objmap_cursor *cursor, unsigned tag,
                           void (*fn)(void *const *objects, size_t count, void *arg), void *arg)
{
    void *list[TGI_OBJMAP_LIST];
    size_t slice;
    for (tgi_objmap_segment *s; (s = next_part(cursor, &slice)) != NULL;) {
        for (size_t i = slice; i < slice + PART_SLICES; i++) {
            // ORDER: relaxed; as in tgi_objmap_for_each.
            if (atom_load_relaxed(&s->slice_used[i]) == 0)
                continue;
            size_t count = list_slice(s, i, tag, list);
            if (count > 0)
                fn(list, count, arg);
        }
    }
}

typedef struct retagging {
    unsigned to;
} retagging;

static bool retag(void *object, void *arg)
{
    const retagging *r = arg;
    tgi_objmap_segment *s = tgi_objmap_segment_of(object);
    // ORDER: relaxed; world stopped.
    atom_store_relaxed(&s->map[tgi_objmap_granule(object)], tgi_objmap_byte(object, r->to));
    return true;
}

size_t tgi_objmap_retag(unsigned from, unsigned to)
{
    retagging r = {to};
    return tgi_objmap_for_each(from, retag, &r);
}
