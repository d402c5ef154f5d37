// SPDX-License-Identifier: MIT
//
// control_race.c - what an instruction touches, for the search for races.
//
// Threads     the task that runs.
// Invariants  CR1  nothing is consumed, nothing fails, and no code of the script runs.
//             CR2  what cannot be told apart without running code of the script (elements with keys
//                  of script classes, attributes that are computed) is left out: a race less, never
//                  one too many.
//             CR3  code of the library is one operation; where it orders threads, a contract says
//                  how (Note [order], stress/race.h).
#include "core/vm/control.h"

#include "base/hash.h"            // keys
#include "core/object/class.h"    // attributes
#include "core/object/dict.h"     // types
#include "core/object/int.h"      // values
#include "core/object/iter.h"     // iterators
#include "core/object/list.h"     // types
#include "core/object/names.h"    // lookup
#include "core/object/object.h"   // flags
#include "core/object/property.h" // computed attributes
#include "core/object/slice.h"    // slices
#include "core/object/str.h"      // names
#include "core/object/tuple.h"    // keys

#include <stdio.h>  // snprintf
#include <string.h> // strcmp

enum { STACK_LIMIT = 48, CHECK_DISTANCE = 6 };

// --- places

static bool is_conditional_jump(uint16_t op)
{
    return tgi_opcode_table[op].name[0] == 'J' && op != TGI_OP_JMP && op != TGI_OP_JNEXC;
}

// Whether a jump depends on what i reads, as far as the next few instructions show.
static bool decides_jump(const tgc_code *code, const tgi_ins *i)
{
    const tgi_ins *end = code->ins + code->unit->code_count;
    for (int n = 0; n < CHECK_DISTANCE && i < end; n++, i++) {
        if (is_conditional_jump(i->op))
            return true;
        switch (i->op) {
        case TGI_OP_CALL:
        case TGI_OP_CALLMETHOD:
            if (n > 0) // the result, not what was read before
                return false;
            break;
        case TGI_OP_SETGLOBAL:
        case TGI_OP_SETCELL:
        case TGI_OP_SETFREE:
        case TGI_OP_SETATTR:
        case TGI_OP_SETITEM:
        case TGI_OP_FORITER:
            return false;
        default:
            if (strchr(tgi_opcode_table[i->op].effects, 'T') != NULL)
                return false;
        }
    }
    return false;
}

static uint32_t place_of(tgi_places *p, uint32_t caller, const tgc_code *code, const tgi_ins *i)
{
    uint32_t place = tgi_place_find(p, caller, i);
    if (place != 0)
        return place;
    tgi_place fresh = {.caller = caller,
                       .key = i,
                       .file = code->unit->filename,
                       .function = code->unit->name,
                       .line = tgc_code_position(code, i).line,
                       .flags = decides_jump(code, i) ? TGI_PLACE_CHECKS : 0};
    return tgi_place_add(p, &fresh);
}

// Those of the script that called f. Of a deep stack, the innermost ones.
static uint32_t callers_of(tgi_places *p, const tgc_thread *ct, const tgc_frame *f)
{
    const tgc_frame *from = f - ct->frames > STACK_LIMIT ? f - STACK_LIMIT : ct->frames;
    uint32_t place = 0;
    for (; from < f; from++) {
        if (!tgc_control_is_library(from->code))
            place = place_of(p, place, from->code, from->pc - 1);
    }
    return place;
}

static uint32_t place_here(tg_thread *t, const tgc_frame *f, const tgi_ins *i)
{
    tgi_task *task = t->task;
    tgi_places *p = tgi_races_places(task->engine->races);
    if (task->place_frame != f) {
        task->place_caller = callers_of(p, tgc_of(t), f);
        task->place_frame = f;
    }
    return place_of(p, task->place_caller, f->code, i);
}

// The innermost frame that is not of the library; NULL: there is none.
static const tgc_frame *script_frame(const tgc_thread *ct)
{
    const tgc_frame *f = ct != NULL ? ct->frame : NULL;
    while (f != NULL && tgc_control_is_library(f->code))
        f = f == ct->frames ? NULL : f - 1;
    return f;
}

uint32_t tgc_race_place(tg_thread *t, bool *library)
{
    const tgc_thread *ct = tgc_of(t);
    const tgc_code *code = ct != NULL && ct->frame != NULL ? ct->frame->code : NULL;
    // A condition stands for its lock.
    *library = code != NULL && tgc_control_is_library(code) &&
               strcmp(code->unit->qualname, "Condition.__enter__") != 0;
    const tgc_frame *f = script_frame(ct);
    if (f == NULL)
        return 0;
    tgi_places *p = tgi_races_places(t->task->engine->races);
    return place_of(p, callers_of(p, ct, f), f->code, f->pc - 1);
}

const char *tgc_library_call(tg_thread *t)
{
    const tgc_thread *ct = tgc_of(t);
    const tgc_code *outermost = NULL;
    const tgc_frame *f = ct != NULL ? ct->frame : NULL;
    while (f != NULL && tgc_control_is_library(f->code)) {
        outermost = f->code;
        f = f == ct->frames ? NULL : f - 1;
    }
    return outermost != NULL ? outermost->unit->qualname : NULL;
}

const void *tgc_script_instruction(tg_thread *t)
{
    const tgc_frame *f = script_frame(tgc_of(t));
    return f != NULL ? f->pc - 1 : NULL;
}

// --- one access

typedef struct site {
    tg_thread *t;
    tgc_frame *f;
    const tgi_ins *i;
} site;

// "a Box", "an Account" or "the class Box".
static void describe_type(tg_value v, char *out, size_t size)
{
    if (tgc_is_type(v)) {
        snprintf(out, size, "the class %s", ((const tgc_type *)tgc_ptr(v))->name);
        return;
    }
    const char *name = tgc_type_name(v);
    snprintf(out, size, "%s %s", strchr("aeiouAEIOU", name[0]) != NULL ? "an" : "a", name);
}

static void touch(site s, const void *where, uint64_t slot, tgi_race_part part, bool write,
                  uint32_t flags, const char *name)
{
    tgi_task *task = s.t->task;
    tgi_race_op op = {where, slot, part, write, flags, place_here(s.t, s.f, s.i)};
    if (tgi_races_access(task->engine->races, task->index, &op))
        tgi_races_name(task->engine->races, name);
}

// An object that is touched stays alive: its address is its name.
static void meet(site s, tg_value v)
{
    tgi_task *task = s.t->task;
    if (!tgi_races_meet(task->engine->races, task->index, tgc_ptr(v)))
        return;
    tg_value kept = tgc_retain(s.t, v);
    if (!vec_push(&task->engine->kept, kept))
        tgc_release(s.t, kept);
}

// The script stores v where others may find it.
static void publish(site s, tg_value v)
{
    if (!tgc_is_ptr(v) || tgc_is_str(v))
        return;
    meet(s, v);
    tgi_races_published(s.t->task->engine->races, s.t->task->index, tgc_ptr(v));
}

static void variable(site s, bool write, const void *where, const char *name)
{
    char text[96];
    snprintf(text, sizeof text, "the variable %.40s", name);
    touch(s, where, 0, TGI_PART_VARIABLE, write, 0, text);
}

static const char *utf8(tg_thread *t, tg_value name)
{
    size_t n;
    const char *text = tgc_is_str(name) ? tgc_str_utf8(t, name, &n) : NULL;
    return text != NULL ? text : "?";
}

static void global(site s, bool write, uint32_t index)
{
    tgc_global_cell *cell = s.f->code->globals[index].global;
    // ORDER: relaxed; whether it is a builtin, which nobody changes.
    if (!write && atom_load_relaxed(&cell->value.word) == TGC_UNBOUND)
        return;
    variable(s, write, cell, utf8(s.t, cell->name));
}

static void captured(site s, bool write, tg_value cell, uint32_t name_const)
{
    if (!tgc_is_ptr(cell))
        return;
    meet(s, cell);
    const tgc_code *code = s.f->code;
    variable(s, write, tgc_ptr(cell),
             name_const < code->unit->const_count ? utf8(s.t, code->consts[name_const]) : "?");
}

// Whether reading or writing it calls something of the script.
static bool is_computed(tg_thread *t, tg_value v, tg_value name)
{
    tg_value found = TGC_NULL;
    if (tgc_has_flag(v, TGC_TF_TYPE) || tgc_type_lookup(t, tgc_type_of(v), name, &found) <= 0)
        return false;
    bool computed = tgc_is_exact(found, &tgc_property_type) ||
                    (tgc_is_ptr(found) && (tgc_type_of(found)->flags & TGC_TF_HEAP) != 0 &&
                     tgc_has_flag(found, TGC_TF_DESCR));
    tgc_release(t, found);
    return computed;
}

static void attribute(site s, bool write, tg_value v, uint32_t index, tg_value stored)
{
    if (!tgc_is_ptr(v) || !(tgc_has_flag(v, TGC_TF_ATTRS) || tgc_has_flag(v, TGC_TF_TYPE)))
        return;
    tg_value name = s.f->code->attrs[index].name, old = TGC_NULL;
    if (is_computed(s.t, v, name))
        return;
    meet(s, v);
    uint32_t flags = 0;
    if (write && tgc_has_flag(v, TGC_TF_ATTRS)) {
        int32_t slot;
        int has = tgc_attrs_get(s.t, tgc_ptr(v), name, &old, &slot);
        if (has <= 0 || old == TGC_UNBOUND)
            flags = TGI_SIDE_UNSET | TGI_SIDE_NONE;
        else if (old == TGC_NONE)
            flags = TGI_SIDE_NONE;
        if (has > 0)
            tgc_release(s.t, old);
        if (s.f->regs[0] == v && strcmp(s.f->code->unit->name, "__init__") == 0)
            flags |= TGI_SIDE_INIT;
    }
    char type[40], text[96];
    describe_type(v, type, sizeof type);
    snprintf(text, sizeof text, "the attribute %.24s of %.36s", utf8(s.t, name), type);
    touch(s, tgc_ptr(v), name, TGI_PART_ATTRIBUTE, write, flags, text);
    if (stored != TGC_NULL)
        publish(s, stored);
}

// --- containers

static bool is_container(tg_value v)
{
    return tgc_is_ptr(v) && (tgc_type_of(v)->flags & (TGC_TF_LIST | TGC_TF_DICT | TGC_TF_SET)) != 0;
}

static void first_container(tg_value v, void *arg)
{
    tg_value *found = arg;
    if (*found == TGC_NULL && is_container(v))
        *found = v;
}

// What is iterated over; TGC_NULL if it is no container.
static tg_value source_of(tg_value v)
{
    if (!tgc_is_ptr(v) || is_container(v))
        return tgc_is_ptr(v) ? v : TGC_NULL;
    const tgc_type *type = tgc_type_of(v);
    tg_value found = TGC_NULL;
    if (type->next != NULL && type->traverse != NULL && !tgc_is_exact(v, &tgc_generator_type))
        type->traverse(tgc_ptr(v), first_container, &found);
    return found;
}

static void shape(site s, bool write, tg_value v, uint32_t flags)
{
    char text[48];
    meet(s, v);
    describe_type(v, text, sizeof text);
    touch(s, tgc_ptr(v), 0, TGI_PART_SHAPE, write, flags, text);
}

static void elements(site s, bool write, tg_value v, uint32_t flags)
{
    char type[40], text[96];
    meet(s, v);
    describe_type(v, type, sizeof type);
    snprintf(text, sizeof text, "the elements of %s", type);
    touch(s, tgc_ptr(v), 0, TGI_PART_ELEMENTS, write, flags, text);
}

// CR2: false if equal keys might get different numbers.
static bool key_slot(tg_value key, uint64_t *out)
{
    if (tgc_is_str(key)) {
        *out = tgc_str_hash(key);
        return true;
    }
    if (!tgc_is_ptr(key)) {
        *out = tgi_hash_mix(key);
        return !tgc_is_flo(key);
    }
    if (!tgc_is_exact(key, &tgc_tuple_type))
        return false;
    uint64_t h = 1;
    for (size_t i = 0; i < tgc_tuple_size(key); i++) {
        uint64_t part;
        if (!key_slot(tgc_tuple_items(key)[i], &part))
            return false;
        h = tgi_hash_combine(h, part);
    }
    *out = h;
    return true;
}

static bool element_slot(tg_value v, tg_value key, uint64_t *out)
{
    if ((tgc_type_of(v)->flags & TGC_TF_LIST) == 0)
        return key_slot(key, out);
    if (!tgc_is_int(key))
        return false;
    int64_t i = tgc_int(key);
    *out = (uint64_t)(i < 0 ? i + (int64_t)tgc_list_size(v) : i);
    return true;
}

static void element(site s, bool write, tg_value v, tg_value key)
{
    uint64_t slot;
    if (!element_slot(v, key, &slot))
        return;
    char type[40], text[96];
    meet(s, v);
    describe_type(v, type, sizeof type);
    if (tgc_is_int(key))
        snprintf(text, sizeof text, "[%lld] of %s", (long long)tgc_int(key), type);
    else if (tgc_is_str(key))
        snprintf(text, sizeof text, "['%.20s'] of %s", utf8(s.t, key), type);
    else
        snprintf(text, sizeof text, "an element of %s", type);
    touch(s, tgc_ptr(v), slot, TGI_PART_ELEMENT, write, 0, text);
    if (write)
        elements(s, true, v, 0);
}

static bool has_key(tg_thread *t, tg_value dict, tg_value key)
{
    uint64_t slot;
    if (!key_slot(key, &slot))
        return true;
    tg_value found = TGC_NULL;
    int has = tgc_dict_get(t, dict, key, &found);
    if (has > 0)
        tgc_release(t, found);
    return has > 0;
}

static bool is_dict(tg_value v)
{
    return (tgc_type_of(v)->flags & TGC_TF_DICT) != 0;
}

static void all_of(site s, tg_value v, uint32_t flags)
{
    v = source_of(v);
    if (v == TGC_NULL || !is_container(v))
        return;
    shape(s, false, v, flags);
    elements(s, false, v, flags);
}

static void get_item(site s, tg_value v, tg_value key)
{
    if (!is_container(v))
        return;
    if (tgc_is_ptr(key) && tgc_is_exact(key, &tgc_slice_type))
        all_of(s, v, TGI_SIDE_ATOMIC);
    else
        element(s, false, v, key);
}

static void set_item(site s, tg_value v, tg_value key, tg_value stored)
{
    if (!is_container(v))
        return;
    bool slice = tgc_is_ptr(key) && tgc_is_exact(key, &tgc_slice_type);
    if (slice || (is_dict(v) && !has_key(s.t, v, key)))
        shape(s, true, v, TGI_SIDE_ATOMIC);
    if (!slice)
        element(s, true, v, key);
    publish(s, stored);
}

static void delete_item(site s, tg_value v, tg_value key)
{
    if (!is_container(v))
        return;
    if (is_dict(v))
        element(s, true, v, key);
    shape(s, true, v, TGI_SIDE_ATOMIC);
}

static void contains(site s, tg_value v, tg_value key)
{
    if (!is_container(v))
        return;
    if ((tgc_type_of(v)->flags & TGC_TF_LIST) != 0)
        all_of(s, v, TGI_SIDE_ATOMIC);
    else
        element(s, false, v, key);
}

static void truth(site s, tg_value v)
{
    if (is_container(v))
        shape(s, false, v, TGI_SIDE_ATOMIC);
}

// --- calls of builtins

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

// A method of a container.
static void method(site s, const char *name, const tg_value *args, size_t nargs)
{
    static const char *const quiet[] = {"keys", "values", "items", "__init__", "__iter__", NULL};
    static const char *const readers[] = {"index",      "count",        "copy",         "__len__",
                                          "issubset",   "issuperset",   "isdisjoint",   "union",
                                          "difference", "intersection", "__contains__", NULL};
    static const char *const keyed[] = {"get",         "pop",         "setdefault", "add",
                                        "discard",     "__getitem__", "remove",     "__setitem__",
                                        "__delitem__", NULL};
    tg_value self = args[0];
    bool list = (tgc_type_of(self)->flags & TGC_TF_LIST) != 0;
    if (is_one_of(name, quiet))
        return;
    if (is_one_of(name, readers)) {
        all_of(s, self, TGI_SIDE_ATOMIC);
        return;
    }
    for (size_t k = 1; k < nargs; k++) {
        all_of(s, args[k], TGI_SIDE_WHOLE);
        publish(s, args[k]);
    }
    if (list || nargs < 2 || !is_one_of(name, keyed)) {
        bool sorts_with_calls = strcmp(name, "sort") == 0 && nargs > 1;
        shape(s, true, self, sorts_with_calls ? 0 : TGI_SIDE_ATOMIC);
        return;
    }
    bool had = !is_dict(self) || has_key(s.t, self, args[1]);
    if (strcmp(name, "get") == 0 || strcmp(name, "__getitem__") == 0 ||
        (strcmp(name, "setdefault") == 0 && had)) {
        element(s, false, self, args[1]);
        return;
    }
    shape(s, true, self, TGI_SIDE_ATOMIC);
    // Two setdefaults, or two adds, of the same key are as good as one after the other.
    if (strcmp(name, "pop") == 0 || name[0] == '_')
        element(s, true, self, args[1]);
}

// A function that is not of the script, with containers among its arguments.
static void function(site s, const char *name, const tg_value *args, size_t nargs)
{
    static const char *const atomic[] = {"list",      "tuple",  "dict", "set",
                                         "frozenset", "sorted", "len",  NULL};
    static const char *const quiet[] = {"iter",     "id",      "type",    "isinstance", "hash",
                                        "callable", "hasattr", "getattr", "setattr",    NULL};
    if (is_one_of(name, quiet))
        return;
    for (size_t k = 0; k < nargs; k++) {
        if (strncmp(name, "heap", 4) == 0 && k == 0 && is_container(args[k]))
            shape(s, true, args[k], 0);
        else if (strcmp(name, "len") == 0)
            truth(s, args[k]);
        else
            all_of(s, args[k], is_one_of(name, atomic) ? TGI_SIDE_ATOMIC : TGI_SIDE_WHOLE);
    }
}

static void call(site s, tg_value callee, const tg_value *args, size_t nargs)
{
    if (!tgc_is_ptr(callee))
        return;
    if (tgc_is_exact(callee, &tgc_builtin_type)) {
        const tgc_builtin *b = (const tgc_builtin *)(const void *)tgc_ptr(callee);
        if (b->owner != NULL && nargs > 0 && is_container(args[0]))
            method(s, b->def->name, args, nargs);
        else
            function(s, b->def->name, args, nargs);
    } else if (tgc_has_flag(callee, TGC_TF_TYPE)) {
        const tgc_type *type = (const tgc_type *)(const void *)tgc_ptr(callee);
        if ((type->flags & TGC_TF_HEAP) == 0)
            function(s, type->name, args, nargs);
    } else if (tgc_is_exact(callee, &tgc_function_type)) {
        const tgc_function *fn = (const tgc_function *)(const void *)tgc_ptr(callee);
        if (tgc_control_is_library(fn->code) &&
            strcmp(fn->code->unit->filename, "<togil>/heapq.py") == 0)
            function(s, fn->code->unit->name, args, nargs);
    }
}

// A method that was looked up earlier: `append = items.append`.
static void call_any(site s, const tg_value *window, size_t nargs)
{
    if (!tgc_is_ptr(window[0]) || !tgc_is_exact(window[0], &tgc_method_type)) {
        call(s, window[0], window + 1, nargs);
        return;
    }
    const tgc_method *m = (const tgc_method *)(const void *)tgc_ptr(window[0]);
    tg_value args[4] = {m->self};
    for (size_t k = 0; k < nargs && k < 3; k++)
        args[k + 1] = window[k + 1];
    call(s, m->func, args, nargs < 3 ? nargs + 1 : 4);
}

static uint32_t local_name(const tgc_code *code, uint32_t local)
{
    return local < code->nlocals ? code->unit->local_names[local] : TGI_REG_NONE;
}

void tgc_race_access(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    const tgi_engine *e = t->task->engine;
    if (e->killing || e->tasks.count < 2)
        return;
    const tg_value *R = f->regs;
    const tgi_unit *unit = f->code->unit;
    site s = {t, f, i};
    switch (i->op) {
    case TGI_OP_GETGLOBAL:
        global(s, false, i->b);
        return;
    case TGI_OP_SETGLOBAL:
        global(s, true, i->a);
        publish(s, R[i->b]);
        return;
    case TGI_OP_DELGLOBAL:
        global(s, true, i->a);
        return;
    case TGI_OP_GETCELL:
        captured(s, false, R[i->b], local_name(f->code, i->b));
        return;
    case TGI_OP_SETCELL:
        captured(s, true, R[i->a], local_name(f->code, i->a));
        publish(s, R[i->b]);
        return;
    case TGI_OP_DELCELL:
        captured(s, true, R[i->a], local_name(f->code, i->a));
        return;
    case TGI_OP_GETFREE:
        captured(s, false, tgc_from_ptr(f->func->closure[i->b]), unit->free_names[i->b]);
        return;
    case TGI_OP_SETFREE:
        captured(s, true, tgc_from_ptr(f->func->closure[i->a]), unit->free_names[i->a]);
        publish(s, R[i->b]);
        return;
    case TGI_OP_DELFREE:
        captured(s, true, tgc_from_ptr(f->func->closure[i->a]), unit->free_names[i->a]);
        return;
    case TGI_OP_GETATTR:
        attribute(s, false, R[i->b], i->c, TGC_NULL);
        return;
    case TGI_OP_SETATTR:
        attribute(s, true, R[i->a], i->c, R[i->b]);
        return;
    case TGI_OP_DELATTR:
        attribute(s, true, R[i->a], i->c, TGC_NULL);
        return;
    case TGI_OP_GETITEM:
        get_item(s, R[i->b], R[i->c]);
        return;
    case TGI_OP_GETITEMI:
        get_item(s, R[i->b], tgc_from_int((int16_t)i->c));
        return;
    case TGI_OP_GETITEMK:
        get_item(s, R[i->b], f->code->consts[i->c]);
        return;
    case TGI_OP_SETITEM:
        set_item(s, R[i->a], R[i->b], R[i->c]);
        return;
    case TGI_OP_SETITEMI:
        set_item(s, R[i->a], tgc_from_int((int16_t)i->b), R[i->c]);
        return;
    case TGI_OP_DELITEM:
        delete_item(s, R[i->a], R[i->b]);
        return;
    case TGI_OP_IN:
    case TGI_OP_NOTIN:
        contains(s, R[i->c], R[i->b]);
        return;
    case TGI_OP_JIN:
    case TGI_OP_JNOTIN:
        contains(s, R[i->b], R[i->a]);
        return;
    case TGI_OP_NOT:
        truth(s, R[i->b]);
        return;
    case TGI_OP_JT:
    case TGI_OP_JF:
    case TGI_OP_JTKEEP:
    case TGI_OP_JFKEEP:
        truth(s, R[i->a]);
        return;
    case TGI_OP_LISTEXTEND:
    case TGI_OP_SETUPDATE:
    case TGI_OP_DICTUPDATE:
    case TGI_OP_DICTMERGE:
        all_of(s, R[i->b], TGI_SIDE_ATOMIC);
        return;
    case TGI_OP_FORITER:
        all_of(s, R[i->b], TGI_SIDE_WALK);
        return;
    case TGI_OP_CALL:
    case TGI_OP_CALLKW:
        call_any(s, &R[i->a], i->b);
        return;
    case TGI_OP_CALLMETHOD:
        if (R[i->a + 1] != TGC_NOVALUE)
            call(s, R[i->a], &R[i->a + 1], i->b + 1u);
        else {
            tg_value window[5] = {R[i->a]};
            for (uint32_t k = 0; k < i->b && k < 4; k++)
                window[k + 1] = R[i->a + 2 + k];
            call_any(s, window, i->b < 4 ? i->b : 4);
        }
        return;
    default:
        return;
    }
}
