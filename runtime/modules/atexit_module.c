// SPDX-License-Identifier: MIT
//
// atexit_module.c - the module atexit: functions to call when the program ends.
//
// Threads     register and unregister work on a list of the runtime, which guards itself; the
//             functions are called by the main thread, last registered first.
#include "modules/modules.h"
#include "modules/support.h"

#include <stdlib.h>

typedef struct state {
    tg_value list; // const after init: of (function, args, kwargs)
} state;

static tg_value list_of(tg_thread *t)
{
    state *s = tg_module_state(t, &tgi_module_atexit);
    return s->list;
}

TGI_NATIVE(atexit_register)
{
    size_t named = kwnames == TG_NULL ? 0 : tg_tuple_size(t, kwnames);
    size_t plain = nargs - named;
    if (plain == 0)
        return tg_raise(t, TG_TypeError, "register() takes at least 1 argument (0 given)");
    if (!tg_callable(t, args[0]))
        return tg_raise(t, TG_TypeError, "the first argument must be callable");
    tg_value parts[3] = {tg_retain(t, args[0]), tg_tuple(t, args + 1, plain - 1), tg_dict(t)};
    int st = parts[1] == TG_NULL || parts[2] == TG_NULL ? -1 : 0;
    for (size_t i = 0; i < named && st == 0; i++) {
        tg_value key = tg_tuple_get(t, kwnames, i);
        st = key == TG_NULL ? -1 : tg_dict_set(t, parts[2], key, args[plain + i]);
        tg_release(t, key);
    }
    tg_value entry = st == 0 ? tg_tuple(t, parts, 3) : TG_NULL;
    st = entry == TG_NULL ? -1 : tg_list_append(t, list_of(t), entry);
    tg_release(t, entry);
    for (size_t i = 0; i < 3; i++)
        tg_release(t, parts[i]);
    return st < 0 ? TG_NULL : tg_retain(t, args[0]);
}

TGI_NATIVE(atexit_unregister)
{
    tg_value list = list_of(t);
    for (size_t i = tg_list_size(t, list); i > 0; i--) {
        tg_value entry = tg_list_get(t, list, i - 1);
        if (entry == TG_NULL) { // another thread made it shorter
            tg_error_clear(t);
            continue;
        }
        tg_value f = tg_tuple_get(t, entry, 0);
        int same = f == TG_NULL ? -1 : tg_equal(t, f, args[0]);
        tg_release(t, f);
        tg_value result = TG_NONE;
        if (same > 0)
            result = tg_call_method(t, list, "remove", &entry, 1);
        tg_release(t, entry);
        if (same < 0 || result == TG_NULL)
            return TG_NULL;
        tg_release(t, result);
    }
    return TG_NONE;
}

TGI_NATIVE(atexit_count)
{
    return tg_int(t, (int64_t)tg_list_size(t, list_of(t)));
}

TGI_NATIVE(atexit_clear)
{
    return tg_call_method(t, list_of(t), "clear", NULL, 0);
}

static void call_entry(tg_thread *t, tg_value entry)
{
    tg_value f = tg_tuple_get(t, entry, 0), a = tg_tuple_get(t, entry, 1);
    tg_value k = tg_tuple_get(t, entry, 2);
    tg_value result = tg_call_ex(t, f, a, k);
    if (result == TG_NULL)
        tgi_report_ignored(t, "Exception ignored in atexit callback: ", f);
    tg_release(t, result);
    tg_release(t, k);
    tg_release(t, a);
    tg_release(t, f);
}

// What is registered meanwhile is not called any more.
static void run_all(tg_thread *t)
{
    tg_value list = list_of(t);
    for (size_t left = tg_list_size(t, list); left > 0; left--) {
        tg_value entry = tg_list_get(t, list, left - 1);
        if (entry != TG_NULL)
            call_entry(t, entry);
        tg_error_clear(t); // the list has become shorter
        tg_release(t, entry);
    }
    tg_release(t, tg_call_method(t, list, "clear", NULL, 0));
    tg_error_clear(t);
}

TGI_NATIVE(atexit_run)
{
    run_all(t);
    return TG_NONE;
}

void tgi_atexit_module_stop(tg_thread *t)
{
    if (tg_module_state(t, &tgi_module_atexit) != NULL)
        run_all(t);
}

static const tg_function_def functions[] = {
    TGI_FN_KW("register", atexit_register),     TGI_FN("unregister", atexit_unregister, 1, 1),
    TGI_FN("_ncallbacks", atexit_count, 0, 0),  TGI_FN("_clear", atexit_clear, 0, 0),
    TGI_FN("_run_exitfuncs", atexit_run, 0, 0), TGI_FN_END,
};

static void free_state(tg_thread *t, void *p)
{
    state *s = p;
    tg_release(t, s->list);
    free(s);
}

static int init(tg_thread *t, tg_value module)
{
    // The list outlives the module object: a second import finds it.
    state *s = tg_module_state(t, &tgi_module_atexit);
    if (s == NULL) {
        tg_value list = tg_list(t, NULL, 0);
        s = list == TG_NULL ? NULL : malloc(sizeof *s);
        if (s == NULL) {
            tg_release(t, list);
            tg_raise_nomem(t);
            return -1;
        }
        s->list = list;
        tg_module_set_state(t, &tgi_module_atexit, s, free_state);
    }
    return tg_module_add_functions(t, module, functions);
}

const tg_module_def tgi_module_atexit = {"atexit", init};
