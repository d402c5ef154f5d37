// SPDX-License-Identifier: MIT
//
// blocking.c - waiting for a descriptor or for time to pass, outside of the runtime.
//
// Invariants  a signal that arrives at any moment ends the wait of the main thread: sleep is a
//             park, whose word the handler changes, and poll also watches the descriptor that the
//             handler writes to. There is no window between looking and waiting.
#include "thread/blocking.h"

#include "base/clock.h"       // deadlines
#include "base/os.h"          // tgi_os.poll
#include "sync/parking_lot.h" // tgi_park
#include "thread/runtime.h"   // signals

#include <errno.h>
#include <limits.h> // INT_MAX
#include <poll.h>

static bool is_interrupted(tg_thread *t)
{
    // ORDER: acquire; pairs with the RMW that set the bit.
    return (atom_load_acquire(&t->breaker) & TGI_BRK_INTERRUPTS) != 0;
}

static int timeout_ms(int64_t until)
{
    int64_t left = tgi_deadline_left_ns(until);
    if (left == INT64_MAX)
        return -1;
    int64_t ms = left / TGI_NS_PER_MS + (left % TGI_NS_PER_MS != 0); // never early
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

int tgi_blocking_poll(tg_thread *t, int fd, short events, int64_t until)
{
    // ORDER: relaxed; set by this very thread.
    int wake_fd = t->is_main ? atom_load_relaxed(&t->runtime->signals.wake_fd) : -1;
    for (;;) {
        if (is_interrupted(t)) {
            errno = EINTR;
            return -1;
        }
        struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = wake_fd, .events = POLLIN}};
        int ready;
        TGI_BEGIN_BLOCKING(t)
        ready = tgi_os.poll(fds, wake_fd >= 0 ? 2 : 1, timeout_ms(until));
        TGI_END_BLOCKING(t)
        if (ready < 0 && errno != EINTR)
            return -1;
        if (ready > 0 && wake_fd >= 0 && fds[1].revents != 0) {
            uint64_t count;
            ssize_t ignored = tgi_os.read(wake_fd, &count, sizeof count);
            (void)ignored;
        }
        if (ready > 0 && fds[0].revents != 0)
            return fds[0].revents;
        if (ready == 0 && tgi_deadline_passed(until))
            return 0;
    }
}

tg_status tgi_blocking_sleep(tg_thread *t, int64_t until)
{
    if (until <= TGI_DEADLINE_NOW) {
        tgi_thread_detach(t);
        (void)tgi_os.yield();
        tgi_thread_attach(t);
        return TG_OK;
    }
    _Atomic(uint32_t) never = 0;
    uint32_t expected = 0;
    tgi_park_result result = tgi_park(&never, &expected, sizeof expected, until, NULL,
                                      TGI_PARK_DETACH | TGI_PARK_INTERRUPTIBLE);
    return result == TGI_PARK_INTERRUPTED ? TG_ERR_INTERRUPTED : TG_OK;
}
