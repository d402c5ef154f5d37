// SPDX-License-Identifier: MIT
//
// sort.c - list.sort: a stable merge sort over the runs that are already there.
//
// The sort works on an array nobody else can see. Under free threading a list of only integers,
// floats or strs is sorted under its lock and changes at one moment. Otherwise script code may run:
// the list looks empty meanwhile, and if it is not empty at the end, somebody changed it and the
// sort raises ValueError. Runs are found, short ones are made
// longer by binary insertion, and merged in the order that the power of their border asks for,
// which is near the best possible. Before a merge what is already in place at both ends is skipped.
// Lists of only integers, floats or strs are compared directly.
//
// Sources     Munro, Wild, "Nearly-Optimal Mergesorts", ESA 2018 (docs/papers.md).
#include "core/object/list.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/float.h" // tgc_float_value
#include "core/object/seq.h"   // tgc_values_free
#include "core/object/str.h"   // tgc_str_order
#include "mem/raw.h"           // buffers

#define RUN_LEAST 24
#define RUNS_MAX  72 // more than the powers of 64-bit positions

typedef struct sorter {
    tg_thread *t;
    tg_value *keys;
    tg_value *vals;                    // moved along with keys; NULL if the keys are the values
    tg_value *spare_keys, *spare_vals; // room for half
} sorter;

typedef int (*less_fn)(tg_thread *t, tg_value a, tg_value b); // 1, 0, -1 raised

#define INLINE static inline __attribute__((always_inline))

INLINE int less_int(tg_thread *t, tg_value a, tg_value b)
{
    (void)t;
    return (int64_t)a < (int64_t)b;
}
INLINE int less_float(tg_thread *t, tg_value a, tg_value b)
{
    (void)t;
    return tgc_float_value(a) < tgc_float_value(b);
}
INLINE int less_str(tg_thread *t, tg_value a, tg_value b)
{
    (void)t;
    return tgc_str_order(a, b) < 0;
}
INLINE int less_any(tg_thread *t, tg_value a, tg_value b)
{
    return tgc_compare_bool(t, TGC_LT, a, b);
}

static void reverse_range(tg_value *v, size_t lo, size_t hi)
{
    while (lo + 1 < hi) {
        tg_value x = v[lo];
        v[lo++] = v[--hi];
        v[hi] = x;
    }
}

// First place in [lo, hi) whose key is greater than x (after) or not less than x (before). -1
// raised.
INLINE int64_t place(sorter *s, tg_value x, size_t lo, size_t hi, bool after, less_fn less)
{
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int is = after ? less(s->t, x, s->keys[mid]) : less(s->t, s->keys[mid], x);
        if (is < 0)
            return -1;
        if (is != (int)after)
            lo = mid + 1;
        else
            hi = mid;
    }
    return (int64_t)lo;
}

// Length of the run that starts at lo; one that falls strictly is turned round. 0 raised.
INLINE size_t find_run(sorter *s, size_t lo, size_t n, less_fn less)
{
    if (lo + 1 == n)
        return 1;
    size_t i = lo + 1;
    int falls = less(s->t, s->keys[i], s->keys[lo]), is = falls;
    while (is == falls && ++i < n)
        is = less(s->t, s->keys[i], s->keys[i - 1]);
    if (is < 0)
        return 0;
    if (falls) {
        reverse_range(s->keys, lo, i);
        if (s->vals != NULL)
            reverse_range(s->vals, lo, i);
    }
    return i - lo;
}

// Sorts [lo, hi), of which [lo, from) is sorted.
INLINE int insert_sort(sorter *s, size_t lo, size_t from, size_t hi, less_fn less)
{
    for (size_t i = from; i < hi; i++) {
        tg_value x = s->keys[i];
        int64_t at = place(s, x, lo, i, true, less);
        if (at < 0)
            return -1;
        memmove(&s->keys[at + 1], &s->keys[at], (i - (size_t)at) * sizeof x);
        s->keys[at] = x;
        if (s->vals != NULL) {
            tg_value v = s->vals[i];
            memmove(&s->vals[at + 1], &s->vals[at], (i - (size_t)at) * sizeof v);
            s->vals[at] = v;
        }
    }
    return 0;
}

INLINE void put(sorter *s, size_t to, const tg_value *keys, const tg_value *vals, size_t from)
{
    s->keys[to] = keys[from];
    if (s->vals != NULL)
        s->vals[to] = vals[from];
}

static void copy_out(sorter *s, size_t from, size_t n)
{
    memcpy(s->spare_keys, &s->keys[from], n * sizeof *s->keys);
    if (s->vals != NULL)
        memcpy(s->spare_vals, &s->vals[from], n * sizeof *s->vals);
}

// Merges [lo, mid) and [mid, hi). When a comparison raises, what was copied out is put back first.
INLINE int merge(sorter *s, size_t lo, size_t mid, size_t hi, less_fn less)
{
    int64_t skip = place(s, s->keys[mid], lo, mid, true, less);
    if (skip < 0)
        return -1;
    lo = (size_t)skip;
    if (lo == mid)
        return 0;
    int64_t end = place(s, s->keys[mid - 1], mid, hi, false, less);
    if (end < 0)
        return -1;
    hi = (size_t)end;
    int is = 0;
    if (mid - lo <= hi - mid) {
        size_t left = mid - lo, i = 0, j = mid, to = lo;
        copy_out(s, lo, left);
        while (i < left && j < hi) {
            is = less(s->t, s->keys[j], s->spare_keys[i]);
            if (is < 0)
                break;
            if (is)
                put(s, to++, s->keys, s->vals, j++);
            else
                put(s, to++, s->spare_keys, s->spare_vals, i++);
        }
        while (i < left)
            put(s, to++, s->spare_keys, s->spare_vals, i++);
    } else {
        size_t right = hi - mid, i = mid, j = right, to = hi;
        copy_out(s, mid, right);
        while (i > lo && j > 0) {
            is = less(s->t, s->spare_keys[j - 1], s->keys[i - 1]);
            if (is < 0)
                break;
            if (is)
                put(s, --to, s->keys, s->vals, --i);
            else
                put(s, --to, s->spare_keys, s->spare_vals, --j);
        }
        while (j > 0)
            put(s, --to, s->spare_keys, s->spare_vals, --j);
    }
    return is < 0 ? -1 : 0;
}

// The depth at which the middles of two neighbouring runs part in a perfectly balanced tree over
// [0, n).
static unsigned border_power(size_t a, size_t b, size_t c, size_t n)
{
    size_t left = a + b, right = b + c; // twice the middles of [a, b) and [b, c)
    unsigned power = 0;
    for (;;) {
        power++;
        bool l = left >= n, r = right >= n;
        if (l != r || power >= 64)
            return power;
        left = 2 * (l ? left - n : left);
        right = 2 * (r ? right - n : right);
    }
}

INLINE int sort_with(sorter *s, size_t n, less_fn less)
{
    size_t begin[RUNS_MAX];
    unsigned power[RUNS_MAX]; // of the border before run i
    size_t runs = 0;
    for (size_t lo = 0; lo < n;) {
        size_t len = find_run(s, lo, n, less);
        if (len == 0)
            return -1;
        size_t hi = lo + len;
        if (len < RUN_LEAST && hi < n) {
            size_t want = n - lo < RUN_LEAST ? n : lo + RUN_LEAST;
            if (insert_sort(s, lo, hi, want, less) < 0)
                return -1;
            hi = want;
        }
        unsigned p = runs == 0 ? 0 : border_power(begin[runs - 1], lo, hi, n);
        for (; runs > 1 && power[runs - 1] >= p; runs--) {
            if (merge(s, begin[runs - 2], begin[runs - 1], lo, less) < 0)
                return -1;
        }
        begin[runs] = lo;
        power[runs++] = p;
        lo = hi;
    }
    for (; runs > 1; runs--) {
        if (merge(s, begin[runs - 2], begin[runs - 1], n, less) < 0)
            return -1;
    }
    return 0;
}

static TGI_NOINLINE int sort_ints(sorter *s, size_t n)
{
    return sort_with(s, n, less_int);
}
static TGI_NOINLINE int sort_floats(sorter *s, size_t n)
{
    return sort_with(s, n, less_float);
}
static TGI_NOINLINE int sort_strs(sorter *s, size_t n)
{
    return sort_with(s, n, less_str);
}
static TGI_NOINLINE int sort_any(sorter *s, size_t n)
{
    return sort_with(s, n, less_any);
}

// The comparison for keys that are all ints, all floats or all strs; NULL: neither.
static less_fn plain_order(const tg_value *keys, size_t n)
{
    bool ints = true, floats = true, strs = true;
    for (size_t i = 0; i < n && (ints || floats || strs); i++) {
        tg_value k = keys[i];
        ints = ints && tgc_is_int(k);
        floats = floats && (tgc_is_flo(k) || tgc_is_exact(k, &tgc_float_type));
        strs = strs && tgc_is_exact(k, &tgc_str_type);
    }
    return ints ? less_int : floats ? less_float : strs ? less_str : NULL;
}

// Equal items keep their order in a reversed sort too: turned round before and after.
static int sort_both_ways(sorter *s, size_t n, less_fn less, bool reverse)
{
    int result = 0;
    for (int turn = 0; turn < 2; turn++) {
        if (reverse) {
            reverse_range(s->keys, 0, n);
            if (s->vals != NULL)
                reverse_range(s->vals, 0, n);
        }
        if (turn == 0)
            result = less == less_int     ? sort_ints(s, n)
                     : less == less_float ? sort_floats(s, n)
                     : less == less_str   ? sort_strs(s, n)
                                          : sort_any(s, n);
    }
    return result;
}

// For lists whose items compare without script code: they are sorted on the side, under the lock,
// and appear in their new order at one moment. 1 done, 0 not such a list, -1 raised.
static int sort_at_once(tg_thread *t, tgc_list *list, bool reverse)
{
    for (;;) {
        size_t n = tgc_list_size(tgc_from_ptr(list)), half = n / 2 + 1;
        tgc_array *work = tgc_array_new(t, n), *old = NULL;
        tg_value *spare = tgi_raw_alloc(half * sizeof *spare);
        bool same = false, plain = false;
        if (work != NULL && spare != NULL) {
            sorter s = {.t = t, .keys = (tg_value *)(void *)work->slot, .spare_keys = spare};
            TGC_LOCKED(t, &list->lock) {
                old = atom_load_relaxed(&list->items);      // ORDER: relaxed; the lock is held.
                same = atom_load_relaxed(&list->size) == n; // ORDER: relaxed; as above.
                if (same && n > 0)
                    memcpy((void *)work->slot, (const void *)old->slot, n * sizeof *work->slot);
                const less_fn less = same ? plain_order(s.keys, n) : NULL;
                plain = less != NULL;
                if (plain) {
                    (void)sort_both_ways(&s, n, less, reverse);
                    tgc_list_change_locked(list);
                    atom_store_release(&list->items, work); // ORDER: release; L2.
                }
            }
        }
        tgi_raw_free(spare);
        if (plain)
            tgc_array_retire(t, old);
        else if (work != NULL)
            tgc_array_free(t, work);
        if (work == NULL || spare == NULL) {
            tgc_raise_nomem(t);
            return -1;
        }
        if (same)
            return plain;
    }
}

// Sorts vals[0, n) by key (TGC_NULL: by themselves). 0, or -1 raised: then they are in some order.
static int sort_values(tg_thread *t, tg_value *vals, size_t n, tg_value key, bool reverse)
{
    size_t half = n / 2 + 1;
    size_t blocks = key == TGC_NULL ? 0 : n;
    tg_value *spare = tgi_raw_alloc((2 * half + blocks) * sizeof *spare);
    if (spare == NULL) {
        tgc_raise_nomem(t);
        return -1;
    }
    sorter s = {
        .t = t, .keys = vals, .vals = NULL, .spare_keys = spare, .spare_vals = spare + half};
    size_t keyed = 0;
    if (key != TGC_NULL) {
        s.keys = spare + 2 * half;
        s.vals = vals;
        while (keyed < n && (s.keys[keyed] = tgc_call1(t, key, vals[keyed])) != TGC_NULL)
            keyed++;
    }
    int result = key != TGC_NULL && keyed < n ? -1 : 0;
    if (result == 0 && n > 1)
        result = sort_both_ways(&s, n, plain_order(s.keys, n), reverse);
    tgc_values_release(t, s.vals == NULL ? NULL : s.keys, keyed);
    tgi_raw_free(spare);
    return result;
}

int tgc_list_sort(tg_thread *t, tg_value v, tg_value key, bool reverse)
{
    tgc_list *list = tgc_list_of(v);
    tgc_array *taken = NULL;
    size_t n = 0;
    if (TGC_FREE_THREADED && (key == TGC_NULL || key == TGC_NONE)) {
        int done = sort_at_once(t, list, reverse);
        if (done != 0)
            return done < 0 ? -1 : 0;
    }
    TGC_LOCKED(t, &list->lock) {
        n = atom_load_relaxed(&list->size);      // ORDER: relaxed; the lock is held.
        taken = atom_load_relaxed(&list->items); // ORDER: relaxed; as above.
        if (n > 0) {
            tgc_list_change_locked(list);
            atom_store_release(&list->size, 0); // ORDER: release; readers past it look again.
            atom_store_release(&list->items, &tgc_array_sorting); // ORDER: release; L3.
        }
    }
    if (n == 0)
        return 0;
    // Late readers may still look at the array that was taken: L3. Under free threading the work is
    // done on a copy.
    tgc_array *work = TGC_FREE_THREADED ? tgc_array_new(t, n) : taken;
    int result = -1;
    if (work == NULL) {
        work = taken;
        tgc_raise_nomem(t);
    } else {
        if (work != taken)
            memcpy((void *)work->slot, (const void *)taken->slot, n * sizeof *work->slot);
        result = sort_values(t, (tg_value *)(void *)work->slot, n, key == TGC_NONE ? TGC_NULL : key,
                             reverse);
    }
    tgc_array *other = NULL;
    size_t others = 0;
    TGC_LOCKED(t, &list->lock) {
        other = atom_load_relaxed(&list->items); // ORDER: relaxed; the lock is held.
        others = atom_load_relaxed(&list->size); // ORDER: relaxed; as above.
        tgc_list_change_locked(list);
        if (n < others)
            atom_store_release(&list->size, n); // ORDER: release; never more than both arrays hold.
        atom_store_release(&list->items, work); // ORDER: release; L2.
        atom_store_release(&list->size, n);     // ORDER: release; L2.
    }
    if (work != taken)
        tgc_array_retire(t, taken);
    if (other == &tgc_array_sorting)
        return result;
    for (size_t i = 0; i < others; i++)
        tgc_release(t, tgc_slot_peek(&other->slot[i]));
    tgc_array_retire(t, other);
    return result < 0 ? -1 : tgc_raise_int(t, &TGC_EXC(ValueError), "list modified during sort");
}
