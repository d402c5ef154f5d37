// SPDX-License-Identifier: MIT
//
// help.c - see help.h. `togil ab` keeps its own text beside its options.
#include "cli/help.h"

#include <togil/togil.h> // tg_version, tg_modes

void tgi_help_version(FILE *to)
{
    fprintf(to, "togil %s\n", tg_version());
}

static const char mode_options[] =
    "  --mode NAME      the mode to run in (default: $TOGIL_MODE, else nogil)\n"
    "  --gil on|off     a mode by its parts: with or without the GIL,\n"
    "  --counts NAME    and how references are counted: classic, atomic, biased\n"
    "                   (--gil off also for native modules that want the GIL)\n";

static const char run_options[] =
    "  --gil-policy P   how threads share the GIL: timed (default), fair, ticks\n"
    "  --gil-signal S   signal S (USR1, USR2, HUP, WINCH) switches the GIL on and off\n"
    "  --stats          print the figures of the run at its end: GIL, pauses, objects\n"
    "  --stats=FILE     write them to FILE as JSON\n"
    "  --trace FILE     write what the threads did, and when, as JSON for Perfetto\n"
    "  --pause-limit MS name the thread that a pause waits for longer than this\n"
    "                   (default: 5000; 0: never)\n"
    "  --hot-counts S   off: objects that several threads count often stay as they are\n"
    "  --check-world    abort if the GIL or a pause ever fails to keep threads out (slower)\n";

static void list_modes(FILE *to)
{
    size_t count;
    const tg_mode *modes = tg_modes(&count);
    fputs("\nModes:\n", to);
    for (size_t i = 0; i < count; i++)
        fprintf(to, "  %-15s  %s\n", modes[i].name, modes[i].summary);
}

void tgi_help_main(FILE *to)
{
    fputs("usage: togil [run] [options] script.py [arguments]\n"
          "       togil [run] [options] -c CODE [arguments]\n"
          "       togil [run] [options] - [arguments]       the script is standard input\n"
          "       togil ab [options] script.py [arguments]  compare modes and thread counts\n"
          "       togil stress [options] script.py          find the order in which threads fail\n"
          "       togil dis script.py                       show the bytecode\n"
          "       togil modes [--json]                      the modes of this build\n"
          "\n"
          "Runs Python programs with the GIL on, or off, or switched while they run.\n"
          "\n",
          to);
    fputs(mode_options, to);
    fputs(run_options, to);
    fputs("  --version, -V    the version\n"
          "  --help, -h       this text; after ab, dis, modes or run: theirs\n",
          to);
    list_modes(to);
}

void tgi_help_run(FILE *to)
{
    fputs("usage: togil [run] [options] script.py [arguments]\n"
          "       togil [run] [options] -c CODE [arguments]\n"
          "       togil [run] [options] - [arguments]\n"
          "\n"
          "Runs a script: a file, the text CODE, or standard input. What follows it are its\n"
          "arguments, sys.argv[1:].\n"
          "\n",
          to);
    fputs(mode_options, to);
    fputs(run_options, to);
    fputs("  --               the next argument is the script, whatever it looks like\n"
          "\n"
          "Exit codes: that of sys.exit(); 0 at the end of the script; 1 uncaught exception;\n"
          "2 usage, or the script cannot be opened; 120 output could not be written at the end;\n"
          "130 interrupted.\n",
          to);
    list_modes(to);
}

void tgi_help_dis(FILE *to)
{
    fputs("usage: togil dis script.py\n"
          "       togil dis -c CODE\n"
          "       togil dis -\n"
          "\n"
          "Compiles a script and shows its bytecode: line, position, instruction, operands, and\n"
          "what they mean; then the same for every function and class in it. Nothing is run.\n",
          to);
}

void tgi_help_modes(FILE *to)
{
    fputs("usage: togil modes [--json]\n"
          "\n"
          "Lists the modes, and says which of them this build lacks.\n",
          to);
}
