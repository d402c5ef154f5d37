// SPDX-License-Identifier: MIT
//
// host.h - what the public interface needs of a core in a form of its own. Layer core/builtin.
// host.c.
#ifndef TGC_BUILTIN_HOST_H
#define TGC_BUILTIN_HOST_H

#include "core/object/object.h" // tg_value
#include <togil/object.h>       // tg_kind, tg_error

// Values of the runtime that modules read and set.
enum { TGC_HOST_MODULES, TGC_HOST_PATH, TGC_HOST_EXCEPTHOOK };
// tg_weak_kind.
enum { TGC_HOST_WEAK_REF, TGC_HOST_WEAK_PROXY, TGC_HOST_WEAK_CALLABLE };

#define tgc_host_counts TG_CORE_SYM(tgc_host_counts)
void tgc_host_counts(tg_thread *t, uint64_t out[6]);
#define tgc_host_retain TG_CORE_SYM(tgc_host_retain)
tg_value tgc_host_retain(tg_thread *t, tg_value v);
#define tgc_host_release TG_CORE_SYM(tgc_host_release)
void tgc_host_release(tg_thread *t, tg_value v);
#define tgc_host_kind TG_CORE_SYM(tgc_host_kind)
int tgc_host_kind(tg_value v);
#define tgc_host_type_name TG_CORE_SYM(tgc_host_type_name)
const char *tgc_host_type_name(tg_value v);
#define tgc_host_int_from_words TG_CORE_SYM(tgc_host_int_from_words)
tg_value tgc_host_int_from_words(tg_thread *t, const uint32_t *words, size_t n);
#define tgc_host_int_words TG_CORE_SYM(tgc_host_int_words)
uint32_t *tgc_host_int_words(tg_thread *t, tg_value v, size_t *n);
#define tgc_host_int_bits TG_CORE_SYM(tgc_host_int_bits)
size_t tgc_host_int_bits(tg_thread *t, tg_value v);
#define tgc_host_as_int64 TG_CORE_SYM(tgc_host_as_int64)
int tgc_host_as_int64(tg_thread *t, tg_value v, int64_t *out);
#define tgc_host_as_utf8 TG_CORE_SYM(tgc_host_as_utf8)
const char *tgc_host_as_utf8(tg_thread *t, tg_value v, size_t *n);
#define tgc_host_as_bytes TG_CORE_SYM(tgc_host_as_bytes)
const void *tgc_host_as_bytes(tg_thread *t, tg_value v, size_t *n);
#define tgc_host_less TG_CORE_SYM(tgc_host_less)
int tgc_host_less(tg_thread *t, tg_value a, tg_value b);
#define tgc_host_binary TG_CORE_SYM(tgc_host_binary)
tg_value tgc_host_binary(tg_thread *t, char op, tg_value a, tg_value b);
#define tgc_host_callable TG_CORE_SYM(tgc_host_callable)
bool tgc_host_callable(tg_value v);
#define tgc_host_getattr_opt TG_CORE_SYM(tgc_host_getattr_opt)
int tgc_host_getattr_opt(tg_thread *t, tg_value v, const char *name, tg_value *out);
#define tgc_host_setattr TG_CORE_SYM(tgc_host_setattr)
int tgc_host_setattr(tg_thread *t, tg_value v, const char *name, tg_value x);
#define tgc_host_list_size TG_CORE_SYM(tgc_host_list_size)
size_t tgc_host_list_size(tg_value list);
#define tgc_host_list_get TG_CORE_SYM(tgc_host_list_get)
tg_value tgc_host_list_get(tg_thread *t, tg_value list, size_t i);
#define tgc_host_tuple_size TG_CORE_SYM(tgc_host_tuple_size)
size_t tgc_host_tuple_size(tg_value tuple);
#define tgc_host_tuple_get TG_CORE_SYM(tgc_host_tuple_get)
tg_value tgc_host_tuple_get(tg_thread *t, tg_value tuple, size_t i);
#define tgc_host_dict_get_c TG_CORE_SYM(tgc_host_dict_get_c)
int tgc_host_dict_get_c(tg_thread *t, tg_value dict, const char *key, tg_value *out);
#define tgc_host_error_class TG_CORE_SYM(tgc_host_error_class)
tg_value tgc_host_error_class(int kind);
#define tgc_host_raise_text TG_CORE_SYM(tgc_host_raise_text)
tg_value tgc_host_raise_text(tg_thread *t, tg_value cls, const char *text);
#define tgc_host_raise_value TG_CORE_SYM(tgc_host_raise_value)
tg_value tgc_host_raise_value(tg_thread *t, tg_value cls, tg_value arg);
#define tgc_host_raised_is TG_CORE_SYM(tgc_host_raised_is)
bool tgc_host_raised_is(tg_thread *t, tg_value cls);
#define tgc_host_report_exception TG_CORE_SYM(tgc_host_report_exception)
int tgc_host_report_exception(tg_thread *t, tg_value exc);
#define tgc_host_function TG_CORE_SYM(tgc_host_function)
tg_value tgc_host_function(tg_thread *t, const void *def, const char *module);
#define tgc_host_module_add TG_CORE_SYM(tgc_host_module_add)
int tgc_host_module_add(tg_thread *t, tg_value module, const char *name, tg_value v);
#define tgc_host_thread_dict TG_CORE_SYM(tgc_host_thread_dict)
tg_value tgc_host_thread_dict(tg_thread *t);
#define tgc_host_import TG_CORE_SYM(tgc_host_import)
tg_value tgc_host_import(tg_thread *t, const char *name);
#define tgc_host_run TG_CORE_SYM(tgc_host_run)
tg_value tgc_host_run(tg_thread *t, const char *source, size_t n, const char *filename,
                      const char *module);
#define tgc_host_run_file TG_CORE_SYM(tgc_host_run_file)
tg_value tgc_host_run_file(tg_thread *t, const char *path);
#define tgc_host_eval TG_CORE_SYM(tgc_host_eval)
tg_value tgc_host_eval(tg_thread *t, const char *expression, tg_value module);
#define tgc_host_disassemble TG_CORE_SYM(tgc_host_disassemble)
tg_value tgc_host_disassemble(tg_thread *t, const char *source, size_t n, const char *filename);
#define tgc_host_runtime_value TG_CORE_SYM(tgc_host_runtime_value)
tg_value tgc_host_runtime_value(tg_thread *t, int which);
#define tgc_host_set_runtime_value TG_CORE_SYM(tgc_host_set_runtime_value)
int tgc_host_set_runtime_value(tg_thread *t, int which, tg_value v);
#define tgc_host_depth_limit TG_CORE_SYM(tgc_host_depth_limit)
int64_t tgc_host_depth_limit(tg_thread *t, int64_t set);
#define tgc_host_handled TG_CORE_SYM(tgc_host_handled)
tg_value tgc_host_handled(tg_thread *t);
#define tgc_host_intern TG_CORE_SYM(tgc_host_intern)
tg_value tgc_host_intern(tg_thread *t, tg_value s);
#define tgc_host_sizeof TG_CORE_SYM(tgc_host_sizeof)
int64_t tgc_host_sizeof(tg_thread *t, tg_value v);
// host_weak.c
#define tgc_host_weak_new TG_CORE_SYM(tgc_host_weak_new)
tg_value tgc_host_weak_new(tg_thread *t, int kind, tg_value v, tg_value callback);
#define tgc_host_weak_get TG_CORE_SYM(tgc_host_weak_get)
int tgc_host_weak_get(tg_thread *t, tg_value ref, tg_value *out);
#define tgc_host_weak_count TG_CORE_SYM(tgc_host_weak_count)
int64_t tgc_host_weak_count(tg_thread *t, tg_value v);
#define tgc_host_weak_remove_dead TG_CORE_SYM(tgc_host_weak_remove_dead)
int tgc_host_weak_remove_dead(tg_thread *t, tg_value dict, tg_value key);
#define tgc_host_weak_type TG_CORE_SYM(tgc_host_weak_type)
tg_value tgc_host_weak_type(tg_thread *t, int kind);

#endif
