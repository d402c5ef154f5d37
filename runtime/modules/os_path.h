// SPDX-License-Identifier: MIT
//
// os_path.h - paths as arguments of functions. Layer modules. The code is in os_path.c.
#ifndef TGI_MODULES_OS_PATH_H
#define TGI_MODULES_OS_PATH_H

#include <togil/object.h> // tg_value

// The text of a path (a str) without NUL inside; valid while v lives. NULL if raised.
const char *tgi_path_text(tg_thread *t, tg_value v, size_t *n);

#endif
