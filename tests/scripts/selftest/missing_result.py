# SPDX-License-Identifier: MIT
print("one")
