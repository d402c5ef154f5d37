# open(): modes, reading, writing, lines, positions, errors.
import os


def refused(function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as e:
        print(type(e).__name__ + ":", str(e).replace(PATH, "PATH"))
    else:
        print("accepted", result)


PATH = "/tmp/togil-file-objects-%d.txt" % os.getpid()

with open(PATH, "w") as f:
    print(f.write("first\n"), f.write("s\u00e9cond \U0001F600\n"), f.write("last"))
    print(f.closed, f.mode, f.writable(), f.readable())
print(f.closed)
with open(PATH) as f:
    print(repr(f.read()), repr(f.read()))
with open(PATH) as f:
    print(repr(f.readline()), repr(f.read(3)), f.readlines(), repr(f.readline()))
with open(PATH) as f:
    for line in f:
        print(repr(line))
    print(list(f))
with open(PATH, "rb") as f:
    print(f.read(4), f.read(1), f.readline(), f.readlines(), f.mode)
with open(PATH, "a") as f:
    f.write("\nappended")
    f.writelines(["\n", "x", "\ny"])
    print("to the file", 1, 2, file=f, sep="+")
with open(PATH) as f:
    print(f.read().split("\n"))
with open(PATH, "r+") as f:
    print(repr(f.read(5)), f.seek(0), f.write("FIRST"), f.tell())
    f.seek(0)
    print(repr(f.readline()), f.tell())
with open(PATH, "wb") as f:
    print(f.write(b"a\r\nb\rc\nd"))
with open(PATH) as f:
    print(f.readlines())
with open(PATH, newline="") as f:
    print(repr(f.read()))
with open(PATH, "rb") as f:
    print(f.read(), f.seek(-3, 2), f.read(), f.seek(1), f.read(2), f.tell())
with open(PATH, "w", newline="\r\n") as f:
    f.write("x\ny\n")
with open(PATH, "rb") as f:
    print(f.read())
with open(PATH, "w", encoding="latin-1") as f:
    f.write("\xe9\n")
with open(PATH, encoding="latin-1") as f:
    print(f.read() == "\xe9\n")
with open(PATH, errors="replace") as f:
    print(f.read() == "\ufffd\n")
refused(open(PATH).read)
with open(PATH, "w") as f:
    for i in range(5000):
        f.write("line %d\n" % i)
with open(PATH) as f:
    print(sum(len(line) for line in f))
with open(PATH) as f:
    print(f.read(20000)[-10:], len(f.read()))

refused(open, PATH, "x")
refused(open, PATH, "rw")
refused(open, PATH, "")
refused(open, PATH, "rtb")
refused(open, PATH, "rb", encoding="utf-8")
refused(open, PATH, "rb", newline="")
refused(open, PATH, newline="q")
refused(open, PATH, encoding="no-such")
refused(open, "/tmp")
refused(open, "/tmp", "w")
refused(open, "a\0b")
refused(open, -1)
refused(open, 99)
refused(open)
f = open(PATH)
refused(f.write, "x")
refused(f.seek, -1)
refused(f.seek, 1, 1)
refused(f.read, "a")
f.close()
f.close()
refused(f.read)
refused(f.__enter__)
refused(next, f)
f = open(PATH, "w")
refused(f.read)
refused(f.write, b"x")
refused(f.writelines, ["a", 1])
f.close()
refused(f.write, "x")
f = open(PATH, "wb")
refused(f.write, "x")
refused(f.read)
f.close()
os.remove(PATH)
