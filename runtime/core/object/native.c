// SPDX-License-Identifier: MIT
//
// native.c - functions written in C, as objects.
//
// Owns        tgc_builtin: methods of static types (one per type and name, for ever) and module
//             functions.
// Threads     immutable; calls go straight to the C function after a check of the argument count.
#include "core/object/class.h"

#include "core/object/error.h" // errors
#include "core/object/known.h" // names
#include "core/object/str.h"   // names
#include "core/object/tuple.h" // kwnames

static tgc_builtin *builtin(tg_value v)
{
    return (tgc_builtin *)(void *)tgc_ptr(v);
}

tg_value tgc_builtin_new(tg_thread *t, const tgc_method_def *def, tgc_type *owner, tg_value module)
{
    tgc_builtin *b = (tgc_builtin *)(void *)tgc_new(t, &tgc_builtin_type, sizeof *b);
    if (b == NULL)
        return TGC_NULL;
    b->def = def;
    b->owner = owner;
    b->module = module;
    tgc_make_immortal(&b->head);
    if (owner == NULL || owner->native != NULL) // those of static types stay for ever
        tgc_track(t, &b->head);
    return tgc_from_ptr(b);
}

static void builtin_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_delete(t, o, sizeof(tgc_builtin));
}

static void builtin_clear(tg_thread *t, tgc_obj *o)
{
    (void)t, (void)o;
}

static void builtin_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    (void)o, (void)visit, (void)arg;
}

tg_value tgc_builtin_arity_error(tg_thread *t, const tgc_builtin *b, size_t given)
{
    const tgc_method_def *d = b->def;
    size_t n;
    const char *owner = "", *dot = "";
    if (b->owner != NULL) {
        owner = b->owner->name;
        dot = ".";
    } else if (tgc_is_str(b->module) && b->module != TGC_NAME(builtins)) {
        owner = tgc_str_utf8(t, b->module, &n);
        dot = ".";
    }
    if (d->min == 0 && d->max == 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "%s%s%s() takes no arguments (%zu given)", owner,
                         dot, d->name, given);
    if (d->min == 1 && d->max == 1)
        return tgc_raise(t, &TGC_EXC(TypeError), "%s%s%s() takes exactly one argument (%zu given)",
                         owner, dot, d->name, given);
    bool low = given < (size_t)d->min;
    int limit = low ? d->min : d->max;
    return tgc_raise(t, &TGC_EXC(TypeError), "%s expected %s%d argument%s, got %zu", d->name,
                     d->min == d->max ? ""
                     : low            ? "at least "
                                      : "at most ",
                     limit, limit == 1 ? "" : "s", given);
}

static tg_value builtin_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                             tg_value kwnames)
{
    const tgc_builtin *b = builtin(f);
    const tgc_method_def *d = b->def;
    size_t self = b->owner != NULL && (d->flags & TGC_METH_STATIC) == 0;
    if (nargs < self)
        return tgc_raise(t, &TGC_EXC(TypeError), "unbound method %s.%s() needs an argument",
                         b->owner->name, d->name);
    if (self && (d->flags & TGC_METH_CLASS) == 0 && !tgc_is_subtype(tgc_type_of(args[0]), b->owner))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "descriptor '%s' for '%s' objects doesn't apply to a '%s' object", d->name,
                         b->owner->name, tgc_type_name(args[0]));
    if (kwnames != TGC_NULL && (d->flags & TGC_METH_KW) == 0) {
        if (tgc_tuple_size(kwnames) > 0)
            return tgc_raise(t, &TGC_EXC(TypeError), "%s%s%s() takes no keyword arguments",
                             b->owner != NULL ? b->owner->name : "", b->owner != NULL ? "." : "",
                             d->name);
        kwnames = TGC_NULL;
    }
    size_t given = nargs - self;
    if ((d->flags & TGC_METH_KW) == 0 &&
        (given < (size_t)d->min || (d->max >= 0 && given > (size_t)d->max)))
        return tgc_builtin_arity_error(t, b, given);
    return d->fn(t, args, nargs, kwnames);
}

static tg_value builtin_get(tg_thread *t, tg_value d, tg_value self, tgc_type *type)
{
    const tgc_builtin *b = builtin(d);
    if (b->owner == NULL || (b->def->flags & TGC_METH_STATIC) != 0)
        return tgc_retain(t, d);
    if ((b->def->flags & TGC_METH_CLASS) != 0)
        return tgc_method_new(t, d, tgc_from_ptr(type));
    return self == TGC_NULL ? tgc_retain(t, d) : tgc_method_new(t, d, self);
}

static tg_value builtin_repr(tg_thread *t, tg_value v)
{
    const tgc_builtin *b = builtin(v);
    if (b->owner != NULL)
        return tgc_str_format(t, "<method '%s' of '%s' objects>", b->def->name, b->owner->name);
    return tgc_str_format(t, "<built-in function %s>", b->def->name);
}

static tg_value builtin_name(tg_thread *t, tg_value self)
{
    return tgc_str_cstr(t, builtin(self)->def->name);
}

static tg_value builtin_qualname(tg_thread *t, tg_value self)
{
    const tgc_builtin *b = builtin(self);
    return b->owner == NULL ? builtin_name(t, self)
                            : tgc_str_format(t, "%s.%s", b->owner->name, b->def->name);
}

static tg_value builtin_module(tg_thread *t, tg_value self)
{
    tg_value m = builtin(self)->module;
    return m == TGC_NONE && builtin(self)->owner == NULL ? tgc_retain(t, TGC_NAME(builtins))
                                                         : tgc_retain(t, m);
}

static tg_value builtin_doc(tg_thread *t, tg_value self)
{
    (void)t, (void)self;
    return TGC_NONE;
}

static const tgc_getset_def builtin_getsets[] = {
    {"__name__", builtin_name, NULL},
    {"__qualname__", builtin_qualname, NULL},
    {"__module__", builtin_module, NULL},
    {"__doc__", builtin_doc, NULL},
    {NULL, NULL, NULL},
};

tgc_type tgc_builtin_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "builtin_function_or_method",
    .size = sizeof(tgc_builtin),
    .flags = TGC_TF_TRACKED,
    .getsets = builtin_getsets,
    .dealloc = builtin_dealloc,
    .clear = builtin_clear,
    .traverse = builtin_traverse,
    .weak_offset = offsetof(tgc_builtin, weak),
    .call = builtin_call,
    .repr = builtin_repr,
    .descr_get = builtin_get,
};
