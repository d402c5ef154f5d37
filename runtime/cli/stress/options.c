// SPDX-License-Identifier: MIT
//
// options.c - the command line of `togil stress`.
//
// Invariants  O1  options end at the script; what follows belongs to it.
#include "cli/stress/options.h"

#include "cli/stress/shard.h" // --shard

#include <stdlib.h> // strtoull
#include <string.h> // strcmp

static const char command[] = "togil stress";

enum { USUAL_RUNS = 10000, USUAL_PATIENCE = 10 };

static const char *const known[] = {
    "--policy", "--strategy", "--seed",      "--runs",     "--run",           "--time-budget",
    "--time",   "--diff-gil", "--max-steps", "--replay",   "--save-schedule", "--json",
    "--junit",  "--stop",     "--race",      "--mode",     "--help",          "--shard",
    "--merge",  "--test",     "--digest",    "--perfetto", "--patience",      "--engine"};

static bool number(const char *name, const char *text, uint64_t low, uint64_t high, uint64_t *out)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 0);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && value >= low && value <= high) {
        *out = value;
        return true;
    }
    tgi_usage_error(command, "%s takes a number from %llu to %llu, not '%s'", name,
                    (unsigned long long)low, (unsigned long long)high, text);
    return false;
}

static bool take_policy(const char *text, tgi_stress_options *out)
{
    static const char *const names[] = {"gil", "bytecode", "free"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            out->points = (tg_stress_points)i;
            out->points_given = true;
            return true;
        }
    }
    tgi_usage_error(command, "--policy takes gil, bytecode or free, not '%s'", text);
    return false;
}

static bool take_strategy(const char *text, tgi_stress_options *out)
{
    size_t n = strcspn(text, ":");
    for (size_t i = 0; tg_stress_strategy(i) != NULL; i++) {
        const char *name = tg_stress_strategy(i);
        if (strlen(name) == n && strncmp(name, text, n) == 0) {
            out->strategy = text;
            return true;
        }
    }
    tgi_usage_error(command, "there is no strategy '%s' (togil stress --help lists them)", text);
    return false;
}

static bool take_time(const char *text, tgi_stress_options *out)
{
    out->adversarial = strcmp(text, "adversarial") == 0;
    if (out->adversarial || strcmp(text, "des") == 0)
        return true;
    tgi_usage_error(command, "--time takes des or adversarial, not '%s'", text);
    return false;
}

static bool take_budget(const char *text, tgi_stress_options *out)
{
    char *end;
    out->seconds = strtod(text, &end);
    if (end != text && (*end == '\0' || strcmp(end, "s") == 0) && out->seconds > 0 &&
        out->seconds < 1e7)
        return true;
    tgi_usage_error(command, "--time-budget takes seconds, as in 10s, not '%s'", text);
    return false;
}

static bool take_engine(const char *text, tgi_stress_options *out)
{
    out->os_threads = strcmp(text, "threads") == 0;
    if (out->os_threads || strcmp(text, "fibers") == 0)
        return true;
    tgi_usage_error(command, "--engine takes fibers or threads, not '%s'", text);
    return false;
}

static bool take_patience(const char *text, tgi_stress_options *out)
{
    char *end;
    out->patience = strtod(text, &end);
    if (end != text && (*end == '\0' || strcmp(end, "s") == 0) &&
        (out->patience == 0 || (out->patience >= 0.01 && out->patience < 1e7)))
        return true;
    tgi_usage_error(command, "--patience takes seconds, as in 10s, or 0 for ever, not '%s'", text);
    return false;
}

static bool take_stop(const char *text, tgi_stress_options *out)
{
    out->keep_going = strcmp(text, "never") == 0;
    if (out->keep_going || strcmp(text, "first") == 0)
        return true;
    tgi_usage_error(command, "--stop takes first or never, not '%s'", text);
    return false;
}

static bool take_race(const char *text, tgi_stress_options *out)
{
    out->no_races = strcmp(text, "off") == 0;
    out->races_fail = strcmp(text, "fail") == 0;
    if (out->no_races || out->races_fail || strcmp(text, "on") == 0)
        return true;
    tgi_usage_error(command, "--race takes on, off or fail, not '%s'", text);
    return false;
}

static bool take(const char *name, const char *value, tgi_stress_options *out)
{
    uint64_t n;
    if (strcmp(name, "--policy") == 0)
        return take_policy(value, out);
    if (strcmp(name, "--strategy") == 0)
        return take_strategy(value, out);
    if (strcmp(name, "--time") == 0)
        return take_time(value, out);
    if (strcmp(name, "--time-budget") == 0)
        return take_budget(value, out);
    if (strcmp(name, "--engine") == 0)
        return take_engine(value, out);
    if (strcmp(name, "--patience") == 0)
        return take_patience(value, out);
    if (strcmp(name, "--stop") == 0)
        return take_stop(value, out);
    if (strcmp(name, "--race") == 0)
        return take_race(value, out);
    if (strcmp(name, "--replay") == 0) {
        out->replay = value;
        return true;
    }
    if (strcmp(name, "--json") == 0) {
        out->json = value;
        return true;
    }
    if (strcmp(name, "--save-schedule") == 0) {
        out->save = value;
        return true;
    }
    if (strcmp(name, "--junit") == 0) {
        out->junit = value;
        return true;
    }
    if (strcmp(name, "--mode") == 0) {
        out->script.mode = tg_mode_find(value);
        if (out->script.mode != NULL)
            return true;
        tgi_usage_error(command, "there is no mode '%s' ('togil modes' lists them)", value);
        return false;
    }
    if (strcmp(name, "--seed") == 0) {
        out->seed_given = true;
        return number(name, value, 0, UINT64_MAX, &out->seed);
    }
    if (strcmp(name, "--test") == 0) {
        out->test = value;
        return true;
    }
    if (strcmp(name, "--perfetto") == 0) {
        out->perfetto = value;
        return true;
    }
    if (strcmp(name, "--digest") == 0) {
        out->digest = value;
        return true;
    }
    if (strcmp(name, "--shard") == 0) {
        out->shard_given = true;
        return tgi_shard_parse(value, &out->shard);
    }
    if (strcmp(name, "-j") == 0)
        return number(name, value, 1, TGI_STRESS_MOST_JOBS, &out->jobs);
    if (strcmp(name, "--runs") == 0)
        return number(name, value, 1, UINT64_MAX, &out->runs);
    if (strcmp(name, "--run") == 0) {
        out->one_run = true;
        return number(name, value, 0, UINT64_MAX - 1, &out->run);
    }
    if (!number(name, value, 1, UINT32_MAX, &n))
        return false;
    out->max_steps = (uint32_t)n;
    return true;
}

// An option that is followed by a value, in the next argument or behind `=`.
static int take_option(int argc, char **argv, int i, tgi_stress_options *out)
{
    char name[32];
    size_t n = strcspn(argv[i], "=");
    if (n >= sizeof name)
        n = sizeof name - 1;
    memcpy(name, argv[i], n);
    name[n] = '\0';
    bool found = false;
    for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
        found |= strcmp(name, known[k]) == 0;
    if (!found || strcmp(name, "--help") == 0 || strcmp(name, "--diff-gil") == 0 ||
        strcmp(name, "--merge") == 0) {
        (void)tgi_unknown_option(command, argv[i], known, sizeof known / sizeof known[0]);
        return -1;
    }
    if (argv[i][n] == '=')
        return take(name, argv[i] + n + 1, out) ? i : -1;
    if (i + 1 >= argc) {
        tgi_usage_error(command, "%s needs a value", name);
        return -1;
    }
    return take(name, argv[i + 1], out) ? i + 1 : -1;
}

// `-j N` or `-jN`.
static int take_jobs(int argc, char **argv, int i, tgi_stress_options *out)
{
    if (argv[i][2] != '\0')
        return take("-j", argv[i] + 2, out) ? i : -1;
    if (i + 1 >= argc) {
        tgi_usage_error(command, "-j needs a value");
        return -1;
    }
    return take("-j", argv[i + 1], out) ? i + 1 : -1;
}

// What was asked for stands in the documents.
static bool take_documents(int argc, char **argv, int i, tgi_stress_options *out)
{
    bool asks = out->seed_given || out->points_given || out->strategy != NULL || out->one_run ||
                out->runs != USUAL_RUNS || out->seconds > 0 || out->adversarial || out->diff_gil ||
                out->max_steps != 0 || out->replay != NULL || out->keep_going || out->no_races ||
                out->races_fail || out->script.mode != NULL || out->jobs != 0 || out->shard_given ||
                out->test != NULL || out->digest != NULL;
    if (asks)
        tgi_usage_error(command, "--merge goes with options that name files only");
    else if (i >= argc)
        tgi_usage_error(command, "which documents? (togil stress --merge a.json b.json)");
    out->script.args = argv + i;
    out->script.arg_count = argc - i;
    return !asks && i < argc;
}

// A run that is done again is not dealt out.
static bool check_shard(tgi_stress_options *out)
{
    bool whole = out->replay == NULL && !out->one_run;
    if (out->shard_given && !whole) {
        tgi_usage_error(command, "--shard does not go with --run and --replay");
        return false;
    }
    if (!out->shard_given && whole && !tgi_shard_from_environment(&out->shard))
        return false;
    if (out->shard.count > 0 && !out->seed_given) {
        tgi_usage_error(command, "a shard needs --seed, the same on every machine");
        return false;
    }
    if (out->digest != NULL && out->jobs > 1) {
        tgi_usage_error(command, "--digest does not go with -j");
        return false;
    }
    return out->shard.count == 0 || tgi_shard_acknowledge();
}

bool tgi_stress_options_parse(int argc, char **argv, tgi_stress_options *out)
{
    *out = (tgi_stress_options){
        .points = TG_STRESS_FREE, .runs = USUAL_RUNS, .patience = USUAL_PATIENCE};
    out->script.command = command;
    int i = 1;
    for (; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            out->help = true;
            return true;
        }
        if (strcmp(argv[i], "--diff-gil") == 0) {
            out->diff_gil = true;
        } else if (strcmp(argv[i], "--merge") == 0) {
            out->merge = true;
        } else if (strcmp(argv[i], "--") == 0) {
            i++;
            break;
        } else if (strncmp(argv[i], "-j", 2) == 0) {
            i = take_jobs(argc, argv, i, out);
            if (i < 0)
                return false;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            i = take_option(argc, argv, i, out);
            if (i < 0)
                return false;
        } else {
            break;
        }
    }
    if (out->merge)
        return take_documents(argc, argv, i, out);
    if (i >= argc) {
        tgi_usage_error(command, "which script? (togil stress script.py)");
        return false;
    }
    if (strcmp(argv[i], "-c") == 0 && i + 1 < argc) {
        out->script.kind = TGI_SCRIPT_CODE;
        out->script.text = argv[++i];
    } else {
        out->script.kind = TGI_SCRIPT_FILE;
        out->script.text = argv[i];
    }
    out->script.args = argv + i + 1;
    out->script.arg_count = argc - i - 1;
    return check_shard(out);
}
