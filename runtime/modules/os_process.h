// SPDX-License-Identifier: MIT
//
// os_process.h - the part of the module os about processes and descriptors. Layer modules.
#ifndef TGI_MODULES_OS_PROCESS_H
#define TGI_MODULES_OS_PROCESS_H

#include <togil/define.h> // tg_value

// Adds fork, wait, pipe, read, ... to the module os. 0 or -1.
int tgi_os_process_init(tg_thread *t, tg_value module);

#endif
