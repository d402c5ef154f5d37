// SPDX-License-Identifier: MIT
//
// machine.h - what the machine is and what may disturb a measurement on it. Read in machine.c.
#ifndef TGI_CLI_AB_MACHINE_H
#define TGI_CLI_AB_MACHINE_H

#include <stdbool.h> // bool

#define TGI_AB_MACHINE_TEXT 128

typedef struct tgi_ab_machine {
    int cores_online;
    int cores_allowed; // by the affinity mask
    double quota;      // cores' worth of time that control groups allow; 0 is no limit
    int cores;         // what is left for us: the smaller of the two, at least 1
    bool smt;          // some of the cores may be halves of one
    double load;       // mean of runnable threads over the last minute
    double throttled;  // periods in which a control group stopped us, since its start
    char governor[TGI_AB_MACHINE_TEXT]; // empty if unknown
    char cpu_model[TGI_AB_MACHINE_TEXT];
    char platform[TGI_AB_MACHINE_TEXT];
    char hostname[TGI_AB_MACHINE_TEXT];
} tgi_ab_machine;

// root is put before /proc and /sys; "" outside tests.
void tgi_ab_machine_read(const char *root, tgi_ab_machine *out);

// The two that change while we measure.
double tgi_ab_machine_load(void);
double tgi_ab_machine_throttled(const char *root);

#endif
