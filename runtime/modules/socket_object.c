// SPDX-License-Identifier: MIT
//
// socket_object.c - the class _socket.socket: TCP and UDP over IPv4. What may wait is in
// socket_io.c.
//
// Note [close-while-used]
// The number of a closed descriptor is given to the next file that is opened, so a thread between
// reading the number and its system call could read from a stranger. Every operation is therefore
// counted in `users` while it holds the number. close() sets CLOSED, which refuses new operations,
// and shuts the connection down, which ends those that wait (also in another process that has the
// socket from a fork); whoever comes last closes the descriptor. An operation that was cut off
// so fails with EBADF, like one that begins afterwards.
//
// Threads     any thread may call any method at any time.
// Invariants  SO1  fd is const after init. It is open while USERS > 0 or CLOSED is off.
//             SO2  the descriptor is closed exactly once: by the step that leaves `users` at CLOSED
//                  with no user, unless it was DETACHED.
#include "modules/socket_module.h"
#include "modules/support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLOSED   UINT32_C(0x80000000)
#define DETACHED UINT32_C(0x40000000)
#define USERS    UINT32_C(0x3fffffff)

// --- beginning and ending an operation

tgi_socket *tgi_socket_data(tg_thread *t, tg_value self)
{
    return tg_data(t, self, &tgi_socket_class);
}

// One user less; the last one of a closed socket closes the descriptor. 0 or what close says.
static int end_use(tg_thread *t, tgi_socket *s)
{
    int err = 0;
    // ORDER: acq_rel; whoever comes last closes after everybody else is done with the descriptor.
    uint32_t old = atomic_fetch_sub_explicit(&s->users, 1, memory_order_acq_rel);
    if ((old & USERS) == 1 && (old & CLOSED) != 0 && (old & DETACHED) == 0) {
        TG_BEGIN_BLOCKING(t) // what is left to send may be waited for (SO_LINGER)
        err = close(s->fd) < 0 ? errno : 0;
        TG_END_BLOCKING(t)
    }
    return err;
}

void tgi_socket_end(tg_thread *t, tgi_socket *s)
{
    (void)end_use(t, s);
}

// The socket with the operation counted; NULL with OSError if it is closed. See Note
// [close-while-used].
tgi_socket *tgi_socket_begin(tg_thread *t, tg_value self)
{
    tgi_socket *s = tgi_socket_data(t, self);
    if (s == NULL)
        return NULL;
    // ORDER: relaxed; the CAS decides.
    uint32_t old = atomic_load_explicit(&s->users, memory_order_relaxed);
    while ((old & CLOSED) == 0) {
        // ORDER: acquire; pairs with the release of whoever made the socket. Relaxed on failure:
        // the loop looks again.
        if (atomic_compare_exchange_weak_explicit(&s->users, &old, old + 1, memory_order_acquire,
                                                  memory_order_relaxed))
            return s;
    }
    tg_raise_os(t, EBADF, NULL);
    return NULL;
}

bool tgi_socket_is_closed(tgi_socket *s)
{
    // ORDER: acquire; pairs with the RMW of close: the connection has been shut down.
    return (atomic_load_explicit(&s->users, memory_order_acquire) & CLOSED) != 0;
}

int64_t tgi_socket_timeout_of(tgi_socket *s)
{
    // ORDER: relaxed; a setting.
    return atomic_load_explicit(&s->timeout, memory_order_relaxed);
}

// --- arguments

// The bytes of a value: bytes as they are, a bytearray or memoryview copied. *copy is to be
// released after use. NULL if raised.
const void *tgi_socket_bytes(tg_thread *t, tg_value v, size_t *n, tg_value *copy)
{
    *copy = TG_NULL;
    if (tg_kind_of(t, v) == TG_KIND_BYTES)
        return tg_as_bytes(t, v, n);
    const char *name = tg_type_name(t, v);
    if (strcmp(name, "bytearray") != 0 && strcmp(name, "memoryview") != 0) {
        tg_raise(t, TG_TypeError, "a bytes-like object is required, not '%s'", name);
        return NULL;
    }
    tg_value bytes = tgi_builtin(t, "bytes");
    *copy = bytes == TG_NULL ? TG_NULL : tg_call(t, bytes, &v, 1);
    tg_release(t, bytes);
    return *copy == TG_NULL ? NULL : tg_as_bytes(t, *copy, n);
}

int tgi_socket_int(tg_thread *t, const tg_value *args, size_t nargs, size_t at, int otherwise,
                   int *out)
{
    int64_t i = otherwise;
    if (at < nargs && tg_as_int64(t, args[at], &i) < 0)
        return -1;
    if (i < INT32_MIN || i > INT32_MAX) {
        tg_raise(t, TG_OverflowError,
                 i < 0 ? "signed integer is less than minimum"
                       : "signed integer is greater than maximum");
        return -1;
    }
    *out = (int)i;
    return 0;
}

// --- names

tg_value tgi_socket_new(tg_thread *t, int fd, int family, int type, int proto)
{
    void *data;
    tgi_socket_state *state = tgi_socket_state_of(t);
    tg_value self = tg_instance(t, state->socket_class, &data);
    if (self == TG_NULL) {
        close(fd);
        return TG_NULL;
    }
    tgi_socket *s = data;
    s->fd = fd;
    s->family = family;
    s->type = type;
    s->proto = proto;
    // ORDER: relaxed; a setting.
    int64_t timeout = atomic_load_explicit(&state->default_timeout, memory_order_relaxed);
    // ORDER: relaxed, twice; nobody else knows the socket yet, its publication carries them.
    atomic_store_explicit(&s->timeout, timeout, memory_order_relaxed);
    atomic_store_explicit(&s->users, 0, memory_order_relaxed);
    return self;
}

TGI_NATIVE(socket_bind)
{
    struct sockaddr_in a;
    if (tgi_socket_data(t, args[0]) == NULL || tgi_socket_address(t, "bind", args[1], &a) < 0)
        return TG_NULL;
    tgi_socket *s = tgi_socket_begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    int err = bind(s->fd, (struct sockaddr *)(void *)&a, sizeof a) < 0 ? errno : 0;
    tgi_socket_end(t, s);
    return err == 0 ? TG_NONE : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_listen)
{
    int backlog;
    if (tgi_socket_int(t, args, nargs, 1, 128, &backlog) < 0)
        return TG_NULL;
    tgi_socket *s = tgi_socket_begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    int err = listen(s->fd, backlog < 0 ? 0 : backlog) < 0 ? errno : 0;
    tgi_socket_end(t, s);
    return err == 0 ? TG_NONE : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_shutdown)
{
    int how;
    if (tgi_socket_int(t, args, nargs, 1, 0, &how) < 0)
        return TG_NULL;
    tgi_socket *s = tgi_socket_begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    int err = shutdown(s->fd, how) < 0 ? errno : 0;
    tgi_socket_end(t, s);
    return err == 0 ? TG_NONE : tg_raise_os(t, err, NULL);
}

// --- the end

// See Note [close-while-used]. close() is a user too: without its own count the last of the others
// could close the descriptor before the shutdown, which would then hit a stranger.
TGI_NATIVE(socket_close)
{
    tgi_socket *s = tgi_socket_data(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    // ORDER: relaxed; the CAS decides.
    uint32_t old = atomic_load_explicit(&s->users, memory_order_relaxed);
    do {
        if ((old & CLOSED) != 0)
            return TG_NONE;
        // ORDER: acq_rel; release pairs with the acquire in is_closed, acquire with the last user's
        // step in end. Relaxed on failure: the loop looks again.
    } while (!atomic_compare_exchange_weak_explicit(&s->users, &old, (old | CLOSED) + 1,
                                                    memory_order_acq_rel, memory_order_relaxed));
    if ((old & USERS) != 0)
        (void)shutdown(s->fd, SHUT_RDWR); // does not wait
    int err = end_use(t, s);
    // The descriptor is gone whatever close says; a reset by the peer is no news any more.
    return err == 0 || err == EINTR || err == ECONNRESET ? TG_NONE : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_detach)
{
    tgi_socket *s = tgi_socket_data(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    // ORDER: relaxed; the CAS decides.
    uint32_t old = atomic_load_explicit(&s->users, memory_order_relaxed);
    do {
        if ((old & CLOSED) != 0)
            return tg_int(t, -1); // somebody closes it, or it has been detached
        // ORDER: acq_rel; as in close.
    } while (!atomic_compare_exchange_weak_explicit(&s->users, &old, old | CLOSED | DETACHED,
                                                    memory_order_acq_rel, memory_order_relaxed));
    return tg_int(t, s->fd);
}

TGI_NATIVE(socket_fileno)
{
    tgi_socket *s = tgi_socket_data(t, args[0]);
    return s == NULL ? TG_NULL : tg_int(t, tgi_socket_is_closed(s) ? -1 : s->fd);
}

// --- settings

int tgi_socket_timeout(tg_thread *t, tg_value v, int64_t *ns)
{
    *ns = -1;
    if (v == TG_NONE)
        return 0;
    if (tgi_seconds(t, v, ns) < 0)
        return -1;
    if (*ns >= 0)
        return 0;
    tg_raise(t, TG_ValueError, "Timeout value out of range");
    return -1;
}

static tg_value set_timeout(tgi_socket *s, int64_t ns)
{
    // ORDER: relaxed; a setting.
    atomic_store_explicit(&s->timeout, ns, memory_order_relaxed);
    return TG_NONE;
}

TGI_NATIVE(socket_settimeout)
{
    int64_t ns;
    tgi_socket *s = tgi_socket_data(t, args[0]);
    if (s == NULL || tgi_socket_timeout(t, args[1], &ns) < 0)
        return TG_NULL;
    return set_timeout(s, ns);
}

TGI_NATIVE(socket_setblocking)
{
    tgi_socket *s = tgi_socket_data(t, args[0]);
    int blocking = s == NULL ? -1 : tg_truth(t, args[1]);
    return blocking < 0 ? TG_NULL : set_timeout(s, blocking ? -1 : 0);
}

TGI_NATIVE(socket_gettimeout)
{
    tgi_socket *s = tgi_socket_data(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    int64_t ns = tgi_socket_timeout_of(s);
    return ns < 0 ? TG_NONE : tg_float(t, (double)ns / 1e9);
}

TGI_NATIVE(socket_getblocking)
{
    tgi_socket *s = tgi_socket_data(t, args[0]);
    return s == NULL ? TG_NULL : tg_bool(tgi_socket_timeout_of(s) != 0);
}

static tg_value own_name(tg_thread *t, tg_value self,
                         int (*get)(int, struct sockaddr *restrict, socklen_t *restrict))
{
    struct sockaddr_in a = {.sin_family = AF_UNSPEC};
    socklen_t size = sizeof a;
    tgi_socket *s = tgi_socket_begin(t, self);
    if (s == NULL)
        return TG_NULL;
    int err = get(s->fd, (struct sockaddr *)(void *)&a, &size) < 0 ? errno : 0;
    tgi_socket_end(t, s);
    return err == 0 ? tgi_socket_address_value(t, &a) : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_getsockname)
{
    return own_name(t, args[0], getsockname);
}

TGI_NATIVE(socket_getpeername)
{
    return own_name(t, args[0], getpeername);
}

TGI_NATIVE(socket_setsockopt)
{
    int level, option, number = 0;
    size_t n = sizeof number;
    tg_value copy = TG_NULL;
    const void *data = &number;
    if (nargs != 4)
        return tg_raise(t, TG_TypeError, "setsockopt() takes exactly 3 arguments (%zu given)",
                        nargs - 1);
    tg_kind kind = tg_kind_of(t, args[3]);
    if (tgi_socket_int(t, args, nargs, 1, 0, &level) < 0 ||
        tgi_socket_int(t, args, nargs, 2, 0, &option) < 0)
        return TG_NULL;
    if (kind == TG_KIND_INT || kind == TG_KIND_BOOL) {
        if (tgi_socket_int(t, args, nargs, 3, 0, &number) < 0)
            return TG_NULL;
    } else {
        data = tgi_socket_bytes(t, args[3], &n, &copy);
    }
    tgi_socket *s = data == NULL ? NULL : tgi_socket_begin(t, args[0]);
    int err = -1;
    if (s != NULL) {
        err = setsockopt(s->fd, level, option, data, (socklen_t)n) < 0 ? errno : 0;
        tgi_socket_end(t, s);
    }
    tg_release(t, copy);
    return err == 0 ? TG_NONE : err < 0 ? TG_NULL : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_getsockopt)
{
    int level, option, bytes, number = 0;
    char data[1024];
    if (tgi_socket_int(t, args, nargs, 1, 0, &level) < 0 ||
        tgi_socket_int(t, args, nargs, 2, 0, &option) < 0 ||
        tgi_socket_int(t, args, nargs, 3, 0, &bytes) < 0)
        return TG_NULL;
    if (bytes < 0 || bytes > (int)sizeof data)
        return tg_raise(t, TG_OSError, "getsockopt buflen out of range");
    tgi_socket *s = tgi_socket_begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    socklen_t size = bytes == 0 ? sizeof number : (socklen_t)bytes;
    void *to = bytes == 0 ? (void *)&number : data;
    int err = getsockopt(s->fd, level, option, to, &size) < 0 ? errno : 0;
    tgi_socket_end(t, s);
    if (err != 0)
        return tg_raise_os(t, err, NULL);
    return bytes == 0 ? tg_int(t, number) : tg_bytes(t, data, size);
}

// --- the class

static tg_value get_family(tg_thread *t, tg_value self)
{
    tgi_socket *s = tgi_socket_data(t, self);
    return s == NULL ? TG_NULL : tg_int(t, s->family);
}

static tg_value get_type(tg_thread *t, tg_value self)
{
    tgi_socket *s = tgi_socket_data(t, self);
    return s == NULL ? TG_NULL : tg_int(t, s->type);
}

static tg_value get_proto(tg_thread *t, tg_value self)
{
    tgi_socket *s = tgi_socket_data(t, self);
    return s == NULL ? TG_NULL : tg_int(t, s->proto);
}

static tg_value get_timeout(tg_thread *t, tg_value self)
{
    return socket_gettimeout(t, &self, 1, TG_NULL);
}

static tg_value socket_repr(tg_thread *t, tg_value self, void *data)
{
    tgi_socket *s = data;
    (void)self;
    return tg_str_format(t, "<socket object, fd=%d, family=%d, type=%d, proto=%d>",
                         tgi_socket_is_closed(s) ? -1 : s->fd, s->family, s->type, s->proto);
}

static int socket_init(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    static const char *const names[] = {"family", "type", "proto", "fileno", NULL};
    tg_value v[4];
    int number[3] = {AF_INET, SOCK_STREAM, 0}, fd;
    tgi_socket *s = data;
    (void)self;
    // ORDER: relaxed; nobody else knows the socket yet. Closed, until there is a descriptor.
    atomic_store_explicit(&s->users, CLOSED, memory_order_relaxed);
    s->fd = -1;
    if (tg_parse_args(t, "socket", names, 0, args, nargs, kwnames, v) < 0)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        if (v[i] != TG_NULL && tgi_socket_int(t, v, 3, i, 0, &number[i]) < 0)
            return -1;
    }
    if (number[0] == -1)
        number[0] = AF_INET;
    if (number[1] == -1)
        number[1] = SOCK_STREAM;
    if (number[2] == -1)
        number[2] = 0;
    if (v[3] != TG_NULL && v[3] != TG_NONE) {
        if (tgi_socket_int(t, v, 4, 3, 0, &fd) < 0)
            return -1;
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
            fd = -1;
    } else if (number[0] != AF_INET) {
        errno = EAFNOSUPPORT;
        fd = -1;
    } else {
        fd = socket(number[0], number[1] | SOCK_CLOEXEC | SOCK_NONBLOCK, number[2]);
    }
    if (fd < 0) {
        tg_raise_os(t, errno, NULL);
        return -1;
    }
    s->fd = fd;
    s->family = number[0];
    s->type = number[1] & ~(SOCK_CLOEXEC | SOCK_NONBLOCK);
    s->proto = number[2];
    // ORDER: relaxed, three times; a setting, and a socket that nobody else knows yet.
    int64_t timeout =
        atomic_load_explicit(&tgi_socket_state_of(t)->default_timeout, memory_order_relaxed);
    atomic_store_explicit(&s->timeout, timeout, memory_order_relaxed);
    atomic_store_explicit(&s->users, 0, memory_order_relaxed);
    return 0;
}

static void socket_finalize(tg_thread *t, void *data)
{
    tgi_socket *s = data;
    (void)t;
    // A subclass may have failed before __init__: all zeroes is no descriptor either.
    if (s->family != 0 && !tgi_socket_is_closed(s))
        close(s->fd);
}

static const tg_function_def socket_methods[] = {
    TGI_FN("accept", tgi_socket_accept, 0, 0),
    TGI_FN("bind", socket_bind, 1, 1),
    TGI_FN("close", socket_close, 0, 0),
    TGI_FN("connect", tgi_socket_connect, 1, 1),
    TGI_FN("connect_ex", tgi_socket_connect_ex, 1, 1),
    TGI_FN("detach", socket_detach, 0, 0),
    TGI_FN("fileno", socket_fileno, 0, 0),
    TGI_FN("getblocking", socket_getblocking, 0, 0),
    TGI_FN("getpeername", socket_getpeername, 0, 0),
    TGI_FN("getsockname", socket_getsockname, 0, 0),
    TGI_FN("getsockopt", socket_getsockopt, 2, 3),
    TGI_FN("gettimeout", socket_gettimeout, 0, 0),
    TGI_FN("listen", socket_listen, 0, 1),
    TGI_FN("recv", tgi_socket_recv, 1, 2),
    TGI_FN("recv_into", tgi_socket_recv_into, 1, 3),
    TGI_FN("recvfrom", tgi_socket_recvfrom, 1, 2),
    TGI_FN("send", tgi_socket_send, 1, 2),
    TGI_FN("sendall", tgi_socket_sendall, 1, 2),
    TGI_FN("sendto", tgi_socket_sendto, 0, -1),
    TGI_FN("setblocking", socket_setblocking, 1, 1),
    TGI_FN("setsockopt", socket_setsockopt, 0, -1),
    TGI_FN("settimeout", socket_settimeout, 1, 1),
    TGI_FN("shutdown", socket_shutdown, 1, 1),
    TGI_FN_END,
};

static const tg_attribute_def socket_attributes[] = {
    {"family", get_family, NULL},   {"type", get_type, NULL}, {"proto", get_proto, NULL},
    {"timeout", get_timeout, NULL}, {NULL, NULL, NULL},
};

const tg_class_def tgi_socket_class = {
    .name = "socket",
    .module = "_socket",
    .data_bytes = sizeof(tgi_socket),
    .methods = socket_methods,
    .attributes = socket_attributes,
    .init = socket_init,
    .finalize = socket_finalize,
    .repr = socket_repr,
};
