// SPDX-License-Identifier: MIT
//
// qsbr.c - grace periods by quiescent states.
//
// Owns        the epoch of a domain and the list of its nodes.
// Threads     node.seq is written by its thread only; everybody scans.
// Locks       domain.lock, a leaf, for the list and for scans.
// Invariants  Q1  node.seq is 0 or an epoch its thread has read since it last held anything.
//             Q2  a goal is above every epoch that was current before its unlink.
//             Q3  safe <= seq of every node that is online, at some moment after safe was reached;
//                 it only grows.
//
// Note [grace-period]
// The remover unlinks, then adds to the epoch (seq_cst RMW) and takes the result as goal. A
// reader whose seq is >= goal has read the epoch after that addition, so it sees the unlink. A
// reader that goes online exchanges its seq (seq_cst) before it reads anything: in the single
// order of seq_cst operations either the scan sees it online with a lower seq, and waits, or its
// reads come after the addition and it cannot find the block any more. The lazy form adds 0: it
// is still an RMW in the order of the epoch, so a later advance carries our unlink with it.
//
// Rejected    an array of slots: growing it needs a pause, because threads point into it.
//             Hazard pointers: a full fence for every read.
// Sources     McKenney and Slingwine, "Read-copy update", 1998; Hart et al., "Performance of
//             memory reclamation for lockless synchronization", 2007.
#include "mem/qsbr.h"

#include "sync/rank.h" // TGI_RANK_EPOCH

static void lock_list(tgi_qsbr *domain)
{
    tgi_rank_enter(TGI_RANK_EPOCH, &domain->lock);
    tgi_mutex_lock(&domain->lock);
}

static void unlock_list(tgi_qsbr *domain)
{
    tgi_mutex_unlock(&domain->lock);
    tgi_rank_leave(TGI_RANK_EPOCH, &domain->lock);
}

void tgi_qsbr_init(tgi_qsbr *domain)
{
    // ORDER: relaxed (all here); nobody else knows the domain yet.
    atom_store_relaxed(&domain->epoch, 1);
    atom_store_relaxed(&domain->safe, 1);
    atom_store_relaxed(&domain->requested, 0);
    tgi_mutex_reset(&domain->lock);
    domain->nodes = NULL;
}

void tgi_qsbr_register(tgi_qsbr *domain, tgi_qsbr_node *node, _Atomic(uint32_t) *breaker,
                       uint32_t breaker_bit)
{
    // ORDER: relaxed; published by the lock.
    atom_store_relaxed(&node->seq, 0);
    node->breaker = breaker;
    node->breaker_bit = breaker_bit;
    node->prev = NULL;
    lock_list(domain);
    node->next = domain->nodes;
    if (domain->nodes != NULL)
        domain->nodes->prev = node;
    domain->nodes = node;
    unlock_list(domain);
}

void tgi_qsbr_unregister(tgi_qsbr *domain, tgi_qsbr_node *node)
{
    lock_list(domain);
    if (node->prev != NULL)
        node->prev->next = node->next;
    else
        domain->nodes = node->next;
    if (node->next != NULL)
        node->next->prev = node->prev;
    unlock_list(domain);
}

uint64_t tgi_qsbr_retire(tgi_qsbr *domain)
{
    tgi_point(TGI_POINT_EPOCH, domain);
    // ORDER: seq_cst RMW; see Note [grace-period].
    return atom_add_seq_cst(&domain->epoch, 1) + 1;
}

uint64_t tgi_qsbr_retire_lazy(tgi_qsbr *domain)
{
    tgi_point(TGI_POINT_EPOCH, domain);
    // ORDER: seq_cst RMW of 0; see Note [grace-period].
    return atom_add_seq_cst(&domain->epoch, 0) + 1;
}

void tgi_qsbr_advance(tgi_qsbr *domain)
{
    // ORDER: seq_cst RMW; see Note [grace-period].
    (void)atom_add_seq_cst(&domain->epoch, 1);
}

static void raise_safe(tgi_qsbr *domain, uint64_t reached)
{
    // ORDER: acquire; a value that is high enough brings the scan behind it.
    uint64_t safe = atom_load_acquire(&domain->safe);
    while (safe < reached) {
        // ORDER: acq_rel; the readers our scan saw quiescent are done for all who see this.
        if (atom_cas_weak_acq_rel(&domain->safe, &safe, reached))
            return;
    }
}

bool tgi_qsbr_passed(tgi_qsbr *domain, uint64_t goal)
{
    tgi_point(TGI_POINT_EPOCH, domain);
    // ORDER: acquire; pairs with the CAS in raise_safe.
    if (atom_load_acquire(&domain->safe) >= goal)
        return true;
    lock_list(domain);
    // ORDER: seq_cst (both); see Note [grace-period]. The loads of seq also acquire the ends of
    // the readers.
    uint64_t lowest = atom_load_seq_cst(&domain->epoch);
    for (tgi_qsbr_node *node = domain->nodes; node != NULL; node = node->next) {
        uint64_t seq = atom_load_seq_cst(&node->seq);
        if (seq != 0 && seq < lowest)
            lowest = seq;
    }
    unlock_list(domain);
    raise_safe(domain, lowest);
    return lowest >= goal;
}

void tgi_qsbr_request(tgi_qsbr *domain)
{
    // ORDER: relaxed; a rough limit on how often everybody is asked.
    uint64_t epoch = atom_load_relaxed(&domain->epoch);
    uint64_t asked = atom_load_relaxed(&domain->requested);
    if (asked >= epoch || !atom_cas_strong_relaxed(&domain->requested, &asked, epoch))
        return;
    lock_list(domain);
    for (tgi_qsbr_node *node = domain->nodes; node != NULL; node = node->next) {
        // ORDER: relaxed; a thread that moves on by itself is asked in vain.
        uint64_t seq = atom_load_relaxed(&node->seq);
        // ORDER: seq_cst; as every breaker bit.
        if (seq != 0 && seq < epoch && node->breaker != NULL)
            atom_or_seq_cst(node->breaker, node->breaker_bit);
    }
    unlock_list(domain);
}

void tgi_qsbr_pass_stopped(tgi_qsbr *domain)
{
    // ORDER: seq_cst RMW; every goal given out so far, lazy ones too, is at most the result.
    uint64_t epoch = atom_add_seq_cst(&domain->epoch, 1) + 1;
    raise_safe(domain, epoch);
}

void tgi_qsbr_after_fork(tgi_qsbr *domain, tgi_qsbr_node *self)
{
    tgi_mutex_reset(&domain->lock);
    domain->nodes = self;
    if (self != NULL) {
        self->prev = NULL;
        self->next = NULL;
    }
}
