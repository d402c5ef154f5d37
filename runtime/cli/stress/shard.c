// SPDX-License-Identifier: MIT
//
// shard.c - which part of the runs this machine does: --shard, or what job engines put into the
// environment.
//
// Sources     Slurm: sbatch, "job arrays". Bazel: "Test encyclopedia", test sharding. Kubernetes:
//             "Indexed Job", which tells the index only, so the number comes with --shard auto/N.
#include "cli/stress/shard.h"

#include <inttypes.h> // PRIu64
#include <stdio.h>    // fopen
#include <stdlib.h>   // getenv
#include <string.h>   // strchr

static const char command[] = "togil stress";

enum { MOST_SHARDS = 1000000 };

uint64_t tgi_shard_block(const tgi_stress_shard *shard, uint64_t k)
{
    uint64_t count = shard->count > 0 ? shard->count : 1;
    uint64_t first = shard->count > 0 ? shard->index - 1 : 0;
    if (k > (UINT64_MAX / TG_STRESS_BLOCK - first) / count)
        return UINT64_MAX;
    return (first + k * count) * TG_STRESS_BLOCK;
}

static bool whole(const char *text, size_t n, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9' || i >= 18)
            return false;
        *out = *out * 10 + (uint64_t)(text[i] - '0');
    }
    return n > 0;
}

// *found: the variable is set. False after a message.
static bool variable(const char *name, uint64_t *out, bool *found)
{
    const char *text = getenv(name);
    *found = text != NULL && text[0] != '\0';
    if (!*found || whole(text, strlen(text), out))
        return true;
    tgi_usage_error(command, "%s is not a number: '%s'", name, text);
    return false;
}

// An engine that counts from `first`.
static bool take(const char *engine, uint64_t index, uint64_t first, uint64_t step, uint64_t count,
                 tgi_stress_shard *out)
{
    if (step > 0 && index >= first && (index - first) % step == 0 &&
        (index - first) / step < count && count <= MOST_SHARDS) {
        *out = (tgi_stress_shard){(index - first) / step + 1, count};
        return true;
    }
    tgi_usage_error(command, "%s says that this is part %" PRIu64 " of %" PRIu64 " from %" PRIu64,
                    engine, index, count, first);
    return false;
}

static bool from_slurm(tgi_stress_shard *out)
{
    uint64_t id, count, first, step;
    bool has_id, has_count, has_first, has_step;
    if (!variable("SLURM_ARRAY_TASK_ID", &id, &has_id) ||
        !variable("SLURM_ARRAY_TASK_COUNT", &count, &has_count) ||
        !variable("SLURM_ARRAY_TASK_MIN", &first, &has_first) ||
        !variable("SLURM_ARRAY_TASK_STEP", &step, &has_step))
        return false;
    return !has_id || !has_count ||
           take("Slurm", id, has_first ? first : 0, has_step ? step : 1, count, out);
}

static bool from_bazel(tgi_stress_shard *out)
{
    uint64_t index, count;
    bool has_index, has_count;
    if (!variable("TEST_SHARD_INDEX", &index, &has_index) ||
        !variable("TEST_TOTAL_SHARDS", &count, &has_count))
        return false;
    return !has_index || !has_count || take("Bazel", index, 0, 1, count, out);
}

bool tgi_shard_from_environment(tgi_stress_shard *out)
{
    *out = (tgi_stress_shard){0, 0};
    return from_bazel(out) && (out->count > 0 || from_slurm(out));
}

// The index alone.
static bool find_index(uint64_t count, tgi_stress_shard *out)
{
    uint64_t index;
    bool found;
    if (!variable("JOB_COMPLETION_INDEX", &index, &found))
        return false;
    if (found)
        return take("Kubernetes", index, 0, 1, count, out);
    if (!tgi_shard_from_environment(out))
        return false;
    if (out->count == count)
        return true;
    if (out->count == 0)
        tgi_usage_error(command, "--shard auto: no JOB_COMPLETION_INDEX in the environment");
    else
        tgi_usage_error(command, "--shard auto/%" PRIu64 ": the environment has %" PRIu64 " parts",
                        count, out->count);
    return false;
}

bool tgi_shard_parse(const char *text, tgi_stress_shard *out)
{
    const char *slash = strchr(text, '/');
    uint64_t index = 0, count = 0;
    bool automatic = slash != NULL && strncmp(text, "auto/", 5) == 0;
    if (slash != NULL && whole(slash + 1, strlen(slash + 1), &count) && count >= 1 &&
        count <= MOST_SHARDS) {
        if (automatic)
            return find_index(count, out);
        if (whole(text, (size_t)(slash - text), &index) && index >= 1 && index <= count) {
            *out = (tgi_stress_shard){index, count};
            return true;
        }
    }
    tgi_usage_error(command, "--shard takes a part and their number, as in 1/4, not '%s'", text);
    return false;
}

bool tgi_shard_acknowledge(void)
{
    const char *path = getenv("TEST_SHARD_STATUS_FILE");
    if (path == NULL || path[0] == '\0')
        return true;
    FILE *file = fopen(path, "w");
    if (file != NULL && fclose(file) == 0)
        return true;
    fprintf(stderr, "%s: cannot write '%s'\n", command, path);
    return false;
}
