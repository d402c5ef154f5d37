// SPDX-License-Identifier: MIT
//
// rank.c - which ranks the calling OS thread holds. Debug builds only.
//
// Invariants  R1  a lock is entered only if its rank is above all ranks held, except by trylock.
//             R2  in a pause, only ranks from TGI_RANK_LEAF on are entered.
//             R3  in a pause nothing is waited for detached, ranked or not: whoever ends the wait
//                 may be stopped, and the requester must not detach.
//             Releases may come in any order.
#include "sync/rank.h"

#if TGI_DEBUG

#include <stddef.h> // size_t

enum { DEPTH = 24 };

typedef struct held {
    tgi_rank rank;
    const void *lock;
} held;

static _Thread_local held stack[DEPTH];
static _Thread_local unsigned depth;
static _Thread_local bool paused;

static void push(tgi_rank rank, const void *lock)
{
    if (depth == DEPTH)
        TGI_FATAL("lock rank %d (%p): more than %d locks held", (int)rank, lock, (int)DEPTH);
    stack[depth].rank = rank;
    stack[depth].lock = lock;
    depth++;
}

void tgi_rank_enter(tgi_rank rank, const void *lock)
{
    if (paused && rank < TGI_RANK_LEAF)
        TGI_FATAL("lock rank %d (%p) waited for in a pause", (int)rank, lock);
    for (unsigned i = 0; i < depth; i++) {
        if (stack[i].rank >= rank)
            TGI_FATAL("lock rank %d (%p) taken while rank %d (%p) is held", (int)rank, lock,
                      (int)stack[i].rank, stack[i].lock);
    }
    push(rank, lock);
}

void tgi_rank_enter_try(tgi_rank rank, const void *lock)
{
    push(rank, lock);
}

void tgi_rank_leave(tgi_rank rank, const void *lock)
{
    for (unsigned i = depth; i-- > 0;) {
        if (stack[i].rank == rank && stack[i].lock == lock) {
            for (unsigned k = i + 1; k < depth; k++)
                stack[k - 1] = stack[k];
            depth--;
            return;
        }
    }
    TGI_FATAL("lock rank %d (%p) released but not held", (int)rank, lock);
}

void tgi_rank_set_paused(bool value)
{
    paused = value;
}

void tgi_rank_check_detach(const void *addr)
{
    if (paused)
        TGI_FATAL("%p is waited for in a pause: who ends the wait may be stopped", addr);
}

unsigned tgi_rank_held(void)
{
    return depth;
}

#endif

// A translation unit must not be empty.
typedef int tgi_rank_unit;
