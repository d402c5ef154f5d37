// SPDX-License-Identifier: MIT
//
// search_dpor.h - what search.c and search_dpor.c share. Layer stress. Note [dpor] in
// search_dpor.c.
#ifndef TGI_STRESS_SEARCH_DPOR_H
#define TGI_STRESS_SEARCH_DPOR_H

#include "stress/search.h" // tgi_search

// search_dpor.c
struct tgi_dpor *tgi_dpor_new(void);
void tgi_dpor_free(struct tgi_dpor *d);
void tgi_dpor_begin(tgi_search *s);
uint32_t tgi_dpor_pick(tgi_search *s, const tgi_search_point *p);
// After a run: to the next one. False: there is none.
bool tgi_dpor_go_on(tgi_search *s);
void tgi_dpor_restart(tgi_search *s);

// search.c
bool tgi_search_is_same(const tgi_search *s, const tgi_search_node *n, const tgi_search_point *p);
bool tgi_search_add_node(tgi_search *s, const tgi_search_point *p);
void tgi_search_drop_from(tgi_search *s, size_t at);
void tgi_search_diverge(tgi_search *s);

#endif
