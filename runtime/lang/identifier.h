// SPDX-License-Identifier: MIT
//
// identifier.h - characters of identifiers beyond ASCII. Layer lang. The tables are in
// identifier.c.
#ifndef TGI_LANG_IDENTIFIER_H
#define TGI_LANG_IDENTIFIER_H

#include <stdbool.h>
#include <stdint.h>

// For code points >= 0x80.
bool tgi_identifier_start(uint32_t point);
bool tgi_identifier_continue(uint32_t point);

#endif
