// SPDX-License-Identifier: MIT
//
// stress_shrink.c - makes the schedule of a failure short.
//
// Method      Delta debugging takes out decisions, larger pieces first, until no single one can go.
//             What is left may still be a local minimum: a decision that only brings a thread to
//             where the next one stops it. So decisions are given another target while one is taken
//             out. If there is still more than one preemption, every schedule with one
//             preemption is tried, as far as the budget goes; last, systematically, those with
//             fewer preemptions than the best one, which also differ where nobody is preempted.
// Invariants  SH1  a schedule is accepted only if it fails with the same signature.
//             SH2  fewer preemptions are better, then fewer decisions.
// Sources     Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002.
#include "api/stress_runs.h"

#include "stress/strategy.h" // pb

enum { MOST_STEPS = 30 * 1000 * 1000 }; // of all replays: about a second
enum { SEARCHED_RUNS = 4000 };          // with fewer preemptions

typedef struct shrinker {
    tg_stress *s;
    tgi_schedule best;
    uint64_t preemptions; // of best
    uint64_t signature;
    uint32_t replays, budget;
    uint64_t steps;   // of all replays
    bool interrupted; // Ctrl-C: what there is has to do
} shrinker;

static bool is_spent(const shrinker *h)
{
    return h->interrupted || h->replays >= h->budget || h->steps >= MOST_STEPS;
}

// Runs s->forced; if it fails in the same way and is better, what it did is the new best. Entries
// that were never reached are gone, too.
static bool try_forced(shrinker *h)
{
    const tgi_engine *e = h->s->engine;
    h->replays++;
    tgi_stress_follow(h->s, false);
    h->steps += e->steps;
    h->interrupted |= e->failure.kind == TGI_FAIL_INTERRUPT;
    if (e->failure.kind == TGI_FAIL_NONE || e->failure.signature != h->signature)
        return false;
    if (e->preemptions > h->preemptions ||
        (e->preemptions == h->preemptions && e->taken.count >= h->best.count))
        return false;
    if (!tgi_schedule_copy(&h->best, &e->taken))
        return false;
    h->preemptions = e->preemptions;
    return true;
}

// s->forced = best without [at, at + n).
static bool force_without(shrinker *h, size_t at, size_t n)
{
    tgi_schedule *forced = &h->s->forced;
    vec_clear(forced);
    for (size_t i = 0; i < h->best.count; i++) {
        if ((i < at || i >= at + n) && !vec_push(forced, h->best.data[i]))
            return false;
    }
    return true;
}

static void take_out(shrinker *h)
{
    size_t piece = h->best.count;
    while (piece > 0 && !is_spent(h)) {
        bool smaller = false;
        for (size_t at = 0; at < h->best.count && !is_spent(h);) {
            if (force_without(h, at, piece) && try_forced(h))
                smaller = true;
            else
                at += piece;
        }
        if (piece > h->best.count)
            piece = h->best.count;
        else if (piece > 1)
            piece = (piece + 1) / 2;
        else if (!smaller)
            break;
    }
}

// One decision less, and another one goes to another task. True if that helped.
static bool retarget(shrinker *h)
{
    uint32_t tasks = h->s->engine->born;
    size_t count = h->best.count;
    for (size_t out = 0; out <= count; out++) {
        for (size_t at = 0; at < count; at++) {
            for (uint32_t to = 0; to < tasks && at != out; to++) {
                tgi_decision d = h->best.data[at];
                if (to == d.to || to == d.from)
                    continue;
                if (is_spent(h) || !force_without(h, out, out < count))
                    return false;
                h->s->forced.data[at - (at > out)].to = to;
                if (try_forced(h))
                    return true;
            }
        }
    }
    return false;
}

// Every schedule that leaves the default order once.
static void try_single(shrinker *h)
{
    tgi_engine *e = h->s->engine;
    tgi_schedule all = TGI_VEC_INIT;
    vec_clear(&h->s->forced);
    e->alternatives = &all;
    (void)try_forced(h);
    e->alternatives = NULL;
    for (size_t i = 0; i < all.count && h->preemptions > 1 && !is_spent(h); i++) {
        vec_clear(&h->s->forced);
        if (vec_push(&h->s->forced, all.data[i]))
            (void)try_forced(h);
    }
    vec_free(&all);
}

// All schedules with fewer preemptions: none, one, and so on.
static void search_fewer(shrinker *h)
{
    tgi_engine *e = h->s->engine;
    tgi_search bounded, *search = e->search;
    const tgi_strategy *strategy = e->strategy;
    uint64_t run = 0;
    (void)tgi_search_init(&bounded, TGI_SEARCH_BOUND, (int32_t)h->preemptions - 1);
    (void)tgi_sharing_settle(&e->sharing);
    e->search = &bounded;
    e->strategy = &tgi_strategy_pb;
    bool more = true;
    while (more && run++ < SEARCHED_RUNS && h->steps < MOST_STEPS && !h->interrupted) {
        tgi_stress_search_once(h->s, run);
        h->steps += e->steps;
        h->interrupted |= e->failure.kind == TGI_FAIL_INTERRUPT;
        if (e->failure.kind != TGI_FAIL_NONE && e->failure.signature == h->signature &&
            tgi_schedule_copy(&h->best, &e->taken)) {
            h->preemptions = e->preemptions;
            break;
        }
        more = tgi_stress_search_next(h->s);
    }
    h->replays += (uint32_t)run;
    tgi_search_free(&bounded);
    e->search = search;
    e->strategy = strategy;
}

static void shrink(shrinker *h)
{
    take_out(h);
    while (h->best.count <= 12 && h->best.count > 1 && retarget(h))
        take_out(h);
    if (h->preemptions > 1)
        try_single(h);
    if (h->preemptions > 0 && !h->s->engine->overflowed)
        search_fewer(h);
    if (h->best.count > 1)
        take_out(h);
}

tg_status tg_stress_shrink(tg_stress *s, const char *schedule, uint32_t budget,
                           tg_stress_result *out, uint32_t *replays)
{
    tgi_engine *e = s->engine;
    shrinker h = {.s = s, .replays = 1, .budget = budget};
    if (!tgi_schedule_decode(schedule, &s->forced))
        return TG_ERR_ARG;
    tgi_stress_follow(s, false);
    h.signature = e->failure.signature;
    h.preemptions = e->preemptions;
    tg_status st = e->failure.kind != TGI_FAIL_NONE ? TG_OK : TG_ERR_ARG;
    if (st == TG_OK && !tgi_schedule_copy(&h.best, &e->taken))
        st = TG_ERR_NOMEM;
    if (st == TG_OK) {
        shrink(&h);
        if (replays != NULL)
            *replays = h.replays;
        if (!tgi_schedule_copy(&s->forced, &h.best))
            st = TG_ERR_NOMEM;
    }
    if (st == TG_OK) {
        tgi_stress_follow(s, true);
        tgi_stress_fill(s, out);
    }
    vec_free(&h.best);
    return st;
}
