// SPDX-License-Identifier: MIT
//
// options.h - what the command line of `togil ab` says. Parsed in options.c.
#ifndef TGI_CLI_AB_OPTIONS_H
#define TGI_CLI_AB_OPTIONS_H

#include <stdbool.h> // bool
#include <stddef.h>  // size_t
#include <stdint.h>  // uint64_t

#include "cli/ab/modes.h" // tgi_ab_mode

#define TGI_AB_MAX_THREAD_COUNTS 32
#define TGI_AB_MAX_THREADS       1024

// Exit codes of the command, the same in every form of it.
#define TGI_AB_EXIT_OK             0
#define TGI_AB_EXIT_USAGE          2
#define TGI_AB_EXIT_OUTPUTS_DIFFER 3
#define TGI_AB_EXIT_CRASHED        4
#define TGI_AB_EXIT_UNTRUSTED      5
#define TGI_AB_EXIT_SIGNAL         128 // + the signal: 130 after Ctrl-C

typedef struct tgi_ab_options {
    const tgi_ab_mode *modes[TGI_AB_MODE_COUNT];
    int mode_count;
    int threads[TGI_AB_MAX_THREAD_COUNTS]; // ascending
    int thread_counts;
    int blocks;
    int warmup;
    uint64_t seed;
    bool seed_given;
    double timeout;   // seconds for one run
    double max_time;  // seconds for everything; 0 is no limit. See Note [time]
    int least_blocks; // however long they take
    const char *json; // NULL: none; "-": standard output
    const char *html; // NULL: none
    bool racy;
    bool strict;
    bool quiet;
    bool verbose;
    bool help;
    char *const *script; // script and its arguments, as in argv
    int script_argc;
} tgi_ab_options;

// Note [time]. How long a program runs is not known before, so without --blocks and --max-time the
// number of blocks is what fits into a few minutes, but never fewer than a verdict needs. Whoever
// asks for a number of blocks gets it; whoever asks for a time gets at least one block.
#define TGI_AB_DEFAULT_TIME 180.0

// argv[0] is the name of the sub-command. False on a usage error, with one line (no newline, no
// program name) in message. `cores` is what `--threads auto` counts up to.
bool tgi_ab_options_parse(int argc, char **argv, int cores, tgi_ab_options *out, char *message,
                          size_t message_size);

// The text of --help.
void tgi_ab_print_help(void);

// True if some argument of the script contains {threads}.
bool tgi_ab_has_placeholder(const tgi_ab_options *options);

// A copy of the argument with every {threads} replaced; NULL without memory. Caller frees.
char *tgi_ab_fill_placeholder(const char *argument, int threads);

#endif
