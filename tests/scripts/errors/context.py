# SPDX-License-Identifier: MIT
# An exception in a handler, and one in a finally: "During handling of the above exception".


def first():
    return int("x")


def second():
    try:
        first()
    except ValueError:
        return [][1]


def third():
    try:
        second()
    finally:
        raise RuntimeError("from finally")


third()
