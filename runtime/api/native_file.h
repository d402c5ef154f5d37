// SPDX-License-Identifier: MIT
//
// native_file.h - what a native module declares, read from its file. Layer api. native_file.c.
#ifndef TGI_API_NATIVE_FILE_H
#define TGI_API_NATIVE_FILE_H

#include <togil/native.h> // tg_native_gil

#include <stdbool.h> // declared
#include <stddef.h>  // size_t

typedef struct tgi_native_file {
    bool declared;     // it has the note
    tg_native_gil gil; // TG_NATIVE_UNDECLARED without one
} tgi_native_file;

typedef enum tgi_native_look {
    TGI_NATIVE_ABSENT,  // there is no such file
    TGI_NATIVE_REFUSED, // it cannot be loaded: *why says so
    TGI_NATIVE_GOOD,    // *out
} tgi_native_look;

enum { TGI_NATIVE_WHY_BYTES = 160 };

// Looks at the file without running any of it. Reads files; call it detached. why has room for
// TGI_NATIVE_WHY_BYTES.
tgi_native_look tgi_native_file_look(const char *path, tgi_native_file *out, char *why);

#endif
