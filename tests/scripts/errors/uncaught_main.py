# SPDX-License-Identifier: MIT
# An exception that nobody catches: traceback with source lines, exit code 1.
import sys


def inner(values):
    total = 0
    for v in values:
        total += 10 // v
    return total


def outer():
    return inner([5,
                  0])


print("before", flush=True)
outer()
print("never printed")
