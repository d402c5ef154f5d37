// SPDX-License-Identifier: MIT
//
// machine.c - reads /proc and /sys. What cannot be read stays unknown: nothing here can fail.
#include "cli/ab/machine.h"

#include <math.h>        // floor, fmin
#include <sched.h>       // sched_getaffinity
#include <stdio.h>       // fopen, snprintf
#include <stdlib.h>      // getloadavg, strtod
#include <string.h>      // strcspn, strrchr
#include <sys/utsname.h> // uname
#include <unistd.h>      // sysconf

#define PATH_SIZE 1024

// The first line of a file without its newline; false if there is none.
static bool read_line(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    bool ok = fgets(out, (int)size, file) != NULL;
    fclose(file);
    if (ok)
        out[strcspn(out, "\n")] = '\0';
    return ok;
}

// The text behind `key` in the first line of a file that begins with it.
static bool read_after(const char *path, const char *key, char *out, size_t size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    char text[PATH_SIZE];
    bool found = false;
    while (!found && fgets(text, sizeof text, file) != NULL) {
        if (strncmp(text, key, strlen(key)) != 0)
            continue;
        text[strcspn(text, "\n")] = '\0';
        snprintf(out, size, "%s", text + strlen(key) + strspn(text + strlen(key), " \t:"));
        found = true;
    }
    fclose(file);
    return found;
}

// Where the control group of this process is for the controller (version 1) or, with an empty
// name, in the unified tree (version 2). "/" if it does not say.
static void find_group(const char *root, const char *controller, char *out, size_t size)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    snprintf(out, size, "/");
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return;
    char text[PATH_SIZE];
    while (fgets(text, sizeof text, file) != NULL) {
        // number:controller,controller:/path
        text[strcspn(text, "\n")] = '\0';
        char *names = strchr(text, ':');
        char *group = names != NULL ? strchr(names + 1, ':') : NULL;
        if (group == NULL)
            continue;
        *group++ = '\0';
        names++;
        bool match = *controller == '\0' && *names == '\0';
        for (char *save, *name = strtok_r(names, ",", &save); name != NULL;
             name = strtok_r(NULL, ",", &save))
            match = match || strcmp(name, controller) == 0;
        if (match)
            snprintf(out, size, "%s", group);
    }
    fclose(file);
}

// Takes the last component off a group; false when nothing is left.
static bool to_parent(char *group)
{
    char *slash = strrchr(group, '/');
    if (slash == NULL || group[0] == '\0')
        return false;
    *slash = '\0';
    return true;
}

static double smaller_limit(double a, double b)
{
    return a == 0 ? b : b == 0 ? a : fmin(a, b);
}

static double unified_quota(const char *root)
{
    char group[PATH_SIZE];
    double quota = 0;
    find_group(root, "", group, sizeof group);
    do {
        char path[2 * PATH_SIZE];
        char text[64];
        double used, period;
        snprintf(path, sizeof path, "%s/sys/fs/cgroup%s/cpu.max", root, group);
        if (read_line(path, text, sizeof text) && sscanf(text, "%lf %lf", &used, &period) == 2 &&
            used > 0 && period > 0)
            quota = smaller_limit(quota, used / period);
    } while (to_parent(group));
    return quota;
}

static double version_1_quota(const char *root)
{
    char group[PATH_SIZE];
    double quota = 0;
    find_group(root, "cpu", group, sizeof group);
    do {
        char path[2 * PATH_SIZE];
        char used[64], period[64];
        snprintf(path, sizeof path, "%s/sys/fs/cgroup/cpu%s/cpu.cfs_quota_us", root, group);
        bool ok = read_line(path, used, sizeof used);
        snprintf(path, sizeof path, "%s/sys/fs/cgroup/cpu%s/cpu.cfs_period_us", root, group);
        ok = ok && read_line(path, period, sizeof period);
        if (ok && strtod(used, NULL) > 0 && strtod(period, NULL) > 0)
            quota = smaller_limit(quota, strtod(used, NULL) / strtod(period, NULL));
    } while (to_parent(group));
    return quota;
}

double tgi_ab_machine_throttled(const char *root)
{
    char group[PATH_SIZE];
    char path[2 * PATH_SIZE];
    char text[64];
    find_group(root, "", group, sizeof group);
    snprintf(path, sizeof path, "%s/sys/fs/cgroup%s/cpu.stat", root, group);
    if (read_after(path, "nr_throttled", text, sizeof text))
        return strtod(text, NULL);
    find_group(root, "cpu", group, sizeof group);
    snprintf(path, sizeof path, "%s/sys/fs/cgroup/cpu%s/cpu.stat", root, group);
    if (read_after(path, "nr_throttled", text, sizeof text))
        return strtod(text, NULL);
    return 0;
}

double tgi_ab_machine_load(void)
{
    double load;
    return getloadavg(&load, 1) == 1 ? load : 0;
}

void tgi_ab_machine_read(const char *root, tgi_ab_machine *out)
{
    *out = (tgi_ab_machine){0};
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    out->cores_online = online > 0 ? (int)online : 1;
    cpu_set_t allowed;
    out->cores_allowed = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed)
                                                                             : out->cores_online;
    out->quota = smaller_limit(unified_quota(root), version_1_quota(root));
    out->cores = out->cores_allowed;
    // A quota of 1.5 cores lets two threads run, but not at full speed: it counts as one core.
    if (out->quota > 0 && out->quota < out->cores)
        out->cores = (int)floor(out->quota + 0.01);
    if (out->cores < 1)
        out->cores = 1;

    char path[PATH_SIZE];
    char text[16];
    snprintf(path, sizeof path, "%s/sys/devices/system/cpu/smt/active", root);
    out->smt = read_line(path, text, sizeof text) && text[0] == '1';
    snprintf(path, sizeof path, "%s/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", root);
    read_line(path, out->governor, sizeof out->governor);
    snprintf(path, sizeof path, "%s/proc/cpuinfo", root);
    read_after(path, "model name", out->cpu_model, sizeof out->cpu_model);
    out->load = tgi_ab_machine_load();
    out->throttled = tgi_ab_machine_throttled(root);

    struct utsname names;
    if (uname(&names) == 0) {
        snprintf(out->platform, sizeof out->platform, "%.30s %.60s %.30s", names.sysname,
                 names.release, names.machine);
        snprintf(out->hostname, sizeof out->hostname, "%.100s", names.nodename);
    }
}
