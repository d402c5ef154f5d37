# SPDX-License-Identifier: MIT
# Exceptions without a message, or with a message of several lines.


class Empty(Exception):
    pass


try:
    raise ValueError("first line\nsecond line")
except ValueError:
    raise Empty
