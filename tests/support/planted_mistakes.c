// SPDX-License-Identifier: MIT
//
// planted_mistakes.c - one mistake per sanitizer, chosen by the argument. Each must be reported.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int shared;

static void *write_shared(void *argument)
{
    (void)argument;
    for (int i = 0; i < 10000; i++)
        shared++;
    return NULL;
}

static void race(void)
{
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        if (pthread_create(&threads[i], NULL, write_shared, NULL) != 0)
            abort();
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
}

static void overflow(void)
{
    volatile size_t size = 10;
    char *block = malloc(size);
    block[size] = 1;
    free(block);
}

static void *volatile kept;

static void leak(void)
{
    kept = malloc(1000);
    kept = NULL;
}

static void shift(void)
{
    volatile int bits = 40;
    shared = 1 << bits;
}

int main(int argc, char **argv)
{
    const char *name = argc == 2 ? argv[1] : "";
    if (strcmp(name, "race") == 0)
        race();
    else if (strcmp(name, "overflow") == 0)
        overflow();
    else if (strcmp(name, "leak") == 0)
        leak();
    else if (strcmp(name, "shift") == 0)
        shift();
    else
        printf("usage: %s race|overflow|leak|shift\n", argv[0]);
    return 0;
}
