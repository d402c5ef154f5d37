// SPDX-License-Identifier: MIT
//
// biased.pml - biased counts with their merge queues, as they stand in runtime/core/policy/. One
// process is one thread. docs/models.md says what is left out.
//
// Objects     A sits in a slot that everybody can read and write, and holds the only reference to
//             B that is there at the start. Freeing A gives it up: a free inside a free.
// Steps       one shared access is one step; a compare-and-swap loop is one step; what happens
//             under the lock of a queue's bucket is one step.
// Cites       `C: file function`, as in gil.pml.
// Invariants  I1  nobody touches the counts of a dead object, but for a try whose memory waits for
//                 a grace period.
//             I2  an object dies once.
//             I3  a try fails on a dead object and only on a dead one.
//             I4  while somebody holds a reference the object is alive.
//             I5  no stuck state; at the end both objects are dead and all queues are empty.
//
// Parameters  N threads; OPS0, OPS1, OPS2 how many operations each does; OWN_A and OWN_B who made
//             the objects; SLOT 0: A was never in a slot; A_TO and B_TO the threads that get a
//             reference at the start, as bits; NO_MEMORY 1: there may be no memory for a queue;
//             FAULT the planted mistake, 0 for none.

#ifndef N
#define N 2
#endif
#ifndef OPS0
#define OPS0 2
#endif
#ifndef OPS1
#define OPS1 2
#endif
#ifndef OPS2
#define OPS2 2
#endif
#ifndef OWN_A
#define OWN_A 0
#endif
#ifndef OWN_B
#define OWN_B 0
#endif
#ifndef SLOT
#define SLOT 1
#endif
#ifndef A_TO
#define A_TO 0
#endif
#ifndef B_TO
#define B_TO 0
#endif
#ifndef NO_MEMORY
#define NO_MEMORY 0
#endif
#ifndef FAULT
#define FAULT 0
#endif
#define F(n) (FAULT == n)

#define A 0
#define B 1
#define NOTHING 2
#define NOBODY 7

// The states of the shared word, runtime/core/policy/biased.h
#define DEFAULT 0
#define PUBLISHED 1
#define QUEUED 2
#define MERGED 3

// struct tgc_obj
byte owner[2];
byte own_half[2];               // local
short foreign[2];               // shared >> 2
byte flags[2];                  // shared & 3

byte slot = A;                  // everybody's
chan queue[N] = [2] of { byte }; // guarded by its bucket
bit in_table[N];
bit merge_bit[N];               // TGI_BRK_MERGE
bit detached[N];
byte held[N];                   // tgi_thread_hold_detached
bit stopping;                   // the world, for want of memory
bit at_rest[N];                 // between two operations, or detached, or gone

// What only the proof sees.
bit dead[2];
bit was_published[2];
byte hands[2];                  // references in the hands of threads
byte alive = N;
byte gone;

inline touch(x)
{
    assert(!dead[x]);                               // I1
}

inline die(x)
{
    assert(!dead[x]);                               // I2
    assert(hands[x] == 0);                          // I4
    dead[x] = 1
}

// C: runtime/core/policy/biased.h tgc_incref
// C: runtime/core/policy/foreign.c tgc_biased_foreign_incref
inline incref(x)
{
    atomic {
        touch(x);
        if
        :: owner[x] == t -> own_half[x]++
        :: else -> foreign[x]++
        fi
    }
}

// C: runtime/core/policy/biased.h tgc_try_incref
// C: runtime/core/policy/foreign.c tgc_biased_foreign_try
inline try_incref(x)
{
    atomic {
        assert(!dead[x] || was_published[x]);       // I1: its memory waits
        if
        :: owner[x] == t ->
            if
            :: own_half[x] == 0 && !F(18) -> ok = 0
            :: else -> own_half[x]++; ok = 1
            fi
        :: else ->
            if
            :: foreign[x] == 0 && (flags[x] == DEFAULT || (flags[x] == MERGED && !F(11))) -> ok = 0
            :: else -> foreign[x]++; ok = 1
            fi
        fi;
        assert(ok != dead[x])                       // I3
    }
}

// C: runtime/core/policy/counts.c merge
// Sets ok if the object is dead.
inline merge(x, extra)
{
    atomic { touch(x); old = (F(19) -> 0 : own_half[x]); own_half[x] = 0 }
    if :: !F(1) && !(F(6) && extra == 0) -> atomic { touch(x); owner[x] = NOBODY } :: else fi;
    if :: F(4) -> atomic { touch(x); sum = foreign[x] + old + extra } :: else fi;
    atomic {
        touch(x);
        foreign[x] = (F(4) -> sum : foreign[x] + old + extra);
        flags[x] = MERGED;
        old = 0;
        sum = 0;
        ok = (foreign[x] == 0);
        if
        :: ok -> die(x)
        :: else
        fi
    }
    if :: F(1) -> atomic { touch(x); owner[x] = NOBODY } :: else fi
}

proctype thread(byte t)
{
    byte ops = (t == 0 -> OPS0 : (t == 1 -> OPS1 : OPS2));
    byte refs[2];               // in this thread's hands
    byte o, id, old;
    short sum;
    bit ok, leaving, last;
    chan items = [2] of { byte };   // being merged by their owner
    chan theirs = [2] of { byte };  // being merged while their owner is held
    chan rest = [2] of { byte };    // references that are dropped when an owner is let go

    atomic { refs[A] = (A_TO >> t) & 1; refs[B] = (B_TO >> t) & 1; at_rest[t] = 1 }

next:
    // The end of a decref: go on with what it interrupted, the innermost first.
    atomic { ok = 0; o = 0; id = 0 }
    if
    :: atomic { rest ? o -> goto shared_decref }
    :: atomic { len(rest) == 0 && len(items) > 0 -> items ? o; goto merge_item }
    :: atomic { len(rest) == 0 && len(items) == 0 && leaving -> goto leave }
    :: atomic { len(rest) == 0 && len(items) == 0 && !leaving -> at_rest[t] = 1 }
    fi;

    if
    // A new operation does not begin in a pause.
    :: atomic { !stopping && merge_bit[t] ->
        // C: runtime/core/policy/counts.c tgc_policy_merge_pending take
        at_rest[t] = 0;
        merge_bit[t] = 0;
        do
        :: len(queue[t]) > 0 -> queue[t] ? o; items ! o
        :: len(queue[t]) == 0 -> break
        od;
        goto next }
    :: atomic { !stopping && ops > 0 && slot != NOTHING && refs[A] < 2 ->
        ops--; at_rest[t] = 0; goto load }
    :: atomic { !stopping && ops > 0 && refs[A] > 0 && refs[B] < 2 ->
        ops--; at_rest[t] = 0; goto load_field }
    :: atomic { !stopping && ops > 0 && refs[A] > 0 && refs[A] < 2 -> ops--; at_rest[t] = 0 }
        incref(A);
        atomic { refs[A]++; hands[A]++; goto next }
    :: atomic { !stopping && ops > 0 && slot != NOTHING -> ops--; at_rest[t] = 0; goto clear }
    :: atomic { !stopping && ops > 0 && refs[A] > 0 -> ops--; at_rest[t] = 0; goto store }
    :: atomic { !stopping && ops > 0 -> ops--; detached[t] = 1 }
        atomic { held[t] == 0 && !stopping -> detached[t] = 0; goto next }
    :: atomic { !stopping && refs[A] > 0 ->
        at_rest[t] = 0; refs[A]--; hands[A]--; o = A; goto decref }
    :: atomic { !stopping && refs[B] > 0 ->
        at_rest[t] = 0; refs[B]--; hands[B]--; o = B; goto decref }
    :: atomic { !stopping && refs[A] == 0 && refs[B] == 0 ->
        at_rest[t] = 0; leaving = 1; alive--; last = (alive == 0) }
        if
        :: last -> goto clear           // what the slot holds would be left
        :: else -> goto leave
        fi
    fi;

    // C: runtime/core/policy/policy.h tgc_slot_load
    // C: runtime/core/policy/counts.c tgc_slot_load_slow
load:
    if
    :: slot == NOTHING -> goto next
    :: else
    fi;
    try_incref(A);
    if
    :: atomic { !ok -> goto load }
    :: atomic { ok && (slot == A || F(10)) -> refs[A]++; hands[A]++; assert(!dead[A]); goto next }
    :: atomic { ok && slot != A && !F(10) -> o = A; goto decref }
    fi;
load_field:
    // Nobody writes to it, and A keeps B alive.
    try_incref(B);
    atomic { assert(ok); refs[B]++; hands[B]++; goto next }

    // C: runtime/core/policy/policy.h tgc_slot_store tgc_slot_exchange
    // C: runtime/core/policy/biased.h tgc_publish
    // C: runtime/core/policy/counts.c tgc_biased_publish_foreign
store:
    atomic {
        touch(A);
        was_published[A] = 1;
        if
        :: flags[A] == DEFAULT && !F(9) -> flags[A] = PUBLISHED
        :: else
        fi
    }
    atomic {
        refs[A]--; hands[A]--;
        o = slot;
        slot = A;
        if
        :: o == NOTHING -> goto next
        :: else -> goto decref
        fi
    }
clear:
    atomic {
        o = slot;
        slot = NOTHING;
        if
        :: o == NOTHING -> goto next
        :: else -> goto decref
        fi
    }

    // C: runtime/core/policy/biased.h tgc_decref
decref:
    atomic {
        touch(o);
        if
        :: owner[o] == t ->
            assert(own_half[o] > 0);
            own_half[o]--;
            if
            :: own_half[o] > 0 -> goto next
            :: else
            fi
        :: else -> goto shared_decref
        fi
    }
    // C: runtime/core/policy/counts.c tgc_biased_zero_local
    atomic {
        touch(o);
        if
        :: foreign[o] == 0 && (flags[o] == DEFAULT || F(5)) -> die(o); goto dealloc
        :: else
        fi
    }
    merge(o, 0);
    if
    :: ok -> goto dealloc
    :: else -> goto next
    fi;

    // C: runtime/core/policy/counts.c tgc_biased_drop
    // C: runtime/core/policy/foreign.c tgc_biased_foreign_decref
shared_decref:
    atomic {
        touch(o);
        if
        :: foreign[o] == 0 && (flags[o] < QUEUED || (F(15) && flags[o] == QUEUED)) ->
            flags[o] = QUEUED;
            foreign[o] = (F(3) -> -1 : 0)
        :: else ->
            foreign[o]--;
            if
            :: foreign[o] == 0 && flags[o] == MERGED -> die(o); goto dealloc
            :: else -> goto next
            fi
        fi
    }
    // C: runtime/core/policy/counts.c enqueue
enqueue:
    atomic {
        touch(o);
        id = owner[o];
        if
        :: id == NOBODY && F(13) -> goto next
        :: id == NOBODY && !F(13) -> goto shared_decref
        :: else
        fi
    }
    atomic {
        if
        :: in_table[id] ->
            if
            :: queue[id] ! o; merge_bit[id] = 1
            :: NO_MEMORY && !stopping -> goto no_memory
            fi
        :: else -> goto no_owner
        fi
    }
    // C: runtime/core/policy/counts.c merge_for_detached
    // C: runtime/thread/state.c tgi_thread_hold_detached tgi_thread_unhold
    if
    :: atomic { detached[id] || F(12) -> held[id] = (F(12) -> held[id] : held[id] + 1) }
    :: atomic { !detached[id] && !F(12) -> goto next }
    fi;
    if :: F(20) -> held[id]-- :: else fi;
    atomic {
        do
        :: len(queue[id]) > 0 -> queue[id] ? o; theirs ! o
        :: len(queue[id]) == 0 -> break
        od
    }
    do
    :: len(theirs) > 0 ->
        theirs ? o;
        atomic { touch(o); ok = (owner[o] != NOBODY) }
        if
        :: ok -> merge(o, 0)
        :: else
        fi;
        rest ! o
    :: atomic { len(theirs) == 0 -> break }
    od;
    atomic {
        if
        :: F(12) || F(14) || F(20)
        :: else -> held[id]--
        fi;
        goto next
    }
no_owner:
    merge(o, (F(16) -> 0 : -1));
    if
    :: ok -> goto dealloc
    :: else -> goto next
    fi;
no_memory:
    // Everybody else stands between two operations.
    if
    :: !F(17) ->
        at_rest[t] = 1;                 // waits for its turn detached
        atomic { !stopping -> stopping = 1; at_rest[t] = 0 }
        (N < 2 || t == 0 || at_rest[0]) && (N < 2 || t == 1 || at_rest[1]) &&
            (N < 3 || t == 2 || at_rest[N - 1])
    :: else
    fi;
    atomic { touch(o); id = (owner[o] == NOBODY -> 1 : 0) }
    if
    :: id == 1
    :: else -> merge(o, -1)
    fi;
    if :: !F(17) -> stopping = 0 :: else fi;
    if
    :: id == 1 -> goto shared_decref
    :: id == 0 && ok -> goto dealloc
    :: id == 0 && !ok -> goto next
    fi;

    // C: runtime/core/policy/counts.c merge_all
merge_item:
    atomic {
        touch(o);
        if
        :: owner[o] == NOBODY -> goto shared_decref
        :: else
        fi
    }
    merge(o, (F(3) -> 0 : -1));
    if
    :: ok -> goto dealloc
    :: else -> goto next
    fi;

dealloc:
    atomic {
        if
        :: o == A -> o = B; goto decref
        :: else -> goto next
        fi
    }

    // C: runtime/core/policy/counts.c tgc_policy_thread_exit take
leave:
    if
    :: atomic { F(8) && in_table[t] -> in_table[t] = 0 }
    :: else
    fi;
    if
    :: atomic { len(queue[t]) > 0 && !F(7) && !F(2) ->
        do
        :: len(queue[t]) > 0 -> queue[t] ? o; items ! o
        :: len(queue[t]) == 0 -> break
        od;
        goto next }
    :: F(2) && len(queue[t]) > 0 -> queue[t] ? o; items ! o; goto next
    :: F(2) && len(queue[t]) == 0 -> in_table[t] = 0
    :: atomic { (len(queue[t]) == 0 || F(7)) && !F(2) -> in_table[t] = 0 }
    fi;
    atomic {
        at_rest[t] = 1;
        gone++;
        if
        :: gone == N ->                             // I5
            assert(dead[A] && dead[B]);
            assert(slot == NOTHING && hands[A] == 0 && hands[B] == 0);
            assert(len(queue[0]) == 0 && len(queue[1]) == 0 && len(queue[N - 1]) == 0)
        :: else
        fi
    }
}

init
{
    byte i;
    atomic {
        owner[A] = OWN_A;
        owner[B] = OWN_B;
        hands[A] = (A_TO & 1) + (A_TO >> 1 & 1) + (A_TO >> 2 & 1);
        hands[B] = (B_TO & 1) + (B_TO >> 1 & 1) + (B_TO >> 2 & 1);
        own_half[A] = hands[A] + SLOT;
        own_half[B] = hands[B] + 1;
        flags[A] = (SLOT -> PUBLISHED : DEFAULT);
        flags[B] = PUBLISHED;
        was_published[A] = SLOT;
        was_published[B] = 1;
        slot = (SLOT -> A : NOTHING);
        do
        :: i < N -> in_table[i] = 1; at_rest[i] = 1; run thread(i); i++
        :: else -> break
        od
    }
}
