// SPDX-License-Identifier: MIT
//
// fiber.h - several C stacks on one OS thread, and the switch between them. Layer stress. fiber.c.
//
// Or, to check that, OS threads of which one runs at a time: baton.c.
#ifndef TGI_STRESS_FIBER_H
#define TGI_STRESS_FIBER_H

#include <stdbool.h> // results
#include <stddef.h>  // size_t

typedef struct tgi_fiber {
    void *sp;           // of a fiber that does not run: where its registers are saved
    void *stack;        // the mapping, its guard page first; NULL: the OS thread's own stack
    size_t bytes;       // of the mapping
    const void *bottom; // of the stack, as a sanitizer wants it
    size_t usable;
    void *fake_stack;        // address sanitizer
    void *shadow;            // thread sanitizer
    struct tgi_baton *baton; // it is an OS thread; NULL: it is not
} tgi_fiber;

// The calling OS thread as a fiber. With `threads`, so are all it switches to. False without
// memory.
bool tgi_fiber_adopt(tgi_fiber *f, bool threads);
// Lets go of what adopt has noted.
void tgi_fiber_disown(tgi_fiber *f);

// Maps a stack. False without memory.
bool tgi_fiber_map(tgi_fiber *f, size_t stack_bytes, bool threads);
void tgi_fiber_unmap(tgi_fiber *f);

// The next switch to f calls fn(arg) on its stack; fn never returns, it switches away for good
// (`final`). A fiber that has done so can be prepared again.
void tgi_fiber_prepare(tgi_fiber *f, void (*fn)(void *arg), void *arg);

// A fiber that will not run before it is prepared is nothing but memory from now on.
void tgi_fiber_settle(tgi_fiber *f);

// Goes on where `to` left off. With `final`, `from` does not run again before it is prepared.
void tgi_fiber_switch(tgi_fiber *from, tgi_fiber *to, bool final);

#endif
