// SPDX-License-Identifier: MIT
//
// stress_races.h - what the functions of a session share. Layer api. stress.c.
#ifndef TGI_API_STRESS_RACES_H
#define TGI_API_STRESS_RACES_H

#include "stress/engine.h" // tgi_engine

#include <togil/stress.h> // tg_stress

tgi_engine *tgi_stress_engine_of(tg_stress *s);

#endif
