// SPDX-License-Identifier: MIT
//
// host.c - the public interface's own forms of core operations.
//
// Threads     the attached thread that calls.
#include "core/builtin/host.h"

#include "bytecode/host.h"           // compiler
#include "core/vm/import.h"          // modules
#include "core/builtin/print.h"      // stderr
#include "core/builtin/start.h"      // counts
#include "core/builtin/census.h"     // sizes
#include "core/object/bytes.h"       // data
#include "core/object/bytes_array.h" // its lock
#include "core/object/class.h"       // lookup
#include "core/object/dict.h"        // dicts
#include "core/object/exception.h"   // errors
#include "core/object/int.h"         // numbers
#include "core/object/known.h"       // names
#include "core/object/list.h"        // lists
#include "core/object/str.h"         // text
#include "core/object/tuple.h"       // tuples
#include "mem/raw.h"                 // memory

#include <stdio.h>  // snprintf
#include <stdlib.h> // free

void tgc_host_counts(tg_thread *t, uint64_t out[6])
{
    tgc_counts c = {0, 0, 0, 0};
    tgc_counts_read(t, &c);
    out[0] = c.objects_made;
    out[1] = c.objects_freed;
    out[2] = c.bytes_made;
    out[3] = c.bytes_freed;
    tgc_policy_queues(t->runtime, &out[4], &out[5]);
}

tg_value tgc_host_retain(tg_thread *t, tg_value v)
{
    return tgc_retain(t, v);
}
void tgc_host_release(tg_thread *t, tg_value v)
{
    tgc_release(t, v);
}

int tgc_host_kind(tg_value v)
{
    if (v == TGC_NONE)
        return TG_KIND_NONE;
    if (tgc_is_bool(v))
        return TG_KIND_BOOL;
    if (tgc_is_integer(v))
        return TG_KIND_INT;
    if (tgc_is_float(v))
        return TG_KIND_FLOAT;
    static const struct {
        uint32_t flag;
        int kind;
    } kinds[] = {{TGC_TF_STR, TG_KIND_STR},   {TGC_TF_BYTES, TG_KIND_BYTES},
                 {TGC_TF_LIST, TG_KIND_LIST}, {TGC_TF_TUPLE, TG_KIND_TUPLE},
                 {TGC_TF_DICT, TG_KIND_DICT}, {TGC_TF_SET, TG_KIND_SET},
                 {TGC_TF_TYPE, TG_KIND_TYPE}, {TGC_TF_EXC, TG_KIND_EXCEPTION}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (tgc_has_flag(v, kinds[i].flag))
            return kinds[i].kind;
    }
    return TG_KIND_OTHER;
}

const char *tgc_host_type_name(tg_value v)
{
    return tgc_type_name(v);
}

size_t tgc_host_int_bits(tg_thread *t, tg_value v)
{
    if (tgc_is_int(v)) {
        uint64_t u = tgc_int(v) < 0 ? (uint64_t)-tgc_int(v) : (uint64_t)tgc_int(v);
        return u == 0 ? 0 : 64u - (size_t)__builtin_clzll(u);
    }
    tg_value r = tgc_call_method(t, v, "bit_length", NULL, 0);
    if (r == TGC_NULL) {
        tgc_error_clear(t);
        return 0;
    }
    return (size_t)tgc_int(r);
}

tg_value tgc_host_int_from_words(tg_thread *t, const uint32_t *words, size_t n)
{
    char *text = tgi_raw_alloc(n * 8 + 1);
    if (text == NULL)
        return tgc_raise_nomem(t);
    for (size_t i = 0; i < n; i++)
        snprintf(text + i * 8, 9, "%08x", words[n - 1 - i]);
    tg_value v = n == 0 ? tgc_from_int(0) : tgc_int_from_text(t, text, n * 8, 16);
    tgi_raw_free(text);
    return v;
}

uint32_t *tgc_host_int_words(tg_thread *t, tg_value v, size_t *n)
{
    if (!tgc_is_integer(v)) {
        tgc_raise(t, &TGC_EXC(TypeError), "expected int, not %s", tgc_type_name(v));
        return NULL;
    }
    size_t count = (tgc_host_int_bits(t, v) + 31) / 32;
    uint32_t *words = tgi_raw_alloc((count + 1) * sizeof *words);
    if (words == NULL) {
        tgc_raise_nomem(t);
        return NULL;
    }
    *n = tgc_int_words(v, words, count);
    return words;
}

int tgc_host_as_int64(tg_thread *t, tg_value v, int64_t *out)
{
    if (tgc_is_int(v)) {
        *out = tgc_int(v);
        return 0;
    }
    if (tgc_is_bigint(v) || tgc_is_bool(v))
        return tgc_int_as_i64(t, v, out);
    tg_value r = tgc_special_call(t, v, TGC_NAME(index), TGC_NULL, TGC_NULL);
    if (r == TGC_NOTIMPL)
        return tgc_raise_int(t, &TGC_EXC(TypeError),
                             "'%s' object cannot be interpreted as an integer", tgc_type_name(v));
    if (r == TGC_NULL)
        return -1;
    int st = tgc_int_as_i64(t, r, out);
    tgc_release(t, r);
    return st;
}

const char *tgc_host_as_utf8(tg_thread *t, tg_value v, size_t *n)
{
    size_t unused;
    if (!tgc_is_str(v)) {
        tgc_raise(t, &TGC_EXC(TypeError), "expected str, not %s", tgc_type_name(v));
        return NULL;
    }
    return tgc_str_utf8(t, v, n != NULL ? n : &unused);
}

const void *tgc_host_as_bytes(tg_thread *t, tg_value v, size_t *n)
{
    size_t unused;
    if (!tgc_is_bytes(v)) {
        tgc_raise(t, &TGC_EXC(TypeError), "a bytes-like object is required, not '%s'",
                  tgc_type_name(v));
        return NULL;
    }
    return tgc_bytes_data(v, n != NULL ? n : &unused);
}

int tgc_host_less(tg_thread *t, tg_value a, tg_value b)
{
    return tgc_compare_bool(t, TGC_LT, a, b);
}

tg_value tgc_host_binary(tg_thread *t, char op, tg_value a, tg_value b)
{
    static const char symbols[] = "+-*/i%p<>&|^@";
    const char *at = op == '\0' ? NULL : strchr(symbols, op);
    if (at == NULL)
        return tgc_raise(t, &TGC_EXC(ValueError), "unknown operator");
    return tgc_binary(t, (tgc_binop)(at - symbols), a, b);
}

bool tgc_host_callable(tg_value v)
{
    return tgc_type_of(v)->call != NULL;
}

int tgc_host_getattr_opt(tg_thread *t, tg_value v, const char *name, tg_value *out)
{
    tg_value key = tgc_str_intern(t, name, strlen(name));
    return key == TGC_NULL ? -1 : tgc_getattr_opt(t, v, key, out);
}

int tgc_host_setattr(tg_thread *t, tg_value v, const char *name, tg_value x)
{
    tg_value key = tgc_str_intern(t, name, strlen(name));
    return key == TGC_NULL ? -1 : tgc_setattr(t, v, key, x);
}

size_t tgc_host_list_size(tg_value list)
{
    return tgc_is_list(list) ? tgc_list_size(list) : 0;
}

tg_value tgc_host_list_get(tg_thread *t, tg_value list, size_t i)
{
    if (!tgc_is_list(list))
        return tgc_raise(t, &TGC_EXC(TypeError), "expected list, not %s", tgc_type_name(list));
    tg_value v = tgc_list_get(t, list, i);
    return v == TGC_NULL && !tgc_raised(t)
               ? tgc_raise(t, &TGC_EXC(IndexError), "list index out of range")
               : v;
}

size_t tgc_host_tuple_size(tg_value tuple)
{
    return tgc_is_tuple(tuple) ? tgc_tuple_size(tuple) : 0;
}

tg_value tgc_host_tuple_get(tg_thread *t, tg_value tuple, size_t i)
{
    if (!tgc_is_tuple(tuple))
        return tgc_raise(t, &TGC_EXC(TypeError), "expected tuple, not %s", tgc_type_name(tuple));
    if (i >= tgc_tuple_size(tuple))
        return tgc_raise(t, &TGC_EXC(IndexError), "tuple index out of range");
    return tgc_retain(t, tgc_tuple_peek(tuple, i));
}

int tgc_host_dict_get_c(tg_thread *t, tg_value dict, const char *key, tg_value *out)
{
    tg_value k = tgc_str_intern(t, key, strlen(key));
    return k == TGC_NULL ? -1 : tgc_dict_get(t, dict, k, out);
}

// --- errors

tg_value tgc_host_error_class(int kind)
{
    static tgc_type *const types[] = {
#define TG_ERROR(name) &TGC_EXC(name),
#include <togil/errors.def>
#undef TG_ERROR
    };
    return tgc_from_ptr(types[kind]);
}

tg_value tgc_host_raise_text(tg_thread *t, tg_value cls, const char *text)
{
    return tgc_raise(t, (tgc_type *)(void *)tgc_ptr(cls), "%s", text);
}

tg_value tgc_host_raise_value(tg_thread *t, tg_value cls, tg_value arg)
{
    if (!tgc_is_type(cls))
        return tgc_raise(t, &TGC_EXC(TypeError), "exceptions must derive from BaseException");
    tg_value exc = tgc_call(t, cls, &arg, arg != TGC_NULL, TGC_NULL);
    if (exc != TGC_NULL) {
        tgc_raise_object(t, exc, TGC_NULL);
        tgc_release(t, exc);
    }
    return TGC_NULL;
}

bool tgc_host_raised_is(tg_thread *t, tg_value cls)
{
    return tgc_raised_match(t, (tgc_type *)(void *)tgc_ptr(cls));
}

tg_value tgc_host_handled(tg_thread *t)
{
    tg_value v = tgc_handled_peek(t);
    return v == TGC_NULL ? TGC_NONE : tgc_retain(t, v);
}

static void print_error(tg_thread *t, tg_value exc)
{
    tg_value text = tgc_exception_format(t, exc);
    size_t n;
    const char *p = text != TGC_NULL ? tgc_str_utf8(t, text, &n) : NULL;
    tgc_stream_flush(t, 1);
    if (p != NULL)
        tgc_stream_write(t, 2, p, n);
    tgc_error_clear(t);
    tgc_stream_flush(t, 2);
    tgc_release(t, text);
}

void tgc_report_unraisable(tg_thread *t, tg_value subject)
{
    tg_value exc = tgc_error_fetch(t), text = tgc_repr(t, subject);
    size_t n = 0;
    const char *p = text != TGC_NULL ? tgc_str_utf8(t, text, &n) : NULL;
    static const char start[] = "Exception ignored in: ", unknown[] = "<object repr() failed>";
    tgc_error_clear(t);
    tgc_stream_flush(t, 1);
    tgc_stream_write(t, 2, start, sizeof start - 1);
    tgc_stream_write(t, 2, p != NULL ? p : unknown, p != NULL ? n : sizeof unknown - 1);
    tgc_stream_write(t, 2, "\n", 1);
    tgc_release(t, text);
    print_error(t, exc);
    tgc_release(t, exc);
}

// SystemExit: the code, or the message printed and 1.
static int exit_code(tg_thread *t, tg_value exc)
{
    tg_value code = tgc_getattr_cstr(t, exc, "code");
    int64_t n = 1;
    if (code == TGC_NULL) {
        tgc_error_clear(t);
    } else if (code == TGC_NONE) {
        n = 0;
    } else if (tgc_is_integer(code)) {
        if (tgc_int_as_i64(t, code, &n) < 0) {
            tgc_error_clear(t);
            n = -1;
        }
    } else {
        tg_value text = tgc_to_str(t, code);
        size_t length;
        const char *p = text != TGC_NULL ? tgc_str_utf8(t, text, &length) : NULL;
        tgc_stream_flush(t, 1);
        if (p != NULL) {
            tgc_stream_write(t, 2, p, length);
            tgc_stream_write(t, 2, "\n", 1);
        }
        tgc_error_clear(t);
        tgc_stream_flush(t, 2);
        tgc_release(t, text);
    }
    tgc_release(t, code);
    return (int)(n & 0xff);
}

int tgc_host_report_exception(tg_thread *t, tg_value exc)
{
    int code = 1;
    if (tgc_is_subtype(tgc_type_of(exc), &TGC_EXC(SystemExit))) {
        code = exit_code(t, exc);
    } else {
        tg_value hook = tgc_slot_load(t, &tgc_shared_of(t)->excepthook);
        if (hook != TGC_NONE) {
            tg_value tb = tgc_slot_load(t, &((tgc_exception *)(void *)tgc_ptr(exc))->traceback);
            tg_value args[3] = {tgc_from_ptr(tgc_type_of(exc)), exc, tb};
            tg_value r = tgc_call(t, hook, args, 3, TGC_NULL);
            tgc_release(t, tb);
            if (r == TGC_NULL) {
                tg_value second = tgc_error_fetch(t);
                static const char first_line[] = "Error in sys.excepthook:\n",
                                  last_line[] = "\nOriginal exception was:\n";
                tgc_stream_write(t, 2, first_line, sizeof first_line - 1);
                print_error(t, second);
                tgc_stream_write(t, 2, last_line, sizeof last_line - 1);
                print_error(t, exc);
                tgc_release(t, second);
            }
            tgc_release(t, r);
            tgc_release(t, hook);
        } else {
            print_error(t, exc);
        }
    }
    tgc_release(t, exc);
    return code;
}

// --- definitions and modules

tg_value tgc_host_function(tg_thread *t, const void *def, const char *module)
{
    tg_value name = module == NULL ? TGC_NONE : tgc_str_intern(t, module, strlen(module));
    return name == TGC_NULL ? TGC_NULL : tgc_builtin_new(t, def, NULL, name);
}

int tgc_host_module_add(tg_thread *t, tg_value module, const char *name, tg_value v)
{
    if (!tgc_is_exact(module, &tgc_module_type)) {
        tgc_release(t, v);
        return tgc_raise_int(t, &TGC_EXC(TypeError), "expected module, not %s",
                             tgc_type_name(module));
    }
    return tgc_module_set(t, (tgc_module *)(void *)tgc_ptr(module), name, v);
}

tg_value tgc_host_thread_dict(tg_thread *t)
{
    tgc_thread *ct = tgc_of(t);
    if (ct->locals == TGC_NULL) {
        tg_value dict = tgc_dict_new(t);
        if (dict == TGC_NULL)
            return TGC_NULL;
        ct->locals = dict;
    }
    return tgc_retain(t, ct->locals);
}

tg_value tgc_host_import(tg_thread *t, const char *name)
{
    tg_value s = tgc_str_intern(t, name, strlen(name));
    return s == TGC_NULL ? TGC_NULL : tgc_import(t, tgc_shared_of(t)->builtins, s, 0, true);
}

// The module of that name, made if there is none. New reference (modules are never counted).
static tg_value module_named(tg_thread *t, const char *name)
{
    tg_value key = tgc_str_intern(t, name, strlen(name)), m;
    tg_value modules = tgc_slot_load(t, &tgc_shared_of(t)->modules);
    int found = key == TGC_NULL ? -1 : tgc_dict_get(t, modules, key, &m);
    if (found == 0) {
        m = tgc_module_new(t, key);
        if (m == TGC_NULL ||
            tgc_module_set(t, (tgc_module *)(void *)tgc_ptr(m), "__name__", key) < 0 ||
            tgc_module_set(t, (tgc_module *)(void *)tgc_ptr(m), "__doc__", TGC_NONE) < 0 ||
            tgc_dict_set(t, modules, key, m) < 0)
            found = -1;
    }
    tgc_release(t, modules);
    return found < 0 ? TGC_NULL : m;
}

tg_value tgc_host_run(tg_thread *t, const char *source, size_t n, const char *filename,
                      const char *module)
{
    tg_value m = module_named(t, module != NULL ? module : "__main__");
    if (m == TGC_NULL)
        return TGC_NULL;
    tgc_module *mod = (tgc_module *)(void *)tgc_ptr(m);
    if (filename[0] != '<' && tgc_module_set(t, mod, "__file__", tgc_str_cstr(t, filename)) < 0)
        return TGC_NULL;
    tgc_code *code = tgc_load_source(t, mod, source, n, filename, TGI_HOST_MODULE);
    tg_value r = code != NULL ? tgc_run_code(t, code) : TGC_NULL;
    if (r == TGC_NULL)
        return TGC_NULL;
    tgc_release(t, r);
    return tgc_retain(t, m);
}

tg_value tgc_host_run_file(tg_thread *t, const char *path)
{
    size_t n;
    char *source = tgc_read_source(t, path, &n);
    if (source == NULL)
        return TGC_NULL;
    tg_value r = tgc_host_run(t, source, n, path, NULL);
    tgi_raw_free(source);
    return r;
}

tg_value tgc_host_eval(tg_thread *t, const char *expression, tg_value module)
{
    tg_value m = module == TGC_NULL ? module_named(t, "__main__") : module;
    if (m == TGC_NULL)
        return TGC_NULL;
    if (!tgc_is_exact(m, &tgc_module_type))
        return tgc_raise(t, &TGC_EXC(TypeError), "expected module, not %s", tgc_type_name(m));
    tgc_code *code = tgc_load_source(t, (tgc_module *)(void *)tgc_ptr(m), expression,
                                     strlen(expression), "<string>", TGI_HOST_EXPRESSION);
    return code != NULL ? tgc_run_code(t, code) : TGC_NULL;
}

tg_value tgc_host_disassemble(tg_thread *t, const char *source, size_t n, const char *filename)
{
    tg_value name = tgc_str_cstr(t, "__dis__"),
             m = name != TGC_NULL ? tgc_module_new(t, name) : TGC_NULL;
    tgc_release(t, name);
    tgc_code *code = m != TGC_NULL ? tgc_load_source(t, (tgc_module *)(void *)tgc_ptr(m), source, n,
                                                     filename, TGI_HOST_MODULE)
                                   : NULL;
    if (code == NULL)
        return TGC_NULL;
    char *text = tgi_unit_disassemble(code->unit);
    if (text == NULL)
        return tgc_raise_nomem(t);
    tg_value s = tgc_str_cstr(t, text);
    free(text);
    return s;
}

// --- settings

static tgc_slot *runtime_slot(tg_thread *t, int which)
{
    tgc_shared *shared = tgc_shared_of(t);
    return which == TGC_HOST_MODULES ? &shared->modules
           : which == TGC_HOST_PATH  ? &shared->path
                                     : &shared->excepthook;
}

tg_value tgc_host_runtime_value(tg_thread *t, int which)
{
    return tgc_slot_load(t, runtime_slot(t, which));
}

int tgc_host_set_runtime_value(tg_thread *t, int which, tg_value v)
{
    if ((which == TGC_HOST_MODULES && !tgc_is_dict(v)) ||
        (which == TGC_HOST_PATH && !tgc_is_list(v)))
        return tgc_raise_int(t, &TGC_EXC(TypeError), "wrong type");
    tgc_release(t, tgc_slot_exchange(t, runtime_slot(t, which), tgc_retain(t, v)));
    return 0;
}

int64_t tgc_host_depth_limit(tg_thread *t, int64_t set)
{
    if (set > 0) {
        tgc_of(t)->depth_limit = set > UINT32_MAX ? UINT32_MAX : (uint32_t)set;
        // ORDER: relaxed; a setting for threads to come.
        atom_store_relaxed(&tgc_shared_of(t)->depth_limit, tgc_of(t)->depth_limit);
    }
    return tgc_of(t)->depth_limit;
}

tg_value tgc_host_intern(tg_thread *t, tg_value s)
{
    return tgc_is_exact(s, &tgc_str_type)
               ? tgc_str_intern_value(t, s)
               : tgc_raise(t, &TGC_EXC(TypeError), "intern() argument must be str, not %s",
                           tgc_type_name(s));
}

int64_t tgc_host_sizeof(tg_thread *t, tg_value v)
{
    if (!tgc_is_ptr(v))
        return 8;
    tgc_obj *o = tgc_ptr(v);
    size_t beside = 0;
    if (tgc_is_bytearray(v)) {
        TGC_LOCKED(t, &((tgc_bytearray *)(void *)o)->lock) {
            beside = tgc_backing_bytes(o);
        }
    } else {
        beside = tgc_backing_bytes(o);
    }
    return (int64_t)(tgc_object_bytes(o) + beside);
}
