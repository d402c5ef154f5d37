// SPDX-License-Identifier: MIT
//
// native_file.c - what a native module declares, read from its file before it is loaded.
//
// Loading a shared object runs its constructors, so a declaration that is found by loading comes
// too late. It is an ELF note, which the program headers lead to: a few small reads.
//
// Owns        nothing; keeps a descriptor open while it reads.
// Threads     any; blocks in open and read.
// Invariants  F1  Nothing is believed about the file: every offset and size is checked against the
//                 size of the file, and a note against its segment.
//             F2  A file that the dynamic linker would map beyond its end is refused here: touching
//                 such a page kills the process.
// Limits      What a segment contains is the dynamic linker's to check; a file whose dynamic
//             section is damaged by hand can crash it, as its code could once it runs.
// Rejected    libelf: it would come, with zlib, into every program that embeds the runtime, for one
//             note of a file whose word size and byte order are our own; the checks of F2 would
//             still be ours. A descriptor found by its symbol: needs the symbol table and, for
//             anything that contains a pointer, relocation.
// Sources     System V gABI, chapter 5, "Program Header" and "Note Section"; elf(5).
#include "api/native_file.h"

#include "base/os.h" // open, read_at

#include <errno.h>
#include <fcntl.h>    // O_RDONLY
#include <link.h>     // ElfW
#include <stdio.h>    // snprintf
#include <string.h>   // memcmp
#include <sys/stat.h> // S_ISREG

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#elif defined(__riscv)
#define OUR_MACHINE EM_RISCV
#else
#define OUR_MACHINE EM_NONE // not checked here: the dynamic linker refuses others, less clearly
#endif

enum {
    OUR_CLASS = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32,
    OUR_ORDER = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB,
};

typedef struct reader {
    int fd;
    uint64_t size; // of the file
    char *why;
} reader;

static bool refuse(reader *r, const char *text)
{
    snprintf(r->why, TGI_NATIVE_WHY_BYTES, "%s", text);
    return false;
}

static bool is_inside(uint64_t size, uint64_t offset, uint64_t bytes)
{
    return offset <= size && bytes <= size - offset;
}

static bool read_at(reader *r, uint64_t offset, void *out, size_t bytes)
{
    if (!is_inside(r->size, offset, bytes))
        return refuse(r, "the file is cut short");
    for (size_t done = 0; done < bytes;) {
        ssize_t got =
            tgi_os.read_at(r->fd, (char *)out + done, bytes - done, (int64_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return refuse(r, strerror(errno));
        if (got == 0)
            return refuse(r, "the file is cut short");
        done += (size_t)got;
    }
    return true;
}

static bool read_header(reader *r, ElfW(Ehdr) * h)
{
    unsigned char id[EI_NIDENT];
    if (r->size < sizeof id || !read_at(r, 0, id, sizeof id) || memcmp(id, ELFMAG, SELFMAG) != 0)
        return refuse(r, "not a shared object");
    if (id[EI_CLASS] != OUR_CLASS || id[EI_DATA] != OUR_ORDER)
        return refuse(r, "a shared object for another architecture");
    if (!read_at(r, 0, h, sizeof *h))
        return false;
    if (OUR_MACHINE != EM_NONE && h->e_machine != OUR_MACHINE)
        return refuse(r, "a shared object for another architecture");
    if (h->e_type != ET_DYN || h->e_phnum == 0 || h->e_phentsize != sizeof(ElfW(Phdr)))
        return refuse(r, "not a shared object");
    return true;
}

// Takes the declaration out of a note. False if it cannot be followed.
static bool read_declaration(reader *r, uint64_t offset, tgi_native_file *out)
{
    tg_native_note note;
    if (!read_at(r, offset, &note, sizeof note))
        return false;
    if (note.abi != TG_NATIVE_ABI) {
        snprintf(r->why, TGI_NATIVE_WHY_BYTES,
                 "made for version %u of the native interface, this is version %u", note.abi,
                 (unsigned)TG_NATIVE_ABI);
        return false;
    }
    if (note.gil > TG_NATIVE_NEEDS_GIL) {
        snprintf(r->why, TGI_NATIVE_WHY_BYTES, "its declaration about the GIL is %u, which is none",
                 note.gil);
        return false;
    }
    out->declared = true;
    out->gil = (tg_native_gil)note.gil;
    return true;
}

static uint64_t padded(uint64_t n, uint64_t align)
{
    return (n + align - 1) & ~(align - 1);
}

// Walks the notes of a segment.
static bool read_notes(reader *r, const ElfW(Phdr) * segment, tgi_native_file *out)
{
    // Notes are padded to 4 bytes, or to 8 in a segment that says so.
    uint64_t align = segment->p_align == 8 ? 8 : 4, size = segment->p_filesz, at = 0;
    ElfW(Nhdr) n;
    while (is_inside(size, at, sizeof n)) {
        if (!read_at(r, segment->p_offset + at, &n, sizeof n))
            return false;
        uint64_t data = padded(sizeof n + (uint64_t)n.n_namesz, align);
        uint64_t bytes = padded(data + n.n_descsz, align);
        if (n.n_type == TG_NATIVE_NOTE_TYPE && n.n_namesz == sizeof TG_NATIVE_NOTE_NAME &&
            is_inside(size, at, sizeof n + sizeof TG_NATIVE_NOTE_NAME)) {
            char name[sizeof TG_NATIVE_NOTE_NAME];
            if (!read_at(r, segment->p_offset + at + sizeof n, name, sizeof name))
                return false;
            if (memcmp(name, TG_NATIVE_NOTE_NAME, sizeof name) == 0) {
                // A newer form may have more data, but begins with the version.
                if (n.n_descsz < 2 * sizeof(uint32_t) || align != 4 ||
                    !is_inside(size, at, sizeof(tg_native_note)))
                    return refuse(r, "its declaration cannot be read");
                return read_declaration(r, segment->p_offset + at, out);
            }
        }
        at += bytes;
    }
    return true;
}

static bool read_segments(reader *r, tgi_native_file *out)
{
    ElfW(Ehdr) h;
    ElfW(Phdr) segment;
    if (!read_header(r, &h))
        return false;
    for (uint64_t i = 0; i < h.e_phnum; i++) {
        if (!is_inside(r->size, h.e_phoff, (i + 1) * sizeof segment))
            return refuse(r, "the file is cut short");
        if (!read_at(r, h.e_phoff + i * sizeof segment, &segment, sizeof segment))
            return false;
        bool is_note = segment.p_type == PT_NOTE;
        if ((is_note || segment.p_type == PT_LOAD) && // F2
            !is_inside(r->size, segment.p_offset, segment.p_filesz))
            return refuse(r, "the file is cut short");
        if (is_note && !out->declared && !read_notes(r, &segment, out))
            return false;
    }
    return true;
}

tgi_native_look tgi_native_file_look(const char *path, tgi_native_file *out, char *why)
{
    *out = (tgi_native_file){.declared = false, .gil = TG_NATIVE_UNDECLARED};
    why[0] = '\0';
    // A pipe of that name must not keep us waiting for its other end.
    int fd = tgi_os.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
        return TGI_NATIVE_ABSENT;
    reader r = {.fd = fd, .size = 0, .why = why};
    struct stat status;
    bool good;
    if (fd < 0 || tgi_os.stat_fd(fd, &status) != 0) {
        good = refuse(&r, strerror(errno));
    } else if (!S_ISREG(status.st_mode)) {
        good = refuse(&r, "not a regular file");
    } else {
        r.size = (uint64_t)status.st_size;
        good = read_segments(&r, out);
    }
    if (fd >= 0)
        tgi_os.close(fd);
    return good ? TGI_NATIVE_GOOD : TGI_NATIVE_REFUSED;
}
