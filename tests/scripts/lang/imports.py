# SPDX-License-Identifier: MIT
# import, from-import, names, modules of this folder, errors.
import sys
import math
import math as m
import collections.abc
import time, random
from math import pi, sqrt as root
from math import (floor,
                  ceil,)
import _helper_module
from _helper_module import value, double as twice, Helper
from _helper_package import inside
import _helper_package.inside as inside_again

print(math.sqrt(16), m is math, root(9), floor(2.5), ceil(2.5), round(pi, 5))
print(value, twice(4), Helper().hello(), _helper_module.__name__, _helper_module.counter)
print(inside.where, inside_again is inside, inside.from_sibling)
print("math" in sys.modules, sys.modules["math"] is math, type(math).__name__)


def local_import():
    import math as local
    from math import cos
    return local.sin(0) + cos(0)


print(local_import())
try:
    sqrt
except NameError as error:
    print("NameError:", error)
import _helper_module as again
print(again is _helper_module, again.counter)
_helper_module.counter += 5
from _helper_module import counter
print(counter, _helper_module.get_counter())
try:
    import no_such_module_anywhere
except ImportError as error:
    print(type(error).__name__, error, error.name)
try:
    from math import nothing_like_this
except ImportError as error:
    print(type(error).__name__, str(error).split(" (")[0])
try:
    from _helper_module import missing
except ImportError as error:
    print(type(error).__name__, str(error).split(" (")[0])
try:
    import _helper_broken
except ZeroDivisionError as error:
    print("ZeroDivisionError:", error, "_helper_broken" in sys.modules)
try:
    math.no_attribute
except AttributeError as error:
    print("AttributeError:", error)
from _helper_module import *
print(public_name, "_private_name" in globals(), "hidden_by_all" in globals())
print(hasattr(math, "tau"), __name__, collections.abc.__name__)
if __name__ == "__main__":
    print("main")
