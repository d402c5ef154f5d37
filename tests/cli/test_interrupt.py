#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_interrupt.py - Ctrl-C: whatever the main thread does, KeyboardInterrupt is raised in it soon; if
# nobody catches it the process ends by SIGINT, as CPython does. Everything in every mode.
import signal
import subprocess
import time

from support import LIMIT, TOGIL, CommandTest, Running, environment, main

SOON = 20  # seconds; generous, since machines that test are busy


class Interrupt(CommandTest):
    def check(self, code, blocks, line):
        for option in self.in_each_mode():
            script = Running(self, code, option)
            if blocks:
                script.wait_until_blocked()
            else:
                script.wait_until_busy()
            sent = time.monotonic()
            script.interrupt()
            result = script.finish()
            self.assertLess(time.monotonic() - sent, SOON)
            self.assertEqual(result.code, -signal.SIGINT, result)
            self.assertEqual(result.out, "ready\n")
            self.assertIn("Traceback (most recent call last):\n", result.err)
            lines = line if isinstance(line, tuple) else (line,)
            self.assertTrue(any("    %s\n" % one in result.err for one in lines), result)
            self.assertTrue(result.err.endswith("\nKeyboardInterrupt\n"), result)

    def test_loop(self):
        self.check("print('ready', flush=True)\nwhile True:\n    pass\n", False, "while True:")

    def test_calls(self):
        self.check("def f(n):\n    return n + 1\n"
                   "print('ready', flush=True)\ni = 0\nwhile True:\n    i = f(i)\n", False,
                   ("i = f(i)", "while True:"))  # the call, or the jump back

    def test_iterating(self):
        self.check("print('ready', flush=True)\nfor i in range(10 ** 15):\n    i + 1\n", False,
                   "for i in range(10 ** 15):")

    def test_sleep(self):
        self.check("import time\nprint('ready', flush=True)\ntime.sleep(1000)\n", True,
                   "time.sleep(1000)")

    def test_lock(self):
        self.check("import threading\nlock = threading.Lock()\nlock.acquire()\n"
                   "print('ready', flush=True)\nlock.acquire()\n", True, "lock.acquire()")

    def test_lock_with_timeout(self):
        self.check("import threading\nlock = threading.Lock()\nlock.acquire()\n"
                   "print('ready', flush=True)\nlock.acquire(timeout=1000)\n", True,
                   "lock.acquire(timeout=1000)")

    def test_in_another_interpreter(self):
        # The code that runs there is interrupted, and the caller sees KeyboardInterrupt.
        for own_gil in ("True", "False"):
            self.check("from togil import interpreters\n"
                       "i = interpreters.create(own_gil=" + own_gil + ")\n"
                       "print('ready', flush=True)\ni.run('while True:\\n    pass')\n", False,
                       "i.run('while True:\\n    pass')")
            self.check("from togil import interpreters\n"
                       "i = interpreters.create(own_gil=" + own_gil + ")\n"
                       "print('ready', flush=True)\ni.run('import time\\ntime.sleep(1000)')\n", True,
                       "i.run('import time\\ntime.sleep(1000)')")

    def test_event(self):
        self.check("import threading\nevent = threading.Event()\n"
                   "print('ready', flush=True)\nevent.wait()\n", True, "event.wait()")

    def test_queue(self):
        self.check("import queue\nq = queue.Queue()\nprint('ready', flush=True)\nq.get()\n", True,
                   "q.get()")

    def test_join(self):
        self.check("import threading\nevent = threading.Event()\n"
                   "t = threading.Thread(target=event.wait, daemon=True)\nt.start()\n"
                   "print('ready', flush=True)\nt.join()\n", True, "t.join()")

    def test_socket_recv(self):
        self.check("import socket\n"
                   "server = socket.socket()\nserver.bind(('127.0.0.1', 0))\nserver.listen()\n"
                   "client = socket.socket()\nclient.connect(server.getsockname())\n"
                   "print('ready', flush=True)\nclient.recv(1)\n", True, "client.recv(1)")

    def test_socket_accept_with_timeout(self):
        self.check("import socket\n"
                   "server = socket.socket()\nserver.bind(('127.0.0.1', 0))\nserver.listen()\n"
                   "server.settimeout(1000)\n"
                   "print('ready', flush=True)\nserver.accept()\n", True, "server.accept()")

    def test_pipe(self):
        self.check("import os\nr, w = os.pipe()\nprint('ready', flush=True)\nos.read(r, 1)\n", True,
                   "os.read(r, 1)")

    def test_waiting_for_a_child(self):
        self.check("import os, time\npid = os.fork()\n"
                   "if pid == 0:\n    time.sleep(20)\n    os._exit(0)\n"
                   "try:\n    print('ready', flush=True)\n    os.waitpid(pid, 0)\n"
                   "finally:\n    os.kill(pid, 9)\n", True, "os.waitpid(pid, 0)")

    def test_connecting(self):
        self.check("import socket\nfull = socket.socket()\nfull.bind(('127.0.0.1', 0))\n"
                   "full.listen(0)\nfilled = []\n"
                   "while True:\n    c = socket.socket()\n    filled.append(c)\n"
                   "    c.settimeout(0.2)\n"
                   "    if c.connect_ex(full.getsockname()) != 0:\n        break\n"
                   "c = socket.socket()\nprint('ready', flush=True)\n"
                   "c.connect(full.getsockname())\n", True, "c.connect(full.getsockname())")

    def test_reading_standard_input(self):
        self.check("print('ready', flush=True)\ninput()\n", True, "input()")

    def test_beside_busy_threads(self):
        self.check("import threading\n"
                   "def burn():\n    while True:\n        pass\n"
                   "for i in range(3):\n"
                   "    threading.Thread(target=burn, daemon=True).start()\n"
                   "print('ready', flush=True)\nwhile True:\n    pass\n", False, "while True:")

    def test_it_can_be_caught(self):
        code = ("import time\n"
                "try:\n    print('ready', flush=True)\n    time.sleep(1000)\n"
                "except KeyboardInterrupt:\n    print('caught')\n"
                "finally:\n    print('finally')\n")
        for option in self.in_each_mode():
            script = Running(self, code, option)
            script.interrupt()
            result = script.finish()
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertEqual(result.out, "ready\ncaught\nfinally\n")

    def test_a_second_one_ends_the_wait_for_threads(self):
        code = ("import threading\nevent = threading.Event()\n"
                "threading.Thread(target=event.wait).start()\n"
                "print('ready', flush=True)\nevent.wait()\n")
        for option in self.in_each_mode():
            script = Running(self, code, option)
            script.wait_until_blocked()
            script.interrupt()
            while True:  # the traceback is written before threads are waited for
                line = script.process.stderr.readline()
                self.assertTrue(line, "it ended without a traceback")
                if line == b"KeyboardInterrupt\n":
                    break
            script.wait_until_blocked()
            script.interrupt()
            result = script.finish()
            self.assertNotEqual(result.code, 0, result)
            self.assertNotIn("Segmentation", result.err)
            self.assertIn(result.code, (-signal.SIGINT, 130, 1), result)

    def test_ignored_when_started_so(self):
        # As a shell does for a command followed by &.
        self.write("script.py", "print('ready', flush=True)\ninput()\nprint('end')\n")
        for option in self.in_each_mode():
            process = subprocess.Popen(
                [TOGIL, option, "script.py"], cwd=self.folder, env=environment(),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
            self.assertEqual(process.stdout.readline(), b"ready\n")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(b"\n", timeout=LIMIT)
            self.assertEqual((process.returncode, out, err), (0, b"end\n", b""))


if __name__ == "__main__":
    main()
