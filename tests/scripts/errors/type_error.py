# SPDX-License-Identifier: MIT
# The wrong number of arguments, found at the call.


def f(a, b):
    return a + b


def call():
    return f(1)


call()
