// SPDX-License-Identifier: MIT
//
// results_races.c - the races of a session, kept, and as JSON.
#include "cli/stress/results.h"

#include "cli/ab/json.h"       // writer
#include "cli/stress/report.h" // names

#include <stdio.h> // snprintf

enum { FRAMES_KEPT = 16, LOCKS_KEPT = 8 };

// What of the report a place belongs to: a frame of side 0 or 1, a lock of it, the usual lock.
enum { PLACE_FRAME = 0, PLACE_LOCK = 2, PLACE_GUARD = 4 };

static void keep_place(tgi_stress_race *kept, int what, const tg_stress_place *p)
{
    tgi_stress_race_place place = {*p, what};
    (void)vec_push(&kept->places, place);
}

void tgi_stress_keep_races(tgi_stress_session *session, tg_stress *s)
{
    tg_stress_race race;
    tg_stress_place p;
    session->races_incomplete |= tg_stress_races_incomplete(s);
    for (size_t i = 0; tg_stress_race_at(s, i, &race); i++) {
        if (race.times == 0 || race.accepted)
            continue; // only another shard counts it, or nobody minds
        tgi_stress_race kept = {.race = race};
        snprintf(kept.name, sizeof kept.name, "%s", race.name);
        for (int side = 0; side < 2; side++) {
            snprintf(kept.thread[side], sizeof kept.thread[side], "%s", race.thread[side]);
            for (size_t k = 0; k < FRAMES_KEPT && tg_stress_race_frame(s, i, side, k, &p); k++)
                keep_place(&kept, PLACE_FRAME + side, &p);
            for (size_t k = 0; k < LOCKS_KEPT && tg_stress_race_lock(s, i, side, k, &p); k++)
                keep_place(&kept, PLACE_LOCK + side, &p);
        }
        if (tg_stress_race_lock(s, i, 2, 0, &p))
            keep_place(&kept, PLACE_GUARD, &p);
        if (!vec_push(&session->races, kept))
            vec_free(&kept.places);
    }
}

void tgi_stress_free_races(tgi_stress_session *session)
{
    for (size_t i = 0; i < session->races.count; i++)
        vec_free(&session->races.data[i].places);
    vec_free(&session->races);
}

static void write_places(tgi_ab_json *j, const char *key, const tgi_stress_race *r, int what)
{
    tgi_ab_json_open(j, key, '[');
    for (size_t i = 0; i < r->places.count; i++) {
        const tgi_stress_race_place *p = &r->places.data[i];
        if (p->what != what)
            continue;
        tgi_ab_json_open(j, NULL, '{');
        tgi_ab_json_string(j, "file", p->place.file);
        tgi_ab_json_int(j, "line", p->place.line);
        tgi_ab_json_string(j, "function", p->place.function);
        tgi_ab_json_close(j, '}');
    }
    tgi_ab_json_close(j, ']');
}

void tgi_stress_write_races(tgi_ab_json *j, const tgi_stress_session *session)
{
    tgi_ab_json_bool(j, "races_incomplete", session->races_incomplete);
    tgi_ab_json_open(j, "races", '[');
    for (size_t i = 0; i < session->races.count; i++) {
        const tgi_stress_race *r = &session->races.data[i];
        tgi_ab_json_open(j, NULL, '{');
        tgi_ab_json_string(j, "rule", r->race.rule);
        tgi_ab_json_string(j, "text", r->race.text);
        tgi_ab_json_string(j, "severity", tgi_stress_severity_name(r->race.severity));
        tgi_ab_json_string(j, "name", r->name);
        tgi_ab_json_int(j, "times", (int64_t)r->race.times);
        tgi_ab_json_int(j, "accesses", r->race.accesses);
        tgi_ab_json_int(j, "guarded", r->race.guarded);
        write_places(j, "guard", r, PLACE_GUARD);
        tgi_ab_json_open(j, "sides", '[');
        for (int side = 0; side < 2; side++) {
            tgi_ab_json_open(j, NULL, '{');
            tgi_ab_json_string(j, "thread", r->thread[side]);
            tgi_ab_json_bool(j, "write", r->race.write[side]);
            write_places(j, "stack", r, PLACE_FRAME + side);
            write_places(j, "locks", r, PLACE_LOCK + side);
            tgi_ab_json_close(j, '}');
        }
        tgi_ab_json_close(j, ']');
        tgi_ab_json_close(j, '}');
    }
    tgi_ab_json_close(j, ']');
}

// --- for other processes

bool tgi_stress_seen_take(tgi_stress_seen_list *to, tgi_stress_numbers *told, tg_stress *s)
{
    tg_stress_race r;
    for (size_t i = 0; tg_stress_race_at(s, i, &r); i++) {
        if (told->count <= i && !vec_push(told, 0))
            return false;
        uint64_t times = r.times - told->data[i];
        told->data[i] = r.times;
        tgi_stress_seen one = {.key = r.key,
                               .times = times,
                               .first = r.first_run,
                               .shown = r.shown_run,
                               .guard = r.guard_run,
                               .severity = (uint32_t)r.severity,
                               .accesses = r.accesses};
        if (times > 0 && !tgi_stress_seen_add(to, &one))
            return false;
    }
    for (size_t i = 0; tg_stress_cycle(s, i) > 0; i++) {
        tgi_stress_seen one = {.ring = true};
        one.first = one.shown = one.guard = tg_stress_cycle_run(s, i, &one.key);
        if (!tgi_stress_seen_add(to, &one))
            return false;
    }
    return true;
}

void tgi_stress_seen_settle(const tgi_stress_seen_list *seen, tg_stress *s)
{
    tg_stress_race r;
    for (size_t i = 0; tg_stress_race_at(s, i, &r); i++) {
        const tgi_stress_seen *one = tgi_stress_seen_find(seen, r.key, false);
        tg_stress_race_set_times(s, i, one != NULL ? one->times : 0);
    }
}
