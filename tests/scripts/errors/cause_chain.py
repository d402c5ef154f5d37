# SPDX-License-Identifier: MIT
# Three exceptions in a chain of both kinds.


def a():
    raise ValueError("a")


def b():
    try:
        a()
    except ValueError as error:
        raise KeyError("b") from error


def c():
    try:
        b()
    except KeyError:
        raise IndexError("c")


c()
