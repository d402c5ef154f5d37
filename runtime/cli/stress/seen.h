// SPDX-License-Identifier: MIT
//
// seen.h - races and rings of locks as numbers, which processes and machines can tell each other.
// seen.c; with the tester: results_races.c.
//
// Note [again]
// What a run does follows from its number. So of what other processes have seen, only the numbers
// of the runs are told: who does those few runs again, in their order, has the same reports as a
// process that has done all of them. Only how often a race was seen has to be added up.
#ifndef TGI_CLI_STRESS_SEEN_H
#define TGI_CLI_STRESS_SEEN_H

#include "base/vec.h" // lists

#include <togil/togil.h> // tg_stress

typedef struct tgi_stress_seen {
    uint64_t key;
    uint64_t times;
    uint64_t first, shown, guard; // runs: tg_stress_race; of a ring only the first
    uint32_t severity, accesses;
    bool ring;
} tgi_stress_seen;

typedef tgi_vec(tgi_stress_seen) tgi_stress_seen_list;
typedef tgi_vec(uint64_t) tgi_stress_numbers;

// Adds what s has seen to `to`, except for what it had seen at the last call with the same `told`.
// False without memory.
bool tgi_stress_seen_take(tgi_stress_seen_list *to, tgi_stress_numbers *told, tg_stress *s);
// NULL: it is not there.
tgi_stress_seen *tgi_stress_seen_find(const tgi_stress_seen_list *list, uint64_t key, bool ring);
bool tgi_stress_seen_add(tgi_stress_seen_list *to, const tgi_stress_seen *one);

// The runs that have to be done again for the reports of `seen`, each once, in order, from number
// `from` on. False without memory.
bool tgi_stress_seen_runs(const tgi_stress_seen_list *seen, uint64_t from, tgi_stress_numbers *out);
// They were done: s has seen the races as often as all processes together.
void tgi_stress_seen_settle(const tgi_stress_seen_list *seen, tg_stress *s);

#endif
