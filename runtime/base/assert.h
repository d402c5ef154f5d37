// SPDX-License-Identifier: MIT
//
// assert.h - what happens when an invariant of ours is broken. Layer base.
//
//   TGI_ASSERT(x)      debug builds only: documents and checks.
//   TGI_INVARIANT(x)   always checked: for what would otherwise corrupt memory silently.
//   TGI_FATAL(f, ...)  gives up at once with a sentence.
//
// None of them is for bad input: that is a tg_status or a language exception.
#ifndef TGI_BASE_ASSERT_H
#define TGI_BASE_ASSERT_H

#include "base/compiler.h" // TGI_PRINTF

// Prints file, line, calling OS thread and the message to stderr, runs the hook, aborts.
TGI_NORETURN TGI_COLD TGI_PRINTF(3, 4) void tgi_fatal(const char *file, int line,
                                                      const char *format, ...);

// Called once inside tgi_fatal, to print what upper layers know (script stacks, recent events).
// It must not allocate or lock. NULL removes it.
void tgi_fatal_set_hook(void (*hook)(void));

#define TGI_FATAL(...) tgi_fatal(__FILE__, __LINE__, __VA_ARGS__)

#define TGI_INVARIANT(x)                                               \
    do {                                                               \
        if (TGI_UNLIKELY(!(x)))                                        \
            tgi_fatal(__FILE__, __LINE__, "broken invariant: %s", #x); \
    } while (0)

#ifndef TGI_DEBUG
#ifdef NDEBUG
#define TGI_DEBUG 0
#else
#define TGI_DEBUG 1
#endif
#endif

#if TGI_DEBUG
#define TGI_ASSERT(x) TGI_INVARIANT(x)
#else
#define TGI_ASSERT(x) ((void)sizeof(!(x)))
#endif

#endif
