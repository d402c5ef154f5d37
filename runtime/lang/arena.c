// SPDX-License-Identifier: MIT
//
// arena.c - bump allocation for one compilation.
//
// Owns        a list of blocks; tokens, syntax trees, scopes and names live in them.
// Threads     one compilation, one arena, one thread.
// Invariants  A1  everything between `at` and `end` is zero.
//             A2  out of memory leaves the arena as it was.
#include "lang/arena.h"

#include <stdint.h> // SIZE_MAX
#include <stdlib.h> // calloc, free

enum { ARENA_BLOCK_BYTES = 32 * 1024, ARENA_ALIGN = 16 };

struct arena_block {
    struct arena_block *next;
    _Alignas(ARENA_ALIGN) char bytes[];
};

void *tgi_arena_alloc(tgi_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (size > (size_t)(arena->end - arena->at)) {
        size_t room = size > ARENA_BLOCK_BYTES / 4 ? size : ARENA_BLOCK_BYTES;
        struct arena_block *block = calloc(1, sizeof *block + room);
        if (block == NULL)
            return NULL;
        if (room == size && arena->head != NULL) {
            // A large request gets a block of its own, behind the one still being filled.
            block->next = arena->head->next;
            arena->head->next = block;
            return block->bytes;
        }
        block->next = arena->head;
        arena->head = block;
        arena->at = block->bytes;
        arena->end = block->bytes + room;
    }
    void *result = arena->at;
    arena->at += size;
    return result;
}

void tgi_arena_free(tgi_arena *arena)
{
    struct arena_block *block = arena->head;
    while (block != NULL) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    *arena = (tgi_arena){0};
}
