# SPDX-License-Identifier: MIT
#
# support.py - what the tests of the command share: running it, and the modes it is run in.
#
# TOGIL             the command to test
# TOGIL_TEST_MODES  the modes to test it in, separated by commas (default: nogil)
# TOGIL_TEST_LIMIT  seconds that one run may take (default: 120)
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TOGIL = os.environ.get("TOGIL", "togil")
MODES = [mode for mode in os.environ.get("TOGIL_TEST_MODES", "nogil").split(",") if mode]
LIMIT = float(os.environ.get("TOGIL_TEST_LIMIT", "120"))


class Result:
    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self):
        return "exit code %d\nstdout: %s\nstderr: %s" % (self.code, self.out[-1500:],
                                                         self.err[-1500:])


def environment(**more):
    env = {key: value for key, value in os.environ.items() if not key.startswith("TOGIL_")}
    env.update(more)
    return env


def modes_json():
    return json.loads(subprocess.run([TOGIL, "modes", "--json"], capture_output=True, check=True,
                                     timeout=LIMIT).stdout)


class CommandTest(unittest.TestCase):
    maxDiff = 4000

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="togil-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_togil(self, *args, env=None, stdin="", **more):
        done = subprocess.run([TOGIL, *args], input=stdin.encode(), capture_output=True,
                              cwd=self.folder, timeout=LIMIT, check=False,
                              env=env or environment(), **more)
        return Result(done.returncode, done.stdout.decode("utf-8", "replace"),
                      done.stderr.decode("utf-8", "replace"))

    def run_code(self, code, *options, **more):
        """Runs code as script.py."""
        self.write("script.py", code)
        return self.run_togil(*options, "script.py", **more)

    def check_usage_error(self, result, *parts):
        self.assertEqual(result.code, 2, result)
        self.assertEqual(result.out, "", result)
        self.assertEqual(result.err.count("\n"), 1, result)
        for part in parts:
            self.assertIn(part, result.err)

    def check_traceback(self, result, last, *parts):
        """The command ended by an uncaught exception whose last line begins with `last`."""
        self.assertEqual(result.code, 1, result)
        lines = result.err.splitlines()
        self.assertIn("Traceback (most recent call last):", lines, result)
        self.assertTrue(lines[-1].startswith(last), result)
        for part in parts:
            self.assertIn(part, result.err)

    def in_each_mode(self):
        return ["--mode=" + mode for mode in MODES]


class Running:
    """A script that is running; the first line it prints has arrived."""

    def __init__(self, test, code, *options):
        test.write("script.py", code)
        self.process = subprocess.Popen(
            [TOGIL, *options, "script.py"], cwd=test.folder, env=environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        test.addCleanup(self.end)
        self.first = self.process.stdout.readline().decode()
        if not self.first:
            out, err = self.process.communicate(timeout=LIMIT)
            raise AssertionError("it ended early: " + err.decode("utf-8", "replace"))

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def wait_until(self, what, test):
        """Waits until the fields of the main thread in /proc, from its state on, pass the test."""
        path = "/proc/%d/task/%d/stat" % (self.process.pid, self.process.pid)
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            with open(path, encoding="ascii") as file:
                if test(file.read().rpartition(")")[2].split()):
                    return
            time.sleep(0.002)
        raise AssertionError("the script is never " + what)

    def wait_until_blocked(self):
        """Waits until the main thread sleeps in the kernel."""
        self.wait_until("blocked", lambda fields: fields[0] == "S")

    def wait_until_busy(self):
        """Waits until the main thread has computed for some hundredths of a second."""
        self.wait_until("busy", lambda fields: int(fields[11]) >= 5)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def finish(self):
        # communicate() would close its standard input before, and lose what readline() read ahead.
        self.process.wait(LIMIT)
        out, err = self.process.stdout.read(), self.process.stderr.read()
        return Result(self.process.returncode, self.first + out.decode("utf-8", "replace"),
                      err.decode("utf-8", "replace"))


def main():
    if not os.access(TOGIL, os.X_OK):
        sys.exit("TOGIL must name the command to test")
    unittest.main(verbosity=1)
