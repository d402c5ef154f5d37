// SPDX-License-Identifier: MIT
//
// copy.h - values in a form that belongs to no interpreter. Layer core/builtin. copy.c.
#ifndef TGC_BUILTIN_COPY_H
#define TGC_BUILTIN_COPY_H

#include "core/object/object.h" // tg_value

// A block of plain memory, to be freed with tgi_raw_free by anybody. NULL: raised (TypeError,
// ValueError, RecursionError, MemoryError).
#define tgc_copy_out TG_CORE_SYM(tgc_copy_out)
void *tgc_copy_out(tg_thread *t, tg_value v);
// A new value from such a block, in any interpreter of this core.
#define tgc_copy_in TG_CORE_SYM(tgc_copy_in)
tg_value tgc_copy_in(tg_thread *t, const void *block);
// A thread state u continues, on the same stack, a call that t made: its limit on nested C calls
// counts t's too. 0, or -1 with RecursionError on t. Undone by tgc_nest_end.
#define tgc_nest TG_CORE_SYM(tgc_nest)
int tgc_nest(tg_thread *t, tg_thread *u);
#define tgc_nest_end TG_CORE_SYM(tgc_nest_end)
void tgc_nest_end(tg_thread *t);

#endif
