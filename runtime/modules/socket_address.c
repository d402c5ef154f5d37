// SPDX-License-Identifier: MIT
//
// socket_address.c - addresses of IPv4, and the functions of _socket about names.
//
// Names are resolved detached: a resolver may wait for seconds.
#include "modules/socket_module.h"
#include "modules/support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// --- errors of the resolver

static tg_value raise_resolver(tg_thread *t, int code, int err)
{
    if (code == EAI_SYSTEM)
        return tg_raise_os(t, err, NULL);
    tg_value args[2] = {tg_int(t, code), tg_str_c(t, gai_strerror(code))};
    tg_value exc =
        args[1] == TG_NULL ? TG_NULL : tg_call(t, tgi_socket_state_of(t)->gaierror, args, 2);
    tg_release(t, args[1]);
    return tgi_raise_taken(t, exc);
}

static int resolve(tg_thread *t, const char *host, const char *service,
                   const struct addrinfo *hints, struct addrinfo **out)
{
    int code, err;
    TG_BEGIN_BLOCKING(t)
    code = getaddrinfo(host, service, hints, out);
    err = errno;
    TG_END_BLOCKING(t)
    if (code == 0)
        return 0;
    raise_resolver(t, code, err);
    return -1;
}

// --- hosts

// The text of a host: str, bytes. NULL if raised.
static const char *host_text(tg_thread *t, tg_value v)
{
    size_t n;
    const char *text;
    tg_kind kind = tg_kind_of(t, v);
    if (kind == TG_KIND_STR) {
        text = tg_as_utf8(t, v, &n);
    } else if (kind == TG_KIND_BYTES) {
        text = tg_as_bytes(t, v, &n);
    } else {
        tg_raise(t, TG_TypeError, "str, bytes or bytearray expected, not %s", tg_type_name(t, v));
        return NULL;
    }
    if (text != NULL && strlen(text) != n) {
        tg_raise(t, TG_TypeError, "host name must not contain null character");
        return NULL;
    }
    return text;
}

// The address of a host: "" for any, "<broadcast>", a number, a name. 0 or -1.
static int host_address(tg_thread *t, const char *text, struct in_addr *out)
{
    if (text[0] == '\0') {
        out->s_addr = htonl(INADDR_ANY);
        return 0;
    }
    if (strcmp(text, "<broadcast>") == 0) {
        out->s_addr = htonl(INADDR_BROADCAST);
        return 0;
    }
    if (inet_pton(AF_INET, text, out) == 1)
        return 0;
    struct addrinfo hints = {.ai_family = AF_INET}, *found;
    if (resolve(t, text, NULL, &hints, &found) < 0)
        return -1;
    *out = ((struct sockaddr_in *)(void *)found->ai_addr)->sin_addr;
    freeaddrinfo(found);
    return 0;
}

int tgi_socket_address(tg_thread *t, const char *function, tg_value v, struct sockaddr_in *out)
{
    if (tg_kind_of(t, v) != TG_KIND_TUPLE) {
        tg_raise(t, TG_TypeError, "%s(): AF_INET address must be tuple, not %s", function,
                 tg_type_name(t, v));
        return -1;
    }
    if (tg_tuple_size(t, v) != 2) {
        tg_raise(t, TG_TypeError, "AF_INET address must be a pair (host, port)");
        return -1;
    }
    int64_t port = 0;
    tg_value host = tg_tuple_get(t, v, 0), number = tg_tuple_get(t, v, 1);
    const char *text = host == TG_NULL || number == TG_NULL ? NULL : host_text(t, host);
    int st = text == NULL ? -1 : tg_as_int64(t, number, &port);
    bool wrong = st == 0 && (port < 0 || port > 65535);
    if (st < 0 && tg_error_is(t, TG_OverflowError)) {
        tg_error_clear(t);
        wrong = true;
    }
    if (wrong)
        tg_raise(t, TG_OverflowError, "%s(): port must be 0-65535.", function);
    memset(out, 0, sizeof *out);
    out->sin_family = AF_INET;
    out->sin_port = htons((uint16_t)port);
    if (st == 0 && !wrong)
        st = host_address(t, text, &out->sin_addr);
    tg_release(t, host);
    tg_release(t, number);
    return wrong ? -1 : st;
}

tg_value tgi_socket_address_value(tg_thread *t, const struct sockaddr_in *a)
{
    char text[INET_ADDRSTRLEN];
    if (a->sin_family != AF_INET || inet_ntop(AF_INET, &a->sin_addr, text, sizeof text) == NULL)
        return TG_NONE;
    tg_value parts[2] = {tg_str_c(t, text), tg_int(t, ntohs(a->sin_port))};
    tg_value r = parts[0] == TG_NULL ? TG_NULL : tg_tuple(t, parts, 2);
    tg_release(t, parts[0]);
    return r;
}

// --- getaddrinfo

static tg_value info_entry(tg_thread *t, const struct addrinfo *a)
{
    tg_value parts[5] = {tg_int(t, a->ai_family), tg_int(t, a->ai_socktype),
                         tg_int(t, a->ai_protocol),
                         tg_str_c(t, a->ai_canonname != NULL ? a->ai_canonname : ""),
                         tgi_socket_address_value(t, (struct sockaddr_in *)(void *)a->ai_addr)};
    tg_value r = parts[3] == TG_NULL || parts[4] == TG_NULL ? TG_NULL : tg_tuple(t, parts, 5);
    tg_release(t, parts[3]);
    tg_release(t, parts[4]);
    return r;
}

// The service as text: a str, bytes, an int in `room`, or NULL for None. 0 or -1.
static int service_text(tg_thread *t, tg_value v, char room[24], const char **out)
{
    int64_t port;
    *out = NULL;
    switch (tg_kind_of(t, v)) {
    case TG_KIND_NONE:
        return 0;
    case TG_KIND_STR:
    case TG_KIND_BYTES:
        *out = host_text(t, v);
        return *out == NULL ? -1 : 0;
    case TG_KIND_INT:
        if (tg_as_int64(t, v, &port) < 0)
            return -1;
        snprintf(room, 24, "%lld", (long long)port);
        *out = room;
        return 0;
    default:
        tg_raise(t, TG_OSError, "Int or String expected");
        return -1;
    }
}

TGI_NATIVE(socket_getaddrinfo)
{
    static const char *const names[] = {"host", "port", "family", "type", "proto", "flags", NULL};
    tg_value v[6];
    int64_t option[4] = {0, 0, 0, 0};
    const char *host = NULL, *service;
    char room[24];
    if (tg_parse_args(t, "getaddrinfo", names, 2, args, nargs, kwnames, v) < 0)
        return TG_NULL;
    for (size_t i = 0; i < 4; i++) {
        if (v[2 + i] != TG_NULL && tg_as_int64(t, v[2 + i], &option[i]) < 0)
            return TG_NULL;
    }
    if (v[0] != TG_NONE && (host = host_text(t, v[0])) == NULL)
        return TG_NULL;
    if (service_text(t, v[1], room, &service) < 0)
        return TG_NULL;
    // Sockets here are of IPv4, so are the answers.
    struct addrinfo hints = {.ai_family = option[0] == AF_UNSPEC ? AF_INET : (int)option[0],
                             .ai_socktype = (int)option[1],
                             .ai_protocol = (int)option[2],
                             .ai_flags = (int)option[3]};
    struct addrinfo *found;
    if (resolve(t, host, service, &hints, &found) < 0)
        return TG_NULL;
    tg_value list = tg_list(t, NULL, 0);
    for (struct addrinfo *a = found; a != NULL && list != TG_NULL; a = a->ai_next) {
        tg_value entry = info_entry(t, a);
        if (entry == TG_NULL || tg_list_append(t, list, entry) < 0) {
            tg_release(t, list);
            list = TG_NULL;
        }
        tg_release(t, entry);
    }
    freeaddrinfo(found);
    return list;
}

TGI_NATIVE(socket_gethostbyname)
{
    struct in_addr a;
    char text[INET_ADDRSTRLEN];
    const char *host = host_text(t, args[0]);
    if (host == NULL || host_address(t, host, &a) < 0)
        return TG_NULL;
    return tg_str_c(t, inet_ntop(AF_INET, &a, text, sizeof text));
}

TGI_NATIVE(socket_gethostname)
{
    char name[256];
    if (gethostname(name, sizeof name - 1) < 0)
        return tg_raise_os(t, errno, NULL);
    name[sizeof name - 1] = '\0';
    return tg_str_c(t, name);
}

// --- forms of addresses and numbers

TGI_NATIVE(socket_inet_aton)
{
    struct in_addr a;
    const char *text = tg_as_utf8(t, args[0], NULL);
    if (text == NULL)
        return TG_NULL;
    if (inet_aton(text, &a) == 0)
        return tg_raise(t, TG_OSError, "illegal IP address string passed to inet_aton");
    return tg_bytes(t, &a, sizeof a);
}

TGI_NATIVE(socket_inet_ntoa)
{
    size_t n;
    char text[INET_ADDRSTRLEN];
    const void *data = tg_as_bytes(t, args[0], &n);
    if (data == NULL)
        return TG_NULL;
    if (n != sizeof(struct in_addr))
        return tg_raise(t, TG_OSError, "packed IP wrong length for inet_ntoa");
    return tg_str_c(t, inet_ntop(AF_INET, data, text, sizeof text));
}

static tg_value swapped16(tg_thread *t, const char *function, tg_value v)
{
    int64_t i;
    if (tg_as_int64(t, v, &i) < 0)
        return TG_NULL;
    if (i < 0)
        return tg_raise(t, TG_OverflowError,
                        "%s: can't convert negative Python int to C 16-bit unsigned integer",
                        function);
    if (i > UINT16_MAX)
        return tg_raise(t, TG_OverflowError,
                        "%s: Python int too large to convert to C 16-bit unsigned integer",
                        function);
    return tg_int(t, htons((uint16_t)i));
}

static tg_value swapped32(tg_thread *t, tg_value v)
{
    int64_t i;
    if (tg_as_int64(t, v, &i) < 0)
        return TG_NULL;
    if (i < 0)
        return tg_raise(t, TG_OverflowError, "can't convert negative value to unsigned int");
    if (i > UINT32_MAX)
        return tg_raise(t, TG_OverflowError, "int larger than 32 bits");
    return tg_int(t, htonl((uint32_t)i));
}

TGI_NATIVE(socket_htons)
{
    return swapped16(t, "htons", args[0]);
}

TGI_NATIVE(socket_ntohs)
{
    return swapped16(t, "ntohs", args[0]);
}

TGI_NATIVE(socket_htonl)
{
    return swapped32(t, args[0]);
}

const tg_function_def tgi_socket_address_functions[] = {
    TGI_FN_KW("getaddrinfo", socket_getaddrinfo),
    TGI_FN("gethostbyname", socket_gethostbyname, 1, 1),
    TGI_FN("gethostname", socket_gethostname, 0, 0),
    TGI_FN("inet_aton", socket_inet_aton, 1, 1),
    TGI_FN("inet_ntoa", socket_inet_ntoa, 1, 1),
    TGI_FN("htons", socket_htons, 1, 1),
    TGI_FN("ntohs", socket_ntohs, 1, 1),
    TGI_FN("htonl", socket_htonl, 1, 1),
    TGI_FN("ntohl", socket_htonl, 1, 1),
    TGI_FN_END,
};
