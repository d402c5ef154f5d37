// SPDX-License-Identifier: MIT
//
// run.c - runs one script from its name to the exit code.
//
// Threads     the process' first thread becomes the main thread of the runtime.
// Invariants  R1  The traceback of the main thread is printed before other threads are waited for.
//             R2  A script ended by Ctrl-C ends the process by SIGINT, so that a shell loop around
//                 it ends too; where the signal does not end it, the exit code is 130.
#include "cli/run.h"

#include <errno.h>  // EPIPE
#include <signal.h> // sigaction
#include <stdio.h>  // fprintf
#include <stdlib.h> // calloc
#include <string.h> // strcmp
#include <unistd.h> // getpid

#include "cli/source.h"       // tgi_source
#include "cli/stats_report.h" // --stats
#include "cli/tracing.h"      // --trace

#include "generated/build.h" // TGI_FOREACH_CORE

enum { EXIT_OUTPUT_LOST = 120, EXIT_INTERRUPTED = 130 };

bool tgi_core_is_built(const char *counts)
{
#define CORE(policy)                  \
    if (strcmp(counts, #policy) == 0) \
        return true;
    TGI_FOREACH_CORE(CORE)
#undef CORE
    return false;
}

// nogil, or the first mode that this build has a core for.
static const tg_mode *default_mode(void)
{
    size_t count;
    const tg_mode *modes = tg_modes(&count), *nogil = tg_mode_find("nogil");
    if (nogil != NULL && tgi_core_is_built(nogil->counts))
        return nogil;
    for (size_t i = 0; i < count; i++) {
        if (tgi_core_is_built(modes[i].counts))
            return &modes[i];
    }
    return &modes[0];
}

// SIGINT is for us unless whoever started us said that it is for nobody (nohup, a shell's `&`).
static bool sigint_is_ours(void)
{
    struct sigaction now;
    return sigaction(SIGINT, NULL, &now) != 0 || now.sa_handler != SIG_IGN;
}

int tgi_runtime_open(const char *command, const tg_mode *mode, tg_config config, tg_runtime **rt,
                     tg_thread **t)
{
    if (mode == NULL)
        mode = default_mode();
    config.mode = mode->name;
    config.handle_sigint = sigint_is_ours();
    if (config.gil_signal != 0 && !mode->switchable)
        return tgi_usage_error(command,
                               "--gil-signal needs a GIL that can be switched; in mode '%s' it is "
                               "always on",
                               mode->name);
    tg_status st = tg_runtime_create(&config, rt, t);
    if (st == TG_OK)
        return 0;
    if (st == TG_ERR_UNSUPPORTED) {
        return tgi_usage_error(command,
                               "mode '%s' is not in this build, which has no %s core ('togil "
                               "modes' lists what it has)",
                               mode->name, mode->counts);
    }
    tgi_usage_error(command, "the runtime cannot start: %s",
                    st == TG_ERR_NOMEM ? "out of memory" : strerror(errno));
    return 1;
}

// sys.argv: the script as it was named, then its arguments. NULL after a message, with *code set.
static const char **script_argv(const tgi_options *options, int *code)
{
    for (int i = 0; i < options->arg_count; i++) {
        if (!tgi_is_utf8(options->args[i])) {
            *code =
                tgi_usage_error(options->command, "argument %d of the script is not UTF-8", i + 1);
            return NULL;
        }
    }
    const char **argv = calloc((size_t)options->arg_count + 2, sizeof *argv);
    if (argv == NULL) {
        tgi_usage_error(options->command, "out of memory");
        *code = 1;
        return NULL;
    }
    argv[0] = options->kind == TGI_SCRIPT_CODE   ? "-c"
              : options->kind == TGI_SCRIPT_NONE ? ""
                                                 : options->text;
    for (int i = 0; i < options->arg_count; i++)
        argv[i + 1] = options->args[i];
    return argv;
}

// Writes out what print() has kept back. A reader that has gone away is no reason for a traceback,
// but the exit code tells.
static int flush(tg_thread *t, int code)
{
    if (tg_flush(t, 1) >= 0 && tg_flush(t, 2) >= 0)
        return code;
    tg_value exc = tg_error_fetch(t);
    tg_value text = exc != TG_NULL ? tg_to_str(t, exc) : TG_NULL;
    const char *s = text != TG_NULL ? tg_as_utf8(t, text, NULL) : NULL;
    if (s != NULL)
        fprintf(stderr,
                "Exception ignored in: <_io.TextIOWrapper name='<stdout>' mode='w' "
                "encoding='utf-8'>\n%s: %s\n",
                tg_type_name(t, exc), s);
    tg_error_clear(t);
    tg_release(t, text);
    tg_release(t, exc);
    return EXIT_OUTPUT_LOST;
}

static void die_by_sigint(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigemptyset(&plain.sa_mask);
    if (sigaction(SIGINT, &plain, NULL) == 0)
        kill(getpid(), SIGINT);
}

// What is written when the script and its threads have ended.
typedef struct reports {
    tgi_stats_report stats;
    tgi_tracing trace;
} reports;

static void write_reports(tg_thread *t, void *arg)
{
    reports *r = arg;
    if (r->stats.text || r->stats.json != NULL)
        tgi_stats_report_write(t, &r->stats);
    tgi_tracing_write(&r->trace, t);
}

static int run_in(tg_runtime *rt, tg_thread *t, tgi_source *source, bool is_file, const reports *r)
{
    tg_value module = is_file ? tg_run_file(t, source->name)
                              : tg_run(t, source->text, source->size, source->name, NULL);
    int code = 0;
    bool interrupted = false;
    if (module == TG_NULL) {
        interrupted = tg_error_is(t, TG_KeyboardInterrupt);
        code = tg_report_exception(t, tg_error_fetch(t));
    } else {
        tg_release(t, module);
    }
    code = flush(t, code);
    tgi_source_close(source);
    tg_runtime_destroy(rt, t);
    if ((r->stats.write_failed || r->trace.write_failed) && code == 0)
        code = EXIT_OUTPUT_LOST;
    if (interrupted) {
        die_by_sigint();
        code = EXIT_INTERRUPTED;
    }
    return code;
}

static int open_stats(const tgi_options *options, tgi_stats_report *report)
{
    report->text = options->stats;
    if (options->stats_file == NULL || tgi_stats_report_open(report, options->stats_file) == 0)
        return 0;
    return tgi_usage_error(options->command, "can't write file '%s': [Errno %d] %s",
                           options->stats_file, errno, strerror(errno));
}

int tgi_run(const tgi_options *options)
{
    tgi_source source;
    reports r = {0};
    int code = tgi_source_open(options, &source);
    if (code != 0)
        return code;
    code = open_stats(options, &r.stats);
    if (code == 0)
        code = tgi_tracing_open(&r.trace, options->command, options->trace);
    const char **argv = code == 0 ? script_argv(options, &code) : NULL;
    if (argv == NULL) {
        tgi_source_close(&source);
        tgi_tracing_close(&r.trace);
        return code;
    }
    // Scripts see a closed pipe or socket as an error of the call that writes to it.
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, NULL);

    const char *path[] = {source.folder, NULL};
    tg_runtime *rt;
    tg_thread *t;
    tg_config config = {.argv = argv,
                        .gil_policy = options->gil_policy,
                        .gil_signal = options->gil_signal,
                        .path = path,
                        .gil_stays_off = options->gil_stays_off,
                        .check_world = options->check_world,
                        .hot_counts_off = options->hot_counts_off,
                        .pause_limit_ms = options->pause_limit_ms,
                        .at_end = write_reports,
                        .at_end_arg = &r};
    code = tgi_runtime_open(options->command, options->mode, config, &rt, &t);
    free(argv);
    if (code == 0 && (code = tgi_tracing_start(&r.trace, t)) != 0)
        tg_runtime_destroy(rt, t);
    if (code == 0)
        code = run_in(rt, t, &source, options->kind == TGI_SCRIPT_FILE, &r);
    else
        tgi_source_close(&source);
    tgi_tracing_close(&r.trace);
    return code;
}
