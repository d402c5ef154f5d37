// SPDX-License-Identifier: MIT
//
// sys_module.c - the module sys: the runtime as a script sees it. Fixed figures: sys_tables.c.
//
// Threads     every function may be called by any thread.
// Invariants  SY1  the runtime's own hook for uncaught exceptions looks at sys.excepthook when it
//                  is needed, so an assignment in a script takes effect.
#include "modules/modules.h"
#include "modules/support.h"
#include "modules/sys_tables.h" // tgi_sys_add_tables

#include <errno.h>
#include <limits.h> // PATH_MAX
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TGI_NATIVE(sys_exit)
{
    // None and a tuple stand for the arguments of the exception, as in a raise by class and value.
    tg_value cls = tg_error_class(t, TG_SystemExit);
    if (nargs == 0 || args[0] == TG_NONE)
        return tg_raise_value(t, cls, TG_NULL);
    if (tg_kind_of(t, args[0]) != TG_KIND_TUPLE)
        return tg_raise_value(t, cls, args[0]);
    tg_value exc = tg_call_ex(t, cls, args[0], TG_NULL);
    return tgi_raise_taken(t, exc);
}

// --- exceptions

TGI_NATIVE(sys_exc_info)
{
    tg_value exc = tg_error_handled(t);
    tg_value items[3] = {TG_NONE, TG_NONE, TG_NONE};
    if (exc == TG_NULL)
        return TG_NULL;
    if (exc != TG_NONE) {
        items[0] = tg_getattr(t, exc, "__class__");
        items[1] = exc;
        items[2] = tg_getattr(t, exc, "__traceback__");
    }
    tg_value r = items[0] == TG_NULL || items[2] == TG_NULL ? TG_NULL : tg_tuple(t, items, 3);
    tg_release(t, items[0]);
    tg_release(t, items[2]);
    tg_release(t, exc);
    return r;
}

TGI_NATIVE(sys_exception)
{
    return tg_error_handled(t);
}

static int print_exception(tg_thread *t, tg_value exc)
{
    tg_value text = tg_error_format(t, exc), stream = TG_NULL, sys = TG_NULL, result = TG_NULL;
    if (text != TG_NULL)
        sys = tg_import(t, "sys");
    if (sys != TG_NULL)
        stream = tg_getattr(t, sys, "stderr");
    if (stream != TG_NULL)
        result = stream == TG_NONE ? TG_NONE : tg_call_method(t, stream, "write", &text, 1);
    tg_release(t, result);
    tg_release(t, stream);
    tg_release(t, sys);
    tg_release(t, text);
    return result == TG_NULL ? -1 : 0;
}

static int check_exception(tg_thread *t, tg_value v)
{
    if (tg_kind_of(t, v) == TG_KIND_EXCEPTION)
        return 0;
    tg_raise(t, TG_TypeError, "an exception is needed, not %s", tg_type_name(t, v));
    return -1;
}

TGI_NATIVE(sys_print_exception)
{
    if (check_exception(t, args[0]) < 0 || print_exception(t, args[0]) < 0)
        return TG_NULL;
    return TG_NONE;
}

TGI_NATIVE(sys_format_exception)
{
    return check_exception(t, args[0]) < 0 ? TG_NULL : tg_error_format(t, args[0]);
}

// sys.__excepthook__(type, value, traceback)
TGI_NATIVE(sys_excepthook)
{
    return sys_print_exception(t, args + 1, 1, TG_NULL);
}

// What the runtime calls for an uncaught exception: SY1.
TGI_NATIVE(sys_uncaught)
{
    tg_value sys = tg_import(t, "sys");
    tg_value hook = sys == TG_NULL ? TG_NULL : tg_getattr(t, sys, "excepthook");
    tg_value result = hook == TG_NULL ? TG_NULL : tg_call(t, hook, args, nargs);
    tg_release(t, hook);
    tg_release(t, sys);
    return result;
}

// --- settings

TGI_NATIVE(sys_getswitchinterval)
{
    return tg_float(t, (double)tg_gil_interval_us(t) * 1e-6);
}

TGI_NATIVE(sys_setswitchinterval)
{
    double s;
    if (tg_as_double(t, args[0], &s) < 0)
        return TG_NULL;
    if (!(s > 0))
        return tg_raise(t, TG_ValueError, "switch interval must be strictly positive");
    double us = s * 1e6;
    tg_gil_set_interval_us(t, us < 1 ? 1 : us > 1e15 ? (int64_t)1e15 : (int64_t)us);
    return TG_NONE;
}

TGI_NATIVE(sys_is_gil_enabled)
{
    return tg_bool(tg_gil_enabled(t));
}

TGI_NATIVE(sys_getrecursionlimit)
{
    return tg_int(t, tg_recursion_limit(t, 0));
}

TGI_NATIVE(sys_setrecursionlimit)
{
    int64_t limit;
    if (tg_as_int64(t, args[0], &limit) < 0)
        return TG_NULL;
    if (limit < 1)
        return tg_raise(t, TG_ValueError, "recursion limit must be greater or equal than 1");
    if (limit > INT_MAX)
        return tg_raise(t, TG_OverflowError, "Python int too large to convert to C int");
    tg_recursion_limit(t, limit);
    return TG_NONE;
}

// --- objects

TGI_NATIVE(sys_intern)
{
    if (tg_kind_of(t, args[0]) != TG_KIND_STR)
        return tg_raise(t, TG_TypeError, "intern() argument must be str, not %s",
                        tg_type_name(t, args[0]));
    return tg_intern(t, args[0]);
}

// The bytes of the object's own block and of what it keeps beside it (the items of a list, the
// table of a dict). Small integers and most floats have no block: 8, the place that holds them.
TGI_NATIVE(sys_getsizeof)
{
    return tg_int(t, tg_sizeof(t, args[0]));
}

TGI_NATIVE(sys_getdefaultencoding)
{
    return tg_str_c(t, "utf-8");
}

static const tg_function_def functions[] = {
    TGI_FN("exit", sys_exit, 0, 1),
    TGI_FN("exc_info", sys_exc_info, 0, 0),
    TGI_FN("exception", sys_exception, 0, 0),
    TGI_FN("_print_exception", sys_print_exception, 1, 1),
    TGI_FN("_format_exception", sys_format_exception, 1, 1),
    TGI_FN("excepthook", sys_excepthook, 3, 3),
    TGI_FN("getswitchinterval", sys_getswitchinterval, 0, 0),
    TGI_FN("setswitchinterval", sys_setswitchinterval, 1, 1),
    TGI_FN("_is_gil_enabled", sys_is_gil_enabled, 0, 0),
    TGI_FN("getrecursionlimit", sys_getrecursionlimit, 0, 0),
    TGI_FN("setrecursionlimit", sys_setrecursionlimit, 1, 1),
    TGI_FN("intern", sys_intern, 1, 1),
    TGI_FN("getsizeof", sys_getsizeof, 1, 2),
    TGI_FN("getdefaultencoding", sys_getdefaultencoding, 0, 0),
    TGI_FN("getfilesystemencoding", sys_getdefaultencoding, 0, 0),
    TGI_FN_END,
};

// --- streams

static int add_stream(tg_thread *t, tg_value module, tg_value open, int fd, const char *name)
{
    // open(fd, mode, buffering, encoding, errors, newline, closefd) gives the stream that print
    // uses.
    char hidden[16] = "__";
    tg_value mode = tg_str_c(t, fd == 0 ? "r" : "w");
    tg_value args[7] = {tg_int(t, fd), mode, tg_int(t, -1), TG_NONE, TG_NONE, TG_NONE, TG_FALSE};
    tg_value stream = mode == TG_NULL ? TG_NULL : tg_call(t, open, args, 7);
    tg_release(t, mode);
    if (stream == TG_NULL)
        return -1;
    strcat(strcat(hidden, name), "__");
    return tg_module_add(t, module, hidden, tg_retain(t, stream)) < 0
               ? (tg_release(t, stream), -1)
               : tg_module_add(t, module, name, stream);
}

static int add_streams(tg_thread *t, tg_value module)
{
    tg_value open = tgi_builtin(t, "open");
    if (open == TG_NULL)
        return -1;
    int st = add_stream(t, module, open, 0, "stdin");
    if (st == 0)
        st = add_stream(t, module, open, 1, "stdout");
    if (st == 0)
        st = add_stream(t, module, open, 2, "stderr");
    tg_release(t, open);
    return st;
}

static int add_executable(tg_thread *t, tg_value module)
{
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    return tg_module_add(t, module, "executable", tg_str(t, path, n > 0 ? (size_t)n : 0));
}

// The list of modules of the runtime, and the one of the directories that import searches.
static int add_import_state(tg_thread *t, tg_value module)
{
    tg_value path = tg_runtime_value(t, TG_VALUE_PATH);
    if (path == TG_NONE) { // none was given
        path = tg_list(t, NULL, 0);
        if (path == TG_NULL || tg_set_runtime_value(t, TG_VALUE_PATH, path) < 0)
            return -1;
    }
    if (tg_module_add(t, module, "path", path) < 0 ||
        tg_module_add(t, module, "modules", tg_runtime_value(t, TG_VALUE_MODULES)) < 0)
        return -1;
    tg_value argv = tg_list(t, NULL, 0), empty = tg_str(t, "", 0);
    int st = argv == TG_NULL || empty == TG_NULL ? -1 : tg_list_append(t, argv, empty);
    tg_release(t, empty);
    return st < 0 ? -1 : tg_module_add(t, module, "argv", argv);
}

static int add_names(tg_thread *t, tg_value module)
{
    size_t n = 0;
    tg_value names[32];
    for (; tgi_native_modules[n] != NULL; n++)
        names[n] = tg_str_c(t, tgi_native_modules[n]->name);
    names[n++] = tg_str_c(t, "builtins");
    tg_value all = tg_tuple(t, names, n);
    for (size_t i = 0; i < n; i++)
        tg_release(t, names[i]);
    return tg_module_add(t, module, "builtin_module_names", all);
}

static int init(tg_thread *t, tg_value module)
{
    static const tg_function_def uncaught = TGI_FN("excepthook", sys_uncaught, 3, 3);
    if (tg_module_add_functions(t, module, functions) < 0 || add_import_state(t, module) < 0 ||
        add_streams(t, module) < 0 || add_executable(t, module) < 0 || add_names(t, module) < 0 ||
        tg_module_add(t, module, "__excepthook__", tg_getattr(t, module, "excepthook")) < 0)
        return -1;
    tg_value hook = tg_function(t, &uncaught, "sys");
    int st = hook == TG_NULL ? -1 : tg_set_runtime_value(t, TG_VALUE_EXCEPTHOOK, hook);
    tg_release(t, hook);
    return st < 0 ? -1 : tgi_sys_add_tables(t, module);
}

const tg_module_def tgi_module_sys = {"sys", init};
