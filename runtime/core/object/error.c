// SPDX-License-Identifier: MIT
//
// error.c - the exception on its way up a thread: setting, looking, taking it off; arguments of
// natives.
//
// Owns        tgc_thread.raised.
// Threads     each thread touches its own state. The one exception that exists without memory is
//             immortal and shared: it carries no traceback and no context.
#include "core/object/error.h"

#include "core/object/exception.h" // tgc_exception_make
#include "core/object/state.h"     // tgc_of
#include "core/object/str.h"       // message
#include "core/object/tuple.h"     // kwnames

#include <stdarg.h>
#include <stdio.h>

// What is raised when even an exception does not fit into memory.
static tgc_exception last_resort = {
    .head = TGC_IMMORTAL_HEAD(&TGC_EXC(MemoryError)),
    .args = {TGC_NONE},
    .cause = {TGC_NONE},
    .context = {TGC_NONE},
    .traceback = {TGC_NONE},
    .notes = {TGC_UNBOUND},
    .extra = {{TGC_UNBOUND}, {TGC_UNBOUND}, {TGC_UNBOUND}, {TGC_UNBOUND}},
};

// Sets a fresh exception (stolen; TGC_NULL if making it failed and that failure is set instead).
static tg_value set_new(tg_thread *t, tg_value exc)
{
    if (exc != TGC_NULL) {
        tgc_exception_chain(t, exc);
        tgc_error_restore(t, exc);
    }
    return TGC_NULL;
}

static void raise_text(tg_thread *t, tgc_type *type, const char *format, va_list list)
{
    char local[256];
    char *text = local;
    va_list again;
    va_copy(again, list);
    int length = vsnprintf(local, sizeof local, format, list);
    if (length >= (int)sizeof local) {
        text = tgi_raw_alloc((size_t)length + 1);
        if (text == NULL) {
            text = local;
            length = (int)sizeof local - 1;
        } else {
            vsnprintf(text, (size_t)length + 1, format, again);
        }
    }
    va_end(again);
    tg_value message = tgc_str_new(t, text, length < 0 ? 0 : (size_t)length);
    if (text != local)
        tgi_raw_free(text);
    if (message == TGC_NULL)
        return;
    tg_value exc;
    if (tgc_is_subtype(type, &TGC_EXC(UnicodeError)))
        exc = tgc_exception_new(t, type, tgc_tuple_from_array(t, &message, 1));
    else
        exc = tgc_exception_make(t, type, &message, 1);
    tgc_release(t, message);
    set_new(t, exc);
}

tg_value tgc_raise(tg_thread *t, tgc_type *type, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_text(t, type, format, list);
    va_end(list);
    return TGC_NULL;
}

int tgc_raise_int(tg_thread *t, tgc_type *type, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    raise_text(t, type, format, list);
    va_end(list);
    return -1;
}

tg_value tgc_raise_value(tg_thread *t, tgc_type *type, tg_value arg)
{
    return set_new(t, tgc_exception_make(t, type, &arg, arg != TGC_NULL));
}

// A MemoryError with a traceback is worth a try: what failed may have been a large request. If the
// small one fails too, tgc_new_raw comes back here, sees the last resort set, and leaves it at
// that.
tg_value tgc_raise_nomem(tg_thread *t)
{
    tg_value final = tgc_from_ptr(&last_resort);
    if (tgc_of(t)->raised == final)
        return TGC_NULL;
    tgc_error_restore(t, final);
    tg_value exc = tgc_exception_new(t, &TGC_EXC(MemoryError), tgc_tuple_empty());
    return set_new(t, exc);
}

bool tgc_raised(tg_thread *t)
{
    return tgc_of(t)->raised != TGC_NULL;
}

bool tgc_raised_match(tg_thread *t, tgc_type *type)
{
    tg_value exc = tgc_of(t)->raised;
    return exc != TGC_NULL && tgc_is_subtype(tgc_type_of(exc), type);
}

void tgc_error_clear(tg_thread *t)
{
    tgc_error_restore(t, TGC_NULL);
}

tg_value tgc_error_fetch(tg_thread *t)
{
    tg_value exc = tgc_of(t)->raised;
    tgc_of(t)->raised = TGC_NULL;
    return exc;
}

void tgc_error_restore(tg_thread *t, tg_value exc)
{
    tg_value old = tgc_of(t)->raised;
    tgc_of(t)->raised = exc;
    tgc_release(t, old);
}

// --- arguments

size_t tgc_keyword_count(tg_value kwnames)
{
    return kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames);
}

static bool name_is(tg_value keyword, const char *name)
{
    return tgc_str_equal_cstr(keyword, name);
}

static const char *keyword_text(tg_thread *t, tg_value keyword)
{
    size_t n;
    const char *text = tgc_str_utf8(t, keyword, &n);
    if (text == NULL)
        tgc_error_clear(t);
    return text == NULL ? "?" : text;
}

// Says which keyword is wrong, after every parameter has been looked for.
static int refuse_keyword(tg_thread *t, const char *fname, const char *const *names, size_t given,
                          tg_value kwnames)
{
    for (size_t k = 0; k < tgc_tuple_size(kwnames); k++) {
        tg_value keyword = tgc_tuple_peek(kwnames, k);
        size_t i = 0;
        while (names[i] != NULL && !name_is(keyword, names[i]))
            i++;
        if (names[i] == NULL)
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "'%s' is an invalid keyword argument for %s()",
                                 keyword_text(t, keyword), fname);
        if (i < given)
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "argument for %s() given by name ('%s') and position (%zu)", fname,
                                 names[i], i + 1);
    }
    return 0;
}

int tgc_parse_args(tg_thread *t, const char *fname, const char *const *names, size_t required,
                   const tg_value *args, size_t nargs, tg_value kwnames, tg_value *out)
{
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    size_t named = tgc_keyword_count(kwnames);
    size_t given = nargs - named;
    if (nargs > count)
        return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() takes %s %zu %sargument%s (%zu given)",
                             fname, required < count ? "at most" : "exactly", count,
                             given == 0 ? "keyword " : "", count == 1 ? "" : "s", nargs);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        out[i] = i < given ? args[i] : TGC_NULL;
        for (size_t k = 0; i >= given && k < named; k++) {
            if (name_is(tgc_tuple_peek(kwnames, k), names[i])) {
                out[i] = args[given + k];
                used++;
                break;
            }
        }
        if (i < required && out[i] == TGC_NULL)
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "%s() missing required argument '%s' (pos %zu)", fname, names[i],
                                 i + 1);
    }
    return used == named ? 0 : refuse_keyword(t, fname, names, given, kwnames);
}
