// SPDX-License-Identifier: MIT
//
// weakref_type.c - the class of weak references, `weakref.ref`.
//
// Threads     any attached thread. The hash is the target's, kept from the first time it is asked
//             for, so that a reference stays findable in a dict after its target is gone.
#include "core/object/weakref.h"

#include "core/object/error.h" // errors
#include "core/object/known.h" // names
#include "core/object/seq.h"   // tgc_no_keywords
#include "core/object/str.h"   // repr

static tgc_weakref *weakref(tg_value v)
{
    return (tgc_weakref *)(void *)tgc_ptr(v);
}

static int check_args(tg_thread *t, const char *name, size_t nargs, tg_value kwnames)
{
    if (tgc_keyword_count(kwnames) > 0)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "ref() takes no keyword arguments");
    if (nargs < 1)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s expected at least 1 argument, got 0",
                             name);
    if (nargs > 2)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s expected at most 2 arguments, got %zu",
                             name, nargs);
    return 0;
}

static tg_value ref_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                              tg_value kwnames)
{
    if (check_args(t, "__new__", nargs, kwnames) < 0)
        return TGC_NULL;
    return tgc_weak_make(t, type, args[0], nargs > 1 ? args[1] : TGC_NONE);
}

static int ref_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                    tg_value kwnames)
{
    (void)self, (void)args;
    return check_args(t, "__init__", nargs, kwnames);
}

static tg_value ref_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                         tg_value kwnames)
{
    (void)args;
    if (tgc_keyword_count(kwnames) > 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "weakref() takes no keyword arguments");
    if (nargs > 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "weakref expected 0 arguments, got %zu", nargs);
    return tgc_weak_get(t, weakref(f));
}

static tg_value ref_repr(tg_thread *t, tg_value v)
{
    tg_value o = tgc_weak_get(t, weakref(v)), name = TGC_NULL, r;
    size_t n;
    void *self = tgc_ptr(v);
    if (o == TGC_NONE)
        return tgc_str_format(t, "<weakref at %p; dead>", self);
    int found = tgc_getattr_opt(t, o, TGC_NAME(name), &name);
    if (found < 0)
        r = TGC_NULL;
    else if (found > 0 && tgc_is_str(name))
        r = tgc_str_format(t, "<weakref at %p; to '%s' at %p (%s)>", self, tgc_type_name(o),
                           (void *)tgc_ptr(o), tgc_str_utf8(t, name, &n));
    else
        r = tgc_str_format(t, "<weakref at %p; to '%s' at %p>", self, tgc_type_name(o),
                           (void *)tgc_ptr(o));
    if (found > 0)
        tgc_release(t, name);
    tgc_release(t, o);
    return r;
}

static int ref_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    tgc_weakref *w = weakref(v);
    // ORDER: acquire; pairs with the release below: the hash is there.
    if (atom_load_acquire(&w->hashed)) {
        *out = atom_load_relaxed(&w->hash); // ORDER: relaxed; ordered by the flag.
        return 0;
    }
    tg_value o = tgc_weak_get(t, w);
    if (o == TGC_NONE)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "weak object has gone away");
    int st = tgc_hash(t, o, out);
    tgc_release(t, o);
    if (st == 0) {
        atom_store_relaxed(&w->hash, *out); // ORDER: relaxed; released by the flag.
        // ORDER: release; pairs with the acquire above.
        atom_store_release(&w->hashed, true);
    }
    return st;
}

static tg_value ref_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    if ((op != TGC_EQ && op != TGC_NE) || !tgc_is_ptr(b) ||
        !tgc_is_subtype(tgc_type_of(b), &tgc_weakref_type))
        return TGC_NOTIMPL;
    tg_value x = tgc_weak_get(t, weakref(a)), y = tgc_weak_get(t, weakref(b)), r;
    if (x == TGC_NONE || y == TGC_NONE)
        r = tgc_from_bool((a == b) == (op == TGC_EQ));
    else
        r = tgc_compare(t, op, x, y);
    tgc_release(t, x);
    tgc_release(t, y);
    return r;
}

static tg_value ref_callback(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &weakref(self)->callback);
}

static const tgc_getset_def ref_getsets[] = {
    {"__callback__", ref_callback, NULL},
    {NULL, NULL, NULL},
};

static tg_value ref_m_class_getitem(tg_thread *t, const tg_value *args, size_t nargs,
                                    tg_value kwnames)
{
    (void)nargs, (void)kwnames; // ref[C] in annotations
    return tgc_retain(t, args[0]);
}

static const tgc_method_def ref_methods[] = {
    {"__class_getitem__", ref_m_class_getitem, 1, 1, TGC_METH_CLASS},
    {NULL, NULL, 0, 0, 0},
};

tgc_type tgc_weakref_type = {
    .head = TGC_IMMORTAL_HEAD(&tgc_type_type),
    .base = &tgc_object_type,
    .module = "weakref",
    .name = "ReferenceType",
    .size = sizeof(tgc_weakref),
    .flags = TGC_TF_WEAKREF | TGC_TF_TRACKED | TGC_TF_BASETYPE,
    .methods = ref_methods,
    .getsets = ref_getsets,
    .dealloc = tgc_weak_dealloc,
    .clear = tgc_weak_drop,
    .traverse = tgc_weak_traverse,
    .construct = ref_construct,
    .init = ref_init,
    .repr = ref_repr,
    .hash = ref_hash,
    .call = ref_call,
    .compare = ref_compare,
};
