#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_gil.py - the options about the GIL: its policy, and the signal that switches it.
import os
import signal
import subprocess
import unittest

from support import MODES, TOGIL, CommandTest, environment, main

SWITCHABLE = [mode for mode in MODES if mode != "gil"]

# Prints one line whenever the GIL has changed, and ends when told so. A signal that arrives while the
# line is read ends nothing: the read goes on.
WATCH = """
import sys, threading, time, togil
stop = False
total = [0, 0, 0]

def compute(place):
    while not stop:
        total[place] += 1

threads = [threading.Thread(target=compute, args=(i,)) for i in range(3)]
for t in threads:
    t.start()
while min(total) == 0:
    time.sleep(0.001)
before = togil.gil_enabled()
print("on" if before else "off", flush=True)
for _ in range(int(sys.argv[1])):
    while togil.gil_enabled() == before:
        time.sleep(0.001)
    before = togil.gil_enabled()
    print("on" if before else "off", togil.gil.status()["who"], flush=True)
stop = True
for t in threads:
    t.join()
print("done")
"""


class Policy(CommandTest):
    def test_each_policy_in_each_mode(self):
        code = "import togil; print(togil.gil.policy, togil.gil.status()['policy'])"
        for mode in MODES:
            for policy in ("timed", "fair", "ticks"):
                result = self.run_togil("--mode", mode, "--gil-policy", policy, "-c", code)
                self.assertEqual(result.out, "%s %s\n" % (policy, policy), result)
            self.assertEqual(self.run_togil("--mode", mode, "-c", code).out, "timed timed\n")

    def test_threads_share_it_under_each_policy(self):
        code = ("import threading\nlock = threading.Lock()\nn = [0]\n"
                "def f():\n"
                "    for i in range(3000):\n"
                "        with lock:\n"
                "            n[0] += 1\n"
                "threads = [threading.Thread(target=f) for _ in range(4)]\n"
                "for t in threads: t.start()\n"
                "for t in threads: t.join()\n"
                "print(n[0])\n")
        for mode in MODES:
            for policy in ("timed", "fair", "ticks"):
                result = self.run_togil("--mode", mode, "--gil-policy=" + policy, "-c", code)
                self.assertEqual((result.code, result.out), (0, "12000\n"), result)

    def test_unknown_policy(self):
        self.check_usage_error(self.run_togil("--gil-policy", "fairr", "x.py"),
                               "--gil-policy", "did you mean 'fair'?")
        self.check_usage_error(self.run_togil("--gil-policy=round-robin", "x.py"),
                               "--gil-policy takes timed, fair or ticks, not 'round-robin'")
        self.check_usage_error(self.run_togil("--gil-policy"), "--gil-policy needs a value")


class Signal(CommandTest):
    def watch(self, mode, name, signo, changes):
        """Sends one signal per line that the script prints; the lines."""
        path = self.write("watch.py", WATCH)
        command = [TOGIL, "--mode", mode, "--gil-signal", name, path, str(changes)]
        lines = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=environment()) as process:
            try:
                for _ in range(changes + 1):
                    lines.append(process.stdout.readline().rstrip("\n"))
                    if len(lines) <= changes:
                        os.kill(process.pid, signo)
                # communicate() would lose what readline() has read ahead.
                out, err = process.stdout.read(), process.stderr.read()
                code = process.wait(timeout=60)
            finally:
                process.kill()
        self.assertEqual((code, out, err), (0, "done\n", ""), lines)
        return lines

    @unittest.skipUnless(SWITCHABLE, "needs a mode whose GIL can be switched")
    def test_each_signal_switches(self):
        for mode in SWITCHABLE:
            on, off = "on [('signal', 1)]", "off []"
            expected = ["off"] + [on, off] * 3
            if not mode.startswith("nogil"):  # the first one takes back the request of the start
                expected = ["on"] + [off, on] * 3
            self.assertEqual(self.watch(mode, "USR1", signal.SIGUSR1, 6), expected, mode)

    @unittest.skipUnless(SWITCHABLE, "needs a mode whose GIL can be switched")
    def test_names_of_signals(self):
        self.watch(SWITCHABLE[0], "SIGUSR2", signal.SIGUSR2, 2)
        self.watch(SWITCHABLE[0], "HUP", signal.SIGHUP, 2)

    @unittest.skipUnless(SWITCHABLE, "needs a mode whose GIL can be switched")
    def test_without_the_option_a_signal_is_what_it_was(self):
        result = self.run_togil("--mode", SWITCHABLE[0], "-c",
                                "import os; os.kill(os.getpid(), %d)" % signal.SIGUSR1)
        self.assertEqual(result.code, -signal.SIGUSR1, result)

    def test_unknown_signal(self):
        for name in ("KILL", "INT", "10", ""):
            self.check_usage_error(self.run_togil("--gil-signal=" + name, "x.py"),
                                   "--gil-signal takes USR1, USR2, HUP or WINCH")

    @unittest.skipUnless("gil" in MODES, "needs the classic core")
    def test_a_gil_that_is_always_on(self):
        self.check_usage_error(self.run_togil("--mode", "gil", "--gil-signal", "USR1", "-c", "1"),
                               "--gil-signal", "mode 'gil'")


if __name__ == "__main__":
    main()
