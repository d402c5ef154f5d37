# SPDX-License-Identifier: MIT
# A misspelt attribute.


class Point:
    def __init__(self):
        self.value = 1


def work(p):
    return p.missing_thing


work(Point())
