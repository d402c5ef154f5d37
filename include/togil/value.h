// SPDX-License-Identifier: MIT
//
// value.h - the opaque value word of the public interface.
//
// A tg_value is one 64-bit word: a small integer, a float, a constant, or a counted reference to an
// object. Its bits are private to the runtime; use the functions of <togil/object.h>. A value
// belongs to the interpreter that made it and must not be handed to another one.
#ifndef TOGIL_VALUE_H
#define TOGIL_VALUE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t tg_value;

// "No value": what a function returns that raised an exception. Never a value of a script.
#define TG_NULL  ((tg_value)2)
#define TG_NONE  ((tg_value)10)
#define TG_FALSE ((tg_value)18)
#define TG_TRUE  ((tg_value)26)

#ifdef __cplusplus
}
#endif

#endif
