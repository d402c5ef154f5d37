// SPDX-License-Identifier: MIT
//
// object.h - types and the operations every object has. Layer core/object.
//
// Conventions of all core functions
//   t first; results are new references unless the name says `borrow` or `peek`; arguments are
//   borrowed unless the name ends in `_steal`. A tg_value result of TGC_NULL, or an int result of
//   -1, means an exception is set.
#ifndef TGC_OBJECT_OBJECT_H
#define TGC_OBJECT_OBJECT_H

#include "core/policy/policy.h" // tgc_obj, counts, slots, locks

#include <stddef.h>

typedef enum tgc_binop {
    TGC_ADD,
    TGC_SUB,
    TGC_MUL,
    TGC_DIV,
    TGC_FLOORDIV,
    TGC_MOD,
    TGC_POW,
    TGC_LSHIFT,
    TGC_RSHIFT,
    TGC_AND,
    TGC_OR,
    TGC_XOR,
    TGC_MATMUL,
    TGC_DIVMOD,
    TGC_BINOP_COUNT
} tgc_binop;
typedef enum tgc_unop { TGC_NEG, TGC_POS, TGC_INVERT, TGC_ABS } tgc_unop;
typedef enum tgc_cmpop { TGC_LT, TGC_LE, TGC_EQ, TGC_NE, TGC_GT, TGC_GE } tgc_cmpop;

// The answer of op for two operands whose order is c: < 0, 0 or > 0.
static inline tg_value tgc_from_order(tgc_cmpop op, int c)
{
    switch (op) {
    case TGC_LT:
        return tgc_from_bool(c < 0);
    case TGC_LE:
        return tgc_from_bool(c <= 0);
    case TGC_EQ:
        return tgc_from_bool(c == 0);
    case TGC_NE:
        return tgc_from_bool(c != 0);
    case TGC_GT:
        return tgc_from_bool(c > 0);
    case TGC_GE:
        break;
    }
    return tgc_from_bool(c >= 0);
}

// A function written in C. args are borrowed from the caller, nargs counts positional and keyword
// values; kwnames is a tuple naming the last len(kwnames) of them, or TGC_NULL if there are none.
typedef tg_value (*tgc_native)(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames);

enum { TGC_METH_KW = 1, TGC_METH_CLASS = 2, TGC_METH_STATIC = 4 };

// One method of a static type, or one builtin function. args[0] is self (the class for
// TGC_METH_CLASS, nothing for TGC_METH_STATIC and module functions). min and max count the
// arguments after self; max < 0: no limit. Without TGC_METH_KW keyword arguments are refused before
// fn is called.
typedef struct tgc_method_def {
    const char *name;
    tgc_native fn;
    int16_t min, max;
    uint32_t flags;
} tgc_method_def;

typedef struct tgc_getset_def { // a computed attribute of a static type
    const char *name;
    tg_value (*get)(tg_thread *t, tg_value self);
    // v TGC_NULL to delete; NULL function: read-only
    int (*set)(tg_thread *t, tg_value self, tg_value v);
} tgc_getset_def;

typedef void (*tgc_visit)(tg_value v, void *arg);

// Type flags. The layout flags are inherited, so "is v a list or a subclass" is one bit test.
enum {
    TGC_TF_INT = 1u << 0, // heap integers and bool's type
    TGC_TF_FLOAT = 1u << 1,
    TGC_TF_STR = 1u << 2,
    TGC_TF_BYTES = 1u << 3,
    TGC_TF_LIST = 1u << 4,
    TGC_TF_TUPLE = 1u << 5,
    TGC_TF_DICT = 1u << 6,
    TGC_TF_SET = 1u << 7, // set and frozenset
    TGC_TF_TYPE = 1u << 8,
    TGC_TF_EXC = 1u << 9, // BaseException
    TGC_TF_FUNCTION = 1u << 10,
    TGC_TF_NATIVE = 1u << 11,   // object of a class defined through the C API, with a data pointer
    TGC_TF_WEAKREF = 1u << 12,  // weak references and proxies: struct tgc_weakref
    TGC_TF_TRACKED = 1u << 16,  // instances may hold references: registered in the object map
    TGC_TF_HEAP = 1u << 17,     // made by a class statement or the C API
    TGC_TF_BASETYPE = 1u << 18, // may be subclassed by scripts
    TGC_TF_READY = 1u << 19,
    TGC_TF_ATTRS = 1u << 20, // instances have attribute slots (struct tgc_attrs at attrs_offset)
    TGC_TF_DESCR = 1u << 21, // has descr_get
    TGC_TF_DATADESCR = 1u << 22, // has descr_set
    TGC_TF_DEL = 1u << 23,       // a class with a __del__: finalize.h
};

struct tgc_names; // attribute table of a type (names.c)
struct tgc_class; // what only heap types have (class.c)

struct tgc_type {
    tgc_obj head;
    const char *name;   // UTF-8; heap types own it
    const char *module; // "builtins", or the defining module
    uint32_t flags;
    uint32_t size;  // bytes of an instance of this type, header included
    tgc_type *base; // layout base; NULL for object
    const tgc_method_def *methods;
    const tgc_getset_def *getsets;
    const char *doc;

    // --- behaviour; NULL inherits from base in tgc_type_ready
    void (*dealloc)(tg_thread *t, tgc_obj *o); // releases content, frees memory
    // releases references, leaves a valid empty object
    void (*clear)(tg_thread *t, tgc_obj *o);
    void (*traverse)(tgc_obj *o, tgc_visit visit, void *arg); // visits every reference held
    void (*finalize)(tg_thread *t, tgc_obj *o); // called by finalize.c only; runs script code
    // type(...)
    tg_value (*construct)(tg_thread *t, tgc_type *type, const tg_value *args, size_t nargs,
                          tg_value kwnames);
    int (*init)(tg_thread *t, tg_value self, const tg_value *args, size_t nargs, tg_value kwnames);
    tg_value (*repr)(tg_thread *t, tg_value v);
    tg_value (*str)(tg_thread *t, tg_value v); // NULL: as repr
    // NULL after ready: by address; -1 with TypeError if unhashable
    int (*hash)(tg_thread *t, tg_value v, uint64_t *out);
    int (*truth)(tg_thread *t, tg_value v);      // 1, 0, -1; NULL: by length, else true
    int64_t (*length)(tg_thread *t, tg_value v); // -1 on error
    tg_value (*call)(tg_thread *t, tg_value f, const tg_value *args, size_t nargs,
                     tg_value kwnames);
    tg_value (*getattr)(tg_thread *t, tg_value v, tg_value name);
    int (*setattr)(tg_thread *t, tg_value v, tg_value name, tg_value x); // x TGC_NULL deletes
    // Called for a op b with either operand of this type; TGC_NOTIMPL if it does not know the other
    // one.
    tg_value (*binary)(tg_thread *t, tgc_binop op, tg_value a, tg_value b);
    tg_value (*inplace)(tg_thread *t, tgc_binop op, tg_value a, tg_value b); // a is of this type
    tg_value (*unary)(tg_thread *t, tgc_unop op, tg_value a); // TGC_NOTIMPL if unsupported
    tg_value (*compare)(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b); // a is of this type
    tg_value (*getitem)(tg_thread *t, tg_value v, tg_value key);
    int (*setitem)(tg_thread *t, tg_value v, tg_value key, tg_value x); // x TGC_NULL deletes
    int (*contains)(tg_thread *t, tg_value v, tg_value x);
    tg_value (*iter)(tg_thread *t, tg_value v);
    tg_value (*next)(tg_thread *t, tg_value v); // TGC_NULL and no exception when exhausted
    tg_value (*format)(tg_thread *t, tg_value v, tg_value spec); // __format__
    tg_value (*descr_get)(tg_thread *t, tg_value d, tg_value self, tgc_type *type);
    int (*descr_set)(tg_thread *t, tg_value d, tg_value self, tg_value x);

    // --- filled by tgc_type_ready / class creation (type.c)
    struct tgc_names *names; // own attributes
    tgc_type **mro;          // itself first
    uint32_t mro_count;
    _Atomic(uint32_t) version;    // never reused; 0 = do not cache (type.c)
    uint32_t attrs_offset;        // of struct tgc_attrs in instances, if TGC_TF_ATTRS
    uint32_t weak_offset;         // of the weak word (weakref.h); 0: no weak references
    _Atomic(uintptr_t) weak;      // of the type itself
    struct tgc_class *class_data; // heap types only
    // TGC_TF_NATIVE: the tg_class_def it was made from (native_class.c)
    const void *native;
};

#define TGC_STATIC_TYPE(base_) \
    .head = TGC_IMMORTAL_HEAD(&tgc_type_type), .base = (base_), .module = "builtins"

// --- static types (the owner of each is in the comment)
#define tgc_type_type TG_CORE_SYM(tgc_type_type)
extern tgc_type tgc_type_type; // type.c
#define tgc_object_type TG_CORE_SYM(tgc_object_type)
extern tgc_type tgc_object_type; // type.c
#define tgc_none_type TG_CORE_SYM(tgc_none_type)
extern tgc_type tgc_none_type; // constants.c
#define tgc_bool_type TG_CORE_SYM(tgc_bool_type)
extern tgc_type tgc_bool_type; // int.c
#define tgc_int_type TG_CORE_SYM(tgc_int_type)
extern tgc_type tgc_int_type; // int.c
#define tgc_float_type TG_CORE_SYM(tgc_float_type)
extern tgc_type tgc_float_type; // float.c
#define tgc_ellipsis_type TG_CORE_SYM(tgc_ellipsis_type)
extern tgc_type tgc_ellipsis_type; // constants.c
#define tgc_notimpl_type TG_CORE_SYM(tgc_notimpl_type)
extern tgc_type tgc_notimpl_type; // constants.c
#define tgc_str_type TG_CORE_SYM(tgc_str_type)
extern tgc_type tgc_str_type; // str.c
#define tgc_bytes_type TG_CORE_SYM(tgc_bytes_type)
extern tgc_type tgc_bytes_type; // bytes.c
#define tgc_list_type TG_CORE_SYM(tgc_list_type)
extern tgc_type tgc_list_type; // list.c
#define tgc_tuple_type TG_CORE_SYM(tgc_tuple_type)
extern tgc_type tgc_tuple_type; // tuple.c
#define tgc_dict_type TG_CORE_SYM(tgc_dict_type)
extern tgc_type tgc_dict_type; // dict.c
#define tgc_set_type TG_CORE_SYM(tgc_set_type)
extern tgc_type tgc_set_type; // set.c
#define tgc_frozenset_type TG_CORE_SYM(tgc_frozenset_type)
extern tgc_type tgc_frozenset_type; // set.c
#define tgc_range_type TG_CORE_SYM(tgc_range_type)
extern tgc_type tgc_range_type; // range.c
#define tgc_slice_type TG_CORE_SYM(tgc_slice_type)
extern tgc_type tgc_slice_type; // slice.c

// --- type of a value
#define tgc_type_of_immediate TG_CORE_SYM(tgc_type_of_immediate)
tgc_type *tgc_type_of_immediate(tg_value v); // constants.c

static inline tgc_type *tgc_obj_type(const tgc_obj *o)
{
    return o->type;
}
static inline tgc_type *tgc_type_of(tg_value v)
{
    return tgc_is_ptr(v) ? tgc_obj_type(tgc_ptr(v)) : tgc_type_of_immediate(v);
}
static inline bool tgc_is_exact(tg_value v, const tgc_type *type)
{
    return tgc_is_ptr(v) && tgc_obj_type(tgc_ptr(v)) == type;
}
static inline bool tgc_has_flag(tg_value v, uint32_t flag) // heap objects only
{
    return tgc_is_ptr(v) && (tgc_obj_type(tgc_ptr(v))->flags & flag) != 0;
}
static inline bool tgc_is_str(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_STR);
}
static inline bool tgc_is_list(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_LIST);
}
static inline bool tgc_is_tuple(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_TUPLE);
}
static inline bool tgc_is_dict(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_DICT);
}
static inline bool tgc_is_type(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_TYPE);
}
static inline bool tgc_is_exception(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_EXC);
}
static inline bool tgc_is_bytes(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_BYTES);
}
static inline bool tgc_is_set(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_SET);
}
static inline bool tgc_is_bigint(tg_value v)
{
    return tgc_has_flag(v, TGC_TF_INT);
} // heap form only
static inline bool tgc_is_integer(tg_value v)
{
    return tgc_is_int(v) || tgc_is_bool(v) || tgc_is_bigint(v);
}
static inline bool tgc_is_float(tg_value v)
{
    return tgc_is_flo(v) || tgc_has_flag(v, TGC_TF_FLOAT);
}

// --- allocation (object.c). size covers the header. Returns NULL with MemoryError. The object has
// one reference; bytes after the header are not initialised by _new_raw, zeroed by _new.
#define tgc_new_raw TG_CORE_SYM(tgc_new_raw)
tgc_obj *tgc_new_raw(tg_thread *t, tgc_type *type, size_t size);
#define tgc_new TG_CORE_SYM(tgc_new)
tgc_obj *tgc_new(tg_thread *t, tgc_type *type, size_t size);
// Call once the object's references are all valid: makes it visible to the collector. Types with
// TGC_TF_TRACKED.
#define tgc_track TG_CORE_SYM(tgc_track)
void tgc_track(tg_thread *t, tgc_obj *o);
// For dealloc of tracked types, first thing; no-op if it was never tracked.
#define tgc_untrack TG_CORE_SYM(tgc_untrack)
void tgc_untrack(tg_thread *t, tgc_obj *o);
// End of every dealloc: counts it and frees the memory (tgc_obj_free). size as given to tgc_new.
#define tgc_delete TG_CORE_SYM(tgc_delete)
void tgc_delete(tg_thread *t, tgc_obj *o, size_t size);

// --- the object protocol (protocol.c). All may run script code unless said otherwise.
#define tgc_repr TG_CORE_SYM(tgc_repr)
tg_value tgc_repr(tg_thread *t, tg_value v); // a str; guards the recursion depth
#define tgc_to_str TG_CORE_SYM(tgc_to_str)
tg_value tgc_to_str(tg_thread *t, tg_value v); // str(v)
#define tgc_hash TG_CORE_SYM(tgc_hash)
int tgc_hash(tg_thread *t, tg_value v, uint64_t *out);
#define tgc_truth TG_CORE_SYM(tgc_truth)
int tgc_truth(tg_thread *t, tg_value v); // 1, 0, -1
#define tgc_length TG_CORE_SYM(tgc_length)
int64_t tgc_length(tg_thread *t, tg_value v);
#define tgc_binary TG_CORE_SYM(tgc_binary)
tg_value tgc_binary(tg_thread *t, tgc_binop op, tg_value a, tg_value b);
#define tgc_inplace TG_CORE_SYM(tgc_inplace)
tg_value tgc_inplace(tg_thread *t, tgc_binop op, tg_value a, tg_value b);
#define tgc_unary TG_CORE_SYM(tgc_unary)
tg_value tgc_unary(tg_thread *t, tgc_unop op, tg_value a);
#define tgc_compare TG_CORE_SYM(tgc_compare)
tg_value tgc_compare(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b);
// The truth of a comparison: 1, 0, -1. For ==, identical values are equal (as containers compare).
#define tgc_compare_bool TG_CORE_SYM(tgc_compare_bool)
int tgc_compare_bool(tg_thread *t, tgc_cmpop op, tg_value a, tg_value b);
#define tgc_equal TG_CORE_SYM(tgc_equal)
int tgc_equal(tg_thread *t, tg_value a, tg_value b); // identity first
#define tgc_getitem TG_CORE_SYM(tgc_getitem)
tg_value tgc_getitem(tg_thread *t, tg_value v, tg_value key);
#define tgc_setitem TG_CORE_SYM(tgc_setitem)
int tgc_setitem(tg_thread *t, tg_value v, tg_value key, tg_value x); // x TGC_NULL deletes
#define tgc_contains TG_CORE_SYM(tgc_contains)
int tgc_contains(tg_thread *t, tg_value container, tg_value x);
#define tgc_iter TG_CORE_SYM(tgc_iter)
tg_value tgc_iter(tg_thread *t, tg_value v);
#define tgc_next TG_CORE_SYM(tgc_next)
// TGC_NULL without exception: exhausted (StopIteration is taken off)
tg_value tgc_next(tg_thread *t, tg_value it);
#define tgc_getattr TG_CORE_SYM(tgc_getattr)
tg_value tgc_getattr(tg_thread *t, tg_value v, tg_value name);
#define tgc_getattr_opt TG_CORE_SYM(tgc_getattr_opt)
// 1, 0 missing (no exception), -1
int tgc_getattr_opt(tg_thread *t, tg_value v, tg_value name, tg_value *out);
#define tgc_getattr_cstr TG_CORE_SYM(tgc_getattr_cstr)
tg_value tgc_getattr_cstr(tg_thread *t, tg_value v, const char *name);
#define tgc_setattr TG_CORE_SYM(tgc_setattr)
int tgc_setattr(tg_thread *t, tg_value v, tg_value name, tg_value x);
#define tgc_format TG_CORE_SYM(tgc_format)
tg_value tgc_format(tg_thread *t, tg_value v, tg_value spec); // format(v, spec); spec a str
#define tgc_call TG_CORE_SYM(tgc_call)
tg_value tgc_call(tg_thread *t, tg_value f, const tg_value *args, size_t nargs, tg_value kwnames);
#define tgc_call1 TG_CORE_SYM(tgc_call1)
tg_value tgc_call1(tg_thread *t, tg_value f, tg_value a);
#define tgc_call_method TG_CORE_SYM(tgc_call_method) // v.name(args...)
tg_value tgc_call_method(tg_thread *t, tg_value v, const char *name, const tg_value *args,
                         size_t nargs);
#define tgc_isinstance TG_CORE_SYM(tgc_isinstance)
int tgc_isinstance(tg_thread *t, tg_value v, tg_value cls); // class or (nested) tuple of classes
#define tgc_is_subtype TG_CORE_SYM(tgc_is_subtype)
bool tgc_is_subtype(const tgc_type *type, const tgc_type *of);
// v as an index: int, bool, or __index__; TypeError "... cannot be interpreted as an integer",
// OverflowError (IndexError text "cannot fit 'int' into an index-sized integer") when it does not
// fit.
#define tgc_as_index TG_CORE_SYM(tgc_as_index)
int tgc_as_index(tg_thread *t, tg_value v, int64_t *out);

#endif
