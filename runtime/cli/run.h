// SPDX-License-Identifier: MIT
//
// run.h - `togil run` and what other sub-commands need to have a runtime.
#ifndef TGI_CLI_RUN_H
#define TGI_CLI_RUN_H

#include "cli/options.h" // tgi_options

#include <togil/togil.h> // tg_runtime

// Has this build the core with that counting policy?
bool tgi_core_is_built(const char *counts);

// A runtime in `mode` (NULL: the best this build has). config carries what else is wanted; its mode
// and handle_sigint are filled in. 0, or the exit code after a message.
int tgi_runtime_open(const char *command, const tg_mode *mode, tg_config config, tg_runtime **rt,
                     tg_thread **t);

// Runs the script of options and returns the exit code. May end the process by SIGINT instead.
int tgi_run(const tgi_options *options);

#endif
