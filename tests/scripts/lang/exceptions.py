# SPDX-License-Identifier: MIT
# Exceptions: matching, attributes, chaining, hierarchy, user classes.


def attempt(f, *args):
    try:
        return "result %r" % (f(*args),)
    except ZeroDivisionError as error:
        return "division: %s" % error
    except (KeyError, IndexError) as error:
        return "lookup: %s %s" % (type(error).__name__, error)
    except Exception as error:
        return "other: %s %r" % (type(error).__name__, error)
    finally:
        print("finally", end=" ")


print(attempt(lambda: 1 / 0))
print(attempt(lambda: {}["k"]))
print(attempt(lambda: [][1]))
print(attempt(lambda: int("x")))
print(attempt(lambda: 5))

print("args, str, repr")
for error in (ValueError(), ValueError("m"), ValueError("a", 2), KeyError("k"), KeyError(),
              KeyError(1, 2),
              IndexError("i"), OSError(2, "No such file"), OSError("plain"), StopIteration(7),
              RuntimeError(None), Exception(("t",)), SystemExit(3), AssertionError("no"),
              FileNotFoundError(2, "gone", "f.txt"), NotImplementedError("later")):
    print(type(error).__name__, error.args, "|", str(error), "|", repr(error))
e = OSError(2, "No such file or directory", "x.txt")
print(e.errno, e.strerror, e.filename, type(e).__name__, OSError(111, "r").__class__.__name__,
      type(OSError(110, "t")).__name__, type(OSError(11, "b")).__name__,
      type(OSError(13, "p")).__name__)

print("hierarchy")
for a, b in ((ZeroDivisionError, ArithmeticError), (OverflowError, ArithmeticError),
             (KeyError, LookupError),
             (IndexError, LookupError), (FileNotFoundError, OSError),
             (ConnectionRefusedError, ConnectionError),
             (ConnectionError, OSError), (TimeoutError, OSError), (BlockingIOError, OSError),
             (BrokenPipeError, ConnectionError), (RecursionError, RuntimeError),
             (NotImplementedError, RuntimeError),
             (UnboundLocalError, NameError), (ModuleNotFoundError, ImportError),
             (UnicodeDecodeError, ValueError),
             (UnicodeEncodeError, UnicodeError), (KeyboardInterrupt, BaseException),
             (SystemExit, BaseException),
             (GeneratorExit, BaseException), (StopIteration, Exception), (Exception, BaseException),
             (KeyboardInterrupt, Exception), (InterruptedError, OSError),
             (PermissionError, OSError),
             (MemoryError, Exception), (EOFError, Exception), (BufferError, Exception),
             (Warning, Exception)):
    print(a.__name__, b.__name__, issubclass(a, b))
print(IOError is OSError, EnvironmentError is OSError)


class AppError(Exception):
    pass


class CodedError(AppError):
    def __init__(self, code, message="default"):
        super().__init__(message)
        self.code = code

    def __str__(self):
        return "[%d] %s" % (self.code, super().__str__())


try:
    raise CodedError(7)
except AppError as error:
    print(error, error.code, error.args, repr(error), isinstance(error, AppError))
try:
    raise CodedError
except TypeError as error:
    print("TypeError:", error)

print("chaining")


def chained(kind):
    try:
        try:
            raise KeyError("first")
        except KeyError as first:
            if kind == "from":
                raise ValueError("second") from first
            if kind == "none":
                raise ValueError("second") from None
            if kind == "other":
                raise ValueError("second") from IndexError("cause")
            raise ValueError("second")
    except ValueError as error:
        print(kind, repr(error.__cause__), repr(error.__context__), error.__suppress_context__)


chained("from")
chained("none")
chained("other")
chained("implicit")

print("bare raise")


def reraise():
    try:
        raise ValueError("again")
    except ValueError:
        raise


try:
    reraise()
except ValueError as error:
    print(error, error.__context__)
try:
    raise
except RuntimeError as error:
    print("RuntimeError:", error)


def nested():
    try:
        raise ValueError("outer")
    except ValueError:
        try:
            raise KeyError("inner")
        except KeyError:
            pass
        raise


try:
    nested()
except Exception as error:
    print(repr(error), error.__context__)


def in_finally():
    try:
        raise ValueError("body")
    finally:
        raise KeyError("finally")


try:
    in_finally()
except KeyError as error:
    print(repr(error), repr(error.__context__))

print("what may be raised and caught")


def wrong(f):
    try:
        f()
    except TypeError as error:
        print("TypeError:", error)


def raise_string():
    raise "text"


def raise_number():
    raise 5


def raise_from_string():
    raise ValueError("v") from "text"


def catch_string():
    try:
        raise ValueError("v")
    except "text":
        pass


wrong(raise_string)
wrong(raise_number)
wrong(raise_from_string)
wrong(catch_string)

kinds = (ValueError, IndexError)
try:
    raise IndexError("i")
except kinds:
    print("caught by a tuple in a variable")


def choose():
    print("choosing", end=" ")
    return KeyError


try:
    raise KeyError("k")
except choose():
    print("chosen")


class Falsy(Exception):
    def __bool__(self):
        return False


try:
    raise Falsy
except Falsy as error:
    print("falsy", bool(error))
try:
    raise KeyError
except KeyError as error:
    print(repr(error), error.args)
error = ValueError("kept")
error.note = "extra"
try:
    raise error
except ValueError as caught:
    print(caught is error, caught.note, caught.__traceback__ is not None)
print(error.with_traceback(None) is error, error.__traceback__)
error.add_note("note 1")
print(error.__notes__)
try:
    assert 1 == 2, "message %d" % 5
except AssertionError as error:
    print("AssertionError:", error)
try:
    assert 0
except AssertionError as error:
    print(repr(error))
try:
    assert [1, "never fails"]
except AssertionError:
    print("wrong")


class Resource:
    def __init__(self, name):
        self.name = name


def depth(n):
    if n == 0:
        raise ValueError("deep")
    try:
        depth(n - 1)
    except ValueError as error:
        raise KeyError(n) from error


try:
    depth(3)
except KeyError as error:
    chain = []
    while error is not None:
        chain.append(repr(error))
        error = error.__cause__
    print(chain)
for i in range(3):
    try:
        if i == 1:
            raise ValueError(i)
    except ValueError as error:
        print("loop", error)
    else:
        print("loop fine", i)
