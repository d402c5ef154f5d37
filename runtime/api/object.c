// SPDX-License-Identifier: MIT
//
// object.c - public functions about values: each forwards to the core of the thread's runtime.
#include <togil/object.h>

#include "gate/gate.h" // tgi_core_of
#include "mem/raw.h"   // tg_free

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CORE(t) tgi_core_of(t)

tg_value tg_retain(tg_thread *t, tg_value v)
{
    return CORE(t)->host_retain(t, v);
}
void tg_release(tg_thread *t, tg_value v)
{
    CORE(t)->host_release(t, v);
}

tg_value tg_int(tg_thread *t, int64_t i)
{
    return CORE(t)->int_from_i64(t, i);
}
tg_value tg_uint(tg_thread *t, uint64_t i)
{
    return CORE(t)->int_from_u64(t, i);
}
tg_value tg_int_from_text(tg_thread *t, const char *digits, size_t n, int base)
{
    return CORE(t)->int_from_text(t, digits, n, base);
}
tg_value tg_float(tg_thread *t, double d)
{
    return CORE(t)->float_new(t, d);
}
tg_value tg_str(tg_thread *t, const char *utf8, size_t n)
{
    return CORE(t)->str_new(t, utf8, n);
}
tg_value tg_str_c(tg_thread *t, const char *utf8)
{
    return CORE(t)->str_new(t, utf8, strlen(utf8));
}

// Formats into a buffer of its own when it does not fit; NULL without memory.
static char *format_text(char *few, size_t room, size_t *n, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(few, room, format, args);
    char *text = few;
    if (length < 0)
        length = 0;
    if ((size_t)length >= room) {
        text = malloc((size_t)length + 1);
        if (text != NULL)
            vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    *n = (size_t)length;
    return text;
}

tg_value tg_str_format(tg_thread *t, const char *format, ...)
{
    char few[256];
    size_t n;
    va_list args;
    va_start(args, format);
    char *text = format_text(few, sizeof few, &n, format, args);
    va_end(args);
    tg_value v = text == NULL ? tg_raise_nomem(t) : tg_str(t, text, n);
    if (text != few)
        free(text);
    return v;
}

tg_value tg_bytes(tg_thread *t, const void *data, size_t n)
{
    return CORE(t)->bytes_new(t, data, n);
}
tg_value tg_list(tg_thread *t, const tg_value *items, size_t n)
{
    return CORE(t)->list_from_array(t, items, n);
}
tg_value tg_tuple(tg_thread *t, const tg_value *items, size_t n)
{
    return CORE(t)->tuple_from_array(t, items, n);
}
tg_value tg_dict(tg_thread *t)
{
    return CORE(t)->dict_new(t);
}

tg_kind tg_kind_of(tg_thread *t, tg_value v)
{
    return (tg_kind)CORE(t)->host_kind(v);
}
const char *tg_type_name(tg_thread *t, tg_value v)
{
    return CORE(t)->host_type_name(v);
}

int tg_as_int64(tg_thread *t, tg_value v, int64_t *out)
{
    return CORE(t)->host_as_int64(t, v, out);
}
int tg_as_double(tg_thread *t, tg_value v, double *out)
{
    return CORE(t)->as_double(t, v, out);
}
const char *tg_as_utf8(tg_thread *t, tg_value v, size_t *n)
{
    return CORE(t)->host_as_utf8(t, v, n);
}
const void *tg_as_bytes(tg_thread *t, tg_value v, size_t *n)
{
    return CORE(t)->host_as_bytes(t, v, n);
}
size_t tg_int_bits(tg_thread *t, tg_value v)
{
    return CORE(t)->host_int_bits(t, v);
}
uint32_t *tg_int_words(tg_thread *t, tg_value v, size_t *n)
{
    return CORE(t)->host_int_words(t, v, n);
}
tg_value tg_int_from_words(tg_thread *t, const uint32_t *words, size_t n)
{
    return CORE(t)->host_int_from_words(t, words, n);
}
void tg_free(void *p)
{
    tgi_raw_free(p);
}

int tg_truth(tg_thread *t, tg_value v)
{
    return CORE(t)->truth(t, v);
}
int tg_equal(tg_thread *t, tg_value a, tg_value b)
{
    return CORE(t)->equal(t, a, b);
}
int tg_less(tg_thread *t, tg_value a, tg_value b)
{
    return CORE(t)->host_less(t, a, b);
}
tg_value tg_add(tg_thread *t, tg_value a, tg_value b)
{
    return CORE(t)->host_binary(t, '+', a, b);
}
tg_value tg_binary(tg_thread *t, char op, tg_value a, tg_value b)
{
    return CORE(t)->host_binary(t, op, a, b);
}
tg_value tg_repr(tg_thread *t, tg_value v)
{
    return CORE(t)->repr(t, v);
}
tg_value tg_to_str(tg_thread *t, tg_value v)
{
    return CORE(t)->to_str(t, v);
}
tg_value tg_call(tg_thread *t, tg_value f, const tg_value *args, size_t n)
{
    return CORE(t)->call(t, f, args, n, TG_NULL);
}
tg_value tg_call_kw(tg_thread *t, tg_value f, const tg_value *args, size_t n, tg_value kwnames)
{
    return CORE(t)->call(t, f, args, n, kwnames);
}
tg_value tg_call_ex(tg_thread *t, tg_value f, tg_value args, tg_value kwargs)
{
    return CORE(t)->call_ex(t, f, args, kwargs);
}
tg_value tg_call_method(tg_thread *t, tg_value v, const char *name, const tg_value *args, size_t n)
{
    return CORE(t)->call_method(t, v, name, args, n);
}
bool tg_callable(tg_thread *t, tg_value v)
{
    return CORE(t)->host_callable(v);
}
int tg_isinstance(tg_thread *t, tg_value v, tg_value cls)
{
    return CORE(t)->isinstance(t, v, cls);
}
tg_value tg_getattr(tg_thread *t, tg_value v, const char *name)
{
    return CORE(t)->getattr_cstr(t, v, name);
}
tg_value tg_getattr_value(tg_thread *t, tg_value v, tg_value name)
{
    return CORE(t)->getattr(t, v, name);
}
int tg_getattr_opt(tg_thread *t, tg_value v, const char *name, tg_value *out)
{
    return CORE(t)->host_getattr_opt(t, v, name, out);
}
int tg_setattr(tg_thread *t, tg_value v, const char *name, tg_value x)
{
    return CORE(t)->host_setattr(t, v, name, x);
}
tg_value tg_getitem(tg_thread *t, tg_value v, tg_value key)
{
    return CORE(t)->getitem(t, v, key);
}
int tg_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    return CORE(t)->setitem(t, v, key, x);
}
int64_t tg_length(tg_thread *t, tg_value v)
{
    return CORE(t)->length(t, v);
}
tg_value tg_iter(tg_thread *t, tg_value v)
{
    return CORE(t)->iter(t, v);
}
tg_value tg_next(tg_thread *t, tg_value it)
{
    return CORE(t)->next(t, it);
}

int tg_list_append(tg_thread *t, tg_value list, tg_value v)
{
    return CORE(t)->list_append(t, list, v);
}
size_t tg_list_size(tg_thread *t, tg_value list)
{
    return CORE(t)->host_list_size(list);
}
tg_value tg_list_get(tg_thread *t, tg_value list, size_t i)
{
    return CORE(t)->host_list_get(t, list, i);
}
size_t tg_tuple_size(tg_thread *t, tg_value tuple)
{
    return CORE(t)->host_tuple_size(tuple);
}
tg_value tg_tuple_get(tg_thread *t, tg_value tuple, size_t i)
{
    return CORE(t)->host_tuple_get(t, tuple, i);
}
int tg_dict_get(tg_thread *t, tg_value d, tg_value key, tg_value *out)
{
    return CORE(t)->dict_get(t, d, key, out);
}
int tg_dict_set(tg_thread *t, tg_value d, tg_value key, tg_value v)
{
    return CORE(t)->dict_set(t, d, key, v);
}
int tg_dict_del(tg_thread *t, tg_value d, tg_value key)
{
    return CORE(t)->dict_del(t, d, key);
}
int tg_dict_get_c(tg_thread *t, tg_value d, const char *key, tg_value *out)
{
    return CORE(t)->host_dict_get_c(t, d, key, out);
}
int tg_dict_set_c(tg_thread *t, tg_value d, const char *key, tg_value v)
{
    return CORE(t)->dict_set_cstr(t, d, key, v);
}
bool tg_dict_next(tg_thread *t, tg_value d, size_t *pos, tg_value *key, tg_value *v)
{
    return CORE(t)->dict_next(t, d, pos, key, v);
}

tg_value tg_raise(tg_thread *t, tg_error kind, const char *format, ...)
{
    char few[512];
    size_t n;
    va_list args;
    va_start(args, format);
    char *text = format_text(few, sizeof few, &n, format, args);
    va_end(args);
    if (text == NULL)
        return tg_raise_nomem(t);
    CORE(t)->host_raise_text(t, tg_error_class(t, kind), text);
    if (text != few)
        free(text);
    return TG_NULL;
}

tg_value tg_raise_value(tg_thread *t, tg_value cls, tg_value arg)
{
    return CORE(t)->host_raise_value(t, cls, arg);
}
tg_value tg_raise_os(tg_thread *t, int err, const char *filename)
{
    return CORE(t)->raise_os(t, err, filename);
}
tg_value tg_raise_nomem(tg_thread *t)
{
    return CORE(t)->raise_nomem(t);
}
tg_value tg_raise_exception(tg_thread *t, tg_value exc)
{
    CORE(t)->raise_object(t, exc, TG_NULL);
    return TG_NULL;
}
tg_value tg_error_class(tg_thread *t, tg_error kind)
{
    return CORE(t)->host_error_class((int)kind);
}
bool tg_error_set(tg_thread *t)
{
    return CORE(t)->raised(t);
}
bool tg_error_is(tg_thread *t, tg_error kind)
{
    return CORE(t)->host_raised_is(t, CORE(t)->host_error_class((int)kind));
}
void tg_error_clear(tg_thread *t)
{
    CORE(t)->error_clear(t);
}
tg_value tg_error_fetch(tg_thread *t)
{
    return CORE(t)->error_fetch(t);
}
void tg_error_restore(tg_thread *t, tg_value exc)
{
    CORE(t)->error_restore(t, exc);
}
tg_value tg_error_handled(tg_thread *t)
{
    return CORE(t)->host_handled(t);
}
tg_value tg_error_format(tg_thread *t, tg_value exc)
{
    return CORE(t)->exception_format(t, exc);
}
