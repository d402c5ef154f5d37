// SPDX-License-Identifier: MIT
//
// os_process.c - the part of the module os about processes and descriptors: fork and what a child
// needs, waiting for it, pipes.
//
// Interrupted  A call that a signal cuts short is made again after the handler has run. Where there
//              is a way to wait for the result first (a descriptor that becomes readable, a child
//              that has one), it is used: then no signal can slip in between looking and blocking.
// Threads      any thread may call anything; descriptors are numbers that the script owns.
// Sources      PEP 475.
#include "modules/os_process.h"
#include "modules/modules.h"
#include "modules/support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int as_int(tg_thread *t, tg_value v, int *out)
{
    int64_t i;
    if (tg_as_int64(t, v, &i) < 0)
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

// --- fork

typedef struct state {
    tg_value before, in_child, in_parent; // const after init: lists of functions
} state;

static state *state_of(tg_thread *t)
{
    return tg_module_state(t, &tgi_module_os);
}

// Exceptions of the functions are reported and ignored.
static void call_all(tg_thread *t, tg_value list, bool newest_first)
{
    size_t n = tg_list_size(t, list);
    for (size_t i = 0; i < n; i++) {
        tg_value f = tg_list_get(t, list, newest_first ? n - 1 - i : i);
        tg_value result = f == TG_NULL ? TG_NULL : tg_call(t, f, NULL, 0);
        if (result == TG_NULL)
            tgi_report_ignored(t, "Exception ignored in: ", f);
        tg_release(t, result);
        tg_release(t, f);
    }
}

TGI_NATIVE(os_register_at_fork)
{
    static const char *const names[] = {"before", "after_in_child", "after_in_parent", NULL};
    tg_value v[3];
    state *s = state_of(t);
    tg_value lists[3] = {s->before, s->in_child, s->in_parent};
    if (nargs > 0 && (kwnames == TG_NULL || tg_tuple_size(t, kwnames) < nargs))
        return tg_raise(t, TG_TypeError,
                        "register_at_fork() takes no positional arguments (%zu given)", nargs);
    if (tg_parse_args(t, "register_at_fork", names, 0, args, nargs, kwnames, v) < 0)
        return TG_NULL;
    if (nargs == 0)
        return tg_raise(t, TG_TypeError, "At least one argument is required.");
    for (int i = 0; i < 3; i++) {
        if (v[i] != TG_NULL && !tg_callable(t, v[i]))
            return tg_raise(t, TG_TypeError, "'%s' must be callable, not %s", names[i],
                            tg_type_name(t, v[i]));
    }
    for (int i = 0; i < 3; i++) {
        if (v[i] != TG_NULL && tg_list_append(t, lists[i], v[i]) < 0)
            return TG_NULL;
    }
    return TG_NONE;
}

TGI_NATIVE(os_fork)
{
    state *s = state_of(t);
    int64_t pid;
    call_all(t, s->before, true);
    tg_status st = tg_fork(t, &pid);
    int err = errno;
    if (st == TG_OK && pid == 0) {
        tgi_thread_module_after_fork(t);
        call_all(t, s->in_child, false);
    } else {
        call_all(t, s->in_parent, false);
    }
    if (st == TG_ERR_STATE)
        return tg_raise(t, TG_RuntimeError, "fork is not supported in other interpreters");
    return st == TG_OK ? tg_int(t, pid) : tg_raise_os(t, err, NULL);
}

// --- waiting for children

// Waits, detached, until the child has something to tell. Older systems have no such descriptor:
// then the wait is in waitpid itself. 0 or -1.
static int await_child(tg_thread *t, int pid)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0)
        return 0;
    tg_status st = tg_wait_fd(t, fd, POLLIN, -1, NULL);
    close(fd);
    return st == TG_ERR_RAISED ? -1 : 0;
}

TGI_NATIVE(os_waitpid)
{
    int pid, options, status = 0;
    if (as_int(t, args[0], &pid) < 0 || as_int(t, args[1], &options) < 0)
        return TG_NULL;
    if (options == 0 && pid > 0 && await_child(t, pid) < 0)
        return TG_NULL;
    for (;;) {
        pid_t got;
        TG_BEGIN_BLOCKING(t)
        got = waitpid(pid, &status, options);
        TG_END_BLOCKING(t)
        if (got >= 0) {
            tg_value parts[2] = {tg_int(t, got), tg_int(t, status)};
            return tg_tuple(t, parts, 2);
        }
        if (errno != EINTR)
            return tg_raise_os(t, errno, NULL);
        if (tg_poll(t) != TG_OK)
            return TG_NULL;
    }
}

TGI_NATIVE(os_wait)
{
    tg_value any[2] = {tg_int(t, -1), tg_int(t, 0)};
    return os_waitpid(t, any, 2, TG_NULL);
}

TGI_NATIVE(os_waitstatus_to_exitcode)
{
    int status;
    if (as_int(t, args[0], &status) < 0)
        return TG_NULL;
    if (WIFEXITED(status))
        return tg_int(t, WEXITSTATUS(status));
    if (WIFSIGNALED(status))
        return tg_int(t, -WTERMSIG(status));
    return tg_raise(t, TG_ValueError, "invalid wait status: %d", status);
}

#define STATUS_FUNCTION(name, result)        \
    TGI_NATIVE(os_##name)                    \
    {                                        \
        int status;                          \
        if (as_int(t, args[0], &status) < 0) \
            return TG_NULL;                  \
        return result;                       \
    }
STATUS_FUNCTION(WIFEXITED, tg_bool(WIFEXITED(status)))
STATUS_FUNCTION(WEXITSTATUS, tg_int(t, WEXITSTATUS(status)))
STATUS_FUNCTION(WIFSIGNALED, tg_bool(WIFSIGNALED(status)))
STATUS_FUNCTION(WTERMSIG, tg_int(t, WTERMSIG(status)))

TGI_NATIVE(os_kill)
{
    int pid, number;
    if (as_int(t, args[0], &pid) < 0 || as_int(t, args[1], &number) < 0)
        return TG_NULL;
    if (kill(pid, number) < 0)
        return tg_raise_os(t, errno, NULL);
    return tg_poll(t) == TG_OK ? TG_NONE : TG_NULL; // it may have been for this very thread
}

// --- descriptors

TGI_NATIVE(os_pipe)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) < 0)
        return tg_raise_os(t, errno, NULL);
    tg_value parts[2] = {tg_int(t, fds[0]), tg_int(t, fds[1])};
    return tg_tuple(t, parts, 2);
}

TGI_NATIVE(os_close)
{
    int fd, err;
    if (as_int(t, args[0], &fd) < 0)
        return TG_NULL;
    TG_BEGIN_BLOCKING(t)
    err = close(fd) < 0 ? errno : 0;
    TG_END_BLOCKING(t)
    return err == 0 || err == EINTR ? TG_NONE : tg_raise_os(t, err, NULL);
}

static bool waits(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && (flags & O_NONBLOCK) == 0;
}

TGI_NATIVE(os_read)
{
    int fd;
    int64_t size;
    if (as_int(t, args[0], &fd) < 0 || tg_as_int64(t, args[1], &size) < 0)
        return TG_NULL;
    if (size < 0)
        return tg_raise_os(t, EINVAL, NULL);
    char *data = malloc(size > 0 ? (size_t)size : 1);
    if (data == NULL)
        return tg_raise_nomem(t);
    tg_value result = TG_NULL;
    for (;;) {
        if (waits(fd) && tg_wait_fd(t, fd, POLLIN, -1, NULL) == TG_ERR_RAISED)
            break;
        ssize_t n;
        TG_BEGIN_BLOCKING(t)
        n = read(fd, data, (size_t)size);
        TG_END_BLOCKING(t)
        if (n >= 0)
            result = tg_bytes(t, data, (size_t)n);
        else if (errno != EINTR)
            tg_raise_os(t, errno, NULL);
        if (n >= 0 || errno != EINTR || tg_poll(t) != TG_OK)
            break;
    }
    free(data);
    return result;
}

TGI_NATIVE(os_write)
{
    int fd;
    size_t size;
    if (as_int(t, args[0], &fd) < 0)
        return TG_NULL;
    if (tg_kind_of(t, args[1]) != TG_KIND_BYTES)
        return tg_raise(t, TG_TypeError, "a bytes-like object is required, not '%s'",
                        tg_type_name(t, args[1]));
    const void *data = tg_as_bytes(t, args[1], &size);
    for (;;) {
        if (waits(fd) && tg_wait_fd(t, fd, POLLOUT, -1, NULL) == TG_ERR_RAISED)
            return TG_NULL;
        ssize_t n;
        TG_BEGIN_BLOCKING(t)
        n = write(fd, data, size);
        TG_END_BLOCKING(t)
        if (n >= 0)
            return tg_int(t, n);
        if (errno != EINTR)
            return tg_raise_os(t, errno, NULL);
        if (tg_poll(t) != TG_OK)
            return TG_NULL;
    }
}

static const tg_function_def functions[] = {
    TGI_FN_KW("register_at_fork", os_register_at_fork),
    TGI_FN("fork", os_fork, 0, 0),
    TGI_FN("waitpid", os_waitpid, 2, 2),
    TGI_FN("wait", os_wait, 0, 0),
    TGI_FN("waitstatus_to_exitcode", os_waitstatus_to_exitcode, 1, 1),
    TGI_FN("WIFEXITED", os_WIFEXITED, 1, 1),
    TGI_FN("WEXITSTATUS", os_WEXITSTATUS, 1, 1),
    TGI_FN("WIFSIGNALED", os_WIFSIGNALED, 1, 1),
    TGI_FN("WTERMSIG", os_WTERMSIG, 1, 1),
    TGI_FN("kill", os_kill, 2, 2),
    TGI_FN("pipe", os_pipe, 0, 0),
    TGI_FN("close", os_close, 1, 1),
    TGI_FN("read", os_read, 2, 2),
    TGI_FN("write", os_write, 2, 2),
    TGI_FN_END,
};

static void free_state(tg_thread *t, void *p)
{
    state *s = p;
    tg_release(t, s->before);
    tg_release(t, s->in_child);
    tg_release(t, s->in_parent);
    free(s);
}

int tgi_os_process_init(tg_thread *t, tg_value module)
{
    static const char *const names[] = {"WNOHANG"};
    static const int64_t values[] = {WNOHANG};
    if (state_of(t) == NULL) {
        state *s = calloc(1, sizeof *s);
        if (s == NULL) {
            tg_raise_nomem(t);
            return -1;
        }
        s->before = tg_list(t, NULL, 0);
        s->in_child = tg_list(t, NULL, 0);
        s->in_parent = tg_list(t, NULL, 0);
        if (s->before == TG_NULL || s->in_child == TG_NULL || s->in_parent == TG_NULL) {
            free_state(t, s);
            return -1;
        }
        tg_module_set_state(t, &tgi_module_os, s, free_state);
    }
    return tgi_add_ints(t, module, names, values, 1) < 0
               ? -1
               : tg_module_add_functions(t, module, functions);
}
