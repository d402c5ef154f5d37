# SPDX-License-Identifier: MIT
"""exam_small.py - programs of a few steps each, most of them scenarios, for which there are figures
of a simulation.

The simulation was one of our own, of visible steps only, 30 seeds, up to 2000 schedules; nothing of
it is published. What is left of its programs are their names and how many schedules each has, in
all and up to the order of independent steps; a program is taken for the same if it has as many.
None was found for aba and nested, which have no figures for that reason. Among all schedules of
in_then_get there is a step between the two looks at the dict which meets no other thread. Such a
step is none here.
"""
import os

from exam_programs import program

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scenarios")


def scenario(name):
    with open(os.path.join(HERE, name + ".py")) as f:
        return f.read()


# Both look at the balance before one of them takes what there is: both get it, whatever is left.
# The scenario asks for what is left, which may look right.
BANK = """
import threading


class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        self.balance -= amount


class Customer:
    def __init__(self):
        self.paid = 0


account = Account(100)
one, two = Customer(), Customer()


def work(customer):
    if account.balance >= 100:
        account.withdraw(100)
        customer.paid = 100


threads = [threading.Thread(target=work, args=(c,)) for c in (one, two)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert one.paid + two.paid <= 100
"""

# Money goes round: each transfer holds the lock of where it comes from, and takes that of where it
# goes to.
RING = """
import threading

locks = [threading.Lock() for _ in range(3)]
balances = [10, 10, 10]


def transfer(i):
    to = (i + 1) % 3
    with locks[i]:
        with locks[to]:
            balances[i] -= 1
            balances[to] += 1


threads = [threading.Thread(target=transfer, args=(i,)) for i in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
"""

# The first field never is behind the second one, for who looks at both at a time.
TWO_FIELDS = program("""
first = second = 0


def write():
    global first, second
    for i in range(1, 4):
        first = i
        second = i


def read():
    a = first
    b = second
    assert a >= b

""", "(write, read)")

# What is in the dict may be gone before it is got.
IN_THEN_GET = program("""
d = {"k": 1}


def read():
    if "k" in d:
        d["k"]


def remove():
    del d["k"]

""", "(read, remove)")

# What is published is not ready. The scenario looks at what is published twice.
PUBLISH_FLAG = program("""

class Box:
    pass


class Shared:
    box = None


shared = Shared()


def write():
    box = Box()
    shared.box = box
    box.data = 42


def read():
    box = shared.box
    if box is not None:
        assert box.data == 42

""", "(write, read)")

# A stack of nodes: who takes the first one off looks at it, at the one behind it, and then sets the
# head if it still is the same. It may be the same again while the one behind it is gone. Compare and
# set is two steps under a lock of its own.
ABA = program("""

class Node:
    def __init__(self, next):
        self.next = next
        self.free = False


c = Node(None)
b = Node(c)
a = Node(b)
head = a
lock = threading.Lock()


def becomes(old, new):
    global head
    with lock:
        if head is old:
            head = new
            return True
    return False


def take():
    node = head
    after = node.next
    if becomes(node, after):
        assert after is None or not after.free


def take_two_put_one():
    node = head
    if becomes(node, b):
        if becomes(b, c):
            b.free = True
            node.next = c
            becomes(c, node)

""", "(take, take_two_put_one)")

# Two preemptions: the inner thread has to come between two steps of the outer one, and the outer one
# between two of the inner one then.
NESTED = program("""
a = b = 0


def outer():
    global a
    a = 1
    assert b == 0
    a = 0


def inner():
    global b
    if a == 1:
        b = 1
        b = 0

""", "(outer, inner)")

PROGRAMS = {
    "counter": scenario("01_lost_update_global"),
    "bank_check_act": BANK,
    "abba": scenario("14_abba_deadlock"),
    "philosophers_3": scenario("15_dining_5").replace("5", "3"),
    "philosophers_5": scenario("15_dining_5"),
    "transfer_ring_3": RING,
    "wronglock_1_7": scenario("19_wrong_lock"),
    "lost_notify": scenario("17_lost_notify"),
    "bounded_buffer_if": scenario("18_if_instead_of_while"),
    "in_then_get": IN_THEN_GET,
    "two_fields": TWO_FIELDS,
    "publish_flag": PUBLISH_FLAG,
    "aba": ABA,
    "nested": NESTED,
}

# In the order of STRATEGIES of exam.py; a tuple: found with so many of the 30 seeds only.
SIMULATED = {
    "counter": (2.3, 4.0, 2.7, 3.5, 2.9, 2.2),
    "bank_check_act": (1.5, 1.8, 1.4, 1.8, 1.5, 1.4),
    "abba": (3.3, 6.6, 2.4, 4.1, 2.8, 2.5),
    "philosophers_3": (4.8, 26, 6.4, 6.1, 4.9, 2.9),
    "philosophers_5": (34, 668, 71, 45, 28, 5.0),
    "transfer_ring_3": (9.1, 33, 10, 11.5, 4.0, 3.5),
    "wronglock_1_7": (3.9, 12.2, 3.5, 3.2, 2.9, 3.5),
    "lost_notify": (5.0, 6.6, (11, 23), 7.5, 7.4, 8.1),
    "bounded_buffer_if": (5.7, 4.0, 4.1, 4.9, 4.3, 5.6),
    "in_then_get": (3.4, 3.1, 1.6, 2.2, 2.1, 2.7),
    "two_fields": (3.3, 11.8, 8.0, 6.6, 5.7, 3.1),
    "publish_flag": (5.2, 7.8, (1.0, 3), 8.3, 6.0, 7.1),
}
