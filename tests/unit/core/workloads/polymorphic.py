# One call site, one read site and one write site that see many classes, from all threads: the inline caches change
# all the time. Wrong looks like: the answer of another class's method, or another attribute's slot. A cache entry of
# two words that are not read together fails here within a second.


class A:
    def __init__(self):
        self.a = "a"
        self.tag = "A"

    def who(self):
        return "A"


class B:
    def __init__(self):
        self.tag = "B"
        self.b = "b"

    def who(self):
        return "B"


class C(A):
    def __init__(self):
        self.first = 0
        self.tag = "C"

    def who(self):
        return "C"


class D(B):
    tag = "D"

    def __init__(self):
        self.d = 1

    def who(self):
        return "D"


class E:
    who = staticmethod(lambda: "E")
    tag = "E"


class F:
    def __init__(self):
        self.tag = "F"
        self.who = lambda: "F"


class G:
    def __getattr__(self, name):
        if name == "tag":
            return "G"
        return lambda: "G"


classes = [A, B, C, D, E, F, G]
objects = [(c(), c.__name__) for c in classes]


def call(o):
    return o.who()


def read(o):
    return o.tag


def write(o, v):
    o.extra = v


def read_extra(o):
    return o.extra


def worker(index, rounds):
    own = [(c(), c.__name__) for c in classes]
    n = 0
    for i in range(rounds):
        for o, name in objects:
            if call(o) != name:
                return "call " + name
            if read(o) != name:
                return "read " + name
        for o, name in own:
            n += 1
            write(o, n)
            if read_extra(o) != n or call(o) != name or read(o) != name:
                return "own " + name
        # The class itself at the site that has seen its instances.
        if read(D) != "D" or read(E) != "E" or D.tag != "D":
            return "class"
        try:
            read(A)
            return "instance slot read from a class"
        except AttributeError:
            pass
    return ""


def check(threads, rounds):
    return ""
