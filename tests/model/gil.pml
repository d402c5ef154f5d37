// SPDX-License-Identifier: MIT
//
// gil.pml - the GIL with its counter, attach and detach, and the pause, as they stand in
// runtime/thread/. One process is one thread with its state. docs/models.md says what is left out.
//
// Steps       one shared access is one step; what the C code does under a lock is several steps
//             with that lock as a variable where others look at the same fields without it, and
//             one step where nobody does.
// Cites       each section names the functions it abstracts: `C: file function`. run.py keeps a
//             hash of each and fails when one changes before somebody has compared it again.
// Invariants  I1  the GIL on: at most one thread executes.
//             I2  a stopped world: nobody executes but the requester, all others are SUSPENDED.
//             I3  a thread held detached does not execute.
//             I4  a thread that was asked to let go while it held the GIL does not have it again
//                 before another thread had it (policies `timed` and `fair`). A request of one
//                 that was told in the meantime that the GIL is off is void.
//             I5  the counter never leaves PERM, never reaches it by counting, is never negative,
//                 and is 0 or PERM at the end.
//             I6  nobody touches a freed thread state.
//             I7  no stuck state; at the end every lock is free and every queue empty.
//             I8  nobody queues for a GIL that is off.
//             I9  G4 in gil.c: WAITERS is on iff the queue is not empty.
// Time        a nap ends by itself only if that changes something (somebody really holds the lock
//             and was not asked yet), or, at most EARLY times, at any moment. So the clock cannot
//             repair a lost wake-up.
//
// Parameters  N threads; OPS operations each; ENABLED0 the counter at the start; PERM its
//             limit; POLICY 0 `timed`, 1 `fair`, 2 `ticks`; MAY0, MAY1, MAY2 what each may do;
//             FAULT the planted mistake, 0 for none.

#ifndef N
#define N 2
#endif
#ifndef OPS
#define OPS 2
#endif
#ifndef ENABLED0
#define ENABLED0 1
#endif
#ifndef PERM
#define PERM 3
#endif
#ifndef EARLY
#define EARLY 0
#endif
#ifndef FAULT
#define FAULT 0
#endif
#ifndef MAY0
#define MAY0 31
#endif
#ifndef MAY1
#define MAY1 31
#endif
#ifndef MAY2
#define MAY2 31
#endif
#define F(n) (FAULT == n)

// What a thread may do.
#define BLOCK 1  // detach and attach again: a blocking call
#define SWITCH 2 // enable, later disable
#define FOREVER 4 // enable, later make it permanent
#define PAUSE 8  // stop the world and start it again
#define HOLD 16  // keep another thread from attaching for a moment
#define CHANGE 32 // to the next policy
#define MAY(what) (((t == 0 -> MAY0 : (t == 1 -> MAY1 : MAY2)) & what) != 0)

#define NONE 7

#define TIMED 0
#define FAIR 1
#define TICKS 2
#ifndef POLICY
#define POLICY TIMED
#endif

// tgi_state
#define DETACHED 0
#define ATTACHED 1
#define SUSPENDED 2

// gil.word
#define LOCKED 1
#define WAITERS 2

// A waiter's state, runtime/thread/gil_policy.h
#define AWAKE 0
#define PARKED 1
#define POKED 2
#define GRANTED 3
#define OFF 4

// struct tgi_gil, runtime/thread/gil.h
byte word = 0;
byte count = ENABLED0;          // gil.enabled
byte holder = NONE;
byte policy = POLICY;
bit gil_lock;                   // guards the queue
byte head = NONE;               // first of the queue
byte behind[N];                 // who stands behind a waiter, or NONE
byte told[N];                   // state of a waiter
bit gave_way[N];                // it computed and was asked
bit asleep[N];                  // parked on its state

// struct tg_thread, runtime/thread/state.h
byte state[N];
bit holds_gil[N];
bit stop_bit[N];                // TGI_BRK_STOP
bit drop_bit[N];                // TGI_BRK_GIL_DROP
bit waiting[N];                 // attach_waiting
bit parked[N];                  // parked on &state
bit counted[N];
byte holds[N];
bit listed[N];

// struct tgi_stw, runtime/thread/stw.h
bit threads_lock;
bit pause_lock;                 // pause_lock and the record's lock together
bit requested;
byte requester = NONE;
byte waiting_for;
bit all_stopped;

// What only the proof sees.
bit executing[N];               // between the return from attach and the call of detach
byte executors;
bit stopped;                    // between the return from stop and the call of start
byte owing = NONE;               // was asked while it held the GIL: somebody else has it next
bit opening;                    // the counter is 0 and the waiters are about to be told
bit changed;                    // the policy has changed since
bit freed[N];
bit was_permanent;
byte early = EARLY;
byte ended;

inline begin_execution()
{
    executing[t] = 1;
    executors++;
    assert(count == 0 || executors == 1);         // I1
    assert(count == 0 || holds_gil[t]);           // T2 in state.c
    assert(!stopped || requester == t);             // I2
    assert(holds[t] == 0);                          // I3
    assert(state[t] == ATTACHED);
}

inline end_execution()
{
    executing[t] = 0;
    executors--;
}

// -- runtime/thread/gil.c -------------------------------------------------------------------------

// The GIL goes to x: the exchange of the word, with what the proof notes.
inline goes_to(x)
{
    assert(owing != x || changed);                  // I4
    owing = NONE
}

inline unlock_gil()
{
    assert((head != NONE) == ((word & WAITERS) != 0) || (head == NONE && word == 0));
    gil_lock = 0
}

// C: runtime/thread/gil.c tell_locked
inline say(x, what)
{
    if
    :: F(32) ->
        found = told[x];
        told[x] = what
    :: else -> atomic { found = told[x]; told[x] = what }
    fi
}

// As above, woken under the lock: turning off, and a change of the policy.
inline tell(x, what)
{
    say(x, what);
    if
    :: atomic { found == PARKED -> asleep[x] = 0; found = NONE }
    :: atomic { else -> found = NONE }
    fi
}

// C: runtime/thread/gil.c tgi_gil_release release_slow hand_over_locked leave_free_locked
inline gil_release(final)
{
    if
    :: (F(17) -> count != 0 : holds_gil[t]) ->
        holds_gil[t] = 0;
        if
        :: atomic { word == LOCKED || F(3) -> word = 0 }
        :: atomic { else -> asked = 0 }
            atomic { !gil_lock -> gil_lock = 1 }
            atomic { assert(head != NONE); asked = (drop_bit[t] && !F(10)) }
            if
            :: atomic { policy == FAIR || (asked && policy == TIMED) ->
                asked = 0;
                u = head;
                head = (F(34) -> head : behind[u]) }
                drop_bit[u] = 0;
                holder = u;
                atomic {
                    goes_to(u);
                    word = (F(30) -> 0 : LOCKED) | (head != NONE && !F(28) -> WAITERS : 0)
                }
                say(u, GRANTED)
            :: atomic { else -> asked = 0; word = WAITERS; u = head }
                if :: !F(31) -> say(u, POKED) :: else fi
            fi;
            atomic { gil_lock = 0 }
            if // wake, without the lock; who gives way queues first
            :: atomic { found == PARKED && policy == FAIR && gave_way[t] && !final ->
                to_wake = u; found = NONE; u = 0 }
            :: atomic { found == PARKED && !(policy == FAIR && gave_way[t] && !final) ->
                asleep[u] = 0; found = NONE; u = 0 }
            :: atomic { found != PARKED -> found = NONE; u = 0 }
            fi
        fi
    :: else
    fi;
    if
    :: final && !F(12) ->
        if
        :: atomic { F(13) -> holder = (holder == t -> NONE : holder) }
        :: !F(13) ->
            atomic { !gil_lock -> gil_lock = 1 }
            atomic { holder = (holder == t -> NONE : holder); gil_lock = 0 }
        fi
    :: else
    fi
}

// C: runtime/thread/gil.c wake_told tgi_gil_give_way
inline wake_told()
{
    if
    :: atomic { to_wake != NONE && !F(37) -> asleep[to_wake] = 0; to_wake = NONE }
    :: atomic { else -> to_wake = NONE }
    fi
}

// A nap of t ends because it is time to ask, and asking changes something.
#define TIME_TO_ASK (policy != TICKS && (word & LOCKED) && holder != NONE && holder != t && \
                     holds_gil[holder] && !drop_bit[holder])

// -- runtime/thread/state.c -----------------------------------------------------------------------

// C: runtime/thread/stw.c count_down_locked
inline count_down(u)
{
    counted[u] = 0;
    waiting_for--;
    if
    :: waiting_for == 0 -> all_stopped = 1
    :: else
    fi
}

// C: runtime/thread/state.c leave_attached
// C: runtime/thread/stw.c tgi_stw_note_detached
inline leave_attached()
{
    if
    :: F(15) -> asked = stop_bit[t]; state[t] = DETACHED
    :: else -> state[t] = DETACHED; asked = stop_bit[t]
    fi;
    if
    :: atomic { asked && !F(14) -> asked = 0 }
        atomic { !threads_lock -> threads_lock = 1 }
        atomic {
            if
            :: counted[t] ->
                assert(state[t] == DETACHED || state[t] == SUSPENDED);
                state[t] = SUSPENDED;
                count_down(t)
            :: else
            fi;
            threads_lock = 0
        }
    :: atomic { else -> asked = 0 }
    fi
}

// C: runtime/thread/stw.c tgi_stw_release_locked
inline release_suspended(u)
{
    turn = waiting[u];
    turn = (turn || F(20)) && (holds_gil[u] || count == 0);
    if :: F(35) -> asked = waiting[u] :: else fi;
    atomic { state[u] = (turn -> ATTACHED : DETACHED); turn = 0 }
    if
    :: atomic { (F(35) -> asked : waiting[u]) && !F(16) -> parked[u] = 0; asked = 0 }
    :: atomic { else -> asked = 0 }
    fi
}

proctype thread(byte t)
{
    byte ops = OPS;
    byte mine;              // requests of this thread that are not undone
    byte why;               // where attach and detach go on
    byte seen, found = NONE, u;
    byte to_wake = NONE;    // gil_told
    bit asked, turn;

#define BIRTH 0
#define YIELD 1
#define LOCK_GIVEN 2
#define LOCK_AGAIN 3
#define ENABLE 4
#define PAUSING 5

    // C: runtime/thread/state.c new_state
    // C: runtime/thread/stw.c tgi_stw_adopt_locked
    atomic { !threads_lock -> threads_lock = 1 }
    atomic {
        listed[t] = 1;
        if
        :: requested && !F(8) -> stop_bit[t] = 1; state[t] = SUSPENDED
        :: else
        fi;
        threads_lock = 0
    }
    why = BIRTH;

    // C: runtime/thread/state.c enter
    // C: runtime/thread/gil.c tgi_gil_take tgi_gil_try_take take_slow begin_turn forget_requests note_taken
attach:
    if
    :: count == 0 || holds_gil[t] -> goto enter_state
    :: else
    fi;
    if
    :: atomic { word == 0 -> word = LOCKED; goes_to(t); goto claimed }
    :: else
    fi;

    // C: runtime/thread/gil.c barge
    if
    :: policy == FAIR -> goto join
    :: else
    fi;
    wake_told();
barge:
    seen = word;
    if
    :: atomic { count == 0 -> seen = 0; goto enter_state }
    :: else
    fi;
    if
    :: (seen & LOCKED) == 0 ->
        atomic {
            if
            :: word == seen ->
                word = (F(29) -> LOCKED : seen | LOCKED);
                goes_to(t);
                seen = 0;
                goto claimed
            :: else -> goto barge
            fi
        }
    :: atomic { (seen & LOCKED) != 0 -> seen = 0 }
    fi;

    // C: runtime/thread/gil.c join_locked tgi_gil_insert_locked
    // C: runtime/thread/gil_timed.c enqueue_locked
    // C: runtime/thread/gil_fair.c enqueue_locked
    // C: runtime/thread/gil_ticks.c enqueue_locked
join:
    atomic { !gil_lock -> gil_lock = 1 }
    if
    :: atomic { count == 0 && !F(9) -> gil_lock = 0; goto enter_state }
    :: else
    fi;
    if :: F(36) -> seen = word :: else fi;
    atomic {
        if :: !F(36) -> seen = word :: else fi;
        if
        :: head == NONE && (seen & LOCKED) == 0 ->
            word = LOCKED;
            goes_to(t);
            seen = 0;
            unlock_gil();
            goto claimed
        :: else
        fi;
        assert(count > 0 || opening);               // I8
        if
        :: head == NONE -> word = LOCKED | WAITERS
        :: else
        fi;
        told[t] = AWAKE;
        // `fair`: one that gave way is due later, so others may or may not be before it, those
        // that keep their turn among them.
        seen = NONE;
        u = head;
        do
        :: u == NONE -> break
        :: u != NONE -> seen = u; u = behind[u]
        :: policy == FAIR && u != NONE && gave_way[u] -> break
        od;
        behind[t] = u;
        if
        :: seen == NONE -> head = t
        :: else -> behind[seen] = t
        fi;
        seen = 0;
        u = 0;
        unlock_gil()
    }
    wake_told();

    // C: runtime/thread/gil.c wait_in_queue wait_for_word ask_holder
    // C: runtime/thread/gil_timed.c ask_at start_clock
    // C: runtime/thread/gil_fair.c ask_at asked
    // C: runtime/thread/gil_ticks.c ask_at asked
wait:
    if
    :: atomic { told[t] != AWAKE -> goto was_told }
    :: atomic { told[t] == AWAKE -> told[t] = PARKED }
    fi;
    // C: runtime/sync/parking_lot.c tgi_park
    atomic {
        if
        :: told[t] == PARKED || F(4) -> asleep[t] = 1
        :: else
        fi
    }
    if
    :: !asleep[t] && told[t] != PARKED
    // C: runtime/sync/parking_lot.c give_up
    :: atomic { told[t] == PARKED && TIME_TO_ASK -> asleep[t] = 0; asked = 1 }
    :: atomic { asleep[t] && early > 0 -> early--; asleep[t] = 0; asked = 1 }
    fi;
    if
    :: atomic { told[t] == PARKED -> told[t] = AWAKE }
    :: atomic { told[t] != PARKED -> asked = 0; goto was_told }
    fi;
    if
    :: atomic { asked -> asked = 0 }
        atomic { !gil_lock -> gil_lock = 1; found = holder }
        atomic {
            if
            :: found != NONE && found != t ->
                assert(!freed[found]);              // I6
                drop_bit[found] = 1;
                if
                :: holds_gil[found] && policy != TICKS && told[t] != OFF -> owing = found
                :: else
                fi
            :: else
            fi;
            found = NONE;
            gil_lock = 0
        }
    :: else
    fi;
    goto wait;

was_told:
    if
    :: atomic { told[t] == GRANTED -> told[t] = AWAKE; goto taken }
    :: atomic { told[t] == OFF -> told[t] = AWAKE; goto enter_state }
    :: told[t] == POKED
    fi;
    // C: runtime/thread/gil.c look remove_locked
    atomic { !gil_lock -> gil_lock = 1 }
    atomic {
        if
        :: told[t] == POKED -> told[t] = AWAKE
        :: else -> gil_lock = 0; goto was_told
        fi
    }
    atomic {
        if
        :: (word & LOCKED) == 0 ->
            // Off the queue, wherever in it.
            if
            :: head == t -> head = behind[t]
            :: else ->
                u = head;
                do
                :: behind[u] == t -> behind[u] = behind[t]; break
                :: behind[u] != t -> u = behind[u]
                od;
                u = 0
            fi;
            word = LOCKED | (head != NONE -> WAITERS : 0);
            goes_to(t);
            unlock_gil();
            goto claimed
        :: else -> unlock_gil(); goto wait
        fi
    }

claimed:
    holder = t;
    drop_bit[t] = 0;
taken:
    holds_gil[t] = 1;

enter_state:
    if
    :: atomic { state[t] == DETACHED -> state[t] = ATTACHED }
    :: state[t] == ATTACHED
    :: state[t] == SUSPENDED ->
        // C: runtime/thread/state.c wait_for_turn
        if :: !F(18) -> waiting[t] = 1 :: else fi;
        do
        :: state[t] != SUSPENDED -> break
        :: atomic { state[t] == SUSPENDED && !F(18) -> parked[t] = 1 }
            !parked[t]
        :: F(18) && state[t] == SUSPENDED ->
            waiting[t] = 1;
            parked[t] = 1;
            !parked[t]
        od;
        waiting[t] = 0;
        goto enter_state
    fi;
    if
    :: atomic { holds_gil[t] || count == 0 || F(1) ->
        begin_execution();
        gave_way[t] = 0;
        // It did not have to queue.
        if
        :: to_wake != NONE -> asleep[to_wake] = 0; to_wake = NONE
        :: else
        fi;
        if
        :: why == LOCK_GIVEN -> why = PAUSING; goto stop
        :: why == LOCK_AGAIN -> why = PAUSING; goto lock_scope
        :: why == ENABLE -> assert(mine == 0 || count > 0); goto body
        :: else -> goto body
        fi }
    :: else ->
        leave_attached();
        goto attach
    fi;

body:
    if
    // C: runtime/thread/breaker.c tgi_breaker_handle
    // C: runtime/thread/gil.c tgi_gil_yield
    :: atomic { stop_bit[t] || (drop_bit[t] && holds_gil[t]) ->
        gave_way[t] = (!stop_bit[t]); why = YIELD; goto detach }
    // C: runtime/thread/gil_ticks.c tgi_gil_tick
    :: atomic { policy == TICKS && holds_gil[t] && (word & WAITERS) ->
        gave_way[t] = 1; why = YIELD; goto detach }
    :: atomic { ops > 0 && MAY(CHANGE) -> ops--; goto change }
    :: atomic { drop_bit[t] && !holds_gil[t] && !stop_bit[t] -> drop_bit[t] = 0; goto body }
    :: atomic { ops > 0 && MAY(BLOCK) -> ops--; why = YIELD; goto detach }
    :: atomic { ops > 0 && (MAY(SWITCH) || MAY(FOREVER)) -> ops--; goto enable }
    :: atomic { mine > 0 && MAY(SWITCH) -> goto disable }
    // C: runtime/thread/gil_switch.c tgi_gil_enable_permanent
    :: atomic { mine > 0 && MAY(FOREVER) ->
        assert(count > 0 && holds_gil[t]);
        mine--;
        was_permanent = 1;
        count = PERM;
        goto body }
    :: atomic { ops > 0 && MAY(PAUSE) -> ops--; why = PAUSING; goto lock_scope }
    :: atomic { ops > 0 && MAY(HOLD) -> ops--; goto hold }
    :: mine == 0 -> goto end
    fi;

    // C: runtime/thread/state.c tgi_thread_detach
detach:
    end_execution();
    leave_attached();
    gil_release(false);
    if
    :: why == YIELD -> goto attach
    :: why == ENABLE -> goto lock_scope
    // C: runtime/sync/parking_lot.c tgi_park
    // Waiting for the lock of the pause, detached: it is handed over, or just free again.
    :: why == LOCK_AGAIN ->
        if
        :: atomic { !pause_lock -> pause_lock = 1; why = LOCK_GIVEN; goto attach }
        :: atomic { !pause_lock -> goto attach }
        fi
    fi;

    // C: runtime/thread/stw.c lock_scope
lock_scope:
    if
    :: atomic { !pause_lock -> pause_lock = 1 }
    :: atomic { pause_lock && why == PAUSING -> why = LOCK_AGAIN; goto detach }
    fi;

    // C: runtime/thread/stw.c stop stop_threads
stop:
    if :: F(2) && why == ENABLE -> goto world_stopped :: else fi;
    atomic { !threads_lock -> threads_lock = 1 }
    atomic {
        assert(!requested);                         // S4 in stw.c
        requested = 1;
        requester = (why == PAUSING -> t : NONE);
        waiting_for = 0;
        all_stopped = 0;
        u = 0
    }
    do
    :: u < N && listed[u] && u != requester ->
        if :: !F(33) -> stop_bit[u] = 1 :: else fi;
        atomic {
            if
            :: state[u] == DETACHED -> state[u] = SUSPENDED
            :: state[u] == ATTACHED -> counted[u] = 1; waiting_for++
            :: else
            fi;
        }
        atomic {
            if :: F(33) -> stop_bit[u] = 1 :: else fi;
            u++
        }
    :: atomic { u < N && (!listed[u] || u == requester) -> u++ }
    :: atomic { u == N -> u = 0; break }
    od;
    if
    :: atomic { waiting_for == 0 -> threads_lock = 0 }
    :: atomic { else -> threads_lock = 0 }
        // The requester stays attached.
        all_stopped;
        !threads_lock
    fi;
world_stopped:
    atomic {
        stopped = 1;
        if
        :: !F(2) ->
            assert(executors == (requester == NONE -> 0 : 1));
            assert(requester == NONE || executing[requester]);
            assert(waiting_for == 0);
            do
            :: u < N ->
                assert(!listed[u] || u == requester || state[u] == SUSPENDED); // I2, S2 in stw.c
                u++
            :: else -> u = 0; break
            od
        :: else
        fi
    }
    // C: runtime/thread/gil_switch.c tgi_gil_enable_transient
    if
    :: atomic { why == ENABLE && !F(24) -> 
        if
        :: count == PERM - 1 && !F(19) -> mine--                  // N1: refused
        :: count == PERM && !F(21) -> mine--                      // N2: absorbed
        :: else ->
            assert(count + 1 < PERM);                             // I5
            assert(count > 0 || executors == 0);
            count++;
            asked = 1
        fi }
    :: else
    fi;
    // C: runtime/thread/gil.c tgi_gil_try_take
    if
    :: atomic { asked && word == 0 -> asked = 0; word = LOCKED; goes_to(t) }
        holder = t;
        drop_bit[t] = 0;
        holds_gil[t] = 1
    :: atomic { asked && word != 0 -> asked = 0 }
    :: !asked
    fi;

    // C: runtime/thread/stw.c start
    if :: F(2) && why == ENABLE -> stopped = 0; goto started :: else fi;
    atomic { !threads_lock -> threads_lock = 1; stopped = 0; requested = 0; requester = NONE }
    do
    :: u < N && listed[u] && !(u == t && why == PAUSING) ->
        stop_bit[u] = 0;
        if
        :: state[u] == SUSPENDED && holds[u] == 0 -> release_suspended(u)
        :: else
        fi;
        u++
    :: atomic { u < N && (!listed[u] || (u == t && why == PAUSING)) -> u++ }
    :: atomic { u == N -> u = 0; break }
    od;
    threads_lock = 0;
started:
    pause_lock = 0;
    if
    :: why == PAUSING -> goto body
    :: atomic { why == ENABLE && F(24) -> count++; goto attach }
    :: why == ENABLE && !F(24) -> goto attach
    fi;

    // C: runtime/thread/gil_switch.c tgi_gil_enable_transient
enable:
    atomic {
        if
        :: count == PERM -> goto body
        :: count == PERM - 1 -> goto body
        :: count > 0 && count < PERM - 1 ->
            assert(holds_gil[t]);
            count++;
            mine++;
            goto body
        :: count == 0 -> mine++; why = ENABLE; goto detach
        fi
    }

    // C: runtime/thread/gil_switch.c tgi_gil_disable
disable:
    atomic {
        assert(count > 0);                                        // I5
        mine--;
        if
        :: count == PERM && !F(23) -> goto body
        :: else -> assert(holds_gil[t])
        fi
    }
    if
    :: count > 1 ->
        count--;
        goto body
    :: else
    fi;
    if
    :: F(25) -> word = 0; count--
    :: else -> atomic { count--; opening = 1 }
    fi;
    // C: runtime/thread/gil.c tgi_gil_open
    if :: !F(27) -> holds_gil[t] = 0 :: else fi;
    atomic { !gil_lock -> gil_lock = 1 }
    atomic {
        owing = NONE;
        opening = 0;
        if
        :: F(6) || F(25)
        :: else -> word = 0
        fi
    }
    do
    :: head != NONE && !F(5) ->
        atomic { u = head; head = behind[u] }
        tell(u, OFF)
    :: head == NONE || F(5) -> break
    od;
    atomic { u = 0; gil_lock = 0 }
    drop_bit[t] = 0;
    goto body;

    // C: runtime/thread/gil.c tgi_gil_set_policy
change:
    atomic { policy = (policy + 1) % 3; changed = 1 }
    atomic { !gil_lock -> gil_lock = 1; u = head }
    do
    :: u != NONE -> tell(u, POKED); u = behind[u]
    :: u == NONE -> break
    od;
    atomic { u = 0; gil_lock = 0; goto body }

    // C: runtime/thread/state.c tgi_thread_hold_detached
hold:
    atomic { !threads_lock -> threads_lock = 1; u = (t + 1) % N }
    atomic {
        if
        :: listed[u] && (state[u] == DETACHED || state[u] == SUSPENDED || F(22)) ->
            state[u] = SUSPENDED;
            holds[u]++;
            assert(!executing[u]);
            threads_lock = 0
        :: else -> threads_lock = 0; u = 0; goto body
        fi
    }
    // C: runtime/thread/state.c tgi_thread_unhold
    atomic { !threads_lock -> threads_lock = 1; holds[u]--; assert(!executing[u]) }
    if
    :: holds[u] == 0 && (!requested || F(26)) -> release_suspended(u)
    :: else
    fi;
    atomic { threads_lock = 0; u = 0; goto body }

    // C: runtime/thread/state.c tgi_thread_end withdraw
    // C: runtime/thread/stw.c tgi_stw_forget_locked
end:
    end_execution();
    atomic { !threads_lock -> threads_lock = 1 }
    atomic {
        assert(holds[t] == 0);
        if
        :: counted[t] && !F(7) -> count_down(t)
        :: else
        fi;
        listed[t] = 0;
        threads_lock = 0
    }
    gil_release(true);
    atomic {
        freed[t] = 1;
        ended++;
        if
        :: ended == N ->                                            // I5, I7
            assert(word == 0 && head == NONE);
            assert(was_permanent -> count == PERM : count == ENABLED0);
            assert(!gil_lock && !threads_lock && !pause_lock && !requested);
            assert(waiting_for == 0)
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
