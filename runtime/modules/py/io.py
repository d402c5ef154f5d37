# SPDX-License-Identifier: MIT
#
# io.py - files in memory, and the names of the file classes of the runtime.
#
# Both files in memory are written at their end most of the time, so what is written is kept as a
# list of parts and joined when somebody asks.
# Threads    every operation holds the file's own lock.
# Relies on  _thread: allocate_lock; builtins: open.

import _thread
import sys

__all__ = ["BytesIO", "DEFAULT_BUFFER_SIZE", "SEEK_CUR", "SEEK_END", "SEEK_SET", "StringIO",
           "TextIOWrapper", "UnsupportedOperation", "open"]

DEFAULT_BUFFER_SIZE = 8192
SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2
TextIOWrapper = type(sys.stdout)
open = open


def _unsupported_operation():
    try:
        sys.__stdin__.write("")
    except OSError as error:
        return type(error)
    return OSError


UnsupportedOperation = _unsupported_operation()


class _Memory:
    # Subclasses say what an empty value is, what a line end is, and what may be written.

    def _begin(self, initial):
        self._lock = _thread.allocate_lock()
        self._value = initial
        self._parts = []
        self._pos = 0
        self._size = len(initial)
        self._closed = False

    def _check(self):
        if self._closed:
            raise ValueError("I/O operation on closed file" + self._closed_tail)

    def _joined(self):
        if self._parts:
            self._value += self._empty.join(self._parts)
            self._parts = []
        return self._value

    def _put(self, data):
        with self._lock:
            n = len(data)
            if n == 0:
                return
            if self._pos == self._size:
                self._parts.append(data)
            else:
                value = self._joined()
                if self._pos > self._size:
                    value += self._filler * (self._pos - self._size)
                self._value = value[:self._pos] + data + value[self._pos + n:]
            self._pos += n
            self._size = max(self._size, self._pos)

    def getvalue(self):
        self._check()
        with self._lock:
            return self._joined()

    def read(self, size=-1):
        self._check()
        with self._lock:
            value = self._joined()
            end = self._size
            if size is not None and size >= 0:
                end = min(end, self._pos + size)
            data = value[self._pos:end]
            self._pos += len(data)
            return data

    def readline(self, size=-1):
        self._check()
        with self._lock:
            value = self._joined()
            end = value.find(self._line_end, self._pos) + 1
            if end == 0:
                end = self._size
            if size is not None and size >= 0:
                end = min(end, self._pos + size)
            line = value[self._pos:end]
            self._pos += len(line)
            return line

    def readlines(self, hint=None):
        lines = []
        size = 0
        for line in self:
            lines.append(line)
            size += len(line)
            if hint is not None and 0 < hint <= size:
                break
        return lines

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def tell(self):
        self._check()
        return self._pos

    def truncate(self, size=None):
        self._check()
        if size is None:
            size = self._pos
        if size < 0:
            raise ValueError(self._negative_size % size)
        with self._lock:
            if size < self._size:
                self._value = self._joined()[:size]
                self._size = size
        return size

    def close(self):
        with self._lock:
            self._closed = True
            self._value = self._empty
            self._parts = []

    @property
    def closed(self):
        return self._closed

    def flush(self):
        self._check()

    def isatty(self):
        self._check()
        return False

    def readable(self):
        self._check()
        return True

    def writable(self):
        self._check()
        return True

    def seekable(self):
        self._check()
        return True

    def fileno(self):
        raise UnsupportedOperation("fileno")

    def __iter__(self):
        self._check()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, kind, value, trace):
        self.close()


class StringIO(_Memory):
    _empty = ""
    _filler = "\0"
    _line_end = "\n"
    _closed_tail = ""
    _negative_size = "Negative size value %d"

    def __init__(self, initial_value="", newline="\n"):
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError("initial_value must be str or None, not %s"
                            % type(initial_value).__name__)
        if newline not in (None, "", "\n"):
            raise ValueError("newline=%r is not supported" % (newline,))
        text = initial_value or ""
        self._universal = newline is None
        self._begin(self._translated(text))

    def _translated(self, text):
        return text.replace("\r\n", "\n").replace("\r", "\n") if self._universal else text

    def write(self, text):
        self._check()
        if not isinstance(text, str):
            raise TypeError("string argument expected, got %r" % type(text).__name__)
        self._put(self._translated(text))
        return len(text)

    def seek(self, offset, whence=0):
        self._check()
        if whence not in (0, 1, 2):
            raise ValueError("Invalid whence (%d, should be 0, 1 or 2)" % whence)
        if whence == 0 and offset < 0:
            raise ValueError("Negative seek position %d" % offset)
        if whence != 0 and offset != 0:
            raise OSError("Can't do nonzero cur-relative seeks")
        with self._lock:
            self._pos = offset if whence == 0 else self._pos if whence == 1 else self._size
            return self._pos


class BytesIO(_Memory):
    _empty = b""
    _filler = b"\0"
    _line_end = b"\n"
    _closed_tail = "."
    _negative_size = "negative size value %d"

    def __init__(self, initial_bytes=b""):
        self._begin(bytes(initial_bytes) if initial_bytes is not None else b"")

    def write(self, data):
        self._check()
        if isinstance(data, str) or isinstance(data, int):
            raise TypeError("a bytes-like object is required, not %r" % type(data).__name__)
        data = bytes(data)
        self._put(data)
        return len(data)

    def readinto(self, buffer):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def read1(self, size=-1):
        return self.read(size)

    def seek(self, offset, whence=0):
        self._check()
        if whence not in (0, 1, 2):
            raise ValueError("invalid whence (%d, should be 0, 1 or 2)" % whence)
        if whence == 0 and offset < 0:
            raise ValueError("negative seek value %d" % offset)
        with self._lock:
            base = 0 if whence == 0 else self._pos if whence == 1 else self._size
            self._pos = max(base + offset, 0)
            return self._pos
