// SPDX-License-Identifier: MIT
//
// os.c - the libc functions behind tgi_os.
//
// Owns        nothing: a table of pointers and thin adapters.
// Rejected    POSIX semaphores for sleeping: they cannot wait on a word of ours, and sem_post on
//             a semaphore that lives on the stack of a thread that just woke is a use after free.
//             Linux futexes may be woken at an address that is no longer in use.
#include "base/os.h"

#include "base/compiler.h" // TGI_TSAN

#include <dlfcn.h> // dlopen
#include <errno.h>
#include <fcntl.h>       // open
#include <linux/futex.h> // FUTEX_WAIT_BITSET
#include <sched.h>       // sched_yield
#include <stddef.h>      // NULL
#include <sys/mman.h>    // mmap
#include <sys/random.h>  // getrandom
#include <sys/stat.h>    // fstat
#include <sys/syscall.h> // SYS_futex
#include <time.h>        // clock_nanosleep
#include <unistd.h>      // read, write, close

static struct timespec timespec_from_ns(int64_t ns)
{
    if (ns < 0)
        ns = 0;
    struct timespec ts = {.tv_sec = (time_t)(ns / TGI_NS_PER_S), .tv_nsec = ns % TGI_NS_PER_S};
    return ts;
}

static void *os_map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

static int os_thread_create(pthread_t *out, size_t stack_bytes, void *(*fn)(void *), void *arg)
{
    pthread_attr_t attr;
    int error = pthread_attr_init(&attr);
    if (error != 0)
        return error;
    if (stack_bytes != 0)
        error = pthread_attr_setstacksize(&attr, stack_bytes);
    if (error == 0)
        error = pthread_create(out, &attr, fn, arg);
    pthread_attr_destroy(&attr);
    return error;
}

static int os_thread_join(pthread_t thread)
{
    return pthread_join(thread, NULL);
}

static int os_futex_wait(const void *word, uint32_t expected, tgi_deadline until)
{
    struct timespec ts;
    struct timespec *limit = NULL;
#if TGI_TSAN
    // ThreadSanitizer queues a signal that arrives outside of the blocking calls it knows, and
    // this is none of them: come back now and then, so that the handler can run.
    tgi_deadline slice = tgi_deadline_after_ns(5 * TGI_NS_PER_MS);
    if (until > slice) {
        int result = os_futex_wait(word, expected, slice);
        return result != 0 && errno == ETIMEDOUT ? 0 : result;
    }
#endif
    if (until != TGI_DEADLINE_NEVER) {
        ts = timespec_from_ns(until);
        limit = &ts;
    }
    // The bitset form takes an absolute time of the monotonic clock.
    return (int)syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, limit,
                        NULL, FUTEX_BITSET_MATCH_ANY);
}

static int os_futex_wake(const void *word, int count)
{
    int saved = errno;
    int woken =
        (int)syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, NULL, NULL, 0);
    errno = saved;
    return woken;
}

static int64_t os_clock_monotonic(void)
{
    struct timespec ts = {0, 0};
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * TGI_NS_PER_S + ts.tv_nsec;
}

static int os_sleep_until(tgi_deadline until)
{
    struct timespec ts = timespec_from_ns(until);
    int error = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

static int os_open(const char *path, int flags, int mode)
{
    return open(path, flags | O_CLOEXEC, mode);
}

static ssize_t os_random_bytes(void *buffer, size_t bytes)
{
    return getrandom(buffer, bytes, 0);
}

static ssize_t os_read_at(int fd, void *buffer, size_t bytes, int64_t offset)
{
    return pread(fd, buffer, bytes, (off_t)offset);
}

static void *os_library_open(const char *path, const char **why)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        *why = dlerror();
    return library;
}

#define LIBC_TABLE                                                                              \
    {                                                                                           \
        .map = os_map, .unmap = munmap, .thread_create = os_thread_create,                      \
        .thread_join = os_thread_join, .thread_detach = pthread_detach,                         \
        .futex_wait = os_futex_wait, .futex_wake = os_futex_wake,                               \
        .clock_monotonic = os_clock_monotonic, .sleep_until = os_sleep_until,                   \
        .yield = sched_yield, .open = os_open, .close = close, .read = read, .write = write,    \
        .read_at = os_read_at, .stat_fd = fstat, .poll = poll, .random_bytes = os_random_bytes, \
        .library_open = os_library_open, .library_symbol = dlsym,                               \
    }

static const tgi_os_table libc_table = LIBC_TABLE;

tgi_os_table tgi_os = LIBC_TABLE;

static _Thread_local int thread_id; // 0: not asked yet

static void forget_thread_id(void)
{
    thread_id = 0;
}

__attribute__((constructor)) static void forget_in_child(void)
{
    // Without memory for this the child of a fork is wrong about the number of its one thread.
    (void)pthread_atfork(NULL, NULL, forget_thread_id);
}

int tgi_os_thread_id(void)
{
    if (thread_id == 0)
        thread_id = (int)syscall(SYS_gettid);
    return thread_id;
}

void tgi_os_reset(void)
{
    tgi_os = libc_table;
}
