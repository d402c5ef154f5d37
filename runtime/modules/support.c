// SPDX-License-Identifier: MIT
//
// support.c - what several modules written in C share.
#include "modules/support.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

int64_t tgi_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * TGI_NS_PER_S + now.tv_nsec;
}

int tgi_seconds(tg_thread *t, tg_value v, int64_t *ns)
{
    if (tg_kind_of(t, v) == TG_KIND_FLOAT) {
        double d;
        if (tg_as_double(t, v, &d) < 0)
            return -1;
        if (isnan(d)) {
            tg_raise(t, TG_ValueError, "Invalid value NaN (not a number)");
            return -1;
        }
        d *= 1e9;
        d = d < 0 ? floor(d) : ceil(d);
        if (d > -9.2233720368547e18 && d < 9.2233720368547e18) {
            *ns = (int64_t)d;
            return 0;
        }
    } else {
        int64_t s;
        if (tg_as_int64(t, v, &s) == 0) {
            if (!__builtin_mul_overflow(s, TGI_NS_PER_S, ns))
                return 0;
        } else if (!tg_error_is(t, TG_OverflowError)) {
            return -1;
        } else {
            tg_error_clear(t);
        }
    }
    tg_raise(t, TG_OverflowError, "timestamp out of range for platform time_t");
    return -1;
}

tg_value tgi_raise_host(tg_thread *t, tg_status st)
{
    switch (st) {
    case TG_ERR_NOMEM:
        return tg_raise_nomem(t);
    case TG_ERR_OS:
        return tg_raise_os(t, errno, NULL);
    case TG_ERR_RAISED:
        return TG_NULL;
    case TG_ERR_LIMIT:
        return tg_raise(t, TG_RuntimeError, "a limit of the runtime is reached");
    case TG_ERR_STATE:
        return tg_raise(t, TG_RuntimeError, "not possible in the present state");
    case TG_ERR_UNSUPPORTED:
        return tg_raise(t, TG_RuntimeError, "not possible in this mode");
    default:
        return tg_raise(t, TG_SystemError, "unexpected status %d", (int)st);
    }
}

int tgi_raise_host_int(tg_thread *t, tg_status st)
{
    tgi_raise_host(t, st);
    return -1;
}

tg_value tgi_raise_taken(tg_thread *t, tg_value exc)
{
    if (exc != TG_NULL) {
        tg_raise_exception(t, exc);
        tg_release(t, exc);
    }
    return TG_NULL;
}

// Writes and releases it.
static void write_str(tg_thread *t, tg_value s)
{
    size_t n;
    const char *text = s == TG_NULL ? NULL : tg_as_utf8(t, s, &n);
    if (text == NULL || tg_write(t, 2, text, n) < 0)
        tg_error_clear(t); // nobody is left to tell
    tg_release(t, s);
}

void tgi_report_ignored(tg_thread *t, const char *what, tg_value subject)
{
    tg_value exc = tg_error_fetch(t);
    tg_value name = subject == TG_NULL ? TG_NULL : tg_repr(t, subject);
    if (subject != TG_NULL && name == TG_NULL)
        tg_error_clear(t);
    const char *text = name == TG_NULL ? "" : tg_as_utf8(t, name, NULL);
    write_str(t, tg_str_format(t, "%s%s\n", what, text != NULL ? text : "?"));
    write_str(t, tg_error_format(t, exc));
    tg_error_clear(t);
    tg_release(t, name);
    tg_release(t, exc);
}

int tgi_add_int(tg_thread *t, tg_value module, const char *name, int64_t i)
{
    return tg_module_add(t, module, name, tg_int(t, i));
}

int tgi_add_ints(tg_thread *t, tg_value module, const char *const *names, const int64_t *values,
                 size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (tgi_add_int(t, module, names[i], values[i]) < 0)
            return -1;
    }
    return 0;
}

int tgi_add_str(tg_thread *t, tg_value module, const char *name, const char *text)
{
    return tg_module_add(t, module, name, tg_str_c(t, text));
}

int tgi_add_float(tg_thread *t, tg_value module, const char *name, double d)
{
    return tg_module_add(t, module, name, tg_float(t, d));
}

tg_value tgi_builtin(tg_thread *t, const char *name)
{
    tg_value builtins = tg_import(t, "builtins");
    if (builtins == TG_NULL)
        return TG_NULL;
    tg_value v = tg_getattr(t, builtins, name);
    tg_release(t, builtins);
    return v;
}

tg_value tgi_subclass(tg_thread *t, const char *name, const char *module, tg_value base)
{
    tg_value args[3] = {tg_str_c(t, name), tg_tuple(t, &base, 1), tg_dict(t)};
    tg_value text = tg_str_c(t, module), cls = TG_NULL, type = TG_NULL;
    if (args[0] != TG_NULL && args[1] != TG_NULL && args[2] != TG_NULL && text != TG_NULL &&
        tg_dict_set_c(t, args[2], "__module__", text) == 0)
        type = tg_getattr(t, base, "__class__");
    if (type != TG_NULL)
        cls = tg_call(t, type, args, 3);
    tg_release(t, type);
    tg_release(t, text);
    for (size_t i = 0; i < 3; i++)
        tg_release(t, args[i]);
    return cls;
}

// --- records

static const char record_source[] =
    "def _field(place):\n"
    "    def fget(self):\n"
    "        return self[place]\n"
    "    return property(fget)\n"
    "\n"
    "\n"
    "def make_class(name, fields):\n"
    "    fields = fields.split()\n"
    "\n"
    "    def __new__(cls, values):\n"
    "        values = tuple(values)\n"
    "        if len(values) != len(fields):\n"
    "            raise TypeError('%s() takes an at least %d-sequence (%d-sequence given)' % (\n"
    "                name, len(fields), len(values)))\n"
    "        return tuple.__new__(cls, values)\n"
    "\n"
    "    def __repr__(self):\n"
    "        parts = ['%s=%r' % pair for pair in zip(fields, self)]\n"
    "        return '%s(%s)' % (name, ', '.join(parts))\n"
    "\n"
    "    module, _, short = name.rpartition('.')\n"
    "    namespace = {'__new__': __new__, '__repr__': __repr__, '__module__': module,\n"
    "                 'n_fields': len(fields), 'n_sequence_fields': len(fields)}\n"
    "    for place in range(len(fields)):\n"
    "        namespace[fields[place]] = _field(place)\n"
    "    return type(short, (tuple,), namespace)\n";

tg_value tgi_record_class(tg_thread *t, const char *name, const char *fields)
{
    tg_value cls = TG_NULL;
    tg_value args[2] = {tg_str_c(t, name), tg_str_c(t, fields)};
    tg_value module = tg_import(t, "_record");
    if (module == TG_NULL && tg_error_is(t, TG_ModuleNotFoundError)) {
        tg_error_clear(t);
        module =
            tg_run(t, record_source, sizeof record_source - 1, "<togil>/_record.py", "_record");
    }
    if (module != TG_NULL && args[0] != TG_NULL && args[1] != TG_NULL)
        cls = tg_call_method(t, module, "make_class", args, 2);
    tg_release(t, module);
    tg_release(t, args[0]);
    tg_release(t, args[1]);
    return cls;
}

tg_value tgi_record(tg_thread *t, tg_value cls, tg_value *values, size_t n)
{
    tg_value record = TG_NULL;
    bool complete = cls != TG_NULL;
    for (size_t i = 0; i < n; i++)
        complete = complete && values[i] != TG_NULL;
    if (complete) {
        tg_value tuple = tg_tuple(t, values, n);
        if (tuple != TG_NULL)
            record = tg_call(t, cls, &tuple, 1);
        tg_release(t, tuple);
    }
    for (size_t i = 0; i < n; i++)
        tg_release(t, values[i]);
    return record;
}

int tgi_add_record(tg_thread *t, tg_value module, const char *attribute, const char *name,
                   const char *fields, tg_value *values, size_t n)
{
    tg_value cls = tgi_record_class(t, name, fields);
    tg_value record = tgi_record(t, cls, values, n);
    tg_release(t, cls);
    return record == TG_NULL ? -1 : tg_module_add(t, module, attribute, record);
}
