// SPDX-License-Identifier: MIT
//
// test_main.c - runs the tests that an executable registered (test.h).
//
// Owns        the list of tests, the counters of failures, the seed.
// Threads     test_fail and the CHECK helpers from any thread; the rest from the main thread.
// Invariants  T1  a test has failed exactly when `failures` grew while it ran.
//             T2  every thread of test_threads runs fn only after all of them exist.
#include "test.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_ALL_SKIPPED = 77, MAX_REPORTS_PER_TEST = 20 };

static test_case *first_test;
static test_case **last_link = &first_test;
static long failures;         // any thread, by __atomic: T1
static bool skipped;          // main thread, during one test
static uint64_t seed;         // const after start
static double scale = 1.0;    // const after start
static const char *test_name; // main thread; read by reports

void test_register(test_case *test)
{
    *last_link = test;
    last_link = &test->next;
}

// -- reports ------------------------------------------------------------------------------------

static void report(const char *file, int line, const char *format, va_list args)
{
    // ORDER: relaxed; a counter. The main thread reads it after it has joined the others.
    long number = __atomic_add_fetch(&failures, 1, __ATOMIC_RELAXED);
    static long reports;
    // ORDER: relaxed; a limit on output.
    long shown = __atomic_add_fetch(&reports, 1, __ATOMIC_RELAXED);
    if (shown > MAX_REPORTS_PER_TEST && number > 1) {
        if (shown == MAX_REPORTS_PER_TEST + 1)
            fprintf(stderr, "  (more failures are counted but not shown)\n");
        return;
    }
    char text[2048];
    vsnprintf(text, sizeof text, format, args);
    fprintf(stderr, "%s:%d: %s failed: %s\n", file, line, test_name != NULL ? test_name : "?",
            text);
}

void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(file, line, format, args);
    va_end(args);
}

void test_fail_and_exit(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(file, line, format, args);
    va_end(args);
    fflush(NULL);
    _exit(1);
}

void test_skip(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("  skipped: ");
    vprintf(format, args);
    printf("\n");
    va_end(args);
    skipped = true;
}

void test_eq_int(const char *file, int line, const char *what, intmax_t a, intmax_t e)
{
    if (a != e)
        test_fail(file, line, "%s is %" PRIdMAX ", expected %" PRIdMAX, what, a, e);
}

void test_eq_uint(const char *file, int line, const char *what, uintmax_t a, uintmax_t e)
{
    if (a != e)
        test_fail(file, line,
                  "%s is %" PRIuMAX " (0x%" PRIxMAX "), expected %" PRIuMAX " (0x%" PRIxMAX ")",
                  what, a, a, e, e);
}

void test_eq_ptr(const char *file, int line, const char *what, const void *a, const void *e)
{
    if (a != e)
        test_fail(file, line, "%s is %p, expected %p", what, a, e);
}

void test_eq_str(const char *file, int line, const char *what, const char *a, const char *e)
{
    if (a == NULL || e == NULL) {
        if (a != e)
            test_fail(file, line, "%s is %s, expected %s", what, a == NULL ? "NULL" : a,
                      e == NULL ? "NULL" : e);
    } else if (strcmp(a, e) != 0) {
        test_fail(file, line, "%s is\n    \"%s\"\n  expected\n    \"%s\"", what, a, e);
    }
}

void test_eq_double(const char *file, int line, const char *what, double a, double e)
{
    bool both_nan = isnan(a) && isnan(e);
    if (a != e && !both_nan)
        test_fail(file, line, "%s is %.17g, expected %.17g", what, a, e);
}

// -- randomness and scale -----------------------------------------------------------------------

uint64_t test_seed(void)
{
    return seed;
}

// splitmix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
uint64_t test_rng_next(test_rng *rng)
{
    uint64_t z = rng->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

test_rng test_rng_new(uint64_t index)
{
    test_rng rng = {seed ^ (index * 0xd1342543de82ef95u)};
    rng.state = test_rng_next(&rng);
    return rng;
}

uint64_t test_rng_below(test_rng *rng, uint64_t bound)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t value;
    do {
        value = test_rng_next(rng);
    } while (value >= limit);
    return value % bound;
}

long test_scale(long base)
{
    double scaled = (double)base * scale;
    return scaled < 1.0 ? 1 : (long)scaled;
}

bool test_is_sanitized(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
    return true;
#else
    return false;
#endif
#else
    return false;
#endif
}

// -- threads and children -----------------------------------------------------------------------

typedef struct worker {
    pthread_t thread;
    test_threads *group;
    int index;
} worker;

struct test_threads {
    void (*fn)(void *context, int index);
    void *context;
    pthread_barrier_t barrier;
    int count;
    worker workers[];
};

static void *worker_main(void *argument)
{
    worker *self = argument;
    pthread_barrier_wait(&self->group->barrier);
    self->group->fn(self->group->context, self->index);
    return NULL;
}

test_threads *test_threads_start(int count, void (*fn)(void *context, int index), void *context)
{
    test_threads *group = malloc(sizeof *group + (size_t)count * sizeof group->workers[0]);
    REQUIRE(group != NULL);
    group->fn = fn;
    group->context = context;
    group->count = count;
    REQUIRE(pthread_barrier_init(&group->barrier, NULL, (unsigned)count) == 0);
    for (int i = 0; i < count; i++) {
        group->workers[i].group = group;
        group->workers[i].index = i;
        int error =
            pthread_create(&group->workers[i].thread, NULL, worker_main, &group->workers[i]);
        if (error != 0)
            test_fail_and_exit(__FILE__, __LINE__, "thread %d: %s", i, strerror(error));
    }
    return group;
}

void test_threads_join(test_threads *threads)
{
    for (int i = 0; i < threads->count; i++)
        REQUIRE(pthread_join(threads->workers[i].thread, NULL) == 0);
    pthread_barrier_destroy(&threads->barrier);
    free(threads);
}

void test_run_threads(int count, void (*fn)(void *context, int index), void *context)
{
    test_threads_join(test_threads_start(count, fn, context));
}

int test_run_child(void (*fn)(void *context), void *context, char *stderr_text, size_t size)
{
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        long before = failures;
        fn(context);
        fflush(NULL);
        _exit(failures == before ? 0 : 1);
    }
    close(ends[1]);
    size_t used = 0;
    for (;;) {
        char chunk[512];
        ssize_t got = read(ends[0], chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        for (ssize_t i = 0; i < got && used + 1 < size; i++)
            stderr_text[used++] = chunk[i];
    }
    if (size > 0)
        stderr_text[used] = '\0';
    close(ends[0]);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        REQUIRE(errno == EINTR);
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

// -- running ------------------------------------------------------------------------------------

static bool is_selected(const test_case *test, char **names, int count)
{
    for (int i = 0; i < count; i++) {
        size_t length = strlen(names[i]);
        bool is_prefix = length > 0 && names[i][length - 1] == '*';
        if (is_prefix ? strncmp(test->name, names[i], length - 1) == 0
                      : strcmp(test->name, names[i]) == 0)
            return true;
    }
    return count == 0;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int run_tests(char **names, int count, long repeats)
{
    int passed = 0;
    int failed = 0;
    int skips = 0;
    int found = 0;
    for (long round = 0; round < repeats; round++) {
        for (test_case *test = first_test; test != NULL; test = test->next) {
            if (!is_selected(test, names, count))
                continue;
            found++;
            test_name = test->name;
            skipped = false;
            printf("%s\n", test->name);
            fflush(stdout); // a crash must leave the name behind
            long before = failures;
            double start = seconds();
            test->run();
            double took = seconds() - start;
            if (failures != before) {
                failed++;
                printf("  FAILED (%ld checks, %.2f s)\n", failures - before, took);
            } else if (skipped) {
                skips++;
            } else {
                passed++;
            }
            test_name = NULL;
        }
    }
    printf("%d passed, %d failed, %d skipped; seed %" PRIu64 "\n", passed, failed, skips, seed);
    if (found == 0) {
        fprintf(stderr, "no test has such a name; -l lists them\n");
        return EXIT_USAGE;
    }
    if (failed > 0)
        return EXIT_FAILURE;
    return passed == 0 ? EXIT_ALL_SKIPPED : EXIT_SUCCESS;
}

static bool parse_seed(const char *text, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0';
}

int main(int argc, char **argv)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    seed = ((uint64_t)now.tv_nsec << 20) ^ (uint64_t)now.tv_sec ^ (uint64_t)getpid();
    const char *text = getenv("TG_TEST_SEED");
    bool is_valid = text == NULL || *text == '\0' || parse_seed(text, &seed);
    text = getenv("TG_TEST_SCALE");
    if (text != NULL && *text != '\0') {
        char *end;
        scale = strtod(text, &end);
        is_valid = is_valid && *end == '\0' && scale > 0.0;
    }

    long repeats = 1;
    int option;
    while ((option = getopt(argc, argv, "lr:s:")) != -1) {
        if (option == 'l') {
            for (test_case *test = first_test; test != NULL; test = test->next)
                printf("%s\n", test->name);
            return EXIT_SUCCESS;
        }
        if (option == 'r')
            repeats = strtol(optarg, NULL, 10);
        else if (option == 's')
            is_valid = is_valid && parse_seed(optarg, &seed);
        else
            is_valid = false;
    }
    if (!is_valid || repeats < 1) {
        fprintf(stderr, "usage: %s [-l] [-r repeats] [-s seed] [test | prefix*]...\n", argv[0]);
        return EXIT_USAGE;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("seed %" PRIu64 " (replay: TG_TEST_SEED=%" PRIu64 ")\n", seed, seed);
    return run_tests(argv + optind, argc - optind, repeats);
}
