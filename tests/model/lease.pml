// SPDX-License-Identifier: MIT
//
// lease.pml - the mutex whose waiters stay attached, and its lease: M mutexes, beside pauses of the
// world. The GIL is off. docs/models.md says what is left out.
//
// Steps       one shared access is one step; what happens under the lock of a bucket is one step.
// Cites       `C: file function`, as in gil.pml.
// Invariants  I1  at most one thread is between lock and unlock of a mutex.
//             I2  in a pause nobody executes but the requester, and nothing is leased.
//             I3  no stuck state; at the end every mutex is free and nobody is parked.
// Time        how long a thread looks, stands back, and has waited is open: it may get a mutex by
//             insisting, or wait in line; an unlock may hand over.
//
// Parameters  N threads; M mutexes; OPS operations each; MAY0, MAY1, MAY2 what each may do; LAST
//             a thread that ends only after all others, and polls meanwhile; FAULT the planted
//             mistake, 0 for none.

#ifndef N
#define N 2
#endif
#ifndef M
#define M 1
#endif
#ifndef OPS
#define OPS 2
#endif
#ifndef MAY0
#define MAY0 1
#endif
#ifndef MAY1
#define MAY1 1
#endif
#ifndef MAY2
#define MAY2 1
#endif
#ifndef LAST
#define LAST 7
#endif
#ifndef FAULT
#define FAULT 0
#endif
#define F(n) (FAULT == n)

#define LOCK 1   // one of the mutexes, lock and unlock
#define BOTH 2   // the last mutex while the first is locked
#define PAUSE 4
#define BLOCK 8  // detach and attach
#define MAY(what) (((t == 0 -> MAY0 : (t == 1 -> MAY1 : MAY2)) & what) != 0)

#define NONE 7
#define DETACHED 0
#define ATTACHED 1
#define SUSPENDED 2
#define LOCKED 1
#define PARKED 2
#define LEASED 4
#define WANTED 8

byte bits[M];                   // tgi_mutex
chan queue[M] = [N] of { byte };
bit posted[N];
bit handed[N];
byte lease[N] = NONE;           // tgi_lease
bit in_use[N];
bit asked[N];                   // TGI_BRK_LEASE

byte state[N] = ATTACHED;
bit stop_bit[N];
bit counted[N];
bit waiting[N];
bit listed[N] = 1;
bit threads_lock;
bit pause_lock;
byte waiting_for;

// What only the proof sees.
byte owner[M] = NONE;
bit executing[N] = 1;
byte pauser = NONE;
byte ended;

inline own(m, who)
{
    assert(owner[m] == NONE);                       // I1
    owner[m] = who
}

// C: runtime/sync/mutex.c tgi_mutex_unlock_wake hand_over
inline unlock_wake(m)
{
    atomic {
        if
        :: (bits[m] & PARKED) && len(queue[m]) > 0 ->
            queue[m] ? w;
            if
            :: handed[w] = 1; bits[m] = LOCKED; own(m, w)
            :: bits[m] = 0
            fi;
            if
            :: len(queue[m]) > 0 -> bits[m] = bits[m] | PARKED
            :: else
            fi;
            posted[w] = 1;
            w = NONE
        :: else -> bits[m] = 0
        fi
    }
}

// C: runtime/sync/lease.c tgi_lease_give_back
// C: runtime/sync/lease.h tgi_lease_end
inline end_lease()
{
    if
    :: lease[t] != NONE ->
        u = lease[t];
        lease[t] = NONE;
        if
        :: in_use[t] && !F(6) -> in_use[t] = 0; bits[u] = bits[u] & 3
        :: else -> in_use[t] = 0; unlock_wake(u)
        fi;
        u = 0
    :: else
    fi
}

// C: runtime/thread/state.c park_recall
// C: runtime/sync/mutex.c recall
inline recall(m)
{
    atomic {
        !threads_lock;
        u = 0;
        do
        :: u < N -> asked[u] = asked[u] || (lease[u] == m && !F(3)); u++
        :: else -> u = 0; break
        od
    }
}

// C: runtime/thread/state.c leave_attached tgi_thread_detach
// C: runtime/thread/stw.c tgi_stw_note_detached
inline detach()
{
    if :: !F(1) -> end_lease() :: else fi;
    executing[t] = 0;
    state[t] = DETACHED;
    if
    :: stop_bit[t] ->
        atomic { !threads_lock -> threads_lock = 1 }
        atomic {
            if
            :: counted[t] -> counted[t] = 0; waiting_for--; state[t] = SUSPENDED
            :: else
            fi;
            threads_lock = 0
        }
    :: else
    fi
}

// C: runtime/thread/state.c enter wait_for_turn
inline attach()
{
    do
    :: atomic { state[t] == DETACHED -> state[t] = ATTACHED; break }
    :: atomic { state[t] == ATTACHED -> break }
    :: state[t] == SUSPENDED ->
        waiting[t] = 1;
        state[t] != SUSPENDED;
        waiting[t] = 0
    od;
    atomic {
        executing[t] = 1;
        assert(pauser == NONE || pauser == t)       // I2
    }
}

proctype thread(byte t)
{
    byte ops = OPS, m = 0, inner = NONE;
    byte seen, u, w = NONE;
    bit yes;

body:
    if
    // C: runtime/thread/breaker.c tgi_breaker_handle
    :: stop_bit[t] -> detach(); attach(); goto body
    :: asked[t] ->
        asked[t] = 0;
        if :: !F(4) -> end_lease() :: else fi;
        goto body
    :: atomic { ops > 0 && MAY(LOCK) -> ops--; m = 0; inner = NONE; goto lock }
    :: atomic { ops > 0 && M > 1 && MAY(LOCK) -> ops--; m = M - 1; inner = NONE; goto lock }
    :: atomic { ops > 0 && M > 1 && MAY(BOTH) -> ops--; m = 0; inner = M - 1; goto lock }
    :: ops > 0 && MAY(BLOCK) -> ops--; detach(); attach(); goto body
    :: atomic { ops > 0 && MAY(PAUSE) -> ops--; goto pause }
    :: t != LAST || ended == N - 1 -> goto end
    fi;

    // C: runtime/sync/lease.h tgi_lease_lock
lock:
    if
    :: lease[t] == m -> atomic { in_use[t] = 1; own(m, t); goto locked }
    :: else
    fi;
    if
    :: atomic { bits[m] == 0 -> bits[m] = LOCKED; own(m, t); goto locked }
    :: else
    fi;
    // C: runtime/sync/lease.c tgi_lease_lock_wait
    // C: runtime/sync/mutex.c tgi_mutex_lock_wait_short stand_back insist want_back
    if :: !F(5) -> end_lease() :: else fi;
    if
    :: skip                                         // insists
    :: goto again
    fi;
    atomic {
        yes = ((bits[m] & LEASED) != 0);
        if
        :: yes -> bits[m] = bits[m] | WANTED
        :: else
        fi
    }
    if
    :: atomic { (bits[m] & LOCKED) == 0 -> bits[m] = bits[m] | LOCKED; own(m, t); goto insisted }
    :: yes -> yes = 0; recall(m); goto again
    :: !yes -> goto again
    fi;
insisted:
    yes = 0;
    lease[t] = m;
    atomic {
        if
        :: bits[m] == LOCKED -> bits[m] = LOCKED | LEASED; in_use[t] = 1; goto locked
        :: else
        fi
    }
    lease[t] = NONE;
    goto locked;

    // C: runtime/sync/mutex.c wait_in_line
again:
    seen = bits[m];
    if
    :: (seen & LOCKED) == 0 ->
        atomic {
            if
            :: bits[m] == seen -> bits[m] = seen | LOCKED; own(m, t); goto locked
            :: else -> goto again
            fi
        }
    :: (seen & LOCKED) && !(seen & PARKED) ->
        atomic {
            if
            :: bits[m] == seen -> bits[m] = seen | PARKED; seen = bits[m]
            :: else -> goto again
            fi
        }
    :: else
    fi;
    if
    :: seen & LEASED -> recall(m)
    :: else
    fi;
    // C: runtime/sync/parking_lot.c tgi_park
    atomic {
        if
        :: bits[m] == seen -> posted[t] = 0; handed[t] = 0; queue[m] ! t; seen = 0
        :: else -> seen = 0; goto again
        fi
    }
    // Attached: a pause waits for it. C: runtime/sync/parking_lot.c sleep_until_posted
    posted[t];
    atomic {
        posted[t] = 0;
        if
        :: handed[t] -> handed[t] = 0; goto locked  // hand_over made it the owner
        :: else -> goto again
        fi
    }

locked:
    assert(owner[m] == t);
    if
    :: inner != NONE && inner != m -> atomic { m = inner; goto lock }
    :: else
    fi;

    // C: runtime/sync/lease.h tgi_lease_unlock
    // C: runtime/sync/mutex.h tgi_mutex_unlock
unlock:
    atomic { assert(owner[m] == t); owner[m] = NONE; yes = (lease[t] == m) }
    if
    :: yes ->
        yes = 0;
        in_use[t] = 0;
        if
        :: bits[m] != (LOCKED | LEASED) -> end_lease()
        :: else
        fi
    :: else ->
        if
        :: atomic { bits[m] == LOCKED -> bits[m] = 0 }
        :: else -> unlock_wake(m)
        fi
    fi;
    if
    :: inner != NONE && m != 0 -> atomic { m = 0; inner = NONE; goto unlock }
    :: else -> goto body
    fi;

    // C: runtime/thread/stw.c stop stop_threads lock_scope
pause:
    do
    :: atomic { !pause_lock -> pause_lock = 1; break }
    :: pause_lock -> detach(); !pause_lock; attach()
    od;
    if :: !F(2) -> end_lease() :: else fi;
    atomic { !threads_lock -> threads_lock = 1; u = 0 }
    do
    :: u < N && listed[u] && u != t ->
        stop_bit[u] = 1;
        atomic {
            if
            :: state[u] == DETACHED -> state[u] = SUSPENDED
            :: state[u] == ATTACHED -> counted[u] = 1; waiting_for++
            :: else
            fi;
            u++
        }
    :: atomic { u < N && (!listed[u] || u == t) -> u++ }
    :: atomic { u == N -> u = 0; break }
    od;
    threads_lock = 0;
    waiting_for == 0;
    atomic {
        !threads_lock -> pauser = t;
        do
        :: u < N -> assert((u == t || !executing[u]) && lease[u] == NONE); u++ // I2
        :: else -> u = 0; break
        od
    }
    // C: runtime/thread/stw.c start tgi_stw_release_locked
    atomic { !threads_lock -> threads_lock = 1; pauser = NONE }
    do
    :: u < N && listed[u] && u != t ->
        stop_bit[u] = 0;
        atomic {
            if
            :: state[u] == SUSPENDED -> state[u] = (waiting[u] -> ATTACHED : DETACHED)
            :: else
            fi;
            u++
        }
    :: atomic { u < N && (!listed[u] || u == t) -> u++ }
    :: atomic { u == N -> u = 0; break }
    od;
    atomic { threads_lock = 0; pause_lock = 0; goto body }

    // C: runtime/thread/state.c tgi_thread_end withdraw
    // C: runtime/thread/stw.c tgi_stw_forget_locked
end:
    if :: !F(8) -> end_lease() :: else fi;
    executing[t] = 0;
    atomic {
        !threads_lock ->
        if
        :: counted[t] -> counted[t] = 0; waiting_for--
        :: else
        fi;
        listed[t] = 0;
        ended++;
        if
        :: ended == N ->
            u = 0;
            do
            :: u < M -> assert(bits[u] == 0 && len(queue[u]) == 0 && owner[u] == NONE); u++ // I3
            :: else -> break
            od
        :: else
        fi
    }
}

init
{
    byte i;
    atomic {
        do
        :: i < N -> run thread(i); i++
        :: else -> break
        od
    }
}
