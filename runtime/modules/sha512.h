// SPDX-License-Identifier: MIT
//
// sha512.h - the hash function SHA-512. Layer modules.
#ifndef TGI_MODULES_SHA512_H
#define TGI_MODULES_SHA512_H

#include <stddef.h> // size_t
#include <stdint.h> // uint8_t

enum { TGI_SHA512_BYTES = 64 };

void tgi_sha512(const void *data, size_t n, uint8_t digest[TGI_SHA512_BYTES]);

#endif
