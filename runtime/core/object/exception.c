// SPDX-License-Identifier: MIT
//
// exception.c - what all exceptions share: layout, args, cause, context, notes, matching.
//
// Owns        tgc_exception objects. The single types and what they add are in exception_types.c.
// Threads     every field is a slot or an atomic: several threads may look at and change one
//             exception.
// Invariants  E1  args holds a tuple, or None in the exception that is raised when memory runs out
//                 (error.c).
//             E2  the runtime never links an immortal exception to others: it belongs to every
//                 thread at once.
#include "core/object/exception.h"

#include "core/object/class.h"              // tgc_attrs_init
#include "core/object/dict.h"               // attributes
#include "core/object/exception_internal.h" // shared slots
#include "core/object/list.h"               // tgc_list_append
#include "core/object/seq.h"                // tgc_tuple_from_iterable
#include "core/object/str.h"                // tgc_str_format
#include "core/object/tuple.h"              // args

tg_value tgc_exception_new(tg_thread *t, tgc_type *type, tg_value args_steal)
{
    if (args_steal == TGC_NULL)
        return TGC_NULL;
    tgc_obj *o = tgc_new_raw(t, type, type->size);
    if (o == NULL) {
        tgc_release(t, args_steal);
        return TGC_NULL;
    }
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, o);
    tgc_exception *e = (tgc_exception *)(void *)o;
    tgc_slot_init(t, &e->args, args_steal);
    tgc_slot_init(t, &e->cause, TGC_NONE);
    tgc_slot_init(t, &e->context, TGC_NONE);
    tgc_slot_init(t, &e->traceback, TGC_NONE);
    tgc_slot_init(t, &e->notes, TGC_UNBOUND);
    tgc_slot_init(t, &e->attributes, TGC_UNBOUND);
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(e->extra); i++)
        tgc_slot_init(t, &e->extra[i], TGC_UNBOUND);
    // ORDER: relaxed; the object is private.
    atom_store_relaxed(&e->suppress_context, false);
    tgc_track(t, o);
    return tgc_from_ptr(o);
}

tg_value tgc_exception_make(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs)
{
    tg_value exc = tgc_exception_new(t, type, tgc_tuple_from_array(t, args, nargs));
    if (exc == TGC_NULL || type->init == NULL || type->init == tgc_exception_init)
        return exc;
    if (type->init(t, exc, args, nargs, TGC_NULL) < 0) {
        tgc_release(t, exc);
        return TGC_NULL;
    }
    return exc;
}

bool tgc_exception_init_is_own(const tgc_type *type)
{
    const tgc_type *layout = type;
    while ((layout->flags & TGC_TF_HEAP) != 0)
        layout = layout->base;
    return type->init == layout->init;
}

// type(...): BaseException.__new__, which stores the positional arguments, and the type's __init__
// unless a script has its own, which is then called after us.
tg_value tgc_exception_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                 tg_value kwnames)
{
    size_t named = tgc_keyword_count(kwnames);
    tg_value exc = tgc_exception_new(t, type, tgc_tuple_from_array(t, args, nargs - named));
    if (exc == TGC_NULL || !tgc_exception_init_is_own(type) ||
        (type->init == tgc_exception_init && named == 0))
        return exc;
    if (type->init(t, exc, args, nargs, kwnames) < 0) {
        tgc_release(t, exc);
        return TGC_NULL;
    }
    return exc;
}

int tgc_exception_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    if (tgc_keyword_count(kwnames) != 0)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() takes no keyword arguments",
                             tgc_type_name(self));
    tg_value tuple = tgc_tuple_from_array(t, args, nargs);
    if (tuple == TGC_NULL)
        return -1;
    tgc_exception_put(t, &tgc_exception_of(self)->args, tuple);
    return 0;
}

void tgc_exception_clear(tg_thread *t, tgc_obj *o)
{
    tgc_exception *e = (tgc_exception *)(void *)o;
    tgc_exception_put(t, &e->args, TGC_NONE);
    tgc_exception_put(t, &e->cause, TGC_NONE);
    tgc_exception_put(t, &e->context, TGC_NONE);
    tgc_exception_put(t, &e->traceback, TGC_NONE);
    tgc_exception_put(t, &e->notes, TGC_UNBOUND);
    tgc_exception_put(t, &e->attributes, TGC_UNBOUND);
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(e->extra); i++)
        tgc_exception_put(t, &e->extra[i], TGC_UNBOUND);
}

void tgc_exception_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_exception_clear(t, o);
    tgc_delete(t, o, tgc_obj_type(o)->size);
}

void tgc_exception_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    const tgc_exception *e = (const tgc_exception *)(const void *)o;
    visit(tgc_slot_peek(&e->args), arg);
    visit(tgc_slot_peek(&e->cause), arg);
    visit(tgc_slot_peek(&e->context), arg);
    visit(tgc_slot_peek(&e->traceback), arg);
    visit(tgc_slot_peek(&e->notes), arg);
    visit(tgc_slot_peek(&e->attributes), arg);
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(e->extra); i++)
        visit(tgc_slot_peek(&e->extra[i]), arg);
}

int tgc_exception_attr_get(tg_thread *t, tg_value exc, tg_value name, tg_value *out)
{
    tg_value dict = tgc_slot_load(t, &tgc_exception_of(exc)->attributes);
    if (!tgc_is_ptr(dict))
        return 0;
    int found = tgc_dict_get(t, dict, name, out);
    tgc_release(t, dict);
    return found;
}

int tgc_exception_attr_set(tg_thread *t, tg_value exc, tg_value name, tg_value v)
{
    tgc_slot *slot = &tgc_exception_of(exc)->attributes;
    tg_value dict = tgc_slot_load(t, slot);
    if (!tgc_is_ptr(dict)) {
        if (v == TGC_NULL)
            return 0;
        tg_value fresh = tgc_dict_new(t), expected = dict;
        if (fresh == TGC_NULL)
            return -1;
        tgc_publish_value(t, fresh);
        // ORDER: acq_rel; the first dict wins; the loser uses it.
        if (!atom_cas_strong_acq_rel(&slot->word, &expected, fresh))
            tgc_release(t, fresh);
        dict = tgc_slot_load(t, slot);
    }
    int st = v == TGC_NULL ? tgc_dict_del(t, dict, name) : tgc_dict_set(t, dict, name, v);
    tgc_release(t, dict);
    return v != TGC_NULL && st == 0 ? 1 : st;
}

tg_value tgc_exception_args(tg_thread *t, tg_value exc)
{
    tg_value args = tgc_slot_load(t, &tgc_exception_of(exc)->args);
    return args == TGC_NONE ? tgc_tuple_empty() : args; // E1
}

tg_value tgc_exception_repr(tg_thread *t, tg_value v)
{
    tg_value args = tgc_exception_args(t, v);
    bool one = tgc_tuple_size(args) == 1;
    tg_value text = tgc_repr(t, one ? tgc_tuple_peek(args, 0) : args);
    tgc_release(t, args);
    if (text == TGC_NULL)
        return TGC_NULL;
    tg_value parts[4] = {tgc_str_cstr(t, tgc_type_name(v)), tgc_str_cstr(t, "("), text,
                         tgc_str_cstr(t, ")")};
    tg_value result = TGC_NULL;
    if (parts[0] != TGC_NULL && parts[1] != TGC_NULL && parts[3] != TGC_NULL) {
        if (one) {
            result = tgc_str_join(t, parts, 4);
        } else {
            tg_value pair[2] = {parts[0], text};
            result = tgc_str_join(t, pair, 2);
        }
    }
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(parts); i++)
        tgc_release(t, parts[i]);
    return result;
}

tg_value tgc_exception_str(tg_thread *t, tg_value v)
{
    tg_value args = tgc_exception_args(t, v);
    tg_value result;
    switch (tgc_tuple_size(args)) {
    case 0:
        result = tgc_str_cstr(t, "");
        break;
    case 1:
        result = tgc_to_str(t, tgc_tuple_peek(args, 0));
        break;
    default:
        result = tgc_to_str(t, args);
        break;
    }
    tgc_release(t, args);
    return result;
}

// --- attributes

static tg_value get_args(tg_thread *t, tg_value self)
{
    return tgc_exception_args(t, self);
}

static int set_args(tg_thread *t, tg_value self, tg_value v)
{
    if (v == TGC_NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "args may not be deleted");
    tg_value tuple = tgc_tuple_from_iterable(t, v);
    if (tuple == TGC_NULL)
        return -1;
    tgc_exception_put(t, &tgc_exception_of(self)->args, tuple);
    return 0;
}

// __cause__ and __context__ accept the same things.
static int check_link(tg_thread *t, tg_value v, const char *name, const char *what)
{
    if (v == TGC_NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s may not be deleted", name);
    if (v != TGC_NONE && !tgc_is_exception(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "exception %s must be None or derive from BaseException", what);
    return 0;
}

static tg_value get_cause(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &tgc_exception_of(self)->cause);
}

static int set_cause(tg_thread *t, tg_value self, tg_value v)
{
    if (check_link(t, v, "__cause__", "cause") < 0)
        return -1;
    // ORDER: relaxed; a flag of its own, printed or not.
    atom_store_relaxed(&tgc_exception_of(self)->suppress_context, true);
    tgc_exception_put(t, &tgc_exception_of(self)->cause, tgc_retain(t, v));
    return 0;
}

static tg_value get_context(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &tgc_exception_of(self)->context);
}

static int set_context(tg_thread *t, tg_value self, tg_value v)
{
    if (check_link(t, v, "__context__", "context") < 0)
        return -1;
    tgc_exception_put(t, &tgc_exception_of(self)->context, tgc_retain(t, v));
    return 0;
}

static tg_value get_suppress(tg_thread *t, tg_value self)
{
    (void)t;
    // ORDER: relaxed; a flag of its own.
    return tgc_from_bool(atom_load_relaxed(&tgc_exception_of(self)->suppress_context));
}

static int set_suppress(tg_thread *t, tg_value self, tg_value v)
{
    if (v == TGC_NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "can't delete numeric/char attribute");
    if (!tgc_is_bool(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "attribute value type must be bool");
    // ORDER: relaxed; a flag of its own.
    atom_store_relaxed(&tgc_exception_of(self)->suppress_context, v == TGC_TRUE);
    return 0;
}

static tg_value get_traceback(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &tgc_exception_of(self)->traceback);
}

static int set_traceback(tg_thread *t, tg_value self, tg_value v)
{
    if (v == TGC_NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "__traceback__ may not be deleted");
    if (v != TGC_NONE && !tgc_is_exact(v, &tgc_traceback_type))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "__traceback__ must be a traceback or None");
    tgc_exception_put(t, &tgc_exception_of(self)->traceback, tgc_retain(t, v));
    return 0;
}

static tg_value get_notes(tg_thread *t, tg_value self)
{
    tg_value notes = tgc_slot_load(t, &tgc_exception_of(self)->notes);
    if (notes == TGC_UNBOUND)
        return tgc_raise(t, &TGC_EXC(AttributeError), "'%s' object has no attribute '__notes__'",
                         tgc_type_name(self));
    return notes;
}

static int set_notes(tg_thread *t, tg_value self, tg_value v)
{
    tgc_exception_put(t, &tgc_exception_of(self)->notes,
                      v == TGC_NULL ? TGC_UNBOUND : tgc_retain(t, v));
    return 0;
}

static tg_value with_traceback(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    if (set_traceback(t, args[0], args[1]) < 0)
        return TGC_NULL;
    return tgc_retain(t, args[0]);
}

static tg_value add_note(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    if (!tgc_is_str(args[1]))
        return tgc_raise(t, &TGC_EXC(TypeError), "note must be a str, not '%s'",
                         tgc_type_name(args[1]));
    tgc_slot *slot = &tgc_exception_of(args[0])->notes;
    tg_value notes = tgc_slot_load(t, slot);
    if (notes == TGC_UNBOUND) {
        notes = tgc_list_new(t, 1);
        if (notes == TGC_NULL)
            return TGC_NULL;
        tgc_exception_put(t, slot, tgc_retain(t, notes));
    } else if (!tgc_is_list(notes)) {
        tgc_release(t, notes);
        return tgc_raise(t, &TGC_EXC(TypeError), "Cannot add note: __notes__ is not a list");
    }
    int st = tgc_list_append(t, notes, args[1]);
    tgc_release(t, notes);
    return st < 0 ? TGC_NULL : TGC_NONE;
}

const tgc_method_def tgc_exception_methods[] = {
    {"with_traceback", with_traceback, 1, 1, 0},
    {"add_note", add_note, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

const tgc_getset_def tgc_exception_getsets[] = {
    {"args", get_args, set_args},
    {"__cause__", get_cause, set_cause},
    {"__context__", get_context, set_context},
    {"__suppress_context__", get_suppress, set_suppress},
    {"__traceback__", get_traceback, set_traceback},
    {"__notes__", get_notes, set_notes},
    {NULL, NULL, NULL},
};

static tg_value get_extra(tg_thread *t, tg_value self, unsigned i)
{
    tg_value v = tgc_slot_load(t, &tgc_exception_of(self)->extra[i]);
    return v == TGC_UNBOUND ? TGC_NONE : v;
}

static int set_extra(tg_thread *t, tg_value self, unsigned i, tg_value v)
{
    tgc_exception_put(t, &tgc_exception_of(self)->extra[i],
                      v == TGC_NULL ? TGC_UNBOUND : tgc_retain(t, v));
    return 0;
}

tg_value tgc_exception_get0(tg_thread *t, tg_value self)
{
    return get_extra(t, self, 0);
}

tg_value tgc_exception_get1(tg_thread *t, tg_value self)
{
    return get_extra(t, self, 1);
}

tg_value tgc_exception_get2(tg_thread *t, tg_value self)
{
    return get_extra(t, self, 2);
}

tg_value tgc_exception_get3(tg_thread *t, tg_value self)
{
    return get_extra(t, self, 3);
}

int tgc_exception_set0(tg_thread *t, tg_value self, tg_value v)
{
    return set_extra(t, self, 0, v);
}

int tgc_exception_set1(tg_thread *t, tg_value self, tg_value v)
{
    return set_extra(t, self, 1, v);
}

int tgc_exception_set2(tg_thread *t, tg_value self, tg_value v)
{
    return set_extra(t, self, 2, v);
}

int tgc_exception_set3(tg_thread *t, tg_value self, tg_value v)
{
    return set_extra(t, self, 3, v);
}

tg_value tgc_stop_iteration_value(tg_thread *t, tg_value exc)
{
    return get_extra(t, exc, 0);
}

// --- raising objects, matching

// If exc is among the contexts of `from`, takes it out there, so that linking exc to `from` closes
// no circle.
static void cut_context(tg_thread *t, tg_value from, tg_value exc)
{
    tg_value current = tgc_retain(t, from);
    tg_value mark = TGC_NULL; // an earlier `current`, kept alive, to notice a circle without exc
    uint64_t steps = 0;
    for (;;) {
        tg_value next = get_context(t, current);
        bool stop = next == TGC_NONE || next == mark;
        if (next == exc) {
            tgc_exception_put(t, &tgc_exception_of(current)->context, TGC_NONE);
            stop = true;
        }
        if ((steps & (steps - 1)) == 0) { // steps is a power of two
            tgc_release(t, mark);
            mark = tgc_retain(t, current);
        }
        steps++;
        tgc_release(t, current);
        current = next;
        if (stop)
            break;
    }
    tgc_release(t, current);
    tgc_release(t, mark);
}

void tgc_exception_chain(tg_thread *t, tg_value exc)
{
    tg_value handled = tgc_handled_peek(t);
    if (handled == TGC_NULL || handled == exc || !tgc_is_exception(handled))
        return;
    if (tgc_is_immortal(tgc_ptr(exc)) || tgc_is_immortal(tgc_ptr(handled)))
        return; // E2
    cut_context(t, handled, exc);
    tgc_exception_put(t, &tgc_exception_of(exc)->context, tgc_retain(t, handled));
}

static bool is_exception_class(tg_value v)
{
    return tgc_is_type(v) && (((tgc_type *)(void *)tgc_ptr(v))->flags & TGC_TF_EXC) != 0;
}

// An instance of exception class cls, made by calling it.
static tg_value instance_of(tg_thread *t, tg_value cls)
{
    tg_value exc = tgc_call(t, cls, NULL, 0, TGC_NULL);
    if (exc == TGC_NULL || tgc_is_exception(exc))
        return exc;
    tg_value what[2] = {tgc_repr(t, cls), TGC_NULL};
    if (what[0] != TGC_NULL)
        what[1] = tgc_repr(t, tgc_from_ptr(tgc_type_of(exc)));
    tgc_release(t, exc);
    if (what[1] != TGC_NULL) {
        size_t n;
        const char *class_text = tgc_str_utf8(t, what[0], &n);
        const char *type_text = class_text == NULL ? NULL : tgc_str_utf8(t, what[1], &n);
        if (type_text != NULL)
            tgc_raise(t, &TGC_EXC(TypeError),
                      "calling %s should have returned an instance of BaseException, not %s",
                      class_text, type_text);
    }
    tgc_release(t, what[0]);
    tgc_release(t, what[1]);
    return TGC_NULL;
}

int tgc_raise_object(tg_thread *t, tg_value v, tg_value cause)
{
    tg_value exc;
    if (tgc_is_exception(v))
        exc = tgc_retain(t, v);
    else if (is_exception_class(v))
        exc = instance_of(t, v);
    else
        return tgc_raise_int(t, &TGC_EXC(TypeError), "exceptions must derive from BaseException");
    if (exc == TGC_NULL)
        return -1;
    if (cause != TGC_NULL) {
        tg_value origin = TGC_NONE;
        if (is_exception_class(cause))
            origin = instance_of(t, cause);
        else if (tgc_is_exception(cause))
            origin = tgc_retain(t, cause);
        else if (cause != TGC_NONE)
            origin = tgc_raise(t, &TGC_EXC(TypeError),
                               "exception causes must derive from BaseException");
        if (origin == TGC_NULL) {
            tgc_release(t, exc);
            return -1;
        }
        set_cause(t, exc, origin);
        tgc_release(t, origin);
    }
    tgc_exception_chain(t, exc);
    tgc_error_restore(t, exc);
    return -1;
}

int tgc_exception_matches(tg_thread *t, tg_value exc, tg_value cls)
{
    const tgc_type *type = tgc_type_of(exc);
    if (is_exception_class(cls))
        return tgc_is_subtype(type, (tgc_type *)(void *)tgc_ptr(cls));
    int found = 0;
    bool valid = tgc_is_tuple(cls);
    for (size_t i = 0; valid && i < tgc_tuple_size(cls); i++) {
        tg_value item = tgc_tuple_peek(cls, i);
        valid = is_exception_class(item);
        if (valid && tgc_is_subtype(type, (tgc_type *)(void *)tgc_ptr(item)))
            found = 1;
    }
    if (!valid)
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "catching classes that do not inherit from BaseException is not "
                             "allowed");
    return found;
}
