// SPDX-License-Identifier: MIT
//
// json.h - a streaming JSON writer: nothing is kept in memory but the nesting. See json.c.
#ifndef TGI_CLI_AB_JSON_H
#define TGI_CLI_AB_JSON_H

#include <stdbool.h> // bool
#include <stdint.h>  // int64_t
#include <stdio.h>   // FILE

#define TGI_AB_JSON_DEPTH 16

typedef struct tgi_ab_json {
    FILE *to;
    int depth;
    bool filled[TGI_AB_JSON_DEPTH]; // something was written at this depth
} tgi_ab_json;

// Every function takes the key, or NULL inside an array and at the top.
void tgi_ab_json_begin(tgi_ab_json *json, FILE *to);
void tgi_ab_json_open(tgi_ab_json *json, const char *key, char bracket); // '{' or '['
void tgi_ab_json_close(tgi_ab_json *json, char bracket);                 // '}' or ']'
void tgi_ab_json_string(tgi_ab_json *json, const char *key, const char *value);
void tgi_ab_json_int(tgi_ab_json *json, const char *key, int64_t value);
void tgi_ab_json_bool(tgi_ab_json *json, const char *key, bool value);
// The shortest digits that give the same number back; null if it is not finite.
void tgi_ab_json_double(tgi_ab_json *json, const char *key, double value);
void tgi_ab_json_null(tgi_ab_json *json, const char *key);

#endif
