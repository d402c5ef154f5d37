// SPDX-License-Identifier: MIT
//
// atomic.h - one macro per atomic operation and memory order in use. Layer base, header only.
//
// Every field that more than one thread may touch at a time is declared _Atomic(T) and reached
// only through these macros, so that each access shows its order and can carry an ORDER: comment.
// They are thin names for <stdatomic.h>, which gcc and clang type-check alike.
//
// There are no fences: a read-modify-write on the word in question says the same, is what x86
// executes anyway, and is understood by ThreadSanitizer.
//
// Conventions
//   atom_add_*, atom_sub_*, atom_or_*, atom_and_*   return the value BEFORE the operation.
//   atom_cas_*   return true when the exchange happened; otherwise *expected holds what was seen.
#ifndef TGI_BASE_ATOMIC_H
#define TGI_BASE_ATOMIC_H

#include <stdatomic.h> // the operations themselves
#include <stdbool.h>   // result of the compare-and-swap macros

// clang-format off
#define atom_load_relaxed(p)            atomic_load_explicit((p), memory_order_relaxed)
#define atom_load_acquire(p)            atomic_load_explicit((p), memory_order_acquire)
#define atom_load_seq_cst(p)            atomic_load_explicit((p), memory_order_seq_cst)

#define atom_store_relaxed(p, v)        atomic_store_explicit((p), (v), memory_order_relaxed)
#define atom_store_release(p, v)        atomic_store_explicit((p), (v), memory_order_release)
#define atom_store_seq_cst(p, v)        atomic_store_explicit((p), (v), memory_order_seq_cst)

#define atom_exchange_relaxed(p, v)     atomic_exchange_explicit((p), (v), memory_order_relaxed)
#define atom_exchange_acquire(p, v)     atomic_exchange_explicit((p), (v), memory_order_acquire)
#define atom_exchange_release(p, v)     atomic_exchange_explicit((p), (v), memory_order_release)
#define atom_exchange_acq_rel(p, v)     atomic_exchange_explicit((p), (v), memory_order_acq_rel)
#define atom_exchange_seq_cst(p, v)     atomic_exchange_explicit((p), (v), memory_order_seq_cst)

#define atom_add_relaxed(p, v)          atomic_fetch_add_explicit((p), (v), memory_order_relaxed)
#define atom_add_acquire(p, v)          atomic_fetch_add_explicit((p), (v), memory_order_acquire)
#define atom_add_release(p, v)          atomic_fetch_add_explicit((p), (v), memory_order_release)
#define atom_add_acq_rel(p, v)          atomic_fetch_add_explicit((p), (v), memory_order_acq_rel)
#define atom_add_seq_cst(p, v)          atomic_fetch_add_explicit((p), (v), memory_order_seq_cst)

#define atom_sub_relaxed(p, v)          atomic_fetch_sub_explicit((p), (v), memory_order_relaxed)
#define atom_sub_release(p, v)          atomic_fetch_sub_explicit((p), (v), memory_order_release)
#define atom_sub_acq_rel(p, v)          atomic_fetch_sub_explicit((p), (v), memory_order_acq_rel)
#define atom_sub_seq_cst(p, v)          atomic_fetch_sub_explicit((p), (v), memory_order_seq_cst)

#define atom_or_relaxed(p, v)           atomic_fetch_or_explicit((p), (v), memory_order_relaxed)
#define atom_or_release(p, v)           atomic_fetch_or_explicit((p), (v), memory_order_release)
#define atom_or_acq_rel(p, v)           atomic_fetch_or_explicit((p), (v), memory_order_acq_rel)
#define atom_or_seq_cst(p, v)           atomic_fetch_or_explicit((p), (v), memory_order_seq_cst)

#define atom_and_relaxed(p, v)          atomic_fetch_and_explicit((p), (v), memory_order_relaxed)
#define atom_and_acquire(p, v)          atomic_fetch_and_explicit((p), (v), memory_order_acquire)
#define atom_and_release(p, v)          atomic_fetch_and_explicit((p), (v), memory_order_release)
#define atom_and_acq_rel(p, v)          atomic_fetch_and_explicit((p), (v), memory_order_acq_rel)
#define atom_and_seq_cst(p, v)          atomic_fetch_and_explicit((p), (v), memory_order_seq_cst)

#define ATOM_CAS_(strength, p, e, v, good, bad) \
    atomic_compare_exchange_##strength##_explicit((p), (e), (v), memory_order_##good, \
                                                  memory_order_##bad)

#define atom_cas_weak_relaxed(p, e, v)   ATOM_CAS_(weak, p, e, v, relaxed, relaxed)
#define atom_cas_weak_acquire(p, e, v)   ATOM_CAS_(weak, p, e, v, acquire, relaxed)
#define atom_cas_weak_release(p, e, v)   ATOM_CAS_(weak, p, e, v, release, relaxed)
#define atom_cas_weak_acq_rel(p, e, v)   ATOM_CAS_(weak, p, e, v, acq_rel, acquire)
#define atom_cas_weak_seq_cst(p, e, v)   ATOM_CAS_(weak, p, e, v, seq_cst, seq_cst)
#define atom_cas_strong_relaxed(p, e, v) ATOM_CAS_(strong, p, e, v, relaxed, relaxed)
#define atom_cas_strong_acquire(p, e, v) ATOM_CAS_(strong, p, e, v, acquire, relaxed)
#define atom_cas_strong_release(p, e, v) ATOM_CAS_(strong, p, e, v, release, relaxed)
#define atom_cas_strong_acq_rel(p, e, v) ATOM_CAS_(strong, p, e, v, acq_rel, acquire)
#define atom_cas_strong_seq_cst(p, e, v) ATOM_CAS_(strong, p, e, v, seq_cst, seq_cst)

// clang-format on

// Plain field with one writer: other threads read it with atom_load_relaxed, the owner adds
// without a locked instruction. For statistics.
#define atom_owner_add(p, v) atom_store_relaxed((p), atom_load_relaxed(p) + (v))

#endif
