// SPDX-License-Identifier: MIT
//
// constants.c - None, Ellipsis, NotImplemented, and the type of every value that is not a heap
// object.
#include "core/object/error.h" // TypeError
#include "core/object/str.h"   // reprs

tgc_type *tgc_type_of_immediate(tg_value v)
{
    if (tgc_is_int(v))
        return &tgc_int_type;
    if (tgc_is_flo(v))
        return &tgc_float_type;
    switch (v) {
    case TGC_NONE:
        return &tgc_none_type;
    case TGC_FALSE:
    case TGC_TRUE:
        return &tgc_bool_type;
    case TGC_ELLIPSIS:
        return &tgc_ellipsis_type;
    case TGC_NOTIMPL:
        return &tgc_notimpl_type;
    default:
        return &tgc_object_type; // Unbound and its like never reach a script
    }
}

// type(None)() and the like give the one value of the type.
static tg_value construct_constant(tg_thread *t, tgc_type *type, size_t nargs, tg_value v)
{
    if (nargs != 0)
        return tgc_raise(t, &TGC_EXC(TypeError), "%s takes no arguments", type->name);
    return v;
}

static tg_value none_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                               tg_value kwnames)
{
    (void)args;
    (void)kwnames;
    return construct_constant(t, type, nargs, TGC_NONE);
}

static tg_value ellipsis_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                   tg_value kwnames)
{
    (void)args;
    (void)kwnames;
    return construct_constant(t, type, nargs, TGC_ELLIPSIS);
}

static tg_value notimpl_construct(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                                  tg_value kwnames)
{
    (void)args;
    (void)kwnames;
    return construct_constant(t, type, nargs, TGC_NOTIMPL);
}

static tg_value none_repr(tg_thread *t, tg_value v)
{
    (void)v;
    return tgc_str_intern_cstr(t, "None");
}

static tg_value ellipsis_repr(tg_thread *t, tg_value v)
{
    (void)v;
    return tgc_str_intern_cstr(t, "Ellipsis");
}

static tg_value notimpl_repr(tg_thread *t, tg_value v)
{
    (void)v;
    return tgc_str_intern_cstr(t, "NotImplemented");
}

static int none_truth(tg_thread *t, tg_value v)
{
    (void)t;
    (void)v;
    return 0;
}

tgc_type tgc_none_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "NoneType", .size = sizeof(tgc_obj),
    .construct = none_construct,       .repr = none_repr,  .truth = none_truth,
};

tgc_type tgc_ellipsis_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "ellipsis",    .size = sizeof(tgc_obj),
    .construct = ellipsis_construct,   .repr = ellipsis_repr,
};

tgc_type tgc_notimpl_type = {
    TGC_STATIC_TYPE(&tgc_object_type), .name = "NotImplementedType", .size = sizeof(tgc_obj),
    .construct = notimpl_construct,    .repr = notimpl_repr,
};
