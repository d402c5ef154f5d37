// SPDX-License-Identifier: MIT
//
// host.c - a program outside the project that imports a native module from the folder argv[1].
#include <togil/togil.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    const char *const path[] = {argc > 1 ? argv[1] : ".", NULL};
    const tg_config config = {.mode = "nogil", .path = path};
    tg_runtime *runtime;
    tg_thread *t;
    int64_t number = -1;
    if (tg_runtime_create(&config, &runtime, &t) != TG_OK)
        return 1;
    tg_value module = tg_import(t, "checksum");
    tg_value data = tg_bytes(t, "Wikipedia", 9);
    tg_value sum = module == TG_NULL ? TG_NULL : tg_call_method(t, module, "adler32", &data, 1);
    if (sum == TG_NULL || tg_as_int64(t, sum, &number) != 0)
        return tg_report_exception(t, tg_error_fetch(t));
    printf("%lld, GIL %s\n", (long long)number, tg_gil_enabled(t) ? "on" : "off");
    tg_release(t, sum);
    tg_release(t, data);
    tg_release(t, module);
    tg_runtime_destroy(runtime, t);
    return 0;
}
