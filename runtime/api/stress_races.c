// SPDX-License-Identifier: MIT
//
// stress_races.c - public functions about the races of a session.
//
// Threads     the main thread.
#include "api/stress_races.h"

#include "api/stress_runs.h" // accepted races
#include "base/hash.h"       // keys
#include "stress/strategy.h" // directed runs

#include <string.h> // strlen

static const tgi_race_report *report_at(tg_stress *s, size_t i)
{
    const tgi_engine *e = tgi_stress_engine_of(s);
    return e->races == NULL ? NULL : tgi_races_at(e->races, i);
}

static uint64_t hash_text(uint64_t h, const char *text, size_t n)
{
    return tgi_hash_combine(h, tgi_hash_bytes(tgi_hash_key_from_seed(0), text, n));
}

// A line by the name of its file: folders differ from machine to machine.
static uint64_t line_key(tg_stress *s, uint32_t place)
{
    if (place == 0)
        return 0;
    const tgi_place *p = tgi_place_at(tgi_races_places(tgi_stress_engine_of(s)->races), place);
    const char *slash = strrchr(p->file, '/');
    const char *file = slash != NULL ? slash + 1 : p->file;
    return hash_text(p->line, file, strlen(file));
}

// As key_of of stress/race.c, with names in place of addresses.
static uint64_t race_key(tg_stress *s, const tgi_race_report *r)
{
    uint64_t x = line_key(s, r->sides[0].place), y = line_key(s, r->sides[1].place);
    uint64_t what = tgi_hash_combine(x + y, x ^ y);
    if (r->part != TGI_PART_ATTRIBUTE)
        return tgi_hash_combine(what, r->part);
    const char *of = strstr(r->name, " of "); // "the attribute x of a C"
    return hash_text(what, r->name, of != NULL ? (size_t)(of - r->name) : strlen(r->name));
}

bool tg_stress_race_at(tg_stress *s, size_t i, tg_stress_race *out)
{
    static const char *const rules[] = {"", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8"};
    static const char *const texts[] = {"",
                                        "lost update",
                                        "read and write without order",
                                        "two writes without order",
                                        "published before it is complete",
                                        "check, then act",
                                        "changed while somebody goes through it",
                                        "elements of different times",
                                        "atomic operations without order"};
    static const tg_stress_severity severities[] = {[TGI_RACE_NOTE] = TG_STRESS_NOTE,
                                                    [TGI_RACE_WARNING] = TG_STRESS_WARNING,
                                                    [TGI_RACE_ERROR] = TG_STRESS_ERROR};
    const tgi_race_report *r = report_at(s, i);
    if (r == NULL)
        return false;
    *out = (tg_stress_race){.rule = rules[r->class_],
                            .text = texts[r->class_],
                            .severity = severities[tgi_race_severity_of(r->class_)],
                            .name = r->name,
                            .times = r->times,
                            .accepted = tgi_stress_is_accepted(s, r->name),
                            .key = race_key(s, r),
                            .first_run = r->first_run,
                            .shown_run = r->shown_run,
                            .guard_run = r->guard_run,
                            .guarded = r->guarded,
                            .accesses = r->accesses,
                            .thread = {r->sides[0].thread, r->sides[1].thread},
                            .write = {r->sides[0].write, r->sides[1].write}};
    return true;
}

static bool fill_place(tg_stress *s, uint32_t place, tg_stress_place *out)
{
    if (place == 0)
        return false;
    const tgi_place *p = tgi_place_at(tgi_races_places(tgi_stress_engine_of(s)->races), place);
    *out = (tg_stress_place){p->file, p->function, p->line};
    return true;
}

static bool frame_at(tg_stress *s, uint32_t place, size_t k, tg_stress_place *out)
{
    for (; k > 0 && place != 0; k--)
        place = tgi_place_at(tgi_races_places(tgi_stress_engine_of(s)->races), place)->caller;
    return fill_place(s, place, out);
}

bool tg_stress_race_frame(tg_stress *s, size_t i, int side, size_t k, tg_stress_place *out)
{
    const tgi_race_report *r = report_at(s, i);
    return r != NULL && side >= 0 && side <= 1 && frame_at(s, r->sides[side].place, k, out);
}

bool tg_stress_race_lock(tg_stress *s, size_t i, int side, size_t k, tg_stress_place *out)
{
    const tgi_race_report *r = report_at(s, i);
    if (r == NULL || side < 0 || side > 2)
        return false;
    if (side == 2)
        return k == 0 && fill_place(s, r->guard, out);
    return k < r->sides[side].lock_count && fill_place(s, r->sides[side].locks[k], out);
}

void tg_stress_race_set_times(tg_stress *s, size_t i, uint64_t times)
{
    if (report_at(s, i) != NULL)
        tgi_races_set_times(tgi_stress_engine_of(s)->races, i, times);
}

bool tg_stress_races_incomplete(tg_stress *s)
{
    const tgi_engine *e = tgi_stress_engine_of(s);
    return e->races != NULL && tgi_races_incomplete(e->races);
}

// --- the order of locks

static const tgi_lock_cycle *cycle_at(tg_stress *s, size_t i)
{
    const tgi_engine *e = tgi_stress_engine_of(s);
    return e->races == NULL ? NULL : tgi_races_cycle_at(e->races, i);
}

size_t tg_stress_cycle(tg_stress *s, size_t i)
{
    const tgi_lock_cycle *c = cycle_at(s, i);
    return c == NULL ? 0 : c->count;
}

uint64_t tg_stress_cycle_run(tg_stress *s, size_t i, uint64_t *key)
{
    const tgi_lock_cycle *c = cycle_at(s, i);
    *key = 0;
    for (uint32_t k = 0; k < c->count; k++)
        *key += tgi_hash_combine(line_key(s, c->sides[k].holds), line_key(s, c->sides[k].wants));
    return c->run;
}

bool tg_stress_cycle_frame(tg_stress *s, size_t i, size_t side, bool wants, size_t k,
                           tg_stress_place *out, const char **thread)
{
    const tgi_lock_cycle *c = cycle_at(s, i);
    if (c == NULL || side >= c->count)
        return false;
    *thread = c->sides[side].thread;
    return frame_at(s, wants ? c->sides[side].wants : c->sides[side].holds, k, out);
}

bool tg_stress_confirm_cycle(tg_stress *s, size_t i, uint32_t attempts, tg_stress_result *out)
{
    tgi_engine *e = tgi_stress_engine_of(s);
    const tgi_lock_cycle *c = cycle_at(s, i);
    if (c == NULL)
        return false;
    tgi_lock_cycle aim = *c; // the list may grow
    const tgi_strategy *usual = e->strategy;
    bool confirmed = false;
    e->aim = &aim;
    e->strategy = &tgi_strategy_directed;
    for (uint32_t k = 0; k < attempts && !confirmed; k++) {
        tgi_stress_run_directed(s, UINT64_MAX - i * attempts - k, out);
        confirmed = out->kind == TG_STRESS_DEADLOCK;
        if (out->kind == TG_STRESS_INTERRUPTED)
            break;
    }
    e->strategy = usual;
    e->aim = NULL;
    return confirmed;
}
