# SPDX-License-Identifier: MIT
# raise ... from None hides the first exception.


def convert(text):
    try:
        return int(text)
    except ValueError:
        raise TypeError("not a number: %r" % text) from None


convert("ten")
