// SPDX-License-Identifier: MIT
//
// native.h - modules in shared objects: what `import name` finds as name.togil.so.
//
//     #include <togil/native.h>
//
//     static tg_value answer(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
//     {
//         (void)args, (void)nargs, (void)kwnames;
//         return tg_int(t, 42);
//     }
//     static const tg_function_def functions[] = {{"answer", answer, 0, 0, 0},
//                                                 {NULL, NULL, 0, 0, 0}};
//     static int init(tg_thread *t, tg_value module)
//     {
//         return tg_module_add_functions(t, module, functions);
//     }
//     TG_NATIVE_MODULE("deep", TG_NATIVE_SAFE, init);
//
// The functions of the runtime are those of the program that loads the module: it is not linked
// with libtogil. docs/native.md is the walk-through.
//
// A file is loaded once per process and never unloaded, and initialised once per interpreter. What
// init runs with, and what it leaves, is decided by the declaration:
//
//   TG_NATIVE_SAFE        its functions may run in several threads at once. Nothing is switched.
//   TG_NATIVE_NEEDS_GIL   not without the GIL: it is on before any code of the module runs, and
//                         from then on for good. One line on stderr names the module.
//   TG_NATIVE_UNDECLARED  the same; the line says that the module does not say.
//
// In both latter cases an interpreter with a GIL of its own is refused, and the GIL goes back to
// what it was when init fails. Nothing is switched, and nothing said, where the GIL is on for good
// anyway. See tg_config.gil_stays_off for the way to forbid it.
#ifndef TOGIL_NATIVE_H
#define TOGIL_NATIVE_H

#include <togil/define.h>

#ifdef __cplusplus
extern "C" {
#endif

// The layout of what a module exports and of what it calls. A module of another number is refused
// before any of its code runs.
#define TG_NATIVE_ABI 1

typedef enum tg_native_gil {
    TG_NATIVE_UNDECLARED = 0,
    TG_NATIVE_SAFE = 1,
    TG_NATIVE_NEEDS_GIL = 2
} tg_native_gil;

// The one symbol that a module exports: togil_native_module, constant data.
typedef struct tg_native_module {
    uint32_t abi; // TG_NATIVE_ABI
    uint32_t gil; // a tg_native_gil
    tg_module_def def;
} tg_native_module;

extern __attribute__((visibility("default"))) const tg_native_module togil_native_module;

// The key of this module's own state, for tg_module_state and tg_module_set_state.
#define TG_NATIVE_DEF (&togil_native_module.def)

// The same declaration once more, as an ELF note: without pointers, and found by the program
// headers, so that it can be read from the file before the file is loaded. Owner "Togil", type 1. A
// module without the note is loaded as an undeclared one is, and is believed afterwards.
typedef struct tg_native_note {
    uint32_t name_size, data_size, type;
    char name[8];
    uint32_t abi, gil;
} tg_native_note;

#define TG_NATIVE_NOTE_NAME "Togil"
#define TG_NATIVE_NOTE_TYPE 1

#if defined(__clang__)
#define TG_NATIVE_PLAIN_ __attribute__((no_sanitize("address"))) // no red zone between notes
#else
#define TG_NATIVE_PLAIN_
#endif

// Makes the shared object a module, once, at file scope. module_name is the last part of the name
// it is imported by; init as in tg_module_def.
#define TG_NATIVE_MODULE(module_name, declared, init)                          \
    __attribute__((used, section(".note.togil"), aligned(4)))                  \
    TG_NATIVE_PLAIN_ static const tg_native_note tg_native_note_ = {           \
        sizeof TG_NATIVE_NOTE_NAME, 2 * sizeof(uint32_t), TG_NATIVE_NOTE_TYPE, \
        TG_NATIVE_NOTE_NAME,        TG_NATIVE_ABI,        declared};           \
    const tg_native_module togil_native_module = {TG_NATIVE_ABI, declared, {module_name, init}}

// For a module that learns only while it starts whether it is safe, from the library it wraps for
// instance. Called in init; outweighs the declaration in both directions. A module that is not
// TG_NATIVE_SAFE in its declaration has the GIL while init runs, whatever it says here.
// TG_ERR_STATE outside of init or for the def of no native module; TG_ERR_ARG: not a tg_native_gil.
TG_API tg_status tg_module_set_gil(tg_thread *t, const tg_module_def *def, tg_native_gil gil);

#ifdef __cplusplus
}
#endif

#endif
