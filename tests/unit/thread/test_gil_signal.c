// SPDX-License-Identifier: MIT
//
// test_gil_signal.c - a signal that switches the GIL.
//
// Attacks I2. Wrong results: a signal that becomes an exception, that takes back what another one
// asked for, or that does nothing.
#include "world.h"

#include "thread/gil.h"
#include "thread/gil_signal.h"
#include "thread/signals.h"

#include <signal.h>

static int others;

static tg_status on_signals(tg_thread *t)
{
    while (tgi_signals_take(t->runtime) != 0)
        others++;
    return TG_OK;
}

static const tgi_core_hooks hooks = {.signals = on_signals};

static world signal_world(bool gil_on)
{
    world w = world_new(gil_on, true, &hooks);
    others = 0;
    REQUIRE(tgi_gil_signal_install(w.rt, SIGUSR1) == TG_OK);
    REQUIRE(tgi_signals_install(w.rt, SIGUSR2, NULL) == TG_OK);
    return w;
}

static int count_after_signal(world *w)
{
    raise(SIGUSR1);
    CHECK_EQ_INT(tgi_breaker_poll(w->t), TG_OK);
    return tgi_gil_count(w->t);
}

TEST(each_signal_toggles)
{
    world w = signal_world(false);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ_INT(count_after_signal(&w), 1);
        CHECK(w.t->holds_gil);
        CHECK_EQ_STR(w.rt->main_interp->gil->ledger.entry[0].who, tgi_gil_signal_name);
        CHECK_EQ_INT(count_after_signal(&w), 0);
    }
    CHECK_EQ_INT(others, 0);
    world_end(&w);
}

TEST(a_gil_that_is_on_from_the_start_goes_off_first)
{
    world w = signal_world(true);
    CHECK_EQ_INT(count_after_signal(&w), 0);
    CHECK_EQ_INT(count_after_signal(&w), 1);
    CHECK_EQ_INT(count_after_signal(&w), 0);
    world_end(&w);
}

TEST(requests_of_others_stay)
{
    world w = signal_world(false);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, "module a", NULL), TG_OK);
    CHECK_EQ_INT(tgi_gil_enable_transient(w.t, NULL, NULL), TG_OK);
    CHECK_EQ_INT(count_after_signal(&w), 3);
    CHECK_EQ_INT(count_after_signal(&w), 2);
    CHECK_EQ_INT(tgi_gil_enable_permanent(w.t, "module a", NULL), TG_OK);
    CHECK_EQ_INT(count_after_signal(&w), TGI_GIL_PERMANENT);
    world_end(&w);
}

TEST(other_signals_go_where_they_went)
{
    world w = signal_world(false);
    raise(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGUSR2);
    CHECK_EQ_INT(tgi_breaker_poll(w.t), TG_OK);
    CHECK_EQ_INT(others, 1); // two of the same are one
    CHECK_EQ_INT(tgi_gil_count(w.t), 1);
    CHECK(!tgi_signals_pending(&w.rt->signals));
    CHECK_EQ_INT(tgi_gil_disable(w.t, tgi_gil_signal_name, NULL), TG_OK);
    world_end(&w);
}

TEST(a_pinned_gil_has_no_signal)
{
    world w = world_new(true, false, &hooks);
    CHECK_EQ_INT(tgi_gil_signal_install(w.rt, SIGUSR1), TG_ERR_UNSUPPORTED);
    world_end(&w);
}
