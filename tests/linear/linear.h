// SPDX-License-Identifier: MIT
//
// linear.h - concurrent histories of container operations, and whether they are linearizable.
//
// A history is what a few threads did to one container: each operation with its result and the
// times of its call and its return. It is linearizable if the operations can be put into one order
// that keeps every "returned before the other was called" and in which the sequential container
// gives the same results. search.c decides that by a complete search, spec.c and spec_hash.c are
// the sequential containers, run.c makes threads and records, history.c invents and prints.
//
// Sources     Herlihy, Wing, "Linearizability", TOPLAS 1990; Wing, Gong, "Testing and Verifying
//             Concurrent Objects", 1993; Lowe, "Testing for Linearizability", 2017
//             (docs/papers.md).
#ifndef TEST_LINEAR_H
#define TEST_LINEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LIN_ITEMS = 64,  // bytes of a state or a result
    LIN_OPS = 24,    // operations of a history, the last look included
    LIN_THREADS = 4, //
    LIN_ARGS = 3,
};

typedef enum lin_kind { LIN_NONE, LIN_BOOL, LIN_INT, LIN_SEQ, LIN_ERROR } lin_kind;
// What LIN_ERROR holds in item[0].
enum { LIN_INDEX_ERROR, LIN_KEY_ERROR, LIN_VALUE_ERROR, LIN_EMPTY, LIN_FULL, LIN_OTHER };

// A result, and also the state of a sequential container: a list or queue is its items, a dict is
// keys and values in turn in order of insertion, a set is its items in ascending order.
typedef struct lin_value {
    uint8_t kind;
    uint8_t n;
    int8_t item[LIN_ITEMS];
} lin_value;

typedef struct lin_spec lin_spec;
typedef struct lin_op lin_op;

typedef struct lin_event {
    const lin_op *op;
    int8_t arg[LIN_ARGS];
    uint8_t thread;
    uint64_t call, ret; // positions in one order of all calls and returns
    lin_value result;
} lin_event;

// Applies the operation to *state. False if the sequential container cannot give that result; the
// result is looked at so that an operation may choose (set.pop).
typedef bool (*lin_step)(lin_value *state, const lin_event *e);

struct lin_op {
    const char *name; // as docs/containers.md calls it
    const char *args; // a letter each: i index, n any number, v value, k key, b bound of a slice
    const char *code; // an expression whose value is called with the container and the arguments
    lin_step step;
    uint8_t weight; // how often it is chosen; 0: only by name
};

struct lin_spec {
    const char *name;  // list, dict, ...
    const char *make;  // an expression: a function of the items of the first state
    const lin_op *ops; // name NULL at the end
    lin_op last;       // the last look
    uint8_t first;     // at most so many items (or pairs) at the start
    bool pairs;        // of keys and values: a dict
    bool sorted;       // a set: items in ascending order, each once
    bool hashed;       // items may be objects with == and hash of their own
    bool ints;         // items are always ints
    int8_t bound;      // maxlen or maxsize; 0: none
};

extern const lin_spec lin_specs[]; // name NULL at the end
const lin_spec *lin_spec_find(const char *name);

typedef struct lin_history {
    const lin_spec *spec;
    lin_value first;
    uint8_t threads, count;
    uint8_t kind; // of the values: 0 ints, 1 strs, 2 objects of a class
    lin_event event[LIN_OPS];
} lin_history;

// Whether the history is linearizable. Looks at all orders, each pair of {operations done, state}
// once. *steps, if not NULL, counts the applications of operations.
bool lin_check(const lin_history *h, uint64_t *steps);

// A history to be run: which depends on the seed alone. `only`, if not NULL, is the names of
// the operations to choose from, with semicolons between them.
void lin_invent(lin_history *h, const lin_spec *spec, uint64_t seed, int threads, int each,
                const char *only);
// In columns, one per thread, in order of calls and returns.
void lin_print(const lin_history *h);
void lin_result_text(const lin_value *v, char *out, size_t n);

typedef struct lin_config {
    const char *mode;
    const lin_spec *spec;
    int threads; // 2 to 4
    int each;    // operations of a thread
    uint64_t histories;
    double seconds; // ends earlier; 0: no limit
    uint64_t seed;
    bool same;         // every history is the one that the seed names
    const char *only;  // as in lin_invent
    const char *patch; // a script that is run before anything else; NULL: none
} lin_config;

typedef struct lin_report {
    uint64_t histories, operations, overlapping; // overlapping: with two operations at one time
    uint64_t steps;
    double seconds;
    bool failed; // then `bad` is the first one that is not linearizable
    uint64_t bad_seed;
    lin_history bad;
    uint64_t objects_before, objects_after;
} lin_report;

// Runs histories until one is not linearizable. False if the runtime could not do it: then *why.
bool lin_run(const lin_config *config, lin_report *report, const char **why);

#endif
