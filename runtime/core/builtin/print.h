// SPDX-License-Identifier: MIT
//
// print.h - standard output and error of the process, and the builtin print. Layer core/builtin.
// print.c.
#ifndef TGC_BUILTIN_PRINT_H
#define TGC_BUILTIN_PRINT_H

#include "core/object/object.h" // tgc_method_def

// Appends n bytes to the stream of descriptor 1 or 2, in one piece: writes of other threads come
// before or after it. What is written to 2 appears at once, and after everything written to 1
// before it. May block, detached. 0, or -1 with OSError or MemoryError.
#define tgc_stream_write TG_CORE_SYM(tgc_stream_write)
int tgc_stream_write(tg_thread *t, int fd, const char *data, size_t n);
// Hands what is buffered to the system. 0, or -1 with OSError; what could not be written is gone.
#define tgc_stream_flush TG_CORE_SYM(tgc_stream_flush)
int tgc_stream_flush(tg_thread *t, int fd);
// Child of fork: nobody is inside of a stream.
#define tgc_streams_after_fork TG_CORE_SYM(tgc_streams_after_fork)
void tgc_streams_after_fork(void);

#define tgc_builtin_print TG_CORE_SYM(tgc_builtin_print)
tg_value tgc_builtin_print(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames);

#endif
