// SPDX-License-Identifier: MIT
//
// file_internal.h - the file object, between file.c (buffers, open) and file_type.c (methods).
// Layer core/builtin.
#ifndef TGC_BUILTIN_FILE_INTERNAL_H
#define TGC_BUILTIN_FILE_INTERNAL_H

#include "core/builtin/file.h"  // types
#include "core/object/error.h"  // errors
#include "core/object/object.h" // tgc_obj

#include "sync/mutex.h" // tgi_mutex

#include <stddef.h>
#include <stdint.h>

enum { TGC_FILE_BYTES = 8192 }; // of a system call

// How line ends are written: as they are, or as "\r" or "\r\n".
typedef enum tgc_line_end { TGC_LINE_LF, TGC_LINE_CR, TGC_LINE_CRLF } tgc_line_end;

typedef struct tgc_file {
    tgc_obj head;
    tgi_mutex lock;          // waited for detached; no script code runs while it is held
    int fd;                  // guarded by lock; -1 when closed
    int stream;              // const: 1 or 2 for the process's own streams (print.c), else 0
    bool readable, writable; // const
    bool text;               // const
    bool own_fd;             // const: closed with the object
    bool utf8;               // const: multi-byte characters
    bool translate;          // const: "\r\n" and "\r" are read as "\n"
    bool line_flush;         // const: terminals
    bool after_cr;           // guarded by lock: the last byte read was a "\r"
    tgc_line_end line_end;   // const
    const char *encoding;    // const: interned text
    const char *errors;      // const: interned text
    tg_value name, mode;     // const: owned
    uint8_t *in;             // guarded by lock: what was read ahead is in [in_at, in_end)
    size_t in_at, in_end, in_capacity;
    uint8_t *out; // guarded by lock: what waits to be written is in [0, out_used)
    size_t out_used, out_capacity;
    _Atomic(uintptr_t) weak; // object/weakref.h
} tgc_file;

static inline tgc_file *tgc_file_of(tg_value v)
{
    return (tgc_file *)(void *)tgc_ptr(v);
}

// Results of what runs under the lock: 0, an errno, or
enum { TGC_FILE_RAISED = -1, TGC_FILE_CLOSED = -2, TGC_FILE_NOMEM = -3 };

// Takes the lock. With TGC_FILE_CLOSED the file is closed; the lock is held in any case.
#define tgc_file_enter TG_CORE_SYM(tgc_file_enter)
int tgc_file_enter(tgc_file *f);
// Gives the lock back, and raises what `st` stands for: 0, or -1.
#define tgc_file_leave TG_CORE_SYM(tgc_file_leave)
int tgc_file_leave(tg_thread *t, tgc_file *f, int st);
// Reads ahead once; *added is 0 at the end of the file. May let go of the lock while it handles a
// signal.
#define tgc_file_fill_locked TG_CORE_SYM(tgc_file_fill_locked)
int tgc_file_fill_locked(tg_thread *t, tgc_file *f, size_t *added);
#define tgc_file_flush_locked TG_CORE_SYM(tgc_file_flush_locked)
int tgc_file_flush_locked(tg_thread *t, tgc_file *f);
#define tgc_file_put_locked TG_CORE_SYM(tgc_file_put_locked)
int tgc_file_put_locked(tg_thread *t, tgc_file *f, const uint8_t *data, size_t n);
// Forgets what was read ahead, so that the descriptor stands where the script thinks it does.
#define tgc_file_settle_locked TG_CORE_SYM(tgc_file_settle_locked)
int tgc_file_settle_locked(tgc_file *f);
#define tgc_file_close TG_CORE_SYM(tgc_file_close)
int tgc_file_close(tg_thread *t, tgc_file *f);

// str or bytes of the next n bytes read ahead.
#define tgc_file_take_locked TG_CORE_SYM(tgc_file_take_locked)
tg_value tgc_file_take_locked(tg_thread *t, tgc_file *f, size_t n);

#endif
