# SPDX-License-Identifier: MIT
# interrupt: yes
# Ctrl-C reaches the main thread while it waits for a thread; the thread then ends by itself.
import threading

stop = threading.Event()


def work():
    stop.wait()


t = threading.Thread(target=work)
t.start()
try:
    print("ready", flush=True)
    t.join()
except KeyboardInterrupt:
    print("interrupted")
stop.set()
t.join()
print("joined")
