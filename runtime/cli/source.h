// SPDX-License-Identifier: MIT
//
// source.h - the script as the command finds it: opened, read, and where its imports start.
#ifndef TGI_CLI_SOURCE_H
#define TGI_CLI_SOURCE_H

#include <stdbool.h> // bool
#include <stddef.h>  // size_t

#include "cli/options.h" // tgi_options

typedef struct tgi_source {
    char *text; // NULL for a file, which the runtime reads itself
    size_t size;
    char *name;   // what messages call it: absolute path, "<string>", "<stdin>"
    char *folder; // sys.path[0]: the folder of the file, "" for the current one
} tgi_source;

// Is s UTF-8, as every text of a script must be?
bool tgi_is_utf8(const char *s);

// Finds and checks the script of options; standard input is read to its end. 0, or the exit code
// after a message.
int tgi_source_open(const tgi_options *options, tgi_source *out);
// Reads a file that tgi_source_open found, too. 0, or the exit code after a message.
int tgi_source_read(const tgi_options *options, tgi_source *source);
void tgi_source_close(tgi_source *source);

#endif
