// SPDX-License-Identifier: MIT
//
// error.h - exceptions: types, raising, fetching. Layer core/object. exception.c, error.c.
#ifndef TGC_OBJECT_ERROR_H
#define TGC_OBJECT_ERROR_H

#include "core/object/object.h" // tgc_type

// X(NAME, BASE): all builtin exceptions, bases first. The static type of ValueError is
// tgc_exc_ValueError.
// clang-format off
#define TGC_EXCEPTIONS(X)                                                                          \
    X(BaseException, object) X(SystemExit, BaseException) X(KeyboardInterrupt, BaseException)      \
    X(GeneratorExit, BaseException) X(Exception, BaseException) X(StopIteration, Exception)        \
    X(StopAsyncIteration, Exception) X(ArithmeticError, Exception)                                 \
    X(FloatingPointError, ArithmeticError) X(OverflowError, ArithmeticError)                       \
    X(ZeroDivisionError, ArithmeticError) X(AssertionError, Exception)                             \
    X(AttributeError, Exception) X(BufferError, Exception) X(EOFError, Exception)                  \
    X(ImportError, Exception) X(ModuleNotFoundError, ImportError) X(LookupError, Exception)        \
    X(IndexError, LookupError) X(KeyError, LookupError) X(MemoryError, Exception)                  \
    X(NameError, Exception) X(UnboundLocalError, NameError) X(OSError, Exception)                  \
    X(BlockingIOError, OSError) X(ChildProcessError, OSError) X(ConnectionError, OSError)          \
    X(BrokenPipeError, ConnectionError) X(ConnectionAbortedError, ConnectionError)                 \
    X(ConnectionRefusedError, ConnectionError) X(ConnectionResetError, ConnectionError)            \
    X(FileExistsError, OSError) X(FileNotFoundError, OSError) X(InterruptedError, OSError)         \
    X(IsADirectoryError, OSError) X(NotADirectoryError, OSError) X(PermissionError, OSError)       \
    X(ProcessLookupError, OSError) X(TimeoutError, OSError) X(ReferenceError, Exception)           \
    X(RuntimeError, Exception) X(NotImplementedError, RuntimeError)                                \
    X(RecursionError, RuntimeError) X(SyntaxError, Exception) X(IndentationError, SyntaxError)     \
    X(TabError, IndentationError) X(SystemError, Exception) X(TypeError, Exception)                \
    X(ValueError, Exception) X(UnicodeError, ValueError) X(UnicodeDecodeError, UnicodeError)       \
    X(UnicodeEncodeError, UnicodeError) X(UnicodeTranslateError, UnicodeError)                     \
    X(Warning, Exception) X(DeprecationWarning, Warning) X(PendingDeprecationWarning, Warning)     \
    X(RuntimeWarning, Warning) X(SyntaxWarning, Warning) X(UserWarning, Warning)                   \
    X(FutureWarning, Warning) X(ImportWarning, Warning) X(UnicodeWarning, Warning)                 \
    X(BytesWarning, Warning) X(ResourceWarning, Warning)
// clang-format on

#define TGC_EXC(name) TGC_PASTE(tgc_exc_##name, TG_POLICY)
// The statics are renamed by use: write &TGC_EXC(ValueError).
#define TGC_EXC_DECLARE(name, base) extern tgc_type TGC_EXC(name);
TGC_EXCEPTIONS(TGC_EXC_DECLARE)
#undef TGC_EXC_DECLARE

// Raises type(message); printf formats, UTF-8. Always returns TGC_NULL, so `return tgc_raise(...)`.
#define tgc_raise TG_CORE_SYM(tgc_raise)
tg_value tgc_raise(tg_thread *t, tgc_type *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Same, returning -1 for functions with int results.
#define tgc_raise_int TG_CORE_SYM(tgc_raise_int)
int tgc_raise_int(tg_thread *t, tgc_type *type, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// Raises type(arg), e.g. KeyError(key).
#define tgc_raise_value TG_CORE_SYM(tgc_raise_value)
tg_value tgc_raise_value(tg_thread *t, tgc_type *type, tg_value arg);
#define tgc_raise_nomem TG_CORE_SYM(tgc_raise_nomem)
tg_value tgc_raise_nomem(tg_thread *t); // allocates nothing
// Raises of the OSError family, by errno; filename may be NULL.
#define tgc_raise_os TG_CORE_SYM(tgc_raise_os)
tg_value tgc_raise_os(tg_thread *t, int err, const char *filename);

#define tgc_raised TG_CORE_SYM(tgc_raised)
bool tgc_raised(tg_thread *t); // is an exception set?
#define tgc_raised_match TG_CORE_SYM(tgc_raised_match)
bool tgc_raised_match(tg_thread *t, tgc_type *type); // is one set, and an instance of type?
#define tgc_error_clear TG_CORE_SYM(tgc_error_clear)
void tgc_error_clear(tg_thread *t);
#define tgc_error_fetch TG_CORE_SYM(tgc_error_fetch)
tg_value tgc_error_fetch(tg_thread *t); // takes it off the thread; TGC_NULL if none
#define tgc_error_restore TG_CORE_SYM(tgc_error_restore)
void tgc_error_restore(tg_thread *t, tg_value exc); // steals exc; replaces what was set

// Argument helpers for natives.
#define tgc_type_name(v)  (tgc_type_of(v)->name)
#define tgc_keyword_count TG_CORE_SYM(tgc_keyword_count)
size_t tgc_keyword_count(tg_value kwnames); // 0 for TGC_NULL
// Splits keyword arguments: names is a NULL-terminated list of all parameter names, out[i] gets a
// borrowed value or TGC_NULL. The first `required` must be given. TypeErrors read as CPython's. 0
// or -1.
#define tgc_parse_args TG_CORE_SYM(tgc_parse_args)
int tgc_parse_args(tg_thread *t, const char *fname, const char *const *names, size_t required,
                   const tg_value *args, size_t nargs, tg_value kwnames, tg_value *out);

#endif
