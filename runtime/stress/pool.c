// SPDX-License-Identifier: MIT
//
// pool.c - memory of one run.
//
// Invariants  P1  blocks behind `current` are free; the list keeps its order.
#include "stress/pool.h"

#include <stdlib.h> // malloc
#include <string.h> // memset

enum { BLOCK_BYTES = 64 * 1024, ALIGN = 16 };

typedef struct pool_block {
    struct pool_block *next;
    size_t bytes;
    _Alignas(ALIGN) char data[];
} pool_block;

static pool_block *new_block(size_t bytes)
{
    size_t room = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    pool_block *b = malloc(sizeof *b + room);
    if (b != NULL) {
        b->next = NULL;
        b->bytes = room;
    }
    return b;
}

void *tgi_pool_alloc(tgi_pool *p, size_t bytes)
{
    bytes = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    if (p->limit != 0 && bytes > p->limit - p->total)
        return NULL;
    while (p->current == NULL || p->used + bytes > p->current->bytes) {
        pool_block *next = p->current == NULL ? p->first : p->current->next;
        if (next == NULL || next->bytes < bytes) {
            pool_block *b = new_block(bytes);
            if (b == NULL)
                return NULL;
            b->next = next;
            if (p->current == NULL)
                p->first = b;
            else
                p->current->next = b;
            next = b;
        }
        p->current = next;
        p->used = 0;
    }
    void *at = p->current->data + p->used;
    p->used += bytes;
    p->total += bytes;
    return memset(at, 0, bytes);
}

void tgi_pool_reset(tgi_pool *p)
{
    p->current = p->first;
    p->used = p->total = 0;
}

void tgi_pool_free(tgi_pool *p)
{
    for (pool_block *b = p->first; b != NULL;) {
        pool_block *next = b->next;
        free(b);
        b = next;
    }
    *p = (tgi_pool){0};
}
