// SPDX-License-Identifier: MIT
//
// test_short_of_memory.c - every request for memory of a script fails once, and then all from there
// on.
//
// Attacks     the clean-up of every function that allocates. Wrong looks like: a crash, an
//             exception other than MemoryError, a result that differs from the one with enough
//             memory, a block of memory that is left over when the runtime has ended. The end of a
//             runtime frees every container, so a lost reference shows when it is one to a text, a
//             number, or plain memory: the scripts pass such values around.
#include "test.h"
#include "workload.h"

#include "mem/raw.h" // tgi_mem_fail_after

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEVER (UINT64_C(1) << 60)

static const char *const scripts[] = {
    // numbers and text
    "x = 10 ** 40 + 7\n"
    "s = 'ab' * 3 + str(x) + '%d-%s' % (5, 'q') + f'{x:,}{1.5:8.2f}'\n"
    "parts = s.split('-')\n"
    "answer = '-'.join(parts).upper().replace('A', 'zz')\n",
    // containers
    "l = [(i, str(i)) for i in range(40)]\n"
    "d = {k: v for v, k in l}\n"
    "s = {i * 3 for i in range(30)} | {1, 2}\n"
    "l.sort(key=lambda p: p[1])\n"
    "a, *b = l[2:9]\n"
    "d.update(x=1, y=[2])\n"
    "answer = str((sorted(s), len(b), a, sorted(d)[:4], l[::7]))\n",
    // classes and closures
    "class A:\n"
    "    k = 1\n"
    "    def __init__(self, v):\n"
    "        self.v = v\n"
    "    def get(self, *rest, **named):\n"
    "        return (self.v, rest, named)\n"
    "    @property\n"
    "    def p(self):\n"
    "        return -self.v\n"
    "class B(A):\n"
    "    def __init__(self, v):\n"
    "        super().__init__(v)\n"
    "        self.w = [v]\n"
    "def make(n):\n"
    "    def add(x):\n"
    "        return x + n\n"
    "    return add\n"
    "b = B(3)\n"
    "b.extra = 5\n"
    "answer = str((b.get(1, 2, z=3), b.p, make(2)(5), b.__dict__))\n",
    // generators and exceptions
    "def g(n):\n"
    "    try:\n"
    "        for i in range(int(n)):\n"
    "            yield i\n"
    "    finally:\n" // a finalizer that fails is passed over, so its effect is not in the answer
    "        ended = 'end'\n"
    "log = []\n"
    "try:\n"
    "    for v in g(str(15)):\n"
    "        log.append(v)\n"
    "        if v == 3:\n"
    "            raise ValueError('three')\n"
    "except ValueError as e:\n"
    "    log.append(str(e))\n"
    "try:\n"
    "    try:\n"
    "        {}['k']\n"
    "    except KeyError as e:\n"
    "        raise RuntimeError('r') from e\n"
    "except RuntimeError as e:\n"
    "    log.append(repr(e.__cause__))\n"
    "answer = str((log, list(map(str, g(str(13)))), sum(x for x in g(str(14)))))\n",
    // modules of the library, in Python and in C
    "import collections, itertools, math, random, functools\n"
    "c = collections.Counter('abracadabra')\n"
    "d = collections.deque([1, 2, 3], 2)\n"
    "r = random.Random(5)\n"
    "f = functools.reduce(lambda a, b: a * b, range(1, 30))\n"
    "answer = str((c.most_common(2), list(d), r.randrange(1000), math.gcd(f, 1 << 40)))\n",
    // bytes, formats, sorting, comparisons, slices, strings
    "b = bytes(range(40)) + b'xyz' * 3\n"
    "t = 'caf\\u00e9 \\u20ac \\U0001f600'\n"
    "e = t.encode().decode()\n"
    "words = sorted((t + ' b a d').split(), reverse=True)\n"
    "m = {1: 'x', (2, 3): [4], 'k': {5}}\n"
    "q = '%5.2f|%-6s|%x' % (3.14159, 'ab', 255) + '{:>8}|{:^8}'.format('r', 'c')\n"
    "answer = repr((b[3:20:4], e == t, words, m, q, t.center(20, '*'), b.hex()[:6]))\n",
    // weak references and finalizers; what a callback or a finalizer does is passed over if it
    // fails
    "import weakref\n"
    "log = []\n"
    "class T:\n"
    "    def __init__(self, n):\n"
    "        self.n = str(n) + 't'\n"
    "    def __del__(self, log=log):\n"
    "        log.append(self.n + 'd')\n"
    "    def m(self):\n"
    "        return self.n\n"
    "class S:\n"
    "    __slots__ = ('a',)\n"
    "    def __del__(self, log=log):\n"
    "        log.append(self)\n"
    "keep = [T(i) for i in range(int('8'))]\n"
    "refs = [weakref.ref(k, lambda r, log=log: log.append(str(r))) for k in keep]\n"
    "plain = [weakref.ref(k) for k in keep]\n"
    "values = weakref.WeakValueDictionary((k.n, k) for k in keep)\n"
    "keys = weakref.WeakKeyDictionary()\n"
    "for k in keep:\n"
    "    keys[k] = k.n * 2\n"
    "items = weakref.WeakSet(keep)\n"
    "p = weakref.proxy(keep[1])\n"
    "wm = weakref.WeakMethod(keep[2].m)\n"
    "f = weakref.finalize(keep[3], str, 5)\n"
    "answer = repr((p.n, wm()(), len(values), len(keys), sorted(k.n for k in items), f.alive,\n"
    "               weakref.getweakrefcount(keep[1]), len(weakref.getweakrefs(keep[2]))))\n"
    "k = None\n"
    "del keep[1:5]\n"
    "for i in range(int('4')):\n"
    "    S()\n"
    "answer += repr((len(values), len(items), wm(), [r() is None for r in refs]))\n",
};

typedef struct outcome {
    bool failed, memory_error;
    char answer[512];
} outcome;

// Runs a script in a runtime of its own. Request number n (NEVER: none) and `run` - 1 after it
// fail. Returns the number of requests that the script made.
static uint64_t run(const char *source, uint64_t n, uint64_t run_of_failures, outcome *out)
{
    const tg_config config = {.mode = workload_mode()->name};
    tg_runtime *rt;
    tg_thread *t;
    REQUIRE(tg_runtime_create(&config, &rt, &t) == TG_OK);
    (void)tgi_mem_fail_after(n, run_of_failures);
    tg_value module = tg_run(t, source, strlen(source), "script.py", NULL);
    uint64_t requests = tgi_mem_fail_after(0, 0);
    *out = (outcome){.failed = module == TG_NULL};
    if (module == TG_NULL) {
        out->memory_error = tg_error_is(t, TG_MemoryError);
        tg_value exc = tg_error_fetch(t);
        tg_value text = tg_error_format(t, exc);
        snprintf(out->answer, sizeof out->answer, "%s",
                 text != TG_NULL ? tg_as_utf8(t, text, NULL) : "?");
        tg_release(t, text);
        tg_release(t, exc);
    } else {
        tg_value answer = tg_getattr(t, module, "answer");
        const char *text = answer != TG_NULL ? tg_as_utf8(t, answer, NULL) : NULL;
        snprintf(out->answer, sizeof out->answer, "%s", text != NULL ? text : "(no answer)");
        tg_release(t, answer);
    }
    tg_release(t, module);
    tg_runtime_destroy(rt, t);
    return requests;
}

static void sweep(size_t index, uint64_t run_of_failures)
{
    const char *source = scripts[index];
    outcome good, out;
    run(source, NEVER, 1, &good);
    CHECK(!good.failed);
    // What the first failure of a process makes for ever (names, the message) is made here.
    run(source, 60, 1, &out);
    run(source, 60, 1u << 30, &out);
    int64_t before = tgi_raw_count().blocks;
    uint64_t requests = run(source, NEVER, 1, &out);
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
    const long steps = test_scale(400);
    uint64_t step = requests / (uint64_t)steps + 1, failures = 0;
    for (uint64_t n = 1 + test_seed() % step; n <= requests; n += step) {
        run(source, n, run_of_failures, &out);
        int64_t left = tgi_raw_count().blocks - before;
        if (out.failed && !out.memory_error)
            FAIL("script %zu, request %llu: %s", index, (unsigned long long)n, out.answer);
        if (!out.failed && strcmp(out.answer, good.answer) != 0)
            FAIL("script %zu, request %llu: answer %s", index, (unsigned long long)n, out.answer);
        if (left != 0)
            FAIL("script %zu, request %llu: %ld blocks left over", index, (unsigned long long)n,
                 (long)left);
        before += left;
        failures += out.failed;
    }
    CHECK(failures > 0); // otherwise nothing was injected
}

TEST(one_request_fails)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        sweep(i, 1);
}

TEST(all_requests_fail_from_one_on)
{
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        sweep(i, 1u << 30);
}

// What waits to be freed has room before it is needed. Wrong looks like: a stack overflow, as each
// list frees the next one inside its own end.
TEST(a_long_chain_ends_without_memory)
{
    static const char source[] = "chain = None\n"
                                 "for i in range(300000):\n"
                                 "    chain = [chain]\n";
    const tg_config config = {.mode = workload_mode()->name};
    int64_t before = 0;
    for (int round = 0; round < 2; round++) { // the first one makes what stays for ever
        before = tgi_raw_count().blocks;
        tg_runtime *rt;
        tg_thread *t;
        REQUIRE(tg_runtime_create(&config, &rt, &t) == TG_OK);
        tg_value module = tg_run(t, source, strlen(source), "script.py", NULL);
        CHECK(module != TG_NULL);
        tg_release(t, module);
        (void)tgi_mem_fail_after(1, NEVER);
        tg_runtime_destroy(rt, t);
        uint64_t requests = tgi_mem_fail_after(0, 0);
        CHECK(requests > 0); // otherwise nothing was refused
    }
    CHECK_EQ_INT(tgi_raw_count().blocks, before);
}

// Whole programs. What they print and which exception they end with is theirs: a thread of theirs
// may be the one that got no memory. Nothing may be left over, and they must end.
static const struct {
    const char *file, *argv;
} programs[] = {
    {"bench/programs/wordcount.py", "['p', '2', '40']"},
    {"bench/programs/matmul.py", "['p', '2', '6']"},
    {"bench/programs/primes.py", "['p', '2', '200']"},
    {"bench/programs/nbody.py", "['p', '2', '10']"},
    {"bench/programs/fib.py", "['p', '2', '6']"},
    {"bench/programs/churn.py", "['p', '2', '20']"},
    {"tests/unit/core/workloads/attributes.py", "['p']"},
    {"tests/unit/core/workloads/containers.py", "['p']"},
    {"tests/unit/core/workloads/exceptions.py", "['p']"},
    {"tests/unit/core/workloads/generators.py", "['p']"},
    {"tests/unit/core/workloads/text.py", "['p']"},
};

static char *with_arguments(size_t index)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", TG_TEST_SOURCE_DIR, programs[index].file);
    FILE *f = fopen(path, "rb");
    REQUIRE(f != NULL);
    char *source = malloc(1 << 16);
    REQUIRE(source != NULL);
    int n = snprintf(source, 1 << 16, "import sys; sys.argv = %s\n", programs[index].argv);
    n += (int)fread(source + n, 1, (size_t)((1 << 16) - n - 1), f);
    source[n] = 0;
    fclose(f);
    return source;
}

// As run; what the program prints, and what is printed about its exceptions, is of no interest
// here.
static uint64_t run_quietly(const char *source, uint64_t n, uint64_t failures, outcome *result)
{
    fflush(NULL);
    int null = open("/dev/null", O_WRONLY), out = dup(1), err = dup(2);
    REQUIRE(null >= 0 && out >= 0 && err >= 0);
    dup2(null, 1);
    dup2(null, 2);
    uint64_t requests = run(source, n, failures, result);
    fflush(NULL);
    dup2(out, 1);
    dup2(err, 2);
    close(null);
    close(out);
    close(err);
    return requests;
}

// A few requests of each; TG_TEST_SCALE=100 tries nearly every one.
static void sweep_program(size_t index, uint64_t run_of_failures)
{
    char *source = with_arguments(index);
    outcome out;
    run_quietly(source, NEVER, 1, &out);
    if (out.failed)
        FAIL("%s: %s", programs[index].file, out.answer);
    run_quietly(source, 60, 1, &out);
    run_quietly(source, 60, 1u << 30, &out);
    uint64_t requests = run_quietly(source, NEVER, 1, &out);
    int64_t before = tgi_raw_count().blocks;
    const long steps = test_scale(5);
    uint64_t step = requests / (uint64_t)steps + 1;
    for (uint64_t n = 1 + test_seed() % step; n <= requests; n += step) {
        int64_t left = 1;
        // What is made once in a process, for its first failure at a place, is no leak.
        for (int round = 0; round < 2 && left != 0; round++) {
            run_quietly(source, n, run_of_failures, &out);
            left = tgi_raw_count().blocks - before;
            before += left;
        }
        if (left != 0)
            FAIL("%s, request %llu: %ld blocks left over", programs[index].file,
                 (unsigned long long)n, (long)left);
    }
    free(source);
}

TEST(programs_end_cleanly_when_a_request_fails)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        sweep_program(i, 1);
}

TEST(programs_end_cleanly_when_memory_runs_out)
{
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        sweep_program(i, UINT64_C(1) << 30);
}
