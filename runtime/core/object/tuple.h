// SPDX-License-Identifier: MIT
//
// tuple.h - tuples. Layer core/object. tuple.c.
//
// A tuple is one block: the head, then, in instances of subclasses, the attribute slots of the
// class, then the items. The items never change once another piece of code can see the tuple, so
// whoever has a reference to it may read them without a lock and count them without a try: they
// need not be published.
#ifndef TGC_OBJECT_TUPLE_H
#define TGC_OBJECT_TUPLE_H

#include "core/object/object.h" // tgc_obj

typedef struct tgc_tuple {
    tgc_obj head;
    uint32_t count;    // const after init
    uint16_t items_at; // bytes from the object to its first item; const after init
    uint16_t tracked;  // known to the collector; const after init
} tgc_tuple;

#define tgc_tuple_of(v) ((tgc_tuple *)tgc_ptr(v))
#define TGC_TUPLE_MAX   UINT32_MAX

static inline size_t tgc_tuple_size(tg_value v)
{
    return tgc_tuple_of(v)->count;
}
static inline tg_value *tgc_tuple_items(tg_value v) // borrowed; for reading
{
    tgc_tuple *tuple = tgc_tuple_of(v);
    return (tg_value *)(void *)((char *)tuple + tuple->items_at);
}
static inline tg_value tgc_tuple_peek(tg_value v, size_t i)
{
    return tgc_tuple_items(v)[i];
} // borrowed

#define tgc_tuple_empty TG_CORE_SYM(tgc_tuple_empty)
tg_value tgc_tuple_empty(void); // immortal
#define tgc_tuple_new TG_CORE_SYM(tgc_tuple_new)
tg_value tgc_tuple_new(tg_thread *t,
                       size_t n); // items Unbound until set; only its maker may have it until then
static inline void tgc_tuple_init_item(tg_value tuple, size_t i, tg_value v) // steals v
{
    tgc_tuple_items(tuple)[i] = v;
}
#define tgc_tuple_new_typed TG_CORE_SYM(tgc_tuple_new_typed)
tg_value tgc_tuple_new_typed(tg_thread *t, tgc_type *type, size_t n); // type: tuple or a subclass
#define tgc_tuple_from_array TG_CORE_SYM(tgc_tuple_from_array)
tg_value tgc_tuple_from_array(tg_thread *t, const tg_value *items, size_t n);
#define tgc_tuple_from_steal TG_CORE_SYM(tgc_tuple_from_steal)
tg_value tgc_tuple_from_steal(tg_thread *t, tg_value *items,
                              size_t n); // takes the references, also on failure
#define tgc_tuple_pack2_steal TG_CORE_SYM(tgc_tuple_pack2_steal)
tg_value tgc_tuple_pack2_steal(tg_thread *t, tg_value a, tg_value b); // as from_steal
// As from_steal, for an iterator that gives out tuples: `spare` is the one it gave last, with a
// reference of its own, or TGC_NULL. If nobody else kept that one, it is filled again.
#define tgc_tuple_reuse_steal TG_CORE_SYM(tgc_tuple_reuse_steal)
tg_value tgc_tuple_reuse_steal(tg_thread *t, _Atomic(tg_value) *spare, tg_value *items, size_t n);
#define tgc_tuple_slice TG_CORE_SYM(tgc_tuple_slice)
tg_value tgc_tuple_slice(tg_thread *t, tg_value tuple, size_t lo, size_t hi); // clamped

// The item at an index counted from the end if negative; false if out of range or v is not exactly
// a tuple.
static inline bool tgc_tuple_get_fast(tg_thread *t, tg_value v, int64_t index, tg_value *out)
{
    if (TGI_UNLIKELY(!tgc_is_exact(v, &tgc_tuple_type)))
        return false;
    if (index < 0)
        index += (int64_t)tgc_tuple_size(v);
    if (TGI_UNLIKELY((size_t)index >= tgc_tuple_size(v)))
        return false;
    *out = tgc_retain(t, tgc_tuple_peek(v, (size_t)index));
    return true;
}

#endif
