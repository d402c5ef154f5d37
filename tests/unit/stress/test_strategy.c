// SPDX-License-Identifier: MIT
//
// test_strategy.c - strategies on tasks of a simulator: walks that promise every interleaving the
// same chance, and where pct changes priorities.
//
// Attacks PR1, S3, U1, SU1 and P1. Tasks are lists of steps; each has a place of its own, so that
// places must be found to belong together. Wrong results: an order comes up more often than others,
// beyond chance. Seeds are fixed: a test does the same every time.
#include "test.h"

#include "stress/engine.h"
#include "stress/strategy.h"

#include <stdlib.h>
#include <string.h>

enum { TASKS = 4, STEPS = 8, MOST_ORDERS = 512, LEARNING = 8 };

// A small letter starts that task ('b' is number 1); others are locations; '.' is a step at none.
// 'L' takes the lock, and other capitals are the same location as small with the lock in hand; it
// is given back before the next step that is no capital, or is 'L'.
typedef struct program {
    const char *steps[TASKS];
} program;

static const tgi_strategy *strategy;
static tgi_engine e;
static tgi_task tasks[TASKS];
static tgi_task *listed[TASKS];
static uint32_t named[TASKS]; // what program.steps calls them
static uint32_t done[TASKS];  // steps that each has taken
static char places[TASKS][STEPS][8];
static char order[TASKS * STEPS + 1]; // who did a step, and of which location
static char at[TASKS * STEPS + 1];
static size_t length;
static const tgi_task *holder; // of the lock
static const void *the_lock[1] = {&holder};

static tgi_task *make(uint32_t name, tgi_task *parent)
{
    uint32_t i = (uint32_t)e.tasks.count++;
    tgi_task *task = &tasks[i];
    *task = (tgi_task){
        .index = i, .known = TGI_PROFILE_NONE, .engine = &e, .op = {.kind = TGI_OPK_START}};
    listed[i] = task;
    named[i] = name;
    done[i] = 0;
    if (parent != NULL) {
        task->parent = parent->index;
        task->ordinal = parent->children++;
        tgi_profile_born(&e, parent, task);
    }
    return task;
}

static char next_step(const program *p, const tgi_task *task)
{
    return p->steps[named[task->index]][done[task->index]];
}

static bool needs_lock(char step)
{
    return step >= 'A' && step <= 'Z' && step != 'L';
}

static bool is_enabled(const program *p, const tgi_task *task)
{
    return !task->ended && (task->op.kind == TGI_OPK_START || next_step(p, task) != 'L' ||
                            holder == NULL || holder == task);
}

// Does what the task stands at.
static void act(const program *p, tgi_task *task)
{
    if (task->op.kind == TGI_OPK_START) {
        order[length] = (char)('a' + named[task->index]);
        at[length++] = '!';
        return;
    }
    char step = next_step(p, task);
    order[length] = (char)('a' + named[task->index]);
    at[length++] = step;
    done[task->index]++;
    if (step == 'L')
        holder = task;
    if (holder == task && !needs_lock(next_step(p, task)))
        holder = NULL;
    if (step >= 'b' && step <= 'd') {
        tgi_task *child = make((uint32_t)(step - 'a'), task);
        if (strategy->born != NULL)
            strategy->born(&e, child);
    }
}

// The task comes to its next point.
static void arrive(const program *p, tgi_task *task)
{
    char step = next_step(p, task);
    uint64_t location = (uint64_t)(needs_lock(step) ? step - 'A' + 'a' : step);
    task->site = task->lock_site = NULL;
    task->held.data = the_lock;
    task->held.count = holder == task;
    if (step == '\0') {
        task->ended = true;
        e.ended++;
        task->op = (tgi_op){.kind = TGI_OPK_END};
    } else if (step >= 'b' && step <= 'd') {
        task->op = (tgi_op){.kind = TGI_OPK_SPAWN};
    } else if (step == 'L') {
        task->op = (tgi_op){.kind = TGI_OPK_ACQUIRE, .where = the_lock};
        task->lock_site = places[named[task->index]][done[task->index]];
    } else {
        task->op = (tgi_op){.kind = TGI_OPK_WRITE, .where = p->steps, .slot = location};
        task->site = step == '.' ? NULL : places[named[task->index]][done[task->index]];
    }
    tgi_profile_arrive(&e, task);
    const void *site = task->site != NULL ? task->site : task->lock_site;
    if (site != NULL && e.sharing.learning)
        (void)tgi_sharing_learn(&e.sharing, p->steps, location, site, task->index, true);
}

static void run(const program *p, uint64_t number)
{
    e.tasks.data = listed;
    e.tasks.count = 0;
    e.ended = 0;
    e.strategy = strategy;
    e.intended = NULL;
    e.decisions = 0;
    holder = NULL;
    e.sharing.learning = number < LEARNING;
    length = 0;
    tgi_sharing_begin(&e.sharing);
    tgi_random_seed(&e.random, number);
    tgi_task *self = make(0, NULL);
    tgi_profile_begin(&e, self);
    strategy->begin(&e);
    if (strategy->born != NULL)
        strategy->born(&e, self);
    for (;;) {
        arrive(p, self);
        tgi_task *enabled[TASKS];
        uint32_t n = 0;
        for (size_t i = 0; i < e.tasks.count; i++) {
            if (is_enabled(p, &tasks[i]))
                enabled[n++] = &tasks[i];
        }
        if (n == 0)
            break;
        e.decisions += n > 1;
        self = enabled[n > 1 ? strategy->pick(&e, self, enabled, n, 0) : 0];
        act(p, self);
    }
    order[length] = at[length] = '\0';
    if (e.sharing.learning)
        tgi_profile_keep(&e);
}

// Chi square against `cells` orders of the same chance, in standard deviations above its mean.
// where: only steps at this location count; 0: all.
static double distance(const program *p, const char *name, int runs, int cells, char where)
{
    static char seen[MOST_ORDERS][sizeof order];
    static int times[MOST_ORDERS];
    int depth, count = 0;
    strategy = tgi_strategy_find(name, &depth);
    memset(&e, 0, sizeof e);
    for (int i = 0; i < LEARNING + runs; i++) {
        run(p, (uint64_t)i);
        if (i < LEARNING)
            continue;
        char key[sizeof order];
        size_t n = 0;
        for (size_t k = 0; k < length; k++) {
            if (where == 0 || at[k] == where)
                key[n++] = order[k];
        }
        key[n] = '\0';
        int c = 0;
        while (c < count && strcmp(seen[c], key) != 0)
            c++;
        if (c == count) {
            CHECK(count < MOST_ORDERS);
            memcpy(seen[count], key, sizeof key);
            times[count++] = 0;
        }
        times[c]++;
    }
    CHECK(count <= cells);
    double expected = (double)runs / cells, chi = (cells - count) * expected;
    for (int c = 0; c < count; c++)
        chi += (times[c] - expected) * (times[c] - expected) / expected;
    tgi_profile_free(&e.profile);
    tgi_sharing_free(&e.sharing);
    return chi;
}

// Cells of a table, and the value that chi square exceeds once in some thousand tables.
#define IS_UNIFORM(chi, cells)  \
    ((chi) - ((cells)-1) < 0 || \
     ((chi) - ((cells)-1)) * ((chi) - ((cells)-1)) < 12.0 * 2 * ((cells)-1))

// Starts between the steps, and steps elsewhere, must not matter.
static const program two_locations = {{"bc", "xyyxx", "yxxxyy"}};

TEST(surw_gives_every_order_at_a_location_the_same_chance)
{
    program p = {{"bc", "xxx", "xxx"}};
    double chi = distance(&p, "surw", 4000, 20, 'x');
    CHECK(IS_UNIFORM(chi, 20));
}

TEST(surw_knows_which_steps_are_at_one_location)
{
    // Of its runs, half are for each location; x and y do not disturb each other's.
    strategy = tgi_strategy_find("surw", &(int){0});
    memset(&e, 0, sizeof e);
    for (uint64_t i = 0; i < LEARNING; i++)
        run(&two_locations, i);
    run(&two_locations, LEARNING);
    CHECK_EQ_INT(e.profile.groups.count, 2);
    size_t n = e.profile.tasks.count;
    CHECK_EQ_INT(n, 3);
    CHECK_EQ_INT(e.profile.shares.data[0] + e.profile.shares.data[n], 11);
    CHECK_EQ_INT(e.profile.tasks.data[0].all, 1 + 6 + 7); // the first start is not a choice
    tgi_profile_free(&e.profile);
    tgi_sharing_free(&e.sharing);
}

static size_t groups_of(const program *p)
{
    strategy = tgi_strategy_find("surw", &(int){0});
    memset(&e, 0, sizeof e);
    for (uint64_t i = 0; i <= LEARNING; i++)
        run(p, i);
    size_t n = e.profile.groups.count;
    tgi_profile_free(&e.profile);
    tgi_sharing_free(&e.sharing);
    return n;
}

TEST(surw_does_not_pick_what_a_lock_guards_whole)
{
    // Wrong: a run in two is for x, whose orders are the lock's.
    CHECK_EQ_INT(groups_of(&(program){{"bc", "LXX", "LX"}}), 1);
    // One of them without the lock, the first or a later one.
    CHECK_EQ_INT(groups_of(&(program){{"bc", "LXX", "Lx"}}), 2);
    CHECK_EQ_INT(groups_of(&(program){{"bc", "Lx", "LXX"}}), 2);
}

TEST(pct_lowers_a_task_while_the_others_wait_for_its_lock)
{
    // The second thread is lowered when it stands before the lock, and the first anywhere before it
    // has given it back: then the second comes between the two times that the first has it. Where
    // only the points count at which the second could go on, there is one place for that in eight.
    program p = {{"bc", "LXXXXXXL", "LX"}};
    enum { RUNS = 4000 };
    memset(&e, 0, sizeof e);
    strategy = tgi_strategy_find("pct:3", &e.depth);
    int between = 0;
    for (uint64_t i = 0; i < LEARNING + RUNS; i++) {
        run(&p, i);
        char seen[6] = ""; // who takes the lock; small: the start of the second
        for (size_t k = 0, n = 0; k < length; k++) {
            if (at[k] == 'L')
                seen[n++] = (char)(order[k] - 'a' + 'A');
            else if (at[k] == '!' && order[k] == 'c')
                seen[n++] = 'c';
        }
        between += i >= LEARNING && strcmp(seen, "cBCB") == 0;
    }
    CHECK(between > 12 && between < 100);
    tgi_profile_free(&e.profile);
    tgi_sharing_free(&e.sharing);
}

TEST(surw_counts_steps_of_tasks_that_are_not_started_yet)
{
    program p = {{"bd", "xcx", "xx", "xx"}};
    // d's two anywhere: 15; of the others, the first is b's: 3.
    double chi = distance(&p, "surw", 6000, 45, 'x');
    CHECK(IS_UNIFORM(chi, 45));
}

TEST(surw_counts_steps_of_a_task_that_is_left_alone)
{
    program p = {{"bxxxxxxx", "x"}};
    double chi = distance(&p, "surw", 2000, 8, 'x');
    CHECK(IS_UNIFORM(chi, 8));
}

TEST(urw_gives_every_schedule_the_same_chance)
{
    program p = {{"bc", "..", ".."}};
    // A forest of 8 steps: 8! / (8 * 4 * 3! * 3!).
    double chi = distance(&p, "urw", 4000, 35, 0);
    CHECK(IS_UNIFORM(chi, 35));
}

TEST(random_walk_is_not_uniform)
{
    program p = {{"bc", "xxx", "xxx"}};
    double chi = distance(&p, "random", 4000, 20, 'x');
    CHECK(!IS_UNIFORM(chi, 20));
}
