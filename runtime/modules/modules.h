// SPDX-License-Identifier: MIT
//
// modules.h - the modules written in C, and what they do when a runtime ends. Layer modules.
#ifndef TGI_MODULES_MODULES_H
#define TGI_MODULES_MODULES_H

#include <togil/define.h> // tg_module_def

// Every module written in C, ended by NULL. A runtime registers them when it is created.
extern const tg_module_def *const tgi_native_modules[];

extern const tg_module_def tgi_module_atexit;
extern const tg_module_def tgi_module_errno;
extern const tg_module_def tgi_module_gc;
extern const tg_module_def tgi_module_interpreters;
extern const tg_module_def tgi_module_math;
extern const tg_module_def tgi_module_os;
extern const tg_module_def tgi_module_os_path;
extern const tg_module_def tgi_module_posixpath;
extern const tg_module_def tgi_module_random;
extern const tg_module_def tgi_module_signal;
extern const tg_module_def tgi_module_socket;
extern const tg_module_def tgi_module_sys;
extern const tg_module_def tgi_module_thread;
extern const tg_module_def tgi_module_time;
extern const tg_module_def tgi_module_togil;
extern const tg_module_def tgi_module_weakref;

// The end of a runtime, called on its main thread, attached, before the runtime waits for threads
// itself. Calls the functions given to _thread._shutdown_hook, waits for the threads that are not
// daemons, calls the functions given to atexit.register. Harmless if nothing was registered.
// False if Ctrl-C ended the wait: the runtime then does not wait either.
bool tgi_modules_stop(tg_thread *t);

// The parts of it.
bool tgi_thread_module_stop(tg_thread *t); // see tgi_modules_stop
void tgi_atexit_module_stop(tg_thread *t);

// In the child of a fork, on its one thread: calls the functions given to
// _thread._after_fork_hook.
void tgi_thread_module_after_fork(tg_thread *t);

#endif
