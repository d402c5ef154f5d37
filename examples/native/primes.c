// SPDX-License-Identifier: MIT
//
// primes.c - a native module that is safe without the GIL: prime numbers by the sieve.
//
//     import primes
//     primes.count(10_000_000)         # 664579; other threads run meanwhile
//     s = primes.Sieve(1000)
//     s.is_prime(997), len(list(s))    # True, 168
//     primes.live()                    # sieves that exist now
//
// Safe because of what it shares: nothing but one counter, which is atomic. A Sieve is filled
// before anybody else can see it and only read afterwards. The computing happens detached, where
// the thread touches no value: without that it would hold up every pause, and with the GIL every
// other thread.
#include <togil/native.h>

#include <stdatomic.h>
#include <stdlib.h>

enum { CHUNK = 1 << 16 }; // numbers between two looks at what is pending

static atomic_long live;

typedef struct sieve {
    unsigned char *composite; // one byte per number below limit
    int64_t limit;
} sieve;

static void cross_out(unsigned char *composite, int64_t limit)
{
    for (int64_t p = 2; p * p < limit; p++) {
        if (composite[p])
            continue;
        for (int64_t k = p * p; k < limit; k += p)
            composite[k] = 1;
    }
}

// The limit argument; -1 raised.
static int64_t limit_of(tg_thread *t, tg_value v)
{
    int64_t limit;
    if (tg_as_int64(t, v, &limit) < 0)
        return -1;
    if (limit < 0 || limit > (int64_t)1 << 32) {
        tg_raise(t, TG_ValueError, "limit must be between 0 and 2**32");
        return -1;
    }
    return limit;
}

static int fill(tg_thread *t, sieve *s, int64_t limit)
{
    s->composite = calloc(limit == 0 ? 1 : (size_t)limit, 1);
    if (s->composite == NULL) {
        tg_raise_nomem(t);
        return -1;
    }
    s->limit = limit;
    TG_BEGIN_BLOCKING(t)
    cross_out(s->composite, limit);
    TG_END_BLOCKING(t)
    return 0;
}

static int sieve_init(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                      tg_value kwnames)
{
    static const char *const names[] = {"limit", NULL};
    sieve *s = data, filled;
    tg_value limit_value;
    (void)self;
    if (tg_parse_args(t, "Sieve", names, 1, args, nargs, kwnames, &limit_value) < 0)
        return -1;
    if (s->composite != NULL) { // a second __init__ would pull the sieve from under a reader
        tg_raise(t, TG_TypeError, "a Sieve is filled once");
        return -1;
    }
    int64_t limit = limit_of(t, limit_value);
    if (limit < 0 || fill(t, &filled, limit) < 0)
        return -1;
    *s = filled;
    atomic_fetch_add(&live, 1);
    return 0;
}

static void sieve_finalize(tg_thread *t, void *data)
{
    sieve *s = data;
    (void)t;
    if (s->composite == NULL)
        return; // its __init__ failed
    free(s->composite);
    atomic_fetch_sub(&live, 1);
}

static const tg_class_def sieve_class;

static tg_value sieve_is_prime(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    const sieve *s = tg_data(t, args[0], &sieve_class);
    int64_t n;
    (void)nargs, (void)kwnames;
    if (s == NULL || tg_as_int64(t, args[1], &n) < 0)
        return TG_NULL;
    if (n >= s->limit)
        return tg_raise(t, TG_IndexError, "this sieve ends at %lld", (long long)s->limit);
    return tg_bool(n >= 2 && !s->composite[n]);
}

static tg_value sieve_repr(tg_thread *t, tg_value self, void *data)
{
    (void)self;
    return tg_str_format(t, "Sieve(%lld)", (long long)((sieve *)data)->limit);
}

static tg_value sieve_iter(tg_thread *t, tg_value self, void *data)
{
    const sieve *s = data;
    (void)self;
    tg_value list = tg_list(t, NULL, 0);
    for (int64_t n = 2; list != TG_NULL && n < s->limit; n++) {
        // Attached, because it makes values: lets go now and then.
        int st = n % CHUNK == 0 && tg_poll(t) != TG_OK ? -1 : 0;
        if (st == 0 && !s->composite[n])
            st = tg_list_append(t, list, tg_int(t, n));
        if (st < 0) {
            tg_release(t, list);
            list = TG_NULL;
        }
    }
    tg_value it = list == TG_NULL ? TG_NULL : tg_iter(t, list);
    tg_release(t, list);
    return it;
}

static const tg_function_def sieve_methods[] = {
    {"is_prime", sieve_is_prime, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

static const tg_class_def sieve_class = {
    .name = "Sieve",
    .module = "primes",
    .data_bytes = sizeof(sieve),
    .methods = sieve_methods,
    .init = sieve_init,
    .finalize = sieve_finalize,
    .repr = sieve_repr,
    .iter = sieve_iter,
};

static tg_value count(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    int64_t limit = limit_of(t, args[0]), found = 0;
    sieve s;
    (void)nargs, (void)kwnames;
    if (limit < 0 || fill(t, &s, limit) < 0)
        return TG_NULL;
    TG_BEGIN_BLOCKING(t)
    for (int64_t n = 2; n < limit; n++)
        found += !s.composite[n];
    free(s.composite);
    TG_END_BLOCKING(t)
    return tg_int(t, found);
}

static tg_value live_count(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)args, (void)nargs, (void)kwnames;
    return tg_int(t, atomic_load(&live));
}

static const tg_function_def functions[] = {
    {"count", count, 1, 1, 0},
    {"live", live_count, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

static int init(tg_thread *t, tg_value module)
{
    if (tg_module_add(t, module, "Sieve", tg_class(t, &sieve_class)) < 0)
        return -1;
    return tg_module_add_functions(t, module, functions);
}

TG_NATIVE_MODULE("primes", TG_NATIVE_SAFE, init);
