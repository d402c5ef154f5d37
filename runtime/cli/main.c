// SPDX-License-Identifier: MIT
//
// main.c - the togil command: which sub-command is it? In reading order:
//
//   options.c   the command line of a run; suggest.c guesses what was meant; help.c explains
//   source.c    finding the script
//   run.c       running it; tracing.c writes what its threads did
//   listing.c   togil modes, togil dis
//   ab/         togil ab
//   stress/     togil stress
#include <fcntl.h>  // open
#include <stdio.h>  // stdout
#include <string.h> // strcmp
#include <unistd.h> // readlink

#include "cli/ab/ab.h"         // tgi_ab_main
#include "cli/help.h"          // help texts
#include "cli/listing.h"       // modes, dis
#include "cli/options.h"       // tgi_options_parse
#include "cli/run.h"           // tgi_run
#include "cli/stress/stress.h" // tgi_stress_main
#include "cli/suggest.h"       // tgi_suggest

static const char *const commands[] = {"run", "ab", "dis", "modes", "stress"};

// A file opened later must not get the number of a standard stream that is closed: what is printed
// would go into it.
static void fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
            return;
    }
}

static int ab(int argc, char **argv)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0) {
        tgi_usage_error("togil ab", "cannot find the togil command itself in /proc/self/exe");
        return 1;
    }
    self[n] = '\0';
    return tgi_ab_main(argc, argv, self);
}

static int flushed(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    perror("togil");
    return 1;
}

static int run(int argc, char **argv, int first)
{
    tgi_options options;
    if (!tgi_options_parse(argc, argv, first, "togil", true, &options))
        return 2;
    if (options.version) {
        tgi_help_version(stdout);
        return flushed(0);
    }
    if (options.help) {
        if (first > 1)
            tgi_help_run(stdout);
        else
            tgi_help_main(stdout);
        return flushed(0);
    }
    if (options.kind == TGI_SCRIPT_NONE && isatty(STDIN_FILENO)) {
        tgi_help_main(stderr);
        return 2;
    }
    // A word that is no file may be a sub-command with a slip in it.
    if (options.kind == TGI_SCRIPT_FILE && first == 1 && strpbrk(options.text, "./") == NULL &&
        access(options.text, F_OK) != 0) {
        const char *near =
            tgi_suggest(options.text, commands, sizeof commands / sizeof commands[0]);
        if (near != NULL)
            return tgi_usage_error("togil",
                                   "can't open file '%s': [Errno 2] No such file or "
                                   "directory; did you mean 'togil %s'?",
                                   options.text, near);
    }
    return tgi_run(&options);
}

int main(int argc, char **argv)
{
    fill_standard_streams();
    const char *command = argc > 1 ? argv[1] : "";
    if (strcmp(command, "run") == 0)
        return run(argc, argv, 2);
    if (strcmp(command, "ab") == 0)
        return ab(argc - 1, argv + 1);
    if (strcmp(command, "dis") == 0)
        return tgi_dis_main(argc - 1, argv + 1);
    if (strcmp(command, "modes") == 0)
        return tgi_modes_main(argc - 1, argv + 1);
    if (strcmp(command, "stress") == 0)
        return tgi_stress_main(argc - 1, argv + 1);
    return run(argc, argv, 1);
}
