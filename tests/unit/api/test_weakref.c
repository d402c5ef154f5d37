// SPDX-License-Identifier: MIT
//
// Weak references through the public functions, in each mode of the build. A wrong result: an
// object that a weak reference keeps alive, or gives out after its end; a callback that comes not
// once, or for a weak reference that died first; a reference that a function gives and does not
// count, or takes and keeps. The protocol behind them is attacked in unit.core.weakref.
#include <togil/gc.h>
#include <togil/togil.h>
#include <togil/weakref.h>

#include "each_mode.h"
#include "test.h"

#include <stdatomic.h>
#include <string.h>

static tg_value eval(tg_thread *t, const char *expression)
{
    tg_value v = tg_eval(t, expression, TG_NULL);
    if (v == TG_NULL) {
        tg_report_exception(t, tg_error_fetch(t));
        FAIL("%s", expression);
    }
    return v;
}

static const char classes[] = "class C:\n"
                              "    def __call__(self):\n"
                              "        return 7\n"
                              "class D:\n"
                              "    x = 5\n"
                              "called = []\n";

// What a weak reference leads to now: 1, 0, or -1.
static int state_of(tg_thread *t, tg_value ref)
{
    tg_value v = TG_NONE;
    int st = tg_weak_get(t, ref, &v);
    if (st > 0)
        tg_release(t, v);
    else
        CHECK(v == TG_NULL);
    return st;
}

static void leads_until_the_end(tg_thread *t)
{
    tg_value o = eval(t, "D()"), ref = tg_weak_new(t, o, TG_NULL), got;
    REQUIRE(ref != TG_NULL);
    REQUIRE(tg_weak_get(t, ref, &got) == 1);
    CHECK(got == o);
    tg_release(t, o);
    CHECK(state_of(t, ref) == 1); // got keeps it
    tg_release(t, got);
    CHECK(state_of(t, ref) == 0);
    CHECK(state_of(t, ref) == 0);
    tg_release(t, ref);
}

TEST(a_weak_reference_leads_to_its_object_and_does_not_keep_it)
{
    in_each_mode(classes, leads_until_the_end);
}

static void counts_and_lists(tg_thread *t)
{
    tg_value o = eval(t, "D()"), fn = eval(t, "called.append");
    CHECK_EQ_INT(tg_weak_count(t, o), 0);
    tg_value plain = tg_weak_new(t, o, TG_NULL), again = tg_weak_new(t, o, TG_NONE);
    CHECK(plain == again); // one without a callback is handed out again
    tg_value first = tg_weak_new(t, o, fn), second = tg_weak_new(t, o, fn);
    CHECK(first != second && first != plain);
    tg_value proxy = tg_weak_proxy(t, o, TG_NULL);
    CHECK_EQ_INT(tg_weak_count(t, o), 4);
    tg_value list = tg_weak_list(t, o);
    REQUIRE(list != TG_NULL);
    CHECK_EQ_INT(tg_list_size(t, list), 4);
    tg_release(t, list);
    tg_release(t, first);
    CHECK_EQ_INT(tg_weak_count(t, o), 3);
    tg_release(t, plain);
    tg_release(t, again);
    tg_release(t, proxy);
    CHECK_EQ_INT(tg_weak_count(t, o), 1);
    tg_release(t, o);
    tg_value called = eval(t, "called");
    REQUIRE(tg_list_size(t, called) == 1); // the one that lived, once
    tg_value argument = tg_list_get(t, called, 0);
    CHECK(argument == second);
    CHECK(state_of(t, argument) == 0);
    tg_release(t, argument);
    tg_release(t, called);
    tg_release(t, second);
    tg_release(t, fn);
}

TEST(weak_references_are_counted_listed_and_called_back_once)
{
    in_each_mode(classes, counts_and_lists);
}

static void proxies(tg_thread *t)
{
    tg_value o = eval(t, "D()"), callable = eval(t, "C()");
    tg_value proxy = tg_weak_proxy(t, o, TG_NULL), other = tg_weak_proxy(t, callable, TG_NULL);
    tg_value ref = tg_weak_new(t, o, TG_NULL), builtins = tg_import(t, "builtins");
    REQUIRE(builtins != TG_NULL);
    const struct {
        tg_value v;
        tg_weak_kind kind;
    } each[] = {{ref, TG_WEAK_REF}, {proxy, TG_WEAK_PROXY}, {other, TG_WEAK_CALLABLE_PROXY}};
    for (size_t i = 0; i < 3; i++) {
        for (int kind = TG_WEAK_REF; kind <= TG_WEAK_CALLABLE_PROXY; kind++) {
            tg_value cls = tg_weak_class(t, (tg_weak_kind)kind), of = TG_NULL;
            REQUIRE(cls != TG_NULL && tg_getattr_opt(t, builtins, "type", &of) == 1);
            tg_value is = tg_call(t, of, &each[i].v, 1);
            CHECK((is == cls) == (kind == (int)each[i].kind));
            tg_release(t, is);
            tg_release(t, of);
            tg_release(t, cls);
        }
    }
    int64_t n = 0;
    tg_value x = tg_getattr(t, proxy, "x"), seven = tg_call(t, other, NULL, 0);
    CHECK(tg_as_int64(t, x, &n) == 0 && n == 5);
    CHECK(tg_as_int64(t, seven, &n) == 0 && n == 7);
    CHECK(state_of(t, proxy) == 1);
    tg_release(t, o);
    CHECK(tg_getattr(t, proxy, "x") == TG_NULL);
    tg_value error = tg_error_fetch(t);
    CHECK_EQ_STR(tg_type_name(t, error), "ReferenceError");
    tg_release(t, error);
    CHECK(state_of(t, proxy) == 0);
    tg_release(t, callable);
    tg_release(t, builtins);
    tg_release(t, ref);
    tg_release(t, proxy);
    tg_release(t, other);
}

TEST(a_proxy_passes_on_until_its_object_is_gone)
{
    in_each_mode(classes, proxies);
}

static void refusals(tg_thread *t)
{
    static const char *const without[] = {"5", "'text'", "(1, 2)", "[]", "{}", "b'x'"};
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        tg_value v = eval(t, without[i]), got = TG_NONE;
        CHECK(tg_weak_new(t, v, TG_NULL) == TG_NULL);
        CHECK(tg_error_is(t, TG_TypeError));
        tg_error_clear(t);
        CHECK(tg_weak_proxy(t, v, TG_NULL) == TG_NULL);
        tg_error_clear(t);
        CHECK(tg_weak_get(t, v, &got) == -1);
        CHECK(tg_error_is(t, TG_TypeError));
        tg_error_clear(t);
        CHECK_EQ_INT(tg_weak_count(t, v), 0);
        tg_release(t, v);
    }
}

TEST(what_cannot_be_referenced_weakly_is_refused)
{
    in_each_mode(classes, refusals);
}

static void tables(tg_thread *t)
{
    tg_value d = tg_dict(t), o = eval(t, "D()"), key = tg_int(t, 1), absent = tg_int(t, 2);
    tg_value ref = tg_weak_new(t, o, TG_NULL);
    REQUIRE(tg_dict_set(t, d, key, ref) == 0);
    CHECK_EQ_INT(tg_weak_remove_dead(t, d, key), 0); // it lives
    CHECK_EQ_INT(tg_weak_remove_dead(t, d, absent), 0);
    tg_release(t, o);
    CHECK_EQ_INT(tg_weak_remove_dead(t, d, key), 1);
    CHECK_EQ_INT(tg_length(t, d), 0);
    REQUIRE(tg_dict_set(t, d, key, key) == 0);
    CHECK_EQ_INT(tg_weak_remove_dead(t, d, key), 0); // no weak reference
    CHECK_EQ_INT(tg_length(t, d), 1);
    CHECK_EQ_INT(tg_weak_remove_dead(t, ref, key), -1);
    CHECK(tg_error_is(t, TG_TypeError));
    tg_error_clear(t);
    tg_release(t, ref);
    tg_release(t, d);
}

TEST(a_dead_entry_is_removed_in_one_step)
{
    in_each_mode(classes, tables);
}

static void rings(tg_thread *t)
{
    static const char code[] = "a = D()\na.self = a\n";
    tg_value r = tg_run(t, code, strlen(code), "<test>", NULL);
    REQUIRE(r != TG_NULL);
    tg_release(t, r);
    tg_value a = eval(t, "a"), ref = tg_weak_new(t, a, TG_NULL);
    tg_release(t, a);
    r = tg_run(t, "del a", 5, "<test>", NULL);
    REQUIRE(r != TG_NULL);
    tg_release(t, r);
    CHECK(state_of(t, ref) == 1); // it holds itself
    CHECK(tg_collect(t) >= 1);
    CHECK(state_of(t, ref) == 0);
    tg_release(t, ref);
}

TEST(the_collector_clears_weak_references_to_garbage)
{
    in_each_mode(classes, rings);
}

// One thread drops the last reference while others ask for it.
typedef struct race {
    tg_value ref, last;
    _Atomic(int) gone, kept;
} race;

enum { READERS = 2, ROUNDS = 10 };

static void ask(tg_thread *t, void *arg)
{
    race *r = arg;
    for (;;) {
        tg_value v;
        int st = tg_weak_get(t, r->ref, &v);
        REQUIRE(st >= 0);
        if (st == 0)
            break;
        int64_t n = 0;
        tg_value x = tg_getattr(t, v, "x"); // it is whole as long as we have it
        REQUIRE(tg_as_int64(t, x, &n) == 0 && n == 5);
        tg_release(t, v);
        atomic_fetch_add(&r->kept, 1);
        REQUIRE(tg_poll(t) == TG_OK);
    }
    atomic_fetch_add(&r->gone, 1);
}

static void let_go(tg_thread *t, void *arg)
{
    tg_release(t, ((race *)arg)->last);
}

static void races(tg_thread *t)
{
    for (int i = 0; i < ROUNDS; i++) {
        race r = {.last = eval(t, "D()")};
        r.ref = tg_weak_new(t, r.last, TG_NULL);
        tg_thread_handle *threads[READERS + 1];
        for (int k = 0; k < READERS; k++)
            REQUIRE(tg_thread_start(t, ask, NULL, &r, "reader", 0, false, &threads[k]) == TG_OK);
        REQUIRE(tg_thread_start(t, let_go, NULL, &r, "last", 0, false, &threads[READERS]) == TG_OK);
        // The object is ours, so its last steps may wait for our poll.
        while (atomic_load(&r.gone) < READERS)
            REQUIRE(tg_poll(t) == TG_OK);
        for (int k = 0; k <= READERS; k++) {
            REQUIRE(tg_thread_join(t, threads[k], -1) == TG_OK);
            tg_thread_handle_release(threads[k]);
        }
        CHECK_EQ_INT(atomic_load(&r.gone), READERS);
        CHECK(state_of(t, r.ref) == 0);
        tg_release(t, r.ref);
    }
}

TEST(the_last_release_and_those_who_ask_agree)
{
    in_each_mode(classes, races);
}
