// SPDX-License-Identifier: MIT
//
// deferred.c - lists of blocks that wait for a grace period.
//
// Owns        the chunks. A block's own memory is not touched until it is freed, so that a late
//             reader finds what it was; but see Failure.
// Threads     a list belongs to one thread; the orphans of ended threads to whoever takes a chunk
//             off under the pool's lock.
// Invariants  D1  chunks are in order of age; all but the last are sealed, with goals that rise.
//             D2  a chunk is off every list while its entries run, so callbacks may add entries,
//                 detach, and be overtaken by a pause.
//             D3  the goal of a chunk is taken after its last entry was unlinked: one epoch step
//                 serves up to a chunk of entries.
// Failure     a list has a spare chunk from its start, and asks for the next one from the middle of
//             a chunk on; without memory a sealed chunk that is not full is opened again. Blocks
//             that say so may be written at their end: without memory they are linked to each other
//             and hang off the last chunk, any number of them, and the second half of its entries
//             is kept for the others. Only a list that fills those while every request fails gives
//             a block up: it is counted in lost_bytes, and leaks rather than be freed too early.
#include "mem/deferred.h"

#include "base/assert.h" // TGI_ASSERT
#include "base/config.h" // TGI_DEFER_LIMIT, TGI_DEFER_BATCH
#include "mem/raw.h"     // tgi_raw_free
#include "sync/rank.h"   // TGI_RANK_EPOCH

typedef struct entry {
    tgi_deferred_fn *fn; // NULL: tgi_raw_free
    void *p;
    size_t bytes;
} entry;

struct tgi_deferred_chunk {
    tgi_deferred_chunk *next;
    uint64_t goal; // 0 while entries are still added
    size_t bytes;
    uint32_t count;
    uint32_t linked; // blocks in the chain
    uint64_t chain;  // the first of them, or 0: Note [deferred-chain]
    entry entries[TGI_DEFER_BATCH];
};

// Note [deferred-chain]
//
// A link is the address of a block and, above the 48 bits that user space has, the place of the
// next link in it, in words. That place is the last whole word of the block: what a late reader may
// look at is in front of it.

enum { LINK_BITS = 48, LINK_PLACES = 1 << 16 };

// The place for a link in a block of which the first `keep` bytes must stay; 0 if there is none.
static size_t link_place(const void *p, size_t bytes, size_t keep)
{
    size_t words = bytes / sizeof(uint64_t);
    bool fits = words > 0 && words - 1 < LINK_PLACES && (words - 1) * sizeof(uint64_t) >= keep;
    return fits && keep > 0 && (uint64_t)(uintptr_t)p >> LINK_BITS == 0 ? words - 1 : 0;
}

static void link_block(tgi_deferred_chunk *chunk, void *p, size_t place)
{
    ((uint64_t *)p)[place] = chunk->chain;
    chunk->chain = (uint64_t)(uintptr_t)p | (uint64_t)place << LINK_BITS;
    chunk->linked++;
}

// Frees the blocks that hang off the chunk; returns how many.
static size_t free_chain(tgi_deferred_chunk *chunk)
{
    uint64_t at = chunk->chain;
    while (at != 0) {
        uint64_t *p = (uint64_t *)(uintptr_t)(at & ((UINT64_C(1) << LINK_BITS) - 1));
        at = p[at >> LINK_BITS];
        tgi_raw_free(p);
    }
    size_t freed = chunk->linked;
    chunk->chain = 0;
    chunk->linked = 0;
    return freed;
}

void tgi_deferred_pool_init(tgi_deferred_pool *pool, tgi_qsbr *qsbr)
{
    pool->qsbr = qsbr;
    tgi_mutex_reset(&pool->lock);
    pool->orphans = NULL;
    pool->orphans_tail = NULL;
    // ORDER: relaxed; nobody else knows the pool yet.
    atom_store_relaxed(&pool->orphan_bytes, 0);
}

void tgi_deferred_pool_fini(tgi_deferred_pool *pool)
{
    TGI_INVARIANT(pool->orphans == NULL);
}

void tgi_deferred_init(tgi_deferred *list, tgi_deferred_pool *pool)
{
    list->pool = pool;
    list->head = NULL;
    list->tail = NULL;
    list->spare = NULL;
    // ORDER: relaxed; nobody else knows the list yet.
    atom_store_relaxed(&list->bytes, 0);
    atom_store_relaxed(&list->count, 0);
    list->ask_at = TGI_DEFER_LIMIT;
    list->lost_bytes = 0;
    list->busy = false;
    list->alone = false;
}

bool tgi_deferred_reserve(tgi_deferred *list)
{
    if (list->spare == NULL)
        list->spare = tgi_raw_alloc(sizeof *list->spare);
    return list->spare != NULL;
}

static void seal(tgi_deferred *list)
{
    tgi_deferred_chunk *chunk = list->tail;
    if (chunk != NULL && chunk->goal == 0)
        chunk->goal = tgi_qsbr_retire(list->pool->qsbr); // D3
}

// The chunk that takes the next entry, or NULL.
static tgi_deferred_chunk *open_chunk(tgi_deferred *list)
{
    tgi_deferred_chunk *chunk = list->tail;
    if (TGI_LIKELY(chunk != NULL && chunk->goal == 0))
        return chunk;
    if (!tgi_deferred_reserve(list)) {
        if (chunk == NULL || chunk->count == TGI_DEFER_BATCH)
            return NULL;
        chunk->goal = 0; // a later goal is as good for what it holds already: D3
        return chunk;
    }
    chunk = list->spare;
    list->spare = NULL;
    chunk->next = NULL;
    chunk->goal = 0;
    chunk->bytes = 0;
    chunk->count = 0;
    chunk->linked = 0;
    chunk->chain = 0;
    if (list->tail != NULL)
        list->tail->next = chunk;
    else
        list->head = chunk;
    list->tail = chunk;
    return chunk;
}

// The chunk that a block is hung off because there is no memory for the next one, or NULL. It asks
// for memory at every 64th block: an allocator that has none looks for it everywhere.
static tgi_deferred_chunk *chunk_for_chain(tgi_deferred *list)
{
    tgi_deferred_chunk *chunk = list->tail;
    if (chunk == NULL || chunk->count < TGI_DEFER_BATCH / 2 ||
        (chunk->linked % 64 == 0 && tgi_deferred_reserve(list)))
        return NULL;
    chunk->goal = 0; // D3, as above
    return chunk;
}

bool tgi_deferred_add_object(tgi_deferred *list, tgi_deferred_fn *fn, void *p, size_t bytes,
                             size_t keep)
{
    if (TGI_UNLIKELY(list->alone) && fn == NULL) {
        tgi_raw_free(p);
        return false;
    }
    size_t place = TGI_UNLIKELY(list->spare == NULL) ? link_place(p, bytes, keep) : 0;
    tgi_deferred_chunk *chunk = place != 0 ? chunk_for_chain(list) : NULL;
    bool link = chunk != NULL;
    if (TGI_LIKELY(!link))
        chunk = open_chunk(list);
    if (TGI_UNLIKELY(chunk == NULL)) {
        list->lost_bytes += bytes;
        return true;
    }
    if (TGI_UNLIKELY(link)) {
        link_block(chunk, p, place);
    } else {
        entry *e = &chunk->entries[chunk->count++];
        e->fn = fn;
        e->p = p;
        e->bytes = bytes;
    }
    chunk->bytes += bytes;
    // ORDER: relaxed (inside atom_owner_add); read by others for reports only.
    atom_owner_add(&list->bytes, bytes);
    atom_owner_add(&list->count, 1);
    if (TGI_UNLIKELY(list->spare == NULL) && !link && chunk->count >= TGI_DEFER_BATCH / 2)
        (void)tgi_deferred_reserve(list);
    if (chunk->count == TGI_DEFER_BATCH) {
        seal(list);
        return true;
    }
    // ORDER: relaxed; our own counter.
    return link || atom_load_relaxed(&list->bytes) >= list->ask_at;
}

bool tgi_deferred_add(tgi_deferred *list, tgi_deferred_fn *fn, void *p, size_t bytes)
{
    return tgi_deferred_add_object(list, fn, p, bytes, 0);
}

bool tgi_deferred_is_over_limit(tgi_deferred *list)
{
    // ORDER: relaxed; our own counter.
    size_t bytes = atom_load_relaxed(&list->bytes);
    if (bytes < list->ask_at)
        return false;
    // Asking again makes sense only after it has grown by a good part.
    list->ask_at = bytes + TGI_DEFER_LIMIT / 4;
    seal(list);
    return true;
}

static size_t run_chunk(tgi_deferred_chunk *chunk, struct tg_thread *t)
{
    for (uint32_t i = 0; i < chunk->count; i++) {
        entry *e = &chunk->entries[i];
        if (e->fn == NULL)
            tgi_raw_free(e->p);
        else
            e->fn(t, e->p);
    }
    return chunk->count + free_chain(chunk);
}

// Takes the oldest chunk off the list and its numbers off the totals.
static tgi_deferred_chunk *take_head(tgi_deferred *list)
{
    tgi_deferred_chunk *chunk = list->head;
    list->head = chunk->next;
    if (list->head == NULL)
        list->tail = NULL;
    // ORDER: relaxed (inside atom_owner_add); one writer.
    atom_owner_add(&list->bytes, (size_t)0 - chunk->bytes);
    atom_owner_add(&list->count, (size_t)0 - chunk->count - chunk->linked);
    return chunk;
}

static void lock_pool(tgi_deferred_pool *pool)
{
    tgi_rank_enter(TGI_RANK_EPOCH, &pool->lock);
    tgi_mutex_lock(&pool->lock);
}

static void unlock_pool(tgi_deferred_pool *pool)
{
    tgi_mutex_unlock(&pool->lock);
    tgi_rank_leave(TGI_RANK_EPOCH, &pool->lock);
}

static tgi_deferred_chunk *take_orphan_locked(tgi_deferred_pool *pool)
{
    TGI_ASSERT(tgi_mutex_is_locked(&pool->lock));
    tgi_deferred_chunk *chunk = pool->orphans;
    pool->orphans = chunk->next;
    if (pool->orphans == NULL)
        pool->orphans_tail = NULL;
    // ORDER: relaxed; a hint and a report.
    atom_sub_relaxed(&pool->orphan_bytes, chunk->bytes);
    return chunk;
}

static tgi_deferred_chunk *take_passed_orphan(tgi_deferred_pool *pool)
{
    // The goal is looked at outside of the pool's lock, because the scan has a lock of the same
    // rank; a goal that has passed stays passed, and the head is checked again.
    uint64_t passed = 0;
    for (;;) {
        tgi_deferred_chunk *taken = NULL;
        uint64_t goal = 0;
        lock_pool(pool);
        if (pool->orphans != NULL) {
            goal = pool->orphans->goal;
            if (goal <= passed)
                taken = take_orphan_locked(pool);
        }
        unlock_pool(pool);
        if (taken != NULL || goal == 0 || !tgi_qsbr_passed(pool->qsbr, goal))
            return taken;
        passed = goal;
    }
}

size_t tgi_deferred_process(tgi_deferred *list, struct tg_thread *t)
{
    if (list->busy)
        return 0;
    list->busy = true;
    seal(list);
    size_t done = 0;
    tgi_qsbr *qsbr = list->pool->qsbr;
    while (list->head != NULL && list->head->goal != 0 && tgi_qsbr_passed(qsbr, list->head->goal)) {
        tgi_deferred_chunk *chunk = take_head(list); // D2
        done += run_chunk(chunk, t);
        if (list->spare == NULL)
            list->spare = chunk;
        else
            tgi_raw_free(chunk);
    }
    // ORDER: relaxed; a hint, the lock decides.
    while (atom_load_relaxed(&list->pool->orphan_bytes) != 0) {
        tgi_deferred_chunk *chunk = take_passed_orphan(list->pool);
        if (chunk == NULL)
            break;
        done += run_chunk(chunk, t);
        tgi_raw_free(chunk);
    }
    // ORDER: relaxed; our own counter.
    size_t left = atom_load_relaxed(&list->bytes);
    list->ask_at = left < TGI_DEFER_LIMIT / 2 ? TGI_DEFER_LIMIT : left + TGI_DEFER_LIMIT / 2;
    list->busy = false;
    return done;
}

void tgi_deferred_hand_over(tgi_deferred *list)
{
    tgi_deferred_pool *pool = list->pool;
    seal(list);
    if (list->head != NULL) {
        lock_pool(pool);
        if (pool->orphans_tail != NULL)
            pool->orphans_tail->next = list->head;
        else
            pool->orphans = list->head;
        pool->orphans_tail = list->tail;
        // ORDER: relaxed; a hint and a report. Never 0 while there are orphans: a block counts
        // for at least one byte.
        atom_add_relaxed(&pool->orphan_bytes, atom_load_relaxed(&list->bytes));
        unlock_pool(pool);
    }
    list->head = NULL;
    list->tail = NULL;
    // ORDER: relaxed; the owner ends or is stopped. `busy` stays: it may be stopped in a callback.
    atom_store_relaxed(&list->bytes, 0);
    atom_store_relaxed(&list->count, 0);
    list->ask_at = TGI_DEFER_LIMIT;
}

void tgi_deferred_end(tgi_deferred *list)
{
    TGI_ASSERT(list->head == NULL);
    tgi_raw_free(list->spare);
    list->spare = NULL;
}

// Runs or (with keep_calls) frees the plain entries of a chunk and keeps the rest in place.
// Returns whether the chunk is empty.
static bool drain_chunk(tgi_deferred_chunk *chunk, struct tg_thread *t, bool keep_calls,
                        size_t *done, size_t *bytes)
{
    uint32_t kept = 0;
    size_t kept_bytes = 0;
    for (uint32_t i = 0; i < chunk->count; i++) {
        entry e = chunk->entries[i];
        if (e.fn != NULL && keep_calls) {
            chunk->entries[kept++] = e;
            kept_bytes += e.bytes;
            continue;
        }
        if (e.fn == NULL)
            tgi_raw_free(e.p);
        else
            e.fn(t, e.p);
        ++*done;
    }
    *done += free_chain(chunk);
    *bytes += chunk->bytes - kept_bytes;
    chunk->bytes = kept_bytes;
    chunk->count = kept;
    return kept == 0;
}

size_t tgi_deferred_drain_stopped(tgi_deferred_pool *pool, struct tg_thread *t, bool keep_calls)
{
    size_t done = 0;
    size_t bytes = 0;
    if (keep_calls) {
        lock_pool(pool);
        tgi_deferred_chunk **link = &pool->orphans;
        pool->orphans_tail = NULL;
        while (*link != NULL) {
            tgi_deferred_chunk *chunk = *link;
            if (drain_chunk(chunk, t, true, &done, &bytes)) {
                *link = chunk->next;
                tgi_raw_free(chunk);
            } else {
                pool->orphans_tail = chunk;
                link = &chunk->next;
            }
        }
        // ORDER: relaxed; a hint and a report.
        atom_sub_relaxed(&pool->orphan_bytes, bytes);
        unlock_pool(pool);
        return done;
    }
    for (;;) {
        lock_pool(pool);
        tgi_deferred_chunk *chunk = pool->orphans != NULL ? take_orphan_locked(pool) : NULL;
        unlock_pool(pool);
        if (chunk == NULL)
            return done;
        (void)drain_chunk(chunk, t, false, &done, &bytes);
        tgi_raw_free(chunk);
    }
}
