// SPDX-License-Identifier: MIT
//
// histogram.h - log-linear histogram of durations. Layer base.
//
// 32 linear sub-buckets per power of two: a value is reported within 1/32 (3.2 %) of its size,
// from 1 ns to 2^40 ns (18 minutes), in 10 KiB. Larger values count in the last bucket; the exact
// maximum is kept beside.
//
// Threads     not synchronised: one writer at a time, or a lock of the owner around every call.
#ifndef TGI_BASE_HISTOGRAM_H
#define TGI_BASE_HISTOGRAM_H

#include <stddef.h> // size_t
#include <stdint.h> // uint64_t

#define TGI_HISTOGRAM_SUB_BITS 5
#define TGI_HISTOGRAM_SUB      ((size_t)1 << TGI_HISTOGRAM_SUB_BITS)
#define TGI_HISTOGRAM_MAX_BITS 40
#define TGI_HISTOGRAM_BUCKETS \
    ((size_t)(TGI_HISTOGRAM_MAX_BITS - TGI_HISTOGRAM_SUB_BITS + 1) * TGI_HISTOGRAM_SUB)

typedef struct tgi_histogram {
    uint64_t count;
    uint64_t sum;
    uint64_t max;
    uint64_t min; // meaningful when count > 0
    uint64_t buckets[TGI_HISTOGRAM_BUCKETS];
} tgi_histogram;

void tgi_histogram_reset(tgi_histogram *h);

// Negative values count as 0.
void tgi_histogram_add(tgi_histogram *h, int64_t value);

// Adds everything in `from` to `into`.
void tgi_histogram_merge(tgi_histogram *into, const tgi_histogram *from);

// Upper edge of the bucket that holds the q-quantile (q in 0..1), never above max; 0 when empty.
uint64_t tgi_histogram_quantile(const tgi_histogram *h, double q);

// Bucket of a value, and the smallest value of a bucket. For printing and tests.
size_t tgi_histogram_bucket(uint64_t value);
uint64_t tgi_histogram_lower_edge(size_t bucket);

#endif
