// SPDX-License-Identifier: MIT
//
// weakref.h - weak references: they lead to an object while it lives, and do not keep it alive.
//
// Scripts see the same objects as `weakref.ref` and `weakref.proxy`. Any attached thread may make,
// read and drop them. Getting the object of a weak reference is a race against its last release
// that has two outcomes only: a reference that keeps the object alive, or none because it is gone.
#ifndef TOGIL_WEAKREF_H
#define TOGIL_WEAKREF_H

#include <togil/object.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tg_weak_kind {
    TG_WEAK_REF,            // called, it returns the object or None
    TG_WEAK_PROXY,          // passes operations on to the object: one of the next two kinds
    TG_WEAK_CALLABLE_PROXY, // as a class: the proxies of callable objects
} tg_weak_kind;

// A weak reference to v; a new reference. callback (TG_NULL or None: none) is called with the weak
// reference after v is gone, by the thread that dropped the last reference, if the weak reference
// lives then; an exception in it is printed. Without a callback it may be one that exists already.
// TG_NULL with TypeError if objects of that type cannot be referenced weakly: numbers, str, bytes,
// tuple, list, dict, and classes with __slots__ that do not name __weakref__.
TG_API tg_value tg_weak_new(tg_thread *t, tg_value v, tg_value callback);
// The same as a proxy.
TG_API tg_value tg_weak_proxy(tg_thread *t, tg_value v, tg_value callback);
// 1 with the object in *out (a new reference), 0 if it is gone, -1 with TypeError if ref is none
// of the three kinds.
TG_API int tg_weak_get(tg_thread *t, tg_value ref, tg_value *out);
// How many weak references and proxies lead to v, and a list of them. Those to objects that belong
// to the process (builtin types and functions) are not listed.
TG_API int64_t tg_weak_count(tg_thread *t, tg_value v);
TG_API tg_value tg_weak_list(tg_thread *t, tg_value v);
// For tables of weak references: removes key from a dict if its value is a weak reference whose
// object is gone, in one step. 1 removed, 0 not there or something else, -1.
TG_API int tg_weak_remove_dead(tg_thread *t, tg_value dict, tg_value key);
// The class of a kind.
TG_API tg_value tg_weak_class(tg_thread *t, tg_weak_kind kind);

#ifdef __cplusplus
}
#endif

#endif
