// SPDX-License-Identifier: MIT
//
// modes.c - the table of modes, the honest baseline first: what is listed first is the reference.
#include "cli/ab/modes.h"

#include <string.h> // strlen, memcmp

const tgi_ab_mode tgi_ab_modes[TGI_AB_MODE_COUNT] = {
    {"gil", "plain counts, permanent GIL: the classic interpreter", true},
    {"gil-biased", "biased counts under a GIL: what they cost before any gain", true},
    {"gil-atomic", "atomic counts under a GIL", true},
    {"nogil", "biased counts, no GIL: threads in parallel", false},
    {"nogil-atomic", "atomic counts, no GIL", false},
};

const tgi_ab_mode *tgi_ab_mode_find(const char *name, size_t length)
{
    for (size_t i = 0; i < TGI_AB_MODE_COUNT; i++) {
        const char *known = tgi_ab_modes[i].name;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return &tgi_ab_modes[i];
    }
    return NULL;
}
