// SPDX-License-Identifier: MIT
//
// interp.c - the interpreters of a runtime.
//
// Owns        tg_interp: the list, the counts, who may enter.
// Threads     any thread.
// Locks       runtime.threads_lock for everything that changes after init.
// Invariants  P1  an interpreter on the list is alive. Off the list nobody can find it, and no
//             state
//                 of it is on the list of threads.
//             P2  no state is made by entering unless `open` was seen under the lock that adds the
//                 state to the list: once shut, nobody comes in any more. Nor does anybody look at
//                 the core's data on the way in: who is `entering` is waited for.
//             P3  the interpreter whose GIL others share is the first one, and it goes last.
#include "thread/interp.h"

#include "base/os.h"      // tgi_os.yield
#include "mem/objmap.h"   // tags
#include "mem/raw.h"      // memory
#include "thread/state.h" // tg_thread
#include "thread/stw.h"   // what its pauses were

void tgi_interp_ref(tg_interp *interp)
{
    // ORDER: relaxed; the caller's own count, or the list's under the lock, keeps it above 0.
    atom_add_relaxed(&interp->refs, 1);
}

void tgi_interp_unref(tg_interp *interp)
{
    // ORDER: acq_rel; the last one sees what all the others did to it.
    if (atom_sub_acq_rel(&interp->refs, 1) == 1)
        tgi_raw_free_lines(interp);
}

tg_status tgi_interp_make(tg_runtime *rt, tgi_gil *gil, int enabled, void *core, void *host,
                          tg_interp **out)
{
    unsigned tag = tgi_objmap_tag_acquire();
    if (tag == 0)
        return TG_ERR_LIMIT;
    tg_interp *interp = tgi_raw_calloc_lines(sizeof *interp);
    if (interp == NULL) {
        tgi_objmap_tag_release(tag);
        return TG_ERR_NOMEM;
    }
    interp->runtime = rt;
    interp->objmap_tag = tag;
    interp->core = core;
    interp->host = host;
    tgi_gil_init(&interp->own_gil, enabled, rt->gil_switchable);
    interp->owns_gil = gil == NULL;
    interp->gil = gil != NULL ? gil : &interp->own_gil;
    tgi_stw_init(&interp->stw, interp);
    // ORDER: relaxed; published by the lock. The list's count.
    atom_store_relaxed(&interp->refs, 1);
    tgi_rawlock_lock(&rt->threads_lock);
    interp->id = rt->next_interp++;
    interp->next = rt->interps;
    if (rt->interps != NULL)
        rt->interps->prev = interp;
    rt->interps = interp;
    tgi_rawlock_unlock(&rt->threads_lock);
    *out = interp;
    return TG_OK;
}

tg_status tgi_interp_new_with(tg_runtime *rt, bool own_gil, void *core, void *host, tg_interp **out)
{
    tgi_gil *first = rt->main_interp->gil;
    // ORDER: relaxed; a new GIL starts as the first one is now.
    int enabled = atom_load_relaxed(&first->enabled);
    if (enabled != TGI_GIL_PERMANENT && enabled > 1)
        enabled = 1;
    tg_status st =
        tgi_interp_make(rt, own_gil ? NULL : first, own_gil ? enabled : 0, core, host, out);
    if (st == TG_OK && own_gil) {
        tgi_gil_set_interval_ns((*out)->gil, tgi_gil_interval_ns(first));
        tgi_gil_set_policy((*out)->gil, rt, tgi_gil_policy_of(first));
    }
    return st;
}

tg_status tgi_interp_new(tg_runtime *rt, bool own_gil, tg_interp **out)
{
    return tgi_interp_new_with(rt, own_gil, NULL, NULL, out);
}

static bool stop_looking(void *object, void *arg)
{
    (void)object, (void)arg;
    return false;
}

void tgi_interp_drop_tag(tg_interp *interp)
{
    if (interp->left_behind == 0 ||
        tgi_objmap_for_each(interp->objmap_tag, stop_looking, NULL) == 0)
        tgi_objmap_tag_release(interp->objmap_tag);
}

tg_status tgi_interp_free(tg_interp *interp)
{
    tg_runtime *rt = interp->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    bool in_use = interp == rt->main_interp;
    for (tg_thread *t = rt->threads; t != NULL && !in_use; t = t->next)
        in_use = t->interp == interp;
    if (!in_use) {
        if (interp->prev != NULL)
            interp->prev->next = interp->next;
        else
            rt->interps = interp->next;
        if (interp->next != NULL)
            interp->next->prev = interp->prev;
        interp->prev = interp->next = NULL;
        interp->open = false;
        tgi_stw_bury_locked(interp);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    if (in_use)
        return TG_ERR_STATE;
    tgi_interp_drop_tag(interp);
    tgi_interp_unref(interp);
    return TG_OK;
}

void tgi_interp_open(tg_interp *interp)
{
    tg_runtime *rt = interp->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    interp->open = true;
    tgi_rawlock_unlock(&rt->threads_lock);
}

tg_status tgi_interp_shut(tg_interp *interp, bool force)
{
    tg_runtime *rt = interp->runtime;
    tgi_rawlock_lock(&rt->threads_lock);
    bool refused = !interp->open || (!force && interp->entering != 0);
    for (tg_thread *each = rt->threads; each != NULL && !refused && !force; each = each->next)
        refused = each->interp == interp && each->entered;
    if (!refused)
        interp->open = false; // P2
    while (!refused && interp->entering != 0) {
        tgi_rawlock_unlock(&rt->threads_lock);
        (void)tgi_os.yield();
        tgi_rawlock_lock(&rt->threads_lock);
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    return refused ? TG_ERR_STATE : TG_OK;
}

tg_interp *tgi_interp_find(tg_runtime *rt, uint32_t id)
{
    tgi_rawlock_lock(&rt->threads_lock);
    tg_interp *interp = rt->interps;
    while (interp != NULL && interp->id != id)
        interp = interp->next;
    if (interp != NULL && !interp->open)
        interp = NULL;
    if (interp != NULL)
        tgi_interp_ref(interp);
    tgi_rawlock_unlock(&rt->threads_lock);
    return interp;
}

uint32_t tgi_interp_next(tg_runtime *rt, uint32_t after)
{
    uint32_t least = 0;
    tgi_rawlock_lock(&rt->threads_lock);
    for (tg_interp *each = rt->interps; each != NULL; each = each->next) {
        if (each->open && each->id > after && (least == 0 || each->id < least))
            least = each->id;
    }
    tgi_rawlock_unlock(&rt->threads_lock);
    return least;
}
