// SPDX-License-Identifier: MIT
//
// str_methods.h - the method table of str and the natives behind it. Layer core/object; private to
// str*.c.
//
// Reading order: str_methods.c (the table; searching, padding, joining), str_split.c, str_case.c,
// str_translate.c.
#ifndef TGC_OBJECT_STR_METHODS_H
#define TGC_OBJECT_STR_METHODS_H

#include "core/object/object.h" // tgc_method_def

#define tgc_str_methods TG_CORE_SYM(tgc_str_methods)
extern const tgc_method_def tgc_str_methods[];

// X(name): a method of str whose native is tgc_strm_NAME.
#define TGC_STR_METHOD(name) TGC_PASTE(tgc_strm_##name, TG_POLICY)
#define TGC_STR_NATIVE(name)                                                         \
    tg_value TGC_STR_METHOD(name)(tg_thread * t, const tg_value *args, size_t nargs, \
                                  tg_value kwnames)

TGC_STR_NATIVE(split);
TGC_STR_NATIVE(rsplit);
TGC_STR_NATIVE(splitlines);
TGC_STR_NATIVE(partition);
TGC_STR_NATIVE(rpartition);
TGC_STR_NATIVE(strip);
TGC_STR_NATIVE(lstrip);
TGC_STR_NATIVE(rstrip);
TGC_STR_NATIVE(capitalize);
TGC_STR_NATIVE(casefold);
TGC_STR_NATIVE(lower);
TGC_STR_NATIVE(upper);
TGC_STR_NATIVE(title);
TGC_STR_NATIVE(swapcase);
TGC_STR_NATIVE(isalnum);
TGC_STR_NATIVE(isalpha);
TGC_STR_NATIVE(isascii);
TGC_STR_NATIVE(isdecimal);
TGC_STR_NATIVE(isdigit);
TGC_STR_NATIVE(isidentifier);
TGC_STR_NATIVE(islower);
TGC_STR_NATIVE(isnumeric);
TGC_STR_NATIVE(isprintable);
TGC_STR_NATIVE(isspace);
TGC_STR_NATIVE(istitle);
TGC_STR_NATIVE(isupper);
TGC_STR_NATIVE(maketrans);
TGC_STR_NATIVE(translate);

#endif
