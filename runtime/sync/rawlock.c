// SPDX-License-Identifier: MIT
//
// rawlock.c - the slow paths of the futex lock.
//
// Invariants  L1  a sleeper implies that the word is 2, or that an unlocker is on its way to wake.
//             So whoever waited takes the lock with 2: it cannot know that it was the last.
#include "sync/rawlock.h"

#include "base/config.h" // TGI_SPIN_POLLS
#include "base/os.h"     // tgi_os.futex_wait

#include <errno.h> // kept across the system call

void tgi_rawlock_lock_wait(tgi_rawlock *lock)
{
    for (int spins = 0; spins < TGI_SPIN_POLLS; spins++) {
        // ORDER: relaxed; only a hint for the compare-and-swap.
        uint32_t seen = atom_load_relaxed(&lock->word);
        // ORDER: acquire; pairs with the release in tgi_rawlock_unlock.
        if (seen == 0 && atom_cas_weak_acquire(&lock->word, &seen, 1))
            return;
        if (seen == 2)
            break;
        tgi_cpu_relax();
    }
    int saved = errno;
    // ORDER: acquire; pairs with the release in tgi_rawlock_unlock.
    while (atom_exchange_acquire(&lock->word, 2) != 0)
        (void)tgi_os.futex_wait(&lock->word, 2, TGI_DEADLINE_NEVER);
    errno = saved;
}

void tgi_rawlock_unlock_wake(tgi_rawlock *lock)
{
    (void)tgi_os.futex_wake(&lock->word, 1);
}
