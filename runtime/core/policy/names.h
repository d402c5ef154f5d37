// SPDX-License-Identifier: MIT
//
// names.h - how one core source gets a symbol of its own in every policy. Layer core/policy.
//
// Each core name with linkage is renamed on the line above its prototype:
//     #define tgc_list_append TG_CORE_SYM(tgc_list_append)
// so that the classic, atomic and biased objects can be linked into one program. A name that was
// forgotten is defined twice and the link fails.
#ifndef TGC_POLICY_NAMES_H
#define TGC_POLICY_NAMES_H

#ifndef TG_POLICY
#error "core code is compiled once per policy: define TG_POLICY"
#endif

#define TGC_PASTE2(a, b)  a##_##b
#define TGC_PASTE(a, b)   TGC_PASTE2(a, b)
#define TG_CORE_SYM(name) TGC_PASTE(name, TG_POLICY)

#endif
