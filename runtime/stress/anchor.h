// SPDX-License-Identifier: MIT
//
// anchor.h - where in the program a run left the default order, in words that survive edits of the
// script. Layer stress. anchor.c; follow.c.
//
// Note [anchors]
// A schedule counts the points of each task, so that one more of them anywhere before a decision
// makes it mean another place. An anchor names the place itself: the task by its path (m is the
// main thread, m.0 the first one that it has started), the function, the text of the line, what the
// task is about to do, and the how manieth time it does that. White space and comments are not part
// of the text. At the entry of a function there is no text: its first line may be a new one. If no
// line of the script has the text any more, the line counts by its shape, in which all names are
// equal; if no line has that, all lines of the function count.
#ifndef TGI_STRESS_ANCHOR_H
#define TGI_STRESS_ANCHOR_H

#include "base/vec.h" // lists

#include <stdbool.h> // results
#include <stddef.h>  // sizes
#include <stdint.h>  // counters

struct tgi_engine;
struct tgi_task;

enum { TGI_ANCHOR_TEXT, TGI_ANCHOR_SHAPE, TGI_ANCHOR_FUNCTION, TGI_ANCHOR_LEVELS };

typedef struct tgi_anchor_line {
    const char *start;
    size_t length;
    uint64_t text, shape; // hashes
} tgi_anchor_line;

typedef struct tgi_anchor {
    uint64_t from, to; // paths, hashed
    uint64_t place;    // function and operation, hashed
    uint64_t text, shape;
    uint32_t nth[TGI_ANCHOR_LEVELS]; // from 1; 0: not known
    int level;                       // which of nth counts in this script
    bool met;
} tgi_anchor;

typedef struct tgi_anchor_count {
    uint64_t key;
    uint32_t count; // 0: the entry is free
} tgi_anchor_count;

typedef struct tgi_anchors {
    bool following;
    char *source;                   // own copy
    char *file;                     // its name in the program
    tgi_vec(tgi_anchor_line) lines; // of source
    tgi_anchor_count *counts;       // of this run, by hash
    uint32_t used;                  // entries of counts
    uint32_t nth[TGI_ANCHOR_LEVELS];
    const tgi_anchor_line *line; // where the task that decides is; NULL: not in the script
    const char *function;
    tgi_anchor *due;          // what it has come to; NULL: nothing
    tgi_vec(tgi_anchor) list; // what is followed
    tgi_vec(char) noted;      // what this run did, one line for each
} tgi_anchors;

// For the script `source` of `file`; NULL without memory.
tgi_anchors *tgi_anchors_new(const char *source, size_t size, const char *file);
void tgi_anchors_free(tgi_anchors *a);
// A run begins.
void tgi_anchors_begin(tgi_anchors *a);
// Reads what a run has noted, to be followed. False: it is something else.
bool tgi_anchors_read(tgi_anchors *a, const char *text);
uint32_t tgi_anchors_met(const tgi_anchors *a);

// self has come to a point.
void tgi_anchor_arrive(struct tgi_engine *e, struct tgi_task *self);
// Which of n enabled tasks goes on there.
uint32_t tgi_anchor_pick(struct tgi_engine *e, uint32_t n, uint32_t otherwise);
// There self has left the default order: `to` goes on.
void tgi_anchor_note(struct tgi_engine *e, const struct tgi_task *self, const struct tgi_task *to);

// follow.c: a run begins that may follow engine.forced; the choice of such a run.
bool tgi_follow_begin(struct tgi_engine *e);
uint32_t tgi_follow_pick(struct tgi_engine *e, const struct tgi_task *self, uint32_t n,
                         uint32_t otherwise);

#endif
