// SPDX-License-Identifier: MIT
//
// seqlock.h - readers detect that a writer was inside. Layer sync, header only.
//
//     do {                                      tgi_seqlock_write_begin(&lock);
//         seq = tgi_seqlock_read_begin(&lock);  atom_store_release(&field, value);
//         v = atom_load_acquire(&field);        tgi_seqlock_write_end(&lock);
//     } while (tgi_seqlock_read_retry(&lock, seq));
//
// The protected fields are _Atomic, written with release and read with acquire. That, and not a
// fence, is what keeps them between the two looks at the sequence: a release store of a field
// cannot move before the odd sequence was written, and the second look cannot move before an
// acquire load. On x86 both are plain moves.
//
// Writers exclude each other by the sequence itself (odd = a writer is inside).
#ifndef TGI_SYNC_SEQLOCK_H
#define TGI_SYNC_SEQLOCK_H

#include "base/atomic.h"   // atom_cas_weak_acquire
#include "base/compiler.h" // tgi_cpu_relax
#include "base/os.h"       // tgi_os.yield

#include <stdint.h> // uint32_t

typedef struct tgi_seqlock {
    _Atomic(uint32_t) sequence; // any thread: odd while a writer is inside
} tgi_seqlock;

#define TGI_SEQLOCK_INIT \
    {                    \
        0                \
    }

static inline uint32_t tgi_seqlock_read_begin(tgi_seqlock *lock)
{
    for (unsigned spins = 0;; spins++) {
        // ORDER: acquire; pairs with the release in tgi_seqlock_write_end: the fields of that
        // write are visible.
        uint32_t seq = atom_load_acquire(&lock->sequence);
        if ((seq & 1) == 0)
            return seq;
        if (spins % 64 == 63)
            tgi_os.yield();
        else
            tgi_cpu_relax();
    }
}

static inline bool tgi_seqlock_read_retry(tgi_seqlock *lock, uint32_t seq)
{
    // ORDER: relaxed; kept after the field loads by their own acquire order. A field value from
    // a later write carries, by its release store, that write's odd sequence with it.
    return atom_load_relaxed(&lock->sequence) != seq;
}

static inline void tgi_seqlock_write_begin(tgi_seqlock *lock)
{
    uint32_t seq = tgi_seqlock_read_begin(lock);
    // ORDER: acquire; pairs with the release of the writer before us.
    while (!atom_cas_weak_acquire(&lock->sequence, &seq, seq + 1))
        seq = tgi_seqlock_read_begin(lock);
}

static inline void tgi_seqlock_write_end(tgi_seqlock *lock)
{
    // ORDER: release; pairs with the acquire in tgi_seqlock_read_begin.
    atom_add_release(&lock->sequence, 1);
}

// Nothing was changed after all: readers need not retry.
static inline void tgi_seqlock_write_abandon(tgi_seqlock *lock)
{
    // ORDER: release; pairs with the acquire of the next writer.
    atom_sub_release(&lock->sequence, 1);
}

// Child of fork, single-threaded. True if a writer died inside: the fields must be wiped.
static inline bool tgi_seqlock_after_fork(tgi_seqlock *lock)
{
    // ORDER: relaxed; only one thread exists.
    uint32_t seq = atom_load_relaxed(&lock->sequence);
    atom_store_relaxed(&lock->sequence, 0);
    return (seq & 1) != 0;
}

#endif
