// SPDX-License-Identifier: MIT
//
// child.h - one fresh process: started, timed, read, limited, reaped. The loop is in child.c.
#ifndef TGI_CLI_AB_CHILD_H
#define TGI_CLI_AB_CHILD_H

#include <signal.h>  // sigset_t
#include <stdbool.h> // bool
#include <stddef.h>  // size_t
#include <stdint.h>  // uint64_t

// More output than this cannot be compared in memory; the run counts as failed.
#define TGI_AB_MAX_OUTPUT ((size_t)64 << 20)
#define TGI_AB_ERROR_TAIL 4096
#define TGI_AB_MAX_FACTS  32
#define TGI_AB_FACT_NAME  40

typedef enum tgi_ab_outcome {
    TGI_AB_EXITED, // code is the exit status
    TGI_AB_KILLED, // code is the signal
    TGI_AB_TIMED_OUT,
    TGI_AB_INTERRUPTED, // we were told to stop
    TGI_AB_TOO_MUCH_OUTPUT,
    TGI_AB_NOT_STARTED, // code is an errno
} tgi_ab_outcome;

// Note [report channel]. A child finds the number of a writable descriptor in TOGIL_AB_REPORT and
// may write lines `name value` to it: facts about the run that only the runtime can know. The
// fact TGI_AB_FACT_REGION, in seconds, is the time of the region the program wants measured; when
// every counted run reports it, it is the figure, otherwise the time of the whole process is.
#define TGI_AB_FACT_REGION "region_seconds"

typedef struct tgi_ab_fact {
    char name[TGI_AB_FACT_NAME];
    double value;
} tgi_ab_fact;

typedef struct tgi_ab_child {
    tgi_ab_outcome outcome;
    int code;
    double wall; // seconds from before the start to the exit
    double user;
    double sys;
    double max_rss; // bytes
    long voluntary_switches;
    long involuntary_switches;
    char *output; // owned; standard output, not terminated
    size_t output_length;
    char error_tail[TGI_AB_ERROR_TAIL]; // the end of standard error, not terminated
    size_t error_tail_length;
    tgi_ab_fact facts[TGI_AB_MAX_FACTS];
    int fact_count;
} tgi_ab_child;

// Between begin and end, SIGINT, SIGTERM and SIGHUP end the running child and make
// tgi_ab_stop_signal() non-zero. A signal that was ignored before stays ignored.
typedef struct tgi_ab_signals {
    sigset_t old_mask;
    struct sigaction old_actions[4];
} tgi_ab_signals;

void tgi_ab_signals_begin(tgi_ab_signals *out);
void tgi_ab_signals_end(const tgi_ab_signals *signals);
int tgi_ab_stop_signal(void);

// Runs argv[0] with argv in the environment `environment` plus TOGIL_AB_REPORT, standard input
// from /dev/null, in a process group of its own, and waits for it. Everything left in the group is
// killed when the child has ended. out is always filled; free it.
void tgi_ab_child_run(char *const *argv, char *const *environment, double timeout,
                      const tgi_ab_signals *signals, tgi_ab_child *out);
void tgi_ab_child_free(tgi_ab_child *child);

// True if the child ended by itself with status 0.
bool tgi_ab_child_succeeded(const tgi_ab_child *child);

// "exit status 1", "killed by SIGSEGV (Segmentation fault)", "timed out after 5.0 s", ...
void tgi_ab_child_describe(const tgi_ab_child *child, char *out, size_t size);

// The value of a fact, or `absent`.
double tgi_ab_child_fact(const tgi_ab_child *child, const char *name, double absent);

double tgi_ab_now(void); // seconds of the monotonic clock

#endif
