// SPDX-License-Identifier: MIT
//
// raw.h - memory, from the one allocator of the runtime. Layer mem. The code is in raw.c.
//
// raw.c is the only file that knows which allocator that is: mimalloc, or libc's malloc when
// built with TGI_ALLOC_SYSTEM=1 (sanitizers, comparison). Never mix with malloc and free.
//
// Every function returns NULL when memory runs out, also for a size that overflows. Blocks are
// 16-aligned. A request for 0 bytes gives a unique block.
#ifndef TGI_MEM_RAW_H
#define TGI_MEM_RAW_H

#include <stddef.h> // size_t
#include <stdint.h> // int64_t

void *tgi_raw_alloc(size_t bytes) __attribute__((malloc, warn_unused_result));
void *tgi_raw_calloc(size_t count, size_t bytes) __attribute__((malloc, warn_unused_result));

// NULL: p is untouched and still owned by the caller. p may be NULL.
void *tgi_raw_realloc(void *p, size_t bytes) __attribute__((warn_unused_result));

// p may be NULL.
void tgi_raw_free(void *p);

// Zeroed block that starts on a cache line; freed with tgi_raw_free_lines only.
void *tgi_raw_calloc_lines(size_t bytes) __attribute__((malloc, warn_unused_result));
void tgi_raw_free_lines(void *p);

// Bytes that may be used at p, at least what was asked for.
size_t tgi_raw_usable(const void *p);

// "mimalloc 2.0.9" or "system".
const char *tgi_raw_name(void);

// Returns unused memory to the system where the allocator can. Slow.
void tgi_raw_trim(void);

typedef struct tgi_raw_counts {
    int64_t blocks;    // live now
    int64_t allocated; // blocks ever allocated
    int64_t bytes;     // live usable bytes; -1 unless built with TGI_MEM_BYTES
    int64_t failed;    // requests that returned NULL
} tgi_raw_counts;

// Sums all threads. Exact while no other thread allocates or frees.
tgi_raw_counts tgi_raw_count(void);

// Injected failure: the n-th request from now on (1 = the next) by any thread fails, and `run`
// requests from there on. n = 0 switches it off. Returns how many requests were seen since the
// last call, so that a sweep knows where to end.
uint64_t tgi_mem_fail_after(uint64_t n, uint64_t run);

#endif
