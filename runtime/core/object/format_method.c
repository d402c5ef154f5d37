// SPDX-License-Identifier: MIT
//
// format_method.c - str.format and str.format_map.
//
// One pass over the text. A field is NAME [!CONVERSION] [:SPEC]; a spec may hold fields of its own,
// one level deep.
#include "core/object/error.h"       // tgc_raise
#include "core/object/format_spec.h" // own interface
#include "core/object/int.h"         // indices
#include "core/object/str_units.h"   // view
#include "core/object/tuple.h"       // keyword names
#include "core/object/unicode.h"     // tgc_unicode_decimal

typedef enum numbering { UNKNOWN, AUTOMATIC, MANUAL } numbering;

typedef struct job {
    const tg_value *args; // positional, then keyword values
    size_t positional;
    tg_value kwnames; // tuple or TGC_NULL
    tg_value mapping; // format_map: instead of the three above; else TGC_NULL
    numbering numbers;
    size_t next; // automatic number
} job;

typedef struct field {
    tgc_view name, spec;
    uint32_t conversion; // 0 if none
    bool nested;         // spec has fields
} field;

static int refuse(tg_thread *t, const char *text)
{
    return tgc_raise_int(t, &TGC_EXC(ValueError), "%s", text);
}

// Digits only: 1 and *out, 0 if it is no number, -1 raised.
static int as_number(tg_thread *t, tgc_view v, int64_t *out)
{
    int64_t n = 0;
    for (size_t i = 0; i < v.length; i++) {
        int digit = tgc_unicode_decimal(view_get(v, i));
        if (digit < 0)
            return 0;
        if (n > (INT64_MAX - digit) / 10)
            return refuse(t, "Too many decimal digits in format string");
        n = n * 10 + digit;
    }
    *out = n;
    return v.length != 0;
}

// The value that the first part of a field's name stands for; a new reference.
static tg_value first_value(tg_thread *t, job *j, tgc_view name)
{
    int64_t index = -1;
    int is_number = as_number(t, name, &index);
    if (is_number < 0)
        return TGC_NULL;
    if (name.length == 0 || is_number) {
        numbering now = name.length == 0 ? AUTOMATIC : MANUAL;
        if (j->numbers == UNKNOWN)
            j->numbers = now;
        if (j->numbers != now) {
            refuse(
                t,
                now == MANUAL
                    ? "cannot switch from automatic field numbering to manual field specification"
                    : "cannot switch from manual field specification to automatic field numbering");
            return TGC_NULL;
        }
        if (now == AUTOMATIC)
            index = (int64_t)j->next++;
        if (j->mapping != TGC_NULL)
            return tgc_raise(t, &TGC_EXC(ValueError), "Format string contains positional fields");
        if ((uint64_t)index >= j->positional)
            return tgc_raise(t, &TGC_EXC(IndexError),
                             "Replacement index %lld out of range for positional args tuple",
                             (long long)index);
        return tgc_retain(t, j->args[index]);
    }
    tg_value key = units_str(t, name);
    if (key == TGC_NULL)
        return TGC_NULL;
    tg_value v = TGC_NULL;
    if (j->mapping != TGC_NULL) {
        v = tgc_getitem(t, j->mapping, key);
    } else {
        size_t n = j->kwnames == TGC_NULL ? 0 : tgc_tuple_size(j->kwnames);
        for (size_t i = 0; i < n && v == TGC_NULL; i++) {
            if (tgc_str_equal(tgc_tuple_peek(j->kwnames, i), key))
                v = tgc_retain(t, j->args[j->positional + i]);
        }
        if (v == TGC_NULL)
            tgc_raise_value(t, &TGC_EXC(KeyError), key);
    }
    tgc_release(t, key);
    return v;
}

// v.name or v[name]; v is consumed.
static tg_value step_into_steal(tg_thread *t, tg_value v, tgc_view name, bool attribute)
{
    tg_value result = TGC_NULL, key;
    int64_t index;
    int is_number = attribute ? 0 : as_number(t, name, &index);
    if (is_number < 0)
        key = TGC_NULL;
    else
        key = is_number ? tgc_int_from_i64(t, index) : units_str(t, name);
    if (key != TGC_NULL)
        result = attribute ? tgc_getattr(t, v, key) : tgc_getitem(t, v, key);
    tgc_release(t, key);
    tgc_release(t, v);
    return result;
}

static tg_value field_value(tg_thread *t, job *j, tgc_view name)
{
    size_t at = 0;
    while (at < name.length && view_get(name, at) != '.' && view_get(name, at) != '[')
        at++;
    tg_value v = first_value(t, j, view_sub(name, 0, at));
    while (v != TGC_NULL && at < name.length) {
        bool attribute = view_get(name, at) == '.';
        const char *fault = NULL;
        size_t start = ++at, end;
        if (attribute) {
            while (at < name.length && view_get(name, at) != '.' && view_get(name, at) != '[')
                at++;
            end = at;
        } else {
            while (at < name.length && view_get(name, at) != ']')
                at++;
            end = at;
            if (at == name.length)
                fault = "Missing ']' in format string";
            else if (++at < name.length && view_get(name, at) != '.' && view_get(name, at) != '[')
                fault = "Only '.' or '[' may follow ']' in format field specifier";
        }
        if (start == end)
            fault = "Empty attribute in format string";
        if (fault != NULL) {
            tgc_release(t, v);
            refuse(t, fault);
            return TGC_NULL;
        }
        v = step_into_steal(t, v, view_sub(name, start, end), attribute);
    }
    return v;
}

// Reads the field that starts behind a '{' at *at; leaves *at behind its '}'.
static int parse_field(tg_thread *t, tgc_view text, size_t *at, field *out)
{
    size_t start = *at, i = start, n = text.length;
    bool bracket = false;
    uint32_t c = 0;
    for (;; i++) {
        if (i >= n)
            return refuse(t, "expected '}' before end of string");
        c = view_get(text, i);
        if (c == '{')
            return refuse(t, "unexpected '{' in field name");
        if (c == '[')
            bracket = true;
        else if (c == ']')
            bracket = false;
        else if (!bracket && (c == '}' || c == ':' || c == '!'))
            break;
    }
    *out = (field){.name = view_sub(text, start, i), .spec = view_sub(text, i, i)};
    i++;
    if (c == '!') {
        if (i >= n)
            return refuse(t, "end of string while looking for conversion specifier");
        out->conversion = view_get(text, i++);
        if (i < n) {
            c = view_get(text, i++);
            if (c != '}' && c != ':')
                return refuse(t, "expected ':' after conversion specifier");
        }
    }
    if (c != '}') {
        size_t spec = i, depth = 1;
        for (; i < n && depth != 0; i++) {
            c = view_get(text, i);
            if (c == '{') {
                depth++;
                out->nested = true;
            } else if (c == '}') {
                depth--;
            }
        }
        if (depth != 0)
            return refuse(t, "unmatched '{' in format spec");
        out->spec = view_sub(text, spec, i - 1);
    }
    *at = i;
    return 0;
}

// !r, !s, !a applied to v, which is consumed.
static tg_value convert_steal(tg_thread *t, tg_value v, uint32_t conversion)
{
    tg_value r = TGC_NULL;
    if (conversion == 's') {
        r = tgc_to_str(t, v);
    } else if (conversion == 'r' || conversion == 'a') {
        r = tgc_repr(t, v);
        if (r != TGC_NULL && conversion == 'a') {
            tg_value plain = tgc_str_ascii_repr(t, r);
            tgc_release(t, r);
            r = plain;
        }
    } else if (conversion > 32 && conversion < 127) {
        tgc_raise(t, &TGC_EXC(ValueError), "Unknown conversion specifier %c", (int)conversion);
    } else {
        tgc_raise(t, &TGC_EXC(ValueError), "Unknown conversion specifier \\x%x", conversion);
    }
    tgc_release(t, v);
    return r;
}

static int render(tg_thread *t, job *j, tgc_strbuf *out, tgc_view text, int depth);

static int render_field(tg_thread *t, job *j, tgc_strbuf *out, const field *f, int depth)
{
    tg_value v = field_value(t, j, f->name), spec = tgc_str_empty(), shown;
    if (v != TGC_NULL && f->conversion != 0)
        v = convert_steal(t, v, f->conversion);
    if (v == TGC_NULL)
        return -1;
    if (tgc_is_int(v) && f->spec.length == 0)
        return tgc_strbuf_append_int(t, out, tgc_int(v));
    if (f->nested) {
        tgc_strbuf inner;
        tgc_strbuf_init(&inner);
        if (render(t, j, &inner, f->spec, depth - 1) < 0) {
            tgc_strbuf_discard(&inner);
            tgc_release(t, v);
            return -1;
        }
        spec = tgc_strbuf_finish(t, &inner);
    } else if (f->spec.length != 0) {
        spec = units_str(t, f->spec);
    }
    if (spec == TGC_NULL)
        shown = TGC_NULL;
    else if (tgc_is_exact(v, &tgc_str_type) && tgc_str_length(spec) == 0)
        shown = tgc_retain(t, v);
    else
        shown = tgc_format(t, v, spec);
    tgc_release(t, spec);
    tgc_release(t, v);
    if (shown == TGC_NULL)
        return -1;
    int ok = tgc_strbuf_append_str(t, out, shown);
    tgc_release(t, shown);
    return ok;
}

static int render(tg_thread *t, job *j, tgc_strbuf *out, tgc_view text, int depth)
{
    if (depth < 0)
        return refuse(t, "Max string recursion exceeded");
    for (size_t at = 0; at < text.length;) {
        size_t start = at;
        while (at < text.length && view_get(text, at) != '{' && view_get(text, at) != '}')
            at++;
        if (tgc_strbuf_append_view(t, out, view_sub(text, start, at)) < 0)
            return -1;
        if (at == text.length)
            break;
        uint32_t c = view_get(text, at++);
        if (at < text.length && view_get(text, at) == c) { // {{ or }}
            at++;
            if (tgc_strbuf_append_char(t, out, c) < 0)
                return -1;
            continue;
        }
        if (c == '}')
            return refuse(t, "Single '}' encountered in format string");
        if (at == text.length)
            return refuse(t, "Single '{' encountered in format string");
        field f;
        if (parse_field(t, text, &at, &f) < 0 || render_field(t, j, out, &f, depth) < 0)
            return -1;
    }
    return 0;
}

static tg_value run(tg_thread *t, job *j, tg_value self)
{
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    if (render(t, j, &out, units_view(self), 1) < 0) {
        tgc_strbuf_discard(&out);
        return TGC_NULL;
    }
    return tgc_strbuf_finish(t, &out);
}

tg_value tgc_str_format_method(tg_thread *t, tg_value self, const tg_value *args, size_t nargs,
                               tg_value kwnames)
{
    size_t named = kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames);
    job j = {.args = args, .positional = nargs - named, .kwnames = kwnames, .mapping = TGC_NULL};
    return run(t, &j, self);
}

tg_value tgc_str_format_map(tg_thread *t, tg_value self, tg_value mapping)
{
    job j = {.kwnames = TGC_NULL, .mapping = mapping};
    return run(t, &j, self);
}
