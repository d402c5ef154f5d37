// SPDX-License-Identifier: MIT
//
// ab_machine.c - what is read of the machine, from planted /proc and /sys trees.
#include "test.h"

#include <ftw.h>      // nftw
#include <stdio.h>    // fopen
#include <stdlib.h>   // mkdtemp
#include <sys/stat.h> // mkdir

#include "cli/ab/machine.h" // under test

static char root[64];

static void plant(const char *path, const char *text)
{
    char full[512];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *slash = strchr(full + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    REQUIRE(file != NULL);
    fputs(text, file);
    fclose(file);
}

static void new_root(void)
{
    strcpy(root, "/tmp/togil-ab-machine-XXXXXX");
    REQUIRE(mkdtemp(root) != NULL);
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info, (void)type, (void)place;
    return remove(path);
}

static void remove_root(void)
{
    CHECK_EQ_INT(nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

TEST(unknown_stays_unknown)
{
    tgi_ab_machine machine;
    tgi_ab_machine_read("/nonexistent", &machine);
    CHECK(machine.cores >= 1);
    CHECK_EQ_DOUBLE(machine.quota, 0);
    CHECK_EQ_STR(machine.governor, "");
    CHECK_EQ_STR(machine.cpu_model, "");
    CHECK(!machine.smt);
    CHECK(machine.hostname[0] != '\0' && machine.platform[0] != '\0');
}

TEST(unified_group_limit_of_a_parent_counts)
{
    new_root();
    plant("/proc/self/cgroup", "0::/outer/inner\n");
    plant("/sys/fs/cgroup/outer/inner/cpu.max", "max 100000\n");
    plant("/sys/fs/cgroup/outer/cpu.max", "50000 100000\n");
    plant("/sys/fs/cgroup/outer/inner/cpu.stat", "usage_usec 5\nnr_periods 9\nnr_throttled 4\n");
    tgi_ab_machine machine;
    tgi_ab_machine_read(root, &machine);
    CHECK_EQ_DOUBLE(machine.quota, 0.5);
    CHECK_EQ_INT(machine.cores, 1);
    CHECK_EQ_DOUBLE(machine.throttled, 4);
    remove_root();
}

TEST(version_1_group_limit_counts)
{
    new_root();
    plant("/proc/self/cgroup", "4:memory:/x\n3:cpu,cpuacct:/jobs\n0::/\n");
    plant("/sys/fs/cgroup/cpu/jobs/cpu.cfs_quota_us", "150000\n");
    plant("/sys/fs/cgroup/cpu/jobs/cpu.cfs_period_us", "100000\n");
    plant("/sys/fs/cgroup/cpu/jobs/cpu.stat", "nr_throttled 7\n");
    tgi_ab_machine machine;
    tgi_ab_machine_read(root, &machine);
    CHECK_EQ_DOUBLE(machine.quota, 1.5);
    CHECK_EQ_INT(machine.cores, 1); // a thread and a half are not two threads
    CHECK_EQ_DOUBLE(machine.throttled, 7);
    remove_root();
}

TEST(no_limit_leaves_the_cores_alone)
{
    new_root();
    plant("/proc/self/cgroup", "3:cpu:/\n0::/\n");
    plant("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    plant("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    plant("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
    plant("/sys/devices/system/cpu/smt/active", "1\n");
    plant("/proc/cpuinfo", "processor\t: 0\nmodel name\t: Example 9000\n");
    tgi_ab_machine machine;
    tgi_ab_machine_read(root, &machine);
    CHECK_EQ_DOUBLE(machine.quota, 0);
    CHECK_EQ_INT(machine.cores, machine.cores_allowed);
    CHECK_EQ_STR(machine.governor, "powersave");
    CHECK_EQ_STR(machine.cpu_model, "Example 9000");
    CHECK(machine.smt);
    remove_root();
}
