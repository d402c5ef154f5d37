// SPDX-License-Identifier: MIT
//
// test.h - the harness of the unit tests. Uses nothing of the runtime.
//
//     TEST(event_wait_returns_at_once_when_already_set)
//     {
//         CHECK(tgi_event_is_set(&e));
//     }
//
// Run        the executable runs all its tests; `-l` lists them, names on the command line select
//            (a name ending in * selects by prefix), `-r N` repeats, `-s SEED` replays.
// CHECK      prints and goes on; REQUIRE prints and ends the process. Both work from any thread
//            and under NDEBUG, and evaluate their arguments once.
// Seed       printed at start; TG_TEST_SEED or -s replays it. Every test starts from it again, so
//            a test run alone sees the same numbers.
// Scale      TG_TEST_SCALE multiplies loops (test_scale): 0.1 under sanitizers, 100 for a soak.
// Exit code  0 all passed, 1 some failed, 2 usage, 77 all selected tests were skipped.
#ifndef TG_TEST_H
#define TG_TEST_H

#include <inttypes.h> // PRId64
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h> // callers compare memory

#define TEST(name)                                                            \
    static void test_##name(void);                                            \
    static test_case test_case_##name = {#name, __FILE__, test_##name, NULL}; \
    __attribute__((constructor)) static void register_##name(void)            \
    {                                                                         \
        test_register(&test_case_##name);                                     \
    }                                                                         \
    static void test_##name(void)

#define CHECK(expr) ((expr) ? (void)0 : test_fail(__FILE__, __LINE__, "CHECK(%s)", #expr))
#define REQUIRE(expr) \
    ((expr) ? (void)0 : test_fail_and_exit(__FILE__, __LINE__, "REQUIRE(%s)", #expr))

#define CHECK_EQ_INT(actual, expected) \
    test_eq_int(__FILE__, __LINE__, #actual, (intmax_t)(actual), (intmax_t)(expected))
#define CHECK_EQ_UINT(actual, expected) \
    test_eq_uint(__FILE__, __LINE__, #actual, (uintmax_t)(actual), (uintmax_t)(expected))
#define CHECK_EQ_PTR(actual, expected) \
    test_eq_ptr(__FILE__, __LINE__, #actual, (const void *)(actual), (const void *)(expected))
#define CHECK_EQ_STR(actual, expected) \
    test_eq_str(__FILE__, __LINE__, #actual, (actual), (expected))
#define CHECK_EQ_DOUBLE(actual, expected) \
    test_eq_double(__FILE__, __LINE__, #actual, (actual), (expected))

// Fails with a message of one's own.
#define FAIL(...) test_fail(__FILE__, __LINE__, __VA_ARGS__)

// Ends this test as skipped, with the reason; call it from the test's own function.
#define SKIP(...)               \
    do {                        \
        test_skip(__VA_ARGS__); \
        return;                 \
    } while (0)

// Runs fn(context, 0) .. fn(context, count - 1), each in a thread of its own. All threads leave a
// barrier together; returns when all have returned.
void test_run_threads(int count, void (*fn)(void *context, int index), void *context);

// The same in two steps, for a test whose main thread has work of its own.
typedef struct test_threads test_threads;
test_threads *test_threads_start(int count, void (*fn)(void *context, int index), void *context);
void test_threads_join(test_threads *threads);

// base multiplied by TG_TEST_SCALE, at least 1.
long test_scale(long base);

// True in a build with the address, thread or memory sanitizer: for limits that only memory and
// time decide, never to skip a check.
bool test_is_sanitized(void);

// A private random sequence: test_rng r = test_rng_new(index). Same seed and index, same numbers.
typedef struct test_rng {
    uint64_t state;
} test_rng;
test_rng test_rng_new(uint64_t index);
uint64_t test_rng_next(test_rng *rng);
uint64_t test_rng_below(test_rng *rng, uint64_t bound); // 0 <= result < bound; bound > 0
uint64_t test_seed(void);

// Runs fn in a child process and returns how it ended: the exit code, or 256 + the signal. What
// the child writes to stderr goes to stderr_text (may be NULL), cut off at size - 1.
int test_run_child(void (*fn)(void *context), void *context, char *stderr_text, size_t size);

// -- used by the macros -----------------------------------------------------------------------

typedef struct test_case {
    const char *name;
    const char *file;
    void (*run)(void);
    struct test_case *next;
} test_case;

void test_register(test_case *test);
void test_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));
void test_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void test_fail_and_exit(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void test_eq_int(const char *file, int line, const char *what, intmax_t a, intmax_t e);
void test_eq_uint(const char *file, int line, const char *what, uintmax_t a, uintmax_t e);
void test_eq_ptr(const char *file, int line, const char *what, const void *a, const void *e);
void test_eq_str(const char *file, int line, const char *what, const char *a, const char *e);
void test_eq_double(const char *file, int line, const char *what, double a, double e);

#endif
