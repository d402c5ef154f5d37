# SPDX-License-Identifier: MIT
"""tree.py - the source tree as the lint sees it: which files there are, and their lines."""
import os

# Folders of the project that hold text we wrote. Anything else at the top level is not ours.
TOP_FOLDERS = ("runtime", "include", "tests", "bench", "examples", "cmake", "docs", ".ci")
C_SUFFIXES = (".c", ".h", ".def")


class Tree:
    """The project below `root`. Paths given and returned are relative, with forward slashes."""

    def __init__(self, root):
        self.root = os.path.abspath(root)
        self._lines = {}
        self._files = None

    def files(self, under=("",), suffixes=None, names=()):
        """Files below one of the folders `under` that end in a suffix or have one of `names`."""
        if self._files is None:
            self._files = sorted(self._walk())
        for path in self._files:
            if not any(path.startswith(folder) for folder in under):
                continue
            if suffixes is None or path.endswith(tuple(suffixes)) \
                    or os.path.basename(path) in names:
                yield path

    def c_files(self, *under):
        return self.files(under or ("",), C_SUFFIXES)

    def lines(self, path):
        if path not in self._lines:
            with open(os.path.join(self.root, path), encoding="utf-8", errors="replace") as file:
                self._lines[path] = file.read().split("\n")
        return self._lines[path]

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def _walk(self):
        for name in sorted(os.listdir(self.root)):
            full = os.path.join(self.root, name)
            if os.path.isfile(full):
                yield name
            elif name in TOP_FOLDERS:
                for folder, folders, files in os.walk(full):
                    folders[:] = [f for f in folders if f != "__pycache__"]
                    for file in files:
                        if not file.endswith(".pyc"):
                            path = os.path.relpath(os.path.join(folder, file), self.root)
                            yield path.replace(os.sep, "/")


def code_of(line):
    """The line without its // comment and with string contents blanked."""
    out = []
    quote = None
    i = 0
    while i < len(line):
        c = line[i]
        if quote:
            if c == "\\":
                i += 1
            elif c == quote:
                quote = None
                out.append(c)
        elif c in "\"'":
            quote = c
            out.append(c)
        elif c == "/" and line[i:i + 2] == "//":
            break
        else:
            out.append(c)
        i += 1
    return "".join(out)


def is_comment(line):
    return line.lstrip().startswith("//")
