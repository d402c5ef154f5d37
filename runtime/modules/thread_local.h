// SPDX-License-Identifier: MIT
//
// thread_local.h - _thread._local: an object with other attributes in every thread. Layer modules.
#ifndef TGI_MODULES_THREAD_LOCAL_H
#define TGI_MODULES_THREAD_LOCAL_H

#include <togil/define.h> // tg_class_def

extern const tg_class_def tgi_local_class;
// What a thread dict keeps for every local that the thread has used. The class made from it is kept
// by the module.
extern const tg_class_def tgi_local_token_class;
tg_value tgi_thread_token_class(tg_thread *t); // borrowed

#endif
