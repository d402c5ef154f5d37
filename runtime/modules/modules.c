// SPDX-License-Identifier: MIT
//
// modules.c - the list of modules written in C.
#include "modules/modules.h"

#include <stddef.h>

const tg_module_def *const tgi_native_modules[] = {
    NULL,
};

void tgi_modules_stop(tg_thread *t) { (void)t; }
