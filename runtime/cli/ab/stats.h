// SPDX-License-Identifier: MIT
//
// stats.h - the statistics of `togil ab`: medians, intervals, tests, verdicts. Pure functions.
// The reasoning is in stats.c.
#ifndef TGI_CLI_AB_STATS_H
#define TGI_CLI_AB_STATS_H

#include <stdbool.h> // bool
#include <stddef.h>  // size_t
#include <stdint.h>  // uint64_t

// More blocks than this are refused: by then the interval is far below the practical margin.
#define TGI_AB_MAX_BLOCKS 1000
// Below this no 95 % statement about a median is possible: with five blocks, even all of them on
// one side happens by chance in 2 of 32 cases.
#define TGI_AB_MIN_BLOCKS    6
#define TGI_AB_MAX_RESAMPLES 10000
#define TGI_AB_STATS_SEED    UINT64_C(0x746f67696c)

// An estimate with its 95 % interval. Of log ratios, or of ratios after tgi_ab_interval_exp.
typedef struct tgi_ab_interval {
    double estimate;
    double low;
    double high;
} tgi_ab_interval;

typedef enum tgi_ab_verdict {
    TGI_AB_UNDECIDED,
    TGI_AB_SAME,
    TGI_AB_FASTER,
    TGI_AB_SLOWER,
} tgi_ab_verdict;

void tgi_ab_sort(double *values, size_t count);

// Quantile by linear interpolation between order statistics. count >= 1.
double tgi_ab_quantile_of_sorted(const double *sorted, size_t count, double q);

// Neither changes values; 1 <= count <= TGI_AB_MAX_BLOCKS.
double tgi_ab_median(const double *values, size_t count);
double tgi_ab_quantile(const double *values, size_t count, double q);

// Median with its bootstrap interval, from at most TGI_AB_MAX_RESAMPLES resamples. See
// Note [expanded percentiles] in stats.c.
tgi_ab_interval tgi_ab_bootstrap_median(const double *values, size_t count, int resamples,
                                        uint64_t seed);

// The part of the resampled values that a 95 % interval of `count` blocks leaves out on each side.
double tgi_ab_bootstrap_tail(size_t count);

tgi_ab_interval tgi_ab_interval_exp(tgi_ab_interval of_logs);

// Two-sided p of "these log ratios are symmetric around 0" by flipping signs; the statistic is the
// sum of signed ranks. Every sign pattern up to 13 values, otherwise `flips` random ones.
double tgi_ab_sign_flip_p(const double *values, size_t count, int flips, uint64_t seed);

// Holm's step-down correction, in place; count <= TGI_AB_MAX_BLOCKS.
void tgi_ab_holm(double *p, size_t count);

// What the log speed ratio of `count` blocks says, with the practical margin (log1p(0.02)).
tgi_ab_verdict tgi_ab_decide(tgi_ab_interval log_speed, size_t count, double log_margin);

// How many blocks more would probably decide an undecided ratio; 0 when no sensible number does.
int tgi_ab_blocks_to_decide(tgi_ab_interval log_speed, size_t count, double log_margin);

const char *tgi_ab_verdict_name(tgi_ab_verdict verdict);

#endif
