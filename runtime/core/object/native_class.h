// SPDX-License-Identifier: MIT
//
// native_class.h - classes defined through the C API. Layer core/object. native_class.c.
#ifndef TGC_OBJECT_NATIVE_CLASS_H
#define TGC_OBJECT_NATIVE_CLASS_H

#include "core/object/object.h" // tgc_type
#include <togil/define.h>       // tg_class_def

// Data is 16-aligned.
#define TGC_NATIVE_OFFSET ((size_t)((TGC_HEADER_BYTES + 15) & ~15))

// Public and internal definitions are the same memory.
_Static_assert(sizeof(tg_function_def) == sizeof(tgc_method_def) &&
                   offsetof(tg_function_def, fn) == offsetof(tgc_method_def, fn) &&
                   offsetof(tg_function_def, min) == offsetof(tgc_method_def, min) &&
                   offsetof(tg_function_def, max) == offsetof(tgc_method_def, max) &&
                   offsetof(tg_function_def, flags) == offsetof(tgc_method_def, flags),
               "tg_function_def must mirror tgc_method_def");
_Static_assert(sizeof(tg_attribute_def) == sizeof(tgc_getset_def) &&
                   offsetof(tg_attribute_def, get) == offsetof(tgc_getset_def, get) &&
                   offsetof(tg_attribute_def, set) == offsetof(tgc_getset_def, set),
               "tg_attribute_def must mirror tgc_getset_def");
_Static_assert((int)TG_FN_KW == (int)TGC_METH_KW && (int)TG_FN_CLASS == (int)TGC_METH_CLASS &&
                   (int)TG_FN_STATIC == (int)TGC_METH_STATIC,
               "flags must agree");

#define tgc_native_class TG_CORE_SYM(tgc_native_class)
tg_value tgc_native_class(tg_thread *t, const tg_class_def *def);
#define tgc_native_data TG_CORE_SYM(tgc_native_data)
void *tgc_native_data(tg_thread *t, tg_value self, const tg_class_def *def);
#define tgc_native_instance TG_CORE_SYM(tgc_native_instance)
tg_value tgc_native_instance(tg_thread *t, tg_value cls, void **data);

#endif
