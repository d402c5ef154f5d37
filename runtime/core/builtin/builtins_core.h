// SPDX-License-Identifier: MIT
//
// builtins_core.h - the builtins about values and attributes, and the types of this family. Layer
// core/builtin. builtins_core.c, print.c, file.c.
#ifndef TGC_BUILTIN_BUILTINS_CORE_H
#define TGC_BUILTIN_BUILTINS_CORE_H

#include "core/object/code.h" // tgc_module

// Functions of the builtins namespace; a NULL name ends the table.
#define tgc_builtins_core TG_CORE_SYM(tgc_builtins_core)
extern const tgc_method_def tgc_builtins_core[];

// Types of the builtins namespace, under their own names; NULL ends the table.
#define tgc_builtin_types_core TG_CORE_SYM(tgc_builtin_types_core)
extern tgc_type *const tgc_builtin_types_core[];

// All other types of this family, which scripts cannot name but tgc_type_ready must see; NULL ends
// the table.
#define tgc_hidden_types_core TG_CORE_SYM(tgc_hidden_types_core)
extern tgc_type *const tgc_hidden_types_core[];

// Names that are neither: constants and second names of types. 0, -1.
#define tgc_builtins_core_values TG_CORE_SYM(tgc_builtins_core_values)
int tgc_builtins_core_values(tg_thread *t, tgc_module *builtins);

#endif
