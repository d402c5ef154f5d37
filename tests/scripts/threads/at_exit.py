# SPDX-License-Identifier: MIT
# At the end of the main script non-daemon threads are waited for, also those that start late;
# daemon threads are not.
import threading

main_ended = threading.Event()
never = threading.Event()


def prints():
    print("late thread finished", flush=True)


def waits():
    main_ended.wait()
    print("non-daemon finished", flush=True)
    threading.Thread(target=prints).start()


def waits_forever():
    never.wait()
    print("never printed")


threading.Thread(target=waits).start()
threading.Thread(target=waits_forever, daemon=True).start()
print("main ends", flush=True)
main_ended.set()
