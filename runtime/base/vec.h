// SPDX-License-Identifier: MIT
//
// vec.h - growable array of any type. Layer base.
//
//     tgi_vec(int) v = TGI_VEC_INIT;
//     if (!vec_push(&v, 7)) return TG_ERR_NOMEM;
//     v.data[v.count - 1];
//     vec_free(&v);
//
// Memory comes from the allocator installed by mem/raw.c (libc's until then), so that injected
// failures reach it. A failed growth leaves the array as it was.
#ifndef TGI_BASE_VEC_H
#define TGI_BASE_VEC_H

#include <stdbool.h> // results
#include <stddef.h>  // size_t

#define tgi_vec(T)       \
    struct {             \
        T *data;         \
        size_t count;    \
        size_t capacity; \
    }

#define TGI_VEC_INIT \
    {                \
        NULL, 0, 0   \
    }

// Makes room for `extra` more items; false when memory runs out.
#define vec_reserve(v, extra)                                                          \
    ((v)->capacity - (v)->count >= (size_t)(extra) ||                                  \
     ((v)->data = tgi_vec_grow((v)->data, &(v)->capacity, (v)->count, (size_t)(extra), \
                               sizeof(*(v)->data)),                                    \
      (v)->capacity - (v)->count >= (size_t)(extra)))

#define vec_push(v, item) (vec_reserve(v, 1) ? ((v)->data[(v)->count++] = (item), true) : false)

#define vec_pop(v) ((v)->data[--(v)->count])

#define vec_last(v) ((v)->data[(v)->count - 1])

#define vec_clear(v) ((void)((v)->count = 0))

// Frees the memory; the array is empty and usable afterwards.
#define vec_free(v) \
    (tgi_vec_release((v)->data), (v)->data = NULL, (void)((v)->count = (v)->capacity = 0))

// The array with room for count + extra items, or unchanged (and *capacity too) without memory.
void *tgi_vec_grow(void *data, size_t *capacity, size_t count, size_t extra, size_t item_bytes);
void tgi_vec_release(void *data);

// Installed by mem; NULL arguments put libc back.
void tgi_vec_set_allocator(void *(*resize)(void *, size_t), void (*release)(void *));

#endif
