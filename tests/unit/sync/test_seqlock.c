// SPDX-License-Identifier: MIT
//
// test_seqlock.c - readers never use a half-written record.
//
// Wrong result: a record whose fields come from different writes.
#include "test.h"

#include "sync/seqlock.h"

enum { FIELDS = 4 };
static tgi_seqlock lock;
static _Atomic(uint64_t) field[FIELDS];
static long rounds;
static _Atomic(bool) done;

static void read_or_write(void *context, int index)
{
    (void)context;
    if (index < 2) {
        for (long i = 1; i <= rounds; i++) {
            tgi_seqlock_write_begin(&lock);
            uint64_t value = (uint64_t)i * 2 + (uint64_t)index;
            for (int f = 0; f < FIELDS; f++)
                atom_store_release(&field[f], value + (uint64_t)f);
            tgi_seqlock_write_end(&lock);
        }
        if (index == 0)
            atom_store_seq_cst(&done, true);
        return;
    }
    do {
        uint64_t copy[FIELDS];
        uint32_t seq;
        do {
            seq = tgi_seqlock_read_begin(&lock);
            for (int f = 0; f < FIELDS; f++)
                copy[f] = atom_load_acquire(&field[f]);
        } while (tgi_seqlock_read_retry(&lock, seq));
        for (int f = 1; f < FIELDS; f++)
            if (copy[f] != copy[0] + (uint64_t)f && copy[0] != 0)
                FAIL("field %d is %" PRIu64 " beside %" PRIu64, f, copy[f], copy[0]);
    } while (!atom_load_seq_cst(&done));
}

TEST(records_are_never_torn)
{
    rounds = test_scale(20000);
    atom_store_seq_cst(&done, false);
    test_run_threads(4, read_or_write, NULL);
    CHECK_EQ_UINT(atom_load_seq_cst(&lock.sequence), 4 * (uint32_t)rounds);
}

TEST(abandoned_write_does_not_disturb_readers)
{
    tgi_seqlock l = TGI_SEQLOCK_INIT;
    uint32_t seq = tgi_seqlock_read_begin(&l);
    tgi_seqlock_write_begin(&l);
    CHECK(tgi_seqlock_read_retry(&l, seq));
    tgi_seqlock_write_abandon(&l);
    CHECK(!tgi_seqlock_read_retry(&l, seq));
    CHECK(!tgi_seqlock_after_fork(&l));
    tgi_seqlock_write_begin(&l);
    CHECK(tgi_seqlock_after_fork(&l));
    CHECK_EQ_UINT(tgi_seqlock_read_begin(&l), 0);
}
