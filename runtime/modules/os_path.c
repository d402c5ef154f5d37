// SPDX-License-Identifier: MIT
//
// os_path.c - the module os.path: paths as text, and what lies there.
//
// Paths are str; the rules are those of POSIX. Threads: no state.
#include "modules/os_path.h"
#include "modules/modules.h"
#include "modules/support.h"

#include <errno.h>
#include <limits.h> // PATH_MAX
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *tgi_path_text(tg_thread *t, tg_value v, size_t *n)
{
    if (tg_kind_of(t, v) != TG_KIND_STR) {
        tg_raise(t, TG_TypeError, "expected str, bytes or os.PathLike object, not %s",
                 tg_type_name(t, v));
        return NULL;
    }
    const char *text = tg_as_utf8(t, v, n);
    if (text == NULL || strlen(text) == *n)
        return text;
    tg_raise(t, TG_ValueError, "embedded null byte");
    return NULL;
}

static tg_value pair(tg_thread *t, const char *a, size_t an, const char *b, size_t bn)
{
    tg_value parts[2] = {tg_str(t, a, an), tg_str(t, b, bn)};
    tg_value r = parts[0] == TG_NULL || parts[1] == TG_NULL ? TG_NULL : tg_tuple(t, parts, 2);
    tg_release(t, parts[0]);
    tg_release(t, parts[1]);
    return r;
}

// Where the last part begins, and how long the rest is without the slashes before it.
static size_t last_part(const char *text, size_t n, size_t *head)
{
    size_t at = n;
    while (at > 0 && text[at - 1] != '/')
        at--;
    *head = at;
    while (*head > 0 && text[*head - 1] == '/')
        --*head;
    if (*head == 0)
        *head = at; // nothing but slashes
    return at;
}

TGI_NATIVE(path_join)
{
    size_t n, used = 0, room = 1;
    if (nargs == 0)
        return tg_raise(t, TG_TypeError, "join() missing 1 required positional argument: 'a'");
    for (size_t i = 0; i < nargs; i++) {
        if (tg_kind_of(t, args[i]) != TG_KIND_STR)
            return tg_raise(t, TG_TypeError,
                            "join() argument must be str, bytes, or os.PathLike object, not '%s'",
                            tg_type_name(t, args[i]));
        if (tg_as_utf8(t, args[i], &n) == NULL)
            return TG_NULL;
        room += n + 1;
    }
    char *text = malloc(room);
    if (text == NULL)
        return tg_raise_nomem(t);
    for (size_t i = 0; i < nargs; i++) {
        const char *part = tg_as_utf8(t, args[i], &n);
        if (n > 0 && part[0] == '/')
            used = 0;
        else if (used > 0 && text[used - 1] != '/')
            text[used++] = '/';
        memcpy(text + used, part, n);
        used += n;
    }
    tg_value r = tg_str(t, text, used);
    free(text);
    return r;
}

TGI_NATIVE(path_basename)
{
    size_t n, head;
    const char *text = tgi_path_text(t, args[0], &n);
    if (text == NULL)
        return TG_NULL;
    size_t at = last_part(text, n, &head);
    return tg_str(t, text + at, n - at);
}

TGI_NATIVE(path_dirname)
{
    size_t n, head;
    const char *text = tgi_path_text(t, args[0], &n);
    if (text == NULL)
        return TG_NULL;
    last_part(text, n, &head);
    return tg_str(t, text, head);
}

TGI_NATIVE(path_split)
{
    size_t n, head;
    const char *text = tgi_path_text(t, args[0], &n);
    if (text == NULL)
        return TG_NULL;
    size_t at = last_part(text, n, &head);
    return pair(t, text, head, text + at, n - at);
}

TGI_NATIVE(path_splitext)
{
    size_t n, head;
    const char *text = tgi_path_text(t, args[0], &n);
    if (text == NULL)
        return TG_NULL;
    size_t at = last_part(text, n, &head), dot = n;
    while (dot > at && text[dot - 1] != '.')
        dot--;
    // A dot that only dots come before does not begin an extension.
    size_t first = at;
    while (first < n && text[first] == '.')
        first++;
    size_t cut = dot > at && dot - 1 >= first ? dot - 1 : n;
    return pair(t, text, cut, text + cut, n - cut);
}

TGI_NATIVE(path_isabs)
{
    size_t n;
    const char *text = tgi_path_text(t, args[0], &n);
    return text == NULL ? TG_NULL : tg_bool(text[0] == '/');
}

// Takes out "." and ".." and double slashes, in place.
static size_t normalise(char *text, size_t n)
{
    bool absolute = n > 0 && text[0] == '/';
    // Exactly two slashes at the start mean something of their own.
    size_t root = absolute ? (n > 1 && text[1] == '/' && (n == 2 || text[2] != '/') ? 2 : 1) : 0;
    size_t out = root, kept = root; // nothing before `kept` can be taken back by ".."
    for (size_t i = root; i < n;) {
        size_t end = i;
        while (end < n && text[end] != '/')
            end++;
        size_t length = end - i;
        bool up = length == 2 && text[i] == '.' && text[i + 1] == '.';
        if (up && out > kept) {
            while (out > kept && text[out - 1] != '/')
                out--;
            if (out > kept)
                out--; // the slash
        } else if (length > 0 && !(length == 1 && text[i] == '.') && !(up && absolute)) {
            if (out > root)
                text[out++] = '/';
            memmove(text + out, text + i, length);
            out += length;
            if (up)
                kept = out;
        }
        i = end + 1;
    }
    if (out == 0)
        text[out++] = '.';
    return out;
}

static tg_value normalised(tg_thread *t, const char *text, size_t n, bool from_here)
{
    char here[PATH_MAX];
    size_t used = 0;
    if (from_here && text[0] != '/') {
        if (getcwd(here, sizeof here) == NULL)
            return tg_raise_os(t, errno, NULL);
        used = strlen(here);
    }
    char *room = malloc(used + n + 2);
    if (room == NULL)
        return tg_raise_nomem(t);
    if (used > 0) {
        memcpy(room, here, used);
        room[used++] = '/';
    }
    memcpy(room + used, text, n);
    tg_value r = tg_str(t, room, normalise(room, used + n));
    free(room);
    return r;
}

TGI_NATIVE(path_normpath)
{
    size_t n;
    const char *text = tgi_path_text(t, args[0], &n);
    return text == NULL ? TG_NULL : normalised(t, text, n, false);
}

TGI_NATIVE(path_abspath)
{
    size_t n;
    const char *text = tgi_path_text(t, args[0], &n);
    return text == NULL ? TG_NULL : normalised(t, text, n, true);
}

// --- what lies there

static int status_of(tg_thread *t, tg_value v, struct stat *out, int *err)
{
    size_t n;
    const char *text = tgi_path_text(t, v, &n);
    if (text == NULL)
        return -1;
    TG_BEGIN_BLOCKING(t)
    *err = stat(text, out) < 0 ? errno : 0;
    TG_END_BLOCKING(t)
    return 0;
}

TGI_NATIVE(path_exists)
{
    struct stat st;
    int err;
    return status_of(t, args[0], &st, &err) < 0 ? TG_NULL : tg_bool(err == 0);
}

TGI_NATIVE(path_isfile)
{
    struct stat st;
    int err;
    return status_of(t, args[0], &st, &err) < 0 ? TG_NULL
                                                : tg_bool(err == 0 && S_ISREG(st.st_mode));
}

TGI_NATIVE(path_isdir)
{
    struct stat st;
    int err;
    return status_of(t, args[0], &st, &err) < 0 ? TG_NULL
                                                : tg_bool(err == 0 && S_ISDIR(st.st_mode));
}

TGI_NATIVE(path_getsize)
{
    struct stat st;
    int err;
    if (status_of(t, args[0], &st, &err) < 0)
        return TG_NULL;
    return err == 0 ? tg_int(t, st.st_size) : tg_raise_os(t, err, tg_as_utf8(t, args[0], NULL));
}

TGI_NATIVE(path_getmtime)
{
    struct stat st;
    int err;
    if (status_of(t, args[0], &st, &err) < 0)
        return TG_NULL;
    if (err != 0)
        return tg_raise_os(t, err, tg_as_utf8(t, args[0], NULL));
    return tg_float(t, (double)st.st_mtim.tv_sec + (double)st.st_mtim.tv_nsec * 1e-9);
}

static const tg_function_def functions[] = {
    TGI_FN("join", path_join, 0, -1),        TGI_FN("basename", path_basename, 1, 1),
    TGI_FN("dirname", path_dirname, 1, 1),   TGI_FN("split", path_split, 1, 1),
    TGI_FN("splitext", path_splitext, 1, 1), TGI_FN("isabs", path_isabs, 1, 1),
    TGI_FN("normpath", path_normpath, 1, 1), TGI_FN("abspath", path_abspath, 1, 1),
    TGI_FN("exists", path_exists, 1, 1),     TGI_FN("isfile", path_isfile, 1, 1),
    TGI_FN("isdir", path_isdir, 1, 1),       TGI_FN("getsize", path_getsize, 1, 1),
    TGI_FN("getmtime", path_getmtime, 1, 1), TGI_FN_END,
};

static int init(tg_thread *t, tg_value module)
{
    if (tgi_add_str(t, module, "sep", "/") < 0 || tgi_add_str(t, module, "pathsep", ":") < 0 ||
        tgi_add_str(t, module, "curdir", ".") < 0 || tgi_add_str(t, module, "pardir", "..") < 0 ||
        tgi_add_str(t, module, "extsep", ".") < 0)
        return -1;
    return tg_module_add_functions(t, module, functions);
}

// The attribute os.path, and what `import os.path` finds.
const tg_module_def tgi_module_posixpath = {"posixpath", init};
const tg_module_def tgi_module_os_path = {"os.path", init};
