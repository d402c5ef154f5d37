// SPDX-License-Identifier: MIT
//
// test_collector.c - the cycle collector, in every mode.
//
// Attacks     G1-G3 of core/gc/analyse.c, L1-L3 of core/gc/collect.c. Wrong looks like: a live
//             object that was cleared, garbage that stays, a finalizer that runs twice, memory left
//             over after an abandoned collection, two threads that wait for each other.
#include "test.h"
#include "workload.h"

#include "mem/raw.h"      // tgi_mem_fail_after
#include "thread/state.h" // breaker

#include <togil/gc.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tg_runtime *open_with(tg_config config, tg_thread **t, const char *source)
{
    config.mode = workload_mode()->name;
    tg_runtime *rt;
    REQUIRE(tg_runtime_create(&config, &rt, t) == TG_OK);
    tg_value v = tg_run(*t, source, strlen(source), "<test>", NULL);
    REQUIRE(v != TG_NULL);
    tg_release(*t, v);
    return rt;
}

static tg_runtime *open_script(tg_thread **t, const char *source)
{
    return open_with((tg_config){0}, t, source);
}

// A function of the script with one number; its result. Unlike tg_eval it leaves no code behind.
static int64_t call(tg_thread *t, const char *function, int64_t n)
{
    int64_t result = -1;
    tg_value module = tg_import(t, "__main__");
    tg_value f = module != TG_NULL ? tg_getattr(t, module, function) : TG_NULL;
    tg_value args[1] = {tg_int(t, n)};
    tg_value r = f != TG_NULL ? tg_call(t, f, args, 1) : TG_NULL;
    REQUIRE(r != TG_NULL);
    CHECK(tg_as_int64(t, r, &result) == 0);
    tg_release(t, r);
    tg_release(t, f);
    tg_release(t, module);
    return result;
}

static const char cycles[] = "import gc\n"
                             "gc.disable()\n"
                             "class Node:\n"
                             "    pass\n"
                             "def make(n):\n"
                             "    for i in range(n):\n"
                             "        a, b = Node(), [i]\n"
                             "        a.list, a.me, a.text = b, {'a': a}, str(i)\n"
                             "        b.append(a)\n"
                             "    return n\n"
                             "keep = []\n"
                             "def hold(n):\n"
                             "    for i in range(n):\n"
                             "        a = Node()\n"
                             "        a.me, a.name = a, i\n"
                             "        keep.append((a, lambda: a))\n"
                             "    return n\n"
                             "def intact(n):\n"
                             "    return sum(a.me is a and f().name >= 0 for a, f in keep)\n"
                             "gone = 0\n"
                             "class Loud:\n"
                             "    def __init__(self):\n"
                             "        self.me = self\n"
                             "    def __del__(self):\n"
                             "        global gone\n"
                             "        gone += 1\n"
                             "def loud(n):\n"
                             "    for i in range(n):\n"
                             "        Loud()\n"
                             "    return gone\n";

TEST(counts_alone_find_the_same_garbage)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, cycles);
    for (int exhaustive = 0; exhaustive < 2; exhaustive++) {
        tg_gc_set(t, TG_GC_THREADS, 1);
        tg_gc_set(t, TG_GC_EXHAUSTIVE, exhaustive);
        call(t, "hold", 500);
        (void)tg_collect(t);
        uint64_t live = workload_live_objects(t);
        call(t, "make", 1000);
        CHECK_EQ_INT(tg_collect(t), 3000);
        CHECK_EQ_UINT(workload_live_objects(t), live);
        CHECK_EQ_INT(tg_collect(t), 0);
        CHECK_EQ_INT(call(t, "intact", 0), 500 * (exhaustive + 1));
    }
    tg_runtime_destroy(rt, t);
}

TEST(several_threads_find_the_same_garbage)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, cycles);
    const int64_t held = 20000;
    call(t, "hold", held);
    (void)tg_collect(t);
    uint64_t live = workload_live_objects(t);
    tg_gc_stats *s = malloc(sizeof *s);
    REQUIRE(s != NULL);
    uint64_t most = 0;
    for (int threads = 1; threads <= 8; threads *= 2) {
        tg_gc_set(t, TG_GC_THREADS, threads);
        for (int exhaustive = 0; exhaustive < 2; exhaustive++) {
            tg_gc_set(t, TG_GC_EXHAUSTIVE, exhaustive);
            call(t, "make", 10000);
            CHECK_EQ_INT(tg_collect(t), 30000);
            CHECK_EQ_UINT(workload_live_objects(t), live);
            CHECK_EQ_INT(call(t, "intact", 0), held);
            tg_gc_stats_read(t, s);
            CHECK(s->threads >= 1 && s->threads <= (uint64_t)threads);
            most = s->threads > most ? s->threads : most;
        }
    }
    printf("    at most %llu threads came\n", (unsigned long long)most);
    free(s);
    tg_runtime_destroy(rt, t);
}

static const char popular[] = "import gc\n"
                              "gc.disable()\n"
                              "def make(n):\n"
                              "    hub = []\n"
                              "    for i in range(n):\n"
                              "        hub.append([hub])\n"
                              "    return n\n";

// Both threads subtract from the number of one object, a hundred thousand times.
TEST(several_threads_share_what_many_refer_to)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, popular);
    tg_gc_set(t, TG_GC_THREADS, 2);
    for (int round = 0; round < 3; round++) {
        call(t, "make", 100000);
        CHECK_EQ_INT(tg_collect(t), 100001);
    }
    tg_runtime_destroy(rt, t);
}

static void collect_without_memory(int threads)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, cycles);
    tg_gc_set(t, TG_GC_THREADS, threads);
    const int64_t held = 20000; // more than a list of the collector holds before it grows
    call(t, "hold", held);
    (void)tg_collect(t);
    uint64_t live = workload_live_objects(t);
    int abandoned = 0;
    // The thread sanitizer makes it forty times as slow: there, every fourth.
    for (uint64_t n = 1; n < 40; n += TGI_TSAN ? 4 : 1) {
        call(t, "make", 3000);
        (void)tgi_mem_fail_after(n, n % 3 == 0 ? UINT64_C(1) << 60 : 1);
        int64_t found = tg_collect(t);
        uint64_t requests = tgi_mem_fail_after(0, 0);
        if (found < 0) {
            CHECK(tg_error_is(t, TG_MemoryError));
            tg_error_clear(t);
            abandoned++;
            CHECK(workload_live_objects(t) >= live + 9000);
            // and does not ask again for each object
            CHECK(requests < n + (uint64_t)(10 * threads));
            CHECK_EQ_INT(tg_collect(t), 9000);
        } else {
            CHECK_EQ_INT(found, 9000);
        }
        CHECK_EQ_UINT(workload_live_objects(t), live);
        CHECK_EQ_INT(call(t, "intact", 0), held);
        if (requests < n)
            break;
    }
    CHECK(abandoned > 2); // otherwise nothing was injected
    tg_runtime_destroy(rt, t);
}

TEST(a_collection_without_memory_changes_nothing)
{
    collect_without_memory(1);
}

TEST(a_collection_by_several_threads_without_memory_changes_nothing)
{
    collect_without_memory(4);
}

TEST(what_a_collection_frees_does_not_put_off_the_next_one)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, cycles);
    tg_gc_set(t, TG_GC_THRESHOLD0, 1000);
    tg_gc_set(t, TG_GC_THRESHOLD1, 0);
    tg_gc_set(t, TG_GC_ENABLED, 1);
    call(t, "make", 30000); // 90000 objects
    tg_gc_stats *s = malloc(sizeof *s);
    REQUIRE(s != NULL);
    tg_gc_stats_read(t, s);
    CHECK(s->collections > 40);
    CHECK(s->collections < 120);
    CHECK(s->found > 85000);
    free(s);
    tg_runtime_destroy(rt, t);
}

static const char next[] = "import gc, threading\n"
                           "gc.disable()\n"
                           "class Node:\n"
                           "    pass\n"
                           "def make(n):\n"
                           "    for i in range(n):\n"
                           "        a = Node()\n"
                           "        a.me, a.list = a, [None] * 1000\n"
                           "    return n\n"
                           "def in_a_thread(n):\n"
                           "    gc.enable()\n"
                           "    t = threading.Thread(target=make, args=(n,))\n"
                           "    t.start()\n"
                           "    t.join()\n"
                           "    return n\n"
                           "class Last:\n"
                           "    def __del__(self):\n"
                           "        in_a_thread(300)\n"
                           "def last(n):\n"
                           "    a = Last()\n"
                           "    a.me = a\n"
                           "    return n\n";

// A thread that makes a little looks at the sums, and finds no reason to collect: neither in what a
// collection has freed, nor in what one is about to free.
TEST(a_collection_of_much_is_not_at_once_followed_by_another)
{
    tg_gc_stats *s = malloc(sizeof *s);
    REQUIRE(s != NULL);
    for (int finalizer = 0; finalizer < 2; finalizer++) {
        tg_thread *t;
        tg_runtime *rt = open_script(&t, next);
        call(t, "make", 10000); // 80 MB; and 20000 objects
        if (finalizer == 1)
            call(t, "last", 0);
        CHECK_EQ_INT(tg_collect(t), 20000 + finalizer);
        call(t, "in_a_thread", 300);
        tg_gc_stats_read(t, s);
        CHECK_EQ_UINT(s->collections, 1);
        tg_runtime_destroy(rt, t);
    }
    free(s);
}

TEST(a_finalizer_runs_once_though_its_object_is_found_by_a_collection)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, cycles);
    call(t, "loud", 50);
    CHECK_EQ_INT(tg_collect(t), 50);
    CHECK_EQ_INT(call(t, "loud", 0), 50);
    CHECK_EQ_INT(tg_collect(t), 0);
    CHECK_EQ_INT(call(t, "loud", 0), 50);
    tg_runtime_destroy(rt, t);
}

static const char kept[] =
    "import gc\n"
    "gc.disable()\n"
    "back = []\n"
    "class Back:\n"
    "    def __init__(self, i):\n"
    "        self.me, self.items = self, [i, {'i': (i, [self])}]\n"
    "    def __del__(self):\n"
    "        if self.items[0] % 2 == 0:\n"
    "            back.append(self)\n"
    "def make(n):\n"
    "    for i in range(n):\n"
    "        Back(i)\n"
    "    return n\n"
    "def whole(n):\n"
    "    good = sum(b.me is b and b.items[1]['i'][1][0] is b for b in back)\n"
    "    if n == 0:\n"
    "        back.clear()\n"
    "    return good\n";

TEST(what_a_finalizer_keeps_is_whole)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, kept);
    (void)tg_collect(t);
    uint64_t live = workload_live_objects(t);
    call(t, "make", 20);
    CHECK_EQ_INT(tg_collect(t), 20 * 5);
    CHECK_EQ_INT(call(t, "whole", 1), 10);
    CHECK_EQ_INT(tg_collect(t), 0);
    CHECK_EQ_INT(call(t, "whole", 0), 10);
    CHECK_EQ_INT(tg_collect(t), 10 * 5); // their finalizers have run
    CHECK_EQ_INT(call(t, "whole", 1), 0);
    CHECK_EQ_UINT(workload_live_objects(t), live);
    tg_runtime_destroy(rt, t);
}

static const char waiting[] = "import gc, threading\n"
                              "gc.disable()\n"
                              "started, done = threading.Event(), threading.Event()\n"
                              "waited = []\n"
                              "class Waits:\n"
                              "    def __del__(self):\n"
                              "        started.set()\n"
                              "        waited.append(done.wait(10))\n"
                              "def other():\n"
                              "    started.wait()\n"
                              "    gc.collect()\n"
                              "    done.set()\n"
                              "def go(n):\n"
                              "    t = threading.Thread(target=other)\n"
                              "    t.start()\n"
                              "    w = Waits()\n"
                              "    w.me = w\n"
                              "    del w\n"
                              "    gc.collect()\n"
                              "    t.join()\n"
                              "    return int(waited == [True])\n";

TEST(a_finalizer_may_wait_for_a_thread_that_collects)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, waiting);
    CHECK_EQ_INT(call(t, "go", 0), 1);
    tg_runtime_destroy(rt, t);
}

static const char weakly[] =
    "import gc, _weakref\n"
    "gc.disable()\n"
    "called = []\n"
    "refs = []\n"
    "class Node:\n"
    "    def __init__(self):\n"
    "        self.me = self\n"
    "        self.inner = _weakref.ref(self, lambda r: called.append(100))\n"
    "    def __del__(self):\n"
    "        if refs[-1]() is not None or self.inner() is not None:\n"
    "            called.append(1000)\n"
    "def make(n):\n"
    "    for i in range(n):\n"
    "        a = Node()\n"
    "        refs.append(_weakref.ref(a, lambda r: called.append(1)))\n"
    "    return n\n"
    "def sum_called(n):\n"
    "    s = sum(called)\n"
    "    called.clear()\n"
    "    return s + sum(r() is not None for r in refs) * 10000\n";

TEST(weak_references_to_garbage_are_cleared_first)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, weakly);
    (void)tg_collect(t);
    for (int abandon = 0; abandon < 2; abandon++) {
        call(t, "make", 8000); // so many that one list of candidates does not hold them
        if (abandon != 0) {
            // Everything is a candidate, and there is no room for all of them.
            tg_gc_set(t, TG_GC_EXHAUSTIVE, 1);
            (void)tgi_mem_fail_after(20, UINT64_C(1) << 60);
            CHECK_EQ_INT(tg_collect(t), -1);
            (void)tgi_mem_fail_after(0, 0);
            tg_error_clear(t);
            tg_gc_set(t, TG_GC_EXHAUSTIVE, 0);
        }
        CHECK(tg_collect(t) >= 8000);
        CHECK_EQ_INT(call(t, "sum_called", 0), 8000);
    }
    tg_runtime_destroy(rt, t);
}

// --- a merge queue

static struct {
    tg_runtime *rt;
    atomic_int phase;
    int64_t count;
} queued;

static void *make_and_wait(void *arg)
{
    (void)arg;
    tg_thread *t;
    REQUIRE(tg_thread_enter(queued.rt, &t) == TG_OK);
    call(t, "make", queued.count);
    atomic_store(&queued.phase, 1);
    // Attached and away from any poll while the other thread lets go of what this one owns; then it
    // stops for the pause, which comes before its queue in the order of the breaker.
    while ((atom_load_relaxed(&t->breaker) & TGI_BRK_STOP) == 0)
        sched_yield();
    (void)tg_poll(t);
    tg_thread_leave(t);
    return NULL;
}

static void collect_from_queue(int64_t count)
{
    static const char source[] = "import gc\n"
                                 "gc.disable()\n"
                                 "box = []\n"
                                 "def make(n):\n"
                                 "    for i in range(n):\n"
                                 "        x = []\n"
                                 "        x.append(x)\n"
                                 "        box.append(x)\n"
                                 "    return n\n"
                                 "def drop(n):\n"
                                 "    while box:\n"
                                 "        box.pop()\n"
                                 "    return n\n";
    tg_thread *t;
    // A pause for the sake of hot objects would empty the queue before the collection's.
    queued.rt = open_with((tg_config){.hot_counts_off = true}, &t, source);
    queued.count = count;
    call(t, "make", 0);
    call(t, "drop", 0);
    (void)tg_collect(t);
    atomic_store(&queued.phase, 0);
    pthread_t os;
    REQUIRE(pthread_create(&os, NULL, make_and_wait, NULL) == 0);
    while (atomic_load(&queued.phase) == 0) {
        tg_thread_detach(t);
        sched_yield();
        tg_thread_attach(t);
    }
    call(t, "drop", 0);
    tg_stats stats;
    tg_stats_read(t, &stats);
    if (strcmp(workload_mode()->counts, "biased") == 0)
        CHECK_EQ_UINT(stats.queued, (uint64_t)count);
    CHECK_EQ_INT(tg_collect(t), count);
    tg_thread_detach(t);
    pthread_join(os, NULL);
    tg_thread_attach(t);
    CHECK_EQ_INT(tg_collect(t), 0);
    tg_runtime_destroy(queued.rt, t);
}

TEST(garbage_in_a_merge_queue_is_found_at_once)
{
    if (workload_mode()->gil)
        SKIP("one thread at a time");
    collect_from_queue(8);
}

TEST(much_garbage_in_a_merge_queue_is_freed_once)
{
    if (workload_mode()->gil)
        SKIP("one thread at a time");
    collect_from_queue(3000);
}

// --- an object that several threads have counted (core/policy/hot.c)

static const char popular_one[] = "import gc, threading\n"
                                  "gc.disable()\n"
                                  "class Node:\n"
                                  "    pass\n"
                                  "box = []\n"
                                  "def count():\n"
                                  "    for i in range(3000):\n"
                                  "        x = box[0]\n"
                                  "def make(ring):\n"
                                  "    a = Node()\n"
                                  "    a.text, a.list = str(ring), []\n"
                                  "    a.list.append(a.list)\n"
                                  "    if ring:\n"
                                  "        a.me = a\n"
                                  "    box.append(a)\n"
                                  "    del a\n"
                                  "    t = threading.Thread(target=count)\n"
                                  "    t.start()\n"
                                  "    t.join()\n"
                                  "    return ring\n"
                                  "def drop(n):\n"
                                  "    box.clear()\n"
                                  "    return n\n";

// Whether it died, or is in a cycle: it goes in the pause of the collection, with what it leads to.
TEST(what_was_hot_goes_with_a_collection)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, popular_one);
    tg_gc_stats *s = malloc(sizeof *s);
    REQUIRE(s != NULL);
    tg_value module = tg_import(t, "__main__");
    tg_value box = tg_getattr(t, module, "box");
    uint64_t live = 0;
    for (int ring = 0; ring < 4; ring++) {
        call(t, "make", ring % 2);
        tg_value o = tg_getitem(t, box, tg_int(t, 0));
        REQUIRE(o != TG_NULL);
        call(t, "drop", 0);
        tg_release(t, o); // the last reference from outside, and no poll before the pause
        int64_t found = tg_collect(t);
        CHECK(found == 2 || (ring % 2 == 0 && found == 1));
        CHECK_EQ_INT(tg_collect(t), 0);
        if (ring == 1)
            live = workload_live_objects(t);
    }
    CHECK_EQ_UINT(workload_live_objects(t), live);
    tg_gc_stats_read(t, s);
    CHECK_EQ_UINT(s->collections, s->pauses.count);
    tg_stats stats;
    tg_stats_read(t, &stats);
    if (strcmp(workload_mode()->name, "nogil") == 0)
        CHECK(stats.hot >= 4);
    tg_release(t, box);
    tg_release(t, module);
    free(s);
    tg_runtime_destroy(rt, t);
}

// --- freed without counting (core/gc/scrap.c)

// graph(n) makes n objects of every kind, with random references among them and to a few others,
// and a list of roots; the rest is garbage. intact(0) walks from the roots.
static const char graphs[] =
    "import gc, weakref\n"
    "gc.disable()\n"
    "class Node:\n"
    "    def __init__(self, n):\n"
    "        self.n, self.out, self.other = n, [], None\n"
    "    def method(self):\n"
    "        return self.n\n"
    "class ListNode(list):\n"
    "    pass\n"
    "class DictNode(dict):\n"
    "    pass\n"
    "class Slim:\n"
    "    __slots__ = ('n', 'out', 'extra')\n"
    "class Back:\n"
    "    def __init__(self):\n"
    "        self.me = self\n"
    "    def __del__(self):\n"
    "        seen.append(len(self.out))\n"
    "seen = []\n"
    "def sleeper(out):\n"
    "    yield out\n"
    "    yield out\n"
    "def new(kind, n, odd):\n"
    "    node = Node(n)\n"
    "    out = node.out\n"
    "    if kind == 0:\n"
    "        node.other = node\n"
    "    elif kind == 1:\n"
    "        node.other = {'out': out, n: node, 'text': str(n)}\n"
    "    elif kind == 2:\n"
    "        node.other = (out, node, str(n), shared)\n"
    "    elif kind == 3:\n"
    "        node.other = lambda: (node, out)\n"
    "    elif kind == 4:\n"
    "        node.other = node.method\n"
    "    elif kind == 5:\n"
    "        more = ListNode([out, shared])\n"
    "        more.node, more.text = node, str(n)\n"
    "        node.other = more\n"
    "    elif kind == 6:\n"
    "        more = DictNode(out=out)\n"
    "        more.node = node\n"
    "        node.other = more\n"
    "    elif kind == 7:\n"
    "        node.other = Slim()\n"
    "        node.other.n, node.other.out, node.other.extra = n, node, shared\n"
    "    elif kind == 8:\n"
    "        node.__dict__['more'] = node\n"
    "    elif kind == 9:\n"
    "        def f(a=out, *, b=node):\n"
    "            return a, b\n"
    "        f.mine = node\n"
    "        node.other = f\n"
    "    elif odd > 1 and kind == 10:\n"
    "        node.other = sleeper(out)\n"
    "        next(node.other)\n"
    "    elif odd and kind == 11:\n"
    "        node.other = {node, 1, str(n)}\n"
    "    elif odd and kind == 12:\n"
    "        node.other = weakref.ref(node)\n"
    "    elif odd and kind == 13:\n"
    "        node.other = iter(out)\n"
    "    return node\n"
    "state = 1\n"
    "def rnd(n):\n"
    "    global state\n"
    "    state = (state * 1103515245 + 12345) & 0x7fffffff\n"
    "    return (state >> 8) % n\n"
    "shared = ['outside']\n"
    "roots = []\n"
    "def graph(seed):\n"
    "    global state\n"
    "    state, n, odd = seed, 700, seed % 3\n"
    "    seen.clear()\n"
    "    every = [new(rnd(14), i, odd) for i in range(n)]\n"
    "    for i in range(n):\n"
    "        for k in range(rnd(4)):\n"
    "            every[i].out.append(every[rnd(n)])\n"
    "    if seed % 3 == 2:\n"
    "        for k in range(3):\n"
    "            loud = Back()\n"
    "            loud.n, loud.out = -1 - k, [every[rnd(n)]]\n"
    "            every[rnd(n)].out.append(loud)\n"
    "    for k in range(rnd(4)):\n"
    "        roots.append(every[rnd(n)])\n"
    "    return n\n"
    "def walk(n):\n"
    "    found, todo = {}, list(roots)\n"
    "    while todo:\n"
    "        node = todo.pop()\n"
    "        if node.n in found:\n"
    "            continue\n"
    "        found[node.n] = node\n"
    "        todo.extend(node.out)\n"
    "        if type(node) is Back:\n"
    "            continue\n"
    "        assert node.method() == node.n\n"
    "        if type(node.other) is tuple:\n"
    "            assert node.other == (node.out, node, str(node.n), shared)\n"
    "        elif type(node.other) is dict:\n"
    "            assert node.other[node.n] is node and node.other['text'] == str(node.n)\n"
    "        elif type(node.other) is ListNode:\n"
    "            assert node.other[0] is node.out and node.other.text == str(node.n)\n"
    "    if n:\n"
    "        return len(seen) + sum(k < 0 for k in found)\n"
    "    return len(found)\n"
    "def done(n):\n"
    "    roots.clear()\n"
    "    return n\n";

static void collect_graph(tg_thread *t, int64_t seed)
{
    call(t, "graph", seed);
    int64_t reachable = call(t, "walk", 0);
    CHECK(tg_collect(t) > 0);
    CHECK_EQ_INT(call(t, "walk", 0), reachable);
    CHECK_EQ_INT(call(t, "walk", 1), seed % 3 == 2 ? 3 : 0); // finalized or alive
    call(t, "done", 0);
    (void)tg_collect(t);
    (void)tg_collect(t); // what finalizers kept until now
}

// The seed decides by its remainder by three whether there are objects that are not plain, and some
// with a finalizer.
TEST(garbage_of_every_kind_goes_and_takes_nothing_else_along)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, graphs);
    for (int i = 0; i < 3; i++)
        collect_graph(t, i);
    uint64_t live = workload_live_objects(t);
    test_rng random = test_rng_new(0);
    for (int i = 0; i < 24; i++) {
        tg_gc_set(t, TG_GC_THREADS, 1 + i % 2);
        tg_gc_set(t, TG_GC_EXHAUSTIVE, i % 4 == 3);
        collect_graph(t, (int64_t)(test_rng_next(&random) % (1u << 30)));
        CHECK_EQ_UINT(workload_live_objects(t), live);
    }
    tg_runtime_destroy(rt, t);
}

TEST(garbage_of_every_kind_goes_though_there_is_little_memory)
{
    tg_thread *t;
    tg_runtime *rt = open_script(&t, graphs);
    for (int i = 0; i < 3; i++)
        collect_graph(t, i);
    uint64_t live = workload_live_objects(t);
    for (uint64_t n = 1; n < 40; n += TGI_TSAN ? 4 : 1) {
        call(t, "graph", 1);
        int64_t reachable = call(t, "walk", 0);
        (void)tgi_mem_fail_after(n, UINT64_C(1) << 60);
        int64_t found = tg_collect(t);
        uint64_t requests = tgi_mem_fail_after(0, 0);
        if (found < 0)
            tg_error_clear(t);
        CHECK_EQ_INT(call(t, "walk", 0), reachable);
        call(t, "done", 0);
        (void)tg_collect(t);
        CHECK_EQ_UINT(workload_live_objects(t), live);
        if (requests < n)
            break;
    }
    tg_runtime_destroy(rt, t);
}

TEST(what_another_runtime_holds_is_not_looked_at)
{
    tg_thread *t, *u;
    tg_runtime *rt = open_script(&t, cycles);
    call(t, "make", 100);
    tg_thread_detach(t);
    tg_runtime *other = open_script(&u, cycles);
    call(u, "make", 10);
    CHECK_EQ_INT(tg_collect(u), 30);
    tg_runtime_destroy(other, u);
    tg_thread_attach(t);
    CHECK_EQ_INT(tg_collect(t), 300);
    tg_runtime_destroy(rt, t);
}

// --- several threads ask at once

enum { ASKING = 3 };

static struct {
    tg_runtime *rt;
    atomic_int ready, done;
    int64_t found[ASKING];
} asking;

static void *ask(void *arg)
{
    int index = *(int *)arg;
    tg_thread *t;
    REQUIRE(tg_thread_enter(asking.rt, &t) == TG_OK);
    atomic_fetch_add(&asking.ready, 1);
    while (atomic_load(&asking.ready) < ASKING) {
        tg_thread_detach(t);
        sched_yield();
        tg_thread_attach(t);
    }
    asking.found[index] = tg_collect(t);
    tg_thread_leave(t);
    return NULL;
}

TEST(of_many_who_ask_at_once_none_is_sent_away_before_the_garbage_is_gone)
{
    tg_thread *t;
    asking.rt = open_script(&t, cycles);
    uint64_t shared = 0;
    tg_gc_stats *s = malloc(sizeof *s);
    REQUIRE(s != NULL);
    for (int round = 0; round < test_scale(40); round++) {
        (void)tg_collect(t);
        uint64_t live = workload_live_objects(t);
        call(t, "make", 200);
        pthread_t os[ASKING];
        int index[ASKING];
        atomic_store(&asking.ready, 0);
        tg_thread_detach(t);
        for (int i = 0; i < ASKING; i++) {
            index[i] = i;
            REQUIRE(pthread_create(&os[i], NULL, ask, &index[i]) == 0);
        }
        for (int i = 0; i < ASKING; i++)
            pthread_join(os[i], NULL);
        tg_thread_attach(t);
        int full = 0;
        for (int i = 0; i < ASKING; i++) {
            CHECK(asking.found[i] == 600 || asking.found[i] == 0);
            full += asking.found[i] == 600;
        }
        CHECK(full >= 1);
        CHECK_EQ_UINT(workload_live_objects(t), live);
        tg_gc_stats_read(t, s);
        shared = s->shared;
    }
    printf("    %llu requests shared a result\n", (unsigned long long)shared);
    CHECK_EQ_UINT(s->collections, s->pauses.count); // no finalizers: one pause each
    free(s);
    tg_runtime_destroy(asking.rt, t);
}

// --- scripts

TEST(cycles_of_four_threads_are_collected)
{
    workload_run("collector", 4, test_scale(800), WORKLOAD_TWICE);
}

TEST(cycles_are_collected_while_the_gil_is_switched)
{
    if (!workload_mode()->switchable)
        SKIP("the GIL is permanent in this mode");
    workload_run("collector", 3, test_scale(400), WORKLOAD_STORM);
}
