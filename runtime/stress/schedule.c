// SPDX-License-Identifier: MIT
//
// schedule.c - the decisions of a run as data and as text.
//
// Text        base64url without padding of: a version byte, then for every decision three numbers
//             of seven bits per byte, lowest first: from, the distance of the arrival from that
//             task's last one in the list (or the arrival itself), to.
#include "stress/schedule.h"

#include <stdlib.h> // malloc
#include <string.h> // memcpy

enum { VERSION = 1, MAX_TASK = 4095 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool tgi_schedule_copy(tgi_schedule *to, const tgi_schedule *from)
{
    vec_clear(to);
    if (from->count == 0)
        return true;
    if (!vec_reserve(to, from->count))
        return false;
    memcpy(to->data, from->data, from->count * sizeof *from->data);
    to->count = from->count;
    return true;
}

typedef tgi_vec(uint8_t) bytes;

static bool put(bytes *b, uint32_t n)
{
    for (; n >= 128; n >>= 7) {
        if (!vec_push(b, (uint8_t)(n | 128)))
            return false;
    }
    return vec_push(b, (uint8_t)n);
}

// The last arrival of each task so far.
typedef struct bases {
    uint32_t of[MAX_TASK + 1];
} bases;

char *tgi_schedule_encode(const tgi_schedule *s)
{
    bytes b = TGI_VEC_INIT;
    bases last = {{0}};
    bool ok = vec_push(&b, (uint8_t)VERSION);
    for (size_t i = 0; ok && i < s->count; i++) {
        tgi_decision d = s->data[i];
        ok = put(&b, d.from) && put(&b, d.arrival - last.of[d.from]) && put(&b, d.to);
        last.of[d.from] = d.arrival;
    }
    char *text = ok ? malloc(b.count / 3 * 4 + 5) : NULL;
    size_t n = 0;
    for (size_t i = 0; text != NULL && i < b.count; i += 3) {
        uint32_t word = (uint32_t)b.data[i] << 16;
        size_t have = b.count - i < 3 ? b.count - i : 3;
        if (have > 1)
            word |= (uint32_t)b.data[i + 1] << 8;
        if (have > 2)
            word |= b.data[i + 2];
        for (size_t k = 0; k <= have; k++)
            text[n++] = digits[word >> (18 - 6 * k) & 63];
    }
    if (text != NULL)
        text[n] = '\0';
    vec_free(&b);
    return text;
}

static bool get(const bytes *b, size_t *at, uint32_t *out)
{
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 35 && *at < b->count; shift += 7) {
        uint8_t byte = b->data[(*at)++];
        n |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *out = (uint32_t)n;
            return n <= UINT32_MAX;
        }
    }
    return false;
}

static bool from_text(const char *text, bytes *b)
{
    uint32_t word = 0;
    unsigned bits = 0;
    for (; *text != '\0'; text++) {
        const char *d = strchr(digits, *text);
        if (d == NULL)
            return false;
        word = word << 6 | (uint32_t)(d - digits);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            if (!vec_push(b, (uint8_t)(word >> bits)))
                return false;
        }
    }
    return (word & ((1u << bits) - 1)) == 0;
}

bool tgi_schedule_decode(const char *text, tgi_schedule *out)
{
    bytes b = TGI_VEC_INIT;
    bases last = {{0}};
    size_t at = 1;
    bool ok = from_text(text, &b) && b.count > 0 && b.data[0] == VERSION;
    vec_clear(out);
    while (ok && at < b.count) {
        tgi_decision d;
        ok = get(&b, &at, &d.from) && get(&b, &at, &d.arrival) && get(&b, &at, &d.to) &&
             d.from <= MAX_TASK && d.to <= MAX_TASK &&
             d.arrival <= UINT32_MAX - last.of[d.from] && // arrivals of a task never go down
             out->count < TGI_SCHEDULE_MOST;
        if (ok)
            d.arrival = last.of[d.from] += d.arrival;
        ok = ok && vec_push(out, d);
    }
    vec_free(&b);
    return ok;
}
