// SPDX-License-Identifier: MIT
//
// results_perfetto.c - the short schedule of the first failure as a trace, in the JSON format that
// ui.perfetto.dev and chrome://tracing show.
//
// Format      A track for each thread. A slice is what a thread does between two switches, with its
//             steps as slices inside; time counts steps, a microsecond each. An arrow leads to
//             where a lock is taken, from the last step of the thread that had it before. The
//             failure is an instant at the end.
#include "cli/stress/results.h"

#include "cli/ab/json.h"       // writer
#include "cli/stress/report.h" // names

#include <string.h> // strcmp

static void open_event(tgi_ab_json *j, const char *phase, uint32_t thread, size_t at)
{
    tgi_ab_json_open(j, NULL, '{');
    tgi_ab_json_string(j, "ph", phase);
    tgi_ab_json_int(j, "pid", 1);
    tgi_ab_json_int(j, "tid", thread);
    tgi_ab_json_int(j, "ts", (int64_t)at);
}

static void write_slice(tgi_ab_json *j, const char *name, uint32_t thread, size_t from, size_t n)
{
    open_event(j, "X", thread, from);
    tgi_ab_json_int(j, "dur", (int64_t)n);
    tgi_ab_json_string(j, "name", name);
}

static void write_step(tgi_ab_json *j, const tgi_stress_line *l, size_t at)
{
    char name[96];
    snprintf(name, sizeof name, "%s%s%s", l->action, l->text[0] != '\0' ? ": " : "", l->text);
    write_slice(j, name, l->thread, at, 1);
    tgi_ab_json_open(j, "args", '{');
    tgi_ab_json_string(j, "file", l->file);
    tgi_ab_json_int(j, "line", l->line);
    tgi_ab_json_string(j, "function", l->function);
    tgi_ab_json_bool(j, "preempted", l->preempted);
    tgi_ab_json_close(j, '}');
    tgi_ab_json_close(j, '}');
}

// To the taking of a lock at line `to`, from the last step of the thread that had it before.
static void write_arrow(tgi_ab_json *j, const tgi_stress_failure *f, size_t to)
{
    const tgi_stress_line *lines = f->lines.data;
    if (lines[to].object == 0 || strcmp(lines[to].action, "takes a lock") != 0)
        return;
    for (size_t took = to; took-- > 0;) {
        if (lines[took].object != lines[to].object)
            continue;
        if (lines[took].thread == lines[to].thread ||
            strcmp(lines[took].action, "takes a lock") != 0)
            return;
        size_t from = to - 1;
        while (lines[from].thread != lines[took].thread)
            from--;
        for (int end = 0; end < 2; end++) {
            open_event(j, end ? "f" : "s", lines[end ? to : from].thread, end ? to : from);
            tgi_ab_json_string(j, "name", "lock");
            tgi_ab_json_string(j, "cat", "lock");
            tgi_ab_json_int(j, "id", (int64_t)to);
            if (end)
                tgi_ab_json_string(j, "bp", "e");
            tgi_ab_json_close(j, '}');
        }
        return;
    }
}

static void write_failure(tgi_ab_json *j, const tgi_stress_failure *f)
{
    const tgi_stress_line *lines = f->lines.data;
    for (size_t i = 0; i < f->names.count; i++) {
        open_event(j, "M", (uint32_t)i, 0);
        tgi_ab_json_string(j, "name", "thread_name");
        tgi_ab_json_open(j, "args", '{');
        tgi_ab_json_string(j, "name", f->names.data[i] != NULL ? f->names.data[i] : "");
        tgi_ab_json_close(j, '}');
        tgi_ab_json_close(j, '}');
    }
    for (size_t from = 0, to; from < f->lines.count; from = to) {
        for (to = from + 1; to < f->lines.count && lines[to].thread == lines[from].thread;)
            to++;
        write_slice(j, lines[from].function, lines[from].thread, from, to - from);
        tgi_ab_json_close(j, '}');
    }
    for (size_t i = 0; i < f->lines.count; i++) {
        write_step(j, &lines[i], i);
        write_arrow(j, f, i);
    }
    open_event(j, "i", f->lines.count > 0 ? lines[f->lines.count - 1].thread : 0, f->lines.count);
    tgi_ab_json_string(j, "s", "g");
    tgi_ab_json_string(j, "name", tgi_stress_kind_name(f->kind));
    tgi_ab_json_open(j, "args", '{');
    tgi_ab_json_string(j, "text", f->text != NULL ? f->text : "");
    tgi_ab_json_close(j, '}');
    tgi_ab_json_close(j, '}');
}

void tgi_stress_write_perfetto(const tgi_stress_results *r, FILE *to)
{
    tgi_ab_json j;
    tgi_ab_json_begin(&j, to);
    tgi_ab_json_open(&j, NULL, '{');
    tgi_ab_json_string(&j, "displayTimeUnit", "ns");
    tgi_ab_json_open(&j, "traceEvents", '[');
    for (size_t i = 0; i < r->sessions.count; i++) {
        if (r->sessions.data[i].failures.count > 0) {
            write_failure(&j, &r->sessions.data[i].failures.data[0]);
            break;
        }
    }
    tgi_ab_json_close(&j, ']');
    tgi_ab_json_close(&j, '}');
    fputc('\n', to);
}
