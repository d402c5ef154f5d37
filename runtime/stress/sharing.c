// SPDX-License-Identifier: MIT
//
// sharing.c - which places of a program touch memory that several tasks use.
//
// Invariants  S1  without memory nothing is learnt, and what is not known is visible.
//                 The same holds for what comes after MOST_LOCATIONS in one run.
//             S2  the tables are at most half full.
//             S3  numbers of places and groups follow from the order of accesses alone.
#include "stress/sharing.h"

#include <stdlib.h> // calloc

enum { MOST_LOCATIONS = 1 << 18, MOST_TOUCHES = 1 << 20 };

static size_t hash(uint64_t a, uint64_t b)
{
    uint64_t h = (a ^ (b * UINT64_C(0xbf58476d1ce4e5b9))) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(h ^ h >> 32);
}

void tgi_sharing_begin(tgi_sharing *s)
{
    s->run++;
    s->location_count = 0;
    vec_clear(&s->touches);
}

void tgi_sharing_free(tgi_sharing *s)
{
    free(s->sites);
    free(s->locations);
    vec_free(&s->touches);
    vec_free(&s->places);
    *s = (tgi_sharing){0};
}

// Its entry, or the free one where it belongs.
static tgi_site *site_entry(tgi_site *sites, size_t mask, const void *site)
{
    size_t i = hash((uintptr_t)site, 0) & mask;
    while (sites[i].site != NULL && sites[i].site != site)
        i = (i + 1) & mask;
    return &sites[i];
}

bool tgi_sharing_is_visible(tgi_sharing *s, const void *site)
{
    if (s->learning || s->sites == NULL)
        return true;
    const tgi_site *entry = site_entry(s->sites, s->site_mask, site);
    return entry->site == NULL || entry->shared;
}

bool tgi_sharing_is_point(tgi_sharing *s, const void *site)
{
    return s->sites != NULL && site_entry(s->sites, s->site_mask, site)->point;
}

bool tgi_sharing_settle(tgi_sharing *s)
{
    bool more = false;
    for (size_t i = 0; s->sites != NULL && i <= s->site_mask; i++) {
        bool noted = ((uintptr_t)s->sites[i].site & 7) == 2;
        more |= s->sites[i].shared && !s->sites[i].point && !noted;
        s->sites[i].point = s->sites[i].shared;
    }
    return more;
}

// The touches name sites by their place: they move with the table.
static bool grow_sites(tgi_sharing *s)
{
    size_t mask = s->sites == NULL ? 255 : s->site_mask * 2 + 1;
    tgi_site *bigger = calloc(mask + 1, sizeof *bigger);
    if (bigger == NULL)
        return false;
    for (size_t i = 0; s->sites != NULL && i <= s->site_mask; i++) {
        if (s->sites[i].site != NULL)
            *site_entry(bigger, mask, s->sites[i].site) = s->sites[i];
    }
    for (size_t i = 0; i < s->touches.count; i++) {
        const void *site = s->sites[s->touches.data[i].site].site;
        s->touches.data[i].site = (uint32_t)(site_entry(bigger, mask, site) - bigger);
    }
    free(s->sites);
    s->sites = bigger;
    s->site_mask = mask;
    return true;
}

static tgi_location *location_entry(tgi_sharing *s, tgi_location *table, size_t mask,
                                    const void *where, uint64_t slot)
{
    size_t i = hash((uintptr_t)where, slot) & mask;
    while (table[i].run == s->run && (table[i].where != where || table[i].slot != slot))
        i = (i + 1) & mask;
    return &table[i];
}

static bool grow_locations(tgi_sharing *s)
{
    size_t mask = s->locations == NULL ? 255 : s->location_mask * 2 + 1;
    tgi_location *bigger = calloc(mask + 1, sizeof *bigger);
    if (bigger == NULL)
        return false;
    for (size_t i = 0; s->locations != NULL && i <= s->location_mask; i++) {
        const tgi_location *old = &s->locations[i];
        if (old->run == s->run)
            *location_entry(s, bigger, mask, old->where, old->slot) = *old;
    }
    free(s->locations);
    s->locations = bigger;
    s->location_mask = mask;
    return true;
}

static bool add_touch(tgi_sharing *s, tgi_location *l, uint32_t site)
{
    for (uint32_t i = l->first; i != 0; i = s->touches.data[i - 1].next) {
        if (s->touches.data[i - 1].site == site)
            return true;
    }
    tgi_touch touch = {site, l->first};
    if (!vec_push(&s->touches, touch))
        return false;
    l->first = (uint32_t)s->touches.count;
    return true;
}

// --- groups

uint32_t tgi_sharing_number(const tgi_sharing *s, const void *site)
{
    if (s->sites == NULL)
        return UINT32_MAX;
    const tgi_site *entry = site_entry(s->sites, s->site_mask, site);
    return entry->site != NULL ? entry->number : UINT32_MAX;
}

static uint32_t first_of(const tgi_sharing *s, uint32_t number)
{
    while (s->places.data[number].group != number)
        number = s->places.data[number].group;
    return number;
}

uint32_t tgi_sharing_group(const tgi_sharing *s, uint32_t number)
{
    return s->places.data[number].shared ? first_of(s, number) : UINT32_MAX;
}

static void share(tgi_sharing *s, tgi_site *site, const tgi_site *with)
{
    uint32_t a = first_of(s, site->number), b = first_of(s, with->number);
    site->shared = s->places.data[site->number].shared = true;
    s->places.data[a > b ? a : b].group = a > b ? b : a;
}

static tgi_site *enter(tgi_sharing *s, const void *site)
{
    if ((s->sites == NULL || (s->site_count + 1) * 2 > s->site_mask) && !grow_sites(s))
        return NULL;
    tgi_site *entry = site_entry(s->sites, s->site_mask, site);
    if (entry->site != NULL)
        return entry;
    uint32_t number = (uint32_t)s->site_count;
    tgi_place_kind place = {.group = number};
    if (!vec_push(&s->places, place))
        return NULL;
    *entry = (tgi_site){.site = site, .number = number};
    s->site_count++;
    return entry;
}

uint32_t tgi_sharing_enter(tgi_sharing *s, const void *site)
{
    const tgi_site *entry = enter(s, site);
    return entry != NULL ? entry->number : UINT32_MAX;
}

void tgi_sharing_forget(tgi_sharing *s, const void *where, uint64_t slot)
{
    if (s->locations == NULL)
        return;
    tgi_location *l = location_entry(s, s->locations, s->location_mask, where, slot);
    if (l->run == s->run) {
        l->several = l->written = false;
        l->first = 0;
        l->task = UINT32_MAX; // nobody's
    }
}

bool tgi_sharing_learn(tgi_sharing *s, const void *where, uint64_t slot, const void *site,
                       uint32_t task, bool write)
{
    if ((s->locations == NULL || (s->location_count + 1) * 2 > s->location_mask) &&
        !grow_locations(s))
        return false;
    tgi_site *entry = enter(s, site);
    if (entry == NULL)
        return false;
    tgi_location *l = location_entry(s, s->locations, s->location_mask, where, slot);
    bool fresh = l->run != s->run;
    if (fresh && (s->location_count >= MOST_LOCATIONS || s->touches.count >= MOST_TOUCHES)) {
        share(s, entry, entry); // it may be: S1
        return false;
    }
    if (fresh) {
        *l = (tgi_location){.where = where, .slot = slot, .run = s->run, .task = task};
        s->location_count++;
    }
    if (l->task == UINT32_MAX)
        l->task = task;
    l->several |= l->task != task;
    l->written |= write;
    if (!add_touch(s, l, (uint32_t)(entry - s->sites)))
        share(s, entry, entry);
    if (l->several && l->written) {
        for (uint32_t i = l->first; i != 0; i = s->touches.data[i - 1].next)
            share(s, &s->sites[s->touches.data[i - 1].site], entry);
    }
    return fresh;
}
