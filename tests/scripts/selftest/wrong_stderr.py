# SPDX-License-Identifier: MIT
import sys
print("one")
sys.stderr.write("surprise\n")
