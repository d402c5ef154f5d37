// SPDX-License-Identifier: MIT
//
// main.c - a program outside the project: one runtime, one expression, its value.
#include <togil/togil.h>

#include <inttypes.h>
#include <stdio.h>

int main(void)
{
    const tg_config config = {.mode = "gil"};
    tg_runtime *runtime;
    tg_thread *t;
    tg_status status = tg_runtime_create(&config, &runtime, &t);
    if (status != TG_OK) {
        fprintf(stderr, "no runtime: status %d\n", (int)status);
        return 1;
    }
    int64_t number = -1;
    tg_value answer = tg_eval(t, "6 * 7", TG_NULL);
    if (answer == TG_NULL || tg_as_int64(t, answer, &number) != 0)
        return tg_report_exception(t, tg_error_fetch(t));
    tg_release(t, answer);
    tg_runtime_destroy(runtime, t);
    printf("%" PRId64 " from togil %s\n", number, tg_version());
    return 0;
}
