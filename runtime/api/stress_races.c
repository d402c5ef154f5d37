// SPDX-License-Identifier: MIT
//
// stress_races.c - public functions about the races of a session.
//
// Threads     the main thread.
#include "api/stress_races.h"

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

bool tg_stress_race_frame(tg_stress *s, size_t i, int side, size_t k, tg_stress_place *out)
{
    const tgi_race_report *r = report_at(s, i);
    if (r == NULL || side < 0 || side > 1)
        return false;
    uint32_t place = r->sides[side].place;
    for (; k > 0 && place != 0; k--)
        place = tgi_place_at(tgi_races_places(tgi_stress_engine_of(s)->races), place)->caller;
    return fill_place(s, place, out);
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
