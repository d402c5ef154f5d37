// SPDX-License-Identifier: MIT
//
// suggest.c - see suggest.h.
//
// Threads     any.
// Sources     Damerau, "A technique for computer detection and correction of spelling errors",
//             CACM 7(3), 1964: most slips are one letter added, lost, wrong, or swapped.
#include "cli/suggest.h"

#include <string.h> // strlen

enum { MAX_WORD = 31 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Edits from a to b; a swap of neighbours counts as one. Both are at most MAX_WORD long.
static size_t distance(const char *a, size_t m, const char *b, size_t n)
{
    size_t d[MAX_WORD + 1][MAX_WORD + 1];
    for (size_t i = 0; i <= m; i++) {
        for (size_t j = 0; j <= n; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            size_t replaced = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            d[i][j] = least(replaced, least(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[m][n];
}

const char *tgi_suggest(const char *typed, const char *const *words, size_t count)
{
    const char *best = NULL;
    size_t m = strlen(typed), best_distance = 0;
    if (m < 2 || m > MAX_WORD)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(words[i]);
        if (n > MAX_WORD)
            continue;
        size_t here = distance(typed, m, words[i], n);
        // One slip in a short word, one in three letters of a long one.
        if (here * 3 > (m > n ? m : n) + 1)
            continue;
        if (best == NULL || here < best_distance) {
            best = words[i];
            best_distance = here;
        }
    }
    return best;
}
