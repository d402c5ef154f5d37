# Shared functions, methods, closures and instances, called by all threads at once.
# Wrong looks like: a wrong sum, an exception, a crash.


def plain(a, b, c=3):
    return a * 100 + b * 10 + c


def collect(*args, key=7, **rest):
    return (len(args), key, sorted(rest))


def nested(n):
    if n == 0:
        return 0
    return 1 + nested(n - 1)


def make_adder(n):
    def add(x):
        return x + n
    return add


add_five = make_adder(5)


class Base:
    kind = "base"

    def __init__(self, value):
        self.value = value
        self.pair = (value, str(value))

    def get(self):
        return self.value

    def check(self):
        return self.pair[1] == str(self.get())

    @staticmethod
    def double(x):
        return 2 * x

    @classmethod
    def make(cls, value):
        return cls(value)

    @property
    def negative(self):
        return -self.value

    def __add__(self, other):
        return self.__class__(self.value + other.value)

    def __eq__(self, other):
        return self.value == other.value


class Derived(Base):
    kind = "derived"

    def __init__(self, value):
        super().__init__(value)
        self.extra = [value]

    def get(self):
        return super().get()


shared = Derived(12)
bound = shared.get


def worker(index, rounds):
    for i in range(rounds):
        if plain(1, 2) != 123 or plain(b=4, a=2, c=i) != 240 + i:
            return "plain"
        if collect(1, 2, i, x=1, key=i, y=2) != (3, i, ["x", "y"]):
            return "collect"
        args = (1, 2)
        if plain(*args, **{"c": 9}) != 129:
            return "spread"
        if nested(20) != 20:
            return "nested"
        if add_five(i) != i + 5 or make_adder(i)(2) != i + 2:
            return "closure"
        if shared.get() != 12 or bound() != 12 or not shared.check():
            return "shared"
        d = Derived.make(i)
        if not d.check() or d.extra[0] != i or d.negative != -i or Base.double(i) != 2 * i:
            return "made"
        s = d + Base(1)
        if s.value != i + 1 or s.kind != "derived" or not s == Base(i + 1):
            return "operator"
        if [x + 1 for x in (1, 2, 3)] != [2, 3, 4] or (lambda q: q * 2)(i) != 2 * i:
            return "comprehension"
        made = type("Made", (Base,), {"get": lambda self: self.value + 1}) if i % 64 == 0 else None
        if made is not None and made(i).get() != i + 1:
            return "made class"
    return ""


def check(threads, rounds):
    return "" if shared.get() == 12 else "shared object changed"
