// SPDX-License-Identifier: MIT
//
// test_breaker.c - pending work is done in order and none is lost.
#include "world.h"

static char log_text[64];
static char raise_at;

static tg_status note(char what)
{
    size_t n = strlen(log_text);
    log_text[n] = what;
    log_text[n + 1] = 0;
    return raise_at == what ? TG_ERR_RAISED : TG_OK;
}

static void on_merge(tg_thread *t)
{
    (void)t;
    (void)note('m');
}

static tg_status on_signals(tg_thread *t)
{
    (void)t;
    return note('s');
}

static tg_status on_async(tg_thread *t)
{
    (void)t;
    return note('a');
}

static tg_status on_calls(tg_thread *t)
{
    (void)t;
    return note('c');
}

static tg_status on_collect(tg_thread *t)
{
    (void)t;
    return note('g');
}

static tg_status on_exit(tg_thread *t)
{
    (void)t;
    return note('x');
}

static const tgi_core_hooks hooks = {.merge_pending = on_merge,
                                     .signals = on_signals,
                                     .async_exc = on_async,
                                     .calls = on_calls,
                                     .collect = on_collect,
                                     .exit_requested = on_exit};

enum { ALL = TGI_BRK_MERGE | TGI_BRK_SIGNAL | TGI_BRK_ASYNC_EXC | TGI_BRK_CALLS | TGI_BRK_COLLECT };

static tg_status handle(world *w, uint32_t bits, char raise)
{
    log_text[0] = 0;
    raise_at = raise;
    tgi_breaker_set(w->t, bits);
    return tgi_breaker_poll(w->t);
}

TEST(bits_are_handled_in_order_and_cleared)
{
    world w = world_new(true, true, &hooks);
    CHECK(!tgi_thread_poll_needed(w.t));
    CHECK_EQ_INT(handle(&w, ALL, 0), TG_OK);
    CHECK_EQ_STR(log_text, "mcsga");
    CHECK_EQ_UINT(atom_load_seq_cst(&w.t->breaker), 0);
    CHECK_EQ_INT(handle(&w, 0, 0), TG_OK);
    CHECK_EQ_STR(log_text, "");
    world_end(&w);
}

TEST(what_comes_after_a_raise_is_kept_for_the_next_poll)
{
    world w = world_new(true, true, &hooks);
    CHECK_EQ_INT(handle(&w, ALL, 's'), TG_ERR_RAISED);
    CHECK_EQ_STR(log_text, "mcs");
    CHECK_EQ_UINT(atom_load_seq_cst(&w.t->breaker), TGI_BRK_COLLECT | TGI_BRK_ASYNC_EXC);
    CHECK_EQ_INT(handle(&w, 0, 'a'), TG_ERR_RAISED);
    CHECK_EQ_STR(log_text, "ga");
    CHECK_EQ_UINT(atom_load_seq_cst(&w.t->breaker), 0);
    world_end(&w);
}

TEST(exit_is_asked_for_at_every_poll)
{
    world w = world_new(true, true, &hooks);
    CHECK_EQ_INT(handle(&w, TGI_BRK_EXIT, 'x'), TG_ERR_RAISED);
    CHECK_EQ_INT(handle(&w, 0, 'x'), TG_ERR_RAISED);
    CHECK_EQ_STR(log_text, "x");
    world_end(&w);
}

TEST(without_hooks_bits_are_just_cleared)
{
    world w = world_new(true, true, NULL);
    CHECK_EQ_INT(handle(&w, ALL | TGI_BRK_QSBR | TGI_BRK_GIL_DROP, 0), TG_OK);
    CHECK_EQ_UINT(atom_load_seq_cst(&w.t->breaker), 0);
    CHECK(w.t->holds_gil);
    world_end(&w);
}

static int hook_detaches, hook_attaches;

static void on_detaching(tg_thread *t)
{
    CHECK(tgi_current_thread() == t);
    hook_detaches++;
}

static void on_attached(tg_thread *t)
{
    CHECK(tgi_current_thread() == t);
    hook_attaches++;
}

static const tgi_core_hooks section_hooks = {.detaching = on_detaching, .attached = on_attached};

TEST(detach_and_attach_hooks_run_in_pairs)
{
    world w = world_new(true, true, &section_hooks);
    CHECK_EQ_INT(hook_attaches, 1);
    CHECK_EQ_INT(hook_detaches, 0);
    CHECK_EQ_INT(handle(&w, TGI_BRK_GIL_DROP, 0), TG_OK);
    CHECK_EQ_INT(hook_attaches, 2);
    CHECK_EQ_INT(hook_detaches, 1);
    world_end(&w);
}
