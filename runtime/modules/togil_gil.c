// SPDX-License-Identifier: MIT
//
// togil_gil.c - the object togil.gil: the switch of the GIL for scripts.
//
// The GIL is asked for by transient requests, which count: `with togil.gil:` holds one, enable()
// makes one and disable() gives one back. make_permanent() turns the request of an enable() into
// one for good. Where the GIL is on for good, `with` has nothing to do and does nothing. `policy`
// says how threads share it, in any mode; its settings are slice_us (fair), check_interval (ticks)
// and sys.setswitchinterval (timed, fair). status() tells all that and who asked.
//
// Threads     every function may be called by any thread; requests and their ends may come from
//             different threads. How often the block of a `with` owes a disable() is kept per
//             thread, in its own dict.
#include "modules/togil_module.h" // tgi_add_togil_gil

#include <limits.h> // INT_MAX

#include "modules/support.h" // natives

static tg_value switched(tg_thread *t, tg_status st)
{
    switch (st) {
    case TG_OK:
        return TG_NONE;
    case TG_ERR_UNSUPPORTED:
        return tg_raise(t, TG_RuntimeError, "the GIL cannot be switched in mode '%s'",
                        tg_runtime_mode(tg_thread_runtime(t))->name);
    case TG_ERR_STATE:
        return tg_raise(t, TG_RuntimeError, "no request to enable the GIL is open");
    case TG_ERR_LIMIT:
        return tg_raise(t, TG_RuntimeError, "too many requests to enable the GIL");
    default:
        return tgi_raise_host(t, st);
    }
}

TGI_NATIVE(gil_enable)
{
    return switched(t, tg_gil_enable(t));
}

TGI_NATIVE(gil_disable)
{
    return switched(t, tg_gil_disable(t));
}

TGI_NATIVE(gil_make_permanent)
{
    return switched(t, tg_gil_make_permanent(t));
}

// --- status()

enum { MANY_REQUESTS = 64 };

// A name may have been cut inside a character.
static tg_value name_str(tg_thread *t, char *who)
{
    tg_value name = tg_str_c(t, who);
    if (name != TG_NULL)
        return name;
    tg_error_clear(t);
    for (char *c = who; *c != 0; c++)
        *c = (unsigned char)*c < 0x80 ? *c : '?';
    return tg_str_c(t, who);
}

// [(who, count), ...]; *total is the sum of the counts.
static tg_value who_list(tg_thread *t, int64_t *total)
{
    tg_gil_request open[MANY_REQUESTS];
    size_t n = tg_gil_who(t, open, MANY_REQUESTS);
    tg_value list = tg_list(t, NULL, 0);
    *total = 0;
    for (size_t i = 0; i < n && i < MANY_REQUESTS && list != TG_NULL; i++) {
        tg_value pair = TG_NULL;
        tg_value items[2] = {name_str(t, open[i].who), tg_int(t, open[i].count)};
        if (items[0] != TG_NULL)
            pair = tg_tuple(t, items, 2);
        tg_release(t, items[0]);
        *total += open[i].count;
        if (pair == TG_NULL || tg_list_append(t, list, pair) < 0) {
            tg_release(t, list);
            list = TG_NULL;
        }
        tg_release(t, pair);
    }
    return list;
}

TGI_NATIVE(gil_status)
{
    int n = tg_gil_count(t);
    int64_t total;
    tg_value who = who_list(t, &total);
    const struct {
        const char *name;
        tg_value value; // taken
    } items[] = {
        {"enabled", tg_bool(n != 0)},
        {"count", tg_int(t, total)},
        {"permanent", tg_bool(n == INT_MAX)},
        {"policy", tg_str_c(t, tg_gil_policy(t))},
        {"who", who},
    };
    tg_value dict = tg_dict(t);
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        if (dict != TG_NULL && (items[i].value == TG_NULL ||
                                tg_dict_set_c(t, dict, items[i].name, items[i].value) < 0)) {
            tg_release(t, dict);
            dict = TG_NULL;
        }
        tg_release(t, items[i].value);
    }
    return dict;
}

TGI_NATIVE(gil_requests)
{
    int n = tg_gil_count(t);
    return tg_int(t, n == INT_MAX ? 0 : n);
}

// --- with togil.gil

static const char owed_key[] = "togil.gil";

// Changes how many blocks of this thread owe a disable(). 0 or -1.
static int owe(tg_thread *t, int64_t change, int64_t *before)
{
    tg_value dict = tg_thread_dict(t), v;
    int found = dict == TG_NULL ? -1 : tg_dict_get_c(t, dict, owed_key, &v);
    *before = 0;
    if (found > 0) {
        found = tg_as_int64(t, v, before);
        tg_release(t, v);
    }
    if (found >= 0 && *before + change >= 0)
        found = tg_dict_set_c(t, dict, owed_key, tg_int(t, *before + change));
    tg_release(t, dict);
    return found < 0 ? -1 : 0;
}

TGI_NATIVE(gil_enter)
{
    int64_t before;
    const tg_mode *mode = tg_runtime_mode(tg_thread_runtime(t));
    if (!mode->switchable || tg_gil_count(t) == INT_MAX)
        return tg_retain(t, args[0]);
    tg_status st = tg_gil_enable(t);
    if (st != TG_OK)
        return switched(t, st);
    if (owe(t, 1, &before) < 0) {
        (void)tg_gil_disable(t);
        return TG_NULL;
    }
    return tg_retain(t, args[0]);
}

TGI_NATIVE(gil_exit)
{
    int64_t before;
    if (owe(t, -1, &before) < 0)
        return TG_NULL;
    return before == 0 ? TG_NONE : switched(t, tg_gil_disable(t));
}

// togil.gil() is togil.gil, so that both forms of `with` read well.
static tg_value gil_call(tg_thread *t, tg_value self, void *data, const tg_value *args,
                         size_t nargs, tg_value kwnames)
{
    (void)data, (void)args, (void)kwnames;
    if (nargs > 0)
        return tg_raise(t, TG_TypeError, "gil() takes no arguments (%zu given)", nargs);
    return tg_retain(t, self);
}

static tg_value gil_repr(tg_thread *t, tg_value self, void *data)
{
    int n = tg_gil_count(t);
    (void)self, (void)data;
    return tg_str_format(t, "<togil.gil %s>", n == 0 ? "off" : n == INT_MAX ? "permanent" : "on");
}

static tg_value gil_get_enabled(tg_thread *t, tg_value self)
{
    (void)self;
    return tg_bool(tg_gil_enabled(t));
}

static tg_value gil_get_switchable(tg_thread *t, tg_value self)
{
    (void)self;
    return tg_bool(tg_runtime_mode(tg_thread_runtime(t))->switchable);
}

// --- how threads share it

static tg_value gil_get_policy(tg_thread *t, tg_value self)
{
    (void)self;
    return tg_str_c(t, tg_gil_policy(t));
}

static int gil_set_policy(tg_thread *t, tg_value self, tg_value v)
{
    (void)self;
    if (v == TG_NULL) {
        tg_raise(t, TG_AttributeError, "the GIL's policy cannot be deleted");
        return -1;
    }
    const char *name = tg_as_utf8(t, v, NULL);
    if (name == NULL)
        return -1;
    if (tg_gil_set_policy(t, name) == TG_OK)
        return 0;
    tg_raise(t, TG_ValueError, "unknown policy '%s' (known: timed, fair, ticks)", name);
    return -1;
}

static tg_value gil_get_policies(tg_thread *t, tg_value self)
{
    tg_value names[8], tuple = TG_NULL;
    size_t n = 0;
    (void)self;
    while (n < 8 && tg_gil_policy_at(n) != NULL) {
        names[n] = tg_str_c(t, tg_gil_policy_at(n));
        if (names[n] == TG_NULL)
            break;
        n++;
    }
    if (n == 8 || tg_gil_policy_at(n) == NULL)
        tuple = tg_tuple(t, names, n);
    while (n > 0)
        tg_release(t, names[--n]);
    return tuple;
}

// An integer setting: v TG_NULL deletes, which is refused, as is anything below `least`.
static int whole_number(tg_thread *t, tg_value v, const char *name, int64_t least, int64_t *out)
{
    if (v == TG_NULL) {
        tg_raise(t, TG_AttributeError, "%s cannot be deleted", name);
        return -1;
    }
    if (tg_as_int64(t, v, out) < 0)
        return -1;
    if (*out >= least && *out <= INT_MAX)
        return 0;
    tg_raise(t, TG_ValueError, "%s must be at least %d and at most %d", name, (int)least, INT_MAX);
    return -1;
}

static tg_value gil_get_slice(tg_thread *t, tg_value self)
{
    (void)self;
    return tg_int(t, tg_gil_slice_us(t));
}

static int gil_set_slice(tg_thread *t, tg_value self, tg_value v)
{
    int64_t us;
    (void)self;
    if (whole_number(t, v, "slice_us", 0, &us) < 0)
        return -1;
    tg_gil_set_slice_us(t, us);
    return 0;
}

static tg_value gil_get_check_interval(tg_thread *t, tg_value self)
{
    (void)self;
    return tg_int(t, tg_gil_check_interval(t));
}

static int gil_set_check_interval(tg_thread *t, tg_value self, tg_value v)
{
    int64_t polls;
    (void)self;
    if (whole_number(t, v, "check_interval", 1, &polls) < 0)
        return -1;
    tg_gil_set_check_interval(t, (int)polls);
    return 0;
}

static const tg_function_def gil_methods[] = {
    TGI_FN("enable", gil_enable, 0, 0),
    TGI_FN("disable", gil_disable, 0, 0),
    TGI_FN("make_permanent", gil_make_permanent, 0, 0),
    TGI_FN("status", gil_status, 0, 0),
    TGI_FN("requests", gil_requests, 0, 0),
    TGI_FN("__enter__", gil_enter, 0, 0),
    TGI_FN("__exit__", gil_exit, 3, 3),
    TGI_FN_END,
};

static const tg_attribute_def gil_attributes[] = {
    {"enabled", gil_get_enabled, NULL},
    {"switchable", gil_get_switchable, NULL},
    {"policy", gil_get_policy, gil_set_policy},
    {"policies", gil_get_policies, NULL},
    {"slice_us", gil_get_slice, gil_set_slice},
    {"check_interval", gil_get_check_interval, gil_set_check_interval},
    {NULL, NULL, NULL},
};

static int gil_init(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                    tg_value kwnames)
{
    (void)self, (void)data, (void)args, (void)nargs, (void)kwnames;
    tg_raise(t, TG_TypeError, "there is one GIL: togil.gil");
    return -1;
}

static const tg_class_def gil_class = {
    .name = "gil",
    .module = "togil",
    .methods = gil_methods,
    .attributes = gil_attributes,
    .init = gil_init,
    .repr = gil_repr,
    .call = gil_call,
};

int tgi_add_togil_gil(tg_thread *t, tg_value module)
{
    tg_value cls = tg_class(t, &gil_class);
    tg_value gil = cls == TG_NULL ? TG_NULL : tg_instance(t, cls, NULL);
    tg_release(t, cls);
    return tg_module_add(t, module, "gil", gil);
}
