# SPDX-License-Identifier: MIT
"""bugs_objects.py - planted bugs in containers, shared iterators and weak references."""
from plan import mutant

RACE = "unit.core.containers_race.biased"
WAITS = f"{RACE}:arrays_and_tables_that_are_replaced_wait_for_readers"

mutant("list-array-freed-at-once",
       bug="the old array of a list that grew is freed under a reader",
       ref="own: list.h Note [list-read]",
       file="runtime/core/object/list.c",
       edits=[("        tgc_free_later(t, a, array_bytes(a->capacity));",
               "        tgi_raw_free(a);\n    (void)t;")],
       kill=[WAITS])

SET = f"{RACE}:list_shows_no_slot_that_was_never_set"

mutant("list-slots-ready-unset",
       bug="slots of a grown list are said to be ready and were not set",
       ref="own: list.h Note [list-read], L6",
       file="runtime/core/object/list.c",
       edits=[("        fill_null(a->slot + ready, end - ready);\n", "")],
       kill=[SET])

mutant("list-read-beyond-ready",
       bug="a reader of a list looks at slots that are not ready",
       ref="own: list.h Note [list-read], L6",
       file="runtime/core/object/list.h",
       edits=[("i >= atom_load_acquire(&a->ready)", "i >= a->capacity")],
       kill=[SET])

mutant("dict-table-freed-at-once",
       bug="the old table of a dict that grew is freed under a reader",
       ref="own: dict.h Note [dict-read]",
       file="runtime/core/object/dict_table.c",
       edits=[("        tgc_free_later(t, table, bytes_of(table));",
               "        tgi_raw_free(table);\n    (void)t;")],
       kill=[WAITS])

mutant("set-table-freed-at-once",
       bug="the old table of a set that grew is freed under a reader",
       ref="own: set.h Note [set-read]",
       file="runtime/core/object/set.c",
       edits=[("        tgc_free_later(t, table, table_bytes(table->mask));",
               "        tgi_raw_free(table);\n    (void)t;")],
       kill=[WAITS])

SHARED = "unit.core.shared_iterators.biased"
BETWEEN = f"{SHARED}:a_step_between_the_halves_of_another_takes_an_item_of_its_own"

mutant("iterator-lets-go-twice",
       bug="an iterator gives up its list at the end, and two threads that meet the end release it "
           "both",
       ref="gh-144357",
       file="runtime/core/object/iter.c",
       edits=[("static tg_value list_iter_next(tg_thread *t, tg_value v)\n{\n"
               "    seq_iter *it = (seq_iter *)(void *)tgc_ptr(v);\n",
               "static tg_value list_iter_next(tg_thread *t, tg_value v)\n{\n"
               "    seq_iter *it = (seq_iter *)(void *)tgc_ptr(v);\n"
               "    int64_t at = atom_load_relaxed(&it->next);\n"
               "    if (at < 0 || (size_t)at >= tgc_list_size(it->over)) {\n"
               "        tg_value over = it->over;\n"
               "        tgi_point(TGI_POINT_ACCESS, it);\n"
               "        atom_store_relaxed(&it->next, -1);\n"
               "        it->over = tgc_tuple_empty();\n"
               "        tgc_release(t, over);\n"
               "        return TGC_NULL;\n"
               "    }\n")],
       kill=[BETWEEN],
       build="asan")

mutant("str-iterator-moves-in-two-steps",
       bug="the position of an iterator over a str is read and written in two steps",
       ref="gh-153928",
       file="runtime/core/object/str_type.c",
       edits=[("    } while (!TGC_ITER_MOVE(t, it, &it->at, at, at + 1));",
               "        tgi_point(TGI_POINT_ACCESS, it);\n"
               "        atom_store_relaxed(&it->at, at + 1);\n    } while (false);")],
       kill=[BETWEEN])

mutant("set-iterator-moves-in-two-steps",
       bug="the position of an iterator over a set is read and written in two steps",
       ref="gh-144356",
       file="runtime/core/object/set_type.c",
       edits=[("!TGC_ITER_MOVE(t, it, &it->pos, from, pos)",
               "(tgi_point(TGI_POINT_ACCESS, it), atom_store_relaxed(&it->pos, pos), (void)from, "
               "false)")],
       kill=[BETWEEN])

WEAK = "runtime/core/object/weakref.c"
STEPS = "unit.core.weakref.biased"

mutant("weak-upgrade-from-zero",
       bug="a weak reference gives out its object although the last reference is gone",
       ref="own: weakref.h W2",
       file=WEAK,
       edits=[("    return tgc_try_incref(t, o) ? tgc_from_ptr(o) : TGC_NONE;",
               "    tgc_incref(t, o);\n    return tgc_from_ptr(o);")],
       kill=[f"{STEPS}:an_upgrade_that_comes_after_the_owners_last_release_fails"])

mutant("weak-target-not-published",
       bug="the memory of an object does not wait for those who hold a weak reference in hand",
       ref="own: weakref.h W1",
       file=WEAK,
       edits=[("    tgc_publish(t, o);        // W1\n", "")],
       kill=[f"{STEPS}:the_memory_of_an_object_with_weak_references_outlives_its_readers"])

mutant("weak-dying-is-called-back",
       bug="a weak reference that is being freed is called back",
       ref="own: weakref.h W4",
       file=WEAK,
       edits=[("    return tgc_try_incref(t, &w->head);", "    tgc_incref(t, &w->head);\n    return true;")],
       kill=[f"{STEPS}:a_dying_weak_reference_is_not_called_back"])

mutant("iter-inner-is-not-shared",
       bug="what an enumerate or a zip in several hands goes over is taken for one thread's own",
       ref="own: iter.h Note [iterator-position]",
       file="runtime/core/object/iter_tools.c",
       edits=[("    if (TGC_FREE_THREADED && TGI_UNLIKELY(!tgc_is_unique(t, outer)))\n"
               "        tgc_publish_value(t, inner);\n", "    (void)t, (void)outer, (void)inner;\n")],
       kill=[BETWEEN])

mutant("weak-stays-on-the-list",
       bug="a weak reference that dies before its object stays on the object's list",
       ref="own: weakref.h W4",
       file=WEAK,
       edits=[("            if (w->listed) // W4\n                unlink_locked(o, w);\n", "")],
       kill=[f"{STEPS}:a_weak_reference_may_die_first"])

mutant("weak-garbage-is-called-back",
       bug="the collector calls back weak references that are garbage themselves",
       ref="own: weakref.h Note [garbage-order]",
       file=WEAK,
       edits=[("                (is_garbage == NULL || !is_garbage(&w->head, arg)) && ", "                ")],
       kill=[f"{STEPS}:a_collector_clears_garbage_before_anything_runs"])

mutant("finalizer-runs-again",
       bug="an object that its finalizer brought back is finalized again",
       ref="own: finalize.c F1",
       file=WEAK,
       edits=[("        atom_store_relaxed(word, w | TGC_WEAK_FINALIZED);", "        (void)w;")],
       kill=[f"{STEPS}:a_finalizer_runs_once_however_often_its_object_dies"])

mutant("finalizer-of-the-wordless-runs-again",
       bug="an object without a weak word is finalized again",
       ref="own: finalize.c F1",
       file="runtime/core/object/finalize.c",
       edits=[("            found = shared->finalized[i] == o;\n        if (!found && shared",
               "            found = false;\n        if (!found && shared"),
              ("!tgc_weak_is_finalized(type, o) : !list_find(t, o, false);",
               "!tgc_weak_is_finalized(type, o) : true;")],
       kill=[f"{STEPS}:objects_without_a_weak_word_are_finalized_once_too"])
