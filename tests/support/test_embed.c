// SPDX-License-Identifier: MIT
//
// test_embed.c - the table that togil_embed_python() writes holds the bytes of its files.
#include "modules/embedded.h"
#include "test.h"

#include <stdio.h>

static const tgi_embedded_module *find(const char *name)
{
    for (const tgi_embedded_module *m = tgi_embedded_modules; m->name != NULL; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

static void check_content(const char *name, const char *file, bool is_package)
{
    char expected[4096];
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/support/embed/py/%s", TG_TEST_SOURCE_DIR, file);
    FILE *in = fopen(path, "rb");
    REQUIRE(in != NULL);
    size_t length = fread(expected, 1, sizeof expected, in);
    fclose(in);

    const tgi_embedded_module *m = find(name);
    REQUIRE(m != NULL);
    CHECK_EQ_UINT(m->length, length);
    CHECK(memcmp(m->source, expected, length) == 0);
    CHECK_EQ_INT(m->source[length], '\0');
    CHECK(m->is_package == is_package);
}

TEST(any_bytes_are_embedded_as_they_are)
{
    check_content("odd", "odd.py", false);
}

TEST(a_package_has_the_name_of_its_folder)
{
    check_content("package", "package/__init__.py", true);
}

TEST(an_empty_module_is_an_empty_string)
{
    check_content("package.empty", "package/empty.py", false);
}

TEST(the_table_ends_with_no_name)
{
    int count = 0;
    while (tgi_embedded_modules[count].name != NULL)
        count++;
    CHECK_EQ_INT(count, 3);
}
