// SPDX-License-Identifier: MIT
//
// host.h - what a core asks of the layers above it, as functions installed at start-up. Layer
// bytecode.
//
// A core cannot include the compiler or the module library: they lie above it. It reaches them
// through this table.
#ifndef TGI_BYTECODE_HOST_H
#define TGI_BYTECODE_HOST_H

#include "bytecode/unit.h" // tgi_unit
#include <togil/status.h>  // tg_status
#include <togil/value.h>   // tg_value

struct tg_thread;

// Why a source was refused. Lines and columns count from 1, columns in characters; 0 is unknown.
typedef struct tgi_source_error {
    int kind; // 0 SyntaxError, 1 IndentationError, 2 TabError
    uint32_t line, column, end_line, end_column;
    char message[256];
} tgi_source_error;

enum { TGI_HOST_MODULE, TGI_HOST_EXPRESSION };

typedef struct tgi_host {
    // TG_OK and *out; TG_ERR_NOMEM; TG_ERR_ARG and *error.
    tg_status (*compile)(const char *source, size_t n, const char *filename, int mode,
                         tgi_unit **out, tgi_source_error *error);
    // A module that comes with the runtime, as source. False if there is none of that name.
    bool (*embedded)(const char *name, const char **source, size_t *n, bool *is_package);
    // Fills a module written in C: 1 done, 0 there is none of that name, -1 raised.
    int (*native)(struct tg_thread *t, const char *name, tg_value module);
    // Imports the shared object at path as `name`, into `module` or as an older module, and puts it
    // into sys.modules: 1 done, 0 there is no such file, -1 raised.
    int (*native_file)(struct tg_thread *t, const char *path, const char *name, tg_value module);
} tgi_host;

#endif
