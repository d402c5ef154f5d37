// SPDX-License-Identifier: MIT
//
// help.h - what the command says about itself.
#ifndef TGI_CLI_HELP_H
#define TGI_CLI_HELP_H

#include <stdio.h> // FILE

void tgi_help_main(FILE *to);
void tgi_help_run(FILE *to);
void tgi_help_dis(FILE *to);
void tgi_help_modes(FILE *to);
void tgi_help_version(FILE *to);

#endif
