// SPDX-License-Identifier: MIT
//
// native_class.c - classes defined through the C API: instances carry a block of C data.
//
// Owns        the types, one per definition and runtime. The data block lies behind the header.
// Invariants  NC1  data is zeroed before init and after finalize; finalize runs once, also when the
//             runtime ends.
// Threads     as the definition's functions say; the data is theirs to guard.
#include "core/object/native_class.h"

#include "core/object/class.h" // names
#include "core/object/error.h" // errors
#include "core/object/str.h"   // names
#include "mem/raw.h"           // memory

// The type that carries the definition: v's type or one of its bases.
static const tgc_type *native_type(const tgc_type *type)
{
    while (type != NULL && type->native == NULL)
        type = type->base;
    return type;
}

static const tg_class_def *def_of(const tgc_type *type)
{
    return native_type(type)->native;
}

static void *data_at(tgc_obj *o)
{
    return (char *)o + TGC_NATIVE_OFFSET;
}

static void native_clear(tg_thread *t, tgc_obj *o)
{
    const tg_class_def *def = def_of(tgc_obj_type(o));
    if (def->finalize != NULL)
        def->finalize(t, data_at(o));
    memset(data_at(o), 0, def->data_bytes);
}

static void native_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    const tg_class_def *def = def_of(tgc_obj_type(o));
    if (def->traverse != NULL)
        def->traverse(data_at(o), visit, arg);
}

static void native_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_untrack(t, o);
    native_clear(t, o);
    tgc_delete(t, o, type->size);
}

static tg_value native_alloc(tg_thread *t, tgc_type *type)
{
    tgc_obj *o = tgc_new(t, type, type->size);
    if (o == NULL)
        return TGC_NULL;
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, o);
    tgc_track(t, o);
    return tgc_from_ptr(o);
}

static int native_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    const tg_class_def *def = def_of(tgc_type_of(self));
    if (def->init == NULL)
        return nargs == 0
                   ? 0
                   : tgc_raise_int(t, &TGC_EXC(TypeError), "%s() takes no arguments", def->name);
    return def->init(t, self, data_at(tgc_ptr(self)), args, nargs, kwnames);
}

static tg_value native_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                 tg_value kwnames)
{
    tg_value self = native_alloc(t, type);
    if (self == TGC_NULL || ((type->flags & TGC_TF_HEAP) != 0 && type->init != native_init))
        return self; // a script __init__ follows
    if (native_init(t, self, args, nargs, kwnames) < 0) {
        tgc_release(t, self);
        return TGC_NULL;
    }
    return self;
}

static tg_value native_repr(tg_thread *t, tg_value v)
{
    return def_of(tgc_type_of(v))->repr(t, v, data_at(tgc_ptr(v)));
}

static tg_value native_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                            tg_value kwnames)
{
    return def_of(tgc_type_of(f))->call(t, f, data_at(tgc_ptr(f)), args, nargs, kwnames);
}

static tg_value native_iter(tg_thread *t, tg_value v)
{
    return def_of(tgc_type_of(v))->iter(t, v, data_at(tgc_ptr(v)));
}

static tg_value native_next(tg_thread *t, tg_value v)
{
    return def_of(tgc_type_of(v))->next(t, v, data_at(tgc_ptr(v)));
}

static tg_value native_getattr(tg_thread *t, tg_value v, tg_value name)
{
    tg_value out;
    int found = def_of(tgc_type_of(v))->getattr(t, v, data_at(tgc_ptr(v)), name, &out);
    return found > 0 ? out : found < 0 ? TGC_NULL : tgc_object_getattr(t, v, name);
}

static int native_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x)
{
    int done = def_of(tgc_type_of(v))->setattr(t, v, data_at(tgc_ptr(v)), name, x);
    return done > 0 ? 0 : done < 0 ? -1 : tgc_object_setattr(t, v, name, x);
}

tg_value tgc_native_class(tg_thread *t, const tg_class_def *def)
{
    tgc_type *type = (tgc_type *)(void *)tgc_new(t, &tgc_type_type, sizeof *type);
    if (type == NULL)
        return TGC_NULL;
    tgc_make_immortal(&type->head);
    type->name = def->name;
    type->module = def->module != NULL ? def->module : "builtins";
    type->flags = TGC_TF_NATIVE | TGC_TF_TRACKED | TGC_TF_BASETYPE;
    type->size = (uint32_t)((TGC_NATIVE_OFFSET + def->data_bytes + 7) & ~(size_t)7);
    // The weak word is in the gap behind the header where there is one.
    if (TGC_NATIVE_OFFSET - TGC_HEADER_BYTES >= sizeof(uintptr_t)) {
        type->weak_offset = TGC_HEADER_BYTES;
    } else {
        type->weak_offset = type->size;
        type->size += (uint32_t)sizeof(uintptr_t);
    }
    type->base = &tgc_object_type;
    type->native = def;
    // The two definitions have the same fields in the same order; asserted in native_class.h.
    type->methods = (const tgc_method_def *)(const void *)def->methods;
    type->getsets = (const tgc_getset_def *)(const void *)def->attributes;
    type->dealloc = native_dealloc;
    type->clear = native_clear;
    type->traverse = native_traverse;
    type->construct = native_construct;
    type->init = native_init;
    type->repr = def->repr != NULL ? native_repr : NULL;
    type->call = def->call != NULL ? native_call : NULL;
    type->iter = def->iter != NULL ? native_iter : NULL;
    type->next = def->next != NULL ? native_next : NULL;
    type->getattr = def->getattr != NULL ? native_getattr : NULL;
    type->setattr = def->setattr != NULL ? native_setattr : NULL;
    if (tgc_type_ready(t, type) < 0) {
        if (type->names != NULL)
            tgc_names_free(t, type->names);
        tgi_raw_free(type->mro);
        tgc_delete(t, &type->head, sizeof *type);
        return tgc_raised(t) ? TGC_NULL : tgc_raise_nomem(t);
    }
    tgc_track(t, &type->head);
    return tgc_from_ptr(type);
}

void *tgc_native_data(tg_thread *t, tg_value self, const tg_class_def *def)
{
    const tgc_type *type = tgc_is_ptr(self) ? native_type(tgc_type_of(self)) : NULL;
    if (type != NULL && type->native == def)
        return data_at(tgc_ptr(self));
    tgc_raise(t, &TGC_EXC(TypeError), "expected a '%s' object, not '%s'", def->name,
              tgc_type_name(self));
    return NULL;
}

tg_value tgc_native_instance(tg_thread *t, tg_value cls, void **data)
{
    tgc_type *type = (tgc_type *)(void *)tgc_ptr(cls);
    if (!tgc_is_type(cls) || native_type(type) == NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "not a class with native data");
    tg_value self = native_alloc(t, type);
    if (self != TGC_NULL && data != NULL)
        *data = data_at(tgc_ptr(self));
    return self;
}
