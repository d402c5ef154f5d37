// SPDX-License-Identifier: MIT
//
// loop_controlled.c - the interpreter loop once more, for tasks of the stress tester. See
// Note [controlled] in control.h.
#define TOGIL_CONTROLLED 1
#include "core/vm/loop.c" // NOLINT(bugprone-suspicious-include)
