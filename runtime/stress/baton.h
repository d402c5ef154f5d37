// SPDX-License-Identifier: MIT
//
// baton.h - a fiber that is an OS thread: whoever has the baton runs. Layer stress. baton.c.
//
// Only fiber.c calls these functions.
#ifndef TGI_STRESS_BATON_H
#define TGI_STRESS_BATON_H

#include <stdbool.h> // results
#include <stddef.h>  // size_t

typedef struct tgi_baton tgi_baton;

// For the calling OS thread (stack_bytes 0), or for one that is started with such a stack when it
// runs for the first time. NULL without memory.
tgi_baton *tgi_baton_new(size_t stack_bytes);
void tgi_baton_free(tgi_baton *b);

// The next pass to b starts a thread that calls fn(arg).
void tgi_baton_prepare(tgi_baton *b, void (*fn)(void *arg), void *arg);
void tgi_baton_pass(tgi_baton *from, tgi_baton *to, bool final);

// Waits until the thread of b, which has passed the baton for good, is gone.
void tgi_baton_settle(tgi_baton *b);

#endif
