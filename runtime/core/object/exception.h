// SPDX-License-Identifier: MIT
//
// exception.h - exception objects and tracebacks. Layer core/object. exception.c, traceback.c.
#ifndef TGC_OBJECT_EXCEPTION_H
#define TGC_OBJECT_EXCEPTION_H

#include "core/object/code.h"  // tgc_code
#include "core/object/error.h" // exception types

// Four spare slots hold what single types add: StopIteration value, SystemExit code, OSError errno,
// strerror, filename, filename2; ImportError name, path, msg; NameError name; AttributeError name,
// obj; SyntaxError msg and the tuple (filename, lineno, offset, text, end_lineno, end_offset).
typedef struct tgc_exception {
    tgc_obj head;
    tgc_slot args;       // tuple
    tgc_slot cause;      // exception or None
    tgc_slot context;    // exception or None
    tgc_slot traceback;  // tgc_traceback or None
    tgc_slot notes;      // list; Unbound if there are none
    tgc_slot attributes; // dict of what scripts set on an instance of a builtin class; or Unbound
    tgc_slot extra[4];   // Unbound if not set
    _Atomic(bool) suppress_context;
} tgc_exception;

typedef struct tgc_traceback {
    tgc_obj head;
    tgc_slot next;  // inner entry, or None
    tgc_code *code; // not counted
    uint32_t line, column, end_column;
} tgc_traceback;

#define tgc_traceback_type TG_CORE_SYM(tgc_traceback_type)
extern tgc_type tgc_traceback_type;

// Puts a new outermost entry on the traceback of the raised exception. Out of memory drops the
// entry.
#define tgc_traceback_add TG_CORE_SYM(tgc_traceback_add)
void tgc_traceback_add(tg_thread *t, tgc_code *code, const tgi_ins *ins);
// raise v [from cause]: v is a class or an instance; cause TGC_NULL for none. Sets the exception on
// the thread with its context (the exception being handled, tgc_handled_peek). Always returns -1.
#define tgc_raise_object TG_CORE_SYM(tgc_raise_object)
int tgc_raise_object(tg_thread *t, tg_value v, tg_value cause);
// The exception being handled by the innermost frame that handles one; borrowed; TGC_NULL if none.
// (vm/frame.c)
#define tgc_handled_peek TG_CORE_SYM(tgc_handled_peek)
tg_value tgc_handled_peek(tg_thread *t);
// except matching: class, or tuple of classes. 1, 0, -1 (TypeError "catching classes that do not
// inherit from BaseException is not allowed").
#define tgc_exception_matches TG_CORE_SYM(tgc_exception_matches)
int tgc_exception_matches(tg_thread *t, tg_value exc, tg_value cls);
// The text Python prints for an uncaught exception, with causes and contexts, as a str.
#define tgc_exception_format TG_CORE_SYM(tgc_exception_format)
tg_value tgc_exception_format(tg_thread *t, tg_value exc);
// A new exception of a static or heap exception type, with these args and nothing else set up:
// neither __init__ nor the type's own fields. Steals args, a tuple; TGC_NULL passes a failure on.
#define tgc_exception_new TG_CORE_SYM(tgc_exception_new)
tg_value tgc_exception_new(tg_thread *t, tgc_type *type, tg_value args_steal);
// As type(*args) for a static type: its own fields are set too.
#define tgc_exception_make TG_CORE_SYM(tgc_exception_make)
tg_value tgc_exception_make(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs);
// exc.args as a new reference; always a tuple.
#define tgc_exception_args TG_CORE_SYM(tgc_exception_args)
tg_value tgc_exception_args(tg_thread *t, tg_value exc);
// Makes the exception being handled the context of exc, unless that would close a circle.
#define tgc_exception_chain TG_CORE_SYM(tgc_exception_chain)
void tgc_exception_chain(tg_thread *t, tg_value exc);
// The OSError subclass for an errno; OSError if it has none. (exception_os.c)
#define tgc_exception_os_type TG_CORE_SYM(tgc_exception_os_type)
tgc_type *tgc_exception_os_type(int64_t err);
// Raises SyntaxError, IndentationError or TabError for a source text. Lines and columns from 1, 0
// unknown; line_text may be NULL. Always -1.
#define tgc_raise_syntax TG_CORE_SYM(tgc_raise_syntax)
int tgc_raise_syntax(tg_thread *t, tgc_type *type, const char *message, const char *filename,
                     uint32_t line, uint32_t column, uint32_t end_line, uint32_t end_column,
                     const char *line_text, size_t line_bytes);
// Attributes of an instance of a builtin exception class, which has no slots for them. get: 1 with
// *out, 0, -1. set: v TGC_NULL deletes; 1 done, 0 not there, -1.
#define tgc_exception_attr_get TG_CORE_SYM(tgc_exception_attr_get)
int tgc_exception_attr_get(tg_thread *t, tg_value exc, tg_value name, tg_value *out);
#define tgc_exception_attr_set TG_CORE_SYM(tgc_exception_attr_set)
int tgc_exception_attr_set(tg_thread *t, tg_value exc, tg_value name, tg_value v);
// An exception nobody can catch, in a finalizer or a callback: printed, with what raised it, and
// cleared. (builtin/host.c)
#define tgc_report_unraisable TG_CORE_SYM(tgc_report_unraisable)
void tgc_report_unraisable(tg_thread *t, tg_value subject);
// StopIteration(value) helpers for generators.
#define tgc_stop_iteration_value TG_CORE_SYM(tgc_stop_iteration_value)
tg_value tgc_stop_iteration_value(tg_thread *t, tg_value exc); // new reference

#endif
