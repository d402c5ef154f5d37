// SPDX-License-Identifier: MIT
//
// known.h - names the runtime itself looks up, interned once per core. Layer core/object. known.c.
#ifndef TGC_OBJECT_KNOWN_H
#define TGC_OBJECT_KNOWN_H

#include "core/policy/policy.h" // tg_value

// clang-format off
#define TGC_KNOWN_NAMES(X)                                                                                                                                       \
    X(init, "__init__")                                                                                                                                          \
    X(new, "__new__")                                                                                                                                            \
    X(del, "__del__")                                                                                                                                            \
    X(repr, "__repr__") X(str, "__str__") X(hash, "__hash__") X(bool, "__bool__") X(                                                                             \
        len, "__len__") X(call, "__call__") X(getattr, "__getattr__") X(getattribute,                                                                            \
                                                                        "__getattribute__")                                                                      \
        X(setattr, "__setattr__") X(delattr, "__delattr__") X(getitem, "__getitem__") X(                                                                         \
            setitem, "__setitem__") X(delitem, "__delitem__") X(contains, "__contains__")                                                                        \
            X(iter, "__iter__") X(next, "__next__") X(format, "__format__") X(get, "__get__") X(                                                                 \
                set, "__set__") X(delete, "__delete__") X(index, "__index__") X(int, "__int__")                                                                  \
                X(float, "__float__") X(enter, "__enter__") X(exit, "__exit__") X(                                                                               \
                    missing, "__missing__") X(reversed, "__reversed__")                                                                                          \
                    X(length_hint, "__length_hint__") X(round, "__round__") X(trunc, "__trunc__") X(floor, "__floor__") X(ceil, "__ceil__") X(dir, "__dir__") X( \
                        bytes,                                                                                                                                   \
                        "__bytes__") X(lt,                                                                                                                       \
                                       "__lt__") X(le,                                                                                                           \
                                                   "__le__") X(eq,                                                                                               \
                                                               "__eq__") X(ne,                                                                                   \
                                                                           "__ne__") X(gt,                                                                       \
                                                                                       "__gt__") X(ge,                                                           \
                                                                                                   "__ge__")                                                     \
                        X(neg, "__neg__") X(                                                                                                                     \
                            pos,                                                                                                                                 \
                            "__pos__") X(invert,                                                                                                                 \
                                         "__invert__") X(abs, "__abs__")                                                                                         \
                            X(add, "__add__") X(                                                                                                                 \
                                sub, "__sub__") X(mul, "__mul__")                                                                                                \
                                X(truediv, "__truediv__") X(floordiv, "__floordiv__") X(mod, "__mod__") X(                                                       \
                                    pow,                                                                                                                         \
                                    "__pow__") X(lshift,                                                                                                         \
                                                 "__lshift__") X(rshift, "__rshift__")                                                                           \
                                    X(and, "__and__") X(or, "__or__") X(                                                                                         \
                                        xor,                                                                                                                     \
                                        "__xor__") X(matmul,                                                                                                     \
                                                     "__matmul__") X(divmod,                                                                                     \
                                                                     "__divmod__") X(radd,                                                                       \
                                                                                     "__radd__") X(rsub,                                                         \
                                                                                                   "__rsub__") X(rmul,                                           \
                                                                                                                 "__rmul__") X(rtruediv,                         \
                                                                                                                               "__rtruediv__")                   \
                                        X(rfloordiv, "__rfloordiv__") X(rmod, "__rmod__") X(rpow, "__rpow__") X(rlshift, "__rlshift__") X(                       \
                                            rrshift, "__rrshift__") X(rand, "__rand__")                                                                          \
                                            X(ror, "__ror__") X(rxor, "__rxor__") X(rmatmul, "__rmatmul__") X(                                                   \
                                                rdivmod,                                                                                                         \
                                                "__rdivmod__") X(iadd,                                                                                           \
                                                                 "__iadd__") X(isub,                                                                             \
                                                                               "__isub__") X(imul,                                                               \
                                                                                             "__imul__") X(itruediv,                                             \
                                                                                                           "__itruediv__")                                       \
                                                X(ifloordiv, "__ifloordiv__") X(imod, "__imod__") X(                                                             \
                                                    ipow,                                                                                                        \
                                                    "__ipow__") X(ilshift, "__ilshift__")                                                                        \
                                                    X(irshift, "__irshift__") X(iand, "__iand__") X(                                                             \
                                                        ior,                                                                                                     \
                                                        "__ior__") X(ixor,                                                                                       \
                                                                     "__ixor__") X(imatmul,                                                                      \
                                                                                   "__imatmul__")                                                                \
                                                        X(idivmod, "__idivmod__") X(name, "__name__") X(                                                         \
                                                            qualname,                                                                                            \
                                                            "__qualname__") X(module, "__module__")                                                              \
                                                            X(doc, "__doc__") X(dict, "__dict__") X(slots, "__slots__") X(weakref, "__weakref__") X(                                       \
                                                                class,                                                                                           \
                                                                "__class__") X(bases, "__bases__")                                                               \
                                                                X(mro, "__mro__") X(                                                                             \
                                                                    init_subclass,                                                                               \
                                                                    "__init_subclass__") X(set_name,                                                             \
                                                                                           "__set_name__") X(class_getitem,                                      \
                                                                                                             "__class_getitem__")                                \
                                                                    X(instancecheck, "__instancecheck__") X(                                                     \
                                                                        subclasscheck,                                                                           \
                                                                        "__subclasscheck__") X(file,                                                             \
                                                                                               "__file__") X(path,                                               \
                                                                                                             "__path__")                                         \
                                                                        X(package, "__package__") X(                                                             \
                                                                            all,                                                                                 \
                                                                            "__all__") X(main,                                                                   \
                                                                                         "__main__") X(builtins,                                                 \
                                                                                                       "builtins") X(annotations, "__annotations__")             \
                                                                            X(wrapped, "__wrapped__") X(self_, "__self__") X(                                    \
                                                                                func,                                                                            \
                                                                                "__func__") X(defaults, "__defaults__")                                          \
                                                                                X(kwdefaults,                                                                    \
                                                                                  "__kwdefaults__") X(code, "__code__")                                          \
                                                                                    X(closure, "__closure__") X(                                                 \
                                                                                        globals,                                                                 \
                                                                                        "__globals__") X(isabstract,                                             \
                                                                                                         "__isabstractmethod__")                                 \
                                                                                        X(metaclass, "metaclass") X(                                             \
                                                                                            plain_name,                                                          \
                                                                                            "name") X(sys, "sys")                                                \
                                                                                            X(stdout,                                                            \
                                                                                              "stdout") X(send, "send")                                          \
                                                                                                X(throw, "throw") X(                                             \
                                                                                                    close,                                                       \
                                                                                                    "close")                                                     \
                                                                                                    X(value,                                                     \
                                                                                                      "value")                                                   \
                                                                                                        X(args,                                                  \
                                                                                                          "args")                                                \
                                                                                                            X(print_file_write,                                  \
                                                                                                              "write")
// clang-format on

typedef enum tgc_known {
#define TGC_KNOWN_ENUM(id, text) TGC_K_##id,
    TGC_KNOWN_NAMES(TGC_KNOWN_ENUM)
#undef TGC_KNOWN_ENUM
        TGC_KNOWN_COUNT
} tgc_known;

#define tgc_known_names TG_CORE_SYM(tgc_known_names)
extern tg_value tgc_known_names[TGC_KNOWN_COUNT]; // const after tgc_known_init
#define TGC_NAME(id) (tgc_known_names[TGC_K_##id])

#define tgc_known_init TG_CORE_SYM(tgc_known_init)
int tgc_known_init(tg_thread *t); // once per core

#endif
