// SPDX-License-Identifier: MIT
//
// exception_types.c - the static types of all builtin exceptions, and what single ones add to the
// common part.
//
// The table at the end makes one type per line of TGC_EXCEPTIONS. A type that differs from its base
// names the differing fields in a macro ADD_<name>; see Note [optional-fields] there.
#include "core/object/bytes.h"              // UnicodeDecodeError
#include "core/object/exception_internal.h" // shared slots
#include "core/object/seq.h"                // tgc_tuple_from_iterable
#include "core/object/str.h"                // texts
#include "core/object/tuple.h"              // args

#include <stdio.h>

static void put_extra(tg_thread *t, tg_value self, unsigned i, tg_value v) // borrows v
{
    tgc_exception_put(t, &tgc_exception_of(self)->extra[i], tgc_retain(t, v));
}

// --- StopIteration, SystemExit: the argument again, under a name of its own

static int stop_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                     tg_value kwnames)
{
    if (tgc_exception_init(t, self, args, nargs, kwnames) < 0)
        return -1;
    put_extra(t, self, 0, nargs > 0 ? args[0] : TGC_NONE);
    return 0;
}

static const tgc_getset_def stop_getsets[] = {
    {"value", tgc_exception_get0, tgc_exception_set0},
    {NULL, NULL, NULL},
};

static int exit_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                     tg_value kwnames)
{
    if (tgc_exception_init(t, self, args, nargs, kwnames) < 0)
        return -1;
    if (nargs <= 1) {
        put_extra(t, self, 0, nargs == 1 ? args[0] : TGC_NONE);
        return 0;
    }
    tg_value all = tgc_exception_args(t, self);
    put_extra(t, self, 0, all);
    tgc_release(t, all);
    return 0;
}

static const tgc_getset_def exit_getsets[] = {
    {"code", tgc_exception_get0, tgc_exception_set0},
    {NULL, NULL, NULL},
};

// --- KeyError: the key is shown as repr, so that an empty or odd key can be seen

static tg_value key_str(tg_thread *t, tg_value v)
{
    tg_value args = tgc_exception_args(t, v);
    tg_value text =
        tgc_tuple_size(args) == 1 ? tgc_repr(t, tgc_tuple_peek(args, 0)) : tgc_exception_str(t, v);
    tgc_release(t, args);
    return text;
}

// --- exceptions with keyword-only fields: ImportError, NameError, AttributeError

// Takes the keywords listed in `names` into extra[0], extra[1]...; all else as BaseException.
static int keyword_init(tg_thread *t, tg_value self, const char *fname, const char *const *names,
                        const tg_value *args, size_t nargs, tg_value kwnames)
{
    size_t named = tgc_keyword_count(kwnames);
    tg_value found[4];
    if (tgc_parse_args(t, fname, names, 0, args + nargs - named, named, kwnames, found) < 0)
        return -1;
    if (tgc_exception_init(t, self, args, nargs - named, TGC_NULL) < 0)
        return -1;
    for (unsigned i = 0; names[i] != NULL; i++)
        put_extra(t, self, i, found[i] == TGC_NULL ? TGC_NONE : found[i]);
    return 0;
}

static int import_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    static const char *const names[] = {"name", "path", NULL};
    if (keyword_init(t, self, "ImportError", names, args, nargs, kwnames) < 0)
        return -1;
    size_t named = tgc_keyword_count(kwnames);
    put_extra(t, self, 2, nargs - named == 1 ? args[0] : TGC_NONE);
    return 0;
}

static tg_value import_str(tg_thread *t, tg_value v)
{
    tg_value message = tgc_exception_get2(t, v);
    if (tgc_is_exact(message, &tgc_str_type))
        return message;
    tgc_release(t, message);
    return tgc_exception_str(t, v);
}

static const tgc_getset_def import_getsets[] = {
    {"name", tgc_exception_get0, tgc_exception_set0},
    {"path", tgc_exception_get1, tgc_exception_set1},
    {"msg", tgc_exception_get2, tgc_exception_set2},
    {NULL, NULL, NULL},
};

static int name_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                     tg_value kwnames)
{
    static const char *const names[] = {"name", NULL};
    return keyword_init(t, self, "NameError", names, args, nargs, kwnames);
}

static const tgc_getset_def name_getsets[] = {
    {"name", tgc_exception_get0, tgc_exception_set0},
    {NULL, NULL, NULL},
};

static int attribute_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                          tg_value kwnames)
{
    static const char *const names[] = {"name", "obj", NULL};
    return keyword_init(t, self, "AttributeError", names, args, nargs, kwnames);
}

static const tgc_getset_def attribute_getsets[] = {
    {"name", tgc_exception_get0, tgc_exception_set0},
    {"obj", tgc_exception_get1, tgc_exception_set1},
    {NULL, NULL, NULL},
};

// --- SyntaxError: extra[0] is msg, extra[1] the tuple of six below

enum { SYNTAX_FIELDS = 6 }; // filename, lineno, offset, text, end_lineno, end_offset

static int syntax_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    if (tgc_exception_init(t, self, args, nargs, kwnames) < 0)
        return -1;
    if (nargs >= 1)
        put_extra(t, self, 0, args[0]);
    if (nargs != 2)
        return 0;
    tg_value info = tgc_tuple_from_iterable(t, args[1]);
    if (info == TGC_NULL)
        return -1;
    size_t n = tgc_tuple_size(info);
    tg_value fields[SYNTAX_FIELDS];
    for (size_t i = 0; i < SYNTAX_FIELDS; i++)
        fields[i] = i < n ? tgc_tuple_peek(info, i) : TGC_NONE;
    int st = 0;
    if (n < 4 || n > 6)
        st = tgc_raise_int(t, &TGC_EXC(TypeError), "function takes at %s %d arguments (%zu given)",
                           n < 4 ? "least" : "most", n < 4 ? 4 : 6, n);
    else if (n == 5)
        st = tgc_raise_int(t, &TGC_EXC(TypeError),
                           "end_offset must be provided when end_lineno is provided");
    tg_value kept = st < 0 ? TGC_NULL : tgc_tuple_from_array(t, fields, SYNTAX_FIELDS);
    tgc_release(t, info);
    if (kept == TGC_NULL)
        return -1;
    tgc_exception_put(t, &tgc_exception_of(self)->extra[1], kept);
    return 0;
}

static tg_value syntax_field(tg_thread *t, tg_value self, size_t i)
{
    tg_value info = tgc_exception_get1(t, self);
    tg_value v = info == TGC_NONE ? TGC_NONE : tgc_retain(t, tgc_tuple_peek(info, i));
    tgc_release(t, info);
    return v;
}

static tg_value syntax_filename(tg_thread *t, tg_value self)
{
    return syntax_field(t, self, 0);
}

static tg_value syntax_lineno(tg_thread *t, tg_value self)
{
    return syntax_field(t, self, 1);
}

static tg_value syntax_offset(tg_thread *t, tg_value self)
{
    return syntax_field(t, self, 2);
}

static tg_value syntax_text(tg_thread *t, tg_value self)
{
    return syntax_field(t, self, 3);
}

static tg_value syntax_end_lineno(tg_thread *t, tg_value self)
{
    return syntax_field(t, self, 4);
}

static tg_value syntax_end_offset(tg_thread *t, tg_value self)
{
    return syntax_field(t, self, 5);
}

// "message (file.py, line 3)"; the folder of the file is left out.
static tg_value syntax_str(tg_thread *t, tg_value v)
{
    tg_value message = tgc_exception_get0(t, v);
    tg_value text = tgc_to_str(t, message);
    tgc_release(t, message);
    if (text == TGC_NULL)
        return TGC_NULL;
    tg_value filename = syntax_filename(t, v);
    tg_value line = syntax_lineno(t, v);
    size_t n = 0;
    const char *file = tgc_is_str(filename) ? tgc_str_utf8(t, filename, &n) : NULL;
    const char *shown = tgc_str_utf8(t, text, &n);
    tg_value result = text;
    if (shown != NULL && (file != NULL || tgc_is_int(line))) {
        const char *slash = file == NULL ? NULL : strrchr(file, '/');
        const char *base = slash == NULL ? file : slash + 1;
        if (base != NULL && tgc_is_int(line))
            result = tgc_str_format(t, "%s (%s, line %lld)", shown, base, (long long)tgc_int(line));
        else if (base != NULL)
            result = tgc_str_format(t, "%s (%s)", shown, base);
        else
            result = tgc_str_format(t, "%s (line %lld)", shown, (long long)tgc_int(line));
        tgc_release(t, text);
    } else if (shown == NULL) {
        tgc_error_clear(t); // a lone surrogate in the message: shown without the place
    }
    tgc_release(t, filename);
    tgc_release(t, line);
    return result;
}

static const tgc_getset_def syntax_getsets[] = {
    {"msg", tgc_exception_get0, tgc_exception_set0},
    {"filename", syntax_filename, NULL},
    {"lineno", syntax_lineno, NULL},
    {"offset", syntax_offset, NULL},
    {"text", syntax_text, NULL},
    {"end_lineno", syntax_end_lineno, NULL},
    {"end_offset", syntax_end_offset, NULL},
    {NULL, NULL, NULL},
};

int tgc_raise_syntax(tg_thread *t, tgc_type *type, const char *message, const char *filename,
                     uint32_t line, uint32_t column, uint32_t end_line, uint32_t end_column,
                     const char *line_text, size_t line_bytes)
{
    tg_value fields[SYNTAX_FIELDS] = {
        tgc_str_new(t, filename, strlen(filename)),
        tgc_from_int(line),
        tgc_from_int(column),
        line_text == NULL ? TGC_NONE : tgc_str_new(t, line_text, line_bytes),
        tgc_from_int(end_line),
        tgc_from_int(end_column),
    };
    if (fields[3] == TGC_NULL) { // not UTF-8, which may be what the error is about
        tgc_error_clear(t);
        fields[3] = TGC_NONE;
    }
    if (fields[0] == TGC_NULL) {
        tgc_error_clear(t);
        fields[0] = TGC_NONE;
    }
    tg_value args[2] = {tgc_str_new(t, message, strlen(message)),
                        tgc_tuple_from_array(t, fields, SYNTAX_FIELDS)};
    tg_value exc = TGC_NULL;
    if (args[0] != TGC_NULL && args[1] != TGC_NULL)
        exc = tgc_exception_make(t, type, args, 2);
    tgc_release(t, fields[0]);
    tgc_release(t, fields[3]);
    tgc_release(t, args[0]);
    tgc_release(t, args[1]);
    if (exc != TGC_NULL) {
        tgc_exception_chain(t, exc);
        tgc_error_restore(t, exc);
    }
    return -1;
}

// --- UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError: fields are read from args

enum { CODEC, OBJECT, START, END, REASON };

static bool codec_fields(tg_value args, size_t count) // complete and of the right types?
{
    if (tgc_tuple_size(args) != count)
        return false;
    size_t skip = 5 - count; // UnicodeTranslateError has no encoding
    return (skip == 1 || tgc_is_str(tgc_tuple_peek(args, CODEC))) &&
           tgc_is_int(tgc_tuple_peek(args, START - skip)) &&
           tgc_is_int(tgc_tuple_peek(args, END - skip)) &&
           tgc_is_str(tgc_tuple_peek(args, REASON - skip));
}

static int codec_check(tg_thread *t, const tg_value *args, size_t nargs, size_t count, bool bytes)
{
    if (nargs != count)
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "function takes exactly %zu arguments (%zu given)", count, nargs);
    size_t skip = 5 - count;
    for (size_t i = 0; i < count; i++) {
        size_t field = i + skip;
        tg_value v = args[i];
        if (field == START || field == END) {
            if (!tgc_is_int(v))
                return tgc_raise_int(t, &TGC_EXC(TypeError),
                                     "'%s' object cannot be interpreted as an integer",
                                     tgc_type_name(v));
        } else if (field == OBJECT && bytes) {
            if (!tgc_is_bytes(v))
                return tgc_raise_int(t, &TGC_EXC(TypeError),
                                     "a bytes-like object is required, not '%s'", tgc_type_name(v));
        } else if (!tgc_is_str(v)) {
            return tgc_raise_int(t, &TGC_EXC(TypeError), "argument %zu must be str, not %s", i + 1,
                                 tgc_type_name(v));
        }
    }
    return 0;
}

static int decode_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    if (tgc_exception_init(t, self, args, nargs, kwnames) < 0)
        return -1;
    return codec_check(t, args, nargs, 5, true);
}

static int encode_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    if (tgc_exception_init(t, self, args, nargs, kwnames) < 0)
        return -1;
    return codec_check(t, args, nargs, 5, false);
}

static int translate_init(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                          tg_value kwnames)
{
    if (tgc_exception_init(t, self, args, nargs, kwnames) < 0)
        return -1;
    return codec_check(t, args, nargs, 4, false);
}

static tg_value codec_field(tg_thread *t, tg_value self, size_t i)
{
    tg_value args = tgc_exception_args(t, self);
    if (tgc_is_subtype(tgc_type_of(self), &TGC_EXC(UnicodeTranslateError)))
        i--;
    tg_value v = i < tgc_tuple_size(args) ? tgc_retain(t, tgc_tuple_peek(args, i)) : TGC_NONE;
    tgc_release(t, args);
    return v;
}

static tg_value codec_encoding(tg_thread *t, tg_value self)
{
    return codec_field(t, self, CODEC);
}

static tg_value codec_object(tg_thread *t, tg_value self)
{
    return codec_field(t, self, OBJECT);
}

static tg_value codec_start(tg_thread *t, tg_value self)
{
    return codec_field(t, self, START);
}

static tg_value codec_end(tg_thread *t, tg_value self)
{
    return codec_field(t, self, END);
}

static tg_value codec_reason(tg_thread *t, tg_value self)
{
    return codec_field(t, self, REASON);
}

// The single offending byte or character, as the message shows it.
static void codec_culprit(tg_value object, int64_t at, char *out, size_t bytes)
{
    if (tgc_is_bytes(object)) {
        size_t n;
        const uint8_t *data = (const uint8_t *)tgc_bytes_data(object, &n);
        if (at >= 0 && (size_t)at < n)
            snprintf(out, bytes, "byte 0x%02x", data[at]);
    } else if (tgc_is_str(object) && at >= 0 && (size_t)at < tgc_str_length(object)) {
        unsigned c = tgc_str_char(object, (size_t)at);
        const char *format = c <= 0xff     ? "character '\\x%02x'"
                             : c <= 0xffff ? "character '\\u%04x'"
                                           : "character '\\U%08x'";
        snprintf(out, bytes, format, c);
    }
}

static tg_value codec_str(tg_thread *t, tg_value v)
{
    tg_value args = tgc_exception_args(t, v);
    bool translate = tgc_is_subtype(tgc_type_of(v), &TGC_EXC(UnicodeTranslateError));
    size_t count = translate ? 4 : 5, skip = 5 - count, n;
    tg_value text = TGC_NULL;
    const char *codec = "", *reason = NULL;
    bool complete = codec_fields(args, count);
    if (complete && !translate)
        codec = tgc_str_utf8(t, tgc_tuple_peek(args, CODEC), &n);
    if (complete && codec != NULL)
        reason = tgc_str_utf8(t, tgc_tuple_peek(args, REASON - skip), &n);
    if (!complete) {
        text = tgc_exception_str(t, v);
    } else if (reason != NULL) {
        tg_value object = tgc_tuple_peek(args, OBJECT - skip);
        int64_t start = tgc_int(tgc_tuple_peek(args, START - skip));
        int64_t end = tgc_int(tgc_tuple_peek(args, END - skip));
        char culprit[40] = "", head[64] = "";
        bool decode = tgc_is_bytes(object);
        if (end == start + 1)
            codec_culprit(object, start, culprit, sizeof culprit);
        if (!translate)
            snprintf(head, sizeof head, "'%.40s' codec ", codec);
        const char *verb = translate ? "translate" : decode ? "decode" : "encode";
        if (culprit[0] != '\0')
            text = tgc_str_format(t, "%scan't %s %s in position %lld: %s", head, verb, culprit,
                                  (long long)start, reason);
        else
            text = tgc_str_format(t, "%scan't %s %s in position %lld-%lld: %s", head, verb,
                                  decode ? "bytes" : "characters", (long long)start,
                                  (long long)end - 1, reason);
    }
    tgc_release(t, args);
    return text;
}

static const tgc_getset_def codec_getsets[] = {
    {"encoding", codec_encoding, NULL}, {"object", codec_object, NULL},
    {"start", codec_start, NULL},       {"end", codec_end, NULL},
    {"reason", codec_reason, NULL},     {NULL, NULL, NULL},
};
static const tgc_getset_def translate_getsets[] = {
    {"object", codec_object, NULL}, {"start", codec_start, NULL}, {"end", codec_end, NULL},
    {"reason", codec_reason, NULL}, {NULL, NULL, NULL},
};

// --- the table
//
// Note [optional-fields]: ADD_<name> starts with a throw-away argument, so that taking all
// arguments but the first gives the fields if the macro exists, and nothing if ADD_<name> is just
// an unknown word. In the same way BASE_object replaces the one base that is not an exception.

#define ALL_BUT_FIRST(first, ...)  __VA_ARGS__
#define OPTIONAL(...)              ALL_BUT_FIRST(__VA_ARGS__, )
#define SECOND(first, second, ...) second
#define OTHERWISE(...)             SECOND(__VA_ARGS__, )

#define ADD_BaseException                                                  \
    ~, .methods = tgc_exception_methods, .getsets = tgc_exception_getsets, \
       .str = tgc_exception_str, .init = tgc_exception_init, .construct = tgc_exception_construct
#define ADD_StopIteration  ~, .init = stop_init, .getsets = stop_getsets
#define ADD_SystemExit     ~, .init = exit_init, .getsets = exit_getsets
#define ADD_KeyError       ~, .str = key_str
#define ADD_ImportError    ~, .init = import_init, .str = import_str, .getsets = import_getsets
#define ADD_NameError      ~, .init = name_init, .getsets = name_getsets
#define ADD_AttributeError ~, .init = attribute_init, .getsets = attribute_getsets
#define ADD_OSError                                                                          \
    ~, .construct = tgc_oserror_construct, .init = tgc_oserror_init, .str = tgc_oserror_str, \
       .getsets = tgc_oserror_getsets
#define ADD_SyntaxError        ~, .init = syntax_init, .str = syntax_str, .getsets = syntax_getsets
#define ADD_UnicodeDecodeError ~, .init = decode_init, .str = codec_str, .getsets = codec_getsets
#define ADD_UnicodeEncodeError ~, .init = encode_init, .str = codec_str, .getsets = codec_getsets
#define ADD_UnicodeTranslateError \
    ~, .init = translate_init, .str = codec_str, .getsets = translate_getsets
#define BASE_object ~, &tgc_object_type

#define DEFINE(name_, base_)                                                              \
    tgc_type TGC_EXC(name_) = {TGC_STATIC_TYPE(OTHERWISE(BASE_##base_, &TGC_EXC(base_))), \
                               .name = #name_,                                            \
                               .flags = TGC_TF_EXC | TGC_TF_TRACKED | TGC_TF_BASETYPE,    \
                               .size = sizeof(tgc_exception),                             \
                               .dealloc = tgc_exception_dealloc,                          \
                               .clear = tgc_exception_clear,                              \
                               .traverse = tgc_exception_traverse,                        \
                               .repr = tgc_exception_repr,                                \
                               OPTIONAL(ADD_##name_)};
TGC_EXCEPTIONS(DEFINE)
