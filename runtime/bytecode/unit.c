// SPDX-License-Identifier: MIT
//
// unit.c - the instruction table, and units as memory.
//
// Owns        nothing: a unit belongs to whoever made it.
// Threads     tgi_opcode_table is constant. A unit is built by one thread.
#include "bytecode/unit.h"

#include <stdlib.h> // calloc

const tgi_opcode_info tgi_opcode_table[TGI_OP_COUNT] = {
#define TGI_OP(NAME, FORMAT, EFFECTS, TEXT) {#NAME, FORMAT, EFFECTS, TEXT},
#include "bytecode/opcodes.def"
#undef TGI_OP
};

tgi_unit *tgi_unit_new(void)
{
    return calloc(1, sizeof(tgi_unit));
}

void tgi_unit_free(tgi_unit *unit)
{
    if (unit == NULL)
        return;
    for (uint32_t i = 0; i < unit->const_count; i++) {
        free(unit->consts[i].text);
        free(unit->consts[i].items);
        tgi_unit_free(unit->consts[i].unit);
    }
    free(unit->name);
    free(unit->qualname);
    free(unit->filename);
    free(unit->code);
    free(unit->positions);
    free(unit->consts);
    free(unit->attr_names);
    free(unit->global_names);
    free(unit->local_names);
    free(unit->free_names);
    free(unit->handlers);
    free(unit->instance_names);
    free(unit);
}
