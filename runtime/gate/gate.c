// SPDX-License-Identifier: MIT
//
// gate.c - the cores of this build by name.
//
// Owns        the list; which cores exist is decided by the build (TOGIL_CORES).
#include "gate/gate.h"

#include <string.h> // strcmp

#ifdef TOGIL_HAVE_CLASSIC
extern const tgi_core tgc_core_table_classic;
#endif
#ifdef TOGIL_HAVE_ATOMIC
extern const tgi_core tgc_core_table_atomic;
#endif
#ifdef TOGIL_HAVE_BIASED
extern const tgi_core tgc_core_table_biased;
#endif

static const tgi_core *const cores[] = {
#ifdef TOGIL_HAVE_CLASSIC
    &tgc_core_table_classic,
#endif
#ifdef TOGIL_HAVE_ATOMIC
    &tgc_core_table_atomic,
#endif
#ifdef TOGIL_HAVE_BIASED
    &tgc_core_table_biased,
#endif
    NULL,
};

const tgi_core *tgi_core_find(const char *counts)
{
    for (const tgi_core *const *c = cores; *c != NULL; c++) {
        if (strcmp((*c)->counts, counts) == 0)
            return *c;
    }
    return NULL;
}
