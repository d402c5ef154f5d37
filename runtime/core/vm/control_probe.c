// SPDX-License-Identifier: MIT
//
// control_probe.c - whether a loop only waits, although it calls functions.
//
// Note [round]
// A loop that has gone round a good deal in the same frame is probed: all registers of the thread
// are kept, and every instruction of the next round is judged, in whatever function it is. If all
// of them were neutral, the registers are the same, and the thread holds as many locks as before,
// the round has changed nothing. After a few such rounds the thread will go on in the same way for
// ever, unless somebody else does something: it is not enabled before that (TGI_OPK_SPIN). If it
// has found a lock taken, what others do to locks is something, too. So programs that wait in this
// way end under every strategy, and when nobody is left to change anything, the run is a livelock.
//
// Neutral is what reads, computes, makes new objects, calls functions whose code is judged, or
// calls a builtin that is known to change nothing. Time that passes, random numbers, output and all
// other builtins are changes: a loop that polls something outside of the program, or until a
// deadline, never looks as if it only waited.
//
// Threads     the task that runs.
// Invariants  CP1  nothing is consumed, nothing fails, and no code of the script runs.
//             CP2  when a loop is probed depends on what the script has done, never on an address:
//                  registers that are the same are the same objects, because they are kept.
//             CP3  what is not known counts as a change.
#include "core/vm/control.h"

#include "core/object/class.h"  // types
#include "core/object/float.h"  // values
#include "core/object/object.h" // flags
#include "core/object/str.h"    // texts

#include <string.h> // strcmp

enum { FIRST_ROUNDS = 16, MOST_ROUNDS = 1024, NEUTRAL_ROUNDS = 3, INNER_ROUNDS = 10000 };

// --- the registers at the beginning of a round

static void drop_kept(tg_thread *t, tgi_probe *p)
{
    for (size_t i = 0; i < p->kept.count; i++)
        tgc_release(t, p->kept.data[i]);
    vec_clear(&p->kept);
}

static bool keep_registers(tg_thread *t, tgi_probe *p)
{
    const tgc_thread *ct = tgc_of(t);
    const tg_value *top = tgc_stack_top(ct);
    if (!vec_reserve(&p->kept, (size_t)(top - ct->stack)))
        return false;
    for (const tg_value *r = ct->stack; r < top; r++) {
        tg_value v = tgc_is_ptr(*r) ? tgc_retain(t, *r) : *r;
        (void)vec_push(&p->kept, v);
    }
    return true;
}

// The same object, or a text or number that is equal.
static bool is_same(tg_value a, tg_value b)
{
    if (a == b)
        return true;
    if (!tgc_is_ptr(a) || !tgc_is_ptr(b))
        return false;
    if (tgc_is_str(a) && tgc_is_str(b))
        return tgc_type_of(a) == tgc_type_of(b) && tgc_str_equal(a, b);
    return tgc_is_float(a) && tgc_is_float(b) && tgc_float_value(a) == tgc_float_value(b);
}

static bool are_same(tg_thread *t, const tgi_probe *p)
{
    const tgc_thread *ct = tgc_of(t);
    size_t n = (size_t)(tgc_stack_top(ct) - ct->stack);
    bool same = n == p->kept.count;
    for (size_t i = 0; same && i < n; i++)
        same = is_same(ct->stack[i], p->kept.data[i]);
    return same;
}

// --- rounds

static void stop_probing(tg_thread *t, tgi_probe *p)
{
    p->on = false;
    t->task->points &= ~(uint32_t)TGI_AT_PROBE;
    drop_kept(t, p);
}

// The round has changed something: it is tried again later.
static void give_up(tg_thread *t, tgi_probe *p)
{
    stop_probing(t, p);
    p->loop->rounds = 0;
    p->loop->wait = p->loop->wait < MOST_ROUNDS ? p->loop->wait * 2 : MOST_ROUNDS;
    t->task->engine->altered++;
}

static void begin_round(tgi_task *self, tgi_probe *p)
{
    p->dirty = p->tried = false;
    p->prepared = 0;
    p->inner = 0;
    p->held = (uint32_t)self->held.count;
    p->altered = self->engine->altered;
    p->lock_altered = self->engine->lock_altered;
    p->own_locks = 0;
}

bool tgc_probe_round(tg_thread *t, const tgc_frame *f, const tgi_ins *at)
{
    tgi_task *self = t->task;
    tgi_engine *e = self->engine;
    tgi_probe *p = &self->probe;
    if (e->watch.looking || e->killing || e->finalizers)
        return false;
    tgi_probe_loop *loop = &p->loops[(size_t)(at - f->code->ins) % TGI_PROBE_LOOPS];
    if (p->on && (loop != p->loop || loop->at != at || loop->frame != f)) {
        if (++p->inner > INNER_ROUNDS) // a loop in the loop is the one to be looked at
            stop_probing(t, p);
        return false;
    }
    if (loop->at != at || loop->frame != f) {
        *loop = (tgi_probe_loop){.at = at, .frame = f, .wait = FIRST_ROUNDS};
        return false;
    }
    if (!p->on) {
        if (++loop->rounds < loop->wait || !keep_registers(t, p))
            return false;
        p->on = true;
        p->loop = loop;
        p->neutral = 0;
        e->altered++; // what it did before
        self->points |= TGI_AT_PROBE;
        begin_round(self, p);
        return false;
    }
    if (p->dirty || p->held != self->held.count || !are_same(t, p)) {
        give_up(t, p);
        return false;
    }
    // What others did in this round, it may not have seen.
    uint32_t altered = p->altered, locks = p->lock_altered + p->own_locks;
    bool tried = p->tried || p->tried_before;
    begin_round(self, p);
    p->tried_before = tried;
    if (++p->neutral < NEUTRAL_ROUNDS)
        return false;
    p->neutral = 0;
    p->tried_before = false;
    loop->wait = FIRST_ROUNDS;
    tgi_engine_wait_for_change(self, altered + (tried ? locks : 0), tried);
    begin_round(self, p);
    return true;
}

// --- what is neutral

#define COMPARE(name)                                                            \
    [TGI_OP_##name] = true, [TGI_OP_J##name] = true, [TGI_OP_J##name##K] = true, \
    [TGI_OP_JN##name] = true, [TGI_OP_JN##name##K] = true
#define BINARY(name) [TGI_OP_##name] = true, [TGI_OP_##name##K] = true
#define OP(name)     [TGI_OP_##name] = true
// Of the others, judge says which are.
static const bool neutral_op[TGI_OP_COUNT] = {
    OP(NOP),        OP(MOVE),       OP(LOADK),     OP(LOADI),        OP(DELLOCAL),
    OP(CLEAR),      OP(MAKECELL),   OP(GETCELL),   OP(GETFREE),      OP(LOADFREE),
    OP(GETGLOBAL),  OP(GETNAME),    OP(NOT),       OP(NEG),          OP(POS),
    OP(INVERT),     OP(IS),         OP(ISNOT),     OP(IN),           OP(NOTIN),
    OP(JMP),        OP(LOOP),       OP(JT),        OP(JF),           OP(JTKEEP),
    OP(JFKEEP),     OP(JNONE),      OP(JNOTNONE),  OP(JIS),          OP(JISNOT),
    OP(JIN),        OP(JNOTIN),     OP(GETATTR),   OP(GETITEM),      OP(GETITEMI),
    OP(GETITEMK),   OP(BUILDSLICE), OP(BUILDLIST), OP(BUILDTUPLE),   OP(BUILDSET),
    OP(BUILDDICT),  OP(BUILDSTR),   OP(FORMAT),    OP(LOADMETHOD),   OP(LISTTOTUPLE),
    OP(RET),        OP(RETK),       OP(RAISE),     OP(RAISEFROM),    OP(RAISECURRENT),
    OP(RERAISE),    OP(SETHANDLED), OP(JNEXC),     OP(EXCINFO),      OP(LOADASSERT),
    OP(WITHSETUP),  OP(MAKEFUNC),   COMPARE(LT),   COMPARE(LE),      COMPARE(EQ),
    COMPARE(NE),    COMPARE(GT),    COMPARE(GE),   BINARY(ADD),      BINARY(SUB),
    BINARY(MUL),    BINARY(DIV),    BINARY(MOD),   BINARY(FLOORDIV), BINARY(LSHIFT),
    BINARY(RSHIFT), OP(RADDK),      OP(RSUBK),     OP(RMULK),        OP(RDIVK),
    BINARY(POW),    BINARY(AND),    BINARY(OR),    BINARY(XOR),
};

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

// Whether what it does is done in code that is judged, or in none.
static bool is_script_class(const tgc_type *type)
{
    return (type->flags & (TGC_TF_HEAP | TGC_TF_NATIVE)) == TGC_TF_HEAP;
}

// Whoever goes through it changes it.
static bool is_iterator(tg_value v)
{
    return tgc_is_ptr(v) && tgc_type_of(v)->next != NULL;
}

static bool is_quiet_method(tgi_probe *p, const tgc_type *owner, const char *name)
{
    static const char *const locks[] = {"acquire",  "release", "locked", "__enter__",
                                        "__exit__", "is_done", NULL};
    static const char *const readers[] = {"index",    "count",        "copy",  "get",
                                          "keys",     "values",       "items", "__len__",
                                          "issubset", "__contains__", NULL};
    if ((owner->flags & (TGC_TF_STR | TGC_TF_BYTES | TGC_TF_TUPLE | TGC_TF_INT | TGC_TF_FLOAT)) !=
        0)
        return true;
    if ((owner->flags & (TGC_TF_LIST | TGC_TF_DICT | TGC_TF_SET)) != 0)
        return is_one_of(name, readers);
    if ((owner->flags & TGC_TF_EXC) != 0)
        return strcmp(name, "__init__") == 0;
    if ((owner->flags & TGC_TF_NATIVE) == 0)
        return false;
    if (strcmp(owner->name, "deque") == 0)
        return strcmp(name, "__len__") == 0;
    if (!is_one_of(name, locks))
        return false;
    p->tried |= strcmp(name, "locked") == 0;
    return strcmp(owner->name, "lock") == 0 || strcmp(owner->name, "RLock") == 0 ||
           strcmp(name, "is_done") == 0;
}

static bool is_quiet_function(const char *name)
{
    static const char *const names[] = {"len", "isinstance", "issubclass", "callable",    "abs",
                                        "id",  "getattr",    "hasattr",    "get_ident",   "min",
                                        "max", "repr",       "hash",       "any",         "all",
                                        "sum", "sorted",     "sleep",      "sched_yield", NULL};
    return is_one_of(name, names);
}

static bool is_quiet_type(const tgc_type *type)
{
    static const char *const names[] = {"int", "str",   "bool",   "float", "tuple", "list", "dict",
                                        "set", "range", "object", "type",  "bytes", NULL};
    return is_script_class(type) || (type->flags & TGC_TF_EXC) != 0 || is_one_of(type->name, names);
}

static bool is_quiet_call(tgi_probe *p, tg_value f, const tg_value *args, size_t nargs)
{
    if (tgc_is_ptr(f) && tgc_is_exact(f, &tgc_method_type))
        f = ((const tgc_method *)(const void *)tgc_ptr(f))->func;
    if (!tgc_is_ptr(f))
        return true; // an exception comes
    if (tgc_is_exact(f, &tgc_function_type) || is_script_class(tgc_type_of(f)))
        return true;
    for (size_t k = 0; k < nargs; k++) {
        if (is_iterator(args[k]))
            return false;
    }
    if (tgc_has_flag(f, TGC_TF_TYPE))
        return is_quiet_type((const tgc_type *)(const void *)tgc_ptr(f));
    if (!tgc_is_exact(f, &tgc_builtin_type))
        return false;
    const tgc_builtin *b = (const tgc_builtin *)(const void *)tgc_ptr(f);
    return b->owner != NULL ? is_quiet_method(p, b->owner, b->def->name)
                            : is_quiet_function(b->def->name);
}

static bool is_immutable(tg_value v)
{
    return !tgc_is_ptr(v) || (tgc_type_of(v)->flags & (TGC_TF_INT | TGC_TF_FLOAT | TGC_TF_STR |
                                                       TGC_TF_BYTES | TGC_TF_TUPLE)) != 0;
}

static bool judge(tgi_probe *p, const tgc_frame *f, const tgi_ins *i)
{
    const tg_value *R = f->regs;
    if (neutral_op[i->op])
        return true;
    switch (i->op) {
    case TGI_OP_CALL:
    case TGI_OP_CALLKW:
        return is_quiet_call(p, R[i->a], &R[i->a + 1], i->b);
    case TGI_OP_CALLMETHOD:
        return is_quiet_call(p, R[i->a], &R[i->a + 2], i->b);
    case TGI_OP_GETITER:
        return true;
    case TGI_OP_UNPACK:
        return is_immutable(R[i->b]);
    case TGI_OP_FORPREP: // what it goes through is new, and of this round
        if (is_iterator(R[i->b]) || i->a >= 64)
            return false;
        if (f == p->loop->frame)
            p->prepared |= UINT64_C(1) << i->a;
        return true;
    case TGI_OP_FORITER:
        return f != p->loop->frame || (i->b < 64 && (p->prepared >> i->b & 1) != 0);
    case TGI_OP_IADD:
    case TGI_OP_IADDK:
    case TGI_OP_ISUB:
    case TGI_OP_ISUBK:
        return is_immutable(R[i->b]);
    default:
        return false;
    }
}

void tgc_control_probe(tg_thread *t, const tgc_frame *f, const tgi_ins *i)
{
    tgi_probe *p = &t->task->probe;
    if (!p->on || t->task->engine->watch.looking)
        return;
    if ((const void *)f < p->loop->frame) { // the loop was left
        stop_probing(t, p);
        t->task->engine->altered++;
    } else if (p->dirty || !judge(p, f, i)) {
        give_up(t, p);
    }
}
