# SPDX-License-Identifier: MIT
import sys
print("one")
sys.exit(3)
