// SPDX-License-Identifier: MIT
//
// file_type.c - the methods of file objects and their types.
#include "core/builtin/file_internal.h" // tgc_file

#include "core/builtin/print.h"    // tgc_stream_flush
#include "core/object/bytes.h"     // binary data
#include "core/object/exception.h" // tgc_exception_* for the exception type
#include "core/object/int.h"       // positions
#include "core/object/list.h"      // readlines
#include "core/object/seq.h"       // writelines
#include "core/object/str.h"       // text
#include "core/object/weakref.h"   // weak word

#include "base/os.h" // close
#include "mem/raw.h" // buffers

#include <errno.h>
#include <unistd.h>

#define NATIVE(name) \
    static tg_value name(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
#define UNUSED_COUNT() ((void)nargs, (void)kwnames)

static void file_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_file *f = (tgc_file *)(void *)o;
    // ORDER: relaxed; dead and ours. Files are not tracked: nobody else looks at this.
    if (TGI_UNLIKELY(atom_load_relaxed(&f->weak) != 0))
        tgc_weak_clear_dying(t, o);
    for (size_t done = 0; f->fd >= 0 && done < f->out_used;) {
        ssize_t n = tgi_os.write(f->fd, f->out + done, f->out_used - done);
        if (n < 0 && errno != EINTR)
            break;
        done += n > 0 ? (size_t)n : 0;
    }
    if (f->fd >= 0 && f->own_fd)
        tgi_os.close(f->fd);
    tgi_raw_free(f->in);
    tgi_raw_free(f->out);
    tgc_release(t, f->name);
    tgc_release(t, f->mode);
    tgc_delete(t, o, sizeof(tgc_file));
}

static tg_value file_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                               tg_value kwnames)
{
    (void)args;
    UNUSED_COUNT();
    return tgc_raise(t, &TGC_EXC(TypeError), "cannot create '%s.%s' instances: use open()",
                     type->module, type->name);
}

static tg_value file_repr(tg_thread *t, tg_value v)
{
    tgc_file *f = tgc_file_of(v);
    tgc_strbuf b;
    tgc_strbuf_init(&b);
    int st = tgc_strbuf_append_printf(t, &b, "<_io.%s name=", tgc_type_name(v));
    if (st == 0)
        st = tgc_strbuf_append_repr(t, &b, f->name);
    if (st == 0 && f->text) {
        st = tgc_strbuf_append_cstr(t, &b, " mode=");
        if (st == 0)
            st = tgc_strbuf_append_repr(t, &b, f->mode);
        if (st == 0)
            st = tgc_strbuf_append_printf(t, &b, " encoding='%s'", f->encoding);
    }
    if (st == 0)
        st = tgc_strbuf_append_cstr(t, &b, ">");
    if (st == 0)
        return tgc_strbuf_finish(t, &b);
    tgc_strbuf_discard(&b);
    return TGC_NULL;
}

static int need_readable(tg_thread *t, const tgc_file *f, const char *operation)
{
    if (f->readable)
        return 0;
    return tgc_raise_int(t, &tgc_unsupported_operation_type, "%s",
                         f->text ? "not readable" : operation);
}

static int need_writable(tg_thread *t, const tgc_file *f)
{
    if (f->writable)
        return 0;
    return tgc_raise_int(t, &tgc_unsupported_operation_type, "%s",
                         f->text ? "not writable" : "write");
}

static int check_open(tg_thread *t, tgc_file *f)
{
    return tgc_file_leave(t, f, tgc_file_enter(f));
}

// --- reading

// How many bytes of what is read ahead make up at most `count` units (characters or bytes); *units
// is how many units that are. A character that is not complete yet is not counted.
static size_t measure_locked(const tgc_file *f, size_t count, size_t *units)
{
    size_t have = f->in_end - f->in_at;
    if (!f->text || !f->utf8) {
        *units = have < count ? have : count;
        return *units;
    }
    *units = 0;
    if (have == 0) // there may be no buffer yet
        return 0;
    const uint8_t *p = f->in + f->in_at;
    size_t at = 0;
    while (*units < count && at < have) {
        size_t width = p[at] < 0xc0 ? 1 : p[at] < 0xe0 ? 2 : p[at] < 0xf0 ? 3 : 4;
        if (at + width > have)
            break;
        at += width;
        ++*units;
    }
    return at;
}

NATIVE(file_read)
{
    (void)kwnames;
    tgc_file *f = tgc_file_of(args[0]);
    int64_t count = -1;
    if (nargs == 2 && args[1] != TGC_NONE) {
        if (!tgc_is_integer(args[1]))
            return tgc_raise(t, &TGC_EXC(TypeError), "argument should be integer or None, not '%s'",
                             tgc_type_name(args[1]));
        if (tgc_int_as_i64(t, args[1], &count) < 0)
            return TGC_NULL;
    }
    if (check_open(t, f) < 0 || need_readable(t, f, "read") < 0)
        return TGC_NULL;
    int st = tgc_file_enter(f);
    size_t bytes = 0, units = 0, added = 1;
    while (st == 0 && added > 0) {
        bytes = count < 0 ? f->in_end - f->in_at : measure_locked(f, (size_t)count, &units);
        if (count >= 0 && units == (size_t)count)
            break;
        st = tgc_file_fill_locked(t, f, &added);
        if (added == 0)
            bytes = f->in_end - f->in_at; // the end of the file cuts the last character short
    }
    tg_value result = TGC_NULL;
    if (st == 0) {
        result = tgc_file_take_locked(t, f, bytes);
        st = result == TGC_NULL ? TGC_FILE_RAISED : 0;
    }
    return tgc_file_leave(t, f, st) < 0 ? TGC_NULL : result;
}

static size_t length_of(tg_value v) // of a str or bytes
{
    size_t n;
    if (tgc_is_str(v))
        return tgc_str_length(v);
    tgc_bytes_data(v, &n);
    return n;
}

static tg_value next_line(tg_thread *t, tg_value self)
{
    tgc_file *f = tgc_file_of(self);
    if (check_open(t, f) < 0 || need_readable(t, f, "read") < 0)
        return TGC_NULL;
    return tgc_file_read_line(t, self);
}

NATIVE(file_readline)
{
    UNUSED_COUNT();
    return next_line(t, args[0]);
}

static tg_value file_next(tg_thread *t, tg_value self)
{
    tg_value line = next_line(t, self);
    if (line == TGC_NULL || length_of(line) > 0)
        return line;
    tgc_release(t, line);
    return TGC_NULL;
}

NATIVE(file_readlines)
{
    (void)kwnames;
    int64_t hint = -1;
    if (nargs == 2 && args[1] != TGC_NONE && tgc_as_index(t, args[1], &hint) < 0)
        return TGC_NULL;
    tg_value list = tgc_list_new(t, 0);
    size_t total = 0;
    while (list != TGC_NULL && (hint <= 0 || total < (size_t)hint)) {
        tg_value line = file_next(t, args[0]);
        if (line == TGC_NULL) {
            if (!tgc_raised(t))
                break;
            tgc_release(t, list);
            return TGC_NULL;
        }
        total += length_of(line);
        if (tgc_list_append_steal(t, list, line) < 0) {
            tgc_release(t, list);
            return TGC_NULL;
        }
    }
    return list;
}

static tg_value file_iter(tg_thread *t, tg_value self)
{
    return check_open(t, tgc_file_of(self)) < 0 ? TGC_NULL : tgc_retain(t, self);
}

// --- writing

// Writes a str or bytes; its length, or -1.
static int64_t write_value(tg_thread *t, tg_value self, tg_value v)
{
    tgc_file *f = tgc_file_of(self);
    size_t n;
    if (f->text && !tgc_is_str(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "write() argument must be str, not %s",
                             tgc_type_name(v));
    if (!f->text && !tgc_is_bytes(v))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "a bytes-like object is required, not '%s'",
                             tgc_type_name(v));
    if (check_open(t, f) < 0 || need_writable(t, f) < 0)
        return -1;
    if (f->text) {
        tg_value bytes = TGC_NULL; // only if UTF-8 cannot hold all characters
        const char *utf8 = tgc_str_utf8(t, v, &n);
        if (utf8 == NULL && f->utf8 && strcmp(f->errors, "strict") != 0) {
            tgc_error_clear(t);
            bytes = tgc_str_encode(t, v, "utf-8", f->errors);
            utf8 = bytes == TGC_NULL ? NULL : (const char *)tgc_bytes_data(bytes, &n);
        }
        int st = utf8 == NULL ? -1 : tgc_file_write_text(t, self, utf8, n);
        tgc_release(t, bytes);
        return st < 0 ? -1 : (int64_t)tgc_str_length(v);
    }
    const uint8_t *data = tgc_bytes_data(v, &n);
    if (f->stream != 0)
        return tgc_stream_write(t, f->stream, (const char *)data, n) < 0 ? -1 : (int64_t)n;
    int st = tgc_file_enter(f);
    if (st == 0)
        st = tgc_file_put_locked(t, f, data, n);
    return tgc_file_leave(t, f, st) < 0 ? -1 : (int64_t)n;
}

NATIVE(file_write)
{
    UNUSED_COUNT();
    int64_t n = write_value(t, args[0], args[1]);
    return n < 0 ? TGC_NULL : tgc_from_int(n);
}

NATIVE(file_writelines)
{
    UNUSED_COUNT();
    tgc_iterate it;
    tg_value line;
    int got;
    if (tgc_iterate_begin(t, &it, args[1]) < 0)
        return TGC_NULL;
    while ((got = tgc_iterate_next(t, &it, &line)) > 0) {
        int64_t n = write_value(t, args[0], line);
        tgc_release(t, line);
        if (n < 0) {
            got = -1;
            break;
        }
    }
    tgc_iterate_end(t, &it);
    return got < 0 ? TGC_NULL : TGC_NONE;
}

NATIVE(file_flush)
{
    UNUSED_COUNT();
    tgc_file *f = tgc_file_of(args[0]);
    if (f->stream != 0)
        return tgc_stream_flush(t, f->stream) < 0 ? TGC_NULL : TGC_NONE;
    int st = tgc_file_enter(f);
    if (st == 0)
        st = tgc_file_flush_locked(t, f);
    return tgc_file_leave(t, f, st) < 0 ? TGC_NULL : TGC_NONE;
}

NATIVE(file_close)
{
    UNUSED_COUNT();
    return tgc_file_close(t, tgc_file_of(args[0])) < 0 ? TGC_NULL : TGC_NONE;
}

NATIVE(file_enter)
{
    UNUSED_COUNT();
    return check_open(t, tgc_file_of(args[0])) < 0 ? TGC_NULL : tgc_retain(t, args[0]);
}

NATIVE(file_exit)
{
    UNUSED_COUNT();
    return tgc_file_close(t, tgc_file_of(args[0])) < 0 ? TGC_NULL : TGC_NONE;
}

// --- position

NATIVE(file_seek)
{
    (void)kwnames;
    tgc_file *f = tgc_file_of(args[0]);
    int64_t offset, whence = SEEK_SET;
    if (tgc_as_index(t, args[1], &offset) < 0)
        return TGC_NULL;
    if (nargs == 3 && tgc_as_index(t, args[2], &whence) < 0)
        return TGC_NULL;
    if (check_open(t, f) < 0)
        return TGC_NULL;
    if (whence < SEEK_SET || whence > SEEK_END)
        return tgc_raise(t, &TGC_EXC(ValueError), "invalid whence (%lld, should be 0, 1 or 2)",
                         (long long)whence);
    if (f->text && whence != SEEK_SET && offset != 0)
        return tgc_raise(t, &tgc_unsupported_operation_type, "can't do nonzero %s-relative seeks",
                         whence == SEEK_CUR ? "cur" : "end");
    if (f->text && offset < 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "negative seek position %lld", (long long)offset);
    int st = f->stream != 0 ? ESPIPE : tgc_file_enter(f);
    off_t at = 0;
    if (f->stream != 0)
        return tgc_raise_os(t, st, NULL);
    if (st == 0)
        st = tgc_file_flush_locked(t, f);
    if (st == 0)
        st = tgc_file_settle_locked(f);
    if (st == 0) {
        at = lseek(f->fd, (off_t)offset, (int)whence);
        st = at < 0 ? errno : 0;
    }
    return tgc_file_leave(t, f, st) < 0 ? TGC_NULL : tgc_int_from_i64(t, at);
}

NATIVE(file_tell)
{
    UNUSED_COUNT();
    tgc_file *f = tgc_file_of(args[0]);
    if (f->stream != 0)
        return tgc_raise_os(t, ESPIPE, NULL);
    int st = tgc_file_enter(f);
    off_t at = 0;
    if (st == 0)
        st = tgc_file_flush_locked(t, f);
    if (st == 0) {
        at = lseek(f->fd, 0, SEEK_CUR);
        st = at < 0 ? errno : 0;
        at -= (off_t)(f->in_end - f->in_at);
    }
    return tgc_file_leave(t, f, st) < 0 ? TGC_NULL : tgc_int_from_i64(t, at);
}

// --- what kind of file it is

NATIVE(file_fileno)
{
    UNUSED_COUNT();
    tgc_file *f = tgc_file_of(args[0]);
    int st = tgc_file_enter(f);
    int fd = f->fd;
    return tgc_file_leave(t, f, st) < 0 ? TGC_NULL : tgc_from_int(fd);
}

NATIVE(file_isatty)
{
    UNUSED_COUNT();
    tgc_file *f = tgc_file_of(args[0]);
    int st = tgc_file_enter(f);
    bool terminal = st == 0 && isatty(f->fd);
    return tgc_file_leave(t, f, st) < 0 ? TGC_NULL : tgc_from_bool(terminal);
}

NATIVE(file_readable)
{
    UNUSED_COUNT();
    tgc_file *f = tgc_file_of(args[0]);
    return check_open(t, f) < 0 ? TGC_NULL : tgc_from_bool(f->readable);
}

NATIVE(file_writable)
{
    UNUSED_COUNT();
    tgc_file *f = tgc_file_of(args[0]);
    return check_open(t, f) < 0 ? TGC_NULL : tgc_from_bool(f->writable);
}

NATIVE(file_seekable)
{
    UNUSED_COUNT();
    tgc_file *f = tgc_file_of(args[0]);
    int st = tgc_file_enter(f);
    bool seekable = st == 0 && lseek(f->fd, 0, SEEK_CUR) >= 0;
    return tgc_file_leave(t, f, st) < 0 ? TGC_NULL : tgc_from_bool(seekable);
}

static tg_value get_name(tg_thread *t, tg_value self)
{
    return tgc_retain(t, tgc_file_of(self)->name);
}

static tg_value get_mode(tg_thread *t, tg_value self)
{
    return tgc_retain(t, tgc_file_of(self)->mode);
}

static tg_value get_closed(tg_thread *t, tg_value self)
{
    tgc_file *f = tgc_file_of(self);
    bool closed = tgc_file_enter(f) == TGC_FILE_CLOSED;
    (void)tgc_file_leave(t, f, 0);
    return tgc_from_bool(closed);
}

static tg_value get_encoding(tg_thread *t, tg_value self)
{
    return tgc_str_cstr(t, tgc_file_of(self)->encoding);
}

static tg_value get_errors(tg_thread *t, tg_value self)
{
    return tgc_str_cstr(t, tgc_file_of(self)->errors);
}

// The stream without the text layer; a fresh object on the same descriptor. Of the process's own
// streams only.
static tg_value get_buffer(tg_thread *t, tg_value self)
{
    const tgc_file *f = tgc_file_of(self);
    if (f->stream == 0)
        return tgc_raise(t, &TGC_EXC(AttributeError), "'%s' object has no attribute 'buffer'",
                         tgc_type_name(self));
    tgc_obj *o = tgc_new(t, &tgc_byte_writer_type, sizeof(tgc_file));
    if (o == NULL)
        return TGC_NULL;
    tgc_file *b = (tgc_file *)(void *)o;
    tgi_mutex_reset(&b->lock);
    b->fd = b->stream = f->stream;
    b->writable = true;
    b->encoding = b->errors = "";
    b->name = tgc_retain(t, f->name); // immortal, as those of f
    b->mode = tgc_retain(t, f->mode);
    return tgc_from_ptr(o);
}

static const tgc_method_def file_methods[] = {
    {"read", file_read, 0, 1, 0},
    {"readline", file_readline, 0, 0, 0},
    {"readlines", file_readlines, 0, 1, 0},
    {"write", file_write, 1, 1, 0},
    {"writelines", file_writelines, 1, 1, 0},
    {"flush", file_flush, 0, 0, 0},
    {"close", file_close, 0, 0, 0},
    {"seek", file_seek, 1, 2, 0},
    {"tell", file_tell, 0, 0, 0},
    {"fileno", file_fileno, 0, 0, 0},
    {"isatty", file_isatty, 0, 0, 0},
    {"readable", file_readable, 0, 0, 0},
    {"writable", file_writable, 0, 0, 0},
    {"seekable", file_seekable, 0, 0, 0},
    {"__enter__", file_enter, 0, 0, 0},
    {"__exit__", file_exit, 3, 3, 0},
    {NULL, NULL, 0, 0, 0},
};

static const tgc_getset_def text_getsets[] = {
    {"name", get_name, NULL},     {"mode", get_mode, NULL},
    {"closed", get_closed, NULL}, {"encoding", get_encoding, NULL},
    {"errors", get_errors, NULL}, {"buffer", get_buffer, NULL},
    {NULL, NULL, NULL},
};
static const tgc_getset_def byte_getsets[] = {
    {"name", get_name, NULL},
    {"mode", get_mode, NULL},
    {"closed", get_closed, NULL},
    {NULL, NULL, NULL},
};

#define STATIC_TYPE_OF(base_, module_) \
    .head = TGC_IMMORTAL_HEAD(&tgc_type_type), .base = (base_), .module = (module_)

#define FILE_TYPE(symbol, name_, getsets_)       \
    tgc_type symbol = {                          \
        STATIC_TYPE_OF(&tgc_object_type, "_io"), \
        .name = name_,                           \
        .size = sizeof(tgc_file),                \
        .weak_offset = offsetof(tgc_file, weak), \
        .construct = file_construct,             \
        .dealloc = file_dealloc,                 \
        .repr = file_repr,                       \
        .iter = file_iter,                       \
        .next = file_next,                       \
        .methods = file_methods,                 \
        .getsets = getsets_,                     \
    }

FILE_TYPE(tgc_text_file_type, "TextIOWrapper", text_getsets);
FILE_TYPE(tgc_byte_reader_type, "BufferedReader", byte_getsets);
FILE_TYPE(tgc_byte_writer_type, "BufferedWriter", byte_getsets);
FILE_TYPE(tgc_byte_random_type, "BufferedRandom", byte_getsets);

tgc_type tgc_unsupported_operation_type = {
    STATIC_TYPE_OF(&TGC_EXC(OSError), "io"),
    .name = "UnsupportedOperation",
    .flags = TGC_TF_EXC | TGC_TF_TRACKED | TGC_TF_BASETYPE,
    .size = sizeof(tgc_exception),
};
