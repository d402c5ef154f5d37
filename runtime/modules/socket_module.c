// SPDX-License-Identifier: MIT
//
// socket_module.c - the module _socket: its constants, its exceptions, the default timeout. The
// class socket is in socket_object.c, addresses and names are in socket_address.c.
#include "modules/socket_module.h"
#include "modules/modules.h"
#include "modules/support.h"

#include <netdb.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

tgi_socket_state *tgi_socket_state_of(tg_thread *t)
{
    return tg_module_state(t, &tgi_module_socket);
}

TGI_NATIVE(socket_getdefaulttimeout)
{
    // ORDER: relaxed; a setting.
    int64_t ns =
        atomic_load_explicit(&tgi_socket_state_of(t)->default_timeout, memory_order_relaxed);
    return ns < 0 ? TG_NONE : tg_float(t, (double)ns / 1e9);
}

TGI_NATIVE(socket_setdefaulttimeout)
{
    int64_t ns;
    if (tgi_socket_timeout(t, args[0], &ns) < 0)
        return TG_NULL;
    // ORDER: relaxed; a setting.
    atomic_store_explicit(&tgi_socket_state_of(t)->default_timeout, ns, memory_order_relaxed);
    return TG_NONE;
}

static const tg_function_def functions[] = {
    TGI_FN("getdefaulttimeout", socket_getdefaulttimeout, 0, 0),
    TGI_FN("setdefaulttimeout", socket_setdefaulttimeout, 1, 1),
    TGI_FN_END,
};

typedef struct constant {
    const char *name;
    int64_t value;
} constant;

// clang-format off
#define C(name) {#name, name},
static const constant constants[] = {
    C(AF_UNSPEC) C(AF_INET) C(SOCK_STREAM) C(SOCK_DGRAM) C(SOL_SOCKET) C(SO_REUSEADDR)
    C(SO_REUSEPORT) C(SO_KEEPALIVE) C(SO_BROADCAST) C(SO_SNDBUF) C(SO_RCVBUF) C(SO_LINGER)
    C(SO_ERROR) C(SO_TYPE) C(SO_ACCEPTCONN) C(SO_OOBINLINE) C(SO_RCVLOWAT) C(SO_SNDLOWAT)
    C(SO_RCVTIMEO) C(SO_SNDTIMEO) C(SO_DONTROUTE) C(SO_DEBUG) C(SOMAXCONN) C(IPPROTO_IP)
    C(IPPROTO_TCP) C(IPPROTO_UDP) C(IPPROTO_ICMP) C(IP_TTL) C(IP_TOS) C(TCP_NODELAY)
    C(TCP_MAXSEG) C(TCP_CORK) C(TCP_KEEPIDLE) C(TCP_KEEPINTVL) C(TCP_KEEPCNT) C(TCP_SYNCNT)
    C(TCP_QUICKACK) C(TCP_USER_TIMEOUT) C(TCP_DEFER_ACCEPT) C(SHUT_RD) C(SHUT_WR) C(SHUT_RDWR)
    C(MSG_PEEK) C(MSG_OOB) C(MSG_DONTWAIT) C(MSG_WAITALL) C(MSG_TRUNC) C(MSG_NOSIGNAL)
    C(MSG_MORE) C(MSG_CTRUNC) C(INADDR_ANY) C(INADDR_BROADCAST) C(INADDR_LOOPBACK)
    C(INADDR_NONE) C(AI_PASSIVE) C(AI_CANONNAME) C(AI_NUMERICHOST) C(AI_NUMERICSERV)
    C(AI_ADDRCONFIG) C(AI_ALL) C(NI_NUMERICHOST) C(NI_NUMERICSERV) C(NI_MAXHOST) C(NI_MAXSERV)
    C(EAI_NONAME) C(EAI_AGAIN) C(EAI_FAIL) C(EAI_FAMILY) C(EAI_SERVICE) C(EAI_SOCKTYPE)
    C(EAI_SYSTEM) C(EAI_MEMORY) C(EAI_BADFLAGS) C(EAI_OVERFLOW) C(EAI_NODATA)
};
#undef C
// clang-format on

static void free_state(tg_thread *t, void *p)
{
    tgi_socket_state *s = p;
    tg_release(t, s->socket_class);
    tg_release(t, s->gaierror);
    tg_release(t, s->herror);
    tg_release(t, s->slice);
    free(s);
}

// The state outlives the module object: a second import finds it.
static tgi_socket_state *make_state(tg_thread *t)
{
    tgi_socket_state *s = tgi_socket_state_of(t);
    if (s != NULL)
        return s;
    s = calloc(1, sizeof *s);
    if (s == NULL) {
        tg_raise_nomem(t);
        return NULL;
    }
    tg_value os_error = tg_error_class(t, TG_OSError);
    s->socket_class = tg_class(t, &tgi_socket_class);
    s->gaierror = tgi_subclass(t, "gaierror", "socket", os_error);
    s->herror = tgi_subclass(t, "herror", "socket", os_error);
    s->slice = tgi_builtin(t, "slice");
    // ORDER: relaxed; nobody else knows it yet.
    atomic_store_explicit(&s->default_timeout, -1, memory_order_relaxed);
    if (s->socket_class == TG_NULL || s->gaierror == TG_NULL || s->herror == TG_NULL ||
        s->slice == TG_NULL) {
        free_state(t, s);
        return NULL;
    }
    tg_module_set_state(t, &tgi_module_socket, s, free_state);
    return s;
}

static int init(tg_thread *t, tg_value module)
{
    tg_value os_error = tg_error_class(t, TG_OSError);
    tgi_socket_state *s = make_state(t);
    if (s == NULL)
        return -1;
    if (tg_module_add(t, module, "socket", tg_retain(t, s->socket_class)) < 0 ||
        tg_module_add(t, module, "SocketType", tg_retain(t, s->socket_class)) < 0 ||
        tg_module_add(t, module, "gaierror", tg_retain(t, s->gaierror)) < 0 ||
        tg_module_add(t, module, "herror", tg_retain(t, s->herror)) < 0 ||
        tg_module_add(t, module, "error", tg_retain(t, os_error)) < 0 ||
        tg_module_add(t, module, "timeout", tg_retain(t, tg_error_class(t, TG_TimeoutError))) < 0 ||
        tg_module_add(t, module, "has_ipv6", TG_FALSE) < 0)
        return -1;
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++) {
        if (tgi_add_int(t, module, constants[i].name, constants[i].value) < 0)
            return -1;
    }
    return tg_module_add_functions(t, module, functions) < 0
               ? -1
               : tg_module_add_functions(t, module, tgi_socket_address_functions);
}

const tg_module_def tgi_module_socket = {"_socket", init};
