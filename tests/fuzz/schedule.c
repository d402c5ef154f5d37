// SPDX-License-Identifier: MIT
//
// schedule.c - what must hold for any text that is given as a schedule.
//
// Rules       1  what is read from a text that was accepted can be written
//             2  what was written is accepted
//             3  both mean the same decisions
//             4  numbers of threads and of decisions keep to their limits, and the arrivals of a
//                thread never go down
//             5  a file that was accepted has a schedule, and one that was refused owns nothing
#include "schedule.h"

#include "cli/stress/schedule_file.h" // under test

#include "stress/schedule.h" // under test

#include <stdlib.h> // malloc
#include <string.h> // memcpy

// That of the library would bring all of the runtime along.
const tg_mode *tg_mode_find(const char *name)
{
    static const tg_mode any = {0};
    return name[0] == 'n' ? &any : NULL;
}

enum { MOST_TASKS = 4096 };

static int check_limits(const tgi_schedule *s)
{
    static uint32_t last[MOST_TASKS];
    if (s->count > TGI_SCHEDULE_MOST)
        return 4;
    for (size_t i = 0; i < s->count; i++) {
        if (s->data[i].from >= MOST_TASKS || s->data[i].to >= MOST_TASKS)
            return 4;
        last[s->data[i].from] = 0;
    }
    for (size_t i = 0; i < s->count; i++) {
        if (s->data[i].arrival < last[s->data[i].from])
            return 4;
        last[s->data[i].from] = s->data[i].arrival;
    }
    return 0;
}

static int check_text(const char *text)
{
    tgi_schedule first = TGI_VEC_INIT, second = TGI_VEC_INIT;
    int broken = 0;
    if (tgi_schedule_decode(text, &first)) {
        char *again = tgi_schedule_encode(&first);
        broken = check_limits(&first);
        if (again == NULL)
            broken = 1;
        else if (!tgi_schedule_decode(again, &second))
            broken = 2;
        else if (first.count != second.count ||
                 (first.count > 0 &&
                  memcmp(first.data, second.data, first.count * sizeof *first.data) != 0))
            broken = 3;
        free(again);
    }
    vec_free(&first);
    vec_free(&second);
    return broken;
}

int fuzz_schedule_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    int broken = check_text(text);
    free(text);
    return broken;
}

int fuzz_schedule_file(const uint8_t *data, size_t size)
{
    tgi_schedule_file file;
    FILE *from = size > 0 ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;
    if (from == NULL)
        return 0;
    int broken = 0;
    if (!tgi_schedule_file_parse(from, &file))
        broken = file.schedule != NULL || file.test != NULL ? 5 : 0;
    else
        broken = file.schedule == NULL ? 5 : check_text(file.schedule);
    tgi_schedule_file_free(&file);
    fclose(from);
    return broken;
}
