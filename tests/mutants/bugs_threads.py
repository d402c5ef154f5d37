# SPDX-License-Identifier: MIT
"""bugs_threads.py - planted bugs in thread states, their end, signals, fork, and what lies below."""
from plan import mutant

STATE = "runtime/thread/state.c"
RUNTIME = "runtime/thread/runtime.c"
LOCAL = "runtime/modules/thread_local.c"
FORK = "runtime/thread/fork.c"
QSBR = "runtime/mem/qsbr.c"
PARKING = "runtime/sync/parking_lot.c"
LEASE = "runtime/sync/lease.c"

# -- attach and detach ----------------------------------------------------------------------------

mutant("errno-lost-in-attach",
       bug="attaching changes errno",
       ref="bpo-39877",
       file=STATE,
       edits=[("    errno = saved;\n    return st;\n", "    (void)saved;\n    return st;\n")],
       kill=["unit.thread.state:errno_survives_hooks_that_change_it"])

mutant("errno-lost-in-detach",
       bug="detaching changes errno before the caller has looked at it",
       ref="own: state.h tgi_thread_detach",
       file=STATE,
       edits=[("    tgi_gil_release(t, false);\n    errno = saved;\n}",
               "    tgi_gil_release(t, false);\n    (void)saved;\n}")],
       kill=["unit.thread.state:errno_survives_hooks_that_change_it"])

mutant("online-after-detach",
       bug="a detached thread counts as a reader: frees wait for it as long as it blocks",
       ref="own: state.c T3",
       file=STATE,
       edits=[("    tgi_qsbr_offline(&t->qsbr);\n    current = NULL;\n    leave_attached(t);",
               "    current = NULL;\n    leave_attached(t);")],
       kill=["unit.thread.state:attach_and_detach_change_state_and_keep_errno"])

mutant("offline-too-late",
       bug="a thread touches its epoch node after others may take it for stopped",
       ref="own: state.c T3",
       file=STATE,
       edits=[("    tgi_qsbr_offline(&t->qsbr);\n    current = NULL;\n    leave_attached(t);\n"
               "    tgi_gil_release(t, false);\n",
               "    current = NULL;\n    leave_attached(t);\n    tgi_gil_release(t, false);\n"
               "    tgi_qsbr_offline(&t->qsbr);\n")],
       kill=["unit.thread.steps:everything_is_given_up_before_the_gil"])

mutant("list-without-lock",
       bug="a thread state leaves the list without the lock",
       ref="own: runtime.h threads_lock",
       file=STATE,
       edits=[("    tgi_rawlock_lock(&rt->threads_lock);\n    while (t->holds != 0) {",
               "    while (t->holds != 0) {"),
              ("    tgi_thread_unlink_locked(t);\n    tgi_rawlock_unlock(&rt->threads_lock);\n",
               "    tgi_thread_unlink_locked(t);\n")],
       kill=["unit.thread.steps_world:state_leaves_the_list_under_its_lock"])

mutant("thread-id-used-again",
       bug="a new thread gets the id of one that has ended, whose objects are still about",
       ref="PEP 703, thread ids",
       file=STATE,
       edits=[("    uint64_t id = atom_add_relaxed(&next_id, 2);",
               "    uint64_t id = atom_add_relaxed(&next_id, 2) & 15;")],
       kill=["unit.thread.state:ids_are_odd_and_never_reused"])

mutant("deferred-frees-lost",
       bug="what a thread still had to free is forgotten when it ends",
       ref="own: state.c withdraw",
       file=STATE,
       edits=[("    tgi_deferred_hand_over(&t->deferred);\n", "")],
       kill=["unit.thread.defer:*"])

# -- the end --------------------------------------------------------------------------------------

mutant("daemon-comes-back",
       bug="a daemon thread that blocked through the end of the runtime is let in again",
       ref="gh-124878",
       file=RUNTIME,
       edits=[("        atom_store_seq_cst(&u->state, TGI_ENDED);",
               "        atom_store_seq_cst(&u->state, TGI_DETACHED);")],
       kill=["unit.thread.runtime:thread_that_comes_back_too_late_is_not_let_in"])

mutant("daemon-state-freed",
       bug="the state of a daemon thread is freed at the end although the thread may wake up",
       ref="gh-124878",
       file=RUNTIME,
       edits=[("        (void)tgi_unpark_all(&u->state);\n    }\n    return left;",
               "        (void)tgi_unpark_all(&u->state);\n        tgi_raw_free_lines(u);\n    }\n"
               "    return left;")],
       kill=["unit.thread.runtime:thread_that_comes_back_too_late_is_not_let_in"])

mutant("runtime-freed-under-a-daemon",
       bug="the memory of a runtime is freed while a thread may still look at it",
       ref="gh-110052",
       file=RUNTIME,
       edits=[("    if (before != 1) {", "    if (before > 2) {")],
       kill=["unit.thread.runtime:thread_that_comes_back_too_late_is_not_let_in"])

mutant("attach-returns-after-the-end",
       bug="attach returns to a caller that goes on to touch a runtime that has ended",
       ref="gh-87135",
       file=STATE,
       edits=[("    for (;;)\n        (void)tgi_os.sleep_until(TGI_DEADLINE_NEVER);", "    return;")],
       kill=["unit.thread.steps_world:attach_does_not_return_after_the_end"])

mutant("born-after-the-end",
       bug="a thread state can be made when the runtime is ending",
       ref="own: runtime.c A2",
       file=RUNTIME,
       edits=[("    rt->ending = true; // A2\n", "")],
       kill=["unit.thread.runtime:end_unwinds_running_and_waiting_threads"])

# -- breaker and signals --------------------------------------------------------------------------

mutant("bit-cleared-after-the-work",
       bug="a request that comes while its kind is being handled is lost",
       ref="own: breaker.c K1",
       file="runtime/thread/breaker.c",
       edits=[("    return take_bit(t, bit) && hook != NULL ? hook(t) : TG_OK;",
               "    if ((atom_load_relaxed(&t->breaker) & bit) == 0)\n        return TG_OK;\n"
               "    tg_status st = hook != NULL ? hook(t) : TG_OK;\n"
               "    tgi_breaker_clear(t, bit);\n    return st;")],
       kill=["unit.thread.steps_world:request_that_comes_during_the_work_is_kept"])

mutant("bit-set-after-the-wake",
       bug="a signal wakes the main thread first and sets the bit it looks for afterwards",
       ref="own: signals.c I1",
       file="runtime/thread/signals.c",
       edits=[("        tgi_breaker_set(t, TGI_BRK_SIGNAL);\n        tgi_parker", "        tgi_parker"),
              ("            tgi_parker_interrupt(parker);\n",
               "            tgi_parker_interrupt(parker);\n"
               "        tgi_breaker_set(t, TGI_BRK_SIGNAL);\n")],
       kill=["unit.thread.steps_world:signal_is_noted_before_anybody_is_woken"])

# -- fork -----------------------------------------------------------------------------------------

mutant("child-keeps-gil-waiters",
       bug="the child of a fork hands the GIL to threads that waited for it in the parent",
       ref="own: fork.c",
       file="runtime/thread/gil.c",
       edits=[("    gil->head = NULL;\n    gil->tail = NULL;\n    // ORDER: relaxed (all here); only one",
               "    // ORDER: relaxed (all here); only one")],
       kill=["unit.thread.steps_world:child_forgets_who_waited_for_the_gil"])

mutant("child-keeps-gil-word",
       bug="a GIL that a thread of the parent held in the moment of the fork stays taken in the child",
       ref="own: fork.c",
       file="runtime/thread/gil.c",
       edits=[("    atom_store_relaxed(&gil->word, mine ? (uint32_t)TGI_GIL_LOCKED : 0u);\n", "")],
       kill=["unit.thread.steps_world:gil_that_a_stopped_thread_had_is_free_in_the_child"])

mutant("child-keeps-parked-threads",
       bug="the child hands locks to threads that were parked in the parent",
       ref="own: fork.c",
       file=FORK,
       edits=[("    tgi_parking_lot_after_fork();\n", "")],
       kill=["unit.thread.steps_world:child_hands_no_lock_to_a_thread_of_the_parent"])

mutant("child-keeps-threads",
       bug="the child waits for threads that exist in the parent only",
       ref="own: fork.c",
       file=FORK,
       edits=[("    rt->threads = t;\n    rt->thread_count = 1;\n", "    rt->thread_count = 1;\n")],
       kill=["unit.thread.fork:child_is_usable_without_gil"])

mutant("child-stays-paused",
       bug="the child keeps the pause that the parent made around the fork",
       ref="own: fork.c",
       file=FORK,
       edits=[("    tgi_stw_after_fork(&rt->stw);\n", "")],
       kill=["unit.thread.fork:child_is_usable_without_gil"])

# -- what lies below ------------------------------------------------------------------------------

mutant("park-without-second-look",
       bug="a thread goes to sleep although the word changed after it looked: the wake-up is lost",
       ref="own: parking_lot.c",
       file=PARKING,
       edits=[("    bool parked = word_equals(addr, expected, size);", "    bool parked = true;")],
       kill=["unit.sync.parking_lot:*"])

mutant("mutex-hand-over-not-told",
       bug="a mutex is handed to a waiter that is not told that it has it",
       ref="own: mutex.c M3",
       file="runtime/sync/mutex.c",
       edits=[("            waiter->handed_over = true;\n", "")],
       kill=["unit.sync.mutex:*"])

mutant("mutex-taken-while-held",
       bug="a thread that stood back takes the mutex without looking whether it is held",
       ref="own: mutex.c, Note [stand-back]",
       file="runtime/sync/mutex.c",
       edits=[("    return (seen & TGI_MUTEX_LOCKED) == 0 &&\n", "    return\n")],
       kill=["unit.sync.mutex:thread_that_stands_back_in_vain_parks"])

mutant("mutex-stands-back-in-a-pause",
       bug="a thread leaves a crowded mutex alone although a pause waits for it",
       ref="own: mutex.c, Note [stand-back]",
       file="runtime/sync/mutex.c",
       edits=[("        if (tgi_park_hurried())\n            return;\n",
               "        (void)tgi_park_hurried();\n")],
       kill=["unit.sync.mutex:thread_that_stands_back_insists_at_once_when_a_pause_waits_for_it"])

mutant("grace-period-too-short",
       bug="memory is freed while a reader is one epoch behind",
       ref="own: qsbr.c Q3",
       file=QSBR,
       edits=[("        if (seq != 0 && seq < lowest)\n            lowest = seq;",
               "        if (seq != 0 && seq + 1 < lowest)\n            lowest = seq + 1;")],
       kill=["unit.mem.qsbr:*"])

mutant("goal-too-low",
       bug="what was unlinked just now may be freed when the present epoch has passed",
       ref="own: qsbr.c Q2",
       file=QSBR,
       edits=[("    return atom_add_seq_cst(&domain->epoch, 0) + 1;",
               "    return atom_add_seq_cst(&domain->epoch, 0);")],
       kill=["unit.mem.qsbr:*"])

# -- leases of locks ------------------------------------------------------------------------------

mutant("lease-over-a-detach",
       bug="a detached thread keeps the lock it has leased, for as long as it blocks",
       ref="own: lease.h L2",
       file=STATE,
       edits=[("    tgi_trace_event(t, TGI_TRACE_DETACH, 0);\n    tgi_lease_end(&t->lease);\n",
               "    tgi_trace_event(t, TGI_TRACE_DETACH, 0);\n")],
       kill=["unit.thread.lease:lease_is_over_before_a_thread_detaches"])

mutant("lease-over-the-end",
       bug="a lock that a thread has leased stays locked when it ends",
       ref="own: lease.h L2",
       file=STATE,
       edits=[("    tgi_lease_end(&t->lease);\n    tgi_qsbr_offline(&t->qsbr);\n    withdraw(t);",
               "    tgi_qsbr_offline(&t->qsbr);\n    withdraw(t);")],
       kill=["unit.thread.lease:lease_is_over_when_a_thread_ends"])

mutant("lease-over-a-quiescent-state",
       bug="a thread gives back a lock in memory that may have been freed",
       ref="own: lease.h L2",
       file="runtime/thread/defer.c",
       edits=[("    tgi_lease_end(&t->lease);\n", "")],
       kill=["unit.thread.lease:lease_is_over_before_a_thread_is_quiescent"])

mutant("lease-in-a-pause",
       bug="who stops the world waits for a thread that waits for the lock it has leased",
       ref="own: lease.h L2",
       file="runtime/thread/stw.c",
       edits=[("        tgi_lease_end(&requester->lease); // one that has to stop may wait for it, "
               "attached\n",
               "        (void)0;\n")],
       kill=["unit.thread.lease:lease_is_over_before_a_pause_waits_for_others"])

mutant("lease-nobody-is-asked",
       bug="a thread that has leased a lock and does something else is not asked for it",
       ref="own: lease.h L4",
       file=STATE,
       edits=[("            tgi_breaker_set(t, TGI_BRK_LEASE);\n", "            (void)0;\n")],
       kill=["unit.thread.lease:who_waits_asks_the_lessee_of_this_lock"])

mutant("lease-asked-in-vain",
       bug="a thread that is asked for the lock it has leased does not give it back",
       ref="own: lease.h L4",
       file="runtime/thread/breaker.c",
       edits=[("    if (take_bit(t, TGI_BRK_LEASE))\n        tgi_lease_end(&t->lease);\n",
               "    (void)take_bit(t, TGI_BRK_LEASE);\n")],
       kill=["unit.thread.lease:lease_lasts_over_a_poll_unless_it_is_wanted"])

mutant("lease-over-a-wait",
       bug="a thread waits for a lock and keeps the one it has leased, as does the thread it waits for",
       ref="own: lease.h L2",
       file=LEASE,
       edits=[("    tgi_lease_end(lease); // L2\n", "")],
       kill=["unit.sync.lease:lease_ends_before_another_mutex_is_waited_for"])

mutant("lease-ends-in-use-unlocked",
       bug="a lease that ends while the lock is in use opens the lock",
       ref="own: lease.h L3",
       file=LEASE,
       edits=[("    if (!lease->in_use) {\n", "    {\n")],
       kill=["unit.sync.lease:lease_that_ends_in_use_leaves_an_ordinary_lock"])

mutant("lease-beside-a-sleeper",
       bug="a lock is leased although somebody is parked at it, who sleeps until it ends",
       ref="own: lease.c tgi_lease_lock_wait",
       file=LEASE,
       edits=[("    if (!atom_cas_strong_release(&m->bits, &seen, (uint8_t)(TGI_MUTEX_LOCKED | "
               "TGI_MUTEX_LEASED)))\n",
               "    (void)seen;\n    atom_or_release(&m->bits, (uint8_t)TGI_MUTEX_LEASED);\n"
               "    if (false)\n")],
       kill=["unit.sync.lease:mutex_somebody_is_parked_at_is_not_leased"])

# -- threading.local ------------------------------------------------------------------------------

mutant("local-of-another-thread",
       bug="a thread state finds the attributes that another state of its OS thread has in a local",
       ref="own: thread_local.c TL3",
       file=LOCAL,
       edits=[(" && p->thread == tg_thread_id(t)", "")],
       kill=["unit.api.local:thread_states_of_one_os_thread_have_attributes_of_their_own"])

mutant("local-of-the-same-place",
       bug="a thread finds in a local the attributes of the one that had the place in its table before",
       ref="own: thread_local.c TL3",
       file=LOCAL,
       edits=[("p->number == b->number", "p->number != 0")],
       kill=["unit.api.local:locals_that_share_a_place_keep_their_attributes_apart"])

mutant("local-found-again",
       bug="a thread finds attributes again that it has let go",
       ref="own: thread_local.c TL3",
       file=LOCAL,
       edits=[(" && p->removals == removals_of(b)", "")],
       kill=["unit.api.local:attributes_of_a_failed_init_are_not_found_again"],
       build="asan")

mutant("local-taken-by-another",
       bug="who lets go of another thread's token frees the attributes that the thread may be reading",
       ref="own: thread_local.c TL2",
       file=LOCAL,
       edits=[("    if (k->thread == tg_thread_id(t)) { // TL2", "    if (k->thread != 0) {")],
       kill=["unit.api.local:a_thread_keeps_its_attributes_when_another_throws_its_tokens_away"])
