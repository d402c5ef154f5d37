// SPDX-License-Identifier: MIT
//
// stalled.c - a run stands still, because a thread of the script waits for something that the
// tester does not control: what was found so far is told, and the process ends.
//
// Threads     the one that watches the run. Nobody else goes on: not even exit handlers run.
#include "cli/stress/session.h"

#include "cli/stress/message.h" // to the parent
#include "cli/stress/report.h"  // texts
#include "cli/stress/stress.h"  // exit codes

#include "base/clock.h" // how long it took

#include <stdlib.h> // NULL
#include <unistd.h> // _exit

// Something like a session, if the run is not one of any.
static tgi_stress_session *session_of(tgi_session *p)
{
    tgi_stress_session fresh = {.points = TG_STRESS_GIL};
    if (p->found == NULL && vec_push(&p->results->sessions, fresh))
        p->found = &vec_last(&p->results->sessions);
    return p->found;
}

// A process of jobs.c: its parent tells.
static void send(const tgi_session *p, const tg_stress_result *r)
{
    bool fresh;
    tgi_stress_session found = {
        .points = p->found->points, .code = TGI_STRESS_STALLED, .runs = 1, .failed = 1};
    (void)tgi_stress_note_failure(&found, p->run, r, &fresh);
    (void)tgi_message_send(p->fd, p->chunk, true, &found);
    _exit(0);
}

void tgi_session_stalled(void *arg, const tg_stress_result *r)
{
    tgi_session *p = arg;
    if (p->fd > 0)
        send(p, r);
    tgi_session_clear_progress(p);
    tgi_stress_session *f = session_of(p);
    if (f == NULL)
        _exit(TGI_STRESS_BROKEN);
    if (p->start != 0)
        f->seconds = (double)(tgi_clock_now_ns() - p->start) / 1e9 + 1e-9;
    f->code = r->kind == TG_STRESS_INTERRUPTED ? TGI_STRESS_INTERRUPTED : TGI_STRESS_STALLED;
    if (r->kind == TG_STRESS_STALLED) {
        bool fresh;
        f->failed++;
        f->runs += p->running;
        tgi_stress_failure *failure = tgi_stress_note_failure(f, p->run, r, &fresh);
        if (failure != NULL) {
            failure->count = p->running; // else no run of the seed has found it
            tgi_stress_report_failure(p->to, p->options, f, p->s, p->source, failure);
            fputc('\n', p->to);
        }
    }
    f->sums = tgi_stress_sums_of(f);
    if (f->seconds > 0)
        tgi_session_print_totals(p);
    p->results->code = f->code;
    if (!tgi_stress_write_files(p->results, p->source))
        f->code = TGI_STRESS_BROKEN;
    fflush(NULL);
    _exit(f->code);
}
