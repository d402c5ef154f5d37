// SPDX-License-Identifier: MIT
//
// dice.c - a native module that needs the GIL and says so: it wraps a library that keeps its state
// in hidden globals, here the 48-bit generator of the C library.
//
//     import dice           # togil: RuntimeWarning: the GIL is on from now on: ...
//     dice.seed(1)
//     dice.roll(6)          # 1 to 6
//     dice.stats()          # {'seeds': 1, 'rolls': 1}
//
// Its own figures are not global: one per runtime, freed when the runtime ends.
#include <togil/native.h>

#include <stdlib.h>

typedef struct figures {
    int64_t seeds, rolls;
} figures;

static tg_value seed(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    int64_t n;
    (void)nargs, (void)kwnames;
    if (tg_as_int64(t, args[0], &n) < 0)
        return TG_NULL;
    srand48((long)n);
    ((figures *)tg_module_state(t, TG_NATIVE_DEF))->seeds++;
    return TG_NONE;
}

static tg_value roll(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    int64_t sides;
    (void)nargs, (void)kwnames;
    if (tg_as_int64(t, args[0], &sides) < 0)
        return TG_NULL;
    if (sides < 1 || sides > 1000)
        return tg_raise(t, TG_ValueError, "a die has 1 to 1000 sides, not %lld", (long long)sides);
    ((figures *)tg_module_state(t, TG_NATIVE_DEF))->rolls++;
    return tg_int(t, 1 + lrand48() % sides);
}

static tg_value stats(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)args, (void)nargs, (void)kwnames;
    const figures *f = tg_module_state(t, TG_NATIVE_DEF);
    tg_value dict = tg_dict(t);
    if (dict == TG_NULL || tg_dict_set_c(t, dict, "seeds", tg_int(t, f->seeds)) < 0 ||
        tg_dict_set_c(t, dict, "rolls", tg_int(t, f->rolls)) < 0) {
        tg_release(t, dict);
        return TG_NULL;
    }
    return dict;
}

static const tg_function_def functions[] = {
    {"seed", seed, 1, 1, 0},
    {"roll", roll, 1, 1, 0},
    {"stats", stats, 0, 0, 0},
    {NULL, NULL, 0, 0, 0},
};

static void free_figures(tg_thread *t, void *state)
{
    (void)t;
    free(state);
}

static int init(tg_thread *t, tg_value module)
{
    figures *f = calloc(1, sizeof *f);
    if (f == NULL) {
        tg_raise_nomem(t);
        return -1;
    }
    tg_module_set_state(t, TG_NATIVE_DEF, f, free_figures);
    return tg_module_add_functions(t, module, functions);
}

TG_NATIVE_MODULE("dice", TG_NATIVE_NEEDS_GIL, init);
