// SPDX-License-Identifier: MIT
//
// histogram.c - buckets whose width doubles every 32.
//
// Layout      values below 32 have a bucket each; above, the highest set bit chooses a group of
//             32 buckets and the next five bits choose within it.
// Sources     the idea is that of HdrHistogram (Tene, 2012).
#include "base/histogram.h"

#include <string.h> // memset

void tgi_histogram_reset(tgi_histogram *h)
{
    memset(h, 0, sizeof *h);
}

size_t tgi_histogram_bucket(uint64_t value)
{
    if (value < TGI_HISTOGRAM_SUB)
        return (size_t)value;
    unsigned top = 63u - (unsigned)__builtin_clzll(value);
    if (top >= TGI_HISTOGRAM_MAX_BITS)
        return TGI_HISTOGRAM_BUCKETS - 1;
    unsigned shift = top - TGI_HISTOGRAM_SUB_BITS;
    size_t sub = (size_t)(value >> shift) & (TGI_HISTOGRAM_SUB - 1);
    return (size_t)(shift + 1) * TGI_HISTOGRAM_SUB + sub;
}

uint64_t tgi_histogram_lower_edge(size_t bucket)
{
    if (bucket < TGI_HISTOGRAM_SUB)
        return bucket;
    unsigned shift = (unsigned)(bucket / TGI_HISTOGRAM_SUB) - 1;
    return (uint64_t)(TGI_HISTOGRAM_SUB + bucket % TGI_HISTOGRAM_SUB) << shift;
}

void tgi_histogram_add(tgi_histogram *h, int64_t value)
{
    uint64_t v = value < 0 ? 0 : (uint64_t)value;
    h->buckets[tgi_histogram_bucket(v)]++;
    if (h->count == 0 || v < h->min)
        h->min = v;
    if (v > h->max)
        h->max = v;
    h->count++;
    h->sum += v;
}

void tgi_histogram_merge(tgi_histogram *into, const tgi_histogram *from)
{
    if (from->count == 0)
        return;
    for (size_t i = 0; i < TGI_HISTOGRAM_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
    if (into->count == 0 || from->min < into->min)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    into->count += from->count;
    into->sum += from->sum;
}

uint64_t tgi_histogram_quantile(const tgi_histogram *h, double q)
{
    if (h->count == 0)
        return 0;
    if (q <= 0)
        return h->min;
    if (q >= 1)
        return h->max;
    double exact = q * (double)h->count;
    uint64_t rank = (uint64_t)exact;
    if ((double)rank < exact)
        rank++;
    uint64_t seen = 0;
    for (size_t i = 0; i < TGI_HISTOGRAM_BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen >= rank) {
            if (i == TGI_HISTOGRAM_BUCKETS - 1)
                return h->max;
            uint64_t upper = tgi_histogram_lower_edge(i + 1) - 1;
            return upper < h->max ? upper : h->max;
        }
    }
    return h->max;
}
