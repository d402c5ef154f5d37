// SPDX-License-Identifier: MIT
//
// broken.c - shared objects that are no proper modules, one per BROKEN_<case>. Written by hand
// instead of by TG_NATIVE_MODULE where that cannot be wrong. None of those with a wrong note may be
// loaded: loading prints a line.
#include <togil/native.h>

#include <stdio.h>

__attribute__((constructor)) static void note_load(void)
{
    fputs("code of a broken module ran\n", stderr);
}

#define NOTE(abi, gil)                                        \
    __attribute__((used, section(".note.togil"), aligned(4))) \
    TG_NATIVE_PLAIN_ static const tg_native_note note = {     \
        sizeof TG_NATIVE_NOTE_NAME, 8, TG_NATIVE_NOTE_TYPE, TG_NATIVE_NOTE_NAME, abi, gil}

int init(tg_thread *t, tg_value module);

#if defined(BROKEN_bad_undefined)
tg_value tg_there_is_no_such_function(tg_thread *t);
#endif

int init(tg_thread *t, tg_value module)
{
#if defined(BROKEN_bad_undefined)
    return tg_module_add(t, module, "x", tg_there_is_no_such_function(t));
#else
    return tg_module_add(t, module, "loaded", tg_int(t, tg_gil_count(t)));
#endif
}

#if defined(BROKEN_bad_abi)
NOTE(TG_NATIVE_ABI + 98, TG_NATIVE_SAFE);
const tg_native_module togil_native_module = {TG_NATIVE_ABI + 98, 1, {"bad_abi", init}};
#elif defined(BROKEN_bad_gil)
NOTE(TG_NATIVE_ABI, 7);
const tg_native_module togil_native_module = {TG_NATIVE_ABI, 7, {"bad_gil", init}};
#elif defined(BROKEN_bad_mismatch)
NOTE(TG_NATIVE_ABI, TG_NATIVE_SAFE);
const tg_native_module togil_native_module = {
    TG_NATIVE_ABI, TG_NATIVE_NEEDS_GIL, {"bad_mismatch", init}};
#elif defined(BROKEN_bad_late_abi)
const tg_native_module togil_native_module = {TG_NATIVE_ABI + 98, 1, {"bad_late_abi", init}};
#elif defined(BROKEN_bad_empty)
const tg_native_module togil_native_module = {TG_NATIVE_ABI, 0, {"bad_empty", NULL}};
#elif defined(BROKEN_bad_copy) // as if it were linked with libtogil.a
TG_API const char *tg_version(void)
{
    return "0.0.0";
}
TG_NATIVE_MODULE("bad_copy", TG_NATIVE_SAFE, init);
#elif defined(BROKEN_bad_undefined)
TG_NATIVE_MODULE("bad_undefined", TG_NATIVE_SAFE, init);
#elif defined(BROKEN_no_note) // not broken: a declaration that is seen late
const tg_native_module togil_native_module = {TG_NATIVE_ABI, TG_NATIVE_SAFE, {"no_note", init}};
#elif !defined(BROKEN_bad_symbol)
#error "which case?"
#endif
