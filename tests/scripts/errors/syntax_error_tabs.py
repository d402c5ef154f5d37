# SPDX-License-Identifier: MIT
# skip: library
# A block that is dedented to no outer level.
print("never printed")
if True:
        x = 1
    y = 2
