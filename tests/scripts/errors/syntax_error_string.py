# SPDX-License-Identifier: MIT
# skip: library
# A string without an end.
print("never printed")
text = "no end
