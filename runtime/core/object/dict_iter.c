// SPDX-License-Identifier: MIT
//
// dict_iter.c - iterators over keys, values and items, both ways.
//
// Threads     may be shared: steps at the same time give different entries. A dict whose size
//             changed since the iterator was made ends the iteration with RuntimeError, under free
//             threading too.
#include "core/object/dict.h"

#include "core/object/error.h" // tgc_raise
#include "core/object/iter.h"  // tgc_iter_self
#include "core/object/seq.h"   // tgc_drop_field, tgc_slot_try
#include "core/object/tuple.h" // items

#define ENDED        (SIZE_MAX - 1)
#define SIZE_CHANGED SIZE_MAX // never the size of a dict

typedef struct dict_iter {
    tgc_obj head;
    tg_value dict;           // const after init
    _Atomic(size_t) pos;     // any thread; ENDED after the end
    _Atomic(size_t) size;    // any thread: of the dict when the iterator was made, or SIZE_CHANGED
    _Atomic(size_t) left;    // any thread
    _Atomic(tg_value) spare; // items: tgc_tuple_reuse_steal
    tgc_dict_part part;      // const after init
    bool reversed;           // const after init
} dict_iter;

tg_value tgc_dict_iter(tg_thread *t, tg_value d, tgc_dict_part part, bool reversed)
{
    tgc_type *const forth[3] = {&tgc_dict_key_iter_type, &tgc_dict_value_iter_type,
                                &tgc_dict_item_iter_type};
    tgc_type *const back[3] = {&tgc_dict_key_reverse_iter_type, &tgc_dict_value_reverse_iter_type,
                               &tgc_dict_item_reverse_iter_type};
    dict_iter *it =
        (dict_iter *)(void *)tgc_new_raw(t, reversed ? back[part] : forth[part], sizeof *it);
    if (it == NULL)
        return TGC_NULL;
    size_t size = tgc_dict_size(d);
    it->dict = tgc_retain(t, d);
    it->part = part;
    atom_store_relaxed(&it->spare, TGC_NULL); // ORDER: relaxed; private.
    it->reversed = reversed;
    atom_store_relaxed(&it->pos, reversed ? SIZE_MAX : 0); // ORDER: relaxed; private.
    atom_store_relaxed(&it->size, size);                   // ORDER: relaxed; private.
    atom_store_relaxed(&it->left, size);                   // ORDER: relaxed; private.
    tgc_track(t, &it->head);
    return tgc_from_ptr(it);
}

// What is asked for of entry i, with references; false, with nothing done, if that is not the usual
// case: the end, a removed entry, a change at the same time.
static inline bool read_at(tg_thread *t, tgc_dict *dict, size_t i, tg_value *k, tg_value *x)
{
    // ORDER: acquire; D3.
    tgc_dict_table *table = atom_load_acquire(&dict->table);
    if (i >= atom_load_acquire(&table->count)) // ORDER: acquire; entries counted are filled.
        return false;
    tgc_slot *e = tgc_dict_entries(table) + i * table->stride;
    tg_value key, value;
    if (!tgc_slot_try(t, &e[1], &value))
        return false;
    if (value == TGC_NULL)
        return false;
    if (!tgc_slot_try(t, &e[0], &key)) {
        tgc_release(t, value);
        return false;
    }
    // ORDER: acquire; D3: the second look at the table.
    if (TGI_UNLIKELY(key == TGC_DUMMY || atom_load_acquire(&dict->table) != table)) {
        tgc_release(t, key);
        tgc_release(t, value);
        return false;
    }
    if (k != NULL)
        *k = key;
    else
        tgc_release(t, key);
    if (x != NULL)
        *x = value;
    else
        tgc_release(t, value);
    return true;
}

static tg_value dict_iter_next(tg_thread *t, tg_value v)
{
    dict_iter *it = (dict_iter *)(void *)tgc_ptr(v);
    size_t pos;
again:
    // ORDER: relaxed, here and below; the words of the iterator are only numbers.
    pos = atom_load_relaxed(&it->pos);
    if (pos == ENDED)
        return TGC_NULL;
    if (atom_load_relaxed(&it->size) != tgc_dict_size(it->dict)) { // ORDER: as above.
        atom_store_relaxed(&it->size, SIZE_CHANGED);               // ORDER: as above.
        return tgc_raise(t, &TGC_EXC(RuntimeError), "dictionary changed size during iteration");
    }
    tg_value key = TGC_NULL, value = TGC_NULL;
    tg_value *k = it->part == TGC_DICT_VALUES ? NULL : &key;
    tg_value *x = it->part == TGC_DICT_KEYS ? NULL : &value;
    size_t from = pos;
    bool got = !it->reversed && read_at(t, tgc_dict_of(it->dict), pos, k, x);
    if (TGI_LIKELY(got))
        pos++;
    else
        got = it->reversed ? tgc_dict_step_back(t, it->dict, &pos, k, x)
                           : tgc_dict_next(t, it->dict, &pos, k, x);
    if (!got) {
        atom_store_relaxed(&it->pos, ENDED); // ORDER: as above.
        return TGC_NULL;
    }
    if (TGI_UNLIKELY(!TGC_ITER_MOVE(t, it, &it->pos, from, pos))) {
        tgc_release(t, k == NULL ? TGC_NULL : key); // another thread has it
        tgc_release(t, x == NULL ? TGC_NULL : value);
        goto again;
    }
    size_t left = atom_load_relaxed(&it->left); // ORDER: as above.
    if (left == 0 && !it->reversed) {
        tgc_release(t, k == NULL ? TGC_NULL : key);
        tgc_release(t, x == NULL ? TGC_NULL : value);
        atom_store_relaxed(&it->pos, ENDED); // ORDER: as above.
        return tgc_raise(t, &TGC_EXC(RuntimeError), "dictionary keys changed during iteration");
    }
    atom_store_relaxed(&it->left, left == 0 ? 0 : left - 1); // ORDER: as above.
    if (it->part == TGC_DICT_ITEMS)
        return tgc_tuple_reuse_steal(t, &it->spare, (tg_value[2]){key, value}, 2);
    return it->part == TGC_DICT_KEYS ? key : value;
}

static void dict_iter_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    tgc_release(t, ((dict_iter *)(void *)o)->dict);
    // ORDER: relaxed; nobody else has the iterator.
    tgc_release(t, atom_load_relaxed(&((dict_iter *)(void *)o)->spare));
    tgc_delete(t, o, sizeof(dict_iter));
}

static void dict_iter_clear(tg_thread *t, tgc_obj *o)
{
    dict_iter *it = (dict_iter *)(void *)o;
    atom_store_relaxed(&it->pos, ENDED); // ORDER: relaxed; nobody can reach it any more.
    // ORDER: relaxed; nobody can reach it any more.
    tgc_release(t, atom_exchange_relaxed(&it->spare, TGC_NULL));
    tgc_drop_field(t, &it->dict);
}

static void dict_iter_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(((dict_iter *)(void *)o)->dict, arg);
    // ORDER: relaxed; world stopped.
    visit(atom_load_relaxed(&((dict_iter *)(void *)o)->spare), arg);
}

#define DICT_ITER_TYPE(name_)                                                              \
    {                                                                                      \
        TGC_STATIC_TYPE(&tgc_object_type),                                                 \
            .name = name_, .flags = TGC_TF_TRACKED, .size = sizeof(dict_iter),             \
            .dealloc = dict_iter_dealloc, .clear = dict_iter_clear,                        \
            .traverse = dict_iter_traverse, .iter = tgc_iter_self, .next = dict_iter_next, \
    }

tgc_type tgc_dict_key_iter_type = DICT_ITER_TYPE("dict_keyiterator");
tgc_type tgc_dict_value_iter_type = DICT_ITER_TYPE("dict_valueiterator");
tgc_type tgc_dict_item_iter_type = DICT_ITER_TYPE("dict_itemiterator");
tgc_type tgc_dict_key_reverse_iter_type = DICT_ITER_TYPE("dict_reversekeyiterator");
tgc_type tgc_dict_value_reverse_iter_type = DICT_ITER_TYPE("dict_reversevalueiterator");
tgc_type tgc_dict_item_reverse_iter_type = DICT_ITER_TYPE("dict_reverseitemiterator");
