// SPDX-License-Identifier: MIT
//
// census.h - how large objects are, and how many there are of each type. Layer core/builtin.
#ifndef TGC_BUILTIN_CENSUS_H
#define TGC_BUILTIN_CENSUS_H

#include "core/object/object.h" // tgc_obj

struct tg_type_figures; // togil/stats.h

// Bytes of the object's own block, and of the arrays and tables it keeps beside it. Of a bytearray
// that others may change only under its lock.
#define tgc_object_bytes TG_CORE_SYM(tgc_object_bytes)
size_t tgc_object_bytes(tgc_obj *o);
#define tgc_backing_bytes TG_CORE_SYM(tgc_backing_bytes)
size_t tgc_backing_bytes(tgc_obj *o);

// Entry (gate/entry.def): see tg_live_types. 0, or -1 with MemoryError.
#define tgc_live_types TG_CORE_SYM(tgc_live_types)
int tgc_live_types(tg_thread *t, void (*show)(const struct tg_type_figures *f, void *arg),
                   void *arg);

// Entry: asks for tgc_report_left.
#define tgc_report_left_over TG_CORE_SYM(tgc_report_left_over)
void tgc_report_left_over(tg_thread *t);
// The interpreter ends, its modules have let go of everything, garbage is gone, nobody else runs:
// writes to stderr what is still there although nothing leads to it, if that was asked for.
#define tgc_report_left TG_CORE_SYM(tgc_report_left)
void tgc_report_left(tg_thread *t);

#endif
