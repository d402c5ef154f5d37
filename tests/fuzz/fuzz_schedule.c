// SPDX-License-Identifier: MIT
//
// fuzz_schedule.c - schedules as text, driven by libFuzzer: docs/stress.md.
#include "schedule.h"

#include <stdlib.h> // abort

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The first byte says which of the two it is.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    int broken = data[0] == 't' ? fuzz_schedule_file(data, size) : fuzz_schedule_text(data, size);
    if (broken != 0)
        abort();
    return 0;
}
