# SPDX-License-Identifier: MIT
# skip: library
# Wrong indentation.
print("never printed")
if True:
print("not indented")
