// SPDX-License-Identifier: MIT
//
// unicode_data.h - the tables behind unicode.h. Layer core/object; private to unicode*.c.
//
// unicode_class.c and unicode_case.c are written by unicode_tables.py.
#ifndef TGC_OBJECT_UNICODE_DATA_H
#define TGC_OBJECT_UNICODE_DATA_H

#include "core/policy/names.h" // TG_CORE_SYM

#include <stddef.h> // size_t
#include <stdint.h> // uint32_t

typedef struct tgc_uni_map {
    uint32_t first, last; // every step-th of these
    uint32_t step;
    int32_t distance; // to the mapped character
} tgc_uni_map;

typedef struct tgc_uni_special {
    uint32_t from;
    uint32_t to[3]; // zeros behind the last
} tgc_uni_special;

#define tgc_uni_classes       TG_CORE_SYM(tgc_uni_classes)
#define tgc_uni_classes_count TG_CORE_SYM(tgc_uni_classes_count)
extern const uint16_t tgc_uni_classes[];
extern const size_t tgc_uni_classes_count;
#define tgc_uni_runs       TG_CORE_SYM(tgc_uni_runs)
#define tgc_uni_runs_count TG_CORE_SYM(tgc_uni_runs_count)
extern const uint32_t tgc_uni_runs[];
extern const size_t tgc_uni_runs_count;
#define tgc_uni_zeros       TG_CORE_SYM(tgc_uni_zeros)
#define tgc_uni_zeros_count TG_CORE_SYM(tgc_uni_zeros_count)
extern const uint32_t tgc_uni_zeros[];
extern const size_t tgc_uni_zeros_count;
#define tgc_uni_upper       TG_CORE_SYM(tgc_uni_upper)
#define tgc_uni_upper_count TG_CORE_SYM(tgc_uni_upper_count)
extern const tgc_uni_map tgc_uni_upper[];
extern const size_t tgc_uni_upper_count;
#define tgc_uni_lower       TG_CORE_SYM(tgc_uni_lower)
#define tgc_uni_lower_count TG_CORE_SYM(tgc_uni_lower_count)
extern const tgc_uni_map tgc_uni_lower[];
extern const size_t tgc_uni_lower_count;
#define tgc_uni_title       TG_CORE_SYM(tgc_uni_title)
#define tgc_uni_title_count TG_CORE_SYM(tgc_uni_title_count)
extern const tgc_uni_map tgc_uni_title[];
extern const size_t tgc_uni_title_count;
#define tgc_uni_fold       TG_CORE_SYM(tgc_uni_fold)
#define tgc_uni_fold_count TG_CORE_SYM(tgc_uni_fold_count)
extern const tgc_uni_map tgc_uni_fold[];
extern const size_t tgc_uni_fold_count;
#define tgc_uni_upper_special       TG_CORE_SYM(tgc_uni_upper_special)
#define tgc_uni_upper_special_count TG_CORE_SYM(tgc_uni_upper_special_count)
extern const tgc_uni_special tgc_uni_upper_special[];
extern const size_t tgc_uni_upper_special_count;
#define tgc_uni_lower_special       TG_CORE_SYM(tgc_uni_lower_special)
#define tgc_uni_lower_special_count TG_CORE_SYM(tgc_uni_lower_special_count)
extern const tgc_uni_special tgc_uni_lower_special[];
extern const size_t tgc_uni_lower_special_count;
#define tgc_uni_title_special       TG_CORE_SYM(tgc_uni_title_special)
#define tgc_uni_title_special_count TG_CORE_SYM(tgc_uni_title_special_count)
extern const tgc_uni_special tgc_uni_title_special[];
extern const size_t tgc_uni_title_special_count;
#define tgc_uni_fold_special       TG_CORE_SYM(tgc_uni_fold_special)
#define tgc_uni_fold_special_count TG_CORE_SYM(tgc_uni_fold_special_count)
extern const tgc_uni_special tgc_uni_fold_special[];
extern const size_t tgc_uni_fold_special_count;

#endif
