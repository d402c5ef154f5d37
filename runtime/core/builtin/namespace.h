// SPDX-License-Identifier: MIT
//
// namespace.h - global and local variables seen as mappings. Layer core/builtin. namespace.c.
#ifndef TGC_BUILTIN_NAMESPACE_H
#define TGC_BUILTIN_NAMESPACE_H

#include "core/object/code.h" // tgc_module

#define tgc_namespace_type TG_CORE_SYM(tgc_namespace_type)
extern tgc_type tgc_namespace_type;

// globals() of the calling script function: a live view of its module.
#define tgc_namespace_globals TG_CORE_SYM(tgc_namespace_globals)
tg_value tgc_namespace_globals(tg_thread *t);
// locals(): a dict of the variables as they are now; in a class body its namespace, in a module as
// globals().
#define tgc_namespace_locals TG_CORE_SYM(tgc_namespace_locals)
tg_value tgc_namespace_locals(tg_thread *t);

#endif
