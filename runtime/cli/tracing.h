// SPDX-License-Identifier: MIT
//
// tracing.h - `togil run --trace FILE`.
#ifndef TGI_CLI_TRACING_H
#define TGI_CLI_TRACING_H

#include <stdbool.h> // bool

#include <togil/togil.h> // tg_thread

typedef struct tgi_tracing {
    const char *command; // opens every message
    char *path;          // absolute; NULL: no trace was asked for, or it could not start
    bool write_failed;   // set when the file could not be written
} tgi_tracing;

// Makes sure that the file can be written, before anything runs. path may be NULL: no trace. 0, or
// the exit code after a message.
int tgi_tracing_open(tgi_tracing *tracing, const char *command, const char *path);
// Starts the trace. Nothing of the script has run. 0, or the exit code after a message.
int tgi_tracing_start(tgi_tracing *tracing, tg_thread *t);
// Writes the file, when every other thread has ended; prints why if that fails.
void tgi_tracing_write(tgi_tracing *tracing, tg_thread *t);
void tgi_tracing_close(tgi_tracing *tracing);

#endif
