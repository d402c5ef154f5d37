// SPDX-License-Identifier: MIT
//
// race_place.h - places of the program with their callers: a stack is one number. Layer stress.
// race_place.c.
#ifndef TGI_STRESS_RACE_PLACE_H
#define TGI_STRESS_RACE_PLACE_H

#include "base/vec.h" // list

#include <stdbool.h> // results
#include <stdint.h>  // numbers

enum {                    // tgi_place.flags
    TGI_PLACE_CHECKS = 1, // what is read here decides a jump
};

typedef struct tgi_place {
    uint32_t caller; // place; 0: none
    uint32_t line, flags;
    const void *key;             // const: the instruction
    const char *file, *function; // of the unit: live as long as the runtime
} tgi_place;

typedef struct tgi_places {
    tgi_vec(tgi_place) list; // place n is entry n - 1
    uint32_t *index;         // open addressing
    uint32_t mask;
} tgi_places;

// 0: it is new.
uint32_t tgi_place_find(const tgi_places *p, uint32_t caller, const void *key);
// 0 without memory.
uint32_t tgi_place_add(tgi_places *p, const tgi_place *place);
void tgi_places_free(tgi_places *p);

static inline tgi_place *tgi_place_at(const tgi_places *p, uint32_t place)
{
    return &p->list.data[place - 1];
}

#endif
