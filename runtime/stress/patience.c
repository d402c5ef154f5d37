// SPDX-License-Identifier: MIT
//
// patience.c - notices a run that stands still.
//
// A task that waits by the primitives of the runtime is not offered to the strategy, so a run never
// blocks; but it may read from a pipe, or call a function of an embedder that sleeps. Then nobody
// can go on, and nothing would ever be said.
//
// Method      Every point counts up tgi_engine.beats. A thread of the tester looks at it a few
//             times a second. If it has not moved for long enough, the kernel says whether the
//             thread of the run waits and in which system call; one that computes gets ten times as
//             long, because that ends some day. Then the thread of the run is held in the handler
//             of a signal: whatever it did before is visible then, and stays as it is while the
//             stall is told.
// Owns        the thread that watches, and the handler of SIGURG while there is one.
// Threads     begin, end, rest, free: the OS thread of the engine. carried: the one that carries
//             it.
// Invariants  P1  time in which this process was stopped, or did not get a processor, counts once
//                 per look.
//             P2  the engine is read only while its thread is held.
//             P3  the thread that watches calls libc by itself: the table of the operating system
//                 is that of the run.
// Rejected    alarm signals alone: the handler could not print, and a thread that waits with
//             signals blocked would never be told of.
#include "stress/patience.h"

#include "stress/engine.h" // beats

#include "base/clock.h"     // TGI_NS_PER_S
#include "base/compiler.h"  // TGI_TSAN
#include "base/os.h"        // tgi_os_thread_id
#include "thread/runtime.h" // pending signals

#include <errno.h>       // kept in the handler
#include <fcntl.h>       // open
#include <inttypes.h>    // SCNx64
#include <poll.h>        // poll
#include <pthread.h>     // the thread
#include <signal.h>      // SIGURG
#include <stdio.h>       // snprintf
#include <stdlib.h>      // calloc
#include <string.h>      // strrchr
#include <sys/syscall.h> // names of system calls
#include <time.h>        // real time
#include <unistd.h>      // readlink

enum { COMPUTING_FACTOR = 10, HOLD_LOOKS = 2000 };

struct tgi_patience {
    tgi_engine *e; // const
    int64_t ns;    // const
    tgi_stalled_fn *fn;
    void *arg;
    pthread_t watcher; // owner: the OS thread of the engine
    bool watching;     // the same
    pid_t process;     // the same: where the thread is
    struct sigaction before;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;                // guarded by lock
    _Atomic(bool) active;     // the carrier: a run is on its way
    _Atomic(pthread_t) owner; // the carrier: itself
    _Atomic(int) id;          // the same as the kernel counts
    _Atomic(uint32_t) hold;   // the watcher: a request, by its number; 0: none
    _Atomic(uint32_t) held;   // the carrier: the request that it has answered
    uint32_t requests;        // the watcher
};

static _Atomic(tgi_patience *) watched; // the one whose run is on its way

// --- the thread of the run

static void stand_still(int signo)
{
    (void)signo;
    int saved = errno;
    // ORDER: acquire; pairs with the release in tgi_patience_begin.
    tgi_patience *p = atom_load_acquire(&watched);
    // ORDER: relaxed; which request it is.
    uint32_t request = p != NULL ? atom_load_relaxed(&p->hold) : 0;
    if (request != 0) {
        // ORDER: release; pairs with the acquire in hold: all that the run did is visible there.
        atom_store_release(&p->held, request);
        // ORDER: acquire; pairs with the release in let_go.
        while (atom_load_acquire(&p->hold) == request)
            (void)poll(NULL, 0, 1);
    }
    errno = saved;
}

void tgi_patience_carried(tgi_patience *p)
{
    // ORDER: relaxed; the watcher sends a signal there, and looks whether it was the right one.
    atom_store_relaxed(&p->owner, pthread_self());
    // ORDER: relaxed; the same.
    atom_store_relaxed(&p->id, tgi_os_thread_id());
}

// --- what it waits in

typedef struct call {
    char state; // as the kernel names it; 0: not known
    bool known; // the rest is
    long number;
    uint64_t args[3];
} call;

// A small file; "" if it cannot be read.
static void read_file(char *out, size_t size, const char *format, int id)
{
    char path[64];
    snprintf(path, sizeof path, format, id);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, out, size - 1) : -1;
    out[n > 0 ? n : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

static call look_at_kernel(tgi_patience *p)
{
    call c = {0};
    char text[512];
    // ORDER: relaxed; see tgi_patience_carried.
    int id = atom_load_relaxed(&p->id);
    read_file(text, sizeof text, "/proc/self/task/%d/stat", id);
    const char *end = strrchr(text, ')'); // behind the name
    if (end != NULL && end[1] == ' ')
        c.state = end[2];
    read_file(text, sizeof text, "/proc/self/task/%d/syscall", id);
    char *at = text;
    c.number = strtol(text, &at, 10);
    c.known = at != text;
    for (int i = 0; i < 3; i++)
        c.args[i] = strtoull(at, &at, 16);
    return c;
}

static void describe_descriptor(int fd, char *out, size_t size)
{
    char path[64], target[160];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    target[n > 0 ? n : 0] = '\0';
    snprintf(out, size, "descriptor %d%s%s%s%s", fd, fd == 0 ? ", standard input" : "",
             n > 0 ? " (" : "", target, n > 0 ? ")" : "");
}

// What the system call waits for. Of poll, the first descriptor: the thread is held in it, so that
// its arguments are still there.
static void describe_call(const call *c, char *out, size_t size)
{
    enum { NOTHING, DESCRIPTOR, DESCRIPTORS };
    static const struct {
        long number;
        const char *name;
        int what;
    } calls[] = {
        {SYS_read, "read", DESCRIPTOR},
        {SYS_readv, "readv", DESCRIPTOR},
        {SYS_write, "write", DESCRIPTOR},
        {SYS_recvfrom, "recvfrom", DESCRIPTOR},
        {SYS_recvmsg, "recvmsg", DESCRIPTOR},
        {SYS_sendto, "sendto", DESCRIPTOR},
        {SYS_accept, "accept", DESCRIPTOR},
        {SYS_accept4, "accept", DESCRIPTOR},
        {SYS_connect, "connect", DESCRIPTOR},
        {SYS_flock, "flock", DESCRIPTOR},
        {SYS_fcntl, "fcntl", DESCRIPTOR},
        {SYS_ppoll, "poll", DESCRIPTORS},
#ifdef SYS_poll
        {SYS_poll, "poll", DESCRIPTORS},
#endif
        {SYS_pselect6, "select", NOTHING},
        {SYS_nanosleep, "nanosleep", NOTHING},
        {SYS_clock_nanosleep, "nanosleep", NOTHING},
        {SYS_restart_syscall, "nanosleep", NOTHING},
        {SYS_wait4, "wait for a process", NOTHING},
        {SYS_waitid, "wait for a process", NOTHING},
        {SYS_futex, "futex (a lock of foreign code)", NOTHING},
        {SYS_openat, "open", NOTHING},
    };
    char of[224] = "";
    for (size_t i = 0; c->known && i < sizeof calls / sizeof calls[0]; i++) {
        if (calls[i].number != c->number)
            continue;
        if (calls[i].what == DESCRIPTOR) {
            describe_descriptor((int)c->args[0], of, sizeof of);
        } else if (calls[i].what == DESCRIPTORS && c->args[0] != 0 && c->args[1] > 0) {
            struct pollfd first;
            memcpy(&first, (const void *)(uintptr_t)c->args[0], sizeof first);
            describe_descriptor(first.fd, of, sizeof of);
        }
        snprintf(out, size, "It waits in the system call %s%s%s.", calls[i].name,
                 of[0] != '\0' ? ": " : "", of);
        return;
    }
    if (c->state == 'R')
        snprintf(out, size, "It computes, or waits for a processor.");
    else if (c->known)
        snprintf(out, size, "It waits in system call %ld.", c->number);
    else
        snprintf(out, size, "It waits in the kernel.");
}

// --- the thread that watches

static bool hold(tgi_patience *p)
{
    // ORDER: relaxed; nothing goes along.
    atom_store_relaxed(&p->hold, ++p->requests);
    // ORDER: relaxed; see tgi_patience_carried.
    if (pthread_kill(atom_load_relaxed(&p->owner), SIGURG) != 0)
        return false;
    for (int i = 0; i < HOLD_LOOKS; i++) {
        // ORDER: acquire; pairs with the release in stand_still.
        if (atom_load_acquire(&p->held) == p->requests)
            return true;
        (void)poll(NULL, 0, 1);
    }
    return false;
}

static void let_go(tgi_patience *p)
{
    // ORDER: release; pairs with the acquire in stand_still: what was written here is seen there.
    atom_store_release(&p->hold, 0);
}

static bool is_interrupted(const tgi_patience *p)
{
    // ORDER: relaxed; a hint.
    return (atom_load_relaxed(&p->e->main->runtime->signals.pending) >> SIGINT & 1) != 0;
}

static uint64_t beats_of(tgi_patience *p)
{
    // ORDER: relaxed; only whether it moves.
    return atom_load_relaxed(&p->e->beats);
}

static void bark(tgi_patience *p, uint64_t beats, int64_t silent, const call *c)
{
    bool standing = hold(p);
    // ORDER: relaxed; what is asked is whether the run has moved on meanwhile.
    if (atom_load_relaxed(&p->active) && beats_of(p) == beats) {
        if (standing) {
            char why[320];
            describe_call(c, why, sizeof why);
            tgi_engine_fail_stalled(p->e, is_interrupted(p), (double)silent / 1e9, why);
        }
        p->fn(p->arg, standing);
        if (standing)
            tgi_failure_reset(&p->e->failure);
    }
    let_go(p);
}

static int64_t real_time(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * TGI_NS_PER_S + now.tv_nsec;
}

static bool is_due(const tgi_patience *p, int64_t silent, const call *c)
{
    bool waits = c->state != 'R' && c->state != 'T' && c->state != 't';
    if (is_interrupted(p) && silent >= TGI_NS_PER_S)
        return true;
    return silent >= (waits ? p->ns : p->ns * COMPUTING_FACTOR);
}

static void *watch(void *arg)
{
    tgi_patience *p = arg;
    int64_t slice = p->ns / 8, silent = 0;
    slice = slice > TGI_NS_PER_S / 4 ? TGI_NS_PER_S / 4 : slice < 1000000 ? 1000000 : slice;
    uint64_t last = 0;
    pthread_mutex_lock(&p->lock);
    for (int64_t before = real_time(); !p->stop;) {
        int64_t until = before + slice;
        struct timespec at = {.tv_sec = until / TGI_NS_PER_S, .tv_nsec = until % TGI_NS_PER_S};
        (void)pthread_cond_timedwait(&p->wake, &p->lock, &at);
        int64_t now = real_time(), passed = now - before;
        before = now;
        uint64_t beats = beats_of(p);
        // ORDER: relaxed; a run that begins just now has moved when this is looked at again.
        if (!atom_load_relaxed(&p->active) || beats != last || p->stop) {
            last = beats;
            silent = 0;
            continue;
        }
        silent += passed < slice ? passed : slice; // P1
        if (silent < p->ns && !(is_interrupted(p) && silent >= TGI_NS_PER_S))
            continue;
        call c = look_at_kernel(p);
        if (!is_due(p, silent, &c))
            continue;
        pthread_mutex_unlock(&p->lock);
        bark(p, beats, silent, &c);
        pthread_mutex_lock(&p->lock);
        before = real_time();
        silent = 0;
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

// --- from outside

tgi_patience *tgi_patience_new(tgi_engine *e, int64_t ns, tgi_stalled_fn *fn, void *arg)
{
    tgi_patience *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->e = e;
    p->ns = ns;
    p->fn = fn;
    p->arg = arg;
    return p;
}

void tgi_patience_free(tgi_patience *p)
{
    if (p == NULL)
        return;
    tgi_patience_rest(p);
    free(p);
}

// Without a thread, or without its stack, the tester goes on unwatched.
static void start(tgi_patience *p)
{
    pthread_condattr_t attributes;
    // The thread sanitizer runs handlers when a system call has ended.
    struct sigaction action = {.sa_handler = stand_still, .sa_flags = TGI_TSAN ? 0 : SA_RESTART};
    sigset_t all, before;
    sigemptyset(&action.sa_mask);
    pthread_mutex_init(&p->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    p->stop = false;
    p->process = getpid();
    (void)sigaction(SIGURG, &action, &p->before);
    sigfillset(&all); // signals are for the others
    pthread_sigmask(SIG_SETMASK, &all, &before);
    p->watching = pthread_create(&p->watcher, NULL, watch, p) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!p->watching)
        (void)sigaction(SIGURG, &p->before, NULL);
}

void tgi_patience_begin(tgi_patience *p)
{
    if (!p->watching)
        start(p);
    tgi_patience_carried(p);
    // ORDER: release; pairs with the acquire in stand_still.
    atom_store_release(&watched, p);
    // ORDER: relaxed; the watcher counts from when it sees it.
    atom_store_relaxed(&p->active, true);
}

void tgi_patience_end(tgi_patience *p)
{
    // ORDER: relaxed; nobody reads the engine without holding this thread.
    atom_store_relaxed(&p->active, false);
}

void tgi_patience_rest(tgi_patience *p)
{
    if (p == NULL || !p->watching)
        return;
    p->watching = false;
    if (p->process != getpid())
        return; // a child of fork has no such thread
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    (void)pthread_join(p->watcher, NULL);
    (void)sigaction(SIGURG, &p->before, NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->wake);
}
