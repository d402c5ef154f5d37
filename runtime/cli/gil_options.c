// SPDX-License-Identifier: MIT
//
// gil_options.c - see gil_options.h.
#include "cli/gil_options.h"

#include <signal.h> // SIGUSR1
#include <stddef.h> // NULL
#include <string.h> // strcmp

#include "cli/suggest.h" // tgi_suggest

enum { MANY_POLICIES = 8 };

static int take_policy(const char *name, const char *command, tgi_options *out)
{
    const char *known[MANY_POLICIES];
    size_t n = 0;
    for (; n < MANY_POLICIES && (known[n] = tg_gil_policy_at(n)) != NULL; n++) {
        if (strcmp(known[n], name) == 0) {
            out->gil_policy = known[n];
            return 1;
        }
    }
    const char *near = tgi_suggest(name, known, n);
    if (near != NULL)
        tgi_usage_error(command, "unknown value '%s' for --gil-policy; did you mean '%s'?", name,
                        near);
    else
        tgi_usage_error(command, "--gil-policy takes timed, fair or ticks, not '%s'", name);
    return -1;
}

// The signals that mean nothing by themselves, or whose meaning a program may well give up.
static int take_signal(const char *name, const char *command, tgi_options *out)
{
    static const struct {
        const char *name;
        int signo;
    } known[] = {{"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"HUP", SIGHUP}, {"WINCH", SIGWINCH}};
    const char *plain = strncmp(name, "SIG", 3) == 0 ? name + 3 : name;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, plain) == 0) {
            out->gil_signal = known[i].signo;
            return 1;
        }
    }
    tgi_usage_error(command, "--gil-signal takes USR1, USR2, HUP or WINCH, not '%s'", name);
    return -1;
}

int tgi_take_gil_option(char **argv, int argc, int *at, const char *command, tgi_options *out)
{
    const char *value;
    int st = tgi_option_value(argv, argc, at, "--gil-policy", command, &value);
    if (st > 0)
        return take_policy(value, command, out);
    if (st == 0)
        st = tgi_option_value(argv, argc, at, "--gil-signal", command, &value);
    return st > 0 ? take_signal(value, command, out) : st;
}
