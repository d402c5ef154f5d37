// SPDX-License-Identifier: MIT
//
// baton.c - fibers that are OS threads: the second engine, which checks the first one.
//
// Here nothing is shared that fibers of one OS thread share without meaning to: each task has a
// stack of the system's, its own thread-local variables, and is attached where a thread would be.
// Whoever has the baton runs, so that what happens is the same, step by step.
//
// Owns        the OS threads of tasks.
// Threads     one at a time: the semaphore of a baton orders whoever ran before and whoever runs
//             next.
// Invariants  B1  a thread lives from the first pass to it until its final one. It is joined before
//                 its baton is used again, and before the process forks.
//             B2  signals of the process are taken by the OS thread of the engine. SIGURG, which
//                 patience.c sends to the one that runs, is not blocked.
// Rejected    threads that are kept for the next run: a final pass comes from deep inside of a
//             function, and jumping out of it is what this engine is not to do.
#include "stress/baton.h"

#include "base/assert.h" // TGI_FATAL

#include <pthread.h>   // threads
#include <sched.h>     // one processor
#include <semaphore.h> // the baton
#include <signal.h>    // B2
#include <stdlib.h>    // calloc

struct tgi_baton {
    sem_t go;
    size_t stack_bytes; // const; 0: of the OS thread that made it
    bool begun;         // there is a thread
    pthread_t thread;
    void (*fn)(void *arg);
    void *arg;
};

tgi_baton *tgi_baton_new(size_t stack_bytes)
{
    tgi_baton *b = calloc(1, sizeof *b);
    if (b == NULL)
        return NULL;
    b->stack_bytes = stack_bytes;
    (void)sem_init(&b->go, 0, 0);
    return b;
}

void tgi_baton_settle(tgi_baton *b)
{
    if (b->begun)
        (void)pthread_join(b->thread, NULL);
    b->begun = false;
}

void tgi_baton_free(tgi_baton *b)
{
    tgi_baton_settle(b);
    (void)sem_destroy(&b->go);
    free(b);
}

void tgi_baton_prepare(tgi_baton *b, void (*fn)(void *arg), void *arg)
{
    tgi_baton_settle(b);
    b->fn = fn;
    b->arg = arg;
}

static void *run(void *arg)
{
    tgi_baton *b = arg;
    b->fn(b->arg);
    return NULL;
}

// On the processor of the one that starts it: handing over between two costs ten times as much.
static void start(tgi_baton *b)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    cpu_set_t here;
    int processor = sched_getcpu();
    sigfillset(&all);
    sigdelset(&all, SIGURG); // B2
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, b->stack_bytes);
    if (processor >= 0) {
        CPU_ZERO(&here);
        CPU_SET(processor, &here);
        (void)pthread_attr_setaffinity_np(&attributes, sizeof here, &here);
    }
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    b->begun = true; // at once: the baton may come back to b before this thread goes on
    int error = pthread_create(&b->thread, &attributes, run, b);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void)pthread_attr_destroy(&attributes);
    if (error != 0)
        TGI_FATAL("the engine `threads` cannot start a thread: error %d", error);
}

void tgi_baton_pass(tgi_baton *from, tgi_baton *to, bool final)
{
    if (to->stack_bytes != 0 && !to->begun)
        start(to);
    else
        (void)sem_post(&to->go);
    if (final)
        pthread_exit(NULL);
    while (sem_wait(&from->go) != 0)
        ; // a signal
}
