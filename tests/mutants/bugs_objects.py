# SPDX-License-Identifier: MIT
"""bugs_objects.py - planted bugs in containers that are read without locks."""
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

mutant("dict-table-freed-at-once",
       bug="the old table of a dict that grew is freed under a reader",
       ref="own: dict.h Note [dict-read]",
       file="runtime/core/object/dict_table.c",
       edits=[("        tgc_free_later(t, table, table_bytes(table->log2_size, table->log2_width, "
               "table->stride));",
               "        tgi_raw_free(table);\n    (void)t;")],
       kill=[WAITS])

mutant("set-table-freed-at-once",
       bug="the old table of a set that grew is freed under a reader",
       ref="own: set.h Note [set-read]",
       file="runtime/core/object/set.c",
       edits=[("        tgc_free_later(t, table, table_bytes(table->mask));",
               "        tgi_raw_free(table);\n    (void)t;")],
       kill=[WAITS])
