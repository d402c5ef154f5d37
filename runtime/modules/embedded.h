// SPDX-License-Identifier: MIT
//
// embedded.h - the table of Python modules inside the library. Layer modules.
//
// The table is written at build time by togil_embed_python() (cmake/EmbedPython.cmake) from the
// files below runtime/modules/py. A module is compiled when it is first imported.
#ifndef TGI_MODULES_EMBEDDED_H
#define TGI_MODULES_EMBEDDED_H

#include <stdbool.h>
#include <stddef.h> // size_t, NULL

typedef struct tgi_embedded_module {
    const char *name;   // dotted: "concurrent.futures"
    const char *source; // UTF-8, followed by a NUL
    size_t length;      // without that NUL
    bool is_package;    // the source is an __init__.py
} tgi_embedded_module;

// Ends with an entry whose name is NULL.
extern const tgi_embedded_module tgi_embedded_modules[];

#endif
