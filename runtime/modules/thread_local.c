// SPDX-License-Identifier: MIT
//
// thread_local.c - _thread._local: an object with other attributes in every thread.
//
// A local and the threads that used it meet in a body: it lists, per thread, the dict with the
// attributes. The local holds one count of the body; every thread that used it holds one through a
// token in its thread dict, under the body's number. When the thread ends, its thread dict lets go
// of the token, which takes the thread's entry out of the body. When the local ends, all entries
// go, and the tokens that stay behind are small; a thread throws them away from time to time.
//
// Where a thread found its dict is kept beside it, in a table with a few places, so that the next
// use takes no lock and writes to nothing that another thread reads.
//
// Threads     the list of a body is guarded by its short lock. An entry's dict is touched by its
//             own thread only, but for the end.
// Invariants  TL1  a body lives as long as its local or a token of it.
//             TL2  an entry goes when its own thread lets go of the token, or with the local: while
//                  the thread uses the dict nobody takes it away. A token that another thread holds
//                  on to (gc.get_objects) and lets go later leaves the entry to the local's end.
//             TL3  what a place of the table says holds while its thread, the number of the body
//                  and the body's count of removals are the same. Neither threads nor bodies have
//                  the number of another, ever; an OS thread may have several thread states.
// Rejected    a table per body, indexed by thread: numbers of threads only grow, and what replaces
//             it has to wait until nobody reads the old one. An owned reference in the table: the
//             attributes would outlive the local.
#include "modules/thread_local.h"

#include "modules/support.h"

#include <stdlib.h>
#include <string.h>

typedef struct entry {
    struct entry *next;
    uint64_t thread; // const after init
    tg_value dict;   // const after init; owned
} entry;

typedef struct body {
    _Atomic(uint32_t) refs; // any thread: TL1
    _Atomic(bool) dead;     // any thread: the local has ended
    uint64_t number;        // const after init: key in thread dicts
    tgi_short_lock lock;
    entry *entries;             // guarded by lock
    _Atomic(uint64_t) removals; // written under lock: TL3
} body;

typedef struct local {
    body *body;            // const after init
    tg_value args, kwargs; // const after init; of the call, for __init__ in further threads
} local;

typedef struct token {
    body *body;
    uint64_t thread;
} token;

typedef struct place {
    uint64_t thread, number, removals;
    tg_value dict; // borrowed: TL3
} place;

#define PLACES 16u // a power of two

static _Thread_local place places[PLACES];

static place *place_of(const body *b)
{
    return &places[b->number % PLACES];
}

static uint64_t removals_of(body *b)
{
    // ORDER: relaxed; our own entry is removed by ourselves, and with the local nobody asks (TL2).
    return atomic_load_explicit(&b->removals, memory_order_relaxed);
}

static void drop_body(body *b)
{
    // ORDER: acq_rel; the last one sees what the others did before they let go.
    if (atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) == 1)
        free(b);
}

static void free_entries(tg_thread *t, entry *e)
{
    while (e != NULL) {
        entry *next = e->next;
        tg_release(t, e->dict);
        free(e);
        e = next;
    }
}

// --- tokens

static void token_finalize(tg_thread *t, void *data)
{
    token *k = data;
    body *b = k->body;
    if (b == NULL)
        return;
    entry *own = NULL;
    if (k->thread == tg_thread_id(t)) { // TL2
        tgi_short_lock_take(&b->lock);
        entry **at = &b->entries;
        while (*at != NULL && (*at)->thread != k->thread)
            at = &(*at)->next;
        own = *at;
        if (own != NULL) {
            *at = own->next;
            own->next = NULL;
            // ORDER: relaxed; TL3, see removals_of.
            atomic_fetch_add_explicit(&b->removals, 1, memory_order_relaxed);
        }
        tgi_short_lock_drop(&b->lock);
    }
    free_entries(t, own);
    drop_body(b);
}

const tg_class_def tgi_local_token_class = {
    .name = "_localtoken",
    .module = "_thread",
    .data_bytes = sizeof(token),
    .finalize = token_finalize,
};

// Throws the tokens of ended locals out of the thread's dict. Called before a token is added to a
// dict whose size has reached a power of two.
static int sweep(tg_thread *t, tg_value threads_own)
{
    size_t pos = 0;
    tg_value key, v, dead = tg_list(t, NULL, 0);
    int st = dead == TG_NULL ? -1 : 0;
    while (st == 0 && tg_dict_next(t, threads_own, &pos, &key, &v)) {
        token *k = tg_data(t, v, &tgi_local_token_class);
        if (k == NULL)
            tg_error_clear(t);
        // ORDER: relaxed; a token that is kept once too often does no harm.
        else if (atomic_load_explicit(&k->body->dead, memory_order_relaxed))
            st = tg_list_append(t, dead, key);
        tg_release(t, key);
        tg_release(t, v);
    }
    for (size_t i = 0; st == 0 && i < tg_list_size(t, dead); i++) {
        key = tg_list_get(t, dead, i);
        st = key == TG_NULL || tg_dict_del(t, threads_own, key) < 0 ? -1 : 0;
        tg_release(t, key);
    }
    tg_release(t, dead);
    return st;
}

static int add_token(tg_thread *t, tg_value threads_own, tg_value key, body *b)
{
    int64_t n = tg_length(t, threads_own);
    if (n < 0 || (n >= 64 && (n & (n - 1)) == 0 && sweep(t, threads_own) < 0))
        return -1;
    void *data;
    tg_value v = tg_instance(t, tgi_thread_token_class(t), &data);
    if (v == TG_NULL)
        return -1;
    token *k = data;
    // ORDER: relaxed; the caller holds a reference to the local and with it a count.
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    k->body = b;
    k->thread = tg_thread_id(t);
    int st = tg_dict_set(t, threads_own, key, v);
    tg_release(t, v);
    return st;
}

// --- the local

// The calling thread's dict, borrowed; TG_NULL without exception if it has none yet.
static __attribute__((noinline)) tg_value look_for(tg_thread *t, body *b)
{
    uint64_t self = tg_thread_id(t);
    tgi_short_lock_take(&b->lock);
    entry *e = b->entries;
    while (e != NULL && e->thread != self)
        e = e->next;
    tg_value dict = e != NULL ? e->dict : TG_NULL;
    uint64_t removals = removals_of(b);
    tgi_short_lock_drop(&b->lock);
    if (dict != TG_NULL)
        *place_of(b) = (place){self, b->number, removals, dict};
    return dict;
}

static tg_value find(tg_thread *t, body *b)
{
    const place *p = place_of(b);
    if (p->number == b->number && p->thread == tg_thread_id(t) && p->removals == removals_of(b))
        return p->dict;
    return look_for(t, b);
}

static tg_value make(tg_thread *t, body *b)
{
    tg_value threads_own = tg_thread_dict(t);
    tg_value key = tg_uint(t, b->number), dict = tg_dict(t);
    entry *e = malloc(sizeof *e);
    int st = threads_own == TG_NULL || key == TG_NULL || dict == TG_NULL ? -1 : 0;
    if (st == 0 && e == NULL) {
        tg_raise_nomem(t);
        st = -1;
    }
    if (st == 0)
        st = add_token(t, threads_own, key, b);
    tg_release(t, key);
    tg_release(t, threads_own);
    if (st < 0) {
        tg_release(t, dict);
        free(e);
        return TG_NULL;
    }
    e->thread = tg_thread_id(t);
    e->dict = dict;
    tgi_short_lock_take(&b->lock);
    e->next = b->entries;
    b->entries = e;
    tgi_short_lock_drop(&b->lock);
    return dict;
}

static tg_value call_init(tg_thread *t, tg_value f, local *l)
{
    return l->args == TG_NULL ? tg_call(t, f, NULL, 0) : tg_call_ex(t, f, l->args, l->kwargs);
}

// The calling thread's dict, borrowed. In a thread that sees the local for the first time it is
// made and the class's own __init__ is called, as in the thread that made the local.
static tg_value enter(tg_thread *t, tg_value self, local *l)
{
    if (l->body == NULL)
        return tg_raise(t, TG_RuntimeError, "_local.__init__() was not called");
    tg_value dict = find(t, l->body);
    if (dict != TG_NULL)
        return dict;
    dict = make(t, l->body);
    if (dict == TG_NULL)
        return TG_NULL;
    tg_value f = tg_getattr(t, self, "__init__");
    tg_value result = f == TG_NULL ? TG_NULL : call_init(t, f, l);
    tg_release(t, f);
    tg_release(t, result);
    if (result != TG_NULL)
        return dict;
    // The next use of it in this thread tries again.
    tg_value exc = tg_error_fetch(t), threads_own = tg_thread_dict(t);
    tg_value key = tg_uint(t, l->body->number);
    if (threads_own == TG_NULL || key == TG_NULL || tg_dict_del(t, threads_own, key) < 0)
        tg_error_clear(t);
    tg_release(t, key);
    tg_release(t, threads_own);
    return tgi_raise_taken(t, exc);
}

static body *new_body(void)
{
    static _Atomic(uint64_t) last_number;
    body *b = calloc(1, sizeof *b);
    if (b != NULL) {
        // ORDER: relaxed; only uniqueness matters. The local's publication carries the rest.
        b->number = atomic_fetch_add_explicit(&last_number, 1, memory_order_relaxed) + 1;
        // ORDER: relaxed; as above.
        atomic_store_explicit(&b->refs, 1, memory_order_relaxed);
    }
    return b;
}

// Gives a new local its body and the calling thread its dict: for the thread that makes the local,
// __init__ is called by the ordinary way of making objects.
static int begin(tg_thread *t, local *l)
{
    if (l->body == NULL) {
        l->args = l->kwargs = TG_NULL;
        l->body = new_body();
        if (l->body == NULL) {
            tg_raise_nomem(t);
            return -1;
        }
    }
    return find(t, l->body) == TG_NULL && make(t, l->body) == TG_NULL ? -1 : 0;
}

// Instances of a subclass are made here, before the subclass's own __init__ sees the arguments.
TGI_NATIVE(local_new)
{
    void *data;
    if (nargs < 1)
        return tg_raise(t, TG_TypeError, "_local.__new__() needs a class");
    tg_value self = tg_instance(t, args[0], &data);
    if (self == TG_NULL)
        return TG_NULL;
    local *l = tg_data(t, self, &tgi_local_class);
    if (l == NULL || begin(t, l) < 0) {
        tg_release(t, self);
        return TG_NULL;
    }
    size_t named = kwnames == TG_NULL ? 0 : tg_tuple_size(t, kwnames);
    size_t plain = nargs - 1 - named;
    int st = 0;
    if (named > 0) {
        l->kwargs = tg_dict(t);
        st = l->kwargs == TG_NULL ? -1 : 0;
        for (size_t i = 0; i < named && st == 0; i++) {
            tg_value key = tg_tuple_get(t, kwnames, i);
            st = key == TG_NULL ? -1 : tg_dict_set(t, l->kwargs, key, args[1 + plain + i]);
            tg_release(t, key);
        }
    }
    l->args = st == 0 ? tg_tuple(t, args + 1, plain) : TG_NULL;
    if (l->args != TG_NULL)
        return self;
    tg_release(t, self);
    return TG_NULL;
}

static int local_init(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                      tg_value kwnames)
{
    (void)self, (void)args, (void)kwnames;
    if (nargs == 0)
        return begin(t, data);
    tg_raise(t, TG_TypeError, "Initialization arguments are not supported");
    return -1;
}

static void local_finalize(tg_thread *t, void *data)
{
    local *l = data;
    body *b = l->body;
    if (b == NULL)
        return;
    // ORDER: relaxed; a hint.
    atomic_store_explicit(&b->dead, true, memory_order_relaxed);
    tgi_short_lock_take(&b->lock);
    entry *all = b->entries;
    b->entries = NULL;
    tgi_short_lock_drop(&b->lock);
    free_entries(t, all);
    drop_body(b);
    tg_release(t, l->args);
    tg_release(t, l->kwargs);
}

// The world is stopped, but not inside of a short lock: nobody stops there.
static void local_traverse(void *data, void (*visit)(tg_value v, void *arg), void *arg)
{
    local *l = data;
    if (l->body == NULL)
        return;
    for (entry *e = l->body->entries; e != NULL; e = e->next)
        visit(e->dict, arg);
    if (l->args != TG_NULL)
        visit(l->args, arg);
    if (l->kwargs != TG_NULL)
        visit(l->kwargs, arg);
}

static bool is_plain(tg_thread *t, tg_value self)
{
    // A subclass's type has a name of its own, even if it reads the same.
    return tg_type_name(t, self) == tgi_local_class.name;
}

static int no_attribute(tg_thread *t, tg_value name)
{
    const char *text = tg_as_utf8(t, name, NULL);
    if (text != NULL)
        tg_raise(t, TG_AttributeError, "'_thread._local' object has no attribute '%s'", text);
    return -1;
}

static bool is_special(const char *text)
{
    return text[0] == '_' && text[1] == '_';
}

static int local_getattr(tg_thread *t, tg_value self, void *data, tg_value name, tg_value *out)
{
    tg_value dict = enter(t, self, data);
    const char *text = dict == TG_NULL ? NULL : tg_as_utf8(t, name, NULL);
    if (text == NULL)
        return -1;
    if (is_special(text) && strcmp(text, "__dict__") == 0) {
        *out = tg_retain(t, dict);
        return 1;
    }
    int found = tg_dict_get(t, dict, name, out);
    if (found != 0)
        return found;
    return is_plain(t, self) && !is_special(text) ? no_attribute(t, name) : 0;
}

// Does the class say what happens when this attribute is set? 1, 0, -1.
static int class_decides(tg_thread *t, tg_value self, const char *text)
{
    tg_value cls, v, set;
    if (is_special(text))
        return 1;
    if (is_plain(t, self))
        return 0;
    cls = tg_getattr(t, self, "__class__");
    int found = cls == TG_NULL ? -1 : tg_getattr_opt(t, cls, text, &v);
    tg_release(t, cls);
    if (found <= 0)
        return found;
    found = tg_getattr_opt(t, v, "__set__", &set);
    tg_release(t, v);
    if (found > 0)
        tg_release(t, set);
    return found;
}

static int local_setattr(tg_thread *t, tg_value self, void *data, tg_value name, tg_value x)
{
    tg_value dict = enter(t, self, data);
    const char *text = dict == TG_NULL ? NULL : tg_as_utf8(t, name, NULL);
    if (text == NULL)
        return -1;
    int by_class = class_decides(t, self, text);
    if (by_class != 0)
        return by_class < 0 ? -1 : 0;
    if (x != TG_NULL)
        return tg_dict_set(t, dict, name, x) < 0 ? -1 : 1;
    int found = tg_dict_del(t, dict, name);
    return found == 0 ? no_attribute(t, name) : found;
}

static const tg_function_def local_methods[] = {
    {"__new__", local_new, 0, -1, TG_FN_STATIC | TG_FN_KW},
    TGI_FN_END,
};

const tg_class_def tgi_local_class = {
    .name = "_local",
    .module = "_thread",
    .data_bytes = sizeof(local),
    .methods = local_methods,
    .init = local_init,
    .finalize = local_finalize,
    .traverse = local_traverse,
    .getattr = local_getattr,
    .setattr = local_setattr,
};
