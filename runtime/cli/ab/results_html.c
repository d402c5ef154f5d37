// SPDX-License-Identifier: MIT
//
// results_html.c - a measurement as one HTML file: sentences, pictures, table, and the JSON that
// everything was made from.
//
// Invariants  H1  The file loads nothing: no network, no fonts, no libraries. It reads the same
//                 without scripts; the only one offers the JSON as a download.
//             H2  Text that comes from outside (script, machine) goes through tgi_ab_escape.
#include "cli/ab/results_html.h"

#include <string.h> // strcmp

#include "cli/ab/charts.h"       // tgi_ab_chart_speed
#include "cli/ab/report.h"       // tgi_ab_headline
#include "cli/ab/results_json.h" // tgi_ab_results_write_json
#include "cli/ab/svg.h"          // tgi_ab_escape

// Five colours that stay apart for colour-blind readers, on both backgrounds.
static const char style_sheet[] =
    ":root{--bg:#fff;--fg:#1f2328;--dim:#59636e;--line:#d1d9e0;--card:#f6f8fa;--good:#1a7f37;"
    "--bad:#cf222e;--c0:#4269d0;--c1:#c98500;--c2:#e3513f;--c3:#2f9c82;--c4:#a463f2}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--fg:#e6edf3;--dim:#9198a1;"
    "--line:#3d444d;--card:#151b23;--good:#3fb950;--bad:#f85149;--c0:#7d9bf0;--c1:#efb118;"
    "--c2:#ff725c;--c3:#6cc5b0;--c4:#c49bff}}\n"
    "body{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;"
    "max-width:60rem;margin:2rem auto;padding:0 1rem}\n"
    "h1{font-size:1.3rem;margin:0}h2{font-size:1.05rem;margin:2.2rem 0 .4rem}\n"
    "p{margin:.4rem 0}.dim{color:var(--dim)}code{font-family:ui-monospace,monospace}\n"
    ".headline{font-size:1.25rem;background:var(--card);border:1px solid var(--line);"
    "border-radius:8px;padding:1rem 1.2rem;margin:1rem 0}\n"
    ".cards{display:flex;flex-wrap:wrap;gap:.8rem}.cards div{background:var(--card);border:1px "
    "solid var(--line);border-radius:8px;padding:.5rem .9rem}.cards b{display:block}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid var(--line);"
    "white-space:nowrap}th:first-child,td:first-child,th:last-child,td:last-child{"
    "text-align:left}\n"
    ".faster{color:var(--good)}.slower{color:var(--bad)}.scroll{overflow-x:auto}\n"
    "svg text{font:12px system-ui,sans-serif;fill:var(--fg)}svg .tick{fill:var(--dim)}\n"
    "svg .name{font-weight:600}svg .grid{stroke:var(--line)}svg .axis{stroke:var(--dim)}\n"
    "svg .ideal{stroke:var(--dim);stroke-dasharray:4 4;fill:none}\n"
    "svg .margin{fill:var(--line);opacity:.5}svg .bar{stroke-width:1.5}\n"
    "svg .curve{fill:none;stroke-width:2}\n";

static void write_style(FILE *to)
{
    fputs("<style>\n", to);
    fputs(style_sheet, to);
    for (int i = 0; i < TGI_AB_SHAPES; i++)
        fprintf(to,
                "svg .c%d{stroke:var(--c%d)}svg .c%d.full{fill:var(--c%d)}svg "
                ".c%d.hollow{fill:var(--bg)}svg .c%d.name{fill:var(--c%d);stroke:none}\n",
                i, i, i, i, i, i, i);
    fputs("</style>\n", to);
}

static void write_card(FILE *to, const char *title, const char *text)
{
    fputs("<div><span class=\"dim\">", to);
    tgi_ab_escape(to, title);
    fputs("</span><b>", to);
    tgi_ab_escape(to, text);
    fputs("</b></div>\n", to);
}

static void write_command(const tgi_ab_session *session, FILE *to)
{
    for (int i = 0; i < session->options->script_argc; i++) {
        if (i > 0)
            fputc(' ', to);
        tgi_ab_escape(to, session->options->script[i]);
    }
}

static void write_cards(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to)
{
    char text[256], ratio[64], trust[128];
    fputs("<div class=\"cards\">\n", to);
    tgi_ab_format_ratio(analysis->control, 3, ratio, sizeof ratio);
    tgi_ab_format_trust(analysis, trust, sizeof trust);
    snprintf(text, sizeof text, "%s, %s", ratio, trust);
    write_card(to, "A/A control", text);
    snprintf(text, sizeof text, "%d of %d, %d to warm up, seed %llu", session->blocks_done,
             session->options->blocks, session->warmups_done, (unsigned long long)session->seed);
    write_card(to, "Blocks", text);
    if (session->outputs.differing == 0)
        snprintf(text, sizeof text, "equal in all %d runs", session->outputs.runs);
    else
        snprintf(text, sizeof text, "%d different ones in %d runs", session->outputs.distinct_count,
                 session->outputs.runs);
    write_card(to, "Output of the program", text);
    snprintf(text, sizeof text, "%d core%s%s%s, load %.2f", session->machine.cores,
             session->machine.cores == 1 ? "" : "s",
             session->machine.cpu_model[0] != '\0' ? ", " : "", session->machine.cpu_model,
             session->machine.load);
    write_card(to, "Machine", text);
    fputs("</div>\n", to);
}

static void write_row(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int cell,
                      FILE *to)
{
    const tgi_ab_cell *which = &session->cells[cell];
    const tgi_ab_result *result = &analysis->results[cell];
    bool is_base = which->mode == session->base;
    char time[32], speedup[64], versus[64], verdict[64];
    tgi_ab_format_time(result->median, time, sizeof time);
    tgi_ab_format_ratio(result->speedup, 2, speedup, sizeof speedup);
    tgi_ab_format_ratio(result->versus, 2, versus, sizeof versus);
    tgi_ab_format_verdict(session, analysis, cell, verdict, sizeof verdict);
    fprintf(to,
            "<tr><td>%s</td><td>%d%s</td><td>%s</td><td>%s</td><td>%.0f&#160;%%</td>"
            "<td>%.2f</td><td>%.1f&#160;MB</td><td>%s</td><td class=\"%s\">%s</td></tr>\n",
            which->mode->name, which->threads, result->oversubscribed ? "*" : "", time,
            cell == session->reference || which->threads == session->options->threads[0] ? "1"
                                                                                         : speedup,
            100 * result->efficiency, result->busy_cores, result->max_rss / 1e6,
            is_base ? "1" : versus, is_base ? "" : tgi_ab_verdict_name(result->verdict), verdict);
}

static void write_table(const tgi_ab_session *session, const tgi_ab_analysis *analysis, FILE *to)
{
    fputs("<h2>All cells</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>mode</th>"
          "<th>threads</th><th>time</th><th>speed-up</th><th>efficiency</th><th>cores</th>"
          "<th>memory</th><th>speed vs ",
          to);
    tgi_ab_escape(to, session->base->name);
    fputs("</th><th>verdict</th></tr></thead>\n<tbody>\n", to);
    for (int i = 0; i < session->cell_count - 1; i++)
        write_row(session, analysis, i, to);
    fprintf(to,
            "</tbody></table></div>\n<p class=\"dim\">Time is the median over blocks, of %s. "
            "Ratios are formed inside each block; in brackets the 95&#160;%% interval of their "
            "median. Cores is CPU time divided by time. A difference counts from %.1f&#160;%% "
            "on.</p>\n",
            analysis->region ? "the region that the program reports"
                             : "the whole process, start-up included",
            100 * analysis->margin);
}

static void write_note(void *context, const char *sentence)
{
    FILE *to = context;
    fputs("<li>", to);
    tgi_ab_escape(to, sentence);
    fputs("</li>\n", to);
}

static void write_notes(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                        tgi_ab_end end, FILE *to)
{
    fputs("<h2>Notes</h2>\n<ul>\n", to);
    for (int i = 0; i < session->options->mode_count; i++) {
        char scaling[512];
        tgi_ab_format_scaling(session, analysis, i, scaling, sizeof scaling);
        if (scaling[0] != '\0')
            write_note(to, scaling);
    }
    if (analysis->scaling[0].state == TGI_AB_USL_TOO_FEW_POINTS)
        write_note(to, "No law of scaling was fitted: that takes three thread counts that have "
                       "a core for every thread.");
    tgi_ab_notes(session, analysis, end, write_note, to);
    fputs("</ul>\n", to);
}

static void write_data(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                       tgi_ab_end end, FILE *to)
{
    // The JSON writer escapes '<', so no text in it can end this element.
    fputs("<p><a id=\"save\" download=\"togil-ab.json\" hidden>Download the data (JSON, readable "
          "by pyperf)</a></p>\n<script type=\"application/json\" id=\"data\">\n",
          to);
    tgi_ab_results_write_json(session, analysis, end, to);
    fputs("</script>\n<script>\n"
          "const save = document.getElementById('save');\n"
          "const data = document.getElementById('data').textContent;\n"
          "save.href = URL.createObjectURL(new Blob([data], {type: 'application/json'}));\n"
          "save.hidden = false;\n</script>\n",
          to);
}

void tgi_ab_results_write_html(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                               tgi_ab_end end, FILE *to)
{
    char headline[512];
    tgi_ab_headline(session, analysis, headline, sizeof headline);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n<title>togil ab: ",
          to);
    write_command(session, to);
    fputs("</title>\n", to);
    write_style(to);
    fputs("</head>\n<body>\n<h1>togil ab <code>", to);
    write_command(session, to);
    fputs("</code></h1>\n", to);
    if (headline[0] != '\0') {
        fputs("<p class=\"headline\">", to);
        tgi_ab_escape(to, headline);
        fputs("</p>\n", to);
    }
    write_cards(session, analysis, to);
    if (session->options->thread_counts > 1) {
        fputs("<h2>Speed over threads</h2>\n", to);
        tgi_ab_chart_speed(session, analysis, to);
    }
    fputs("<h2>Against the base mode</h2>\n", to);
    tgi_ab_chart_forest(session, analysis, to);
    write_table(session, analysis, to);
    fputs(
        "<h2>Every run</h2>\n<p class=\"dim\">Each dot is a process; up is slower than the median "
        "of its cell.</p>\n",
        to);
    tgi_ab_chart_runs(session, analysis, to);
    write_notes(session, analysis, end, to);
    write_data(session, analysis, end, to);
    fputs("</body>\n</html>\n", to);
}
