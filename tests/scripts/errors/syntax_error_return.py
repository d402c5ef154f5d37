# SPDX-License-Identifier: MIT
# skip: library
# Errors that the compiler finds after parsing.
print("never printed")
for i in range(3):
    pass
return i
