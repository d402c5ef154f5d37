// SPDX-License-Identifier: MIT
//
// test_os.c - the table does what its entries say, and can be replaced.
#include "test.h"

#include "base/clock.h"
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h> // waitpid
#include <unistd.h>

static uint32_t word; // of the futex tests; accessed by __atomic

TEST(map_gives_zeroed_pages)
{
    enum { BYTES = 1 << 20 };
    unsigned char *p = tgi_os.map(BYTES);
    REQUIRE(p != NULL);
    for (int i = 0; i < BYTES; i += 4096)
        CHECK(p[i] == 0);
    p[BYTES - 1] = 1;
    CHECK_EQ_INT(tgi_os.unmap(p, BYTES), 0);
    CHECK(tgi_os.map(SIZE_MAX / 2) == NULL);
}

TEST(futex_wait_reports_other_value_and_timeout)
{
    word = 5;
    errno = 0;
    CHECK_EQ_INT(tgi_os.futex_wait(&word, 4, TGI_DEADLINE_NEVER), -1);
    CHECK_EQ_INT(errno, EAGAIN);
    errno = 0;
    int64_t before = tgi_clock_now_ns();
    CHECK_EQ_INT(tgi_os.futex_wait(&word, 5, before + 2 * TGI_NS_PER_MS), -1);
    CHECK_EQ_INT(errno, ETIMEDOUT);
    CHECK(tgi_clock_now_ns() >= before + 2 * TGI_NS_PER_MS);
    errno = 0;
    CHECK_EQ_INT(tgi_os.futex_wait(&word, 5, tgi_deadline_now()), -1);
    CHECK_EQ_INT(errno, ETIMEDOUT);
}

static void *wake(void *arg)
{
    (void)arg;
    __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
    errno = 77;
    (void)tgi_os.futex_wake(&word, 1);
    CHECK_EQ_INT(errno, 77);
    return NULL;
}

TEST(futex_wake_ends_a_wait)
{
    __atomic_store_n(&word, 0, __ATOMIC_SEQ_CST);
    pthread_t thread;
    REQUIRE(tgi_os.thread_create(&thread, 1 << 20, wake, NULL) == 0);
    while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 0)
        (void)tgi_os.futex_wait(&word, 0, TGI_DEADLINE_NEVER);
    CHECK_EQ_INT(tgi_os.thread_join(thread), 0);
}

TEST(thread_create_reports_a_bad_stack_size)
{
    pthread_t thread;
    CHECK_EQ_INT(tgi_os.thread_create(&thread, 1, wake, NULL), EINVAL);
}

TEST(sleep_until_the_past_returns_at_once)
{
    CHECK_EQ_INT(tgi_os.sleep_until(1), 0);
    int64_t until = tgi_clock_now_ns() + TGI_NS_PER_MS;
    CHECK_EQ_INT(tgi_os.sleep_until(until), 0);
    CHECK(tgi_clock_now_ns() >= until);
}

TEST(files_go_through_the_table)
{
    int fd = tgi_os.open("/dev/zero", O_RDONLY, 0);
    REQUIRE(fd >= 0);
    CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
    char byte = 'x';
    CHECK_EQ_INT(tgi_os.read(fd, &byte, 1), 1);
    CHECK_EQ_INT(byte, 0);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    CHECK_EQ_INT(tgi_os.poll(&p, 1, 0), 1);
    CHECK_EQ_INT(tgi_os.close(fd), 0);
    CHECK_EQ_INT(tgi_os.open("/nonexistent/file", O_RDONLY, 0), -1);
}

static void *no_memory(size_t bytes)
{
    (void)bytes;
    return NULL;
}

// Wrong: the child of a fork takes its parent's number for its own.
TEST(a_thread_has_the_kernels_number_also_in_the_child_of_a_fork)
{
    CHECK_EQ_INT(tgi_os_thread_id(), getpid());
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0)
        _exit(tgi_os_thread_id() == getpid() ? 0 : 1);
    int status = -1;
    CHECK_EQ_INT(waitpid(child, &status, 0), child);
    CHECK_EQ_INT(status, 0);
}

TEST(entries_can_be_replaced_and_reset)
{
    tgi_os.map = no_memory;
    CHECK(tgi_os.map(4096) == NULL);
    tgi_os_reset();
    void *p = tgi_os.map(4096);
    CHECK(p != NULL);
    (void)tgi_os.unmap(p, 4096);
}
