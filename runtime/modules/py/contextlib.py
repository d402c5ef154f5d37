# SPDX-License-Identifier: MIT
#
# contextlib.py - helpers around the with statement.

import sys
from functools import update_wrapper

__all__ = ["AbstractContextManager", "ContextDecorator", "ExitStack", "closing", "contextmanager",
           "nullcontext", "redirect_stderr", "redirect_stdout", "suppress"]


class AbstractContextManager:
    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return None


class ContextDecorator:
    # Lets a context manager decorate a function: every call runs inside it.

    def _recreate_cm(self):
        return self

    def __call__(self, func):
        def inner(*args, **kwargs):
            with self._recreate_cm():
                return func(*args, **kwargs)
        return update_wrapper(inner, func)


class _GeneratorContext(ContextDecorator):
    def __init__(self, func, args, kwargs):
        self._func = func
        self._args = args
        self._kwargs = kwargs
        self._generator = func(*args, **kwargs)

    def _recreate_cm(self):
        return _GeneratorContext(self._func, self._args, self._kwargs)

    def __enter__(self):
        try:
            return next(self._generator)
        except StopIteration:
            raise RuntimeError("generator didn't yield") from None

    def __exit__(self, kind, value, trace):
        generator = self._generator
        if kind is None:
            try:
                next(generator)
            except StopIteration:
                return False
            raise RuntimeError("generator didn't stop")
        if value is None:
            value = kind()
        try:
            generator.throw(value)
        except StopIteration as stop:
            # The generator ended, so the exception is handled, unless it is this very one.
            return stop is not value
        except RuntimeError as error:
            if error is value:
                return False
            # A StopIteration that passes through a generator comes out wrapped.
            if isinstance(value, StopIteration) and error.__cause__ is value:
                return False
            raise
        except BaseException as error:
            if error is value:
                return False
            raise
        raise RuntimeError("generator didn't stop after throw()")


def contextmanager(func):
    def helper(*args, **kwargs):
        return _GeneratorContext(func, args, kwargs)
    return update_wrapper(helper, func)


class closing(AbstractContextManager):
    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, kind, value, trace):
        self.thing.close()


class suppress(AbstractContextManager):
    def __init__(self, *exceptions):
        self._exceptions = exceptions

    def __enter__(self):
        return None

    def __exit__(self, kind, value, trace):
        return kind is not None and issubclass(kind, self._exceptions)


class nullcontext(AbstractContextManager):
    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result


class redirect_stdout(AbstractContextManager):
    def __init__(self, new_target):
        self._new_target = new_target
        self._old_targets = []

    def __enter__(self):
        self._old_targets.append(sys.stdout)
        sys.stdout = self._new_target
        return self._new_target

    def __exit__(self, kind, value, trace):
        sys.stdout = self._old_targets.pop()


class redirect_stderr(AbstractContextManager):
    def __init__(self, new_target):
        self._new_target = new_target
        self._old_targets = []

    def __enter__(self):
        self._old_targets.append(sys.stderr)
        sys.stderr = self._new_target
        return self._new_target

    def __exit__(self, kind, value, trace):
        sys.stderr = self._old_targets.pop()


class ExitStack(AbstractContextManager):
    # Exits run last in, first out. Each sees the exception that is current when its turn comes.

    def __init__(self):
        self._exits = []

    def enter_context(self, cm):
        kind = type(cm)
        try:
            enter = kind.__enter__
            exit = kind.__exit__
        except AttributeError:
            raise TypeError("'%s.%s' object does not support the context manager protocol" % (
                kind.__module__, kind.__qualname__)) from None
        result = enter(cm)
        self._exits.append(lambda *details: exit(cm, *details))
        return result

    def push(self, exit):
        method = getattr(type(exit), "__exit__", None)
        if method is None:
            self._exits.append(exit)
        else:
            self._exits.append(lambda *details: method(exit, *details))
        return exit

    def callback(self, callback, /, *args, **kwargs):
        def run(kind, value, trace):
            callback(*args, **kwargs)
        self._exits.append(run)
        return callback

    def pop_all(self):
        other = type(self)()
        other._exits = self._exits
        self._exits = []
        return other

    def close(self):
        self.__exit__(None, None, None)

    def __exit__(self, kind, value, trace):
        original = value
        suppressed = False
        while self._exits:
            exit = self._exits.pop()
            try:
                if value is None:
                    stop = exit(None, None, None)
                else:
                    stop = exit(type(value), value, value.__traceback__)
                if stop and value is not None:
                    suppressed = True
                    value = None
            except BaseException as error:
                _put_behind(error, value, original)
                value = error
        if value is not None and value is not original:
            # Raising sets the context to what is being handled, which is the original exception.
            context = value.__context__
            try:
                raise value
            finally:
                value.__context__ = context
        return suppressed and value is None


def _put_behind(error, previous, original):
    # An exception raised by an exit came after the one before it, if that is still there. Its own
    # chain ends at the original exception, which was being handled all the time.
    context = error.__context__
    while context is not None and context is not original:
        if context is previous:
            return
        error = context
        context = error.__context__
    error.__context__ = previous
