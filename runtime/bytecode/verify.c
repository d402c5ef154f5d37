// SPDX-License-Identifier: MIT
//
// verify.c - is a unit sound? What a core assumes about the code it runs, checked.
//
// Owns        nothing that outlives a call.
// Threads     any; a unit does not change.
// Invariants  what is checked, in this order:
//             U1  Counts agree: parameters are locals, locals are registers, names are strings.
//             U2  Every operand is in range for its kind (the FORMAT column of opcodes.def), and
//                 constants are of the kind that the instruction takes.
//             U3  Jumps and handlers stay inside; the last instruction never falls through.
//             U4  Temporaries: what is read was written on every path, what is written is read on
//                 every path, none is left at a return. So paths that meet agree, and a temporary
//                 that is dead holds no reference (Note [register-ownership]).
// Rejected    checking types of registers: locals may hold anything at any time.
#include "bytecode/unit.h"

#include <stdlib.h> // calloc
#include <string.h> // memcpy

typedef struct span {
    uint32_t first, count; // registers
} span;

// What one instruction does to registers, windows included.
typedef struct effect {
    span read[3];    // consumed if temporary
    span kept[2];    // must hold something
    span written[2]; // afterwards hold something
    bool dead;       // written[0] is emptied instead
} effect;

typedef struct checker {
    const tgi_unit *unit;
    uint32_t words; // of a set of temporaries
    uint64_t *sets; // per instruction: temporaries that are live before it
    bool *seen;     // per instruction: its set is known
    uint32_t *work; // instructions to look at
    uint32_t work_count;
} checker;

// --- U1

static bool is_string(const tgi_unit *unit, uint32_t k)
{
    return k < unit->const_count && unit->consts[k].kind == TGI_CONST_STR;
}

static bool are_strings(const tgi_unit *unit, const uint32_t *names, uint32_t count, bool may_lack)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!is_string(unit, names[i]) && !(may_lack && names[i] == TGI_REG_NONE))
            return false;
    }
    return true;
}

static const char *check_counts(const tgi_unit *unit)
{
    uint64_t parameters = (uint64_t)unit->positional_count + unit->kwonly_count +
                          ((unit->flags & TGI_UNIT_VARARGS) != 0) +
                          ((unit->flags & TGI_UNIT_VARKW) != 0);
    if (unit->code_count == 0 || unit->code_count > INT32_MAX)
        return "no code, or too much";
    if (unit->posonly_count > unit->positional_count || parameters > unit->nlocals)
        return "more parameters than locals";
    if (unit->nlocals > unit->nregs || unit->nregs >= TGI_REG_NONE)
        return "more locals than registers, or too many registers";
    if ((unit->flags & TGI_UNIT_CLASSBODY) != 0 && unit->nlocals == 0)
        return "a class body without a local for its namespace";
    if (unit->doc != TGI_REG_NONE && unit->doc >= unit->const_count)
        return "the docstring is not a constant";
    if (!are_strings(unit, unit->local_names, unit->nlocals, true))
        return "the name of a local is not a string";
    if (!are_strings(unit, unit->free_names, unit->free_count, false))
        return "the name of a closure cell is not a string";
    if (!are_strings(unit, unit->attr_names, unit->attr_count, false))
        return "the name of an attribute is not a string";
    if (!are_strings(unit, unit->global_names, unit->global_count, false))
        return "the name of a global is not a string";
    if (!are_strings(unit, unit->instance_names, unit->instance_count, false))
        return "the name of an instance attribute is not a string";
    return NULL;
}

static const char *check_consts(const tgi_unit *unit)
{
    for (uint32_t i = 0; i < unit->const_count; i++) {
        const tgi_const *k = &unit->consts[i];
        switch (k->kind) {
        case TGI_CONST_NONE:
        case TGI_CONST_FALSE:
        case TGI_CONST_TRUE:
        case TGI_CONST_ELLIPSIS:
        case TGI_CONST_INT:
        case TGI_CONST_FLOAT:
            break;
        case TGI_CONST_BIGINT:
        case TGI_CONST_STR:
        case TGI_CONST_BYTES:
            if (k->text == NULL || k->text[k->size] != '\0')
                return "a constant without its text";
            break;
        case TGI_CONST_TUPLE:
            for (uint32_t j = 0; j < k->count; j++) {
                if (k->items[j] >= i || unit->consts[k->items[j]].kind == TGI_CONST_UNIT)
                    return "a tuple of constants that do not come before it";
            }
            break;
        case TGI_CONST_UNIT:
            if (k->unit == NULL)
                return "a constant without its unit";
            break;
        default:
            return "a constant of unknown kind";
        }
    }
    return NULL;
}

// --- what an instruction does

static uint32_t operand(tgi_ins ins, int i)
{
    return i == 0 ? ins.a : i == 1 ? ins.b : ins.c;
}

// The effect by the FORMAT column, then what it does not say.
static effect effect_of(tgi_ins ins)
{
    effect e;
    memset(&e, 0, sizeof e);
    const char *format = tgi_opcode_table[ins.op].format;
    int kept = 0;
    for (int i = 0; i < 3; i++) {
        span one = {operand(ins, i), 1};
        if (format[i] == 'r')
            e.read[i] = one;
        else if (format[i] == 'k')
            e.kept[kept++] = one;
        else if (format[i] == 'w')
            e.written[0] = one;
    }
    switch ((tgi_opcode)ins.op) {
    case TGI_OP_CLEAR:
    case TGI_OP_DELLOCAL:
        e.dead = true;
        break;
    case TGI_OP_BUILDSLICE:
        e.read[1].count = 3;
        break;
    case TGI_OP_BUILDLIST:
    case TGI_OP_BUILDTUPLE:
    case TGI_OP_BUILDSET:
    case TGI_OP_BUILDSTR:
        e.read[1].count = ins.c;
        break;
    case TGI_OP_BUILDDICT:
        e.read[1].count = 2 * (uint32_t)ins.c;
        break;
    case TGI_OP_FORMAT:
        e.read[1].count = (ins.c & 4) != 0 ? 2 : 1;
        break;
    case TGI_OP_UNPACK:
        e.written[0].count = ins.c;
        break;
    case TGI_OP_UNPACKEX:
        e.written[0].count = (ins.c & 255u) + 1u + (ins.c >> 8);
        break;
    case TGI_OP_CALL:
        e.read[0].count = 1u + ins.b;
        break;
    case TGI_OP_LOADMETHOD:
        e.written[0] = (span){ins.a, 2};
        break;
    case TGI_OP_CALLMETHOD:
        e.read[0].count = 2u + ins.b;
        break;
    case TGI_OP_CALLKW:
        e.read[0].count = 1u + ins.b;
        e.written[0] = (span){ins.a, 1};
        break;
    case TGI_OP_CALLEX:
        e.read[0].count = 2u + (ins.b != 0);
        e.written[0] = (span){ins.a, 1};
        break;
    case TGI_OP_FORPREP:
        e.written[0].count = 3;
        break;
    case TGI_OP_MAKEFUNC:
        e.read[2].count = ins.c == TGI_REG_NONE ? 0 : 3;
        break;
    case TGI_OP_BUILDCLASS:
        e.read[1].count = 4;
        break;
    case TGI_OP_EXCINFO:
        e.written[0].count = 3;
        break;
    case TGI_OP_WITHSETUP:
        e.written[0].count = 2;
        break;
    default:
        break;
    }
    return e;
}

// --- U2

static bool inside(const tgi_unit *unit, span s)
{
    return s.count == 0 || (s.first < unit->nregs && s.count <= unit->nregs - s.first);
}

static bool all_locals(const tgi_unit *unit, span s)
{
    return s.first < unit->nlocals && s.count <= unit->nlocals - s.first;
}

static const char *check_registers(const tgi_unit *unit, tgi_ins ins)
{
    effect e = effect_of(ins);
    for (int i = 0; i < 3; i++) {
        if (!inside(unit, e.read[i]))
            return "reads a register that does not exist";
        if (e.read[i].count > 1 && e.read[i].first < unit->nlocals)
            return "a window of temporaries starts among the locals";
    }
    for (int i = 0; i < 2; i++) {
        if (!inside(unit, e.kept[i]))
            return "reads a register that does not exist";
        if (!inside(unit, e.written[i]))
            return "writes a register that does not exist";
    }
    switch ((tgi_opcode)ins.op) {
    case TGI_OP_FORPREP:
    case TGI_OP_WITHSETUP:
    case TGI_OP_DELLOCAL:
    case TGI_OP_MAKECELL:
        return all_locals(unit, e.written[0]) ? NULL : "writes a temporary where a local must be";
    case TGI_OP_FORITER:
        return all_locals(unit, (span){ins.b, 3}) ? NULL : "the state of a loop must be in locals";
    case TGI_OP_GETCELL:
    case TGI_OP_SETCELL:
    case TGI_OP_DELCELL:
    case TGI_OP_RERAISE:
    case TGI_OP_JNEXC:
    case TGI_OP_YIELDFROM:
    case TGI_OP_EXCINFO:
        return all_locals(unit, e.kept[0]) ? NULL : "reads a temporary where a local must be";
    case TGI_OP_SETHANDLED:
        return ins.a == TGI_REG_NONE || ins.a < unit->nlocals
                   ? NULL
                   : "the handled exception must be in a local";
    case TGI_OP_UNPACK:
    case TGI_OP_UNPACKEX:
        return e.written[0].first >= unit->nlocals || e.written[0].count == 0
                   ? NULL
                   : "unpacks into locals";
    default:
        return NULL;
    }
}

static bool is_tuple_of_strings(const tgi_unit *unit, uint32_t k)
{
    return unit->consts[k].kind == TGI_CONST_TUPLE &&
           are_strings(unit, unit->consts[k].items, unit->consts[k].count, false);
}

static const char *check_const_operand(const tgi_unit *unit, tgi_ins ins, uint32_t k)
{
    if (k >= unit->const_count)
        return "a constant that does not exist";
    switch ((tgi_opcode)ins.op) {
    case TGI_OP_GETCELL:
    case TGI_OP_DELCELL:
    case TGI_OP_GETFREE:
    case TGI_OP_DELFREE:
    case TGI_OP_SETNAME:
    case TGI_OP_DELNAME:
    case TGI_OP_IMPORT:
    case TGI_OP_IMPORTFROM:
        return is_string(unit, k) ? NULL : "a name that is not a string";
    case TGI_OP_CALLKW:
        if (!is_tuple_of_strings(unit, k))
            return "names of keywords that are no tuple of strings";
        return unit->consts[k].count <= ins.b ? NULL : "more keywords than arguments";
    case TGI_OP_MAKEFUNC:
        return unit->consts[k].kind == TGI_CONST_UNIT ? NULL : "a function that is no unit";
    default:
        return unit->consts[k].kind != TGI_CONST_UNIT ? NULL : "a unit where a value must be";
    }
}

static uint32_t closure_cell(tgi_ins ins)
{
    switch ((tgi_opcode)ins.op) {
    case TGI_OP_GETFREE:
    case TGI_OP_LOADFREE:
    case TGI_OP_GETNAMEFREE:
        return ins.b;
    case TGI_OP_SETFREE:
    case TGI_OP_DELFREE:
        return ins.a;
    default:
        return UINT32_MAX;
    }
}

// --- U3

// The instruction jumped to, possibly out of range; at + 1 if there is no jump.
static uint32_t target_of(tgi_ins ins, uint32_t at)
{
    const char *format = tgi_opcode_table[ins.op].format;
    if (format[1] == 'J')
        return at + 1 + tgi_ins_jump32(ins);
    return format[2] == 'j' ? at + 1 + (uint32_t)(int32_t)(int16_t)ins.c : at + 1;
}

static bool has_jump(tgi_ins ins)
{
    const char *format = tgi_opcode_table[ins.op].format;
    return format[1] == 'J' || format[2] == 'j';
}

static bool falls_through(tgi_ins ins)
{
    return strchr(tgi_opcode_table[ins.op].effects, 'T') == NULL;
}

static const char *check_instruction(const tgi_unit *unit, uint32_t at)
{
    tgi_ins ins = unit->code[at];
    if (ins.op >= TGI_OP_COUNT)
        return "an instruction that does not exist";
    const char *format = tgi_opcode_table[ins.op].format;
    for (int i = 0; i < 3; i++) {
        uint32_t v = operand(ins, i);
        const char *wrong = NULL;
        if (format[i] == 'K')
            wrong = check_const_operand(unit, ins, v);
        else if (format[i] == 'N' && v >= unit->attr_count)
            wrong = "an attribute site that does not exist";
        else if (format[i] == 'G' && v >= unit->global_count)
            wrong = "a global site that does not exist";
        if (wrong != NULL)
            return wrong;
    }
    if (closure_cell(ins) != UINT32_MAX && closure_cell(ins) >= unit->free_count)
        return "a closure cell that does not exist";
    const char *wrong = check_registers(unit, ins);
    if (wrong != NULL)
        return wrong;
    if (has_jump(ins) && target_of(ins, at) >= unit->code_count)
        return "a jump out of the code";
    if (falls_through(ins) && at + 1 == unit->code_count)
        return "falls off the end of the code";
    return NULL;
}

static const char *check_handlers(const tgi_unit *unit, uint32_t *where)
{
    for (uint32_t i = 0; i < unit->handler_count; i++) {
        const tgi_handler *h = &unit->handlers[i];
        *where = h->start;
        if (h->start >= h->end || h->end > unit->code_count)
            return "a handler whose range is not in the code";
        if (h->target >= unit->code_count)
            return "a handler that is not in the code";
        if (h->reg >= unit->nlocals)
            return "a handler whose exception is not in a local";
    }
    return NULL;
}

// --- U4

static uint64_t *set_of(const checker *c, uint32_t at)
{
    return c->sets + (size_t)at * c->words;
}

// For every temporary of s: is it in set? Then take it out, put it in, or leave it.
static bool change(const checker *c, uint64_t *set, span s, int to)
{
    bool all = true;
    for (uint32_t r = s.first; r < s.first + s.count; r++) {
        if (r < c->unit->nlocals)
            continue;
        uint32_t temp = r - c->unit->nlocals;
        uint64_t bit = (uint64_t)1 << temp % 64;
        all = all && (set[temp / 64] & bit) != 0;
        if (to > 0)
            set[temp / 64] |= bit;
        else if (to == 0)
            set[temp / 64] &= ~bit;
    }
    return all;
}

static bool is_empty(const checker *c, const uint64_t *set)
{
    for (uint32_t i = 0; i < c->words; i++) {
        if (set[i] != 0)
            return false;
    }
    return true;
}

// The path goes on at `at` with `set`. False if another path came there with another set.
static bool flow(checker *c, uint32_t at, const uint64_t *set)
{
    size_t bytes = c->words * sizeof *set;
    if (c->seen[at])
        return memcmp(set_of(c, at), set, bytes) == 0;
    c->seen[at] = true;
    memcpy(set_of(c, at), set, bytes);
    c->work[c->work_count++] = at;
    return true;
}

// One instruction; `set` is scratch and starts as what is live before it.
static const char *step(checker *c, uint32_t at, uint64_t *set)
{
    static const char disagree[] = "paths meet that disagree about a temporary";
    tgi_ins ins = c->unit->code[at];
    effect e = effect_of(ins);
    for (int i = 0; i < 2; i++) {
        if (!change(c, set, e.kept[i], -1))
            return "reads a temporary that holds nothing";
    }
    for (int i = 0; i < 3; i++) {
        if (!change(c, set, e.read[i], 0))
            return "reads a temporary that holds nothing";
    }
    if (ins.op == TGI_OP_JTKEEP || ins.op == TGI_OP_JFKEEP) {
        if (!flow(c, target_of(ins, at), set))
            return disagree;
        change(c, set, e.kept[0], 0);
        return flow(c, at + 1, set) ? NULL : disagree;
    }
    if (ins.op == TGI_OP_FORITER && !flow(c, at + 1, set)) // exhausted: no item is written
        return disagree;
    for (int i = 0; i < 2; i++)
        change(c, set, e.written[i], e.dead ? 0 : 1);
    if (has_jump(ins) && !flow(c, target_of(ins, at), set))
        return disagree;
    if (falls_through(ins) && ins.op != TGI_OP_FORITER && !flow(c, at + 1, set))
        return disagree;
    if ((ins.op == TGI_OP_RET || ins.op == TGI_OP_RETK) && !is_empty(c, set))
        return "returns while a temporary holds something";
    return NULL;
}

static const char *check_temps(const tgi_unit *unit, uint32_t *where)
{
    uint32_t words = (unit->nregs - unit->nlocals + 63) / 64 + 1;
    checker c = {.unit = unit, .words = words};
    uint64_t *set = calloc(words, sizeof *set);
    c.sets = calloc((size_t)unit->code_count * words, sizeof *c.sets);
    c.seen = calloc(unit->code_count, sizeof *c.seen);
    c.work = calloc(unit->code_count, sizeof *c.work);
    const char *wrong = "no memory to check it";
    if (set != NULL && c.sets != NULL && c.seen != NULL && c.work != NULL) {
        // A handler is reached with all temporaries released, and so is the start.
        wrong = flow(&c, 0, set) ? NULL : "the code starts in the middle of a path";
        for (uint32_t i = 0; wrong == NULL && i < unit->handler_count; i++) {
            *where = unit->handlers[i].target;
            if (!flow(&c, unit->handlers[i].target, set))
                wrong = "a handler is entered with a temporary that holds something";
        }
        while (wrong == NULL && c.work_count > 0) {
            *where = c.work[--c.work_count];
            memcpy(set, set_of(&c, *where), words * sizeof *set);
            wrong = step(&c, *where, set);
        }
    }
    free(set);
    free(c.sets);
    free(c.seen);
    free(c.work);
    return wrong;
}

// --- all of it

static const char *verify_at(const tgi_unit *unit, uint32_t *where, int nesting)
{
    const char *wrong = nesting > 200 ? "units nested too deeply" : check_counts(unit);
    *where = 0;
    if (wrong == NULL)
        wrong = check_consts(unit);
    for (uint32_t i = 0; wrong == NULL && i < unit->code_count; i++) {
        *where = i;
        wrong = check_instruction(unit, i);
    }
    if (wrong == NULL)
        wrong = check_handlers(unit, where);
    if (wrong == NULL)
        wrong = check_temps(unit, where);
    for (uint32_t i = 0; wrong == NULL && i < unit->const_count; i++) {
        if (unit->consts[i].kind == TGI_CONST_UNIT)
            wrong = verify_at(unit->consts[i].unit, where, nesting + 1);
    }
    return wrong;
}

const char *tgi_unit_verify(const tgi_unit *unit, uint32_t *where)
{
    return verify_at(unit, where, 0);
}
