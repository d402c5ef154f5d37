// SPDX-License-Identifier: MIT
//
// bytes_array.h - bytearray: bytes that can be changed; memoryview. Layer core/object.
// bytes_array.c, bytes_memory.c.
//
// Threads     any. Each operation takes the object's lock, copies in or out and is atomic; methods
//             that read work on a copy of the content as it was when they began.
#ifndef TGC_OBJECT_BYTES_ARRAY_H
#define TGC_OBJECT_BYTES_ARRAY_H

#include "core/object/object.h" // tgc_type

typedef struct tgc_bytearray {
    tgc_obj head;
    tgc_lock lock;   // leaf
    uint8_t *data;   // guarded by lock; owned
    size_t size;     // guarded by lock
    size_t capacity; // guarded by lock
} tgc_bytearray;

#define tgc_bytearray_type TG_CORE_SYM(tgc_bytearray_type)
extern tgc_type tgc_bytearray_type;
#define tgc_bytearray_iter_type TG_CORE_SYM(tgc_bytearray_iter_type)
extern tgc_type tgc_bytearray_iter_type;

static inline bool tgc_is_bytearray(tg_value v)
{
    return tgc_is_exact(v, &tgc_bytearray_type);
}

#define tgc_bytearray_new TG_CORE_SYM(tgc_bytearray_new)
tg_value tgc_bytearray_new(tg_thread *t, const void *p, size_t n);
#define tgc_bytearray_size TG_CORE_SYM(tgc_bytearray_size)
size_t tgc_bytearray_size(tg_thread *t, tg_value v);
#define tgc_bytearray_snapshot TG_CORE_SYM(tgc_bytearray_snapshot)
tg_value tgc_bytearray_snapshot(tg_thread *t, tg_value v); // its content as bytes
// Overwrites up to n bytes from `at` on without changing the size; returns how many fitted.
#define tgc_bytearray_write TG_CORE_SYM(tgc_bytearray_write)
size_t tgc_bytearray_write(tg_thread *t, tg_value v, size_t at, const void *p, size_t n);

// --- memoryview (bytes_memory.c)
#define tgc_memoryview_type TG_CORE_SYM(tgc_memoryview_type)
extern tgc_type tgc_memoryview_type;
static inline bool tgc_is_memoryview(tg_value v)
{
    return tgc_is_exact(v, &tgc_memoryview_type);
}
#define tgc_memoryview_snapshot TG_CORE_SYM(tgc_memoryview_snapshot)
tg_value tgc_memoryview_snapshot(tg_thread *t, tg_value v); // what it shows, as bytes
// As tgc_bytearray_write; 0 if the source is read-only.
#define tgc_memoryview_write TG_CORE_SYM(tgc_memoryview_write)
size_t tgc_memoryview_write(tg_thread *t, tg_value v, size_t at, const void *p, size_t n);

// v itself if it is bytes, a copy if it is a bytearray or memoryview: a new reference. TypeError "a
// bytes-like object is required".
#define tgc_bytes_like TG_CORE_SYM(tgc_bytes_like)
tg_value tgc_bytes_like(tg_thread *t, tg_value v);

#endif
