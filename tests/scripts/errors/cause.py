# SPDX-License-Identifier: MIT
# raise ... from ...: "The above exception was the direct cause of the following exception".


def read(key):
    table = {"a": 1}
    return table[key]


def load():
    try:
        return read("missing")
    except KeyError as error:
        raise RuntimeError("cannot load") from error


load()
