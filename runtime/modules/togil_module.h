// SPDX-License-Identifier: MIT
//
// togil_module.h - the parts of the module togil. Layer modules.
#ifndef TGI_MODULES_TOGIL_MODULE_H
#define TGI_MODULES_TOGIL_MODULE_H

#include <togil/togil.h> // tg_value

// Each adds its part to the module. 0, or -1 raised.
int tgi_add_togil_gil(tg_thread *t, tg_value module); // togil_gil.c

// togil.stats(), a tg_native: togil_stats.c.
tg_value tgi_togil_stats(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames);

#endif
