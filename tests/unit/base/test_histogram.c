// SPDX-License-Identifier: MIT
//
// test_histogram.c - buckets cover all values in order, and quantiles are within one bucket.
#include "test.h"

#include "base/histogram.h"

static tgi_histogram h, other;

TEST(buckets_are_contiguous_and_in_order)
{
    for (size_t b = 1; b < TGI_HISTOGRAM_BUCKETS; b++) {
        uint64_t edge = tgi_histogram_lower_edge(b);
        CHECK_EQ_UINT(tgi_histogram_bucket(edge), b);
        CHECK_EQ_UINT(tgi_histogram_bucket(edge - 1), b - 1);
    }
    CHECK_EQ_UINT(tgi_histogram_bucket(0), 0);
    CHECK_EQ_UINT(tgi_histogram_bucket(UINT64_MAX), TGI_HISTOGRAM_BUCKETS - 1);
}

TEST(bucket_width_is_at_most_a_thirtysecond)
{
    for (size_t b = 32; b + 1 < TGI_HISTOGRAM_BUCKETS; b++) {
        uint64_t low = tgi_histogram_lower_edge(b);
        CHECK((tgi_histogram_lower_edge(b + 1) - low) * 32 <= low);
    }
}

TEST(quantiles_of_a_ramp_are_within_one_bucket)
{
    tgi_histogram_reset(&h);
    CHECK_EQ_UINT(tgi_histogram_quantile(&h, 0.5), 0);
    for (int64_t i = 1; i <= 100000; i++)
        tgi_histogram_add(&h, i);
    CHECK_EQ_UINT(h.count, 100000);
    CHECK_EQ_UINT(h.sum, UINT64_C(5000050000));
    CHECK_EQ_UINT(h.min, 1);
    CHECK_EQ_UINT(h.max, 100000);
    for (int percent = 1; percent < 100; percent++) {
        double exact = percent * 1000.0;
        double got = (double)tgi_histogram_quantile(&h, percent / 100.0);
        if (got < exact || got > exact * (1 + 1 / 32.0))
            FAIL("p%d is %f, exact %f", percent, got, exact);
    }
    CHECK_EQ_UINT(tgi_histogram_quantile(&h, 0), 1);
    CHECK_EQ_UINT(tgi_histogram_quantile(&h, 1), 100000);
}

TEST(negative_and_huge_values_are_kept)
{
    tgi_histogram_reset(&h);
    tgi_histogram_add(&h, -5);
    tgi_histogram_add(&h, INT64_MAX);
    CHECK_EQ_UINT(h.min, 0);
    CHECK_EQ_UINT(h.max, INT64_MAX);
    CHECK_EQ_UINT(tgi_histogram_quantile(&h, 0.99), INT64_MAX);
    CHECK_EQ_UINT(h.buckets[TGI_HISTOGRAM_BUCKETS - 1], 1);
}

TEST(merge_equals_adding_everything_to_one)
{
    static tgi_histogram both;
    tgi_histogram_reset(&h);
    tgi_histogram_reset(&other);
    tgi_histogram_reset(&both);
    test_rng rng = test_rng_new(1);
    for (int i = 0; i < 5000; i++) {
        int64_t v = (int64_t)(test_rng_next(&rng) >> test_rng_below(&rng, 63) >> 1);
        tgi_histogram_add(i % 3 == 0 ? &h : &other, v);
        tgi_histogram_add(&both, v);
    }
    tgi_histogram_merge(&h, &other);
    CHECK(memcmp(&h, &both, sizeof h) == 0);
    tgi_histogram_reset(&other);
    tgi_histogram_merge(&h, &other);
    CHECK(memcmp(&h, &both, sizeof h) == 0);
    tgi_histogram_merge(&other, &both);
    CHECK(memcmp(&other, &both, sizeof h) == 0);
}
