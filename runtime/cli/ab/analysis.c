// SPDX-License-Identifier: MIT
//
// analysis.c - from runs to results. All ratios are formed inside a block and of speed: the time
// of what is compared with, divided by the time of the cell.
//
// Threads     one at a time: reads a session, writes an analysis; scratch space is static.
// Invariants  R1  The same runs give the same results to the last bit, whatever the seed of the
//                 order was: resampling has a seed of its own.
#include "cli/ab/analysis.h"

#include <math.h>   // log, exp, log1p, expm1
#include <string.h> // memset

#define SIGN_FLIPS 10000

static double figure(const tgi_ab_run *run, bool region)
{
    return region ? run->region : run->wall;
}

// Note [figure]. Times of regions and of whole processes must not be mixed in one table, so the
// region counts only if every run reported it.
static bool all_report_region(const tgi_ab_session *session)
{
    for (int block = 0; block < session->blocks_done; block++) {
        for (int cell = 0; cell < session->cell_count; cell++) {
            if (!(tgi_ab_run_of(session, block, cell)->region > 0))
                return false;
        }
    }
    return true;
}

static void log_speeds(const tgi_ab_session *session, bool region, int cell, int against,
                       double *out)
{
    for (int block = 0; block < session->blocks_done; block++) {
        out[block] = log(figure(tgi_ab_run_of(session, block, against), region) /
                         figure(tgi_ab_run_of(session, block, cell), region));
    }
}

static tgi_ab_interval log_interval(const tgi_ab_session *session, bool region, int cell,
                                    int against)
{
    double speeds[TGI_AB_MAX_BLOCKS];
    log_speeds(session, region, cell, against, speeds);
    return tgi_ab_bootstrap_median(speeds, (size_t)session->blocks_done, TGI_AB_MAX_RESAMPLES,
                                   TGI_AB_STATS_SEED);
}

int tgi_ab_find_cell(const tgi_ab_session *session, const tgi_ab_mode *mode, int threads)
{
    for (int i = 0; i < session->cell_count; i++) {
        const tgi_ab_cell *cell = &session->cells[i];
        if (cell->mode == mode && cell->threads == threads && !cell->again)
            return i;
    }
    return -1;
}

double tgi_ab_speed_so_far(const tgi_ab_session *session, int cell, int against)
{
    double speeds[TGI_AB_MAX_BLOCKS];
    log_speeds(session, false, cell, against, speeds);
    return exp(tgi_ab_median(speeds, (size_t)session->blocks_done));
}

static void describe_times(const tgi_ab_session *session, bool region, int cell, tgi_ab_result *out)
{
    double times[TGI_AB_MAX_BLOCKS], user[TGI_AB_MAX_BLOCKS], sys[TGI_AB_MAX_BLOCKS];
    double rss[TGI_AB_MAX_BLOCKS], busy[TGI_AB_MAX_BLOCKS];
    size_t count = (size_t)session->blocks_done;
    for (size_t block = 0; block < count; block++) {
        const tgi_ab_run *run = tgi_ab_run_of(session, (int)block, cell);
        times[block] = figure(run, region);
        user[block] = run->user;
        sys[block] = run->sys;
        rss[block] = run->max_rss;
        busy[block] = (run->user + run->sys) / run->wall;
    }
    out->median = tgi_ab_median(times, count);
    out->low_quartile = tgi_ab_quantile(times, count, 0.25);
    out->high_quartile = tgi_ab_quantile(times, count, 0.75);
    out->user = tgi_ab_median(user, count);
    out->sys = tgi_ab_median(sys, count);
    out->max_rss = tgi_ab_median(rss, count);
    out->busy_cores = tgi_ab_median(busy, count);
}

// Note [trust]. The control is the same program in the same mode, so every difference in it was
// made by the measurement. If it is off by more than the practical margin, verdicts about smaller
// differences than that would be noise: the margin grows to the end of the control's interval.
static void judge_control(const tgi_ab_session *session, tgi_ab_analysis *out)
{
    double margin = log1p(TGI_AB_MARGIN);
    size_t count = (size_t)session->blocks_done;
    tgi_ab_interval control =
        log_interval(session, out->region, session->cell_count - 1, session->reference);
    out->control = tgi_ab_interval_exp(control);
    switch (tgi_ab_decide(control, count, margin)) {
    case TGI_AB_SAME:
        out->trust = TGI_AB_TRUST_GOOD;
        break;
    case TGI_AB_FASTER:
    case TGI_AB_SLOWER:
        out->trust = TGI_AB_TRUST_BIASED;
        margin = fmax(fabs(control.low), fabs(control.high));
        break;
    case TGI_AB_UNDECIDED:
        out->trust = count < TGI_AB_MIN_BLOCKS ? TGI_AB_TRUST_UNKNOWN : TGI_AB_TRUST_NOISY;
        break;
    }
    out->margin = expm1(margin);
}

static void compare_cell(const tgi_ab_session *session, tgi_ab_analysis *analysis, int index)
{
    const tgi_ab_options *options = session->options;
    const tgi_ab_cell *cell = &session->cells[index];
    tgi_ab_result *out = &analysis->results[index];
    bool region = analysis->region;
    int fewest = options->threads[0];
    int first = tgi_ab_find_cell(session, cell->mode, fewest);
    int base = tgi_ab_find_cell(session, session->base, cell->threads);

    out->oversubscribed = cell->threads > session->machine.cores;
    out->speedup = tgi_ab_interval_exp(log_interval(session, region, index, first));
    out->efficiency = out->speedup.estimate * fewest / cell->threads;
    out->overall = tgi_ab_interval_exp(log_interval(session, region, index, session->reference));
    tgi_ab_interval versus = log_interval(session, region, index, base);
    out->versus = tgi_ab_interval_exp(versus);
    out->p = out->p_holm = 1;
    out->verdict = TGI_AB_SAME;
    if (index == base || cell->again)
        return;
    size_t count = (size_t)session->blocks_done;
    double speeds[TGI_AB_MAX_BLOCKS];
    log_speeds(session, region, index, base, speeds);
    out->p = tgi_ab_sign_flip_p(speeds, count, SIGN_FLIPS, TGI_AB_STATS_SEED);
    double margin = log1p(analysis->margin);
    out->verdict = tgi_ab_decide(versus, count, margin);
    if (out->verdict == TGI_AB_UNDECIDED) {
        analysis->undecided = true;
        out->more_blocks = tgi_ab_blocks_to_decide(versus, count, margin);
    }
}

// The law is fitted to counts that have a core for every thread (L2 in usl.c).
static void fit_scaling(const tgi_ab_session *session, bool region, const tgi_ab_mode *mode,
                        tgi_ab_usl *out)
{
    static double log_speed[TGI_AB_MAX_BLOCKS * TGI_AB_USL_MAX_POINTS];
    const tgi_ab_options *options = session->options;
    double threads[TGI_AB_USL_MAX_POINTS];
    int cells[TGI_AB_USL_MAX_POINTS];
    size_t points = 0;
    for (int i = 0; i < options->thread_counts; i++) {
        if (options->threads[i] > session->machine.cores)
            continue;
        threads[points] = options->threads[i];
        cells[points++] = tgi_ab_find_cell(session, mode, options->threads[i]);
    }
    for (int block = 0; block < session->blocks_done; block++) {
        for (size_t i = 0; i < points; i++)
            log_speed[(size_t)block * points + i] =
                -log(figure(tgi_ab_run_of(session, block, cells[i]), region));
    }
    tgi_ab_usl_analyse(threads, log_speed, points, (size_t)session->blocks_done, TGI_AB_STATS_SEED,
                       out);
}

void tgi_ab_analyse(const tgi_ab_session *session, tgi_ab_analysis *out)
{
    memset(out, 0, sizeof *out);
    out->blocks = session->blocks_done;
    out->region = all_report_region(session);
    judge_control(session, out);
    double p[TGI_AB_MAX_CELLS];
    int compared[TGI_AB_MAX_CELLS];
    size_t count = 0;
    for (int i = 0; i < session->cell_count; i++) {
        describe_times(session, out->region, i, &out->results[i]);
        compare_cell(session, out, i);
        if (session->cells[i].mode == session->base)
            continue;
        compared[count] = i;
        p[count++] = out->results[i].p;
    }
    tgi_ab_holm(p, count);
    for (size_t i = 0; i < count; i++)
        out->results[compared[i]].p_holm = p[i];
    for (int i = 0; i < session->options->mode_count; i++)
        fit_scaling(session, out->region, session->options->modes[i], &out->scaling[i]);
}
