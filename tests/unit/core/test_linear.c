// SPDX-License-Identifier: MIT
//
// test_linear.c - concurrent histories of list, dict, set, deque and queue are linearizable; and
// the check that says so finds those that are not.
//
// Attacks     Note [list-read], Note [list-stamp], Note [dict-read], Note [set-read], the locks of
//             deque and queue. A wrong result is a history that no order of its operations
//             explains; it is printed in columns.
#include "test.h"

#include "linear/linear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <togil/togil.h>

static const char *mode_name(void)
{
    const char *name = getenv("TG_TEST_MODE");
    return name != NULL ? name : "nogil";
}

static bool mode_is_parallel(void)
{
    return strncmp(mode_name(), "nogil", 5) == 0;
}

// --- the check itself

static lin_history history_of(const char *type, int n, const int8_t *items)
{
    lin_history h = {.spec = lin_spec_find(type), .threads = 3, .first = {.kind = LIN_SEQ}};
    REQUIRE(h.spec != NULL);
    h.first.n = (uint8_t)n;
    if (n > 0)
        memcpy(h.first.item, items, (size_t)n);
    return h;
}

// Thread `thread` called the operation at `call` and got the result at `ret`.
static void did(lin_history *h, int thread, uint64_t call, uint64_t ret, const char *name,
                lin_kind kind, int result, int8_t a, int8_t b)
{
    lin_event *e = &h->event[h->count++];
    for (e->op = h->spec->ops; strcmp(e->op->name, name) != 0; e->op++)
        REQUIRE(e->op->name != NULL);
    e->thread = (uint8_t)thread;
    e->call = call;
    e->ret = ret;
    e->arg[0] = a;
    e->arg[1] = b;
    e->result.kind = (uint8_t)kind;
    e->result.item[0] = (int8_t)result;
}

static void ended_as(lin_history *h, int n, const int8_t *items)
{
    lin_event *e = &h->event[h->count++];
    *e = (lin_event){.op = &h->spec->last, .call = 1000, .ret = 1001};
    e->result.kind = LIN_SEQ;
    e->result.n = (uint8_t)n;
    memcpy(e->result.item, items, (size_t)n);
}

TEST(one_item_cannot_be_popped_by_two_threads)
{
    lin_history h = history_of("list", 2, (const int8_t[]){1, 2});
    did(&h, 0, 1, 10, "pop()", LIN_INT, 2, 0, 0);
    did(&h, 1, 2, 9, "pop()", LIN_INT, 2, 0, 0);
    CHECK(!lin_check(&h, NULL));
    h.event[1].result.item[0] = 1;
    CHECK(lin_check(&h, NULL));
}

TEST(what_was_stored_is_read_by_who_calls_later)
{
    lin_history h = history_of("dict", 2, (const int8_t[]){0, 5});
    did(&h, 0, 1, 2, "o[k] = v", LIN_NONE, 0, 0, 6);
    did(&h, 1, 3, 4, "o[k]", LIN_INT, 5, 0, 0);
    CHECK(!lin_check(&h, NULL));
    h.event[0].ret = 4; // at the same time: either is right
    h.event[1].ret = 5;
    CHECK(lin_check(&h, NULL));
}

TEST(time_does_not_run_backwards_for_one_reader)
{
    lin_history h = history_of("list", 1, (const int8_t[]){5});
    did(&h, 0, 1, 20, "o[i] = v", LIN_NONE, 0, 0, 6);
    did(&h, 1, 2, 3, "o[i]", LIN_INT, 6, 0, 0);
    did(&h, 1, 4, 5, "o[i]", LIN_INT, 5, 0, 0);
    CHECK(!lin_check(&h, NULL));
    h.event[1].result.item[0] = 5;
    h.event[2].result.item[0] = 6;
    CHECK(lin_check(&h, NULL));
}

TEST(a_lost_append_is_found_at_the_end)
{
    lin_history h = history_of("list", 0, NULL);
    did(&h, 0, 1, 10, "append", LIN_NONE, 0, 1, 0);
    did(&h, 1, 2, 9, "append", LIN_NONE, 0, 2, 0);
    ended_as(&h, 1, (const int8_t[]){2});
    CHECK(!lin_check(&h, NULL));
    h.count--;
    ended_as(&h, 2, (const int8_t[]){2, 1});
    CHECK(lin_check(&h, NULL));
}

TEST(a_shift_cannot_be_seen_half_done)
{
    lin_history h = history_of("list", 3, (const int8_t[]){1, 2, 3});
    did(&h, 0, 1, 20, "insert", LIN_NONE, 0, 0, 9); // 9, 1, 2, 3
    did(&h, 1, 2, 3, "o[i]", LIN_INT, 2, 2, 0);     // after it
    did(&h, 1, 4, 5, "o[i]", LIN_INT, 2, 1, 0);     // before it
    CHECK(!lin_check(&h, NULL));
}

TEST(an_item_and_the_length_belong_together)
{
    lin_history h = history_of("set", 0, NULL);
    did(&h, 0, 1, 20, "add", LIN_NONE, 0, 3, 0);
    did(&h, 1, 2, 3, "v in o", LIN_BOOL, 1, 3, 0);
    did(&h, 1, 4, 5, "len", LIN_INT, 0, 0, 0);
    CHECK(!lin_check(&h, NULL));
    h.event[2].result.item[0] = 1;
    CHECK(lin_check(&h, NULL));
}

TEST(a_set_may_choose_what_it_pops)
{
    lin_history h = history_of("set", 2, (const int8_t[]){1, 2});
    did(&h, 0, 1, 2, "pop", LIN_INT, 2, 0, 0);
    did(&h, 0, 3, 4, "pop", LIN_INT, 1, 0, 0);
    CHECK(lin_check(&h, NULL));
    h.event[1].result.item[0] = 2;
    CHECK(!lin_check(&h, NULL));
}

TEST(a_queue_keeps_its_order)
{
    lin_history h = history_of("queue", 0, NULL);
    did(&h, 0, 1, 2, "put_nowait", LIN_NONE, 0, 1, 0);
    did(&h, 0, 3, 4, "put_nowait", LIN_NONE, 0, 2, 0);
    did(&h, 1, 5, 9, "get_nowait", LIN_INT, 2, 0, 0);
    did(&h, 2, 6, 8, "get_nowait", LIN_ERROR, LIN_EMPTY, 0, 0);
    CHECK(!lin_check(&h, NULL));
    did(&h, 2, 10, 11, "get_nowait", LIN_ERROR, LIN_EMPTY, 0, 0);
    h.event[3].result = (lin_value){.kind = LIN_INT, .item = {1}};
    CHECK(lin_check(&h, NULL));
}

// Every order, without looking at what has been seen before.
static bool any_order(const lin_history *h, uint32_t done, const lin_value *state)
{
    if (done == (UINT32_C(1) << h->count) - 1)
        return true;
    for (int i = 0; i < h->count; i++) {
        bool may = (done >> i & 1) == 0;
        for (int j = 0; may && j < h->count; j++)
            may = (done >> j & 1) != 0 || h->event[j].ret > h->event[i].call;
        lin_value then = *state;
        if (may && h->event[i].op->step(&then, &h->event[i]) &&
            any_order(h, done | UINT32_C(1) << i, &then))
            return true;
    }
    return false;
}

TEST(the_search_agrees_with_trying_every_order)
{
    test_rng rng = test_rng_new(0);
    int good = 0, bad = 0;
    const char *const only[] = {"append;pop();o[i];o[i] = v;len;insert", "o[k];o[k] = v;pop(k);len",
                                "add;discard;v in o;pop;len"};
    const char *const types[] = {"list", "dict", "set"};
    for (long n = test_scale(6000); n > 0; n--) {
        int which = (int)(n % 3);
        lin_history h;
        lin_invent(&h, lin_spec_find(types[which]), test_rng_below(&rng, UINT32_MAX), 3, 2,
                   only[which]);
        // Results that some order gives, at first, and random times; then perhaps one is changed.
        uint64_t clock = 0;
        uint64_t next[3] = {0}, busy[3] = {0};
        lin_value state = h.first;
        for (int left = 2 * h.count; left > 0;) {
            int t = (int)test_rng_below(&rng, 3);
            if (next[t] == 4)
                continue;
            lin_event *e = &h.event[t * 2 + (int)(next[t] / 2)];
            if (busy[t] == 0) {
                e->call = ++clock;
            } else {
                e->ret = ++clock;
                for (int guess = -1; guess < 40; guess++) { // a result the container can give
                    static const lin_kind kinds[] = {LIN_NONE, LIN_INT, LIN_BOOL, LIN_ERROR};
                    e->result = (lin_value){.kind = (uint8_t)kinds[guess < 0 ? 0 : 1 + guess / 13]};
                    e->result.item[0] = (int8_t)(guess < 0 ? 0 : guess % 13);
                    lin_value then = state;
                    if (e->op->step(&then, e)) {
                        state = then;
                        break;
                    }
                }
            }
            busy[t] ^= 1;
            next[t]++;
            left--;
        }
        if (n % 2 == 0)
            h.event[test_rng_below(&rng, h.count)].result.item[0] ^= 1;
        bool expected = any_order(&h, 0, &h.first);
        CHECK(lin_check(&h, NULL) == expected);
        good += expected;
        bad += !expected;
    }
    CHECK(good > bad / 20 && bad > good / 20);
}

// --- the containers

static void run(lin_config c, bool linearizable)
{
    lin_report r;
    const char *why;
    c.mode = mode_name();
    if (c.seed == 0)
        c.seed = test_seed();
    if (!lin_run(&c, &r, &why))
        FAIL("%s", why);
    if (r.failed && linearizable) {
        lin_print(&r.bad);
        FAIL("%s: not linearizable, seed %llu", c.spec->name, (unsigned long long)r.bad_seed);
    } else if (!r.failed && !linearizable) {
        FAIL("%s: the mistake was not found in %llu histories", c.spec->name,
             (unsigned long long)r.histories);
    }
    CHECK(r.failed || r.objects_after <= r.objects_before + 50);
}

static void several(const char *type, long histories)
{
    for (int threads = 2; threads <= 3; threads++)
        run((lin_config){.spec = lin_spec_find(type),
                         .threads = threads,
                         .each = 3,
                         .histories = (uint64_t)test_scale(histories),
                         // Enough for a test of every run, however busy the machine is.
                         .seconds = mode_is_parallel() ? 1 : 0.3},
            true);
}

TEST(the_sequential_containers_are_right)
{
    for (const lin_spec *s = lin_specs; s->name != NULL; s++)
        run(
            (lin_config){
                .spec = s, .threads = 1, .each = 12, .histories = (uint64_t)test_scale(1500)},
            true);
}

TEST(list_is_linearizable)
{
    several("list", 2500);
}
TEST(dict_is_linearizable)
{
    several("dict", 2500);
}
TEST(set_is_linearizable)
{
    several("set", 2500);
}
TEST(deque_is_linearizable)
{
    several("deque", 700);
    several("deque-bounded", 300);
}
TEST(bytearray_is_linearizable)
{
    several("bytearray", 800);
}
TEST(queue_is_linearizable)
{
    several("queue", 500);
    several("lifo", 200);
    several("simple-queue", 500);
}

// --- mistakes on purpose

TEST(an_append_in_two_steps_is_found)
{
    // Reads the items, makes a longer list, stores it: an append in between is lost.
    static const char patch[] = "from time import sleep\n"
                                "class deque:\n"
                                "    def __init__(self, items):\n"
                                "        self.items = items\n"
                                "    def longer(self, x):\n"
                                "        return self.items + [x]\n"
                                "    def append(self, x):\n"
                                "        items = self.longer(x)\n"
                                "        for _ in range(3):\n" // the other thread comes by
                                "            sleep(0)\n"
                                "        self.store(items)\n"
                                "    def store(self, items):\n"
                                "        self.items = items\n"
                                "    def __iter__(self):\n"
                                "        return iter(self.items)\n"
                                "    def __getattr__(self, name):\n"
                                "        return None\n"
                                "for name in ('appendleft', 'pop', 'popleft', 'insert', 'remove',\n"
                                "             'index', 'count', 'rotate', 'reverse', 'clear'):\n"
                                "    setattr(deque, name, None)\n";
    if (!mode_is_parallel())
        SKIP("with a GIL a function this short is seldom interrupted");
    run((lin_config){.spec = lin_spec_find("deque"),
                     .threads = 2,
                     .each = 3,
                     .histories = 200000,
                     .seconds = 60,
                     .only = "append",
                     .patch = patch},
        false);
}

TEST(a_length_that_is_counted_apart_is_found)
{
    // The queue's length is a number of its own that is written after the lock was released.
    static const char patch[] = "from time import sleep\n"
                                "class SimpleQueue(SimpleQueue):\n"
                                "    def __init__(self):\n"
                                "        super().__init__()\n"
                                "        self.n = 0\n"
                                "    def put(self, item):\n"
                                "        super().put(item)\n"
                                "        n = super().qsize()\n"
                                "        for _ in range(3):\n" // the other thread comes by
                                "            sleep(0)\n"
                                "        self.n = n\n"
                                "    def qsize(self):\n"
                                "        return self.n\n"
                                "def DRAIN(q):\n"
                                "    out = []\n"
                                "    try:\n"
                                "        while True:\n"
                                "            out.append(q.get_nowait())\n"
                                "    except Exception:\n"
                                "        pass\n"
                                "    return out\n";
    if (!mode_is_parallel())
        SKIP("with a GIL a function this short is seldom interrupted");
    run((lin_config){.spec = lin_spec_find("simple-queue"),
                     .threads = 2,
                     .each = 3,
                     .histories = 200000,
                     .seconds = 60,
                     .only = "put;qsize",
                     .patch = patch},
        false);
}
