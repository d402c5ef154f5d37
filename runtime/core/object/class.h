// SPDX-License-Identifier: MIT
//
// class.h - types made at run time, their instances, and attribute access. Layer core/object.
// type.c (static types, type objects), class.c (class statement), slots.c (operators of script
// classes), attr.c (lookup, inline caches), instance.c (attribute storage).
#ifndef TGC_OBJECT_CLASS_H
#define TGC_OBJECT_CLASS_H

#include "core/object/code.h"  // tgc_attr_site
#include "core/object/names.h" // tgc_name_entry

// Attribute storage at the end of an instance of a heap type, at type->attrs_offset. Attributes
// whose names the class knows (its shape) are in slots; further ones in dict. Note [instance-dict]
// in instance.c.
typedef struct tgc_attrs {
    tgc_slot dict;    // dict or Unbound
    tgc_slot slots[]; // class_data->capacity of them, Unbound if not set
} tgc_attrs;

typedef struct tgc_class {
    uint32_t capacity;       // const after init: slots per instance
    _Atomic(uint32_t) known; // any thread: names[0, known) are set and stay
    tg_value *names;         // interned; grows under type lock only, never beyond capacity
    bool slots_only;         // const after init: __slots__ without __dict__
    bool weak;               // const after init: instances have a weak word
    // any thread: version:32 | index of a simple script __init__ (call.c)
    _Atomic(uint64_t) constructor;
    // once set stays: some instance keeps attributes in a dict, so nothing is cached
    _Atomic(bool) has_dicts;
    tg_value qualname, module; // owned
    tg_value bases;            // tuple, owned
    tgc_type **children;       // guarded by the type lock: for new versions
    uint32_t child_count, child_capacity;
} tgc_class;

static inline tgc_attrs *tgc_attrs_of(const tgc_type *type, tgc_obj *o)
{
    return (tgc_attrs *)(void *)((char *)o + type->attrs_offset);
}

// How many slots of instances of type may be set; the others never were.
static inline uint32_t tgc_slots_in_use(const tgc_type *type)
{
    const tgc_class *c = type->class_data;
    // ORDER: relaxed; a name is known before a slot is set by it, and who asks is ordered behind
    // whoever set the slot.
    uint32_t known = atom_load_relaxed(&c->known);
    return known < c->capacity ? known : c->capacity;
}

// The builtin class that an instance of type begins like.
static inline tgc_type *tgc_layout_of(tgc_type *type)
{
    while ((type->flags & TGC_TF_HEAP) != 0)
        type = type->base;
    return type;
}

// --- types
#define tgc_type_ready TG_CORE_SYM(tgc_type_ready)
int tgc_type_ready(tg_thread *t, tgc_type *type); // static types, once per core
#define tgc_type_changed TG_CORE_SYM(tgc_type_changed)
// new versions for it and its children; type lock held or private
void tgc_type_changed(tgc_type *type);
#define tgc_type_lock TG_CORE_SYM(tgc_type_lock)
extern tgc_lock tgc_type_lock;
#define tgc_class_new TG_CORE_SYM(tgc_class_new)
// A class from its namespace dict. instance_names (may be NULL) are expected attributes.
tg_value tgc_class_new(tg_thread *t, tg_value name, tg_value bases, tg_value namespace_,
                       tg_value kwargs, const tgc_code *body);
#define tgc_type_set_attr TG_CORE_SYM(tgc_type_set_attr)
// v TGC_NULL deletes
int tgc_type_set_attr(tg_thread *t, tgc_type *type, tg_value name, tg_value v);
#define tgc_update_slots TG_CORE_SYM(tgc_update_slots)
void tgc_update_slots(tgc_type *type); // slots.c; private type or world stopped
#define tgc_slot_wrappers TG_CORE_SYM(tgc_slot_wrappers)
// dunder attributes of a static type's own slots
int tgc_slot_wrappers(tg_thread *t, tgc_type *type);
#define tgc_slot_wrapper_type TG_CORE_SYM(tgc_slot_wrapper_type)
extern tgc_type tgc_slot_wrapper_type; // slots.c
#define tgc_classmethod_type TG_CORE_SYM(tgc_classmethod_type)
extern tgc_type tgc_classmethod_type; // property.c
#define tgc_staticmethod_type TG_CORE_SYM(tgc_staticmethod_type)
extern tgc_type tgc_staticmethod_type; // property.c
// f(*args, **kwargs): args a tuple or list, kwargs a dict, None or TGC_NULL. vm/call.c
#define tgc_call_ex TG_CORE_SYM(tgc_call_ex)
tg_value tgc_call_ex(tg_thread *t, tg_value f, tg_value args, tg_value kwargs);
#define tgc_getset_type TG_CORE_SYM(tgc_getset_type)
extern tgc_type tgc_getset_type; // type.c
#define tgc_type_construct TG_CORE_SYM(tgc_type_construct)
// type(...) of any type
tg_value tgc_type_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                            tg_value kwnames);

// --- instances
#define tgc_instance_new TG_CORE_SYM(tgc_instance_new)
// of a heap type whose layout base is object
tg_value tgc_instance_new(tg_thread *t, tgc_type *type);
#define tgc_attrs_init TG_CORE_SYM(tgc_attrs_init)
// for constructors of subclassable builtin types: every new object whose type has TGC_TF_ATTRS
void tgc_attrs_init(tgc_type *type, tgc_obj *o);
#define tgc_attrs_clear TG_CORE_SYM(tgc_attrs_clear)
void tgc_attrs_clear(tg_thread *t, tgc_type *type, tgc_obj *o);
#define tgc_attrs_traverse TG_CORE_SYM(tgc_attrs_traverse)
void tgc_attrs_traverse(tgc_type *type, tgc_obj *o, tgc_visit visit, void *arg);
#define tgc_instance_traverse TG_CORE_SYM(tgc_instance_traverse)
// type->traverse of script classes: the attributes, then what the builtin class below it holds.
void tgc_instance_traverse(tgc_obj *o, tgc_visit visit, void *arg);
#define tgc_attrs_get TG_CORE_SYM(tgc_attrs_get)
// 1, 0, -1; *slot or -1
int tgc_attrs_get(tg_thread *t, tgc_obj *o, tg_value name, tg_value *out, int32_t *slot);
#define tgc_attrs_set TG_CORE_SYM(tgc_attrs_set)
// v TGC_NULL deletes: 1 done, 0 no such attribute, -1
int tgc_attrs_set(tg_thread *t, tgc_obj *o, tg_value name, tg_value v, int32_t *slot);
#define tgc_instance_set_class TG_CORE_SYM(tgc_instance_set_class)
int tgc_instance_set_class(tg_thread *t, tg_value self, tgc_type *to); // self.__class__ = to
#define tgc_attrs_dict TG_CORE_SYM(tgc_attrs_dict)
tg_value tgc_attrs_dict(tg_thread *t, tgc_obj *o); // __dict__, made on first use

// --- attribute access with caches (attr.c)
enum { TGC_IC_NONE, TGC_IC_SLOT, TGC_IC_FUNC, TGC_IC_VALUE, TGC_IC_TYPE };

// Index table of a type's cached class attributes: append-only.
typedef struct tgc_resolved {
    struct tgc_resolved *older; // const after init: replaced by this one; static types only
    uint32_t count, capacity;   // guarded by names->resolved_lock
    tgc_name_entry *entries[];
} tgc_resolved;

static inline uint64_t tgc_ic_make(uint32_t version, uint32_t index, uint32_t kind)
{
    return (uint64_t)version << 32 | index << 16 | kind;
}

#define tgc_resolve_index TG_CORE_SYM(tgc_resolve_index)
// index in the type's table, or -1
int32_t tgc_resolve_index(tg_thread *t, tgc_type *type, tgc_name_entry *e);
#define tgc_object_getattr TG_CORE_SYM(tgc_object_getattr)
tg_value tgc_object_getattr(tg_thread *t, tg_value v, tg_value name); // object.__getattribute__
#define tgc_object_setattr TG_CORE_SYM(tgc_object_setattr)
int tgc_object_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x);
#define tgc_attr_get_site TG_CORE_SYM(tgc_attr_get_site)
// slow path: looks up, fills the cache
tg_value tgc_attr_get_site(tg_thread *t, tg_value v, tgc_attr_site *site);
#define tgc_attr_set_site TG_CORE_SYM(tgc_attr_set_site)
int tgc_attr_set_site(tg_thread *t, tg_value v, tgc_attr_site *site, tg_value x);
// *func and *self (or TGC_NOVALUE if func is not to be bound): new references. 0 or -1.
#define tgc_attr_method_site TG_CORE_SYM(tgc_attr_method_site)
int tgc_attr_method_site(tg_thread *t, tg_value v, tgc_attr_site *site, tg_value *func,
                         tg_value *self);

// A special method looked up on the type of v: 1 with *func and *self as above, 0, -1.
#define tgc_special TG_CORE_SYM(tgc_special)
int tgc_special(tg_thread *t, tg_value v, tg_value name, tg_value *func, tg_value *self);
// Looks up and calls it with up to two arguments (TGC_NULL if absent). TGC_NOTIMPL if there is
// none.
#define tgc_special_call TG_CORE_SYM(tgc_special_call)
tg_value tgc_special_call(tg_thread *t, tg_value v, tg_value name, tg_value a, tg_value b);

// The cached entry of a matching cache word, kinds FUNC, VALUE, TYPE.
static inline tgc_name_entry *tgc_ic_entry(const tgc_type *type, uint64_t word)
{
    // ORDER: acquire; pairs with the release in attr.c: entries up to any published index are
    // there.
    tgc_resolved *r = atom_load_acquire(&type->names->resolved);
    return r->entries[(word >> 16) & 0xffff];
}

#endif
