// SPDX-License-Identifier: MIT
//
// session.c - the runs of a script under one policy.
#include "cli/stress/session.h"

#include "cli/stress/jobs.h"   // several processes
#include "cli/stress/merge.h"  // several machines
#include "cli/stress/races.h"  // texts
#include "cli/stress/report.h" // texts
#include "cli/stress/shard.h"  // which runs
#include "cli/stress/stress.h" // exit codes

#include "base/clock.h" // budget

#include <string.h> // memset
#include <unistd.h> // isatty

static const char command[] = "togil stress";

// Less than this says nothing about a rate.
enum { RATE_RUNS = 100 };
static const double RATE_SECONDS = 0.1;

enum { DIRECTED_RUNS = 20, CYCLES_TRIED = 10, SHRINK_BUDGET = 2000 };
// One in so many of the runs that were asked for may go into a proof.
enum { PROOF_SHARE = 10 };

tg_status tgi_session_open(tgi_session *p, tg_stress_options settings)
{
    settings.max_steps = p->options->max_steps;
    settings.patience_ns = (int64_t)(p->options->patience * 1e9);
    settings.stalled = tgi_session_stalled;
    settings.stalled_arg = p;
    return tg_stress_open(p->t, p->source->text, p->source->size, p->source->name, &settings,
                          &p->s);
}

// With the policy and the options of the command, but for these two.
static tg_status open_with(tgi_session *p, const char *strategy, bool races)
{
    const tgi_stress_options *o = p->options;
    tg_stress_options settings = {.points = p->found->points,
                                  .strategy = strategy,
                                  .seed = o->seed,
                                  .adversarial = o->adversarial,
                                  .races = races,
                                  .os_threads = o->os_threads};
    return tgi_session_open(p, settings);
}

static int open_session(tgi_session *p)
{
    const tgi_stress_options *o = p->options;
    tg_status st = open_with(p, o->strategy, !o->no_races && o->replay == NULL);
    tg_stress_coverage c;
    p->found->systematic = st == TG_OK && tg_stress_covered(p->s, &c);
    if (p->found->systematic && o->shard.count > 1) {
        tg_stress_close(p->s);
        return tgi_usage_error(command, "a systematic search cannot be dealt out to machines");
    }
    if (st == TG_OK && p->found->test != NULL) {
        st = tg_stress_choose_test(p->s, p->test);
        if (st != TG_OK)
            tg_stress_close(p->s);
    }
    if (st == TG_OK)
        return TGI_STRESS_CLEAN;
    if (st == TG_ERR_INTERRUPTED)
        return TGI_STRESS_INTERRUPTED;
    if (st == TG_ERR_RAISED)
        (void)tg_report_exception(p->t, tg_error_fetch(p->t));
    else
        fprintf(stderr, "%s: %s\n", command,
                st == TG_ERR_ARG ? "the strategy's number is wrong" : "out of memory");
    return st == TG_ERR_NOMEM ? TGI_STRESS_BROKEN : TGI_STRESS_USAGE;
}

void tgi_session_print_totals(const tgi_session *p)
{
    const tgi_stress_options *o = p->options;
    const tgi_stress_session *f = p->found;
    if (f->test != NULL)
        fprintf(p->to, "test %s: ", f->test);
    fprintf(p->to, "%llu of %llu schedules failed (policy %s, strategy %s, seed %llu",
            (unsigned long long)f->failed, (unsigned long long)f->runs,
            tgi_stress_points_name(f->points),
            o->strategy != NULL ? o->strategy : tg_stress_strategy(0), (unsigned long long)o->seed);
    if (o->shard.count > 1)
        fprintf(p->to, ", shard %llu/%llu", (unsigned long long)o->shard.index,
                (unsigned long long)o->shard.count);
    fputs(")", p->to);
    if (f->runs >= RATE_RUNS && f->seconds >= RATE_SECONDS)
        fprintf(p->to, ", %.0f per second", (double)f->runs / f->seconds);
    fputs("\n", p->to);
}

// --- progress

void tgi_session_clear_progress(tgi_session *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
    p->shown = false;
}

void tgi_session_show_progress(tgi_session *p)
{
    int64_t now = tgi_clock_now_ns();
    if (p->progress == 0 || now - p->progress < TGI_NS_PER_S)
        return;
    p->progress = now;
    p->shown = true;
    const tgi_stress_session *f = p->found;
    fprintf(stderr, "\r\033[K%llu of %llu schedules tried, %llu failed, %.0f per second",
            (unsigned long long)f->runs, (unsigned long long)p->options->runs,
            (unsigned long long)f->failed, (double)f->runs / f->seconds);
    fflush(stderr);
}

// --- runs

void tgi_session_report(tgi_session *p, tgi_stress_failure *f)
{
    tg_stress_result r;
    uint32_t replays = 0;
    tgi_session_clear_progress(p);
    if (f->found == NULL) { // too many decisions
        if (p->tell)
            tgi_stress_report_failure(p->to, p->options, p->found, p->s, p->source, f);
        return;
    }
    if (tg_stress_shrink(p->s, f->found, SHRINK_BUDGET, &r, &replays) != TG_OK) {
        fprintf(stderr, "%s: the failure of run %llu did not come back\n", command,
                (unsigned long long)f->run);
        return;
    }
    tgi_stress_keep_trace(f, p->s, &r);
    f->replays = replays;
    if (!p->tell)
        return;
    tgi_stress_report_failure(p->to, p->options, p->found, p->s, p->source, f);
    fputc('\n', p->to);
}

static void count(tgi_stress_session *f, const tg_stress_result *r)
{
    f->runs++;
    f->steps += r->steps;
    f->decisions += r->decisions;
    f->switches += r->switches;
    f->preemptions += r->preemptions;
}

// A run that learns decides more often.
static void count_most(tgi_stress_session *f, uint64_t run, const tg_stress_result *r)
{
    if (run >= TG_STRESS_BLOCK && f->most_threads < r->threads)
        f->most_threads = r->threads;
    if (run >= TG_STRESS_BLOCK && f->most_points < r->points)
        f->most_points = r->points;
    uint32_t depth = r->depth < TGI_STRESS_DEPTHS ? r->depth : TGI_STRESS_DEPTHS - 1;
    f->by_depth[depth]++;
}

// What the systematic search s has covered.
static void keep_coverage(tgi_session *p, tg_stress *s)
{
    tgi_stress_session *f = p->found;
    f->systematic = tg_stress_covered(s, &f->coverage);
    if (!f->systematic)
        return;
    snprintf(f->covered, sizeof f->covered, "%s", f->coverage.text);
    f->coverage.text = NULL;
}

// Whether a run was not brought to its end, and the session neither.
static tgi_session_next cut_short(tgi_session *p, tgi_stress_session *found, tg_stress_kind kind)
{
    if (kind == TG_STRESS_LATE) {
        p->late = true;
        return TGI_SESSION_ENOUGH;
    }
    if (kind != TG_STRESS_LOST && kind != TG_STRESS_INTERRUPTED)
        return TGI_SESSION_GO_ON;
    found->code = kind == TG_STRESS_LOST ? TGI_STRESS_BROKEN : TGI_STRESS_INTERRUPTED;
    return TGI_SESSION_STOPPED;
}

tgi_session_next tgi_session_one(tgi_session *p, tgi_stress_session *found, uint64_t run,
                                 tgi_stress_failure **fresh)
{
    const tgi_stress_options *o = p->options;
    tg_stress_result r;
    bool is_new = false;
    *fresh = NULL;
    p->run = run;
    p->running = true;
    tg_stress_run(p->s, run, &r);
    p->running = false;
    if (p->digest != NULL)
        fprintf(p->digest, "%s %llu %d %016llx %016llx\n", tgi_stress_points_name(found->points),
                (unsigned long long)run, (int)r.kind, (unsigned long long)r.hash,
                (unsigned long long)r.signature);
    found->seconds = (double)(tgi_clock_now_ns() - p->start) / 1e9 + 1e-9;
    if (r.kind != TG_STRESS_LATE) {
        count(found, &r);
        count_most(found, run, &r);
    }
    tgi_session_next cut = cut_short(p, found, r.kind);
    if (cut != TGI_SESSION_GO_ON)
        return cut;
    if (r.kind != TG_STRESS_OK) {
        found->failed++;
        tgi_stress_failure *f = tgi_stress_note_failure(found, run, &r, &is_new);
        if (is_new)
            *fresh = f;
    }
    bool enough = o->one_run || tg_stress_is_over(p->s) || (found->failed > 0 && !o->keep_going) ||
                  (o->seconds > 0 && found->seconds > o->seconds);
    return enough ? TGI_SESSION_ENOUGH : TGI_SESSION_GO_ON;
}

static tgi_session_next one_here(tgi_session *p, uint64_t run)
{
    tgi_stress_failure *fresh;
    tgi_session_next next = tgi_session_one(p, p->found, run, &fresh);
    if (fresh != NULL)
        tgi_session_report(p, fresh);
    tgi_session_show_progress(p);
    return next;
}

static tgi_session_next block_here(tgi_session *p, uint64_t k)
{
    uint64_t first = tgi_shard_block(&p->options->shard, k);
    tgi_session_next next = TGI_SESSION_GO_ON;
    if (first >= p->options->runs)
        return TGI_SESSION_ENOUGH;
    for (uint64_t i = 0; i < TG_STRESS_BLOCK && next == TGI_SESSION_GO_ON; i++) {
        if (first + i >= p->options->runs)
            return TGI_SESSION_ENOUGH;
        next = one_here(p, first + i);
    }
    return next;
}

// The first block, which another shard counts.
static tgi_session_next make_up(tgi_session *p, uint64_t from, uint64_t to)
{
    tg_stress_result r;
    tgi_session_next next = TGI_SESSION_GO_ON;
    for (uint64_t i = from; i < to && next == TGI_SESSION_GO_ON; i++) {
        tg_stress_run(p->s, i, &r);
        next = cut_short(p, p->found, r.kind);
    }
    return next;
}

static tgi_session_next make_up_whole(tgi_session *p)
{
    tgi_session_next next = make_up(p, 0, TG_STRESS_BLOCK);
    tgi_stress_seen_list none = TGI_VEC_INIT;
    (void)tgi_stress_seen_take(&none, &p->told, p->s);
    vec_free(&none);
    return next;
}

// What others have seen is seen here, too: Note [again] in seen.h.
static tgi_session_next see_again(tgi_session *p)
{
    tgi_stress_numbers runs = TGI_VEC_INIT;
    tg_stress_result r = {.kind = TG_STRESS_OK};
    tg_stress_stop_at(p->s, 0);
    bool well = tgi_stress_seen_runs(&p->found->seen, TG_STRESS_BLOCK, &runs);
    for (size_t i = 0; well && i < runs.count && r.kind != TG_STRESS_INTERRUPTED; i++)
        tg_stress_run(p->s, runs.data[i], &r);
    vec_free(&runs);
    p->found->code = !well                             ? TGI_STRESS_BROKEN
                     : r.kind == TG_STRESS_INTERRUPTED ? TGI_STRESS_INTERRUPTED
                                                       : p->found->code;
    return well && r.kind != TG_STRESS_INTERRUPTED ? TGI_SESSION_GO_ON : TGI_SESSION_STOPPED;
}

static tgi_session_next explore_blocks(tgi_session *p)
{
    const tgi_stress_options *o = p->options;
    tgi_stress_session *f = p->found;
    uint64_t k = 0;
    tgi_session_next next = TGI_SESSION_GO_ON;
    if (o->shard.index > 1)
        next = make_up_whole(p);
    else
        next = block_here(p, k++);
    bool shares = o->jobs > 1 && !f->systematic;
    if (next == TGI_SESSION_GO_ON && shares) {
        if (!tgi_stress_seen_take(&f->seen, &p->told, p->s))
            f->code = TGI_STRESS_BROKEN;
        else
            next = tgi_jobs_explore(p, k);
        return next == TGI_SESSION_STOPPED || f->code != 0 ? TGI_SESSION_STOPPED : see_again(p);
    }
    while (next == TGI_SESSION_GO_ON)
        next = block_here(p, k++);
    if (o->shard.count > 1 && !tgi_stress_seen_take(&f->seen, &p->told, p->s))
        f->code = TGI_STRESS_BROKEN;
    return next;
}

// What other machines have found.
static tgi_session_next merge(tgi_session *p)
{
    tgi_stress_session *f = p->found;
    if (!tgi_merge_take(p->merge, f)) {
        f->code = TGI_STRESS_BROKEN;
        return TGI_SESSION_STOPPED;
    }
    uint64_t done = 0;
    for (size_t i = 0; i <= f->failures.count; i++) {
        // How short a schedule becomes depends on what was learnt before it was found.
        uint64_t to = i < f->failures.count ? f->failures.data[i].run + 1 : TG_STRESS_BLOCK;
        to = to < TG_STRESS_BLOCK ? to : TG_STRESS_BLOCK;
        if (make_up(p, done, to) == TGI_SESSION_STOPPED)
            return TGI_SESSION_STOPPED;
        done = done < to ? to : done;
        if (i < f->failures.count)
            tgi_session_report(p, &f->failures.data[i]);
    }
    return see_again(p);
}

static void keep_to_budget(tgi_session *p)
{
    if (p->options->seconds > 0)
        tg_stress_stop_at(p->s, p->start + (int64_t)(p->options->seconds * 1e9));
}

static int explore(tgi_session *p)
{
    const tgi_stress_options *o = p->options;
    tgi_stress_session *f = p->found;
    p->start = tgi_clock_now_ns();
    p->progress = isatty(2) ? p->start : 0;
    f->seconds = 1e-9;
    keep_to_budget(p);
    f->first = o->one_run ? o->run : 0;
    tgi_session_next next = p->merge != NULL ? merge(p)
                            : o->one_run     ? one_here(p, o->run)
                                             : explore_blocks(p);
    tgi_session_clear_progress(p);
    tg_stress_stop_at(p->s, 0);
    if (p->late && f->runs == 0)
        fprintf(stderr, "%s: the time was over before the first run was\n", command);
    if (next != TGI_SESSION_STOPPED && f->seen.count > 0)
        tgi_stress_seen_settle(&f->seen, p->s);
    if (p->merge == NULL)
        f->seconds = (double)(tgi_clock_now_ns() - p->start) / 1e9 + 1e-9;
    if (f->code == TGI_STRESS_BROKEN && !f->crashed)
        fprintf(stderr, "%s: out of memory\n", command);
    return f->code != 0 ? f->code : f->failed > 0 ? TGI_STRESS_FOUND : TGI_STRESS_CLEAN;
}

static bool has_changed(const tgi_session *p)
{
    return p->file->source != tgi_schedule_source_hash(p->source);
}

static void tell_changed(void)
{
    fprintf(stderr, "%s: the script has changed since the schedule was saved\n", command);
}

// Whether a replay has done what its file says. False after a message.
static bool is_as_saved(const tgi_session *p, const tg_stress_result *r)
{
    const tgi_schedule_file *file = p->file;
    if (file == NULL || (r->hash == file->hash && r->signature == file->signature))
        return true;
    bool changed = has_changed(p);
    if (changed)
        tell_changed();
    else if (r->signature == file->signature)
        fprintf(stderr,
                "%s: the run went another way than the one that was saved: something that "
                "the tester does not control decides\n",
                command);
    if (r->signature == file->signature)
        return changed;
    fprintf(stderr, "%s: the schedule does not lead to the failure that was saved\n", command);
    return false;
}

// Of a script that has changed, or whose run goes another way: the anchors of the file decide.
// True: *r is a run that did what they say; *as_saved: it failed as the file says.
static bool replay_anchors(tgi_session *p, tg_stress_result *r, bool *as_saved)
{
    const tgi_schedule_file *file = p->file;
    bool changed = file != NULL && has_changed(p);
    if (file == NULL || file->likeness == 0 || (!changed && r->signature == file->signature))
        return false;
    uint32_t met, all;
    if (tg_stress_replay_anchors(p->s, file->anchors != NULL ? file->anchors : "", r, &met, &all) !=
        TG_OK) {
        fprintf(stderr, "%s: the anchors of the schedule cannot be read\n", command);
        return false;
    }
    if (changed)
        tell_changed();
    fprintf(p->to, "replayed by anchors: %u of %u met\n", met, all);
    *as_saved =
        r->kind != TG_STRESS_OK && tgi_schedule_likeness(r->kind, r->text) == file->likeness;
    if (!*as_saved)
        fprintf(stderr, "%s: the anchors do not lead to the failure that was saved\n", command);
    return true;
}

static int replay(tgi_session *p)
{
    tg_stress_result r;
    const char *text = p->file != NULL ? p->file->schedule : p->options->replay;
    if (tg_stress_replay(p->s, text, true, &r) != TG_OK)
        return tgi_usage_error(command, "'%s' is not a schedule", p->options->replay);
    bool as_saved = true;
    if (r.kind != TG_STRESS_INTERRUPTED && !replay_anchors(p, &r, &as_saved))
        as_saved = is_as_saved(p, &r);
    if (r.kind == TG_STRESS_INTERRUPTED)
        return TGI_STRESS_INTERRUPTED;
    count(p->found, &r);
    if (r.kind == TG_STRESS_OK) {
        fprintf(p->to, "The schedule does not fail: %llu steps, %llu switches\n",
                (unsigned long long)r.steps, (unsigned long long)r.switches);
        return TGI_STRESS_DIFFERS;
    }
    bool fresh;
    p->found->failed++;
    tgi_stress_failure *f = tgi_stress_note_failure(p->found, 0, &r, &fresh);
    if (f == NULL)
        return TGI_STRESS_BROKEN;
    f->count = 0; // no run of the seed has found it
    tgi_stress_keep_trace(f, p->s, &r);
    tgi_stress_report_failure(p->to, p->options, p->found, p->s, p->source, f);
    return as_saved ? TGI_STRESS_FOUND : TGI_STRESS_DIFFERS;
}

static bool has_deadlock(const tgi_stress_session *f)
{
    for (size_t i = 0; i < f->failures.count; i++) {
        if (f->failures.data[i].kind == TG_STRESS_DEADLOCK)
            return true;
    }
    return false;
}

// Deadlocks that the order of locks allows, and that no run has met: a run is directed there.
// A failure that no run of the seed has found: it can be replayed only.
static void report_other(tgi_session *p, const tg_stress_result *r, int *code)
{
    bool fresh = false;
    count(p->found, r);
    p->found->failed++;
    *code = TGI_STRESS_FOUND;
    tgi_stress_failure *f = tgi_stress_note_failure(p->found, 0, r, &fresh);
    if (fresh) {
        f->count = 0;
        tgi_session_report(p, f);
    }
}

static void report_cycles(tgi_session *p, int *code)
{
    if (*code > TGI_STRESS_FOUND)
        return;
    for (size_t i = 0; i < CYCLES_TRIED && tg_stress_cycle(p->s, i) > 0; i++) {
        tg_stress_result r;
        bool known = has_deadlock(p->found);
        bool confirmed = !known && tg_stress_confirm_cycle(p->s, i, DIRECTED_RUNS, &r);
        if (!known && r.kind == TG_STRESS_INTERRUPTED) {
            *code = TGI_STRESS_INTERRUPTED;
            return;
        }
        if (confirmed)
            report_other(p, &r, code);
        if (!known && p->tell)
            tgi_stress_report_cycle(p->to, p->s, p->source, i, confirmed);
    }
}

// The portfolio has found nothing: perhaps a search comes to its end. Under the policy gil it has
// to try every order of steps, and seldom does.
static void prove(tgi_session *p, int *code)
{
    const tgi_stress_options *o = p->options;
    bool portfolio = o->strategy == NULL || strcmp(o->strategy, tg_stress_strategy(0)) == 0;
    if (*code != TGI_STRESS_CLEAN || !portfolio || o->one_run || o->shard.count > 1 || p->late ||
        p->found->points == TG_STRESS_GIL)
        return;
    tg_stress_rest(p->s); // one of them is watched
    tgi_session q = *p;
    if (open_with(&q, "dpor", false) != TG_OK)
        return;
    bool goes = q.found->test == NULL || tg_stress_choose_test(q.s, q.test) == TG_OK;
    tg_stress_result r = {.kind = TG_STRESS_OK};
    keep_to_budget(&q);
    for (uint64_t i = 0; goes && i < o->runs / PROOF_SHARE && !tg_stress_is_over(q.s); i++) {
        tg_stress_run(q.s, i, &r);
        goes = r.kind == TG_STRESS_OK;
    }
    tg_stress_coverage c;
    if (goes && tg_stress_covered(q.s, &c) && c.complete)
        keep_coverage(p, q.s);
    else if (r.kind == TG_STRESS_INTERRUPTED)
        *code = TGI_STRESS_INTERRUPTED;
    else if (r.kind != TG_STRESS_OK && r.kind != TG_STRESS_LATE && r.kind != TG_STRESS_LOST &&
             r.kind != TG_STRESS_ENDLESS) // a search may keep a thread back for ever
        report_other(&q, &r, code);
    tg_stress_close(q.s);
}

// The policy makes no difference to races: with several sessions, the first one tells.
static void report_races(const tgi_session *p, int *code)
{
    const tgi_stress_options *o = p->options;
    if (o->no_races || (o->diff_gil && p->found->points != TG_STRESS_GIL))
        return;
    size_t errors = tgi_stress_report_races(p->to, p->s, p->source);
    if (*code == TGI_STRESS_CLEAN && errors > 0 && o->races_fail)
        *code = TGI_STRESS_FOUND;
}

// What may be concluded from that nothing has failed.
static void print_claims(const tgi_session *p)
{
    const tgi_stress_session *f = p->found;
    if (f->systematic)
        fprintf(p->to, "%s\n", f->covered);
    else if (f->failed == 0 && f->chance.known && (f->chance.count > 0 || f->chance.promise.all))
        fprintf(p->to, "%s\n", f->chance.text);
}

int tgi_session_run(tgi_stress_results *results, tg_thread *t, const tgi_source *source,
                    tg_stress_points points, FILE *to, const tgi_schedule_file *file, bool tell,
                    const char *test, size_t number)
{
    tgi_stress_session fresh = {.points = points, .test = test};
    if (!vec_push(&results->sessions, fresh))
        return TGI_STRESS_BROKEN;
    tgi_session p = {.results = results,
                     .options = results->options,
                     .source = source,
                     .t = t,
                     .to = to,
                     .file = file,
                     .tell = tell,
                     .test = number,
                     .digest = results->digest,
                     .merge = results->merge,
                     .found = &vec_last(&results->sessions)};
    int code = open_session(&p);
    if (code == TGI_STRESS_CLEAN) {
        if (p.options->replay != NULL) {
            code = replay(&p);
        } else {
            code = explore(&p);
            p.found->sums = tgi_stress_sums_of(p.found);
            report_cycles(&p, &code);
            keep_coverage(&p, p.s);
            prove(&p, &code);
            report_races(&p, &code);
            tgi_stress_keep_races(p.found, p.s);
            tgi_session_print_totals(&p);
            if (code == TGI_STRESS_CLEAN || code == TGI_STRESS_FOUND)
                tgi_stress_keep_chance(p.found, p.s);
            print_claims(&p);
        }
        tg_stress_close(p.s);
    }
    vec_free(&p.told);
    p.found->code = code;
    return code;
}
