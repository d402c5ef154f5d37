// SPDX-License-Identifier: MIT
//
// exception_os.c - OSError: fields by position, the subclass by errno, "[Errno 2] text: 'name'".
#include "core/object/exception_internal.h" // shared slots
#include "core/object/int.h"                // tgc_int_as_i64
#include "core/object/str.h"                // tgc_str_format
#include "core/object/tuple.h"              // args

#include <errno.h>

enum { ERRNO, STRERROR, FILENAME, FILENAME2 }; // the extra slots

tgc_type *tgc_exception_os_type(int64_t err)
{
    switch (err) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS:
        return &TGC_EXC(BlockingIOError);
    case EPIPE:
    case ESHUTDOWN:
        return &TGC_EXC(BrokenPipeError);
    case ECHILD:
        return &TGC_EXC(ChildProcessError);
    case ECONNABORTED:
        return &TGC_EXC(ConnectionAbortedError);
    case ECONNREFUSED:
        return &TGC_EXC(ConnectionRefusedError);
    case ECONNRESET:
        return &TGC_EXC(ConnectionResetError);
    case EEXIST:
        return &TGC_EXC(FileExistsError);
    case ENOENT:
        return &TGC_EXC(FileNotFoundError);
    case EISDIR:
        return &TGC_EXC(IsADirectoryError);
    case ENOTDIR:
        return &TGC_EXC(NotADirectoryError);
    case EINTR:
        return &TGC_EXC(InterruptedError);
    case EACCES:
    case EPERM:
        return &TGC_EXC(PermissionError);
    case ESRCH:
        return &TGC_EXC(ProcessLookupError);
    case ETIMEDOUT:
        return &TGC_EXC(TimeoutError);
    default:
        return &TGC_EXC(OSError);
    }
}

static size_t positional(size_t nargs, tg_value kwnames)
{
    return nargs - tgc_keyword_count(kwnames);
}

// Two to five arguments are (errno, strerror[, filename[, winerror[, filename2]]]); any other
// number is a plain exception.
static bool has_fields(size_t n)
{
    return n >= 2 && n <= 5;
}

// args keeps errno and strerror only, once a filename is known.
static tg_value short_args(tg_thread *t, const tg_value *args, size_t n)
{
    bool named = has_fields(n) && n >= 3 && args[2] != TGC_NONE;
    return tgc_tuple_from_array(t, args, named ? 2 : n);
}

tg_value tgc_oserror_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                               tg_value kwnames)
{
    size_t n = positional(nargs, kwnames);
    if (type == &TGC_EXC(OSError) && has_fields(n) && tgc_is_int(args[0]))
        type = tgc_exception_os_type(tgc_int(args[0]));
    // A class with an __init__ of its own decides what it passes on.
    if (!tgc_exception_init_is_own(type))
        return tgc_exception_new(t, type, tgc_tuple_empty());
    tg_value exc = tgc_exception_new(t, type, short_args(t, args, n));
    if (exc != TGC_NULL && tgc_oserror_init(t, exc, args, nargs, kwnames) < 0) {
        tgc_release(t, exc);
        return TGC_NULL;
    }
    return exc;
}

int tgc_oserror_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                     tg_value kwnames)
{
    size_t n = positional(nargs, kwnames);
    if (n != nargs)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() takes no keyword arguments", "OSError");
    tg_value tuple = short_args(t, args, n);
    if (tuple == TGC_NULL)
        return -1;
    tgc_exception *e = tgc_exception_of(self);
    tgc_exception_put(t, &e->args, tuple);
    for (size_t i = 0; i < TGI_ARRAY_LENGTH(e->extra); i++)
        tgc_exception_put(t, &e->extra[i], TGC_UNBOUND);
    if (!has_fields(n))
        return 0;
    tgc_exception_put(t, &e->extra[ERRNO], tgc_retain(t, args[0]));
    tgc_exception_put(t, &e->extra[STRERROR], tgc_retain(t, args[1]));
    if (n >= 3 && args[2] != TGC_NONE)
        tgc_exception_put(t, &e->extra[FILENAME], tgc_retain(t, args[2]));
    if (n == 5 && args[4] != TGC_NONE)
        tgc_exception_put(t, &e->extra[FILENAME2], tgc_retain(t, args[4]));
    return 0;
}

// The text of parts[i] under str() for the first two, repr() for the names. `first` borrowed,
// result new.
static tg_value join_fields(tg_thread *t, const tg_value *field, size_t count)
{
    static const char *const before[] = {"[Errno ", "] ", ": ", " -> "};
    tg_value parts[8];
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        parts[made] = tgc_str_cstr(t, before[i]);
        if (parts[made] == TGC_NULL)
            break;
        made++;
        parts[made] = i < 2 ? tgc_to_str(t, field[i]) : tgc_repr(t, field[i]);
        if (parts[made] == TGC_NULL)
            break;
        made++;
    }
    tg_value result = made == 2 * count ? tgc_str_join(t, parts, made) : TGC_NULL;
    while (made > 0)
        tgc_release(t, parts[--made]);
    return result;
}

tg_value tgc_oserror_str(tg_thread *t, tg_value v)
{
    tgc_exception *e = tgc_exception_of(v);
    tg_value field[4];
    size_t count = 0;
    for (; count < 4; count++) {
        field[count] = tgc_slot_load(t, &e->extra[count]);
        if (field[count] == TGC_UNBOUND)
            break;
    }
    tg_value text = count >= 2 ? join_fields(t, field, count) : tgc_exception_str(t, v);
    while (count > 0)
        tgc_release(t, field[--count]);
    return text;
}

const tgc_getset_def tgc_oserror_getsets[] = {
    {"errno", tgc_exception_get0, tgc_exception_set0},
    {"strerror", tgc_exception_get1, tgc_exception_set1},
    {"filename", tgc_exception_get2, tgc_exception_set2},
    {"filename2", tgc_exception_get3, tgc_exception_set3},
    {NULL, NULL, NULL},
};

tg_value tgc_raise_os(tg_thread *t, int err, const char *filename)
{
    char local[128];
    const char *text = strerror_r(err, local, sizeof local);
    size_t count = filename == NULL ? 2 : 3;
    tg_value args[3] = {tgc_from_int(err), tgc_str_cstr(t, text), TGC_NONE};
    tg_value exc = TGC_NULL;
    if (args[1] == TGC_NULL)
        return TGC_NULL;
    if (filename != NULL)
        args[2] = tgc_str_new(t, filename, strlen(filename));
    if (args[2] != TGC_NULL)
        exc = tgc_oserror_construct(t, &TGC_EXC(OSError), args, count, TGC_NULL);
    tgc_release(t, args[1]);
    tgc_release(t, args[2]);
    if (exc != TGC_NULL) {
        tgc_exception_chain(t, exc);
        tgc_error_restore(t, exc);
    }
    return TGC_NULL;
}
