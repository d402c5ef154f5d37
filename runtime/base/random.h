// SPDX-License-Identifier: MIT
//
// random.h - small fast generator for tests, schedules and jitter. Layer base.
//
// xoshiro256** seeded through splitmix64. Not for secrets, and not what scripts see as `random`.
#ifndef TGI_BASE_RANDOM_H
#define TGI_BASE_RANDOM_H

#include <stdint.h> // uint64_t

typedef struct tgi_random {
    uint64_t s[4]; // owner thread
} tgi_random;

// Equal seeds give equal sequences; every seed, 0 too, is good.
void tgi_random_seed(tgi_random *r, uint64_t seed);

uint64_t tgi_random_next(tgi_random *r);

// Uniform in [0, bound), without bias; bound must not be 0.
uint64_t tgi_random_below(tgi_random *r, uint64_t bound);

// Uniform in [0, 1), 53 bits.
double tgi_random_unit(tgi_random *r);

// A seed from the operating system, or from the clock if that fails.
uint64_t tgi_random_os_seed(void);

#endif
