# SPDX-License-Identifier: MIT
#
# traceback.py - print and format exceptions; the text itself is made by the runtime.
#
# Relies on  sys: exc_info, _format_exception(exception) -> the whole text with causes.

import sys

__all__ = ["format_exc", "format_exception", "format_exception_only", "print_exc",
           "print_exception"]

_MISSING = object()


def _current():
    return sys.exc_info()[1]


def _of(exc, value):
    # Accepts an exception alone, or the older triple of type, exception and traceback.
    return exc if value is _MISSING else value


def format_exception(exc, value=_MISSING, tb=_MISSING, limit=None, chain=True):
    exception = _of(exc, value)
    if exception is None:
        return ["NoneType: None\n"]
    return sys._format_exception(exception).splitlines(True)


def format_exception_only(exc, value=_MISSING):
    exception = _of(exc, value)
    if exception is None:
        return ["NoneType: None\n"]
    kind = type(exception)
    name = kind.__qualname__
    if kind.__module__ not in ("builtins", "__main__"):
        name = kind.__module__ + "." + name
    text = str(exception)
    return [name + ": " + text + "\n" if text else name + "\n"]


def print_exception(exc, value=_MISSING, tb=_MISSING, limit=None, file=None, chain=True):
    if file is None:
        file = sys.stderr
    file.write("".join(format_exception(exc, value)))


def format_exc(limit=None, chain=True):
    return "".join(format_exception(_current()))


def print_exc(limit=None, file=None, chain=True):
    print_exception(_current(), file=file)
