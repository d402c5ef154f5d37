// SPDX-License-Identifier: MIT
//
// builtins_core.c - the builtins about values and attributes: abs, getattr, isinstance, pow, round,
// vars...
//
// The number of arguments is checked before a function is called, from the table at the end;
// functions with keyword parameters check it themselves.
#include "core/builtin/builtins_core.h"

#include "core/builtin/file.h"      // open, file types
#include "core/builtin/namespace.h" // globals, locals
#include "core/builtin/print.h"     // print, input
#include "core/object/bytes.h"      // ord
#include "core/object/class.h"      // tgc_special_call
#include "core/object/exception.h"  // traceback type
#include "core/object/float.h"      // round
#include "core/object/int.h"        // hex, pow, round
#include "core/object/known.h"      // names
#include "core/object/list.h"       // dir
#include "core/object/property.h"   // types
#include "core/object/seq.h"        // dir
#include "core/object/state.h"      // recursion guard
#include "core/object/str.h"        // texts
#include "core/object/super.h"      // type
#include "core/object/tuple.h"      // classes to test against
#include "core/vm/import.h"         // __import__

#include <math.h>
#include <unistd.h>

#define NATIVE(name) \
    static tg_value name(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
#define UNUSED_COUNT() ((void)nargs, (void)kwnames)

// --- text of values

NATIVE(builtin_repr)
{
    UNUSED_COUNT();
    return tgc_repr(t, args[0]);
}

NATIVE(builtin_ascii)
{
    UNUSED_COUNT();
    tg_value text = tgc_repr(t, args[0]);
    if (text == TGC_NULL)
        return TGC_NULL;
    tg_value escaped = tgc_str_ascii_repr(t, text);
    tgc_release(t, text);
    return escaped;
}

NATIVE(builtin_format)
{
    (void)kwnames;
    if (nargs < 2)
        return tgc_format(t, args[0], tgc_str_empty());
    if (!tgc_is_str(args[1]))
        return tgc_raise(t, &TGC_EXC(TypeError), "format() argument 2 must be str, not %s",
                         tgc_type_name(args[1]));
    return tgc_format(t, args[0], args[1]);
}

// Digits with a prefix after the sign: "-0x1f".
static tg_value prefixed(tg_thread *t, tg_value v, int base, const char *prefix)
{
    tg_value index = tgc_index(t, v);
    if (index == TGC_NULL)
        return TGC_NULL;
    tg_value text = tgc_int_to_text(t, index, base);
    tgc_release(t, index);
    const char *digits = text == TGC_NULL ? NULL : tgc_str_utf8(t, text, NULL);
    tg_value result = TGC_NULL;
    if (digits != NULL) {
        bool negative = digits[0] == '-';
        result = tgc_str_format(t, "%s%s%s", negative ? "-" : "", prefix, digits + negative);
    }
    tgc_release(t, text);
    return result;
}

NATIVE(builtin_bin)
{
    UNUSED_COUNT();
    return prefixed(t, args[0], 2, "0b");
}

NATIVE(builtin_oct)
{
    UNUSED_COUNT();
    return prefixed(t, args[0], 8, "0o");
}

NATIVE(builtin_hex)
{
    UNUSED_COUNT();
    return prefixed(t, args[0], 16, "0x");
}

NATIVE(builtin_chr)
{
    UNUSED_COUNT();
    tg_value index = tgc_index(t, args[0]);
    if (index == TGC_NULL)
        return TGC_NULL;
    int64_t c;
    bool fits = tgc_int_try_i64(index, &c) && c >= INT32_MIN && c <= INT32_MAX;
    tgc_release(t, index);
    if (!fits)
        return tgc_raise(t, &TGC_EXC(OverflowError), "Python int too large to convert to C int");
    if (c < 0 || c > 0x10ffff)
        return tgc_raise(t, &TGC_EXC(ValueError), "chr() arg not in range(0x110000)");
    return tgc_str_from_char(t, (uint32_t)c);
}

NATIVE(builtin_ord)
{
    UNUSED_COUNT();
    tg_value v = args[0];
    size_t n;
    if (tgc_is_str(v)) {
        n = tgc_str_length(v);
        if (n == 1)
            return tgc_from_int(tgc_str_char(v, 0));
    } else if (tgc_is_bytes(v)) {
        const uint8_t *data = tgc_bytes_data(v, &n);
        if (n == 1)
            return tgc_from_int(data[0]);
    } else {
        return tgc_raise(t, &TGC_EXC(TypeError), "ord() expected string of length 1, but %s found",
                         tgc_type_name(v));
    }
    return tgc_raise(t, &TGC_EXC(TypeError),
                     "ord() expected a character, but string of length %zu found", n);
}

// --- attributes

static int check_name(tg_thread *t, tg_value name)
{
    if (tgc_is_str(name))
        return 0;
    return tgc_raise_int(t, &TGC_EXC(TypeError), "attribute name must be string, not '%s'",
                         tgc_type_name(name));
}

NATIVE(builtin_getattr)
{
    (void)kwnames;
    if (check_name(t, args[1]) < 0)
        return TGC_NULL;
    if (nargs == 2)
        return tgc_getattr(t, args[0], args[1]);
    tg_value v;
    int found = tgc_getattr_opt(t, args[0], args[1], &v);
    if (found < 0)
        return TGC_NULL;
    return found > 0 ? v : tgc_retain(t, args[2]);
}

NATIVE(builtin_hasattr)
{
    UNUSED_COUNT();
    tg_value v;
    if (check_name(t, args[1]) < 0)
        return TGC_NULL;
    int found = tgc_getattr_opt(t, args[0], args[1], &v);
    if (found < 0)
        return TGC_NULL;
    if (found > 0)
        tgc_release(t, v);
    return tgc_from_bool(found > 0);
}

NATIVE(builtin_setattr)
{
    UNUSED_COUNT();
    if (check_name(t, args[1]) < 0 || tgc_setattr(t, args[0], args[1], args[2]) < 0)
        return TGC_NULL;
    return TGC_NONE;
}

NATIVE(builtin_delattr)
{
    UNUSED_COUNT();
    if (check_name(t, args[1]) < 0 || tgc_setattr(t, args[0], args[1], TGC_NULL) < 0)
        return TGC_NULL;
    return TGC_NONE;
}

NATIVE(builtin_vars)
{
    (void)kwnames;
    if (nargs == 0)
        return tgc_namespace_locals(t);
    tg_value dict;
    int found = tgc_getattr_opt(t, args[0], TGC_NAME(dict), &dict);
    if (found == 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "vars() argument must have __dict__ attribute");
    return found < 0 ? TGC_NULL : dict;
}

NATIVE(builtin_dir)
{
    (void)kwnames;
    tg_value names = nargs == 0 ? tgc_namespace_locals(t)
                                : tgc_special_call(t, args[0], TGC_NAME(dir), TGC_NULL, TGC_NULL);
    if (names == TGC_NULL)
        return TGC_NULL;
    if (names == TGC_NOTIMPL)
        return tgc_raise(t, &TGC_EXC(TypeError), "object does not provide __dir__");
    tg_value list = tgc_list_from_iterable(t, names);
    tgc_release(t, names);
    if (list != TGC_NULL && tgc_list_sort(t, list, TGC_NULL, false) < 0) {
        tgc_release(t, list);
        return TGC_NULL;
    }
    return list;
}

// --- kinds of values

NATIVE(builtin_callable)
{
    UNUSED_COUNT();
    (void)t;
    return tgc_from_bool(tgc_type_of(args[0])->call != NULL);
}

NATIVE(builtin_isinstance)
{
    UNUSED_COUNT();
    int is = tgc_isinstance(t, args[0], args[1]);
    return is < 0 ? TGC_NULL : tgc_from_bool(is);
}

static tgc_type *as_type(tg_value v)
{
    return (tgc_type *)(void *)tgc_ptr(v);
}

static int is_subclass(tg_thread *t, tg_value cls, tg_value of)
{
    if (tgc_is_tuple(of)) {
        if (tgc_enter_c(t) < 0)
            return -1;
        int is = 0;
        for (size_t i = 0; is == 0 && i < tgc_tuple_size(of); i++)
            is = is_subclass(t, cls, tgc_tuple_peek(of, i));
        tgc_leave_c(t);
        return is;
    }
    tg_value verdict = tgc_special_call(t, of, TGC_NAME(subclasscheck), cls, TGC_NULL);
    if (verdict != TGC_NOTIMPL) {
        int is = verdict == TGC_NULL ? -1 : tgc_truth(t, verdict);
        tgc_release(t, verdict);
        return is;
    }
    if (!tgc_is_type(of))
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "issubclass() arg 2 must be a class, a tuple of classes, or a union");
    if (!tgc_is_type(cls))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "issubclass() arg 1 must be a class");
    return tgc_is_subtype(as_type(cls), as_type(of));
}

NATIVE(builtin_issubclass)
{
    UNUSED_COUNT();
    int is = is_subclass(t, args[0], args[1]);
    return is < 0 ? TGC_NULL : tgc_from_bool(is);
}

NATIVE(builtin_hash)
{
    UNUSED_COUNT();
    uint64_t hash;
    if (tgc_hash(t, args[0], &hash) < 0)
        return TGC_NULL;
    return tgc_int_from_i64(t, (int64_t)hash);
}

// Different for different values: addresses end in four zero bits; the words of immediates, which
// never do once integers have been moved by one, stand for themselves.
NATIVE(builtin_id)
{
    UNUSED_COUNT();
    tg_value v = args[0];
    if (tgc_is_ptr(v))
        return tgc_int_from_u64(t, (uintptr_t)tgc_ptr(v));
    return tgc_int_from_u64(t, tgc_is_int(v) ? v + 1 : v);
}

// --- numbers

NATIVE(builtin_abs)
{
    UNUSED_COUNT();
    return tgc_unary(t, TGC_ABS, args[0]);
}

NATIVE(builtin_divmod)
{
    UNUSED_COUNT();
    return tgc_binary(t, TGC_DIVMOD, args[0], args[1]);
}

NATIVE(builtin_pow)
{
    static const char *const names[] = {"base", "exp", "mod", NULL};
    tg_value v[3];
    if (tgc_parse_args(t, "pow", names, 2, args, nargs, kwnames, v) < 0)
        return TGC_NULL;
    if (v[2] == TGC_NULL || v[2] == TGC_NONE)
        return tgc_binary(t, TGC_POW, v[0], v[1]);
    if (tgc_is_integer(v[0]) && tgc_is_integer(v[1]) && tgc_is_integer(v[2]))
        return tgc_int_powmod(t, v[0], v[1], v[2]);
    if (tgc_has_flag(v[0], TGC_TF_HEAP)) {
        tg_value result = tgc_special_call(t, v[0], TGC_NAME(pow), v[1], v[2]);
        if (result != TGC_NOTIMPL)
            return result;
    }
    if (tgc_is_float(v[0]) || tgc_is_float(v[1]) || tgc_is_float(v[2]))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "pow() 3rd argument not allowed unless all arguments are integers");
    return tgc_raise(t, &TGC_EXC(TypeError),
                     "unsupported operand type(s) for ** or pow(): '%s', '%s', '%s'",
                     tgc_type_name(v[0]), tgc_type_name(v[1]), tgc_type_name(v[2]));
}

// An operation whose first operand is given up; a failed operand is passed on.
static tg_value then(tg_thread *t, tgc_binop op, tg_value a_steal, tg_value b)
{
    if (a_steal == TGC_NULL)
        return TGC_NULL;
    tg_value v = tgc_int_binary(t, op, a_steal, b);
    tgc_release(t, a_steal);
    return v;
}

// round(v, -places) for an integer: to the nearest multiple of 10**places, a tie to the even one.
static tg_value round_to_tens(tg_thread *t, tg_value v, int64_t places)
{
    // More places than digits: nothing is left. A digit has more than three bits.
    if ((uint64_t)places > tgc_int_bits(v) / 3 + 2)
        return tgc_from_int(0);
    tg_value unit = tgc_int_binary(t, TGC_POW, tgc_from_int(10), tgc_from_int(places));
    if (unit == TGC_NULL)
        return TGC_NULL;
    tg_value rest = tgc_int_binary(t, TGC_MOD, v, unit); // 0 <= rest < unit
    tg_value quotient = tgc_int_binary(t, TGC_FLOORDIV, v, unit);
    tg_value twice = rest == TGC_NULL ? TGC_NULL : tgc_int_binary(t, TGC_ADD, rest, rest);
    tg_value result = TGC_NULL;
    if (quotient != TGC_NULL && twice != TGC_NULL) {
        int order = tgc_int_order(twice, unit);
        bool up = order > 0 || (order == 0 && (tgc_int_low_u64(quotient) & 1) != 0);
        result = tgc_int_binary(t, TGC_SUB, v, rest);
        if (up)
            result = then(t, TGC_ADD, result, unit);
    }
    tgc_release(t, twice);
    tgc_release(t, quotient);
    tgc_release(t, rest);
    tgc_release(t, unit);
    return result;
}

static tg_value round_integer(tg_thread *t, tg_value v, tg_value digits)
{
    if (tgc_is_bool(v))
        v = tgc_from_int(v == TGC_TRUE);
    if (digits == TGC_NONE)
        return tgc_retain(t, v);
    tg_value index = tgc_index(t, digits);
    if (index == TGC_NULL)
        return TGC_NULL;
    int64_t places = INT64_MIN;
    bool keep = tgc_int_sign(index) >= 0;
    if (!keep && !tgc_int_try_i64(index, &places))
        places = -INT64_MAX;
    tgc_release(t, index);
    return keep ? tgc_retain(t, v) : round_to_tens(t, v, places == INT64_MIN ? INT64_MAX : -places);
}

static tg_value round_float(tg_thread *t, double d, tg_value digits)
{
    if (digits == TGC_NONE)
        return tgc_int_from_double(t, rint(d));
    tg_value index = tgc_index(t, digits);
    if (index == TGC_NULL)
        return TGC_NULL;
    int64_t places;
    if (!tgc_int_try_i64(index, &places))
        places = tgc_int_sign(index) < 0 ? -INT32_MAX : INT32_MAX;
    tgc_release(t, index);
    return tgc_float_round(t, d, places);
}

NATIVE(builtin_round)
{
    static const char *const names[] = {"number", "ndigits", NULL};
    tg_value v[2];
    if (tgc_parse_args(t, "round", names, 1, args, nargs, kwnames, v) < 0)
        return TGC_NULL;
    tg_value digits = v[1] == TGC_NULL ? TGC_NONE : v[1];
    bool subclass = tgc_is_ptr(v[0]) && (tgc_type_of(v[0])->flags & TGC_TF_HEAP) != 0;
    if (!subclass && tgc_is_integer(v[0]))
        return round_integer(t, v[0], digits);
    if (!subclass && tgc_is_float(v[0]))
        return round_float(t, tgc_float_value(v[0]), digits);
    tg_value result = tgc_special_call(t, v[0], TGC_NAME(round),
                                       digits == TGC_NONE ? TGC_NULL : digits, TGC_NULL);
    if (result != TGC_NOTIMPL)
        return result;
    return tgc_raise(t, &TGC_EXC(TypeError), "type %s doesn't define __round__ method",
                     tgc_type_name(v[0]));
}

// --- input

NATIVE(builtin_input)
{
    (void)kwnames;
    if (nargs == 1) {
        tg_value prompt = tgc_to_str(t, args[0]);
        size_t n;
        const char *text = prompt == TGC_NULL ? NULL : tgc_str_utf8(t, prompt, &n);
        int st = text == NULL ? -1 : tgc_stream_write(t, STDOUT_FILENO, text, n);
        tgc_release(t, prompt);
        if (st < 0)
            return TGC_NULL;
    }
    if (tgc_stream_flush(t, STDOUT_FILENO) < 0)
        return TGC_NULL;
    tg_value line = tgc_file_read_line(t, tgc_file_std(t, STDIN_FILENO));
    if (line == TGC_NULL)
        return TGC_NULL;
    size_t n = tgc_str_length(line);
    if (n == 0) {
        tgc_release(t, line);
        return tgc_raise(t, &TGC_EXC(EOFError), "EOF when reading a line");
    }
    if (tgc_str_char(line, n - 1) != '\n')
        return line;
    tg_value shorter = tgc_str_sub(t, line, 0, n - 1);
    tgc_release(t, line);
    return shorter;
}

// --- what this runtime does not offer: said plainly when called, so that a mention in unused code
// does no harm

static tg_value refuse(tg_thread *t, const char *name, const char *why)
{
    return tgc_raise(t, &TGC_EXC(NotImplementedError), "%s() is not supported: %s", name, why);
}

NATIVE(builtin_globals)
{
    (void)args;
    UNUSED_COUNT();
    return tgc_namespace_globals(t);
}

NATIVE(builtin_locals)
{
    (void)args;
    UNUSED_COUNT();
    return tgc_namespace_locals(t);
}

NATIVE(builtin_eval)
{
    (void)args;
    UNUSED_COUNT();
    return refuse(t, "eval", "code is compiled before the program starts");
}

NATIVE(builtin_exec)
{
    (void)args;
    UNUSED_COUNT();
    return refuse(t, "exec", "code is compiled before the program starts");
}

NATIVE(builtin_compile)
{
    (void)args;
    UNUSED_COUNT();
    return refuse(t, "compile", "code is compiled before the program starts");
}

NATIVE(builtin_import)
{
    UNUSED_COUNT();
    if (!tgc_is_str(args[0]))
        return tgc_raise(t, &TGC_EXC(TypeError), "__import__() argument 1 must be str, not %s",
                         tgc_type_name(args[0]));
    return tgc_import(t, tgc_shared_of(t)->builtins, args[0], 0, false);
}

// --- the tables

const tgc_method_def tgc_builtins_core[] = {
    {"abs", builtin_abs, 1, 1, 0},
    {"ascii", builtin_ascii, 1, 1, 0},
    {"bin", builtin_bin, 1, 1, 0},
    {"callable", builtin_callable, 1, 1, 0},
    {"chr", builtin_chr, 1, 1, 0},
    {"compile", builtin_compile, 0, -1, TGC_METH_KW},
    {"delattr", builtin_delattr, 2, 2, 0},
    {"dir", builtin_dir, 0, 1, 0},
    {"divmod", builtin_divmod, 2, 2, 0},
    {"eval", builtin_eval, 1, 3, 0},
    {"exec", builtin_exec, 0, -1, TGC_METH_KW},
    {"format", builtin_format, 1, 2, 0},
    {"getattr", builtin_getattr, 2, 3, 0},
    {"globals", builtin_globals, 0, 0, 0},
    {"hasattr", builtin_hasattr, 2, 2, 0},
    {"hash", builtin_hash, 1, 1, 0},
    {"hex", builtin_hex, 1, 1, 0},
    {"id", builtin_id, 1, 1, 0},
    {"input", builtin_input, 0, 1, 0},
    {"isinstance", builtin_isinstance, 2, 2, 0},
    {"issubclass", builtin_issubclass, 2, 2, 0},
    {"locals", builtin_locals, 0, 0, 0},
    {"oct", builtin_oct, 1, 1, 0},
    {"open", tgc_builtin_open, 0, -1, TGC_METH_KW},
    {"ord", builtin_ord, 1, 1, 0},
    {"pow", builtin_pow, 0, -1, TGC_METH_KW},
    {"print", tgc_builtin_print, 0, -1, TGC_METH_KW},
    {"repr", builtin_repr, 1, 1, 0},
    {"round", builtin_round, 0, -1, TGC_METH_KW},
    {"setattr", builtin_setattr, 3, 3, 0},
    {"vars", builtin_vars, 0, 1, 0},
    {"__import__", builtin_import, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

#define EXCEPTION(name, base) &TGC_EXC(name),

tgc_type *const tgc_builtin_types_core[] = {
    &tgc_property_type, &tgc_classmethod_type,          &tgc_staticmethod_type,
    &tgc_super_type,    TGC_EXCEPTIONS(EXCEPTION) NULL,
};

tgc_type *const tgc_hidden_types_core[] = {
    &tgc_none_type,
    &tgc_ellipsis_type,
    &tgc_notimpl_type,
    &tgc_traceback_type,
    &tgc_text_file_type,
    &tgc_byte_reader_type,
    &tgc_byte_writer_type,
    &tgc_byte_random_type,
    &tgc_unsupported_operation_type,
    NULL,
};

int tgc_builtins_core_values(tg_thread *t, tgc_module *builtins)
{
    tg_value os_error = tgc_from_ptr(&TGC_EXC(OSError));
    if (tgc_module_set(t, builtins, "Ellipsis", TGC_ELLIPSIS) < 0 ||
        tgc_module_set(t, builtins, "NotImplemented", TGC_NOTIMPL) < 0 ||
        tgc_module_set(t, builtins, "__debug__", TGC_TRUE) < 0 ||
        tgc_module_set(t, builtins, "EnvironmentError", os_error) < 0 ||
        tgc_module_set(t, builtins, "IOError", os_error) < 0)
        return -1;
    return 0;
}
