// SPDX-License-Identifier: MIT
//
// print.c - the buffers of standard output and error, and print().
//
// Owns        one growable buffer per stream. print() makes the whole text of a call first and
//             appends it in one piece, so lines of several threads never mix, however the buffer is
//             then written.
// Threads     any attached thread. A stream's lock is waited for detached, and the system call
//             under it is made detached, so a full pipe stops nobody but those who want to write to
//             it.
// Invariants  P1  the bytes in a buffer are in the order of the appends and are written in that
//                 order.
//             P2  nothing is flushed per line unless the stream is a terminal; stderr is never held
//                 back.
#include "core/builtin/print.h"

#include "core/builtin/file.h" // files as targets
#include "core/object/code.h"  // modules
#include "core/object/dict.h"  // sys.modules
#include "core/object/error.h" // errors
#include "core/object/known.h" // names
#include "core/object/state.h" // sys.modules
#include "core/object/str.h"   // texts

#include "base/os.h"         // write
#include "mem/raw.h"         // buffers
#include "sync/mutex.h"      // stream lock
#include "thread/blocking.h" // detached writes
#include "thread/breaker.h"  // signals

#include <errno.h>
#include <poll.h>
#include <unistd.h>

enum { STREAM_BYTES = 16384, SMALL_TEXT = 1024 };

typedef struct stream {
    tgi_mutex lock;
    bool known;                   // guarded by lock: terminal has been looked at
    bool terminal;                // guarded by lock
    char *data;                   // guarded by lock: `local` or a larger block
    size_t start, used, capacity; // guarded by lock: [start, used) waits to be written
    char local[STREAM_BYTES];     // guarded by lock
} stream;

static stream streams[2] = {
    {.lock = TGI_MUTEX_INIT, .data = streams[0].local, .capacity = STREAM_BYTES},
    {.lock = TGI_MUTEX_INIT, .data = streams[1].local, .capacity = STREAM_BYTES},
};

static bool append_locked(stream *s, const char *data, size_t n)
{
    if (s->capacity - s->used < n && s->start > 0) {
        memmove(s->data, s->data + s->start, s->used - s->start);
        s->used -= s->start;
        s->start = 0;
    }
    if (s->capacity - s->used < n) {
        size_t capacity = 2 * s->capacity > s->used + n ? 2 * s->capacity : s->used + n;
        bool was_local = s->data == s->local;
        char *bigger = tgi_raw_realloc(was_local ? NULL : s->data, capacity);
        if (bigger == NULL)
            return false;
        if (was_local)
            memcpy(bigger, s->local, s->used);
        s->data = bigger;
        s->capacity = capacity;
    }
    memcpy(s->data + s->used, data, n);
    s->used += n;
    return true;
}

static void empty_locked(stream *s)
{
    if (s->data != s->local) {
        tgi_raw_free(s->data);
        s->data = s->local;
        s->capacity = STREAM_BYTES;
    }
    s->start = s->used = 0;
}

// One system call's worth. 0, or the error number.
static int write_some_locked(stream *s, int fd)
{
    ssize_t n = tgi_os.write(fd, s->data + s->start, s->used - s->start);
    if (n < 0 && errno == EAGAIN) {
        // The descriptor was made non-blocking by somebody it is shared with: wait as if it were
        // not.
        struct pollfd p = {.fd = fd, .events = POLLOUT};
        n = tgi_os.poll(&p, 1, -1) < 0 ? -1 : 0;
    }
    if (n < 0)
        return errno;
    s->start += (size_t)n;
    return 0;
}

int tgc_stream_flush(tg_thread *t, int fd)
{
    stream *s = &streams[fd - 1];
    for (;;) {
        int error = 0;
        tgi_mutex_lock_detach(&s->lock);
        if (s->start == s->used) {
            tgi_mutex_unlock(&s->lock);
            return 0;
        }
        TGI_BEGIN_BLOCKING(t)
        while (s->start < s->used && error == 0)
            error = write_some_locked(s, fd);
        if (error != EINTR)
            empty_locked(s);
        // Before attaching, which may take for ever when the runtime ends.
        tgi_mutex_unlock(&s->lock);
        TGI_END_BLOCKING(t)
        if (error != EINTR) {
            if (error != 0)
                tgc_raise_os(t, error, NULL);
            return error == 0 ? 0 : -1;
        }
        if (tgi_breaker_poll(t) != TG_OK)
            return -1; // the rest is written by the next flush
    }
}

int tgc_stream_write(tg_thread *t, int fd, const char *data, size_t n)
{
    if (fd == STDERR_FILENO && tgc_stream_flush(t, STDOUT_FILENO) < 0) {
        if (!tgc_raised_match(t, &TGC_EXC(OSError)))
            return -1;
        tgc_error_clear(t); // a closed stdout must not silence stderr
    }
    stream *s = &streams[fd - 1];
    tgi_mutex_lock_detach(&s->lock);
    bool kept = append_locked(s, data, n);
    if (!s->known) {
        s->terminal = isatty(fd) != 0;
        s->known = true;
    }
    bool due = fd == STDERR_FILENO || s->used - s->start >= STREAM_BYTES / 2 ||
               (s->terminal && memchr(data, '\n', n) != NULL);
    tgi_mutex_unlock(&s->lock);
    if (!kept) {
        tgc_raise_nomem(t);
        return -1;
    }
    return due ? tgc_stream_flush(t, fd) : 0;
}

void tgc_streams_after_fork(void)
{
    tgi_mutex_reset(&streams[0].lock);
    tgi_mutex_reset(&streams[1].lock);
}

// --- print

typedef struct text { // the bytes of one call
    char *data;
    size_t used, capacity;
    char local[SMALL_TEXT];
} text;

static void text_init(text *x)
{
    x->data = x->local;
    x->used = 0;
    x->capacity = sizeof x->local;
}

static void text_free(text *x)
{
    if (x->data != x->local)
        tgi_raw_free(x->data);
}

static int text_add(tg_thread *t, text *x, const char *data, size_t n)
{
    if (x->capacity - x->used < n) {
        size_t capacity = 2 * x->capacity + n;
        bool was_local = x->data == x->local;
        char *bigger = tgi_raw_realloc(was_local ? NULL : x->data, capacity);
        if (bigger == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
        if (was_local)
            memcpy(bigger, x->local, x->used);
        x->data = bigger;
        x->capacity = capacity;
    }
    memcpy(x->data + x->used, data, n);
    x->used += n;
    return 0;
}

static int add_str(tg_thread *t, text *x, tg_value s)
{
    size_t n;
    const char *utf8 = tgc_str_utf8(t, s, &n);
    return utf8 == NULL ? -1 : text_add(t, x, utf8, n);
}

static int add_int(tg_thread *t, text *x, int64_t i)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = i < 0 ? -(uint64_t)i : (uint64_t)i;
    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (i < 0)
        digits[--at] = '-';
    return text_add(t, x, digits + at, sizeof digits - at);
}

static int add_value(tg_thread *t, text *x, tg_value v)
{
    if (tgc_is_int(v))
        return add_int(t, x, tgc_int(v));
    if (tgc_is_exact(v, &tgc_str_type))
        return add_str(t, x, v);
    tg_value s = tgc_to_str(t, v);
    if (s == TGC_NULL)
        return -1;
    int st = add_str(t, x, s);
    tgc_release(t, s);
    return st;
}

// sep or end: a str, or None or absent for the default.
static int separator(tg_thread *t, const char *name, tg_value v, const char *otherwise, text *out)
{
    text_init(out);
    if (v == TGC_NULL || v == TGC_NONE)
        return text_add(t, out, otherwise, strlen(otherwise));
    if (!tgc_is_str(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s must be None or a string, not %s", name,
                             tgc_type_name(v));
    return add_str(t, out, v);
}

// A file of the script's own making gets each piece by its write method, as CPython does it.
static int print_pieces(tg_thread *t, tg_value file, const tg_value *values, size_t n, tg_value sep,
                        tg_value end)
{
    tg_value write = tgc_getattr_cstr(t, file, "write");
    if (write == TGC_NULL)
        return -1;
    tg_value space =
        sep == TGC_NULL || sep == TGC_NONE ? tgc_str_from_char(t, ' ') : tgc_retain(t, sep);
    tg_value newline =
        end == TGC_NULL || end == TGC_NONE ? tgc_str_from_char(t, '\n') : tgc_retain(t, end);
    int st = space == TGC_NULL || newline == TGC_NULL ? -1 : 0;
    for (size_t i = 0; st == 0 && i < 2 * n; i++) { // value, separator, value ... end
        tg_value piece = i % 2 == 0      ? tgc_to_str(t, values[i / 2])
                         : i + 1 < 2 * n ? tgc_retain(t, space)
                                         : TGC_NULL;
        if (piece == TGC_NULL) {
            st = i % 2 == 0 ? -1 : 0;
            break;
        }
        tg_value result = tgc_call1(t, write, piece);
        tgc_release(t, piece);
        tgc_release(t, result);
        st = result == TGC_NULL ? -1 : 0;
    }
    if (st == 0) {
        tg_value result = tgc_call1(t, write, newline);
        tgc_release(t, result);
        st = result == TGC_NULL ? -1 : 0;
    }
    tgc_release(t, space);
    tgc_release(t, newline);
    tgc_release(t, write);
    return st;
}

static int flush_object(tg_thread *t, tg_value file)
{
    tg_value result = tgc_call_method(t, file, "flush", NULL, 0);
    tgc_release(t, result);
    return result == TGC_NULL ? -1 : 0;
}

enum { SEP, END, FILE_, FLUSH, OPTIONS };

// What a script has put in the place of sys.stdout; TGC_NULL if it is the stream itself.
static tg_value redirected(tg_thread *t)
{
    tg_value modules = tgc_slot_load(t, &tgc_shared_of(t)->modules), sys, out = TGC_NULL;
    if (tgc_is_dict(modules) && tgc_dict_get(t, modules, TGC_NAME(sys), &sys) > 0) {
        if (tgc_is_exact(sys, &tgc_module_type) &&
            !tgc_module_get(t, (tgc_module *)(void *)tgc_ptr(sys), TGC_NAME(stdout), &out))
            out = TGC_NULL;
        tgc_release(t, sys);
    }
    tgc_release(t, modules);
    if (out != TGC_NULL && out == tgc_file_std(t, STDOUT_FILENO)) {
        tgc_release(t, out);
        out = TGC_NULL;
    }
    return out;
}

tg_value tgc_builtin_print(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    static const char *const names[] = {"sep", "end", "file", "flush", NULL};
    tg_value option[OPTIONS] = {TGC_NULL, TGC_NULL, TGC_NULL, TGC_NULL};
    size_t named = tgc_keyword_count(kwnames);
    size_t n = nargs - named;
    if (named > 0 && tgc_parse_args(t, "print", names, 0, args + n, named, kwnames, option) < 0)
        return TGC_NULL;
    int flush = option[FLUSH] == TGC_NULL ? 0 : tgc_truth(t, option[FLUSH]);
    if (flush < 0)
        return TGC_NULL;
    tg_value file = option[FILE_], kept = TGC_NULL;
    if (file == TGC_NULL || file == TGC_NONE) {
        file = kept = redirected(t);
        if (file == TGC_NONE) // sys.stdout is None: printing goes nowhere
            return TGC_NONE;
    }
    bool pieces = file != TGC_NULL && !tgc_file_is_text(file);
    text sep, end, all;
    text_init(&all);
    text_init(&end);
    int st = separator(t, "sep", option[SEP], " ", &sep);
    if (st == 0)
        st = separator(t, "end", option[END], "\n", &end);
    if (st == 0 && pieces)
        st = print_pieces(t, file, args, n, option[SEP], option[END]);
    for (size_t i = 0; st == 0 && !pieces && i < n; i++) {
        if (i > 0)
            st = text_add(t, &all, sep.data, sep.used);
        if (st == 0)
            st = add_value(t, &all, args[i]);
    }
    if (st == 0 && !pieces)
        st = text_add(t, &all, end.data, end.used);
    if (st == 0 && !pieces)
        st = file == TGC_NULL ? tgc_stream_write(t, STDOUT_FILENO, all.data, all.used)
                              : tgc_file_write_text(t, file, all.data, all.used);
    text_free(&all);
    text_free(&sep);
    text_free(&end);
    if (st == 0 && flush)
        st = file == TGC_NULL ? tgc_stream_flush(t, STDOUT_FILENO) : flush_object(t, file);
    tgc_release(t, kept);
    return st < 0 ? TGC_NULL : TGC_NONE;
}
