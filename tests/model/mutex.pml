// SPDX-License-Identifier: MIT
//
// mutex.pml - the one-byte mutex whose waiters detach, with its hand-over, beside pauses of the
// world. The GIL is off. docs/models.md says what is left out.
//
// Steps       one shared access is one step; what happens under the lock of a bucket is one step.
// Cites       `C: file function`, as in gil.pml.
// Invariants  I1  the mutex belongs to at most one thread.
//             I2  in a pause nobody executes but the requester, though a thread that is suspended
//                 may own the mutex: it was handed over.
//             I3  no stuck state; at the end the mutex is free and nobody is parked on it.
// Time        whether a waiter has waited long enough to be handed the mutex is open at each unlock.
//             A wait with a deadline may end at any moment, but only where MAY says that it has one.
//
// Parameters  N threads; OPS operations each; MAY0, MAY1, MAY2 what each may do; FAULT the planted
//             mistake, 0 for none.

#ifndef N
#define N 2
#endif
#ifndef OPS
#define OPS 2
#endif
#ifndef MAY0
#define MAY0 7
#endif
#ifndef MAY1
#define MAY1 7
#endif
#ifndef MAY2
#define MAY2 7
#endif
#ifndef FAULT
#define FAULT 0
#endif
#define F(n) (FAULT == n)

#define LOCK 1   // lock, perhaps detach in between, unlock
#define PAUSE 2
#define TIMED 4  // waits have a deadline
#define MAY(what) (((t == 0 -> MAY0 : (t == 1 -> MAY1 : MAY2)) & what) != 0)

#define NONE 7
#define DETACHED 0
#define ATTACHED 1
#define SUSPENDED 2
#define LOCKED 1
#define PARKED 2

byte bits = 0;                  // tgi_mutex
chan queue = [N] of { byte };   // parked on it, longest wait first
bit posted[N];
bit handed[N];                  // mutex_waiter.handed_over

byte state[N] = ATTACHED;
bit stop_bit[N];
bit counted[N];
bit waiting[N];                 // attach_waiting
bit listed[N] = 1;
bit threads_lock;
bit pause_lock;
bit requested;
byte waiting_for;

// What only the proof sees.
byte owner = NONE;
bit executing[N] = 1;
byte pauser = NONE;             // the world is stopped for it
byte ended;

inline own()
{
    assert(owner == NONE || owner == t);            // I1
    owner = t
}

// C: runtime/thread/state.c leave_attached
// C: runtime/thread/stw.c tgi_stw_note_detached
inline detach()
{
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
    byte ops = OPS;
    byte seen, u, w = NONE;
    bit more, yes;

body:
    if
    // C: runtime/thread/breaker.c tgi_breaker_handle
    :: stop_bit[t] -> detach(); attach(); goto body
    :: atomic { ops > 0 && MAY(LOCK) -> ops--; goto lock }
    :: atomic { ops > 0 && MAY(PAUSE) -> ops--; goto pause }
    :: goto end
    fi;

    // C: runtime/sync/mutex.c tgi_mutex_lock_wait wait_in_line
lock:
    if
    :: atomic { bits == 0 -> bits = LOCKED; own(); goto locked }
    :: else
    fi;
    // Standing back for a while before it waits is the step below, once or many times.
again:
    seen = bits;
    if
    :: (seen & LOCKED) == 0 ->
        atomic {
            if
            :: bits == seen -> bits = (F(7) -> LOCKED : seen | LOCKED); own(); goto locked
            :: else -> goto again
            fi
        }
    :: (seen & LOCKED) && !(seen & PARKED) ->
        atomic {
            if
            :: bits == seen -> bits = seen | PARKED; seen = bits
            :: else -> goto again
            fi
        }
    :: else
    fi;
    // C: runtime/sync/parking_lot.c tgi_park
    if :: !F(9) -> detach() :: else fi;
    atomic {
        if
        :: bits == seen || F(2) -> posted[t] = 0; handed[t] = 0; queue ! t; yes = 1
        :: else -> yes = 0
        fi;
        seen = 0
    }
    if
    :: yes ->
        // C: runtime/sync/parking_lot.c give_up sleep_until_posted
        if
        :: posted[t]
        :: atomic { MAY(TIMED) && queue ?? [eval(t)] -> queue ?? eval(t); yes = 0 }
        :: atomic { MAY(TIMED) && F(5) && !(queue ?? [eval(t)]) -> handed[t] = 0; yes = 0 }
        fi;
        if :: !F(9) -> attach() :: else fi;
        atomic {
            posted[t] = 0;
            if
            :: !yes -> goto body                    // timed out
            :: yes && handed[t] && !F(6) -> yes = 0; handed[t] = 0; own(); goto locked
            :: else -> yes = 0; handed[t] = 0; goto again
            fi
        }
    :: else ->
        if :: !F(9) -> attach() :: else fi;
        goto again
    fi;

locked:
    assert(owner == t);
    if
    :: pauser == t -> goto unlock
    :: else
    fi;
    if
    :: skip
    :: detach(); attach()                           // a blocking call while it is held
    fi;
    assert(owner == t);

    // C: runtime/sync/mutex.c tgi_mutex_unlock_wake hand_over
    // C: runtime/sync/mutex.h tgi_mutex_unlock
unlock:
    if
    :: atomic { bits == LOCKED || F(1) -> bits = 0; owner = NONE; goto unlocked }
    :: else
    fi;
    // C: runtime/sync/parking_lot.c tgi_unpark_one
    atomic {
        w = NONE;
        owner = NONE;
        if
        :: len(queue) > 0 -> queue ? w
        :: len(queue) == 0
        fi;
        more = (len(queue) > 0 && !F(4));
        if
        :: w != NONE -> yes = 1
        :: true -> yes = 0
        fi;
        if :: F(8) -> goto publish :: else fi;
        bits = (yes && !F(3) -> LOCKED : 0) | (more -> PARKED : 0);
        if
        :: yes -> handed[w] = 1; owner = w
        :: else
        fi
    }
wake:
    atomic {
        if
        :: w != NONE -> posted[w] = 1
        :: else
        fi;
        w = NONE; more = 0; yes = 0
    }
unlocked:
    if
    :: pauser == t -> goto restart
    :: else -> goto body
    fi;
    // Fault 8: the byte is written after the bucket is open again.
publish:
    atomic {
        bits = (yes -> LOCKED : 0) | (more -> PARKED : 0);
        if
        :: yes -> handed[w] = 1; owner = w
        :: else
        fi;
        goto wake
    }

    // C: runtime/thread/stw.c stop stop_threads lock_scope
pause:
    do
    :: atomic { !pause_lock -> pause_lock = 1; break }
    :: pause_lock -> detach(); !pause_lock; attach()
    od;
    atomic { !threads_lock -> threads_lock = 1; requested = 1; u = 0 }
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
        :: u < N -> assert(u == t || !executing[u]); u++
        :: else -> u = 0; break
        od
    }
    if
    :: F(11) -> goto lock                           // waits for a lock in a pause
    :: else
    fi;
    // C: runtime/thread/stw.c start tgi_stw_release_locked
restart:
    atomic { !threads_lock -> threads_lock = 1; pauser = NONE; requested = 0 }
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
    executing[t] = 0;
    atomic {
        !threads_lock ->
        if
        :: counted[t] && !F(12) -> counted[t] = 0; waiting_for--
        :: else
        fi;
        listed[t] = 0;
        ended++;
        if
        :: ended == N -> assert(bits == 0 && len(queue) == 0 && owner == NONE) // I3
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
