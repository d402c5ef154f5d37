#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures how long a thread that does I/O waits for the GIL beside threads that compute.

    bench/convoy.py [--togil build/release/togil] [--modes gil] [--policies ticks,timed,fair]
                    [--hogs 0,1,2] [--rounds 5] [--seconds 2] [--think-ms 1] [--json FILE]

A server (convoy_server.py) answers one client while hog threads compute. The client is this process: it
thinks, sends 64 bytes, and waits for them to come back. Without thinking time the effect hides: the next
request is there before a hog has had the GIL. Rows: each policy in each mode, the GIL off, and python3. All
cells are run in random order, once per round, each with a fresh server.

Shown are medians over the rounds: p50 and p99 of the latency in microseconds, and the chunks of work per
second that all hogs finished together. Every answer is compared with what was sent, the count of messages
with the server's, and every chunk of work with its known result: a mistake ends the run with exit code 1.
Below the table, round by round and then the median: latency with hogs over that without (`beside none`), and
the throughput of each policy over that of `timed`.
"""
import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SERVER = os.path.join(HERE, "convoy_server.py")
SIZE = 64
WARM_UP = 20


def receive(connection):
    data = b""
    while len(data) < SIZE:
        part = connection.recv(SIZE - len(data))
        if not part:
            sys.exit("the server closed the connection")
        data += part
    return data


def percentile(ordered, percent):
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def talk(port, options, rng):
    """The client. Seconds per answer, and how many there were in all."""
    latencies = []
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        number = 0
        end = time.perf_counter() + options.seconds
        while time.perf_counter() < end or len(latencies) < options.least:
            message = b"%08d" % number + rng.randbytes(SIZE - 8)
            time.sleep(options.think_ms / 1000)
            begin = time.perf_counter()
            connection.sendall(message)
            answer = receive(connection)
            took = time.perf_counter() - begin
            if answer != message:
                sys.exit("wrong answer to request %d" % number)
            if number >= WARM_UP:
                latencies.append(took)
            number += 1
    return sorted(latencies), number


def run_cell(command, hogs, options, rng):
    server = subprocess.Popen(command + [SERVER, str(hogs)], stdout=subprocess.PIPE)
    try:
        port = int(server.stdout.readline())
        latencies, number = talk(port, options, rng)
        line = server.stdout.readline().decode().split()
        if server.wait(60) != 0 or len(line) != 4:
            sys.exit("%s: exit code %s" % (" ".join(command), server.returncode))
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
    if int(line[0]) != number or line[3] != "ok":
        sys.exit("%s with %d hogs: %s of %d messages, work %s" % (" ".join(command), hogs, line[0], number, line[3]))
    return {"p50": percentile(latencies, 50) * 1e6, "p99": percentile(latencies, 99) * 1e6,
            "requests": number, "chunks_per_second": int(line[1]) / float(line[2])}


def rows_of(options):
    rows = {}
    for mode in options.modes.split(","):
        for policy in options.policies.split(","):
            rows["%s, %s" % (mode, policy)] = [options.togil, "run", "--mode", mode, "--gil-policy", policy]
    rows["GIL off (nogil)"] = [options.togil, "run", "--mode", "nogil"]
    if options.python != "none":
        rows["python3"] = [options.python]
    return rows


def median_of(rounds, key):
    return statistics.median(cell[key] for cell in rounds)


def ratio(over, under, key):
    return statistics.median(a[key] / b[key] for a, b in zip(over, under) if b[key] > 0)


def print_table(cells, rows, hogs):
    print("%-22s" % "" + "".join("%32s" % ("%d hog%s" % (n, "" if n == 1 else "s")) for n in hogs))
    print("%-22s" % "" + "%10s%10s%12s" % ("p50 us", "p99 us", "chunks/s") * len(hogs))
    for row in rows:
        print("%-22s" % row + "".join("%10.1f%10.1f%12.0f" % (
            median_of(cells[row, n], "p50"), median_of(cells[row, n], "p99"),
            median_of(cells[row, n], "chunks_per_second")) for n in hogs))


def compare(cells, rows, hogs):
    """The two ratios that a policy is judged by."""
    found = []
    for row in rows:
        for n in hogs:
            if n == 0:
                continue
            one = {"row": row, "hogs": n}
            if 0 in hogs:
                one["p50_beside_none"] = ratio(cells[row, n], cells[row, 0], "p50")
            timed = row.split(",")[0] + ", timed"
            if timed in rows:
                one["throughput_over_timed"] = ratio(cells[row, n], cells[timed, n], "chunks_per_second")
            found.append(one)
    print("\n%-22s %5s %16s %18s" % ("", "hogs", "p50 beside none", "work / timed"))
    for one in found:
        print("%-22s %5d %15s %18s" % (
            one["row"], one["hogs"],
            "%.1fx" % one["p50_beside_none"] if "p50_beside_none" in one else "-",
            "%.3f" % one["throughput_over_timed"] if "throughput_over_timed" in one else "-"))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--togil", default=os.path.join(HERE, "..", "build", "release", "togil"))
    parser.add_argument("--python", default="python3", help="or none")
    parser.add_argument("--modes", default="gil", help="those with a GIL: gil, gil-biased, gil-atomic")
    parser.add_argument("--policies", default="ticks,timed,fair")
    parser.add_argument("--hogs", default="0,1,2")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="per cell")
    parser.add_argument("--least", type=int, default=30, help="requests per cell, however long they take")
    parser.add_argument("--think-ms", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    hogs = [int(n) for n in options.hogs.split(",")]
    rows = rows_of(options)
    cells = {(row, n): [] for row in rows for n in hogs}
    for _ in range(options.rounds):
        order = list(cells)
        rng.shuffle(order)
        for row, n in order:
            cells[row, n].append(run_cell(rows[row], n, options, rng))
    print("echo latency, %g ms think time, %d rounds of %g s, %d CPUs, load %.1f, seed %d\n" % (
        options.think_ms, options.rounds, options.seconds, os.cpu_count(), os.getloadavg()[0], options.seed))
    print_table(cells, rows, hogs)
    found = compare(cells, rows, hogs)
    if options.json:
        with open(options.json, "w") as out:
            json.dump({"think_ms": options.think_ms, "seconds": options.seconds, "seed": options.seed,
                       "cpus": os.cpu_count(),
                       "cells": [{"row": row, "hogs": n, "rounds": rounds} for (row, n), rounds in cells.items()],
                       "comparisons": found}, out, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
