// SPDX-License-Identifier: MIT
//
// test_compiled_units.c - what the compiler makes of every bundled program, every module written in
// Python and every script test is sound, and can be listed.
#include <dirent.h> // opendir
#include <stdio.h>  // fopen
#include <stdlib.h> // free

#include "lang/compile.h"
#include "test.h"

typedef struct found {
    unsigned compiled, refused;
} found;

static char *read_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    REQUIRE(file != NULL);
    char *text = malloc(1 << 20);
    REQUIRE(text != NULL);
    *n = fread(text, 1, 1 << 20, file);
    fclose(file);
    return text;
}

static void check_file(const char *path, found *sum)
{
    size_t n;
    char *source = read_file(path, &n);
    tgi_unit *unit = NULL;
    tgi_syntax_error error;
    if (tgi_compile(source, n, path, TGI_MODULE, &unit, &error) == TG_OK) {
        uint32_t where = 0;
        const char *wrong = tgi_unit_verify(unit, &where);
        if (wrong != NULL)
            test_fail(__FILE__, __LINE__, "%s: instruction %u: %s", path, where, wrong);
        char *listing = tgi_unit_disassemble(unit);
        CHECK(listing != NULL && strncmp(listing, "<module> (", 10) == 0);
        free(listing);
        tgi_unit_free(unit);
        sum->compiled++;
    } else {
        sum->refused++;
    }
    free(source);
}

static void check_folder(const char *folder, found *sum)
{
    DIR *dir = opendir(folder);
    REQUIRE(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t n = strlen(entry->d_name);
        if (n < 4 || strcmp(entry->d_name + n - 3, ".py") != 0)
            continue;
        char *path = NULL;
        REQUIRE(asprintf(&path, "%s/%s", folder, entry->d_name) > 0);
        check_file(path, sum);
        free(path);
    }
    closedir(dir);
}

TEST(compiled_programs_are_sound)
{
    static const char *const folders[] = {"bench/programs",        "runtime/modules/py",
                                          "tests/scripts/lang",    "tests/scripts/threads",
                                          "tests/scripts/library", "tests/scripts/errors"};
    found sum = {0, 0};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        char *path = NULL;
        REQUIRE(asprintf(&path, "%s/%s", TG_TEST_SOURCE_DIR, folders[i]) > 0);
        check_folder(path, &sum);
        free(path);
    }
    CHECK(sum.compiled > 100);
    CHECK(sum.refused < 20); // those that test syntax errors
}
