// SPDX-License-Identifier: MIT
//
// races.h - what `togil stress` prints about races. races.c.
#ifndef TGI_CLI_STRESS_RACES_H
#define TGI_CLI_STRESS_RACES_H

#include "cli/source.h" // tgi_source

#include <togil/togil.h> // tg_stress

#include <stdio.h> // FILE

// All races of the session, the worst first. How many of them are errors.
size_t tgi_stress_report_races(FILE *to, tg_stress *s, const tgi_source *source);
// A ring of the order of locks.
void tgi_stress_report_cycle(FILE *to, tg_stress *s, const tgi_source *source, size_t i,
                             bool confirmed);

#endif
