// SPDX-License-Identifier: MIT
//
// hash.h - keyed hash of bytes, mixing of integers. Layer base.
//
// The byte hash is SipHash-1-3: an attacker who does not know the key cannot make keys collide.
#ifndef TGI_BASE_HASH_H
#define TGI_BASE_HASH_H

#include <stddef.h> // size_t
#include <stdint.h> // uint64_t

typedef struct tgi_hash_key {
    uint64_t k0, k1;
} tgi_hash_key;

// Fills the key from `seed`; the same seed gives the same key.
tgi_hash_key tgi_hash_key_from_seed(uint64_t seed);

uint64_t tgi_hash_bytes(tgi_hash_key key, const void *data, size_t bytes);

// A bijection of 64-bit words in which every input bit moves about half of the output bits.
static inline uint64_t tgi_hash_mix(uint64_t x)
{
    x ^= x >> 32;
    x *= UINT64_C(0xe9846af9b1a615d5);
    x ^= x >> 32;
    x *= UINT64_C(0xe9846af9b1a615d5);
    x ^= x >> 28;
    return x;
}

static inline uint64_t tgi_hash_combine(uint64_t a, uint64_t b)
{
    return tgi_hash_mix(a + UINT64_C(0x9e3779b97f4a7c15) + (b << 6 | b >> 58));
}

#endif
