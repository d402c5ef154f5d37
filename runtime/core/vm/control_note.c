// SPDX-License-Identifier: MIT
//
// control_note.c - what else an instruction touches, for systematic search.
//
// The points of a policy are at the accesses that a program makes by itself. A search also has to
// know of those that are no points: in code of the library, by builtins that are given something,
// by operators. They make the places on the other side points, and steps dependent.
//
// Threads     the task that runs.
// Invariants  CN1  nothing is consumed, nothing fails, and no code of the script runs.
//             CN2  too much is harmless: it makes more schedules different. What builtins do with
//                  attributes of objects in containers, or by computed names, is not known.
#include "core/vm/control.h"

#include "core/object/class.h"  // types
#include "core/object/object.h" // flags
#include "core/object/tuple.h"  // items

#include <string.h> // strchr

enum { DEPTH = 3, VALUES = 64 };

typedef struct looker {
    tg_thread *t;
    const tgi_ins *i;
    tgi_op_kind kind; // what is done to containers
    int depth, left;
    bool shallow; // what an iterator goes through, not what is in there
} looker;

static void keep(tg_thread *t, tg_value v)
{
    tg_value kept = tgc_retain(t, v);
    if (!vec_push(&t->task->engine->kept, kept))
        tgc_release(t, kept);
}

static void look_at(tg_value v, void *arg);

static void look_into(looker *l, tg_value v)
{
    const tgc_type *type = tgc_type_of(v);
    if (type->traverse == NULL)
        return;
    if (l->depth == 0 || l->left <= 0) {
        tgi_engine_touch(l->t->task->engine, NULL, 0, TGI_TOUCHES_ALL);
        return;
    }
    l->depth--;
    type->traverse(tgc_ptr(v), look_at, l);
    l->depth++;
}

static bool is_lock(const tgc_type *type)
{
    return (type->flags & TGC_TF_NATIVE) != 0 &&
           (strcmp(type->name, "lock") == 0 || strcmp(type->name, "RLock") == 0);
}

// Something is given to code that is not of the script.
static void look_at(tg_value v, void *arg)
{
    looker *l = arg;
    l->left--;
    if (!tgc_is_ptr(v) || tgc_is_str(v))
        return;
    const tgc_type *type = tgc_type_of(v);
    if ((type->flags & (TGC_TF_LIST | TGC_TF_DICT | TGC_TF_SET)) != 0 || type->next != NULL) {
        tgi_op op = {.kind = type->next != NULL ? TGI_OPK_WRITE : l->kind, .where = tgc_ptr(v)};
        if (tgi_engine_note(l->t->task, op, l->i))
            keep(l->t, v);
        bool shallow = l->shallow;
        l->shallow |= type->next != NULL;
        if (!shallow && !tgc_is_exact(v, &tgc_generator_type))
            look_into(l, v);
        l->shallow = shallow;
    } else if ((type->flags & TGC_TF_TUPLE) != 0) {
        if (!l->shallow)
            look_into(l, v);
    } else if (l->depth == DEPTH && (type->flags & (TGC_TF_ATTRS | TGC_TF_NATIVE)) != 0 &&
               (type->flags & (TGC_TF_TYPE | TGC_TF_FUNCTION | TGC_TF_EXC)) == 0 &&
               !tgc_is_exact(v, &tgc_module_type) && !is_lock(type)) {
        tgi_engine *e = l->t->task->engine;
        if (tgi_engine_touch(e, tgc_ptr(v), TGI_SEARCH_WHOLE, TGI_TOUCHES_WRITE) && !e->finalizers)
            keep(l->t, v);
    }
}

static void look(tg_thread *t, const tgi_ins *i, tg_value v, tgi_op_kind kind)
{
    looker l = {t, i, kind, DEPTH, VALUES, false};
    look_at(v, &l);
}

// Whether a call of it goes on in code that is looked at by itself.
static bool is_script(tg_value f)
{
    if (tgc_is_exact(f, &tgc_method_type))
        f = ((const tgc_method *)tgc_ptr(f))->func;
    if (!tgc_is_ptr(f) || tgc_is_exact(f, &tgc_function_type))
        return true;
    if ((tgc_type_of(f)->flags & TGC_TF_TYPE) != 0)
        return (((const tgc_type *)tgc_ptr(f))->flags & TGC_TF_HEAP) != 0;
    return (tgc_type_of(f)->flags & TGC_TF_HEAP) != 0;
}

static void look_at_call(tg_thread *t, const tgi_ins *i, const tg_value *window, uint32_t nargs)
{
    if (is_script(window[0]))
        return;
    if (tgc_is_exact(window[0], &tgc_method_type))
        look(t, i, ((const tgc_method *)tgc_ptr(window[0]))->self, TGI_OPK_WRITE);
    for (uint32_t k = 1; k <= nargs; k++)
        look(t, i, window[k], TGI_OPK_WRITE);
}

// A name of a class is also found through its instances and subclasses: all classes are one.
static void class_name(tg_thread *t, tgc_frame *f, const tgi_ins *i, uint32_t site, bool write)
{
    static const char classes;
    tgi_op op = {.kind = write ? TGI_OPK_WRITE : TGI_OPK_READ,
                 .where = &classes,
                 .slot = f->code->attrs[site].name};
    (void)tgi_engine_note_place(t->task, op, i);
}

static void attribute(tg_thread *t, tgc_frame *f, const tgi_ins *i, tg_value v, uint32_t site)
{
    if (!tgc_is_ptr(v))
        return;
    tgi_op op = {.kind = TGI_OPK_READ, .where = tgc_ptr(v), .slot = f->code->attrs[site].name};
    if (tgi_engine_note(t->task, op, i))
        keep(t, v);
}

static bool is_in(const tgc_code *code, const char *first, const char *second)
{
    const tgi_unit *unit = code->unit;
    return (strcmp(unit->qualname, first) == 0 || strcmp(unit->qualname, second) == 0) &&
           strcmp(unit->filename, "<togil>/threading.py") == 0;
}

bool tgc_control_is_registry(const tgc_code *code)
{
    return is_in(code, "Thread.start", "Thread._bootstrap");
}

void tgc_control_note(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    const tg_value *R = f->regs;
    if (t->task->engine->killing)
        return;
    if (i == f->code->ins && is_in(f->code, "enumerate", "active_count"))
        tgi_engine_touch(t->task->engine, NULL, 0, TGI_TOUCHES_ALL);
    switch (i->op) {
    case TGI_OP_CALL:
    case TGI_OP_CALLKW:
        look_at_call(t, i, &R[i->a], i->b);
        return;
    case TGI_OP_CALLMETHOD:
        if (R[i->a + 1] != TGC_NOVALUE) {
            look_at_call(t, i, &R[i->a], i->b + 1u);
        } else if (!is_script(R[i->a])) {
            look(t, i, R[i->a], TGI_OPK_WRITE);
            for (uint32_t k = 2; k <= i->b + 1u; k++)
                look(t, i, R[i->a + k], TGI_OPK_WRITE);
        }
        return;
    case TGI_OP_CALLEX:
        look_at_call(t, i, &R[i->a], 1);
        return;
    case TGI_OP_LOADMETHOD:
        attribute(t, f, i, R[i->a], i->c);
        class_name(t, f, i, i->c, false);
        return;
    case TGI_OP_GETATTR:
        class_name(t, f, i, i->c, false);
        return;
    case TGI_OP_SETATTR:
    case TGI_OP_DELATTR:
        if (tgc_is_ptr(R[i->a]) && tgc_has_flag(R[i->a], TGC_TF_TYPE))
            class_name(t, f, i, i->c, true);
        return;
    case TGI_OP_IMPORT:
    case TGI_OP_IMPORTFROM:
    case TGI_OP_IMPORTSTAR:
        tgi_engine_touch(t->task->engine, NULL, 0, TGI_TOUCHES_ALL);
        return;
    case TGI_OP_JNEXC:
    case TGI_OP_WITHSETUP:
    case TGI_OP_RAISE:
    case TGI_OP_RAISEFROM:
    case TGI_OP_BUILDCLASS:
        return;
    case TGI_OP_NOT: // whose access is known
    case TGI_OP_JT:
    case TGI_OP_JF:
    case TGI_OP_JTKEEP:
    case TGI_OP_JFKEEP:
    case TGI_OP_IN:
    case TGI_OP_NOTIN:
    case TGI_OP_JIN:
    case TGI_OP_JNOTIN:
    case TGI_OP_GETITEM:
    case TGI_OP_GETITEMI:
    case TGI_OP_GETITEMK:
    case TGI_OP_SETITEM:
    case TGI_OP_SETITEMI:
    case TGI_OP_DELITEM:
        return;
    default:
        break;
    }
    const tgi_opcode_info *info = &tgi_opcode_table[i->op];
    if (strchr(info->effects, 'C') == NULL)
        return;
    const uint32_t fields[] = {i->a, i->b, i->c};
    for (int k = 0; k < 3; k++) {
        if (info->format[k] == 'r' || info->format[k] == 'k')
            look(t, i, R[fields[k]], info->name[0] == 'I' ? TGI_OPK_WRITE : TGI_OPK_READ);
    }
}
