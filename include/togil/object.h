// SPDX-License-Identifier: MIT
//
// object.h - values: making, reading, calling, errors.
//
// t is attached. Values given to a function are borrowed by it; a tg_value result is a new
// reference that the caller releases with tg_release (harmless on small integers, floats and
// constants). TG_NULL, or a result of -1, means that a language exception is set on t. Any function
// may run script code unless it says "no script code".
#ifndef TOGIL_OBJECT_H
#define TOGIL_OBJECT_H

#include <togil/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

// --- references; no script code in retain
TG_API tg_value tg_retain(tg_thread *t, tg_value v); // returns v
TG_API void tg_release(tg_thread *t, tg_value v);    // TG_NULL is allowed

// --- making; no script code
TG_API tg_value tg_int(tg_thread *t, int64_t i);
TG_API tg_value tg_uint(tg_thread *t, uint64_t i);
// ValueError
TG_API tg_value tg_int_from_text(tg_thread *t, const char *digits, size_t n, int base);
TG_API tg_value tg_float(tg_thread *t, double d);
static inline tg_value tg_bool(bool b)
{
    return b ? TG_TRUE : TG_FALSE;
}
TG_API tg_value tg_str(tg_thread *t, const char *utf8, size_t n); // UnicodeDecodeError
TG_API tg_value tg_str_c(tg_thread *t, const char *utf8);         // NUL-terminated
TG_API tg_value tg_str_format(tg_thread *t, const char *printf_format, ...)
    __attribute__((format(printf, 2, 3)));
TG_API tg_value tg_bytes(tg_thread *t, const void *data, size_t n); // data NULL: zeroes
TG_API tg_value tg_list(tg_thread *t, const tg_value *items, size_t n);
TG_API tg_value tg_tuple(tg_thread *t, const tg_value *items, size_t n);
TG_API tg_value tg_dict(tg_thread *t);

// --- what is it; no script code
typedef enum tg_kind {
    TG_KIND_NONE,
    TG_KIND_BOOL,
    TG_KIND_INT,
    TG_KIND_FLOAT,
    TG_KIND_STR,
    TG_KIND_BYTES,
    TG_KIND_LIST,
    TG_KIND_TUPLE,
    TG_KIND_DICT,
    TG_KIND_SET,
    TG_KIND_TYPE,
    TG_KIND_EXCEPTION,
    TG_KIND_OTHER
} tg_kind;
TG_API tg_kind tg_kind_of(tg_thread *t, tg_value v);       // subclasses count as their base
TG_API const char *tg_type_name(tg_thread *t, tg_value v); // valid while the type lives

// --- reading
// int, bool, __index__; OverflowError, TypeError
TG_API int tg_as_int64(tg_thread *t, tg_value v, int64_t *out);
TG_API int tg_as_double(tg_thread *t, tg_value v, double *out); // int, float, __float__
// str; valid while v lives; n may be NULL
TG_API const char *tg_as_utf8(tg_thread *t, tg_value v, size_t *n);
TG_API const void *tg_as_bytes(tg_thread *t, tg_value v, size_t *n); // bytes; valid while v lives
TG_API size_t tg_int_bits(tg_thread *t, tg_value v); // bit length of an int of any size
// The magnitude of an int as 32-bit words, least significant first; *n words, to be freed with
// tg_free.
TG_API uint32_t *tg_int_words(tg_thread *t, tg_value v, size_t *n);
TG_API tg_value tg_int_from_words(tg_thread *t, const uint32_t *words, size_t n); // non-negative
TG_API void tg_free(void *p);

// --- operations
TG_API int tg_truth(tg_thread *t, tg_value v);             // 1, 0, -1
TG_API int tg_equal(tg_thread *t, tg_value a, tg_value b); // 1, 0, -1
TG_API int tg_less(tg_thread *t, tg_value a, tg_value b);  // 1, 0, -1
TG_API tg_value tg_add(tg_thread *t, tg_value a, tg_value b);
// + - * / % & | ^ and 'i' for //
TG_API tg_value tg_binary(tg_thread *t, char op, tg_value a, tg_value b);
TG_API tg_value tg_repr(tg_thread *t, tg_value v);
TG_API tg_value tg_to_str(tg_thread *t, tg_value v);
TG_API tg_value tg_call(tg_thread *t, tg_value f, const tg_value *args, size_t n);
TG_API tg_value tg_call_kw(tg_thread *t, tg_value f, const tg_value *args, size_t n,
                           tg_value kwnames);
// tuple, dict or TG_NULL
TG_API tg_value tg_call_ex(tg_thread *t, tg_value f, tg_value args, tg_value kwargs);
TG_API tg_value tg_call_method(tg_thread *t, tg_value v, const char *name, const tg_value *args,
                               size_t n);
TG_API bool tg_callable(tg_thread *t, tg_value v);
TG_API int tg_isinstance(tg_thread *t, tg_value v, tg_value cls); // 1, 0, -1
TG_API tg_value tg_getattr(tg_thread *t, tg_value v, const char *name);
// 1, 0 absent, -1
TG_API int tg_getattr_opt(tg_thread *t, tg_value v, const char *name, tg_value *out);
TG_API int tg_setattr(tg_thread *t, tg_value v, const char *name, tg_value x);
TG_API tg_value tg_getattr_value(tg_thread *t, tg_value v, tg_value name);
TG_API tg_value tg_getitem(tg_thread *t, tg_value v, tg_value key);
TG_API int tg_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x);
TG_API int64_t tg_length(tg_thread *t, tg_value v); // -1
TG_API tg_value tg_iter(tg_thread *t, tg_value v);
TG_API tg_value tg_next(tg_thread *t, tg_value it); // TG_NULL without exception at the end

// --- containers
TG_API int tg_list_append(tg_thread *t, tg_value list, tg_value v);
TG_API size_t tg_list_size(tg_thread *t, tg_value list);
TG_API tg_value tg_list_get(tg_thread *t, tg_value list, size_t i); // IndexError
TG_API size_t tg_tuple_size(tg_thread *t, tg_value tuple);
TG_API tg_value tg_tuple_get(tg_thread *t, tg_value tuple, size_t i);             // IndexError
TG_API int tg_dict_get(tg_thread *t, tg_value dict, tg_value key, tg_value *out); // 1, 0 absent, -1
TG_API int tg_dict_set(tg_thread *t, tg_value dict, tg_value key, tg_value v);
TG_API int tg_dict_del(tg_thread *t, tg_value dict, tg_value key); // 1, 0 absent, -1
TG_API int tg_dict_get_c(tg_thread *t, tg_value dict, const char *key, tg_value *out);
TG_API int tg_dict_set_c(tg_thread *t, tg_value dict, const char *key, tg_value v);
// Steps through a dict: *pos starts at 0; new references in *key and *v. False at the end.
TG_API bool tg_dict_next(tg_thread *t, tg_value dict, size_t *pos, tg_value *key, tg_value *v);

// --- errors
typedef enum tg_error {
#define TG_ERROR(name) TG_##name,
#include <togil/errors.def>
#undef TG_ERROR
    TG_ERROR_COUNT
} tg_error;

// Sets an exception; always TG_NULL, so `return tg_raise(...)`.
TG_API tg_value tg_raise(tg_thread *t, tg_error kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// cls(arg); arg TG_NULL for none
TG_API tg_value tg_raise_value(tg_thread *t, tg_value cls, tg_value arg);
// by errno; filename may be NULL
TG_API tg_value tg_raise_os(tg_thread *t, int err, const char *filename);
TG_API tg_value tg_raise_nomem(tg_thread *t);
TG_API tg_value tg_raise_exception(tg_thread *t, tg_value exc); // an exception object
TG_API tg_value tg_error_class(tg_thread *t, tg_error kind);    // the class itself
TG_API bool tg_error_set(tg_thread *t);
TG_API bool tg_error_is(tg_thread *t, tg_error kind); // is one set, of that class or a subclass?
TG_API void tg_error_clear(tg_thread *t);
TG_API tg_value tg_error_fetch(tg_thread *t);             // takes it off; TG_NULL if none
TG_API void tg_error_restore(tg_thread *t, tg_value exc); // exc is taken; TG_NULL clears
// the one being handled by an except clause; None if none
TG_API tg_value tg_error_handled(tg_thread *t);
// The text an uncaught exception prints: traceback, causes, message. exc as from tg_error_fetch.
TG_API tg_value tg_error_format(tg_thread *t, tg_value exc);

#ifdef __cplusplus
}
#endif

#endif
