# SPDX-License-Identifier: MIT
# Endless recursion in a thread ends that thread only.
import threading

result = []


def down(n):
    return down(n + 1)


def work():
    try:
        down(0)
    except RecursionError as error:
        result.append(type(error).__name__)


t = threading.Thread(target=work)
t.start()
t.join()
print(result)
