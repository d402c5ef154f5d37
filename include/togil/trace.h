// SPDX-License-Identifier: MIT
//
// trace.h - the event trace: what each thread did, and when.
//
// While a trace is on, every thread notes when it attaches and detaches, waits for the GIL and gets
// it, is asked to let go of it, waits elsewhere, and is stopped by a pause. It keeps its last
// events; older ones are overwritten and counted. docs/tracing.md shows what the written file
// contains.
#ifndef TOGIL_TRACE_H
#define TOGIL_TRACE_H

#include <togil/runtime.h>

#ifdef __cplusplus
extern "C" {
#endif

// Starts a trace of t's runtime and forgets the last one. t is attached; all threads are stopped
// for a moment. events_per_thread: of 16 bytes each, rounded up to a power of two; 0: 32768. A
// thread that was traced before keeps its number of events. TG_ERR_STATE: a trace is on.
// TG_ERR_ARG: more than 2^24. TG_ERR_NOMEM.
TG_API tg_status tg_trace_start(tg_thread *t, size_t events_per_thread);

// Ends it; what was recorded stays until the next one starts or the runtime is destroyed. t is
// attached. TG_ERR_STATE: none is on.
TG_API tg_status tg_trace_stop(tg_thread *t);

// Writes the last trace, which may be on, to a file in the trace-event format (JSON) that Perfetto
// and chrome://tracing load. An existing file is replaced. t is attached, and detached meanwhile.
// TG_ERR_STATE: there never was one (in a child of fork: since the fork). TG_ERR_NOMEM. TG_ERR_OS
// (errno); part of the file may have been written then.
TG_API tg_status tg_trace_write(tg_thread *t, const char *path);

#ifdef __cplusplus
}
#endif

#endif
