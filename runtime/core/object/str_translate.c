// SPDX-License-Identifier: MIT
//
// str_translate.c - str.maketrans and str.translate.
#include "core/object/str_methods.h" // own interface

#include "core/object/dict.h"      // tables
#include "core/object/error.h"     // tgc_raise
#include "core/object/int.h"       // code points
#include "core/object/str_units.h" // view

// Appends what the table gives for c. 0, -1.
static int translate_char(tg_thread *t, tgc_strbuf *out, tg_value table, uint32_t c)
{
    tg_value v = TGC_NULL, key = tgc_from_int((int64_t)c);
    if (tgc_is_exact(table, &tgc_dict_type)) {
        int found = tgc_dict_get(t, table, key, &v);
        if (found <= 0)
            return found < 0 ? -1 : tgc_strbuf_append_char(t, out, c);
    } else {
        v = tgc_getitem(t, table, key);
        if (v == TGC_NULL) {
            if (!tgc_raised_match(t, &TGC_EXC(LookupError)))
                return -1;
            tgc_error_clear(t);
            return tgc_strbuf_append_char(t, out, c);
        }
    }
    int ok = 0;
    if (tgc_is_str(v)) {
        ok = tgc_strbuf_append_str(t, out, v);
    } else if (tgc_is_integer(v)) {
        int64_t to;
        if (!tgc_int_try_i64(v, &to) || to < 0 || to > 0x10FFFF)
            ok = tgc_raise_int(t, &TGC_EXC(ValueError),
                               "character mapping must be in range(0x110000)");
        else
            ok = tgc_strbuf_append_char(t, out, (uint32_t)to);
    } else if (v != TGC_NONE) {
        ok = tgc_raise_int(t, &TGC_EXC(TypeError),
                           "character mapping must return integer, None or str");
    }
    tgc_release(t, v);
    return ok;
}

tg_value TGC_STR_METHOD(translate)(tg_thread *t, const tg_value *args, size_t nargs,
                                   tg_value kwnames)
{
    (void)nargs;
    (void)kwnames;
    tgc_view v = units_view(args[0]);
    tgc_strbuf out;
    tgc_strbuf_init(&out);
    for (size_t i = 0; i < v.length; i++) {
        if (translate_char(t, &out, args[1], view_get(v, i)) < 0) {
            tgc_strbuf_discard(&out);
            return TGC_NULL;
        }
    }
    return tgc_strbuf_finish(t, &out);
}

static int table_of_dict(tg_thread *t, tg_value table, tg_value from)
{
    size_t pos = 0;
    tg_value key, v;
    while (tgc_dict_next(t, from, &pos, &key, &v)) {
        int ok = 0;
        if (tgc_is_str(key)) {
            if (tgc_str_length(key) == 1)
                ok = tgc_dict_set(t, table, tgc_from_int((int64_t)tgc_str_char(key, 0)), v);
            else
                ok = tgc_raise_int(t, &TGC_EXC(ValueError),
                                   "string keys in translate table must be of length 1");
        } else if (tgc_is_integer(key)) {
            ok = tgc_dict_set(t, table, key, v);
        } else {
            ok = tgc_raise_int(t, &TGC_EXC(TypeError),
                               "keys in translate table must be strings or integers");
        }
        tgc_release(t, key);
        tgc_release(t, v);
        if (ok < 0)
            return -1;
    }
    return 0;
}

static int table_of_pairs(tg_thread *t, tg_value table, const tg_value *args, size_t nargs)
{
    if (!tgc_is_str(args[0]))
        return tgc_raise_int(
            t, &TGC_EXC(TypeError),
            "first maketrans argument must be a string if there is a second argument");
    for (size_t i = 1; i < nargs; i++) {
        if (tgc_str_expect(t, args[i], "maketrans", (int)i + 1) < 0)
            return -1;
    }
    tgc_view from = units_view(args[0]), to = units_view(args[1]);
    if (from.length != to.length)
        return tgc_raise_int(t, &TGC_EXC(ValueError),
                             "the first two maketrans arguments must have equal length");
    for (size_t i = 0; i < from.length; i++) {
        tg_value key = tgc_from_int((int64_t)view_get(from, i)),
                 v = tgc_from_int((int64_t)view_get(to, i));
        if (tgc_dict_set(t, table, key, v) < 0)
            return -1;
    }
    for (size_t i = 0; nargs > 2 && i < tgc_str_length(args[2]); i++) {
        if (tgc_dict_set(t, table, tgc_from_int((int64_t)tgc_str_char(args[2], i)), TGC_NONE) < 0)
            return -1;
    }
    return 0;
}

tg_value TGC_STR_METHOD(maketrans)(tg_thread *t, const tg_value *args, size_t nargs,
                                   tg_value kwnames)
{
    (void)kwnames;
    if (nargs == 1 && !tgc_is_dict(args[0]))
        return tgc_raise(t, &TGC_EXC(TypeError),
                         "if you give only one argument to maketrans it must be a dict");
    tg_value table = tgc_dict_new(t);
    if (table == TGC_NULL)
        return TGC_NULL;
    int ok = nargs == 1 ? table_of_dict(t, table, args[0]) : table_of_pairs(t, table, args, nargs);
    if (ok < 0) {
        tgc_release(t, table);
        return TGC_NULL;
    }
    return table;
}
