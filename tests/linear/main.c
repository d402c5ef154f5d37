// SPDX-License-Identifier: MIT
//
// main.c - the command `linear`: runs histories until the number or the time is reached, or one is
// not linearizable. Exit code 0, 1 (found one), 2 (usage).
#include "linear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: linear [options]\n"
    "  --type NAME       list, dict, set, deque, deque-bounded, bytearray, queue, lifo,\n"
    "                    simple-queue, or all\n"
    "  --mode NAME       nogil, nogil-atomic, gil, gil-biased, gil-atomic, or all\n"
    "  --threads N       2 to 4; without it 2, 3 and 4 take turns\n"
    "  --each N          operations of a thread (default 3)\n"
    "  --histories N     of each type, mode and number of threads (default 100000)\n"
    "  --seconds S       of each, at most\n"
    "  --seed N          where to begin; printed\n"
    "  --same N          every history is the one with this seed, as printed at a failure\n"
    "  --only NAMES      operations to choose from, with semicolons between them\n"
    "  --list            all operations\n";

static const char *const modes[] = {"nogil", "nogil-atomic", "gil", "gil-biased", "gil-atomic"};

static bool wanted(const char *name, const char *choice)
{
    return strcmp(choice, "all") == 0 || strcmp(choice, name) == 0;
}

static int list_all(void)
{
    for (const lin_spec *s = lin_specs; s->name != NULL; s++) {
        for (const lin_op *op = s->ops; op->name != NULL; op++)
            printf("%s: %s\n", s->name, op->name);
    }
    return 0;
}

static bool one(const lin_config *c)
{
    lin_report r;
    const char *why;
    if (!lin_run(c, &r, &why)) {
        fprintf(stderr, "linear: %s: %s\n", c->mode, why);
        exit(2);
    }
    printf("%-13s %-12s %d threads  %9llu histories  %5.1f%% overlap  %8.0f/s  %5.1f s  %s\n",
           c->spec->name, c->mode, c->threads, (unsigned long long)r.histories,
           r.histories > 0 ? 100.0 * (double)r.overlapping / (double)r.histories : 0,
           (double)r.histories / r.seconds, r.seconds,
           r.failed ? "NOT LINEARIZABLE" : "linearizable");
    if (r.failed) {
        lin_print(&r.bad);
        printf("the same again: --type %s --mode %s --threads %d --each %d --same %llu%s%s%s\n",
               c->spec->name, c->mode, c->threads, c->each, (unsigned long long)r.bad_seed,
               c->only != NULL ? " --only '" : "", c->only != NULL ? c->only : "",
               c->only != NULL ? "'" : "");
    } else if (r.objects_after > r.objects_before + 50) {
        printf("%llu objects before, %llu after\n", (unsigned long long)r.objects_before,
               (unsigned long long)r.objects_after);
        r.failed = true;
    }
    fflush(stdout);
    return !r.failed;
}

int main(int argc, char **argv)
{
    const char *type = "all", *mode = "nogil";
    lin_config c = {.each = 3, .histories = 100000, .seed = (uint64_t)time(NULL)};
    for (int i = 1; i < argc; i++) {
        const char *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(option, "--list") == 0)
            return list_all();
        if (value == NULL) {
            fputs(usage, stderr);
            return 2;
        }
        i++;
        if (strcmp(option, "--type") == 0)
            type = value;
        else if (strcmp(option, "--mode") == 0)
            mode = value;
        else if (strcmp(option, "--threads") == 0)
            c.threads = atoi(value);
        else if (strcmp(option, "--each") == 0)
            c.each = atoi(value);
        else if (strcmp(option, "--histories") == 0)
            c.histories = strtoull(value, NULL, 10);
        else if (strcmp(option, "--seconds") == 0)
            c.seconds = atof(value);
        else if (strcmp(option, "--seed") == 0)
            c.seed = strtoull(value, NULL, 10);
        else if (strcmp(option, "--same") == 0)
            c.same = true, c.seed = strtoull(value, NULL, 10);
        else if (strcmp(option, "--only") == 0)
            c.only = value;
        else {
            fputs(usage, stderr);
            return 2;
        }
    }
    if (c.threads < 0 || c.threads == 1 || c.threads > LIN_THREADS || c.each < 1 ||
        (c.threads > 0 ? c.threads : LIN_THREADS) * c.each >= LIN_OPS ||
        (strcmp(type, "all") != 0 && lin_spec_find(type) == NULL)) {
        fputs(usage, stderr);
        return 2;
    }
    printf("seed %llu\n", (unsigned long long)c.seed);
    bool good = true;
    int threads = c.threads;
    for (size_t m = 0; m < sizeof modes / sizeof *modes; m++) {
        for (const lin_spec *s = lin_specs; s->name != NULL && wanted(modes[m], mode); s++) {
            for (int n = threads > 0 ? threads : 2;
                 n <= (threads > 0 ? threads : LIN_THREADS) && wanted(s->name, type); n++) {
                c.mode = modes[m];
                c.spec = s;
                c.threads = n;
                good = one(&c) && good;
            }
        }
    }
    return good ? 0 : 1;
}
