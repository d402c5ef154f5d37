// SPDX-License-Identifier: MIT
//
// usl.h - the universal scalability law: what keeps threads from scaling, and how far the curve
// may be continued. The fit and its refusals are explained in usl.c.
#ifndef TGI_CLI_AB_USL_H
#define TGI_CLI_AB_USL_H

#include <stdbool.h> // bool
#include <stddef.h>  // size_t
#include <stdint.h>  // uint64_t

#include "cli/ab/stats.h" // tgi_ab_interval

#define TGI_AB_USL_MAX_POINTS  32
#define TGI_AB_USL_PREDICTIONS 2
#define TGI_AB_USL_RESAMPLES   1000

// Speed of n threads in units of one: n / (1 + sigma (n - 1) + kappa n (n - 1)).
typedef struct tgi_ab_usl_parameters {
    double sigma; // what only one thread can do at a time: locks, the GIL
    double kappa; // what every thread costs every other one: counts, cache lines
} tgi_ab_usl_parameters;

typedef enum tgi_ab_usl_state {
    TGI_AB_USL_FITTED,
    TGI_AB_USL_TOO_FEW_POINTS, // three thread counts with a core each are the least
    TGI_AB_USL_TOO_FEW_BLOCKS,
    TGI_AB_USL_SUPERLINEAR, // threads help each other (caches); the law does not know that
} tgi_ab_usl_state;

typedef struct tgi_ab_usl_prediction {
    double threads;
    tgi_ab_interval speedup;
    bool identified; // false: the interval is too wide to be told
} tgi_ab_usl_prediction;

typedef struct tgi_ab_usl {
    tgi_ab_usl_state state;
    int points;
    double most_threads; // largest count that was fitted
    tgi_ab_interval sigma;
    tgi_ab_interval kappa;
    bool kappa_seen; // its interval does not touch 0: there is a best number of threads
    tgi_ab_interval best_threads; // sqrt((1 - sigma) / kappa), when kappa_seen
    double limit;                 // 1 / sigma, when kappa is not seen and sigma is; otherwise 0
    tgi_ab_usl_prediction predictions[TGI_AB_USL_PREDICTIONS]; // at twice and four times as many
} tgi_ab_usl;

double tgi_ab_usl_speedup(tgi_ab_usl_parameters parameters, double threads);

// Least squares of log speed with any factor in front; sigma, kappa >= 0.
tgi_ab_usl_parameters tgi_ab_usl_fit(const double *threads, const double *log_speed, size_t points);

// log_speed[block * points + point]; threads ascending. Resamples whole blocks.
void tgi_ab_usl_analyse(const double *threads, const double *log_speed, size_t points,
                        size_t blocks, uint64_t seed, tgi_ab_usl *out);

#endif
