// SPDX-License-Identifier: MIT
//
// modes.h - the modes that `togil ab` can compare. The one place here that lists them.
#ifndef TGI_CLI_AB_MODES_H
#define TGI_CLI_AB_MODES_H

#include <stdbool.h> // bool
#include <stddef.h>  // size_t

typedef struct tgi_ab_mode {
    const char *name;    // as `togil run --mode` takes it
    const char *meaning; // one line for --help
    bool gil;            // the GIL is on at the start
} tgi_ab_mode;

#define TGI_AB_MODE_COUNT 5

extern const tgi_ab_mode tgi_ab_modes[TGI_AB_MODE_COUNT];

// NULL if there is no such mode. The name need not end at name[length].
const tgi_ab_mode *tgi_ab_mode_find(const char *name, size_t length);

#endif
