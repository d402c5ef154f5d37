# SPDX-License-Identifier: MIT
# A KeyboardInterrupt that nobody catches: traceback and death by SIGINT.


def work():
    raise KeyboardInterrupt


print("working", flush=True)
try:
    work()
except Exception:
    print("wrong")
