# SPDX-License-Identifier: MIT
# stderr: place
# 100,000 calls deep is an uncaught RecursionError, not a crash.


def down(n):
    if n == 0:
        return 0
    return 1 + down(n - 1)


print("start", flush=True)
down(100000)
