// SPDX-License-Identifier: MIT
//
// file.h - file objects: open(), the standard streams as objects. Layer core/builtin. file.c.
#ifndef TGC_BUILTIN_FILE_H
#define TGC_BUILTIN_FILE_H

#include "core/object/object.h" // tgc_type

#define tgc_text_file_type TG_CORE_SYM(tgc_text_file_type)
extern tgc_type tgc_text_file_type; // TextIOWrapper
#define tgc_byte_reader_type TG_CORE_SYM(tgc_byte_reader_type)
extern tgc_type tgc_byte_reader_type; // BufferedReader
#define tgc_byte_writer_type TG_CORE_SYM(tgc_byte_writer_type)
extern tgc_type tgc_byte_writer_type; // BufferedWriter
#define tgc_byte_random_type TG_CORE_SYM(tgc_byte_random_type)
extern tgc_type tgc_byte_random_type; // BufferedRandom

static inline bool tgc_file_is_text(tg_value v)
{
    return tgc_is_exact(v, &tgc_text_file_type);
}

// io.UnsupportedOperation, an OSError.
#define tgc_unsupported_operation_type TG_CORE_SYM(tgc_unsupported_operation_type)
extern tgc_type tgc_unsupported_operation_type;

// The text file of descriptor 0, 1 or 2: one immortal object each, which sys.stdin, stdout and
// stderr name.
#define tgc_file_std TG_CORE_SYM(tgc_file_std)
tg_value tgc_file_std(tg_thread *t, int fd);
// file.write of UTF-8 text to a text file, in one piece. 0, -1.
#define tgc_file_write_text TG_CORE_SYM(tgc_file_write_text)
int tgc_file_write_text(tg_thread *t, tg_value file, const char *utf8, size_t n);
// The next line of a readable text file, with its line end; an empty str at the end of the file.
#define tgc_file_read_line TG_CORE_SYM(tgc_file_read_line)
tg_value tgc_file_read_line(tg_thread *t, tg_value file);

#define tgc_builtin_open TG_CORE_SYM(tgc_builtin_open)
tg_value tgc_builtin_open(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames);

#endif
