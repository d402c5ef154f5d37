// SPDX-License-Identifier: MIT
//
// togil_interpreters.c - the module _interpreters: what togil.interpreters
// (py/_togil_interpreters.py) is built on. Interpreters are named by their ids.
//
// Threads     every function may be called by any thread of any interpreter.
// Invariants  TI1  whatever is raised on the other side is told on this side: as the same exception
//                  if it says that a value cannot be copied or that Ctrl-C was pressed, otherwise
//                  as three texts, name of the type, message and traceback, which the caller
//                  raises.
#include "modules/modules.h"
#include "modules/support.h"

#include <stdlib.h>
#include <string.h>

typedef struct visit { // of another interpreter
    tg_thread *home, *there;
    tg_interp *interp;
} visit;

static tg_value raise_closed(tg_thread *t, uint32_t id)
{
    return tg_raise(t, TG_RuntimeError, "interpreter %u is closed", (unsigned)id);
}

static int id_of(tg_thread *t, tg_value v, uint32_t *id)
{
    int64_t n;
    if (tg_as_int64(t, v, &n) < 0)
        return -1;
    if (n < 0 || n > UINT32_MAX) {
        tg_raise(t, TG_ValueError, "not the id of an interpreter");
        return -1;
    }
    *id = (uint32_t)n;
    return 0;
}

// 0: v->there is attached. -1: raised on t, which is attached.
static int visit_begin(tg_thread *t, tg_value id_value, visit *v)
{
    uint32_t id;
    if (id_of(t, id_value, &id) < 0)
        return -1;
    v->home = t;
    v->interp = tg_interp_find(tg_thread_runtime(t), id);
    tg_status st = v->interp == NULL ? TG_ERR_STATE : tg_interp_switch(t, v->interp, &v->there);
    if (st == TG_OK)
        return 0;
    if (v->interp != NULL)
        tg_interp_release(v->interp);
    if (st == TG_ERR_STATE)
        raise_closed(t, id);
    else
        tgi_raise_host(t, st);
    return -1;
}

static void visit_end(visit *v)
{
    tg_interp_return(v->there, v->home);
    tg_interp_release(v->interp);
}

// --- what was raised there

enum { TYPE, MESSAGE, TRACEBACK, TEXTS };

typedef struct failure {
    bool interrupt;    // KeyboardInterrupt
    char *text[TEXTS]; // NULL without memory
    size_t length[TEXTS];
} failure;

static void keep(failure *f, int which, const char *text, size_t n)
{
    char *kept = malloc(n + 1);
    if (kept != NULL) {
        memcpy(kept, text, n);
        kept[n] = '\0';
    }
    f->text[which] = kept;
    f->length[which] = n;
}

// Takes the reference.
static void keep_str(tg_thread *u, failure *f, int which, tg_value s)
{
    size_t n = 0;
    const char *utf8 = s == TG_NULL ? NULL : tg_as_utf8(u, s, &n);
    tg_error_clear(u);
    keep(f, which, utf8 == NULL ? "" : utf8, utf8 == NULL ? 0 : n);
    tg_release(u, s);
}

// An exception is set on u: takes it off.
static void failure_take(tg_thread *u, failure *f)
{
    f->interrupt = tg_error_is(u, TG_KeyboardInterrupt);
    tg_value exc = tg_error_fetch(u);
    keep(f, TYPE, tg_type_name(u, exc), strlen(tg_type_name(u, exc)));
    keep_str(u, f, TRACEBACK, tg_error_format(u, exc));
    keep_str(u, f, MESSAGE, tg_to_str(u, exc));
    tg_release(u, exc);
}

// The texts as a tuple, or KeyboardInterrupt raised.
static tg_value failure_tell(tg_thread *t, failure *f)
{
    tg_value texts[TEXTS], result = TG_NULL;
    bool whole = true;
    for (int i = 0; i < TEXTS; i++) {
        texts[i] = f->text[i] == NULL ? TG_NULL : tg_str(t, f->text[i], f->length[i]);
        whole = whole && texts[i] != TG_NULL;
        free(f->text[i]);
    }
    if (f->interrupt)
        tg_raise_value(t, tg_error_class(t, TG_KeyboardInterrupt), TG_NULL);
    else
        result = whole ? tg_tuple(t, texts, TEXTS) : tg_raise_nomem(t);
    for (int i = 0; i < TEXTS; i++)
        tg_release(t, texts[i]);
    return result;
}

// An exception about copying crosses as itself.
typedef struct copy_failure {
    tg_error kind; // TG_ERROR_COUNT: none of those
    char message[256];
} copy_failure;

static void copy_failure_take(tg_thread *u, copy_failure *f)
{
    static const tg_error kinds[] = {TG_TypeError, TG_ValueError, TG_RecursionError,
                                     TG_KeyboardInterrupt};
    f->kind = TG_MemoryError;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (tg_error_is(u, kinds[i]))
            f->kind = kinds[i];
    }
    tg_value exc = tg_error_fetch(u), text = tg_to_str(u, exc);
    const char *utf8 = text == TG_NULL ? NULL : tg_as_utf8(u, text, NULL);
    size_t n = utf8 == NULL ? 0 : strnlen(utf8, sizeof f->message - 1);
    memcpy(f->message, utf8 == NULL ? "" : utf8, n);
    f->message[n] = '\0';
    tg_error_clear(u);
    tg_release(u, text);
    tg_release(u, exc);
}

static tg_value copy_failure_tell(tg_thread *t, const copy_failure *f)
{
    return f->kind == TG_MemoryError ? tg_raise_nomem(t) : tg_raise(t, f->kind, "%s", f->message);
}

// --- functions. None, or what the comment says; three texts tell of what was raised there.

TGI_NATIVE(interpreters_create) // its id
{
    int own = tg_truth(t, args[0]);
    if (own < 0)
        return TG_NULL;
    tg_interp *interp;
    tg_status st = tg_interp_new(t, own != 0, &interp);
    if (st == TG_ERR_LIMIT)
        return tg_raise(t, TG_RuntimeError,
                        "too many interpreters: a process has at most 63 at a time");
    if (st != TG_OK)
        return tgi_raise_host(t, st);
    tg_value id = tg_uint(t, tg_interp_id(interp));
    tg_interp_release(interp);
    return id;
}

TGI_NATIVE(interpreters_close)
{
    uint32_t id;
    if (id_of(t, args[0], &id) < 0)
        return TG_NULL;
    if (id == 0)
        return tg_raise(t, TG_RuntimeError, "the main interpreter cannot be closed");
    if (id == tg_interp_current(t))
        return tg_raise(t, TG_RuntimeError, "an interpreter cannot close itself");
    tg_interp *interp = tg_interp_find(tg_thread_runtime(t), id);
    if (interp == NULL)
        return TG_NONE; // closing twice is allowed
    tg_status st = tg_interp_close(t, interp);
    tg_interp_release(interp);
    if (st == TG_ERR_STATE)
        return tg_raise(t, TG_RuntimeError, "interpreter %u is running", (unsigned)id);
    if (st == TG_ERR_TIMEOUT)
        return tg_raise(t, TG_RuntimeError,
                        "interpreter %u is closed, but a daemon thread of it did not end",
                        (unsigned)id);
    return st == TG_OK ? TG_NONE : tgi_raise_host(t, st);
}

static tg_value run_result(visit *v, tg_value module)
{
    failure f;
    bool failed = module == TG_NULL;
    if (failed)
        failure_take(v->there, &f);
    tg_release(v->there, module);
    visit_end(v);
    return failed ? failure_tell(v->home, &f) : TG_NONE;
}

// run(id, source, name of the file)
TGI_NATIVE(interpreters_run)
{
    visit v;
    size_t n;
    const char *source = tg_as_utf8(t, args[1], &n);
    const char *filename = source == NULL ? NULL : tg_as_utf8(t, args[2], NULL);
    // The caller holds both texts, so they stay while its state is detached.
    if (filename == NULL || visit_begin(t, args[0], &v) < 0)
        return TG_NULL;
    return run_result(&v, tg_run(v.there, source, n, filename, NULL));
}

// run_file(id, path)
TGI_NATIVE(interpreters_run_file)
{
    visit v;
    const char *path = tg_as_utf8(t, args[1], NULL);
    if (path == NULL || visit_begin(t, args[0], &v) < 0)
        return TG_NULL;
    return run_result(&v, tg_run_file(v.there, path));
}

// A name of __main__: 1, 0, -1.
static int find_global(tg_thread *u, const char *name, tg_value *out)
{
    tg_value main = tg_run(u, "", 0, "<interpreter>", NULL); // made if nothing has run yet
    int found = main == TG_NULL ? -1 : tg_getattr_opt(u, main, name, out);
    tg_release(u, main);
    return found;
}

// set(id, name, value)
TGI_NATIVE(interpreters_set)
{
    visit v;
    const char *name = tg_as_utf8(t, args[1], NULL);
    tg_copy *copy = name == NULL ? NULL : tg_copy_out(t, args[2]);
    if (copy == NULL)
        return TG_NULL;
    if (visit_begin(t, args[0], &v) < 0) {
        tg_copy_free(copy);
        return TG_NULL;
    }
    tg_thread *u = v.there;
    tg_value x = tg_copy_in(u, copy);
    tg_value main = x == TG_NULL ? TG_NULL : tg_run(u, "", 0, "<interpreter>", NULL);
    int st = main == TG_NULL ? -1 : tg_setattr(u, main, name, x);
    copy_failure f;
    if (st < 0)
        copy_failure_take(u, &f);
    tg_release(u, main);
    tg_release(u, x);
    visit_end(&v);
    tg_copy_free(copy);
    return st < 0 ? copy_failure_tell(t, &f) : TG_NONE;
}

static tg_value no_name(tg_thread *t, const char *name, tg_value id_value)
{
    uint32_t id;
    return id_of(t, id_value, &id) < 0
               ? TG_NULL
               : tg_raise(t, TG_NameError, "name '%s' is not defined in interpreter %u", name,
                          (unsigned)id);
}

// get(id, name): a copy of the value
TGI_NATIVE(interpreters_get)
{
    visit v;
    const char *name = tg_as_utf8(t, args[1], NULL);
    if (name == NULL || visit_begin(t, args[0], &v) < 0)
        return TG_NULL;
    tg_value x = TG_NULL;
    int found = find_global(v.there, name, &x);
    tg_copy *copy = found > 0 ? tg_copy_out(v.there, x) : NULL;
    copy_failure f;
    if (found != 0 && copy == NULL)
        copy_failure_take(v.there, &f);
    tg_release(v.there, x);
    visit_end(&v);
    if (found == 0)
        return no_name(t, name, args[0]);
    tg_value result = copy == NULL ? copy_failure_tell(t, &f) : tg_copy_in(t, copy);
    tg_copy_free(copy);
    return result;
}

typedef struct call_result {
    int found; // the function: 1, 0, -1
    tg_copy *copy;
    bool raised, not_copied;
    failure failure;           // if raised
    copy_failure copy_failure; // if not_copied
} call_result;

// On u: calls the function with what is in `arguments`, a tuple (args, names, values).
static void call_there(tg_thread *u, const char *name, const tg_copy *arguments, call_result *r)
{
    tg_value f = TG_NULL, result = TG_NULL;
    tg_value parts = tg_copy_in(u, arguments);
    r->found = parts == TG_NULL ? -1 : find_global(u, name, &f);
    tg_value a = r->found > 0 ? tg_tuple_get(u, parts, 0) : TG_NULL;
    tg_value k = r->found > 0 ? tg_tuple_get(u, parts, 1) : TG_NULL;
    if (r->found > 0) {
        result = tg_call_ex(u, f, a, k);
        r->raised = result == TG_NULL;
        if (r->raised)
            failure_take(u, &r->failure);
        else
            r->copy = tg_copy_out(u, result);
    }
    r->not_copied = r->found != 0 && !r->raised && r->copy == NULL;
    if (r->not_copied)
        copy_failure_take(u, &r->copy_failure);
    tg_release(u, result);
    tg_release(u, k);
    tg_release(u, a);
    tg_release(u, f);
    tg_release(u, parts);
}

// call(id, name, (args, kwargs)): (copy of the result,)
TGI_NATIVE(interpreters_call)
{
    visit v;
    const char *name = tg_as_utf8(t, args[1], NULL);
    tg_copy *arguments = name == NULL ? NULL : tg_copy_out(t, args[2]);
    if (arguments == NULL)
        return TG_NULL;
    if (visit_begin(t, args[0], &v) < 0) {
        tg_copy_free(arguments);
        return TG_NULL;
    }
    call_result r = {0};
    call_there(v.there, name, arguments, &r);
    visit_end(&v);
    tg_copy_free(arguments);
    if (r.found == 0)
        return no_name(t, name, args[0]);
    if (r.raised)
        return failure_tell(t, &r.failure);
    if (r.not_copied)
        return copy_failure_tell(t, &r.copy_failure);
    tg_value result = tg_copy_in(t, r.copy);
    tg_copy_free(r.copy);
    tg_value tuple = result == TG_NULL ? TG_NULL : tg_tuple(t, &result, 1);
    tg_release(t, result);
    return tuple;
}

TGI_NATIVE(interpreters_current) // its id
{
    return tg_uint(t, tg_interp_current(t));
}

TGI_NATIVE(interpreters_list) // of ids
{
    tg_runtime *rt = tg_thread_runtime(t);
    tg_value list = tg_list(t, NULL, 0);
    uint32_t id = 0;
    do {
        tg_value v = list == TG_NULL ? TG_NULL : tg_uint(t, id);
        if (v == TG_NULL || tg_list_append(t, list, v) < 0) {
            tg_release(t, list);
            return TG_NULL;
        }
        id = tg_interp_next(rt, id);
    } while (id != 0);
    return list;
}

TGI_NATIVE(interpreters_own_gil) // whether it has one; None if it is closed
{
    uint32_t id;
    if (id_of(t, args[0], &id) < 0)
        return TG_NULL;
    tg_interp *interp = tg_interp_find(tg_thread_runtime(t), id);
    if (interp == NULL)
        return TG_NONE;
    bool own = tg_interp_own_gil(interp);
    tg_interp_release(interp);
    return tg_bool(own);
}

static const tg_function_def functions[] = {
    TGI_FN("create", interpreters_create, 1, 1),
    TGI_FN("close", interpreters_close, 1, 1),
    TGI_FN("run", interpreters_run, 3, 3),
    TGI_FN("run_file", interpreters_run_file, 2, 2),
    TGI_FN("set", interpreters_set, 3, 3),
    TGI_FN("get", interpreters_get, 2, 2),
    TGI_FN("call", interpreters_call, 3, 3),
    TGI_FN("current", interpreters_current, 0, 0),
    TGI_FN("list", interpreters_list, 0, 0),
    TGI_FN("own_gil", interpreters_own_gil, 1, 1),
    TGI_FN_END,
};

static int init(tg_thread *t, tg_value module)
{
    return tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_interpreters = {"_interpreters", init};
