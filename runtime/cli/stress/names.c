// SPDX-License-Identifier: MIT
//
// names.c - words for what the tester finds, the same on the screen and in files.
#include "cli/stress/report.h"

const char *tgi_stress_kind_name(tg_stress_kind kind)
{
    static const char *const names[] = {
        "no failure",    "exception",        "deadlock",         "endless run", "exit code",
        "out of memory", "interrupted",      "lost wake-up",     "livelock",    "partial deadlock",
        "out of time",   "broken invariant", "uncontrolled wait"};
    return names[kind];
}

const char *tgi_stress_points_name(tg_stress_points points)
{
    static const char *const names[] = {"gil", "bytecode", "free"};
    return names[points];
}

const char *tgi_stress_severity_name(unsigned severity)
{
    static const char *const names[] = {"note", "warning", "error"};
    return names[severity];
}
