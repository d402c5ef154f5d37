// SPDX-License-Identifier: MIT
//
// call.c - calls: from the loop, where a script function only gets a frame, and from C, where the
// loop runs.
//
// Owns        what happens to a window: Note [window] in frame.h.
// Threads     any attached thread.
#include "core/vm/frame.h"

#include "core/object/class.h" // instances
#include "core/object/dict.h"  // **kwargs
#include "core/object/known.h" // __init__
#include "core/object/list.h"  // *args
#include "core/object/seq.h"   // iterable to tuple
#include "core/object/str.h"   // names
#include "core/object/tuple.h" // *args, kwnames

#include "mem/raw.h" // long argument lists

#include <stdio.h> // snprintf

static tgc_function *function(tg_value v)
{
    return (tgc_function *)(void *)tgc_ptr(v);
}

tgc_frame *tgc_too_deep(tg_thread *t)
{
    tgc_raise(t, &TGC_EXC(RecursionError), "maximum recursion depth exceeded");
    return NULL;
}

static void close_window(tg_thread *t, tg_value *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tg_value v = from[i];
        from[i] = TGC_NONE;
        tgc_release(t, v);
    }
}

static bool has_room(tg_thread *t, const tg_value *regs, const tgc_code *code, size_t nargs)
{
    tgc_thread *ct = tgc_of(t);
    size_t need = (nargs > code->nregs ? nargs : code->nregs) + 8;
    if (TGI_LIKELY((size_t)(ct->stack_end - regs) > need))
        return true;
    tgc_too_deep(t);
    return false;
}

// f's arguments are in regs; self_above says that regs[-1] holds f and is released with the frame.
static tgc_called enter(tg_thread *t, tgc_function *f, tg_value *regs, size_t nargs,
                        tg_value kwnames, uint16_t ret, uint16_t flags, tg_value *out)
{
    tgc_code *code = f->code;
    if (!has_room(t, regs, code, nargs)) {
        close_window(t, regs, nargs);
        return TGC_CALL_RAISED;
    }
    uint32_t set = code->positional;
    if (!code->simple || nargs != code->positional || kwnames != TGC_NULL) {
        if (tgc_bind(t, f, regs, nargs, kwnames) < 0)
            return TGC_CALL_RAISED;
        set = code->nparams;
    }
    if ((code->unit->flags & TGI_UNIT_GENERATOR) != 0) {
        *out = tgc_generator_new(t, f, regs);
        return *out == TGC_NULL ? TGC_CALL_RAISED : TGC_CALL_DONE;
    }
    if (tgc_frame_push(t, code, f, regs, set, ret, flags) == NULL) {
        close_window(t, regs, set);
        return TGC_CALL_RAISED;
    }
    return TGC_CALL_FRAME;
}

// A script __init__ that can run in a frame of its own: its index entry is cached per class
// version.
static tgc_function *simple_init(tg_thread *t, tgc_type *type)
{
    tgc_class *c = type->class_data;
    // ORDER: acquire; pairs with the release below, for the index table.
    uint64_t word = atom_load_acquire(&c->constructor);
    // ORDER: acquire; pairs with the release in tgc_type_changed.
    uint32_t version = atom_load_acquire(&type->version);
    if ((word >> 32) != version || version == 0) {
        tgc_name_entry *make = tgc_type_find(type, TGC_NAME(new));
        tgc_name_entry *init = tgc_type_find(type, TGC_NAME(init));
        if (type->base == NULL || make != tgc_names_find(tgc_object_type.names, TGC_NAME(new)) ||
            init == NULL || version == 0)
            return NULL;
        tgc_type *layout = type;
        while ((layout->flags & TGC_TF_HEAP) != 0)
            layout = layout->base;
        if (layout != &tgc_object_type)
            return NULL;
        tg_value f = tgc_slot_load(t, &init->value);
        bool ok = tgc_is_exact(f, &tgc_function_type) && tgc_is_immortal(tgc_ptr(f)) &&
                  (function(f)->code->unit->flags & TGI_UNIT_GENERATOR) == 0;
        tgc_release(t, f);
        int32_t index = ok ? tgc_resolve_index(t, type, init) : -1;
        if (index < 0)
            return NULL;
        word = (uint64_t)version << 32 | (uint32_t)index << 16;
        // ORDER: release; pairs with the acquire above.
        atom_store_release(&c->constructor, word);
    }
    tg_value f = tgc_slot_peek(&tgc_ic_entry(type, word)->value);
    return tgc_is_exact(f, &tgc_function_type) && tgc_is_immortal(tgc_ptr(f)) ? function(f) : NULL;
}

tgc_called tgc_vm_call(tg_thread *t, tg_value *window, size_t nargs, tg_value kwnames, uint16_t ret,
                       tg_value *out)
{
    tg_value f = window[0];
    if (tgc_is_exact(f, &tgc_function_type)) {
        tgc_called r = enter(t, function(f), window + 1, nargs, kwnames, ret, 0, out);
        if (r != TGC_CALL_FRAME)
            close_window(t, window, 1);
        return r;
    }
    if (tgc_is_exact(f, &tgc_method_type)) {
        tgc_method *m = (tgc_method *)(void *)tgc_ptr(f);
        if (tgc_is_exact(m->func, &tgc_function_type)) {
            tgc_thread *ct = tgc_of(t);
            if (window + nargs + 16 > ct->stack_end) {
                close_window(t, window, nargs + 1);
                tgc_too_deep(t);
                return TGC_CALL_RAISED;
            }
            memmove(window + 2, window + 1, nargs * sizeof *window);
            window[1] = tgc_retain(t, m->self);
            window[0] = tgc_retain(t, m->func);
            tgc_decref(t, &m->head);
            return tgc_vm_call(t, window, nargs + 1, kwnames, ret, out);
        }
    } else if (tgc_is_exact(f, &tgc_type_type) &&
               (((tgc_type *)(void *)tgc_ptr(f))->flags & TGC_TF_HEAP) != 0) {
        tgc_type *type = (tgc_type *)(void *)tgc_ptr(f);
        tgc_function *init = simple_init(t, type);
        if (init != NULL) {
            tg_value self = tgc_instance_new(t, type);
            if (self == TGC_NULL) {
                close_window(t, window, nargs + 1);
                return TGC_CALL_RAISED;
            }
            window[0] = tgc_retain(t, self); // a class is never counted: nothing to release
            tgc_called r = enter(t, init, window, nargs + 1, kwnames, ret, TGC_FRAME_INIT, out);
            if (r == TGC_CALL_FRAME)
                tgc_of(t)->frame->result = self;
            else
                tgc_release(t, self);
            return r;
        }
    }
    // Everything else runs in C. The window stays below the top of the stack only if it is inside
    // the frame.
    tg_value r = tgc_call(t, f, window + 1, nargs, kwnames);
    close_window(t, window, nargs + 1);
    *out = r;
    return r == TGC_NULL ? TGC_CALL_RAISED : TGC_CALL_DONE;
}

// --- f(*args, **kwargs)

tg_value tgc_raise_callee(tg_thread *t, tg_value f, const char *format, const char *what)
{
    tg_value qualname, module;
    size_t n;
    if (tgc_getattr_opt(t, f, TGC_NAME(qualname), &qualname) <= 0)
        return tgc_raised(t) ? TGC_NULL : tgc_raise(t, &TGC_EXC(TypeError), format, what);
    const char *name = tgc_is_str(qualname) ? tgc_str_utf8(t, qualname, &n) : "?", *prefix = NULL;
    if (tgc_getattr_opt(t, f, TGC_NAME(module), &module) > 0) {
        prefix = tgc_is_str(module) ? tgc_str_utf8(t, module, &n) : NULL;
        if (prefix != NULL && strcmp(prefix, "builtins") == 0)
            prefix = NULL;
    } else {
        module = TGC_NONE;
    }
    char text[512];
    snprintf(text, sizeof text, format, what);
    tgc_raise(t, &TGC_EXC(TypeError), "%s%s%s() %s", prefix != NULL ? prefix : "",
              prefix != NULL ? "." : "", name != NULL ? name : "?", text);
    tgc_release(t, module);
    tgc_release(t, qualname);
    return TGC_NULL;
}

// A tuple (new reference) of the positional arguments.
static tg_value as_args(tg_thread *t, tg_value f, tg_value args)
{
    if (tgc_is_exact(args, &tgc_tuple_type))
        return tgc_retain(t, args);
    if (!tgc_is_list(args) && tgc_type_of(args)->iter == NULL && tgc_type_of(args)->getitem == NULL)
        return tgc_raise_callee(t, f, "argument after * must be an iterable, not %s",
                                tgc_type_name(args));
    return tgc_tuple_from_iterable(t, args);
}

// Keys of a dict as a tuple of interned names, values appended to `values` (n of them have room).
static tg_value split_kwargs(tg_thread *t, tg_value kwargs, tg_value *values, size_t room,
                             size_t *count)
{
    tg_value names = tgc_tuple_new(t, room);
    size_t pos = 0, n = 0;
    tg_value k, v;
    while (names != TGC_NULL && n < room && tgc_dict_next(t, kwargs, &pos, &k, &v)) {
        tg_value name = tgc_is_str(k)
                            ? tgc_str_intern_value(t, k)
                            : tgc_raise(t, &TGC_EXC(TypeError), "keywords must be strings");
        tgc_release(t, k);
        values[n++] = v;
        if (name == TGC_NULL) {
            tgc_release(t, names);
            names = TGC_NULL;
        } else {
            tgc_tuple_init_item(names, n - 1, name);
        }
    }
    if (names != TGC_NULL && n < room) { // another thread took keys away
        tgc_release(t, names);
        names = tgc_raise(t, &TGC_EXC(RuntimeError), "dictionary changed size during a call");
    }
    *count = n;
    return names;
}

tg_value tgc_call_ex(tg_thread *t, tg_value f, tg_value args, tg_value kwargs)
{
    tg_value tuple = as_args(t, f, args);
    if (tuple == TGC_NULL)
        return TGC_NULL;
    size_t npos = tgc_tuple_size(tuple);
    size_t nkw = kwargs == TGC_NULL || kwargs == TGC_NONE ? 0 : tgc_dict_size(kwargs), got = 0;
    tg_value few[16], *all = few, r = TGC_NULL, names = TGC_NULL;
    if (npos + nkw > 16)
        all = tgi_raw_alloc((npos + nkw) * sizeof *all);
    if (all == NULL) {
        tgc_release(t, tuple);
        return tgc_raise_nomem(t);
    }
    for (size_t i = 0; i < npos; i++)
        all[i] = tgc_tuple_peek(tuple, i);
    if (nkw > 0)
        names = split_kwargs(t, kwargs, all + npos, nkw, &got);
    if (nkw == 0 || names != TGC_NULL)
        r = tgc_call(t, f, all, npos + nkw, names);
    for (size_t i = 0; i < got; i++)
        tgc_release(t, all[npos + i]);
    tgc_release(t, names);
    tgc_release(t, tuple);
    if (all != few)
        tgi_raw_free(all);
    return r;
}

tgc_called tgc_vm_call_ex(tg_thread *t, tg_value *window, bool has_kwargs, uint16_t ret,
                          tg_value *out)
{
    tg_value f = window[0], args = window[1], kwargs = has_kwargs ? window[2] : TGC_NULL;
    if (kwargs == TGC_NONE)
        kwargs = TGC_NULL;
    tg_value callee = f;
    tgc_method *m = NULL;
    if (tgc_is_exact(f, &tgc_method_type)) {
        m = (tgc_method *)(void *)tgc_ptr(f);
        callee = m->func;
    }
    tg_value tuple = tgc_is_exact(callee, &tgc_function_type) ? as_args(t, f, args) : TGC_NULL;
    if (tuple != TGC_NULL) {
        // A script function: spread the arguments over its registers, it needs no C frame.
        size_t npos = tgc_tuple_size(tuple), nkw = kwargs == TGC_NULL ? 0 : tgc_dict_size(kwargs),
               got = 0;
        tgc_function *fn = function(callee);
        tg_value names = TGC_NULL;
        if (!has_room(t, window + 1, fn->code, npos + nkw + 2)) {
            tgc_release(t, tuple);
            close_window(t, window, has_kwargs ? 3 : 2);
            return TGC_CALL_RAISED;
        }
        size_t at = 1;
        window[1] = TGC_NONE;
        if (has_kwargs)
            window[2] = TGC_NONE;
        if (m != NULL) {
            window[at++] = tgc_retain(t, m->self);
            window[0] = tgc_retain(t, callee);
        }
        for (size_t i = 0; i < npos; i++)
            window[at++] = tgc_retain(t, tgc_tuple_peek(tuple, i));
        tgc_called r = TGC_CALL_RAISED;
        if (nkw > 0)
            names = split_kwargs(t, kwargs, window + at, nkw, &got);
        if (nkw > 0 && names == TGC_NULL)
            close_window(t, window + 1, at - 1 + got);
        else
            r = enter(t, fn, window + 1, at - 1 + nkw, names, ret, 0, out);
        if (r != TGC_CALL_FRAME)
            close_window(t, window, 1);
        tgc_release(t, names);
        tgc_release(t, tuple);
        tgc_release(t, args);
        tgc_release(t, kwargs);
        if (m != NULL)
            tgc_decref(t, &m->head);
        return r;
    }
    tg_value r = tgc_raised(t) ? TGC_NULL : tgc_call_ex(t, f, args, kwargs);
    close_window(t, window, has_kwargs ? 3 : 2);
    *out = r;
    return r == TGC_NULL ? TGC_CALL_RAISED : TGC_CALL_DONE;
}

// --- from C

// Runs f with self (or TGC_NULL) before args.
static tg_value call_from_c(tg_thread *t, tg_value f, tg_value self, const tg_value *args,
                            size_t nargs, tg_value kwnames)
{
    tgc_thread *ct = tgc_of(t);
    tg_value *top = tgc_stack_top(ct);
    size_t n = 1;
    if ((size_t)(ct->stack_end - top) < nargs + 16) {
        tgc_too_deep(t);
        return TGC_NULL;
    }
    if (tgc_enter_c(t) < 0)
        return TGC_NULL;
    top[0] = tgc_retain(t, f);
    if (self != TGC_NULL)
        top[n++] = tgc_retain(t, self);
    for (size_t i = 0; i < nargs; i++)
        top[n++] = tgc_retain(t, args[i]);
    tg_value out = TGC_NULL;
    tgc_called r = enter(t, function(f), top + 1, n - 1, kwnames, 0, TGC_FRAME_ENTRY, &out);
    if (r == TGC_CALL_FRAME)
        out = tgc_run(t, false);
    else
        close_window(t, top, 1);
    tgc_leave_c(t);
    return out;
}

tg_value tgc_call_function(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                           tg_value kwnames)
{
    return call_from_c(t, f, TGC_NULL, args, nargs, kwnames);
}

tg_value tgc_call_method_object(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                                tg_value kwnames)
{
    tgc_method *m = (tgc_method *)(void *)tgc_ptr(f);
    if (tgc_is_exact(m->func, &tgc_function_type))
        return call_from_c(t, m->func, m->self, args, nargs, kwnames);
    tg_value few[8], *all = few;
    if (nargs + 1 > 8)
        all = tgi_raw_alloc((nargs + 1) * sizeof *all);
    if (all == NULL)
        return tgc_raise_nomem(t);
    all[0] = m->self;
    if (nargs > 0)
        if (nargs > 0)
            memcpy(all + 1, args, nargs * sizeof *args);
    tg_value r = tgc_call(t, m->func, all, nargs + 1, kwnames);
    if (all != few)
        tgi_raw_free(all);
    return r;
}
