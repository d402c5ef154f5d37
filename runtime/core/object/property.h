// SPDX-License-Identifier: MIT
//
// property.h - property, classmethod, staticmethod. Layer core/object. property.c.
#ifndef TGC_OBJECT_PROPERTY_H
#define TGC_OBJECT_PROPERTY_H

#include "core/object/object.h" // tgc_type

#define tgc_property_type TG_CORE_SYM(tgc_property_type)
extern tgc_type tgc_property_type;
#define tgc_classmethod_type TG_CORE_SYM(tgc_classmethod_type)
extern tgc_type tgc_classmethod_type;
#define tgc_staticmethod_type TG_CORE_SYM(tgc_staticmethod_type)
extern tgc_type tgc_staticmethod_type;

// classmethod(func) and staticmethod(func), for class creation: __init_subclass__,
// __class_getitem__, __new__.
#define tgc_classmethod_new TG_CORE_SYM(tgc_classmethod_new)
tg_value tgc_classmethod_new(tg_thread *t, tg_value func);
#define tgc_staticmethod_new TG_CORE_SYM(tgc_staticmethod_new)
tg_value tgc_staticmethod_new(tg_thread *t, tg_value func);

#endif
