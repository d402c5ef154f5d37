// SPDX-License-Identifier: MIT
//
// Attacks F1 and F2: reading a declaration from a file that was damaged, anywhere and in any way. A
// wrong result is a crash, a report of a sanitizer, a hang, a declaration that is not in the file,
// or a good file whose segments end behind it.
#include "api/native_file.h"

#include "test.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ROOM = 1 << 16 };

// A file in memory, written to a temporary file to be looked at.
typedef struct image {
    unsigned char bytes[ROOM];
    size_t size;
} image;

static char path[64];

static tgi_native_look look_at(const image *m, tgi_native_file *out, char *why)
{
    if (path[0] == '\0') {
        snprintf(path, sizeof path, "/tmp/togil-native-XXXXXX");
        int fd = mkstemp(path);
        REQUIRE(fd >= 0);
        close(fd);
    }
    int fd = open(path, O_WRONLY | O_TRUNC);
    REQUIRE(fd >= 0 && write(fd, m->bytes, m->size) == (ssize_t)m->size);
    close(fd);
    return tgi_native_file_look(path, out, why);
}

__attribute__((destructor)) static void remove_file(void)
{
    if (path[0] != '\0')
        unlink(path);
}

static void put(image *m, size_t at, const void *data, size_t n)
{
    REQUIRE(at + n <= ROOM);
    memcpy(m->bytes + at, data, n);
    if (at + n > m->size)
        m->size = at + n;
}

// The smallest file that passes: header, one segment of notes at 256.
static ElfW(Phdr) small(image *m, size_t note_bytes, size_t align)
{
    ElfW(Ehdr) h;
    FILE *self = fopen("/proc/self/exe", "rb"); // the machine, class and order of this build
    REQUIRE(self != NULL && fread(&h, sizeof h, 1, self) == 1);
    fclose(self);
    h.e_type = ET_DYN;
    h.e_phoff = sizeof h;
    h.e_phnum = 1;
    h.e_shnum = 0;
    ElfW(Phdr) p = {.p_type = PT_NOTE, .p_offset = 256, .p_filesz = note_bytes, .p_align = align};
    memset(m, 0, sizeof *m);
    put(m, 0, &h, sizeof h);
    put(m, sizeof h, &p, sizeof p);
    m->size = 256 + note_bytes;
    return p;
}

static const tg_native_note good_note = {sizeof TG_NATIVE_NOTE_NAME,
                                         8,
                                         TG_NATIVE_NOTE_TYPE,
                                         TG_NATIVE_NOTE_NAME,
                                         TG_NATIVE_ABI,
                                         TG_NATIVE_SAFE};

TEST(a_note_is_found_behind_others_and_rests)
{
    static image m;
    tgi_native_file file;
    char why[TGI_NATIVE_WHY_BYTES];
    const uint32_t other[] = {4, 5, 1, 0x00554e47, 1, 2}; // "GNU", 5 bytes padded to 8
    const uint32_t same_name[] = {6, 4, 9, 0x69676f54, 0x6c, 0};
    small(&m, 24 + 12 + 24 + sizeof good_note, 4);
    put(&m, 256, other, sizeof other);
    // 12 zero bytes: an empty note, as padding between sections looks
    put(&m, 256 + 36, same_name, sizeof same_name);
    put(&m, 256 + 60, &good_note, sizeof good_note);
    CHECK_EQ_INT(look_at(&m, &file, why), TGI_NATIVE_GOOD);
    CHECK(file.declared);
    CHECK_EQ_INT(file.gil, TG_NATIVE_SAFE);
    m.size -= 4; // the note's last word is behind the end
    CHECK_EQ_INT(look_at(&m, &file, why), TGI_NATIVE_REFUSED);
}

TEST(a_note_must_fit_into_its_segment)
{
    static image m;
    tgi_native_file file;
    char why[TGI_NATIVE_WHY_BYTES];
    for (size_t n = 0; n < sizeof good_note; n++) {
        small(&m, n, 4);
        m.size = 400;
        put(&m, 256, &good_note, sizeof good_note);
        // With a whole name it is ours, and refused for what it lacks.
        tgi_native_look look = look_at(&m, &file, why);
        CHECK_EQ_INT(look, n < 18 ? TGI_NATIVE_GOOD : TGI_NATIVE_REFUSED);
        CHECK(!file.declared);
    }
}

TEST(no_note_says_nothing)
{
    static image m;
    tgi_native_file file;
    char why[TGI_NATIVE_WHY_BYTES];
    small(&m, 0, 4);
    CHECK_EQ_INT(look_at(&m, &file, why), TGI_NATIVE_GOOD);
    CHECK(!file.declared);
    CHECK_EQ_INT(file.gil, TG_NATIVE_UNDECLARED);
}

TEST(a_declaration_of_another_kind_is_refused)
{
    static image m;
    tgi_native_file file;
    char why[TGI_NATIVE_WHY_BYTES];
    for (int kind = 0; kind < 4; kind++) {
        tg_native_note note = good_note;
        small(&m, sizeof note, kind == 3 ? 8 : 4);
        if (kind == 0)
            note.abi = TG_NATIVE_ABI + 1;
        else if (kind == 1)
            note.gil = 3;
        else if (kind == 2)
            note.data_size = 4;
        put(&m, 256, &note, sizeof note);
        CHECK_EQ_INT(look_at(&m, &file, why), TGI_NATIVE_REFUSED);
        CHECK(why[0] != '\0');
    }
}

TEST(segments_behind_the_end_are_refused)
{
    static image m;
    tgi_native_file file;
    char why[TGI_NATIVE_WHY_BYTES];
    const uint64_t sizes[] = {1, 4096, INT64_MAX, UINT64_MAX, UINT64_MAX - 255};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ElfW(Phdr) p = small(&m, 0, 4);
        for (int type = 0; type < 2; type++) {
            p.p_type = type == 0 ? PT_LOAD : PT_NOTE;
            p.p_filesz = sizes[i];
            put(&m, sizeof(ElfW(Ehdr)), &p, sizeof p);
            CHECK_EQ_INT(look_at(&m, &file, why), TGI_NATIVE_REFUSED);
            CHECK_EQ_STR(why, "the file is cut short");
        }
    }
}

TEST(any_damage_is_survived)
{
    // A real module, its interesting bytes overwritten at random.
    static image whole, m;
    tgi_native_file file;
    char why[TGI_NATIVE_WHY_BYTES];
    FILE *module = fopen(TEST_MODULES "/needs.togil.so", "rb");
    if (module == NULL)
        SKIP("no modules in this build");
    whole.size = fread(whole.bytes, 1, ROOM, module);
    fclose(module);
    CHECK_EQ_INT(tgi_native_file_look(TEST_MODULES "/needs.togil.so", &file, why), TGI_NATIVE_GOOD);
    CHECK_EQ_INT(file.gil, TG_NATIVE_NEEDS_GIL);
    static const unsigned char edges[] = {0, 1, 0x7f, 0x80, 0xff};
    test_rng rng = test_rng_new(0);
    long good = 0, refused = 0;
    for (long round = test_scale(5000); round > 0; round--) {
        m = whole;
        // Header, program headers and, behind them, notes: the first page.
        for (uint64_t n = 1 + test_rng_below(&rng, 8); n > 0; n--) {
            unsigned char byte = edges[test_rng_below(&rng, sizeof edges)];
            m.bytes[test_rng_below(&rng, 1024)] = byte;
        }
        if (test_rng_below(&rng, 4) == 0)
            m.size = test_rng_below(&rng, m.size);
        tgi_native_look look = look_at(&m, &file, why);
        CHECK(look != TGI_NATIVE_ABSENT);
        CHECK(look == TGI_NATIVE_GOOD || why[0] != '\0');
        *(look == TGI_NATIVE_GOOD ? &good : &refused) += 1;
    }
    CHECK(good > 0 && refused > 0);
}
