#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# pause.py - how long it takes to stop the world, by number and kind of threads.
#
#     bench/pause/pause.py --togil build/release/togil
#     bench/pause/pause.py --togil build/release/togil --threads 2,8 --rounds 50 --json out.json
#
# Runs load.py in every switchable mode, and in mode gil, with 2, 8, 64 and 256 threads that compute,
# wait, or do half of each, and reads the histograms the runtime keeps (--stats=FILE). Prints p50, p99
# and maximum of the time from the request to the stop, the p50 of the time the world was stopped, and
# per mode and kind the slope: by how much one more thread lengthens the p50, by least squares. A cell
# takes about --seconds; with 256 threads that compute a round alone takes most of one, because all
# of them must have had a processor before it.
#
# In mode gil the pauses are those of fork, in the others those of turning the GIL on.
#
# Checks its own answer: the number of pauses is that of the rounds, every thread has run and ended,
# and a second, shorter run under --check-world, which aborts if anybody runs in a pause, ends well.
# Exit code 1 if not. Figures depend on the machine: with more threads that compute than cores, a
# thread that is to stop must first be given a core by the system, and that is what is measured then.
import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("cpu", "blocked", "mixed")


def fail(message):
    sys.exit("pause.py: " + message)


def run(togil, mode, threads, kind, rounds, seconds, *options):
    """One run of load.py: its pauses by --stats, and how many there were."""
    with tempfile.TemporaryDirectory(prefix="togil-pause-") as folder:
        figures = os.path.join(folder, "figures.json")
        command = [togil, "--mode", mode, "--stats=" + figures, *options,
                   os.path.join(HERE, "load.py"), str(threads), kind, str(rounds), str(seconds)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        what = "%s, %d threads, %s" % (mode, threads, kind)
        if done.returncode != 0:
            fail("%s: exit code %d\n%s" % (what, done.returncode, done.stderr[-2000:]))
        try:
            made, pauses, ended = map(int, done.stdout.split())
        except ValueError:
            fail("%s: printed %s" % (what, done.stdout))
        if made < 1 or pauses != made or ended != threads:
            fail("%s: %d rounds with %d pauses, %d threads ended" % (what, made, pauses, ended))
        with open(figures, encoding="utf-8") as file:
            scopes = json.load(file)["pauses"]
    scope = next(scope for scope in scopes if scope["scope"] == "runtime")
    cause = "fork" if mode == "gil" else "gil"
    if scope["causes"][cause] < made:
        fail("%s: %d pauses in the figures, %d made" % (what, scope["causes"][cause], made))
    return scope, made


def slope(points):
    """Least squares: nanoseconds per thread."""
    n = len(points)
    mean_x = sum(x for x, _ in points) / n
    mean_y = sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if spread == 0:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread


def show(ns):
    if ns >= 1e6:
        return "%.2f ms" % (ns / 1e6)
    return "%.2f us" % (ns / 1e3)


def main():
    parser = argparse.ArgumentParser(description="Time to stop the world.")
    parser.add_argument("--togil", default="togil")
    parser.add_argument("--threads", default="2,8,64,256")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--modes", help="default: every switchable mode of the build, and gil")
    parser.add_argument("--rounds", type=int, default=300, help="pauses per cell, at most")
    parser.add_argument("--seconds", type=float, default=3, help="per cell, about")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    listing = json.loads(subprocess.run([args.togil, "modes", "--json"], capture_output=True,
                                        check=True, text=True).stdout)
    known = [mode["name"] for mode in listing["modes"]
             if mode["available"] and (mode["switchable"] or mode["name"] == "gil")]
    modes = args.modes.split(",") if args.modes else known
    counts = [int(n) for n in args.threads.split(",")]
    kinds = args.kinds.split(",")
    for given, allowed in ((modes, known), (kinds, KINDS)):
        for name in given:
            if name not in allowed:
                fail("unknown: '%s' (known: %s)" % (name, ", ".join(allowed)))

    runs, slopes = [], []
    print("%-13s %-8s %7s %7s  %10s %10s %10s  %11s" %
          ("mode", "kind", "threads", "pauses", "stop p50", "p99", "max", "stopped p50"))
    for mode in modes:
        for kind in kinds:
            points = []
            for threads in counts:
                scope, made = run(args.togil, mode, threads, kind, args.rounds, args.seconds)
                run(args.togil, mode, threads, kind, max(1, args.rounds // 10),
                    args.seconds / 10, "--check-world")
                stopping, stopped = scope["stopping_ns"], scope["stopped_ns"]
                points.append((threads, stopping["p50"]))
                runs.append({"mode": mode, "kind": kind, "threads": threads, "rounds": made,
                             "stopping_ns": stopping, "stopped_ns": stopped,
                             "slowest": scope["slowest"]})
                print("%-13s %-8s %7d %7d  %10s %10s %10s  %11s" %
                      (mode, kind, threads, made, show(stopping["p50"]), show(stopping["p99"]),
                       show(stopping["max"]), show(stopped["p50"])), flush=True)
            per_thread = slope(points)
            if per_thread is not None:
                print("%-13s %-8s one more thread: %+.0f ns" % (mode, kind, per_thread))
            slopes.append({"mode": mode, "kind": kind, "ns_per_thread": per_thread})
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump({"format": 1, "version": listing["version"], "compiler": listing["compiler"],
                       "flags": listing["flags"], "cpus": os.cpu_count(),
                       "system": platform.platform(), "load": os.getloadavg(), "runs": runs,
                       "slopes": slopes}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
