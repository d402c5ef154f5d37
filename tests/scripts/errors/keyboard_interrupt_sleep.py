# SPDX-License-Identifier: MIT
# interrupt: yes
# Ctrl-C ends a sleep; uncaught, the program dies by SIGINT.
import time

try:
    print("ready", flush=True); time.sleep(30)
finally:
    print("finally runs", flush=True)
