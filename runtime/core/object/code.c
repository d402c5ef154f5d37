// SPDX-License-Identifier: MIT
//
// code.c - from a unit to a code object: constants, names, global cells.
//
// Owns        code objects. They are never counted and live until the runtime ends, together with
//             the unit.
// Threads     made by one thread, immutable afterwards but for the caches.
#include "core/object/code.h"

#include "core/object/bytes.h" // constants
#include "core/object/error.h" // errors
#include "core/object/float.h" // constants
#include "core/object/int.h"   // constants
#include "core/object/state.h" // tgc_shared
#include "core/object/str.h"   // constants
#include "core/object/tuple.h" // constants
#include "mem/raw.h"           // memory

static void immortal(tg_value v)
{
    if (tgc_is_ptr(v) && !tgc_is_immortal(tgc_ptr(v)))
        tgc_make_immortal(tgc_ptr(v));
}

static tg_value constant(tg_thread *t, tgc_code *code, const tgi_const *c)
{
    tg_value v = TGC_NULL;
    switch (c->kind) {
    case TGI_CONST_NONE:
        return TGC_NONE;
    case TGI_CONST_FALSE:
        return TGC_FALSE;
    case TGI_CONST_TRUE:
        return TGC_TRUE;
    case TGI_CONST_ELLIPSIS:
        return TGC_ELLIPSIS;
    case TGI_CONST_INT:
        v = tgc_int_from_i64(t, c->integer);
        break;
    case TGI_CONST_BIGINT:
        v = tgc_int_from_text(t, c->text, c->size, 10);
        break;
    case TGI_CONST_FLOAT:
        v = tgc_float_new(t, c->real);
        break;
    case TGI_CONST_STR:
        return tgc_str_intern(t, c->text, c->size);
    case TGI_CONST_BYTES:
        v = tgc_bytes_new(t, c->text, c->size);
        break;
    case TGI_CONST_TUPLE:
        v = tgc_tuple_new(t, c->count);
        for (uint32_t i = 0; v != TGC_NULL && i < c->count; i++)
            tgc_tuple_init_item(v, i, tgc_retain(t, code->consts[c->items[i]]));
        break;
    case TGI_CONST_UNIT: {
        tgc_code *nested = tgc_code_new(t, c->unit, code->module);
        return nested != NULL ? tgc_from_ptr(nested) : TGC_NULL;
    }
    }
    immortal(v);
    return v;
}

// Constants are immortal and freed in dealloc, except the tracked ones, which by then may be gone.
static void code_clear(tg_thread *t, tgc_obj *o)
{
    (void)t;
    tgc_code *code = (tgc_code *)(void *)o;
    for (uint32_t i = 0; code->consts != NULL && i < code->unit->const_count; i++) {
        tg_value v = code->consts[i];
        if (tgc_is_ptr(v) && (tgc_type_of(v)->flags & TGC_TF_TRACKED) != 0)
            code->consts[i] = TGC_NONE;
    }
}

static void code_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    (void)o, (void)visit, (void)arg;
}

// Only when the runtime ends.
static void code_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_code *code = (tgc_code *)(void *)o;
    tgc_untrack(t, o);
    for (uint32_t i = 0; code->consts != NULL && i < code->unit->const_count; i++) {
        tg_value v = code->consts[i];
        // Strings are interned; tuples and code objects are tracked: code_clear. The empty bytes
        // object belongs to the process.
        if (!tgc_is_ptr(v) || tgc_is_str(v) || (tgc_is_bytes(v) && tgc_bytes_of(v)->size == 0))
            continue;
        tgc_make_mortal(tgc_ptr(v));
        tgc_release(t, v);
    }
    tgi_raw_free(code->consts);
    tgi_raw_free(code->attrs);
    tgi_raw_free(code->globals);
    tgc_delete(t, o, sizeof *code);
}

static tg_value code_name(tg_thread *t, tg_value self)
{
    return tgc_retain(t, ((tgc_code *)(void *)tgc_ptr(self))->name);
}

static tg_value code_filename(tg_thread *t, tg_value self)
{
    return tgc_retain(t, ((tgc_code *)(void *)tgc_ptr(self))->filename);
}

static tg_value code_firstlineno(tg_thread *t, tg_value self)
{
    (void)t;
    return tgc_from_int(((tgc_code *)(void *)tgc_ptr(self))->unit->first_line);
}

static tg_value code_argcount(tg_thread *t, tg_value self)
{
    (void)t;
    return tgc_from_int(((tgc_code *)(void *)tgc_ptr(self))->unit->positional_count);
}

static tg_value code_varnames(tg_thread *t, tg_value self)
{
    const tgc_code *code = (tgc_code *)(void *)tgc_ptr(self);
    const tgi_unit *unit = code->unit;
    uint32_t n = 0;
    for (uint32_t i = 0; i < unit->nlocals; i++)
        n += unit->local_names[i] != TGI_REG_NONE;
    tg_value names = tgc_tuple_new(t, n);
    for (uint32_t i = 0, at = 0; names != TGC_NULL && i < unit->nlocals; i++) {
        if (unit->local_names[i] != TGI_REG_NONE)
            tgc_tuple_init_item(names, at++, code->consts[unit->local_names[i]]);
    }
    return names;
}

static const tgc_getset_def code_getsets[] = {
    {"co_varnames", code_varnames, NULL}, {"co_name", code_name, NULL},
    {"co_filename", code_filename, NULL}, {"co_firstlineno", code_firstlineno, NULL},
    {"co_argcount", code_argcount, NULL}, {NULL, NULL, NULL},
};

tgc_type tgc_code_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "code",
    .size = sizeof(tgc_code),
    .flags = TGC_TF_TRACKED,
    .getsets = code_getsets,
    .dealloc = code_dealloc,
    .clear = code_clear,
    .traverse = code_traverse,
};

tgc_code *tgc_code_new(tg_thread *t, const tgi_unit *unit, tgc_module *module)
{
    tgc_code *code = (tgc_code *)(void *)tgc_new(t, &tgc_code_type, sizeof *code);
    if (code == NULL)
        return NULL;
    tgc_shared *shared = tgc_shared_of(t);
    code->unit = unit;
    code->ins = unit->code;
    code->module = module;
    code->nlocals = unit->nlocals;
    code->nregs = unit->nregs;
    code->positional = unit->positional_count;
    code->nparams = unit->positional_count + unit->kwonly_count +
                    ((unit->flags & TGI_UNIT_VARARGS) != 0) + ((unit->flags & TGI_UNIT_VARKW) != 0);
    code->simple = unit->kwonly_count == 0 &&
                   (unit->flags & (TGI_UNIT_VARARGS | TGI_UNIT_VARKW | TGI_UNIT_GENERATOR)) == 0;
    tgc_make_immortal(&code->head);
    tgc_track(t, &code->head);
    code->name = tgc_str_intern(t, unit->name, strlen(unit->name));
    code->qualname = tgc_str_intern(t, unit->qualname, strlen(unit->qualname));
    code->filename = tgc_str_intern(t, unit->filename, strlen(unit->filename));
    code->consts = tgi_raw_calloc(unit->const_count + 1, sizeof *code->consts);
    code->attrs = tgi_raw_calloc(unit->attr_count + 1, sizeof *code->attrs);
    code->globals = tgi_raw_calloc(unit->global_count + 1, sizeof *code->globals);
    if (code->name == TGC_NULL || code->qualname == TGC_NULL || code->filename == TGC_NULL)
        return NULL;
    if (code->consts == NULL || code->attrs == NULL || code->globals == NULL) {
        tgc_raise_nomem(t);
        return NULL;
    }
    for (uint32_t i = 0; i < unit->const_count; i++) {
        code->consts[i] = constant(t, code, &unit->consts[i]);
        if (code->consts[i] == TGC_NULL)
            return NULL;
    }
    for (uint32_t i = 0; i < unit->attr_count; i++)
        code->attrs[i].name = code->consts[unit->attr_names[i]];
    for (uint32_t i = 0; i < unit->global_count; i++) {
        tg_value name = code->consts[unit->global_names[i]];
        code->globals[i].global = tgc_module_cell(t, module, name);
        code->globals[i].builtin = tgc_module_cell(t, shared->builtins, name);
        if (code->globals[i].global == NULL || code->globals[i].builtin == NULL)
            return NULL;
    }
    return code;
}
