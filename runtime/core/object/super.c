// SPDX-License-Identifier: MIT
//
// super.c - super(type, obj): attributes as found after `type` in the method order of obj's class.
//
// Threads     immutable.
#include "core/object/super.h"

#include "core/object/code.h"  // frames
#include "core/object/state.h" // tgc_thread

#include "core/object/class.h" // tgc_object_getattr
#include "core/object/error.h" // errors
#include "core/object/known.h" // __class__
#include "core/object/seq.h"   // tgc_no_keywords
#include "core/object/str.h"   // repr

typedef struct super_object {
    tgc_obj head;
    tg_value type;  // where the search starts, exclusive; owned
    tg_value self;  // what is bound to, or TGC_NULL; owned
    tg_value start; // the class whose method order is searched, or TGC_NULL; owned
} super_object;

static super_object *super_of(tg_value v)
{
    return (super_object *)(void *)tgc_ptr(v);
}

static tgc_type *as_type(tg_value v)
{
    return (tgc_type *)(void *)tgc_ptr(v);
}

static void super_clear(tg_thread *t, tgc_obj *o)
{
    super_object *s = (super_object *)(void *)o;
    tg_value held[3] = {s->type, s->self, s->start};
    s->type = tgc_from_ptr(&tgc_object_type);
    s->self = s->start = TGC_NULL;
    for (size_t i = 0; i < 3; i++)
        tgc_release(t, held[i]);
}

static void super_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    super_clear(t, o);
    tgc_delete(t, o, sizeof(super_object));
}

static void super_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    const super_object *s = (const super_object *)(const void *)o;
    visit(s->type, arg);
    visit(s->self, arg);
    visit(s->start, arg);
}

// super() in a method: the class is in the closure cell __class__, the object is the first
// parameter of the calling frame. Two new references, or -1.
static int from_frame(tg_thread *t, tg_value found[2])
{
    const tgc_frame *f = tgc_of(t)->frame;
    if (f == NULL || f->code->nparams == 0)
        return tgc_raise_int(t, &TGC_EXC(RuntimeError), "super(): no arguments");
    const tgi_unit *unit = f->code->unit;
    found[0] = TGC_UNBOUND;
    for (uint32_t i = 0; i < unit->free_count && found[0] == TGC_UNBOUND; i++) {
        if (f->code->consts[unit->free_names[i]] == TGC_NAME(class))
            found[0] = tgc_slot_load(t, &f->func->closure[i]->value);
    }
    if (found[0] == TGC_UNBOUND)
        return tgc_raise_int(t, &TGC_EXC(RuntimeError), "super(): __class__ cell not found");
    tg_value self = f->regs[0];
    found[1] = tgc_is_exact(self, &tgc_cell_type)
                   ? tgc_slot_load(t, &((tgc_cell *)(void *)tgc_ptr(self))->value)
                   : tgc_retain(t, self);
    if (found[1] == TGC_UNBOUND) {
        tgc_release(t, found[0]);
        return tgc_raise_int(t, &TGC_EXC(RuntimeError), "super(): arg[0] deleted");
    }
    return 0;
}

static tg_value super_construct(tg_thread *t, tgc_type *cls, const tg_value *args, size_t nargs,
                                tg_value kwnames)
{
    if (tgc_no_keywords(t, "super", kwnames) < 0)
        return TGC_NULL;
    tg_value found[2];
    if (nargs == 0) {
        if (from_frame(t, found) < 0)
            return TGC_NULL;
        tg_value r = super_construct(t, cls, found, 2, TGC_NULL);
        tgc_release(t, found[0]);
        tgc_release(t, found[1]);
        return r;
    }
    if (nargs > 2)
        return tgc_raise(t, &TGC_EXC(TypeError), "super() expected at most 2 arguments, got %zu",
                         nargs);
    if (!tgc_is_type(args[0]))
        return tgc_raise(t, &TGC_EXC(TypeError), "super() argument 1 must be a type, not %s",
                         tgc_type_name(args[0]));
    tg_value self = nargs == 2 && args[1] != TGC_NONE ? args[1] : TGC_NULL;
    tg_value start = TGC_NULL;
    if (self != TGC_NULL) {
        const tgc_type *type = as_type(args[0]);
        if (tgc_is_type(self) && tgc_is_subtype(as_type(self), type))
            start = self;
        else if (tgc_is_subtype(tgc_type_of(self), type))
            start = tgc_from_ptr(tgc_type_of(self));
        else
            return tgc_raise(t, &TGC_EXC(TypeError),
                             "super(type, obj): obj must be an instance or subtype of type");
    }
    tgc_obj *o = tgc_new_raw(t, cls, sizeof(super_object));
    if (o == NULL)
        return TGC_NULL;
    super_object *s = (super_object *)(void *)o;
    tgc_publish_value(t, args[0]);
    tgc_publish_value(t, self);
    tgc_publish_value(t, start);
    s->type = tgc_retain(t, args[0]);
    s->self = tgc_retain(t, self);
    s->start = tgc_retain(t, start);
    tgc_track(t, o);
    return tgc_from_ptr(o);
}

static tg_value super_getattr(tg_thread *t, tg_value v, tg_value name)
{
    const super_object *s = super_of(v);
    if (s->start == TGC_NULL || tgc_str_equal(name, TGC_NAME(class)))
        return tgc_object_getattr(t, v, name);
    tgc_type *start = as_type(s->start);
    uint32_t i = 0;
    while (i < start->mro_count && start->mro[i] != as_type(s->type))
        i++;
    for (i++; i < start->mro_count; i++) {
        tg_value found;
        int st = tgc_type_own(t, start->mro[i], name, &found);
        if (st < 0)
            return TGC_NULL;
        if (st == 0)
            continue;
        const tgc_type *kind = tgc_type_of(found);
        if ((kind->flags & TGC_TF_DESCR) == 0)
            return found;
        // super(C, C).f, in a classmethod: there is no instance to bind to.
        tg_value bound = kind->descr_get(t, found, s->self == s->start ? TGC_NULL : s->self, start);
        tgc_release(t, found);
        return bound;
    }
    return tgc_object_getattr(t, v, name);
}

static tg_value super_repr(tg_thread *t, tg_value v)
{
    const super_object *s = super_of(v);
    const char *name = as_type(s->type)->name;
    if (s->start == TGC_NULL)
        return tgc_str_format(t, "<super: <class '%s'>, NULL>", name);
    return tgc_str_format(t, "<super: <class '%s'>, <%s object>>", name, as_type(s->start)->name);
}

static tg_value or_none(tg_thread *t, tg_value v)
{
    return v == TGC_NULL ? TGC_NONE : tgc_retain(t, v);
}

static tg_value get_this_class(tg_thread *t, tg_value self)
{
    return or_none(t, super_of(self)->type);
}

static tg_value get_self(tg_thread *t, tg_value self)
{
    return or_none(t, super_of(self)->self);
}

static tg_value get_self_class(tg_thread *t, tg_value self)
{
    return or_none(t, super_of(self)->start);
}

static const tgc_getset_def super_getsets[] = {
    {"__thisclass__", get_this_class, NULL},
    {"__self__", get_self, NULL},
    {"__self_class__", get_self_class, NULL},
    {NULL, NULL, NULL},
};

tgc_type tgc_super_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "super",
    .flags = TGC_TF_TRACKED,
    .size = sizeof(super_object),
    .construct = super_construct,
    .dealloc = super_dealloc,
    .clear = super_clear,
    .traverse = super_traverse,
    .repr = super_repr,
    .getattr = super_getattr,
    .getsets = super_getsets,
};
