// SPDX-License-Identifier: MIT
//
// test_objmap.c - the map of tracked objects is exact.
//
// Attacks B1. Wrong results: an object shown that was removed, one missed that is alive, one of
// another runtime, one shown twice; also after its thread has ended.
#include "test.h"

#include "base/atomic.h"
#include "base/os.h"
#include "mem/objmap.h"
#include "mem/raw.h"

typedef struct sum {
    size_t count;
    uintptr_t xor ;
} sum;

static bool add_up(void *object, void *arg)
{
    sum *s = arg;
    s->count++;
    s->xor ^= (uintptr_t)object;
    return true;
}

static sum walk(unsigned tag)
{
    sum s = {0, 0};
    size_t shown = tgi_objmap_for_each(tag, add_up, &s);
    CHECK_EQ_UINT(shown, s.count);
    return s;
}

TEST(added_objects_are_shown_until_they_are_removed)
{
    unsigned tag = tgi_objmap_tag_acquire();
    REQUIRE(tag != 0);
    enum { N = 3000 };
    static void *object[N];
    sum expected = {0, 0};
    test_rng rng = test_rng_new(0);
    for (int i = 0; i < N; i++) {
        object[i] = tgi_raw_alloc(32 + test_rng_below(&rng, 400));
        REQUIRE(object[i] != NULL);
        CHECK(!tgi_objmap_contains(object[i]));
        REQUIRE(tgi_objmap_add(object[i], tag));
        CHECK(tgi_objmap_contains(object[i]));
        expected.count++;
        expected.xor ^= (uintptr_t)object[i];
    }
    sum all = walk(tag);
    CHECK_EQ_UINT(all.count, expected.count);
    CHECK_EQ_UINT(all.xor, expected.xor);
    for (int i = 0; i < N; i++) {
        if (test_rng_below(&rng, 3) != 0)
            continue;
        expected.count--;
        expected.xor ^= (uintptr_t)object[i];
        tgi_objmap_remove(object[i]);
        CHECK(!tgi_objmap_contains(object[i]));
        tgi_raw_free(object[i]);
        object[i] = NULL;
    }
    sum some = walk(tag);
    CHECK_EQ_UINT(some.count, expected.count);
    CHECK_EQ_UINT(some.xor, expected.xor);
    for (int i = 0; i < N; i++) {
        if (object[i] != NULL)
            tgi_objmap_remove(object[i]);
        tgi_raw_free(object[i]);
    }
    CHECK_EQ_UINT(walk(tag).count, 0);
    tgi_objmap_tag_release(tag);
}

TEST(tags_keep_runtimes_apart)
{
    unsigned one = tgi_objmap_tag_acquire();
    unsigned two = tgi_objmap_tag_acquire();
    REQUIRE(one != 0 && two != 0 && one != two);
    void *a = tgi_raw_alloc(48);
    void *b = tgi_raw_alloc(48);
    REQUIRE(tgi_objmap_add(a, one) && tgi_objmap_add(b, two));
    sum s = walk(one);
    CHECK_EQ_UINT(s.count, 1);
    CHECK_EQ_UINT(s.xor, (uintptr_t)a);
    s = walk(two);
    CHECK_EQ_UINT(s.count, 1);
    CHECK_EQ_UINT(s.xor, (uintptr_t)b);
    tgi_objmap_remove(a);
    tgi_objmap_remove(b);
    tgi_raw_free(a);
    tgi_raw_free(b);
    tgi_objmap_tag_release(one);
    tgi_objmap_tag_release(two);
}

TEST(tags_run_out_and_come_back)
{
    unsigned taken[TGI_OBJMAP_TAGS + 1];
    unsigned count = 0;
    while (count <= TGI_OBJMAP_TAGS && (taken[count] = tgi_objmap_tag_acquire()) != 0)
        count++;
    CHECK_EQ_UINT(count, TGI_OBJMAP_TAGS);
    CHECK_EQ_UINT(tgi_objmap_tag_acquire(), 0);
    for (unsigned i = 0; i < count; i++)
        tgi_objmap_tag_release(taken[i]);
}

static bool remove_and_stop(void *object, void *arg)
{
    int *left = arg;
    tgi_objmap_remove(object);
    tgi_raw_free(object);
    return --*left > 0;
}

TEST(a_walk_may_remove_what_it_is_shown_and_may_end_early)
{
    unsigned tag = tgi_objmap_tag_acquire();
    for (int i = 0; i < 10; i++)
        REQUIRE(tgi_objmap_add(tgi_raw_alloc(64), tag));
    int left = 4;
    CHECK_EQ_UINT(tgi_objmap_for_each(tag, remove_and_stop, &left), 4);
    CHECK_EQ_UINT(walk(tag).count, 6);
    left = 100;
    CHECK_EQ_UINT(tgi_objmap_for_each(tag, remove_and_stop, &left), 6);
    CHECK_EQ_UINT(walk(tag).count, 0);
    tgi_objmap_tag_release(tag);
}

static void *no_memory(size_t bytes)
{
    (void)bytes;
    return NULL;
}

TEST(without_memory_for_a_segment_the_object_is_not_tracked)
{
    unsigned tag = tgi_objmap_tag_acquire();
    // An address range that no allocator of this process uses: nothing there is ever touched.
    void *far = (void *)(uintptr_t)0x100002000;
    tgi_os.map = no_memory;
    CHECK(!tgi_objmap_add(far, tag));
    tgi_os_reset();
    CHECK_EQ_UINT(walk(tag).count, 0);
    CHECK(!tgi_objmap_contains(far));
    CHECK(tgi_objmap_add(far, tag));
    CHECK(tgi_objmap_contains(far));
    CHECK(!tgi_objmap_contains((char *)far + 16));
    tgi_objmap_remove(far);
    tgi_objmap_tag_release(tag);
}

enum { THREADS = 4, KEEP = 300 };
static void *survivor[THREADS][KEEP];
static unsigned shared_tag;
static long rounds;

static void churn(void *context, int index)
{
    (void)context;
    test_rng rng = test_rng_new((uint64_t)index);
    for (long i = 0; i < rounds; i++) {
        void **keep = &survivor[index][test_rng_below(&rng, KEEP)];
        if (*keep != NULL) {
            tgi_objmap_remove(*keep);
            tgi_raw_free(*keep);
        }
        *keep = tgi_raw_alloc(32 + test_rng_below(&rng, 100));
        REQUIRE(*keep != NULL);
        memset(*keep, 0xff, 32); // foreign blocks of the same sizes do not matter
        REQUIRE(tgi_objmap_add(*keep, shared_tag));
    }
}

TEST(map_is_exact_after_threads_churned_and_ended)
{
    shared_tag = tgi_objmap_tag_acquire();
    rounds = test_scale(3000);
    for (int generation = 0; generation < 3; generation++) {
        test_run_threads(THREADS, churn, NULL);
        sum expected = {0, 0};
        for (int i = 0; i < THREADS * KEEP; i++) {
            void *p = survivor[i / KEEP][i % KEEP];
            expected.count += p != NULL;
            expected.xor ^= (uintptr_t)p;
        }
        sum seen = walk(shared_tag);
        CHECK_EQ_UINT(seen.count, expected.count);
        CHECK_EQ_UINT(seen.xor, expected.xor);
    }
    for (int i = 0; i < THREADS * KEEP; i++) {
        void **p = &survivor[i / KEEP][i % KEEP];
        if (*p != NULL)
            tgi_objmap_remove(*p);
        tgi_raw_free(*p);
        *p = NULL;
    }
    CHECK_EQ_UINT(walk(shared_tag).count, 0);
    tgi_objmap_tag_release(shared_tag);
}
