// SPDX-License-Identifier: MIT
//
// two_modes.c - two runtimes with different cores in one process, each on its own host thread, run
// the same threaded script; the results must be equal.
//
//     two_modes [mode mode]        default: gil nogil
//
// Values never cross from one runtime to the other: each host thread reads its result out as text.
#include <togil/togil.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char script[] =
    "import threading\n"
    "\n"
    "def primes_between(low, high):\n"
    "    found = []\n"
    "    for n in range(max(low, 2), high):\n"
    "        d = 2\n"
    "        while d * d <= n and n % d:\n"
    "            d += 1\n"
    "        if d * d > n:\n"
    "            found.append(n)\n"
    "    return found\n"
    "\n"
    "parts = [None] * 4\n"
    "def work(i):\n"
    "    parts[i] = primes_between(i * 5000, (i + 1) * 5000)\n"
    "\n"
    "threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]\n"
    "for t in threads:\n"
    "    t.start()\n"
    "for t in threads:\n"
    "    t.join()\n"
    "primes = sum(parts, [])\n"
    "result = f'{len(primes)} primes, the last is {primes[-1]}, their sum is {sum(primes)}'\n";

typedef struct run {
    const char *mode;
    char result[200]; // empty after a failure
    pthread_barrier_t *start;
} run;

static bool run_script(tg_thread *t, run *r)
{
    tg_value module = tg_run(t, script, strlen(script), "primes.py", NULL);
    tg_value result = module != TG_NULL ? tg_getattr(t, module, "result") : TG_NULL;
    if (result != TG_NULL) {
        snprintf(r->result, sizeof r->result, "%s", tg_as_utf8(t, result, NULL));
    } else {
        tg_report_exception(t, tg_error_fetch(t));
    }
    tg_release(t, result);
    tg_release(t, module);
    return result != TG_NULL;
}

static void *run_in_a_runtime(void *arg)
{
    run *r = arg;
    tg_config config = {.mode = r->mode};
    tg_runtime *rt;
    tg_thread *t;
    tg_status st = tg_runtime_create(&config, &rt, &t);
    pthread_barrier_wait(r->start); // both are there before either works
    if (st != TG_OK) {
        fprintf(stderr, "two_modes: mode %s: status %d\n", r->mode, (int)st);
        return NULL;
    }
    run_script(t, r);
    tg_runtime_destroy(rt, t);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_barrier_t start;
    run runs[2] = {{.mode = argc > 2 ? argv[1] : "gil", .start = &start},
                   {.mode = argc > 2 ? argv[2] : "nogil", .start = &start}};
    pthread_t threads[2];
    pthread_barrier_init(&start, NULL, 2);
    for (int i = 0; i < 2; i++) {
        if (pthread_create(&threads[i], NULL, run_in_a_runtime, &runs[i]) != 0) {
            perror("two_modes");
            return 1;
        }
    }
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
    for (int i = 0; i < 2; i++)
        printf("%s: %s\n", runs[i].mode, runs[i].result);
    bool equal = runs[0].result[0] != '\0' && strcmp(runs[0].result, runs[1].result) == 0;
    printf("the results are %s\n", equal ? "equal" : "different");
    return equal ? 0 : 1;
}
