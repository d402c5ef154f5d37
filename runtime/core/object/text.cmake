# SPDX-License-Identifier: MIT
#
# Numbers and text of a core.
list(APPEND TOGIL_CORE_SOURCES
    object/bytes.c
    object/bytes_array.c
    object/bytes_memory.c
    object/bytes_methods.c
    object/bytes_split.c
    object/float.c
    object/float_methods.c
    object/float_text.c
    object/format.c
    object/format_method.c
    object/format_number.c
    object/format_percent.c
    object/int.c
    object/int_arith.c
    object/int_big.c
    object/int_methods.c
    object/int_text.c
    object/str.c
    object/str_builder.c
    object/str_case.c
    object/str_codec.c
    object/str_find.c
    object/str_intern.c
    object/str_methods.c
    object/str_repr.c
    object/str_split.c
    object/str_translate.c
    object/str_type.c
    object/str_utf8.c
    object/unicode.c
    object/unicode_case.c
    object/unicode_class.c)
