# SPDX-License-Identifier: MIT
# A bare raise keeps the traceback; a generator and a finally on the way.


def numbers():
    try:
        yield 1
        raise ValueError("in generator")
    finally:
        print("generator ends")


def consume():
    try:
        for n in numbers():
            print(n)
    except ValueError:
        print("passing on")
        raise


try:
    consume()
finally:
    print("main ends")
