# SPDX-License-Identifier: MIT
# A misspelt name in a function; names that are near are suggested.


def work():
    counter = 1
    return conuter + 1


work()
