// SPDX-License-Identifier: MIT
//
// int_methods.c - the types int and bool: constructor, methods, slots.
#include "core/object/bytes.h"   // tgc_bytes_new
#include "core/object/class.h"   // tgc_special_call
#include "core/object/error.h"   // tgc_raise
#include "core/object/float.h"   // tgc_float_value
#include "core/object/format.h"  // tgc_int_format
#include "core/object/int_big.h" // tgc_mag
#include "core/object/known.h"   // TGC_NAME
#include "core/object/seq.h"     // tgc_iterate
#include "core/object/str.h"     // tgc_str_utf8
#include "core/object/tuple.h"   // tgc_tuple_from_steal
#include "core/object/unicode.h" // tgc_unicode_decimal
#include "mem/raw.h"             // tgi_raw_alloc

// v as a plain integer: no bool, no subclass.
static tg_value itself(tg_thread *t, tg_value v)
{
    v = int_plain(v);
    return tgc_is_ptr(v) ? tgc_retain(t, v) : tgc_from_int(int_of_immediate(v));
}

// The same, taking over v's reference.
static tg_value itself_steal(tg_thread *t, tg_value v)
{
    tg_value plain = itself(t, v);
    tgc_release(t, v);
    return plain;
}

tg_value tgc_index(tg_thread *t, tg_value v)
{
    if (tgc_is_integer(v))
        return itself(t, v);
    tg_value r = tgc_special_call(t, v, TGC_NAME(index), TGC_NULL, TGC_NULL);
    if (r == TGC_NOTIMPL)
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "'%.200s' object cannot be interpreted as an integer", tgc_type_name(v));
    if (r != TGC_NULL && !tgc_is_integer(r)) {
        tgc_raise(t, &TGC_EXC(TypeError), "__index__ returned non-int (type %.200s)",
                  tgc_type_name(r));
        tgc_release(t, r);
        return TGC_NULL;
    }
    return r == TGC_NULL ? TGC_NULL : itself_steal(t, r);
}

// --- the constructor

static tg_value invalid_literal(tg_thread *t, tg_value v, int base)
{
    tg_value shown = tgc_repr(t, v);
    if (shown == TGC_NULL)
        return TGC_NULL;
    const char *text = tgc_str_utf8(t, shown, NULL);
    if (text != NULL)
        tgc_raise(t, &TGC_EXC(ValueError), "invalid literal for int() with base %d: %.200s", base,
                  text);
    tgc_release(t, shown);
    return TGC_NULL;
}

// The text with digits of all scripts as ASCII ones and spaces as blanks, for parsing; freed by the
// caller. Other characters become '?', which is no digit.
static char *to_plain_digits(tg_thread *t, tg_value s)
{
    size_t n = tgc_str_length(s);
    char *out = tgi_raw_alloc(n + 1);
    if (out == NULL) {
        tgc_raise_nomem(t);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t c = tgc_str_char(s, i);
        int digit = tgc_unicode_decimal(c);
        out[i] = c < 128                                       ? (char)c
                 : digit >= 0                                  ? (char)('0' + digit)
                 : (tgc_unicode_flags(c) & TGC_UNI_SPACE) != 0 ? ' '
                                                               : '?';
    }
    out[n] = '\0';
    return out;
}

static tg_value int_of_str(tg_thread *t, tg_value s, int base)
{
    tg_value v = TGC_NULL;
    int status;
    if (tgc_str_of(s)->ascii) {
        status = tgc_int_parse(t, tgc_str_utf8(t, s, NULL), tgc_str_length(s), base, &v);
    } else {
        char *plain = to_plain_digits(t, s);
        if (plain == NULL)
            return TGC_NULL;
        status = tgc_int_parse(t, plain, tgc_str_length(s), base, &v);
        tgi_raw_free(plain);
    }
    if (status == 0)
        return invalid_literal(t, s, base);
    return v;
}

static tg_value int_of_text(tg_thread *t, tg_value v, int base)
{
    if (tgc_is_str(v))
        return int_of_str(t, v, base);
    size_t n;
    const char *p = (const char *)tgc_bytes_data(v, &n);
    tg_value result = TGC_NULL;
    int status = tgc_int_parse(t, p, n, base, &result);
    if (status == 0)
        return invalid_literal(t, v, base);
    return result;
}

static tg_value check_int_result(tg_thread *t, tg_value r, const char *method)
{
    if (r == TGC_NULL || tgc_is_integer(r))
        return r == TGC_NULL ? TGC_NULL : itself_steal(t, r);
    tgc_raise(t, &TGC_EXC(TypeError), "%s returned non-int (type %.200s)", method,
              tgc_type_name(r));
    tgc_release(t, r);
    return TGC_NULL;
}

static tg_value int_of(tg_thread *t, tg_value v)
{
    if (tgc_is_int(v))
        return v;
    if (tgc_is_integer(v))
        return itself(t, v);
    if (tgc_is_flo(v) || tgc_is_exact(v, &tgc_float_type))
        return tgc_int_from_double(t, tgc_float_value(v));
    if (tgc_is_str(v) || tgc_is_bytes(v))
        return int_of_text(t, v, 10);
    tg_value r = tgc_special_call(t, v, TGC_NAME(int), TGC_NULL, TGC_NULL);
    if (r != TGC_NOTIMPL)
        return check_int_result(t, r, "__int__");
    r = tgc_special_call(t, v, TGC_NAME(index), TGC_NULL, TGC_NULL);
    if (r != TGC_NOTIMPL)
        return check_int_result(t, r, "__index__");
    r = tgc_special_call(t, v, TGC_NAME(trunc), TGC_NULL, TGC_NULL);
    if (r == TGC_NOTIMPL)
        return tgc_raise(
            t, &TGC_EXC(TypeError),
            "int() argument must be a string, a bytes-like object or a real number, not '%.200s'",
            tgc_type_name(v));
    if (r != TGC_NULL && !tgc_is_integer(r)) {
        tg_value index = tgc_index(t, r);
        tgc_release(t, r);
        r = index;
    }
    return r;
}

static tg_value int_from_args(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    if (kwnames == TGC_NULL && nargs <= 1)
        return nargs == 0 ? tgc_from_int(0) : int_of(t, args[0]);
    size_t named = kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames), positional = nargs - named;
    tg_value x = positional > 0 ? args[0] : TGC_NULL, base = positional > 1 ? args[1] : TGC_NULL;
    if (nargs > 2)
        return tgc_raise(t, &TGC_EXC(TypeError), "int() takes at most 2 arguments (%zu given)",
                         nargs);
    for (size_t i = 0; i < named; i++) {
        tg_value name = tgc_tuple_peek(kwnames, i);
        if (!tgc_str_equal_cstr(name, "base"))
            return tgc_raise(t, &TGC_EXC(TypeError),
                             "'%.200s' is an invalid keyword argument for int()",
                             tgc_str_utf8(t, name, NULL));
        base = args[positional + i];
    }
    if (x == TGC_NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "int() missing string argument");
    if (base == TGC_NULL)
        return int_of(t, x);
    int64_t b;
    if (tgc_as_index(t, base, &b) < 0)
        return TGC_NULL;
    if (b != 0 && (b < 2 || b > 36))
        return tgc_raise(t, &TGC_EXC(ValueError), "int() base must be >= 2 and <= 36, or 0");
    if (!tgc_is_str(x) && !tgc_is_bytes(x))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "int() can't convert non-string with explicit base");
    return int_of_text(t, x, (int)b);
}

static tg_value int_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                              tg_value kwnames)
{
    tg_value plain = int_from_args(t, args, nargs, kwnames);
    if (plain == TGC_NULL || type == &tgc_int_type)
        return plain;
    tgc_bigint *b = (tgc_bigint *)tgc_new(t, type, type->size);
    if (b == NULL) {
        tgc_release(t, plain);
        return TGC_NULL;
    }
    b->size = TGC_INT_BOXED;
    b->capacity = 1;
    b->limbs[0] = plain;
    if ((type->flags & TGC_TF_ATTRS) != 0)
        tgc_attrs_init(type, &b->head);
    if ((type->flags & TGC_TF_TRACKED) != 0)
        tgc_track(t, &b->head);
    return tgc_from_ptr(b);
}

static tg_value bool_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                               tg_value kwnames)
{
    (void)type;
    if (kwnames != TGC_NULL)
        return tgc_raise(t, &TGC_EXC(TypeError), "bool() takes no keyword arguments");
    if (nargs > 1)
        return tgc_raise(t, &TGC_EXC(TypeError), "bool expected at most 1 argument, got %zu",
                         nargs);
    int truth = nargs == 0 ? 0 : tgc_truth(t, args[0]);
    return truth < 0 ? TGC_NULL : tgc_from_bool(truth);
}

// --- methods

static tg_value int_same(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return itself(t, args[0]);
}

static tg_value int_bit_length(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_int_from_u64(t, tgc_int_bits(args[0]));
}

static tg_value int_bit_count(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tgc_mag m;
    mag_of(args[0], &m);
    return tgc_int_from_u64(t, m.size == 0 ? 0 : mpn_popcount(m.limbs, m.size));
}

static tg_value int_ratio(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    return tgc_tuple_pack2_steal(t, itself(t, args[0]), tgc_from_int(1));
}

static tg_value int_to_float(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    bool ok;
    double d = tgc_int_as_double(t, args[0], &ok);
    return ok ? tgc_float_new(t, d) : TGC_NULL;
}

// round(v, digits): digits >= 0 changes nothing; else to the nearest multiple of 10^-digits, half
// to even.
static tg_value int_round(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)kwnames;
    if (nargs < 2 || args[1] == TGC_NONE)
        return itself(t, args[0]);
    tg_value digits = tgc_index(t, args[1]);
    if (digits == TGC_NULL)
        return TGC_NULL;
    if (tgc_int_sign(digits) >= 0) {
        tgc_release(t, digits);
        return itself(t, args[0]);
    }
    tg_value result = TGC_NULL, unit = TGC_NULL, q = TGC_NULL, r = TGC_NULL, twice = TGC_NULL;
    tg_value power = tgc_int_unary(t, TGC_NEG, digits);
    if (power == TGC_NULL)
        goto done;
    if (tgc_is_ptr(power) ||
        tgc_int(power) > (int64_t)tgc_int_bits(args[0])) { // 10^power is more than twice v
        result = tgc_from_int(0);
        goto done;
    }
    unit = tgc_int_binary(t, TGC_POW, tgc_from_int(10), power);
    if (unit == TGC_NULL || tgc_big_divmod(t, args[0], unit, &q, &r) < 0)
        goto done;
    twice = tgc_int_binary(t, TGC_MUL, r, tgc_from_int(2));
    if (twice == TGC_NULL)
        goto done;
    int order = tgc_int_order(twice, unit);
    if (order > 0 || (order == 0 && (tgc_int_low_u64(q) & 1) != 0)) {
        tg_value rest = tgc_int_binary(t, TGC_SUB, unit, r);
        if (rest != TGC_NULL)
            result = tgc_int_binary(t, TGC_ADD, args[0], rest);
        tgc_release(t, rest);
    } else {
        result = tgc_int_binary(t, TGC_SUB, args[0], r);
    }
done:
    tgc_release(t, digits);
    tgc_release(t, power);
    tgc_release(t, unit);
    tgc_release(t, q);
    tgc_release(t, r);
    tgc_release(t, twice);
    return result;
}

// 1 for little, 0 for big, -1 raised.
static int byte_order(tg_thread *t, tg_value order)
{
    if (order == TGC_NULL)
        return 0;
    if (!tgc_is_str(order))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "argument 'byteorder' must be str, not %.200s",
                             tgc_type_name(order));
    if (tgc_str_equal_cstr(order, "little"))
        return 1;
    if (tgc_str_equal_cstr(order, "big"))
        return 0;
    return tgc_raise_int(t, &TGC_EXC(ValueError), "byteorder must be either 'little' or 'big'");
}

static tg_value int_to_bytes(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    static const char *const names[] = {"length", "byteorder", "signed", NULL};
    tg_value given[3];
    if (tgc_parse_args(t, "to_bytes", names, 0, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    int64_t length = 1;
    if (given[0] != TGC_NULL && tgc_as_index(t, given[0], &length) < 0)
        return TGC_NULL;
    int little = byte_order(t, given[1]),
        is_signed = given[2] == TGC_NULL ? 0 : tgc_truth(t, given[2]);
    if (little < 0 || is_signed < 0)
        return TGC_NULL;
    if (length < 0)
        return tgc_raise(t, &TGC_EXC(ValueError), "length argument must be non-negative");
    tgc_mag m;
    mag_of(args[0], &m);
    if (m.negative && m.size != 0 && !is_signed)
        return tgc_raise(t, &TGC_EXC(OverflowError), "can't convert negative int to unsigned");
    size_t bits = mag_bits(&m);
    if (is_signed) { // -2^k needs k + 1 bits, 2^k one more
        bool power_of_two = m.size != 0 && mpn_popcount(m.limbs, m.size) == 1;
        bits += !(m.negative && power_of_two);
    }
    if (bits > (size_t)length * 8 && !(m.size == 0))
        return tgc_raise(t, &TGC_EXC(OverflowError), "int too big to convert");
    tg_value result = tgc_bytes_new(t, NULL, (size_t)length);
    if (result == TGC_NULL)
        return TGC_NULL;
    uint8_t *out = tgc_bytes_of(result)->data;
    unsigned carry = 1; // of the two's complement
    for (size_t i = 0; i < (size_t)length; i++) {
        size_t limb = i / 8;
        uint8_t byte = limb < (size_t)m.size ? (uint8_t)(m.limbs[limb] >> (i % 8 * 8)) : 0;
        if (m.negative) {
            unsigned flipped = (uint8_t)~byte + carry;
            byte = (uint8_t)flipped;
            carry = flipped >> 8;
        }
        out[little ? i : (size_t)length - 1 - i] = byte;
    }
    return result;
}

// An iterable of ints 0..255 as a bytes object.
static tg_value bytes_of_iterable(tg_thread *t, tg_value source)
{
    tg_value v = tgc_call1(t, tgc_from_ptr(&tgc_bytes_type), source);
    if (v != TGC_NULL && !tgc_is_bytes(v)) {
        tgc_release(t, v);
        return tgc_raise(t, &TGC_EXC(TypeError), "cannot convert '%.200s' object to bytes",
                         tgc_type_name(source));
    }
    return v;
}

static tg_value int_from_bytes(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    static const char *const names[] = {"bytes", "byteorder", "signed", NULL};
    tg_value given[3];
    if (tgc_parse_args(t, "from_bytes", names, 1, args + 1, nargs - 1, kwnames, given) < 0)
        return TGC_NULL;
    int little = byte_order(t, given[1]),
        is_signed = given[2] == TGC_NULL ? 0 : tgc_truth(t, given[2]);
    if (little < 0 || is_signed < 0)
        return TGC_NULL;
    if (tgc_is_integer(given[0]) || tgc_is_str(given[0]))
        return tgc_raise(t, &TGC_EXC(TypeError), "cannot convert '%.200s' object to bytes",
                         tgc_type_name(given[0]));
    tg_value data =
        tgc_is_bytes(given[0]) ? tgc_retain(t, given[0]) : bytes_of_iterable(t, given[0]);
    if (data == TGC_NULL)
        return TGC_NULL;
    size_t n;
    const uint8_t *p = tgc_bytes_data(data, &n);
    tg_value v = tgc_int_from_bytes(t, p, n, little == 1, is_signed == 1);
    tgc_release(t, data);
    return v;
}

static const tgc_method_def int_methods[] = {
    {"as_integer_ratio", int_ratio, 0, 0, 0},
    {"bit_count", int_bit_count, 0, 0, 0},
    {"bit_length", int_bit_length, 0, 0, 0},
    {"conjugate", int_same, 0, 0, 0},
    {"from_bytes", int_from_bytes, 0, -1, TGC_METH_KW | TGC_METH_CLASS},
    {"to_bytes", int_to_bytes, 0, -1, TGC_METH_KW},
    {"__ceil__", int_same, 0, 0, 0},
    {"__float__", int_to_float, 0, 0, 0},
    {"__floor__", int_same, 0, 0, 0},
    {"__index__", int_same, 0, 0, 0},
    {"__int__", int_same, 0, 0, 0},
    {"__round__", int_round, 0, 1, 0},
    {"__trunc__", int_same, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

static tg_value get_real(tg_thread *t, tg_value v)
{
    return itself(t, v);
}

static tg_value get_zero(tg_thread *t, tg_value v)
{
    (void)t;
    (void)v;
    return tgc_from_int(0);
}

static tg_value get_one(tg_thread *t, tg_value v)
{
    (void)t;
    (void)v;
    return tgc_from_int(1);
}

static const tgc_getset_def int_getsets[] = {
    {"real", get_real, NULL},       {"imag", get_zero, NULL}, {"numerator", get_real, NULL},
    {"denominator", get_one, NULL}, {NULL, NULL, NULL},
};

// --- slots

static tg_value int_repr(tg_thread *t, tg_value v)
{
    return tgc_int_to_text(t, v, 10);
}

static int int_hash_slot(tg_thread *t, tg_value v, uint64_t *out)
{
    (void)t;
    *out = tgc_int_hash(v);
    return 0;
}

static int int_truth(tg_thread *t, tg_value v)
{
    (void)t;
    return tgc_int_sign(v) != 0;
}

static tg_value bool_repr(tg_thread *t, tg_value v)
{
    return v == TGC_TRUE ? tgc_str_intern(t, "True", 4) : tgc_str_intern(t, "False", 5);
}

tgc_type tgc_int_type = {
    TGC_STATIC_TYPE(&tgc_object_type),
    .name = "int",
    .flags = TGC_TF_INT | TGC_TF_BASETYPE,
    .size = sizeof(tgc_bigint) + sizeof(mp_limb_t), // of an instance of a subclass
    .methods = int_methods,
    .getsets = int_getsets,
    .doc = "int([x]) -> integer\nint(x, base=10) -> integer",
    .dealloc = tgc_int_dealloc,
    .construct = int_construct,
    .repr = int_repr,
    .hash = int_hash_slot,
    .truth = int_truth,
    .binary = tgc_int_binary,
    .unary = tgc_int_unary,
    .compare = tgc_int_compare,
    .format = tgc_int_format,
};

tgc_type tgc_bool_type = {
    TGC_STATIC_TYPE(&tgc_int_type),
    .name = "bool",
    .flags = TGC_TF_INT,
    .size = sizeof(tgc_bigint),
    .doc = "bool(x) -> bool",
    .construct = bool_construct,
    .repr = bool_repr,
};
