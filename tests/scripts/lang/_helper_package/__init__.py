# SPDX-License-Identifier: MIT
# Imported by imports.py.
sibling_value = "set by __init__"
