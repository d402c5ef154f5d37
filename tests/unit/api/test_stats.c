// SPDX-License-Identifier: MIT
//
// The figures of objects, in each mode of the build. A wrong result: bytes that do not come back
// when what was made is gone, a container whose array is not counted, a type that is missing or
// counted twice; garbage that nobody collects because its bytes are in arrays; a report of what was
// left over that misses it, or that names what was not.
#include <togil/gc.h>
#include <togil/stats.h>
#include <togil/togil.h>

#include "each_mode.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void run(tg_thread *t, const char *code)
{
    tg_value r = tg_run(t, code, strlen(code), "<test>", NULL);
    if (r == TG_NULL) {
        tg_report_exception(t, tg_error_fetch(t));
        FAIL("%s", code);
    }
    tg_release(t, r);
}

static uint64_t live_bytes(tg_thread *t)
{
    tg_stats s;
    tg_stats_read(t, &s);
    return s.bytes_live;
}

// Everything that allocates or replaces an array or a table.
static const char churn[] =
    "def churn():\n"
    "    for n in (0, 1, 5, 100, 3000):\n"
    "        a = list(range(n))\n"
    "        a.append(1); a.insert(0, 2); a.extend(a); a += a\n"
    "        a[1:3] = [7] * 40; del a[::2]; a.sort(); a.sort(key=lambda x: -x); a.reverse()\n"
    "        b = a[:]; b.clear(); b = a * 2; b = a + a; b = [*a]\n"
    "        while a: a.pop()\n"
    "        d = {i: i for i in range(n)}\n"
    "        d.update(d); e = dict(d); e |= d; e = d.copy(); e['x'] = 1\n"
    "        while d: d.popitem()\n"
    "        e.clear()\n"
    "        d = dict(a=1, b=2); d = {str(i): 0 for i in range(n)}\n"
    "        s = set(range(n)); s.add(-1); u = s | {1}; u &= s; u ^= {5}; v = s.copy()\n"
    "        f = frozenset(s); s -= {0}; s.update(range(n * 2)); s.clear(); u.discard(1)\n"
    "        v = set(d)\n"
    "        while u: u.pop()\n"
    "        x = bytearray(n); x += b'abc' * n; x.extend(x); del x[:2]; x.clear()\n"
    "churn()\n";

static void comes_back(tg_thread *t)
{
    // The code of each of these stays, and is as large as that of the others.
    static const char *const runs[] = {"for i in range(1): churn()", "for i in range(1): churn()",
                                       "for i in range(5): churn()"};
    uint64_t after[3];
    run(t, churn);
    for (int i = 0; i < 3; i++) {
        run(t, runs[i]);
        tg_collect(t);
        after[i] = live_bytes(t);
    }
    CHECK_EQ_INT((int64_t)(after[2] - after[1]), (int64_t)(after[1] - after[0]));
}

TEST(bytes_come_back_when_containers_are_gone)
{
    in_each_mode(NULL, comes_back);
}

static int64_t size_of(tg_thread *t, const char *expression)
{
    tg_value v = tg_eval(t, expression, TG_NULL);
    REQUIRE(v != TG_NULL);
    int64_t n = tg_sizeof(t, v);
    tg_release(t, v);
    return n;
}

static void sizes(tg_thread *t)
{
    CHECK(size_of(t, "[0] * 1000") >= size_of(t, "[]") + 8000);
    CHECK(size_of(t, "{i: i for i in range(1000)}") >= size_of(t, "{}") + 16000);
    CHECK(size_of(t, "set(range(1000))") >= size_of(t, "set()") + 8000);
    CHECK(size_of(t, "bytearray(1000)") >= size_of(t, "bytearray()") + 1000);
    CHECK(size_of(t, "'x' * 1000") >= 1000);
    CHECK(size_of(t, "'\\u20ac' * 1000") >= 2000);
    CHECK(size_of(t, "b'x' * 1000") >= 1000);
    CHECK(size_of(t, "(0,) * 1000") >= 8000);
    CHECK(size_of(t, "1 << 8000") >= 1000);
    CHECK_EQ_INT(size_of(t, "5"), 8);
    CHECK(size_of(t, "int") > 0); // no block of the allocator
    CHECK(size_of(t, "len") > 0);
    CHECK(size_of(t, "()") > 0);
    uint64_t before = live_bytes(t);
    run(t, "big = [0] * 100000");
    uint64_t with = live_bytes(t);
    CHECK(with - before >= 800000);
    run(t, "del big");
    CHECK(live_bytes(t) <= before + 2000); // the code of two lines
}

TEST(sizes_include_what_is_kept_beside_the_object)
{
    in_each_mode(NULL, sizes);
}

// Rings with a large list each: few objects, many bytes.
static void large_rings(tg_thread *t)
{
    run(t, "def rings():\n"
           "    for i in range(160):\n"
           "        a = [bytearray(1000000)]\n"
           "        a.append(a)\n"
           "rings()\n");
    static tg_gc_stats s;
    tg_gc_stats_read(t, &s);
    CHECK(s.collections >= 1);
    CHECK(live_bytes(t) < 90000000); // of 160 MB made
}

TEST(arrays_make_a_collection_due)
{
    in_each_mode(NULL, large_rings);
}

typedef struct sought {
    const char *name;
    uint64_t objects, bytes, seen, all, last;
    bool sorted;
} sought;

static void look(const tg_type_figures *f, void *arg)
{
    sought *s = arg;
    s->all += f->bytes;
    s->sorted &= f->bytes <= s->last;
    s->last = f->bytes;
    if (strcmp(f->name, s->name) == 0) {
        s->objects = f->objects;
        s->bytes = f->bytes;
        s->seen++;
    }
}

static sought find(tg_thread *t, const char *name)
{
    sought s = {.name = name, .sorted = true, .last = UINT64_MAX};
    REQUIRE(tg_live_types(t, look, &s) == 0);
    CHECK(s.sorted && s.seen <= 1);
    CHECK(s.all <= live_bytes(t));
    return s;
}

static void types(tg_thread *t)
{
    CHECK_EQ_INT(find(t, "__main__.Thing").objects, 0);
    sought floats = find(t, "float"), lists = find(t, "list"), text = find(t, "str");
    run(t, "class Thing:\n    pass\n"
           "things = [Thing() for i in range(50)]\n"
           "again = list(things)\n"
           "words = [('word %d' % i, i) for i in range(300)]\n"
           "many = [0] * 10000\n");
    CHECK_EQ_INT(find(t, "__main__.Thing").objects, 50);
    sought now = find(t, "list");
    CHECK_EQ_INT((int64_t)(now.objects - lists.objects), 4);
    CHECK(now.bytes - lists.bytes >= 80000);
    CHECK(find(t, "str").objects - text.objects >= 300); // in tuples the collector does not track
    CHECK_EQ_INT((int64_t)(find(t, "float").objects - floats.objects), 0);
    run(t, "del things, again, words, many");
    tg_collect(t);
    CHECK_EQ_INT(find(t, "__main__.Thing").objects, 0);
    CHECK_EQ_INT((int64_t)(find(t, "list").objects - lists.objects), 0);
}

TEST(live_objects_are_counted_by_type)
{
    in_each_mode(NULL, types);
}

static void memory(tg_thread *t)
{
    tg_memory a, b;
    tg_memory_read(&a);
    run(t, "kept = [object() for i in range(1000)]");
    tg_memory_read(&b);
    CHECK(b.blocks >= a.blocks + 1000 && b.allocated >= a.allocated + 1000);
    CHECK(b.failed == a.failed && b.allocator != NULL);
    CHECK((b.bytes == -1) == (a.bytes == -1));
    CHECK(b.bytes == -1 || b.bytes >= a.bytes + 16000);
    tg_stats s;
    tg_stats_read(t, &s);
    CHECK(s.queue_longest <= s.queued);
}

TEST(the_allocator_counts_blocks)
{
    in_each_mode(NULL, memory);
}

// Ends the runtime and gives back what it wrote to stderr.
static void end_and_listen(tg_runtime *rt, tg_thread *t, char *said, size_t size)
{
    FILE *file = tmpfile();
    REQUIRE(file != NULL);
    fflush(stderr);
    int before = dup(STDERR_FILENO);
    REQUIRE(before >= 0 && dup2(fileno(file), STDERR_FILENO) >= 0);
    tg_runtime_destroy(rt, t);
    fflush(stderr);
    REQUIRE(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    rewind(file);
    size_t n = fread(said, 1, size - 1, file);
    said[n] = 0;
    fclose(file);
}

TEST(what_is_left_over_is_named)
{
    for (size_t i = 0; i < 2 * (sizeof modes / sizeof modes[0]); i++) {
        bool leak = i % 2 != 0;
        const tg_config config = {.mode = modes[i / 2]};
        tg_runtime *rt;
        tg_thread *t;
        if (tg_runtime_create(&config, &rt, &t) != TG_OK)
            continue;
        run(t, "import threading, collections, random\n"
               "class Thing:\n    pass\n"
               "things = [Thing() for i in range(50)]\n"
               "ring = Thing(); ring.self = ring\n"
               "thread = threading.Thread(target=things.clear); thread.start(); thread.join()\n");
        tg_report_left_over(t);
        if (leak) { // nobody releases these
            REQUIRE(tg_eval(t, "Thing()", TG_NULL) != TG_NULL);
            REQUIRE(tg_eval(t, "[Thing(), Thing()]", TG_NULL) != TG_NULL);
        }
        char said[2000];
        end_and_listen(rt, t, said, sizeof said);
        if (leak) {
            CHECK(strstr(said, "left over") != NULL);
            CHECK(strstr(said, "__main__.Thing                              3 objects") != NULL);
            CHECK(strstr(said, "list                                        1 objects") != NULL);
        } else {
            CHECK_EQ_STR(said, "");
        }
    }
}
