# SPDX-License-Identifier: MIT
# threading.local: subclasses with arguments, properties, slots of attributes per thread, deletion,
# and the end of the values when their thread ends.
import threading


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end of", self.name)


class Config(threading.local):
    shared = "class attribute"

    def __init__(self, start, *, step=1):
        self.value = start
        self.step = step

    def next(self):
        self.value += self.step
        return self.value

    @property
    def double(self):
        return self.value * 2

    @double.setter
    def double(self, x):
        self.value = x // 2


def in_thread(f):
    t = threading.Thread(target=f)
    t.start()
    t.join()


config = Config(10, step=5)
print(config.next(), config.next(), config.double, config.shared)
config.double = 8
print(config.value, sorted(config.__dict__))


def other():
    print(config.next(), config.double, sorted(config.__dict__))
    config.shared = "own"
    config.double = 100
    print(config.shared, config.value, Config.shared)


in_thread(other)
print(config.value, config.shared)
config.shared = "mine"
print(config.shared)
del config.shared
print(config.shared)

plain = threading.local()
plain.x = 1
print(hasattr(plain, "x"), hasattr(plain, "y"), plain.__dict__)
try:
    plain.y
except AttributeError as e:
    print("AttributeError:", e)
try:
    del plain.y
except AttributeError as e:
    print("AttributeError:", "y" in str(e))
try:
    threading.local(1)
except TypeError as e:
    print("TypeError:", e)


def loud():
    plain.x = Loud("value of a thread")
    print(plain.x.name)


in_thread(loud)
print("thread has ended", plain.x)
temporary = threading.local()
temporary.x = Loud("value of a local")
del temporary
print("local has ended")

many = [threading.local() for _ in range(300)]
for i, one in enumerate(many):
    one.number = i
print(sum(one.number for one in many))
del many, one
again = threading.local()
again.x = 5
print(again.x)


class Fails(threading.local):
    def __init__(self, fail):
        if threading.current_thread() is not threading.main_thread() and fail:
            fail.pop()
            raise ValueError("in another thread")
        self.ok = True


fails = Fails([1])


def use():
    try:
        fails.ok
    except ValueError as e:
        print("ValueError:", e)
    print(fails.ok)


in_thread(use)
