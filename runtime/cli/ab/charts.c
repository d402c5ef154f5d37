// SPDX-License-Identifier: MIT
//
// charts.c - the pictures of the report. Every mark carries its numbers as a tooltip, and every
// line its name beside it, so nothing depends on telling colours apart.
//
// Threads     pure, apart from writing to the given file.
#include "cli/ab/charts.h"

#include <math.h>   // log, fmax
#include <string.h> // strlen

#include "cli/ab/report.h" // tgi_ab_format_ratio
#include "cli/ab/svg.h"    // tgi_ab_svg_line

#define WIDTH    760.0
#define MAX_DOTS 6000

static int mode_number(const tgi_ab_mode *mode)
{
    return (int)(mode - tgi_ab_modes);
}

static void short_label(const tgi_ab_cell *cell, char *out, size_t size)
{
    snprintf(out, size, "%s, %d thr.", cell->mode->name, cell->threads);
}

// -- speed over threads ------------------------------------------------------------------------

typedef struct speed_chart {
    const tgi_ab_session *session;
    const tgi_ab_analysis *analysis;
    FILE *to;
    tgi_ab_scale x;
    tgi_ab_scale y;
} speed_chart;

static void draw_axes(const speed_chart *chart)
{
    const tgi_ab_options *options = chart->session->options;
    double ticks[TGI_AB_MAX_TICKS];
    char text[128];
    int count = tgi_ab_scale_ticks(&chart->y, 40, ticks);
    for (int i = 0; i < count; i++) {
        double y = tgi_ab_scale_map(&chart->y, ticks[i]);
        tgi_ab_svg_line(chart->to, "grid", chart->x.start, y, chart->x.end, y);
        snprintf(text, sizeof text, "%gx", ticks[i]);
        tgi_ab_svg_text(chart->to, "tick", "end", chart->x.start - 8, y + 4, text);
    }
    double last = -100;
    for (int i = 0; i < options->thread_counts; i++) {
        double x = tgi_ab_scale_map(&chart->x, options->threads[i]);
        tgi_ab_svg_line(chart->to, "axis", x, chart->y.start, x, chart->y.start + 5);
        if (x - last < 24)
            continue;
        snprintf(text, sizeof text, "%d", options->threads[i]);
        tgi_ab_svg_text(chart->to, "tick", "middle", x, chart->y.start + 20, text);
        last = x;
    }
    tgi_ab_svg_line(chart->to, "axis", chart->x.start, chart->y.start, chart->x.end,
                    chart->y.start);
    tgi_ab_svg_text(chart->to, "tick", "middle", (chart->x.start + chart->x.end) / 2,
                    chart->y.start + 40, "threads");
    snprintf(text, sizeof text, "speed in units of %s on %d thread%s", chart->session->base->name,
             options->threads[0], options->threads[0] == 1 ? "" : "s");
    tgi_ab_svg_text(chart->to, "tick", "start", chart->x.start - 40, 16, text);
}

// Twice the threads, twice the speed: as far as the picture goes.
static void draw_ideal(const speed_chart *chart)
{
    double from = chart->x.from;
    double until = fmin(chart->x.to, chart->y.to * from);
    if (until <= from)
        return;
    const int points = 24;
    fprintf(chart->to, "<polyline class=\"ideal\" points=\"");
    for (int i = 0; i <= points; i++) {
        double n = from + (until - from) * i / points;
        fprintf(chart->to, "%.1f,%.1f ", tgi_ab_scale_map(&chart->x, n),
                tgi_ab_scale_map(&chart->y, n / from));
    }
    fprintf(chart->to, "\"><title>ideal: n threads, n times the speed</title></polyline>\n");
    tgi_ab_svg_text(chart->to, "tick", "end", tgi_ab_scale_map(&chart->x, until) - 14,
                    tgi_ab_scale_map(&chart->y, until / from) + 8, "ideal");
}

static void draw_mode(const speed_chart *chart, const tgi_ab_mode *mode, double label_y)
{
    const tgi_ab_options *options = chart->session->options;
    int number = mode_number(mode);
    fprintf(chart->to, "<polyline class=\"c%d curve\" points=\"", number);
    for (int i = 0; i < options->thread_counts; i++) {
        int cell = tgi_ab_find_cell(chart->session, mode, options->threads[i]);
        fprintf(chart->to, "%.1f,%.1f ", tgi_ab_scale_map(&chart->x, options->threads[i]),
                tgi_ab_scale_map(&chart->y, chart->analysis->results[cell].overall.estimate));
    }
    fprintf(chart->to, "\"/>\n");
    double x = 0;
    for (int i = 0; i < options->thread_counts; i++) {
        int cell = tgi_ab_find_cell(chart->session, mode, options->threads[i]);
        const tgi_ab_result *result = &chart->analysis->results[cell];
        char style[16], ratio[64], tooltip[160];
        x = tgi_ab_scale_map(&chart->x, options->threads[i]);
        snprintf(style, sizeof style, "c%d bar", number);
        tgi_ab_svg_line(chart->to, style, x, tgi_ab_scale_map(&chart->y, result->overall.low), x,
                        tgi_ab_scale_map(&chart->y, result->overall.high));
        tgi_ab_format_ratio(result->overall, 2, ratio, sizeof ratio);
        snprintf(tooltip, sizeof tooltip, "%s, threads: %d, speed %s%s", mode->name,
                 options->threads[i], ratio,
                 result->oversubscribed ? " (more threads than cores)" : "");
        tgi_ab_svg_mark(chart->to, number, result->oversubscribed, x,
                        tgi_ab_scale_map(&chart->y, result->overall.estimate), tooltip);
    }
    char style[16];
    snprintf(style, sizeof style, "c%d name", number);
    tgi_ab_svg_text(chart->to, style, "start", x + 12, label_y + 4, mode->name);
}

void tgi_ab_chart_speed(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to)
{
    const tgi_ab_options *options = session->options;
    const double height = 400;
    int most = options->threads[options->thread_counts - 1];
    double top = 1.2;
    for (int i = 0; i < session->cell_count - 1; i++)
        top = fmax(top, 1.08 * analysis->results[i].overall.high);
    speed_chart chart = {
        session,
        analysis,
        to,
        {options->threads[0], most, 70, WIDTH - 130, most > 16},
        {0, top, height - 50, 30, false},
    };
    double labels[TGI_AB_MODE_COUNT];
    for (int i = 0; i < options->mode_count; i++) {
        int cell = tgi_ab_find_cell(session, options->modes[i], most);
        labels[i] = tgi_ab_scale_map(&chart.y, analysis->results[cell].overall.estimate);
    }
    tgi_ab_spread_labels(labels, options->mode_count, 16, chart.y.end, chart.y.start);
    tgi_ab_svg_open(to, WIDTH, height, "Speed over the number of threads");
    draw_axes(&chart);
    draw_ideal(&chart);
    for (int i = 0; i < options->mode_count; i++)
        draw_mode(&chart, options->modes[i], labels[i]);
    tgi_ab_svg_close(to);
}

// -- forest plot -------------------------------------------------------------------------------

static void draw_forest_row(const tgi_ab_scale *x, double y, int shape, bool hollow,
                            const char *label, tgi_ab_interval ratio, const char *verdict, FILE *to)
{
    char text[64], tooltip[192], style[16];
    tgi_ab_format_ratio(ratio, 2, text, sizeof text);
    snprintf(tooltip, sizeof tooltip, "%s: %s %s", label, text, verdict);
    snprintf(style, sizeof style, "c%d bar", shape);
    tgi_ab_svg_text(to, "label", "start", 0, y + 4, label);
    tgi_ab_svg_line(to, style, tgi_ab_scale_map(x, ratio.low), y, tgi_ab_scale_map(x, ratio.high),
                    y);
    tgi_ab_svg_mark(to, shape, hollow, tgi_ab_scale_map(x, ratio.estimate), y, tooltip);
    tgi_ab_svg_text(to, "label", "start", x->end + 16, y + 4, text);
    tgi_ab_svg_text(to, "label", "start", x->end + 146, y + 4, verdict);
}

static void draw_forest_axis(const tgi_ab_scale *x, double top, double bottom, double margin,
                             const char *base, FILE *to)
{
    double ticks[TGI_AB_MAX_TICKS];
    char text[96];
    fprintf(to,
            "<rect class=\"margin\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
            "<title>differences below %.1f %% do not count</title></rect>\n",
            tgi_ab_scale_map(x, 1 / (1 + margin)), top,
            tgi_ab_scale_map(x, 1 + margin) - tgi_ab_scale_map(x, 1 / (1 + margin)), bottom - top,
            100 * margin);
    int count = tgi_ab_scale_ticks(x, 42, ticks);
    for (int i = 0; i < count; i++) {
        double at = tgi_ab_scale_map(x, ticks[i]);
        tgi_ab_svg_line(to, ticks[i] == 1 ? "axis" : "grid", at, top, at, bottom);
        snprintf(text, sizeof text, "%gx", ticks[i]);
        tgi_ab_svg_text(to, "tick", "middle", at, bottom + 18, text);
    }
    snprintf(text, sizeof text, "speed against %s with the same threads; left of 1x is slower",
             base);
    tgi_ab_svg_text(to, "tick", "middle", (x->start + x->end) / 2, bottom + 36, text);
}

void tgi_ab_chart_forest(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to)
{
    const double row_height = 26;
    double low = fmin(analysis->control.low, 1 / (1 + 2 * analysis->margin));
    double high = fmax(analysis->control.high, 1 + 2 * analysis->margin);
    int rows = 1;
    for (int i = 0; i < session->cell_count - 1; i++) {
        if (session->cells[i].mode == session->base)
            continue;
        low = fmin(low, analysis->results[i].versus.low);
        high = fmax(high, analysis->results[i].versus.high);
        rows++;
    }
    tgi_ab_scale x = {low / 1.03, high * 1.03, 170, WIDTH - 270, true};
    double bottom = 10 + rows * row_height;
    tgi_ab_svg_open(to, WIDTH, bottom + 44, "Speed of every mode against the base mode");
    draw_forest_axis(&x, 6, bottom, analysis->margin, session->base->name, to);
    double y = 10 + row_height / 2;
    draw_forest_row(&x, y, mode_number(session->base), false, "A/A control", analysis->control,
                    "must be 1", to);
    for (int i = 0; i < session->cell_count - 1; i++) {
        const tgi_ab_cell *cell = &session->cells[i];
        const tgi_ab_result *result = &analysis->results[i];
        if (cell->mode == session->base)
            continue;
        char label[64];
        y += row_height;
        short_label(cell, label, sizeof label);
        draw_forest_row(&x, y, mode_number(cell->mode), result->oversubscribed, label,
                        result->versus, tgi_ab_verdict_name(result->verdict), to);
    }
    tgi_ab_svg_close(to);
}

// -- runs over time ----------------------------------------------------------------------------

static double run_time(const tgi_ab_analysis *analysis, const tgi_ab_run *run)
{
    return analysis->region ? run->region : run->wall;
}

// Half the height of a strip in per cent: the largest deviation, between 2 and 50.
static double strip_reach(const tgi_ab_session *session, const tgi_ab_analysis *analysis)
{
    double reach = 2;
    for (int block = 0; block < session->blocks_done; block++) {
        for (int i = 0; i < session->cell_count; i++) {
            double time = run_time(analysis, tgi_ab_run_of(session, block, i));
            reach = fmax(reach, 100 * fabs(time / analysis->results[i].median - 1));
        }
    }
    return fmin(reach, 50);
}

static void draw_dots(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int cell,
                      const tgi_ab_scale *x, double y, double half, double reach, FILE *to)
{
    int step = 1 + session->blocks_done * session->cell_count / MAX_DOTS;
    double median = analysis->results[cell].median;
    for (int block = 0; block < session->blocks_done; block += step) {
        const tgi_ab_run *run = tgi_ab_run_of(session, block, cell);
        double time = run_time(analysis, run);
        double off = 100 * (time / median - 1);
        double shown = fmax(-reach, fmin(reach, off));
        char text[32];
        tgi_ab_format_time(time, text, sizeof text);
        fprintf(to,
                "<circle class=\"c%d full\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\"><title>block %d, "
                "slot %d: %s (%+.1f %%)</title></circle>\n",
                mode_number(session->cells[cell].mode), tgi_ab_scale_map(x, run->at),
                y - half * shown / reach, block + 1, run->slot, text, off);
    }
}

void tgi_ab_chart_runs(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to)
{
    const double row_height = 36;
    double reach = strip_reach(session, analysis);
    double end = fmax(session->elapsed, 1e-3);
    tgi_ab_scale x = {0, end, 170, WIDTH - 70, false};
    double bottom = 6 + session->cell_count * row_height;
    char text[96];
    tgi_ab_svg_open(to, WIDTH, bottom + 44, "Every run over time");
    for (int i = 0; i < session->cell_count; i++) {
        const tgi_ab_cell *cell = &session->cells[i];
        double y = 6 + (i + 0.5) * row_height;
        short_label(cell, text, sizeof text);
        tgi_ab_svg_text(to, "label", "start", 0, y + 4, cell->again ? "A/A control" : text);
        tgi_ab_svg_line(to, "grid", x.start, y, x.end, y);
        draw_dots(session, analysis, i, &x, y, row_height / 2 - 4, reach, to);
        if (i > 0)
            continue;
        snprintf(text, sizeof text, "+%.0f %%", reach);
        tgi_ab_svg_text(to, "tick", "start", x.end + 8, y - row_height / 2 + 10, text);
        snprintf(text, sizeof text, "-%.0f %%", reach);
        tgi_ab_svg_text(to, "tick", "start", x.end + 8, y + row_height / 2 - 2, text);
    }
    double ticks[TGI_AB_MAX_TICKS];
    int count = tgi_ab_scale_ticks(&x, 60, ticks);
    for (int i = 0; i < count; i++) {
        double at = tgi_ab_scale_map(&x, ticks[i]);
        tgi_ab_svg_line(to, "axis", at, bottom, at, bottom + 5);
        snprintf(text, sizeof text, "%g", ticks[i]);
        tgi_ab_svg_text(to, "tick", "middle", at, bottom + 20, text);
    }
    tgi_ab_svg_line(to, "axis", x.start, bottom, x.end, bottom);
    tgi_ab_svg_text(to, "tick", "middle", (x.start + x.end) / 2, bottom + 38,
                    "seconds since the start");
    tgi_ab_svg_close(to);
}
