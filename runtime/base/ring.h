// SPDX-License-Identifier: MIT
//
// ring.h - ring of the last N items, N a power of two. Layer base, header only.
//
// Used for recent events: writing never fails, the oldest item is overwritten.
//
//     typedef TGI_RING(struct event, 256) event_ring;
//     *tgi_ring_push(&ring) = event;
//     for (size_t i = 0; i < tgi_ring_count(&ring); i++)  // oldest first
//         show(tgi_ring_at(&ring, i));
//
// Threads     one owner.
#ifndef TGI_BASE_RING_H
#define TGI_BASE_RING_H

#include <stddef.h> // size_t

#define TGI_RING(T, capacity)                                                                   \
    struct {                                                                                    \
        size_t pushed; /* items ever pushed */                                                  \
        T items[capacity];                                                                      \
        _Static_assert(((capacity) & ((capacity)-1)) == 0, "ring size must be a power of two"); \
    }

#define tgi_ring_capacity(r) (sizeof((r)->items) / sizeof((r)->items[0]))

#define tgi_ring_count(r) ((r)->pushed < tgi_ring_capacity(r) ? (r)->pushed : tgi_ring_capacity(r))

// Address of the slot of the next item, whose old content is forgotten.
#define tgi_ring_push(r) (&(r)->items[(r)->pushed++ & (tgi_ring_capacity(r) - 1)])

// Address of the i-th oldest item, i < tgi_ring_count(r).
#define tgi_ring_at(r, i) \
    (&(r)->items[((r)->pushed - tgi_ring_count(r) + (i)) & (tgi_ring_capacity(r) - 1)])

#define tgi_ring_clear(r) ((void)((r)->pushed = 0))

#endif
