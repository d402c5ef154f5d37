# SPDX-License-Identifier: MIT
# Imported by imports.py.
__all__ = ["public_name", "value"]
print("helper runs once, as", __name__)
value = 42
counter = 1
public_name = "public"
_private_name = "private"
hidden_by_all = "hidden"


def double(v):
    return v * 2


def get_counter():
    return counter


class Helper:
    def hello(self):
        return "hello from " + __name__
