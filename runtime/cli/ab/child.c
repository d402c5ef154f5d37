// SPDX-License-Identifier: MIT
//
// child.c - runs one child and measures it from outside.
//
// Owns        the child, its process group and the three pipes, until tgi_ab_child_run returns.
// Threads     single-threaded: signal dispositions and child processes belong to the process.
// Invariants  P1  When tgi_ab_child_run returns, no process of the child's group is alive.
//             P2  The clock stops when the exit is seen, before anything else is read or killed.
//             P3  A stop signal arriving at any time is seen: they are blocked outside ppoll.
// Rejected    reading until the pipes close: a grandchild that inherited one would make the run
//             look long. pidfd: not offered by every container's kernel; SIGCHLD with ppoll is.
// Sources     POSIX posix_spawn, waitid (WNOWAIT keeps the group's number ours while we kill it).
#include "cli/ab/child.h"

#include <errno.h>        // EINTR
#include <fcntl.h>        // O_CLOEXEC
#include <poll.h>         // ppoll
#include <spawn.h>        // posix_spawn
#include <stdio.h>        // snprintf
#include <stdlib.h>       // realloc, strtod
#include <string.h>       // memcpy, strsignal
#include <sys/resource.h> // struct rusage
#include <sys/wait.h>     // waitid, wait4
#include <time.h>         // clock_gettime
#include <unistd.h>       // pipe2, read

#define REPORT_FD  3
#define MAX_REPORT 65536

enum { OUT, ERR, REPORT, PIPES };

static volatile sig_atomic_t stop_signal;
static sigset_t stop_signals; // those that were not ignored
static const int handled[4] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD};

typedef struct running {
    pid_t pid;
    int pipes[PIPES]; // our ends; -1 when closed
    double started;
    double deadline;
    bool exited;
    bool killed; // we sent the signal; outcome says why
    size_t output_capacity;
    char report[MAX_REPORT];
    size_t report_length;
    tgi_ab_child *out;
} running;

double tgi_ab_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void note_signal(int signal)
{
    if (signal != SIGCHLD)
        stop_signal = signal;
}

void tgi_ab_signals_begin(tgi_ab_signals *out)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    sigemptyset(&stop_signals);
    stop_signal = 0;
    for (int i = 0; i < 4; i++)
        sigaddset(&blocked, handled[i]);
    sigprocmask(SIG_BLOCK, &blocked, &out->old_mask);
    for (int i = 0; i < 4; i++) {
        struct sigaction action = {.sa_handler = note_signal};
        sigemptyset(&action.sa_mask);
        sigaction(handled[i], NULL, &out->old_actions[i]);
        if (handled[i] != SIGCHLD && out->old_actions[i].sa_handler == SIG_IGN)
            continue;
        sigaction(handled[i], &action, NULL);
        if (handled[i] != SIGCHLD)
            sigaddset(&stop_signals, handled[i]);
    }
}

void tgi_ab_signals_end(const tgi_ab_signals *signals)
{
    for (int i = 0; i < 4; i++)
        sigaction(handled[i], &signals->old_actions[i], NULL);
    sigprocmask(SIG_SETMASK, &signals->old_mask, NULL);
}

int tgi_ab_stop_signal(void)
{
    // A signal that came outside ppoll is still pending: take it, or it would strike later.
    const struct timespec at_once = {0};
    int taken = sigtimedwait(&stop_signals, NULL, &at_once);
    if (taken > 0)
        stop_signal = taken;
    return stop_signal;
}

static void close_pipe(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

// Appends to the output; false if there is too much of it.
static bool keep_output(running *run, const char *data, size_t length)
{
    tgi_ab_child *out = run->out;
    size_t old = out->output_length;
    if (length > TGI_AB_MAX_OUTPUT - old)
        return false;
    if (old + length > run->output_capacity) {
        size_t capacity = 2 * (old + length);
        char *larger = realloc(out->output, capacity);
        if (larger == NULL)
            return false;
        out->output = larger;
        run->output_capacity = capacity;
    }
    memcpy(out->output + old, data, length);
    out->output_length = old + length;
    return true;
}

static void keep_error_tail(tgi_ab_child *out, const char *data, size_t length)
{
    if (length >= TGI_AB_ERROR_TAIL) {
        memcpy(out->error_tail, data + length - TGI_AB_ERROR_TAIL, TGI_AB_ERROR_TAIL);
        out->error_tail_length = TGI_AB_ERROR_TAIL;
        return;
    }
    size_t room = TGI_AB_ERROR_TAIL - length;
    if (out->error_tail_length > room) {
        size_t drop = out->error_tail_length - room;
        memmove(out->error_tail, out->error_tail + drop, room);
        out->error_tail_length = room;
    }
    memcpy(out->error_tail + out->error_tail_length, data, length);
    out->error_tail_length += length;
}

static void end_child(running *run, tgi_ab_outcome why)
{
    if (run->killed || run->exited)
        return;
    run->killed = true;
    run->out->outcome = why;
    kill(-run->pid, SIGKILL);
}

// Reads what is there; closes the pipe at its end. A child that never stops writing must not keep
// the deadline from being looked at, so a living one is read in rations.
static void drain(running *run, int which)
{
    char data[65536];
    for (int reads = 0; run->pipes[which] >= 0 && (run->exited || reads < 16); reads++) {
        ssize_t got = read(run->pipes[which], data, sizeof data);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            close_pipe(&run->pipes[which]);
            return;
        }
        size_t length = (size_t)got;
        if (which == ERR) {
            keep_error_tail(run->out, data, length);
        } else if (which == REPORT) {
            size_t room = sizeof run->report - run->report_length;
            size_t taken = length < room ? length : room;
            memcpy(run->report + run->report_length, data, taken);
            run->report_length += taken;
        } else if (!run->killed && !keep_output(run, data, length)) {
            end_child(run, TGI_AB_TOO_MUCH_OUTPUT);
            return;
        }
        if (run->exited && tgi_ab_now() > run->deadline)
            return; // something that left the group still writes
    }
}

// The last value of a name counts.
static void keep_fact(tgi_ab_child *out, const char *name, double value)
{
    int at = 0;
    while (at < out->fact_count && strcmp(out->facts[at].name, name) != 0)
        at++;
    if (at == TGI_AB_MAX_FACTS)
        return;
    if (at == out->fact_count)
        out->fact_count++;
    memcpy(out->facts[at].name, name, strlen(name) + 1); // parse_report checked the length
    out->facts[at].value = value;
}

// Lines `name value`; what is not such a line is skipped.
static void parse_report(running *run)
{
    tgi_ab_child *out = run->out;
    char *at = run->report;
    char *end = run->report + run->report_length;
    while (at < end) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        if (newline == NULL)
            return;
        *newline = '\0';
        size_t name_length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
        if (name_length > 0 && name_length < TGI_AB_FACT_NAME && at[name_length] == ' ') {
            char *number = at + name_length + 1;
            char *number_end;
            double value = strtod(number, &number_end);
            bool finite = value - value == 0;
            at[name_length] = '\0';
            if (number_end != number && *number_end == '\0' && finite)
                keep_fact(out, at, value);
        }
        at = newline + 1;
    }
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + 1e-6 * (double)time.tv_usec;
}

// Sees whether the child has ended; then stops the clock, clears its group and reaps it.
static void try_reap(running *run)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid != run->pid)
        return;
    tgi_ab_child *out = run->out;
    out->wall = tgi_ab_now() - run->started;
    kill(-run->pid, SIGKILL);

    int status;
    struct rusage usage;
    while (wait4(run->pid, &status, 0, &usage) < 0 && errno == EINTR)
        continue;
    run->exited = true;
    out->user = seconds(usage.ru_utime);
    out->sys = seconds(usage.ru_stime);
    out->max_rss = 1024.0 * (double)usage.ru_maxrss;
    out->voluntary_switches = usage.ru_nvcsw;
    out->involuntary_switches = usage.ru_nivcsw;
    if (run->killed)
        return;
    out->outcome = WIFEXITED(status) ? TGI_AB_EXITED : TGI_AB_KILLED;
    out->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
}

static void watch(running *run, const tgi_ab_signals *signals)
{
    sigset_t while_waiting = signals->old_mask;
    for (int i = 0; i < 4; i++)
        sigdelset(&while_waiting, handled[i]);
    for (;;) {
        try_reap(run);
        if (run->exited)
            break;
        if (tgi_ab_stop_signal() != 0)
            end_child(run, TGI_AB_INTERRUPTED);
        double left = run->deadline - tgi_ab_now();
        if (left <= 0)
            end_child(run, TGI_AB_TIMED_OUT);
        struct pollfd fds[PIPES];
        for (int i = 0; i < PIPES; i++)
            fds[i] = (struct pollfd){.fd = run->pipes[i], .events = POLLIN};
        struct timespec limit = {.tv_sec = (time_t)left,
                                 .tv_nsec = (long)((left - (double)(time_t)left) * 1e9)};
        int ready = ppoll(fds, PIPES, run->killed ? NULL : &limit, &while_waiting);
        if (ready <= 0)
            continue;
        try_reap(run);
        if (run->exited)
            break;
        for (int i = 0; i < PIPES; i++) {
            if (fds[i].revents != 0)
                drain(run, i);
        }
    }
    run->deadline = tgi_ab_now() + 1;
    for (int i = 0; i < PIPES; i++)
        drain(run, i);
}

static int make_pipes(int ours[PIPES], int theirs[PIPES])
{
    for (int i = 0; i < PIPES; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            return errno;
        ours[i] = ends[0];
        theirs[i] = ends[1];
        if (fcntl(ours[i], F_SETFL, O_NONBLOCK) != 0)
            return errno;
    }
    return 0;
}

// The descriptors of the child: 0 null, 1 and 2 pipes, 3 the report. No end of ours may sit on
// one of those numbers when it is overwritten; low numbers are taken by whoever opened them
// first, so theirs are moved above.
static int spawn(running *run, int theirs[PIPES], char *const *argv, char *const *environment,
                 const tgi_ab_signals *signals)
{
    for (int i = 0; i < PIPES; i++) {
        int moved = fcntl(theirs[i], F_DUPFD_CLOEXEC, REPORT_FD + 1);
        if (moved < 0)
            return errno;
        close(theirs[i]);
        theirs[i] = moved;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    sigset_t defaults;
    sigemptyset(&defaults);
    for (int i = 0; i < 4; i++)
        sigaddset(&defaults, handled[i]);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &signals->old_mask);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    const int targets[PIPES] = {1, 2, REPORT_FD};
    for (int i = 0; i < PIPES && error == 0; i++)
        error = posix_spawn_file_actions_adddup2(&actions, theirs[i], targets[i]);
    if (error == 0) {
        run->started = tgi_ab_now();
        error = posix_spawn(&run->pid, argv[0], &actions, &attributes, argv, environment);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

// The environment plus the report channel. Shares the strings; the caller frees the array.
static char **with_report(char *const *environment)
{
    static char report[] = "TOGIL_AB_REPORT=3";
    size_t count = 0;
    while (environment[count] != NULL)
        count++;
    char **result = malloc((count + 2) * sizeof result[0]);
    if (result == NULL)
        return NULL;
    memcpy(result, environment, count * sizeof result[0]);
    result[count] = report;
    result[count + 1] = NULL;
    return result;
}

void tgi_ab_child_run(char *const *argv, char *const *environment, double timeout,
                      const tgi_ab_signals *signals, tgi_ab_child *out)
{
    *out = (tgi_ab_child){.outcome = TGI_AB_NOT_STARTED, .code = ENOMEM};
    char **full_environment = with_report(environment);
    running *run = calloc(1, sizeof *run);
    if (full_environment != NULL && run != NULL) {
        run->out = out;
        int theirs[PIPES] = {-1, -1, -1};
        for (int i = 0; i < PIPES; i++)
            run->pipes[i] = -1;
        out->code = make_pipes(run->pipes, theirs);
        if (out->code == 0)
            out->code = spawn(run, theirs, argv, full_environment, signals);
        for (int i = 0; i < PIPES; i++)
            close_pipe(&theirs[i]);
        if (out->code == 0) {
            run->deadline = run->started + timeout;
            watch(run, signals);
            parse_report(run);
        }
        for (int i = 0; i < PIPES; i++)
            close_pipe(&run->pipes[i]);
    }
    free(run);
    free(full_environment);
}

void tgi_ab_child_free(tgi_ab_child *child)
{
    free(child->output);
    child->output = NULL;
    child->output_length = 0;
}

bool tgi_ab_child_succeeded(const tgi_ab_child *child)
{
    return child->outcome == TGI_AB_EXITED && child->code == 0;
}

void tgi_ab_child_describe(const tgi_ab_child *child, char *out, size_t size)
{
    switch (child->outcome) {
    case TGI_AB_EXITED:
        snprintf(out, size, "exit status %d", child->code);
        return;
    case TGI_AB_KILLED: {
        const char *name = sigabbrev_np(child->code);
        snprintf(out, size, "killed by SIG%s (%s)", name != NULL ? name : "?",
                 strsignal(child->code));
        return;
    }
    case TGI_AB_TIMED_OUT:
        snprintf(out, size, "timed out after %.1f s", child->wall);
        return;
    case TGI_AB_INTERRUPTED:
        snprintf(out, size, "interrupted");
        return;
    case TGI_AB_TOO_MUCH_OUTPUT:
        snprintf(out, size, "printed more than %zu MB, which cannot be compared",
                 TGI_AB_MAX_OUTPUT >> 20);
        return;
    case TGI_AB_NOT_STARTED:
        snprintf(out, size, "could not be started: %s", strerror(child->code));
        return;
    }
}

double tgi_ab_child_fact(const tgi_ab_child *child, const char *name, double absent)
{
    for (int i = 0; i < child->fact_count; i++) {
        if (strcmp(child->facts[i].name, name) == 0)
            return child->facts[i].value;
    }
    return absent;
}
