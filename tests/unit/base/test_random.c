// SPDX-License-Identifier: MIT
//
// test_random.c - replay, bounds, evenness.
#include "test.h"

#include "base/random.h"

TEST(equal_seeds_give_equal_sequences)
{
    tgi_random a, b, c;
    tgi_random_seed(&a, test_seed());
    tgi_random_seed(&b, test_seed());
    tgi_random_seed(&c, test_seed() + 1);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = tgi_random_next(&a);
        CHECK(x == tgi_random_next(&b));
        same += x == tgi_random_next(&c);
    }
    CHECK_EQ_INT(same, 0);
}

TEST(seed_zero_is_not_stuck)
{
    tgi_random r;
    tgi_random_seed(&r, 0);
    CHECK(tgi_random_next(&r) != tgi_random_next(&r));
}

TEST(below_stays_below_and_reaches_every_value_evenly)
{
    tgi_random r;
    tgi_random_seed(&r, test_seed());
    int seen[7] = {0};
    for (int i = 0; i < 70000; i++)
        seen[tgi_random_below(&r, 7)]++;
    for (int i = 0; i < 7; i++)
        CHECK(seen[i] > 9400 && seen[i] < 10600); // 10000 +- 6 standard deviations
    for (int i = 0; i < 1000; i++) {
        CHECK_EQ_UINT(tgi_random_below(&r, 1), 0);
        CHECK(tgi_random_below(&r, UINT64_MAX) < UINT64_MAX);
        CHECK(tgi_random_below(&r, (UINT64_C(1) << 63) + 1) <= UINT64_C(1) << 63);
    }
}

TEST(unit_is_in_the_half_open_interval)
{
    tgi_random r;
    tgi_random_seed(&r, test_seed());
    double sum = 0;
    for (int i = 0; i < 100000; i++) {
        double x = tgi_random_unit(&r);
        CHECK(x >= 0 && x < 1);
        sum += x;
    }
    CHECK(sum > 49000 && sum < 51000);
}

TEST(os_seeds_differ)
{
    CHECK(tgi_random_os_seed() != tgi_random_os_seed());
}
