// SPDX-License-Identifier: MIT
//
// test_robust.c - programs of the source tree, damaged programs, and memory that runs out.
//
// The allocator is wrapped at link time (see CMakeLists.txt): the n-th request fails. Whatever the
// compiler holds at that moment must be given back; the leak checker of the address sanitizer and
// the count of live blocks say so.
#include <dirent.h> // opendir
#include <stdio.h>  // fopen

#include "support.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *p);

static _Thread_local long fail_at; // 0: never
static _Thread_local long requests;
static _Thread_local long live;

static bool refuse(void)
{
    return ++requests == fail_at;
}

void *__wrap_malloc(size_t size)
{
    void *p = refuse() ? NULL : __real_malloc(size);
    live += p != NULL;
    return p;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *p = refuse() ? NULL : __real_calloc(count, size);
    live += p != NULL;
    return p;
}

void __wrap_free(void *p)
{
    live -= p != NULL;
    __real_free(p);
}

static const char program[] =
    "import os.path as p\n"
    "from math import (sqrt, pi as PI)\n"
    "@decorated(1, k=2)\n"
    "class A(B, metaclass=M):\n"
    "    '''Doc'''\n"
    "    x: int = 1\n"
    "    def m(self, a, b=(1, 2.5), *c, d=None, **e) -> int:\n"
    "        global g\n"
    "        self.q = [i * j for i in a if i for j in (lambda: i)()]\n"
    "        with open(a) as f, b:\n"
    "            try:\n"
    "                return super().m(*c, **e)\n"
    "            except (KeyError, E) as err:\n"
    "                raise X from err\n"
    "            else:\n"
    "                yield a\n"
    "            finally:\n"
    "                del a.b, c[1:2], d\n"
    "        while a < b < c or not d:\n"
    "            a, *b = b, c\n"
    "            g += f'{a!r:>{b}} {c=} {{}}' 'x' * 3\n"
    "            if (n := a) is None: break\n"
    "            elif a: continue\n"
    "            else: assert a, 'no'\n"
    "        return {k: v for k, v in e.items()}, {*a, 2}, {**e, 'k': 1}\n"
    "print(0x123456789012345678901, 1e-5, b'\\x00', sum(x for x in y))\n";

TEST(a_failed_allocation_is_reported_and_leaks_nothing)
{
    tgi_syntax_error error;
    long before = live;
    for (long n = 1;; n++) {
        tgi_unit *unit = NULL;
        requests = 0;
        fail_at = n;
        tg_status st = tgi_compile(program, sizeof program - 1, "t", TGI_MODULE, &unit, &error);
        fail_at = 0;
        bool reached = requests >= n;
        if (st == TG_OK)
            tgi_unit_free(unit);
        CHECK_EQ_INT(live, before);
        CHECK(reached ? st == TG_ERR_NOMEM : st == TG_OK);
        if (!reached || st == TG_ERR_ARG)
            break;
    }
    CHECK(requests > 20);
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    size_t room = 1 << 20;
    char *text = __real_malloc(room);
    REQUIRE(text != NULL);
    *length = fread(text, 1, room, file);
    fclose(file);
    return text;
}

// Compiles every script below a folder; scripts named after syntax errors must be refused.
static int compile_folder(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return 0;
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        size_t name = strlen(entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (entry->d_type == DT_DIR) {
            count += compile_folder(path);
            continue;
        }
        if (name < 3 || strcmp(entry->d_name + name - 3, ".py") != 0)
            continue;
        size_t length = 0;
        char *text = read_file(path, &length);
        REQUIRE(text != NULL);
        tgi_unit *unit = NULL;
        tgi_syntax_error error = {0};
        tg_status st = tgi_compile(text, length, path, TGI_MODULE, &unit, &error);
        bool broken =
            strstr(entry->d_name, "syntax") != NULL || strstr(entry->d_name, "unsupported") != NULL;
        if (!broken && st != TG_OK)
            FAIL("%s:%u:%u: %s", path, error.line, error.column, error.message);
        if (st == TG_OK) {
            const char *wrong = structure_error(unit);
            if (wrong != NULL)
                FAIL("%s: %s", path, wrong);
            tgi_unit_free(unit);
        }
        __real_free(text);
        count++;
    }
    closedir(dir);
    return count;
}

TEST(the_scripts_of_this_source_tree_compile)
{
    int count = compile_folder(TG_TEST_SOURCE_DIR "/tests/scripts");
    count += compile_folder(TG_TEST_SOURCE_DIR "/bench/programs");
    count += compile_folder(TG_TEST_SOURCE_DIR "/runtime/modules/py");
    CHECK(count > 50);
}

// Attacks: no input crashes the compiler or makes a unit with operands out of range.
TEST(damaged_programs_are_refused_or_compiled_but_never_crash)
{
    static const char *const pieces[] = {
        "(",        ")",      "[",    "]",  "{",   "}",       ":",      "\n",  "    ", "\t",
        "'",        "\"\"\"", "f'",   "\\", "if ", "lambda ", "yield ", ":=",  "**",   "*",
        "finally:", "try:\n", "\xFF", "0x", "1_",  "async ",  "@",      "del "};
    test_rng r = test_rng_new(1);
    int compiled = 0;
    long rounds = test_scale(20000);
    for (long round = 0; round < rounds; round++) {
        char text[sizeof program + 256];
        size_t length = sizeof program - 1;
        memcpy(text, program, length);
        for (uint32_t changes = test_rng_next(&r) % 4; changes > 0; changes--) {
            size_t at = test_rng_next(&r) % length;
            const char *piece = pieces[test_rng_next(&r) % (sizeof pieces / sizeof pieces[0])];
            size_t size = strlen(piece);
            if (test_rng_next(&r) % 3 == 0) {
                size_t cut = test_rng_next(&r) % 40;
                cut = cut < length - at ? cut : length - at - 1;
                memmove(text + at, text + at + cut, length - at - cut);
                length -= cut;
            } else if (length + size < sizeof text) {
                memmove(text + at + size, text + at, length - at);
                memcpy(text + at, piece, size);
                length += size;
            }
        }
        tgi_unit *unit = NULL;
        tgi_syntax_error error;
        if (tgi_compile(text, length, "t", TGI_MODULE, &unit, &error) == TG_OK) {
            compiled++;
            const char *wrong = structure_error(unit);
            if (wrong != NULL)
                FAIL("%s in\n%.*s", wrong, (int)length, text);
            tgi_unit_free(unit);
        }
    }
    CHECK(compiled > 0);
}
