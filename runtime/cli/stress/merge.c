// SPDX-License-Identifier: MIT
//
// merge.c - `togil stress --merge`: documents of shards become one campaign.
//
// Method      Documents say what was asked for, and what each shard did: sums, failures with the
//             schedules that were found, and the runs that showed races and rings of locks. Sums
//             are added up, failures are made short again and printed, those few runs are done
//             again: Note [again] in seen.h. So the script must be there, and be the same.
// Invariants  M1  every shard is there once, and all of them were asked the same.
#include "cli/stress/merge.h"

#include "cli/stress/report.h" // names
#include "cli/stress/stress.h" // exit codes

#include <inttypes.h> // PRIu64
#include <jansson.h>  // documents
#include <stdlib.h>   // calloc
#include <string.h>   // strcmp

static const char command[] = "togil stress";

struct tgi_merge {
    json_t **documents; // by shard
    size_t count;
    const char **arguments;
};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static uint64_t number_of(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static uint64_t hex_of(const json_t *object, const char *key)
{
    const char *text = text_of(object, key);
    return text != NULL ? strtoull(text, NULL, 16) : 0;
}

// --- documents

// Its place among the shards; 0 after a message.
static uint64_t check_document(const char *path, const json_t *d, uint64_t *count)
{
    const char *schema = text_of(d, "schema");
    if (schema == NULL || strcmp(schema, "togil-stress/2") != 0) {
        tgi_usage_error(command, "'%s' is not a document of togil stress --json", path);
        return 0;
    }
    const json_t *shard = json_object_get(d, "shard");
    uint64_t index = number_of(shard, "index");
    *count = number_of(shard, "count");
    if (index < 1 || index > *count) {
        tgi_usage_error(command, "'%s' is not of a shard", path);
        return 0;
    }
    uint64_t code = number_of(d, "exit_code");
    if (code > TGI_STRESS_FOUND) {
        tgi_usage_error(command,
                        "'%s': shard %" PRIu64 "/%" PRIu64 " has not done its part "
                        "(exit code %" PRIu64 ")",
                        path, index, *count, code);
        return 0;
    }
    return index;
}

// What all shards must agree on. The key that differs, or NULL.
static const char *difference(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"togil",     "arguments",   "code",     "mode",
                                       "seed",      "race",        "strategy", "time",
                                       "max_steps", "runs_wanted", "stop",     "source"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!json_equal(json_object_get(a, keys[i]), json_object_get(b, keys[i])))
            return keys[i];
    }
    const json_t *x = json_object_get(a, "sessions"), *y = json_object_get(b, "sessions");
    if (json_array_size(x) != json_array_size(y))
        return "policies";
    for (size_t i = 0; i < json_array_size(x); i++) {
        const char *p = text_of(json_array_get(x, i), "policy");
        const char *q = text_of(json_array_get(y, i), "policy");
        if (p == NULL || q == NULL || strcmp(p, q) != 0)
            return "policies";
    }
    return NULL;
}

static bool add_document(tgi_merge *m, const char *path)
{
    json_error_t error;
    uint64_t count;
    json_t *d = json_load_file(path, 0, &error);
    if (d == NULL) {
        tgi_usage_error(command, "cannot read '%s': %s", path, error.text);
        return false;
    }
    uint64_t index = check_document(path, d, &count);
    if (index == 0) {
        json_decref(d);
        return false;
    }
    if (m->documents == NULL) {
        m->documents = calloc(count, sizeof(json_t *));
        m->count = m->documents != NULL ? count : 0;
    }
    const char *key = NULL;
    for (size_t i = 0; i < m->count && key == NULL; i++) {
        if (m->documents[i] != NULL)
            key = difference(m->documents[i], d);
    }
    if (m->count != count)
        tgi_usage_error(command, "'%s' is of %" PRIu64 " shards, not of %zu", path, count,
                        m->count);
    else if (m->documents[index - 1] != NULL)
        tgi_usage_error(command, "shard %" PRIu64 "/%" PRIu64 " is given twice", index, count);
    else if (key != NULL)
        tgi_usage_error(command, "'%s' is of another campaign: %s is not the same", path, key);
    else
        return (m->documents[index - 1] = d) != NULL;
    json_decref(d);
    return false;
}

static bool take_options(tgi_merge *m, tgi_stress_options *o)
{
    const json_t *d = m->documents[0];
    const char *code = text_of(d, "code"), *mode = text_of(d, "mode"), *script;
    script = code != NULL ? code : text_of(d, "script");
    const json_t *arguments = json_object_get(d, "arguments");
    m->arguments = calloc(json_array_size(arguments) + 1, sizeof(char *));
    if (m->arguments == NULL || script == NULL)
        return false;
    for (size_t i = 0; i < json_array_size(arguments); i++)
        m->arguments[i] = json_string_value(json_array_get(arguments, i));
    o->script.kind = code != NULL ? TGI_SCRIPT_CODE : TGI_SCRIPT_FILE;
    o->script.text = script;
    o->script.args = (char **)m->arguments;
    o->script.arg_count = (int)json_array_size(arguments);
    o->script.mode = mode != NULL ? tg_mode_find(mode) : NULL;
    const char *seed = text_of(d, "seed");
    o->seed = seed != NULL ? strtoull(seed, NULL, 10) : 0;
    o->seed_given = true;
    o->strategy = text_of(d, "strategy");
    if (o->strategy != NULL && strcmp(o->strategy, tg_stress_strategy(0)) == 0)
        o->strategy = NULL;
    o->adversarial = text_of(d, "time") != NULL && strcmp(text_of(d, "time"), "adversarial") == 0;
    o->max_steps = (uint32_t)number_of(d, "max_steps");
    o->runs = number_of(d, "runs_wanted");
    o->keep_going = text_of(d, "stop") != NULL && strcmp(text_of(d, "stop"), "never") == 0;
    const char *race = text_of(d, "race");
    o->no_races = race != NULL && strcmp(race, "off") == 0;
    o->races_fail = race != NULL && strcmp(race, "fail") == 0;
    tg_stress_points first, second;
    o->diff_gil =
        tgi_merge_policy(m, 0, &first) && tgi_merge_policy(m, 1, &second) && first != second;
    return true;
}

tgi_merge *tgi_merge_open(char **paths, int count, tgi_stress_options *options)
{
    tgi_merge *m = calloc(1, sizeof *m);
    bool well = m != NULL;
    for (int i = 0; well && i < count; i++)
        well = add_document(m, paths[i]);
    for (size_t i = 0; well && i < m->count; i++) {
        if (m->documents[i] == NULL) {
            tgi_usage_error(command, "shard %zu/%zu is missing", i + 1, m->count);
            well = false;
        }
    }
    if (well && take_options(m, options))
        return m;
    tgi_merge_close(m);
    return NULL;
}

void tgi_merge_close(tgi_merge *m)
{
    if (m == NULL)
        return;
    for (size_t i = 0; i < m->count; i++)
        json_decref(m->documents[i]);
    free(m->documents);
    free(m->arguments);
    free(m);
}

bool tgi_merge_fits(const tgi_merge *m, const tgi_source *source)
{
    if (hex_of(m->documents[0], "source") == tgi_schedule_source_hash(source))
        return true;
    tgi_usage_error(command, "the script is not the one that the shards have run");
    return false;
}

// --- sessions

static const json_t *session_at(const tgi_merge *m, size_t shard, size_t i)
{
    return json_array_get(json_object_get(m->documents[shard], "sessions"), i);
}

bool tgi_merge_policy(const tgi_merge *m, size_t i, tg_stress_points *out)
{
    const char *name = text_of(session_at(m, 0, i), "policy");
    for (int k = 0; name != NULL && k < 3; k++) {
        *out = (tg_stress_points)k;
        if (strcmp(name, tgi_stress_points_name(*out)) == 0)
            return true;
    }
    return false;
}

static bool take_seen(const json_t *part, const char *key, bool ring, tgi_stress_session *found)
{
    const json_t *list = json_object_get(part, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *severity = text_of(one, "severity");
        tgi_stress_seen seen = {.key = hex_of(one, "key"),
                                .times = number_of(one, "times"),
                                .first = number_of(one, "first_run"),
                                .shown = number_of(one, "shown_run"),
                                .guard = number_of(one, "guard_run"),
                                .accesses = (uint32_t)number_of(one, "accesses"),
                                .ring = ring};
        while (severity != NULL && seen.severity < 2 &&
               strcmp(tgi_stress_severity_name(seen.severity), severity) != 0)
            seen.severity++;
        if (!tgi_stress_seen_add(&found->seen, &seen))
            return false;
    }
    return true;
}

static char *copy_of(const json_t *object, const char *key)
{
    const char *text = text_of(object, key);
    return text != NULL ? strdup(text) : NULL;
}

typedef tgi_vec(tgi_stress_failure) failures;

// Those that a run of the seed has found: directed runs are done again.
static bool take_failures(const json_t *session, failures *out)
{
    const json_t *list = json_object_get(session, "failures");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        tgi_stress_failure f = {.run = number_of(one, "run"),
                                .count = number_of(one, "count"),
                                .signature = hex_of(one, "signature")};
        const char *kind = text_of(one, "kind");
        while (kind != NULL && f.kind < TG_STRESS_STALLED &&
               strcmp(tgi_stress_kind_name(f.kind), kind) != 0)
            f.kind++;
        if (f.count == 0)
            continue;
        f.text = copy_of(one, "text");
        f.thread = copy_of(one, "thread");
        f.found = copy_of(one, "schedule_found");
        if (!vec_push(out, f)) {
            tgi_stress_failure_free(&f);
            return false;
        }
    }
    return true;
}

static int by_run(const void *a, const void *b)
{
    const tgi_stress_failure *x = a, *y = b;
    return x->run < y->run ? -1 : x->run > y->run;
}

static bool is_test(const json_t *session, const char *test)
{
    const char *name = text_of(session, "test");
    return name == NULL || test == NULL ? name == test : strcmp(name, test) == 0;
}

bool tgi_merge_take(const tgi_merge *m, tgi_stress_session *found)
{
    tg_stress_points points;
    size_t at = 0;
    while (tgi_merge_policy(m, at, &points) &&
           (points != found->points || !is_test(session_at(m, 0, at), found->test)))
        at++;
    failures all = TGI_VEC_INIT;
    bool well = true;
    for (size_t i = 0; well && i < m->count; i++) {
        const json_t *session = session_at(m, i, at), *part = json_object_get(session, "part");
        tgi_stress_sums sums = {.runs = number_of(part, "runs"),
                                .failed = number_of(part, "failed"),
                                .others = number_of(part, "otherwise"),
                                .steps = number_of(part, "steps"),
                                .decisions = number_of(part, "decisions"),
                                .switches = number_of(part, "switches"),
                                .preemptions = number_of(part, "preemptions"),
                                .most_threads = number_of(part, "most_threads"),
                                .most_points = number_of(part, "most_points")};
        const json_t *depths = json_object_get(part, "by_depth");
        for (size_t d = 0; d < TGI_STRESS_DEPTHS; d++)
            sums.by_depth[d] = (uint64_t)json_integer_value(json_array_get(depths, d));
        tgi_stress_add_sums(found, &sums);
        found->races_incomplete |= json_is_true(json_object_get(session, "races_incomplete"));
        double seconds = json_number_value(json_object_get(session, "seconds"));
        if (seconds > found->seconds)
            found->seconds = seconds;
        well = take_seen(part, "races", false, found) && take_seen(part, "rings", true, found) &&
               take_failures(session, &all);
    }
    if (all.count > 0)
        qsort(all.data, all.count, sizeof all.data[0], by_run);
    for (size_t i = 0; i < all.count; i++) {
        bool fresh;
        (void)tgi_stress_add_failure(found, &all.data[i], &fresh);
    }
    vec_free(&all);
    return well;
}
