// SPDX-License-Identifier: MIT
//
// vec.c - growth of arrays.
//
// Invariants  capacity at least doubles when it grows, so n pushes cost O(n).
#include "base/vec.h"

#include <stdint.h> // SIZE_MAX
#include <stdlib.h> // realloc, free

static void *(*resize_fn)(void *, size_t) = realloc;
static void (*release_fn)(void *) = free;

void tgi_vec_set_allocator(void *(*resize)(void *, size_t), void (*release)(void *))
{
    resize_fn = resize != NULL ? resize : realloc;
    release_fn = release != NULL ? release : free;
}

void *tgi_vec_grow(void *data, size_t *capacity, size_t count, size_t extra, size_t item_bytes)
{
    if (extra > SIZE_MAX - count)
        return data;
    size_t wanted = count + extra;
    size_t doubled = *capacity < 4 ? 8 : *capacity <= SIZE_MAX / 2 ? *capacity * 2 : wanted;
    size_t next = wanted > doubled ? wanted : doubled;
    if (next > SIZE_MAX / item_bytes)
        return data;
    void *moved = resize_fn(data, next * item_bytes);
    if (moved == NULL)
        return data;
    *capacity = next;
    return moved;
}

void tgi_vec_release(void *data)
{
    release_fn(data);
}
