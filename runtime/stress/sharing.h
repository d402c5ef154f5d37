// SPDX-License-Identifier: MIT
//
// sharing.h - which places of a program touch memory that several tasks use, learnt from its first
// runs. Layer stress. sharing.c.
//
// Most accesses of a program concern one thread only, and a decision there is wasted. The first
// runs of a session treat every access as a point and note who touched what. A place (an
// instruction) is visible afterwards if one of its accesses met a location that several tasks used
// and one of them wrote while there were several, or if it was never reached while learning.
#ifndef TGI_STRESS_SHARING_H
#define TGI_STRESS_SHARING_H

#include "base/vec.h" // lists

#include <stdbool.h> // results
#include <stddef.h>  // size_t
#include <stdint.h>  // keys

typedef struct tgi_site {
    const void *site;
    bool shared;
    bool point;      // of a systematic search: shared when its walk began
    uint32_t number; // in order of appearance
} tgi_site;

// Places that have met at one location are of one group.
typedef struct tgi_place_kind {
    uint32_t group; // another place of it, with a smaller number; or itself
    bool shared;
} tgi_place_kind;

typedef struct tgi_location {
    const void *where;
    uint64_t slot;
    uint32_t run;   // the entry is of this run; else it is free
    uint32_t task;  // who touched it first
    bool several;   // others did, too
    bool written;   // while there were several tasks
    uint32_t first; // of its sites, in `touches`, + 1; 0: none
} tgi_location;

typedef struct tgi_touch {
    uint32_t site; // in `sites`
    uint32_t next; // + 1; 0: none
} tgi_touch;

typedef struct tgi_sharing {
    bool learning; // const during a run
    uint32_t run;
    tgi_site *sites; // open addressing
    size_t site_mask, site_count;
    tgi_vec(tgi_place_kind) places; // by number
    tgi_location *locations;        // open addressing
    size_t location_mask, location_count;
    tgi_vec(tgi_touch) touches;
} tgi_sharing;

void tgi_sharing_begin(tgi_sharing *s); // of a run
void tgi_sharing_free(tgi_sharing *s);

// Whether the place is known to meet other tasks.
bool tgi_sharing_is_visible(tgi_sharing *s, const void *site);

// Where a search only notes accesses, the address of a place of its own.
#define TGI_SITE_NOTED(site) ((const char *)(site) + 2)

// The same for a systematic search: Note [stable] in search.h. settle makes points of all places
// that are known to meet other tasks; true if there are new ones.
bool tgi_sharing_is_point(tgi_sharing *s, const void *site);
bool tgi_sharing_settle(tgi_sharing *s);

// A lock's place has an address of its own, too.
#define TGI_SITE_LOCK(site) ((const char *)(site) + 4)

// Places have numbers in the order in which they were met: no address is in them. UINT32_MAX: it is
// not known, or there is no memory.
uint32_t tgi_sharing_number(const tgi_sharing *s, const void *site);
// The same for a place that may be met for the first time.
uint32_t tgi_sharing_enter(tgi_sharing *s, const void *site);
// The least number of the places of its group; UINT32_MAX: nobody else is met there.
uint32_t tgi_sharing_group(const tgi_sharing *s, uint32_t number);
// What is at `where` from now on is something else: it has died.
void tgi_sharing_forget(tgi_sharing *s, const void *where, uint64_t slot);

// Notes an access. True if the location is new in this run. `write`: and there are several tasks.
bool tgi_sharing_learn(tgi_sharing *s, const void *where, uint64_t slot, const void *site,
                       uint32_t task, bool write);

#endif
