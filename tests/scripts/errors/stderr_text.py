# SPDX-License-Identifier: MIT
# Text for stderr, by print and by write, and the exit code of a normal end.
import sys

print("to stderr", 1, [2], file=sys.stderr)
sys.stderr.write("written\n")
print("to stdout")
