// SPDX-License-Identifier: MIT
//
// world.c - clock, output and futex of a run, through the table of the operating system.
//
// Owns        the entries of tgi_os it replaces, between enter and leave.
// Threads     enter and leave while no other thread of the process runs scripts. Another OS thread
//             that calls an entry meanwhile gets the real function: `running` is thread-local.
#include "stress/engine.h"

#include "base/os.h" // tgi_os

#include <errno.h>
#include <stdlib.h> // realloc
#include <string.h> // memcpy

enum { OUTPUT_LIMIT = 1 << 20, MAPPINGS_KEPT = 64 };

static _Thread_local tgi_task *running; // of this OS thread
static tgi_os_table real;               // const between enter and leave

tgi_task *tgi_world_task(void)
{
    return running;
}

void tgi_world_set_task(tgi_task *task)
{
    running = task;
}

static int64_t clock_monotonic(void)
{
    return running != NULL ? running->engine->now : real.clock_monotonic();
}

// A wait of the runtime itself: for an import in another thread, for example.
static int futex_wait(const void *word, uint32_t expected, tgi_deadline until)
{
    tgi_task *self = running;
    if (self == NULL)
        return real.futex_wait(word, expected, until);
    // ORDER: acquire; the caller reads it again.
    if (atom_load_acquire((const _Atomic(uint32_t) *)word) != expected) {
        errno = EAGAIN;
        return -1;
    }
    tgi_engine_point(
        self,
        (tgi_op){.kind = TGI_OPK_PARK, .where = word, .deadline = until, .expected = expected});
    if (!self->timed_out && !self->engine->killing)
        return 0;
    if (self->engine->killing)
        tgi_engine_unwind_others(self); // the one it waits for may be among them
    errno = self->timed_out ? ETIMEDOUT : EINTR;
    return -1;
}

static int sleep_until(tgi_deadline until)
{
    if (running == NULL)
        return real.sleep_until(until);
    tgi_engine_point(running, (tgi_op){.kind = TGI_OPK_SLEEP, .deadline = until});
    return 0;
}

static void keep_output(tgi_engine *e, const void *data, size_t n)
{
    if (e->output_used + n > OUTPUT_LIMIT)
        n = OUTPUT_LIMIT - e->output_used;
    if (e->output_used + n > e->output_capacity) {
        size_t capacity = (e->output_used + n) * 2 + 256;
        char *bigger = realloc(e->output, capacity);
        if (bigger == NULL)
            return;
        e->output = bigger;
        e->output_capacity = capacity;
    }
    if (n > 0)
        memcpy(e->output + e->output_used, data, n);
    e->output_used += n;
}

// What a run prints is kept, not shown.
static ssize_t write_out(int fd, const void *data, size_t n)
{
    if (running == NULL || (fd != 1 && fd != 2))
        return real.write(fd, data, n);
    keep_output(running->engine, data, n);
    return (ssize_t)n;
}

// What a thread of a run gives back, the next one takes, without the kernel. Only the two stacks of
// a thread of a core are given back at all (core/builtin/start.c): above what is in use they hold
// nothing that counts, so they need not be zeroed.
static int unmap(void *base, size_t bytes)
{
    tgi_engine *e = running != NULL ? running->engine : NULL;
    tgi_mapping m = {base, bytes};
    if (e != NULL && e->mappings.count < MAPPINGS_KEPT && vec_push(&e->mappings, m))
        return 0;
    return real.unmap(base, bytes);
}

static void *map(size_t bytes)
{
    tgi_engine *e = running != NULL ? running->engine : NULL;
    for (size_t i = e != NULL ? e->mappings.count : 0; i-- > 0;) {
        tgi_mapping m = e->mappings.data[i];
        if (m.bytes != bytes)
            continue;
        e->mappings.data[i] = vec_last(&e->mappings);
        e->mappings.count--;
        return m.base;
    }
    return real.map(bytes);
}

void tgi_world_forget_mappings(tgi_engine *e)
{
    for (size_t i = 0; i < e->mappings.count; i++)
        (void)tgi_os.unmap(e->mappings.data[i].base, e->mappings.data[i].bytes);
    vec_free(&e->mappings);
}

void tgi_world_enter(tgi_engine *e)
{
    (void)e;
    real = tgi_os;
    tgi_os.map = map;
    tgi_os.unmap = unmap;
    tgi_os.clock_monotonic = clock_monotonic;
    tgi_os.futex_wait = futex_wait;
    tgi_os.sleep_until = sleep_until;
    tgi_os.write = write_out;
}

void tgi_world_leave(void)
{
    running = NULL;
    tgi_os.map = real.map;
    tgi_os.unmap = real.unmap;
    tgi_os.clock_monotonic = real.clock_monotonic;
    tgi_os.futex_wait = real.futex_wait;
    tgi_os.sleep_until = real.sleep_until;
    tgi_os.write = real.write;
}
