// SPDX-License-Identifier: MIT
//
// seq.h - what the sequence and iterator types share: stepping through any iterable, arrays of
// values, index and repetition arguments. Layer core/object. seq.c.
#ifndef TGC_OBJECT_SEQ_H
#define TGC_OBJECT_SEQ_H

#include "core/object/object.h" // tg_value
#include "core/object/str.h"    // keys

#define tgc_list_from_iterable TG_CORE_SYM(tgc_list_from_iterable)
tg_value tgc_list_from_iterable(tg_thread *t, tg_value iterable);
#define tgc_tuple_from_iterable TG_CORE_SYM(tgc_tuple_from_iterable)
tg_value tgc_tuple_from_iterable(tg_thread *t,
                                 tg_value iterable); // an exact tuple is returned itself

// --- stepping: exact lists, tuples and small ranges need no iterator object.
//     tgc_iterate it;
//     if (tgc_iterate_begin(t, &it, iterable) < 0) return -1;
//     while ((got = tgc_iterate_next(t, &it, &v)) > 0) { use v, release it }
//     tgc_iterate_end(t, &it);      // in any case; got < 0: raised
typedef struct tgc_iterate {
    tg_value source; // the container or the iterator; holds a reference
    enum { TGC_OVER_LIST, TGC_OVER_TUPLE, TGC_OVER_RANGE, TGC_OVER_ITERATOR } kind;
    size_t pos;
    int64_t at, step, left; // of a range
} tgc_iterate;

#define tgc_iterate_begin TG_CORE_SYM(tgc_iterate_begin)
int tgc_iterate_begin(tg_thread *t, tgc_iterate *it, tg_value iterable);
#define tgc_iterate_next TG_CORE_SYM(tgc_iterate_next)
int tgc_iterate_next(tg_thread *t, tgc_iterate *it, tg_value *out);
#define tgc_iterate_end TG_CORE_SYM(tgc_iterate_end)
void tgc_iterate_end(tg_thread *t, tgc_iterate *it);

// --- arrays of values with a reference each
// n values of an iterable in one block. NULL: raised. Free with tgc_values_free.
#define tgc_values_from_iterable TG_CORE_SYM(tgc_values_from_iterable)
tg_value *tgc_values_from_iterable(tg_thread *t, tg_value iterable, size_t *n);
#define tgc_values_release TG_CORE_SYM(tgc_values_release)
void tgc_values_release(tg_thread *t, const tg_value *values, size_t n);
#define tgc_values_free TG_CORE_SYM(tgc_values_free)
void tgc_values_free(tg_thread *t, tg_value *values, size_t n); // releases them and frees the block

// --- arguments
// key of seq[key] as an index: TypeError "<kind> indices must be integers or slices, not X";
// negative values are left negative. Saturates like __index__ in CPython: IndexError if it does not
// fit.
#define tgc_seq_index TG_CORE_SYM(tgc_seq_index)
int tgc_seq_index(tg_thread *t, tg_value key, const char *kind, int64_t *out);
// A bound of a slice or of index(x, start, stop): clamps what does not fit. TypeError if it is no
// integer.
#define tgc_seq_bound TG_CORE_SYM(tgc_seq_bound)
int tgc_seq_bound(tg_thread *t, tg_value v, int64_t *out);
// The count of sequence * count, negative as 0. 1, or 0 if v is no integer, -1 raised.
#define tgc_seq_times TG_CORE_SYM(tgc_seq_times)
int tgc_seq_times(tg_thread *t, tg_value v, size_t *out);
// sequence * times, times being what the script gave: calls repeat, or TypeError "can't multiply
// sequence by non-int of type 'X'", or NotImplemented if times has an answer of its own (__rmul__).
#define tgc_seq_multiply TG_CORE_SYM(tgc_seq_multiply)
tg_value tgc_seq_multiply(tg_thread *t, tg_value seq, tg_value times,
                          tg_value (*repeat)(tg_thread *t, tg_value seq, tg_value times));
// TypeError 'can only concatenate <kind> (not "X") to <kind>', or NotImplemented if b has an
// __radd__.
#define tgc_refuse_concat TG_CORE_SYM(tgc_refuse_concat)
tg_value tgc_refuse_concat(tg_thread *t, tg_value a, tg_value b, const char *kind);
// Refuses keyword arguments: 0, or -1 with "f() takes no keyword arguments".
#define tgc_no_keywords TG_CORE_SYM(tgc_no_keywords)
int tgc_no_keywords(tg_thread *t, const char *fname, tg_value kwnames);

// For clear slots: *field becomes None, and what it held is released.
static inline void tgc_drop_field(tg_thread *t, tg_value *field)
{
    tg_value old = *field;
    *field = TGC_NONE;
    tgc_release(t, old);
}
// The hash slot of types whose instances are unhashable.
#define tgc_hash_unhashable TG_CORE_SYM(tgc_hash_unhashable)
int tgc_hash_unhashable(tg_thread *t, tg_value v, uint64_t *out);
// "[a, b]": open, the items' reprs, close. The caller guards recursion.
#define tgc_repr_values TG_CORE_SYM(tgc_repr_values)
tg_value tgc_repr_values(tg_thread *t, const char *open, const tg_value *values, size_t n,
                         const char *close);
// Order of two arrays as of lists and tuples: the result of `a op b`, a bool or what an item
// comparison gave.
#define tgc_compare_values TG_CORE_SYM(tgc_compare_values)
tg_value tgc_compare_values(tg_thread *t, tgc_cmpop op, const tg_value *a, size_t na,
                            const tg_value *b, size_t nb);

// The hash of a key, with what is common done in place. 0, -1.
static inline int tgc_hash_key(tg_thread *t, tg_value key, uint64_t *out)
{
    if (TGI_LIKELY(tgc_is_exact(key, &tgc_str_type))) {
        *out = tgc_str_hash(key);
        return 0;
    }
    const int64_t modulus = (INT64_C(1) << 61) - 1;
    if (tgc_is_int(key) &&
        TGI_LIKELY((uint64_t)(tgc_int(key) + modulus - 1) < 2 * (uint64_t)modulus - 1)) {
        *out = key == tgc_from_int(-1) ? (uint64_t)-2 : (uint64_t)tgc_int(key);
        return 0;
    }
    return tgc_hash(t, key, out);
}

// Whether two different words are equal keys, if that can be told without running code or counting:
// 1, 0, or -1 for "compare them properly". Both are alive.
static inline int tgc_equal_simple(tg_value a, tg_value b)
{
    if (tgc_is_ptr(a) && tgc_is_ptr(b)) {
        if (tgc_obj_type(tgc_ptr(a)) == &tgc_str_type && tgc_obj_type(tgc_ptr(b)) == &tgc_str_type)
            return tgc_str_equal(a, b);
        return -1;
    }
    if (tgc_both_int(a, b))
        return 0;
    // One or both immediate: only numbers can be equal to a different word.
    if (tgc_is_exact(a, &tgc_str_type) || tgc_is_exact(b, &tgc_str_type))
        return 0;
    return -1;
}

// The value of a slot with a new reference, or false if it was changing or its value is dying: then
// look at the container again. Unlike tgc_slot_load this ends also if the slot belongs to a retired
// array.
static inline bool tgc_slot_try(tg_thread *t, const tgc_slot *s, tg_value *out)
{
    // ORDER: acquire; pairs with the release in tgc_slot_store: the object is complete.
    tg_value v = atom_load_acquire(&s->word);
    *out = v;
    if (!tgc_is_ptr(v))
        return true;
    if (!TGC_FREE_THREADED) {
        tgc_incref(t, tgc_ptr(v));
        return true;
    }
    if (TGI_UNLIKELY(!tgc_try_incref(t, tgc_ptr(v))))
        return false;
    // ORDER: acquire; second look.
    if (TGI_LIKELY(atom_load_acquire(&s->word) == v))
        return true;
    tgc_decref(t, tgc_ptr(v));
    return false;
}

#endif
