// SPDX-License-Identifier: MIT
//
// tracing.c - see tracing.h.
//
// Owns        the path, made absolute: the script may change the current folder.
// Invariants  a child that the script forks writes nothing: the file is its parent's.
#include "cli/tracing.h"

#include <errno.h>
#include <stdio.h>  // fopen
#include <stdlib.h> // realpath
#include <string.h> // strerror

#include "cli/options.h" // tgi_usage_error

int tgi_tracing_open(tgi_tracing *tracing, const char *command, const char *path)
{
    *tracing = (tgi_tracing){command, NULL, false};
    if (path == NULL)
        return 0;
    FILE *file = fopen(path, "we");
    if (file != NULL && fclose(file) == 0)
        tracing->path = realpath(path, NULL);
    if (tracing->path != NULL)
        return 0;
    return tgi_usage_error(command, "cannot write the trace to '%s': %s", path, strerror(errno));
}

int tgi_tracing_start(tgi_tracing *tracing, tg_thread *t)
{
    if (tracing->path == NULL || tg_trace_start(t, 0) == TG_OK)
        return 0;
    tgi_tracing_close(tracing);
    tgi_usage_error(tracing->command, "the trace cannot start: out of memory");
    return 1;
}

void tgi_tracing_write(tgi_tracing *tracing, tg_thread *t)
{
    if (tracing->path == NULL)
        return;
    tg_status st = tg_trace_write(t, tracing->path);
    if (st == TG_OK || st == TG_ERR_STATE) // no trace: a child
        return;
    tgi_usage_error(tracing->command, "cannot write the trace to '%s': %s", tracing->path,
                    st == TG_ERR_OS ? strerror(errno) : "out of memory");
    tracing->write_failed = true;
}

void tgi_tracing_close(tgi_tracing *tracing)
{
    free(tracing->path);
    tracing->path = NULL;
}
