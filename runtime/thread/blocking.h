// SPDX-License-Identifier: MIT
//
// blocking.h - leave the runtime around a call that may block. Layer thread.
//
//     TGI_BEGIN_BLOCKING(t)
//     n = tgi_os.read(fd, buffer, bytes);
//     TGI_END_BLOCKING(t)
//     if (n < 0 && errno == EINTR) ...     // errno is that of the call
//
// Between the two, t touches no object and no reference is valid without an owned count. The
// pair is a block: do not jump out of it.
#ifndef TGI_THREAD_BLOCKING_H
#define TGI_THREAD_BLOCKING_H

#include "thread/state.h" // tgi_thread_detach

#define TGI_BEGIN_BLOCKING(t) \
    {                         \
        tgi_thread_detach(t);

#define TGI_END_BLOCKING(t) \
    tgi_thread_attach(t);   \
    }

// poll(2) on one descriptor with a deadline, detached, continued after EINTR unless something is
// pending for the thread. Returns revents (0 after the deadline), or -1 with errno; EINTR means
// that the breaker should be handled and the wait repeated.
int tgi_blocking_poll(tg_thread *t, int fd, short events, int64_t until);

// Sleeps until the deadline, detached. TG_OK, or TG_ERR_INTERRUPTED.
tg_status tgi_blocking_sleep(tg_thread *t, int64_t until);

#endif
