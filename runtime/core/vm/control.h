// SPDX-License-Identifier: MIT
//
// control.h - the interpreter's points of the stress tester. Layer core/vm. control.c.
//
// Note [controlled]
// The loop is compiled twice. The second copy (loop_controlled.c) runs the tasks of the stress
// tester: before an instruction with effect V it asks control.c which memory the instruction is
// about to touch, and comes to a point of the scheduler there; polls, and returns from builtins,
// are points of the policy `gil`. The first copy contains nothing of this. A thread gets into the
// second copy by a bit of its eval breaker that is set before it runs its first script code. Code
// of the library (file names begin with "<togil>") has only those points at which it waits: to a
// script it is what builtins are.
#ifndef TGC_VM_CONTROL_H
#define TGC_VM_CONTROL_H

#include "core/vm/frame.h"  // tgc_frame
#include "stress/engine.h"  // tgi_task
#include "thread/breaker.h" // polls

#define tgc_control_visible TG_CORE_SYM(tgc_control_visible)
extern bool tgc_control_visible[TGI_OP_COUNT]; // const once a script was loaded: effect V
#define tgc_control_noted TG_CORE_SYM(tgc_control_noted)
extern bool tgc_control_noted[TGI_OP_COUNT]; // the same: effect V or C
#define tgc_control_prepare TG_CORE_SYM(tgc_control_prepare)
void tgc_control_prepare(void); // fills them

// i, the next instruction, may touch memory that others see.
#define tgc_control_access TG_CORE_SYM(tgc_control_access)
void tgc_control_access(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_control_poll TG_CORE_SYM(tgc_control_poll)
// The instruction `at` has jumped back to the next one, or is the first of a function. False:
// raised.
bool tgc_control_poll(tg_thread *t, uint32_t points, const tgi_ins *at);
// A builtin has returned.
#define tgc_control_called TG_CORE_SYM(tgc_control_called)
void tgc_control_called(tg_thread *t, uint32_t points);

// i, an instruction that is done next, for a systematic search: an access that is no point because
// it is in code of the library, and what else it touches. (control_note.c)
#define tgc_control_quietly TG_CORE_SYM(tgc_control_quietly)
void tgc_control_quietly(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_control_note TG_CORE_SYM(tgc_control_note)
void tgc_control_note(tg_thread *t, tgc_frame *f, const tgi_ins *i);

// The loop that jumps back at `at` goes round in f. True: it only waits, and somebody has done
// something meanwhile. Then an instruction that is done next. (control_probe.c)
#define tgc_probe_round TG_CORE_SYM(tgc_probe_round)
bool tgc_probe_round(tg_thread *t, const tgc_frame *f, const tgi_ins *at);
#define tgc_control_probe TG_CORE_SYM(tgc_control_probe)
void tgc_control_probe(tg_thread *t, const tgc_frame *f, const tgi_ins *i);

// What i touches, for the search for races. (control_race.c)
#define tgc_race_access TG_CORE_SYM(tgc_race_access)
void tgc_race_access(tg_thread *t, tgc_frame *f, const tgi_ins *i);
#define tgc_race_place TG_CORE_SYM(tgc_race_place)
uint32_t tgc_race_place(tg_thread *t, bool *library);
// The instruction of the script that t does, which may have called code of the library.
#define tgc_script_instruction TG_CORE_SYM(tgc_script_instruction)
const void *tgc_script_instruction(tg_thread *t);
// What of the library the script has called there, as in "Condition.wait"; NULL: nothing.
#define tgc_library_call TG_CORE_SYM(tgc_library_call)
const char *tgc_library_call(tg_thread *t);
// Whether code of the library has a contract, and its part of it. (control_sync.c)
#define tgc_sync_points TG_CORE_SYM(tgc_sync_points)
uint32_t tgc_sync_points(const tg_thread *t, const tgc_code *code);
#define tgc_sync_step TG_CORE_SYM(tgc_sync_step)
void tgc_sync_step(tg_thread *t, tgc_frame *f, const tgi_ins *i);

// Code of the library that keeps the list of threads: what it does is no business of the search,
// and who reads the list is taken to touch everything. (control_note.c)
#define tgc_control_is_registry TG_CORE_SYM(tgc_control_is_registry)
bool tgc_control_is_registry(const tgc_code *code);

// Whether it is code of the library.
static inline bool tgc_control_is_library(const tgc_code *code)
{
    return tgi_stress_is_library(code->unit->filename);
}

// The points in code of the frame that runs, which was entered or returned to.
static inline uint32_t tgc_control_points(const tg_thread *t, const tgc_code *code)
{
    bool library = tgc_control_is_library(code);
    uint32_t noted = t->task->points & (TGI_AT_NOTE | TGI_AT_PROBE);
    if (TGI_UNLIKELY((noted & TGI_AT_NOTE) != 0)) {
        t->task->untold = library && tgc_control_is_registry(code);
        if (t->task->untold)
            noted &= ~(uint32_t)TGI_AT_NOTE;
    }
    if (TGI_UNLIKELY((t->task->points & TGI_AT_RACE) != 0)) {
        t->task->place_frame = NULL;
        return library ? tgc_sync_points(t, code) | noted : t->task->points;
    }
    return library ? noted : t->task->points;
}

#endif
