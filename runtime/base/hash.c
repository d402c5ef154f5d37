// SPDX-License-Identifier: MIT
//
// hash.c - SipHash with one compression and three finalisation rounds.
//
// Sources     Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012. The 1-3 variant
//             is what hash tables use: it keeps the key secret at less than half of the cost.
#include "base/hash.h"

#include "base/random.h" // key from a seed

#include <string.h> // memcpy

tgi_hash_key tgi_hash_key_from_seed(uint64_t seed)
{
    tgi_random r;
    tgi_random_seed(&r, seed);
    tgi_hash_key key;
    key.k0 = tgi_random_next(&r);
    key.k1 = tgi_random_next(&r);
    return key;
}

static inline uint64_t rotate_left(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

typedef struct sip {
    uint64_t a, b, c, d;
} sip;

static inline void sip_round(sip *s)
{
    s->a += s->b;
    s->c += s->d;
    s->b = rotate_left(s->b, 13) ^ s->a;
    s->d = rotate_left(s->d, 16) ^ s->c;
    s->a = rotate_left(s->a, 32);
    s->c += s->b;
    s->a += s->d;
    s->b = rotate_left(s->b, 17) ^ s->c;
    s->d = rotate_left(s->d, 21) ^ s->a;
    s->c = rotate_left(s->c, 32);
}

static inline uint64_t load_little_endian(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

uint64_t tgi_hash_bytes(tgi_hash_key key, const void *data, size_t bytes)
{
    const unsigned char *p = data;
    sip s = {
        .a = key.k0 ^ UINT64_C(0x736f6d6570736575),
        .b = key.k1 ^ UINT64_C(0x646f72616e646f6d),
        .c = key.k0 ^ UINT64_C(0x6c7967656e657261),
        .d = key.k1 ^ UINT64_C(0x7465646279746573),
    };
    size_t left = bytes;
    for (; left >= 8; left -= 8, p += 8) {
        uint64_t word = load_little_endian(p);
        s.d ^= word;
        sip_round(&s);
        s.a ^= word;
    }
    uint64_t last = (uint64_t)bytes << 56;
    for (size_t i = 0; i < left; i++)
        last |= (uint64_t)p[i] << (8 * i);
    s.d ^= last;
    sip_round(&s);
    s.a ^= last;

    s.c ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}
