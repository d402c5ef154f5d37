# SPDX-License-Identifier: MIT
# skip: library
# break outside of a loop.
print("never printed")


def f():
    if True:
        break
