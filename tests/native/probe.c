// SPDX-License-Identifier: MIT
//
// probe.c - a native module that remembers what the GIL was while its code ran. Compiled several
// times, with PROBE_NAME and PROBE_GIL.
//
// A constructor has no thread state, so a script tells where it is: remember() of a probe that is
// loaded already puts it into the environment. So do the other wishes:
//   PROBE_PIPE  the constructor opens this named pipe, which waits until somebody writes to it
//   PROBE_FAIL  raise: init raises ValueError; silent: it fails without an exception; set: it
//               raises and says that all is well
//   PROBE_SAY   what init says about the GIL: a number
//   PROBE_TAKES what init imports: the name of another module, in the probe "undeclared" only
#include <togil/native.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_int in_constructor = -1, in_init = -1;     // tg_gil_count then; -1 unknown
static atomic_int constructed, starts, finalized, freed; // of the process

__attribute__((constructor)) static void note_load(void)
{
    const char *text = getenv("PROBE_THREAD"), *pipe = getenv("PROBE_PIPE");
    FILE *waited = pipe == NULL ? NULL : fopen(pipe, "r");
    void *t;
    if (waited != NULL)
        fclose(waited);
    constructed++;
    if (text != NULL && sscanf(text, "%p", &t) == 1)
        in_constructor = tg_gil_count(t);
}

static tg_value remember(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    char text[32];
    (void)args, (void)nargs, (void)kwnames;
    snprintf(text, sizeof text, "%p", (void *)t);
    setenv("PROBE_THREAD", text, 1);
    return TG_NONE;
}

static tg_value wish(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    const char *name = tg_as_utf8(t, args[0], NULL), *value = tg_as_utf8(t, args[1], NULL);
    (void)nargs, (void)kwnames;
    if (name == NULL || value == NULL)
        return TG_NULL;
    setenv(name, value, 1);
    return TG_NONE;
}

static tg_value seen(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    const struct {
        const char *name;
        int value;
    } figures[] = {
        {"in_constructor", in_constructor}, {"in_init", in_init}, {"starts", starts},
        {"constructed", constructed},       {"freed", freed},     {"finalized", finalized}};
    (void)args, (void)nargs, (void)kwnames;
    tg_value dict = tg_dict(t);
    for (size_t i = 0; dict != TG_NULL && i < sizeof figures / sizeof figures[0]; i++) {
        if (tg_dict_set_c(t, dict, figures[i].name, tg_int(t, figures[i].value)) < 0) {
            tg_release(t, dict);
            dict = TG_NULL;
        }
    }
    return dict;
}

static tg_value fail(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    const char *text = tg_as_utf8(t, args[0], NULL);
    return text == NULL ? TG_NULL : tg_raise(t, TG_LookupError, "probe: %s", text);
}

static tg_value say(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    int64_t gil;
    (void)nargs, (void)kwnames;
    if (tg_as_int64(t, args[0], &gil) < 0)
        return TG_NULL;
    return tg_int(t, tg_module_set_gil(t, TG_NATIVE_DEF, (tg_native_gil)gil));
}

static void thing_finalize(tg_thread *t, void *data)
{
    (void)t, (void)data;
    finalized++;
}

static const tg_class_def thing = {
    .name = "Thing", .module = PROBE_NAME, .data_bytes = 8, .finalize = thing_finalize};

static const tg_function_def functions[] = {
    {"remember", remember, 0, 0, 0}, {"wish", wish, 2, 2, 0}, {"seen", seen, 0, 0, 0},
    {"fail", fail, 1, 1, 0},         {"say", say, 1, 1, 0},   {NULL, NULL, 0, 0, 0},
};

static void free_state(tg_thread *t, void *state)
{
    (void)t;
    free(state);
    freed++;
}

static int init(tg_thread *t, tg_value module)
{
    const char *how = getenv("PROBE_FAIL"), *gil = getenv("PROBE_SAY");
    in_init = tg_gil_count(t);
    starts++;
    tg_module_set_state(t, TG_NATIVE_DEF, malloc(16), free_state);
    if (gil != NULL && gil[0] != '\0' &&
        tg_module_set_gil(t, TG_NATIVE_DEF, (tg_native_gil)atoi(gil)) != TG_OK) {
        tg_raise(t, TG_SystemError, "tg_module_set_gil in init");
        return -1;
    }
    const char *takes = strcmp(PROBE_NAME, "undeclared") == 0 ? getenv("PROBE_TAKES") : NULL;
    if (takes != NULL && tg_module_add(t, module, "taken", tg_import(t, takes)) < 0)
        return -1;
    if (how != NULL && strcmp(how, "silent") == 0)
        return -1;
    if (how != NULL && how[0] != '\0') {
        tg_raise(t, TG_ValueError, "init was told to fail");
        return strcmp(how, "set") == 0 ? 0 : -1;
    }
    if (tg_module_add(t, module, "Thing", tg_class(t, &thing)) < 0)
        return -1;
    return tg_module_add_functions(t, module, functions);
}

TG_NATIVE_MODULE(PROBE_NAME, PROBE_GIL, init);
