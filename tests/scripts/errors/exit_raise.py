# SPDX-License-Identifier: MIT
# raise SystemExit(value): a tuple is printed, exit code 1.
print("raising")
raise SystemExit(("a", 1))
