// SPDX-License-Identifier: MIT
//
// control.c - which memory an instruction is about to touch, for the stress tester.
//
// Threads     the task that runs.
// Invariants  C1  nothing is consumed and nothing can fail: the instruction happens afterwards as
//                 if nobody had asked.
//             C2  what is not known to be private is reported; the engine learns what meets others.
#include "core/vm/control.h"

#include "base/hash.h"          // registers
#include "core/object/class.h"  // attributes
#include "core/object/dict.h"   // types
#include "core/object/int.h"    // values
#include "core/object/list.h"   // types
#include "core/object/object.h" // flags
#include "core/object/set.h"    // sizes
#include "core/object/str.h"    // names

#include <stdio.h>  // snprintf
#include <string.h> // strchr

bool tgc_control_visible[TGI_OP_COUNT], tgc_control_noted[TGI_OP_COUNT];

void tgc_control_prepare(void)
{
    for (size_t i = 0; i < TGI_OP_COUNT; i++)
        tgc_control_visible[i] = strchr(tgi_opcode_table[i].effects, 'V') != NULL;
    // They may leave a generator.
    tgc_control_visible[TGI_OP_YIELD] = tgc_control_visible[TGI_OP_YIELDFROM] = true;
    tgc_control_visible[TGI_OP_RET] = tgc_control_visible[TGI_OP_RETK] = true;
    for (size_t i = 0; i < TGI_OP_COUNT; i++)
        tgc_control_noted[i] =
            tgc_control_visible[i] || strchr(tgi_opcode_table[i].effects, 'C') != NULL;
}

// What a loop may consist of that only waits: See Note [spin]. What looks like a read and runs code
// of a script enters a function, which counts as an effect.
#define COMPARE(name)                                                            \
    [TGI_OP_##name] = true, [TGI_OP_J##name] = true, [TGI_OP_J##name##K] = true, \
    [TGI_OP_JN##name] = true, [TGI_OP_JN##name##K] = true
static const bool reads_only[TGI_OP_COUNT] = {
    [TGI_OP_NOP] = true,
    [TGI_OP_MOVE] = true,
    [TGI_OP_LOADK] = true,
    [TGI_OP_LOADI] = true,
    [TGI_OP_CLEAR] = true,
    [TGI_OP_GETCELL] = true,
    [TGI_OP_GETFREE] = true,
    [TGI_OP_GETGLOBAL] = true,
    [TGI_OP_NOT] = true,
    COMPARE(LT),
    COMPARE(LE),
    COMPARE(EQ),
    COMPARE(NE),
    COMPARE(GT),
    COMPARE(GE),
    [TGI_OP_IS] = true,
    [TGI_OP_ISNOT] = true,
    [TGI_OP_IN] = true,
    [TGI_OP_NOTIN] = true,
    [TGI_OP_JMP] = true,
    [TGI_OP_JT] = true,
    [TGI_OP_JF] = true,
    [TGI_OP_JTKEEP] = true,
    [TGI_OP_JFKEEP] = true,
    [TGI_OP_JNONE] = true,
    [TGI_OP_JNOTNONE] = true,
    [TGI_OP_JIS] = true,
    [TGI_OP_JISNOT] = true,
    [TGI_OP_JIN] = true,
    [TGI_OP_JNOTIN] = true,
    [TGI_OP_GETATTR] = true,
    [TGI_OP_GETITEM] = true,
    [TGI_OP_GETITEMI] = true,
    [TGI_OP_GETITEMK] = true,
    [TGI_OP_ADD] = true,
    [TGI_OP_ADDK] = true,
    [TGI_OP_SUB] = true,
    [TGI_OP_SUBK] = true,
};

static bool only_reads(const tgi_ins *from, const tgi_ins *to)
{
    for (const tgi_ins *i = from; i < to; i++) {
        if (!reads_only[i->op])
            return false;
    }
    return true;
}

static bool goes_round(tg_thread *t, const tgi_ins *at)
{
    const tgc_frame *f = tgc_of(t)->frame;
    if (at != f->pc && at->op == TGI_OP_LOOP && tgc_probe_round(t, f, at))
        return true;
    if (at == f->pc || at->op != TGI_OP_LOOP || !only_reads(f->pc, at)) {
        tgi_engine_effect(t->task);
        return false;
    }
    tgi_spin now = {.at = at, .frame = f};
    for (uint32_t k = 0; k < f->code->nregs; k++)
        now.registers = tgi_hash_combine(now.registers, f->regs[k]);
    return tgi_engine_goes_round(t->task, &now);
}

bool tgc_control_poll(tg_thread *t, uint32_t points, const tgi_ins *at)
{
    // ORDER: relaxed; as in POLL of loop.c.
    if (TGI_UNLIKELY((atom_load_relaxed(&t->breaker) & ~(uint32_t)TGI_BRK_CONTROL) != 0) &&
        tgi_breaker_handle(t) != TG_OK)
        return false;
    const tgi_ins *entry = tgc_of(t)->frame->pc; // a jump comes from somewhere else
    if (goes_round(t, at))
        return true;
    if ((points & TGI_AT_POLL) != 0)
        tgi_engine_point(t->task, (tgi_op){.kind = TGI_OPK_POLL,
                                           .slot = at == entry ? TGI_POLL_ENTRY : TGI_POLL_BETWEEN,
                                           .deadline = TGI_DEADLINE_NEVER});
    else
        tgi_engine_tick(t->task);
    return true;
}

void tgc_control_called(tg_thread *t, uint32_t points)
{
    tgi_engine_effect(t->task);
    if ((points & TGI_AT_POLL) != 0)
        tgi_engine_point(t->task, (tgi_op){.kind = TGI_OPK_POLL, .deadline = TGI_DEADLINE_NEVER});
}

static void access(tg_thread *t, tgi_op_kind kind, const void *where, uint64_t slot,
                   const tgi_ins *i)
{
    (void)tgi_engine_access(
        t->task,
        (tgi_op){.kind = kind, .where = where, .slot = slot, .deadline = TGI_DEADLINE_NEVER}, i);
}

// --- words for the trace

// A value as far as it can be shown without running anything.
static void show(tg_thread *t, tg_value v, char *out, size_t size)
{
    size_t n;
    if (v == TGC_UNBOUND)
        snprintf(out, size, "unset");
    else if (v == TGC_NONE)
        snprintf(out, size, "None");
    else if (tgc_is_bool(v))
        snprintf(out, size, "%s", v == TGC_TRUE ? "True" : "False");
    else if (tgc_is_int(v))
        snprintf(out, size, "%lld", (long long)tgc_int(v));
    else if (tgc_is_str(v))
        snprintf(out, size, "'%.24s'", tgc_str_utf8(t, v, &n));
    else
        snprintf(out, size, "a %s", tgc_type_name(v));
}

// "name is value" before a read, "name = value" before a write.
static void describe(tg_thread *t, tgi_op_kind kind, tg_value name, tg_value v)
{
    char value[32], text[64];
    size_t n;
    const char *utf8 = tgc_is_str(name) ? tgc_str_utf8(t, name, &n) : NULL;
    show(t, v, value, sizeof value);
    snprintf(text, sizeof text, "%.28s %s %s", utf8 != NULL ? utf8 : "?",
             kind == TGI_OPK_READ ? "is" : "=", value);
    tgi_engine_describe(t->task->engine, text);
}

static bool is_traced(const tg_thread *t)
{
    return t->task->engine->tracing;
}

// The same for an object, which a learning run keeps alive: its address is its name.
static void access_object(tg_thread *t, tgi_op_kind kind, tg_value v, uint64_t slot,
                          const tgi_ins *i)
{
    tgi_op op = {.kind = kind, .where = tgc_ptr(v), .slot = slot, .deadline = TGI_DEADLINE_NEVER};
    if (!tgi_engine_access(t->task, op, i))
        return;
    tg_value kept = tgc_retain(t, v);
    if (!vec_push(&t->task->engine->kept, kept))
        tgc_release(t, kept);
}

// Whether the object can change while somebody else looks: containers and iterators.
static bool is_mutable(tg_value v)
{
    if (!tgc_is_ptr(v))
        return false;
    const tgc_type *type = tgc_type_of(v);
    return (type->flags & (TGC_TF_LIST | TGC_TF_DICT | TGC_TF_SET)) != 0 || type->next != NULL;
}

// The name by which an instruction just before i has fetched v; NULL: not known.
static const char *fetched_as(tg_thread *t, const tgc_frame *f, tg_value v, const tgi_ins *i)
{
    enum { BEFORE = 6 };
    size_t n;
    for (const tgi_ins *k = i; k > f->code->ins && k > i - BEFORE;) {
        k--;
        if ((k->op != TGI_OP_GETATTR && k->op != TGI_OP_GETGLOBAL) ||
            (f->regs[k->a] != v && f->regs[k->a + 1] != v)) // a method call has moved it up
            continue;
        tg_value name = k->op == TGI_OP_GETATTR ? f->code->attrs[k->c].name
                                                : f->code->globals[k->b].global->name;
        return tgc_is_str(name) ? tgc_str_utf8(t, name, &n) : NULL;
    }
    return NULL;
}

// "name has 2 items" before a container is read or changed.
static void describe_container(tg_thread *t, tg_value v, const tgi_ins *i)
{
    size_t n;
    if (!is_traced(t) || t->task->quiet)
        return;
    if (tgc_has_flag(v, TGC_TF_LIST))
        n = tgc_list_size(v);
    else if (tgc_has_flag(v, TGC_TF_DICT))
        n = tgc_dict_size(v);
    else if (tgc_has_flag(v, TGC_TF_SET))
        n = tgc_set_size(v);
    else
        return;
    const char *name = fetched_as(t, tgc_of(t)->frame, v, i);
    char text[80];
    snprintf(text, sizeof text, "%s%.24s has %zu item%s", name != NULL ? "" : "a ",
             name != NULL ? name : tgc_type_name(v), n, n == 1 ? "" : "s");
    tgi_engine_describe(t->task->engine, text);
}

static void container(tg_thread *t, tgi_op_kind kind, tg_value v, const tgi_ins *i)
{
    if (!is_mutable(v))
        return;
    access_object(t, kind, v, 0, i);
    describe_container(t, v, i);
}

static void global(tg_thread *t, tgi_op_kind kind, tgc_frame *f, uint32_t site, const tgi_ins *i)
{
    tgc_global_cell *cell = f->code->globals[site].global;
    // ORDER: relaxed; whether it is a builtin, which nobody changes.
    if (kind == TGI_OPK_READ && atom_load_relaxed(&cell->value.word) == TGC_UNBOUND)
        return;
    access(t, kind, cell, 0, i);
    if (is_traced(t)) {
        tg_value v = kind == TGI_OPK_READ        ? tgc_slot_load(t, &cell->value)
                     : i->op == TGI_OP_SETGLOBAL ? tgc_retain(t, f->regs[i->b])
                                                 : TGC_UNBOUND;
        describe(t, kind, cell->name, v);
        tgc_release(t, v);
    }
}

static void attribute(tg_thread *t, tgi_op_kind kind, tgc_frame *f, tg_value v, uint32_t site,
                      const tgi_ins *i)
{
    if (!tgc_is_ptr(v))
        return;
    tg_value name = f->code->attrs[site].name;
    access_object(t, kind, v, name, i);
    if (!is_traced(t))
        return;
    tg_value x = TGC_UNBOUND;
    int32_t slot;
    if (kind == TGI_OPK_READ && tgc_has_flag(v, TGC_TF_ATTRS) &&
        tgc_attrs_get(t, tgc_ptr(v), name, &x, &slot) > 0)
        describe(t, kind, name, x);
    else if (i->op == TGI_OP_SETATTR)
        describe(t, kind, name, x = tgc_retain(t, f->regs[i->b]));
    tgc_release(t, x);
}

// A call of a builtin that is given something mutable.
static void call(tg_thread *t, const tg_value *window, uint32_t nargs, const tgi_ins *i)
{
    if (!tgc_is_ptr(window[0]) || tgc_is_exact(window[0], &tgc_function_type))
        return;
    for (uint32_t k = 1; k <= nargs; k++) {
        if (is_mutable(window[k])) {
            access_object(t, TGI_OPK_CALL, window[k], 0, i);
            describe_container(t, window[k], i);
            return;
        }
    }
}

static void points_of(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    const tg_value *R = f->regs;
    switch (i->op) {
    case TGI_OP_GETGLOBAL:
        global(t, TGI_OPK_READ, f, i->b, i);
        return;
    case TGI_OP_SETGLOBAL:
    case TGI_OP_DELGLOBAL:
        global(t, TGI_OPK_WRITE, f, i->a, i);
        return;
    case TGI_OP_GETCELL:
        access_object(t, TGI_OPK_READ, R[i->b], 0, i);
        return;
    case TGI_OP_SETCELL:
    case TGI_OP_DELCELL:
        access_object(t, TGI_OPK_WRITE, R[i->a], 0, i);
        return;
    case TGI_OP_GETFREE:
        access_object(t, TGI_OPK_READ, tgc_from_ptr(f->func->closure[i->b]), 0, i);
        return;
    case TGI_OP_SETFREE:
    case TGI_OP_DELFREE:
        access_object(t, TGI_OPK_WRITE, tgc_from_ptr(f->func->closure[i->a]), 0, i);
        return;
    case TGI_OP_GETATTR:
        attribute(t, TGI_OPK_READ, f, R[i->b], i->c, i);
        return;
    case TGI_OP_SETATTR:
    case TGI_OP_DELATTR:
        attribute(t, TGI_OPK_WRITE, f, R[i->a], i->c, i);
        return;
    case TGI_OP_GETITEM:
    case TGI_OP_GETITEMI:
    case TGI_OP_GETITEMK:
        container(t, TGI_OPK_READ, R[i->b], i);
        return;
    case TGI_OP_SETITEM:
    case TGI_OP_SETITEMI:
    case TGI_OP_DELITEM:
        container(t, TGI_OPK_WRITE, R[i->a], i);
        return;
    case TGI_OP_IN:
    case TGI_OP_NOTIN:
        container(t, TGI_OPK_READ, R[i->c], i);
        return;
    case TGI_OP_JIN:
    case TGI_OP_JNOTIN:
        container(t, TGI_OPK_READ, R[i->b], i);
        return;
    case TGI_OP_NOT:
        container(t, TGI_OPK_READ, R[i->b], i);
        return;
    case TGI_OP_JT:
    case TGI_OP_JF:
    case TGI_OP_JTKEEP:
    case TGI_OP_JFKEEP:
        container(t, TGI_OPK_READ, R[i->a], i);
        return;
    case TGI_OP_LISTEXTEND:
    case TGI_OP_SETUPDATE:
    case TGI_OP_DICTUPDATE:
    case TGI_OP_DICTMERGE:
        container(t, TGI_OPK_READ, R[i->b], i);
        return;
    case TGI_OP_FORITER:
        container(t, TGI_OPK_CALL, R[i->b], i);
        return;
    case TGI_OP_CALL:
        call(t, &R[i->a], i->b, i);
        return;
    case TGI_OP_CALLMETHOD:
        if (R[i->a + 1] != TGC_NOVALUE)
            call(t, &R[i->a], i->b + 1u, i);
        else
            call(t, &R[i->a + 1], 0, i);
        return;
    case TGI_OP_CALLKW:
        call(t, &R[i->a], i->b, i);
        return;
    case TGI_OP_YIELD:
    case TGI_OP_YIELDFROM:
    case TGI_OP_RET:
    case TGI_OP_RETK:
        if (f->generator != NULL) // until now nobody else could go on with it
            access_object(t, TGI_OPK_CALL, tgc_from_ptr(&f->generator->head), 0, i);
        return;
    default:
        return;
    }
}

void tgc_control_quietly(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    t->task->quiet = true;
    points_of(t, f, i);
    t->task->quiet = false;
}

void tgc_control_access(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    uint32_t points = t->task->points;
    if ((points & (TGI_AT_ACCESS | TGI_AT_WATCH)) != 0)
        points_of(t, f, i);
    if (TGI_UNLIKELY((points & TGI_AT_RACE) != 0))
        tgc_race_access(t, f, i);
}
