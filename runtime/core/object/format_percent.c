// SPDX-License-Identifier: MIT
//
// format_percent.c - the % operator of str and bytes.
//
// bytes are formatted as text of the same code points, up to U+00FF, and turned back.
#include "core/object/bytes_array.h" // tgc_bytes_like
#include "core/object/bytes.h"       // tgc_bytes_new
#include "core/object/class.h"       // tgc_special_call
#include "core/object/error.h"       // tgc_raise
#include "core/object/float_text.h"  // tgc_as_double
#include "core/object/format_spec.h" // tgc_double_text
#include "core/object/int_big.h"     // tgc_int_digits
#include "core/object/known.h"       // TGC_NAME
#include "core/object/str_units.h"   // view
#include "core/object/tuple.h"       // arguments
#include "mem/raw.h"                 // tgi_raw_alloc

typedef struct job {
    tg_value args;    // what stands right of the %
    tg_value mapping; // args again if it may be used as one, else TGC_NULL
    bool is_tuple;
    bool bytes;  // keys and texts are bytes
    size_t next; // of a tuple; or 1 when the single argument is used up
} job;

typedef struct conversion {
    bool left, plus, blank, alternate, zero;
    int64_t width, precision; // -1 if not given
    uint32_t code;
    size_t at;    // index of the code, for messages
    bool has_key; // the argument comes from the mapping
} conversion;

// Borrowed, or TGC_NULL raised.
static tg_value next_arg(tg_thread *t, job *j)
{
    if (j->is_tuple && j->next < tgc_tuple_size(j->args))
        return tgc_tuple_peek(j->args, j->next++);
    if (!j->is_tuple && j->next == 0) {
        j->next = 1;
        return j->args;
    }
    return tgc_raise(t, &TGC_EXC(TypeError), "not enough arguments for format string");
}

// Digits, or a '*' that takes an argument. *out stays if there is neither.
static int take_number(tg_thread *t, job *j, tgc_view text, size_t *at, const char *too_big,
                       int64_t *out)
{
    if (*at < text.length && view_get(text, *at) == '*') {
        ++*at;
        tg_value v = next_arg(t, j);
        if (v == TGC_NULL)
            return -1;
        if (!tgc_is_integer(v))
            return tgc_raise_int(t, &TGC_EXC(TypeError), "* wants int");
        return tgc_int_as_i64(t, v, out);
    }
    bool any = false;
    int64_t n = 0;
    for (; *at < text.length; ++*at) {
        uint32_t c = view_get(text, *at);
        if (c < '0' || c > '9')
            break;
        n = n * 10 + (int64_t)(c - '0');
        if (n > INT32_MAX)
            return tgc_raise_int(t, &TGC_EXC(ValueError), "%s", too_big);
        any = true;
    }
    if (any)
        *out = n;
    return 0;
}

// (key) behind the '%': the value as a new reference in *arg.
static int take_key(tg_thread *t, job *j, tgc_view text, size_t *at, tg_value *arg)
{
    if (j->mapping == TGC_NULL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "format requires a mapping");
    size_t start = ++*at;
    for (int depth = 1; *at < text.length; ++*at) {
        uint32_t c = view_get(text, *at);
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (depth == 0)
            break;
    }
    if (*at == text.length)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "incomplete format key");
    tgc_view name = view_sub(text, start, *at);
    tg_value key = j->bytes ? tgc_bytes_new(t, name.units, name.length) : units_str(t, name);
    ++*at;
    if (key == TGC_NULL)
        return -1;
    *arg = tgc_getitem(t, j->mapping, key);
    tgc_release(t, key);
    return *arg == TGC_NULL ? -1 : 0;
}

// Reads what follows a '%'. *arg is the value of a (key), a new reference, or TGC_NULL.
static int parse_conversion(tg_thread *t, job *j, tgc_view text, size_t *at, conversion *c,
                            tg_value *arg)
{
    *c = (conversion){.width = -1, .precision = -1};
    size_t n = text.length;
    if (*at < n && view_get(text, *at) == '(') {
        if (take_key(t, j, text, at, arg) < 0)
            return -1;
        c->has_key = true;
    }
    for (; *at < n; ++*at) {
        uint32_t f = view_get(text, *at);
        if (f == '-')
            c->left = true;
        else if (f == '+')
            c->plus = true;
        else if (f == ' ')
            c->blank = true;
        else if (f == '#')
            c->alternate = true;
        else if (f == '0')
            c->zero = true;
        else
            break;
    }
    if (c->has_key && *at < n && view_get(text, *at) == '*')
        return tgc_raise_int(t, &TGC_EXC(TypeError), "not enough arguments for format string");
    if (take_number(t, j, text, at, "width too big", &c->width) < 0)
        return -1;
    if (c->width < -1) {
        c->left = true;
        c->width = -c->width;
    }
    if (*at < n && view_get(text, *at) == '.') {
        ++*at;
        c->precision = 0;
        if (take_number(t, j, text, at, "precision too big", &c->precision) < 0)
            return -1;
        if (c->precision < 0)
            c->precision = 0;
    }
    if (*at < n) {
        uint32_t size = view_get(text, *at);
        if (size == 'h' || size == 'l' || size == 'L')
            ++*at;
    }
    if (*at >= n)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "incomplete format");
    c->at = *at;
    c->code = view_get(text, (*at)++);
    return 0;
}

static int put_text(tg_thread *t, tgc_strbuf *out, const conversion *c, tg_value s)
{
    size_t n = tgc_str_length(s);
    if (c->precision >= 0 && (uint64_t)c->precision < n)
        n = (size_t)c->precision;
    size_t width = c->width < 0 ? 0 : (size_t)c->width, pad = width > n ? width - n : 0;
    if (!c->left && tgc_strbuf_append_fill(t, out, ' ', pad) < 0)
        return -1;
    if (tgc_strbuf_append_sub(t, out, s, 0, n) < 0)
        return -1;
    return c->left ? tgc_strbuf_append_fill(t, out, ' ', pad) : 0;
}

// For bytes: %s and %b take bytes, %c one byte or an integer.
static int convert_bytes(tg_thread *t, tgc_strbuf *out, const conversion *c, tg_value v)
{
    tg_value raw;
    conversion whole = *c;
    if (c->code == 'c') {
        whole.precision = -1;
        int64_t byte;
        uint8_t one = 0;
        if (tgc_is_integer(v)) {
            if (!tgc_int_try_i64(v, &byte) || byte < 0 || byte > 255)
                return tgc_raise_int(t, &TGC_EXC(OverflowError), "%%c arg not in range(256)");
            one = (uint8_t)byte;
            raw = tgc_bytes_new(t, &one, 1);
        } else {
            raw = tgc_is_bytes(v) || tgc_is_bytearray(v) ? tgc_bytes_like(t, v) : TGC_NOTIMPL;
        }
        bool fits = raw == TGC_NULL || (raw != TGC_NOTIMPL && tgc_bytes_of(raw)->size == 1);
        if (!fits) {
            tgc_release(t, raw);
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "%%c requires an integer in range(256) or a single byte");
        }
    } else if (tgc_is_bytes(v) || tgc_is_bytearray(v)) {
        raw = tgc_bytes_like(t, v);
    } else {
        raw = tgc_special_call(t, v, TGC_NAME(bytes), TGC_NULL, TGC_NULL);
        if (raw == TGC_NOTIMPL || (raw != TGC_NULL && !tgc_is_bytes(raw))) {
            tgc_release(t, raw);
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "%%b requires a bytes-like object, or an object that implements "
                                 "__bytes__, not '%.100s'",
                                 tgc_type_name(v));
        }
    }
    if (raw == TGC_NULL)
        return -1;
    size_t n;
    const uint8_t *p = tgc_bytes_data(raw, &n);
    tg_value s = tgc_str_from_units(t, p, n, 1);
    int ok = s == TGC_NULL ? -1 : put_text(t, out, &whole, s);
    tgc_release(t, s);
    tgc_release(t, raw);
    return ok;
}

static int convert_text(tg_thread *t, tgc_strbuf *out, const conversion *c, tg_value v)
{
    tg_value s;
    if (c->code == 's') {
        s = tgc_to_str(t, v);
    } else {
        s = tgc_repr(t, v);
        if (s != TGC_NULL && c->code == 'a') {
            tg_value plain = tgc_str_ascii_repr(t, s);
            tgc_release(t, s);
            s = plain;
        }
    }
    if (s == TGC_NULL)
        return -1;
    int ok = put_text(t, out, c, s);
    tgc_release(t, s);
    return ok;
}

static int convert_char(tg_thread *t, tgc_strbuf *out, const conversion *c, tg_value v)
{
    tg_value s;
    if (tgc_is_str(v) && tgc_str_length(v) == 1) {
        s = tgc_retain(t, v);
    } else {
        tg_value index = tgc_is_str(v) || tgc_is_float(v) ? TGC_NOTIMPL
                         : tgc_is_integer(v)
                             ? tgc_retain(t, v)
                             : tgc_special_call(t, v, TGC_NAME(index), TGC_NULL, TGC_NULL);
        int64_t cp;
        if (index == TGC_NULL)
            return -1;
        if (index == TGC_NOTIMPL)
            return tgc_raise_int(t, &TGC_EXC(TypeError), "%%c requires int or char");
        bool fits = tgc_int_try_i64(index, &cp) && cp >= 0 && cp <= 0x10FFFF;
        tgc_release(t, index);
        if (!fits)
            return tgc_raise_int(t, &TGC_EXC(OverflowError), "%%c arg not in range(0x110000)");
        s = tgc_str_from_char(t, (uint32_t)cp);
    }
    if (s == TGC_NULL)
        return -1;
    conversion whole = *c;
    whole.precision = -1;
    int ok = put_text(t, out, &whole, s);
    tgc_release(t, s);
    return ok;
}

// sign, prefix, zeros and digits, padded.
static int put_number(tg_thread *t, tgc_strbuf *out, const conversion *c, bool negative,
                      const char *prefix, const char *digits, size_t n)
{
    char sign = negative ? '-' : c->plus ? '+' : c->blank ? ' ' : 0;
    size_t width = c->width < 0 ? 0 : (size_t)c->width,
           least = c->precision > 0 ? (size_t)c->precision : 0;
    size_t zeros = least > n ? least - n : 0, head = (sign != 0) + strlen(prefix);
    size_t body = head + zeros + n, pad = width > body ? width - body : 0;
    bool fill_zero = c->zero && !c->left;
    if (!c->left && !fill_zero && tgc_strbuf_append_fill(t, out, ' ', pad) < 0)
        return -1;
    if (sign != 0 && tgc_strbuf_append_char(t, out, (uint8_t)sign) < 0)
        return -1;
    if (tgc_strbuf_append_cstr(t, out, prefix) < 0 ||
        tgc_strbuf_append_fill(t, out, '0', zeros + (fill_zero ? pad : 0)) < 0 ||
        tgc_strbuf_append_utf8(t, out, digits, n) < 0)
        return -1;
    return c->left ? tgc_strbuf_append_fill(t, out, ' ', pad) : 0;
}

// v as an integer for %d, or through __index__ alone for %x and %o. A new reference; TGC_NOTIMPL if
// it is none.
static tg_value integer_for(tg_thread *t, const conversion *c, tg_value v)
{
    bool decimal = c->code == 'd' || c->code == 'i' || c->code == 'u';
    if (tgc_is_integer(v))
        return tgc_retain(t, v);
    if (tgc_is_float(v) && decimal)
        return tgc_int_from_double(t, tgc_float_value(v));
    if (tgc_is_float(v) || tgc_is_str(v) || tgc_is_bytes(v))
        return TGC_NOTIMPL;
    tg_value r = decimal ? tgc_special_call(t, v, TGC_NAME(int), TGC_NULL, TGC_NULL) : TGC_NOTIMPL;
    if (r == TGC_NOTIMPL)
        r = tgc_special_call(t, v, TGC_NAME(index), TGC_NULL, TGC_NULL);
    if (r != TGC_NULL && r != TGC_NOTIMPL && !tgc_is_integer(r)) {
        tgc_release(t, r);
        r = TGC_NOTIMPL;
    }
    return r;
}

static int convert_integer(tg_thread *t, tgc_strbuf *out, const conversion *c, tg_value v)
{
    bool hex = c->code == 'x' || c->code == 'X', octal = c->code == 'o';
    tg_value i = integer_for(t, c, v);
    if (i == TGC_NULL)
        return -1;
    if (i == TGC_NOTIMPL)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%%%c format: %s is required, not %.200s",
                             (int)c->code, hex || octal ? "an integer" : "a real number",
                             tgc_type_name(v));
    char small[96];
    size_t n;
    char *digits = tgc_int_digits(t, i, hex ? 16 : octal ? 8 : 10, small, sizeof small, &n);
    bool negative = tgc_int_sign(i) < 0;
    tgc_release(t, i);
    if (digits == NULL)
        return -1;
    if (c->code == 'X') {
        for (size_t k = 0; k < n; k++)
            digits[k] = (char)(digits[k] >= 'a' ? digits[k] - 32 : digits[k]);
    }
    const char *prefix = !c->alternate    ? ""
                         : octal          ? "0o"
                         : c->code == 'x' ? "0x"
                         : c->code == 'X' ? "0X"
                                          : "";
    int ok = put_number(t, out, c, negative, prefix, digits, n);
    if (digits != small)
        tgi_raw_free(digits);
    return ok;
}

static int convert_float(tg_thread *t, const job *j, tgc_strbuf *out, const conversion *c,
                         tg_value v)
{
    double d;
    const char *refusal = j->bytes ? "float argument required, not " : "must be real number, not ";
    if (tgc_double_of_object(t, v, refusal, "", &d) < 0)
        return -1;
    if (c->precision > INT32_MAX - 400)
        return tgc_raise_int(t, &TGC_EXC(ValueError), "precision too big");
    char small[400];
    size_t n;
    char *text = tgc_double_text(t, d, (char)c->code, c->precision < 0 ? 6 : (int)c->precision,
                                 c->alternate, false, small, sizeof small, &n);
    if (text == NULL)
        return -1;
    conversion plain = *c;
    plain.precision = -1;
    bool negative = text[0] == '-';
    int ok = put_number(t, out, &plain, negative, "", text + negative, n - negative);
    if (text != small)
        tgi_raw_free(text);
    return ok;
}

static int convert(tg_thread *t, const job *j, tgc_strbuf *out, const conversion *c, tg_value v)
{
    if (j->bytes && (c->code == 's' || c->code == 'b' || c->code == 'c'))
        return convert_bytes(t, out, c, v);
    if (j->bytes && c->code == 'r') {
        conversion plain = *c;
        plain.code = 'a';
        return convert_text(t, out, &plain, v);
    }
    bool plain = c->width < 0 && c->precision < 0 && !c->plus && !c->blank;
    if (plain && c->code == 's' && tgc_is_exact(v, &tgc_str_type))
        return tgc_strbuf_append_str(t, out, v);
    if (plain && (c->code == 'd' || c->code == 's') && tgc_is_int(v))
        return tgc_strbuf_append_int(t, out, tgc_int(v));
    switch (c->code) {
    case 's':
    case 'r':
    case 'a':
        return convert_text(t, out, c, v);
    case 'c':
        return convert_char(t, out, c, v);
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        return convert_integer(t, out, c, v);
    default:
        return convert_float(t, j, out, c, v);
    }
}

static int render(tg_thread *t, job *j, tgc_strbuf *out, tg_value fmt)
{
    tgc_view text = units_view(fmt);
    for (size_t at = 0; at < text.length;) {
        int64_t found = tgc_view_find_char(view_sub(text, at, text.length), '%');
        size_t to = found < 0 ? text.length : at + (size_t)found;
        if (tgc_strbuf_append_sub(t, out, fmt, at, to) < 0)
            return -1;
        if (to == text.length)
            break;
        at = to + 1;
        if (at < text.length && view_get(text, at) == '%') {
            at++;
            if (tgc_strbuf_append_char(t, out, '%') < 0)
                return -1;
            continue;
        }
        conversion c;
        tg_value keyed = TGC_NULL;
        int ok = parse_conversion(t, j, text, &at, &c, &keyed);
        if (ok == 0) {
            tg_value v = c.has_key ? keyed : next_arg(t, j);
            if (v == TGC_NULL)
                ok = -1;
            else if (c.code < 128 && c.code != 0 &&
                     (strchr("srcdiuxXoeEfFgGa", (int)c.code) != NULL ||
                      (j->bytes && c.code == 'b')))
                ok = convert(t, j, out, &c, v);
            else
                ok = tgc_raise_int(t, &TGC_EXC(ValueError),
                                   "unsupported format character '%c' (0x%x) at index %zu",
                                   c.code > 31 && c.code < 127 ? (int)c.code : '?', c.code, c.at);
        }
        tgc_release(t, keyed);
        if (ok < 0)
            return -1;
    }
    return 0;
}

static int run(tg_thread *t, job *j, tgc_strbuf *out, tg_value fmt)
{
    tgc_strbuf_init(out);
    int ok = render(t, j, out, fmt);
    bool left_over = j->is_tuple ? j->next < tgc_tuple_size(j->args) : j->next == 0;
    if (ok == 0 && left_over && j->mapping == TGC_NULL)
        ok = tgc_raise_int(t, &TGC_EXC(TypeError),
                           "not all arguments converted during %s formatting",
                           j->bytes ? "bytes" : "string");
    if (ok < 0)
        tgc_strbuf_discard(out);
    return ok;
}

tg_value tgc_str_percent(tg_thread *t, tg_value fmt, tg_value args)
{
    job j = {.args = args, .mapping = TGC_NULL, .is_tuple = tgc_is_tuple(args)};
    if (!j.is_tuple && !tgc_is_str(args) && tgc_type_of(args)->getitem != NULL)
        j.mapping = args;
    tgc_strbuf out;
    return run(t, &j, &out, fmt) < 0 ? TGC_NULL : tgc_strbuf_finish(t, &out);
}

tg_value tgc_bytes_percent(tg_thread *t, tg_value fmt, tg_value args)
{
    job j = {.args = args, .mapping = TGC_NULL, .is_tuple = tgc_is_tuple(args), .bytes = true};
    if (!j.is_tuple && !tgc_is_bytes(args) && !tgc_is_bytearray(args) && !tgc_is_str(args) &&
        tgc_type_of(args)->getitem != NULL)
        j.mapping = args;
    size_t n;
    const uint8_t *p = tgc_bytes_data(fmt, &n);
    tg_value text = tgc_str_from_units(t, p, n, 1);
    if (text == TGC_NULL)
        return TGC_NULL;
    tgc_strbuf out;
    tg_value result = TGC_NULL;
    if (run(t, &j, &out, text) == 0) {
        result = tgc_bytes_new(t, out.units, out.length); // all below U+0100: units of one byte
        tgc_strbuf_discard(&out);
    }
    tgc_release(t, text);
    return result;
}
