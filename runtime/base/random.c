// SPDX-License-Identifier: MIT
//
// random.c - xoshiro256** and splitmix64.
//
// Sources     Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021.
//             Lemire, "Fast random integer generation in an interval", 2019 (tgi_random_below).
#include "base/random.h"

#include "base/clock.h" // fallback seed
#include "base/hash.h"  // tgi_hash_mix
#include "base/os.h"    // tgi_os.random_bytes

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

void tgi_random_seed(tgi_random *r, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        r->s[i] = splitmix(&seed);
}

static inline uint64_t rotate_left(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

uint64_t tgi_random_next(tgi_random *r)
{
    uint64_t *s = r->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t tgi_random_below(tgi_random *r, uint64_t bound)
{
    // The high word of a 128-bit product is uniform once the few low words below the threshold
    // 2^64 mod bound are thrown away.
    unsigned __int128 product = (unsigned __int128)tgi_random_next(r) * bound;
    uint64_t low = (uint64_t)product;
    if (low < bound) {
        uint64_t threshold = (0 - bound) % bound;
        while (low < threshold) {
            product = (unsigned __int128)tgi_random_next(r) * bound;
            low = (uint64_t)product;
        }
    }
    return (uint64_t)(product >> 64);
}

double tgi_random_unit(tgi_random *r)
{
    return (double)(tgi_random_next(r) >> 11) * 0x1p-53;
}

uint64_t tgi_random_os_seed(void)
{
    uint64_t seed;
    if (tgi_os.random_bytes(&seed, sizeof seed) == (ssize_t)sizeof seed)
        return seed;
    return tgi_hash_combine((uint64_t)tgi_clock_now_ns(), (uint64_t)tgi_clock_wall_ns());
}
