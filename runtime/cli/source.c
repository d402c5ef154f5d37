// SPDX-License-Identifier: MIT
//
// source.c - see source.h.
//
// Owns        the strings of a tgi_source.
// Invariants  S1  A script that cannot be opened is reported before a runtime exists, so the
//                 answer is quick and has exit code 2, as CPython's.
#include "cli/source.h"

#include <errno.h>    // errno
#include <fcntl.h>    // open
#include <stdint.h>   // uint32_t
#include <stdio.h>    // asprintf
#include <stdlib.h>   // realpath
#include <string.h>   // strerror
#include <sys/stat.h> // fstat
#include <unistd.h>   // read

enum { PIECE = 65536 };

bool tgi_is_utf8(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p != 0; p++) {
        uint32_t c = *p;
        int more = c < 0x80 ? 0 : c >= 0xc2 && c < 0xe0 ? 1 : c >= 0xe0 && c < 0xf0 ? 2 : 3;
        if (more == 3 && (c < 0xf0 || c > 0xf4))
            return false;
        c &= more == 0 ? 0x7fu : 0x3fu >> more;
        int rest = more;
        for (; rest > 0 && (p[1] & 0xc0) == 0x80; rest--)
            c = c << 6 | (*++p & 0x3fu);
        static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
        if (rest > 0 || c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
            return false;
    }
    return true;
}

static int cannot_open(const tgi_options *options, int error)
{
    return tgi_usage_error(options->command, "can't open file '%s': [Errno %d] %s", options->text,
                           error, strerror(error));
}

static int no_memory(const tgi_options *options)
{
    tgi_usage_error(options->command, "out of memory");
    return 1;
}

// Everything behind fd. 0, or the error number.
static int read_all(int fd, char **text, size_t *size)
{
    size_t used = 0, capacity = 0;
    char *data = NULL;
    for (;;) {
        if (capacity - used <= PIECE) {
            capacity = capacity * 2 + 2 * (size_t)PIECE;
            char *bigger = realloc(data, capacity);
            if (bigger == NULL) {
                free(data);
                return ENOMEM;
            }
            data = bigger;
        }
        ssize_t n = read(fd, data + used, PIECE);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            int error = errno;
            free(data);
            return error;
        }
        if (n == 0)
            break;
        used += (size_t)n;
    }
    data[used] = '\0';
    *text = data;
    *size = used;
    return 0;
}

// The folder of what path leads to, links followed.
static char *folder_of(const char *path)
{
    char *real = realpath(path, NULL);
    char *slash = real != NULL ? strrchr(real, '/') : NULL;
    if (slash == NULL) {
        free(real);
        return strdup("");
    }
    slash[slash == real ? 1 : 0] = '\0';
    return real;
}

static char *absolute(const char *path)
{
    char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
    if (here == NULL)
        return strdup(path);
    char *whole = NULL;
    if (asprintf(&whole, "%s/%s", here, path) < 0)
        whole = NULL;
    free(here);
    return whole;
}

static int check_file(const tgi_options *options)
{
    int fd = open(options->text, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0)
        return cannot_open(options, errno);
    int error = fstat(fd, &info) < 0 ? errno : 0;
    close(fd);
    if (error != 0)
        return cannot_open(options, error);
    if (S_ISDIR(info.st_mode)) {
        tgi_usage_error(options->command, "can't find '__main__' module in '%s'", options->text);
        return 1;
    }
    return 0;
}

static int read_stdin(const tgi_options *options, tgi_source *out)
{
    int error = read_all(STDIN_FILENO, &out->text, &out->size);
    if (error == ENOMEM)
        return no_memory(options);
    if (error == 0)
        return 0;
    tgi_usage_error(options->command, "can't read standard input: [Errno %d] %s", error,
                    strerror(error));
    return 1;
}

int tgi_source_open(const tgi_options *options, tgi_source *out)
{
    *out = (tgi_source){NULL, 0, NULL, NULL};
    int code = 0;
    switch (options->kind) {
    case TGI_SCRIPT_FILE:
        code = check_file(options);
        if (code != 0)
            return code;
        out->name = absolute(options->text);
        out->folder = folder_of(options->text);
        if (out->name != NULL && out->folder != NULL &&
            !(tgi_is_utf8(out->name) && tgi_is_utf8(out->folder)))
            code = tgi_usage_error(options->command, "the path of the script is not UTF-8");
        break;
    case TGI_SCRIPT_CODE:
        out->text = strdup(options->text);
        out->size = strlen(options->text);
        out->name = strdup("<string>");
        out->folder = strdup("");
        break;
    case TGI_SCRIPT_STDIN:
    case TGI_SCRIPT_NONE:
        code = read_stdin(options, out);
        out->name = strdup("<stdin>");
        out->folder = strdup("");
        break;
    }
    bool whole = out->name != NULL && out->folder != NULL &&
                 (out->text != NULL || options->kind == TGI_SCRIPT_FILE);
    if (code == 0 && !whole)
        code = no_memory(options);
    if (code != 0)
        tgi_source_close(out);
    return code;
}

int tgi_source_read(const tgi_options *options, tgi_source *source)
{
    if (source->text != NULL)
        return 0;
    int fd = open(options->text, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot_open(options, errno);
    int error = read_all(fd, &source->text, &source->size);
    close(fd);
    return error == 0 ? 0 : cannot_open(options, error);
}

void tgi_source_close(tgi_source *source)
{
    free(source->text);
    free(source->name);
    free(source->folder);
    *source = (tgi_source){NULL, 0, NULL, NULL};
}
