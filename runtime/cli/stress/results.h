// SPDX-License-Identifier: MIT
//
// results.h - what sessions of `togil stress` have found, and the files it is written to.
// results.c, sums.c, results_races.c, results_json.c, results_junit.c.
#ifndef TGI_CLI_STRESS_RESULTS_H
#define TGI_CLI_STRESS_RESULTS_H

#include "cli/stress/options.h" // tgi_stress_options
#include "cli/stress/seen.h"    // what processes tell each other

#include "base/vec.h" // lists

#include <stdio.h> // FILE

// A line of the trace of a failure.
typedef struct tgi_stress_line {
    uint32_t thread, line, object;
    const char *action, *file, *function; // live as long as the runtime
    bool preempted, visible;
    char text[48];
} tgi_stress_line;

typedef struct tgi_stress_failure {
    tg_stress_kind kind;
    char *text, *thread; // what went wrong, and where
    char *schedule;      // the shortest that was found; NULL: it did not come back
    char *anchors;       // of it: tg_stress_anchors; NULL
    char *found;         // the schedule of the run that failed
    uint64_t run;        // the first run that failed in this way
    uint64_t count;      // runs that did
    uint64_t signature;
    uint64_t hash;                                              // of what the short schedule does
    uint64_t steps, switches, preemptions, deviations, replays; // of the short schedule
    uint32_t threads;
    tgi_vec(char *) names; // of threads
    tgi_vec(tgi_stress_line) lines;
    size_t left_off;    // lines before the first
    uint64_t forgotten; // steps before these, which nothing is known about
} tgi_stress_failure;

typedef struct tgi_stress_race_place {
    tg_stress_place place;
    int what; // results_races.c
} tgi_stress_race_place;

typedef struct tgi_stress_race {
    tg_stress_race race; // its names are those below
    char name[96], thread[2][40];
    tgi_vec(tgi_stress_race_place) places;
} tgi_stress_race;

enum { TGI_STRESS_DEPTHS = 6 };

// Numbers that can be added up over processes and machines.
typedef struct tgi_stress_sums {
    uint64_t runs, failed, others, steps, decisions, switches, preemptions;
    uint64_t most_threads, most_points;   // of a run that does not learn
    uint64_t by_depth[TGI_STRESS_DEPTHS]; // runs of strategy pct; the last: so deep or deeper
} tgi_stress_sums;

// What strategy pct promises: chance.c.
typedef struct tgi_stress_chance {
    bool known;
    tg_stress_promise promise;
    struct {
        uint32_t depth;
        double missed;      // at most with this probability
        uint64_t schedules; // that might have shown such a bug
    } bugs[2];
    size_t count; // of bugs; 0: nothing can be said
    char text[256];
} tgi_stress_chance;

// The runs under one policy.
typedef struct tgi_stress_session {
    const char *test; // @stress.test; NULL: the script itself
    tg_stress_points points;
    uint64_t first; // run
    uint64_t runs, failed;
    uint64_t steps, decisions, switches, preemptions;
    uint64_t most_threads, most_points; // as in the sums
    uint64_t by_depth[TGI_STRESS_DEPTHS];
    double seconds;
    int code;                             // TGI_STRESS_*
    bool crashed;                         // a process of the tester did
    tgi_stress_sums sums;                 // without runs that were directed
    tgi_stress_seen_list seen;            // with several processes or machines
    tgi_vec(tgi_stress_failure) failures; // one of every kind, in order of appearance
    uint64_t others;                      // failed runs of further kinds, which have no entry
    tgi_vec(tgi_stress_race) races;
    bool races_incomplete; // a run did more than is watched
    bool systematic;       // there is a coverage; its text is `covered`
    tg_stress_coverage coverage;
    char covered[192];
    tgi_stress_chance chance;
} tgi_stress_session;

typedef struct tgi_stress_results {
    const tgi_stress_options *options;
    const struct tgi_merge *merge; // what machines have found, instead of runs; NULL: none
    uint64_t source;               // hash of the script
    FILE *digest;                  // of --digest; NULL
    tgi_vec(tgi_stress_session) sessions;
    int code; // of the command
} tgi_stress_results;

enum { TGI_STRESS_MOST_FAILURES = 10 };

// The entry for failures like r, which run `run` has shown; *fresh: it is new. NULL: there is no
// room.
tgi_stress_failure *tgi_stress_note_failure(tgi_stress_session *session, uint64_t run,
                                            const tg_stress_result *r, bool *fresh);
// Keeps the last run of s, which was traced: the short form of f.
void tgi_stress_keep_trace(tgi_stress_failure *f, tg_stress *s, const tg_stress_result *r);
// Adds an entry of another process, in the order of runs, and takes over what it owns; *fresh: it
// is new. False: there is no room.
bool tgi_stress_add_failure(tgi_stress_session *session, tgi_stress_failure *f, bool *fresh);
tgi_stress_sums tgi_stress_sums_of(const tgi_stress_session *session);
void tgi_stress_add_sums(tgi_stress_session *session, const tgi_stress_sums *sums);

// What the runs of the session promise, by what s promises.
void tgi_stress_keep_chance(tgi_stress_session *session, tg_stress *s);
void tgi_stress_failure_free(tgi_stress_failure *f); // what it owns
void tgi_stress_failures_free(tgi_stress_session *session);
void tgi_stress_session_free(tgi_stress_session *session);
void tgi_stress_results_free(tgi_stress_results *results);

// What comparing the policies says. It speaks of runs that fail: a race is the same under every
// policy.
typedef struct tgi_stress_verdict {
    bool compared;      // false: not every policy was tried
    bool fails[3];      // by tg_stress_points
    const char *name;   // "broken", "fragile", "exposed", "none"; NULL if not compared
    const char *phrase; // the same for people
} tgi_stress_verdict;

// `one`: only of the test that was done last.
tgi_stress_verdict tgi_stress_compare(const tgi_stress_results *results, bool one);

// Whether the session counts as failed: a run did, or with --race fail there is a race.
bool tgi_stress_has_failed(const tgi_stress_session *session);

// The command that shows a failure again, without the script: by its run, or by its schedule.
void tgi_stress_print_again(FILE *to, const tgi_stress_options *o, const tgi_stress_session *s,
                            const tgi_stress_failure *f, bool by_schedule);

void tgi_stress_write_json(const tgi_stress_results *results, FILE *to);
void tgi_stress_write_perfetto(const tgi_stress_results *results, FILE *to);
void tgi_stress_write_junit(const tgi_stress_results *results, FILE *to);

struct tgi_ab_json;
// The races that s has found so far.
void tgi_stress_keep_races(tgi_stress_session *session, tg_stress *s);
void tgi_stress_free_races(tgi_stress_session *session);
void tgi_stress_write_races(struct tgi_ab_json *j, const tgi_stress_session *session);

#endif
