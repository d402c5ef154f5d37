#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_watchdog.py - a script whose long call holds up pauses: the command names the thread and shows
# where it was. The call is one multiplication of huge integers, which does not poll; the main thread
# pauses until a pause has been late, so the test ends when the watchdog has found something, and
# never if it finds nothing. Without a GIL only: with it nobody else is attached when the world stops.
import unittest

import support

HOLD_UP = """
import threading, togil
number = 3 ** 300000
begun = done = False
def grind():
    global begun
    begun = True
    while not done:
        number * number * number
hog = threading.Thread(target=grind, name="hog")
hog.start()
while not begun:
    pass
late = 0
while late == 0:
    with togil.gil:
        pass
    late = togil.stats()["pause_times"]["runtime"]["late"]
done = True
hog.join()
"""


class Watchdog(support.CommandTest):
    def nogil_modes(self):
        modes = [mode for mode in support.MODES if mode.startswith("nogil")]
        if not modes:
            raise unittest.SkipTest("no mode without a GIL")
        return modes

    def test_names_the_thread_and_where_it_was(self):
        for mode in self.nogil_modes():
            result = self.run_code(HOLD_UP, "--mode=" + mode, "--pause-limit", "1", "--stats")
            self.assertEqual(result.code, 0, result)
            self.assertRegex(result.err,
                             r'togil: pause \(gil\) has waited \d+\.\d ms for thread \d+ "hog"\n')
            self.assertRegex(result.err, r'togil: thread \d+ "hog" stops \d+\.\d ms after the pause '
                             r'\(gil\) was requested, at \(innermost first\)\n'
                             r'  File "[^"\n]*script\.py", line [789], in grind\n')
            self.assertRegex(result.err, r"pauses of runtime: \d+ \(gil \d+\), \d+ late")

    def test_wrong_limits(self):
        self.write("script.py", "print('ran')\n")
        for limit in ("", "soon", "-1", "1.5", "99999999999999999999"):
            self.check_usage_error(self.run_togil("--pause-limit=" + limit, "script.py"),
                                   "--pause-limit takes milliseconds")
        self.check_usage_error(self.run_togil("--pause-limit"), "--pause-limit needs a value")
        result = self.run_togil("--pause-limit=0", "script.py")
        self.assertEqual((result.code, result.out, result.err), (0, "ran\n", ""), result)


if __name__ == "__main__":
    support.main()
