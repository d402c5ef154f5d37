# SPDX-License-Identifier: MIT
# skip: python library
# Several interpreters in one runtime. python3 has no such module: the expected output was written by
# hand, from docs/interpreters.md.
import threading

import togil
import togil.interpreters
from togil import interpreters

assert togil.interpreters is interpreters
Error = interpreters.InterpreterError


def attempt(what, *args):
    try:
        print("no error:", what(*args))
    except Exception as e:
        print(type(e).__name__ + ": " + str(e))


print("-- running and values")
one = interpreters.create()
two = interpreters.create(own_gil=False)
print([i.id for i in interpreters.list()], interpreters.current() == interpreters.main())
print(one.own_gil, two.own_gil, one == interpreters.list()[1], one != two, len({one, two, one}))
one.run("x = 1\ndef add(a, b=10):\n    return a + b\n")
two.set("x", {"k": [1, 2.5, None, True, "caf\u00e9"], (1, b"b"): {3}})
print(one.get("x"), two.get("x"), one.call("add", 5), one.call("add", [1], b=[2]))
print(one.call("add", 2 ** 80, -(2 ** 70)))
two.run("import sys, togil\nfrom togil import interpreters\n"
        "here = interpreters.current().id\nseen = [i.id for i in interpreters.list()]\n"
        "own = interpreters.current().own_gil\n")
print(two.get("here"), two.get("seen"), two.get("own"))
same = [1]
one.set("pair", [same, same])
one.run("shared = pair[0] is pair[1]")
print(one.get("shared"), one.get("pair"))

print("-- what is refused")
attempt(one.get, "add")
attempt(one.get, "absent")
attempt(one.call, "absent")
attempt(one.set, "f", attempt)
attempt(one.call, "add", 1, object())
loop = []
loop.append(loop)
attempt(one.set, "loop", loop)
attempt(interpreters.main().close)
one.run("def give():\n    return give")
attempt(one.call, "give")

print("-- exceptions")
try:
    one.run("def f():\n    raise ValueError('bad\\nluck')\nf()\n")
except Error as e:
    print(isinstance(e, RuntimeError), e.type_name, repr(e.message))
    print(e.traceback, end="")
attempt(one.run, "import sys\nsys.exit(3)")
attempt(one.run, "x = (")
attempt(one.run, "raise SystemExit")
attempt(one.run_file, "/no/such/file.py")
attempt(one.run, 5)
print(one.get("x"))

print("-- nested, up to the limit")
one.run("def down(n):\n"
        "    from togil import interpreters\n"
        "    return 0 if n == 0 else 1 + interpreters.current().call('down', n - 1)\n")
print(one.call("down", 20))
try:
    one.run("down(100000)")
except Error as e:
    print(e.message.endswith("RecursionError: maximum recursion depth exceeded"))

print("-- files stay where they are")
with open(__file__) as file:
    attempt(one.set, "file", file)
    attempt(one.call, "add", file)
    attempt(one.set, "files", [file])
    one.set("fd", file.fileno())  # the descriptor is the process's
    one.run("with open(fd, closefd=False) as mine:\n    line = mine.readline()\n")
    print(one.get("line"), end="")
    print(file.closed)
attempt(two.run, "def f():\n    return open('/dev/null')")
attempt(two.call, "f")

print("-- all that there may be")
many = []
try:
    while len(many) < 100:
        many.append(interpreters.create())
except RuntimeError as e:
    print(e)
room = len(many)
many.pop().close()
many.append(interpreters.create())  # one that is closed makes room
attempt(interpreters.create)
print(all(each.run("x = 6 * 7") is None and each.get("x") == 42 for each in many))
for each in many:
    each.close()
print(room + len(interpreters.list()) == 63)

print("-- threads")


def count(i, out):
    with interpreters.create(own_gil=i % 2 == 0) as mine:
        mine.run("import threading\n"
                 "total = 0\nlock = threading.Lock()\n"
                 "def work(n):\n"
                 "    global total\n"
                 "    for k in range(n):\n"
                 "        with lock:\n"
                 "            total += k % 7\n"
                 "threads = [threading.Thread(target=work, args=(2000,)) for _ in range(3)]\n"
                 "for t in threads: t.start()\n"
                 "for t in threads: t.join()\n")
        out[i] = mine.get("total")


out = {}
threads = [threading.Thread(target=count, args=(i, out)) for i in range(4)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(out.items()))

print("-- the end")
two.run("import atexit\natexit.register(print, 'two says goodbye')\n"
        "import threading\nstarted = threading.Event()\n"
        "def late():\n    started.wait()\n    print('a thread of two ends')\n"
        "threading.Thread(target=late).start()\nstarted.set()\n")
two.close()
two.close()
print(two.is_open(), one.is_open())
attempt(two.run, "1")
attempt(one.run, "from togil import interpreters\ninterpreters.current().close()")
one.run("import atexit\natexit.register(print, 'one is closed by the end of the runtime')")
print([i.id for i in interpreters.list()])
