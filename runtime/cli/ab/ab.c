// SPDX-License-Identifier: MIT
//
// ab.c - `togil ab` from the command line to the exit code. In reading order:
//
//   options.c        what is wanted
//   machine.c        what the machine is
//   session.c        blocks and runs; child.c is one run, outputs.c compares what they print
//   analysis.c       runs to results; stats.c is the statistics
//   report.c         results to text; results_json.c to JSON, results_html.c to a page
//
// Threads     one; the process' signal handlers are ours while runs are going on.
#include "cli/ab/ab.h"

#include <errno.h>      // errno
#include <stdio.h>      // fprintf
#include <stdlib.h>     // malloc
#include <string.h>     // strerror
#include <sys/random.h> // getrandom
#include <sys/stat.h>   // stat
#include <unistd.h>     // access

#include "cli/ab/analysis.h"     // tgi_ab_analyse
#include "cli/ab/report.h"       // tgi_ab_report_print
#include "cli/ab/results_html.h" // tgi_ab_results_write_html
#include "cli/ab/results_json.h" // tgi_ab_results_write_json

static int usage_error(const char *message)
{
    fprintf(stderr, "togil ab: %s\n", message);
    return TGI_AB_EXIT_USAGE;
}

// Seeds that are chosen here are short, so that they can be typed again.
static uint64_t choose_seed(void)
{
    uint32_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = (uint32_t)(tgi_ab_now() * 1e6);
    return seed % 1000000;
}

// Reads the script: it must be there, and it may carry markers.
static bool read_markers(const char *path, tgi_ab_markers *out, char *message, size_t size)
{
    struct stat info;
    FILE *file = fopen(path, "re");
    if (file != NULL && fstat(fileno(file), &info) == 0 && S_ISDIR(info.st_mode)) {
        fclose(file);
        file = NULL;
        errno = EISDIR;
    }
    if (file == NULL) {
        snprintf(message, size, "can't open file '%s': %s", path, strerror(errno));
        return false;
    }
    size_t capacity = (size_t)1 << 20; // markers further down than this are not looked for
    char *text = malloc(capacity);
    size_t length = text != NULL ? fread(text, 1, capacity, file) : 0;
    fclose(file);
    tgi_ab_markers_read(text != NULL ? text : "", length, out);
    free(text);
    return true;
}

// A file that cannot be written should be known before an hour of measuring, not after it.
static bool is_writable(const char *path, char *message, size_t size)
{
    if (strcmp(path, "-") == 0)
        return true;
    struct stat info;
    if (stat(path, &info) == 0) {
        if (S_ISDIR(info.st_mode))
            errno = EISDIR;
        else if (access(path, W_OK) == 0)
            return true;
    } else if (errno == ENOENT) {
        const char *slash = strrchr(path, '/');
        char folder[4096] = ".";
        if (slash != NULL)
            snprintf(folder, sizeof folder, "%.*s/", (int)(slash - path), path);
        if (access(folder, W_OK) == 0)
            return true;
    }
    snprintf(message, size, "cannot write '%s': %s", path, strerror(errno));
    return false;
}

typedef void write_function(const tgi_ab_session *session, const tgi_ab_analysis *analysis,
                            tgi_ab_end end, FILE *to);

static bool write_file(const char *path, write_function *write, const tgi_ab_session *session,
                       const tgi_ab_analysis *analysis, tgi_ab_end end)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *to = standard ? stdout : fopen(path, "we");
    bool ok = to != NULL;
    if (ok) {
        write(session, analysis, end, to);
        ok = fflush(to) == 0 && ferror(to) == 0;
    }
    int error = errno;
    if (to != NULL && !standard)
        ok = fclose(to) == 0 && ok;
    if (!ok)
        fprintf(stderr, "togil ab: cannot write '%s': %s\n", path, strerror(error));
    return ok;
}

static int show_results(const tgi_ab_session *session, tgi_ab_end end)
{
    const tgi_ab_options *options = session->options;
    tgi_ab_analysis *analysis = malloc(sizeof *analysis);
    if (analysis == NULL) {
        fprintf(stderr, "togil ab: out of memory\n");
        return TGI_AB_EXIT_CRASHED;
    }
    tgi_ab_analyse(session, analysis);
    bool json_on_stdout = options->json != NULL && strcmp(options->json, "-") == 0;
    tgi_ab_report_print(session, analysis, end, json_on_stdout ? stderr : stdout);
    fflush(stdout);
    bool ok = true;
    if (options->json != NULL)
        ok = write_file(options->json, tgi_ab_results_write_json, session, analysis, end);
    if (options->html != NULL)
        ok = write_file(options->html, tgi_ab_results_write_html, session, analysis, end) && ok;
    bool untrusted = analysis->trust == TGI_AB_TRUST_BIASED ||
                     analysis->trust == TGI_AB_TRUST_UNKNOWN || analysis->undecided;
    free(analysis);
    if (!ok)
        return TGI_AB_EXIT_USAGE;
    return options->strict && untrusted ? TGI_AB_EXIT_UNTRUSTED : TGI_AB_EXIT_OK;
}

static int measure(tgi_ab_session *session)
{
    tgi_ab_signals signals;
    tgi_ab_signals_begin(&signals);
    tgi_ab_end end = tgi_ab_session_run(session, &signals);
    int stopped_by = tgi_ab_stop_signal();
    tgi_ab_signals_end(&signals);

    int code = TGI_AB_EXIT_OK;
    switch (end) {
    case TGI_AB_COMPLETE:
    case TGI_AB_OUT_OF_TIME:
        return show_results(session, end);
    case TGI_AB_STOPPED:
        if (session->blocks_done > 0)
            show_results(session, end);
        else
            fprintf(stderr, "togil ab: interrupted before the first block was complete\n");
        return TGI_AB_EXIT_SIGNAL + stopped_by;
    case TGI_AB_DIFFERENT:
        code = TGI_AB_EXIT_OUTPUTS_DIFFER;
        break;
    case TGI_AB_FAILED:
        code = TGI_AB_EXIT_CRASHED;
        break;
    }
    return code;
}

int tgi_ab_main(int argc, char **argv, const char *self_exe)
{
    char message[512];
    tgi_ab_machine machine;
    tgi_ab_options options;
    tgi_ab_machine_read("", &machine);
    if (!tgi_ab_options_parse(argc, argv, machine.cores, &options, message, sizeof message))
        return usage_error(message);
    if (options.help) {
        tgi_ab_print_help();
        return TGI_AB_EXIT_OK;
    }
    tgi_ab_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return usage_error("out of memory");
    session->options = &options;
    session->self_exe = self_exe;
    session->machine = machine;
    session->seed = options.seed_given ? options.seed : choose_seed();
    int code = TGI_AB_EXIT_USAGE;
    if (!read_markers(options.script[0], &session->outputs.markers, message, sizeof message) ||
        (options.json != NULL && !is_writable(options.json, message, sizeof message)) ||
        (options.html != NULL && !is_writable(options.html, message, sizeof message))) {
        usage_error(message);
    } else {
        tgi_ab_session_plan(session);
        code = measure(session);
    }
    tgi_ab_session_free(session);
    free(session);
    return code;
}
