// SPDX-License-Identifier: MIT
//
// options.c - see options.h.
//
// Owns        nothing; the result points into argv and the environment.
// Invariants  O1  Options end at the script: what follows belongs to the script.
//             O2  An error is one line on stderr that names the option and what it takes.
// Rejected    getopt_long: it prints by itself, accepts abbreviations, and permutes.
#include "cli/options.h"

#include <errno.h>  // strtoll
#include <stdarg.h> // va_list
#include <stdint.h> // INT32_MAX
#include <stdio.h>  // fprintf
#include <stdlib.h> // getenv
#include <string.h> // strcmp

#include "cli/gil_options.h" // --gil-policy
#include "cli/suggest.h"     // tgi_suggest

enum { MANY_MODES = 16 };

int tgi_usage_error(const char *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", command);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return 2;
}

int tgi_unknown_option(const char *command, const char *option, const char *const *known,
                       size_t count)
{
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(option, "="), option);
    const char *near = tgi_suggest(name, known, count);
    if (near != NULL)
        return tgi_usage_error(command, "unknown option '%s'; did you mean '%s'?", name, near);
    return tgi_usage_error(command, "unknown option '%s' (--help lists the options)", name);
}

// --- which mode

typedef struct choice {
    const char *mode, *mode_from; // a mode by name, and the option or variable that named it
    const char *gil, *counts;     // or by parts
} choice;

static const tg_mode *unknown_mode(const char *command, const char *name, const char *from)
{
    const char *names[MANY_MODES], *shown[MANY_MODES];
    size_t count, n = 0;
    const tg_mode *modes = tg_modes(&count);
    char list[256] = "";
    for (; n < count && n < MANY_MODES; n++) {
        names[n] = modes[n].name;
        shown[n] = n == 0 ? "" : ", ";
        size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", shown[n], names[n]);
    }
    const char *near = tgi_suggest(name, names, n);
    if (near != NULL)
        tgi_usage_error(command, "unknown mode '%s' in %s; did you mean '%s'?", name, from, near);
    else
        tgi_usage_error(command, "unknown mode '%s' in %s (known: %s)", name, from, list);
    return NULL;
}

static const tg_mode *mode_by_parts(const char *command, const choice *c)
{
    int gil = c->gil == NULL ? -1 : strcmp(c->gil, "on") == 0;
    if (gil >= 0 && strcmp(c->gil, "on") != 0 && strcmp(c->gil, "off") != 0) {
        tgi_usage_error(command, "--gil takes on or off, not '%s'", c->gil);
        return NULL;
    }
    static const char *const policies[] = {"classic", "atomic", "biased"};
    // With the GIL the classic interpreter is meant, without it the best that can do without.
    const char *counts = c->counts != NULL ? c->counts : gil == 1 ? "classic" : "biased";
    const tg_mode *mode = tg_mode_of(counts, gil);
    if (mode != NULL)
        return mode;
    if (strcmp(counts, "classic") == 0) {
        tgi_usage_error(command, "--counts classic cannot run with --gil off: its counts are plain "
                                 "numbers that only the GIL protects (use biased or atomic)");
        return NULL;
    }
    const char *near = tgi_suggest(counts, policies, 3);
    if (near != NULL)
        tgi_usage_error(command, "unknown value '%s' for --counts; did you mean '%s'?", counts,
                        near);
    else
        tgi_usage_error(command, "--counts takes classic, atomic or biased, not '%s'", counts);
    return NULL;
}

// *out stays NULL if nobody asked for a mode.
static bool choose_mode(const char *command, choice c, const tg_mode **out)
{
    *out = NULL;
    if (c.mode == NULL && c.gil == NULL && c.counts == NULL) {
        c.mode = getenv("TOGIL_MODE");
        c.mode_from = "TOGIL_MODE";
        if (c.mode == NULL || c.mode[0] == '\0')
            return true;
    }
    if (c.mode == NULL) {
        *out = mode_by_parts(command, &c);
        return *out != NULL;
    }
    const tg_mode *mode = tg_mode_find(c.mode);
    if (mode == NULL)
        return unknown_mode(command, c.mode, c.mode_from) != NULL;
    if (c.gil != NULL || c.counts != NULL) {
        const tg_mode *parts =
            mode_by_parts(command, &(choice){.gil = c.gil != NULL ? c.gil
                                                    : mode->gil   ? "on"
                                                                  : "off",
                                             .counts = c.counts != NULL ? c.counts : mode->counts});
        if (parts == NULL)
            return false;
        if (parts != mode) {
            tgi_usage_error(command, "--mode %s contradicts --%s %s; that is --mode %s", mode->name,
                            c.gil != NULL ? "gil" : "counts", c.gil != NULL ? c.gil : c.counts,
                            parts->name);
            return false;
        }
    }
    *out = mode;
    return true;
}

// --- the line

static const char *const known_with_mode[] = {
    "--mode",    "--gil",   "--counts",      "--gil-policy", "--gil-signal",
    "--stats",   "--trace", "--check-world", "--hot-counts", "--pause-limit",
    "--version", "-V",      "--help",        "-h",           "-c",
};
static const char *const known_plain[] = {"--help", "-h", "-c"};

static bool unknown(const char *option, const tgi_options *out, bool with_mode)
{
    if (with_mode)
        tgi_unknown_option(out->command, option, known_with_mode,
                           sizeof known_with_mode / sizeof known_with_mode[0]);
    else
        tgi_unknown_option(out->command, option, known_plain,
                           sizeof known_plain / sizeof known_plain[0]);
    return false;
}

int tgi_option_value(char **argv, int argc, int *at, const char *name, const char *command,
                     const char **out)
{
    size_t n = strlen(name);
    if (strncmp(argv[*at], name, n) != 0 || (argv[*at][n] != '=' && argv[*at][n] != '\0'))
        return 0;
    if (argv[*at][n] == '=') {
        *out = argv[*at] + n + 1;
        return 1;
    }
    if (*at + 1 >= argc) {
        tgi_usage_error(command, "%s needs a value", name);
        return -1;
    }
    *out = argv[++*at];
    return 1;
}

static int take_mode_option(char **argv, int argc, int *at, const char *command, choice *c)
{
    int st = tgi_option_value(argv, argc, at, "--mode", command, &c->mode);
    c->mode_from = "--mode";
    if (st == 0)
        st = tgi_option_value(argv, argc, at, "--gil", command, &c->gil);
    if (st == 0)
        st = tgi_option_value(argv, argc, at, "--counts", command, &c->counts);
    return st;
}

static int take_pause_limit(const char *value, const char *command, tgi_options *out)
{
    char *end;
    errno = 0;
    long long ms = strtoll(value, &end, 10);
    if (errno != 0 || *value < '0' || *value > '9' || *end != '\0' || ms > INT32_MAX) {
        tgi_usage_error(command, "--pause-limit takes milliseconds, not '%s'", value);
        return -1;
    }
    out->pause_limit_ms = ms == 0 ? -1 : ms;
    return 1;
}

// Options of a run that do not choose the mode. 1, 0 if it is another option, -1 after a message.
static int take_run_option(char **argv, int argc, int *at, const char *command, tgi_options *out)
{
    const char *option = argv[*at], *value;
    int st = tgi_option_value(argv, argc, at, "--pause-limit", command, &value);
    if (st != 0)
        return st < 0 ? st : take_pause_limit(value, command, out);
    st = tgi_option_value(argv, argc, at, "--hot-counts", command, &value);
    if (st != 0) {
        if (st > 0 && strcmp(value, "on") != 0 && strcmp(value, "off") != 0) {
            tgi_usage_error(command, "--hot-counts takes on or off, not '%s'", value);
            return -1;
        }
        out->hot_counts_off = st > 0 && strcmp(value, "off") == 0;
        return st;
    }
    // The value is behind "=" or there is none: what follows --stats is the script.
    if (strcmp(option, "--stats") == 0) {
        out->stats = true;
        return 1;
    }
    if (strcmp(option, "--check-world") == 0) {
        out->check_world = true;
        return 1;
    }
    if (strncmp(option, "--stats=", 8) == 0) {
        out->stats_file = option + 8;
        if (out->stats_file[0] != '\0')
            return 1;
        tgi_usage_error(command, "--stats= needs a value: the file for the figures");
        return -1;
    }
    return 0;
}

static void take_script(char **argv, int argc, int at, tgi_options *out)
{
    if (at >= argc)
        return;
    out->kind = strcmp(argv[at], "-") == 0 ? TGI_SCRIPT_STDIN : TGI_SCRIPT_FILE;
    out->text = argv[at];
    out->args = argv + at + 1;
    out->arg_count = argc - at - 1;
}

bool tgi_options_parse(int argc, char **argv, int first, const char *command, bool with_mode,
                       tgi_options *out)
{
    choice c = {NULL, NULL, NULL, NULL};
    *out = (tgi_options){.command = command};
    int at = first;
    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
        const char *option = argv[at];
        if (strcmp(option, "--") == 0) {
            at++;
            break;
        }
        if (option[1] == 'c') {
            out->kind = TGI_SCRIPT_CODE;
            if (option[2] == '\0' && ++at >= argc) {
                tgi_usage_error(command, "-c needs a value: the code to run");
                return false;
            }
            out->text = option[2] != '\0' ? option + 2 : argv[at];
            out->args = argv + at + 1;
            out->arg_count = argc - at - 1;
            break;
        }
        if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0) {
            out->help = true;
            return true;
        }
        if (with_mode && (strcmp(option, "--version") == 0 || strcmp(option, "-V") == 0)) {
            out->version = true;
            return true;
        }
        int st = with_mode ? take_mode_option(argv, argc, &at, command, &c) : 0;
        if (st == 0 && with_mode)
            st = tgi_take_gil_option(argv, argc, &at, command, out);
        if (st == 0 && with_mode)
            st = take_run_option(argv, argc, &at, command, out);
        if (st == 0 && with_mode)
            st = tgi_option_value(argv, argc, &at, "--trace", command, &out->trace);
        if (st < 0)
            return false;
        if (st == 0)
            return unknown(option, out, with_mode);
    }
    if (out->kind == TGI_SCRIPT_NONE)
        take_script(argv, argc, at, out);
    out->gil_stays_off = c.gil != NULL && strcmp(c.gil, "off") == 0;
    return !with_mode || choose_mode(command, c, &out->mode);
}
