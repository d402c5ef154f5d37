# SPDX-License-Identifier: MIT
#
# The sources of `togil stress`, in reading order.
set(TOGIL_STRESS_SOURCES
    stress/stress.c
    stress/options.c
    stress/session.c
    stress/stalled.c
    stress/jobs.c
    stress/message.c
    stress/seen.c
    stress/shard.c
    stress/merge.c
    stress/races.c
    stress/results.c
    stress/chance.c
    stress/sums.c
    stress/results_json.c
    stress/results_junit.c
    stress/results_perfetto.c
    stress/results_races.c
    stress/schedule_file.c
    stress/names.c
    stress/report.c
    stress/trace.c
    stress/help.c)
