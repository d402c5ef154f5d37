// SPDX-License-Identifier: MIT
//
// gil_options.h - the options of a run about its GIL. Layer cli.
#ifndef TGI_CLI_GIL_OPTIONS_H
#define TGI_CLI_GIL_OPTIONS_H

#include "cli/options.h" // tgi_options

// Takes --gil-policy and --gil-signal. 1, 0 if argv[*at] is another option, -1 after a message.
int tgi_take_gil_option(char **argv, int argc, int *at, const char *command, tgi_options *out);

#endif
