// SPDX-License-Identifier: MIT
//
// traceback.c - traceback objects, and the text of an uncaught exception.
//
// The text follows CPython 3.11 line by line, without the marker lines under the source. One call
// reads each source file once and remembers it until the call is done; a file that cannot be read
// leaves its lines out. Whatever goes wrong inside (a failing __str__, no memory) is swallowed: the
// caller is reporting another error.
#include "core/object/class.h"     // class_data
#include "core/object/exception.h" // tgc_traceback
#include "core/object/known.h"     // names
#include "core/object/list.h"      // __notes__
#include "core/object/str.h"       // tgc_strbuf
#include "core/object/tuple.h"     // SyntaxError fields

#include "base/os.h"  // reading source files
#include "base/vec.h" // chain of causes
#include "mem/raw.h"  // file contents

#include <fcntl.h>

enum {
    ENTRIES_SHOWN = 1000,        // innermost entries of one traceback
    REPEATS_SHOWN = 3,           // equal entries in a row before they are folded
    SOURCE_BYTES_MAX = 16 << 20, // larger files are not looked into
};

// --- the object

static void traceback_clear(tg_thread *t, tgc_obj *o)
{
    tgc_traceback *tb = (tgc_traceback *)(void *)o;
    tgc_release(t, tgc_slot_exchange(t, &tb->next, TGC_NONE));
}

static void traceback_dealloc(tg_thread *t, tgc_obj *o)
{
    tgc_untrack(t, o);
    traceback_clear(t, o);
    tgc_delete(t, o, sizeof(tgc_traceback));
}

static void traceback_traverse(tgc_obj *o, tgc_visit visit, void *arg)
{
    visit(tgc_slot_peek(&((tgc_traceback *)(void *)o)->next), arg);
}

static tg_value traceback_next(tg_thread *t, tg_value self)
{
    return tgc_slot_load(t, &((tgc_traceback *)(void *)tgc_ptr(self))->next);
}

static tg_value traceback_lineno(tg_thread *t, tg_value self)
{
    (void)t;
    return tgc_from_int(((tgc_traceback *)(void *)tgc_ptr(self))->line);
}

static const tgc_getset_def traceback_getsets[] = {
    {"tb_next", traceback_next, NULL},
    {"tb_lineno", traceback_lineno, NULL},
    {NULL, NULL, NULL},
};

static tg_value traceback_construct(tg_thread *t, tgc_type *type, const tg_value *args,
                                    size_t nargs, tg_value kwnames)
{
    (void)args;
    (void)nargs;
    (void)kwnames;
    return tgc_raise(t, &TGC_EXC(TypeError), "cannot create '%s' instances", type->name);
}

tgc_type tgc_traceback_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "traceback",
    .flags = TGC_TF_TRACKED,           .size = sizeof(tgc_traceback),
    .construct = traceback_construct,  .dealloc = traceback_dealloc,
    .clear = traceback_clear,          .traverse = traceback_traverse,
    .getsets = traceback_getsets,
};

void tgc_traceback_add(tg_thread *t, tgc_code *code, const tgi_ins *ins)
{
    tg_value exc = tgc_error_fetch(t);
    if (exc == TGC_NULL)
        return;
    // The one exception that lives for ever belongs to all threads and carries no traceback.
    tgc_obj *o = tgc_is_immortal(tgc_ptr(exc))
                     ? NULL
                     : tgc_new_raw(t, &tgc_traceback_type, sizeof(tgc_traceback));
    if (o != NULL) {
        tgc_traceback *tb = (tgc_traceback *)(void *)o;
        tgc_exception *e = (tgc_exception *)(void *)tgc_ptr(exc);
        tgi_position where = tgc_code_position(code, ins);
        tgc_slot_init(t, &tb->next, tgc_slot_load(t, &e->traceback));
        tb->code = code;
        tb->line = where.line;
        tb->column = where.column;
        tb->end_column = where.end_column;
        tgc_track(t, o);
        tgc_release(t, tgc_slot_exchange(t, &e->traceback, tgc_from_ptr(o)));
    }
    tgc_error_restore(t, exc); // also takes a MemoryError of ours off
}

// --- source lines

typedef struct source_file {
    tg_value name; // borrowed: code objects are never freed
    char *text;    // NULL: unreadable
    size_t size;
} source_file;

typedef struct report {
    tgc_strbuf out;
    tgi_vec(source_file) files;
    bool failed; // no memory for the text
} report;

static char *read_file(const char *path, size_t *size)
{
    int fd = path[0] == '<' ? -1 : tgi_os.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0)
        return NULL;
    size_t used = 0, capacity = 8192;
    char *text = tgi_raw_alloc(capacity);
    while (text != NULL) {
        if (used == capacity) {
            char *bigger = capacity > SOURCE_BYTES_MAX ? NULL : tgi_raw_realloc(text, 2 * capacity);
            if (bigger == NULL) {
                tgi_raw_free(text);
                text = NULL;
                break;
            }
            text = bigger;
            capacity *= 2;
        }
        ssize_t n = tgi_os.read(fd, text + used, capacity - used);
        if (n < 0) {
            tgi_raw_free(text);
            text = NULL;
        }
        if (n <= 0)
            break;
        used += (size_t)n;
    }
    tgi_os.close(fd);
    *size = used;
    return text;
}

static const source_file *find_source(tg_thread *t, report *r, tg_value name)
{
    for (size_t i = 0; i < r->files.count; i++) {
        if (r->files.data[i].name == name)
            return &r->files.data[i];
    }
    source_file file = {name, NULL, 0};
    const char *path = tgc_str_utf8(t, name, NULL);
    if (path == NULL)
        tgc_error_clear(t);
    else
        file.text = read_file(path, &file.size);
    if (!vec_push(&r->files, file)) {
        tgi_raw_free(file.text);
        return NULL;
    }
    return &vec_last(&r->files);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\r' || c == '\v';
}

// The line without indentation and line end; its length, or 0 if it is not there.
static size_t source_line(const source_file *file, uint32_t line, const char **start)
{
    if (file == NULL || file->text == NULL || line == 0)
        return 0;
    const char *p = file->text, *end = p + file->size;
    for (uint32_t i = 1; i < line && p != NULL; i++) {
        p = memchr(p, '\n', (size_t)(end - p));
        p = p == NULL ? NULL : p + 1;
    }
    if (p == NULL || p == end)
        return 0;
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    stop = stop == NULL ? end : stop;
    while (p < stop && is_blank(*p))
        p++;
    while (stop > p && is_blank(stop[-1]))
        stop--;
    *start = p;
    return (size_t)(stop - p);
}

// --- pieces of the report. A failure is remembered; the exception it raised is dropped.

static void note_failure(tg_thread *t, report *r, int st)
{
    if (st < 0) {
        tgc_error_clear(t);
        r->failed = true;
    }
}

static void put(tg_thread *t, report *r, const char *text)
{
    if (r->failed)
        return;
    note_failure(t, r, tgc_strbuf_append_cstr(t, &r->out, text));
}

// A str, with what UTF-8 cannot hold written as an escape.
static void put_str(tg_thread *t, report *r, tg_value s, size_t from, size_t to)
{
    for (size_t i = from; i < to && !r->failed; i++) {
        uint32_t c = tgc_str_char(s, i);
        if (c >= 0xd800 && c < 0xe000)
            note_failure(t, r, tgc_strbuf_append_printf(t, &r->out, "\\u%04x", c));
        else
            note_failure(t, r, tgc_strbuf_append_char(t, &r->out, c));
    }
}

static void put_whole(tg_thread *t, report *r, tg_value s)
{
    put_str(t, r, s, 0, tgc_str_length(s));
}

static void put_number(tg_thread *t, report *r, const char *format, unsigned long n)
{
    if (r->failed)
        return;
    note_failure(t, r, tgc_strbuf_append_printf(t, &r->out, format, n));
}

// --- the traceback

static const tgc_traceback *entry_of(tg_value v)
{
    return (const tgc_traceback *)(const void *)tgc_ptr(v);
}

static void put_entry(tg_thread *t, report *r, const tgc_traceback *tb)
{
    put(t, r, "  File \"");
    put_whole(t, r, tb->code->filename);
    put_number(t, r, "\", line %lu, in ", tb->line);
    put_whole(t, r, tb->code->name);
    put(t, r, "\n");
    const char *start;
    size_t length = source_line(find_source(t, r, tb->code->filename), tb->line, &start);
    if (length == 0)
        return;
    tg_value line = tgc_str_new(t, start, length);
    if (line == TGC_NULL) { // not UTF-8
        tgc_error_clear(t);
        return;
    }
    put(t, r, "    ");
    put_whole(t, r, line);
    put(t, r, "\n");
    tgc_release(t, line);
}

static void put_folded(tg_thread *t, report *r, unsigned long repeats)
{
    if (repeats > REPEATS_SHOWN)
        put_number(t, r,
                   repeats - REPEATS_SHOWN == 1 ? "  [Previous line repeated %lu more time]\n"
                                                : "  [Previous line repeated %lu more times]\n",
                   repeats - REPEATS_SHOWN);
}

static tg_value step(tg_thread *t, tg_value tb) // to the next entry; gives the reference to tb up
{
    tg_value next = traceback_next(t, tb);
    tgc_release(t, tb);
    return next;
}

static void put_traceback(tg_thread *t, report *r, const tgc_exception *e)
{
    tg_value tb = tgc_slot_load(t, &e->traceback);
    if (tb == TGC_NONE)
        return;
    put(t, r, "Traceback (most recent call last):\n");
    size_t depth = 0;
    for (tg_value v = tgc_retain(t, tb); v != TGC_NONE; v = step(t, v))
        depth++;
    for (; depth > ENTRIES_SHOWN && tb != TGC_NONE; depth--)
        tb = step(t, tb);
    const tgc_code *code = NULL;
    uint32_t line = 0;
    unsigned long repeats = 0;
    for (; tb != TGC_NONE; tb = step(t, tb)) {
        const tgc_traceback *entry = entry_of(tb);
        bool same = code != NULL && entry->line == line && entry->code->name == code->name &&
                    entry->code->filename == code->filename;
        if (!same) {
            put_folded(t, r, repeats);
            code = entry->code;
            line = entry->line;
            repeats = 0;
        }
        if (++repeats <= REPEATS_SHOWN)
            put_entry(t, r, entry);
    }
    put_folded(t, r, repeats);
}

// --- the last lines: SyntaxError's place, the type, the message, the notes

static int64_t small(tg_value v)
{
    return tgc_is_int(v) ? tgc_int(v) : 0;
}

static void put_fill(tg_thread *t, report *r, char c, int64_t count)
{
    if (count > 0 && !r->failed)
        note_failure(t, r, tgc_strbuf_append_fill(t, &r->out, (uint32_t)c, (size_t)count));
}

// The text of the line without its indentation, and carets under offset..end_offset. Columns count
// from 1.
static void put_syntax_line(tg_thread *t, report *r, tg_value info)
{
    tg_value text = tgc_tuple_peek(info, 3);
    int64_t length = (int64_t)tgc_str_length(text), from = 0, shown = 0;
    while (shown < length && tgc_str_char(text, (size_t)shown) != '\n')
        shown++;
    while (from < shown && is_blank((char)tgc_str_char(text, (size_t)from)))
        from++;
    put(t, r, "    ");
    put_str(t, r, text, (size_t)from, (size_t)shown);
    put(t, r, "\n");
    int64_t offset = small(tgc_tuple_peek(info, 2));
    int64_t end = small(tgc_tuple_peek(info, 5)) - 1;
    if (small(tgc_tuple_peek(info, 4)) > small(tgc_tuple_peek(info, 1)))
        end = shown; // goes on beyond this line
    if (offset < 1)
        return;
    int64_t start = (length == 0 || offset < length ? offset : length) - 1;
    end = end < length ? end : length;
    end = end > start ? end : start + 1;
    if (start < from)
        return;
    put_fill(t, r, ' ', 4 + start - from);
    put_fill(t, r, '^', end - start);
    put(t, r, "\n");
}

static void put_syntax_place(tg_thread *t, report *r, const tgc_exception *e)
{
    tg_value info = tgc_slot_load(t, &e->extra[1]);
    if (!tgc_is_tuple(info)) {
        tgc_release(t, info);
        return;
    }
    put(t, r, "  File \"");
    tg_value filename = tgc_tuple_peek(info, 0);
    if (tgc_is_str(filename))
        put_whole(t, r, filename);
    else
        put(t, r, "<string>");
    put_number(t, r, "\", line %lu\n", (unsigned long)small(tgc_tuple_peek(info, 1)));
    if (tgc_is_str(tgc_tuple_peek(info, 3)))
        put_syntax_line(t, r, info);
    tgc_release(t, info);
}

static void put_type_name(tg_thread *t, report *r, tgc_type *type)
{
    if ((type->flags & TGC_TF_HEAP) == 0) {
        put(t, r, type->name);
        return;
    }
    tg_value module = tgc_getattr(t, tgc_from_ptr(type), TGC_NAME(module));
    if (module == TGC_NULL || !tgc_is_str(module)) {
        tgc_error_clear(t);
        put(t, r, "<unknown>.");
    } else if (!tgc_str_equal_cstr(module, "builtins") && !tgc_str_equal_cstr(module, "__main__")) {
        put_whole(t, r, module);
        put(t, r, ".");
    }
    tgc_release(t, module);
    put_whole(t, r, type->class_data->qualname);
}

// str(v), or repr(v) if `as_repr`; TGC_NULL with nothing raised if that fails.
static tg_value text_of(tg_thread *t, tg_value v, bool as_repr)
{
    tg_value text = as_repr ? tgc_repr(t, v) : tgc_to_str(t, v);
    if (text == TGC_NULL)
        tgc_error_clear(t);
    return text;
}

static void put_note(tg_thread *t, report *r, tg_value note)
{
    tg_value text = text_of(t, note, false);
    if (text == TGC_NULL)
        put(t, r, "<note str() failed>");
    else
        put_whole(t, r, text);
    put(t, r, "\n");
    tgc_release(t, text);
}

static void put_notes(tg_thread *t, report *r, const tgc_exception *e)
{
    tg_value notes = tgc_slot_load(t, &e->notes);
    if (tgc_is_list(notes)) {
        for (size_t i = 0;; i++) {
            tg_value note = tgc_list_get(t, notes, i);
            if (note == TGC_NULL)
                break;
            put_note(t, r, note);
            tgc_release(t, note);
        }
    } else if (notes != TGC_UNBOUND && notes != TGC_NONE) {
        tg_value text = text_of(t, notes, true);
        if (text != TGC_NULL)
            put_whole(t, r, text);
        put(t, r, "\n");
        tgc_release(t, text);
    }
    tgc_release(t, notes);
}

static void put_exception(tg_thread *t, report *r, tg_value exc)
{
    const tgc_exception *e = (const tgc_exception *)(const void *)tgc_ptr(exc);
    put_traceback(t, r, e);
    bool syntax = tgc_is_subtype(tgc_type_of(exc), &TGC_EXC(SyntaxError));
    tg_value text = TGC_NULL;
    if (syntax) {
        put_syntax_place(t, r, e);
        tg_value message = tgc_slot_load(t, &e->extra[0]);
        text = text_of(t, message == TGC_UNBOUND ? TGC_NONE : message, false);
        tgc_release(t, message);
    } else {
        text = text_of(t, exc, false);
    }
    put_type_name(t, r, tgc_type_of(exc));
    if (text == TGC_NULL) {
        put(t, r, ": <exception str() failed>");
    } else if (tgc_str_length(text) > 0) {
        put(t, r, ": ");
        put_whole(t, r, text);
    }
    tgc_release(t, text);
    put(t, r, "\n");
    put_notes(t, r, e);
}

// --- causes and contexts

typedef struct link {
    tg_value exc;         // a reference
    const char *sentence; // printed after it, before the exception that it led to
} link;
typedef tgi_vec(link) chain;

// What is printed before exc, with a reference; TGC_NONE if nothing is.
static tg_value origin_of(tg_thread *t, tg_value exc, const char **sentence)
{
    const tgc_exception *e = (const tgc_exception *)(const void *)tgc_ptr(exc);
    tg_value cause = tgc_slot_load(t, &e->cause);
    *sentence = "\nThe above exception was the direct cause of the following exception:\n\n";
    // ORDER: relaxed; a flag of its own.
    if (cause != TGC_NONE || atom_load_relaxed(&e->suppress_context))
        return cause;
    *sentence = "\nDuring handling of the above exception, another exception occurred:\n\n";
    return tgc_slot_load(t, &e->context);
}

static bool in_chain(const chain *c, tg_value exc)
{
    for (size_t i = 0; i < c->count; i++) {
        if (c->data[i].exc == exc)
            return true;
    }
    return false;
}

tg_value tgc_exception_format(tg_thread *t, tg_value exc)
{
    report r = {.files = TGI_VEC_INIT, .failed = false};
    chain c = TGI_VEC_INIT;
    tgc_strbuf_init(&r.out);
    link next = {tgc_retain(t, exc), ""};
    while (next.exc != TGC_NONE && !in_chain(&c, next.exc) && vec_push(&c, next))
        next.exc = origin_of(t, next.exc, &next.sentence);
    tgc_release(t, next.exc);
    while (c.count > 0) {
        link last = vec_pop(&c);
        put_exception(t, &r, last.exc);
        put(t, &r, last.sentence);
        tgc_release(t, last.exc);
    }
    vec_free(&c);
    for (size_t i = 0; i < r.files.count; i++)
        tgi_raw_free(r.files.data[i].text);
    vec_free(&r.files);
    if (r.failed) {
        tgc_strbuf_discard(&r.out);
        return tgc_raise_nomem(t);
    }
    return tgc_strbuf_finish(t, &r.out);
}
