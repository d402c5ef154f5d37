// SPDX-License-Identifier: MIT
//
// function.c - functions, closure cells, bound methods.
//
// Owns        their objects. A function made at module level or in a class body is never counted;
//             one made inside a function (a closure, a lambda) is an ordinary counted object.
// Threads     attributes are slots; calls are in vm/call.c.
#include "core/object/code.h"

#include "core/object/class.h" // tgc_object_getattr
#include "core/object/dict.h"  // attributes
#include "core/object/error.h" // errors
#include "core/object/int.h"   // hash results
#include "core/object/known.h" // names
#include "core/object/str.h"   // names
#include "core/object/tuple.h" // closure

static tgc_function *function(tg_value v)
{
    return (tgc_function *)(void *)tgc_ptr(v);
}

tg_value tgc_function_new(tg_thread *t, tgc_code *code, tg_value defaults, tg_value kwdefaults,
                          tg_value cells)
{
    size_t n = cells == TGC_NONE ? 0 : tgc_tuple_size(cells);
    size_t size = sizeof(tgc_function) + n * sizeof(tgc_cell *);
    tgc_function *f = (tgc_function *)(void *)tgc_new_raw(t, &tgc_function_type, size);
    if (f == NULL)
        return TGC_NULL;
    f->code = code;
    f->free_count = (uint32_t)n;
    tgc_slot_init(t, &f->defaults, tgc_retain(t, defaults));
    tgc_slot_init(t, &f->kwdefaults, tgc_retain(t, kwdefaults));
    tgc_slot_init(t, &f->attributes, TGC_NONE);
    atom_store_relaxed(&f->weak, 0); // ORDER: relaxed; private.
    for (size_t i = 0; i < n; i++)
        f->closure[i] = (tgc_cell *)(void *)tgc_ptr(tgc_retain(t, tgc_tuple_peek(cells, i)));
    // Those of a module live as long as it; but the stress tester runs its body again and again.
    if ((code->unit->flags & TGI_UNIT_NESTED) == 0 && t->task == NULL)
        tgc_make_immortal(&f->head);
    tgc_track(t, &f->head);
    return tgc_from_ptr(f);
}

static void function_clear(tg_thread *t, tgc_obj *o)
{
    tgc_function *f = (tgc_function *)(void *)o;
    tgc_release(t, tgc_slot_exchange(t, &f->defaults, TGC_NONE));
    tgc_release(t, tgc_slot_exchange(t, &f->kwdefaults, TGC_NONE));
    tgc_release(t, tgc_slot_exchange(t, &f->attributes, TGC_NONE));
    for (uint32_t i = 0; i < f->free_count; i++) {
        tgc_cell *cell = f->closure[i];
        f->closure[i] = NULL;
        if (cell != NULL)
            tgc_decref(t, &cell->head);
    }
}

static void function_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_function *f = (tgc_function *)(void *)o;
    visit(tgc_slot_peek(&f->defaults), arg);
    visit(tgc_slot_peek(&f->kwdefaults), arg);
    visit(tgc_slot_peek(&f->attributes), arg);
    for (uint32_t i = 0; i < f->free_count; i++) {
        if (f->closure[i] != NULL)
            visit(tgc_from_ptr(f->closure[i]), arg);
    }
}

static void function_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_function *f = (tgc_function *)(void *)o;
    size_t size = sizeof *f + f->free_count * sizeof(tgc_cell *);
    tgc_untrack(t, o);
    function_clear(t, o);
    tgc_delete(t, o, size);
}

// What the function was given under this name; TGC_UNBOUND if nothing.
static tg_value own_attribute(tg_thread *t, tgc_function *f, tg_value name)
{
    tg_value dict = tgc_slot_load(t, &f->attributes), v;
    if (dict == TGC_NONE)
        return TGC_UNBOUND;
    int found = tgc_dict_get(t, dict, name, &v);
    tgc_release(t, dict);
    return found < 0 ? TGC_NULL : found > 0 ? v : TGC_UNBOUND;
}

static tg_value function_getattr(tg_thread *t, tg_value v, tg_value name)
{
    tgc_function *f = function(v);
    if (name == TGC_NAME(dict)) {
        tg_value dict = tgc_slot_load(t, &f->attributes);
        if (dict != TGC_NONE)
            return dict;
        dict = tgc_dict_new(t);
        if (dict == TGC_NULL)
            return TGC_NULL;
        tgc_publish_value(t, dict);
        tg_value expected = TGC_NONE;
        // ORDER: acq_rel; the first dict wins.
        if (atom_cas_strong_acq_rel(&f->attributes.word, &expected, dict))
            return tgc_retain(t, dict);
        tgc_release(t, dict);
        return tgc_slot_load(t, &f->attributes);
    }
    tg_value own = own_attribute(t, f, name);
    if (own != TGC_UNBOUND)
        return own;
    if (name == TGC_NAME(name))
        return tgc_retain(t, f->code->name);
    if (name == TGC_NAME(qualname))
        return tgc_retain(t, f->code->qualname);
    if (name == TGC_NAME(module))
        return tgc_retain(t, f->code->module->name);
    if (name == TGC_NAME(doc))
        return f->code->unit->doc == TGI_REG_NONE
                   ? TGC_NONE
                   : tgc_retain(t, f->code->consts[f->code->unit->doc]);
    if (name == TGC_NAME(defaults))
        return tgc_slot_load(t, &f->defaults);
    if (name == TGC_NAME(kwdefaults))
        return tgc_slot_load(t, &f->kwdefaults);
    if (name == TGC_NAME(code))
        return tgc_retain(t, tgc_from_ptr(f->code));
    if (name == TGC_NAME(annotations))
        return tgc_dict_new(t);
    if (name == TGC_NAME(closure)) {
        if (f->free_count == 0)
            return TGC_NONE;
        tg_value tuple = tgc_tuple_new(t, f->free_count);
        for (uint32_t i = 0; tuple != TGC_NULL && i < f->free_count; i++)
            tgc_tuple_init_item(tuple, i, tgc_retain(t, tgc_from_ptr(f->closure[i])));
        return tuple;
    }
    return tgc_object_getattr(t, v, name);
}

static int function_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x)
{
    if (name == TGC_NAME(code) || name == TGC_NAME(closure) || name == TGC_NAME(globals) ||
        name == TGC_NAME(dict))
        return tgc_raise_int(t, &TGC_EXC(AttributeError), "readonly attribute");
    if (name == TGC_NAME(defaults) || name == TGC_NAME(kwdefaults)) {
        tgc_function *f = function(v);
        bool kw = name == TGC_NAME(kwdefaults);
        if (x != TGC_NULL && x != TGC_NONE && !(kw ? tgc_is_dict(x) : tgc_is_tuple(x)))
            return tgc_raise_int(t, &TGC_EXC(TypeError), "%s must be set to a %s object",
                                 kw ? "__kwdefaults__" : "__defaults__", kw ? "dict" : "tuple");
        tgc_slot *slot = kw ? &f->kwdefaults : &f->defaults;
        tgc_release(t, tgc_slot_exchange(t, slot, x == TGC_NULL ? TGC_NONE : tgc_retain(t, x)));
        return 0;
    }
    tg_value dict = function_getattr(t, v, TGC_NAME(dict));
    if (dict == TGC_NULL)
        return -1;
    int st = x == TGC_NULL ? tgc_dict_del(t, dict, name) : tgc_dict_set(t, dict, name, x);
    tgc_release(t, dict);
    if (st == 0 && x == TGC_NULL) {
        size_t n;
        return tgc_raise_int(t, &TGC_EXC(AttributeError), "'function' object has no attribute '%s'",
                             tgc_str_utf8(t, name, &n));
    }
    return st < 0 ? -1 : 0;
}

static tg_value function_repr(tg_thread *t, tg_value v)
{
    size_t n;
    return tgc_str_format(t, "<function %s at %p>",
                          tgc_str_utf8(t, function(v)->code->qualname, &n), (void *)tgc_ptr(v));
}

static tg_value function_get(tg_thread *t, tg_value d, tg_value self, tgc_type *type)
{
    (void)type;
    return self == TGC_NULL ? tgc_retain(t, d) : tgc_method_new(t, d, self);
}

tgc_type tgc_function_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "function",
    .size = sizeof(tgc_function),
    .flags = TGC_TF_FUNCTION | TGC_TF_TRACKED,
    .dealloc = function_dealloc,
    .clear = function_clear,
    .traverse = function_traverse,
    .getattr = function_getattr,
    .setattr = function_setattr,
    .repr = function_repr,
    .call = tgc_call_function,
    .descr_get = function_get,
    .weak_offset = offsetof(tgc_function, weak),
};

// --- cells

tg_value tgc_cell_new(tg_thread *t, tg_value content_steal)
{
    tgc_cell *c = (tgc_cell *)(void *)tgc_new_raw(t, &tgc_cell_type, sizeof *c);
    if (c == NULL) {
        tgc_release(t, content_steal);
        return TGC_NULL;
    }
    tgc_slot_init(t, &c->value, content_steal);
    tgc_track(t, &c->head);
    return tgc_from_ptr(c);
}

static void cell_clear(tg_thread *t, tgc_obj *o)
{
    tgc_release(t, tgc_slot_exchange(t, &((tgc_cell *)(void *)o)->value, TGC_UNBOUND));
}

static void cell_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(tgc_slot_peek(&((tgc_cell *)(void *)o)->value), arg);
}

static void cell_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    cell_clear(t, o);
    tgc_delete(t, o, sizeof(tgc_cell));
}

static tg_value cell_contents(tg_thread *t, tg_value self)
{
    tg_value v = tgc_slot_load(t, &((tgc_cell *)(void *)tgc_ptr(self))->value);
    return v == TGC_UNBOUND ? tgc_raise(t, &TGC_EXC(ValueError), "Cell is empty") : v;
}

static const tgc_getset_def cell_getsets[] = {
    {"cell_contents", cell_contents, NULL},
    {NULL, NULL, NULL},
};

tgc_type tgc_cell_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "cell",
    .size = sizeof(tgc_cell),
    .flags = TGC_TF_TRACKED,
    .getsets = cell_getsets,
    .dealloc = cell_dealloc,
    .clear = cell_clear,
    .traverse = cell_traverse,
};

// --- bound methods

static tgc_method *method(tg_value v)
{
    return (tgc_method *)(void *)tgc_ptr(v);
}

tg_value tgc_method_new(tg_thread *t, tg_value func, tg_value self)
{
    tgc_method *m = (tgc_method *)(void *)tgc_new_raw(t, &tgc_method_type, sizeof *m);
    if (m == NULL)
        return TGC_NULL;
    m->self = tgc_retain(t, self);
    m->func = tgc_retain(t, func);
    atom_store_relaxed(&m->weak, 0); // ORDER: relaxed; private.
    tgc_track(t, &m->head);
    return tgc_from_ptr(m);
}

static void method_clear(tg_thread *t, tgc_obj *o)
{
    tgc_method *m = (tgc_method *)(void *)o;
    tg_value self = m->self, func = m->func;
    m->self = m->func = TGC_NONE;
    tgc_release(t, self);
    tgc_release(t, func);
}

static void method_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((tgc_method *)(void *)o)->self, arg);
    visit(((tgc_method *)(void *)o)->func, arg);
}

static void method_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    method_clear(t, o);
    tgc_delete(t, o, sizeof(tgc_method));
}

static tg_value method_getattr(tg_thread *t, tg_value v, tg_value name)
{
    if (name == TGC_NAME(self_))
        return tgc_retain(t, method(v)->self);
    if (name == TGC_NAME(func))
        return tgc_retain(t, method(v)->func);
    if (name == TGC_NAME(name) || name == TGC_NAME(qualname) || name == TGC_NAME(doc) ||
        name == TGC_NAME(module))
        return tgc_getattr(t, method(v)->func, name);
    tg_value out;
    int found = tgc_getattr_opt(t, method(v)->func, name, &out);
    if (found > 0 && !tgc_is_exact(out, &tgc_method_type))
        return out;
    if (found > 0)
        tgc_release(t, out);
    return found < 0 ? TGC_NULL : tgc_object_getattr(t, v, name);
}

static tg_value method_repr(tg_thread *t, tg_value v)
{
    tg_value qualname = tgc_getattr(t, method(v)->func, TGC_NAME(qualname));
    if (qualname == TGC_NULL) {
        tgc_error_clear(t);
        qualname = tgc_str_cstr(t, "?");
    }
    tg_value self = tgc_repr(t, method(v)->self), r = TGC_NULL;
    size_t n;
    if (self != TGC_NULL && tgc_is_str(qualname))
        r = tgc_str_format(t, "<bound method %s of %s>", tgc_str_utf8(t, qualname, &n),
                           tgc_str_utf8(t, self, &n));
    tgc_release(t, qualname);
    tgc_release(t, self);
    return r;
}

static tg_value method_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    (void)t;
    if ((op != TGC_EQ && op != TGC_NE) || !tgc_is_exact(b, &tgc_method_type))
        return TGC_NOTIMPL;
    bool same = method(a)->self == method(b)->self && method(a)->func == method(b)->func;
    return tgc_from_bool(same == (op == TGC_EQ));
}

static int method_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    (void)t;
    *out = (method(v)->self >> 4) * 3 + (method(v)->func >> 4);
    return 0;
}

static tg_value method_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                 tg_value kwnames)
{
    (void)type;
    if (tgc_keyword_count(kwnames) > 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "method() takes no keyword arguments");
    if (nargs != 2)
        return tgc_raise(t, &TGC_EXC(TypeError), "method expected 2 arguments, got %zu", nargs);
    if (tgc_type_of(args[0])->call == NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "first argument must be callable");
    if (args[1] == TGC_NONE)
        return tgc_raise(t, &TGC_EXC(TypeError), "instance must not be None");
    return tgc_method_new(t, args[0], args[1]);
}

tgc_type tgc_method_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "method",
    .construct = method_construct,
    .size = sizeof(tgc_method),
    .flags = TGC_TF_TRACKED,
    .dealloc = method_dealloc,
    .clear = method_clear,
    .traverse = method_traverse,
    .getattr = method_getattr,
    .repr = method_repr,
    .compare = method_compare,
    .hash = method_hash,
    .call = tgc_call_method_object,
    .weak_offset = offsetof(tgc_method, weak),
};
