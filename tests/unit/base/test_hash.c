// SPDX-License-Identifier: MIT
//
// test_hash.c - the byte hash depends on every bit of key and data; the mixer is a bijection.
#include "test.h"

#include "base/hash.h"

static const tgi_hash_key key = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

TEST(hash_of_known_bytes_with_a_zero_key)
{
    // Made with another implementation of the same function: CPython 3.11 with PYTHONHASHSEED=0.
    static const struct {
        size_t bytes;
        uint64_t hash;
    } known[] = {
        {1, 0x68a914128e01e473},  {7, 0x2f098ab0c751325a},  {8, 0xead411e67ebe2eea},
        {9, 0x75927f9d95124362},  {15, 0xf30eb725bb91c9ea}, {16, 0x8972188433a5c5b7},
        {31, 0x169739443111d49b}, {64, 0x75e05fd5bbc870c6},
    };
    unsigned char data[64];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)i;
    tgi_hash_key zero = {0, 0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        CHECK_EQ_UINT(tgi_hash_bytes(zero, data, known[i].bytes), known[i].hash);
}

TEST(hash_depends_on_length_and_every_byte)
{
    unsigned char data[40] = {0};
    uint64_t seen[41];
    for (size_t n = 0; n <= sizeof data; n++) {
        seen[n] = tgi_hash_bytes(key, data, n);
        for (size_t i = 0; i < n; i++)
            CHECK(seen[i] != seen[n]);
        for (size_t i = 0; i < n; i++) {
            data[i] ^= 0x80;
            CHECK(tgi_hash_bytes(key, data, n) != seen[n]);
            data[i] ^= 0x80;
        }
        CHECK(tgi_hash_bytes(key, data, n) == seen[n]);
    }
}

TEST(hash_does_not_depend_on_alignment)
{
    char buffer[64] = "";
    for (size_t offset = 0; offset < 16; offset++) {
        memcpy(buffer + offset, "the quick brown fox", 19);
        CHECK_EQ_UINT(tgi_hash_bytes(key, buffer + offset, 19),
                      tgi_hash_bytes(key, "the quick brown fox", 19));
    }
}

TEST(hash_depends_on_the_key)
{
    tgi_hash_key a = tgi_hash_key_from_seed(1);
    tgi_hash_key b = tgi_hash_key_from_seed(2);
    tgi_hash_key c = tgi_hash_key_from_seed(1);
    CHECK(tgi_hash_bytes(a, "x", 1) != tgi_hash_bytes(b, "x", 1));
    CHECK(tgi_hash_bytes(a, "x", 1) == tgi_hash_bytes(c, "x", 1));
}

TEST(hash_spreads_similar_keys_over_low_bits)
{
    // 4096 numbered names into 4096 buckets: a random function leaves about 63 % of them used.
    static bool used[4096];
    int count = 0;
    for (int i = 0; i < 4096; i++) {
        char name[8] = {'v',
                        'a',
                        'r',
                        (char)('0' + i / 1000),
                        (char)('0' + i / 100 % 10),
                        (char)('0' + i / 10 % 10),
                        (char)('0' + i % 10),
                        0};
        uint64_t h = tgi_hash_bytes(key, name, 7) & 4095;
        count += !used[h];
        used[h] = true;
    }
    CHECK(count > 2400 && count < 2800);
}

TEST(mixer_moves_half_of_the_bits)
{
    test_rng rng = test_rng_new(0);
    long flipped = 0;
    enum { ROUNDS = 200 };
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t x = test_rng_next(&rng);
        for (int bit = 0; bit < 64; bit++)
            flipped += __builtin_popcountll(tgi_hash_mix(x) ^ tgi_hash_mix(x ^ UINT64_C(1) << bit));
    }
    double mean = (double)flipped / (ROUNDS * 64);
    CHECK(mean > 31 && mean < 33);
    CHECK_EQ_UINT(tgi_hash_mix(0), 0);
    CHECK(tgi_hash_combine(1, 2) != tgi_hash_combine(2, 1));
}
