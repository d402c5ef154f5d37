// SPDX-License-Identifier: MIT
//
// os_module.c - the module os: the process, its environment, and the file system in small.
// Processes and descriptors are in os_process.c.
//
// os.environ is a dict made when the module is first imported; changing it does not change the
// environment of the process, which threads could not do safely.
#include "modules/modules.h"
#include "modules/os_path.h"    // paths
#include "modules/os_process.h" // fork and the like
#include "modules/support.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h> // PATH_MAX
#include <sched.h>
#include <stdio.h> // rename
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

// --- the process

TGI_NATIVE(os_getpid)
{
    return tg_int(t, getpid());
}

TGI_NATIVE(os_getppid)
{
    return tg_int(t, getppid());
}

TGI_NATIVE(os_cpu_count)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? TG_NONE : tg_int(t, n);
}

TGI_NATIVE(os_sched_getaffinity)
{
    int64_t pid;
    cpu_set_t cpus;
    if (tg_as_int64(t, args[0], &pid) < 0)
        return TG_NULL;
    if (sched_getaffinity((pid_t)pid, sizeof cpus, &cpus) < 0)
        return tg_raise_os(t, errno, NULL);
    tg_value list = tg_list(t, NULL, 0);
    for (int i = 0; i < CPU_SETSIZE && list != TG_NULL; i++) {
        if (CPU_ISSET(i, &cpus) && tg_list_append(t, list, tg_int(t, i)) < 0) {
            tg_release(t, list);
            list = TG_NULL;
        }
    }
    tg_value set = list == TG_NULL ? TG_NULL : tgi_builtin(t, "set");
    tg_value r = set == TG_NULL ? TG_NULL : tg_call(t, set, &list, 1);
    tg_release(t, set);
    tg_release(t, list);
    return r;
}

TGI_NATIVE(os_sched_yield)
{
    return tg_sleep(t, 0) == TG_OK ? TG_NONE : TG_NULL;
}

TGI_NATIVE(os_urandom)
{
    return tgi_urandom(t, args[0]);
}

TGI_NATIVE(os_strerror)
{
    int64_t code;
    char text[256];
    if (tg_as_int64(t, args[0], &code) < 0)
        return TG_NULL;
    return tg_str_c(t, strerror_r((int)code, text, sizeof text));
}

TGI_NATIVE(os_exit)
{
    int64_t code;
    if (tg_as_int64(t, args[0], &code) < 0)
        return TG_NULL;
    _exit((int)code);
}

TGI_NATIVE(os_getenv)
{
    tg_value os = tg_import(t, "os"), dict = TG_NULL, v;
    if (os != TG_NULL)
        dict = tg_getattr(t, os, "environ");
    int found = dict == TG_NULL ? -1 : tg_dict_get(t, dict, args[0], &v);
    tg_release(t, dict);
    tg_release(t, os);
    if (found != 0)
        return found < 0 ? TG_NULL : v;
    return nargs > 1 ? tg_retain(t, args[1]) : TG_NONE;
}

// --- files

TGI_NATIVE(os_getcwd)
{
    char text[PATH_MAX];
    return getcwd(text, sizeof text) == NULL ? tg_raise_os(t, errno, NULL) : tg_str_c(t, text);
}

// A call on one path, detached.
static tg_value on_path(tg_thread *t, tg_value v, int (*f)(const char *path))
{
    size_t n;
    int err;
    const char *path = tgi_path_text(t, v, &n);
    if (path == NULL)
        return TG_NULL;
    TG_BEGIN_BLOCKING(t)
    err = f(path) < 0 ? errno : 0;
    TG_END_BLOCKING(t)
    return err == 0 ? TG_NONE : tg_raise_os(t, err, path);
}

static int make_directory(const char *path)
{
    return mkdir(path, 0777);
}

TGI_NATIVE(os_remove)
{
    return on_path(t, args[0], unlink);
}

TGI_NATIVE(os_rmdir)
{
    return on_path(t, args[0], rmdir);
}

TGI_NATIVE(os_mkdir)
{
    return on_path(t, args[0], make_directory);
}

TGI_NATIVE(os_chdir)
{
    return on_path(t, args[0], chdir);
}

TGI_NATIVE(os_rename)
{
    size_t n;
    int err;
    const char *from = tgi_path_text(t, args[0], &n);
    const char *to = from == NULL ? NULL : tgi_path_text(t, args[1], &n);
    if (to == NULL)
        return TG_NULL;
    TG_BEGIN_BLOCKING(t)
    err = rename(from, to) < 0 ? errno : 0;
    TG_END_BLOCKING(t)
    if (err == 0)
        return TG_NONE;
    char text[256];
    tg_value parts[5] = {tg_int(t, err), tg_str_c(t, strerror_r(err, text, sizeof text)), args[0],
                         TG_NONE, args[1]};
    tg_value exc =
        parts[1] == TG_NULL ? TG_NULL : tg_call(t, tg_error_class(t, TG_OSError), parts, 5);
    tg_release(t, parts[1]);
    return tgi_raise_taken(t, exc);
}

TGI_NATIVE(os_listdir)
{
    size_t n;
    const char *path = ".";
    if (nargs > 0 && args[0] != TG_NONE && (path = tgi_path_text(t, args[0], &n)) == NULL)
        return TG_NULL;
    DIR *dir;
    TG_BEGIN_BLOCKING(t)
    dir = opendir(path);
    TG_END_BLOCKING(t)
    if (dir == NULL)
        return tg_raise_os(t, errno, path);
    tg_value list = tg_list(t, NULL, 0);
    struct dirent *e;
    while (list != TG_NULL && (e = readdir(dir)) != NULL) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        tg_value name = tg_str_c(t, e->d_name);
        if (name == TG_NULL || tg_list_append(t, list, name) < 0) {
            tg_release(t, list);
            list = TG_NULL;
        }
        tg_release(t, name);
    }
    closedir(dir);
    return list;
}

static const tg_function_def functions[] = {
    TGI_FN("getpid", os_getpid, 0, 0),
    TGI_FN("getppid", os_getppid, 0, 0),
    TGI_FN("cpu_count", os_cpu_count, 0, 0),
    TGI_FN("sched_getaffinity", os_sched_getaffinity, 1, 1),
    TGI_FN("sched_yield", os_sched_yield, 0, 0),
    TGI_FN("urandom", os_urandom, 1, 1),
    TGI_FN("strerror", os_strerror, 1, 1),
    TGI_FN("_exit", os_exit, 1, 1),
    TGI_FN("getenv", os_getenv, 1, 2),
    TGI_FN("getcwd", os_getcwd, 0, 0),
    TGI_FN("chdir", os_chdir, 1, 1),
    TGI_FN("remove", os_remove, 1, 1),
    TGI_FN("unlink", os_remove, 1, 1),
    TGI_FN("rmdir", os_rmdir, 1, 1),
    TGI_FN("mkdir", os_mkdir, 1, 1),
    TGI_FN("rename", os_rename, 2, 2),
    TGI_FN("listdir", os_listdir, 0, 1),
    TGI_FN_END,
};

static int add_environ(tg_thread *t, tg_value module)
{
    tg_value dict = tg_dict(t);
    int st = dict == TG_NULL ? -1 : 0;
    for (char **entry = environ; st == 0 && *entry != NULL; entry++) {
        const char *equals = strchr(*entry, '=');
        if (equals == NULL)
            continue;
        tg_value key = tg_str(t, *entry, (size_t)(equals - *entry));
        tg_value v = key == TG_NULL ? TG_NULL : tg_str_c(t, equals + 1);
        if (v == TG_NULL && tg_error_is(t, TG_UnicodeError))
            tg_error_clear(t); // not text: a script cannot see it
        else
            st = v == TG_NULL ? -1 : tg_dict_set(t, dict, key, v);
        tg_release(t, key);
        tg_release(t, v);
    }
    if (st == 0)
        return tg_module_add(t, module, "environ", dict);
    tg_release(t, dict);
    return -1;
}

static int init(tg_thread *t, tg_value module)
{
    static const char *const names[] = {"F_OK", "X_OK", "W_OK", "R_OK"};
    static const int64_t values[] = {F_OK, X_OK, W_OK, R_OK};
    if (tgi_add_str(t, module, "name", "posix") < 0 || tgi_add_str(t, module, "sep", "/") < 0 ||
        tgi_add_str(t, module, "linesep", "\n") < 0 || tgi_add_str(t, module, "curdir", ".") < 0 ||
        tgi_add_str(t, module, "pardir", "..") < 0 ||
        tgi_add_str(t, module, "devnull", "/dev/null") < 0 ||
        tgi_add_ints(t, module, names, values, 4) < 0 || add_environ(t, module) < 0 ||
        tg_module_add(t, module, "error", tg_retain(t, tg_error_class(t, TG_OSError))) < 0 ||
        tg_module_add(t, module, "path", tg_import(t, "posixpath")) < 0)
        return -1;
    return tg_module_add_functions(t, module, functions) < 0 ? -1 : tgi_os_process_init(t, module);
}

const tg_module_def tgi_module_os = {"os", init};
