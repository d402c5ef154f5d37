// SPDX-License-Identifier: MIT
//
// analyse.c - which objects are garbage: the part of a collection that runs in a pause.
//
// How         1. What the interpreter and its threads are known to use (modules, register stacks)
//                is marked, and everything it leads to. A mark is a bit in the object map. For most
//                programs that is all that lives.
//             2. What has no mark is a candidate. Its number (mem/objmap.h) is its count, minus one
//                for every reference a candidate holds to it, plus one so that it is not zero.
//             3. A candidate whose number is above one is held from outside: by a local of C code,
//                by an immortal or untracked object, by a handle. It stays, and what it leads to.
//             4. The rest is garbage. No weak reference leads to it any more, so nobody else can
//                reach it when the world runs again. Each gets a reference of the collection then,
//                and lives until it is cleared.
//             Step 1 saves work and may be left out: counts alone decide (tests do that).
// Threads     one; the world of the interpreter is stopped, but for tgc_gc_hold.
// Invariants  G1  a number that is not zero belongs to a candidate, and only within one analysis.
//             G2  every traverse shows references that are counted, each once. One that shows more
//                 would make a live object garbage; debug builds check it (a number below one).
//             G3  what is not counted (immortal objects, and what is about to be freed: count 0) is
//                 no candidate; what it refers to is thereby held from outside.
// Memory      when there is none the analysis undoes itself and finds nothing.
// Rejected    a table of counts beside every object, filled for the whole heap: every object is
//             traversed twice (docs/decisions/0008). A hash table of candidates: three times the
//             time per reference.
// Sources     Christopher, "Reference count garbage collection", 1984; Bacon and Rajan, "Concurrent
//             cycle collection in reference counted systems", 2001; Cher, Hosking and Vijaykumar,
//             "Software prefetching for mark-sweep garbage collection", 2004 (docs/papers.md).
#include "core/gc/gc_internal.h"

#include "base/assert.h"          // TGI_ASSERT
#include "core/object/code.h"     // frames
#include "core/object/finalize.h" // who has a finalizer
#include "core/object/weakref.h"  // weak references to garbage
#include "mem/raw.h"              // memory
#include "thread/runtime.h"       // list of threads

// Objects between the prefetch of their memory and its use.
#define AHEAD 16u

typedef struct marker {
    unsigned tag;
    bool failed;
    bool weak; // some candidate has weak references
    tgc_objects todo;
    tgc_objects candidates;
} marker;

bool tgc_objects_grow(tgc_objects *list)
{
    size_t capacity = list->capacity == 0 ? 4096 : list->capacity * 2;
    tgc_obj **item = tgi_raw_realloc((void *)list->item, capacity * sizeof *item);
    if (item == NULL)
        return false;
    list->item = item;
    list->capacity = capacity;
    return true;
}

void tgc_objects_free(tgc_objects *list)
{
    tgi_raw_free((void *)list->item);
    *list = (tgc_objects){0};
}

// The first refusal is final: a dict may have a million items left, and an allocator without memory
// looks through its whole heap each time it is asked.
static void push(marker *m, tgc_obj *o)
{
    if (TGI_UNLIKELY(m->failed || !tgc_objects_add(&m->todo, o)))
        m->failed = true;
}

// Shows `visit` the content of everything on the list, which visit makes longer.
static void work_off(marker *m, tgc_visit visit)
{
    tgc_obj *ahead[AHEAD];
    size_t in = 0, out = 0;
    while (!m->failed) {
        while (in - out < AHEAD && m->todo.count > 0) {
            tgc_obj *o = m->todo.item[--m->todo.count];
            __builtin_prefetch(o);
            __builtin_prefetch((const char *)o + 64); // an instance's slots
            ahead[in++ % AHEAD] = o;
        }
        if (in == out)
            return;
        tgc_obj *o = ahead[out++ % AHEAD];
        tgc_gc_visit(o, visit, m);
    }
}

// --- 1: marks

static void mark(tg_value v, void *arg)
{
    marker *m = arg;
    if (tgc_is_ptr(v) && tgi_objmap_mark(tgc_ptr(v), m->tag))
        push(m, tgc_ptr(v));
}

// What a register holds is a value that somebody counts, or an immediate. Should it be neither,
// then no tracked object starts there, and it is not looked at.
static void mark_thread(const tgc_thread *ct, marker *m)
{
    if (ct->frame != NULL) {
        const tg_value *top = ct->frame->regs + ct->frame->code->nregs;
        for (const tg_value *r = ct->stack; r < top; r++)
            mark(*r, m);
        for (const tgc_frame *f = ct->frames; f <= ct->frame; f++)
            mark(f->result, m);
    }
    mark(ct->raised, m);
    mark(ct->locals, m);
}

typedef struct census {
    const tg_interp *interp;
    const tgc_thread **list; // NULL: only count
    size_t count, capacity;
} census;

static void count_thread(tg_thread *u, void *arg)
{
    census *c = arg;
    if (u->interp != c->interp || u->core == NULL)
        return;
    if (c->list != NULL && c->count < c->capacity)
        c->list[c->count] = tgc_of(u);
    c->count++;
}

// Threads of the interpreter do not end in its pause, and new ones have nothing on their stacks.
static bool mark_threads(tg_thread *t, marker *m)
{
    census c = {.interp = t->interp};
    tgi_threads_for_each(t->runtime, count_thread, &c);
    size_t capacity = c.count;
    c = (census){.interp = t->interp, .capacity = capacity};
    c.list = tgi_raw_alloc((capacity + 1) * sizeof(*c.list));
    if (c.list == NULL)
        return false;
    tgi_threads_for_each(t->runtime, count_thread, &c);
    for (size_t i = 0; i < c.count && i < capacity; i++)
        mark_thread(c.list[i], m);
    tgi_raw_free((void *)c.list);
    return true;
}

static void mark_known(tg_thread *t, marker *m)
{
    tgc_shared *shared = tgc_shared_of(t);
    mark(tgc_from_ptr(shared->builtins), m);
    mark(tgc_slot_peek(&shared->modules), m);
    mark(tgc_slot_peek(&shared->path), m);
    mark(tgc_slot_peek(&shared->excepthook), m);
    if (!mark_threads(t, m))
        m->failed = true;
    work_off(m, mark);
}

// --- 2: candidates

static _Atomic(uint32_t) *number_of(tg_value v)
{
    return tgc_is_ptr(v) ? tgi_objmap_number(tgc_ptr(v)) : NULL;
}

static void set_number(tgc_obj *o, uint32_t n)
{
    // ORDER: relaxed; one thread.
    atom_store_relaxed(tgi_objmap_number(o), n);
}

static uint32_t get_number(const tgc_obj *o)
{
    // ORDER: relaxed; one thread.
    return atom_load_relaxed(tgi_objmap_number(o));
}

static bool add_candidate(void *object, void *arg)
{
    marker *m = arg;
    tgc_obj *o = object;
    if (tgc_is_immortal(o))
        return true;
    int64_t count = tgc_refcount(o);
    if (count <= 0) // G3
        return true;
    if (!tgc_objects_add(&m->candidates, o)) {
        m->failed = true;
        return false;
    }
    set_number(o, count < UINT32_MAX - 1 ? (uint32_t)count + 1 : UINT32_MAX);
    const tgc_type *type = tgc_obj_type(o);
    if (type->weak_offset != 0)
        // ORDER: relaxed; world stopped.
        m->weak |= atom_load_relaxed(tgc_weak_word(type, o)) != 0;
    return true;
}

// One reference from a candidate.
static void subtract(tg_value v, void *arg)
{
    (void)arg;
    _Atomic(uint32_t) *number = number_of(v);
    if (number == NULL)
        return;
    uint32_t n = atom_load_relaxed(number); // ORDER: relaxed; one thread.
    if (n == 0 || n == UINT32_MAX)
        return;
    TGI_ASSERT(n > 1); // G2
    if (n > 1)
        atom_store_relaxed(number, n - 1); // ORDER: relaxed; as above.
}

// --- 3: what stays

static void keep(tg_value v, void *arg)
{
    _Atomic(uint32_t) *number = number_of(v);
    // ORDER: relaxed (both); one thread.
    if (number == NULL || atom_load_relaxed(number) == 0)
        return;
    atom_store_relaxed(number, 0);
    push(arg, tgc_ptr(v));
}

// Takes the objects that are held from outside, and all they lead to, out of the running.
static void keep_held(marker *m, const tgc_objects *among)
{
    for (size_t i = 0; i < among->count && !m->failed; i++) {
        tgc_obj *o = among->item[i];
        if (get_number(o) > 1) {
            set_number(o, 0);
            push(m, o);
            work_off(m, keep);
        }
    }
}

static void subtract_all(const tgc_objects *among)
{
    for (size_t i = 0; i < among->count; i++) {
        tgc_obj *o = among->item[i];
        if (i + AHEAD < among->count)
            __builtin_prefetch(among->item[i + AHEAD]);
        tgc_gc_visit(o, subtract, NULL);
    }
}

static void forget_numbers(const tgc_objects *list)
{
    for (size_t i = 0; i < list->count; i++)
        set_number(list->item[i], 0);
}

// --- 4: garbage

static bool is_garbage(tgc_obj *o, void *arg)
{
    (void)arg;
    _Atomic(uint32_t) *number = tgi_objmap_number(o);
    return number != NULL && atom_load_relaxed(number) != 0; // ORDER: relaxed; one thread.
}

// No weak reference leads to garbage any more. Note [garbage-order] in object/weakref.h.
static tgc_weakref **clear_weak(tg_thread *t, tgc_obj *o, tgc_weakref **end)
{
    const tgc_type *type = tgc_obj_type(o);
    // ORDER: relaxed; world stopped.
    if (type->weak_offset == 0 || atom_load_relaxed(tgc_weak_word(type, o)) == 0)
        return end;
    tgc_weak_clear(t, o, end, is_garbage, NULL);
    while (*end != NULL)
        end = &(*end)->next;
    return end;
}

static void take_garbage(tg_thread *t, marker *m, tgc_garbage *g)
{
    size_t found = 0;
    for (size_t i = 0; i < m->candidates.count; i++) {
        tgc_obj *o = m->candidates.item[i];
        if (get_number(o) != 0)
            m->candidates.item[found++] = o;
    }
    g->live += m->candidates.count - found;
    m->candidates.count = found;
    g->list = m->candidates;
    tgc_weakref **end = &g->pending;
    for (size_t i = 0; m->weak && i < found; i++)
        end = clear_weak(t, g->list.item[i], end);
}

void tgc_gc_hold(tg_thread *t, tgc_garbage *g)
{
    for (size_t i = 0; i < g->list.count; i++) {
        tgc_obj *o = g->list.item[i];
        set_number(o, 0);
        tgc_hold_alone(t, o);
        g->finalizers |= tgc_needs_finalizer(t, o);
    }
}

void tgc_gc_find(tg_thread *t, tgc_garbage *g)
{
    marker m = {.tag = t->interp->objmap_tag};
    m.failed = !tgi_objmap_make_numbers() || !tgc_policy_drain_stopped(t, &g->drained);
    if (!m.failed && tgc_gc_get(tgc_gc_of(t), TG_GC_EXHAUSTIVE) == 0)
        mark_known(t, &m);
    g->live = tgi_objmap_sweep(m.tag, add_candidate, &m); // always: it takes the marks off
    g->candidates = m.candidates.count;
    if (!m.failed) {
        subtract_all(&m.candidates);
        for (size_t i = 0; i < g->drained.count; i++) {
            for (uint32_t k = 0; k < g->drained.block[i].count; k++)
                subtract(tgc_from_ptr(g->drained.block[i].items[k]), NULL);
        }
        keep_held(&m, &m.candidates);
    }
    if (m.failed) {
        forget_numbers(&m.candidates);
        tgc_objects_free(&m.candidates);
        g->short_of_memory = true;
    } else {
        take_garbage(t, &m, g);
    }
    tgc_objects_free(&m.todo);
}

size_t tgc_gc_find_again(tg_thread *t, tgc_garbage *g)
{
    marker m = {0};
    size_t all = g->list.count;
    for (size_t i = 0; i < all; i++) {
        tgc_obj *o = g->list.item[i];
        int64_t others = tgc_refcount(o) - 1;
        set_number(o, others < UINT32_MAX - 1 ? (uint32_t)others + 1 : UINT32_MAX);
    }
    subtract_all(&g->list);
    keep_held(&m, &g->list);
    // Without memory to follow what came back, all of it does.
    size_t left = 0;
    for (size_t i = 0; i < all; i++) {
        tgc_obj *o = g->list.item[i];
        if (m.failed || get_number(o) == 0) {
            set_number(o, 0);
            continue;
        }
        g->list.item[i] = g->list.item[left];
        g->list.item[left++] = o;
    }
    g->list.count = left;
    tgc_weakref **end = &g->pending;
    for (size_t i = 0; i < left; i++)
        end = clear_weak(t, g->list.item[i], end);
    forget_numbers(&g->list);
    tgc_objects_free(&m.todo);
    return all;
}
