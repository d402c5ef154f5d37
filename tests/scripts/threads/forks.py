# SPDX-License-Identifier: MIT
# skip: library tsan asan
# fork while other threads run: the child has one thread, which is its main thread; its locks are
# open unless another thread held them, it can start threads, import, take signals, and end. Wrong
# results: a child that hangs (its alarm ends it), crashes (its status), or sees the others' threads.
# Not with the thread sanitizer: it does not let such a child start threads; nor with the address
# sanitizer: another thread may have been in its allocator, whose locks such a child inherits.
import os
import signal
import sys
import threading
import time

PER_THREAD = 6


def child(f):
    # Runs f in a child; the exit code of the child, negative for a signal.
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            signal.alarm(50)
            code = f()
        except BaseException as e:
            sys.stderr.write("child: %r\n" % (e,))
            sys.stderr.flush()
        finally:
            os._exit(code)
    done, status = os.waitpid(pid, 0)
    assert done == pid
    return os.waitstatus_to_exitcode(status)


# --- alone
print("exit code", child(lambda: 7))
print("signal", child(lambda: os.kill(os.getpid(), signal.SIGKILL)) == -signal.SIGKILL)
parent = os.getpid()
print("pids", child(lambda: 0 if os.getppid() == parent and os.getpid() != parent else 1))

reader, writer = os.pipe()


def writes():
    os.close(reader)
    os.write(writer, b"hello from the child")
    return 0


print("pipe", child(writes), os.read(reader, 100))
try:
    os.waitpid(-1, 0)
except ChildProcessError as e:
    print("ChildProcessError", e.errno)

order = []
os.register_at_fork(before=lambda: order.append("before 1"),
                    after_in_parent=lambda: order.append("parent 1"),
                    after_in_child=lambda: order.append("child 1"))
os.register_at_fork(before=lambda: order.append("before 2"),
                    after_in_parent=lambda: order.append("parent 2"),
                    after_in_child=lambda: order.append("child 2"))
expected = ["before 2", "before 1", "child 1", "child 2"]
print("hooks in the child", child(lambda: 0 if order == expected else 1))
print("hooks in the parent", order)


# --- under load
stop = False
shared_list = []
shared_dict = {}
lock = threading.Lock()
condition = threading.Condition()
cycles = [0] * 8


class Node:
    def __init__(self, next):
        self.next = next


def load(i):
    n = 0
    while not stop:
        n += 1
        shared_list.append(n)
        if len(shared_list) > 100:
            shared_list.clear()
        shared_dict[n % 50] = Node(shared_dict.get((n + 1) % 50) if n % 7 else None)
        with lock:
            cycles[i] += 1
        if n % 50 == 0:
            with condition:
                condition.notify_all()
        if n % 100 == i:
            with condition:
                condition.wait(0.001)
        if n % 300 == i:
            t = threading.Thread(target=lambda: None)
            t.start()
            t.join()
        if n % 500 == 0:
            time.sleep(0.0005)


def lives():
    if threading.active_count() != 1 or threading.enumerate() != [threading.current_thread()]:
        return 10
    if threading.main_thread() is not threading.current_thread():
        return 11
    for t in threads:
        if t.ident is not None and t is not threading.current_thread():
            if t.is_alive():
                return 12
            t.join()
    shared_list.append(1)
    shared_list.sort()
    shared_dict[0] = None
    for node in list(shared_dict.values()):
        if node is not None:
            node.next = None
    shared_dict.clear()
    results = []
    own = threading.Lock()

    def work(n):
        with own:
            results.append(sum(range(n)))

    workers = [threading.Thread(target=work, args=(1000,)) for _ in range(4)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    if results != [499500] * 4 or threading.active_count() != 1:
        return 13
    got = []
    signal.signal(signal.SIGUSR1, lambda signo, frame: got.append(signo))
    os.kill(os.getpid(), signal.SIGUSR1)
    if got != [signal.SIGUSR1]:
        return 14
    import queue
    q = queue.Queue()
    feeder = threading.Thread(target=lambda: q.put("fed"))
    feeder.start()
    if q.get(timeout=30) != "fed":
        return 15
    feeder.join()
    return 0 if child(lambda: 5) == 5 else 16


threads = [threading.Thread(target=load, args=(i,)) for i in range(8)]
for t in threads:
    t.start()
codes = [child(lives) for _ in range(PER_THREAD)]
print("from the main thread", codes)

# From other threads: the child's main thread is the one that forked.
codes = []


def forking():
    for _ in range(PER_THREAD // 2):
        codes.append(child(lives))


forkers = [threading.Thread(target=forking) for _ in range(2)]
threads += forkers
for t in forkers:
    t.start()
for t in forkers:
    t.join()
print("from other threads", codes)
before = list(cycles)
while [b for b, now in zip(before, cycles) if b == now]:
    time.sleep(0.001)
stop = True
for t in threads:
    t.join()
print("the parent goes on", threading.active_count())
