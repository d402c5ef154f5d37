// SPDX-License-Identifier: MIT
//
// ab_svg.c - scales, round numbers on axes, labels that do not cover each other, escapes.
#include "test.h"

#include <math.h>   // fabs
#include <stdlib.h> // free

#include "cli/ab/svg.h" // under test

TEST(scales_map_their_ends)
{
    tgi_ab_scale linear = {0, 4, 100, 300, false};
    CHECK_EQ_DOUBLE(tgi_ab_scale_map(&linear, 0), 100);
    CHECK_EQ_DOUBLE(tgi_ab_scale_map(&linear, 1), 150);
    CHECK_EQ_DOUBLE(tgi_ab_scale_map(&linear, 4), 300);
    tgi_ab_scale logarithmic = {0.5, 2, 0, 200, true};
    CHECK(fabs(tgi_ab_scale_map(&logarithmic, 1) - 100) < 1e-9);
    tgi_ab_scale upwards = {0, 10, 400, 0, false};
    CHECK_EQ_DOUBLE(tgi_ab_scale_map(&upwards, 10), 0);
}

static void check_ticks(tgi_ab_scale scale, double distance)
{
    double ticks[TGI_AB_MAX_TICKS];
    int count = tgi_ab_scale_ticks(&scale, distance, ticks);
    CHECK(count >= 1 && count <= TGI_AB_MAX_TICKS);
    for (int i = 0; i < count; i++) {
        CHECK(ticks[i] >= scale.from - 1e-6 && ticks[i] <= scale.to * (1 + 1e-6));
        CHECK(!(ticks[i] == 0 && signbit(ticks[i])));
        for (int k = 0; k < i; k++) {
            double apart = tgi_ab_scale_map(&scale, ticks[i]) - tgi_ab_scale_map(&scale, ticks[k]);
            CHECK(fabs(apart) >= distance - 1e-6);
        }
    }
}

TEST(ticks_are_round_and_apart)
{
    check_ticks((tgi_ab_scale){0, 1.2, 350, 30, false}, 40);
    check_ticks((tgi_ab_scale){0, 97.3, 350, 30, false}, 40);
    check_ticks((tgi_ab_scale){0, 0.0003, 0, 500, false}, 60);
    check_ticks((tgi_ab_scale){0, 3600, 0, 500, false}, 60);
    check_ticks((tgi_ab_scale){0.97, 1.03, 0, 300, true}, 42);
    check_ticks((tgi_ab_scale){0.01, 60, 0, 300, true}, 42);
    double ticks[TGI_AB_MAX_TICKS];
    tgi_ab_scale scale = {0, 3.2, 320, 0, false};
    CHECK_EQ_INT(tgi_ab_scale_ticks(&scale, 40, ticks), 7);
    CHECK_EQ_DOUBLE(ticks[1], 0.5);
}

TEST(labels_are_spread_in_their_order)
{
    double at[] = {100, 101, 99, 300, 20};
    tgi_ab_spread_labels(at, 5, 16, 10, 305);
    CHECK(at[4] < at[2] && at[2] < at[0] && at[0] < at[1] && at[1] < at[3]);
    CHECK(at[0] - at[2] >= 16 && at[1] - at[0] >= 16);
    CHECK_EQ_DOUBLE(at[4], 20); // those with room stay
    CHECK_EQ_DOUBLE(at[3], 300);
    double low[] = {300, 300, 300};
    tgi_ab_spread_labels(low, 3, 16, 0, 300);
    CHECK_EQ_DOUBLE(low[0], 268);
    CHECK_EQ_DOUBLE(low[2], 300);
}

TEST(text_is_escaped)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    REQUIRE(to != NULL);
    tgi_ab_escape(to, "a<b>&\"c\"\n\x01\xc3\xa9");
    fclose(to);
    CHECK_EQ_STR(text, "a&lt;b&gt;&amp;&quot;c&quot;  \xc3\xa9");
    free(text);
}
