// SPDX-License-Identifier: MIT
//
// exception_internal.h - what the exception sources share: slots of the type table. Layer
// core/object.
#ifndef TGC_OBJECT_EXCEPTION_INTERNAL_H
#define TGC_OBJECT_EXCEPTION_INTERNAL_H

#include "core/object/exception.h" // tgc_exception

static inline tgc_exception *tgc_exception_of(tg_value v)
{
    return (tgc_exception *)(void *)tgc_ptr(v);
}

// The class and its layout (exception.c).
#define tgc_exception_dealloc TG_CORE_SYM(tgc_exception_dealloc)
void tgc_exception_dealloc(tg_thread *t, tgc_obj *o);
#define tgc_exception_clear TG_CORE_SYM(tgc_exception_clear)
void tgc_exception_clear(tg_thread *t, tgc_obj *o);
#define tgc_exception_traverse TG_CORE_SYM(tgc_exception_traverse)
void tgc_exception_traverse(tgc_obj *o, tgc_visit visit, void *arg);
#define tgc_exception_construct TG_CORE_SYM(tgc_exception_construct)
tg_value tgc_exception_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                 tg_value kwnames);
// Whether the __init__ of a type is that of its static base, not a script's.
#define tgc_exception_init_is_own TG_CORE_SYM(tgc_exception_init_is_own)
bool tgc_exception_init_is_own(const tgc_type *type);
#define tgc_exception_init TG_CORE_SYM(tgc_exception_init)
int tgc_exception_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames);
#define tgc_exception_repr TG_CORE_SYM(tgc_exception_repr)
tg_value tgc_exception_repr(tg_thread *t, tg_value v);
#define tgc_exception_str TG_CORE_SYM(tgc_exception_str)
tg_value tgc_exception_str(tg_thread *t, tg_value v);
#define tgc_exception_methods TG_CORE_SYM(tgc_exception_methods)
extern const tgc_method_def tgc_exception_methods[];
#define tgc_exception_getsets TG_CORE_SYM(tgc_exception_getsets)
extern const tgc_getset_def tgc_exception_getsets[];

// Stores v (stolen) in a slot of an exception and releases what was there.
static inline void tgc_exception_put(tg_thread *t, tgc_slot *slot, tg_value v)
{
    tgc_release(t, tgc_slot_exchange(t, slot, v));
}

// Attributes that are one extra slot: None while unset. Used in getset tables as .get and .set.
#define tgc_exception_get0 TG_CORE_SYM(tgc_exception_get0)
tg_value tgc_exception_get0(tg_thread *t, tg_value self);
#define tgc_exception_get1 TG_CORE_SYM(tgc_exception_get1)
tg_value tgc_exception_get1(tg_thread *t, tg_value self);
#define tgc_exception_get2 TG_CORE_SYM(tgc_exception_get2)
tg_value tgc_exception_get2(tg_thread *t, tg_value self);
#define tgc_exception_get3 TG_CORE_SYM(tgc_exception_get3)
tg_value tgc_exception_get3(tg_thread *t, tg_value self);
#define tgc_exception_set0 TG_CORE_SYM(tgc_exception_set0)
int tgc_exception_set0(tg_thread *t, tg_value self, tg_value v);
#define tgc_exception_set1 TG_CORE_SYM(tgc_exception_set1)
int tgc_exception_set1(tg_thread *t, tg_value self, tg_value v);
#define tgc_exception_set2 TG_CORE_SYM(tgc_exception_set2)
int tgc_exception_set2(tg_thread *t, tg_value self, tg_value v);
#define tgc_exception_set3 TG_CORE_SYM(tgc_exception_set3)
int tgc_exception_set3(tg_thread *t, tg_value self, tg_value v);

// OSError (exception_os.c).
#define tgc_oserror_construct TG_CORE_SYM(tgc_oserror_construct)
tg_value tgc_oserror_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                               tg_value kwnames);
#define tgc_oserror_init TG_CORE_SYM(tgc_oserror_init)
int tgc_oserror_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                     tg_value kwnames);
#define tgc_oserror_str TG_CORE_SYM(tgc_oserror_str)
tg_value tgc_oserror_str(tg_thread *t, tg_value v);
#define tgc_oserror_getsets TG_CORE_SYM(tgc_oserror_getsets)
extern const tgc_getset_def tgc_oserror_getsets[];

#endif
