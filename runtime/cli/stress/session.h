// SPDX-License-Identifier: MIT
//
// session.h - the runs of a script under one policy. session.c; several processes: jobs.c.
#ifndef TGI_CLI_STRESS_SESSION_H
#define TGI_CLI_STRESS_SESSION_H

#include "cli/source.h"               // tgi_source
#include "cli/stress/results.h"       // what was found
#include "cli/stress/schedule_file.h" // --replay

typedef struct tgi_session {
    tgi_stress_results *results;
    const tgi_stress_options *options;
    const tgi_source *source;
    tg_thread *t;
    tg_stress *s;
    FILE *to;                      // what people read
    const tgi_schedule_file *file; // of --replay; NULL: none
    const struct tgi_merge *merge; // NULL: none
    tgi_stress_session *found;
    size_t test;             // number of it
    FILE *digest;            // NULL
    bool tell;               // failures are printed
    int64_t start;           // of the first run
    int64_t progress;        // when progress was shown last; 0: it is not shown
    bool late;               // the time was over in the middle of a run
    bool shown;              // its line is on the screen
    tgi_stress_numbers told; // seen.h
    bool running;            // a run that counts is on its way:
    uint64_t run;            // this one
    int fd;                  // of a process of jobs.c: where it sends what it finds; 0: it is none
    uint64_t chunk;          // the same: what it does
} tgi_session;

// What to do after a run.
typedef enum tgi_session_next {
    TGI_SESSION_GO_ON,
    TGI_SESSION_ENOUGH,
    TGI_SESSION_STOPPED, // interrupted, or no memory: `code` of what is found says so
} tgi_session_next;

// The runs under one policy, of the script or of test `number`, which is called `test` (NULL: of
// the script). `results` gets a session. A TGI_STRESS_* code.
int tgi_session_run(tgi_stress_results *results, tg_thread *t, const tgi_source *source,
                    tg_stress_points points, FILE *to, const tgi_schedule_file *file, bool tell,
                    const char *test, size_t number);

// Opens p->s; how long a run may take, and who is told of one that stands still, is the same for
// all sessions.
tg_status tgi_session_open(tgi_session *p, tg_stress_options settings);

// One run: counted in `found`, a failure of a new kind is kept, and *fresh.
tgi_session_next tgi_session_one(tgi_session *p, tgi_stress_session *found, uint64_t run,
                                 tgi_stress_failure **fresh);
// Makes the schedule of a failure short and prints it.
void tgi_session_report(tgi_session *p, tgi_stress_failure *f);
// On a terminal, once a second: how far it is.
void tgi_session_show_progress(tgi_session *p);
void tgi_session_clear_progress(tgi_session *p);

// A run stands still: tells, and ends the process. tg_stress_options.stalled; arg is the session.
void tgi_session_stalled(void *arg, const tg_stress_result *r);

void tgi_session_print_totals(const tgi_session *p);

#endif
