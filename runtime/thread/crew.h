// SPDX-License-Identifier: MIT
//
// crew.h - a few system threads that help one thread for a moment, as in a pause. Layer thread.
//
//     tgi_crew crew;
//     tgi_crew_begin(&crew, 4);
//     tgi_crew_run(&crew, fn, arg); // any number of times
//     tgi_crew_dismiss(&crew);
//     tgi_crew_end(&crew);
//
// The helpers are no threads of a runtime: they never attach, hold no GIL, and stop for no pause.
// They must not touch counts, nor take a lock that anybody holds who may be stopped.
#ifndef TGI_THREAD_CREW_H
#define TGI_THREAD_CREW_H

#include "sync/rawlock.h" // lock

#include <pthread.h> // helpers

#define TGI_CREW_MAX 8u // the caller included

typedef void tgi_crew_fn(void *arg, unsigned index);

typedef struct tgi_crew {
    tgi_rawlock lock;           // all but the last three; changes may be read without
    _Atomic(uint32_t) changes;  // any thread: futex word, steps with every change
    tgi_crew_fn *fn;            // the work that is open; NULL: none
    void *arg;                  // of fn
    uint32_t run;               // which work it is
    uint32_t came;              // helpers that have found their way here
    unsigned inside;            // helpers at work
    bool over;                  // none will come any more
    pthread_t os[TGI_CREW_MAX]; // the caller's
    unsigned helpers;           // the caller's: started
    unsigned most;              // the caller's: members there may be
} tgi_crew;

// How many processors this process may use.
unsigned tgi_crew_processors(void);

// Starts members - 1 helpers, or as many as the system grants: perhaps none.
void tgi_crew_begin(tgi_crew *crew, unsigned members);

// Calls fn(arg, 0) here and fn(arg, i), 0 < i < crew->most, on each helper that is there in time.
// Returns when all calls have. Whatever has to be done must be done by those that take part.
void tgi_crew_run(tgi_crew *crew, tgi_crew_fn *fn, void *arg);

// How many have come by now; the caller is none of them.
unsigned tgi_crew_came(tgi_crew *crew);

// Lets the helpers go; end waits until they are gone.
void tgi_crew_dismiss(tgi_crew *crew);
void tgi_crew_end(tgi_crew *crew);

#endif
