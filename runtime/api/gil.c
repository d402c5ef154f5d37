// SPDX-License-Identifier: MIT
//
// gil.c - public functions about the GIL.
//
// Threads     as include/togil/runtime.h says: the calling thread is attached.
#include <togil/runtime.h>

#include "thread/gil.h"     // the switch
#include "thread/runtime.h" // tg_interp

#include <stdio.h> // snprintf

int tg_gil_count(tg_thread *t)
{
    return tgi_gil_count(t);
}
tg_status tg_gil_enable(tg_thread *t)
{
    return tgi_gil_enable_transient(t, NULL, NULL);
}
tg_status tg_gil_make_permanent(tg_thread *t)
{
    return tgi_gil_enable_permanent(t, NULL, NULL);
}
tg_status tg_gil_disable(tg_thread *t)
{
    return tgi_gil_disable(t, NULL, NULL);
}
tg_status tg_gil_enable_for(tg_thread *t, const char *who)
{
    return tgi_gil_enable_transient(t, who, NULL);
}
tg_status tg_gil_make_permanent_for(tg_thread *t, const char *who)
{
    return tgi_gil_enable_permanent(t, who, NULL);
}
tg_status tg_gil_disable_for(tg_thread *t, const char *who)
{
    return tgi_gil_disable(t, who, NULL);
}

size_t tg_gil_who(tg_thread *t, tg_gil_request *out, size_t capacity)
{
    const tgi_gil_ledger *ledger = &t->interp->gil->ledger;
    size_t n = (size_t)tgi_gil_ledger_count(ledger);
    for (size_t i = 0; i < n && i < capacity; i++) {
        snprintf(out[i].who, sizeof out[i].who, "%s", ledger->entry[i].who);
        out[i].count = ledger->entry[i].count;
    }
    if (ledger->others == 0)
        return n;
    if (n < capacity)
        out[n] = (tg_gil_request){.who = "others", .count = ledger->others};
    return n + 1;
}

void tg_gil_set_interval_us(tg_thread *t, int64_t us)
{
    tgi_gil_set_interval_ns(t->interp->gil, us > INT64_MAX / 1000 ? INT64_MAX
                                            : us < 0              ? 0
                                                                  : us * 1000);
}
int64_t tg_gil_interval_us(tg_thread *t)
{
    return tgi_gil_interval_ns(t->interp->gil) / 1000;
}
