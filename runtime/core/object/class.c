// SPDX-License-Identifier: MIT
//
// class.c - the class statement: bases, method order, layout, and making instances.
//
// Owns        heap types from their namespace dict. Classes and the functions in them are never
//             counted: they live until the runtime ends.
// Threads     any attached thread; the new type is private until it is returned.
// Sources     the C3 linearisation: Barrett et al., OOPSLA 1996 (docs/papers.md).
#include "core/object/class.h"

#include "core/object/dict.h"  // namespace
#include "core/object/error.h" // errors
#include "core/object/known.h" // names
#include "core/object/str.h"   // names
#include "core/object/tuple.h" // bases
#include "mem/raw.h"           // memory

#define SPARE_SLOTS   2 // attributes nobody saw in the class body
#define DEFAULT_SLOTS 4 // a class without visible attributes
#define MAX_SLOTS     60

static tgc_type *as_type(tg_value v)
{
    return (tgc_type *)(void *)tgc_ptr(v);
}

// Builtin exceptions that add no fields of their own differ by name only.
static bool same_shape(const tgc_type *a, const tgc_type *b)
{
    return (a->flags & b->flags & TGC_TF_EXC) != 0 && a->size == b->size;
}

// The base whose instances ours extend: the one with the most derived layout; all others must fit
// under it.
static tgc_type *best_base(tg_thread *t, tg_value bases)
{
    tgc_type *best = NULL;
    for (size_t i = 0; i < tgc_tuple_size(bases); i++) {
        tg_value b = tgc_tuple_peek(bases, i);
        if (!tgc_is_type(b)) {
            tgc_raise(t, &TGC_EXC(TypeError), "bases must be types");
            return NULL;
        }
        tgc_type *base = as_type(b);
        if ((base->flags & TGC_TF_BASETYPE) == 0) {
            tgc_raise(t, &TGC_EXC(TypeError), "type '%s' is not an acceptable base type",
                      base->name);
            return NULL;
        }
        if (best == NULL || (tgc_layout_of(base) != tgc_layout_of(best) &&
                             tgc_is_subtype(tgc_layout_of(base), tgc_layout_of(best))))
            best = base;
        else if (!tgc_is_subtype(tgc_layout_of(best), tgc_layout_of(base)) &&
                 !same_shape(tgc_layout_of(best), tgc_layout_of(base))) {
            tgc_raise(t, &TGC_EXC(TypeError), "multiple bases have instance lay-out conflict");
            return NULL;
        }
    }
    return best;
}

static int inconsistent(tg_thread *t, tg_value bases)
{
    tgc_strbuf names;
    size_t n;
    tgc_strbuf_init(&names);
    for (size_t i = 0; i < tgc_tuple_size(bases); i++)
        tgc_strbuf_append_printf(t, &names, "%s%s", i == 0 ? "" : ", ",
                                 as_type(tgc_tuple_peek(bases, i))->name);
    tg_value list = tgc_strbuf_finish(t, &names);
    if (list != TGC_NULL)
        tgc_raise(t, &TGC_EXC(TypeError),
                  "Cannot create a consistent method resolution\norder (MRO) for bases %s",
                  tgc_str_utf8(t, list, &n));
    tgc_release(t, list);
    return -1;
}

// C3: merge the bases' orders and the list of bases. out has room for `room` types.
static int64_t linearise(tg_thread *t, tgc_type *self, tg_value bases, tgc_type **out, size_t room)
{
    size_t n = tgc_tuple_size(bases), count = 0;
    tgc_type *direct[32];
    uint32_t at[33] = {0};
    if (n > 32)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "too many bases");
    for (size_t i = 0; i < n; i++)
        direct[i] = as_type(tgc_tuple_peek(bases, i));
    out[count++] = self;
    for (;;) {
        tgc_type *next = NULL;
        bool done = true;
        for (size_t i = 0; i <= n && next == NULL; i++) {
            tgc_type **list = i < n ? direct[i]->mro : direct;
            size_t length = i < n ? direct[i]->mro_count : n;
            if (at[i] >= length)
                continue;
            done = false;
            tgc_type *candidate = list[at[i]];
            bool in_tail = false;
            for (size_t j = 0; j <= n && !in_tail; j++) {
                tgc_type **other = j < n ? direct[j]->mro : direct;
                size_t other_length = j < n ? direct[j]->mro_count : n;
                for (size_t k = at[j] + 1; k < other_length; k++)
                    in_tail |= other[k] == candidate;
            }
            if (!in_tail)
                next = candidate;
        }
        if (done)
            return (int64_t)count;
        if (next == NULL)
            return inconsistent(t, bases);
        if (count == room)
            return tgc_raise_int(t, &TGC_EXC(TypeError), "too many base classes");
        out[count++] = next;
        for (size_t j = 0; j <= n; j++) {
            tgc_type **list = j < n ? direct[j]->mro : direct;
            size_t length = j < n ? direct[j]->mro_count : n;
            if (at[j] < length && list[at[j]] == next)
                at[j]++;
        }
    }
}

static bool add_expected(tgc_class *c, tg_value name)
{
    // ORDER: relaxed; private.
    uint32_t n = atom_load_relaxed(&c->known);
    for (uint32_t i = 0; i < n; i++) {
        if (c->names[i] == name)
            return true;
    }
    if (n == MAX_SLOTS)
        return false;
    c->names[n] = name;
    // ORDER: relaxed; private.
    atom_store_relaxed(&c->known, n + 1);
    return true;
}

// Which attribute names instances will have: those of the bases, those the body's methods assign,
// __slots__.
static int plan_slots(tg_thread *t, tgc_type *type, tg_value bases, tg_value namespace_,
                      const tgc_code *body)
{
    tgc_class *c = type->class_data;
    c->names = tgi_raw_alloc(MAX_SLOTS * sizeof *c->names);
    if (c->names == NULL) {
        tgc_raise_nomem(t);
        return -1;
    }
    bool closed = true; // all bases are __slots__ classes or object
    bool weak = true;   // __slots__ does not exclude weak references
    for (size_t i = 0; i < tgc_tuple_size(bases); i++) {
        tgc_type *base = as_type(tgc_tuple_peek(bases, i));
        if (base->class_data == NULL) {
            closed &= base == &tgc_object_type;
            continue;
        }
        closed &= base->class_data->slots_only;
        c->weak |= base->class_data->weak;
        // ORDER: acquire; pairs with the release in instance.c.
        uint32_t n = atom_load_acquire(&base->class_data->known);
        for (uint32_t k = 0; k < n; k++)
            add_expected(c, base->class_data->names[k]);
    }
    tg_value slots;
    int found = tgc_dict_get(t, namespace_, TGC_NAME(slots), &slots);
    if (found < 0)
        return -1;
    if (found > 0) {
        bool with_dict = false;
        weak = false;
        tg_value single[1] = {slots};
        bool is_str = tgc_is_str(slots);
        tg_value it = is_str ? TGC_NONE : tgc_iter(t, slots);
        tg_value item = TGC_NULL;
        while (it != TGC_NULL &&
               (item = is_str ? tgc_retain(t, single[0]) : tgc_next(t, it)) != TGC_NULL) {
            tg_value name = tgc_is_str(item) ? tgc_str_intern_value(t, item) : TGC_NULL;
            tgc_release(t, item);
            if (name == TGC_NULL) {
                if (!tgc_raised(t))
                    tgc_raise(t, &TGC_EXC(TypeError), "__slots__ items must be strings, not '%s'",
                              tgc_type_name(item));
                break;
            }
            if (name == TGC_NAME(dict))
                with_dict = true;
            else if (name == TGC_NAME(weakref))
                weak = true;
            else
                add_expected(c, name);
            if (is_str)
                break;
        }
        tgc_release(t, it);
        tgc_release(t, slots);
        if (tgc_raised(t))
            return -1;
        c->slots_only = closed && !with_dict;
        c->weak |= weak;
    } else {
        c->weak = true;
        for (uint32_t i = 0; body != NULL && i < body->unit->instance_count; i++)
            add_expected(c, body->consts[body->unit->instance_names[i]]);
    }
    // ORDER: relaxed; private.
    uint32_t n = atom_load_relaxed(&c->known);
    c->capacity = c->slots_only ? n : n == 0 ? DEFAULT_SLOTS : n + SPARE_SLOTS;
    if (c->capacity > MAX_SLOTS)
        c->capacity = MAX_SLOTS;
    return 0;
}

static void instance_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_type *layout = tgc_layout_of(type);
    tgc_untrack(t, o);
    tgc_attrs_clear(t, type, o);
    layout->dealloc(t, o);
}

static void instance_clear(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_type *layout = tgc_layout_of(type);
    tgc_attrs_clear(t, type, o);
    if (layout->clear != NULL)
        layout->clear(t, o);
}

void tgc_instance_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_type *layout = tgc_layout_of(type);
    tgc_attrs_traverse(type, o, visit, arg);
    if (layout->traverse != NULL)
        layout->traverse(o, visit, arg);
}

static bool is_implicit_classmethod(tg_value name)
{
    return name == TGC_NAME(init_subclass) || name == TGC_NAME(class_getitem);
}

static int wrap_implicit(tg_thread *t, tg_value name, tg_value *v)
{
    bool is_class = is_implicit_classmethod(name), is_static = name == TGC_NAME(new);
    if ((!is_class && !is_static) || !tgc_is_exact(*v, &tgc_function_type))
        return 0;
    tg_value wrapped =
        tgc_call1(t, tgc_from_ptr(is_class ? &tgc_classmethod_type : &tgc_staticmethod_type), *v);
    if (wrapped == TGC_NULL)
        return -1;
    tgc_release(t, *v);
    *v = wrapped;
    return 0;
}

static int fill(tg_thread *t, tgc_type *type, tg_value namespace_)
{
    size_t pos = 0;
    tg_value k, v;
    while (tgc_dict_next(t, namespace_, &pos, &k, &v)) {
        tg_value name = tgc_is_str(k) ? tgc_str_intern_value(t, k) : TGC_NULL;
        tgc_release(t, k);
        int st = name == TGC_NULL ? -1 : wrap_implicit(t, name, &v);
        tgc_name_entry *e = st == 0 ? tgc_names_entry(t, type->names, name) : NULL;
        if (e == NULL) {
            tgc_release(t, v);
            return -1;
        }
        if (tgc_is_exact(v, &tgc_function_type))
            tgc_try_immortalize(t, tgc_ptr(v));
        tgc_slot_init(t, &e->value, v);
    }
    tgc_name_entry *eq = tgc_names_find(type->names, TGC_NAME(eq));
    tgc_name_entry *hash = tgc_names_find(type->names, TGC_NAME(hash));
    if (eq != NULL && hash == NULL) { // equal without a hash: unhashable
        hash = tgc_names_entry(t, type->names, TGC_NAME(hash));
        if (hash == NULL)
            return -1;
        tgc_slot_init(t, &hash->value, TGC_NONE);
    }
    return 0;
}

static int register_child(tg_thread *t, tgc_type *base, tgc_type *child)
{
    tgc_class *c = base->class_data;
    if (c == NULL)
        return 0;
    bool ok = true;
    TGC_LOCKED(t, &tgc_type_lock) {
        if (c->child_count == c->child_capacity) {
            uint32_t capacity = c->child_capacity == 0 ? 4 : c->child_capacity * 2;
            tgc_type **list = tgi_raw_realloc(c->children, capacity * sizeof(tgc_type *));
            ok = list != NULL;
            if (ok) {
                c->children = list;
                c->child_capacity = capacity;
            }
        }
        if (ok)
            c->children[c->child_count++] = child;
    }
    if (!ok)
        tgc_raise_nomem(t);
    return ok ? 0 : -1;
}

// __set_name__ of attributes, then __init_subclass__ of the nearest base.
static int announce(tg_thread *t, tgc_type *type, tg_value kwargs)
{
    for (tgc_name_entry *e = tgc_names_first(type->names); e != NULL; e = tgc_names_next(e)) {
        tg_value v = tgc_slot_load(t, &e->value);
        if (tgc_is_ptr(v) && !tgc_is_exact(v, &tgc_function_type) && !tgc_is_str(v)) {
            tg_value r = tgc_special_call(t, v, TGC_NAME(set_name), tgc_from_ptr(type), e->name);
            if (r == TGC_NULL) {
                tgc_release(t, v);
                return -1;
            }
            tgc_release(t, r);
        }
        tgc_release(t, v);
    }
    tg_value hook = TGC_UNBOUND;
    for (uint32_t i = 1; i < type->mro_count && hook == TGC_UNBOUND; i++) {
        tgc_name_entry *e = tgc_names_find(type->mro[i]->names, TGC_NAME(init_subclass));
        if (e != NULL)
            hook = tgc_slot_load(t, &e->value);
    }
    if (hook == TGC_UNBOUND)
        return 0;
    tgc_type *ht = tgc_type_of(hook);
    tg_value bound =
        ht->descr_get != NULL ? ht->descr_get(t, hook, TGC_NULL, type) : tgc_retain(t, hook);
    tgc_release(t, hook);
    if (bound == TGC_NULL)
        return -1;
    tg_value r = TGC_NULL;
    if (kwargs == TGC_NULL || kwargs == TGC_NONE || tgc_dict_size(kwargs) == 0)
        r = tgc_call(t, bound, NULL, 0, TGC_NULL);
    else
        r = tgc_call_ex(t, bound, tgc_tuple_empty(), kwargs);
    tgc_release(t, bound);
    tgc_release(t, r);
    return r == TGC_NULL ? -1 : 0;
}

static tg_value from_namespace(tg_thread *t, tg_value namespace_, tg_value key, tg_value otherwise)
{
    tg_value v;
    int found = tgc_dict_get(t, namespace_, key, &v);
    if (found < 0)
        return TGC_NULL;
    return found > 0 ? v : tgc_retain(t, otherwise);
}

static tgc_type *allocate(tg_thread *t, tg_value name)
{
    size_t n;
    tg_value interned = tgc_str_intern_value(t, name);
    const char *text = interned != TGC_NULL ? tgc_str_utf8(t, interned, &n) : NULL;
    if (text == NULL)
        return NULL;
    tgc_type *type = (tgc_type *)(void *)tgc_new(t, &tgc_type_type, sizeof *type);
    if (type == NULL)
        return NULL;
    type->name = text;
    type->names = tgc_names_new(t);
    type->class_data = tgi_raw_calloc(1, sizeof *type->class_data);
    type->mro = tgi_raw_calloc(64, sizeof *type->mro);
    if (type->names == NULL || type->class_data == NULL || type->mro == NULL) {
        tgi_raw_free(type->class_data);
        tgi_raw_free(type->mro);
        if (type->names != NULL)
            tgc_names_free(t, type->names);
        else
            tgc_error_clear(t);
        tgc_delete(t, &type->head, sizeof *type);
        tgc_raise_nomem(t);
        return NULL;
    }
    type->class_data->qualname = type->class_data->module = type->class_data->bases = TGC_NONE;
    tgc_make_immortal(&type->head);
    tgc_track(t, &type->head);
    return type;
}

tg_value tgc_class_new(tg_thread *t, tg_value name, tg_value bases, tg_value namespace_,
                       tg_value kwargs, const tgc_code *body)
{
    if (!tgc_is_str(name) || !tgc_is_tuple(bases) || !tgc_is_dict(namespace_))
        return tgc_raise(t, &TGC_EXC(TypeError), "type() takes a str, a tuple of types and a dict");
    if (kwargs != TGC_NULL && kwargs != TGC_NONE) {
        tg_value metaclass;
        int found = tgc_dict_pop(t, kwargs, TGC_NAME(metaclass), &metaclass);
        if (found < 0)
            return TGC_NULL;
        if (found > 0) {
            tgc_release(t, metaclass);
            if (metaclass != tgc_from_ptr(&tgc_type_type))
                return tgc_raise(t, &TGC_EXC(TypeError),
                                 "a metaclass other than type is not supported");
        }
    }
    tg_value object_base = tgc_from_ptr(&tgc_object_type);
    tg_value all_bases =
        tgc_tuple_size(bases) > 0 ? tgc_retain(t, bases) : tgc_tuple_from_array(t, &object_base, 1);
    if (all_bases == TGC_NULL)
        return TGC_NULL;
    tgc_type *base = best_base(t, all_bases);
    tgc_type *type = base != NULL ? allocate(t, name) : NULL;
    if (type == NULL) {
        tgc_release(t, all_bases);
        return TGC_NULL;
    }
    // From here on the type is found by the teardown of the runtime: nothing is undone on failure.
    tgc_class *c = type->class_data;
    c->bases = all_bases;
    tgc_publish_value(t, all_bases);
    tgc_type *layout = tgc_layout_of(base);
    type->base = base;
    type->module = "__main__";
    type->flags = TGC_TF_HEAP | TGC_TF_READY | TGC_TF_BASETYPE | TGC_TF_ATTRS | TGC_TF_TRACKED |
                  (layout->flags & 0xffff);
    int64_t n = linearise(t, type, all_bases, type->mro, 64);
    if (n < 0)
        return TGC_NULL;
    type->mro_count = (uint32_t)n;
    if (plan_slots(t, type, all_bases, namespace_, body) < 0)
        return TGC_NULL;
    type->attrs_offset = (layout->size + 7) & ~7u;
    // As in CPython: instances of subclasses of these three cannot be referenced weakly.
    if ((layout->flags & (TGC_TF_INT | TGC_TF_TUPLE | TGC_TF_BYTES)) != 0)
        c->weak = false;
    if (layout->weak_offset != 0) {
        type->weak_offset = layout->weak_offset;
    } else if (c->weak) {
        type->weak_offset = type->attrs_offset;
        type->attrs_offset += (uint32_t)sizeof(uintptr_t);
    }
    type->size =
        type->attrs_offset + (uint32_t)(sizeof(tgc_attrs) + c->capacity * sizeof(tgc_slot));
    type->construct = layout->construct;
    type->dealloc = instance_dealloc;
    type->clear = instance_clear;
    type->traverse = tgc_instance_traverse;
    tg_value module = from_namespace(t, namespace_, TGC_NAME(module),
                                     body != NULL ? body->module->name : TGC_NAME(main));
    tg_value qualname =
        from_namespace(t, namespace_, TGC_NAME(qualname), body != NULL ? body->qualname : name);
    if (module == TGC_NULL || qualname == TGC_NULL)
        return TGC_NULL;
    c->module = tgc_is_str(module) ? tgc_str_intern_value(t, module) : TGC_NAME(main);
    c->qualname = tgc_is_str(qualname) ? tgc_str_intern_value(t, qualname) : TGC_NAME(main);
    tgc_release(t, module);
    tgc_release(t, qualname);
    if (c->module == TGC_NULL || c->qualname == TGC_NULL)
        return TGC_NULL;
    if (fill(t, type, namespace_) < 0)
        return TGC_NULL;
    // First the bases learn of it, so that it does not miss a change of theirs.
    for (size_t i = 0; i < tgc_tuple_size(all_bases); i++) {
        if (register_child(t, as_type(tgc_tuple_peek(all_bases, i)), type) < 0)
            return TGC_NULL;
    }
    tgc_update_slots(type);
    TGC_LOCKED(t, &tgc_type_lock) {
        tgc_type_changed(type);
    }
    if (announce(t, type, kwargs) < 0)
        return TGC_NULL;
    return tgc_from_ptr(type);
}

// --- calling a class

tg_value tgc_type_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                            tg_value kwnames)
{
    if ((type->flags & TGC_TF_HEAP) == 0) {
        if (type->construct == NULL ||
            (type->construct == tgc_object_type.construct && type != &tgc_object_type))
            return tgc_raise(t, &TGC_EXC(TypeError), "cannot create '%s' instances", type->name);
        return type->construct(t, type, args, nargs, kwnames);
    }
    tgc_type *layout = tgc_layout_of(type);
    tg_value cls = tgc_from_ptr(type), self;
    tgc_name_entry *entry = tgc_type_find(type, TGC_NAME(new));
    bool script_new =
        entry != NULL && entry != tgc_names_find(tgc_object_type.names, TGC_NAME(new));
    bool own_init = type->init != layout->init;
    if (script_new) {
        tg_value f = tgc_getattr(t, cls, TGC_NAME(new));
        tg_value m = f != TGC_NULL ? tgc_method_new(t, f, cls) : TGC_NULL;
        self = m != TGC_NULL ? tgc_call(t, m, args, nargs, kwnames) : TGC_NULL;
        tgc_release(t, m);
        tgc_release(t, f);
        if (self == TGC_NULL || !tgc_is_subtype(tgc_type_of(self), type))
            return self;
    } else if (layout == &tgc_object_type) {
        self = tgc_instance_new(t, type);
    } else {
        // Containers that can be filled by __init__ are made empty when the class has its own.
        bool empty =
            own_init &&
            (layout->flags & (TGC_TF_LIST | TGC_TF_DICT | TGC_TF_SET | TGC_TF_NATIVE)) != 0 &&
            layout != &tgc_frozenset_type;
        self = empty ? layout->construct(t, type, NULL, 0, TGC_NULL)
                     : layout->construct(t, type, args, nargs, kwnames);
    }
    if (self == TGC_NULL)
        return TGC_NULL;
    if (own_init || layout == &tgc_object_type || script_new) {
        if (type->init != NULL && type->init(t, self, args, nargs, kwnames) < 0) {
            tgc_release(t, self);
            return TGC_NULL;
        }
    }
    return self;
}
