// SPDX-License-Identifier: MIT
//
// socket_module.h - what the files of the module _socket share. Layer modules.
#ifndef TGI_MODULES_SOCKET_MODULE_H
#define TGI_MODULES_SOCKET_MODULE_H

#include <netinet/in.h> // sockaddr_in
#include <stdatomic.h>

#include <togil/togil.h>

typedef struct tgi_socket_state {
    tg_value socket_class;            // const after init
    tg_value gaierror, herror;        // const after init
    tg_value slice;                   // const after init: builtins.slice
    _Atomic(int64_t) default_timeout; // any thread: nanoseconds, < 0 for none
} tgi_socket_state;

tgi_socket_state *tgi_socket_state_of(tg_thread *t);

// --- socket_address.c

// An address from (host, port). function is for messages. 0 or -1.
int tgi_socket_address(tg_thread *t, const char *function, tg_value v, struct sockaddr_in *out);
// (host, port) of an address.
tg_value tgi_socket_address_value(tg_thread *t, const struct sockaddr_in *a);
extern const tg_function_def tgi_socket_address_functions[]; // getaddrinfo, inet_aton, ...

// --- socket_object.c

extern const tg_class_def tgi_socket_class;

// A timeout in seconds or None; *ns < 0 for None. 0 or -1.
int tgi_socket_timeout(tg_thread *t, tg_value v, int64_t *ns);

#endif
