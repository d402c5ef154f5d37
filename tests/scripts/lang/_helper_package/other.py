# SPDX-License-Identifier: MIT
# Imported by inside.py.
other_value = "from other"
