// SPDX-License-Identifier: MIT
//
// jobs.h - the runs of a session, dealt out to several processes. jobs.c; what they send:
// message.c.
#ifndef TGI_CLI_STRESS_JOBS_H
#define TGI_CLI_STRESS_JOBS_H

#include "cli/stress/session.h" // tgi_session

// Does blocks `first` and later in options.jobs processes, and counts what they find in the order
// of runs. p has done the first block of the seed.
tgi_session_next tgi_jobs_explore(tgi_session *p, uint64_t first);

#endif
