// SPDX-License-Identifier: MIT
//
// race_class.c - what two accesses that nothing orders may mean.
//
// Method      An access by itself is a read or a write. What its task did with the same thing just
//             before or after tells more: a write of a value that depends on a read is an update,
//             and loses what comes in between; a read that decides a jump is a check, and what
//             relies on it may be overtaken. These are the orders of three accesses, two of one
//             task, that no order of whole pieces explains.
// Sources     Lu, Tucek, Qin, Zhou, "AVIO: Detecting Atomicity Violations via Access Interleaving
//             Invariants", 2006 (docs/papers.md).
#include "stress/race.h"

tgi_race_severity tgi_race_severity_of(tgi_race_class c)
{
    switch (c) {
    case TGI_RACE_LOST_UPDATE:
    case TGI_RACE_EARLY_PUBLICATION:
    case TGI_RACE_CHECK_THEN_ACT:
        return TGI_RACE_ERROR;
    case TGI_RACE_ATOMIC:
        return TGI_RACE_NOTE;
    default:
        return TGI_RACE_WARNING;
    }
}

static bool is_half_an_update(const tgi_race_side *s, bool writes)
{
    return (s->flags & (writes ? TGI_SIDE_UPDATE : TGI_SIDE_UPDATED)) != 0;
}

tgi_race_class tgi_race_classify(tgi_race_part part, const tgi_race_side *earlier,
                                 bool earlier_writes, const tgi_race_side *later, bool later_writes)
{
    uint32_t both = earlier->flags & later->flags, any = earlier->flags | later->flags;
    if ((later->flags & TGI_SIDE_STALE) != 0 ||
        (!earlier_writes && (earlier->flags & TGI_SIDE_ACTED) != 0))
        return TGI_RACE_CHECK_THEN_ACT;
    if (earlier_writes && later_writes && (both & TGI_SIDE_ATOMIC) != 0)
        return TGI_RACE_ATOMIC;
    if ((is_half_an_update(earlier, earlier_writes) && later_writes) ||
        (is_half_an_update(later, later_writes) && earlier_writes))
        return TGI_RACE_LOST_UPDATE;
    if (part == TGI_PART_ATTRIBUTE && earlier_writes != later_writes &&
        ((earlier_writes ? earlier : later)->flags & TGI_SIDE_LATE) != 0)
        return TGI_RACE_EARLY_PUBLICATION;
    if (part == TGI_PART_SHAPE && (any & (TGI_SIDE_WALK | TGI_SIDE_WHOLE)) != 0)
        return TGI_RACE_ITERATION;
    if (part == TGI_PART_ELEMENTS && (any & TGI_SIDE_WHOLE) != 0)
        return TGI_RACE_TORN_READ;
    return earlier_writes && later_writes ? TGI_RACE_WRITE_WRITE : TGI_RACE_READ_WRITE;
}
