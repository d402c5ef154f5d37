// SPDX-License-Identifier: MIT
//
// script.c - a script that is compiled once and run many times: what the stress tester runs.
//
// Threads     the attached thread that calls; the others of the interpreter do not run the script
//             meanwhile.
// Invariants  SC1  code is bound to the cells of the module, so the module stays and its cells are
//                  emptied. What the body defines (functions, classes) is made again in every run.
#include "core/builtin/script.h"

#include "bytecode/host.h"     // modes of the compiler
#include "core/object/dict.h"  // sys.modules
#include "core/object/known.h" // __main__
#include "core/object/str.h"   // names
#include "core/vm/control.h"   // points
#include "core/vm/import.h"    // loading
#include "mem/raw.h"           // memory

typedef struct initial {
    tgc_global_cell *cell;
    tg_value value; // owned
} initial;

typedef struct script {
    tgc_code *code;
    tgc_module *module;
    size_t count;
    initial values[8];
} script;

static int set_up(tg_thread *t, script *s, tg_value m, const char *filename)
{
    tg_value modules = tgc_slot_load(t, &tgc_shared_of(t)->modules);
    int st = -1;
    if (tgc_module_set(t, s->module, "__name__", tgc_retain(t, TGC_NAME(main))) == 0 &&
        tgc_module_set(t, s->module, "__doc__", TGC_NONE) == 0 &&
        tgc_module_set(t, s->module, "__file__", tgc_str_cstr(t, filename)) == 0)
        st = tgc_dict_set(t, modules, TGC_NAME(main), m);
    tgc_release(t, modules);
    for (tgc_global_cell *c = tgc_module_first(s->module); c != NULL; c = tgc_module_next(c)) {
        if (s->count < TGI_ARRAY_LENGTH(s->values))
            s->values[s->count++] = (initial){c, tgc_slot_load(t, &c->value)};
    }
    return st;
}

void *tgc_script_load(tg_thread *t, const char *source, size_t n, const char *filename)
{
    tgc_control_prepare();
    script *s = tgi_raw_calloc(1, sizeof *s);
    tg_value m = s == NULL ? tgc_raise_nomem(t) : tgc_module_new(t, TGC_NAME(main));
    if (m == TGC_NULL) {
        tgi_raw_free(s);
        return NULL;
    }
    s->module = (tgc_module *)(void *)tgc_ptr(m);
    if (set_up(t, s, m, filename) == 0)
        s->code = tgc_load_source(t, s->module, source, n, filename, TGI_HOST_MODULE);
    if (s->code != NULL)
        return s;
    tgc_script_free(t, s);
    return NULL;
}

tg_value tgc_script_run(tg_thread *t, void *p)
{
    const script *s = p;
    return tgc_run_code(t, s->code);
}

void tgc_script_reset(tg_thread *t, void *p)
{
    const script *s = p;
    for (tgc_global_cell *c = tgc_module_first(s->module); c != NULL; c = tgc_module_next(c)) {
        tg_value v = TGC_UNBOUND;
        for (size_t i = 0; i < s->count; i++) {
            if (s->values[i].cell == c)
                v = tgc_retain(t, s->values[i].value);
        }
        v = tgc_slot_exchange(t, &c->value, v);
        if (v != TGC_UNBOUND)
            tgc_release(t, v);
    }
}

void tgc_script_free(tg_thread *t, void *p)
{
    script *s = p;
    for (size_t i = 0; i < s->count; i++)
        tgc_release(t, s->values[i].value);
    tgi_raw_free(s);
}
