// SPDX-License-Identifier: MIT
//
// options.h - the command line of `togil run` and `togil dis`: which mode, which script.
#ifndef TGI_CLI_OPTIONS_H
#define TGI_CLI_OPTIONS_H

#include <stdbool.h> // bool
#include <stddef.h>  // size_t

#include <togil/togil.h> // tg_mode

typedef enum tgi_script_kind {
    TGI_SCRIPT_NONE,  // nothing was named
    TGI_SCRIPT_FILE,  // text is its path
    TGI_SCRIPT_CODE,  // text is the code
    TGI_SCRIPT_STDIN, // "-"
} tgi_script_kind;

typedef struct tgi_options {
    const char *command;    // "togil", "togil dis": opens every message
    const tg_mode *mode;    // NULL: nobody asked for one
    bool gil_stays_off;     // --gil off was given
    const char *gil_policy; // NULL: the default
    int gil_signal;         // 0: none
    const char *trace;      // file for the event trace; NULL: none
    tgi_script_kind kind;
    const char *text;
    char **args; // what follows the script
    int arg_count;
    bool help, version;
    int64_t pause_limit_ms; // --pause-limit; 0: the default, negative: none
    bool check_world;       // --check-world
    bool hot_counts_off;    // --hot-counts off
    bool stats;             // --stats: print the figures when the script has ended
    const char *stats_file; // --stats=FILE: write them there as JSON; NULL: no
} tgi_options;

// Reads argv from argv[first] on; args and text point into it. False after an error, which has been
// printed. with_mode: the options that choose a mode, and TOGIL_MODE, are taken.
bool tgi_options_parse(int argc, char **argv, int first, const char *command, bool with_mode,
                       tgi_options *out);

// The value of argv[*at] if it is the option `name`: behind "=" or the next argument. 1, 0 if it is
// another option, -1 if the value is missing, after a message.
int tgi_option_value(char **argv, int argc, int *at, const char *name, const char *command,
                     const char **out);

// Prints "command: message" to stderr. Always 2, the exit code of a usage error.
int __attribute__((format(printf, 2, 3)))
tgi_usage_error(const char *command, const char *format, ...);

// Prints that option is unknown, with the one of `known` it may have been meant to be. 2.
int tgi_unknown_option(const char *command, const char *option, const char *const *known,
                       size_t count);

#endif
