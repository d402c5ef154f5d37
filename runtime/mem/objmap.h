// SPDX-License-Identifier: MIT
//
// objmap.h - which addresses are objects the collector tracks. Layer mem. Layout in objmap.c.
//
// One byte for each 32 bytes of address space, in two levels: the collector finds every tracked
// object without any help of the allocator. An object is added when its header is complete and
// removed before its memory is given back or deferred.
//
// The map is shared by all runtimes of the process; a byte also names the runtime by its `tag`
// (1..TGI_OBJMAP_TAGS), so that each collector sees its own objects only.
//
// Beside it there is room for one number per object, which the collector of the object's tag uses
// while it works: all zero otherwise. And one bit of the byte is a mark of the same collector.
//
// Threads     | add, remove: any thread, no lock; each byte belongs to one object.
//             | for_each, sweep, retag, marks and numbers: the threads that may add or remove under
//             | that tag are stopped. Several threads may mark together, or go through the parts of
//             | one cursor.
#ifndef TGI_MEM_OBJMAP_H
#define TGI_MEM_OBJMAP_H

#include "base/atomic.h"   // relaxed byte stores
#include "base/compiler.h" // TGI_LIKELY
#include "sync/rawlock.h"  // cursors

#include <stddef.h> // size_t
#include <stdint.h> // uintptr_t

#define TGI_OBJMAP_TAGS 63u

#define TGI_OBJMAP_SEGMENT_BITS 25 // 32 MiB of address space per segment
#define TGI_OBJMAP_SEGMENTS     ((size_t)1 << (47 - TGI_OBJMAP_SEGMENT_BITS))
#define TGI_OBJMAP_GRANULE_BITS 5
#define TGI_OBJMAP_SLICE_BITS   16 // 64 KiB of address space share one "was used" flag
#define TGI_OBJMAP_SLICES       ((size_t)1 << (TGI_OBJMAP_SEGMENT_BITS - TGI_OBJMAP_SLICE_BITS))
#define TGI_OBJMAP_BYTES        ((size_t)1 << (TGI_OBJMAP_SEGMENT_BITS - TGI_OBJMAP_GRANULE_BITS))

typedef struct tgi_objmap_segment {
    uintptr_t base;                       // const after init
    struct tgi_objmap_segment *next;      // const after init: older segment
    _Atomic(_Atomic(uint32_t) *) numbers; // any thread: NULL until tgi_objmap_make_numbers; stays
    _Atomic(uint8_t) slice_used[TGI_OBJMAP_SLICES]; // any thread: once 1, stays 1
    _Atomic(uint8_t) map[TGI_OBJMAP_BYTES];         // any thread: byte of the object's owner
} tgi_objmap_segment;

extern _Atomic(tgi_objmap_segment *) tgi_objmap_table[TGI_OBJMAP_SEGMENTS];

// A tag nobody uses; 0 when all are taken.
unsigned tgi_objmap_tag_acquire(void);
void tgi_objmap_tag_release(unsigned tag);

// Slow path of add: makes the segment. False when memory runs out.
bool tgi_objmap_grow(uintptr_t address);

// A byte of the map: 0, or tag << 2 | mark << 1 | whether the object starts at +16.
#define TGI_OBJMAP_MARK 2u

static inline uint8_t tgi_objmap_byte(const void *p, unsigned tag)
{
    return (uint8_t)(tag << 2 | ((uintptr_t)p >> 4 & 1));
}

static inline size_t tgi_objmap_granule(const void *p)
{
    return ((uintptr_t)p & (((size_t)1 << TGI_OBJMAP_SEGMENT_BITS) - 1)) >> TGI_OBJMAP_GRANULE_BITS;
}

// The segment that describes p, or NULL. p may be any address.
static inline tgi_objmap_segment *tgi_objmap_segment_of(const void *p)
{
    size_t index = (uintptr_t)p >> TGI_OBJMAP_SEGMENT_BITS;
    if (TGI_UNLIKELY(index >= TGI_OBJMAP_SEGMENTS))
        return NULL;
    // ORDER: acquire; pairs with the CAS in tgi_objmap_grow: the segment is initialised.
    return atom_load_acquire(&tgi_objmap_table[index]);
}

// p is 16-aligned, at least 32 bytes from any other tracked object, and its header is complete.
// False when the map cannot grow: the object must not be tracked then.
static inline bool tgi_objmap_add(void *p, unsigned tag)
{
    uintptr_t a = (uintptr_t)p;
    size_t index = a >> TGI_OBJMAP_SEGMENT_BITS;
    tgi_objmap_segment *segment = NULL;
    if (TGI_LIKELY(index < TGI_OBJMAP_SEGMENTS)) {
        // ORDER: acquire; pairs with the CAS in tgi_objmap_grow: the segment is initialised.
        segment = atom_load_acquire(&tgi_objmap_table[index]);
    }
    if (TGI_UNLIKELY(segment == NULL)) {
        if (!tgi_objmap_grow(a))
            return false;
        // ORDER: acquire; as above.
        segment = atom_load_acquire(&tgi_objmap_table[index]);
    }
    size_t offset = a & (((size_t)1 << TGI_OBJMAP_SEGMENT_BITS) - 1);
    uint8_t byte = tgi_objmap_byte(p, tag);
    // ORDER: relaxed; the walker runs when this thread is stopped, and the stop orders it.
    atom_store_relaxed(&segment->map[offset >> TGI_OBJMAP_GRANULE_BITS], byte);
    _Atomic(uint8_t) *used = &segment->slice_used[offset >> TGI_OBJMAP_SLICE_BITS];
    // ORDER: relaxed; as above. Loaded first because the line is shared and nearly always set.
    if (TGI_UNLIKELY(atom_load_relaxed(used) == 0))
        atom_store_relaxed(used, 1);
    return true;
}

// Takes the object of the granule off the map. False if there is none.
static inline bool tgi_objmap_remove_from(tgi_objmap_segment *segment, size_t granule)
{
    _Atomic(uint8_t) *byte = &segment->map[granule];
    // ORDER: relaxed (both); see tgi_objmap_add.
    bool was_there = atom_load_relaxed(byte) != 0;
    atom_store_relaxed(byte, 0);
    return was_there;
}

// p was added and not removed since, or never added: then false.
static inline bool tgi_objmap_remove(void *p)
{
    uintptr_t a = (uintptr_t)p;
    // ORDER: acquire; pairs with the CAS in tgi_objmap_grow.
    tgi_objmap_segment *segment =
        atom_load_acquire(&tgi_objmap_table[a >> TGI_OBJMAP_SEGMENT_BITS]);
    if (TGI_UNLIKELY(segment == NULL))
        return false;
    return tgi_objmap_remove_from(segment, tgi_objmap_granule(p));
}

// Sets p's mark. True if p is tracked under the tag and was not marked. p may be any object. Of
// threads that mark it at the same time, several may be told true.
static inline bool tgi_objmap_mark(const void *p, unsigned tag)
{
    tgi_objmap_segment *segment = tgi_objmap_segment_of(p);
    if (TGI_UNLIKELY(segment == NULL))
        return false;
    _Atomic(uint8_t) *byte = &segment->map[tgi_objmap_granule(p)];
    uint8_t unmarked = tgi_objmap_byte(p, tag);
    // ORDER: relaxed (both); the world is stopped, and the byte is that of one object. Who else
    // marks stores the same.
    if (atom_load_relaxed(byte) != unmarked)
        return false;
    atom_store_relaxed(byte, (uint8_t)(unmarked | TGI_OBJMAP_MARK));
    return true;
}

// p's number, or NULL if its segment has none, which includes every address outside the map.
static inline _Atomic(uint32_t) *tgi_objmap_number(const void *p)
{
    tgi_objmap_segment *segment = tgi_objmap_segment_of(p);
    // ORDER: acquire; pairs with the CAS in tgi_objmap_make_numbers: they are mapped.
    _Atomic(uint32_t) *numbers = segment != NULL ? atom_load_acquire(&segment->numbers) : NULL;
    return numbers != NULL ? &numbers[tgi_objmap_granule(p)] : NULL;
}

// p's number if p is tracked under the tag and has no mark, else NULL. p may be any object; there
// is room for numbers.
static inline _Atomic(uint32_t) *tgi_objmap_unmarked_number(const void *p, unsigned tag)
{
    tgi_objmap_segment *segment = tgi_objmap_segment_of(p);
    if (TGI_UNLIKELY(segment == NULL))
        return NULL;
    size_t granule = tgi_objmap_granule(p);
    // ORDER: relaxed; the world is stopped, and nobody marks meanwhile.
    if (atom_load_relaxed(&segment->map[granule]) != tgi_objmap_byte(p, tag))
        return NULL;
    // ORDER: acquire; as in tgi_objmap_number.
    return &atom_load_acquire(&segment->numbers)[granule];
}

// Gives every segment room for numbers. False when memory runs out.
bool tgi_objmap_make_numbers(void);

// Whether p is tracked at this moment (under any tag).
bool tgi_objmap_contains(const void *p);

// Calls fn for every object under `tag`, in address order within a segment. fn may remove the
// object it is given; returning false ends the walk. Returns how many objects were shown.
size_t tgi_objmap_for_each(unsigned tag, bool (*fn)(void *object, void *arg), void *arg);

// Calls fn for the objects under the tag that have no mark, until it returns false. Returns how
// many had one. `clear` takes the marks off.
size_t tgi_objmap_sweep(unsigned tag, bool clear, bool (*fn)(void *object, void *arg), void *arg);

// The same in parts, for several threads: each goes on until there are no more. fn may be NULL.
typedef struct tgi_objmap_cursor {
    tgi_rawlock lock;
    tgi_objmap_segment *segment; // guarded by lock: the next part; NULL at the end
    size_t slice;                // guarded by lock
} tgi_objmap_cursor;

void tgi_objmap_cursor_init(tgi_objmap_cursor *cursor);
size_t tgi_objmap_sweep_parts(tgi_objmap_cursor *cursor, unsigned tag, bool clear,
                              bool (*fn)(void *object, void *arg), void *arg);

// The objects under the tag that have no mark, in lists of at most TGI_OBJMAP_LIST in ascending
// order that do not cross a segment; each thread goes on until there are no more parts.
#define TGI_OBJMAP_LIST      ((size_t)1 << (TGI_OBJMAP_SLICE_BITS - TGI_OBJMAP_GRANULE_BITS))
#define TGI_OBJMAP_PART_BITS 20
void tgi_objmap_list_parts(tgi_objmap_cursor *cursor, unsigned tag,
                           void (*fn)(void *const *objects, size_t count, void *arg), void *arg);

// Whether p and q are in one part: lists of a part are all given to the same thread.
static inline bool tgi_objmap_same_part(const void *p, const void *q)
{
    return ((uintptr_t)p ^ (uintptr_t)q) >> TGI_OBJMAP_PART_BITS == 0;
}

// Every object under `from` is from now on under `to`. Returns how many.
size_t tgi_objmap_retag(unsigned from, unsigned to);

#endif
