// SPDX-License-Identifier: MIT
//
// suggest.h - the known word that a mistyped one was probably meant to be.
#ifndef TGI_CLI_SUGGEST_H
#define TGI_CLI_SUGGEST_H

#include <stddef.h> // size_t

// The word of `words` (count of them) nearest to `typed` by edits, or NULL if none is near enough
// to be worth a question.
const char *tgi_suggest(const char *typed, const char *const *words, size_t count);

#endif
