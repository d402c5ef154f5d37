# SPDX-License-Identifier: MIT
# skip: library
# A syntax error: nothing runs, exit code 1.
print("never printed")


def f(:
    return 1
