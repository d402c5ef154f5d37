// SPDX-License-Identifier: MIT
//
// assert.c - the last words of the process.
//
// Threads     any thread. The second thread to get here waits for ever, so that messages do not
//             mix and the first reason is the one that is seen.
// Locks       takes none and allocates nothing: the reason may be a broken lock or heap.
#include "base/assert.h"

#include "base/atomic.h" // who is first

#include <stdarg.h>      // va_list
#include <stdio.h>       // vsnprintf
#include <stdlib.h>      // abort
#include <string.h>      // strrchr
#include <sys/syscall.h> // SYS_gettid
#include <unistd.h>      // write, pause

static _Atomic(long) dying; // OS thread that came first, 0 none
static void (*_Atomic last_hook)(void);

void tgi_fatal_set_hook(void (*hook)(void))
{
    // ORDER: release; pairs with the acquire in tgi_fatal: the hook's data is ready.
    atom_store_release(&last_hook, hook);
}

static void put(const char *text, size_t bytes)
{
    ssize_t ignored = write(STDERR_FILENO, text, bytes);
    (void)ignored;
}

void tgi_fatal(const char *file, int line, const char *format, ...)
{
    long self = (long)syscall(SYS_gettid);
    long first = 0;
    // ORDER: acq_rel; only the first thread goes on, nothing else depends on it.
    if (!atom_cas_strong_acq_rel(&dying, &first, self) && first != self) {
        for (;;)
            pause();
    }

    const char *slash = strrchr(file, '/');
    char text[1024];
    int head =
        snprintf(text, sizeof text,
                 "togil: fatal: %s:%d: thread %ld: ", slash != NULL ? slash + 1 : file, line, self);
    size_t used = head < 0 ? 0 : (size_t)head;
    va_list args;
    va_start(args, format);
    int tail = vsnprintf(text + used, sizeof text - used - 1, format, args);
    va_end(args);
    if (tail > 0)
        used += (size_t)tail;
    if (used > sizeof text - 2)
        used = sizeof text - 2;
    text[used++] = '\n';
    put(text, used);

    if (first == 0) {
        // ORDER: acquire; pairs with tgi_fatal_set_hook.
        void (*hook)(void) = atom_load_acquire(&last_hook);
        if (hook != NULL)
            hook();
    }
    abort();
}
