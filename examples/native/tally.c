// SPDX-License-Identifier: MIT
//
// tally.c - a native module as they were written before anybody asked: it counts words in global
// variables, without a lock, and says nothing about the GIL.
//
//     import tally          # togil: RuntimeWarning: the GIL is on from now on: ...
//     tally.add("apple")
//     tally.get("apple")    # 1
//
// It works, because the runtime takes silence for "needs it". With `togil --gil off` nothing
// protects the globals, and counts get lost.
#include <togil/native.h>

#include <string.h>

enum { MANY = 256, LONGEST = 63 };

static struct {
    char word[LONGEST + 1];
    long count;
} words[MANY];
static size_t used;

// The place of a word; MANY if it has none and none is left.
static size_t place_of(const char *word)
{
    for (size_t i = 0; i < used; i++) {
        if (strcmp(words[i].word, word) == 0)
            return i;
    }
    if (used < MANY)
        strcpy(words[used++].word, word);
    return used < MANY ? used - 1 : MANY;
}

// The argument as a word; NULL raised.
static const char *word_of(tg_thread *t, tg_value v)
{
    size_t n;
    const char *word = tg_as_utf8(t, v, &n);
    if (word != NULL && n > LONGEST) {
        tg_raise(t, TG_ValueError, "a word has at most %d bytes", LONGEST);
        return NULL;
    }
    return word;
}

static tg_value add(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    const char *word = word_of(t, args[0]);
    if (word == NULL)
        return TG_NULL;
    size_t i = place_of(word);
    if (i == MANY)
        return tg_raise(t, TG_MemoryError, "more than %d words", MANY - 1);
    words[i].count++;
    return TG_NONE;
}

static tg_value get(tg_thread *t, const tg_value *args, size_t nargs, tg_value kwnames)
{
    (void)nargs, (void)kwnames;
    const char *word = word_of(t, args[0]);
    size_t i = word == NULL ? MANY : place_of(word);
    return word == NULL ? TG_NULL : tg_int(t, i == MANY ? 0 : words[i].count);
}

static const tg_function_def functions[] = {
    {"add", add, 1, 1, 0},
    {"get", get, 1, 1, 0},
    {NULL, NULL, 0, 0, 0},
};

static int init(tg_thread *t, tg_value module)
{
    return tg_module_add_functions(t, module, functions);
}

TG_NATIVE_MODULE("tally", TG_NATIVE_UNDECLARED, init);
