// SPDX-License-Identifier: MIT
//
// random_module.c - the module _random: the generator MT19937, SHA-512, bytes from the system.
//
// Threads     a generator may be shared: its numbers are dealt out one by one under a short lock,
//             so that every number goes to exactly one caller and the words of a float or of a long
//             integer belong together.
// Sources     Matsumoto and Nishimura, "Mersenne Twister: a 623-dimensionally equidistributed
//             uniform pseudo-random number generator", 1998; initialisation by array: their
//             revision of 2002.
#include "modules/modules.h"
#include "modules/sha512.h" // tgi_sha512
#include "modules/support.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { WORDS = 624, SHIFT = 397 };

typedef struct mt {
    tgi_short_lock lock;
    uint32_t next;         // guarded by lock: place of the next word, WORDS when all are used
    uint32_t words[WORDS]; // guarded by lock
} mt;

static const tg_class_def mt_class;

// --- the generator

static uint32_t twisted(uint32_t high, uint32_t low, uint32_t far)
{
    uint32_t y = (high & 0x80000000u) | (low & 0x7fffffffu);
    return far ^ y >> 1 ^ (0x9908b0dfu & -(y & 1));
}

static void refill(mt *m)
{
    uint32_t *w = m->words;
    for (unsigned i = 0; i < WORDS - SHIFT; i++)
        w[i] = twisted(w[i], w[i + 1], w[i + SHIFT]);
    for (unsigned i = WORDS - SHIFT; i < WORDS - 1; i++)
        w[i] = twisted(w[i], w[i + 1], w[i + SHIFT - WORDS]);
    w[WORDS - 1] = twisted(w[WORDS - 1], w[0], w[SHIFT - 1]);
    m->next = 0;
}

static uint32_t draw_locked(mt *m)
{
    if (m->next >= WORDS)
        refill(m);
    uint32_t y = m->words[m->next++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
}

static void seed_one(mt *m, uint32_t seed)
{
    m->words[0] = seed;
    for (uint32_t i = 1; i < WORDS; i++)
        m->words[i] = 1812433253u * (m->words[i - 1] ^ m->words[i - 1] >> 30) + i;
    m->next = WORDS;
}

static void seed_array(mt *m, const uint32_t *key, size_t n)
{
    uint32_t *w = m->words;
    seed_one(m, 19650218u);
    unsigned i = 1;
    size_t k = 0;
    for (size_t step = n > WORDS ? n : WORDS; step > 0; step--) {
        w[i] = (w[i] ^ (w[i - 1] ^ w[i - 1] >> 30) * 1664525u) + key[k] + (uint32_t)k;
        if (++i == WORDS) {
            w[0] = w[WORDS - 1];
            i = 1;
        }
        k = k + 1 < n ? k + 1 : 0;
    }
    for (unsigned step = WORDS - 1; step > 0; step--) {
        w[i] = (w[i] ^ (w[i - 1] ^ w[i - 1] >> 30) * 1566083941u) - i;
        if (++i == WORDS) {
            w[0] = w[WORDS - 1];
            i = 1;
        }
    }
    w[0] = 0x80000000u;
}

// --- methods

static int mt_init(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                   tg_value kwnames)
{
    static const uint32_t zero[1] = {0};
    mt *m = data;
    (void)self, (void)args, (void)kwnames;
    if (nargs > 0) {
        tg_raise(t, TG_TypeError, "MT() takes no arguments");
        return -1;
    }
    seed_array(m, zero, 1);
    return 0;
}

TGI_NATIVE(mt_seed)
{
    mt *m = tg_data(t, args[0], &mt_class);
    if (m == NULL)
        return TG_NULL;
    if (tg_kind_of(t, args[1]) != TG_KIND_LIST)
        return tg_raise(t, TG_TypeError, "seed_by_array() argument must be a list");
    size_t n = tg_list_size(t, args[1]);
    uint32_t *key = calloc(n + 1, sizeof *key);
    if (key == NULL)
        return tg_raise_nomem(t);
    for (size_t i = 0; i < n; i++) {
        int64_t word = 0;
        tg_value v = tg_list_get(t, args[1], i);
        int st = v == TG_NULL ? -1 : tg_as_int64(t, v, &word);
        tg_release(t, v);
        if (st == 0 && (word < 0 || word > UINT32_MAX)) {
            tg_raise(t, TG_ValueError, "not a 32-bit word");
            st = -1;
        }
        if (st < 0) {
            free(key);
            return TG_NULL;
        }
        key[i] = (uint32_t)word;
    }
    mt *fresh = malloc(sizeof *fresh);
    if (fresh == NULL) {
        free(key);
        return tg_raise_nomem(t);
    }
    seed_array(fresh, key, n > 0 ? n : 1);
    tgi_short_lock_take(&m->lock);
    memcpy(m->words, fresh->words, sizeof m->words);
    m->next = fresh->next;
    tgi_short_lock_drop(&m->lock);
    free(fresh);
    free(key);
    return TG_NONE;
}

TGI_NATIVE(mt_random)
{
    mt *m = tg_data(t, args[0], &mt_class);
    if (m == NULL)
        return TG_NULL;
    tgi_short_lock_take(&m->lock);
    uint32_t a = draw_locked(m) >> 5, b = draw_locked(m) >> 6;
    tgi_short_lock_drop(&m->lock);
    return tg_float(t, (a * 67108864.0 + b) / 9007199254740992.0);
}

TGI_NATIVE(mt_getrandbits)
{
    int64_t bits;
    mt *m = tg_data(t, args[0], &mt_class);
    if (m == NULL || tg_as_int64(t, args[1], &bits) < 0)
        return TG_NULL;
    if (bits < 0)
        return tg_raise(t, TG_ValueError, "number of bits must be non-negative");
    if (bits == 0)
        return tg_int(t, 0);
    if (bits <= 32) {
        tgi_short_lock_take(&m->lock);
        uint32_t word = draw_locked(m);
        tgi_short_lock_drop(&m->lock);
        return tg_int(t, word >> (32 - bits));
    }
    if (bits > INT64_C(1) << 40)
        return tg_raise_nomem(t);
    size_t n = (size_t)((bits - 1) / 32 + 1);
    uint32_t *words = malloc(n * sizeof *words);
    if (words == NULL)
        return tg_raise_nomem(t);
    tgi_short_lock_take(&m->lock);
    for (size_t i = 0; i < n; i++)
        words[i] = draw_locked(m);
    tgi_short_lock_drop(&m->lock);
    if (bits % 32 != 0)
        words[n - 1] >>= 32 - bits % 32;
    tg_value v = tg_int_from_words(t, words, n);
    free(words);
    return v;
}

TGI_NATIVE(mt_getstate)
{
    uint32_t copy[WORDS + 1];
    tg_value items[WORDS + 1];
    mt *m = tg_data(t, args[0], &mt_class);
    if (m == NULL)
        return TG_NULL;
    tgi_short_lock_take(&m->lock);
    memcpy(copy, m->words, sizeof m->words);
    copy[WORDS] = m->next;
    tgi_short_lock_drop(&m->lock);
    for (size_t i = 0; i <= WORDS; i++)
        items[i] = tg_int(t, copy[i]);
    return tg_tuple(t, items, WORDS + 1);
}

TGI_NATIVE(mt_setstate)
{
    uint32_t copy[WORDS + 1];
    mt *m = tg_data(t, args[0], &mt_class);
    if (m == NULL)
        return TG_NULL;
    if (tg_kind_of(t, args[1]) != TG_KIND_TUPLE)
        return tg_raise(t, TG_TypeError, "state vector must be a tuple");
    if (tg_tuple_size(t, args[1]) != WORDS + 1)
        return tg_raise(t, TG_ValueError, "state vector is the wrong size");
    for (size_t i = 0; i <= WORDS; i++) {
        int64_t word = 0;
        tg_value v = tg_tuple_get(t, args[1], i);
        int st = v == TG_NULL ? -1 : tg_as_int64(t, v, &word);
        tg_release(t, v);
        if (st < 0)
            return TG_NULL;
        if (i == WORDS && (word < 0 || word > WORDS))
            return tg_raise(t, TG_ValueError, "invalid state");
        if (word < 0)
            return tg_raise(t, TG_OverflowError, "can't convert negative value to unsigned int");
        copy[i] = (uint32_t)word;
    }
    tgi_short_lock_take(&m->lock);
    memcpy(m->words, copy, sizeof m->words);
    m->next = copy[WORDS];
    tgi_short_lock_drop(&m->lock);
    return TG_NONE;
}

static const tg_function_def mt_methods[] = {
    TGI_FN("seed_by_array", mt_seed, 1, 1),      TGI_FN("random", mt_random, 0, 0),
    TGI_FN("getrandbits", mt_getrandbits, 1, 1), TGI_FN("getstate", mt_getstate, 0, 0),
    TGI_FN("setstate", mt_setstate, 1, 1),       TGI_FN_END,
};

static const tg_class_def mt_class = {
    .name = "MT",
    .module = "_random",
    .data_bytes = sizeof(mt),
    .methods = mt_methods,
    .init = mt_init,
};

// --- functions

TGI_NATIVE(random_sha512)
{
    size_t n;
    const void *data = tg_as_bytes(t, args[0], &n);
    tg_value copy = TG_NULL;
    if (data == NULL) { // bytearray and the like
        tg_error_clear(t);
        tg_value bytes = tgi_builtin(t, "bytes");
        copy = bytes == TG_NULL ? TG_NULL : tg_call(t, bytes, args, 1);
        tg_release(t, bytes);
        data = copy == TG_NULL ? NULL : tg_as_bytes(t, copy, &n);
        if (data == NULL) {
            tg_release(t, copy);
            return TG_NULL;
        }
    }
    uint8_t digest[TGI_SHA512_BYTES];
    tgi_sha512(data, n, digest);
    tg_release(t, copy);
    return tg_bytes(t, digest, sizeof digest);
}

tg_value tgi_urandom(tg_thread *t, tg_value size)
{
    int64_t n;
    if (tg_as_int64(t, size, &n) < 0)
        return TG_NULL;
    if (n < 0)
        return tg_raise(t, TG_ValueError, "negative argument not allowed");
    uint8_t *data = malloc((size_t)n + 1);
    if (data == NULL)
        return tg_raise_nomem(t);
    size_t done = tg_stress_random(t, data, (size_t)n) ? (size_t)n : 0;
    ssize_t got = 0;
    TG_BEGIN_BLOCKING(t)
    while (done < (size_t)n) {
        got = getrandom(data + done, (size_t)n - done, 0);
        if (got < 0 && errno != EINTR)
            break;
        done += got > 0 ? (size_t)got : 0;
    }
    TG_END_BLOCKING(t)
    tg_value v = done == (size_t)n ? tg_bytes(t, data, done) : tg_raise_os(t, errno, NULL);
    free(data);
    return v;
}

TGI_NATIVE(random_urandom)
{
    return tgi_urandom(t, args[0]);
}

TGI_NATIVE(random_repeats)
{
    (void)args;
    return tg_bool(tg_stress_random(t, NULL, 0));
}

static const tg_function_def functions[] = {
    TGI_FN("repeats", random_repeats, 0, 0),
    TGI_FN("sha512", random_sha512, 1, 1),
    TGI_FN("urandom", random_urandom, 1, 1),
    TGI_FN_END,
};

static int init(tg_thread *t, tg_value module)
{
    return tg_module_add(t, module, "MT", tg_class(t, &mt_class)) < 0
               ? -1
               : tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_random = {"_random", init};
