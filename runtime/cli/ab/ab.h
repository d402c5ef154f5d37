// SPDX-License-Identifier: MIT
//
// ab.h - `togil ab`: one program, several modes and thread counts, one honest comparison.
#ifndef TGI_CLI_AB_H
#define TGI_CLI_AB_H

// argv[0] is the name of the sub-command, then its options. self_exe is the togil command itself:
// runs are `self_exe run --mode MODE script args...`. Returns the exit code.
int tgi_ab_main(int argc, char **argv, const char *self_exe);

#endif
