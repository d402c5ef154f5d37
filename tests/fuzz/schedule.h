// SPDX-License-Identifier: MIT
//
// schedule.h - what must hold for any text that is given as a schedule. schedule.c.
#ifndef TG_FUZZ_SCHEDULE_H
#define TG_FUZZ_SCHEDULE_H

#include <stddef.h> // size_t
#include <stdint.h> // bytes

// The text of --replay: refused, or what comes out is the same when it is written and read again.
// Zero if that holds, else the number of the rule that does not.
int fuzz_schedule_text(const uint8_t *data, size_t size);

// The same of a file that --replay names; its schedule is given to the function above.
int fuzz_schedule_file(const uint8_t *data, size_t size);

#endif
