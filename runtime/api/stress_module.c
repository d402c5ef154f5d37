// SPDX-License-Identifier: MIT
//
// stress_module.c - what a script says about itself with the module `stress`: its tests, what is
// always true, and races that are meant to be there.
//
// Invariants  SM1  a script that does not import the module costs a look-up for a run.
//             SM2  from the first invariant of a run to its end the module is kept: it is asked at
//                  every step, whatever the script does to sys.modules meanwhile.
#include "api/stress_runs.h"

#include <togil/object.h> // numbers

#include <stdlib.h> // free
#include <string.h> // strdup

static tg_value find_module(tg_stress *s)
{
    return tgi_stress_module(s->core, s->t, "stress");
}

// Lines that a function of the module returns. NULL: there are none.
static char *ask(tg_stress *s, const char *function)
{
    tg_value module = find_module(s);
    if (module == TG_NULL)
        return NULL;
    tg_value text = s->core->call_method(s->t, module, function, NULL, 0);
    const char *utf8 = text != TG_NULL ? s->core->host_as_utf8(s->t, text, NULL) : NULL;
    char *copy = utf8 != NULL && utf8[0] != '\0' ? strdup(utf8) : NULL;
    s->core->host_release(s->t, text);
    s->core->host_release(s->t, module);
    tgi_stress_forget_error(s);
    return copy;
}

const char *tg_stress_tests(tg_stress *s)
{
    if (s->tests == NULL && tgi_stress_prime(s))
        s->tests = ask(s, "_test_names");
    return s->tests != NULL ? s->tests : "";
}

tg_status tg_stress_choose_test(tg_stress *s, size_t i)
{
    if (!tgi_stress_prime(s))
        return TG_ERR_INTERRUPTED;
    tg_value module = find_module(s);
    if (module == TG_NULL)
        return TG_ERR_ARG;
    tg_value number = tg_int(s->t, (int64_t)i);
    tg_value done = s->core->call_method(s->t, module, "_choose", &number, 1);
    s->chosen = done != TG_NULL;
    s->core->host_release(s->t, done);
    s->core->host_release(s->t, number);
    s->core->host_release(s->t, module);
    tgi_stress_forget_error(s);
    return s->chosen ? TG_OK : TG_ERR_ARG;
}

tg_value tgi_stress_call_test(tg_stress *s)
{
    tg_value module = find_module(s);
    tg_value done =
        module != TG_NULL ? s->core->call_method(s->t, module, "_call_chosen", NULL, 0) : TG_NULL;
    s->core->host_release(s->t, module);
    return done;
}

void tgi_stress_watched(tg_stress *s)
{
    if (s->watched == TG_NULL)
        s->watched = find_module(s);
}

void tgi_stress_unwatched(tg_stress *s)
{
    s->core->host_release(s->t, s->watched);
    s->watched = TG_NULL;
}

bool tgi_stress_look(void *arg, tgi_failure *f)
{
    tg_stress *s = arg;
    const tgi_core *core = s->core;
    tg_thread *t = s->engine->current->t;
    tg_value before = core->error_fetch(t), name = TG_NULL, answer = TG_NONE;
    tg_value module = s->watched;
    if (module != TG_NULL)
        answer = core->call_method(t, module, "_broken", NULL, 0);
    bool raised = answer == TG_NULL;
    bool broken =
        raised ? !tgi_stress_keep_interrupt(core, t) : core->host_kind(answer) != TG_KIND_NONE;
    if (broken && !s->engine->killing) {
        tg_value exc = core->error_fetch(t);
        name = core->call_method(t, module, "_looking", NULL, 0);
        const char *utf8 = name != TG_NULL ? core->host_as_utf8(t, name, NULL) : NULL;
        tgi_failure_print(f, "The invariant %s does not hold: ", utf8 != NULL ? utf8 : "?");
        core->error_clear(t);
        tg_value text = raised ? core->exception_format(t, exc) : core->host_retain(t, answer);
        utf8 = text != TG_NULL ? core->host_as_utf8(t, text, NULL) : NULL;
        tgi_failure_print(f, raised ? "it raised\n\n%s\n" : "it returned %s.\n",
                          utf8 != NULL ? utf8 : "?");
        core->host_release(t, text);
        core->host_release(t, exc);
    }
    core->error_clear(t);
    core->host_release(t, name);
    core->host_release(t, answer);
    core->error_restore(t, before);
    return broken;
}

// "the variable x" is x; "the attribute x of a C", or of the class C, is x and C.x.
static bool is_named(const char *race, const char *name, size_t n)
{
    static const char variable[] = "the variable ", attribute[] = "the attribute ";
    size_t length = strlen(race);
    if (strncmp(race, variable, sizeof variable - 1) == 0)
        return length - (sizeof variable - 1) == n &&
               strncmp(race + sizeof variable - 1, name, n) == 0;
    if (strncmp(race, attribute, sizeof attribute - 1) != 0)
        return false;
    race += sizeof attribute - 1;
    const char *of = strstr(race, " of ");
    const char *dot = memchr(name, '.', n);
    size_t attribute_length = of != NULL ? (size_t)(of - race) : strlen(race);
    const char *last = dot != NULL ? dot + 1 : name;
    size_t last_length = (size_t)(name + n - last);
    if (attribute_length != last_length || strncmp(race, last, last_length) != 0)
        return false;
    if (dot == NULL || of == NULL)
        return dot == NULL;
    const char *type = strrchr(of, ' '); // the last word
    return type != NULL && strlen(type + 1) == (size_t)(dot - name) &&
           strncmp(type + 1, name, (size_t)(dot - name)) == 0;
}

bool tgi_stress_is_accepted(tg_stress *s, const char *race)
{
    if (s->accepted_stale) {
        free(s->accepted);
        s->accepted = ask(s, "_accepted_names");
        s->accepted_stale = false;
    }
    for (const char *at = s->accepted; at != NULL && *at != '\0';) {
        size_t n = strcspn(at, "\n");
        if (is_named(race, at, n))
            return true;
        at += n + (at[n] == '\n');
    }
    return false;
}
