// SPDX-License-Identifier: MIT
//
// bytes_private.h - what the files of bytes share. Layer core/object; private to bytes*.c.
#ifndef TGC_OBJECT_BYTES_PRIVATE_H
#define TGC_OBJECT_BYTES_PRIVATE_H

#include "core/object/bytes.h"     // tgc_bytes
#include "core/object/str_units.h" // tgc_view: bytes are characters of one byte

#define tgc_bytes_methods TG_CORE_SYM(tgc_bytes_methods)
extern const tgc_method_def tgc_bytes_methods[];

// Natives of the table that live in bytes_split.c.
#define TGC_BYTES_METHOD(name) TGC_PASTE(tgc_bytesm_##name, TG_POLICY)
#define TGC_BYTES_NATIVE(name)                                                         \
    tg_value TGC_BYTES_METHOD(name)(tg_thread * t, const tg_value *args, size_t nargs, \
                                    tg_value kwnames)

TGC_BYTES_NATIVE(split);
TGC_BYTES_NATIVE(rsplit);
TGC_BYTES_NATIVE(splitlines);
TGC_BYTES_NATIVE(partition);
TGC_BYTES_NATIVE(rpartition);
TGC_BYTES_NATIVE(strip);
TGC_BYTES_NATIVE(lstrip);
TGC_BYTES_NATIVE(rstrip);

static inline tgc_view bytes_view(tg_value v)
{
    return (tgc_view){tgc_bytes_of(v)->data, tgc_bytes_of(v)->size, 1};
}
static inline tg_value bytes_of_view(tg_thread *t, tgc_view v)
{
    return tgc_bytes_new(t, v.units, v.length);
}

// repr(v); a bytearray shows every single quote with a backslash.
#define tgc_bytes_quote TG_CORE_SYM(tgc_bytes_quote)
tg_value tgc_bytes_quote(tg_thread *t, tg_value v, bool escape_single);
// A bytes object as an argument: TypeError "a bytes-like object is required, not 'X'". 0, -1.
#define tgc_bytes_arg TG_CORE_SYM(tgc_bytes_arg)
int tgc_bytes_arg(tg_thread *t, tg_value v, tgc_view *out);
// An int as a byte: ValueError "byte must be in range(0, 256)". 0, -1.
#define tgc_byte_arg TG_CORE_SYM(tgc_byte_arg)
int tgc_byte_arg(tg_thread *t, tg_value v, uint8_t *out);

#endif
