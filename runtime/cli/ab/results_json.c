// SPDX-License-Identifier: MIT
//
// results_json.c - a measurement as JSON.
//
// The file is pyperf's format 1.0: one benchmark per cell, one run per process with one value.
// What pyperf has no place for (verdicts, intervals, the control, the machine) is under the
// top-level key "togil", which pyperf ignores.
//
// Invariants  J1  Metadata values are numbers or non-empty strings of one line; benchmark names
//                 are unique; values are above 0: pyperf refuses the whole file otherwise.
//             J2  No integer exceeds 63 bits, so every JSON library reads the file; the seed is
//                 a string.
#include "cli/ab/results_json.h"

#include <string.h> // strrchr
#include <time.h>   // gmtime_r

#include "cli/ab/json.h"   // tgi_ab_json
#include "cli/ab/report.h" // tgi_ab_headline

#define TEXT_SIZE 1024

void tgi_ab_benchmark_name(const tgi_ab_session *session, int cell, char *out, size_t size)
{
    const char *path = session->options->script[0];
    const char *slash = strrchr(path, '/');
    const char *file = slash != NULL ? slash + 1 : path;
    size_t length = strlen(file);
    if (length > 3 && strcmp(file + length - 3, ".py") == 0)
        length -= 3;
    const tgi_ab_cell *which = &session->cells[cell];
    snprintf(out, size, "%.*s/%s/threads=%d%s", (int)length, file, which->mode->name,
             which->threads, which->again ? "/again" : "");
}

// J1: line breaks become blanks, and an empty string is left out.
static void write_metadata(tgi_ab_json *json, const char *key, const char *value)
{
    char text[TEXT_SIZE];
    snprintf(text, sizeof text, "%s", value);
    bool empty = true;
    for (char *at = text; *at != '\0'; at++) {
        if (*at == '\n' || *at == '\r' || *at == '\t')
            *at = ' ';
        empty = empty && *at == ' ';
    }
    if (!empty)
        tgi_ab_json_string(json, key, text);
}

static void format_command(const tgi_ab_session *session, char *out, size_t size)
{
    size_t at = 0;
    out[0] = '\0';
    for (int i = 0; i < session->options->script_argc && at < size; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s", i > 0 ? " " : "",
                               session->options->script[i]);
}

static void format_seed(const tgi_ab_session *session, char *out, size_t size)
{
    snprintf(out, size, "%llu", (unsigned long long)session->seed);
}

static void write_common_metadata(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                                  tgi_ab_json *json)
{
    const tgi_ab_machine *machine = &session->machine;
    char command[TEXT_SIZE];
    char seed[32];
    format_command(session, command, sizeof command);
    format_seed(session, seed, sizeof seed);
    tgi_ab_json_open(json, "metadata", '{');
    tgi_ab_json_string(json, "unit", "second");
    tgi_ab_json_int(json, "loops", 1);
    tgi_ab_json_int(json, "inner_loops", 1);
    write_metadata(json, "hostname", machine->hostname);
    write_metadata(json, "platform", machine->platform);
    write_metadata(json, "cpu_model_name", machine->cpu_model);
    tgi_ab_json_int(json, "cpu_count", machine->cores_online);
    write_metadata(json, "timer", "clock_gettime(CLOCK_MONOTONIC), resolution: 1 ns");
    write_metadata(json, "togil_command", command);
    write_metadata(json, "togil_figure", analysis->region ? "region" : "process");
    write_metadata(json, "togil_governor", machine->governor);
    tgi_ab_json_int(json, "togil_cores", machine->cores);
    write_metadata(json, "togil_seed", seed);
    tgi_ab_json_close(json, '}');
}

static void format_date(int64_t microseconds, char *out, size_t size)
{
    time_t seconds = (time_t)(microseconds / 1000000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    size_t at = strftime(out, size, "%Y-%m-%d %H:%M:%S", &parts);
    snprintf(out + at, size - at, ".%06d", (int)(microseconds % 1000000));
}

// Facts become metadata, except under names that are used already.
static void write_facts(const tgi_ab_run *run, tgi_ab_json *json)
{
    static const char *const taken[] = {"block",
                                        "slot",
                                        "wall_seconds",
                                        "user_seconds",
                                        "sys_seconds",
                                        "voluntary_switches",
                                        "involuntary_switches",
                                        "mode",
                                        "threads",
                                        "control",
                                        "command",
                                        "figure",
                                        "governor",
                                        "cores",
                                        "seed"};
    for (int i = 0; i < run->fact_count; i++) {
        bool free = true;
        for (size_t k = 0; k < sizeof taken / sizeof taken[0]; k++)
            free = free && strcmp(taken[k], run->facts[i].name) != 0;
        char key[TGI_AB_FACT_NAME + 8];
        snprintf(key, sizeof key, "togil_%s", run->facts[i].name);
        if (free)
            tgi_ab_json_double(json, key, run->facts[i].value);
    }
}

static void write_run(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int block,
                      int cell, tgi_ab_json *json)
{
    const tgi_ab_run *run = tgi_ab_run_of(session, block, cell);
    char date[48];
    format_date(session->began_epoch + (int64_t)(run->at * 1e6), date, sizeof date);
    tgi_ab_json_open(json, NULL, '{');
    tgi_ab_json_open(json, "values", '[');
    tgi_ab_json_double(json, NULL, analysis->region ? run->region : run->wall);
    tgi_ab_json_close(json, ']');
    tgi_ab_json_open(json, "metadata", '{');
    tgi_ab_json_string(json, "date", date);
    tgi_ab_json_double(json, "duration", run->wall);
    tgi_ab_json_double(json, "load_avg_1min", run->load);
    tgi_ab_json_int(json, "mem_max_rss", (int64_t)run->max_rss);
    tgi_ab_json_int(json, "togil_block", block);
    tgi_ab_json_int(json, "togil_slot", run->slot);
    tgi_ab_json_double(json, "togil_wall_seconds", run->wall);
    tgi_ab_json_double(json, "togil_user_seconds", run->user);
    tgi_ab_json_double(json, "togil_sys_seconds", run->sys);
    tgi_ab_json_int(json, "togil_voluntary_switches", run->voluntary_switches);
    tgi_ab_json_int(json, "togil_involuntary_switches", run->involuntary_switches);
    write_facts(run, json);
    tgi_ab_json_close(json, '}');
    tgi_ab_json_close(json, '}');
}

static void write_benchmark(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                            int cell, tgi_ab_json *json)
{
    const tgi_ab_cell *which = &session->cells[cell];
    char name[512];
    tgi_ab_benchmark_name(session, cell, name, sizeof name);
    tgi_ab_json_open(json, NULL, '{');
    tgi_ab_json_open(json, "metadata", '{');
    write_metadata(json, "name", name);
    write_metadata(json, "togil_mode", which->mode->name);
    tgi_ab_json_int(json, "togil_threads", which->threads);
    tgi_ab_json_int(json, "togil_control", which->again);
    tgi_ab_json_close(json, '}');
    tgi_ab_json_open(json, "runs", '[');
    for (int block = 0; block < session->blocks_done; block++)
        write_run(session, analysis, block, cell, json);
    tgi_ab_json_close(json, ']');
    tgi_ab_json_close(json, '}');
}

static void write_interval(tgi_ab_json *json, const char *key, tgi_ab_interval interval)
{
    tgi_ab_json_open(json, key, '{');
    tgi_ab_json_double(json, "estimate", interval.estimate);
    tgi_ab_json_double(json, "low", interval.low);
    tgi_ab_json_double(json, "high", interval.high);
    tgi_ab_json_close(json, '}');
}

static void write_result(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int cell,
                         tgi_ab_json *json)
{
    const tgi_ab_result *result = &analysis->results[cell];
    const tgi_ab_cell *which = &session->cells[cell];
    char name[512];
    tgi_ab_benchmark_name(session, cell, name, sizeof name);
    tgi_ab_json_open(json, NULL, '{');
    tgi_ab_json_string(json, "name", name);
    tgi_ab_json_string(json, "mode", which->mode->name);
    tgi_ab_json_int(json, "threads", which->threads);
    tgi_ab_json_bool(json, "oversubscribed", result->oversubscribed);
    tgi_ab_json_double(json, "median", result->median);
    tgi_ab_json_double(json, "low_quartile", result->low_quartile);
    tgi_ab_json_double(json, "high_quartile", result->high_quartile);
    tgi_ab_json_double(json, "user_seconds", result->user);
    tgi_ab_json_double(json, "sys_seconds", result->sys);
    tgi_ab_json_double(json, "busy_cores", result->busy_cores);
    tgi_ab_json_double(json, "max_rss", result->max_rss);
    write_interval(json, "speedup", result->speedup);
    tgi_ab_json_double(json, "efficiency", result->efficiency);
    write_interval(json, "speed_vs_base", result->versus);
    write_interval(json, "speed_vs_reference", result->overall);
    bool is_base = which->mode == session->base;
    tgi_ab_json_string(json, "verdict",
                       is_base ? "reference" : tgi_ab_verdict_name(result->verdict));
    tgi_ab_json_int(json, "more_blocks", result->more_blocks);
    tgi_ab_json_double(json, "p", result->p);
    tgi_ab_json_double(json, "p_holm", result->p_holm);
    tgi_ab_json_close(json, '}');
}

static void write_scaling(const tgi_ab_session *session, const tgi_ab_analysis *analysis, int mode,
                          tgi_ab_json *json)
{
    static const char *const states[] = {"fitted", "too few thread counts", "too few blocks",
                                         "superlinear"};
    const tgi_ab_usl *usl = &analysis->scaling[mode];
    tgi_ab_json_open(json, NULL, '{');
    tgi_ab_json_string(json, "mode", session->options->modes[mode]->name);
    tgi_ab_json_string(json, "state", states[usl->state]);
    if (usl->state == TGI_AB_USL_FITTED) {
        write_interval(json, "sigma", usl->sigma);
        write_interval(json, "kappa", usl->kappa);
        if (usl->kappa_seen)
            write_interval(json, "best_threads", usl->best_threads);
        tgi_ab_json_open(json, "predictions", '[');
        for (int i = 0; i < TGI_AB_USL_PREDICTIONS; i++) {
            tgi_ab_json_open(json, NULL, '{');
            tgi_ab_json_double(json, "threads", usl->predictions[i].threads);
            tgi_ab_json_bool(json, "identified", usl->predictions[i].identified);
            write_interval(json, "speedup", usl->predictions[i].speedup);
            tgi_ab_json_close(json, '}');
        }
        tgi_ab_json_close(json, ']');
    }
    tgi_ab_json_close(json, '}');
}

static const char *trust_name(tgi_ab_trust trust)
{
    static const char *const names[] = {"unknown", "good", "noisy", "biased"};
    return names[trust];
}

static void write_note(void *context, const char *sentence)
{
    tgi_ab_json_string(context, NULL, sentence);
}

static void write_machine(const tgi_ab_session *session, tgi_ab_json *json)
{
    const tgi_ab_machine *machine = &session->machine;
    tgi_ab_json_open(json, "machine", '{');
    tgi_ab_json_int(json, "cores", machine->cores);
    tgi_ab_json_int(json, "cores_online", machine->cores_online);
    tgi_ab_json_int(json, "cores_allowed", machine->cores_allowed);
    if (machine->quota > 0)
        tgi_ab_json_double(json, "quota_cores", machine->quota);
    else
        tgi_ab_json_null(json, "quota_cores");
    tgi_ab_json_bool(json, "smt", machine->smt);
    tgi_ab_json_double(json, "load", machine->load);
    tgi_ab_json_double(json, "throttled_periods", session->throttled);
    tgi_ab_json_string(json, "governor", machine->governor);
    tgi_ab_json_string(json, "cpu_model", machine->cpu_model);
    tgi_ab_json_string(json, "platform", machine->platform);
    tgi_ab_json_close(json, '}');
}

static void write_own_part(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                           tgi_ab_end end, tgi_ab_json *json)
{
    char headline[512], command[TEXT_SIZE], seed[32], base[512];
    tgi_ab_headline(session, analysis, headline, sizeof headline);
    for (char *at = headline; *at != '\0'; at++)
        *at = *at == '\n' ? ' ' : *at;
    format_command(session, command, sizeof command);
    format_seed(session, seed, sizeof seed);
    tgi_ab_benchmark_name(session, session->reference, base, sizeof base);

    tgi_ab_json_open(json, "togil", '{');
    tgi_ab_json_int(json, "format", 1);
    tgi_ab_json_string(json, "command", command);
    tgi_ab_json_string(json, "headline", headline);
    tgi_ab_json_string(json, "end",
                       end == TGI_AB_COMPLETE      ? "complete"
                       : end == TGI_AB_OUT_OF_TIME ? "max-time"
                                                   : "interrupted");
    tgi_ab_json_string(json, "figure", analysis->region ? "region" : "process");
    tgi_ab_json_string(json, "base", session->base->name);
    tgi_ab_json_string(json, "reference", base);
    tgi_ab_json_int(json, "blocks", session->blocks_done);
    tgi_ab_json_int(json, "warmup_blocks", session->warmups_done);
    tgi_ab_json_double(json, "elapsed", session->elapsed);
    tgi_ab_json_string(json, "seed", seed);
    tgi_ab_json_double(json, "margin", analysis->margin);
    tgi_ab_json_open(json, "control", '{');
    write_interval(json, "speed", analysis->control);
    tgi_ab_json_string(json, "trust", trust_name(analysis->trust));
    tgi_ab_json_close(json, '}');
    tgi_ab_json_open(json, "outputs", '{');
    tgi_ab_json_bool(json, "equal", session->outputs.differing == 0);
    tgi_ab_json_int(json, "distinct", session->outputs.distinct_count);
    tgi_ab_json_int(json, "runs", session->outputs.runs);
    tgi_ab_json_close(json, '}');
    tgi_ab_json_open(json, "notes", '[');
    tgi_ab_notes(session, analysis, end, write_note, json);
    tgi_ab_json_close(json, ']');
    write_machine(session, json);
    tgi_ab_json_open(json, "cells", '[');
    for (int i = 0; i < session->cell_count - 1; i++)
        write_result(session, analysis, i, json);
    tgi_ab_json_close(json, ']');
    tgi_ab_json_open(json, "scaling", '[');
    for (int i = 0; i < session->options->mode_count; i++)
        write_scaling(session, analysis, i, json);
    tgi_ab_json_close(json, ']');
    tgi_ab_json_close(json, '}');
}

void tgi_ab_results_write_json(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                               tgi_ab_end end, FILE *to)
{
    tgi_ab_json json;
    tgi_ab_json_begin(&json, to);
    tgi_ab_json_open(&json, NULL, '{');
    tgi_ab_json_string(&json, "version", "1.0");
    write_common_metadata(session, analysis, &json);
    tgi_ab_json_open(&json, "benchmarks", '[');
    for (int i = 0; i < session->cell_count; i++)
        write_benchmark(session, analysis, i, &json);
    tgi_ab_json_close(&json, ']');
    write_own_part(session, analysis, end, &json);
    tgi_ab_json_close(&json, '}');
    fputc('\n', to);
}
