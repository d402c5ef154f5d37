// SPDX-License-Identifier: MIT
//
// driver.c - `togil ab` as a program of its own: the runs are started with whatever executable
// TOGIL_AB_SELF names, so that the tests can stand in for the runtime.
#include <stdio.h>  // fprintf
#include <stdlib.h> // getenv

#include "cli/ab/ab.h" // tgi_ab_main

int main(int argc, char **argv)
{
    const char *self_exe = getenv("TOGIL_AB_SELF");
    if (self_exe == NULL) {
        fprintf(stderr, "TOGIL_AB_SELF must name the executable that stands for togil\n");
        return 99;
    }
    return tgi_ab_main(argc, argv, self_exe);
}
