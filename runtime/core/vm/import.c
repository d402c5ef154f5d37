// SPDX-License-Identifier: MIT
//
// import.c - finding, loading and running modules.
//
// Order       sys.modules, modules written in C, modules that come with the runtime, then the
//             directories of sys.path, in each: name/__init__.py, name.togil.so (a shared object),
//             name.py.
// Threads     one import at a time per runtime, under a lock that its owner may take again and that
//             detaches while it waits. A module is in sys.modules while it runs, so a circular
//             import sees it half made, as in Python.
#include "core/vm/import.h"

#include "base/os.h"               // files
#include "bytecode/host.h"         // compiler, libraries
#include "core/object/class.h"     // attributes
#include "core/object/dict.h"      // sys.modules
#include "core/object/exception.h" // SyntaxError
#include "core/object/known.h"     // names
#include "core/object/list.h"      // sys.path, __path__
#include "core/object/state.h"     // tgc_shared
#include "core/object/str.h"       // names
#include "mem/raw.h"               // memory
#include "thread/blocking.h"       // reading files

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

static tgc_module *as_module(tg_value v)
{
    return (tgc_module *)(void *)tgc_ptr(v);
}

static tgc_code *own_unit(tg_thread *t, tgi_unit *unit, tgc_module *m)
{
    tgc_shared *shared = tgc_shared_of(t);
    bool ok = true;
    TGC_LOCKED(t, &shared->lock) {
        if (shared->unit_count == shared->unit_capacity) {
            uint32_t capacity = shared->unit_capacity == 0 ? 16 : shared->unit_capacity * 2;
            tgi_unit **units = tgi_raw_realloc(shared->units, capacity * sizeof(tgi_unit *));
            ok = units != NULL;
            if (ok) {
                shared->units = units;
                shared->unit_capacity = capacity;
            }
        }
        if (ok)
            shared->units[shared->unit_count++] = unit;
    }
    if (!ok) {
        tgi_unit_free(unit);
        tgc_raise_nomem(t);
        return NULL;
    }
    return tgc_code_new(t, unit, m);
}

// The text of one line of the source, without its end.
static const char *line_of(const char *source, size_t n, uint32_t line, size_t *length)
{
    const char *p = source, *end = source + n;
    for (uint32_t k = 1; k < line && p < end; k++) {
        const char *next = memchr(p, '\n', (size_t)(end - p));
        p = next == NULL ? end : next + 1;
    }
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    *length = (size_t)((stop == NULL ? end : stop) - p);
    return p;
}

tgc_code *tgc_load_source(tg_thread *t, tgc_module *m, const char *source, size_t n,
                          const char *filename, int mode)
{
    tgi_unit *unit;
    tgi_source_error error;
    tg_status st = tgc_shared_of(t)->host->compile(source, n, filename, mode, &unit, &error);
    if (st == TG_OK)
        return own_unit(t, unit, m);
    if (st == TG_ERR_NOMEM) {
        tgc_raise_nomem(t);
        return NULL;
    }
    static tgc_type *const kinds[] = {&TGC_EXC(SyntaxError), &TGC_EXC(IndentationError),
                                      &TGC_EXC(TabError)};
    size_t length;
    const char *text = line_of(source, n, error.line, &length);
    tgc_raise_syntax(t, kinds[error.kind], error.message, filename, error.line, error.column,
                     error.end_line, error.end_column, error.line == 0 ? NULL : text, length);
    return NULL;
}

tg_value tgc_run_code(tg_thread *t, tgc_code *code)
{
    tg_value f = tgc_function_new(t, code, TGC_NONE, TGC_NONE, TGC_NONE);
    if (f == TGC_NULL)
        return TGC_NULL;
    tg_value r = tgc_call(t, f, NULL, 0, TGC_NULL);
    tgc_release(t, f);
    return r;
}

// Reads a file; NULL with *err set to an errno, or to 0 when memory ran out.
static char *read_file(tg_thread *t, const char *path, size_t *n, int *err)
{
    char *data = NULL;
    size_t size = 0, capacity = 0;
    *err = 0;
    TGI_BEGIN_BLOCKING(t)
    int fd = tgi_os.open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        *err = errno;
    while (fd >= 0) {
        if (capacity - size < 4096) {
            char *bigger = tgi_raw_realloc(data, capacity * 2 + 16384);
            if (bigger == NULL) {
                tgi_raw_free(data);
                data = NULL;
                break;
            }
            data = bigger;
            capacity = capacity * 2 + 16384;
        }
        ssize_t got = tgi_os.read(fd, data + size, capacity - size - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            *err = errno;
            tgi_raw_free(data);
            data = NULL;
        }
        if (got <= 0)
            break;
        size += (size_t)got;
    }
    if (fd >= 0)
        tgi_os.close(fd);
    TGI_END_BLOCKING(t)
    *n = size;
    return data;
}

char *tgc_read_source(tg_thread *t, const char *path, size_t *n)
{
    int err;
    char *data = read_file(t, path, n, &err);
    if (data == NULL) {
        if (err != 0)
            tgc_raise_os(t, err, path);
        else
            tgc_raise_nomem(t);
    }
    return data;
}

static tg_value modules_dict(tg_thread *t)
{
    return tgc_slot_load(t, &tgc_shared_of(t)->modules);
}

// The module of a full name if it was imported before; 1, 0, -1.
static int imported(tg_thread *t, tg_value name, tg_value *out)
{
    tg_value modules = modules_dict(t);
    int found = tgc_dict_get(t, modules, name, out);
    tgc_release(t, modules);
    return found;
}

static int note(tg_thread *t, tg_value name, tg_value module)
{
    tg_value modules = modules_dict(t);
    int st = module == TGC_NULL ? tgc_dict_del(t, modules, name)
                                : tgc_dict_set(t, modules, name, module);
    tgc_release(t, modules);
    return st < 0 ? -1 : 0;
}

// Runs source as the body of m. On failure the module is forgotten.
static int run_source(tg_thread *t, tg_value name, tg_value m, const char *source, size_t n,
                      const char *filename, tg_value package_path)
{
    tgc_module *mod = as_module(m);
    if (tgc_module_set(t, mod, "__file__", tgc_str_cstr(t, filename)) < 0 ||
        (package_path != TGC_NULL &&
         tgc_module_set(t, mod, "__path__", tgc_retain(t, package_path)) < 0))
        return -1;
    if (note(t, name, m) < 0)
        return -1;
    tgc_code *code = tgc_load_source(t, mod, source, n, filename, TGI_HOST_MODULE);
    tg_value r = code != NULL ? tgc_run_code(t, code) : TGC_NULL;
    if (r != TGC_NULL) {
        tgc_release(t, r);
        return 1;
    }
    tg_value exc = tgc_error_fetch(t);
    note(t, name, TGC_NULL);
    tgc_error_restore(t, exc);
    return -1;
}

static tg_value single_path(tg_thread *t, const char *directory)
{
    tg_value s = tgc_str_cstr(t, directory);
    tg_value list = s != TGC_NULL ? tgc_list_from_array(t, &s, 1) : TGC_NULL;
    tgc_release(t, s);
    return list;
}

// A shared object. 1 loaded, 0 not there, -1 raised.
static int load_native(tg_thread *t, const char *path, tg_value name, tg_value m)
{
    size_t n;
    const char *text = tgc_str_utf8(t, name, &n);
    return text == NULL ? -1 : tgc_shared_of(t)->host->native_file(t, path, text, m);
}

// Tries directory/leaf/__init__.py, directory/leaf.togil.so and directory/leaf.py. 1 loaded, 0 not
// there, -1 raised.
static int load_from(tg_thread *t, const char *directory, const char *leaf, tg_value name,
                     tg_value m)
{
    char path[4096], folder[4096];
    const char *slash = directory[0] == '\0' || directory[strlen(directory) - 1] == '/' ? "" : "/";
    size_t n;
    int err;
    if (snprintf(folder, sizeof folder, "%s%s%s", directory, slash, leaf) >= (int)sizeof folder)
        return 0;
    if (snprintf(path, sizeof path, "%s/__init__.py", folder) >= (int)sizeof path)
        return 0;
    char *source = read_file(t, path, &n, &err);
    if (source != NULL) {
        tg_value package_path = single_path(t, folder);
        int st =
            package_path == TGC_NULL ? -1 : run_source(t, name, m, source, n, path, package_path);
        tgc_release(t, package_path);
        tgi_raw_free(source);
        return st;
    }
    if (err == 0) {
        tgc_raise_nomem(t);
        return -1;
    }
    if (snprintf(path, sizeof path, "%s.togil.so", folder) < (int)sizeof path) {
        int st = load_native(t, path, name, m);
        if (st != 0)
            return st;
    }
    if (snprintf(path, sizeof path, "%s.py", folder) >= (int)sizeof path)
        return 0;
    source = read_file(t, path, &n, &err);
    if (source == NULL && err == 0) {
        tgc_raise_nomem(t);
        return -1;
    }
    if (source == NULL)
        return 0;
    int st = run_source(t, name, m, source, n, path, TGC_NULL);
    tgi_raw_free(source);
    return st;
}

static int load_embedded(tg_thread *t, const char *text, tg_value name, tg_value m)
{
    const char *source;
    size_t n;
    bool is_package;
    if (!tgc_shared_of(t)->host->embedded(text, &source, &n, &is_package))
        return 0;
    char filename[256];
    snprintf(filename, sizeof filename, "<togil>/%s.py", text);
    tg_value package_path = is_package ? tgc_list_new(t, 0) : TGC_NULL;
    if (is_package && package_path == TGC_NULL)
        return -1;
    int st = run_source(t, name, m, source, n, filename, package_path);
    tgc_release(t, package_path);
    return st;
}

// The directories to search: sys.path, or the parent package's __path__.
static int load_from_path(tg_thread *t, tg_value search, const char *leaf, tg_value name,
                          tg_value m)
{
    size_t n = tgc_list_size(search), length;
    int st = 0;
    for (size_t i = 0; i < n && st == 0; i++) {
        tg_value directory = tgc_list_get(t, search, i);
        if (directory == TGC_NULL)
            break;
        const char *text = tgc_is_str(directory) ? tgc_str_utf8(t, directory, &length) : NULL;
        if (text != NULL)
            st = load_from(t, text, leaf, name, m);
        else
            tgc_error_clear(t);
        tgc_release(t, directory);
    }
    return st;
}

// Gives the ImportError that is set its `name`.
static void name_error(tg_thread *t, tg_value name)
{
    tg_value exc = tgc_error_fetch(t);
    if (tgc_setattr(t, exc, TGC_NAME(plain_name), name) < 0)
        tgc_error_clear(t);
    tgc_error_restore(t, exc);
}

static tg_value load(tg_thread *t, tg_value name, tg_value parent)
{
    size_t n;
    const char *text = tgc_str_utf8(t, name, &n);
    if (text == NULL)
        return TGC_NULL;
    const char *dot = strrchr(text, '.'), *leaf = dot == NULL ? text : dot + 1;
    tg_value m = tgc_module_new(t, name);
    if (m == TGC_NULL)
        return TGC_NULL;
    tgc_module *mod = as_module(m);
    if (tgc_module_set(t, mod, "__name__", tgc_retain(t, name)) < 0 ||
        tgc_module_set(t, mod, "__doc__", TGC_NONE) < 0)
        return TGC_NULL;
    int st = tgc_shared_of(t)->host->native(t, text, m);
    if (st > 0)
        st = note(t, name, m) < 0 ? -1 : 1;
    if (st == 0)
        st = load_embedded(t, text, name, m);
    if (st == 0) {
        tg_value search;
        if (parent == TGC_NULL)
            search = tgc_slot_load(t, &tgc_shared_of(t)->path);
        else if (tgc_getattr_opt(t, parent, TGC_NAME(path), &search) <= 0)
            search = TGC_NULL;
        if (search != TGC_NULL && tgc_is_list(search))
            st = load_from_path(t, search, leaf, name, m);
        if (search == TGC_NULL && !tgc_raised(t)) {
            tgc_raise(t, &TGC_EXC(ModuleNotFoundError),
                      "No module named '%s'; '%.*s' is not a package", text, (int)(dot - text),
                      text);
            st = -1;
        }
        tgc_release(t, search);
    }
    if (st == 0) {
        tgc_raise(t, &TGC_EXC(ModuleNotFoundError), "No module named '%s'", text);
        name_error(t, name);
    }
    if (st <= 0)
        return TGC_NULL;
    tg_value found;
    if (imported(t, name, &found) > 0) { // a module may have replaced itself
        if (parent != TGC_NULL &&
            tgc_setattr(t, parent, tgc_str_intern(t, leaf, strlen(leaf)), found) < 0) {
            tgc_release(t, found);
            return TGC_NULL;
        }
        return found;
    }
    return tgc_raised(t) ? TGC_NULL : m;
}

// a.b.c: every part in turn. The leaf, and *top the first.
static tg_value import_parts(tg_thread *t, const char *text, size_t n, tg_value *top)
{
    tg_value parent = TGC_NULL;
    *top = TGC_NULL;
    for (size_t end = 0; end <= n; end++) {
        if (end < n && text[end] != '.')
            continue;
        tg_value name = tgc_str_intern(t, text, end), m;
        int found = name == TGC_NULL ? -1 : imported(t, name, &m);
        if (found == 0)
            m = load(t, name, parent);
        tgc_release(t, parent);
        if (found < 0 || m == TGC_NULL) {
            tgc_release(t, *top);
            return TGC_NULL;
        }
        if (*top == TGC_NULL)
            *top = tgc_retain(t, m);
        parent = m;
    }
    return parent;
}

// The absolute name of a relative one, in `out`. 0 or -1.
static int resolve(tg_thread *t, tgc_module *from, const char *text, uint32_t level, char *out,
                   size_t room)
{
    tg_value package, name_value;
    size_t n;
    bool is_package = tgc_module_get(t, from, TGC_NAME(path), &package);
    if (is_package)
        tgc_release(t, package);
    if (!tgc_module_get(t, from, TGC_NAME(name), &name_value))
        return tgc_raise_int(t, &TGC_EXC(ImportError),
                             "attempted relative import with no known parent package");
    const char *own = tgc_is_str(name_value) ? tgc_str_utf8(t, name_value, &n) : NULL;
    int written = own != NULL ? snprintf(out, room, "%s", own) : -1;
    tgc_release(t, name_value);
    if (written < 0 || (size_t)written >= room)
        return tgc_raised(t) ? -1
                             : tgc_raise_int(t, &TGC_EXC(ImportError), "module name is too long");
    for (uint32_t k = is_package ? 1 : 0; k < level; k++) {
        char *dot = strrchr(out, '.');
        if (dot == NULL)
            return tgc_raise_int(t, &TGC_EXC(ImportError),
                                 k == 0 ? "attempted relative import with no known parent package"
                                        : "attempted relative import beyond top-level package");
        *dot = '\0';
    }
    size_t length = strlen(out);
    if (text[0] != '\0' &&
        (size_t)snprintf(out + length, room - length, ".%s", text) >= room - length)
        return tgc_raise_int(t, &TGC_EXC(ImportError), "module name is too long");
    return 0;
}

tg_value tgc_import(tg_thread *t, tgc_module *from, tg_value name, uint32_t level, bool leaf)
{
    size_t n;
    const char *text = tgc_str_utf8(t, name, &n);
    char absolute[512];
    tg_value found, top;
    if (text == NULL)
        return TGC_NULL;
    if (level == 0 && memchr(text, '.', n) == NULL) { // the common case needs no lock
        int st = imported(t, name, &found);
        if (st < 0)
            return TGC_NULL;
        if (st > 0 && !tgi_recursive_is_owned(&tgc_shared_of(t)->import_lock, t->id)) {
            // Another thread may still be running it: wait for the import to end.
            // ORDER: relaxed; a lock that is free now has published the module through sys.modules.
            if (!tgi_mutex_is_locked(&tgc_shared_of(t)->import_lock.mutex))
                return found;
        }
        if (st > 0)
            tgc_release(t, found);
    }
    if (level > 0) {
        if (resolve(t, from, text, level, absolute, sizeof absolute) < 0)
            return TGC_NULL;
        text = absolute;
        n = strlen(absolute);
    }
    tgi_recursive *lock = &tgc_shared_of(t)->import_lock;
    (void)tgi_recursive_lock(lock, t->id, TGI_DEADLINE_NEVER, TGI_PARK_DETACH);
    tg_value last = import_parts(t, text, n, &top);
    (void)tgi_recursive_unlock(lock, t->id);
    if (last == TGC_NULL)
        return TGC_NULL;
    tgc_release(t, leaf ? top : last);
    return leaf ? last : top;
}

tg_value tgc_import_from(tg_thread *t, tg_value module, tg_value name)
{
    tg_value v, own;
    size_t n, m;
    int found = tgc_getattr_opt(t, module, name, &v);
    if (found != 0)
        return found < 0 ? TGC_NULL : v;
    const char *text = tgc_str_utf8(t, name, &n), *package = NULL;
    if (text != NULL && tgc_getattr_opt(t, module, TGC_NAME(name), &own) > 0) {
        if (tgc_is_str(own))
            package = tgc_str_utf8(t, own, &m);
        tg_value path;
        if (package != NULL && tgc_getattr_opt(t, module, TGC_NAME(path), &path) > 0) {
            tgc_release(t, path);
            tg_value full = tgc_str_format(t, "%s.%s", package, text);
            v = full == TGC_NULL ? TGC_NULL
                                 : tgc_import(t, tgc_shared_of(t)->builtins, full, 0, true);
            tgc_release(t, full);
            if (v != TGC_NULL || !tgc_raised_match(t, &TGC_EXC(ModuleNotFoundError))) {
                tgc_release(t, own);
                return v;
            }
            tgc_error_clear(t);
        }
        tg_value file;
        bool has_file = tgc_getattr_opt(t, module, TGC_NAME(file), &file) > 0;
        if (!tgc_raised(t))
            tgc_raise(t, &TGC_EXC(ImportError), "cannot import name '%s' from '%s' (%s)", text,
                      package != NULL ? package : "?",
                      has_file && tgc_is_str(file) ? tgc_str_utf8(t, file, &n)
                                                   : "unknown location");
        if (has_file)
            tgc_release(t, file);
        tgc_release(t, own);
        return TGC_NULL;
    }
    if (!tgc_raised(t) && text != NULL)
        tgc_raise(t, &TGC_EXC(ImportError), "cannot import name '%s'", text);
    return TGC_NULL;
}

int tgc_import_star(tg_thread *t, tgc_module *into, tg_value module)
{
    tg_value all;
    int found = tgc_getattr_opt(t, module, TGC_NAME(all), &all);
    if (found < 0)
        return -1;
    bool listed = found > 0;
    if (!listed)
        all = tgc_call_method(t, module, "__dir__", NULL, 0);
    tg_value it = all != TGC_NULL ? tgc_iter(t, all) : TGC_NULL, name;
    tgc_release(t, all);
    if (it == TGC_NULL)
        return -1;
    while ((name = tgc_next(t, it)) != TGC_NULL) {
        tg_value v = TGC_NULL;
        bool hidden =
            !listed && tgc_is_str(name) && tgc_str_length(name) > 0 && tgc_str_char(name, 0) == '_';
        tgc_global_cell *cell = NULL;
        if (!hidden) {
            v = tgc_is_str(name) ? tgc_import_from(t, module, name)
                                 : tgc_raise(t, &TGC_EXC(TypeError), "__all__ items must be str");
            tg_value key = v != TGC_NULL ? tgc_str_intern_value(t, name) : TGC_NULL;
            cell = key != TGC_NULL ? tgc_module_cell(t, into, key) : NULL;
        }
        tgc_release(t, name);
        if (hidden)
            continue;
        if (cell == NULL) {
            tgc_release(t, v);
            break;
        }
        tgc_release(t, tgc_slot_exchange(t, &cell->value, v));
    }
    tgc_release(t, it);
    return tgc_raised(t) ? -1 : 0;
}
