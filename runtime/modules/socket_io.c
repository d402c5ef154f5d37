// SPDX-License-Identifier: MIT
//
// socket_io.c - the methods of _socket.socket that may wait: connect, accept, send, receive.
//
// A descriptor is always non-blocking. An operation is tried first, and only if the system would
// have to wait, the thread waits detached for the descriptor to become ready: data that is there
// costs one system call. A timeout is a deadline that is fixed when the operation begins; neither a
// signal nor a readiness that turned out wrong moves it.
//
// Note [try-attached]
// A call that cannot wait costs the time to copy. Up to ATTACHED_BYTES it is made attached:
// giving up the GIL for it invites a thread that computes, which then keeps the GIL for a whole
// interval; without a GIL it saves the pair. What is larger is copied detached, so that it holds up
// neither a pause nor other threads. A thread that waits detaches once, whatever it waits for.
//
// Threads     any thread may call any method at any time. See Note [close-while-used].
#include "modules/socket_module.h"
#include "modules/support.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    ON_STACK = 8192,
    ATTACHED_BYTES = 16384, // some microseconds to copy: Note [try-attached]
};

// --- waiting

typedef struct wait {
    int64_t timeout, until; // < 0: none
} wait;

static wait wait_begin(tgi_socket *s, int flags)
{
    int64_t timeout = (flags & MSG_DONTWAIT) != 0 ? 0 : tgi_socket_timeout_of(s),
            now = timeout > 0 ? tgi_now_ns() : 0, until = -1;
    if (timeout > 0 && __builtin_add_overflow(now, timeout, &until))
        until = INT64_MAX;
    return (wait){timeout, until};
}

// After an operation failed with errno `err`: 0 try again, -1 raised.
static int wait_more(tg_thread *t, tgi_socket *s, const wait *w, short events, int err)
{
    if (err == EINTR)
        return tg_poll(t) == TG_OK ? 0 : -1;
    if ((err != EAGAIN && err != EWOULDBLOCK) || w->timeout == 0) {
        tg_raise_os(t, tgi_socket_is_closed(s) ? EBADF : err, NULL);
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
    if (tgi_socket_is_closed(s))
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

static ssize_t try_once(tgi_socket *s, call *c)
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

// The call, waiting as long as w allows. -1 raised. See Note [try-attached].
static ssize_t perform(tg_thread *t, tgi_socket *s, const wait *w, call *c)
{
    for (;;) {
        ssize_t n;
        if (c->size <= ATTACHED_BYTES) {
            n = try_once(s, c);
        } else {
            TG_BEGIN_BLOCKING(t)
            n = try_once(s, c);
            TG_END_BLOCKING(t)
        }
        if (n == 0 && c->kind == RECV && tgi_socket_is_closed(s))
            errno = EBADF; // the end of data is the one that close made
        else if (n >= 0)
            return n;
        if (wait_more(t, s, w, c->kind == SEND ? POLLOUT : POLLIN, errno) < 0)
            return -1;
    }
}

// --- sending

// Sends data once, or until all of it is sent. -1 raised.
static ssize_t send_bytes(tg_thread *t, tgi_socket *s, const void *data, size_t n, int flags,
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
    const void *data = tgi_socket_bytes(t, args[1], &n, &copy);
    tgi_socket *s = data == NULL || tgi_socket_int(t, args, nargs, 2, 0, &flags) < 0
                        ? NULL
                        : tgi_socket_begin(t, args[0]);
    ssize_t sent = -1;
    if (s != NULL) {
        sent = send_bytes(t, s, data, n, flags, NULL, all);
        tgi_socket_end(t, s);
    }
    tg_release(t, copy);
    return sent < 0 ? TG_NULL : all ? TG_NONE : tg_int(t, sent);
}

TGI_SOCKET_METHOD(send)
{
    return send_method(t, args, nargs, false);
}

TGI_SOCKET_METHOD(sendall)
{
    return send_method(t, args, nargs, true);
}

TGI_SOCKET_METHOD(sendto)
{
    int flags = 0;
    size_t n;
    tg_value copy;
    struct sockaddr_in to;
    if (nargs < 3 || nargs > 4)
        return tg_raise(t, TG_TypeError, "sendto() takes 2 or 3 arguments (%zu given)", nargs - 1);
    const void *data = tgi_socket_bytes(t, args[1], &n, &copy);
    tgi_socket *s = NULL;
    if (data != NULL && (nargs == 3 || tgi_socket_int(t, args, nargs, 2, 0, &flags) == 0) &&
        tgi_socket_address(t, "sendto", args[nargs - 1], &to) == 0)
        s = tgi_socket_begin(t, args[0]);
    ssize_t sent = -1;
    if (s != NULL) {
        sent = send_bytes(t, s, data, n, flags, &to, false);
        tgi_socket_end(t, s);
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
    tgi_socket *s = tgi_socket_begin(t, self);
    tg_value r = TG_NULL;
    if (s != NULL) {
        wait w = wait_begin(s, flags);
        call c = {
            .kind = RECV, .data = data, .size = (size_t)size, .flags = flags, .address = from};
        ssize_t n = perform(t, s, &w, &c);
        if (n >= 0)
            r = tg_bytes(t, data, (size_t)n);
        if (n >= 0 && from != NULL && c.address_size == 0)
            from->sin_family = AF_UNSPEC;
        tgi_socket_end(t, s);
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
    if (tgi_socket_int(t, args, nargs, at + 1, 0, flags) < 0)
        return -1;
    if (*size >= 0)
        return 0;
    tg_raise(t, TG_ValueError, "negative buffersize in %s", function);
    return -1;
}

TGI_SOCKET_METHOD(recv)
{
    int64_t size;
    int flags;
    if (size_and_flags(t, "recv", args, nargs, 1, &size, &flags) < 0)
        return TG_NULL;
    return receive(t, args[0], size, flags, NULL);
}

TGI_SOCKET_METHOD(recvfrom)
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

TGI_SOCKET_METHOD(recv_into)
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

TGI_SOCKET_METHOD(accept)
{
    struct sockaddr_in from = {.sin_family = AF_UNSPEC};
    tgi_socket *s = tgi_socket_begin(t, args[0]);
    if (s == NULL)
        return TG_NULL;
    wait w = wait_begin(s, 0);
    call c = {.kind = ACCEPT, .address = &from};
    ssize_t fd = perform(t, s, &w, &c);
    tg_value parts[2] = {TG_NULL, TG_NULL};
    if (fd >= 0) {
        parts[0] = tgi_socket_new(t, (int)fd, s->family, s->type, s->proto);
        parts[1] = tgi_socket_address_value(t, &from);
    }
    tgi_socket_end(t, s);
    tg_value r = parts[0] == TG_NULL || parts[1] == TG_NULL ? TG_NULL : tg_tuple(t, parts, 2);
    tg_release(t, parts[0]);
    tg_release(t, parts[1]);
    return r;
}

// Waits for the end of a connect in progress. 0, an error number, or -1 raised.
static int finish_connect(tg_thread *t, tgi_socket *s)
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
    if (tgi_socket_data(t, self) == NULL || tgi_socket_address(t, function, where, &to) < 0)
        return -1;
    tgi_socket *s = tgi_socket_begin(t, self);
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
    if ((err == EINPROGRESS || err == EINTR) && tgi_socket_timeout_of(s) != 0)
        err = finish_connect(t, s);
    else if (err == EINTR)
        err = EINPROGRESS;
    tgi_socket_end(t, s);
    return err;
}

TGI_SOCKET_METHOD(connect)
{
    int err = connect_to(t, args[0], "connect", args[1]);
    if (err == 0)
        return TG_NONE;
    if (err == EAGAIN)
        return tg_raise(t, TG_TimeoutError, "timed out");
    return err < 0 ? TG_NULL : tg_raise_os(t, err, NULL);
}

TGI_SOCKET_METHOD(connect_ex)
{
    int err = connect_to(t, args[0], "connect_ex", args[1]);
    return err < 0 ? TG_NULL : tg_int(t, err);
}
