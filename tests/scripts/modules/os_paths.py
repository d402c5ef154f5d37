# SPDX-License-Identifier: MIT
# os, os.path, errno: paths as text, a folder and files in it, errors with their numbers.
import errno
import os
import os.path


def attempt(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__ + ":", e)


for parts in (("a",), ("a", "b"), ("a/", "b"), ("a", "/b"), ("", "b"), ("a", ""), ("/",), ("a", "b/", "c")):
    print(parts, os.path.join(*parts))
for path in ("", "a", "/a", "/", "//", "a/b", "/a/b", "a/b/", "//a", "a//b", ".", "..", "a.b", ".a",
             "a/.b", "a.b/c", "a.b.c", "...", "..a", "a.", "/a/b.c/d.e"):
    print(repr(path), os.path.split(path), os.path.splitext(path), repr(os.path.basename(path)),
          repr(os.path.dirname(path)), os.path.isabs(path))
for path in ("", ".", "..", "/", "//", "///", "/..", "a/..", "a/../..", "a/./b", "a//b/", "/a/../b",
             "/../a", "../a/..", "../../a", "//a/../b", "a/b/../../c", "./a", "a/."):
    print(repr(path), os.path.normpath(path))
print(os.path.abspath("x") == os.path.join(os.getcwd(), "x"), os.path.abspath("/a/../b"))
attempt(lambda: os.path.join("a", 1))
attempt(lambda: os.path.join())
attempt(lambda: os.path.basename(1))

folder = "/tmp/togil-os-paths-%d" % os.getpid()
os.mkdir(folder)
try:
    file = os.path.join(folder, "one")
    with open(file, "w") as f:
        f.write("hello")
    print(os.path.exists(file), os.path.isfile(file), os.path.isdir(file), os.path.getsize(file),
          os.path.isdir(folder), os.path.exists(file + "x"), os.listdir(folder))
    os.rename(file, file + "x")
    print(os.listdir(folder))
    try:
        os.mkdir(folder)
    except FileExistsError as e:
        print("FileExistsError", e.errno == errno.EEXIST, e.filename == folder)
    try:
        os.rmdir(folder)
    except OSError as e:
        print("OSError", errno.errorcode[e.errno])
    os.remove(file + "x")
    print(os.listdir(folder))
finally:
    os.rmdir(folder)
attempt(lambda: os.listdir("/no/such"))
attempt(lambda: os.remove("/no/such"))
attempt(lambda: os.rename("/no/such", "/no/other"))
attempt(lambda: os.path.getsize("/no/such"))
attempt(lambda: open("/no/such"))
attempt(lambda: os.environ["NO_SUCH_VARIABLE"])
print(os.getenv("NO_SUCH_VARIABLE"), os.getenv("NO_SUCH_VARIABLE", 5), "PATH" in os.environ,
      os.environ.get("PATH") == os.getenv("PATH"))
print(os.name, os.sep, os.linesep == "\n", os.getpid() > 0, os.getppid() > 0, os.cpu_count() > 0,
      len(os.sched_getaffinity(0)) > 0, len(os.urandom(20)), os.urandom(0))
attempt(lambda: os.urandom(-1))
print(os.strerror(2), errno.ENOENT, errno.EAGAIN == errno.EWOULDBLOCK, errno.errorcode[111])
