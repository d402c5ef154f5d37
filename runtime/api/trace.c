// SPDX-License-Identifier: MIT
//
// trace.c - the public functions of the event trace, and its file.
//
// Owns        nothing beyond a call: a copy of the events, and an open file.
// Threads     the caller is attached, and detached while it copies and writes.
// Format      one track per thread, one per scope of pauses, one counter. A thread's track is
//             written in one pass over its events, as begin and end marks, so spans nest by
//             construction: in "holds GIL" lies "attached" or "suspended"; everything else stands
//             alone. What began before the oldest event that was kept is left out.
//             Thread ids are odd; even numbers stand for the tracks of pauses.
// Sources     "Trace Event Format", the Chromium project (docs/papers.md).
#include <togil/trace.h>

#include "api/api.h"        // mode
#include "base/os.h"        // files
#include "mem/raw.h"        // memory
#include "thread/gil.h"     // TGI_GIL_PERMANENT
#include "thread/runtime.h" // tg_thread.runtime
#include "thread/trace.h"   // events

#include <errno.h>
#include <fcntl.h> // O_CREAT
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>  // vsnprintf
#include <stdlib.h> // qsort
#include <string.h>
#include <unistd.h> // getpid

enum { BUFFER_BYTES = 1 << 16, LINE_BYTES = 512, PAUSES_GLOBAL = 2, PAUSES_INTERP = 4 };

tg_status tg_trace_start(tg_thread *t, size_t events_per_thread)
{
    return tgi_trace_begin(t, events_per_thread);
}

tg_status tg_trace_stop(tg_thread *t)
{
    return tgi_trace_finish(t->runtime);
}

// -- output ---------------------------------------------------------------------------------------

// An event that others refer to: a request for the GIL, a change of its counter.
typedef struct mark {
    int64_t at_ns;
    uint32_t thread_id, gil_id;
    uint32_t arg;
    bool answered; // a request: its flow has an end
} mark;

typedef struct marks {
    mark *list; // by time
    size_t count;
} marks;

typedef struct writer {
    int fd;
    int error; // errno of the first failure
    bool any;  // an event has been written
    int pid;
    const tgi_trace_copy *copy;
    marks requests, counts;
    size_t used;
    char buffer[BUFFER_BYTES + LINE_BYTES];
} writer;

static void flush(writer *w)
{
    size_t done = 0;
    while (done < w->used && w->error == 0) {
        ssize_t n = tgi_os.write(w->fd, w->buffer + done, w->used - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            w->error = errno;
    }
    w->used = 0;
}

// At most LINE_BYTES at once.
static void __attribute__((format(printf, 2, 3))) put(writer *w, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(w->buffer + w->used, LINE_BYTES, format, args);
    va_end(args);
    w->used += (size_t)(n < LINE_BYTES ? n : LINE_BYTES - 1);
    if (w->used >= BUFFER_BYTES)
        flush(w);
}

// Bytes of the character at s if it is whole and plain UTF-8, or 0.
static size_t utf8_length(const unsigned char *s)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (n == 4 && (s[0] > 0xf4 || (s[0] == 0xf4 && s[1] > 0x8f) || (s[0] == 0xf0 && s[1] < 0x90)))
        return 0;
    if (n == 3 && ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f)))
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    return n;
}

// A name as a string of JSON. Names are cut anywhere: a broken character becomes '?'.
static const char *quoted(const char *name, char out[LINE_BYTES / 2])
{
    char *to = out;
    *to++ = '"';
    for (const unsigned char *s = (const unsigned char *)name; *s != '\0';) {
        size_t n = utf8_length(s);
        if (*s == '"' || *s == '\\') {
            *to++ = '\\';
            *to++ = (char)*s++;
        } else if (*s < 0x20 || *s == 0x7f) {
            to += snprintf(to, 7, "\\u%04x", (unsigned)*s++);
        } else if (n == 0) {
            *to++ = '?';
            s++;
        } else {
            memcpy(to, s, n);
            to += n;
            s += n;
        }
    }
    *to++ = '"';
    *to = '\0';
    return out;
}

// Opens an event: what every kind has. The caller adds more members and closes it with "}".
static void open_event(writer *w, const char *phase, uint32_t track, int64_t at_ns)
{
    int64_t ns = at_ns - w->copy->start_ns;
    put(w, "%s{\"ph\":\"%s\",\"pid\":%d,\"tid\":%" PRIu32 ",\"ts\":%" PRId64 ".%03d",
        w->any ? ",\n" : "\n", phase, w->pid, track, ns / 1000, (int)(ns % 1000));
    w->any = true;
}

static void begin(writer *w, uint32_t track, int64_t at_ns, const char *name)
{
    open_event(w, "B", track, at_ns);
    put(w, ",\"name\":\"%s\"}", name);
}

static void end(writer *w, uint32_t track, int64_t at_ns)
{
    open_event(w, "E", track, at_ns);
    put(w, "}");
}

static void instant(writer *w, uint32_t track, int64_t at_ns, const char *name)
{
    open_event(w, "i", track, at_ns);
    put(w, ",\"s\":\"t\",\"name\":\"%s\"}", name);
}

static void name_track(writer *w, uint32_t track, const char *name, int order)
{
    char text[LINE_BYTES / 2];
    put(w, "%s{\"ph\":\"M\",\"pid\":%d,\"tid\":%" PRIu32 ",\"name\":\"thread_name\",\"args\":{",
        w->any ? ",\n" : "\n", w->pid, track);
    put(w, "\"name\":%s}}", quoted(name, text));
    put(w,
        ",\n{\"ph\":\"M\",\"pid\":%d,\"tid\":%" PRIu32
        ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":%d}}",
        w->pid, track, order);
    w->any = true;
}

// -- requests and counts --------------------------------------------------------------------------

static int by_time(const void *a, const void *b)
{
    const mark *x = a, *y = b;
    return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

static tg_status collect(const tgi_trace_copy *copy, tgi_trace_kind kind, marks *out)
{
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1 && (out->list = tgi_raw_alloc((n + 1) * sizeof out->list[0])) == NULL)
            return TG_ERR_NOMEM;
        n = 0;
        for (size_t i = 0; i < copy->track_count; i++) {
            const tgi_trace_track *track = &copy->tracks[i];
            for (size_t k = 0; k < track->count; k++) {
                const tgi_trace_item *item = &track->items[k];
                if (item->kind != kind)
                    continue;
                if (pass == 1)
                    out->list[n] =
                        (mark){item->at_ns, track->thread_id, track->gil_id, item->arg, false};
                n++;
            }
        }
    }
    out->count = n;
    qsort(out->list, n, sizeof out->list[0], by_time);
    return TG_OK;
}

// First mark not before at_ns.
static size_t find(const marks *m, int64_t at_ns)
{
    size_t low = 0, high = m->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (m->list[middle].at_ns < at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// The latest request before the thread let go, if it is not older than the last time it did.
static mark *request_for(writer *w, uint32_t thread_id, int64_t after_ns, int64_t at_ns)
{
    for (size_t i = find(&w->requests, at_ns + 1); i > 0; i--) {
        mark *m = &w->requests.list[i - 1];
        if (m->at_ns < after_ns)
            return NULL;
        if (m->arg == thread_id)
            return m;
    }
    return NULL;
}

static void flow(writer *w, const char *phase, const mark *m, uint32_t track, int64_t at_ns)
{
    open_event(w, phase, track, at_ns);
    // Its end belongs to the span around it, not to the next one.
    put(w, "%s,\"cat\":\"gil\",\"name\":\"drop request\",\"id\":%zu}",
        phase[0] == 'f' ? ",\"bp\":\"e\"" : "", (size_t)(m - w->requests.list));
}

// -- the track of a thread ------------------------------------------------------------------------

typedef struct track_state {
    bool holds;        // the span "holds GIL" is open
    const char *inner; // the span that is open in it, or beside it
    const char *gap;   // what the next detach is for
    int64_t asked_ns;  // when it last let go on request
} track_state;

static void close_inner(writer *w, track_state *s, uint32_t id, int64_t at_ns)
{
    if (s->inner != NULL)
        end(w, id, at_ns);
    s->inner = NULL;
}

static void close_all(writer *w, track_state *s, uint32_t id, int64_t at_ns)
{
    close_inner(w, s, id, at_ns);
    if (s->holds)
        end(w, id, at_ns);
    s->holds = false;
}

static void open_inner(writer *w, track_state *s, uint32_t id, const tgi_trace_item *item,
                       const char *name)
{
    close_inner(w, s, id, item->at_ns);
    if (item->holds_gil && !s->holds) {
        begin(w, id, item->at_ns, "holds GIL");
        s->holds = true;
    }
    if (name != NULL)
        begin(w, id, item->at_ns, name);
    s->inner = name;
}

static void put_request(writer *w, uint32_t id, const tgi_trace_item *item)
{
    open_event(w, "i", id, item->at_ns);
    put(w, ",\"s\":\"t\",\"name\":\"asks for the GIL\",\"args\":{\"holder\":%" PRIu32 "}}",
        item->arg);
    for (size_t i = find(&w->requests, item->at_ns); i < w->requests.count; i++) {
        mark *m = &w->requests.list[i];
        if (m->at_ns != item->at_ns)
            break;
        if (m->thread_id == id && m->answered)
            flow(w, "s", m, id, item->at_ns);
    }
}

static void put_drop(writer *w, track_state *s, uint32_t id, const tgi_trace_item *item)
{
    instant(w, id, item->at_ns, "lets go of the GIL");
    mark *m = request_for(w, id, s->asked_ns, item->at_ns);
    if (m != NULL && m->answered)
        flow(w, "f", m, id, item->at_ns);
    s->asked_ns = item->at_ns;
}

static void put_item(writer *w, track_state *s, uint32_t id, const tgi_trace_item *item)
{
    int64_t at = item->at_ns;
    switch (item->kind) {
    case TGI_TRACE_START:
        instant(w, id, at, "start");
        break;
    case TGI_TRACE_END:
        close_all(w, s, id, at);
        instant(w, id, at, "end");
        break;
    case TGI_TRACE_ATTACH:
        open_inner(w, s, id, item, "attached");
        break;
    case TGI_TRACE_DETACH:
        close_all(w, s, id, at);
        s->inner = s->gap != NULL ? s->gap : "blocked";
        s->gap = NULL;
        begin(w, id, at, s->inner);
        break;
    case TGI_TRACE_PARK:
        s->gap = "parked";
        break;
    case TGI_TRACE_YIELD:
        s->gap = "yields";
        break;
    case TGI_TRACE_UNPARK:
        close_inner(w, s, id, at);
        break;
    case TGI_TRACE_WANT:
        open_inner(w, s, id, item, "wait GIL");
        break;
    case TGI_TRACE_TAKE:
    case TGI_TRACE_GIVE_UP:
    case TGI_TRACE_RESUME:
        open_inner(w, s, id, item, NULL);
        break;
    case TGI_TRACE_SUSPEND:
        open_inner(w, s, id, item, "suspended");
        break;
    case TGI_TRACE_ASK:
        put_request(w, id, item);
        break;
    case TGI_TRACE_DROP:
        put_drop(w, s, id, item);
        break;
    case TGI_TRACE_GIL_OFF:
        close_all(w, s, id, at);
        begin(w, id, at, "attached");
        s->inner = "attached";
        break;
    case TGI_TRACE_COUNT:
    case TGI_TRACE_KINDS:
        break;
    }
}

// Finds the requests that were answered, before either end of a flow is written.
static void match_requests(writer *w, const tgi_trace_track *track)
{
    int64_t after = 0;
    for (size_t i = 0; i < track->count; i++) {
        const tgi_trace_item *item = &track->items[i];
        if (item->kind != TGI_TRACE_DROP)
            continue;
        mark *m = request_for(w, track->thread_id, after, item->at_ns);
        if (m != NULL)
            m->answered = true;
        after = item->at_ns;
    }
}

static void put_thread(writer *w, const tgi_trace_track *track)
{
    uint32_t id = track->thread_id;
    char name[64];
    if (track->interp_id == 0)
        snprintf(name, sizeof name, "%s", track->name);
    else
        snprintf(name, sizeof name, "%s (interpreter %" PRIu32 ")", track->name, track->interp_id);
    name_track(w, id, name, (int)id);
    if (track->lost != 0) {
        open_event(w, "i", id, track->count != 0 ? track->items[0].at_ns : w->copy->start_ns);
        put(w, ",\"s\":\"t\",\"name\":\"events lost before\",\"args\":{\"lost\":%" PRIu64 "}}",
            track->lost);
    }
    track_state s = {0};
    for (size_t i = 0; i < track->count; i++)
        put_item(w, &s, id, &track->items[i]);
    close_all(w, &s, id, w->copy->end_ns);
}

// -- the other tracks -----------------------------------------------------------------------------

static void put_counts(writer *w)
{
    for (size_t i = 0; i < w->counts.count; i++) {
        const mark *m = &w->counts.list[i];
        open_event(w, "C", m->thread_id, m->at_ns);
        // A permanent GIL would dwarf everything else.
        put(w, ",\"name\":\"GIL count%s", m->gil_id == 0 ? "" : " of interpreter ");
        if (m->gil_id != 0)
            put(w, "%" PRIu32, m->gil_id);
        put(w, "\",\"args\":{\"count\":%" PRIu32 "}}", m->arg == TGI_GIL_PERMANENT ? 1 : m->arg);
    }
}

static void put_pause(writer *w, uint32_t track, const tgi_trace_pause *p)
{
    char last[LINE_BYTES / 2];
    open_event(w, "B", track, p->requested_ns);
    put(w, ",\"name\":\"pause (%s)\"", tgi_stw_cause_name(p->cause));
    if (p->last_id != 0)
        put(w, ",\"args\":{\"last to stop\":%s,\"its id\":%" PRIu32 "}", quoted(p->last_name, last),
            p->last_id);
    put(w, "}");
    begin(w, track, p->requested_ns, "stopping");
    end(w, track, p->stopped_ns);
    begin(w, track, p->stopped_ns, "stopped");
    end(w, track, p->restarted_ns);
    end(w, track, p->restarted_ns);
}

static void put_pauses(writer *w, int32_t interp_id)
{
    uint32_t track = interp_id < 0 ? PAUSES_GLOBAL : PAUSES_INTERP + 2 * (uint32_t)interp_id;
    bool named = false;
    for (size_t i = 0; i < w->copy->pause_count; i++) {
        const tgi_trace_pause *p = &w->copy->pauses[i];
        if (p->interp_id != interp_id)
            continue;
        if (!named) {
            char name[64] = "pauses";
            if (interp_id >= 0)
                snprintf(name, sizeof name, "pauses of interpreter %" PRId32, interp_id);
            name_track(w, track, name, -2);
            named = true;
        }
        put_pause(w, track, p);
    }
}

static void put_all(writer *w, const tg_mode *mode)
{
    const tgi_trace_copy *copy = w->copy;
    put(w, "{\"displayTimeUnit\":\"ns\",\n\"traceEvents\":[");
    put(w, "\n{\"ph\":\"M\",\"pid\":%d,\"name\":\"process_name\",\"args\":{\"name\":\"togil %s\"}}",
        w->pid, mode->name);
    w->any = true;
    int32_t interps = 0;
    uint64_t lost = 0;
    for (size_t i = 0; i < copy->pause_count; i++) {
        if (copy->pauses[i].interp_id >= interps)
            interps = copy->pauses[i].interp_id + 1;
    }
    for (int32_t i = -1; i < interps; i++)
        put_pauses(w, i);
    put_counts(w);
    for (size_t i = 0; i < copy->track_count; i++)
        match_requests(w, &copy->tracks[i]);
    for (size_t i = 0; i < copy->track_count; i++) {
        put_thread(w, &copy->tracks[i]);
        lost += copy->tracks[i].lost;
    }
    put(w, "],\n\"otherData\":{\"version\":\"%s\",\"mode\":\"%s\"", tg_version(), mode->name);
    put(w, ",\"lost_events\":%" PRIu64 ",\"lost_threads\":%" PRIu64 ",\"lost_pauses\":%" PRIu64,
        lost, copy->lost_threads, copy->lost_pauses);
    put(w, ",\"nanoseconds\":%" PRId64 "}}\n", copy->end_ns - copy->start_ns);
    flush(w);
}

static tg_status write_copy(const tgi_trace_copy *copy, const tg_mode *mode, const char *path)
{
    writer *w = tgi_raw_alloc(sizeof *w);
    if (w == NULL)
        return TG_ERR_NOMEM;
    memset(w, 0, offsetof(writer, buffer));
    w->copy = copy;
    w->pid = (int)getpid();
    tg_status st = collect(copy, TGI_TRACE_ASK, &w->requests);
    if (st == TG_OK)
        st = collect(copy, TGI_TRACE_COUNT, &w->counts);
    if (st == TG_OK) {
        w->fd = tgi_os.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        if (w->fd >= 0) {
            put_all(w, mode);
            if (tgi_os.close(w->fd) != 0 && w->error == 0)
                w->error = errno;
        } else {
            w->error = errno;
        }
        if (w->error != 0)
            st = TG_ERR_OS;
    }
    int error = w->error;
    tgi_raw_free(w->requests.list);
    tgi_raw_free(w->counts.list);
    tgi_raw_free(w);
    if (st == TG_ERR_OS)
        errno = error;
    return st;
}

tg_status tg_trace_write(tg_thread *t, const char *path)
{
    tgi_trace_copy copy;
    tg_runtime *rt = t->runtime;
    const tg_mode *mode = tg_runtime_mode(rt);
    tg_thread_detach(t);
    tg_status st = tgi_trace_read(rt, &copy);
    if (st == TG_OK) {
        st = write_copy(&copy, mode, path);
        int error = errno;
        tgi_trace_copy_free(&copy);
        errno = error;
    }
    tg_thread_attach(t);
    return st;
}
