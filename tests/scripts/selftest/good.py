# SPDX-License-Identifier: MIT
# A right result.
print("one")
