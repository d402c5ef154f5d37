// SPDX-License-Identifier: MIT
//
// instance.c - instances of script classes: attribute slots, the overflow dict.
//
// Owns        tgc_attrs and the list of attribute names a class knows (its shape).
// Threads     slots are read and written without a lock (exchange). The shape grows under the type
//             lock and is read without it. The dict is made in a pause.
//
// Note [instance-dict]
// A class has room for `capacity` attribute names, taken in the order they first appear on any
// instance. An instance whose further attributes do not fit, or whose __dict__ is asked for, keeps
// them in a dict. The first such instance marks the class has_dicts for ever: new version, and no
// cache entry for the class is made any more. Making a __dict__ moves all slots into it, with the
// world stopped: no other thread is between the check of a version and its use.
#include "core/object/class.h"

#include "core/object/dict.h"    // overflow
#include "core/object/error.h"   // errors
#include "core/object/weakref.h" // weak word
#include "thread/stw.h"          // pause for __dict__

void tgc_attrs_init(tgc_type *type, tgc_obj *o)
{
    tgc_attrs *attrs = tgc_attrs_of(type, o);
    uint32_t n = type->class_data->capacity;
    if (type->weak_offset != 0)
        // ORDER: relaxed; private.
        atom_store_relaxed(tgc_weak_word(type, o), 0);
    // ORDER: relaxed; private.
    atom_store_relaxed(&attrs->dict.word, TGC_UNBOUND);
    for (uint32_t i = 0; i < n; i++)
        atom_store_relaxed(&attrs->slots[i].word, TGC_UNBOUND); // ORDER: relaxed; private.
}

tg_value tgc_instance_new(tg_thread *t, tgc_type *type)
{
    tgc_obj *o = tgc_new_raw(t, type, type->size);
    if (o == NULL)
        return TGC_NULL;
    tgc_attrs_init(type, o);
    tgc_track(t, o);
    return tgc_from_ptr(o);
}

void tgc_attrs_clear(tg_thread *t, tgc_type *type, tgc_obj *o)
{
    tgc_attrs *attrs = tgc_attrs_of(type, o);
    uint32_t n = type->class_data->capacity;
    for (uint32_t i = 0; i < n; i++) {
        tg_value v = tgc_slot_peek(&attrs->slots[i]);
        if (!tgc_is_ptr(v))
            continue;
        // Nobody writes to it any more; a stale reader finds the slot empty, or v dead.
        tgc_slot_store(t, &attrs->slots[i], TGC_UNBOUND);
        tgc_decref(t, tgc_ptr(v));
    }
    if (tgc_slot_peek(&attrs->dict) != TGC_UNBOUND)
        tgc_release(t, tgc_slot_exchange(t, &attrs->dict, TGC_UNBOUND));
}

void tgc_attrs_traverse(tgc_type *type, tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_attrs *attrs = tgc_attrs_of(type, o);
    uint32_t n = type->class_data->capacity;
    visit(tgc_slot_peek(&attrs->dict), arg);
    for (uint32_t i = 0; i < n; i++)
        visit(tgc_slot_peek(&attrs->slots[i]), arg);
}

static int32_t index_of(const tgc_class *c, tg_value name)
{
    // ORDER: acquire; pairs with the release in add_name.
    uint32_t n = atom_load_acquire(&c->known);
    for (uint32_t i = 0; i < n; i++) {
        if (c->names[i] == name)
            return (int32_t)i;
    }
    return -1;
}

// The index of a name new to the class, or -1 when it is full.
static int32_t add_name(tg_thread *t, tgc_type *type, tg_value name)
{
    tgc_class *c = type->class_data;
    int32_t index;
    TGC_LOCKED(t, &tgc_type_lock) {
        index = index_of(c, name);
        // ORDER: relaxed; writers hold the type lock.
        uint32_t n = atom_load_relaxed(&c->known);
        if (index < 0 && n < c->capacity && !c->slots_only) {
            c->names[n] = name;
            // ORDER: release; pairs with the acquire in index_of.
            atom_store_release(&c->known, n + 1);
            index = (int32_t)n;
            // A class attribute of that name may be cached as not shadowed.
            if (tgc_type_find(type, name) != NULL)
                tgc_type_changed(type);
        }
    }
    return index;
}

static bool has_dicts(tgc_class *c)
{
    // ORDER: acquire; pairs with the release in mark_dicts.
    return atom_load_acquire(&c->has_dicts);
}

static void mark_dicts(tg_thread *t, tgc_type *type)
{
    if (has_dicts(type->class_data))
        return;
    TGC_LOCKED(t, &tgc_type_lock) {
        // ORDER: release; pairs with the acquire in has_dicts.
        atom_store_release(&type->class_data->has_dicts, true);
        tgc_type_changed(type);
    }
}

int tgc_attrs_get(tg_thread *t, tgc_obj *o, tg_value name, tg_value *out, int32_t *slot)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_class *c = type->class_data;
    tgc_attrs *attrs = tgc_attrs_of(type, o);
    int32_t index = index_of(c, name);
    *slot = -1;
    if (index >= 0) {
        tg_value v = tgc_slot_load(t, &attrs->slots[index]);
        if (v != TGC_UNBOUND) {
            *out = v;
            if (!has_dicts(c))
                *slot = index;
            return 1;
        }
    }
    if (!has_dicts(c))
        return 0;
    tg_value dict = tgc_slot_load(t, &attrs->dict);
    if (dict == TGC_UNBOUND)
        return 0;
    int found = tgc_dict_get(t, dict, name, out);
    tgc_release(t, dict);
    return found;
}

static int set_in_dict(tg_thread *t, tgc_type *type, tgc_attrs *attrs, tg_value name, tg_value v)
{
    tg_value dict = tgc_slot_load(t, &attrs->dict);
    if (dict == TGC_UNBOUND) {
        if (v == TGC_NULL)
            return 0;
        mark_dicts(t, type);
        dict = tgc_dict_new(t);
        if (dict == TGC_NULL)
            return -1;
        tgc_publish_value(t, dict);
        tg_value expected = TGC_UNBOUND;
        // ORDER: acq_rel; the first dict wins; the loser uses it.
        if (atom_cas_strong_acq_rel(&attrs->dict.word, &expected, dict)) {
            tgc_retain(t, dict);
        } else {
            tgc_release(t, dict);
            dict = tgc_slot_load(t, &attrs->dict);
        }
    }
    int result = v == TGC_NULL ? tgc_dict_del(t, dict, name) : tgc_dict_set(t, dict, name, v);
    tgc_release(t, dict);
    if (v != TGC_NULL)
        return result < 0 ? -1 : 1;
    return result;
}

int tgc_attrs_set(tg_thread *t, tgc_obj *o, tg_value name, tg_value v, int32_t *slot)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_class *c = type->class_data;
    tgc_attrs *attrs = tgc_attrs_of(type, o);
    *slot = -1;
    int32_t index = index_of(c, name);
    if (index < 0 && v != TGC_NULL)
        index = add_name(t, type, name);
    bool dicts = has_dicts(c);
    // ORDER: relaxed; set in a pause, so either we see it or we are not here.
    bool own_dict = dicts && atom_load_relaxed(&attrs->dict.word) != TGC_UNBOUND;
    if (index >= 0 && !(own_dict && tgc_slot_peek(&attrs->slots[index]) == TGC_UNBOUND)) {
        tg_value old = tgc_slot_exchange(t, &attrs->slots[index],
                                         v == TGC_NULL ? TGC_UNBOUND : tgc_retain(t, v));
        bool was_set = old != TGC_UNBOUND;
        tgc_release(t, old);
        if (v == TGC_NULL)
            return was_set;
        if (!dicts)
            *slot = index;
        return 1;
    }
    if (c->slots_only)
        return 0;
    if (index >= 0 && !own_dict)
        return 0; // deleting what is not there
    return set_in_dict(t, type, attrs, name, v);
}

tg_value tgc_attrs_dict(tg_thread *t, tgc_obj *o)
{
    tgc_type *type = tgc_obj_type(o);
    tgc_class *c = type->class_data;
    tgc_attrs *attrs = tgc_attrs_of(type, o);
    mark_dicts(t, type);
    tg_value dict = tgc_dict_new(t);
    if (dict == TGC_NULL)
        return TGC_NULL;
    tg_value values[64];
    bool failed = false;
    if (TGC_FREE_THREADED)
        tgi_stop_the_world(t, t->interp, TGI_CAUSE_TYPES);
    tg_value old = tgc_slot_peek(&attrs->dict);
    // ORDER: relaxed; the world is stopped.
    uint32_t n = atom_load_relaxed(&c->known), moved = 0;
    for (uint32_t i = 0; i < n && i < 64; i++) {
        tg_value v = tgc_slot_peek(&attrs->slots[i]);
        if (v == TGC_UNBOUND)
            continue;
        tg_value target = old != TGC_UNBOUND ? old : dict;
        if (tgc_dict_set(t, target, c->names[i], v) < 0) {
            failed = true;
            break;
        }
        values[moved++] = tgc_slot_exchange(t, &attrs->slots[i], TGC_UNBOUND);
    }
    if (!failed && old == TGC_UNBOUND)
        tgc_slot_init(t, &attrs->dict, tgc_retain(t, dict));
    tg_value result = failed ? TGC_NULL : tgc_retain(t, old != TGC_UNBOUND ? old : dict);
    if (TGC_FREE_THREADED)
        tgi_start_the_world(t, t->interp);
    for (uint32_t i = 0; i < moved; i++)
        tgc_release(t, values[i]);
    tgc_release(t, dict);
    return result;
}

// Attributes move into a dict, which any class can find; then the type is exchanged in a pause.
int tgc_instance_set_class(tg_thread *t, tg_value self, tgc_type *to)
{
    tgc_type *from = tgc_type_of(self);
    bool fits = (from->flags & to->flags & TGC_TF_HEAP) != 0 &&
                from->attrs_offset == to->attrs_offset && from->weak_offset == to->weak_offset &&
                from->construct == to->construct &&
                to->class_data->capacity <= from->class_data->capacity &&
                !from->class_data->slots_only && !to->class_data->slots_only;
    if (!fits)
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "__class__ assignment: '%s' object layout differs from '%s'", to->name,
                             from->name);
    tg_value dict = tgc_attrs_dict(t, tgc_ptr(self));
    if (dict == TGC_NULL)
        return -1;
    tgc_release(t, dict);
    mark_dicts(t, to);
    if (TGC_FREE_THREADED)
        tgi_stop_the_world(t, t->interp, TGI_CAUSE_TYPES);
    tgc_ptr(self)->type = to;
    if (TGC_FREE_THREADED)
        tgi_start_the_world(t, t->interp);
    return 0;
}
