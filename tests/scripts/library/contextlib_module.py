# SPDX-License-Identifier: MIT
# contextlib.
import sys
from contextlib import ExitStack, closing, contextmanager, nullcontext, redirect_stdout, suppress


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


@contextmanager
def tag(name):
    "Doc of tag."
    print("<%s>" % name)
    try:
        yield name.upper()
    except KeyError as error:
        print("handled", error)
    finally:
        print("</%s>" % name)


with tag("a") as value:
    print(value)
with tag("b"), tag("c"):
    print("nested")
with tag("d"):
    raise KeyError("k")
try:
    with tag("e"):
        raise ValueError("passes")
except ValueError as error:
    print("caught", error)
print(tag.__name__, tag.__doc__)


@tag("decorated")
def f(v):
    print("in f", v)
    return v


print(f(1), f(2))


@contextmanager
def no_yield():
    if False:
        yield


@contextmanager
def two_yields():
    yield 1
    yield 2


@contextmanager
def changes():
    try:
        yield
    except ValueError as error:
        raise RuntimeError("changed") from error


def use(manager, error=None):
    with manager as value:
        if error is not None:
            raise error
    return value


attempt(lambda: use(no_yield()))
attempt(lambda: use(two_yields()))
attempt(lambda: use(two_yields(), ValueError("x")))
attempt(lambda: use(changes(), ValueError("x")))
attempt(lambda: use(changes(), StopIteration("stop")))
with suppress(KeyError, IndexError):
    [][1]
print("suppressed")
attempt(lambda: use(suppress(KeyError), ValueError("not suppressed")))


class Closer:
    def close(self):
        print("closed")


with closing(Closer()) as c:
    print(type(c).__name__)
with nullcontext(5) as n:
    print(n)


class Catcher:
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


catcher = Catcher()
with redirect_stdout(catcher):
    print("hidden")
print(repr(catcher.text), sys.stdout is not catcher)

print("ExitStack")
with ExitStack() as stack:
    names = [stack.enter_context(tag(name)) for name in ("x", "y")]
    stack.callback(print, "callback", sep="")
    print(names)
with ExitStack() as stack:
    stack.push(lambda kind, value, trace: print("push sees", kind.__name__) or True)
    raise ValueError("swallowed")
print("after")
try:
    with ExitStack() as stack:
        stack.push(lambda *details: print("outer sees", details[0].__name__))
        stack.callback(lambda: 1 / 0)
        raise ValueError("first")
except ZeroDivisionError as error:
    print(error, repr(error.__context__))
stack = ExitStack()
stack.callback(print, "moved")
moved = stack.pop_all()
stack.close()
moved.close()
attempt(lambda: ExitStack().enter_context(5))
