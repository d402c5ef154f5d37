// SPDX-License-Identifier: MIT
//
// ab_stats.c - the statistics of `togil ab`: known answers, and how often they are wrong.
//
// The error rates are counted over simulated measurements with a seed of their own, so a failure
// is a change of the statistics, not bad luck. A wrong result looks like a rate outside its band:
// differences claimed where there are none, or a real slowdown that is missed.
#include "test.h"

#include <math.h> // log, sqrt, cos

#include "cli/ab/rng.h"   // tgi_ab_rng
#include "cli/ab/stats.h" // under test

#define MARGIN log1p(0.02)

static double gaussian(tgi_ab_rng *rng)
{
    double a = 1 - rng_unit(rng); // never 0
    double b = rng_unit(rng);
    return sqrt(-2 * log(a)) * cos(6.283185307179586 * b);
}

// Log speed ratios of `count` blocks: both sides with the given noise, B slower by `slowdown`,
// every tenth block disturbed if asked for.
static void simulate(tgi_ab_rng *rng, size_t count, double noise, double slowdown, bool disturbed,
                     double *out)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = noise * gaussian(rng) - noise * gaussian(rng) - log1p(slowdown);
        if (disturbed && rng_below(rng, 10) == 0)
            out[i] += 0.3 * gaussian(rng);
    }
}

static bool excludes_zero(tgi_ab_interval interval)
{
    return interval.low > 0 || interval.high < 0;
}

TEST(median_and_quantiles_of_known_values)
{
    const double odd[] = {3, 1, 2};
    const double even[] = {4, 1, 3, 2};
    const double one[] = {7};
    CHECK_EQ_DOUBLE(tgi_ab_median(odd, 3), 2);
    CHECK_EQ_DOUBLE(tgi_ab_median(even, 4), 2.5);
    CHECK_EQ_DOUBLE(tgi_ab_median(one, 1), 7);
    CHECK_EQ_DOUBLE(tgi_ab_quantile(even, 4, 0), 1);
    CHECK_EQ_DOUBLE(tgi_ab_quantile(even, 4, 0.25), 1.75);
    CHECK_EQ_DOUBLE(tgi_ab_quantile(even, 4, 1), 4);
    CHECK_EQ_DOUBLE(even[0], 4); // the values are not touched
}

TEST(bootstrap_of_equal_values_is_a_point)
{
    const double values[] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    tgi_ab_interval got = tgi_ab_bootstrap_median(values, 7, 1000, 1);
    CHECK_EQ_DOUBLE(got.estimate, 0.5);
    CHECK_EQ_DOUBLE(got.low, 0.5);
    CHECK_EQ_DOUBLE(got.high, 0.5);
}

TEST(bootstrap_interval_holds_the_median_and_narrows_with_blocks)
{
    double few[10], many[160];
    tgi_ab_rng rng;
    rng_seed(&rng, 5);
    simulate(&rng, 10, 0.02, 0, false, few);
    simulate(&rng, 160, 0.02, 0, false, many);
    tgi_ab_interval a = tgi_ab_bootstrap_median(few, 10, TGI_AB_MAX_RESAMPLES, 1);
    tgi_ab_interval b = tgi_ab_bootstrap_median(many, 160, TGI_AB_MAX_RESAMPLES, 1);
    CHECK(a.low <= a.estimate && a.estimate <= a.high);
    CHECK(b.low <= b.estimate && b.estimate <= b.high);
    double ratio = (a.high - a.low) / (b.high - b.low);
    CHECK(ratio > 2 && ratio < 8); // sqrt(16) = 4
}

TEST(bootstrap_of_one_block_is_that_block)
{
    const double value = -0.25;
    tgi_ab_interval got = tgi_ab_bootstrap_median(&value, 1, 100, 1);
    CHECK_EQ_DOUBLE(got.low, -0.25);
    CHECK_EQ_DOUBLE(got.high, -0.25);
}

TEST(same_values_and_seed_give_the_same_bits)
{
    double values[40];
    tgi_ab_rng rng;
    rng_seed(&rng, 9);
    simulate(&rng, 40, 0.05, 0.01, true, values);
    tgi_ab_interval a = tgi_ab_bootstrap_median(values, 40, 5000, 77);
    tgi_ab_interval b = tgi_ab_bootstrap_median(values, 40, 5000, 77);
    CHECK(a.estimate == b.estimate && a.low == b.low && a.high == b.high);
    CHECK(tgi_ab_sign_flip_p(values, 40, 5000, 77) == tgi_ab_sign_flip_p(values, 40, 5000, 77));
}

TEST(generator_gives_the_published_sequence)
{
    // xoshiro256** from the state 1, 2, 3, 4.
    tgi_ab_rng rng = {{1, 2, 3, 4}};
    CHECK_EQ_UINT(rng_next(&rng), UINT64_C(11520));
    CHECK_EQ_UINT(rng_next(&rng), UINT64_C(0));
    CHECK_EQ_UINT(rng_next(&rng), UINT64_C(1509978240));
    CHECK_EQ_UINT(rng_next(&rng), UINT64_C(1215971899390074240));
}

TEST(sign_flip_p_is_exact_for_few_values)
{
    // All of one sign: only the observed pattern and its mirror are as extreme.
    const double all[] = {1, 2, 3, 4, 5, 6, 7, 8};
    CHECK_EQ_DOUBLE(tgi_ab_sign_flip_p(all, 8, 0, 1), 2.0 / 256);
    // Ranks 1 2 -3: sums of size 0 or more are all 8 patterns.
    const double balanced[] = {1, 2, -3};
    CHECK_EQ_DOUBLE(tgi_ab_sign_flip_p(balanced, 3, 0, 1), 1);
    const double zeros[] = {0, 0, 0, 0};
    CHECK_EQ_DOUBLE(tgi_ab_sign_flip_p(zeros, 4, 0, 1), 1);
    // Ranks 1 2 3 -> sums 6, 4, 2, 0: |sum| >= 4 for +++, -++ and their mirrors.
    const double one_against[] = {-1, 2, 3};
    CHECK_EQ_DOUBLE(tgi_ab_sign_flip_p(one_against, 3, 0, 1), 0.5);
}

TEST(sign_flip_p_of_many_values_agrees_with_the_exact_one)
{
    // 13 values are done exactly; a 14th of no weight must give nearly the same by chance.
    double values[14] = {0.3, -0.1, 0.25, 0.4, -0.2, 0.35, 0.15, 0.05, -0.3, 0.45, 0.5, 0.22, 0.1};
    double exact = tgi_ab_sign_flip_p(values, 13, 0, 1);
    values[13] = 0;
    double sampled = tgi_ab_sign_flip_p(values, 14, 10000, 1);
    CHECK(exact > 0.01 && exact < 0.1);
    CHECK(fabs(sampled - exact) < 0.01);
}

TEST(holm_corrects_the_textbook_example)
{
    double p[] = {0.01, 0.04, 0.03, 0.005};
    tgi_ab_holm(p, 4);
    CHECK(fabs(p[3] - 0.02) < 1e-12);
    CHECK(fabs(p[0] - 0.03) < 1e-12);
    CHECK(fabs(p[2] - 0.06) < 1e-12);
    CHECK(fabs(p[1] - 0.06) < 1e-12); // not below the one before it
    double large[] = {0.9, 0.8};
    tgi_ab_holm(large, 2);
    CHECK_EQ_DOUBLE(large[0], 1);
}

static tgi_ab_verdict decide(double estimate, double low, double high, size_t count)
{
    return tgi_ab_decide((tgi_ab_interval){log(estimate), log(low), log(high)}, count, MARGIN);
}

TEST(verdicts_follow_interval_and_margin)
{
    CHECK_EQ_INT(decide(1.10, 1.05, 1.15, 10), TGI_AB_FASTER);
    CHECK_EQ_INT(decide(0.90, 0.85, 0.95, 10), TGI_AB_SLOWER);
    CHECK_EQ_INT(decide(1.00, 0.99, 1.01, 10), TGI_AB_SAME);
    CHECK_EQ_INT(decide(1.01, 1.005, 1.015, 10), TGI_AB_SAME); // real, but too small to matter
    CHECK_EQ_INT(decide(1.10, 0.95, 1.25, 10), TGI_AB_UNDECIDED);
    CHECK_EQ_INT(decide(1.01, 1.001, 1.03, 10), TGI_AB_UNDECIDED);
    CHECK_EQ_INT(decide(2.00, 1.99, 2.01, TGI_AB_MIN_BLOCKS - 1), TGI_AB_UNDECIDED);
}

TEST(blocks_to_decide_grow_with_the_square_of_the_width)
{
    tgi_ab_interval wide = {log1p(0.05), log1p(0.05) - 0.1, log1p(0.05) + 0.1};
    int more = tgi_ab_blocks_to_decide(wide, 10, MARGIN);
    CHECK(more >= 30 && more <= 34); // 10 * (0.1 / 0.0488)^2 = 42
    tgi_ab_interval on_the_border = {MARGIN, 0, 2 * MARGIN};
    CHECK_EQ_INT(tgi_ab_blocks_to_decide(on_the_border, 10, MARGIN), 0);
    tgi_ab_interval clear = {0.5, 0.49, 0.51};
    CHECK_EQ_INT(tgi_ab_blocks_to_decide(clear, 2, MARGIN), TGI_AB_MIN_BLOCKS - 2);
}

static void check_false_positives(size_t blocks, bool disturbed, double low, double high)
{
    const int trials = 1000;
    int by_interval = 0;
    int by_flips = 0;
    tgi_ab_rng rng;
    rng_seed(&rng, 20 + blocks);
    for (int trial = 0; trial < trials; trial++) {
        double values[64];
        simulate(&rng, blocks, 0.02, 0, disturbed, values);
        by_interval += excludes_zero(tgi_ab_bootstrap_median(values, blocks, 1000, 1));
        by_flips += tgi_ab_sign_flip_p(values, blocks, 1000, 1) <= 0.05;
    }
    double interval_rate = (double)by_interval / trials;
    double flip_rate = (double)by_flips / trials;
    if (interval_rate < low || interval_rate > high)
        FAIL("%zu blocks: the interval of equals excludes 1 in %.1f %%", blocks,
             100 * interval_rate);
    if (flip_rate > 0.07)
        FAIL("%zu blocks: p <= 0.05 for equals in %.1f %%", blocks, 100 * flip_rate);
}

TEST(equals_look_different_in_three_to_seven_of_a_hundred)
{
    check_false_positives(10, false, 0.03, 0.07);
    check_false_positives(15, false, 0.03, 0.07);
    check_false_positives(20, false, 0.03, 0.07);
    check_false_positives(30, false, 0.03, 0.07);
    check_false_positives(30, true, 0.03, 0.07);
}

TEST(few_blocks_err_on_the_careful_side)
{
    check_false_positives(6, false, 0, 0.07);
    check_false_positives(7, false, 0, 0.07);
    check_false_positives(8, true, 0, 0.07);
}

TEST(slowdown_of_three_per_cent_is_found_in_thirty_blocks)
{
    const int trials = 400;
    int found = 0;
    int wrong = 0;
    tgi_ab_rng rng;
    rng_seed(&rng, 3);
    for (int trial = 0; trial < trials; trial++) {
        double values[30];
        simulate(&rng, 30, 0.02, 0.03, false, values);
        tgi_ab_interval got = tgi_ab_bootstrap_median(values, 30, 1000, 1);
        tgi_ab_verdict verdict = tgi_ab_decide(got, 30, MARGIN);
        found += verdict == TGI_AB_SLOWER;
        wrong += verdict == TGI_AB_FASTER || verdict == TGI_AB_SAME;
    }
    if (found < 0.8 * trials)
        FAIL("a slowdown of 3 %% was found in %d of %d measurements", found, trials);
    CHECK(wrong <= trials / 50);
}
