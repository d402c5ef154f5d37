// SPDX-License-Identifier: MIT
//
// arena.h - memory that is freed all at once. Layer lang. The blocks are in arena.c.
#ifndef TGI_LANG_ARENA_H
#define TGI_LANG_ARENA_H

#include <stddef.h> // size_t

typedef struct tgi_arena {
    struct arena_block *head; // owner thread: newest block
    char *at;                 // owner thread: next free byte of head
    char *end;                // owner thread
} tgi_arena;

// Zeroed memory aligned for any type, or NULL when there is none. The arena stays usable.
void *tgi_arena_alloc(tgi_arena *arena, size_t size);
// Frees everything; the arena is empty and usable again.
void tgi_arena_free(tgi_arena *arena);

#endif
