// SPDX-License-Identifier: MIT
//
// attr.c - attribute access and its inline caches.
//
// A cache word is {type version:32 | index:16 | kind:16}, read and written whole, so a reader never
// pairs one site's version with another's target. Two words per site: a new entry goes to the
// first, the old first moves to the second. Versions are never reused, so a stale word only misses.
//   SLOT   index of the instance slot
//   FUNC   index of the type's resolved entry: a function or native method, not shadowed by an
//          instance
//   VALUE  the same for a plain class attribute
//   TYPE   receiver is itself a class: version and index are those of the receiver
// Invariants  I1  a version is read before the lookup whose result is cached under it.
//             I2  resolved tables are append-only: an index stays valid for ever. Those of static
//                 types are shared by interpreters that run in parallel, and their readers by more
//                 than one runtime: a replaced table of a static type is kept.
// Threads     any attached thread.
#include "core/object/class.h"

#include "core/object/error.h"     // AttributeError
#include "core/object/exception.h" // attributes of exceptions
#include "core/object/known.h"     // names
#include "core/object/str.h"       // messages
#include "mem/raw.h"               // tables

// Appends e to the type's table, which may have to be replaced; *old is then what nobody will look
// at any more, or NULL. -1 when it is full or memory is short.
static int32_t append_locked(tgc_type *type, tgc_resolved *r, tgc_name_entry *e, tgc_resolved **old)
{
    uint32_t n = r != NULL ? r->count : 0;
    if (n == 0xffff)
        return -1;
    if (r == NULL || n == r->capacity) {
        uint32_t capacity = r == NULL ? 8 : n * 2;
        tgc_resolved *bigger = tgi_raw_alloc(sizeof *bigger + capacity * sizeof bigger->entries[0]);
        if (bigger == NULL)
            return -1;
        if (r != NULL)
            memcpy(bigger->entries, r->entries, n * sizeof r->entries[0]);
        bool shared = (type->flags & TGC_TF_HEAP) == 0 && type->native == NULL;
        bigger->older = shared ? r : NULL; // I2
        bigger->capacity = capacity;
        bigger->count = n + 1;
        bigger->entries[n] = e;
        *old = shared ? NULL : r;
        // ORDER: release; pairs with the acquire in tgc_ic_entry.
        atom_store_release(&type->names->resolved, bigger);
    } else {
        r->entries[n] = e;
        r->count = n + 1;
    }
    return (int32_t)n;
}

// Index of the entry in the type's table, or -1 when it is full or memory is short: then nothing is
// cached.
int32_t tgc_resolve_index(tg_thread *t, tgc_type *type, tgc_name_entry *e)
{
    int32_t index = -1;
    tgc_resolved *old = NULL;
    tgi_mutex_lock(&type->names->resolved_lock);
    // ORDER: relaxed; writers hold the lock.
    tgc_resolved *r = atom_load_relaxed(&type->names->resolved);
    for (uint32_t i = 0; r != NULL && i < r->count && index < 0; i++) {
        if (r->entries[i] == e)
            index = (int32_t)i;
    }
    if (index < 0)
        index = append_locked(type, r, e, &old);
    tgi_mutex_unlock(&type->names->resolved_lock);
    if (old != NULL)
        tgc_free_later(t, old, sizeof *old + old->capacity * sizeof old->entries[0]);
    return index;
}

static void cache(tgc_attr_site *site, uint64_t word)
{
    // ORDER: acquire; hands on, through the release below, what the writer of the moved entry
    // released.
    uint64_t first = atom_load_acquire(&site->cache[0]);
    if (first == word)
        return;
    // ORDER: release; pairs with the acquire of the interpreter's cache read: the index table's
    // entry is there.
    atom_store_release(&site->cache[1], first);
    atom_store_release(&site->cache[0], word); // ORDER: release; as above.
}

static uint32_t version_of(tgc_type *type)
{
    // ORDER: acquire; pairs with the release in tgc_type_changed: I1, the lookup sees at least that
    // state.
    return atom_load_acquire(&type->version);
}

static bool is_data_descriptor(tg_value v)
{
    return (tgc_type_of(v)->flags & TGC_TF_DATADESCR) != 0;
}

static bool is_plain_function(tg_value v)
{
    if (tgc_is_exact(v, &tgc_builtin_type))
        return (((tgc_builtin *)(void *)tgc_ptr(v))->def->flags &
                (TGC_METH_CLASS | TGC_METH_STATIC)) == 0;
    return tgc_is_exact(v, &tgc_function_type);
}

static tg_value bind(tg_thread *t, tg_value descr_steal, tg_value self, tgc_type *type)
{
    tgc_type *dt = tgc_type_of(descr_steal);
    if ((dt->flags & TGC_TF_DESCR) == 0)
        return descr_steal;
    tg_value v = dt->descr_get(t, descr_steal, self, type);
    tgc_release(t, descr_steal);
    return v;
}

static tg_value no_attribute(tg_thread *t, tg_value v, tg_value name)
{
    size_t n;
    const char *text = tgc_str_utf8(t, name, &n);
    if (text == NULL)
        return TGC_NULL;
    if (tgc_is_type(v))
        return tgc_raise(t, &TGC_EXC(AttributeError), "type object '%s' has no attribute '%s'",
                         ((tgc_type *)(void *)tgc_ptr(v))->name, text);
    return tgc_raise(t, &TGC_EXC(AttributeError), "'%s' object has no attribute '%s'",
                     tgc_type_name(v), text);
}

// The generic lookup. 1 with *out, 0 absent, -1 raised. site may be NULL.
static int lookup(tg_thread *t, tg_value v, tg_value name, tgc_attr_site *site, tg_value *out)
{
    tgc_type *type = tgc_type_of(v);
    uint32_t version = version_of(type);
    tgc_name_entry *e = tgc_type_find(type, name);
    tg_value descr = TGC_UNBOUND;
    if (e != NULL) {
        descr = tgc_slot_load(t, &e->value);
        if (descr != TGC_UNBOUND && is_data_descriptor(descr)) {
            *out = bind(t, descr, v, type);
            return *out == TGC_NULL ? -1 : 1;
        }
    }
    if ((type->flags & TGC_TF_ATTRS) != 0) {
        int32_t slot;
        int found = tgc_attrs_get(t, tgc_ptr(v), name, out, &slot);
        if (found != 0) {
            tgc_release(t, descr);
            if (found > 0 && slot >= 0 && site != NULL)
                cache(site, tgc_ic_make(version, (uint32_t)slot, TGC_IC_SLOT));
            return found;
        }
    }
    if (TGI_UNLIKELY((type->flags & (TGC_TF_EXC | TGC_TF_ATTRS)) == TGC_TF_EXC)) {
        int found = tgc_exception_attr_get(t, v, name, out);
        if (found != 0) {
            tgc_release(t, descr);
            return found;
        }
        site = NULL; // an instance may hide what the class has
    }
    if (descr == TGC_UNBOUND)
        return 0;
    if (site != NULL) {
        // Not shadowed: the name is not one of the shape, and no instance of the type has a dict.
        // ORDER: relaxed; a change after `version` was read makes the entry stale.
        bool cacheable =
            (type->flags & TGC_TF_ATTRS) == 0 || (!atom_load_relaxed(&type->class_data->has_dicts));
        if (cacheable && (type->flags & TGC_TF_ATTRS) != 0) {
            // ORDER: acquire; pairs with the release in instance.c.
            uint32_t n = atom_load_acquire(&type->class_data->known);
            for (uint32_t i = 0; i < n; i++)
                cacheable &= type->class_data->names[i] != name;
        }
        bool func = is_plain_function(descr);
        if (cacheable && (func || (tgc_type_of(descr)->flags & TGC_TF_DESCR) == 0)) {
            int32_t index = tgc_resolve_index(t, type, e);
            if (index >= 0)
                cache(site,
                      tgc_ic_make(version, (uint32_t)index, func ? TGC_IC_FUNC : TGC_IC_VALUE));
        }
    }
    *out = bind(t, descr, v, type);
    return *out == TGC_NULL ? -1 : 1;
}

tg_value tgc_object_getattr(tg_thread *t, tg_value v, tg_value name)
{
    tg_value out;
    int found = lookup(t, v, name, NULL, &out);
    if (found == 0)
        return no_attribute(t, v, name);
    return found < 0 ? TGC_NULL : out;
}

int tgc_object_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x)
{
    tgc_type *type = tgc_type_of(v);
    tg_value descr;
    if (tgc_type_lookup(t, type, name, &descr)) {
        if (is_data_descriptor(descr)) {
            int st = tgc_type_of(descr)->descr_set(t, descr, v, x);
            tgc_release(t, descr);
            return st;
        }
        tgc_release(t, descr);
    } else {
        descr = TGC_UNBOUND;
    }
    if ((type->flags & TGC_TF_ATTRS) != 0) {
        int32_t slot;
        int done = tgc_attrs_set(t, tgc_ptr(v), name, x, &slot);
        if (done != 0)
            return done < 0 ? -1 : 0;
        if (x != TGC_NULL || descr == TGC_UNBOUND) {
            no_attribute(t, v, name);
            return -1;
        }
    }
    if ((type->flags & (TGC_TF_EXC | TGC_TF_ATTRS)) == TGC_TF_EXC) {
        int done = tgc_exception_attr_set(t, v, name, x);
        if (done != 0)
            return done < 0 ? -1 : 0;
    }
    size_t n;
    const char *text = tgc_str_utf8(t, name, &n);
    if (text == NULL)
        return -1;
    if (descr != TGC_UNBOUND)
        return tgc_raise_int(t, &TGC_EXC(AttributeError), "'%s' object attribute '%s' is read-only",
                             type->name, text);
    return tgc_raise_int(t, &TGC_EXC(AttributeError), "'%s' object has no attribute '%s'",
                         type->name, text);
}

// Attribute of a class: its own method order first, unless the metatype has a data descriptor.
static int type_lookup(tg_thread *t, tg_value v, tg_value name, tgc_attr_site *site, tg_value *out)
{
    tgc_type *self = (tgc_type *)(void *)tgc_ptr(v);
    tgc_type *meta = tgc_type_of(v);
    uint32_t version = version_of(self);
    tg_value from_meta = TGC_UNBOUND;
    if (tgc_type_lookup(t, meta, name, &from_meta) && is_data_descriptor(from_meta)) {
        *out = bind(t, from_meta, v, meta);
        return *out == TGC_NULL ? -1 : 1;
    }
    tgc_name_entry *e = tgc_type_find(self, name);
    tg_value own = e != NULL ? tgc_slot_load(t, &e->value) : TGC_UNBOUND;
    if (own != TGC_UNBOUND) {
        tgc_release(t, from_meta);
        bool plain = (tgc_type_of(own)->flags & TGC_TF_DESCR) == 0 || is_plain_function(own);
        if (plain && site != NULL) {
            int32_t index = tgc_resolve_index(t, self, e);
            if (index >= 0)
                cache(site, tgc_ic_make(version, (uint32_t)index, TGC_IC_TYPE));
        }
        *out = plain ? own : bind(t, own, TGC_NULL, self);
        return *out == TGC_NULL ? -1 : 1;
    }
    if (from_meta == TGC_UNBOUND)
        return 0;
    *out = bind(t, from_meta, v, meta);
    return *out == TGC_NULL ? -1 : 1;
}

#define tgc_type_getattr TG_CORE_SYM(tgc_type_getattr)
tg_value tgc_type_getattr(tg_thread *t, tg_value v, tg_value name);

tg_value tgc_type_getattr(tg_thread *t, tg_value v, tg_value name)
{
    tg_value out;
    int found = type_lookup(t, v, name, NULL, &out);
    if (found == 0)
        return no_attribute(t, v, name);
    return found < 0 ? TGC_NULL : out;
}

tg_value tgc_attr_get_site(tg_thread *t, tg_value v, tgc_attr_site *site)
{
    tgc_type *type = tgc_type_of(v);
    if (type->getattr == tgc_object_getattr || type->getattr == tgc_type_getattr) {
        tg_value out;
        int found = type->getattr == tgc_object_getattr ? lookup(t, v, site->name, site, &out)
                                                        : type_lookup(t, v, site->name, site, &out);
        if (found == 0)
            return no_attribute(t, v, site->name);
        return found < 0 ? TGC_NULL : out;
    }
    return type->getattr(t, v, site->name);
}

int tgc_attr_set_site(tg_thread *t, tg_value v, tgc_attr_site *site, tg_value x)
{
    tgc_type *type = tgc_type_of(v);
    if (type->setattr != tgc_object_setattr || (type->flags & TGC_TF_ATTRS) == 0)
        return type->setattr(t, v, site->name, x);
    uint32_t version = version_of(type);
    tgc_name_entry *e = tgc_type_find(type, site->name);
    if (e != NULL) {
        tg_value descr = tgc_slot_load(t, &e->value);
        bool data = is_data_descriptor(descr);
        tgc_release(t, descr);
        if (data)
            return tgc_object_setattr(t, v, site->name, x);
    }
    int32_t slot;
    int done = tgc_attrs_set(t, tgc_ptr(v), site->name, x, &slot);
    if (done > 0) {
        if (slot >= 0)
            cache(site, tgc_ic_make(version, (uint32_t)slot, TGC_IC_SLOT));
        return 0;
    }
    return done < 0 ? -1 : tgc_object_setattr(t, v, site->name, x);
}

int tgc_attr_method_site(tg_thread *t, tg_value v, tgc_attr_site *site, tg_value *func,
                         tg_value *self)
{
    tgc_type *type = tgc_type_of(v);
    if (type->getattr == tgc_object_getattr) {
        // A function of the class that no instance attribute hides is called without making a bound
        // method.
        tg_value name = site->name;
        tgc_name_entry *e = tgc_type_find(type, name);
        if (e != NULL) {
            tg_value f = tgc_slot_load(t, &e->value);
            if (f != TGC_UNBOUND && is_plain_function(f)) {
                int32_t slot;
                tg_value own;
                int found = (type->flags & TGC_TF_ATTRS) != 0
                                ? tgc_attrs_get(t, tgc_ptr(v), name, &own, &slot)
                                : 0;
                if (found == 0) {
                    tg_value bound; // fills the cache
                    if (lookup(t, v, name, site, &bound) > 0)
                        tgc_release(t, bound);
                    else
                        tgc_error_clear(t);
                    *func = f;
                    *self = tgc_retain(t, v);
                    return 0;
                }
                tgc_release(t, f);
                if (found < 0)
                    return -1;
                *func = own;
                *self = TGC_NOVALUE;
                return 0;
            }
            tgc_release(t, f);
        }
    }
    *func = tgc_attr_get_site(t, v, site);
    *self = TGC_NOVALUE;
    return *func == TGC_NULL ? -1 : 0;
}

int tgc_special(tg_thread *t, tg_value v, tg_value name, tg_value *func, tg_value *self)
{
    tgc_type *type = tgc_type_of(v);
    tg_value f;
    if (!tgc_type_lookup(t, type, name, &f))
        return 0;
    if (is_plain_function(f) || tgc_is_exact(f, &tgc_slot_wrapper_type)) {
        *func = f;
        *self = v;
        tgc_retain(t, v);
        return 1;
    }
    *func = bind(t, f, v, type);
    *self = TGC_NOVALUE;
    return *func == TGC_NULL ? -1 : 1;
}

tg_value tgc_special_call(tg_thread *t, tg_value v, tg_value name, tg_value a, tg_value b)
{
    tg_value func, self;
    int found = tgc_special(t, v, name, &func, &self);
    if (found <= 0)
        return found < 0 ? TGC_NULL : TGC_NOTIMPL;
    tg_value args[3];
    size_t n = 0;
    if (self != TGC_NOVALUE)
        args[n++] = self;
    if (a != TGC_NULL)
        args[n++] = a;
    if (b != TGC_NULL)
        args[n++] = b;
    tg_value r = tgc_call(t, func, args, n, TGC_NULL);
    tgc_release(t, func);
    tgc_release(t, self);
    return r;
}
