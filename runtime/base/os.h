// SPDX-License-Identifier: MIT
//
// os.h - the operating system as a table of functions. Layer base.
//
// Every libc call that can block or fail is reached through `tgi_os`, so that a test can make any
// of them fail at a chosen moment and a scheduler under test can run threads in virtual time.
// The entries keep the calling convention of the libc function they stand for: most return -1 and
// set errno; those of the thread family return an error number.
//
// Threads     the table is read without synchronisation: replace entries only while the process
//             has a single thread (tests do it in their first lines and restore it in the last).
#ifndef TGI_BASE_OS_H
#define TGI_BASE_OS_H

#include "base/clock.h" // tgi_deadline

#include <poll.h>      // struct pollfd
#include <pthread.h>   // pthread_t
#include <stddef.h>    // size_t
#include <stdint.h>    // uint32_t
#include <sys/types.h> // ssize_t

struct stat;

typedef struct tgi_os_table {
    // Memory. `map` gives zeroed private pages, committed on first touch; NULL on failure.
    void *(*map)(size_t bytes);
    int (*unmap)(void *base, size_t bytes);

    // Threads: error number results. `stack_bytes` 0 means the system's default.
    int (*thread_create)(pthread_t *out, size_t stack_bytes, void *(*fn)(void *), void *arg);
    int (*thread_join)(pthread_t thread);
    int (*thread_detach)(pthread_t thread);

    // Sleeps while *word == expected, until woken, interrupted by a signal, or the deadline.
    // 0, or -1 with errno EAGAIN (other value), EINTR, ETIMEDOUT. May wake for no reason.
    int (*futex_wait)(const void *word, uint32_t expected, tgi_deadline until);
    // Wakes up to `count` sleepers. Async-signal-safe; harmless on an address no longer in use.
    int (*futex_wake)(const void *word, int count);

    int64_t (*clock_monotonic)(void);
    int (*sleep_until)(tgi_deadline until); // 0, or -1 with errno EINTR
    int (*yield)(void);

    // Files and sockets.
    int (*open)(const char *path, int flags, int mode);
    int (*close)(int fd);
    ssize_t (*read)(int fd, void *buffer, size_t bytes);
    ssize_t (*read_at)(int fd, void *buffer, size_t bytes, int64_t offset);
    int (*stat_fd)(int fd, struct stat *out);
    ssize_t (*write)(int fd, const void *buffer, size_t bytes);
    int (*poll)(struct pollfd *fds, nfds_t count, int timeout_ms);

    ssize_t (*random_bytes)(void *buffer, size_t bytes);

    // Shared objects. library_open binds every symbol at once and keeps them to the library; it
    // runs the constructors. NULL with *why set, which is good until the thread's next call.
    void *(*library_open)(const char *path, const char **why);
    void *(*library_symbol)(void *library, const char *name); // NULL if there is none
} tgi_os_table;

extern tgi_os_table tgi_os;

// What the kernel calls the calling thread; asked for once, and once more in the child of a fork.
int tgi_os_thread_id(void);

// Puts the libc functions back.
void tgi_os_reset(void);

#endif
