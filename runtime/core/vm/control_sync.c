// SPDX-License-Identifier: MIT
//
// control_sync.c - how the library orders threads, for the search for races.
//
// Method      The synchronisation that scripts use is written in Python on top of locks (threading,
//             queue, concurrent.futures). Those locks order more than a script may rely on: two
//             threads that put something into a queue, for example, one after the other. So they
//             count for nothing, and a table says what each function promises when it is entered or
//             when it returns. Only tasks of a run that looks for races come here.
// Threads     the task that runs.
// Sources     the guarantees follow the memory model of Java's library, chapter "Memory
//             Consistency Properties" of java.util.concurrent (docs/papers.md).
#include "core/vm/control.h"

#include <string.h> // strcmp

typedef enum effect { SEND, RECEIVE } effect;
typedef enum moment { ENTERED, RETURNS, RETURNS_TRUE, RETURNS_FALSE } moment;
// Which of the orders an object stands for.
typedef enum subject { SELF, DONE, ARGUMENT, RESULT } subject;

typedef struct contract {
    const char *file, *function;
    moment moment;
    effect effect;
    subject subject;
} contract;

#define THREADING "<togil>/threading.py"
#define QUEUE     "<togil>/queue.py"
#define FUTURES   "<togil>/concurrent.futures.py"

// Rows of one function follow each other.
static const contract contracts[] = {
    // What was done before an event was set is done for who finds it set.
    {THREADING, "Event.set", ENTERED, SEND, SELF},
    {THREADING, "Event.wait", RETURNS_TRUE, RECEIVE, SELF},
    {THREADING, "Event.is_set", RETURNS_TRUE, RECEIVE, SELF},
    {THREADING, "Semaphore.release", ENTERED, SEND, SELF},
    {THREADING, "BoundedSemaphore.release", ENTERED, SEND, SELF},
    {THREADING, "Semaphore.acquire", RETURNS_TRUE, RECEIVE, SELF},
    // All who come are before all who leave, and before the action.
    {THREADING, "Barrier.wait", ENTERED, SEND, SELF},
    {THREADING, "Barrier.wait", RETURNS, RECEIVE, SELF},
    {THREADING, "Barrier._finish", ENTERED, RECEIVE, SELF},
    // join() is known to the scheduler.
    {THREADING, "Thread._bootstrap", RETURNS, SEND, SELF},
    {THREADING, "Thread.is_alive", RETURNS_FALSE, RECEIVE, SELF},
    // An item takes along what was done before it was put in.
    {QUEUE, "Queue.put", ENTERED, SEND, ARGUMENT},
    {QUEUE, "Queue.get", RETURNS, RECEIVE, RESULT},
    {QUEUE, "Queue.task_done", ENTERED, SEND, DONE},
    {QUEUE, "Queue.join", RETURNS, RECEIVE, DONE},
    {QUEUE, "SimpleQueue.put", ENTERED, SEND, ARGUMENT},
    {QUEUE, "SimpleQueue.get", RETURNS, RECEIVE, RESULT},
    {FUTURES, "Future._finish", ENTERED, SEND, SELF},
    {FUTURES, "Future.done", RETURNS_TRUE, RECEIVE, SELF},
    {FUTURES, "Future._wait_until_done", RETURNS, RECEIVE, SELF},
    {FUTURES, "Future._add_waiter", RETURNS_FALSE, RECEIVE, SELF},
    {FUTURES, "Future._call", ENTERED, RECEIVE, SELF},
};

enum { CONTRACTS = sizeof contracts / sizeof contracts[0] };

static const contract *look_up(const tgc_code *code)
{
    const tgi_unit *unit = code->unit;
    for (size_t i = 0; i < CONTRACTS; i++) {
        if (strcmp(contracts[i].function, unit->qualname) == 0 &&
            strcmp(contracts[i].file, unit->filename) == 0)
            return &contracts[i];
    }
    return NULL;
}

// Kept by the engine: code of the library lives as long as the runtime.
static const contract *contract_of(tgi_engine *e, const tgc_code *code)
{
    size_t rooms = sizeof e->contracts / sizeof e->contracts[0];
    size_t at = ((uintptr_t)code >> 5) % rooms;
    if (e->contracts[at].code != code) {
        e->contracts[at].code = code;
        e->contracts[at].contract = look_up(code);
    }
    return e->contracts[at].contract;
}

uint32_t tgc_sync_points(const tg_thread *t, const tgc_code *code)
{
    return contract_of(t->task->engine, code) != NULL ? TGI_AT_SYNC : 0;
}

static bool applies(moment m, bool enters, tg_value result)
{
    switch (m) {
    case ENTERED:
        return enters;
    case RETURNS:
        return !enters;
    case RETURNS_TRUE:
        return !enters && result == TGC_TRUE;
    default:
        return !enters && result == TGC_FALSE;
    }
}

static void fulfil(tg_thread *t, const contract *c, const tg_value *R, tg_value result)
{
    tgi_task *task = t->task;
    tgi_races *r = task->engine->races;
    uint64_t value = c->subject == SELF       ? 0
                     : c->subject == DONE     ? 1
                     : c->subject == ARGUMENT ? R[1]
                                              : result;
    if (!tgc_is_ptr(R[0]))
        return;
    if (c->effect == SEND)
        tgi_races_send(r, task->index, tgc_ptr(R[0]), value);
    else
        tgi_races_receive(r, task->index, tgc_ptr(R[0]), value);
}

void tgc_sync_step(tg_thread *t, tgc_frame *f, const tgi_ins *i)
{
    bool enters = i == f->code->ins, returns = i->op == TGI_OP_RET || i->op == TGI_OP_RETK;
    if ((!enters && !returns) || t->task->engine->killing)
        return;
    const tg_value *R = f->regs;
    tg_value result = !returns ? TGC_NULL : i->op == TGI_OP_RETK ? f->code->consts[i->a] : R[i->a];
    const contract *first = contract_of(t->task->engine, f->code);
    for (const contract *c = first; c != NULL && c < contracts + CONTRACTS; c++) {
        if (strcmp(c->function, first->function) != 0)
            break;
        if (enters && applies(c->moment, true, TGC_NULL))
            fulfil(t, c, R, TGC_NULL);
        if (returns && applies(c->moment, false, result))
            fulfil(t, c, R, result);
    }
}
