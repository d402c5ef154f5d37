// SPDX-License-Identifier: MIT
//
// parser.h - tokens to syntax tree. Layer lang. Entry in parser.c.
#ifndef TGI_LANG_PARSER_H
#define TGI_LANG_PARSER_H

#include "lang/ast.h" // tgi_tree

// To be called inside tgi_front_run, after tgi_front_open.
tgi_tree *tgi_parse_module(tgi_front *front);
tgi_tree *tgi_parse_expression(tgi_front *front);

#endif
