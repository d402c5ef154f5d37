// SPDX-License-Identifier: MIT
//
// stress_races.c - public functions about the races of a session.
//
// Threads     the main thread.
#include "api/stress_races.h"

#include "stress/strategy.h" // directed runs

static const tgi_race_report *report_at(tg_stress *s, size_t i)
{
    const tgi_engine *e = tgi_stress_engine_of(s);
    return e->races == NULL ? NULL : tgi_races_at(e->races, i);
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
    }
    e->strategy = usual;
    e->aim = NULL;
    return confirmed;
}
