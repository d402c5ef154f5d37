// SPDX-License-Identifier: MIT
//
// listing.c - see listing.h.
#include "cli/listing.h"

#include <stdio.h>  // printf
#include <string.h> // strcmp

#include "cli/ab/json.h" // JSON
#include "cli/help.h"    // help texts
#include "cli/run.h"     // tgi_runtime_open, tgi_core_is_built
#include "cli/source.h"  // the script

#include "generated/build.h" // what was built

static int end_of_output(const char *command)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    perror(command);
    return 1;
}

// --- modes

static void print_table(void)
{
    size_t count;
    const tg_mode *modes = tg_modes(&count);
    printf("%-14s %-9s %-23s %s\n", "mode", "counts", "GIL", "");
    for (size_t i = 0; i < count; i++) {
        const tg_mode *m = &modes[i];
        const char *gil = !m->switchable ? (m->gil ? "on" : "off")
                          : m->gil       ? "on, can be switched off"
                                         : "off, can be switched on";
        printf("%-14s %-9s %-23s %s%s\n", m->name, m->counts, gil, m->summary,
               tgi_core_is_built(m->counts) ? "" : " (not in this build)");
    }
}

static void print_json(void)
{
    size_t count;
    const tg_mode *modes = tg_modes(&count);
    tgi_ab_json json;
    tgi_ab_json_begin(&json, stdout);
    tgi_ab_json_open(&json, NULL, '{');
    tgi_ab_json_string(&json, "version", tg_version());
    tgi_ab_json_string(&json, "compiler", TGI_BUILD_COMPILER);
    tgi_ab_json_string(&json, "flags", TGI_BUILD_FLAGS);
    tgi_ab_json_string(&json, "allocator", TGI_BUILD_ALLOC);
    tgi_ab_json_string(&json, "sanitizers", TGI_BUILD_SANITIZE);
    tgi_ab_json_open(&json, "modes", '[');
    for (size_t i = 0; i < count; i++) {
        tgi_ab_json_open(&json, NULL, '{');
        tgi_ab_json_string(&json, "name", modes[i].name);
        tgi_ab_json_string(&json, "counts", modes[i].counts);
        tgi_ab_json_bool(&json, "gil", modes[i].gil);
        tgi_ab_json_bool(&json, "switchable", modes[i].switchable);
        tgi_ab_json_bool(&json, "available", tgi_core_is_built(modes[i].counts));
        tgi_ab_json_string(&json, "summary", modes[i].summary);
        tgi_ab_json_close(&json, '}');
    }
    tgi_ab_json_close(&json, ']');
    tgi_ab_json_close(&json, '}');
    putchar('\n');
}

int tgi_modes_main(int argc, char **argv)
{
    static const char command[] = "togil modes";
    static const char *const known[] = {"--json", "--help", "-h"};
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            tgi_help_modes(stdout);
            return end_of_output(command);
        } else if (argv[i][0] == '-') {
            return tgi_unknown_option(command, argv[i], known, 3);
        } else {
            return tgi_usage_error(command, "takes no argument, but was given '%s'", argv[i]);
        }
    }
    if (json)
        print_json();
    else
        print_table();
    return end_of_output(command);
}

// --- dis

static int disassemble(tg_thread *t, const tgi_source *source)
{
    tg_value text = tg_disassemble(t, source->text, source->size, source->name);
    size_t n = 0;
    const char *s = text != TG_NULL ? tg_as_utf8(t, text, &n) : NULL;
    int st = s == NULL || tg_write(t, 1, s, n) < 0 || tg_flush(t, 1) < 0 ? -1 : 0;
    tg_release(t, text);
    return st == 0 ? 0 : tg_report_exception(t, tg_error_fetch(t));
}

int tgi_dis_main(int argc, char **argv)
{
    static const char command[] = "togil dis";
    tgi_options options;
    if (!tgi_options_parse(argc, argv, 1, command, false, &options))
        return 2;
    if (options.help) {
        tgi_help_dis(stdout);
        return end_of_output(command);
    }
    if (options.kind == TGI_SCRIPT_NONE)
        return tgi_usage_error(command, "which script? (togil dis script.py)");
    if (options.arg_count > 0)
        return tgi_usage_error(command, "takes one script, but was also given '%s'",
                               options.args[0]);
    tgi_source source;
    tg_runtime *rt;
    tg_thread *t;
    int code = tgi_source_open(&options, &source);
    if (code != 0)
        return code;
    code = tgi_source_read(&options, &source);
    if (code == 0)
        code = tgi_runtime_open(command, NULL, (tg_config){0}, &rt, &t);
    if (code == 0) {
        code = disassemble(t, &source);
        tg_runtime_destroy(rt, t);
    }
    tgi_source_close(&source);
    return code;
}
