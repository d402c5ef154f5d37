// SPDX-License-Identifier: MIT
//
// options.c - the command line of `togil ab`.
//
// Owns        nothing; the result points into argv.
// Invariants  O1  Options end at the script: what follows belongs to the script.
//             O2  Every error is one line that names the option and what it takes.
// Rejected    getopt_long: it keeps global state, prints by itself, and accepts abbreviations,
//             which turn into ambiguities when options are added.
#include "cli/ab/options.h"

#include <errno.h>  // errno, ERANGE
#include <math.h>   // isfinite
#include <stdarg.h> // va_list
#include <stdio.h>  // vsnprintf, fputs
#include <stdlib.h> // strtol, strtod, malloc
#include <string.h> // strcmp, strstr, memcpy

#include "cli/ab/stats.h" // TGI_AB_MAX_BLOCKS

#define PLACEHOLDER "{threads}"

typedef struct parser {
    tgi_ab_options *out;
    int cores;
    char *message;
    size_t message_size;
    bool blocks_given;
} parser;

static bool __attribute__((format(printf, 2, 3))) refuse(parser *p, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(p->message, p->message_size, format, args);
    va_end(args);
    return false;
}

static bool parse_int(const char *text, size_t length, long low, long high, int *out)
{
    if (length == 0 || length > 9)
        return false;
    long value = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    if (value < low || value > high)
        return false;
    *out = (int)value;
    return true;
}

static bool take_modes(parser *p, const char *name, const char *value)
{
    (void)name;
    tgi_ab_options *out = p->out;
    out->mode_count = 0;
    if (strcmp(value, "all") == 0) {
        for (int i = 0; i < TGI_AB_MODE_COUNT; i++)
            out->modes[out->mode_count++] = &tgi_ab_modes[i];
        return true;
    }
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ",");
        const tgi_ab_mode *mode = tgi_ab_mode_find(at, length);
        if (mode == NULL) {
            return refuse(p,
                          "unknown mode '%.*s' in --modes (known: gil, gil-biased, gil-atomic, "
                          "nogil, nogil-atomic, or all)",
                          (int)length, at);
        }
        for (int i = 0; i < out->mode_count; i++) {
            if (out->modes[i] == mode)
                return refuse(p, "mode '%s' is listed twice in --modes", mode->name);
        }
        out->modes[out->mode_count++] = mode;
        at += length;
        if (*at == '\0')
            return true;
    }
}

static void add_thread_count(tgi_ab_options *out, int threads)
{
    int at = out->thread_counts++;
    while (at > 0 && out->threads[at - 1] > threads) {
        out->threads[at] = out->threads[at - 1];
        at--;
    }
    out->threads[at] = threads;
}

// 1, 2, 3, 4, 6, 8, 12, 16, ... up to the cores; never only 1, or there is nothing to compare.
static void add_automatic_thread_counts(tgi_ab_options *out, int cores)
{
    out->thread_counts = 0;
    add_thread_count(out, 1);
    add_thread_count(out, 2);
    for (int power = 2; power < cores && power < TGI_AB_MAX_THREADS; power *= 2) {
        if (power + power / 2 <= cores)
            add_thread_count(out, power + power / 2);
        if (power * 2 <= cores)
            add_thread_count(out, power * 2);
    }
}

static bool take_threads(parser *p, const char *name, const char *value)
{
    (void)name;
    tgi_ab_options *out = p->out;
    if (strcmp(value, "auto") == 0) {
        add_automatic_thread_counts(out, p->cores);
        return true;
    }
    out->thread_counts = 0;
    for (const char *at = value;; at++) {
        size_t length = strcspn(at, ",");
        int threads;
        if (!parse_int(at, length, 1, TGI_AB_MAX_THREADS, &threads)) {
            return refuse(p,
                          "--threads takes numbers from 1 to %d separated by commas, or auto; "
                          "not '%s'",
                          TGI_AB_MAX_THREADS, value);
        }
        for (int i = 0; i < out->thread_counts; i++) {
            if (out->threads[i] == threads)
                return refuse(p, "%d is listed twice in --threads", threads);
        }
        if (out->thread_counts == TGI_AB_MAX_THREAD_COUNTS)
            return refuse(p, "--threads takes at most %d numbers", TGI_AB_MAX_THREAD_COUNTS);
        add_thread_count(out, threads);
        at += length;
        if (*at == '\0')
            return true;
    }
}

static bool take_blocks(parser *p, const char *name, const char *value)
{
    if (!parse_int(value, strlen(value), 1, TGI_AB_MAX_BLOCKS, &p->out->blocks)) {
        return refuse(p, "%s takes a number from 1 to %d, not '%s'", name, TGI_AB_MAX_BLOCKS,
                      value);
    }
    p->blocks_given = true;
    return true;
}

static bool take_warmup(parser *p, const char *name, const char *value)
{
    if (!parse_int(value, strlen(value), 0, TGI_AB_MAX_BLOCKS, &p->out->warmup)) {
        return refuse(p, "%s takes a number from 0 to %d, not '%s'", name, TGI_AB_MAX_BLOCKS,
                      value);
    }
    return true;
}

static bool take_seed(parser *p, const char *name, const char *value)
{
    char *end;
    errno = 0;
    unsigned long long seed = strtoull(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno == ERANGE)
        return refuse(p, "%s takes a whole number from 0 to 2^64 - 1, not '%s'", name, value);
    p->out->seed = seed;
    p->out->seed_given = true;
    return true;
}

// Seconds, or a number with s, m or h: 90, 1.5, 10m.
static bool take_seconds(parser *p, const char *name, const char *value)
{
    char *end;
    double seconds = strtod(value, &end);
    bool digit_first = (value[0] >= '0' && value[0] <= '9') || value[0] == '.';
    double unit = *end == 'm' ? 60 : *end == 'h' ? 3600 : 1;
    if (end != value && (*end == 's' || *end == 'm' || *end == 'h'))
        end++;
    if (!digit_first || *end != '\0' || !isfinite(seconds) || !(seconds * unit > 0) ||
        seconds * unit > 1e7)
        return refuse(p, "%s takes seconds above 0 (90, 1.5) or minutes (10m), not '%s'", name,
                      value);
    *(strcmp(name, "--timeout") == 0 ? &p->out->timeout : &p->out->max_time) = seconds * unit;
    return true;
}

static bool take_json(parser *p, const char *name, const char *value)
{
    if (value[0] == '\0')
        return refuse(p, "%s takes a file name", name);
    p->out->json = value;
    return true;
}

static bool take_html(parser *p, const char *name, const char *value)
{
    if (value[0] == '\0' || strcmp(value, "-") == 0)
        return refuse(p, "%s takes a file name", name);
    p->out->html = value;
    return true;
}

static bool take_racy(parser *p, const char *name, const char *value)
{
    (void)name, (void)value;
    p->out->racy = true;
    return true;
}

static bool take_strict(parser *p, const char *name, const char *value)
{
    (void)name, (void)value;
    p->out->strict = true;
    return true;
}

static bool take_quiet(parser *p, const char *name, const char *value)
{
    (void)name, (void)value;
    p->out->quiet = true;
    return true;
}

static bool take_verbose(parser *p, const char *name, const char *value)
{
    (void)name, (void)value;
    p->out->verbose = true;
    return true;
}

static bool take_help(parser *p, const char *name, const char *value)
{
    (void)name, (void)value;
    p->out->help = true;
    return true;
}

typedef struct option {
    const char *name;
    bool has_value;
    bool (*take)(parser *p, const char *name, const char *value);
} option;

static const option options[] = {
    {"--modes", true, take_modes},      {"--threads", true, take_threads},
    {"--blocks", true, take_blocks},    {"--warmup", true, take_warmup},
    {"--seed", true, take_seed},        {"--timeout", true, take_seconds},
    {"--max-time", true, take_seconds}, {"--json", true, take_json},
    {"--html", true, take_html},        {"--racy", false, take_racy},
    {"--strict", false, take_strict},   {"--quiet", false, take_quiet},
    {"--verbose", false, take_verbose}, {"--help", false, take_help},
    {"-q", false, take_quiet},          {"-v", false, take_verbose},
    {"-h", false, take_help},
};

static const option *find_option(const char *argument, size_t length)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (strlen(options[i].name) == length && memcmp(options[i].name, argument, length) == 0)
            return &options[i];
    }
    return NULL;
}

static bool check_script(parser *p)
{
    tgi_ab_options *out = p->out;
    if (out->script_argc == 0)
        return refuse(p, "no script given; usage: togil ab [options] script.py [args] "
                         "(--help lists the options)");
    bool only_one_thread = out->thread_counts == 1 && out->threads[0] == 1;
    if (!only_one_thread && !tgi_ab_has_placeholder(out)) {
        return refuse(p,
                      "no argument of %s says where the number of threads goes: write "
                      "`togil ab %s %s`, or measure one thread with --threads 1",
                      out->script[0], out->script[0], PLACEHOLDER);
    }
    return true;
}

bool tgi_ab_options_parse(int argc, char **argv, int cores, tgi_ab_options *out, char *message,
                          size_t message_size)
{
    parser p = {out, cores, message, message_size, false};
    *out = (tgi_ab_options){.blocks = 15, .warmup = 1, .timeout = 300, .least_blocks = 1};
    take_modes(&p, "--modes", "all");
    take_threads(&p, "--threads", "1,2");

    int at = 1;
    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
        char *argument = argv[at];
        if (strcmp(argument, "--") == 0) {
            at++;
            break;
        }
        size_t length = strcspn(argument, "=");
        const option *known = find_option(argument, length);
        if (known == NULL)
            return refuse(&p, "unknown option '%s' (--help lists the options)", argument);
        const char *value = argument[length] == '=' ? argument + length + 1 : NULL;
        if (!known->has_value && value != NULL)
            return refuse(&p, "%s takes no value", known->name);
        if (known->has_value && value == NULL) {
            if (at + 1 == argc)
                return refuse(&p, "%s needs a value", known->name);
            value = argv[++at];
        }
        if (!known->take(&p, known->name, value))
            return false;
        if (out->help)
            return true;
    }
    if (out->quiet && out->verbose)
        return refuse(&p, "--quiet and --verbose contradict each other");
    if (!p.blocks_given && out->max_time == 0) {
        out->max_time = TGI_AB_DEFAULT_TIME;
        out->least_blocks = TGI_AB_MIN_BLOCKS;
    }
    out->script = argv + at;
    out->script_argc = argc - at;
    return check_script(&p);
}

void tgi_ab_print_help(void)
{
    fputs("usage: togil ab [options] script.py [arguments]\n"
          "\n"
          "Runs a program in several modes and with several thread counts, in turns and in\n"
          "fresh processes, checks that it prints the same every time, and says what the GIL\n"
          "costs it. {threads} in an argument stands for the number of threads.\n"
          "\n"
          "  --modes LIST     modes to compare, separated by commas, or all (default: all)\n"
          "  --threads LIST   thread counts, or auto: up to the number of cores (default: 1,2)\n"
          "  --blocks N       measured blocks; each runs everything once (default: 15, or as\n"
          "                   many as fit into 3 minutes, but at least 6)\n"
          "  --warmup N       blocks that are run first and not counted (default: 1)\n"
          "  --max-time TIME  start no further block after this time: 90, 10m\n"
          "  --timeout TIME   a single run may take this long (default: 5m)\n"
          "  --seed N         makes the order of the runs repeatable\n"
          "  --racy           the program may print different things: report it, do not fail\n"
          "  --strict         exit 5 if the measurement cannot be trusted or decides nothing\n"
          "  --json FILE      all runs and results, readable by pyperf; - is standard output\n"
          "  --html FILE      a report with pictures in one file\n"
          "  --quiet, -q      only the table; no progress, no notes\n"
          "  --verbose, -v    a line for every run\n"
          "\n"
          "Modes:\n",
          stdout);
    for (int i = 0; i < TGI_AB_MODE_COUNT; i++)
        printf("  %-15s  %s\n", tgi_ab_modes[i].name, tgi_ab_modes[i].meaning);
    fputs("\n"
          "A program may declare in a comment of its own what may differ between runs:\n"
          "  # togil ab: racy              everything it prints\n"
          "  # togil ab: ignore PREFIX     lines of its output that begin with PREFIX\n"
          "\n"
          "Exit codes: 0 measured; 2 usage; 3 outputs differ; 4 the program failed or timed out;\n"
          "5 not trustworthy (--strict); 130 interrupted.\n",
          stdout);
}

bool tgi_ab_has_placeholder(const tgi_ab_options *parsed)
{
    for (int i = 1; i < parsed->script_argc; i++) {
        if (strstr(parsed->script[i], PLACEHOLDER) != NULL)
            return true;
    }
    return false;
}

char *tgi_ab_fill_placeholder(const char *argument, int threads)
{
    char number[16];
    size_t number_length = (size_t)snprintf(number, sizeof number, "%d", threads);
    size_t mark_length = strlen(PLACEHOLDER);
    size_t marks = 0;
    for (const char *at = argument; (at = strstr(at, PLACEHOLDER)) != NULL; at += mark_length)
        marks++;
    // A number has at most as many digits as the mark has characters, so this is enough.
    char *result = malloc(strlen(argument) + marks * number_length + 1);
    if (result == NULL)
        return NULL;
    char *to = result;
    const char *from = argument;
    for (const char *mark; (mark = strstr(from, PLACEHOLDER)) != NULL; from = mark + mark_length) {
        memcpy(to, from, (size_t)(mark - from));
        to += mark - from;
        memcpy(to, number, number_length);
        to += number_length;
    }
    memcpy(to, from, strlen(from) + 1);
    return result;
}
