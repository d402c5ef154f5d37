# SPDX-License-Identifier: MIT
# Fails while it is imported by imports.py.
1 / 0
