// SPDX-License-Identifier: MIT
//
// The public functions of the switch: requests, their names, policies. A wrong result: a counter
// that does not follow the table in docs/gil.md, a status other than the header says, a name that
// is lost or taken back by somebody else, a setting that is not given back.
#include <togil/togil.h>

#include "test.h"

#include <limits.h>
#include <string.h>

typedef struct opened {
    tg_runtime *rt;
    tg_thread *t;
    const tg_mode *mode;
} opened;

// False: this build lacks the mode.
static bool open_mode(const tg_mode *mode, const char *policy, opened *out)
{
    const tg_config config = {.mode = mode->name, .gil_policy = policy};
    tg_status st = tg_runtime_create(&config, &out->rt, &out->t);
    REQUIRE(st == TG_OK || st == TG_ERR_UNSUPPORTED);
    out->mode = mode;
    return st == TG_OK;
}

// Calls fn once in each mode of the build.
static void in_each_mode(void (*fn)(opened *o))
{
    size_t n;
    const tg_mode *modes = tg_modes(&n);
    for (size_t i = 0; i < n; i++) {
        opened o;
        if (!open_mode(&modes[i], NULL, &o))
            continue;
        fn(&o);
        tg_runtime_destroy(o.rt, o.t);
    }
}

// How many requests bear the name; `open` is how many names there are.
static int count_of(tg_thread *t, const char *who, size_t *open)
{
    tg_gil_request requests[8];
    *open = tg_gil_who(t, requests, sizeof requests / sizeof requests[0]);
    REQUIRE(*open <= sizeof requests / sizeof requests[0]);
    for (size_t i = 0; i < *open; i++) {
        if (strcmp(requests[i].who, who) == 0)
            return requests[i].count;
    }
    return 0;
}

static void check_counts(opened *o)
{
    tg_thread *t = o->t;
    int start = tg_gil_count(t);
    if (!o->mode->switchable) {
        CHECK_EQ_INT(start, INT_MAX);
        CHECK_EQ_INT(tg_gil_enable(t), TG_ERR_UNSUPPORTED);
        CHECK_EQ_INT(tg_gil_disable(t), TG_ERR_UNSUPPORTED);
        CHECK_EQ_INT(tg_gil_make_permanent(t), TG_ERR_UNSUPPORTED);
        return;
    }
    CHECK_EQ_INT(start, o->mode->gil ? 1 : 0);
    if (start == 0) {
        CHECK_EQ_INT(tg_gil_disable(t), TG_ERR_STATE);
        CHECK_EQ_INT(tg_gil_make_permanent(t), TG_ERR_STATE);
    }
    CHECK_EQ_INT(tg_gil_enable(t), TG_OK);
    CHECK_EQ_INT(tg_gil_enable(t), TG_OK);
    CHECK_EQ_INT(tg_gil_count(t), start + 2);
    CHECK(tg_gil_enabled(t));
    CHECK_EQ_INT(tg_gil_disable(t), TG_OK);
    CHECK_EQ_INT(tg_gil_disable(t), TG_OK);
    CHECK_EQ_INT(tg_gil_count(t), start);
    CHECK_EQ_INT(tg_gil_enabled(t), start != 0);
}

TEST(requests_are_counted_in_every_mode)
{
    in_each_mode(check_counts);
}

static void check_names(opened *o)
{
    tg_thread *t = o->t;
    if (!o->mode->switchable)
        return;
    size_t open, before;
    CHECK_EQ_INT(count_of(t, "start", &before), o->mode->gil ? 1 : 0);
    CHECK_EQ_INT(tg_gil_enable_for(t, "importer"), TG_OK);
    CHECK_EQ_INT(tg_gil_enable_for(t, "importer"), TG_OK);
    CHECK_EQ_INT(tg_gil_enable_for(t, "profiler"), TG_OK);
    CHECK_EQ_INT(count_of(t, "importer", &open), 2);
    CHECK_EQ_UINT(open, before + 2);
    CHECK_EQ_INT(tg_gil_disable_for(t, "nobody"), TG_ERR_STATE);
    CHECK_EQ_INT(tg_gil_disable_for(t, "profiler"), TG_OK);
    CHECK_EQ_INT(tg_gil_disable_for(t, "profiler"), TG_ERR_STATE);
    CHECK_EQ_INT(count_of(t, "importer", &open), 2);
    CHECK_EQ_UINT(open, before + 1);
    // An unnamed disable does not take a named request back while it has one of its own.
    CHECK_EQ_INT(tg_gil_enable(t), TG_OK);
    CHECK_EQ_INT(tg_gil_disable(t), TG_OK);
    CHECK_EQ_INT(count_of(t, "importer", &open), 2);
    CHECK_EQ_INT(tg_gil_disable_for(t, "importer"), TG_OK);
    CHECK_EQ_INT(tg_gil_disable_for(t, "importer"), TG_OK);
    CHECK_EQ_UINT(tg_gil_who(t, NULL, 0), before);
}

TEST(named_requests_are_taken_back_by_name)
{
    in_each_mode(check_names);
}

static void check_permanent(opened *o)
{
    tg_thread *t = o->t;
    if (!o->mode->switchable)
        return;
    CHECK_EQ_INT(tg_gil_enable_for(t, "importer"), TG_OK);
    CHECK_EQ_INT(tg_gil_enable(t), TG_OK);
    CHECK_EQ_INT(tg_gil_make_permanent_for(t, "importer"), TG_OK);
    CHECK_EQ_INT(tg_gil_count(t), INT_MAX);
    tg_gil_request first;
    CHECK(tg_gil_who(t, &first, 1) >= 1);
    CHECK_EQ_STR(first.who, "importer");
    // For good: everything succeeds and changes nothing, the open request's end included.
    CHECK_EQ_INT(tg_gil_disable(t), TG_OK);
    CHECK_EQ_INT(tg_gil_enable(t), TG_OK);
    CHECK_EQ_INT(tg_gil_make_permanent(t), TG_OK);
    CHECK_EQ_INT(tg_gil_count(t), INT_MAX);
}

TEST(permanent_is_for_good_and_names_who_made_it_so)
{
    in_each_mode(check_permanent);
}

static void check_policies(opened *o)
{
    tg_thread *t = o->t;
    CHECK_EQ_STR(tg_gil_policy(t), "timed");
    CHECK_EQ_INT(tg_gil_set_policy(t, "round-robin"), TG_ERR_ARG);
    CHECK_EQ_STR(tg_gil_policy(t), "timed");
    size_t n = 0;
    for (const char *name; (name = tg_gil_policy_at(n)) != NULL; n++) {
        CHECK_EQ_INT(tg_gil_set_policy(t, name), TG_OK);
        CHECK_EQ_STR(tg_gil_policy(t), name);
        CHECK_EQ_INT(tg_poll(t), TG_OK);
    }
    CHECK_EQ_UINT(n, 3);
    tg_gil_set_interval_us(t, 700);
    CHECK_EQ_INT(tg_gil_interval_us(t), 700);
    tg_gil_set_slice_us(t, -1);
    CHECK_EQ_INT(tg_gil_slice_us(t), 0);
    tg_gil_set_check_interval(t, 0);
    CHECK_EQ_INT(tg_gil_check_interval(t), 1);
}

TEST(policies_are_chosen_by_name_in_every_mode)
{
    in_each_mode(check_policies);
}

TEST(policy_of_the_start_is_that_of_the_config)
{
    opened o;
    const tg_mode *mode = tg_mode_find("gil-biased");
    if (!open_mode(mode, "fair", &o))
        return;
    CHECK_EQ_STR(tg_gil_policy(o.t), "fair");
    tg_runtime_destroy(o.rt, o.t);
    const tg_config unknown = {.mode = mode->name, .gil_policy = "unfair"};
    CHECK_EQ_INT(tg_runtime_create(&unknown, &o.rt, &o.t), TG_ERR_ARG);
}
