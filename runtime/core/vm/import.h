// SPDX-License-Identifier: MIT
//
// import.h - finding, loading and running modules. Layer core/vm. import.c.
#ifndef TGC_VM_IMPORT_H
#define TGC_VM_IMPORT_H

#include "core/object/code.h" // tgc_module

// The module `name` as seen from `from`; level counts leading dots. The leaf of a dotted name, or
// its first part.
#define tgc_import TG_CORE_SYM(tgc_import)
tg_value tgc_import(tg_thread *t, tgc_module *from, tg_value name, uint32_t level, bool leaf);
#define tgc_import_from TG_CORE_SYM(tgc_import_from)
tg_value tgc_import_from(tg_thread *t, tg_value module, tg_value name);
#define tgc_import_star TG_CORE_SYM(tgc_import_star)
int tgc_import_star(tg_thread *t, tgc_module *into, tg_value module);

// Compiles source and binds it to the module; NULL raised (SyntaxError, MemoryError). `mode` is a
// tgi_compile_mode.
#define tgc_load_source TG_CORE_SYM(tgc_load_source)
tgc_code *tgc_load_source(tg_thread *t, tgc_module *m, const char *source, size_t n,
                          const char *filename, int mode);
// The content of a file, to be freed with tgi_raw_free; NULL raised (OSError, MemoryError).
#define tgc_read_source TG_CORE_SYM(tgc_read_source)
char *tgc_read_source(tg_thread *t, const char *path, size_t *n);
// Runs a module-level code object; its value (None but for expressions).
#define tgc_run_code TG_CORE_SYM(tgc_run_code)
tg_value tgc_run_code(tg_thread *t, tgc_code *code);

#endif
