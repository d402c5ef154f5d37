// SPDX-License-Identifier: MIT
//
// known.c - the table of names the runtime itself looks up.
#include "core/object/known.h"

#include "core/object/str.h" // tgc_str_intern

tg_value tgc_known_names[TGC_KNOWN_COUNT];

static const char *const texts[TGC_KNOWN_COUNT] = {
#define TGC_KNOWN_TEXT(id, text) text,
    TGC_KNOWN_NAMES(TGC_KNOWN_TEXT)
#undef TGC_KNOWN_TEXT
};

int tgc_known_init(tg_thread *t)
{
    for (int i = 0; i < TGC_KNOWN_COUNT; i++) {
        tgc_known_names[i] = tgc_str_intern(t, texts[i], strlen(texts[i]));
        if (tgc_known_names[i] == TGC_NULL)
            return -1;
    }
    return 0;
}
