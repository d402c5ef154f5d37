// SPDX-License-Identifier: MIT
//
// weakref_proxy.c - proxies: objects that pass every operation on to their target while it lives.
//
// Threads     any attached thread. Each operation holds the target while it runs.
#include "core/object/weakref.h"

#include "core/object/error.h" // errors
#include "core/object/str.h"   // repr

// The target, or v itself if it is no proxy. A new reference; TGC_NULL: ReferenceError.
static tg_value target_of(tg_thread *t, tg_value v)
{
    if (!tgc_is_exact(v, &tgc_weakproxy_type) && !tgc_is_exact(v, &tgc_weakcallproxy_type))
        return tgc_retain(t, v);
    tg_value o = tgc_weak_get(t, (tgc_weakref *)(void *)tgc_ptr(v));
    return o != TGC_NONE ? o
                         : tgc_raise(t, &TGC_EXC(ReferenceError),
                                     "weakly-referenced object no longer exists");
}

static tg_value proxy_repr(tg_thread *t, tg_value v)
{
    tg_value o = tgc_weak_get(t, (tgc_weakref *)(void *)tgc_ptr(v));
    if (o == TGC_NONE)
        return tgc_str_format(t, "<weakproxy at %p to NoneType at %p>", (void *)tgc_ptr(v),
                              (void *)&tgc_none_type);
    tg_value r = tgc_str_format(t, "<weakproxy at %p to %s at %p>", (void *)tgc_ptr(v),
                                tgc_type_name(o), (void *)tgc_ptr(o));
    tgc_release(t, o);
    return r;
}

static tg_value proxy_str(tg_thread *t, tg_value v)
{
    tg_value o = target_of(t, v);
    tg_value r = o != TGC_NULL ? tgc_to_str(t, o) : TGC_NULL;
    tgc_release(t, o);
    return r;
}

static int proxy_hash(tg_thread *t, tg_value v, uint64_t *out)
{
    (void)out;
    return tgc_raise_int(t, &TGC_EXC(TypeError), "unhashable type: 'weakref.%s'", tgc_type_name(v));
}

static int proxy_truth(tg_thread *t, tg_value v)
{
    tg_value o = target_of(t, v);
    int r = o != TGC_NULL ? tgc_truth(t, o) : -1;
    tgc_release(t, o);
    return r;
}

static int64_t proxy_length(tg_thread *t, tg_value v)
{
    tg_value o = target_of(t, v);
    int64_t r = o != TGC_NULL ? tgc_length(t, o) : -1;
    tgc_release(t, o);
    return r;
}

static tg_value proxy_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                           tg_value kwnames)
{
    tg_value o = target_of(t, f);
    tg_value r = o != TGC_NULL ? tgc_call(t, o, args, nargs, kwnames) : TGC_NULL;
    tgc_release(t, o);
    return r;
}

static tg_value proxy_getattr(tg_thread *t, tg_value v, tg_value name)
{
    tg_value o = target_of(t, v);
    tg_value r = o != TGC_NULL ? tgc_getattr(t, o, name) : TGC_NULL;
    tgc_release(t, o);
    return r;
}

static int proxy_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x)
{
    tg_value o = target_of(t, v);
    int r = o != TGC_NULL ? tgc_setattr(t, o, name, x) : -1;
    tgc_release(t, o);
    return r;
}

static tg_value two(tg_thread *t, tg_value a, tg_value b, int op,
                    tg_value (*fn)(tg_thread *t, int op, tg_value a, tg_value b))
{
    tg_value x = target_of(t, a);
    if (x == TGC_NULL)
        return TGC_NULL;
    tg_value y = target_of(t, b);
    tg_value r = y != TGC_NULL ? fn(t, op, x, y) : TGC_NULL;
    tgc_release(t, x);
    tgc_release(t, y);
    return r;
}

static tg_value do_binary(tg_thread *t, int op, tg_value a, tg_value b)
{
    return tgc_binary(t, (tgc_binop)op, a, b);
}

static tg_value do_inplace(tg_thread *t, int op, tg_value a, tg_value b)
{
    return tgc_inplace(t, (tgc_binop)op, a, b);
}

static tg_value do_compare(tg_thread *t, int op, tg_value a, tg_value b)
{
    return tgc_compare(t, (tgc_cmpop)op, a, b);
}

static tg_value proxy_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    return two(t, a, b, (int)op, do_binary);
}

static tg_value proxy_inplace(tg_thread *t, tgc_binop op, tg_value a, tg_value b)
{
    return two(t, a, b, (int)op, do_inplace);
}

static tg_value proxy_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b)
{
    return two(t, a, b, (int)op, do_compare);
}

static tg_value proxy_unary(tg_thread *t, tgc_unop op, tg_value a)
{
    tg_value o = target_of(t, a);
    tg_value r = o != TGC_NULL ? tgc_unary(t, op, o) : TGC_NULL;
    tgc_release(t, o);
    return r;
}

static tg_value proxy_getitem(tg_thread *t, tg_value v, tg_value key)
{
    tg_value o = target_of(t, v);
    tg_value r = o != TGC_NULL ? tgc_getitem(t, o, key) : TGC_NULL;
    tgc_release(t, o);
    return r;
}

static int proxy_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x)
{
    tg_value o = target_of(t, v);
    int r = o != TGC_NULL ? tgc_setitem(t, o, key, x) : -1;
    tgc_release(t, o);
    return r;
}

static int proxy_contains(tg_thread *t, tg_value v, tg_value x)
{
    tg_value o = target_of(t, v);
    int r = o != TGC_NULL ? tgc_contains(t, o, x) : -1;
    tgc_release(t, o);
    return r;
}

static tg_value proxy_iter(tg_thread *t, tg_value v)
{
    tg_value o = target_of(t, v);
    tg_value r = o != TGC_NULL ? tgc_iter(t, o) : TGC_NULL;
    tgc_release(t, o);
    return r;
}

static tg_value proxy_next(tg_thread *t, tg_value v)
{
    tg_value o = target_of(t, v), r = TGC_NULL;
    if (o != TGC_NULL && tgc_type_of(o)->next == NULL)
        tgc_raise(t, &TGC_EXC(TypeError), "Weakref proxy referenced a non-iterator '%s' object",
                  tgc_type_name(o));
    else if (o != TGC_NULL)
        r = tgc_next(t, o);
    tgc_release(t, o);
    return r;
}

#define PROXY_TYPE(name_)                                                                     \
    .head = TGC_IMMORTAL_HEAD(&tgc_type_type), .base = &tgc_object_type, .module = "weakref", \
    .name = (name_), .size = sizeof(tgc_weakref), .flags = TGC_TF_WEAKREF | TGC_TF_TRACKED,   \
    .dealloc = tgc_weak_dealloc, .clear = tgc_weak_drop, .traverse = tgc_weak_traverse,       \
    .repr = proxy_repr, .str = proxy_str, .hash = proxy_hash, .truth = proxy_truth,           \
    .length = proxy_length, .getattr = proxy_getattr, .setattr = proxy_setattr,               \
    .binary = proxy_binary, .inplace = proxy_inplace, .unary = proxy_unary,                   \
    .compare = proxy_compare, .getitem = proxy_getitem, .setitem = proxy_setitem,             \
    .contains = proxy_contains, .iter = proxy_iter, .next = proxy_next

tgc_type tgc_weakproxy_type = {PROXY_TYPE("ProxyType")};
tgc_type tgc_weakcallproxy_type = {PROXY_TYPE("CallableProxyType"), .call = proxy_call};
