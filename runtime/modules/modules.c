// SPDX-License-Identifier: MIT
//
// modules.c - the table of the modules written in C.
#include "modules/modules.h"

#include <stddef.h> // NULL

const tg_module_def *const tgi_native_modules[] = {
    &tgi_module_sys,
    &tgi_module_time,
    &tgi_module_thread,
    &tgi_module_math,
    &tgi_module_random,
    &tgi_module_signal,
    &tgi_module_socket,
    &tgi_module_togil,
    &tgi_module_interpreters,
    &tgi_module_os,
    &tgi_module_errno,
    &tgi_module_os_path,
    &tgi_module_posixpath,
    &tgi_module_atexit,
    &tgi_module_weakref,
    &tgi_module_gc,
    NULL,
};

bool tgi_modules_stop(tg_thread *t)
{
    bool waited = tgi_thread_module_stop(t);
    tgi_atexit_module_stop(t);
    return waited;
}
