# SPDX-License-Identifier: MIT
# Thread: start, join, names, daemon, identity, return of state, errors of misuse.
import threading

results = []


def work(a, b=2, *rest, c=3):
    results.append((a, b, rest, c))


t = threading.Thread(target=work, args=(1,), kwargs={"c": 5})
print(t.name, t.is_alive(), t.ident, t.daemon, t.native_id)
t.start()
t.join()
print(results, t.is_alive(), t.ident is not None)
for args in ((1, 2), [3, 4, 5]):
    u = threading.Thread(target=work, args=args, name="named")
    u.start()
    u.join()
    print(u.name, results[-1])


class Worker(threading.Thread):
    def __init__(self, n):
        super().__init__(name="worker-%d" % n, daemon=True)
        self.n = n
        self.result = None

    def run(self):
        self.result = (self.n ** 2, threading.current_thread() is self,
                       threading.get_ident() == self.ident)


workers = [Worker(n) for n in range(5)]
for w in workers:
    w.start()
for w in workers:
    w.join()
print([w.result for w in workers], [w.name for w in workers], workers[0].daemon)

print(threading.current_thread() is threading.main_thread(), threading.main_thread().name,
      threading.current_thread().name, threading.active_count(), threading.main_thread().is_alive(),
      threading.main_thread().ident == threading.get_ident(), threading.main_thread().daemon)

names = []


def record():
    names.append(threading.current_thread().name)


for _ in range(2):
    t = threading.Thread(target=record)
    t.start()
    t.join()
print([n.split("-")[0] + " " + n.split(" ")[1] for n in names])
t = threading.Thread(target=lambda: None)
print(t.name.endswith(" (<lambda>)"), threading.Thread(name="x").name)
t.name = "renamed"
t.daemon = True
print(t.name, t.daemon, "renamed" in repr(t), "initial" in repr(t))
t.start()
t.join()
print("stopped" in repr(t))


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


def set_daemon(thread):
    thread.daemon = False


attempt(lambda: t.start())
attempt(lambda: threading.Thread().join())
attempt(lambda: threading.current_thread().join())
attempt(lambda: threading.Thread(target=5).run())
attempt(lambda: set_daemon(threading.current_thread()))
errors = []


def join_self():
    try:
        threading.current_thread().join()
    except RuntimeError as error:
        errors.append(str(error))


t = threading.Thread(target=join_self)
t.start()
t.join()
print(errors)

gate = threading.Event()
t = threading.Thread(target=gate.wait)
t.start()
print(t.is_alive(), threading.active_count(), t in threading.enumerate(), t.join(0.01),
      t.is_alive())
gate.set()
t.join()
print(t.is_alive(), threading.active_count(), t in threading.enumerate(), t.join(),
      t.join(timeout=1))

inherits = []


def make_child():
    child = threading.Thread(target=lambda: None)
    inherits.append(child.daemon)


for daemon in (True, False):
    t = threading.Thread(target=make_child, daemon=daemon)
    t.start()
    t.join()
print(inherits)
deep = []


def spawn(n):
    if n:
        t = threading.Thread(target=spawn, args=(n - 1,))
        t.start()
        t.join()
    deep.append(n)


spawn(10)
print(deep)
many = [threading.Thread(target=deep.append, args=(i,)) for i in range(100)]
for t in many:
    t.start()
for t in many:
    t.join()
print(len(deep), sorted(deep[11:]) == list(range(100)), len({t.name for t in many}))
