// SPDX-License-Identifier: MIT
//
// stress_races.h - what the functions of a session share. Layer api. stress.c.
#ifndef TGI_API_STRESS_RACES_H
#define TGI_API_STRESS_RACES_H

#include "stress/engine.h" // tgi_engine

#include <togil/stress.h> // tg_stress

tgi_engine *tgi_stress_engine_of(tg_stress *s);

// One run with the strategy that the engine has now, which looks for races and learns nothing else.
void tgi_stress_run_directed(tg_stress *s, uint64_t run, tg_stress_result *out);

#endif
