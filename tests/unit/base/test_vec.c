// SPDX-License-Identifier: MIT
//
// test_vec.c - growable arrays and rings.
#include "test.h"

#include "base/ring.h"
#include "base/vec.h"

#include <stdlib.h>

TEST(vec_grows_and_keeps_its_items)
{
    tgi_vec(int) v = TGI_VEC_INIT;
    for (int i = 0; i < 1000; i++)
        REQUIRE(vec_push(&v, i * 3));
    CHECK_EQ_UINT(v.count, 1000);
    CHECK(v.capacity >= 1000 && v.capacity <= 2048);
    for (int i = 0; i < 1000; i++)
        CHECK_EQ_INT(v.data[i], i * 3);
    CHECK_EQ_INT(vec_last(&v), 2997);
    CHECK_EQ_INT(vec_pop(&v), 2997);
    CHECK_EQ_UINT(v.count, 999);
    vec_clear(&v);
    CHECK_EQ_UINT(v.count, 0);
    vec_free(&v);
    CHECK(v.data == NULL && v.capacity == 0);
}

TEST(vec_reserve_makes_room_at_once)
{
    tgi_vec(char) v = TGI_VEC_INIT;
    REQUIRE(vec_reserve(&v, 100));
    CHECK(v.capacity >= 100);
    char *before = v.data;
    for (int i = 0; i < 100; i++)
        CHECK(vec_push(&v, 'a'));
    CHECK(v.data == before);
    vec_free(&v);
}

static int allowed;

static void *limited_resize(void *p, size_t bytes)
{
    return allowed-- > 0 ? realloc(p, bytes) : NULL;
}

TEST(vec_that_cannot_grow_stays_as_it_was)
{
    tgi_vec_set_allocator(limited_resize, free);
    allowed = 1;
    tgi_vec(long) v = TGI_VEC_INIT;
    size_t pushed = 0;
    while (vec_push(&v, (long)pushed))
        pushed++;
    CHECK_EQ_UINT(v.count, pushed);
    CHECK_EQ_UINT(v.capacity, pushed);
    for (size_t i = 0; i < pushed; i++)
        CHECK_EQ_INT(v.data[i], i);
    CHECK(!vec_reserve(&v, SIZE_MAX));
    CHECK(!vec_reserve(&v, SIZE_MAX / sizeof(long)));
    CHECK_EQ_UINT(v.count, pushed);
    vec_free(&v);
    tgi_vec_set_allocator(NULL, NULL);
}

TEST(ring_keeps_the_last_items_in_order)
{
    TGI_RING(int, 8) ring = {0};
    CHECK_EQ_UINT(tgi_ring_count(&ring), 0);
    for (int i = 0; i < 5; i++)
        *tgi_ring_push(&ring) = i;
    CHECK_EQ_UINT(tgi_ring_count(&ring), 5);
    CHECK_EQ_INT(*tgi_ring_at(&ring, 0), 0);
    for (int i = 5; i < 100; i++)
        *tgi_ring_push(&ring) = i;
    CHECK_EQ_UINT(tgi_ring_count(&ring), 8);
    for (size_t i = 0; i < 8; i++)
        CHECK_EQ_INT(*tgi_ring_at(&ring, i), 92 + (int)i);
    tgi_ring_clear(&ring);
    CHECK_EQ_UINT(tgi_ring_count(&ring), 0);
}
