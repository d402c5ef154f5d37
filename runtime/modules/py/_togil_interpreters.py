# SPDX-License-Identifier: MIT
#
# togil.interpreters: several interpreters in one runtime, each with its own or a shared GIL.
#
# Values cross by copy: None, bool, int, float, str, bytes, and tuple, list, dict, set, frozenset of
# those. The module togil makes this one its attribute `interpreters`.

import _interpreters

__name__ = "togil.interpreters"
__all__ = ["InterpreterError", "Interpreter", "create", "current", "list", "main"]


class InterpreterError(RuntimeError):
    """Code in another interpreter raised an exception.

    `type_name` and `message` tell it apart, `traceback` is the text that it would have printed.
    """

    def __init__(self, type_name, message, traceback):
        RuntimeError.__init__(self, type_name + ": " + message if message else type_name)
        self.type_name = type_name
        self.message = message
        self.traceback = traceback


class Interpreter:
    """An interpreter of this runtime. Two objects with the same id are equal."""

    __slots__ = ("id", "own_gil")

    def __init__(self, id, own_gil):
        self.id = id
        self.own_gil = own_gil

    def run(self, source):
        """Runs the source text in the module __main__ of the interpreter."""
        _check(_interpreters.run(self.id, source, "<interpreter " + str(self.id) + ">"))

    def run_file(self, path):
        """Runs a file in the module __main__ of the interpreter."""
        _check(_interpreters.run_file(self.id, path))

    def set(self, name, value):
        """Gives a variable of its module __main__ a copy of the value."""
        _interpreters.set(self.id, name, value)

    def get(self, name):
        """A copy of a variable of its module __main__."""
        return _interpreters.get(self.id, name)

    def call(self, name, *args, **kwargs):
        """Calls a function of its module __main__ with copies; a copy of the result."""
        result = _interpreters.call(self.id, name, (args, kwargs))
        if len(result) != 1:
            _check(result)
        return result[0]

    def close(self):
        """Waits for its threads, calls its atexit functions, and frees all it holds."""
        _interpreters.close(self.id)

    def is_open(self):
        """Whether it can still run code."""
        return _interpreters.own_gil(self.id) is not None

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def __eq__(self, other):
        if not isinstance(other, Interpreter):
            return NotImplemented
        return self.id == other.id

    def __hash__(self):
        return hash(("togil.Interpreter", self.id))

    def __repr__(self):
        return "<togil.Interpreter " + str(self.id) + (", own GIL>" if self.own_gil else ">")


def _check(texts):
    if texts is not None:
        raise InterpreterError(*texts)


def create(own_gil=True):
    """A new interpreter, with a GIL of its own or sharing the one of the main interpreter."""
    own_gil = bool(own_gil)
    return Interpreter(_interpreters.create(own_gil), own_gil)


def current():
    """The interpreter that runs this code."""
    id = _interpreters.current()
    return Interpreter(id, _interpreters.own_gil(id))


def main():
    """The interpreter that the process started with."""
    return Interpreter(0, True)


def list():
    """All interpreters that are open, the main one first."""
    found = []
    for id in _interpreters.list():
        own_gil = _interpreters.own_gil(id)
        if own_gil is not None:
            found.append(Interpreter(id, own_gil))
    return found
