// SPDX-License-Identifier: MIT
//
// str_codec.h - what the codecs share: error handlers and their messages. Layer core/object;
// private to str*.c.
#ifndef TGC_OBJECT_STR_CODEC_H
#define TGC_OBJECT_STR_CODEC_H

#include "core/object/str.h" // tgc_strbuf

typedef enum tgc_codec {
    TGC_CODEC_UTF8,
    TGC_CODEC_ASCII,
    TGC_CODEC_LATIN1,
    TGC_CODEC_UTF16, // with a byte order mark
    TGC_CODEC_UTF16_LE,
    TGC_CODEC_UTF16_BE,
    TGC_CODEC_UTF32,
    TGC_CODEC_UTF32_LE,
    TGC_CODEC_UTF32_BE,
    TGC_CODEC_UTF8_SIG,
} tgc_codec;

// Bytes [from, to) of p cannot be decoded: raises UnicodeDecodeError (-1), or appends what the
// handler gives.
#define tgc_codec_fault TG_CORE_SYM(tgc_codec_fault)
int tgc_codec_fault(tg_thread *t, tgc_strbuf *out, const char *encoding, const char *errors,
                    const uint8_t *p, size_t from, size_t to, const char *reason);
// Raises UnicodeEncodeError for the characters [from, to) of s. Returns TGC_NULL.
#define tgc_codec_refuse TG_CORE_SYM(tgc_codec_refuse)
tg_value tgc_codec_refuse(tg_thread *t, const char *encoding, tg_value s, size_t from, size_t to,
                          const char *reason);
// Encodes character by character, asking the handler where that is not possible.
#define tgc_codec_encode_slow TG_CORE_SYM(tgc_codec_encode_slow)
tg_value tgc_codec_encode_slow(tg_thread *t, tg_value s, const char *encoding, const char *errors,
                               tgc_codec codec);
#define tgc_utf8_encode TG_CORE_SYM(tgc_utf8_encode)
tg_value tgc_utf8_encode(tg_thread *t, tg_value s, const char *errors);

#endif
