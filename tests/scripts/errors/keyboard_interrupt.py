# SPDX-License-Identifier: MIT
# interrupt: yes
# Ctrl-C in a loop of the main thread can be caught.
import time

n = 0
try:
    print("ready", flush=True)
    while True:
        n += 1
except KeyboardInterrupt as error:
    print("interrupted", repr(error))
print("after", n >= 0)
