// SPDX-License-Identifier: MIT
//
// point.c - the installed hook of scheduling points.
#include "sync/point.h"

#if TGI_POINTS

_Atomic(tgi_point_hook *) tgi_point_current;

void tgi_point_set_hook(tgi_point_hook *hook)
{
    // ORDER: release; pairs with the acquire in tgi_point.
    atom_store_release(&tgi_point_current, hook);
}

#else

void tgi_point_set_hook(tgi_point_hook *hook)
{
    (void)hook;
}

#endif
