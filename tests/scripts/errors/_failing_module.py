# SPDX-License-Identifier: MIT
# Imported by import_failing.py.


def setup():
    return {}["setting"]


value = setup()
