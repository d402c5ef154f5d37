// SPDX-License-Identifier: MIT
//
// usl.c - fits the universal scalability law and refuses where it cannot know.
//
// Threads     pure functions.
// Invariants  L1  A prediction is `identified` only if its 95 % interval spans less than a factor
//                 of 1.5. Simulated with 2 % noise, four cores leave a factor of 3 to 5 at 32
//                 threads: a number would be an invention.
//             L2  Counts beyond the cores are the caller's to leave out: a thread without a core
//                 does not tell what it would do with one.
// Rejected    a fit without the bounds sigma, kappa >= 0: it follows noise into curves that rise
//             for ever. Linear regression of n / C(n) - 1: it weighs the noisiest points most.
// Sources     Gunther, "Guerrilla Capacity Planning", 2007 (the law); Golub, Pereyra, SIAM J.
//             Numer. Anal. 10, 1973 (the factor in front is eliminated); Marquardt, SIAM J. Appl.
//             Math. 11, 1963 (damped steps).
#include "cli/ab/usl.h"

#include <math.h>   // log, sqrt, fmax
#include <string.h> // memset

#include "cli/ab/rng.h" // tgi_ab_rng

#define MAX_SPREAD 1.5 // L1
#define MAX_STEPS  60

double tgi_ab_usl_speedup(tgi_ab_usl_parameters p, double threads)
{
    return threads / (1 + p.sigma * (threads - 1) + p.kappa * threads * (threads - 1));
}

// Differences between data and law, less their mean (the factor in front). Returns their squares.
static double residuals(tgi_ab_usl_parameters p, const double *threads, const double *log_speed,
                        size_t points, double *out)
{
    double mean = 0;
    for (size_t i = 0; i < points; i++) {
        out[i] = log_speed[i] - log(tgi_ab_usl_speedup(p, threads[i]));
        mean += out[i] / (double)points;
    }
    double squares = 0;
    for (size_t i = 0; i < points; i++) {
        out[i] -= mean;
        squares += out[i] * out[i];
    }
    return squares;
}

typedef struct normal_equations {
    double ss, sk, kk; // products of the columns for sigma and kappa
    double sr, kr;     // their products with the residuals
} normal_equations;

static normal_equations make_equations(tgi_ab_usl_parameters p, const double *threads,
                                       const double *residual, size_t points)
{
    double by_sigma[TGI_AB_USL_MAX_POINTS], by_kappa[TGI_AB_USL_MAX_POINTS];
    double mean_sigma = 0, mean_kappa = 0;
    for (size_t i = 0; i < points; i++) {
        double n = threads[i];
        double divisor = 1 + p.sigma * (n - 1) + p.kappa * n * (n - 1);
        by_sigma[i] = (n - 1) / divisor;
        by_kappa[i] = n * (n - 1) / divisor;
        mean_sigma += by_sigma[i] / (double)points;
        mean_kappa += by_kappa[i] / (double)points;
    }
    normal_equations e = {0};
    for (size_t i = 0; i < points; i++) {
        double s = by_sigma[i] - mean_sigma;
        double k = by_kappa[i] - mean_kappa;
        e.ss += s * s;
        e.sk += s * k;
        e.kk += k * k;
        e.sr -= s * residual[i];
        e.kr -= k * residual[i];
    }
    return e;
}

// The damped steps to try: both parameters, or one of them along the border of the other.
static void make_steps(normal_equations e, double damping, tgi_ab_usl_parameters steps[3])
{
    double ss = e.ss * (1 + damping);
    double kk = e.kk * (1 + damping);
    double determinant = ss * kk - e.sk * e.sk;
    memset(steps, 0, 3 * sizeof steps[0]);
    if (determinant > 0) {
        steps[0].sigma = (e.sr * kk - e.kr * e.sk) / determinant;
        steps[0].kappa = (e.kr * ss - e.sr * e.sk) / determinant;
    }
    if (ss > 0)
        steps[1].sigma = e.sr / ss;
    if (kk > 0)
        steps[2].kappa = e.kr / kk;
}

static double fit_from(tgi_ab_usl_parameters *p, const double *threads, const double *log_speed,
                       size_t points)
{
    double residual[TGI_AB_USL_MAX_POINTS], scratch[TGI_AB_USL_MAX_POINTS];
    double squares = residuals(*p, threads, log_speed, points, residual);
    double damping = 1e-3;
    for (int step = 0; step < MAX_STEPS && damping < 1e9; step++) {
        tgi_ab_usl_parameters steps[3];
        make_steps(make_equations(*p, threads, residual, points), damping, steps);
        tgi_ab_usl_parameters best = *p;
        double best_squares = squares;
        for (int i = 0; i < 3; i++) {
            tgi_ab_usl_parameters candidate = {fmax(0, p->sigma + steps[i].sigma),
                                               fmax(0, p->kappa + steps[i].kappa)};
            double candidate_squares = residuals(candidate, threads, log_speed, points, scratch);
            if (candidate_squares < best_squares) {
                best = candidate;
                best_squares = candidate_squares;
            }
        }
        if (!(best_squares < squares)) {
            damping *= 10;
            continue;
        }
        bool settled = squares - best_squares < 1e-12 * squares;
        *p = best;
        squares = residuals(best, threads, log_speed, points, residual);
        damping = fmax(damping * 0.1, 1e-9);
        if (settled)
            break;
    }
    return squares;
}

tgi_ab_usl_parameters tgi_ab_usl_fit(const double *threads, const double *log_speed, size_t points)
{
    static const tgi_ab_usl_parameters starts[] = {
        {0.02, 0.0005}, {0.2, 0.01}, {0.9, 0.001}, {0.0, 0.1}};
    tgi_ab_usl_parameters best = starts[0];
    double best_squares = INFINITY;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        tgi_ab_usl_parameters p = starts[i];
        double squares = fit_from(&p, threads, log_speed, points);
        if (squares < best_squares) {
            best = p;
            best_squares = squares;
        }
    }
    return best;
}

// Medians over the given blocks, point by point.
static void point_medians(const double *log_speed, size_t points, const uint32_t *blocks,
                          size_t block_count, double *out)
{
    double column[TGI_AB_MAX_BLOCKS];
    for (size_t point = 0; point < points; point++) {
        for (size_t i = 0; i < block_count; i++)
            column[i] = log_speed[blocks[i] * points + point];
        tgi_ab_sort(column, block_count);
        out[point] = tgi_ab_quantile_of_sorted(column, block_count, 0.5);
    }
}

// Some point is faster per thread than the first one, with its whole interval and by more than
// the practical margin.
static bool is_superlinear(const double *threads, const double *log_speed, size_t points,
                           size_t blocks, uint64_t seed)
{
    for (size_t point = 1; point < points; point++) {
        double gain[TGI_AB_MAX_BLOCKS];
        for (size_t block = 0; block < blocks; block++) {
            const double *row = log_speed + block * points;
            gain[block] = row[point] - row[0] - log(threads[point] / threads[0]);
        }
        if (tgi_ab_bootstrap_median(gain, blocks, TGI_AB_USL_RESAMPLES, seed).low > log1p(0.02))
            return true;
    }
    return false;
}

static tgi_ab_interval interval_of(double estimate, double *resampled, size_t blocks)
{
    double tail = tgi_ab_bootstrap_tail(blocks);
    tgi_ab_sort(resampled, TGI_AB_USL_RESAMPLES);
    return (tgi_ab_interval){
        .estimate = estimate,
        .low = tgi_ab_quantile_of_sorted(resampled, TGI_AB_USL_RESAMPLES, tail),
        .high = tgi_ab_quantile_of_sorted(resampled, TGI_AB_USL_RESAMPLES, 1 - tail),
    };
}

static double best_threads(tgi_ab_usl_parameters p)
{
    if (p.sigma >= 1)
        return 1;
    return p.kappa > 0 ? sqrt((1 - p.sigma) / p.kappa) : INFINITY;
}

// What one resample says.
typedef struct resamples {
    double sigma[TGI_AB_USL_RESAMPLES];
    double kappa[TGI_AB_USL_RESAMPLES];
    double best[TGI_AB_USL_RESAMPLES];
    double predicted[TGI_AB_USL_PREDICTIONS][TGI_AB_USL_RESAMPLES];
} resamples;

static void resample(const double *threads, const double *log_speed, size_t points, size_t blocks,
                     uint64_t seed, const tgi_ab_usl *usl, resamples *out)
{
    tgi_ab_rng rng;
    rng_seed(&rng, seed);
    for (int i = 0; i < TGI_AB_USL_RESAMPLES; i++) {
        uint32_t drawn[TGI_AB_MAX_BLOCKS];
        double medians[TGI_AB_USL_MAX_POINTS];
        for (size_t k = 0; k < blocks; k++)
            drawn[k] = rng_below(&rng, (uint32_t)blocks);
        point_medians(log_speed, points, drawn, blocks, medians);
        tgi_ab_usl_parameters p = tgi_ab_usl_fit(threads, medians, points);
        out->sigma[i] = p.sigma;
        out->kappa[i] = p.kappa;
        out->best[i] = best_threads(p);
        for (int k = 0; k < TGI_AB_USL_PREDICTIONS; k++)
            out->predicted[k][i] = tgi_ab_usl_speedup(p, usl->predictions[k].threads);
    }
}

static tgi_ab_usl_state choose_state(const double *threads, const double *log_speed, size_t points,
                                     size_t blocks, uint64_t seed)
{
    if (points < 3)
        return TGI_AB_USL_TOO_FEW_POINTS;
    if (blocks < TGI_AB_MIN_BLOCKS)
        return TGI_AB_USL_TOO_FEW_BLOCKS;
    if (is_superlinear(threads, log_speed, points, blocks, seed))
        return TGI_AB_USL_SUPERLINEAR;
    return TGI_AB_USL_FITTED;
}

void tgi_ab_usl_analyse(const double *threads, const double *log_speed, size_t points,
                        size_t blocks, uint64_t seed, tgi_ab_usl *out)
{
    *out = (tgi_ab_usl){.points = (int)points};
    out->most_threads = points > 0 ? threads[points - 1] : 0;
    out->state = choose_state(threads, log_speed, points, blocks, seed);
    if (out->state != TGI_AB_USL_FITTED)
        return;
    uint32_t all[TGI_AB_MAX_BLOCKS];
    double medians[TGI_AB_USL_MAX_POINTS];
    for (size_t i = 0; i < blocks; i++)
        all[i] = (uint32_t)i;
    point_medians(log_speed, points, all, blocks, medians);
    tgi_ab_usl_parameters p = tgi_ab_usl_fit(threads, medians, points);
    for (int k = 0; k < TGI_AB_USL_PREDICTIONS; k++)
        out->predictions[k].threads = out->most_threads * (k == 0 ? 2 : 4);

    resamples drawn;
    resample(threads, log_speed, points, blocks, seed, out, &drawn);
    out->sigma = interval_of(p.sigma, drawn.sigma, blocks);
    out->kappa = interval_of(p.kappa, drawn.kappa, blocks);
    out->kappa_seen = out->kappa.low > 0;
    if (out->kappa_seen)
        out->best_threads = interval_of(best_threads(p), drawn.best, blocks);
    else if (out->sigma.low > 0)
        out->limit = 1 / p.sigma;
    for (int k = 0; k < TGI_AB_USL_PREDICTIONS; k++) {
        tgi_ab_usl_prediction *prediction = &out->predictions[k];
        prediction->speedup =
            interval_of(tgi_ab_usl_speedup(p, prediction->threads), drawn.predicted[k], blocks);
        prediction->identified = prediction->speedup.high < MAX_SPREAD * prediction->speedup.low;
    }
}
