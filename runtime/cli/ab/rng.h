// SPDX-License-Identifier: MIT
//
// rng.h - the random numbers of `togil ab`: small, seeded, the same on every machine.
//
// Owns        four words of state, in the caller's hands.
// Threads     one generator belongs to one thread.
// Invariants  N1  The same seed gives the same sequence, so a report can be computed again.
// Sources     Blackman, Vigna, "Scrambled linear pseudorandom number generators", 2018
//             (xoshiro256**); Steele, Lea, Flood, OOPSLA 2014 (splitmix64, for seeding).
#ifndef TGI_CLI_AB_RNG_H
#define TGI_CLI_AB_RNG_H

#include <stdint.h> // uint64_t

typedef struct tgi_ab_rng {
    uint64_t state[4]; // owner thread; never all zero
} tgi_ab_rng;

static inline void rng_seed(tgi_ab_rng *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++) {
        seed += UINT64_C(0x9e3779b97f4a7c15);
        uint64_t word = seed;
        word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
        word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
        rng->state[i] = word ^ (word >> 31);
    }
}

static inline uint64_t rng_rotate(uint64_t word, int by)
{
    return (word << by) | (word >> (64 - by));
}

static inline uint64_t rng_next(tgi_ab_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rng_rotate(s[1] * 5, 7) * 9;
    uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rng_rotate(s[3], 45);
    return result;
}

// A number in [0, bound), bound < 2^32. Multiply and shift: the bias is below bound / 2^32, which
// is nothing beside the noise of what is measured.
static inline uint32_t rng_below(tgi_ab_rng *rng, uint32_t bound)
{
    return (uint32_t)(((rng_next(rng) >> 32) * bound) >> 32);
}

// A number in [0, 1), 53 bits.
static inline double rng_unit(tgi_ab_rng *rng)
{
    return (double)(rng_next(rng) >> 11) * 0x1p-53;
}

#endif
