// SPDX-License-Identifier: MIT
//
// listing.h - `togil modes` and `togil dis`: sub-commands that print what there is.
#ifndef TGI_CLI_LISTING_H
#define TGI_CLI_LISTING_H

#include "cli/options.h" // tgi_options

// argv[0] is the name of the sub-command. Both return the exit code.
int tgi_modes_main(int argc, char **argv);
int tgi_dis_main(int argc, char **argv);

#endif
