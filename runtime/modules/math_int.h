// SPDX-License-Identifier: MIT
//
// math_int.h - the functions of the module math that work on integers. Layer modules.
#ifndef TGI_MODULES_MATH_INT_H
#define TGI_MODULES_MATH_INT_H

#include <togil/define.h> // tg_function_def

extern const tg_function_def tgi_math_int_functions[]; // ended by a NULL name

#endif
