// SPDX-License-Identifier: MIT
//
// ab_usl.c - the scalability law: known parameters must be found again, and where the data cannot
// say, no number may be given.
#include "test.h"

#include <math.h> // log, fabs

#include "cli/ab/rng.h" // tgi_ab_rng
#include "cli/ab/usl.h" // under test

static const double counts[] = {1, 2, 4, 8, 12, 16};
#define COUNTS 6
#define BLOCKS 20

static double gaussian(tgi_ab_rng *rng)
{
    double a = 1 - rng_unit(rng);
    double b = rng_unit(rng);
    return sqrt(-2 * log(a)) * cos(6.283185307179586 * b);
}

// Log speeds with the given parameters, in units of a machine that is a factor of 7 faster.
static void simulate(tgi_ab_rng *rng, double sigma, double kappa, double noise, size_t points,
                     size_t blocks, double *out)
{
    tgi_ab_usl_parameters p = {sigma, kappa};
    for (size_t block = 0; block < blocks; block++) {
        for (size_t i = 0; i < points; i++)
            out[block * points + i] =
                log(7 * tgi_ab_usl_speedup(p, counts[i])) + noise * gaussian(rng);
    }
}

static bool near(double a, double b, double distance)
{
    return fabs(a - b) <= distance;
}

TEST(law_has_its_known_values)
{
    CHECK_EQ_DOUBLE(tgi_ab_usl_speedup((tgi_ab_usl_parameters){0, 0}, 8), 8);
    CHECK_EQ_DOUBLE(tgi_ab_usl_speedup((tgi_ab_usl_parameters){1, 0}, 8), 1);
    CHECK_EQ_DOUBLE(tgi_ab_usl_speedup((tgi_ab_usl_parameters){0.5, 0.25}, 2), 1);
}

TEST(exact_data_give_exact_parameters)
{
    const double truths[][2] = {{0.98, 0.01}, {0.06, 0.004}, {0.02, 0.0008}, {0, 0.02},
                                {0.3, 0},     {0, 0},        {1, 0}};
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
        double data[COUNTS];
        tgi_ab_rng rng;
        rng_seed(&rng, 1);
        simulate(&rng, truths[i][0], truths[i][1], 0, COUNTS, 1, data);
        tgi_ab_usl_parameters p = tgi_ab_usl_fit(counts, data, COUNTS);
        if (!near(p.sigma, truths[i][0], 1e-4) || !near(p.kappa, truths[i][1], 1e-5))
            FAIL("sigma %g, kappa %g became %g, %g", truths[i][0], truths[i][1], p.sigma, p.kappa);
    }
}

TEST(parameters_are_never_negative)
{
    // Data that rise a little faster than any law with sigma, kappa >= 0.
    const double truths[][2] = {{0.05, -0.0005}, {-0.01, 0.002}, {-0.01, -0.0001}};
    for (size_t i = 0; i < sizeof truths / sizeof truths[0]; i++) {
        double data[COUNTS];
        tgi_ab_rng rng;
        rng_seed(&rng, 1);
        simulate(&rng, truths[i][0], truths[i][1], 0, COUNTS, 1, data);
        tgi_ab_usl_parameters p = tgi_ab_usl_fit(counts, data, COUNTS);
        CHECK(p.sigma >= 0 && p.kappa >= 0);
        CHECK(p.sigma == 0 || p.kappa == 0);
    }
}

TEST(parameters_are_inside_their_intervals)
{
    const int trials = (int)test_scale(200);
    int sigma_inside = 0;
    int kappa_inside = 0;
    int prediction_inside = 0;
    const tgi_ab_usl_parameters truth = {0.06, 0.004};
    for (int trial = 0; trial < trials; trial++) {
        double data[COUNTS * BLOCKS];
        tgi_ab_rng rng;
        rng_seed(&rng, 1000 + (uint64_t)trial);
        simulate(&rng, truth.sigma, truth.kappa, 0.02, COUNTS, BLOCKS, data);
        tgi_ab_usl usl;
        tgi_ab_usl_analyse(counts, data, COUNTS, BLOCKS, 1, &usl);
        REQUIRE(usl.state == TGI_AB_USL_FITTED);
        sigma_inside += usl.sigma.low <= truth.sigma && truth.sigma <= usl.sigma.high;
        kappa_inside += usl.kappa.low <= truth.kappa && truth.kappa <= usl.kappa.high;
        double real = tgi_ab_usl_speedup(truth, usl.predictions[0].threads);
        tgi_ab_interval told = usl.predictions[0].speedup;
        prediction_inside += told.low <= real && real <= told.high;
        CHECK(usl.predictions[0].identified);
    }
    int least = (int)(0.93 * trials);
    if (sigma_inside < least || kappa_inside < least || prediction_inside < least)
        FAIL("inside: sigma %d, kappa %d, prediction %d of %d", sigma_inside, kappa_inside,
             prediction_inside, trials);
}

static void analyse(double sigma, double kappa, double noise, size_t points, size_t blocks,
                    tgi_ab_usl *out)
{
    double data[COUNTS * BLOCKS];
    tgi_ab_rng rng;
    rng_seed(&rng, 77);
    simulate(&rng, sigma, kappa, noise, points, blocks, data);
    tgi_ab_usl_analyse(counts, data, points, blocks, 1, out);
}

TEST(few_points_or_blocks_are_refused)
{
    tgi_ab_usl usl;
    analyse(0.1, 0, 0.01, 2, BLOCKS, &usl);
    CHECK_EQ_INT(usl.state, TGI_AB_USL_TOO_FEW_POINTS);
    analyse(0.1, 0, 0.01, COUNTS, 5, &usl);
    CHECK_EQ_INT(usl.state, TGI_AB_USL_TOO_FEW_BLOCKS);
}

TEST(four_cores_do_not_tell_about_sixteen_threads)
{
    tgi_ab_usl usl;
    analyse(0.1, 0.005, 0.02, 3, 10, &usl);
    CHECK_EQ_INT(usl.state, TGI_AB_USL_FITTED);
    CHECK(!usl.predictions[1].identified);
}

TEST(superlinear_data_are_refused)
{
    double data[COUNTS * BLOCKS];
    tgi_ab_rng rng;
    rng_seed(&rng, 4);
    for (int i = 0; i < COUNTS * BLOCKS; i++)
        data[i] = 1.1 * log(counts[i % COUNTS]) + 0.005 * gaussian(&rng);
    tgi_ab_usl usl;
    tgi_ab_usl_analyse(counts, data, COUNTS, BLOCKS, 1, &usl);
    CHECK_EQ_INT(usl.state, TGI_AB_USL_SUPERLINEAR);
}

TEST(crosstalk_gives_a_best_number_of_threads_and_its_absence_a_limit)
{
    tgi_ab_usl usl;
    analyse(0.02, 0.01, 0.01, COUNTS, BLOCKS, &usl);
    CHECK(usl.kappa_seen);
    CHECK(near(usl.best_threads.estimate, sqrt(0.98 / 0.01), 1));
    CHECK(usl.best_threads.low <= 9.9 && usl.best_threads.high >= 9.9);
    analyse(0.2, 0, 0.01, COUNTS, BLOCKS, &usl);
    CHECK(!usl.kappa_seen);
    CHECK(near(usl.limit, 5, 0.5));
    analyse(0, 0, 0.01, COUNTS, BLOCKS, &usl);
    CHECK(!usl.kappa_seen);
    CHECK_EQ_DOUBLE(usl.limit, 0); // nothing keeps it from scaling, as far as can be seen
}
