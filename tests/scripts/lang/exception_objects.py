# Exceptions as objects: arguments, texts, fields, links, matching, subclasses.


def show(exc):
    print(type(exc).__name__, repr(exc), "|", str(exc), "|", exc.args)


def refused(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as e:
        print(type(e).__name__ + ":", e)
    else:
        print("accepted", result)


for cls in (Exception, ValueError, KeyError, OSError, StopIteration, SystemExit):
    show(cls())
    show(cls("a"))
    show(cls("a", 2))
show(KeyError((1, 2)))
show(OSError(2, "No such file", "name.txt"))
show(OSError(2, "x", "a", None, "b"))
show(UnicodeDecodeError("utf-8", b"\xff\xfe", 0, 1, "bad"))
show(UnicodeDecodeError("utf-8", b"\xff\xfe", 0, 2, "bad"))
show(UnicodeEncodeError("ascii", "a\u1234", 1, 2, "bad"))

print(StopIteration(1, 2).value, StopIteration().value)
print(SystemExit().code, SystemExit(3).code, SystemExit(3, 4).code)
e = ImportError("no module", name="m", path="p")
print(e.name, e.path, e.msg, str(e))
print(NameError("x", name="n").name, AttributeError("x", name="n", obj=5).obj)
e = OSError(2, "text", "file")
print(e.errno, e.strerror, e.filename, e.filename2, e.args)
e = OSError("only text")
print(e.errno, e.strerror, e.filename, e.args)
e = SyntaxError("bad", ("f.py", 3, 4, "x = ", 3, 5))
print(e, e.msg, e.filename, e.lineno, e.offset, repr(e.text), e.end_lineno, e.end_offset)

for number in (1, 2, 3, 4, 9, 10, 11, 13, 17, 20, 21, 32, 103, 104, 110, 111, 115):
    print(number, type(OSError(number, "x")).__name__)
print(type(ConnectionError(111, "x")).__name__)
print(OSError is IOError, OSError is EnvironmentError, issubclass(TimeoutError, OSError))

refused(ValueError, a=1)
refused(ImportError, "x", foo=1)
refused(KeyError, key=1)
refused(OSError, 1, "x", file=2)
refused(UnicodeDecodeError, "utf-8")
refused(SyntaxError, "m", ("f", 1))
refused(ValueError().with_traceback, 1)
refused(ValueError().add_note, 1)
refused(setattr, ValueError(), "args", 3)
refused(delattr, ValueError(), "args")
refused(setattr, ValueError(), "__cause__", 3)
refused(setattr, ValueError(), "__context__", "x")
refused(setattr, ValueError(), "__traceback__", 3)
refused(setattr, ValueError(), "__suppress_context__", 3)
refused(delattr, ValueError(), "__cause__")
refused(getattr, ValueError(), "__notes__")
refused(getattr, ValueError(), "missing")

e = ValueError("a")
e.args = [1, 2]
print(e.args, e)
e.add_note("first")
e.add_note("second")
print(e.__notes__)
print(e.__cause__, e.__context__, e.__suppress_context__, e.__traceback__)
e.__cause__ = KeyError("k")
print(repr(e.__cause__), e.__suppress_context__)
print(e.with_traceback(None) is e)


# Subclasses with and without __init__.
class Plain(ValueError):
    pass


class WithFields(ValueError):
    def __init__(self, a, b=2):
        super().__init__(a)
        self.a = a
        self.b = b


class Silent(OSError):
    def __init__(self, what):
        self.what = what


class Loud(OSError):
    def __init__(self, number, text):
        super().__init__(number, text)
        self.extra = "extra"


class Texted(Exception):
    def __str__(self):
        return "text of " + repr(self.args)


show(Plain(1, 2))
e = WithFields("x", b=3)
show(e)
print(e.a, e.b)
e.more = [1]
print(e.more)
e = Silent("w")
show(e)
print(e.errno, e.what)
e = Loud(2, "gone")
show(e)
print(e.errno, e.extra, type(e).__name__)
show(Texted("x"))


class NoArgs(Exception):
    def __init__(self):
        pass


show(NoArgs())


# raise: classes, instances, causes, contexts.
def attempt(function):
    try:
        function()
    except BaseException as e:
        return e


def chained():
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError("outer")


def caused():
    try:
        raise KeyError("inner")
    except KeyError as e:
        raise ValueError("outer") from e


def hidden():
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError("outer") from None


def from_class():
    raise ValueError from KeyError


for function in (chained, caused, hidden, from_class):
    e = attempt(function)
    print(function.__name__, repr(e), repr(e.__cause__), repr(e.__context__),
          e.__suppress_context__)


def raise_number():
    raise 3


def raise_from_number():
    raise ValueError from 3


def raise_type():
    raise int


def catch_number():
    try:
        raise ValueError("v")
    except 3:
        pass


def catch_tuple():
    try:
        raise ValueError("v")
    except (KeyError, "x"):
        pass


class Odd(Exception):
    def __new__(cls):
        return 3


def raise_odd():
    raise Odd


for function in (raise_number, raise_from_number, raise_type, catch_number, catch_tuple,
                 raise_odd):
    e = attempt(function)
    print(function.__name__, type(e).__name__, e, repr(e.__context__))

try:
    raise Plain("p")
except (KeyError, (ValueError)) as e:
    print("caught", repr(e))

# A re-raised exception does not become its own context; circles are cut.
e = attempt(chained)
inner = e.__context__


def circle():
    try:
        raise e
    except ValueError:
        raise inner


again = attempt(circle)
print(again is inner, again.__context__ is e, e.__context__)


# The traceback of a caught exception names the lines it passed.
def lines(tb):
    found = []
    while tb is not None:
        found.append(tb.tb_lineno)
        tb = tb.tb_next
    return found


def deep(n):
    if n == 0:
        raise ValueError("bottom")
    deep(n - 1)


try:
    deep(3)
except ValueError as e:
    found = lines(e.__traceback__)
    print(len(found), found[1] == found[2] == found[3], found[4] - found[3])


# finally and nested handlers.
def order():
    steps = []
    try:
        try:
            steps.append("try")
            raise KeyError("k")
        except ValueError:
            steps.append("wrong")
        finally:
            steps.append("finally")
    except KeyError:
        steps.append("outer")
    else:
        steps.append("else")
    return steps


print(order())


def returns_from_finally():
    try:
        raise ValueError("lost")
    finally:
        return "kept"


print(returns_from_finally())
