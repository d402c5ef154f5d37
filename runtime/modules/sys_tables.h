// SPDX-License-Identifier: MIT
//
// sys_tables.h - versions and limits, as attributes of the module sys. Layer modules.
#ifndef TGI_MODULES_SYS_TABLES_H
#define TGI_MODULES_SYS_TABLES_H

#include <togil/object.h> // tg_value

int tgi_sys_add_tables(tg_thread *t, tg_value module); // 0 or -1

#endif
