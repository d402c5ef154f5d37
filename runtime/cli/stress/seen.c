// SPDX-License-Identifier: MIT
//
// seen.c - races and rings of locks as numbers. See Note [again] in seen.h.
//
// Invariants  SE1  adding up is the same in any order: the smallest first run, of the worst
//                  severities the smallest run, of the largest numbers of accesses the last run.
#include "cli/stress/seen.h"

#include <stdlib.h> // qsort

tgi_stress_seen *tgi_stress_seen_find(const tgi_stress_seen_list *list, uint64_t key, bool ring)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->data[i].key == key && list->data[i].ring == ring)
            return &list->data[i];
    }
    return NULL;
}

bool tgi_stress_seen_add(tgi_stress_seen_list *to, const tgi_stress_seen *one)
{
    tgi_stress_seen *known = tgi_stress_seen_find(to, one->key, one->ring);
    if (known == NULL)
        return vec_push(to, *one);
    known->times += one->times;
    if (one->first < known->first)
        known->first = one->first;
    if (one->severity > known->severity ||
        (one->severity == known->severity && one->shown < known->shown)) {
        known->severity = one->severity;
        known->shown = one->shown;
    }
    if (one->accesses > known->accesses ||
        (one->accesses == known->accesses && one->guard > known->guard)) {
        known->accesses = one->accesses;
        known->guard = one->guard;
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

bool tgi_stress_seen_runs(const tgi_stress_seen_list *seen, uint64_t from, tgi_stress_numbers *out)
{
    for (size_t i = 0; i < seen->count; i++) {
        const tgi_stress_seen *one = &seen->data[i];
        if (!vec_push(out, one->first) || !vec_push(out, one->shown) || !vec_push(out, one->guard))
            return false;
    }
    if (out->count > 0)
        qsort(out->data, out->count, sizeof out->data[0], by_number);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        uint64_t run = out->data[i];
        if (run >= from && (kept == 0 || out->data[kept - 1] != run))
            out->data[kept++] = run;
    }
    out->count = kept;
    return true;
}
