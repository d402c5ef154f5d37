// SPDX-License-Identifier: MIT
//
// socket_object.c - the class _socket.socket: TCP and UDP over IPv4.
//
// A descriptor is always non-blocking. An operation is tried first, and only if the system would
// have to wait, the thread waits detached for the descriptor to become ready: data that is there
// costs one system call. A timeout is a deadline that is fixed when the operation begins; neither a
// signal nor a readiness that turned out wrong moves it.
//
// Note [close-while-used]
// The number of a closed descriptor is given to the next file that is opened, so a thread between
// reading the number and its system call could read from a stranger. Every operation is therefore
// counted in `users` while it holds the number. close() sets CLOSED, which refuses new operations,
// and shuts the connection down, which ends those that wait; the descriptor is closed by whoever
// comes last. An operation that was cut off so fails with EBADF, like one that begins afterwards.
//
// Threads     any thread may call any method at any time.
// Invariants  SO1  fd is const after init. It is open while USERS > 0 or CLOSED is off.
//             SO2  the descriptor is closed exactly once: by the step that leaves `users` at CLOSED
//                  with no user, unless it was DETACHED.
#include "modules/socket_module.h"
#include "modules/support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLOSED   UINT32_C(0x80000000)
#define DETACHED UINT32_C(0x40000000)
#define USERS    UINT32_C(0x3fffffff)

typedef struct sock {
    int fd, family, type, proto; // const after init
    _Atomic(uint32_t) users;     // any thread: CLOSED, DETACHED, number of operations
    _Atomic(int64_t) timeout;    // any thread: nanoseconds; < 0 none; 0 do not wait
} sock;

enum { ON_STACK = 8192 };

// --- beginning and ending an operation

static sock *data_of(tg_thread *t, tg_value self)
{
    return tg_data(t, self, &tgi_socket_class);
}

static void end(tg_thread *t, sock *s)
{
    // ORDER: acq_rel; whoever comes last closes after everybody else is done with the descriptor.
    uint32_t old = atomic_fetch_sub_explicit(&s->users, 1, memory_order_acq_rel);
    if ((old & USERS) == 1 && (old & CLOSED) != 0 && (old & DETACHED) == 0) {
        TG_BEGIN_BLOCKING(t)
        close(s->fd);
        TG_END_BLOCKING(t)
    }
}

// The socket with the operation counted; NULL with OSError if it is closed. See Note
// [close-while-used].
static sock *begin(tg_thread *t, tg_value self)
{
    sock *s = data_of(t, self);
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

static bool is_closed(sock *s)
{
    // ORDER: acquire; pairs with the RMW of close: the connection has been shut down.
    return (atomic_load_explicit(&s->users, memory_order_acquire) & CLOSED) != 0;
}

static int64_t timeout_of(sock *s)
{
    // ORDER: relaxed; a setting.
    return atomic_load_explicit(&s->timeout, memory_order_relaxed);
}

// --- waiting

typedef struct wait {
    int64_t timeout, until; // < 0: none
} wait;

static wait wait_begin(sock *s, int flags)
{
    int64_t timeout = (flags & MSG_DONTWAIT) != 0 ? 0 : timeout_of(s), now = timeout > 0 ? tgi_now_ns() : 0, until = -1;
    if (timeout > 0 && __builtin_add_overflow(now, timeout, &until))
        until = INT64_MAX;
    return (wait){timeout, until};
}

// After an operation failed with errno `err`: 0 try again, -1 raised.
static int wait_more(tg_thread *t, sock *s, const wait *w, short events, int err)
{
    if (err == EINTR)
        return tg_poll(t) == TG_OK ? 0 : -1;
    if ((err != EAGAIN && err != EWOULDBLOCK) || w->timeout == 0) {
        tg_raise_os(t, is_closed(s) ? EBADF : err, NULL);
        return -1;
    }
    int64_t left = -1;
    tg_status st = TG_ERR_TIMEOUT;
    if (w->timeout > 0)
        left = w->until - tgi_now_ns();
    if (w->timeout < 0 || left > 0)
        st = tg_wait_fd(t, s->fd, events, left, NULL);
    if (st == TG_ERR_RAISED)
        return -1;
    if (is_closed(s))
        tg_raise_os(t, EBADF, NULL);
    else if (st == TG_ERR_TIMEOUT)
        tg_raise(t, TG_TimeoutError, "timed out");
    else if (st == TG_OK)
        return 0;
    else
        tgi_raise_host(t, st);
    return -1;
}

// One system call on the descriptor.
typedef struct call {
    enum { RECV, SEND, ACCEPT } kind;
    void *data;
    size_t size;
    int flags;
    struct sockaddr_in *address; // may be NULL
    socklen_t address_size;
} call;

static ssize_t try_once(sock *s, call *c)
{
    struct sockaddr *address = (struct sockaddr *)(void *)c->address;
    switch (c->kind) {
    case RECV:
        c->address_size = sizeof *c->address;
        return recvfrom(s->fd, c->data, c->size, c->flags, address,
                        address != NULL ? &c->address_size : NULL);
    case SEND:
        return sendto(s->fd, c->data, c->size, c->flags | MSG_NOSIGNAL, address,
                      address != NULL ? (socklen_t)sizeof *c->address : 0);
    default:
        c->address_size = sizeof *c->address;
        return accept4(s->fd, address, &c->address_size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    }
}

// The call, waiting as long as w allows. -1 raised. The call itself never waits, but the system may
// have much to copy, so it is made detached too.
static ssize_t perform(tg_thread *t, sock *s, const wait *w, call *c)
{
    for (;;) {
        ssize_t n;
        TG_BEGIN_BLOCKING(t)
        n = try_once(s, c);
        TG_END_BLOCKING(t)
        if (n == 0 && c->kind == RECV && is_closed(s))
            errno = EBADF; // the end of data is the one that close made
        else if (n >= 0)
            return n;
        if (wait_more(t, s, w, c->kind == SEND ? POLLOUT : POLLIN, errno) < 0)
            return -1;
    }
}

// --- bytes to send

// The bytes of a value: bytes as they are, a bytearray or memoryview copied. *copy is to be
// released after use. NULL if raised.
static const void *bytes_of(tg_thread *t, tg_value v, size_t *n, tg_value *copy)
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

static int int_arg(tg_thread *t, const tg_value *args, size_t nargs, size_t at, int otherwise,
                   int *out)
{
    int64_t i = otherwise;
    if (at < nargs && tg_as_int64(t, args[at], &i) < 0)
        return -1;
    if (i < INT32_MIN || i > INT32_MAX) {
        tg_raise(t, TG_OverflowError, i < 0 ? "signed integer is less than minimum"
                                            : "signed integer is greater than maximum");
        return -1;
    }
    *out = (int)i;
    return 0;
}

// Sends data once, or until all of it is sent. -1 raised.
static ssize_t send_bytes(tg_thread *t, sock *s, const void *data, size_t n, int flags,
                          struct sockaddr_in *to, bool all)
{
    wait w = wait_begin(s, flags);
    size_t done = 0;
    do {
        call c = {.kind = SEND, .size = n - done, .flags = flags, .address = to};
        // The system does not write to what it sends.
        memcpy(&c.data, &(const void *){(const char *)data + done}, sizeof c.data);
        ssize_t sent = perform(t, s, &w, &c);
        if (sent < 0)
            return -1;
        done += (size_t)sent;
        if (all && done < n && tg_poll(t) != TG_OK)
            return -1;
    } while (all && done < n);
    return (ssize_t)done;
}

static tg_value send_method(tg_thread *t, const tg_value *args, size_t nargs, bool all)
{
    int flags;
    size_t n;
    tg_value copy;
    const void *data = bytes_of(t, args[1], &n, &copy);
    sock *s = data == NULL || int_arg(t, args, nargs, 2, 0, &flags) < 0 ? NULL : begin(t, args[0]);
    ssize_t sent = -1;
    if (s != NULL) {
        sent = send_bytes(t, s, data, n, flags, NULL, all);
        end(t, s);
    }
    tg_release(t, copy);
    return sent < 0 ? TG_NULL : all ? TG_NONE : tg_int(t, sent);
}

TGI_NATIVE(socket_send)
{
    return send_method(t, args, nargs, false);
}

TGI_NATIVE(socket_sendall)
{
    return send_method(t, args, nargs, true);
}

TGI_NATIVE(socket_sendto)
{
    int flags = 0;
    size_t n;
    tg_value copy;
    struct sockaddr_in to;
    if (nargs < 3 || nargs > 4)
        return tg_raise(t, TG_TypeError, "sendto() takes 2 or 3 arguments (%zu given)", nargs - 1);
    const void *data = bytes_of(t, args[1], &n, &copy);
    sock *s = NULL;
    if (data != NULL && (nargs == 3 || int_arg(t, args, nargs, 2, 0, &flags) == 0) &&
        tgi_socket_address(t, "sendto", args[nargs - 1], &to) == 0)
        s = begin(t, args[0]);
    ssize_t sent = -1;
    if (s != NULL) {
        sent = send_bytes(t, s, data, n, flags, &to, false);
        end(t, s);
    }
    tg_release(t, copy);
    return sent < 0 ? TG_NULL : tg_int(t, sent);
}

// --- receiving

// Up to `size` bytes as bytes, or TG_NULL. from may be NULL.
static tg_value receive(tg_thread *t, tg_value self, int64_t size, int flags,
                        struct sockaddr_in *from)
{
    char small[ON_STACK];
    char *data = size <= ON_STACK ? small : malloc((size_t)size);
    if (data == NULL)
        return tg_raise_nomem(t);
    sock *s = begin(t, self);
    tg_value r = TG_NULL;
    if (s != NULL) {
        wait w = wait_begin(s, flags);
        call c = {.kind = RECV, .data = data, .size = (size_t)size, .flags = flags,
                  .address = from};
        ssize_t n = perform(t, s, &w, &c);
        if (n >= 0)
            r = tg_bytes(t, data, (size_t)n);
        if (n >= 0 && from != NULL && c.address_size == 0)
            from->sin_family = AF_UNSPEC;
        end(t, s);
    }
    if (data != small)
        free(data);
    return r;
}

static int size_and_flags(tg_thread *t, const char *function, const tg_value *args, size_t nargs,
                          size_t at, int64_t *size, int *flags)
{
    if (at < nargs && tg_as_int64(t, args[at], size) < 0)
        return -1;
    if (int_arg(t, args, nargs, at + 1, 0, flags) < 0)
        return -1;
    if (*size >= 0)
        return 0;
    tg_raise(t, TG_ValueError, "negative buffersize in %s", function);
    return -1;
}

TGI_NATIVE(socket_recv)
{
    int64_t size;
    int flags;
    if (size_and_flags(t, "recv", args, nargs, 1, &size, &flags) < 0)
        return TG_NULL;
    return receive(t, args[0], size, flags, NULL);
}

TGI_NATIVE(socket_recvfrom)
{
    int64_t size;
    int flags;
    struct sockaddr_in from = {.sin_family = AF_UNSPEC};
    if (size_and_flags(t, "recvfrom", args, nargs, 1, &size, &flags) < 0)
        return TG_NULL;
    tg_value data = receive(t, args[0], size, flags, &from);
    if (data == TG_NULL)
        return TG_NULL;
    tg_value parts[2] = {data, tgi_socket_address_value(t, &from)};
    tg_value r = parts[1] == TG_NULL ? TG_NULL : tg_tuple(t, parts, 2);
    tg_release(t, parts[0]);
    tg_release(t, parts[1]);
    return r;
}

// buffer[0:n] = data
static int store(tg_thread *t, tg_value buffer, tg_value data)
{
    tg_value bounds[2] = {TG_NONE, tg_int(t, tg_length(t, data))};
    tg_value range = tg_call(t, tgi_socket_state_of(t)->slice, bounds, 2);
    int st = range == TG_NULL ? -1 : tg_setitem(t, buffer, range, data);
    tg_release(t, range);
    return st;
}

TGI_NATIVE(socket_recv_into)
{
    int64_t size = 0, room;
    int flags;
    const char *name = tg_type_name(t, args[1]);
    if (strcmp(name, "bytearray") != 0 && strcmp(name, "memoryview") != 0)
        return tg_raise(t, TG_TypeError,
                        "recv_into() argument 1 must be read-write bytes-like object, not %s",
                        name);
    if (size_and_flags(t, "recv_into", args, nargs, 2, &size, &flags) < 0)
        return TG_NULL;
    room = tg_length(t, args[1]);
    if (room < 0)
        return TG_NULL;
    if (size > room)
        return tg_raise(t, TG_ValueError, "buffer too small for requested bytes");
    tg_value data = receive(t, args[0], size > 0 ? size : room, flags, NULL);
    if (data == TG_NULL)
        return TG_NULL;
    int64_t n = tg_length(t, data);
    int st = n > 0 ? store(t, args[1], data) : 0;
    tg_release(t, data);
    return st < 0 ? TG_NULL : tg_int(t, n);
}

// --- connections

static tg_value new_socket(tg_thread *t, int fd, int family, int type, int proto)
{
    void *data;
    tgi_socket_state *state = tgi_socket_state_of(t);
    tg_value self = tg_instance(t, state->socket_class, &data);
    if (self == TG_NULL) {
        close(fd);
        return TG_NULL;
    }
    sock *s = data;
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

TGI_NATIVE(socket_accept)
{
    struct sockaddr_in from = {.sin_family = AF_UNSPEC};
    sock *s = begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    wait w = wait_begin(s, 0);
    call c = {.kind = ACCEPT, .address = &from};
    ssize_t fd = perform(t, s, &w, &c);
    tg_value parts[2] = {TG_NULL, TG_NULL};
    if (fd >= 0) {
        parts[0] = new_socket(t, (int)fd, s->family, s->type, s->proto);
        parts[1] = tgi_socket_address_value(t, &from);
    }
    end(t, s);
    tg_value r = parts[0] == TG_NULL || parts[1] == TG_NULL ? TG_NULL : tg_tuple(t, parts, 2);
    tg_release(t, parts[0]);
    tg_release(t, parts[1]);
    return r;
}

// Waits for the end of a connect in progress. 0, an error number, or -1 raised.
static int finish_connect(tg_thread *t, sock *s)
{
    wait w = wait_begin(s, 0);
    if (wait_more(t, s, &w, POLLOUT, EAGAIN) < 0) {
        if (!tg_error_is(t, TG_TimeoutError))
            return -1;
        tg_error_clear(t);
        return EAGAIN; // what the caller reports as a timeout
    }
    int err = 0;
    socklen_t size = sizeof err;
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
        return errno;
    return err == EISCONN ? 0 : err;
}

// 0, an error number (EAGAIN: timed out), or -1 raised.
static int connect_to(tg_thread *t, tg_value self, const char *function, tg_value where)
{
    struct sockaddr_in to;
    if (data_of(t, self) == NULL || tgi_socket_address(t, function, where, &to) < 0)
        return -1;
    sock *s = begin(t, self);
    if (s == NULL) {
        tg_error_clear(t);
        return EBADF;
    }
    int err = 0;
    TG_BEGIN_BLOCKING(t)
    if (connect(s->fd, (struct sockaddr *)(void *)&to, sizeof to) < 0)
        err = errno;
    TG_END_BLOCKING(t)
    // A connect that a signal has cut short goes on by itself, as one in progress does.
    if ((err == EINPROGRESS || err == EINTR) && timeout_of(s) != 0)
        err = finish_connect(t, s);
    else if (err == EINTR)
        err = EINPROGRESS;
    end(t, s);
    return err;
}

TGI_NATIVE(socket_connect)
{
    int err = connect_to(t, args[0], "connect", args[1]);
    if (err == 0)
        return TG_NONE;
    if (err == EAGAIN)
        return tg_raise(t, TG_TimeoutError, "timed out");
    return err < 0 ? TG_NULL : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_connect_ex)
{
    int err = connect_to(t, args[0], "connect_ex", args[1]);
    return err < 0 ? TG_NULL : tg_int(t, err);
}

TGI_NATIVE(socket_bind)
{
    struct sockaddr_in a;
    if (data_of(t, args[0]) == NULL || tgi_socket_address(t, "bind", args[1], &a) < 0)
        return TG_NULL;
    sock *s = begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    int err = bind(s->fd, (struct sockaddr *)(void *)&a, sizeof a) < 0 ? errno : 0;
    end(t, s);
    return err == 0 ? TG_NONE : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_listen)
{
    int backlog;
    if (int_arg(t, args, nargs, 1, 128, &backlog) < 0)
        return TG_NULL;
    sock *s = begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    int err = listen(s->fd, backlog < 0 ? 0 : backlog) < 0 ? errno : 0;
    end(t, s);
    return err == 0 ? TG_NONE : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_shutdown)
{
    int how;
    if (int_arg(t, args, nargs, 1, 0, &how) < 0)
        return TG_NULL;
    sock *s = begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    int err = shutdown(s->fd, how) < 0 ? errno : 0;
    end(t, s);
    return err == 0 ? TG_NONE : tg_raise_os(t, err, NULL);
}

// --- the end

// See Note [close-while-used].
TGI_NATIVE(socket_close)
{
    sock *s = data_of(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    // ORDER: acq_rel; release pairs with the acquire in is_closed, acquire with the last user's
    // step in end.
    uint32_t old = atomic_fetch_or_explicit(&s->users, CLOSED, memory_order_acq_rel);
    if ((old & CLOSED) != 0)
        return TG_NONE;
    int err = 0;
    TG_BEGIN_BLOCKING(t)
    if ((old & USERS) == 0)
        err = close(s->fd) < 0 ? errno : 0;
    else
        (void)shutdown(s->fd, SHUT_RDWR);
    TG_END_BLOCKING(t)
    // The descriptor is gone whatever close says; a reset by the peer is no news any more.
    return err == 0 || err == EINTR || err == ECONNRESET ? TG_NONE : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_detach)
{
    sock *s = data_of(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    // ORDER: acq_rel; as in close.
    uint32_t old = atomic_fetch_or_explicit(&s->users, CLOSED | DETACHED, memory_order_acq_rel);
    return tg_int(t, (old & CLOSED) != 0 ? -1 : s->fd);
}

TGI_NATIVE(socket_fileno)
{
    sock *s = data_of(t, args[0]);
    return s == NULL ? TG_NULL : tg_int(t, is_closed(s) ? -1 : s->fd);
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

static tg_value set_timeout(sock *s, int64_t ns)
{
    // ORDER: relaxed; a setting.
    atomic_store_explicit(&s->timeout, ns, memory_order_relaxed);
    return TG_NONE;
}

TGI_NATIVE(socket_settimeout)
{
    int64_t ns;
    sock *s = data_of(t, args[0]);
    if (s == NULL || tgi_socket_timeout(t, args[1], &ns) < 0)
        return TG_NULL;
    return set_timeout(s, ns);
}

TGI_NATIVE(socket_setblocking)
{
    sock *s = data_of(t, args[0]);
    int blocking = s == NULL ? -1 : tg_truth(t, args[1]);
    return blocking < 0 ? TG_NULL : set_timeout(s, blocking ? -1 : 0);
}

TGI_NATIVE(socket_gettimeout)
{
    sock *s = data_of(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    int64_t ns = timeout_of(s);
    return ns < 0 ? TG_NONE : tg_float(t, (double)ns / 1e9);
}

TGI_NATIVE(socket_getblocking)
{
    sock *s = data_of(t, args[0]);
    return s == NULL ? TG_NULL : tg_bool(timeout_of(s) != 0);
}

static tg_value own_name(tg_thread *t, tg_value self,
                         int (*get)(int, struct sockaddr *restrict, socklen_t *restrict))
{
    struct sockaddr_in a = {.sin_family = AF_UNSPEC};
    socklen_t size = sizeof a;
    sock *s = begin(t, self);
    if (s == NULL)
        return TG_NULL;
    int err = get(s->fd, (struct sockaddr *)(void *)&a, &size) < 0 ? errno : 0;
    end(t, s);
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
    if (int_arg(t, args, nargs, 1, 0, &level) < 0 || int_arg(t, args, nargs, 2, 0, &option) < 0)
        return TG_NULL;
    if (kind == TG_KIND_INT || kind == TG_KIND_BOOL) {
        if (int_arg(t, args, nargs, 3, 0, &number) < 0)
            return TG_NULL;
    } else {
        data = bytes_of(t, args[3], &n, &copy);
    }
    sock *s = data == NULL ? NULL : begin(t, args[0]);
    int err = -1;
    if (s != NULL) {
        err = setsockopt(s->fd, level, option, data, (socklen_t)n) < 0 ? errno : 0;
        end(t, s);
    }
    tg_release(t, copy);
    return err == 0 ? TG_NONE : err < 0 ? TG_NULL : tg_raise_os(t, err, NULL);
}

TGI_NATIVE(socket_getsockopt)
{
    int level, option, bytes, number = 0;
    char data[1024];
    if (int_arg(t, args, nargs, 1, 0, &level) < 0 || int_arg(t, args, nargs, 2, 0, &option) < 0 ||
        int_arg(t, args, nargs, 3, 0, &bytes) < 0)
        return TG_NULL;
    if (bytes < 0 || bytes > (int)sizeof data)
        return tg_raise(t, TG_OSError, "getsockopt buflen out of range");
    sock *s = begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    socklen_t size = bytes == 0 ? sizeof number : (socklen_t)bytes;
    void *to = bytes == 0 ? (void *)&number : data;
    int err = getsockopt(s->fd, level, option, to, &size) < 0 ? errno : 0;
    end(t, s);
    if (err != 0)
        return tg_raise_os(t, err, NULL);
    return bytes == 0 ? tg_int(t, number) : tg_bytes(t, data, size);
}

// --- the class

static tg_value get_family(tg_thread *t, tg_value self)
{
    sock *s = data_of(t, self);
    return s == NULL ? TG_NULL : tg_int(t, s->family);
}

static tg_value get_type(tg_thread *t, tg_value self)
{
    sock *s = data_of(t, self);
    return s == NULL ? TG_NULL : tg_int(t, s->type);
}

static tg_value get_proto(tg_thread *t, tg_value self)
{
    sock *s = data_of(t, self);
    return s == NULL ? TG_NULL : tg_int(t, s->proto);
}

static tg_value get_timeout(tg_thread *t, tg_value self)
{
    return socket_gettimeout(t, &self, 1, TG_NULL);
}

static tg_value socket_repr(tg_thread *t, tg_value self, void *data)
{
    sock *s = data;
    (void)self;
    return tg_str_format(t, "<socket object, fd=%d, family=%d, type=%d, proto=%d>",
                         is_closed(s) ? -1 : s->fd, s->family, s->type, s->proto);
}

static int socket_init(tg_thread *t, tg_value self, void *data, const tg_value *args, size_t nargs,
                       tg_value kwnames)
{
    static const char *const names[] = {"family", "type", "proto", "fileno", NULL};
    tg_value v[4];
    int number[3] = {AF_INET, SOCK_STREAM, 0}, fd;
    sock *s = data;
    (void)self;
    // ORDER: relaxed; nobody else knows the socket yet. Closed, until there is a descriptor.
    atomic_store_explicit(&s->users, CLOSED, memory_order_relaxed);
    s->fd = -1;
    if (tg_parse_args(t, "socket", names, 0, args, nargs, kwnames, v) < 0)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        if (v[i] != TG_NULL && int_arg(t, v, 3, i, 0, &number[i]) < 0)
            return -1;
    }
    if (number[0] == -1)
        number[0] = AF_INET;
    if (number[1] == -1)
        number[1] = SOCK_STREAM;
    if (number[2] == -1)
        number[2] = 0;
    if (v[3] != TG_NULL && v[3] != TG_NONE) {
        if (int_arg(t, v, 4, 3, 0, &fd) < 0)
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
    int64_t timeout = atomic_load_explicit(&tgi_socket_state_of(t)->default_timeout,
                                           memory_order_relaxed);
    atomic_store_explicit(&s->timeout, timeout, memory_order_relaxed);
    atomic_store_explicit(&s->users, 0, memory_order_relaxed);
    return 0;
}

static void socket_finalize(tg_thread *t, void *data)
{
    sock *s = data;
    (void)t;
    // A subclass may have failed before __init__: all zeroes is no descriptor either.
    if (s->family != 0 && !is_closed(s))
        close(s->fd);
}

static const tg_function_def socket_methods[] = {
    TGI_FN("accept", socket_accept, 0, 0),
    TGI_FN("bind", socket_bind, 1, 1),
    TGI_FN("close", socket_close, 0, 0),
    TGI_FN("connect", socket_connect, 1, 1),
    TGI_FN("connect_ex", socket_connect_ex, 1, 1),
    TGI_FN("detach", socket_detach, 0, 0),
    TGI_FN("fileno", socket_fileno, 0, 0),
    TGI_FN("getblocking", socket_getblocking, 0, 0),
    TGI_FN("getpeername", socket_getpeername, 0, 0),
    TGI_FN("getsockname", socket_getsockname, 0, 0),
    TGI_FN("getsockopt", socket_getsockopt, 2, 3),
    TGI_FN("gettimeout", socket_gettimeout, 0, 0),
    TGI_FN("listen", socket_listen, 0, 1),
    TGI_FN("recv", socket_recv, 1, 2),
    TGI_FN("recv_into", socket_recv_into, 1, 3),
    TGI_FN("recvfrom", socket_recvfrom, 1, 2),
    TGI_FN("send", socket_send, 1, 2),
    TGI_FN("sendall", socket_sendall, 1, 2),
    TGI_FN("sendto", socket_sendto, 0, -1),
    TGI_FN("setblocking", socket_setblocking, 1, 1),
    TGI_FN("setsockopt", socket_setsockopt, 0, -1),
    TGI_FN("settimeout", socket_settimeout, 1, 1),
    TGI_FN("shutdown", socket_shutdown, 1, 1),
    TGI_FN_END,
};

static const tg_attribute_def socket_attributes[] = {
    {"family", get_family, NULL},
    {"type", get_type, NULL},
    {"proto", get_proto, NULL},
    {"timeout", get_timeout, NULL},
    {NULL, NULL, NULL},
};

const tg_class_def tgi_socket_class = {
    .name = "socket",
    .module = "_socket",
    .data_bytes = sizeof(sock),
    .methods = socket_methods,
    .attributes = socket_attributes,
    .init = socket_init,
    .finalize = socket_finalize,
    .repr = socket_repr,
};
