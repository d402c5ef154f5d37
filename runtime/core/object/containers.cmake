# SPDX-License-Identifier: MIT
#
# Containers and iterators.
list(APPEND TOGIL_CORE_SOURCES
    object/dict.c
    object/dict_iter.c
    object/dict_methods.c
    object/dict_table.c
    object/dict_type.c
    object/dict_update.c
    object/dict_view.c
    object/iter.c
    object/iter_tools.c
    object/list.c
    object/list_methods.c
    object/list_search.c
    object/list_slice.c
    object/list_type.c
    object/range.c
    object/seq.c
    object/set.c
    object/set_methods.c
    object/set_ops.c
    object/set_type.c
    object/slice.c
    object/sort.c
    object/tuple.c
    builtin/builtins_iter.c)
