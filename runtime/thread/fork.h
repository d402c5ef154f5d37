// SPDX-License-Identifier: MIT
//
// fork.h - fork a process with many threads so that the child is usable. Layer thread.
//
//     tgi_fork_prepare(t);
//     pid_t pid = fork();
//     if (pid == 0) tgi_fork_child(t); else tgi_fork_parent(t);
//
// The world is stopped across the fork. In the child t is the only thread: every other state is
// gone, their waits too, and the runtime's own locks are open.
#ifndef TGI_THREAD_FORK_H
#define TGI_THREAD_FORK_H

#include "thread/state.h" // tg_thread

// t is attached, and stays.
void tgi_fork_prepare(tg_thread *t);
void tgi_fork_parent(tg_thread *t);
void tgi_fork_child(tg_thread *t);

#endif
