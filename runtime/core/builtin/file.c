// SPDX-License-Identifier: MIT
//
// file.c - file objects: buffers, opening, the standard streams.
//
// Owns        descriptors of open files and their buffers. Standard output and error have none
//             here: print.c.
// Threads     every operation holds the file's own lock, waited for detached; system calls under it
//             are made detached. Lines read and pieces written by several threads do not mix.
// Invariants  F1  at most one of the two buffers holds something.
//             F2  whoever drops the last reference to an open file writes what is left, without
//                 detaching: a count may reach zero where a thread must not let others in.
#include "core/builtin/file.h"

#include "core/builtin/file_internal.h" // tgc_file
#include "core/builtin/print.h"         // tgc_stream_write
#include "core/object/bytes.h"          // paths, binary data
#include "core/object/int.h"            // descriptors
#include "core/object/known.h"          // names
#include "core/object/str.h"            // text

#include "base/os.h"         // system calls
#include "mem/raw.h"         // buffers
#include "thread/blocking.h" // detached calls
#include "thread/breaker.h"  // signals

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int tgc_file_enter(tgc_file *f)
{
    tgi_mutex_lock_detach(&f->lock);
    return f->fd < 0 ? TGC_FILE_CLOSED : 0;
}

int tgc_file_leave(tg_thread *t, tgc_file *f, int st)
{
    tgi_mutex_unlock(&f->lock);
    if (st == 0)
        return 0;
    if (st == TGC_FILE_CLOSED)
        tgc_raise(t, &TGC_EXC(ValueError), "I/O operation on closed file.");
    else if (st == TGC_FILE_NOMEM)
        tgc_raise_nomem(t);
    else if (st > 0)
        tgc_raise_os(t, st, NULL);
    return -1;
}

// After EINTR: 0 to go on. The lock is given up meanwhile, since a signal may run script code.
static int interrupted_locked(tg_thread *t, tgc_file *f)
{
    tgi_mutex_unlock(&f->lock);
    tg_status st = tgi_breaker_poll(t);
    tgi_mutex_lock_detach(&f->lock);
    if (st != TG_OK)
        return TGC_FILE_RAISED;
    return f->fd < 0 ? TGC_FILE_CLOSED : 0;
}

static bool grow(uint8_t **data, size_t *capacity, size_t needed)
{
    if (*capacity >= needed)
        return true;
    size_t bytes = 2 * *capacity > needed ? 2 * *capacity : needed;
    uint8_t *bigger = tgi_raw_realloc(*data, bytes);
    if (bigger == NULL)
        return false;
    *data = bigger;
    *capacity = bytes;
    return true;
}

// Turns the line ends of n new bytes into "\n"; returns how many bytes are left.
static size_t translate_locked(tgc_file *f, uint8_t *data, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = data[i];
        bool second = c == '\n' && f->after_cr;
        f->after_cr = c == '\r';
        if (!second)
            data[kept++] = c == '\r' ? '\n' : c;
    }
    return kept;
}

int tgc_file_fill_locked(tg_thread *t, tgc_file *f, size_t *added)
{
    *added = 0;
    int st = f->out_used > 0 ? tgc_file_flush_locked(t, f) : 0; // F1
    if (st != 0)
        return st;
    if (f->in_at == f->in_end)
        f->in_at = f->in_end = 0;
    if (f->in_at >= TGC_FILE_BYTES) {
        memmove(f->in, f->in + f->in_at, f->in_end - f->in_at);
        f->in_end -= f->in_at;
        f->in_at = 0;
    }
    if (!grow(&f->in, &f->in_capacity, f->in_end + TGC_FILE_BYTES))
        return TGC_FILE_NOMEM;
    for (;;) {
        ssize_t n;
        TGI_BEGIN_BLOCKING(t)
        n = tgi_os.read(f->fd, f->in + f->in_end, f->in_capacity - f->in_end);
        TGI_END_BLOCKING(t)
        if (n > 0) {
            size_t kept =
                f->translate ? translate_locked(f, f->in + f->in_end, (size_t)n) : (size_t)n;
            f->in_end += kept;
            *added = kept;
            if (kept > 0)
                return 0;
        } else if (n == 0) {
            return 0;
        } else if (errno != EINTR) {
            return errno;
        } else {
            st = interrupted_locked(t, f);
            if (st != 0)
                return st;
        }
    }
}

int tgc_file_flush_locked(tg_thread *t, tgc_file *f)
{
    size_t done = 0;
    int st = 0;
    while (done < f->out_used && st == 0) {
        ssize_t n;
        TGI_BEGIN_BLOCKING(t)
        n = tgi_os.write(f->fd, f->out + done, f->out_used - done);
        TGI_END_BLOCKING(t)
        if (n >= 0) {
            done += (size_t)n;
            continue;
        }
        st = errno;
        if (st == EINTR) {
            // Others may write while the signal is handled: what is done must be gone from the
            // buffer.
            memmove(f->out, f->out + done, f->out_used - done);
            f->out_used -= done;
            done = 0;
            st = interrupted_locked(t, f);
        }
    }
    if (st != TGC_FILE_RAISED && st != TGC_FILE_CLOSED)
        f->out_used = 0;
    return st;
}

int tgc_file_settle_locked(tgc_file *f)
{
    if (f->in_at < f->in_end && lseek(f->fd, -(off_t)(f->in_end - f->in_at), SEEK_CUR) < 0)
        return errno;
    f->in_at = f->in_end = 0;
    f->after_cr = false;
    return 0;
}

static int append_locked(tgc_file *f, const uint8_t *data, size_t n)
{
    if (n == 0)
        return 0;
    if (!grow(&f->out, &f->out_capacity, f->out_used + n))
        return TGC_FILE_NOMEM;
    memcpy(f->out + f->out_used, data, n);
    f->out_used += n;
    return 0;
}

int tgc_file_put_locked(tg_thread *t, tgc_file *f, const uint8_t *data, size_t n)
{
    int st = tgc_file_settle_locked(f); // F1
    bool lines = false;
    if (f->text && f->line_end != TGC_LINE_LF) {
        const char *end = f->line_end == TGC_LINE_CR ? "\r" : "\r\n";
        while (st == 0 && n > 0) {
            const uint8_t *stop = memchr(data, '\n', n);
            size_t part = stop == NULL ? n : (size_t)(stop - data);
            st = append_locked(f, data, part);
            if (st == 0 && stop != NULL)
                st = append_locked(f, (const uint8_t *)end, strlen(end));
            part += stop != NULL;
            lines |= stop != NULL;
            data += part;
            n -= part;
        }
    } else if (st == 0) {
        lines = f->line_flush && memchr(data, '\n', n) != NULL;
        st = append_locked(f, data, n);
    }
    if (st == 0 && (f->out_used >= TGC_FILE_BYTES || (f->line_flush && lines)))
        st = tgc_file_flush_locked(t, f);
    return st;
}

tg_value tgc_file_take_locked(tg_thread *t, tgc_file *f, size_t n)
{
    if (n == 0)
        return f->text ? tgc_str_empty() : tgc_bytes_new(t, "", 0);
    const uint8_t *data = f->in + f->in_at;
    f->in_at += n;
    return f->text ? tgc_str_decode(t, data, n, f->encoding, f->errors) : tgc_bytes_new(t, data, n);
}

tg_value tgc_file_read_line(tg_thread *t, tg_value file)
{
    tgc_file *f = tgc_file_of(file);
    int st = tgc_file_enter(f);
    size_t seen = 0, n = 0; // bytes without a line end
    while (st == 0 && n == 0) {
        size_t have = f->in_end - f->in_at, added = 0;
        const uint8_t *end = NULL;
        if (seen < have)
            end = memchr(f->in + f->in_at + seen, '\n', have - seen);
        seen = have;
        if (end != NULL) {
            n = (size_t)(end - (f->in + f->in_at)) + 1;
        } else {
            st = tgc_file_fill_locked(t, f, &added);
            if (added == 0)
                break;
        }
    }
    tg_value line = TGC_NULL;
    if (st == 0) {
        line = tgc_file_take_locked(t, f, n != 0 ? n : f->in_end - f->in_at);
        st = line == TGC_NULL ? TGC_FILE_RAISED : 0;
    }
    return tgc_file_leave(t, f, st) < 0 ? TGC_NULL : line;
}

int tgc_file_write_text(tg_thread *t, tg_value file, const char *utf8, size_t n)
{
    tgc_file *f = tgc_file_of(file);
    if (f->stream != 0)
        return tgc_stream_write(t, f->stream, utf8, n);
    if (!f->writable)
        return tgc_raise_int(t, &tgc_unsupported_operation_type, "not writable");
    tg_value bytes = TGC_NULL;
    const uint8_t *data = (const uint8_t *)utf8;
    if (!f->utf8) {
        tg_value s = tgc_str_new(t, utf8, n);
        bytes = s == TGC_NULL ? TGC_NULL : tgc_str_encode(t, s, f->encoding, f->errors);
        tgc_release(t, s);
        if (bytes == TGC_NULL)
            return -1;
        data = tgc_bytes_data(bytes, &n);
    }
    int st = tgc_file_enter(f);
    if (st == 0)
        st = tgc_file_put_locked(t, f, data, n);
    st = tgc_file_leave(t, f, st);
    tgc_release(t, bytes);
    return st;
}

int tgc_file_close(tg_thread *t, tgc_file *f)
{
    if (f->stream != 0)
        return tgc_stream_flush(t, f->stream);
    if (tgc_file_enter(f) == TGC_FILE_CLOSED)
        return tgc_file_leave(t, f, 0);
    int st = tgc_file_flush_locked(t, f);
    if (st != TGC_FILE_CLOSED) {
        if (f->own_fd && tgi_os.close(f->fd) < 0 && st == 0 && errno != EINTR)
            st = errno;
        f->fd = -1;
        tgi_raw_free(f->in);
        tgi_raw_free(f->out);
        f->in = f->out = NULL;
        f->in_at = f->in_end = f->in_capacity = f->out_used = f->out_capacity = 0;
    }
    return tgc_file_leave(t, f, st == TGC_FILE_CLOSED ? 0 : st);
}

// --- open

typedef struct request { // the arguments of open(), checked
    int flags;
    bool readable, writable, binary, translate;
    tgc_line_end line_end;
    tg_value encoding, errors; // interned str
    bool utf8;
} request;

static int bad_mode(tg_thread *t, const char *mode)
{
    return tgc_raise_int(t, &TGC_EXC(ValueError), "invalid mode: '%s'", mode);
}

static int parse_mode(tg_thread *t, const char *mode, request *r)
{
    bool seen[128] = {false};
    for (const char *p = mode; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (strchr("rwxabt+", c) == NULL || seen[c])
            return bad_mode(t, mode);
        seen[c] = true;
    }
    if (seen['t'] && seen['b'])
        return tgc_raise_int(t, &TGC_EXC(ValueError), "can't have text and binary mode at once");
    int kinds = seen['r'] + seen['w'] + seen['x'] + seen['a'];
    if (kinds > 1)
        return tgc_raise_int(t, &TGC_EXC(ValueError),
                             "must have exactly one of create/read/write/append mode");
    if (kinds == 0)
        return tgc_raise_int(t, &TGC_EXC(ValueError),
                             "Must have exactly one of create/read/write/append mode and at most "
                             "one plus");
    r->binary = seen['b'];
    r->readable = seen['r'] || seen['+'];
    r->writable = !seen['r'] || seen['+'];
    r->flags = r->readable && r->writable ? O_RDWR : r->writable ? O_WRONLY : O_RDONLY;
    r->flags |= seen['w']   ? O_CREAT | O_TRUNC
                : seen['x'] ? O_CREAT | O_EXCL
                : seen['a'] ? O_CREAT | O_APPEND
                            : 0;
    return 0;
}

static bool given(tg_value v)
{
    return v != TGC_NULL && v != TGC_NONE;
}

// How many bytes text takes in the encoding; 0 raised.
static size_t encoded_size(tg_thread *t, const char *text, const char *encoding)
{
    tg_value s = tgc_str_cstr(t, text);
    tg_value bytes = s == TGC_NULL ? TGC_NULL : tgc_str_encode(t, s, encoding, "replace");
    size_t n = 0;
    if (bytes != TGC_NULL)
        tgc_bytes_data(bytes, &n);
    tgc_release(t, s);
    tgc_release(t, bytes);
    return n;
}

static int check_text_option(tg_thread *t, const char *name, tg_value v)
{
    if (!given(v) || tgc_is_str(v))
        return 0;
    return tgc_raise_int(t, &TGC_EXC(TypeError), "open() argument '%s' must be str or None, not %s",
                         name, tgc_type_name(v));
}

static int parse_text(tg_thread *t, tg_value encoding, tg_value errors, tg_value newline,
                      request *r)
{
    if (check_text_option(t, "encoding", encoding) < 0 ||
        check_text_option(t, "errors", errors) < 0 || check_text_option(t, "newline", newline) < 0)
        return -1;
    r->encoding =
        given(encoding) ? tgc_str_intern_value(t, encoding) : tgc_str_intern_cstr(t, "UTF-8");
    r->errors = given(errors) ? tgc_str_intern_value(t, errors) : tgc_str_intern_cstr(t, "strict");
    const char *name = r->encoding == TGC_NULL ? NULL : tgc_str_utf8(t, r->encoding, NULL);
    if (name == NULL || r->errors == TGC_NULL)
        return -1;
    size_t n = encoded_size(t, "\n", name);
    if (n == 0)
        return -1;
    if (n != 1) // line ends are looked for byte by byte
        return tgc_raise_int(t, &TGC_EXC(NotImplementedError),
                             "text files in encoding '%s' are not supported", name);
    r->utf8 = encoded_size(t, "\xc3\xa9", name) == 2;
    r->translate = !given(newline);
    if (!given(newline))
        return 0;
    const char *end = tgc_str_utf8(t, newline, NULL);
    if (end == NULL)
        return -1;
    if (strcmp(end, "\r") == 0)
        r->line_end = TGC_LINE_CR;
    else if (strcmp(end, "\r\n") == 0)
        r->line_end = TGC_LINE_CRLF;
    else if (strcmp(end, "") != 0 && strcmp(end, "\n") != 0)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "illegal newline value: %s", end);
    return 0;
}

static tg_value file_new(tg_thread *t, tgc_type *type, int fd, const request *r, tg_value name,
                         tg_value mode)
{
    tgc_obj *o = tgc_new(t, type, sizeof(tgc_file));
    if (o == NULL)
        return TGC_NULL;
    tgc_file *f = (tgc_file *)(void *)o;
    tgi_mutex_reset(&f->lock);
    f->fd = fd;
    f->readable = r->readable;
    f->writable = r->writable;
    f->text = !r->binary;
    f->own_fd = true;
    f->utf8 = r->utf8;
    f->translate = r->translate;
    f->line_flush = !r->binary && r->writable && isatty(fd);
    f->line_end = r->line_end;
    f->encoding = r->binary ? "" : tgc_str_utf8(t, r->encoding, NULL);
    f->errors = r->binary ? "" : tgc_str_utf8(t, r->errors, NULL);
    tgc_publish_value(t, name);
    tgc_publish_value(t, mode);
    f->name = tgc_retain(t, name);
    f->mode = tgc_retain(t, mode);
    return tgc_from_ptr(o);
}

// The descriptor to use: opens a path, takes a number as it is. -1 raised.
static int obtain(tg_thread *t, tg_value path, int flags)
{
    int fd;
    const char *name = NULL;
    size_t n = 0;
    if (tgc_is_integer(path)) {
        int64_t number;
        if (tgc_int_as_i64(t, path, &number) < 0)
            return -1;
        if (number < 0)
            return tgc_raise_int(t, &TGC_EXC(ValueError), "negative file descriptor");
        fd = number > INT32_MAX ? INT32_MAX : (int)number;
    } else {
        name =
            tgc_is_str(path) ? tgc_str_utf8(t, path, &n) : (const char *)tgc_bytes_data(path, &n);
        if (name == NULL)
            return -1;
        if (strlen(name) != n)
            return tgc_raise_int(t, &TGC_EXC(ValueError), "embedded null byte");
        do {
            TGI_BEGIN_BLOCKING(t)
            fd = tgi_os.open(name, flags | O_CLOEXEC, 0666);
            TGI_END_BLOCKING(t)
        } while (fd < 0 && errno == EINTR && tgi_breaker_poll(t) == TG_OK);
        if (fd < 0) {
            if (!tgc_raised(t))
                tgc_raise_os(t, errno, name);
            return -1;
        }
    }
    struct stat info;
    int error = fstat(fd, &info) < 0 ? errno : S_ISDIR(info.st_mode) ? EISDIR : 0;
    if (error == 0)
        return fd;
    if (name != NULL)
        tgi_os.close(fd);
    tgc_raise_os(t, error, name);
    return -1;
}

// A path-like object's path; anything else that open() takes as it is. A new reference.
static tg_value path_of(tg_thread *t, tg_value v)
{
    if (tgc_is_integer(v) || tgc_is_str(v) || tgc_is_bytes(v))
        return tgc_retain(t, v);
    tg_value method;
    int found = tgc_getattr_opt(t, v, tgc_str_intern_cstr(t, "__fspath__"), &method);
    if (found < 0)
        return TGC_NULL;
    tg_value path = found > 0 ? tgc_call(t, method, NULL, 0, TGC_NULL) : TGC_NONE;
    if (found > 0)
        tgc_release(t, method);
    if (path == TGC_NULL || tgc_is_str(path) || tgc_is_bytes(path))
        return path;
    tgc_release(t, path);
    return tgc_raise(t, &TGC_EXC(TypeError), "expected str, bytes or os.PathLike object, not %s",
                     tgc_type_name(v));
}

enum { FILE_, MODE, BUFFERING, ENCODING, ERRORS, NEWLINE, CLOSEFD, OPENER, OPTIONS };

static int parse_request(tg_thread *t, const tg_value *v, const char **mode, request *r)
{
    *mode = "r";
    if (v[MODE] != TGC_NULL) {
        if (!tgc_is_str(v[MODE]))
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "open() argument 'mode' must be str, not %s",
                                 tgc_type_name(v[MODE]));
        *mode = tgc_str_utf8(t, v[MODE], NULL);
        if (*mode == NULL)
            return -1;
    }
    if (given(v[OPENER]))
        return tgc_raise_int(t, &TGC_EXC(NotImplementedError),
                             "open() with an opener is not supported");
    if (parse_mode(t, *mode, r) < 0)
        return -1;
    if (!r->binary)
        return parse_text(t, v[ENCODING], v[ERRORS], v[NEWLINE], r);
    static const char *const text_only[] = {"encoding", "errors", "newline"};
    for (size_t i = 0; i < 3; i++) {
        if (given(v[ENCODING + i]))
            return tgc_raise_int(t, &TGC_EXC(ValueError),
                                 "binary mode doesn't take a%s %s argument", i == 2 ? "" : "n",
                                 text_only[i]);
    }
    return 0;
}

tg_value tgc_builtin_open(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    static const char *const names[] = {"file",    "mode",    "buffering", "encoding", "errors",
                                        "newline", "closefd", "opener",    NULL};
    tg_value v[OPTIONS];
    request r = {.flags = 0};
    const char *mode;
    if (tgc_parse_args(t, "open", names, 1, args, nargs, kwnames, v) < 0)
        return TGC_NULL;
    int close_fd = v[CLOSEFD] == TGC_NULL ? 1 : tgc_truth(t, v[CLOSEFD]);
    tg_value path = close_fd < 0 ? TGC_NULL : path_of(t, v[FILE_]);
    tg_value mode_text = TGC_NULL, file = TGC_NULL;
    int fd = -1;
    if (path == TGC_NULL || parse_request(t, v, &mode, &r) < 0)
        goto done;
    // sys.stdout and its like: the stream itself, with the buffer that print() uses.
    if (tgc_is_int(path) && tgc_int(path) >= 0 && tgc_int(path) <= 2 && close_fd == 0 &&
        !r.binary) {
        file = tgc_file_std(t, (int)tgc_int(path));
        goto done;
    }
    mode_text = tgc_str_cstr(t, mode);
    if (mode_text != TGC_NULL)
        fd = obtain(t, path, r.flags);
    if (fd < 0)
        goto done;
    file = file_new(t,
                    !r.binary                  ? &tgc_text_file_type
                    : r.readable && r.writable ? &tgc_byte_random_type
                    : r.writable               ? &tgc_byte_writer_type
                                               : &tgc_byte_reader_type,
                    fd, &r, path, mode_text);
    if (file == TGC_NULL)
        tgi_os.close(fd);
    else
        tgc_file_of(file)->own_fd = close_fd != 0;
done:
    tgc_release(t, mode_text);
    tgc_release(t, path);
    return file;
}

// --- the standard streams

tg_value tgc_file_std(tg_thread *t, int fd)
{
    static _Atomic(tg_value) made[3] = {TGC_NULL, TGC_NULL, TGC_NULL};
    // ORDER: acquire; pairs with the exchange below: the object is complete.
    tg_value file = atom_load_acquire(&made[fd]);
    if (file != TGC_NULL)
        return file;
    static const char *const names[] = {"<stdin>", "<stdout>", "<stderr>"};
    request r = {
        .readable = fd == 0,
        .writable = fd != 0,
        .translate = fd == 0,
        .utf8 = true,
        .encoding = tgc_str_intern_cstr(t, "utf-8"),
        .errors = tgc_str_intern_cstr(t, fd == 2 ? "backslashreplace" : "strict"),
    };
    tg_value name = tgc_str_intern_cstr(t, names[fd]);
    tg_value mode = tgc_str_intern_cstr(t, fd == 0 ? "r" : "w");
    if (r.encoding == TGC_NULL || r.errors == TGC_NULL || name == TGC_NULL || mode == TGC_NULL)
        return TGC_NULL;
    file = file_new(t, &tgc_text_file_type, fd, &r, name, mode);
    if (file == TGC_NULL)
        return TGC_NULL;
    tgc_file_of(file)->own_fd = false;
    tgc_file_of(file)->stream = fd == 0 ? 0 : fd;
    tgc_make_immortal(tgc_ptr(file));
    tg_value expected = TGC_NULL;
    // ORDER: acq_rel; release hands the object over, acquire takes the other one's if we come
    // second.
    if (atom_cas_strong_acq_rel(&made[fd], &expected, file))
        return file;
    tgc_delete(t, tgc_ptr(file), sizeof(tgc_file)); // all it holds are interned names
    return expected;
}
