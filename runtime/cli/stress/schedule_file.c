// SPDX-License-Identifier: MIT
//
// schedule_file.c - a schedule with what is needed to follow it, as a file.
//
// Format      Lines of a word, a space, and a value. The first is `togil-schedule 1`; lines that
//             start with # are for people; a word that is not known is skipped, so that later
//             versions can add some. A file with a word that must not be skipped begins with
//             `togil-schedule 2`: one that names the test.
#include "cli/stress/schedule_file.h"

#include "cli/stress/report.h" // names

#include "base/hash.h" // tgi_hash_bytes

#include <inttypes.h> // SCNx64
#include <stdlib.h>   // strtoul
#include <string.h>   // strcmp

static const char command[] = "togil stress";

bool tgi_schedule_is_file(const char *text)
{
    return strchr(text, '.') != NULL || strchr(text, '/') != NULL;
}

uint64_t tgi_schedule_source_hash(const tgi_source *source)
{
    return tgi_hash_bytes(tgi_hash_key_from_seed(0), source->text, source->size);
}

uint64_t tgi_schedule_likeness(tg_stress_kind kind, const char *text)
{
    uint64_t h = tgi_hash_combine(1, (uint64_t)kind);
    bool echo = false;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        const char *at = text, *end = text + n;
        text = *end != '\0' ? end + 1 : end;
        if (echo && n >= 4 && strncmp(at, "    ", 4) == 0)
            continue; // the line of the source and its marks
        echo = strncmp(at, "  File \"", 8) == 0;
        const char *in = memmem(at, n, ", in ", 5);
        if (in != NULL)
            at = in;
        else if (kind == TG_STRESS_EXCEPTION && memchr(at, ':', n) != NULL)
            end = memchr(at, ':', n);
        for (; at < end; at++) {
            if (*at < '0' || *at > '9')
                h = tgi_hash_combine(h, (unsigned char)*at);
        }
        h = tgi_hash_combine(h, '\n');
    }
    return h | 1;
}

static void write_anchors(FILE *to, const char *at)
{
    while (at != NULL && *at != '\0') {
        size_t n = strcspn(at, "\n");
        fprintf(to, "anchor %.*s\n", (int)n, at);
        at += n + (at[n] != '\0');
    }
}

bool tgi_schedule_file_write(const char *path, const tgi_stress_options *o,
                             const tgi_source *source, const tgi_stress_session *s)
{
    const tgi_stress_failure *f = &s->failures.data[0];
    FILE *to = f->schedule != NULL ? fopen(path, "w") : NULL;
    if (to == NULL) {
        fprintf(stderr, "%s: cannot write '%s'\n", command, path);
        return false;
    }
    fprintf(to, "togil-schedule %d\n# %s, to be followed by: togil stress --replay THIS_FILE %s\n",
            s->test != NULL ? 2 : 1, tgi_stress_kind_name(f->kind),
            o->script.kind == TGI_SCRIPT_CODE ? "-c CODE" : o->script.text);
    if (s->test != NULL)
        fprintf(to, "test %s\n", s->test);
    fprintf(to, "policy %s\ntime %s\n", tgi_stress_points_name(s->points),
            o->adversarial ? "adversarial" : "des");
    if (o->script.mode != NULL)
        fprintf(to, "mode %s\n", o->script.mode->name);
    if (o->max_steps != 0)
        fprintf(to, "max-steps %u\n", o->max_steps);
    fprintf(to, "source %016" PRIx64 "\nsignature %016" PRIx64 "\nhash %016" PRIx64 "\n",
            tgi_schedule_source_hash(source), f->signature, f->hash);
    fprintf(to, "likeness %016" PRIx64 "\nschedule %s\n", tgi_schedule_likeness(f->kind, f->text),
            f->schedule);
    write_anchors(to, f->anchors);
    bool well = ferror(to) == 0;
    well &= fclose(to) == 0;
    if (!well)
        fprintf(stderr, "%s: cannot write '%s'\n", command, path);
    return well;
}

static bool take_hex(const char *text, uint64_t *out)
{
    size_t n = strlen(text);
    *out = strtoull(text, NULL, 16);
    return n >= 1 && n <= 16 && strspn(text, "0123456789abcdef") == n;
}

static bool take_anchor(const char *value, tgi_schedule_file *out)
{
    size_t have = out->anchors != NULL ? strlen(out->anchors) : 0, n = strlen(value);
    char *bigger = realloc(out->anchors, have + n + 2);
    if (bigger == NULL)
        return false;
    memcpy(bigger + have, value, n);
    memcpy(bigger + have + n, "\n", 2);
    out->anchors = bigger;
    return true;
}

static bool take_line(const char *word, const char *value, tgi_schedule_file *out)
{
    if (strcmp(word, "policy") == 0) {
        for (int i = 0; i < 3; i++) {
            if (strcmp(value, tgi_stress_points_name((tg_stress_points)i)) != 0)
                continue;
            out->points = (tg_stress_points)i;
            return true;
        }
        return false;
    }
    if (strcmp(word, "time") == 0) {
        out->adversarial = strcmp(value, "adversarial") == 0;
        return out->adversarial || strcmp(value, "des") == 0;
    }
    if (strcmp(word, "mode") == 0)
        return (out->mode = tg_mode_find(value)) != NULL;
    if (strcmp(word, "max-steps") == 0) {
        unsigned long n = strtoul(value, NULL, 10);
        out->max_steps = (uint32_t)n;
        return strspn(value, "0123456789") == strlen(value) && n >= 1 && n <= UINT32_MAX;
    }
    if (strcmp(word, "source") == 0)
        return take_hex(value, &out->source);
    if (strcmp(word, "signature") == 0)
        return take_hex(value, &out->signature);
    if (strcmp(word, "likeness") == 0)
        return take_hex(value, &out->likeness);
    if (strcmp(word, "anchor") == 0)
        return take_anchor(value, out);
    if (strcmp(word, "hash") == 0)
        return take_hex(value, &out->hash);
    if (strcmp(word, "test") == 0) {
        free(out->test);
        return (out->test = strdup(value)) != NULL;
    }
    if (strcmp(word, "schedule") == 0) {
        free(out->schedule);
        return (out->schedule = strdup(value)) != NULL;
    }
    return true;
}

bool tgi_schedule_file_parse(FILE *from, tgi_schedule_file *out)
{
    *out = (tgi_schedule_file){.points = TG_STRESS_FREE};
    char *line = NULL;
    size_t capacity = 0;
    ssize_t n;
    bool well = true, first = true;
    while (well && (n = getline(&line, &capacity, from)) > 0) {
        if (line[n - 1] == '\n')
            line[n - 1] = '\0';
        if (first)
            well = strcmp(line, "togil-schedule 1") == 0 || strcmp(line, "togil-schedule 2") == 0;
        char *value = strchr(line, ' ');
        if (well && !first && line[0] != '#' && value != NULL) {
            *value = '\0';
            well = take_line(line, value + 1, out);
        }
        first = false;
    }
    free(line);
    if (well && out->schedule != NULL)
        return true;
    tgi_schedule_file_free(out);
    return false;
}

bool tgi_schedule_file_read(const char *path, tgi_schedule_file *out)
{
    FILE *from = fopen(path, "r");
    if (from == NULL) {
        fprintf(stderr, "%s: cannot read '%s'\n", command, path);
        return false;
    }
    bool well = tgi_schedule_file_parse(from, out);
    fclose(from);
    if (!well)
        fprintf(stderr, "%s: '%s' is not a schedule\n", command, path);
    return well;
}

void tgi_schedule_file_free(tgi_schedule_file *file)
{
    free(file->schedule);
    free(file->test);
    free(file->anchors);
    file->schedule = file->test = file->anchors = NULL;
}
