// SPDX-License-Identifier: MIT
//
// races.c - what `togil stress` prints about races.
#include "cli/stress/races.h"

#include "cli/stress/report.h" // names
#include "cli/stress/trace.h"  // lines of the source

enum { RACES_SHOWN = 10, FRAMES_SHOWN = 6 };

static void print_place(FILE *to, const tg_stress_place *p, const tgi_source *source,
                        const char *before)
{
    size_t n = 0;
    const char *line = tgi_stress_source_line(source, p->file, p->line, &n);
    fprintf(to, "%s%s:%u, in %s", before, p->file, p->line, p->function);
    if (n > 0)
        fprintf(to, ":  %.*s", (int)(n < 70 ? n : 70), line);
    fputc('\n', to);
}

static void print_side(FILE *to, tg_stress *s, const tgi_source *source, size_t i,
                       const tg_stress_race *race, int side)
{
    tg_stress_place p;
    fprintf(to, "    %s %s, holding", race->thread[side], race->write[side] ? "writes" : "reads");
    size_t locks = 0;
    for (; tg_stress_race_lock(s, i, side, locks, &p); locks++)
        fprintf(to, "%s the lock taken in line %u", locks > 0 ? "," : "", p.line);
    fputs(locks == 0 ? " no lock\n" : "\n", to);
    for (size_t k = 0; k < FRAMES_SHOWN && tg_stress_race_frame(s, i, side, k, &p); k++)
        print_place(to, &p, source, "      ");
}

static void print_race(FILE *to, tg_stress *s, const tgi_source *source, size_t i,
                       const tg_stress_race *race)
{
    fprintf(to, "  %s %s: %s, %s (seen %llu times)\n", tgi_stress_severity_name(race->severity),
            race->rule, race->text, race->name, (unsigned long long)race->times);
    print_side(to, s, source, i, race, 0);
    print_side(to, s, source, i, race, 1);
    tg_stress_place p;
    if (race->guarded * 2 > race->accesses && tg_stress_race_lock(s, i, 2, 0, &p)) {
        fprintf(to, "    usually guarded, in %u of %u accesses, by the lock taken here:\n",
                race->guarded, race->accesses);
        print_place(to, &p, source, "      ");
    }
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

size_t tgi_stress_report_races(FILE *to, tg_stress *s, const tgi_source *source)
{
    size_t counts[3] = {0};
    tg_stress_race race;
    for (size_t i = 0; tg_stress_race_at(s, i, &race); i++)
        counts[race.severity] += race.times > 0 && !race.accepted;
    if (counts[0] + counts[1] + counts[2] > 0)
        fprintf(to, "RACES: %zu error%s, %zu warning%s, %zu note%s\n", counts[TG_STRESS_ERROR],
                plural(counts[TG_STRESS_ERROR]), counts[TG_STRESS_WARNING],
                plural(counts[TG_STRESS_WARNING]), counts[TG_STRESS_NOTE],
                plural(counts[TG_STRESS_NOTE]));
    size_t shown = 0;
    for (int severity = TG_STRESS_ERROR; severity >= TG_STRESS_WARNING; severity--) {
        for (size_t i = 0; shown < RACES_SHOWN && tg_stress_race_at(s, i, &race); i++) {
            if ((int)race.severity != severity || race.times == 0 || race.accepted)
                continue;
            fputc('\n', to);
            print_race(to, s, source, i, &race);
            shown++;
        }
    }
    size_t hidden = counts[TG_STRESS_ERROR] + counts[TG_STRESS_WARNING] - shown;
    if (hidden > 0)
        fprintf(to, "\n  ... and %zu more\n", hidden);
    if (tg_stress_races_incomplete(s))
        fputs("  A run did more than can be watched: some races may not have been seen.\n", to);
    if (shown > 0)
        fputc('\n', to);
    return counts[TG_STRESS_ERROR];
}

void tgi_stress_report_cycle(FILE *to, tg_stress *s, const tgi_source *source, size_t i,
                             bool confirmed)
{
    tg_stress_place p;
    const char *thread;
    fprintf(to, "LOCK ORDER: %zu threads may wait for each other: %s\n", tg_stress_cycle(s, i),
            confirmed ? "a run that was directed there ended in a deadlock"
                      : "possible as far as locks show, but no directed run has met it");
    for (size_t side = 0; side < tg_stress_cycle(s, i); side++) {
        for (int wants = 0; wants < 2; wants++) {
            for (size_t k = 0; k < FRAMES_SHOWN; k++) {
                if (!tg_stress_cycle_frame(s, i, side, wants, k, &p, &thread))
                    break;
                if (k == 0)
                    fprintf(to, "    %s %s\n", thread,
                            wants ? "then takes the lock here:" : "holds the lock taken here:");
                print_place(to, &p, source, "      ");
            }
        }
    }
    fputc('\n', to);
}
