// SPDX-License-Identifier: MIT
//
// gil.c - public functions about the GIL.
//
// Threads     as include/togil/runtime.h says: the calling thread is attached.
#include <togil/runtime.h>

#include "base/atomic.h"    // settings
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

tg_status tg_gil_set_policy(tg_thread *t, const char *name)
{
    const tgi_gil_policy *policy = tgi_gil_policy_find(name);
    if (policy == NULL)
        return TG_ERR_ARG;
    tgi_gil_set_policy(t->interp->gil, t->runtime, policy);
    return TG_OK;
}
const char *tg_gil_policy(tg_thread *t)
{
    return tgi_gil_policy_name(tgi_gil_policy_of(t->interp->gil));
}
const char *tg_gil_policy_at(size_t i)
{
    const tgi_gil_policy *policy = tgi_gil_policy_at(i);
    return policy != NULL ? tgi_gil_policy_name(policy) : NULL;
}

static int64_t from_us(int64_t us)
{
    return us > INT64_MAX / 1000 ? INT64_MAX : us < 0 ? 0 : us * 1000;
}

void tg_gil_set_interval_us(tg_thread *t, int64_t us)
{
    tgi_gil_set_interval_ns(t->interp->gil, from_us(us));
}
int64_t tg_gil_interval_us(tg_thread *t)
{
    return tgi_gil_interval_ns(t->interp->gil) / 1000;
}
void tg_gil_set_slice_us(tg_thread *t, int64_t us)
{
    // ORDER: relaxed; a setting, waiters use it for their next nap.
    atom_store_relaxed(&t->interp->gil->slice_ns, from_us(us));
}
int64_t tg_gil_slice_us(tg_thread *t)
{
    // ORDER: relaxed; a setting.
    return atom_load_relaxed(&t->interp->gil->slice_ns) / 1000;
}
void tg_gil_set_check_interval(tg_thread *t, int polls)
{
    // ORDER: relaxed; a setting, used when the count that runs is over.
    atom_store_relaxed(&t->interp->gil->check_interval, polls < 1 ? 1 : polls);
}
int tg_gil_check_interval(tg_thread *t)
{
    // ORDER: relaxed; a setting.
    return atom_load_relaxed(&t->interp->gil->check_interval);
}
