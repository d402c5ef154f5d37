// SPDX-License-Identifier: MIT
//
// qsbr.h - when is no reader left that may have seen it? Layer mem. The algorithm is in qsbr.c.
//
// A reader of shared memory takes no lock; it only says now and then that it holds nothing (a
// quiescent state). Memory that was unlinked waits until every online thread has said so since.
//
//     reader                           remover
//     online                           unlink (release store or RMW)
//       ... reads ...                  goal = tgi_qsbr_retire(domain)
//     quiescent / offline              ... tgi_qsbr_passed(domain, goal) -> free
#ifndef TGI_MEM_QSBR_H
#define TGI_MEM_QSBR_H

#include "base/atomic.h"   // orders
#include "base/compiler.h" // TGI_ALIGNED_LINE
#include "sync/mutex.h"    // tgi_mutex
#include "sync/point.h"    // tgi_point

#include <stdint.h> // uint64_t

// One per thread state, linked into the domain. The owner writes `seq` often, others only read.
typedef struct tgi_qsbr_node {
    TGI_ALIGNED_LINE _Atomic(uint64_t) seq; // owner writes: epoch last seen, 0 = offline
    struct tgi_qsbr_node *prev, *next;      // guarded by domain.lock
    _Atomic(uint32_t) *breaker;             // const after init: where to ask for quiescence
    uint32_t breaker_bit;                   // const after init
} tgi_qsbr_node;

typedef struct tgi_qsbr {
    TGI_ALIGNED_LINE _Atomic(uint64_t) epoch; // any thread: only grows
    TGI_ALIGNED_LINE _Atomic(uint64_t) safe;  // any thread: goals <= safe have passed
    _Atomic(uint64_t) requested;              // any thread: epoch of the last request
    tgi_mutex lock;                           // leaf: the list
    tgi_qsbr_node *nodes;                     // guarded by lock
} tgi_qsbr;

void tgi_qsbr_init(tgi_qsbr *domain);

// The node starts offline. `breaker` may be NULL: then the thread is never asked.
void tgi_qsbr_register(tgi_qsbr *domain, tgi_qsbr_node *node, _Atomic(uint32_t) *breaker,
                       uint32_t breaker_bit);
void tgi_qsbr_unregister(tgi_qsbr *domain, tgi_qsbr_node *node);

// From here on the thread may read shared memory.
static inline void tgi_qsbr_online(tgi_qsbr *domain, tgi_qsbr_node *node)
{
    tgi_point(TGI_POINT_EPOCH, domain);
    // ORDER: seq_cst exchange; store-load with the reads that follow, against the remover's
    // unlink, advance (seq_cst RMW) and scan: either it sees us online or we see its unlink.
    // The load is acquire: an epoch read brings the unlinks before its advance.
    (void)atom_exchange_seq_cst(&node->seq, atom_load_acquire(&domain->epoch));
}

// The thread holds nothing any more. Reads before this are over.
static inline void tgi_qsbr_offline(tgi_qsbr_node *node)
{
    // ORDER: release; pairs with the scan: our reads happened before the memory is reused.
    atom_store_release(&node->seq, 0);
}

// The thread holds nothing at this moment, and goes on. Online threads only.
static inline void tgi_qsbr_quiescent(tgi_qsbr *domain, tgi_qsbr_node *node)
{
    tgi_point(TGI_POINT_EPOCH, domain);
    // ORDER: acquire load pairs with the advance: later reads see what was unlinked before it.
    // The release store pairs with the scan: our earlier reads are over.
    atom_store_release(&node->seq, atom_load_acquire(&domain->epoch));
}

// After an unlink: the goal that must pass before the memory is reused. Advances the epoch.
uint64_t tgi_qsbr_retire(tgi_qsbr *domain);

// The same without advancing: cheaper in a batch, but the goal passes only after somebody
// called tgi_qsbr_advance.
uint64_t tgi_qsbr_retire_lazy(tgi_qsbr *domain);
void tgi_qsbr_advance(tgi_qsbr *domain);

// Whether everybody has been quiescent since the goal was given out. Scans when it must.
bool tgi_qsbr_passed(tgi_qsbr *domain, uint64_t goal);

// Sets the breaker bit of every online thread that is behind the present epoch.
void tgi_qsbr_request(tgi_qsbr *domain);

// World stopped: everybody is quiescent, so every goal given out so far has passed.
void tgi_qsbr_pass_stopped(tgi_qsbr *domain);

// Child of fork, single-threaded: only `self` (or nobody) remains.
void tgi_qsbr_after_fork(tgi_qsbr *domain, tgi_qsbr_node *self);

#endif
