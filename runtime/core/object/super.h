// SPDX-License-Identifier: MIT
//
// super.h - super(type, obj): attributes as found after a type in the method order. Layer
// core/object. super.c.
#ifndef TGC_OBJECT_SUPER_H
#define TGC_OBJECT_SUPER_H

#include "core/object/object.h" // tgc_type

#define tgc_super_type TG_CORE_SYM(tgc_super_type)
extern tgc_type tgc_super_type;

#endif
