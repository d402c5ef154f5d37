# SPDX-License-Identifier: MIT
"""cases.py - what run.py runs: configurations that must hold, and faults that must be found, each
with the smallest configuration that finds it."""

TIMED, FAIR, TICKS = 0, 1, 2
# What a thread may do, as in gil.pml.
BLOCK, SWITCH, FOREVER, PAUSE, HOLD, CHANGE = 1, 2, 4, 8, 16, 32


def gil(n=2, ops=1, start=0, may=(31, 31, 31), **more):
    return {"N": n, "OPS": ops, "ENABLED0": start, "MAY0": may[0], "MAY1": may[1], "MAY2": may[2],
            **more}


def all_may(what):
    return (what, what, what)


def biased(n=2, ops=(2, 2, 2), **more):
    return {"N": n, "OPS0": ops[0], "OPS1": ops[1], "OPS2": ops[2], **more}


# What a thread may do, as in mutex.pml.
LOCK, TIMED_LOCK = 1, 5
LOCK_PAUSE, TIMED_LOCK_PAUSE = 3, 7


def mutex(n=2, ops=2, may=(LOCK_PAUSE, LOCK_PAUSE, 0)):
    return {"N": n, "OPS": ops, "MAY0": may[0], "MAY1": may[1], "MAY2": may[2]}


# What a thread may do, as in lease.pml.
ONE, BOTH, STOP, SLEEP = 1, 2, 4, 8
ALL = ONE | BOTH | STOP | SLEEP
NOBODY = 7


def lease(n=2, m=1, ops=2, may=(ONE, ONE, ONE), last=NOBODY):
    return {"N": n, "M": m, "OPS": ops, "MAY0": may[0], "MAY1": may[1], "MAY2": may[2],
            "LAST": last}


# model, name, part of --quick, parameters
BASES = [
    ("gil", "two, from off, timed", True, gil()),
    ("gil", "two, from off, fair", True, gil(POLICY=FAIR)),
    ("gil", "two, from off, ticks", True, gil(POLICY=TICKS)),
    ("gil", "two, from on, two operations", True, gil(ops=2, start=1)),
    ("gil", "two, at the limit", True, gil(PERM=2)),
    ("gil", "two, policies change", True, gil(may=all_may(BLOCK | SWITCH | CHANGE))),
    ("gil", "two, early wake-ups", True, gil(may=all_may(BLOCK | SWITCH), EARLY=1)),
    ("gil", "three come and go, timed", True, gil(n=3, start=1, may=all_may(0))),
    ("gil", "three come and go, fair", False, gil(n=3, start=1, may=all_may(0), POLICY=FAIR)),
    ("gil", "three come and go, ticks", False, gil(n=3, start=1, may=all_may(0), POLICY=TICKS)),
    ("gil", "two, from off, two operations", False, gil(ops=2)),
    ("gil", "three, one blocks, from on", False, gil(n=3, start=1, may=(BLOCK, 0, 0))),
    ("gil", "three, one blocks, fair", False, gil(n=3, start=1, may=(BLOCK, 0, 0), POLICY=FAIR)),
    ("gil", "three, one switches", False, gil(n=3, may=(SWITCH, 0, 0))),
    ("gil", "three, one switches, fair", False, gil(n=3, may=(SWITCH, 0, 0), POLICY=FAIR)),
    ("gil", "three, one pauses", False, gil(n=3, may=(PAUSE, 0, 0))),
    ("biased", "two, one owner", True, biased()),
    ("biased", "two, two owners", True, biased(OWN_B=1)),
    ("biased", "two, B handed on", True, biased(B_TO=2)),
    ("biased", "two, no slot at first", True, biased(SLOT=0, A_TO=3, OWN_B=1)),
    ("biased", "two, no memory", True, biased(NO_MEMORY=1)),
    ("biased", "two, three operations", True, biased(ops=(3, 3, 0))),
    ("biased", "three, one operation", True, biased(n=3, ops=(1, 1, 1))),
    ("biased", "three, no slot at first", True, biased(n=3, ops=(1, 1, 1), SLOT=0, A_TO=6)),
    ("biased", "three, no memory", True, biased(n=3, ops=(1, 1, 1), NO_MEMORY=1)),
    ("biased", "three, two operations", False, biased(n=3)),
    ("biased", "three, two owners", False, biased(n=3, OWN_B=1)),
    ("biased", "three, B handed on", False, biased(n=3, OWN_B=1, B_TO=5)),
    ("mutex", "two", True, mutex()),
    ("mutex", "two, with deadlines", True, mutex(may=(TIMED_LOCK_PAUSE, TIMED_LOCK_PAUSE, 0))),
    ("mutex", "two, three operations", True, mutex(ops=3)),
    ("mutex", "three, one pauses", True, mutex(n=3, ops=1, may=(LOCK_PAUSE, LOCK, LOCK))),
    ("mutex", "three, one pauses, two operations", False,
     mutex(n=3, may=(LOCK_PAUSE, LOCK, LOCK))),
    ("mutex", "three, with deadlines", False,
     mutex(n=3, ops=1, may=(TIMED_LOCK_PAUSE, TIMED_LOCK_PAUSE, TIMED_LOCK))),
    ("biased", "two, four operations", False, biased(ops=(4, 4, 0), OWN_B=1)),
    ("lease", "two, three operations, one polls on", True, lease(ops=3, last=0)),
    ("lease", "two, all operations", True, lease(m=2, ops=2, may=all_may(ALL), last=1)),
    ("lease", "two with two mutexes, three operations", True,
     lease(m=2, ops=3, may=all_may(ONE | BOTH))),
    ("lease", "three, one pauses", True, lease(n=3, ops=1, may=(ONE, ONE, STOP))),
    ("lease", "three, one polls on", False, lease(n=3, last=0)),
]

OFF = gil()
ON = gil(ops=2, start=1)
THREE = mutex(n=3, ops=1, may=(LOCK_PAUSE, LOCK, LOCK))

# model, number, what is wrong, parameters
FAULTS = [
    ("gil", 1, "attach does not look at the GIL again", OFF),
    ("gil", 2, "turned on without stopping the world", OFF),
    ("gil", 3, "a release overlooks WAITERS", ON),
    ("gil", 4, "a waiter sleeps without a last look", ON),
    ("gil", 5, "turning off does not tell the waiters", OFF),
    ("gil", 6, "turning off leaves the lock taken", OFF),
    ("gil", 7, "a thread that ends is not counted down", OFF),
    ("gil", 8, "born in a pause and not suspended", OFF),
    ("gil", 9, "queues without looking at the counter again", gil(n=3, may=(0, 0, SWITCH))),
    ("gil", 10, "a holder that was asked does not hand over", ON),
    ("gil", 12, "a thread that ends stays the holder", ON),
    ("gil", 13, "the holder is cleared without the lock", ON),
    ("gil", 14, "detach does not look for a pause", OFF),
    ("gil", 15, "detach looks for a pause too early", OFF),
    ("gil", 16, "restart does not wake who waits in attach", OFF),
    ("gil", 17, "a release goes by the counter, not by what it holds", OFF),
    ("gil", 18, "attach looks before it announces that it waits", OFF),
    ("gil", 19, "the limit is not looked at again in the pause", gil(PERM=2)),
    ("gil", 20, "restart lets in who does not wait", OFF),
    ("gil", 21, "PERMANENT is not looked at again in the pause", OFF),
    ("gil", 22, "an attached thread is held", OFF),
    ("gil", 23, "disable takes PERMANENT back", OFF),
    ("gil", 24, "the counter is set after the restart", OFF),
    ("gil", 25, "the lock is opened before the counter is 0", OFF),
    ("gil", 26, "a held thread is let go in a pause", OFF),
    ("gil", 27, "turning off does not forget the holding", OFF),
    ("gil", 28, "handing over forgets the other waiters", gil(n=3, start=1, may=all_may(0))),
    ("gil", 29, "passing the queue forgets the waiters", ON),
    ("gil", 30, "handing over leaves the lock free", ON),
    ("gil", 31, "left free and nobody is poked", ON),
    ("gil", 32, "telling a waiter is two steps", ON),
    ("gil", 33, "a pause looks at the state before it asks", OFF),
    ("gil", 34, "who was handed the GIL stays in the queue", ON),
    ("gil", 35, "restart looks for who waits too early", OFF),
    ("gil", 36, "joining the queue is two steps", ON),
    ("gil", 37, "who gives way queues and wakes nobody", gil(ops=2, start=1, POLICY=FAIR)),
    ("biased", 1, "owner cleared after the merge", biased()),
    ("biased", 2, "an owner that leaves looks and leaves in two steps", biased()),
    ("biased", 3, "the queue holds no reference", biased()),
    ("biased", 4, "a merge is two steps", biased()),
    ("biased", 5, "last own reference frees a published object", biased()),
    ("biased", 6, "last own reference leaves the owner set", biased()),
    ("biased", 7, "an owner ends with its queue full", biased()),
    ("biased", 8, "an owner leaves the table before its queue is empty", biased(B_TO=2)),
    ("biased", 9, "stored without being published", biased(SLOT=0, A_TO=2)),
    ("biased", 11, "a try revives a dead object", biased()),
    ("biased", 12, "merged for an owner that is not held", biased()),
    ("biased", 13, "merged meanwhile: the reference is forgotten",
     biased(n=3, ops=(2, 0, 3), SLOT=0, A_TO=6)),
    ("biased", 14, "the owner is not let go", biased()),
    ("biased", 15, "queued twice", biased(n=3, ops=(0, 0, 0), B_TO=6)),
    ("biased", 16, "the owner is gone: one reference too many", biased()),
    ("biased", 17, "no memory: merged without a pause", biased(NO_MEMORY=1)),
    ("biased", 19, "a merge forgets the owner's half", biased()),
    ("biased", 20, "the owner is let go before the merge", biased()),
    ("mutex", 1, "an unlock overlooks PARKED", mutex()),
    ("mutex", 2, "a waiter parks without a last look", mutex()),
    ("mutex", 3, "handed over and left free", mutex()),
    ("mutex", 4, "handing over forgets the other waiters", THREE),
    ("mutex", 5, "a timed-out waiter gives up what it was handed",
     mutex(may=(TIMED_LOCK_PAUSE, TIMED_LOCK_PAUSE, 0))),
    ("mutex", 6, "a waiter does not notice that it was handed the mutex", mutex()),
    ("mutex", 7, "taking a free mutex forgets the waiters", THREE),
    ("mutex", 8, "unlocked after the bucket was opened", mutex()),
    ("mutex", 9, "a waiter stays attached", THREE),
    ("mutex", 11, "a lock is waited for in a pause", mutex()),
    ("mutex", 12, "a thread that ends is not counted down", mutex()),
    ("lease", 1, "a detached thread keeps its lease", lease(m=1, may=all_may(ALL), last=1)),
    ("lease", 2, "who pauses keeps its lease", lease(may=(ONE | STOP, ONE, 0))),
    ("lease", 3, "the lessee is not asked", lease(ops=3, last=0)),
    ("lease", 4, "the lessee is asked in vain", lease(ops=3, last=0)),
    ("lease", 5, "a lease is kept in a wait for another mutex", lease(m=2, ops=3)),
    ("lease", 6, "a lease that ends in use unlocks", lease(m=2, ops=3, may=all_may(ONE | BOTH))),
    ("lease", 8, "a thread ends with its lease", lease()),
]
