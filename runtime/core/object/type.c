// SPDX-License-Identifier: MIT
//
// type.c - static types, type objects, versions.
//
// Owns        the global counter of type versions, the type lock, `object` and `type`.
// Invariants  T1  a version is never reused; when the counter is used up, types stay at version 0
//             and are not
//                 cached any more.
//             T2  every change of what a lookup on a type can find gives the type and all its
//                 subclasses new versions before the change is visible (plain value for plain value
//                 excepted: caches hold the entry, not its value).
// Threads     tgc_type_ready: start-up of the core, one thread. Attribute writes: any thread; they
//             stop the world.
#include "core/object/class.h"

#include "core/object/dict.h"  // __dict__
#include "core/object/error.h" // errors
#include "core/object/known.h" // names
#include "core/object/list.h"  // __subclasses__
#include "core/object/str.h"   // names
#include "core/object/tuple.h" // __mro__
#include "mem/raw.h"           // memory
#include "thread/stw.h"        // class changes pause

static _Atomic(uint32_t) last_version = 0;
tgc_lock tgc_type_lock;

#define tgc_type_getattr TG_CORE_SYM(tgc_type_getattr)
tg_value tgc_type_getattr(tg_thread *t, tg_value v, tg_value name);

static tgc_type *type_of_value(tg_value v)
{
    return (tgc_type *)(void *)tgc_ptr(v);
}

void tgc_type_changed(tgc_type *type)
{
    // ORDER: relaxed; only uniqueness matters.
    uint32_t v = atom_load_relaxed(&last_version);
    if (v != UINT32_MAX)
        v = atom_add_relaxed(&last_version, 1) + 1; // ORDER: relaxed; as above.
    // ORDER: release; pairs with the acquire in attr.c.
    atom_store_release(&type->version, v == UINT32_MAX ? 0 : v);
    if (type->class_data == NULL)
        return;
    for (uint32_t i = 0; i < type->class_data->child_count; i++)
        tgc_type_changed(type->class_data->children[i]);
}

// --- getset descriptors of static types

typedef struct getset {
    tgc_obj head;
    const tgc_getset_def *def;
} getset;

static tg_value getset_get(tg_thread *t, tg_value d, tg_value self, tgc_type *type)
{
    (void)type;
    if (self == TGC_NULL)
        return tgc_retain(t, d);
    return ((getset *)(void *)tgc_ptr(d))->def->get(t, self);
}

static int getset_set(tg_thread *t, tg_value d, tg_value self, tg_value x)
{
    const tgc_getset_def *def = ((getset *)(void *)tgc_ptr(d))->def;
    if (def->set == NULL)
        return tgc_raise_int(t, &TGC_EXC(AttributeError),
                             "attribute '%s' of '%s' objects is not writable", def->name,
                             tgc_type_name(self));
    return def->set(t, self, x);
}

// Those of classes of the C API, which end with their runtime. Static types keep theirs for ever.
static void getset_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_delete(t, o, sizeof(getset));
}

tgc_type tgc_getset_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "getset_descriptor", .size = sizeof(getset),
    .flags = TGC_TF_TRACKED,           .dealloc = getset_dealloc,   .descr_get = getset_get,
    .descr_set = getset_set,
};

static int add_static(tg_thread *t, tgc_type *type, const char *name, tg_value v_steal)
{
    tg_value key = tgc_str_intern(t, name, strlen(name));
    tgc_name_entry *e = key != TGC_NULL ? tgc_names_entry(t, type->names, key) : NULL;
    if (e == NULL || v_steal == TGC_NULL)
        return -1;
    tgc_slot_init(t, &e->value, v_steal);
    return 0;
}

#define INHERIT(slot)       \
    if (type->slot == NULL) \
    type->slot = base->slot

static void inherit(tgc_type *type, const tgc_type *base)
{
    INHERIT(dealloc);
    INHERIT(clear);
    INHERIT(traverse);
    if (type->weak_offset == 0)
        type->weak_offset = base->weak_offset;
    INHERIT(construct);
    INHERIT(init);
    INHERIT(repr);
    INHERIT(str);
    if (type->compare == NULL || type->hash != NULL)
        INHERIT(hash);
    INHERIT(truth);
    INHERIT(length);
    INHERIT(call);
    INHERIT(getattr);
    INHERIT(setattr);
    INHERIT(binary);
    INHERIT(inplace);
    INHERIT(unary);
    INHERIT(compare);
    INHERIT(getitem);
    INHERIT(setitem);
    INHERIT(contains);
    INHERIT(iter);
    INHERIT(next);
    INHERIT(format);
    INHERIT(descr_get);
    INHERIT(descr_set);
    type->flags |= base->flags & (0xffff | TGC_TF_TRACKED | TGC_TF_DESCR | TGC_TF_DATADESCR);
}

int tgc_type_ready(tg_thread *t, tgc_type *type)
{
    if ((type->flags & TGC_TF_READY) != 0)
        return 0;
    type->flags |= TGC_TF_READY;
    tgc_type *base = type->base;
    if (base != NULL && tgc_type_ready(t, base) < 0)
        return -1;
    uint32_t n = 1 + (base != NULL ? base->mro_count : 0);
    type->mro = tgi_raw_alloc(n * sizeof *type->mro);
    type->names = tgc_names_new(t);
    if (type->mro == NULL || type->names == NULL)
        return -1;
    type->mro[0] = type;
    for (uint32_t i = 1; i < n; i++)
        type->mro[i] = base->mro[i - 1];
    type->mro_count = n;
    tgc_type_changed(type);
    if (type->descr_get != NULL)
        type->flags |= TGC_TF_DESCR;
    if (type->descr_set != NULL)
        type->flags |= TGC_TF_DATADESCR;
    if (tgc_slot_wrappers(t, type) < 0)
        return -1;
    if (base != NULL)
        inherit(type, base);
    for (const tgc_method_def *m = type->methods; m != NULL && m->name != NULL; m++) {
        if (add_static(t, type, m->name, tgc_builtin_new(t, m, type, TGC_NONE)) < 0)
            return -1;
    }
    for (const tgc_getset_def *g = type->getsets; g != NULL && g->name != NULL; g++) {
        getset *o = (getset *)(void *)tgc_new(t, &tgc_getset_type, sizeof *o);
        if (o == NULL)
            return -1;
        o->def = g;
        tgc_make_immortal(&o->head);
        if (type->native != NULL)
            tgc_track(t, &o->head);
        if (add_static(t, type, g->name, tgc_from_ptr(o)) < 0)
            return -1;
    }
    if (type->doc != NULL &&
        add_static(t, type, "__doc__", tgc_str_intern(t, type->doc, strlen(type->doc))) < 0)
        return -1;
    return 0;
}

bool tgc_is_subtype(const tgc_type *type, const tgc_type *of)
{
    for (uint32_t i = 0; i < type->mro_count; i++) {
        if (type->mro[i] == of)
            return true;
    }
    return false;
}

// --- object

static tg_value object_repr(tg_thread *t, tg_value v)
{
    tgc_type *type = tgc_type_of(v);
    if ((type->flags & TGC_TF_HEAP) != 0) {
        tg_value module = tgc_getattr_cstr(t, tgc_from_ptr(type), "__module__");
        if (module == TGC_NULL)
            return TGC_NULL;
        size_t n;
        const char *text = tgc_is_str(module) ? tgc_str_utf8(t, module, &n) : "?";
        tg_value qualname = tgc_getattr_cstr(t, tgc_from_ptr(type), "__qualname__");
        const char *qn = qualname != TGC_NULL ? tgc_str_utf8(t, qualname, &n) : NULL;
        tg_value r = qn == NULL || text == NULL
                         ? TGC_NULL
                         : tgc_str_format(t, "<%s.%s object at %p>", text, qn, (void *)tgc_ptr(v));
        tgc_release(t, module);
        tgc_release(t, qualname);
        return r;
    }
    if (!tgc_is_ptr(v))
        return tgc_str_format(t, "<%s object>", type->name);
    return tgc_str_format(t, "<%s object at %p>", type->name, (void *)tgc_ptr(v));
}

static tg_value object_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                 tg_value kwnames)
{
    (void)args;
    if (nargs > 0 || kwnames != TGC_NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "%s() takes no arguments", type->name);
    if ((type->flags & TGC_TF_HEAP) != 0)
        return tgc_instance_new(t, type);
    tgc_obj *o = tgc_new(t, type, type->size);
    return o != NULL ? tgc_from_ptr(o) : TGC_NULL;
}

static int object_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    (void)args;
    (void)kwnames;
    if (nargs > 0) {
        // Excess arguments are an error unless a script __new__ takes them.
        tgc_name_entry *e = tgc_type_find(tgc_type_of(self), TGC_NAME(new));
        if (e == NULL || tgc_names_find(tgc_object_type.names, TGC_NAME(new)) == e)
            return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() takes no arguments",
                                 tgc_type_name(self));
    }
    return 0;
}

static void object_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_delete(t, o, type->size);
}

static int object_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    (void)t;
    *out = tgc_is_ptr(v) ? (v >> 4 | v << 60) : v * UINT64_C(0x9e3779b97f4a7c15) >> 1;
    return 0;
}

static tg_value object_format(tg_thread *t, tg_value v, tg_value spec)
{
    if (tgc_str_length(spec) > 0)
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "unsupported format string passed to %s.__format__", tgc_type_name(v));
    return tgc_to_str(t, v);
}

static tg_value object_class(tg_thread *t, tg_value self)
{
    (void)t;
    return tgc_retain(t, tgc_from_ptr(tgc_type_of(self)));
}

static int object_set_class(tg_thread *t, tg_value self, tg_value x)
{
    if (x == TGC_NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "can't delete __class__ attribute");
    if (!tgc_is_type(x))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "__class__ must be set to a class, not '%s' object", tgc_type_name(x));
    if ((tgc_type_of(self)->flags & type_of_value(x)->flags & TGC_TF_HEAP) == 0)
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "__class__ assignment only supported for mutable types or ModuleType "
                             "subclasses");
    return tgc_instance_set_class(t, self, type_of_value(x));
}

static tg_value object_dict(tg_thread *t, tg_value self)
{
    tgc_type *type = tgc_type_of(self);
    if ((type->flags & TGC_TF_ATTRS) == 0 || type->class_data->slots_only)
        return tgc_raise(t, &TGC_EXC(AttributeError), "'%s' object has no attribute '__dict__'",
                         type->name);
    return tgc_attrs_dict(t, tgc_ptr(self));
}

static const tgc_getset_def object_getsets[] = {
    {"__class__", object_class, object_set_class},
    {"__dict__", object_dict, NULL},
    {NULL, NULL, NULL},
};

static tg_value object_m_eq(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)t, (void)nargs, (void)kwnames;
    return args[0] == args[1] ? TGC_TRUE : TGC_NOTIMPL;
}

static tg_value object_m_ne(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    tg_value r = tgc_compare(t, TGC_EQ, args[0], args[1]);
    if (r == TGC_NULL)
        return TGC_NULL;
    int truth = tgc_truth(t, r);
    tgc_release(t, r);
    return truth < 0 ? TGC_NULL : tgc_from_bool(!truth);
}

static tg_value object_m_new(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    if (nargs < 1 || !tgc_is_type(args[0]))
        return nargs < 1
                   ? tgc_raise(t, &TGC_EXC(TypeError), "object.__new__(): not enough arguments")
                   : tgc_raise(t, &TGC_EXC(TypeError),
                               "object.__new__(X): X is not a type object (%s)",
                               tgc_type_name(args[0]));
    tgc_type *type = type_of_value(args[0]);
    // The layout base makes the object; what comes after cls is its business unless it is plain
    // object.
    tgc_type *layout = type;
    while ((layout->flags & TGC_TF_HEAP) != 0)
        layout = layout->base;
    if (layout == &tgc_object_type)
        return (type->flags & TGC_TF_HEAP) != 0 ? tgc_instance_new(t, type)
                                                : object_construct(t, type, NULL, 0, TGC_NULL);
    if ((layout->flags & (TGC_TF_LIST | TGC_TF_DICT)) != 0)
        return layout->construct(t, type, NULL, 0, TGC_NULL);
    return layout->construct(t, type, args + 1, nargs - 1, kwnames);
}

static tg_value object_m_init_subclass(tg_thread *t, const tg_value *args, size_t nargs,
                                       tg_value kwnames)
{
    (void)nargs;
    if (kwnames != TGC_NULL)
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "%s.__init_subclass__() takes no keyword arguments",
                         type_of_value(args[0])->name);
    return TGC_NONE;
}

static tg_value object_m_dir(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames);

static const tgc_method_def object_methods[] = {
    {"__eq__", object_m_eq, 1, 1, 0},
    {"__ne__", object_m_ne, 1, 1, 0},
    {"__new__", object_m_new, 0, -1, TGC_METH_STATIC | TGC_METH_KW},
    {"__init_subclass__", object_m_init_subclass, 0, 0, TGC_METH_CLASS | TGC_METH_KW},
    {"__dir__", object_m_dir, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

tgc_type tgc_object_type = {
    TGC_STATIC_TYPE(NULL),         .name = "object",
    .size = TGC_HEADER_BYTES,      .flags = TGC_TF_BASETYPE,
    .methods = object_methods,     .getsets = object_getsets,
    .dealloc = object_dealloc,     .construct = object_construct,
    .init = object_init,           .repr = object_repr,
    .hash = object_hash,           .getattr = tgc_object_getattr,
    .setattr = tgc_object_setattr, .format = object_format,
};

// --- type

static tg_value type_repr(tg_thread *t, tg_value v)
{
    tgc_type *type = type_of_value(v);
    if ((type->flags & TGC_TF_HEAP) == 0)
        return strcmp(type->module, "builtins") == 0
                   ? tgc_str_format(t, "<class '%s'>", type->name)
                   : tgc_str_format(t, "<class '%s.%s'>", type->module, type->name);
    size_t n;
    tg_value module = tgc_getattr_cstr(t, v, "__module__");
    if (module == TGC_NULL)
        return TGC_NULL;
    const char *m = tgc_is_str(module) ? tgc_str_utf8(t, module, &n) : "?";
    const char *q = tgc_str_utf8(t, type->class_data->qualname, &n);
    tg_value r = m != NULL && q != NULL ? tgc_str_format(t, "<class '%s.%s'>", m, q) : TGC_NULL;
    tgc_release(t, module);
    return r;
}

static tg_value type_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                          tg_value kwnames)
{
    tgc_type *type = type_of_value(f);
    if (type == &tgc_type_type) {
        if (nargs == 1 && kwnames == TGC_NULL)
            return tgc_retain(t, tgc_from_ptr(tgc_type_of(args[0])));
        if (nargs == 3 && kwnames == TGC_NULL)
            return tgc_class_new(t, args[0], args[1], args[2], TGC_NULL, NULL);
        return tgc_raise(t, &TGC_EXC(TypeError), "type() takes 1 or 3 arguments");
    }
    return tgc_type_construct(t, type, args, nargs, kwnames);
}

static bool is_value_kind(tg_value v)
{
    return (tgc_type_of(v)->flags & TGC_TF_DESCR) == 0;
}

int tgc_type_set_attr(tg_thread *t, tgc_type *type, tg_value name, tg_value v)
{
    name = tgc_str_intern_value(t, name);
    if (name == TGC_NULL)
        return -1;
    tgc_name_entry *e =
        v == TGC_NULL ? tgc_names_find(type->names, name) : tgc_names_entry(t, type->names, name);
    if (e == NULL && v != TGC_NULL)
        return -1;
    tg_value old = e != NULL ? tgc_slot_load(t, &e->value) : TGC_UNBOUND;
    if (v == TGC_NULL && old == TGC_UNBOUND) {
        size_t n;
        const char *text = tgc_str_utf8(t, name, &n);
        return text == NULL
                   ? -1
                   : tgc_raise_int(t, &TGC_EXC(AttributeError),
                                   "type object '%s' has no attribute '%s'", type->name, text);
    }
    bool plain = v != TGC_NULL && old != TGC_UNBOUND && is_value_kind(old) && is_value_kind(v);
    size_t n;
    const char *text = tgc_str_utf8(t, name, &n);
    bool dunder = text != NULL && n > 4 && text[0] == '_' && text[1] == '_';
    if (plain && !dunder) { // T2: the entry stays, caches stay right
        tg_value replaced = tgc_slot_exchange(t, &e->value, tgc_retain(t, v));
        tgc_release(t, old); // not earlier: what it runs may let another thread delete the entry
        tgc_release(t, replaced);
        return 0;
    }
    tgc_release(t, old);
    // What a class finds under a name changes for all threads at once, operators included.
    if (TGC_FREE_THREADED)
        tgi_stop_the_world(t, t->interp, TGI_CAUSE_TYPES);
    tgc_type_changed(type);
    old = tgc_slot_exchange(t, &e->value, v == TGC_NULL ? TGC_UNBOUND : tgc_retain(t, v));
    if (dunder)
        tgc_update_slots(type);
    if (TGC_FREE_THREADED)
        tgi_start_the_world(t, t->interp);
    tgc_release(t, old);
    return 0;
}

static tg_value type_name(tg_thread *t, tg_value self)
{
    return tgc_str_cstr(t, type_of_value(self)->name);
}

static tg_value type_qualname(tg_thread *t, tg_value self)
{
    tgc_type *type = type_of_value(self);
    return (type->flags & TGC_TF_HEAP) != 0 ? tgc_retain(t, type->class_data->qualname)
                                            : type_name(t, self);
}

static int type_set_name(tg_thread *t, tg_value self, tg_value x)
{
    tgc_type *type = type_of_value(self);
    if ((type->flags & TGC_TF_HEAP) == 0 || x == TGC_NULL || !tgc_is_str(x))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "cannot set '__name__' attribute of immutable type '%s'", type->name);
    tg_value interned = tgc_str_intern_value(t, x); // lives for ever, so the name may point to it
    size_t n;
    const char *text = interned != TGC_NULL ? tgc_str_utf8(t, interned, &n) : NULL;
    if (text == NULL)
        return -1;
    // Everybody reads the pointer without further ado, so it changes while nobody looks.
    if (TGC_FREE_THREADED)
        tgi_stop_the_world(t, t->interp, TGI_CAUSE_TYPES);
    type->name = text;
    if (TGC_FREE_THREADED)
        tgi_start_the_world(t, t->interp);
    return 0;
}

static int type_set_qualname(tg_thread *t, tg_value self, tg_value x)
{
    if (x == TGC_NULL || !tgc_is_str(x))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "can only assign string to %s.__qualname__",
                             type_of_value(self)->name);
    tg_value interned = tgc_str_intern_value(t, x); // never counted
    if (interned == TGC_NULL)
        return -1;
    type_of_value(self)->class_data->qualname = interned;
    return 0;
}

static int type_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x)
{
    tgc_type *type = type_of_value(v);
    if ((type->flags & TGC_TF_HEAP) == 0) {
        size_t n;
        const char *text = tgc_str_utf8(t, name, &n);
        return text == NULL ? -1
                            : tgc_raise_int(t, &TGC_EXC(TypeError),
                                            "cannot set '%s' attribute of immutable type '%s'",
                                            text, type->name);
    }
    if (name == TGC_NAME(name))
        return type_set_name(t, v, x);
    if (name == TGC_NAME(qualname))
        return type_set_qualname(t, v, x);
    return tgc_type_set_attr(t, type, name, x);
}

static tg_value type_module(tg_thread *t, tg_value self)
{
    tgc_type *type = type_of_value(self);
    tg_value v;
    if ((type->flags & TGC_TF_HEAP) == 0)
        return tgc_str_cstr(t, type->module);
    int found = tgc_type_own(t, type, TGC_NAME(module), &v);
    if (found != 0)
        return found < 0 ? TGC_NULL : v;
    return tgc_retain(t, type->class_data->module);
}

static tg_value type_doc(tg_thread *t, tg_value self)
{
    tg_value v;
    int found = tgc_type_own(t, type_of_value(self), TGC_NAME(doc), &v);
    return found > 0 ? v : found < 0 ? TGC_NULL : TGC_NONE;
}

static tg_value type_bases(tg_thread *t, tg_value self)
{
    tgc_type *type = type_of_value(self);
    if (type->class_data != NULL)
        return tgc_retain(t, type->class_data->bases);
    tg_value base = type->base != NULL ? tgc_from_ptr(type->base) : TGC_NONE;
    return tgc_tuple_from_array(t, &base, type->base != NULL);
}

static tg_value type_base(tg_thread *t, tg_value self)
{
    tgc_type *type = type_of_value(self);
    return type->base != NULL ? tgc_retain(t, tgc_from_ptr(type->base)) : TGC_NONE;
}

static tg_value type_mro(tg_thread *t, tg_value self)
{
    tgc_type *type = type_of_value(self);
    tg_value result = tgc_tuple_new(t, type->mro_count);
    if (result == TGC_NULL)
        return TGC_NULL;
    for (uint32_t i = 0; i < type->mro_count; i++)
        tgc_tuple_init_item(result, i, tgc_retain(t, tgc_from_ptr(type->mro[i])));
    return result;
}

static tg_value type_dict(tg_thread *t, tg_value self)
{
    tg_value dict = tgc_dict_new(t);
    if (dict == TGC_NULL)
        return TGC_NULL;
    for (tgc_name_entry *e = tgc_names_first(type_of_value(self)->names); e != NULL;
         e = tgc_names_next(e)) {
        tg_value v = tgc_slot_load(t, &e->value);
        if (v == TGC_UNBOUND)
            continue;
        int st = tgc_dict_set(t, dict, e->name, v);
        tgc_release(t, v);
        if (st < 0) {
            tgc_release(t, dict);
            return TGC_NULL;
        }
    }
    return dict;
}

static const tgc_getset_def type_getsets[] = {
    {"__name__", type_name, type_set_name},
    {"__qualname__", type_qualname, NULL},
    {"__module__", type_module, NULL},
    {"__doc__", type_doc, NULL},
    {"__bases__", type_bases, NULL},
    {"__base__", type_base, NULL},
    {"__mro__", type_mro, NULL},
    {"__dict__", type_dict, NULL},
    {NULL, NULL, NULL},
};

static tg_value type_m_mro(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    tg_value tuple = type_mro(t, args[0]);
    tg_value list = tuple != TGC_NULL ? tgc_list_new(t, 0) : TGC_NULL;
    if (list != TGC_NULL && tgc_list_extend(t, list, tuple) < 0) {
        tgc_release(t, list);
        list = TGC_NULL;
    }
    tgc_release(t, tuple);
    return list;
}

static tg_value type_m_subclasses(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    tgc_class *c = type_of_value(args[0])->class_data;
    tg_value list = tgc_list_new(t, 0);
    for (uint32_t i = 0; list != TGC_NULL && c != NULL && i < c->child_count; i++) {
        if (tgc_list_append(t, list, tgc_from_ptr(c->children[i])) < 0) {
            tgc_release(t, list);
            return TGC_NULL;
        }
    }
    return list;
}

static const tgc_method_def type_methods[] = {
    {"mro", type_m_mro, 0, 0, 0},
    {"__subclasses__", type_m_subclasses, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

static void type_clear(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = (tgc_type *)(void *)o;
    for (tgc_name_entry *e = tgc_names_first(type->names); e != NULL; e = tgc_names_next(e))
        tgc_release(t, tgc_slot_exchange(t, &e->value, TGC_UNBOUND));
    if (type->class_data != NULL) {
        tg_value bases = type->class_data->bases;
        type->class_data->bases = TGC_NONE;
        tgc_release(t, bases);
    }
}

static void type_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_type *type = (tgc_type *)(void *)o;
    for (tgc_name_entry *e = tgc_names_first(type->names); e != NULL; e = tgc_names_next(e))
        visit(tgc_slot_peek(&e->value), arg);
    if (type->class_data != NULL)
        visit(type->class_data->bases, arg);
}

// Heap types die only when their runtime ends.
static void type_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = (tgc_type *)(void *)o;
    tgc_untrack(t, o);
    type_clear(t, o);
    tgc_names_free(t, type->names);
    tgi_raw_free(type->mro);
    if (type->class_data != NULL) {
        tgi_raw_free(type->class_data->children);
        tgi_raw_free(type->class_data->names);
        tgi_raw_free(type->class_data);
    }
    tgc_delete(t, o, sizeof *type);
}

tgc_type tgc_type_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "type",
    .size = sizeof(tgc_type),
    .flags = TGC_TF_TYPE | TGC_TF_TRACKED,
    .methods = type_methods,
    .getsets = type_getsets,
    .dealloc = type_dealloc,
    .clear = type_clear,
    .traverse = type_traverse,
    .repr = type_repr,
    .call = type_call,
    .getattr = tgc_type_getattr,
    .setattr = type_setattr,
    .weak_offset = offsetof(tgc_type, weak),
};

static int add_names(tg_thread *t, tgc_type *type, tg_value dict)
{
    for (uint32_t i = 0; i < type->mro_count; i++) {
        for (tgc_name_entry *e = tgc_names_first(type->mro[i]->names); e != NULL;
             e = tgc_names_next(e)) {
            if (tgc_slot_peek(&e->value) != TGC_UNBOUND &&
                tgc_dict_set(t, dict, e->name, TGC_NONE) < 0)
                return -1;
        }
    }
    return 0;
}

// The names of an object, as a list; sorted by dir().
static tg_value object_m_dir(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    tg_value names = tgc_dict_new(t);
    if (names == TGC_NULL)
        return TGC_NULL;
    tgc_type *type = tgc_type_of(args[0]);
    int st = tgc_is_type(args[0]) ? add_names(t, type_of_value(args[0]), names)
                                  : add_names(t, type, names);
    if (st == 0 && (type->flags & TGC_TF_ATTRS) != 0) {
        tgc_class *c = type->class_data;
        tgc_attrs *attrs = tgc_attrs_of(type, tgc_ptr(args[0]));
        // ORDER: acquire; pairs with the release in instance.c.
        uint32_t n = atom_load_acquire(&c->known);
        for (uint32_t i = 0; st == 0 && i < n; i++) {
            if (tgc_slot_peek(&attrs->slots[i]) != TGC_UNBOUND)
                st = tgc_dict_set(t, names, c->names[i], TGC_NONE);
        }
        tg_value own = tgc_slot_load(t, &attrs->dict);
        if (st == 0 && own != TGC_UNBOUND)
            st = tgc_dict_update(t, names, own);
        tgc_release(t, own);
    }
    tg_value list = st == 0 ? tgc_list_new(t, 0) : TGC_NULL;
    if (list != TGC_NULL && tgc_list_extend(t, list, names) < 0) {
        tgc_release(t, list);
        list = TGC_NULL;
    }
    tgc_release(t, names);
    return list;
}
