// SPDX-License-Identifier: MIT
//
// property.c - property, classmethod, staticmethod.
//
// Threads     a property is finished once it is in a class; its name and doc are slots because
//             __set_name__ and an assignment to __doc__ may come from anywhere.
#include "core/object/property.h"

#include "core/object/class.h" // qualified names
#include "core/object/error.h" // errors
#include "core/object/known.h" // names
#include "core/object/seq.h"   // tgc_no_keywords
#include "core/object/str.h"   // texts

typedef struct property {
    tgc_obj head;
    tgc_slot part[3]; // functions to get, set, delete; or None
    tgc_slot doc;     // anything
    tgc_slot name;    // str as given by the class, or None
} property;

enum { GET, SET, DELETE };

static property *property_of(tg_value v)
{
    return (property *)(void *)tgc_ptr(v);
}

static void property_clear(tg_thread *t, tgc_obj *o)
{
    property *p = (property *)(void *)o;
    for (size_t i = 0; i < 3; i++)
        tgc_release(t, tgc_slot_exchange(t, &p->part[i], TGC_NONE));
    tgc_release(t, tgc_slot_exchange(t, &p->doc, TGC_NONE));
    tgc_release(t, tgc_slot_exchange(t, &p->name, TGC_NONE));
}

static void property_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    property_clear(t, o);
    tgc_delete(t, o, sizeof(property));
}

static void property_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    const property *p = (const property *)(const void *)o;
    for (size_t i = 0; i < 3; i++)
        visit(tgc_slot_peek(&p->part[i]), arg);
    visit(tgc_slot_peek(&p->doc), arg);
    visit(tgc_slot_peek(&p->name), arg);
}

// Steals all four.
static tg_value property_new(tg_thread *t, tg_value get, tg_value set, tg_value del, tg_value doc)
{
    tgc_obj *o = tgc_new_raw(t, &tgc_property_type, sizeof(property));
    if (o == NULL) {
        tgc_release(t, get);
        tgc_release(t, set);
        tgc_release(t, del);
        tgc_release(t, doc);
        return TGC_NULL;
    }
    property *p = (property *)(void *)o;
    tgc_slot_init(t, &p->part[GET], get);
    tgc_slot_init(t, &p->part[SET], set);
    tgc_slot_init(t, &p->part[DELETE], del);
    tgc_slot_init(t, &p->doc, doc);
    tgc_slot_init(t, &p->name, TGC_NONE);
    tgc_track(t, o);
    return tgc_from_ptr(o);
}

// The docstring of the getter, for a property that was given none. A new reference.
static tg_value doc_of(tg_thread *t, tg_value get)
{
    tg_value doc = TGC_NONE;
    if (get != TGC_NONE && tgc_getattr_opt(t, get, TGC_NAME(doc), &doc) < 0)
        return TGC_NULL;
    return doc;
}

static tg_value property_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                   tg_value kwnames)
{
    (void)type;
    static const char *const names[] = {"fget", "fset", "fdel", "doc", NULL};
    tg_value given[4];
    if (tgc_parse_args(t, "property", names, 0, args, nargs, kwnames, given) < 0)
        return TGC_NULL;
    for (size_t i = 0; i < 4; i++)
        given[i] = given[i] == TGC_NULL ? TGC_NONE : given[i];
    tg_value doc = given[3] == TGC_NONE ? doc_of(t, given[GET]) : tgc_retain(t, given[3]);
    if (doc == TGC_NULL)
        return TGC_NULL;
    return property_new(t, tgc_retain(t, given[GET]), tgc_retain(t, given[SET]),
                        tgc_retain(t, given[DELETE]), doc);
}

// AttributeError "property 'x' of 'C' object has no setter".
static void refuse(tg_thread *t, tg_value d, tg_value self, const char *what)
{
    tgc_type *type = tgc_type_of(self);
    tg_value name = tgc_slot_load(t, &property_of(d)->name);
    tg_value shown = name == TGC_NONE ? TGC_NONE : tgc_repr(t, name);
    const char *text = shown == TGC_NONE   ? ""
                       : shown == TGC_NULL ? NULL
                                           : tgc_str_utf8(t, shown, NULL);
    const char *owner = type->name;
    if (text != NULL && (type->flags & TGC_TF_HEAP) != 0)
        owner = tgc_str_utf8(t, type->class_data->qualname, NULL);
    if (text != NULL && owner != NULL)
        tgc_raise(t, &TGC_EXC(AttributeError), "property %s%sof '%s' object has no %s", text,
                  *text == '\0' ? "" : " ", owner, what);
    tgc_release(t, shown);
    tgc_release(t, name);
}

static tg_value property_descr_get(tg_thread *t, tg_value d, tg_value self, tgc_type *type)
{
    (void)type;
    if (self == TGC_NULL)
        return tgc_retain(t, d);
    tg_value get = tgc_slot_load(t, &property_of(d)->part[GET]);
    if (get == TGC_NONE) {
        refuse(t, d, self, "getter");
        return TGC_NULL;
    }
    tg_value v = tgc_call1(t, get, self);
    tgc_release(t, get);
    return v;
}

static int property_descr_set(tg_thread *t, tg_value d, tg_value self, tg_value x)
{
    tg_value func = tgc_slot_load(t, &property_of(d)->part[x == TGC_NULL ? DELETE : SET]);
    if (func == TGC_NONE) {
        refuse(t, d, self, x == TGC_NULL ? "deleter" : "setter");
        return -1;
    }
    tg_value args[2] = {self, x};
    tg_value v = tgc_call(t, func, args, x == TGC_NULL ? 1 : 2, TGC_NULL);
    tgc_release(t, func);
    tgc_release(t, v);
    return v == TGC_NULL ? -1 : 0;
}

// A copy of d with one function replaced.
static tg_value replaced(tg_thread *t, tg_value d, size_t which, tg_value func)
{
    tg_value part[3];
    for (size_t i = 0; i < 3; i++)
        part[i] = i == which ? tgc_retain(t, func) : tgc_slot_load(t, &property_of(d)->part[i]);
    tg_value doc = which == GET ? doc_of(t, func) : tgc_slot_load(t, &property_of(d)->doc);
    if (doc == TGC_NULL) {
        for (size_t i = 0; i < 3; i++)
            tgc_release(t, part[i]);
        return TGC_NULL;
    }
    tg_value copy = property_new(t, part[GET], part[SET], part[DELETE], doc);
    if (copy != TGC_NULL)
        tgc_slot_init(t, &property_of(copy)->name, tgc_slot_load(t, &property_of(d)->name));
    return copy;
}

static tg_value property_getter(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return replaced(t, args[0], GET, args[1]);
}

static tg_value property_setter(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return replaced(t, args[0], SET, args[1]);
}

static tg_value property_deleter(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return replaced(t, args[0], DELETE, args[1]);
}

static tg_value property_set_name(tg_thread *t, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tgc_release(t, tgc_slot_exchange(t, &property_of(args[0])->name, tgc_retain(t, args[2])));
    return TGC_NONE;
}

static const tgc_method_def property_methods[] = {
    {"getter", property_getter, 1, 1, 0},
    {"setter", property_setter, 1, 1, 0},
    {"deleter", property_deleter, 1, 1, 0},
    {"__set_name__", property_set_name, 2, 2, 0},
    {NULL, NULL, 0, 0, 0},
};

static tg_value get_fget(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &property_of(self)->part[GET]);
}

static tg_value get_fset(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &property_of(self)->part[SET]);
}

static tg_value get_fdel(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &property_of(self)->part[DELETE]);
}

static tg_value get_doc(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &property_of(self)->doc);
}

static int set_doc(tg_thread *t, tg_value self, tg_value v)
{
    tg_value doc = v == TGC_NULL ? TGC_NONE : tgc_retain(t, v);
    tgc_release(t, tgc_slot_exchange(t, &property_of(self)->doc, doc));
    return 0;
}

static const tgc_getset_def property_getsets[] = {
    {"fget", get_fget, NULL},      {"fset", get_fset, NULL}, {"fdel", get_fdel, NULL},
    {"__doc__", get_doc, set_doc}, {NULL, NULL, NULL},
};

tgc_type tgc_property_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "property",
    .flags = TGC_TF_TRACKED,           .size = sizeof(property),
    .construct = property_construct,   .dealloc = property_dealloc,
    .clear = property_clear,           .traverse = property_traverse,
    .methods = property_methods,       .getsets = property_getsets,
    .descr_get = property_descr_get,   .descr_set = property_descr_set,
};

// --- classmethod and staticmethod: a function, and how it is bound

typedef struct wrapper {
    tgc_obj head;
    tgc_slot func;
} wrapper;

static wrapper *wrapper_of(tg_value v)
{
    return (wrapper *)(void *)tgc_ptr(v);
}

static void wrapper_clear(tg_thread *t, tgc_obj *o)
{
    tgc_release(t, tgc_slot_exchange(t, &((wrapper *)(void *)o)->func, TGC_NONE));
}

static void wrapper_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    wrapper_clear(t, o);
    tgc_delete(t, o, sizeof(wrapper));
}

static void wrapper_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(tgc_slot_peek(&((wrapper *)(void *)o)->func), arg);
}

static tg_value wrapper_new(tg_thread *t, tgc_type *type, tg_value func)
{
    tgc_obj *o = tgc_new_raw(t, type, sizeof(wrapper));
    if (o == NULL)
        return TGC_NULL;
    tgc_slot_init(t, &((wrapper *)(void *)o)->func, tgc_retain(t, func));
    tgc_track(t, o);
    return tgc_from_ptr(o);
}

static tg_value wrapper_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    if (tgc_no_keywords(t, type->name, kwnames) < 0)
        return TGC_NULL;
    if (nargs != 1)
        return tgc_raise(t, &TGC_EXC(TypeError), "%s expected 1 argument, got %zu", type->name,
                         nargs);
    return wrapper_new(t, type, args[0]);
}

static tg_value wrapper_repr(tg_thread *t, tg_value v)
{
    tg_value func = tgc_slot_load(t, &wrapper_of(v)->func);
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    int st = tgc_strbuf_append_printf(t, &b, "<%s(", tgc_type_name(v));
    if (st == 0)
        st = tgc_strbuf_append_repr(t, &b, func);
    if (st == 0)
        st = tgc_strbuf_append_cstr(t, &b, ")>");
    tgc_release(t, func);
    if (st == 0)
        return tgc_strbuf_finish(t, &b);
    tgc_strbuf_discard(&b);
    return TGC_NULL;
}

static tg_value get_func(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &wrapper_of(self)->func);
}

static const tgc_getset_def wrapper_getsets[] = {
    {"__func__", get_func, NULL},
    {"__wrapped__", get_func, NULL},
    {NULL, NULL, NULL},
};

static tg_value classmethod_descr_get(tg_thread *t, tg_value d, tg_value self, tgc_type *type)
{
    if (type == NULL)
        type = tgc_type_of(self);
    tg_value func = tgc_slot_load(t, &wrapper_of(d)->func);
    tg_value bound;
    tg_value cls = tgc_from_ptr(type);
    if ((tgc_type_of(func)->flags & TGC_TF_DESCR) != 0)
        bound = tgc_type_of(func)->descr_get(t, func, cls, tgc_type_of(cls));
    else
        bound = tgc_method_new(t, func, cls);
    tgc_release(t, func);
    return bound;
}

static tg_value staticmethod_descr_get(tg_thread *t, tg_value d, tg_value self, tgc_type *type)
{
    (void)self;
    (void)type;
    return tgc_slot_load(t, &wrapper_of(d)->func);
}

static tg_value staticmethod_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    tg_value func = tgc_slot_load(t, &wrapper_of(f)->func);
    tg_value v = tgc_call(t, func, args, nargs, kwnames);
    tgc_release(t, func);
    return v;
}

tg_value tgc_classmethod_new(tg_thread *t, tg_value func)
{
    return wrapper_new(t, &tgc_classmethod_type, func);
}

tg_value tgc_staticmethod_new(tg_thread *t, tg_value func)
{
    return wrapper_new(t, &tgc_staticmethod_type, func);
}

tgc_type tgc_classmethod_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "classmethod",
    .flags = TGC_TF_TRACKED,
    .size = sizeof(wrapper),
    .construct = wrapper_construct,
    .repr = wrapper_repr,
    .dealloc = wrapper_dealloc,
    .clear = wrapper_clear,
    .traverse = wrapper_traverse,
    .getsets = wrapper_getsets,
    .descr_get = classmethod_descr_get,
};

tgc_type tgc_staticmethod_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "staticmethod",
    .flags = TGC_TF_TRACKED,
    .size = sizeof(wrapper),
    .construct = wrapper_construct,
    .repr = wrapper_repr,
    .call = staticmethod_call,
    .dealloc = wrapper_dealloc,
    .clear = wrapper_clear,
    .traverse = wrapper_traverse,
    .getsets = wrapper_getsets,
    .descr_get = staticmethod_descr_get,
};
