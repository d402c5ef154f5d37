// SPDX-License-Identifier: MIT
//
// jobs.c - the runs of a session, dealt out to several processes.
//
// Method      The parent does the first block, forks, and from then on collects. A process takes
//             the next chunk of blocks, does its runs, and sends what it found. The parent counts
//             chunks in their order, whoever did them, and stops where one process would have
//             stopped. So what is tried, found and printed does not depend on the number of
//             processes.
// Owns        the processes until tgi_jobs_explore returns: then all of them have ended.
// Invariants  J1  a process ends when its parent does: it gets a signal then, and writing fails.
//             J2  Ctrl-C is the parent's: the others ignore it, and are told to stop.
//             J3  a run after `bound` does not matter: an earlier one failed.
// Rejected    residues of run numbers: a process that meets slow runs would keep all others
//             waiting.
#include "cli/stress/jobs.h"

#include "cli/stress/message.h" // what is sent
#include "cli/stress/shard.h"   // which runs
#include "cli/stress/stress.h"  // exit codes

#include "base/atomic.h"   // shared numbers
#include "base/clock.h"    // time
#include "base/compiler.h" // TGI_TSAN

#include <errno.h>     // EINTR
#include <inttypes.h>  // PRIu64
#include <poll.h>      // poll
#include <signal.h>    // kill
#include <stdlib.h>    // calloc
#include <string.h>    // memcpy
#include <sys/mman.h>  // shared memory
#include <sys/prctl.h> // PR_SET_PDEATHSIG
#include <sys/wait.h>  // waitpid
#include <unistd.h>    // pipe

#if TGI_TSAN
// To the thread sanitizer fibers are threads, and a child of a process with several may start none,
// unless it is told otherwise. There is one OS thread when a process of -j begins.
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "die_after_fork=0";
}
#endif

static const char command[] = "togil stress";

enum { MOST_BLOCKS = 64, PATIENCE_MS = 2000, CHUNK_NS = 20 * 1000 * 1000 };

typedef struct shared {
    _Atomic(uint64_t) next;  // any process: the chunk that nobody has taken
    _Atomic(uint64_t) bound; // any process: J3, only becomes smaller
    _Atomic(uint64_t) run[]; // by process: what it does
} shared;

typedef struct worker {
    pid_t pid; // 0: it has ended and was waited for
    int fd;    // -1: closed
    bool done; // it has sent its last message
    tgi_vec(char) bytes;
} worker;

typedef struct chunk {
    uint64_t number;
    tgi_stress_session found;
} chunk;

typedef struct jobs {
    tgi_session *p;
    uint64_t first;  // block
    uint64_t blocks; // of a chunk
    shared *shared;
    size_t shared_bytes;
    worker *workers;
    size_t count;
    tgi_vec(chunk) waiting; // for those before them
    uint64_t counted;       // chunks
    tgi_session_next next;
    bool stopping;
    int64_t stopped_at;
} jobs;

// --- a process

static bool is_late(const tgi_session *p)
{
    double s = (double)(tgi_clock_now_ns() - p->start) / 1e9;
    return p->options->seconds > 0 && s > p->options->seconds;
}

static void lower_bound(shared *s, uint64_t run)
{
    // ORDER: relaxed; whoever sees it late has done runs that nobody counts.
    uint64_t old = atom_load_relaxed(&s->bound);
    while (run < old && !atom_cas_weak_relaxed(&s->bound, &old, run))
        ;
}

// True: it goes on with another chunk.
static bool do_chunk(jobs *j, size_t me, uint64_t number, tgi_stress_session *found)
{
    tgi_session *p = j->p;
    const tgi_stress_options *o = p->options;
    for (uint64_t b = 0; b < j->blocks; b++) {
        uint64_t first = tgi_shard_block(&o->shard, j->first + number * j->blocks + b);
        for (uint64_t i = 0; i < TG_STRESS_BLOCK; i++) {
            // ORDER: relaxed; see lower_bound.
            if (first >= o->runs || first + i >= o->runs ||
                first + i > atom_load_relaxed(&j->shared->bound) || is_late(p))
                return false;
            // ORDER: relaxed; read once this process has ended.
            atom_store_relaxed(&j->shared->run[me], first + i);
            tgi_stress_failure *fresh;
            tgi_session_next next = tgi_session_one(p, found, first + i, &fresh);
            if (found->failed > 0 && !o->keep_going)
                lower_bound(j->shared, first + i);
            if (next != TGI_SESSION_GO_ON)
                return false;
        }
    }
    return true;
}

static void work(jobs *j, size_t me, int fd)
{
    tgi_session *p = j->p;
    bool more = true;
    while (more) {
        // ORDER: relaxed; each number is taken once.
        uint64_t number = atom_add_relaxed(&j->shared->next, 1);
        tgi_stress_session found = {.points = p->found->points};
        p->chunk = number;
        more = do_chunk(j, me, number, &found);
        found.races_incomplete = tg_stress_races_incomplete(p->s);
        if (!tgi_stress_seen_take(&found.seen, &p->told, p->s))
            found.code = TGI_STRESS_BROKEN;
        if (!tgi_message_send(fd, number, !more, &found))
            return;
        tgi_stress_session_free(&found);
    }
}

// False after a message.
static bool start(jobs *j, size_t me)
{
    worker *w = &j->workers[me];
    int fds[2];
    int64_t pid = -1;
    pid_t parent = getpid();
    w->fd = -1;
    if (pipe(fds) == 0) {
        if (tg_fork(j->p->t, &pid) != TG_OK)
            pid = -1;
        if (pid == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            (void)tg_signal_default(j->p->t, SIGINT, true);
            for (size_t i = 0; i < me; i++)
                close(j->workers[i].fd);
            close(fds[0]);
            j->p->fd = fds[1];
            if (getppid() == parent) // J1
                work(j, me, fds[1]);
            _exit(0);
        }
        close(fds[1]);
        if (pid < 0)
            close(fds[0]);
    }
    if (pid < 0) {
        fprintf(stderr, "%s: cannot start a process: %s\n", command, strerror(errno));
        return false;
    }
    w->pid = (pid_t)pid;
    w->fd = fds[0];
    return true;
}

// --- the parent

static void stop(jobs *j, tgi_session_next why)
{
    if (j->next == TGI_SESSION_GO_ON)
        j->next = why;
    if (j->stopping)
        return;
    j->stopping = true;
    j->stopped_at = tgi_clock_now_ns();
    lower_bound(j->shared, 0);
}

static void fail(jobs *j)
{
    j->p->found->code = TGI_STRESS_BROKEN;
    stop(j, TGI_SESSION_STOPPED);
}

// Chunks are counted in their order.
static void count(jobs *j, chunk *c)
{
    tgi_stress_session *f = j->p->found, *from = &c->found;
    tgi_stress_sums sums = tgi_stress_sums_of(from);
    tgi_stress_add_sums(f, &sums);
    f->races_incomplete |= from->races_incomplete;
    for (size_t i = 0; i < from->seen.count; i++) {
        if (!tgi_stress_seen_add(&f->seen, &from->seen.data[i]))
            fail(j);
    }
    for (size_t i = 0; i < from->failures.count; i++) {
        bool fresh;
        if (tgi_stress_add_failure(f, &from->failures.data[i], &fresh) && fresh)
            tgi_session_report(j->p, &vec_last(&f->failures));
    }
    vec_clear(&from->failures);
    if (from->code != 0) {
        f->code = from->code;
        stop(j, TGI_SESSION_STOPPED);
    } else if (f->failed > 0 && !j->p->options->keep_going) {
        stop(j, TGI_SESSION_ENOUGH);
    }
}

static bool is_enough(const jobs *j)
{
    return j->next == TGI_SESSION_ENOUGH && j->p->found->failed > 0 && !j->p->options->keep_going;
}

// With `all`, also those behind a gap: the session was interrupted.
static void count_waiting(jobs *j, bool all)
{
    for (;;) {
        size_t best = j->waiting.count;
        for (size_t i = 0; i < j->waiting.count; i++) {
            if (best == j->waiting.count ||
                j->waiting.data[i].number < j->waiting.data[best].number)
                best = i;
        }
        if (best == j->waiting.count || is_enough(j) ||
            (!all && j->waiting.data[best].number != j->counted))
            return;
        chunk c = j->waiting.data[best];
        j->waiting.data[best] = vec_last(&j->waiting);
        (void)vec_pop(&j->waiting);
        j->counted = c.number + 1;
        count(j, &c);
        tgi_stress_session_free(&c.found);
    }
}

static void take_messages(jobs *j, worker *w)
{
    size_t at = 0;
    tgi_message_head head;
    while (w->bytes.count - at >= sizeof head) {
        memcpy(&head, w->bytes.data + at, sizeof head);
        if (w->bytes.count - at - sizeof head < head.bytes)
            break;
        chunk c = {.number = head.chunk, .found = {.points = j->p->found->points}};
        if (!tgi_message_read(&head, w->bytes.data + at + sizeof head, &c.found) ||
            !vec_push(&j->waiting, c)) {
            tgi_stress_session_free(&c.found);
            fail(j);
        }
        w->done |= head.last != 0;
        at += sizeof head + head.bytes;
    }
    memmove(w->bytes.data, w->bytes.data + at, w->bytes.count - at);
    w->bytes.count -= at;
}

static void bury(jobs *j, worker *w)
{
    int status = 0;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    w->pid = 0;
    close(w->fd);
    w->fd = -1;
    if (w->done || j->stopping)
        return;
    tgi_session_clear_progress(j->p);
    // ORDER: relaxed; the writer has ended.
    uint64_t run = atom_load_relaxed(&j->shared->run[w - j->workers]);
    if (WIFSIGNALED(status))
        fprintf(stderr, "%s: a process of the tester was ended by signal %d in run %" PRIu64 "\n",
                command, WTERMSIG(status), run);
    else
        fprintf(stderr, "%s: a process of the tester ended with code %d in run %" PRIu64 "\n",
                command, WEXITSTATUS(status), run);
    j->p->found->crashed = true;
    fail(j);
}

static void receive(jobs *j, worker *w)
{
    if (!vec_reserve(&w->bytes, 65536)) {
        fail(j);
        return;
    }
    ssize_t n = read(w->fd, w->bytes.data + w->bytes.count, 65536);
    if (n > 0) {
        w->bytes.count += (size_t)n;
        take_messages(j, w);
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        bury(j, w);
    }
}

// Ctrl-C.
static void look_for_signals(jobs *j)
{
    if (tg_poll(j->p->t) == TG_OK)
        return;
    tg_error_clear(j->p->t);
    j->p->found->code = TGI_STRESS_INTERRUPTED;
    stop(j, TGI_SESSION_STOPPED);
}

static bool is_patient(const jobs *j)
{
    return !j->stopping || tgi_clock_now_ns() - j->stopped_at < PATIENCE_MS * (int64_t)1000 * 1000;
}

static void collect(jobs *j, struct pollfd *polled)
{
    while (is_patient(j) && !is_enough(j)) {
        size_t open = 0;
        for (size_t i = 0; i < j->count; i++) {
            polled[i] = (struct pollfd){.fd = j->workers[i].fd, .events = POLLIN};
            open += j->workers[i].fd >= 0;
        }
        if (open == 0)
            return;
        (void)poll(polled, j->count, 100);
        look_for_signals(j);
        for (size_t i = 0; i < j->count; i++) {
            if (polled[i].fd >= 0 && (polled[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
                receive(j, &j->workers[i]);
        }
        count_waiting(j, false);
        j->p->found->seconds = (double)(tgi_clock_now_ns() - j->p->start) / 1e9 + 1e-9;
        tgi_session_show_progress(j->p);
    }
}

static void end(jobs *j)
{
    for (size_t i = 0; i < j->count; i++) {
        worker *w = &j->workers[i];
        if (w->pid > 0) {
            (void)kill(w->pid, SIGKILL);
            j->stopping = true;
            bury(j, w);
        }
        vec_free(&w->bytes);
    }
    count_waiting(j, true);
    for (size_t i = 0; i < j->waiting.count; i++)
        tgi_stress_session_free(&j->waiting.data[i].found);
    vec_free(&j->waiting);
    free(j->workers);
    if (j->shared != NULL)
        (void)munmap(j->shared, j->shared_bytes);
}

// About CHUNK_NS of work, as far as the runs so far tell.
static uint64_t blocks_of(const tgi_session *p)
{
    double block = p->found->seconds * TG_STRESS_BLOCK /
                   (double)(p->found->runs > 0 ? p->found->runs : TG_STRESS_BLOCK);
    double n = CHUNK_NS / 1e9 / block;
    return n < 1 ? 1 : n > MOST_BLOCKS ? MOST_BLOCKS : (uint64_t)n;
}

tgi_session_next tgi_jobs_explore(tgi_session *p, uint64_t first)
{
    size_t wanted = (size_t)p->options->jobs;
    jobs j = {.p = p, .first = first, .next = TGI_SESSION_GO_ON, .blocks = blocks_of(p)};
    struct pollfd *polled = calloc(wanted, sizeof *polled);
    j.workers = calloc(wanted, sizeof *j.workers);
    j.shared_bytes = sizeof(shared) + wanted * sizeof(_Atomic(uint64_t));
    j.shared =
        mmap(NULL, j.shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (j.shared == MAP_FAILED)
        j.shared = NULL;
    if (polled == NULL || j.workers == NULL || j.shared == NULL) {
        p->found->code = TGI_STRESS_BROKEN;
        j.next = TGI_SESSION_STOPPED;
    } else {
        // ORDER: relaxed; nobody else is there yet.
        atom_store_relaxed(&j.shared->bound, UINT64_MAX);
        tgi_session_clear_progress(p);
        tg_stress_rest(p->s);
        fflush(NULL);
        while (j.count < wanted && j.next == TGI_SESSION_GO_ON) {
            if (start(&j, j.count)) {
                j.count++;
            } else {
                p->found->crashed = true;
                fail(&j);
            }
        }
        collect(&j, polled);
    }
    end(&j);
    free(polled);
    return j.next == TGI_SESSION_GO_ON ? TGI_SESSION_ENOUGH : j.next;
}
