// SPDX-License-Identifier: MIT
//
// storm_watch.c - the watchdog of the storm, and what is printed when something is wrong.
#include "storm.h"

#include "base/clock.h"
#include "thread/trace.h"
#include "thread/world_check.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LAST_EVENTS = 12, DUMP_SECONDS = 30 };

static const char *const event_names[TGI_TRACE_KINDS] = {
    [TGI_TRACE_START] = "start",     [TGI_TRACE_END] = "end",     [TGI_TRACE_ATTACH] = "attach",
    [TGI_TRACE_DETACH] = "detach",   [TGI_TRACE_PARK] = "park",   [TGI_TRACE_UNPARK] = "unpark",
    [TGI_TRACE_YIELD] = "yield",     [TGI_TRACE_WANT] = "want",   [TGI_TRACE_TAKE] = "take",
    [TGI_TRACE_GIVE_UP] = "give-up", [TGI_TRACE_ASK] = "ask",     [TGI_TRACE_DROP] = "drop",
    [TGI_TRACE_GIL_OFF] = "gil-off", [TGI_TRACE_COUNT] = "count", [TGI_TRACE_SUSPEND] = "suspend",
    [TGI_TRACE_RESUME] = "resume",
};

static void print_last_events(tg_runtime *rt)
{
    tgi_trace_copy copy;
    if (tgi_trace_read(rt, &copy) != TG_OK)
        return;
    fprintf(stderr, "last events, in microseconds before now:\n");
    for (size_t i = 0; i < copy.track_count; i++) {
        const tgi_trace_track *track = &copy.tracks[i];
        if (track->ended)
            continue;
        fprintf(stderr, "  thread %u:", (unsigned)track->thread_id);
        size_t from = track->count > LAST_EVENTS ? track->count - LAST_EVENTS : 0;
        for (size_t k = from; k < track->count; k++)
            fprintf(stderr, " %s@%.1f", event_names[track->items[k].kind],
                    (double)(copy.end_ns - track->items[k].at_ns) / 1e3);
        fprintf(stderr, "\n");
    }
    tgi_trace_copy_free(&copy);
}

// -- script stacks --------------------------------------------------------------------------------
//
// The watchdog is no thread of the runtime, and frames belong to the thread that runs. So it looks
// at a copy in which nothing moves, that of a child process, and has a child of that one look at
// each thread. A thread that was in the middle of a call may have left a frame half made; then its
// child dies of it and the next one goes on. No lock is taken: it may be the one that is stuck.

enum { STACK_SECONDS = 5, FRAMES_SHOWN = 20 };

static void print_frame(const char *file, uint32_t line, const char *function, void *arg)
{
    int *frames = arg;
    if (++*frames > FRAMES_SHOWN)
        return;
    char text[512];
    int n = snprintf(text, sizeof text, "    File \"%s\", line %u, in %s\n", file, (unsigned)line,
                     function);
    if (n > 0)
        (void)!write(STDERR_FILENO, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

static _Noreturn void print_stack_in_child(tg_runtime *rt, tg_thread *t)
{
    alarm(STACK_SECONDS);
    for (int sig = SIGILL; sig <= SIGSEGV; sig++)
        (void)signal(sig, SIG_DFL);
    int frames = 0;
    char text[128];
    int n = snprintf(text, sizeof text, "  thread %u \"%s\"%s\n", (unsigned)t->id, t->name,
                     tgi_thread_is_attached(t) ? ", attached" : "");
    (void)!write(STDERR_FILENO, text, (size_t)n);
    rt->hooks->stack(t, print_frame, &frames);
    static const char none[] = "    (not in a script)\n";
    if (frames == 0)
        (void)!write(STDERR_FILENO, none, sizeof none - 1);
    _exit(0);
}

static _Noreturn void print_stacks_in_child(tg_runtime *rt)
{
    alarm(DUMP_SECONDS);
    for (tg_thread *t = rt->threads; t != NULL; t = t->next) {
        pid_t child = fork();
        if (child == 0)
            print_stack_in_child(rt, t);
        int status = 0;
        while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
            continue;
        static const char died[] = "    (it was in the middle of a call)\n";
        if (child > 0 && WIFSIGNALED(status))
            (void)!write(STDERR_FILENO, died, sizeof died - 1);
    }
    _exit(0);
}

static void print_stacks(tg_runtime *rt)
{
    if (rt->hooks->stack == NULL)
        return;
    fprintf(stderr, "script stacks, innermost first:\n");
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        print_stacks_in_child(rt);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static void print_all(storm *s)
{
    for (int i = 0; i < s->thread_count; i++) {
        storm_thread *w = &s->threads[i];
        const char *doing = atom_load_seq_cst(&w->doing);
        fprintf(stderr, "  %s %d: %llu steps, %s\n", w->role, w->index,
                (unsigned long long)atom_load_seq_cst(&w->beats),
                atom_load_seq_cst(&w->done) ? "done"
                : doing != NULL             ? doing
                                            : "not started");
    }
    tg_runtime *rt = s->rt;
    if (rt == NULL)
        return;
    print_stacks(rt);
    tgi_world_print(rt, stderr);
    print_last_events(rt);
}

void storm_fail(const char *format, ...)
{
    static _Atomic(bool) failing;
    if (atom_exchange_seq_cst(&failing, true)) {
        for (;;)
            pause(); // the first one ends the process
    }
    va_list args;
    va_start(args, format);
    fprintf(stderr, "storm: mode %s, seed %llu: ", the_storm.mode,
            (unsigned long long)the_storm.options->seed);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\n");
    va_end(args);
    alarm(DUMP_SECONDS); // a lock may be held for ever
    print_all(&the_storm);
    fflush(NULL);
    _exit(1);
}

// -- watchdog -------------------------------------------------------------------------------------

static pthread_t watcher;
static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t watch_changed = PTHREAD_COND_INITIALIZER;
static bool watch_over; // guarded by watch_lock

// Waits a second. False when the storm is over.
static bool next_second(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec++;
    pthread_mutex_lock(&watch_lock);
    while (!watch_over && pthread_cond_timedwait(&watch_changed, &watch_lock, &until) == 0)
        continue;
    bool over = watch_over;
    pthread_mutex_unlock(&watch_lock);
    return !over;
}

static void *watch(void *arg)
{
    storm *s = arg;
    static uint64_t beats[STORM_THREADS_MAX];
    static int64_t since[STORM_THREADS_MAX];
    int64_t begun = tgi_clock_now_ns();
    for (int i = 0; i < s->thread_count; i++) {
        beats[i] = 0;
        since[i] = begun;
    }
    double told = 0;
    while (next_second()) {
        int64_t now = tgi_clock_now_ns();
        double seconds = (double)(now - begun) / 1e9;
        if (seconds - told >= s->options->progress) {
            told = seconds;
            fprintf(stderr, "storm: mode %s, %.0f s: %llu toggles\n", s->mode, seconds,
                    (unsigned long long)atom_load_seq_cst(&s->toggles));
        }
        if (s->options->minutes > 0 && (double)(now - begun) / 60e9 >= s->options->minutes)
            atom_store_seq_cst(&s->stop, true);
        for (int i = 0; i < s->thread_count; i++) {
            storm_thread *w = &s->threads[i];
            uint64_t seen = atom_load_seq_cst(&w->beats);
            if (seen != beats[i] || atom_load_seq_cst(&w->passive) || atom_load_seq_cst(&w->done)) {
                beats[i] = seen;
                since[i] = now;
            } else if ((double)(now - since[i]) / 1e9 > s->options->patience) {
                storm_fail("%s %d has made no step for %.0f s", w->role, w->index,
                           s->options->patience);
            }
        }
    }
    return NULL;
}

void storm_watch_start(storm *s)
{
    watch_over = false;
    if (pthread_create(&watcher, NULL, watch, s) != 0)
        storm_fail("no watchdog");
}

void storm_watch_stop(void)
{
    pthread_mutex_lock(&watch_lock);
    watch_over = true;
    pthread_cond_signal(&watch_changed);
    pthread_mutex_unlock(&watch_lock);
    pthread_join(watcher, NULL);
}
