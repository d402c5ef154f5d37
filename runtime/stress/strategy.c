// SPDX-License-Identifier: MIT
//
// strategy.c - strategies by name.
#include "stress/strategy.h"

#include "base/compiler.h" // TGI_ARRAY_LENGTH

#include <stdlib.h> // strtol
#include <string.h> // strncmp

static const tgi_strategy *const strategies[] = {
    &tgi_strategy_portfolio,  &tgi_strategy_random, &tgi_strategy_pct,    &tgi_strategy_pos,
    &tgi_strategy_urw,        &tgi_strategy_surw,   &tgi_strategy_sticky, &tgi_strategy_none,
    &tgi_strategy_exhaustive, &tgi_strategy_pb,     &tgi_strategy_db,     &tgi_strategy_dpor};

const tgi_strategy *tgi_strategy_at(size_t i)
{
    return i < TGI_ARRAY_LENGTH(strategies) ? strategies[i] : NULL;
}

const tgi_strategy *tgi_strategy_find(const char *name, int *depth)
{
    const char *colon = strchr(name, ':');
    size_t n = colon != NULL ? (size_t)(colon - name) : strlen(name);
    *depth = -1;
    if (colon != NULL) {
        char *end;
        long value = strtol(colon + 1, &end, 10);
        bool is_bound = n == 2 && name[1] == 'b'; // of nothing, for example
        if (end == colon + 1 || *end != '\0' || value < (is_bound ? 0 : 1) || value > 1000)
            return NULL;
        *depth = (int)value;
    }
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(strategies); i++) {
        if (strlen(strategies[i]->name) == n && strncmp(strategies[i]->name, name, n) == 0)
            return strategies[i];
    }
    return NULL;
}
