# SPDX-License-Identifier: MIT
# sys.exit(n): finally blocks run, the exit code is n.
import sys

try:
    print("exiting")
    sys.exit(42)
finally:
    print("cleanup")
print("never printed")
