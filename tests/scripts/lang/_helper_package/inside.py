# SPDX-License-Identifier: MIT
# Imported by imports.py.
from . import sibling_value
from .other import other_value

where = __name__
from_sibling = sibling_value + ", " + other_value
