// SPDX-License-Identifier: MIT
//
// bytes.h - byte strings. Layer core/object. bytes.c, bytes_methods.c.
//
// Threads     immutable, but for the cached hash: any thread may fill it with the same value.
#ifndef TGC_OBJECT_BYTES_H
#define TGC_OBJECT_BYTES_H

#include "core/object/object.h" // tgc_type

typedef struct tgc_bytes {
    tgc_obj head;
    _Atomic(uint64_t) hash; // any thread: 0 until computed
    uint64_t size;          // const
    uint8_t data[];         // const; one zero byte follows
} tgc_bytes;

#define tgc_bytes_iter_type TG_CORE_SYM(tgc_bytes_iter_type)
extern tgc_type tgc_bytes_iter_type; // bytes.c

#define tgc_bytes_of(v) ((tgc_bytes *)tgc_ptr(v))

// p NULL: the content is left for the caller to fill before anybody else sees the object.
#define tgc_bytes_new TG_CORE_SYM(tgc_bytes_new)
tg_value tgc_bytes_new(tg_thread *t, const void *p, size_t n);
static inline const uint8_t *tgc_bytes_data(tg_value v, size_t *n) // n may be NULL
{
    if (n != NULL)
        *n = tgc_bytes_of(v)->size;
    return tgc_bytes_of(v)->data;
}
#define tgc_bytes_repr TG_CORE_SYM(tgc_bytes_repr)
tg_value tgc_bytes_repr(tg_thread *t, tg_value v);

#endif
