// SPDX-License-Identifier: MIT
//
// pool.h - memory of one run, given back all at once and used again by the next. Layer stress.
// pool.c.
#ifndef TGI_STRESS_POOL_H
#define TGI_STRESS_POOL_H

#include <stddef.h> // size_t

typedef struct tgi_pool {
    struct pool_block *first, *current;
    size_t used;  // of current
    size_t total; // given out since the last reset
    size_t limit; // of total; 0: none
} tgi_pool;

// Zeroed, aligned for any type; NULL without memory or beyond the limit.
void *tgi_pool_alloc(tgi_pool *p, size_t bytes);
void tgi_pool_reset(tgi_pool *p); // keeps the blocks
void tgi_pool_free(tgi_pool *p);

#endif
