// SPDX-License-Identifier: MIT
//
// bind.c - arguments become parameters.
//
// Owns        the rules of defaults, keyword-only, *args and **kwargs, and their error messages.
// Threads     any attached thread; no script code runs.
#include "core/vm/frame.h"

#include "core/object/dict.h"  // **kwargs
#include "core/object/str.h"   // names
#include "core/object/tuple.h" // *args, kwnames
#include "mem/raw.h"           // many keywords

#include <stdio.h> // snprintf

static const char *text(tg_thread *t, tg_value s)
{
    size_t n;
    const char *p = tgc_str_utf8(t, s, &n);
    return p != NULL ? p : "?";
}

static tg_value param_name(const tgc_code *code, uint32_t i)
{
    return code->consts[code->unit->local_names[i]];
}

static void too_many(tg_thread *t, const tgc_code *code, tgc_function *f, size_t given,
                     size_t kwonly_given)
{
    tg_value defaults = tgc_slot_load(t, &f->defaults);
    size_t optional = defaults == TGC_NONE ? 0 : tgc_tuple_size(defaults);
    tgc_release(t, defaults);
    char takes[64], extra[96] = "";
    uint32_t max = code->positional;
    if (optional > 0)
        snprintf(takes, sizeof takes, "from %zu to %u positional arguments", max - optional, max);
    else
        snprintf(takes, sizeof takes, "%u positional argument%s", max, max == 1 ? "" : "s");
    if (kwonly_given > 0)
        snprintf(extra, sizeof extra, " positional argument%s (and %zu keyword-only argument%s)",
                 given == 1 ? "" : "s", kwonly_given, kwonly_given == 1 ? "" : "s");
    tgc_raise(t, &TGC_EXC(TypeError), "%s() takes %s but %zu%s %s given", text(t, code->qualname),
              takes, given, extra, given == 1 && kwonly_given == 0 ? "was" : "were");
}

static void missing(tg_thread *t, const tgc_code *code, const tg_value *regs, uint32_t from,
                    uint32_t to, const char *kind)
{
    uint32_t count = 0, seen = 0;
    for (uint32_t i = from; i < to; i++)
        count += regs[i] == TGC_UNBOUND;
    tgc_strbuf names;
    tgc_strbuf_init(&names);
    for (uint32_t i = from; i < to; i++) {
        if (regs[i] != TGC_UNBOUND)
            continue;
        const char *before = seen == 0          ? ""
                             : seen + 1 < count ? ", "
                             : count == 2       ? " and "
                                                : ", and ";
        tgc_strbuf_append_printf(t, &names, "%s'%s'", before, text(t, param_name(code, i)));
        seen++;
    }
    tg_value list = tgc_strbuf_finish(t, &names);
    if (list == TGC_NULL)
        return;
    tgc_raise(t, &TGC_EXC(TypeError), "%s() missing %u required %s argument%s: %s",
              text(t, code->qualname), count, kind, count == 1 ? "" : "s", text(t, list));
    tgc_release(t, list);
}

// One keyword argument (taken). 0 or -1.
static int bind_keyword(tg_thread *t, const tgc_code *code, tg_value *regs, tg_value name,
                        tg_value v, tg_value kwargs)
{
    const tgi_unit *unit = code->unit;
    uint32_t last = unit->positional_count + unit->kwonly_count;
    bool posonly = false;
    for (uint32_t i = 0; i < last; i++) {
        tg_value p = param_name(code, i);
        if (p != name && !(!tgc_str_is_interned(name) && tgc_str_equal(p, name)))
            continue;
        if (i < unit->posonly_count) {
            posonly = true;
            break;
        }
        if (regs[i] != TGC_UNBOUND) {
            tgc_release(t, v);
            return tgc_raise_int(t, &TGC_EXC(TypeError),
                                 "%s() got multiple values for argument '%s'",
                                 text(t, code->qualname), text(t, name));
        }
        regs[i] = v;
        return 0;
    }
    if (kwargs != TGC_NULL) {
        int st = tgc_dict_set(t, kwargs, name, v);
        tgc_release(t, v);
        return st;
    }
    tgc_release(t, v);
    if (posonly)
        return tgc_raise_int(
            t, &TGC_EXC(TypeError),
            "%s() got some positional-only arguments passed as keyword arguments: '%s'",
            text(t, code->qualname), text(t, name));
    return tgc_raise_int(t, &TGC_EXC(TypeError), "%s() got an unexpected keyword argument '%s'",
                         text(t, code->qualname), text(t, name));
}

static int fill_defaults(tg_thread *t, tgc_function *f, const tgc_code *code, tg_value *regs)
{
    uint32_t positional = code->positional, kwonly = code->unit->kwonly_count;
    tg_value defaults = tgc_slot_load(t, &f->defaults);
    uint32_t optional = defaults == TGC_NONE ? 0 : (uint32_t)tgc_tuple_size(defaults);
    if (optional > positional)
        optional = positional;
    bool lacks = false;
    for (uint32_t i = 0; i < positional; i++) {
        if (regs[i] != TGC_UNBOUND)
            continue;
        if (i + optional >= positional)
            regs[i] = tgc_retain(t, tgc_tuple_peek(defaults, i + optional - positional));
        else
            lacks = true;
    }
    tgc_release(t, defaults);
    if (lacks) {
        missing(t, code, regs, 0, positional, "positional");
        return -1;
    }
    if (kwonly == 0)
        return 0;
    tg_value kwdefaults = tgc_slot_load(t, &f->kwdefaults);
    int st = 0;
    for (uint32_t i = positional; i < positional + kwonly && st == 0; i++) {
        if (regs[i] != TGC_UNBOUND)
            continue;
        int found =
            kwdefaults == TGC_NONE ? 0 : tgc_dict_get(t, kwdefaults, param_name(code, i), &regs[i]);
        if (found <= 0)
            regs[i] = TGC_UNBOUND;
        lacks |= found == 0;
        st = found < 0 ? -1 : 0;
    }
    tgc_release(t, kwdefaults);
    if (st == 0 && lacks) {
        missing(t, code, regs, positional, positional + kwonly, "keyword-only");
        return -1;
    }
    return st;
}

int tgc_bind(tg_thread *t, tgc_function *f, tg_value *regs, size_t nargs, tg_value kwnames)
{
    tgc_code *code = f->code;
    const tgi_unit *unit = code->unit;
    size_t nkw = kwnames == TGC_NULL ? 0 : tgc_tuple_size(kwnames), npos = nargs - nkw;
    uint32_t positional = code->positional, named = positional + unit->kwonly_count;
    bool varargs = (unit->flags & TGI_UNIT_VARARGS) != 0,
         varkw = (unit->flags & TGI_UNIT_VARKW) != 0;
    tg_value few[16], *kwvalues = few, args = TGC_NULL, kwargs = TGC_NULL;
    int st = -1;
    if (nkw > 16) {
        kwvalues = tgi_raw_alloc(nkw * sizeof *kwvalues);
        if (kwvalues == NULL) {
            for (size_t i = 0; i < nargs; i++) {
                tgc_release(t, regs[i]);
                regs[i] = TGC_UNBOUND;
            }
            tgc_raise_nomem(t);
            return -1;
        }
    }
    for (size_t i = 0; i < nkw; i++) {
        kwvalues[i] = regs[npos + i];
        regs[npos + i] = TGC_UNBOUND;
    }
    size_t taken = 0;
    if (npos > positional) {
        if (varargs) {
            args = tgc_tuple_from_array(t, regs + positional, npos - positional);
            if (args == TGC_NULL)
                goto fail;
        } else {
            size_t kwonly_given = 0;
            for (size_t k = 0; k < nkw; k++) {
                for (uint32_t i = positional; i < named; i++)
                    kwonly_given += param_name(code, i) == tgc_tuple_peek(kwnames, k);
            }
            too_many(t, code, f, npos, kwonly_given);
            goto fail;
        }
        for (size_t i = positional; i < npos; i++) {
            tgc_release(t, regs[i]);
            regs[i] = TGC_UNBOUND;
        }
        npos = positional;
    } else if (varargs) {
        args = tgc_tuple_empty();
    }
    for (size_t i = npos; i < code->nparams; i++)
        regs[i] = TGC_UNBOUND;
    if (varkw) {
        kwargs = tgc_dict_new(t);
        if (kwargs == TGC_NULL)
            goto fail;
    }
    while (taken < nkw) {
        size_t k = taken++;
        if (bind_keyword(t, code, regs, tgc_tuple_peek(kwnames, k), kwvalues[k], kwargs) < 0)
            goto fail;
    }
    if ((npos < positional || unit->kwonly_count > 0) && fill_defaults(t, f, code, regs) < 0)
        goto fail;
    if (varargs)
        regs[named] = args;
    if (varkw)
        regs[named + varargs] = kwargs;
    st = 0;
    goto done;
fail:
    while (taken < nkw)
        tgc_release(t, kwvalues[taken++]);
    for (size_t i = 0; i < nargs || i < named; i++) {
        if (tgc_is_ptr(regs[i]))
            tgc_release(t, regs[i]);
        regs[i] = TGC_UNBOUND;
    }
    tgc_release(t, args);
    tgc_release(t, kwargs);
done:
    if (kwvalues != few)
        tgi_raw_free(kwvalues);
    return st;
}
