// SPDX-License-Identifier: MIT
//
// team.h - the threads that analyse the heap in a pause, and the lists they share. Layer core/gc.
#ifndef TGC_GC_TEAM_H
#define TGC_GC_TEAM_H

#include "core/object/object.h" // tgc_obj
#include "mem/objmap.h"         // cursor
#include "thread/crew.h"        // threads

#define TGC_CHUNK_ITEMS 1022u // 8 KiB

// Part of a list of objects.
typedef struct tgc_chunk {
    struct tgc_chunk *next;
    size_t count;
    tgc_obj *item[TGC_CHUNK_ITEMS];
} tgc_chunk;

// See team.c for who may touch what.
typedef struct tgc_marker {
    TGI_ALIGNED_LINE struct tgc_team *team;
    tgc_chunk *top, *below, *empty; // to be looked at: a stack; `below` is full; one in reserve
    tgc_chunk *found;               // candidates
    tgc_chunk *odd;                 // those among them that are not plain: scrap.c
    tgc_chunk *outside;             // neither marked nor a candidate
    tgc_chunk *later;               // numbers to subtract from: Note [own-part] in analyse.c
    const tgc_obj *at;              // the candidate that is looked at
    size_t live, candidates;
    unsigned tag;
    bool several;          // const after init: there are helpers
    bool failed;           // no memory
    bool poor;             // none to share with
    bool weak;             // a candidate has weak references
    const tgc_type *plain; // a type that scrap.c knows
    int64_t slots;         // of it, if it is one of instances that hold nothing else; or -1
    uint64_t taken;        // chunks of others
} tgc_marker;

typedef struct tgc_team {
    tgi_crew crew;
    unsigned members;         // the most there may be
    tgi_objmap_cursor cursor; // of the object map
    tgc_chunk *later;         // between runs: of all members

    tgi_rawlock lock;
    tgc_chunk *work;             // guarded by lock: to be looked at
    tgc_chunk *source;           // guarded by lock: and when there is no work, these
    _Atomic(unsigned) available; // written under lock: chunks in work
    _Atomic(unsigned) active;    // written under lock: T1
    _Atomic(unsigned) hungry;    // written under lock: members that wait for work
    _Atomic(bool) failed;        // any thread: T3

    tgc_marker marker[TGI_CREW_MAX];
} tgc_team;

// Makes the team; it is large. NULL without memory.
#define tgc_team_new TG_CORE_SYM(tgc_team_new)
tgc_team *tgc_team_new(unsigned members, unsigned tag);
// Frees it, with what is left on its lists.
#define tgc_team_free TG_CORE_SYM(tgc_team_free)
void tgc_team_free(tgc_team *team);

// fn(marker) on every member that comes in time; the one with index 0 is the caller.
#define tgc_team_run TG_CORE_SYM(tgc_team_run)
void tgc_team_run(tgc_team *team, void (*fn)(tgc_marker *m));

// Work lists. begin: before a run in which members share work; `source` are chunks to begin with,
// and stay as they are.
#define tgc_team_begin TG_CORE_SYM(tgc_team_begin)
void tgc_team_begin(tgc_team *team, tgc_chunk *source);
// A member other than the first wants to take part. False: it is all done.
#define tgc_team_join TG_CORE_SYM(tgc_team_join)
bool tgc_team_join(tgc_marker *m);
// m has nothing left of its own. Waits for work of others: true with a chunk to be looked at in
// *out_source, or else on m's stack; false when there is none, nor will be.
#define tgc_team_take TG_CORE_SYM(tgc_team_take)
bool tgc_team_take(tgc_marker *m, tgc_chunk **out_source);
// Somebody is hungry: m gives up to half of what it has.
#define tgc_team_share TG_CORE_SYM(tgc_team_share)
void tgc_team_share(tgc_marker *m);

#define tgc_marker_grow TG_CORE_SYM(tgc_marker_grow)
bool tgc_marker_grow(tgc_marker *m);
#define tgc_marker_pop_chunk TG_CORE_SYM(tgc_marker_pop_chunk)
bool tgc_marker_pop_chunk(tgc_marker *m);
#define tgc_marker_fail TG_CORE_SYM(tgc_marker_fail)
void tgc_marker_fail(tgc_marker *m);

#define tgc_chunk_new TG_CORE_SYM(tgc_chunk_new)
tgc_chunk *tgc_chunk_new(tgc_chunk *next);
#define tgc_chunks_free TG_CORE_SYM(tgc_chunks_free)
void tgc_chunks_free(tgc_chunk *list);

// Puts o on m's stack.
static inline void tgc_marker_push(tgc_marker *m, tgc_obj *o)
{
    if (TGI_UNLIKELY(m->top == NULL || m->top->count == TGC_CHUNK_ITEMS) && !tgc_marker_grow(m))
        return;
    m->top->item[m->top->count++] = o;
}

// The next object of m's own, or NULL.
static inline tgc_obj *tgc_marker_pop(tgc_marker *m)
{
    if (TGI_UNLIKELY(m->top == NULL || m->top->count == 0) && !tgc_marker_pop_chunk(m))
        return NULL;
    return m->top->item[--m->top->count];
}

// Adds o to a list that begins with *list. False without memory.
static inline bool tgc_chunk_add(tgc_chunk **list, tgc_obj *o)
{
    if (TGI_UNLIKELY(*list == NULL || (*list)->count == TGC_CHUNK_ITEMS)) {
        tgc_chunk *made = tgc_chunk_new(*list);
        if (made == NULL)
            return false;
        *list = made;
    }
    (*list)->item[(*list)->count++] = o;
    return true;
}

#endif
