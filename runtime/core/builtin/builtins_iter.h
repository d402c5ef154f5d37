// SPDX-License-Identifier: MIT
//
// builtins_iter.h - the builtins about sequences and iteration. Layer core/builtin.
// builtins_iter.c.
#ifndef TGC_BUILTIN_BUILTINS_ITER_H
#define TGC_BUILTIN_BUILTINS_ITER_H

#include "core/object/object.h" // tgc_method_def

// Functions of the builtins namespace; a NULL name ends the table.
#define tgc_builtins_iter TG_CORE_SYM(tgc_builtins_iter)
extern const tgc_method_def tgc_builtins_iter[];

// Types of the builtins namespace, under their own names; NULL ends the table.
#define tgc_builtin_types_iter TG_CORE_SYM(tgc_builtin_types_iter)
extern tgc_type *const tgc_builtin_types_iter[];

// All other types of this family, which scripts cannot name but tgc_type_ready must see; NULL ends
// the table.
#define tgc_hidden_types_iter TG_CORE_SYM(tgc_hidden_types_iter)
extern tgc_type *const tgc_hidden_types_iter[];

#endif
