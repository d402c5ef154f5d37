// SPDX-License-Identifier: MIT
//
// raw.c - the one allocator of the runtime.
//
// Owns        the choice of the allocator, the counts, the injected failure.
// Threads     any. Counts live in shards: an OS thread claims one at its first call, adds to it
//             without locked instructions, and leaves it to the next thread when it ends; shards
//             are never freed, so a sum can walk them without a lock.
// Invariants  C1  a shard has one writer at a time.
//             C2  blocks = allocated - freed, over all shards; one shard alone may be negative.
// Rejected    one shared atomic counter: a locked instruction on a shared line per allocation.
//             mi_heap_*: its walks report freed blocks and miss those of ended threads, and a heap
//             cannot outlive its thread. Only the five plain functions are used, which are
//             also the ones that valgrind replaces.
#include "mem/raw.h"

#include "base/assert.h"   // TGI_DEBUG
#include "base/atomic.h"   // counts
#include "base/compiler.h" // TGI_UNLIKELY
#include "base/vec.h"      // arrays allocate here too

#if !TGI_ALLOC_SYSTEM
#include <mimalloc.h>
#else
#include <malloc.h> // malloc_usable_size, malloc_trim
#include <stdlib.h>
#endif
#include <pthread.h> // end of a thread
#include <stdio.h>   // snprintf
#include <string.h>  // the name

#ifndef TGI_MEM_BYTES
#define TGI_MEM_BYTES TGI_DEBUG
#endif

#if TGI_ALLOC_SYSTEM
#define backend_alloc     malloc
#define backend_calloc    calloc
#define backend_realloc   realloc
#define backend_free      free
#define backend_usable(p) malloc_usable_size((void *)(p))
#else
#define backend_alloc     mi_malloc
#define backend_calloc    mi_calloc
#define backend_realloc   mi_realloc
#define backend_free      mi_free
#define backend_usable(p) mi_usable_size(p)
#endif

typedef struct shard {
    TGI_ALIGNED_LINE _Atomic(int64_t) allocated; // owner writes
    _Atomic(int64_t) freed;                      // owner writes
    _Atomic(int64_t) bytes;                      // owner writes
    _Atomic(int64_t) failed;                     // owner writes
    struct shard *next;                          // const after it is in the list
    _Atomic(bool) claimed;                       // any thread: C1
} shard;

enum { DECOMMIT_MS = 1000 }; // until free memory is given back to the system

// The first shards need no allocation; in the rare case that more threads than this live at once
// and no memory is left for a shard, threads share the last one with locked instructions.
enum { STATIC_SHARDS = 64 };
static shard first_shards[STATIC_SHARDS];
static shard shared_shard;
static _Atomic(shard *) more_shards;
static _Thread_local shard *my_shard;
static pthread_key_t end_key;
static bool end_key_valid;

static _Atomic(bool) faults_armed;
static _Atomic(uint64_t) fault_at;
static _Atomic(uint64_t) fault_end;
static _Atomic(uint64_t) requests_seen;

static void leave_shard(void *value)
{
    shard *s = value;
    my_shard = NULL;
    // ORDER: release; pairs with the acquire of the next claim: its plain sums continue ours.
    atom_store_release(&s->claimed, false);
}

__attribute__((constructor)) static void set_up(void)
{
    end_key_valid = pthread_key_create(&end_key, leave_shard) == 0;
    tgi_vec_set_allocator(tgi_raw_realloc, tgi_raw_free);
#if !TGI_ALLOC_SYSTEM
    // Arrays that grow and garbage that is collected free megabytes which are wanted again soon;
    // after 25 ms, the default, each page would be a fault again. The environment goes first.
    mi_option_set_default(mi_option_decommit_delay, DECOMMIT_MS);
#endif
}

static bool try_claim(shard *s)
{
    bool expected = false;
    // ORDER: acquire; pairs with the release in leave_shard.
    return !atom_load_relaxed(&s->claimed) && atom_cas_strong_acquire(&s->claimed, &expected, true);
}

static TGI_COLD shard *claim_shard(void)
{
    shard *found = NULL;
    for (int i = 0; i < STATIC_SHARDS && found == NULL; i++)
        if (try_claim(&first_shards[i]))
            found = &first_shards[i];
    // ORDER: acquire; pairs with the CAS below: the shard is initialised.
    for (shard *s = atom_load_acquire(&more_shards); s != NULL && found == NULL; s = s->next)
        if (try_claim(s))
            found = s;
    if (found == NULL) {
        // Never freed, so the start of the block need not be remembered.
        char *block = backend_calloc(1, sizeof *found + TGI_CACHE_LINE - 1);
        if (block == NULL)
            return &shared_shard;
        uintptr_t at = ((uintptr_t)block + TGI_CACHE_LINE - 1) & ~(uintptr_t)(TGI_CACHE_LINE - 1);
        found = (shard *)at;
        atom_store_relaxed(&found->claimed, true);     // ORDER: relaxed; not visible yet.
        found->next = atom_load_relaxed(&more_shards); // ORDER: relaxed; the CAS checks it.
        // ORDER: release; pairs with the acquire of every walk.
        while (!atom_cas_weak_release(&more_shards, &found->next, found)) {}
    }
    my_shard = found;
    // Without the key the shard stays with the dead thread: its counts are right all the same.
    if (end_key_valid)
        (void)pthread_setspecific(end_key, found);
    return found;
}

static inline void count(_Atomic(int64_t) *field, shard *s, int64_t n)
{
    // ORDER: relaxed; sums for reports. The shared shard has several writers.
    if (TGI_UNLIKELY(s == &shared_shard))
        atom_add_relaxed(field, n);
    else
        atom_owner_add(field, n);
}

static inline shard *current_shard(void)
{
    shard *s = my_shard;
    return TGI_LIKELY(s != NULL) ? s : claim_shard();
}

static TGI_NOINLINE bool fault_now(void)
{
    // ORDER: relaxed; a counter of a test.
    uint64_t n = atom_add_relaxed(&requests_seen, 1) + 1;
    return n >= atom_load_relaxed(&fault_at) && n < atom_load_relaxed(&fault_end);
}

static inline bool fault(void)
{
    // ORDER: relaxed; armed and disarmed by a test between its steps.
    return TGI_UNLIKELY(atom_load_relaxed(&faults_armed)) && fault_now();
}

static inline void *note_new(void *p)
{
    shard *s = current_shard();
    if (TGI_UNLIKELY(p == NULL)) {
        count(&s->failed, s, 1);
        return NULL;
    }
    count(&s->allocated, s, 1);
#if TGI_MEM_BYTES
    count(&s->bytes, s, (int64_t)backend_usable(p));
#endif
    return p;
}

void *tgi_raw_alloc(size_t bytes)
{
    return note_new(fault() ? NULL : backend_alloc(bytes));
}

void *tgi_raw_calloc(size_t items, size_t bytes)
{
    return note_new(fault() ? NULL : backend_calloc(items, bytes));
}

void *tgi_raw_realloc(void *p, size_t bytes)
{
    if (p == NULL)
        return tgi_raw_alloc(bytes);
    // A size of 0 would free the block in some allocators; the caller still owns it here.
    if (bytes == 0)
        bytes = 1;
#if TGI_MEM_BYTES
    int64_t before = (int64_t)backend_usable(p);
#endif
    void *moved = fault() ? NULL : backend_realloc(p, bytes);
    shard *s = current_shard();
    if (TGI_UNLIKELY(moved == NULL)) {
        count(&s->failed, s, 1);
        return NULL;
    }
#if TGI_MEM_BYTES
    count(&s->bytes, s, (int64_t)backend_usable(moved) - before);
#endif
    return moved;
}

void tgi_raw_free(void *p)
{
    if (p == NULL)
        return;
    shard *s = current_shard();
    count(&s->freed, s, 1);
#if TGI_MEM_BYTES
    count(&s->bytes, s, -(int64_t)backend_usable(p));
#endif
    backend_free(p);
}

void *tgi_raw_calloc_lines(size_t bytes)
{
    // The block's own start is kept in the word before the line.
    char *block = tgi_raw_calloc(1, bytes + TGI_CACHE_LINE + sizeof(void *));
    if (block == NULL)
        return NULL;
    uintptr_t line =
        ((uintptr_t)block + sizeof(void *) + TGI_CACHE_LINE - 1) & ~(uintptr_t)(TGI_CACHE_LINE - 1);
    ((void **)line)[-1] = block;
    return (void *)line;
}

void tgi_raw_free_lines(void *p)
{
    if (p != NULL)
        tgi_raw_free(((void **)p)[-1]);
}

size_t tgi_raw_usable(const void *p)
{
    return p == NULL ? 0 : backend_usable(p);
}

const char *tgi_raw_name(void)
{
#if TGI_ALLOC_SYSTEM
    return "system";
#else
    static _Thread_local char name[32];
    int version = mi_version();
    snprintf(name, sizeof name, "mimalloc %d.%d.%d", version / 100, version / 10 % 10,
             version % 10);
    return name;
#endif
}

void tgi_raw_trim(void)
{
#if TGI_ALLOC_SYSTEM
    (void)malloc_trim(0);
#else
    mi_collect(true);
#endif
}

static void add_shard(tgi_raw_counts *sum, shard *s)
{
    // ORDER: relaxed; exact only when the caller knows that nobody allocates.
    int64_t allocated = atom_load_relaxed(&s->allocated);
    sum->allocated += allocated;
    sum->blocks += allocated - atom_load_relaxed(&s->freed);
    sum->bytes += atom_load_relaxed(&s->bytes);
    sum->failed += atom_load_relaxed(&s->failed);
}

tgi_raw_counts tgi_raw_count(void)
{
    tgi_raw_counts sum = {0, 0, 0, 0};
    for (int i = 0; i < STATIC_SHARDS; i++)
        add_shard(&sum, &first_shards[i]);
    // ORDER: acquire; pairs with the CAS in claim_shard.
    for (shard *s = atom_load_acquire(&more_shards); s != NULL; s = s->next)
        add_shard(&sum, s);
    add_shard(&sum, &shared_shard);
    if (!TGI_MEM_BYTES)
        sum.bytes = -1;
    return sum;
}

uint64_t tgi_mem_fail_after(uint64_t n, uint64_t run)
{
    // ORDER: relaxed (all here); a test arms it while nothing else allocates.
    atom_store_relaxed(&faults_armed, false);
    uint64_t seen = atom_exchange_relaxed(&requests_seen, 0);
    atom_store_relaxed(&fault_at, n);
    atom_store_relaxed(&fault_end, n > UINT64_MAX - run ? UINT64_MAX : n + run);
    atom_store_relaxed(&faults_armed, n != 0);
    return seen;
}
