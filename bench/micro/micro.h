// SPDX-License-Identifier: MIT
//
// micro.h - what benchmarks of single operations share: how they fail, and how they take times.
#ifndef TGI_BENCH_MICRO_H
#define TGI_BENCH_MICRO_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline void micro_fail(const char *bench, const char *what)
{
    fprintf(stderr, "%s: %s\n", bench, what);
    exit(1);
}

static inline double micro_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

// For qsort.
static inline int micro_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#endif
