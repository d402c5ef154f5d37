// SPDX-License-Identifier: MIT
//
// socket_module.h - what the files of the module _socket share. Layer modules.
#ifndef TGI_MODULES_SOCKET_MODULE_H
#define TGI_MODULES_SOCKET_MODULE_H

#include <netinet/in.h> // sockaddr_in
#include <stdatomic.h>

#include "modules/support.h" // TGI_UNUSED

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

typedef struct tgi_socket {
    int fd, family, type, proto; // const after init
    _Atomic(uint32_t) users;     // any thread: CLOSED, DETACHED, number of operations
    _Atomic(int64_t) timeout;    // any thread: nanoseconds; < 0 none; 0 do not wait
} tgi_socket;

// A new object with the default timeout around fd, which is taken, also on failure.
tg_value tgi_socket_new(tg_thread *t, int fd, int family, int type, int proto);
tgi_socket *tgi_socket_data(tg_thread *t, tg_value self);
// Around every use of fd; begin gives NULL with OSError if it is closed. See Note
// [close-while-used] in socket_object.c.
tgi_socket *tgi_socket_begin(tg_thread *t, tg_value self);
void tgi_socket_end(tg_thread *t, tgi_socket *s);
bool tgi_socket_is_closed(tgi_socket *s);
int64_t tgi_socket_timeout_of(tgi_socket *s);
// args[at] as an int, or `otherwise` if it is not given. 0 or -1.
int tgi_socket_int(tg_thread *t, const tg_value *args, size_t nargs, size_t at, int otherwise,
                   int *out);
// The bytes of a value: bytes as they are, a bytearray or memoryview copied. *copy is to be
// released after use. NULL if raised.
const void *tgi_socket_bytes(tg_thread *t, tg_value v, size_t *n, tg_value *copy);

// A timeout in seconds or None; *ns < 0 for None. 0 or -1.
int tgi_socket_timeout(tg_thread *t, tg_value v, int64_t *ns);

// --- socket_io.c: methods

#define TGI_SOCKET_METHOD(name)                                                          \
    tg_value tgi_socket_##name(tg_thread *t TGI_UNUSED, const tg_value *args TGI_UNUSED, \
                               size_t nargs TGI_UNUSED, tg_value kwnames TGI_UNUSED)
TGI_SOCKET_METHOD(accept);
TGI_SOCKET_METHOD(connect);
TGI_SOCKET_METHOD(connect_ex);
TGI_SOCKET_METHOD(send);
TGI_SOCKET_METHOD(sendall);
TGI_SOCKET_METHOD(sendto);
TGI_SOCKET_METHOD(recv);
TGI_SOCKET_METHOD(recvfrom);
TGI_SOCKET_METHOD(recv_into);

#endif
