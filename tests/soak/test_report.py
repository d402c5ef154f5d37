#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_report.py STORM - what the storm prints when a thread is stuck: which one, and the script stack
# of every thread. The storm is told to get one of its threads stuck.
import os
import re
import subprocess
import sys


def check(holds, what, text):
    if not holds:
        sys.exit("test_report.py: %s\n%s" % (what, text))


# It ends in the middle of everything: a thread that has ended and was not joined yet is no fault.
options = [os.environ.get("TSAN_OPTIONS", ""), "report_thread_leaks=0"]
os.environ["TSAN_OPTIONS"] = ":".join(o for o in options if o)
done = subprocess.run([sys.argv[1], "--mode", "nogil", "--minutes", "5", "--patience", "2",
                       "--progress", "1", "--stall", "--threads", "4", "--agitators", "1"],
                      capture_output=True, text=True, check=False, timeout=240)
text = done.stderr
check(done.returncode == 1, "exit code %d" % done.returncode, text)
check(re.search(r"has made no step for 2 s", text), "nobody is named", text)
check(re.search(r"storm: mode nogil, \d+ s: \d+ toggles", text), "no progress is told", text)
check("script stacks, innermost first:" in text, "no stacks", text)
stacks = text.split("script stacks, innermost first:")[1].split("last events")[0]
# Every thread is there, by its name, the main thread among them.
names = re.findall(r'^  thread \d+ "(.*)"', stacks, re.MULTILINE)
for name in ("stalled 0", "alloc 1", "client 2", "server 3", "agitator 4"):
    check(name in names, "no stack of " + name, text)
check(len(names) >= 6, "the main thread is missing", text)
# The one that is stuck, from the inside out.
check(re.search(r'thread \d+ "stalled 0"\n    File ".*storm_work.py", line \d+, in wait_for_ever\n'
                r'    File ".*storm_work.py", line \d+, in stall\n', stacks), "its stack is wrong", text)
# The server waits in a call of the socket, or is about to.
check(re.search(r'thread \d+ "server 3".*\n(    File "<togil>/.*\n)?'
                r'    File ".*storm_work.py", line \d+, in serve\n', stacks),
      "the server's stack is wrong", text)
