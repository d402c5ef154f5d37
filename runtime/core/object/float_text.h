// SPDX-License-Identifier: MIT
//
// float_text.h - decimal text of doubles. Layer core/object; private to float*.c and format*.c.
#ifndef TGC_OBJECT_FLOAT_TEXT_H
#define TGC_OBJECT_FLOAT_TEXT_H

#include "core/object/float.h" // own public part

// snprintf of one double with type e, f or g (or upper case), always with a '.' as the point.
#define tgc_double_print TG_CORE_SYM(tgc_double_print)
int tgc_double_print(char *out, size_t size, double d, char type, int precision, bool alternate);
// tgc_as_double with another TypeError: refusal, the type's name, after.
#define tgc_double_of_object TG_CORE_SYM(tgc_double_of_object)
int tgc_double_of_object(tg_thread *t, tg_value v, const char *refusal, const char *after,
                         double *out);

#endif
