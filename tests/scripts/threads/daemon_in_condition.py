# The program ends while a daemon waits in a condition whose lock it will never get back.
import threading

condition = threading.Condition()
waiting = threading.Event()


def wait_for_ever():
    with condition:
        waiting.set()
        condition.wait()


threading.Thread(target=wait_for_ever, daemon=True).start()
waiting.wait()
condition.acquire()
print("end")
