// SPDX-License-Identifier: MIT
//
// test_recursive.c - the owner may lock again, nobody else may unlock.
#include "test.h"

#include "sync/recursive.h"

static tgi_recursive r;
static long counter; // guarded by r
static long rounds;

TEST(owner_nests_and_others_wait)
{
    CHECK_EQ_INT(tgi_recursive_lock(&r, 1, TGI_DEADLINE_NEVER, 0), TG_OK);
    CHECK_EQ_INT(tgi_recursive_lock(&r, 1, tgi_deadline_now(), 0), TG_OK);
    CHECK(tgi_recursive_is_owned(&r, 1));
    CHECK(!tgi_recursive_is_owned(&r, 3));
    CHECK_EQ_INT(tgi_recursive_lock(&r, 3, tgi_deadline_now(), 0), TG_ERR_TIMEOUT);
    CHECK_EQ_INT(tgi_recursive_unlock(&r, 3), TG_ERR_STATE);
    CHECK_EQ_INT(tgi_recursive_unlock(&r, 1), TG_OK);
    CHECK_EQ_INT(tgi_recursive_lock(&r, 3, tgi_deadline_now(), 0), TG_ERR_TIMEOUT);
    CHECK_EQ_INT(tgi_recursive_unlock(&r, 1), TG_OK);
    CHECK_EQ_INT(tgi_recursive_unlock(&r, 1), TG_ERR_STATE);
    CHECK_EQ_INT(tgi_recursive_lock(&r, 3, tgi_deadline_now(), 0), TG_OK);
    CHECK_EQ_INT(tgi_recursive_unlock(&r, 3), TG_OK);
}

TEST(release_all_gives_back_every_level_and_restore_takes_them)
{
    for (int i = 0; i < 3; i++)
        CHECK_EQ_INT(tgi_recursive_lock(&r, 5, TGI_DEADLINE_NEVER, 0), TG_OK);
    CHECK_EQ_UINT(tgi_recursive_release_all(&r, 7), 0);
    uint32_t levels = tgi_recursive_release_all(&r, 5);
    CHECK_EQ_UINT(levels, 3);
    CHECK(!tgi_recursive_is_owned(&r, 5));
    tgi_recursive_restore(&r, 5, levels, 0);
    for (int i = 0; i < 3; i++)
        CHECK_EQ_INT(tgi_recursive_unlock(&r, 5), TG_OK);
    CHECK_EQ_INT(tgi_recursive_unlock(&r, 5), TG_ERR_STATE);
}

TEST(nesting_has_a_limit)
{
    CHECK_EQ_INT(tgi_recursive_lock(&r, 1, TGI_DEADLINE_NEVER, 0), TG_OK);
    r.depth = UINT32_MAX - 1;
    CHECK_EQ_INT(tgi_recursive_lock(&r, 1, TGI_DEADLINE_NEVER, 0), TG_ERR_LIMIT);
    CHECK_EQ_UINT(tgi_recursive_release_all(&r, 1), UINT32_MAX);
}

static void nest(void *context, int index)
{
    (void)context;
    uint32_t id = (uint32_t)index * 2 + 1;
    for (long i = 0; i < rounds; i++) {
        CHECK_EQ_INT(tgi_recursive_lock(&r, id, TGI_DEADLINE_NEVER, 0), TG_OK);
        CHECK_EQ_INT(tgi_recursive_lock(&r, id, TGI_DEADLINE_NEVER, 0), TG_OK);
        counter++;
        CHECK_EQ_INT(tgi_recursive_unlock(&r, id), TG_OK);
        counter++;
        CHECK_EQ_INT(tgi_recursive_unlock(&r, id), TG_OK);
    }
}

TEST(recursive_lock_excludes_other_owners)
{
    counter = 0;
    rounds = test_scale(3000);
    test_run_threads(4, nest, NULL);
    CHECK_EQ_INT(counter, 8 * rounds);
}
