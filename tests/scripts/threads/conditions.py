# SPDX-License-Identifier: MIT
# Condition: wait, notify, wait_for, timeouts, with a Lock and with an RLock held twice.
import threading

condition = threading.Condition()
items = []
log = []


def consumer(n):
    for _ in range(n):
        with condition:
            while not items:
                condition.wait()
            log.append(items.pop(0))


def producer(values):
    for v in values:
        with condition:
            items.append(v)
            condition.notify()


c = threading.Thread(target=consumer, args=(50,))
c.start()
p = threading.Thread(target=producer, args=(range(50),))
p.start()
p.join()
c.join()
print(log == list(range(50)))

threads = [threading.Thread(target=consumer, args=(20,)) for _ in range(4)]
threads += [threading.Thread(target=producer, args=(range(i * 20, i * 20 + 20),)) for i in range(4)]
del log[:]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(log) == list(range(80)), items)

ready = 0
go = False
woken = []
changed = threading.Condition(threading.Lock())


def wait_for_go(i):
    global ready
    with changed:
        ready += 1
        changed.notify_all()
        result = changed.wait_for(lambda: go)
        woken.append((i, result))


threads = [threading.Thread(target=wait_for_go, args=(i,)) for i in range(5)]
for t in threads:
    t.start()
with changed:
    changed.wait_for(lambda: ready == 5)
    go = True
    changed.notify_all()
for t in threads:
    t.join()
print(sorted(woken))


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: condition.wait())
attempt(lambda: condition.notify())
attempt(lambda: condition.notify_all())
attempt(lambda: condition.release())
with condition:
    print(condition.wait(0.01), condition.wait(timeout=0),
          condition.wait_for(lambda: False, timeout=0.01),
          condition.wait_for(lambda: "value"), condition.wait_for(lambda: 0, 0))
    condition.notify(3)
print(condition.acquire(), condition.acquire(False), condition.release(), condition.release())

# wait gives up an RLock however often it is held, and gets it back as often.
state = []
with condition:
    with condition:
        def other():
            with condition:
                state.append("other got the lock")
                condition.notify()
        t = threading.Thread(target=other)
        t.start()
        condition.wait()
        state.append("woken")
    state.append("still held")
t.join()
print(state)

# notify(n) wakes n, in the order in which they came.
entered = []
left = []
gate = threading.Condition()


def stand_in_line(i):
    with gate:
        entered.append(i)
        gate.wait()
        left.append(i)


threads = []
for i in range(6):
    t = threading.Thread(target=stand_in_line, args=(i,))
    threads.append(t)
    t.start()
    while True:
        with gate:
            if len(entered) == i + 1:
                break
for n in (1, 2, 3):
    before = len(left)
    with gate:
        gate.notify(n)
    while True:
        with gate:
            if len(left) == before + n:
                break
    print(n, sorted(left[before:]))
for t in threads:
    t.join()
turn = 0
text = []
baton = threading.Condition()


def speak(me, words):
    global turn
    for word in words:
        with baton:
            baton.wait_for(lambda: turn == me)
            text.append(word)
            turn = (me + 1) % 3
            baton.notify_all()


threads = [threading.Thread(target=speak, args=(i, [w + str(k) for k in range(10)])) for i,
           w in enumerate("abc")]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(" ".join(text))
