// SPDX-License-Identifier: MIT
//
// analyse.c - which objects are garbage: the part of a collection that runs in a pause.
//
// How         1. What the interpreter and its threads are known to use (modules, register stacks)
//                is marked, and everything it leads to. A mark is a bit in the object map. For most
//                programs that is all that lives.
//             2. What has no mark is a candidate. Its number (mem/objmap.h) is its count, minus one
//                for every reference a candidate holds to it, plus one so that it is not zero.
//                Sums do not ask for an order: each candidate is looked at once, and a reference
//                may be subtracted before the count was added.
//             3. A candidate whose number is above one is held from outside: by a local of C code,
//                by an immortal or untracked object, by a handle. It stays, and what it leads to.
//             4. The rest is garbage. No weak reference leads to it any more, so nobody else can
//                reach it when the world runs again. Then, in tgc_gc_hold, what stays is taken off
//                the list. The rest is set aside to be freed (scrap.c), or gets a reference of the
//                collection and lives until it is cleared.
//             Step 1 saves work and may be left out: counts alone decide (tests do that).
// Threads     steps 1 to 3 by a team (team.c); the world of the interpreter is stopped, but for
//             tgc_gc_hold. Marks and the zero of step 3 are stored without a locked instruction:
//             two members that find the same object at once both look at it, which changes nothing.
// Invariants  G1  a number that is not zero belongs to a candidate, and only until tgc_gc_hold.
//             G2  every traverse shows references that are counted, each once. One that shows more
//                 would make a live object garbage; debug builds check it.
//             G3  what is not counted (immortal objects, and what is about to be freed: count 0) is
//                 no candidate; what it refers to is thereby held from outside. What others
//                 subtracted from its number is forgotten.
//             G4  marks stay until step 3 is done: they tell candidates from the rest.
// Memory      when one of the team finds none the analysis undoes itself and finds nothing.
// Rejected    a table of counts beside every object, filled for the whole heap: every object is
//             traversed twice (docs/decisions/0008). A hash table of candidates: three times the
//             time per reference.
// Sources     Christopher, "Reference count garbage collection", 1984; Bacon and Rajan, "Concurrent
//             cycle collection in reference counted systems", 2001; Cher, Hosking and Vijaykumar,
//             "Software prefetching for mark-sweep garbage collection", 2004 (docs/papers.md).
//
// Note [own-part]
// Three additions to numbers per candidate, each in one locked instruction, cost as much as all the
// rest of step 2. So a number is written without by the member that counts the part of the object
// map it is in, as most references do not lead far. Those into another part are put on a list, and
// subtracted with locked instructions when all are counted; there it is known which number comes
// next, so its memory is fetched ahead. A word of memory for each.
#include "core/gc/gc_internal.h"
#include "core/gc/team.h" // threads and their lists

#include "base/assert.h"          // TGI_ASSERT
#include "base/clock.h"           // figures
#include "core/object/class.h"    // instances
#include "core/object/code.h"     // frames
#include "core/object/finalize.h" // who has a finalizer
#include "core/object/weakref.h"  // weak references to garbage
#include "mem/raw.h"              // memory
#include "thread/runtime.h"       // list of threads

// Objects between the prefetch of their memory and its use.
#define AHEAD 16u

// More references than this are not counted: G3. No candidate is referred to so often.
#define TGC_COUNT_MOST INT32_MAX

// tgc_gc_visit with the most frequent kind of object in line, and with it `visit`.
static inline __attribute__((always_inline)) void look_into(tgc_obj *o, tgc_visit visit, void *arg)
{
    tgc_type *type = tgc_obj_type(o);
    if (TGI_UNLIKELY(type->traverse != tgc_instance_traverse)) {
        if (TGI_LIKELY(type->traverse != NULL))
            type->traverse(o, visit, arg);
        return;
    }
    const tgc_attrs *attrs = tgc_attrs_of(type, o);
    visit(tgc_slot_peek(&attrs->dict), arg);
    for (uint32_t i = 0, n = tgc_slots_in_use(type); i < n; i++)
        visit(tgc_slot_peek(&attrs->slots[i]), arg);
    const tgc_type *layout = tgc_layout_of(type);
    if (layout->traverse != NULL)
        layout->traverse(o, visit, arg);
}

// Shows `visit` the content of everything on m's stack, which visit makes longer.
static inline __attribute__((always_inline)) void work_off(tgc_marker *m, tgc_visit visit)
{
    tgc_team *team = m->team;
    tgc_obj *ahead[AHEAD];
    size_t in = 0, out = 0;
    while (!m->failed) {
        while (in - out < AHEAD) {
            tgc_obj *o = tgc_marker_pop(m);
            if (o == NULL)
                break;
            __builtin_prefetch(o);
            __builtin_prefetch((const char *)o + 64); // an instance's slots
            ahead[in++ % AHEAD] = o;
        }
        if (in == out)
            return;
        look_into(ahead[out++ % AHEAD], visit, m);
        // ORDER: relaxed (both); hints.
        if (TGI_UNLIKELY(atom_load_relaxed(&team->hungry) > atom_load_relaxed(&team->available)))
            tgc_team_share(m);
    }
}

// --- 1: marks

static void mark(tg_value v, void *arg)
{
    tgc_marker *m = arg;
    if (tgc_is_ptr(v) && tgi_objmap_mark(tgc_ptr(v), m->tag))
        tgc_marker_push(m, tgc_ptr(v));
}

// What a register holds is a value that somebody counts, or an immediate. Should it be neither,
// then no tracked object starts there, and it is not looked at.
static void mark_thread(const tgc_thread *ct, tgc_marker *m)
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
static bool mark_threads(tg_thread *t, tgc_marker *m)
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

static void mark_known(tg_thread *t, tgc_marker *m)
{
    tgc_shared *shared = tgc_shared_of(t);
    mark(tgc_from_ptr(shared->builtins), m);
    mark(tgc_slot_peek(&shared->modules), m);
    mark(tgc_slot_peek(&shared->path), m);
    mark(tgc_slot_peek(&shared->excepthook), m);
    if (!mark_threads(t, m))
        tgc_marker_fail(m);
}

// A member's part of step 1. The first has the roots on its stack.
static void mark_part(tgc_marker *m)
{
    tgc_chunk *none;
    if (m != m->team->marker && !tgc_team_join(m))
        return;
    do
        work_off(m, mark);
    while (!m->failed && tgc_team_take(m, &none));
}

// --- 2: candidates

static _Atomic(uint32_t) *number_of(tg_value v)
{
    return tgc_is_ptr(v) ? tgi_objmap_number(tgc_ptr(v)) : NULL;
}

static void set_number(tgc_obj *o, uint32_t n)
{
    // ORDER: relaxed; between runs of the team, or stores of the same value.
    atom_store_relaxed(tgi_objmap_number(o), n);
}

static uint32_t get_number(const tgc_obj *o)
{
    // ORDER: relaxed; as above.
    return atom_load_relaxed(tgi_objmap_number(o));
}

// Adds to a number, modulo 2^32. Note [own-part].
static inline void add_number(_Atomic(uint32_t) *number, uint32_t n)
{
    // ORDER: relaxed (both); no other thread has to do with it.
    atom_store_relaxed(number, atom_load_relaxed(number) + n);
}

static TGI_NOINLINE void postpone(tgc_marker *m, _Atomic(uint32_t) *number)
{
    if (!tgc_chunk_add(&m->later, (tgc_obj *)(void *)number))
        tgc_marker_fail(m);
}

// One reference from a candidate.
static inline __attribute__((always_inline)) void subtract_one(tgc_marker *m, tg_value v)
{
    if (!tgc_is_ptr(v))
        return;
    _Atomic(uint32_t) *number = tgi_objmap_unmarked_number(tgc_ptr(v), m->tag);
    if (number == NULL)
        return;
    if (m->several && !tgi_objmap_same_part(tgc_ptr(v), m->at))
        postpone(m, number);
    else
        add_number(number, UINT32_MAX);
}

static void subtract(tg_value v, void *arg)
{
    subtract_one(arg, v);
}

// What is to be known of most objects of a pause: those of the same class follow each other.
static void learn(tgc_marker *m, tgc_type *type)
{
    m->plain = type;
    m->slots = -1;
    if (type->traverse == tgc_instance_traverse && tgc_layout_of(type)->traverse == NULL)
        m->slots = tgc_slots_in_use(type);
}

static inline void look_through(tgc_marker *m, tgc_type *type, tgc_obj *o)
{
    if (TGI_UNLIKELY(type != m->plain || m->slots < 0)) {
        look_into(o, subtract, m);
        return;
    }
    const tgc_attrs *attrs = tgc_attrs_of(type, o);
    subtract_one(m, tgc_slot_peek(&attrs->dict));
    for (int64_t i = 0; i < m->slots; i++)
        subtract_one(m, tgc_slot_peek(&attrs->slots[i]));
}

static inline void count_one(tgc_marker *m, tgc_obj *o, _Atomic(uint32_t) *number)
{
    int64_t count = tgc_is_immortal(o) ? 0 : tgc_refcount(o);
    if (TGI_UNLIKELY(count <= 0 || count > TGC_COUNT_MOST)) { // G3
        if (!tgc_chunk_add(&m->outside, o))
            tgc_marker_fail(m);
        return;
    }
    if (!tgc_chunk_add(&m->found, o)) {
        tgc_marker_fail(m);
        return;
    }
    m->candidates++;
    m->at = o;
    add_number(number, (uint32_t)count + 1);
    tgc_type *type = tgc_obj_type(o);
    bool odd = false;
    if (TGI_UNLIKELY(type != m->plain)) {
        odd = !tgc_scrap_knows(type);
        if (!odd)
            learn(m, type);
    }
    // ORDER: relaxed; world stopped.
    if (type->weak_offset != 0 && atom_load_relaxed(tgc_weak_word(type, o)) != 0)
        m->weak = odd = true;
    if (TGI_UNLIKELY(odd) && !tgc_chunk_add(&m->odd, o))
        tgc_marker_fail(m);
    look_through(m, type, o);
}

static inline void prefetch(const void *object)
{
    __builtin_prefetch(object);
    __builtin_prefetch((const char *)object + 64); // an instance's slots
}

static void count_some(void *const *objects, size_t n, void *arg)
{
    tgc_marker *m = arg;
    _Atomic(uint32_t) *numbers = tgi_objmap_number(objects[0]) - tgi_objmap_granule(objects[0]);
    for (size_t i = 0; i < n && i < AHEAD; i++)
        prefetch(objects[i]);
    for (size_t i = 0; i < n && !m->failed; i++) {
        if (i + AHEAD < n)
            prefetch(objects[i + AHEAD]);
        count_one(m, objects[i], &numbers[tgi_objmap_granule(objects[i])]);
    }
}

// A member's part of step 2.
static void count_part(tgc_marker *m)
{
    tgi_objmap_list_parts(&m->team->cursor, m->tag, count_some, m);
}

static void subtract_later(const tgc_marker *m, const tgc_chunk *numbers)
{
    for (size_t i = 0; i < numbers->count; i++) {
        if (i + AHEAD < numbers->count)
            __builtin_prefetch(numbers->item[i + AHEAD], 1);
        _Atomic(uint32_t) *number = (void *)numbers->item[i];
        if (m->several)
            atom_add_relaxed(number, UINT32_MAX); // ORDER: relaxed; a sum, read after the run.
        else
            add_number(number, UINT32_MAX);
    }
}

// And of its end.
static void later_part(tgc_marker *m)
{
    tgc_chunk *numbers;
    if (m != m->team->marker && !tgc_team_join(m))
        return;
    while (tgc_team_take(m, &numbers))
        subtract_later(m, numbers);
}

// --- 3: what stays

static void keep(tg_value v, void *arg)
{
    _Atomic(uint32_t) *number = number_of(v);
    // ORDER: relaxed (both); whoever else stores it stores 0.
    if (number == NULL || atom_load_relaxed(number) == 0)
        return;
    atom_store_relaxed(number, 0);
    tgc_marker_push(arg, tgc_ptr(v));
}

// Takes the objects that are held from outside, and all they lead to, out of the running.
static void keep_held(tgc_marker *m, const tgc_chunk *among)
{
    tgc_place at = {0};
    for (size_t i = 0; i < among->count && !m->failed; i++) {
        tgc_obj *o = among->item[i];
        // ORDER: relaxed; between runs of the team, or stores of 0.
        if (TGI_UNLIKELY(atom_load_relaxed(tgc_number_at(&at, o)) > 1)) {
            set_number(o, 0);
            tgc_marker_push(m, o);
            work_off(m, keep);
        }
    }
}

// A member's part of step 3.
static void keep_part(tgc_marker *m)
{
    tgc_chunk *held;
    if (m != m->team->marker && !tgc_team_join(m))
        return;
    while (!m->failed && tgc_team_take(m, &held)) {
        if (held != NULL)
            keep_held(m, held);
        else
            work_off(m, keep);
    }
}

// A member's part of the end: takes the marks off. Without memory also the numbers, which may be
// anywhere.
static bool forget_number(void *object, void *arg)
{
    (void)arg;
    if (get_number(object) != 0)
        set_number(object, 0);
    return true;
}

static void tidy_part(tgc_marker *m)
{
    // ORDER: relaxed; written before this run.
    bool failed = atom_load_relaxed(&m->team->failed);
    m->live +=
        tgi_objmap_sweep_parts(&m->team->cursor, m->tag, true, failed ? forget_number : NULL, NULL);
}

// --- 4: garbage

static bool is_garbage(tgc_obj *o, void *arg)
{
    (void)arg;
    _Atomic(uint32_t) *number = tgi_objmap_number(o);
    return number != NULL && atom_load_relaxed(number) != 0; // ORDER: relaxed; between runs.
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

static void clear_weak_of_garbage(tg_thread *t, tgc_garbage *g)
{
    tgc_weakref **end = &g->pending;
    for (const tgc_chunk *c = g->list; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++) {
            if (get_number(c->item[i]) != 0)
                end = clear_weak(t, c->item[i], end);
        }
    }
}

static void append(tgc_chunk **list, tgc_chunk **more)
{
    while (*list != NULL)
        list = &(*list)->next;
    *list = *more;
    *more = NULL;
}

// The candidates of all members are one list.
static void join_found(tgc_team *team, tgc_garbage *g)
{
    for (unsigned i = 0; i < TGI_CREW_MAX; i++) {
        append(&team->marker[i].found, &g->list); // ours to the end of the member's
        g->list = team->marker[i].found;
        team->marker[i].found = NULL;
        append(&team->marker[i].odd, &g->odd);
        g->odd = team->marker[i].odd;
        team->marker[i].odd = NULL;
        append(&team->marker[i].later, &team->later);
        team->later = team->marker[i].later;
        team->marker[i].later = NULL;
    }
}

// Between runs: one that is no object's.
static void forget_reference(const tgc_obj *o, unsigned tag)
{
    _Atomic(uint32_t) *number = tgi_objmap_unmarked_number(o, tag);
    if (number != NULL)
        add_number(number, UINT32_MAX);
}

static void forget_outside(tgc_team *team)
{
    for (unsigned i = 0; i < TGI_CREW_MAX; i++) {
        for (const tgc_chunk *c = team->marker[i].outside; c != NULL; c = c->next) {
            for (size_t k = 0; k < c->count; k++)
                set_number(c->item[k], 0);
        }
    }
}

static bool failed(const tgc_team *team)
{
    return atom_load_relaxed(&team->failed); // ORDER: relaxed; between runs.
}

static void find_candidates(tgc_team *team, tgc_garbage *g)
{
    tgi_objmap_cursor_init(&team->cursor);
    tgc_team_run(team, count_part);
    join_found(team, g);
    if (failed(team))
        return;
    if (team->later != NULL) {
        tgc_team_begin(team, team->later);
        tgc_team_run(team, later_part);
    }
    for (size_t i = 0; i < g->drained.count; i++) {
        for (uint32_t k = 0; k < g->drained.block[i].count; k++)
            forget_reference(g->drained.block[i].items[k], team->marker[0].tag);
    }
    forget_outside(team);
    for (const tgc_chunk *c = TGI_DEBUG ? g->list : NULL; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++)
            TGI_ASSERT(get_number(c->item[i]) - 1 <= TGC_COUNT_MOST); // G2
    }
    tgc_team_begin(team, g->list);
    tgc_team_run(team, keep_part);
}

void tgc_gc_find(tg_thread *t, tgc_garbage *g, unsigned members)
{
    int64_t begun = tgi_clock_now_ns();
    unsigned tag = t->interp->objmap_tag;
    tgc_team *team = g->team = tgc_team_new(members, tag);
    if (team == NULL || !tgi_objmap_make_numbers() || !tgc_policy_drain_stopped(t, &g->drained) ||
        !tgc_policy_drain_dead(t, &g->drained)) {
        g->short_of_memory = true;
        return;
    }
    if (tgc_gc_get(tgc_gc_of(t), TG_GC_EXHAUSTIVE) == 0) {
        mark_known(t, &team->marker[0]);
        tgc_team_begin(team, NULL);
        tgc_team_run(team, mark_part);
    }
    int64_t marked = tgi_clock_now_ns();
    if (!failed(team))
        find_candidates(team, g);
    tgi_objmap_cursor_init(&team->cursor);
    tgc_team_run(team, tidy_part); // always
    tgi_crew_dismiss(&team->crew);
    bool weak = false;
    for (unsigned i = 0; i < TGI_CREW_MAX; i++) {
        g->live += team->marker[i].live;
        g->candidates += team->marker[i].candidates;
        weak |= team->marker[i].weak;
    }
    g->threads = tgi_crew_came(&team->crew) + 1;
    if (failed(team))
        g->short_of_memory = true;
    else if (weak)
        clear_weak_of_garbage(t, g);
    g->mark_ns = marked - begun;
    g->count_ns = tgi_clock_now_ns() - marked;
}

void tgc_gc_hold(tg_thread *t, tgc_garbage *g)
{
    tgc_team_free(g->team);
    g->team = NULL;
    if (g->short_of_memory) {
        tgc_gc_forget(g);
        return;
    }
    if (tgc_scrap_sort(t, g)) {
        g->live += g->candidates - g->found;
        return;
    }
    for (tgc_chunk *c = g->list; c != NULL; c = c->next) {
        size_t found = 0;
        for (size_t i = 0; i < c->count; i++) {
            if (i + AHEAD < c->count)
                __builtin_prefetch(c->item[i + AHEAD], 1);
            tgc_obj *o = c->item[i];
            _Atomic(uint32_t) *number = tgi_objmap_number(o);
            // ORDER: relaxed (both); the numbers of this tag are ours until the next analysis.
            if (atom_load_relaxed(number) == 0)
                continue; // it stays, and may be gone by now
            atom_store_relaxed(number, 0);
            tgc_hold_alone(t, o);
            if (tgc_obj_type(o)->finalize != NULL)
                g->finalizers |= tgc_needs_finalizer(t, o);
            c->item[found++] = o;
        }
        c->count = found;
        g->found += found;
    }
    g->live += g->candidates - g->found;
}

void tgc_gc_forget(tgc_garbage *g)
{
    tgc_scrap_end(g);
    tgc_chunks_free(g->list);
    tgc_chunks_free(g->odd);
    g->list = g->odd = NULL;
}

// --- the second pause: the list alone, and one thread

// One reference from an object of the list.
static void subtract_listed(tg_value v, void *arg)
{
    (void)arg;
    _Atomic(uint32_t) *number = number_of(v);
    if (number == NULL)
        return;
    uint32_t n = atom_load_relaxed(number); // ORDER: relaxed; one thread.
    if (n == 0 || n == UINT32_MAX)
        return;
    TGI_ASSERT(n > 1);                 // G2
    atom_store_relaxed(number, n - 1); // ORDER: relaxed; as above.
}

size_t tgc_gc_find_again(tg_thread *t, tgc_garbage *g)
{
    tgc_team *team = tgc_team_new(1, t->interp->objmap_tag);
    for (const tgc_chunk *c = g->list; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++) {
            int64_t others = tgc_refcount(c->item[i]) - 1;
            set_number(c->item[i], others < UINT32_MAX - 1 ? (uint32_t)others + 1 : UINT32_MAX);
        }
    }
    for (const tgc_chunk *c = g->list; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++)
            tgc_gc_visit(c->item[i], subtract_listed, NULL);
    }
    for (const tgc_chunk *c = g->list; c != NULL && team != NULL; c = c->next)
        keep_held(&team->marker[0], c);
    // Without memory to follow what came back, all of it does.
    bool all = team == NULL || failed(team);
    clear_weak_of_garbage(t, g);
    size_t back = 0;
    for (tgc_chunk *c = g->list; c != NULL; c = c->next) {
        for (size_t i = 0; i < c->count; i++) {
            tgc_obj *o = c->item[i];
            if (all || get_number(o) == 0) {
                c->item[i] = tgc_came_back(o);
                back++;
            }
            set_number(o, 0);
        }
    }
    tgc_team_free(team);
    return back;
}
