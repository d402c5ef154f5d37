# SPDX-License-Identifier: MIT
# Classes: attributes, methods, inheritance, super, properties, class and static methods, slots.


class Animal:
    "An animal."
    kind = "animal"
    count = 0

    def __init__(self, name):
        self.name = name
        Animal.count += 1

    def speak(self):
        return self.name + " makes a sound"

    def describe(self):
        return "%s (%s): %s" % (self.name, self.kind, self.speak())


class Dog(Animal):
    kind = "dog"

    def __init__(self, name, trick=None):
        super().__init__(name)
        self.trick = trick

    def speak(self):
        return super().speak() + ": woof"


class Puppy(Dog):
    def speak(self):
        return super(Puppy, self).speak().upper()


for animal in (Animal("Generic"), Dog("Rex", "roll"), Puppy("Bit")):
    print(animal.describe(), isinstance(animal, Dog), type(animal).__name__)
print(Animal.count, Dog.kind, Puppy.__name__, Puppy.__bases__ == (Dog,), Animal.__doc__,
      Dog.__doc__)
print(issubclass(Puppy, Animal), issubclass(Animal, Dog), isinstance(5, (str, int)),
      issubclass(bool, int))
print([c.__name__ for c in Puppy.__mro__], Puppy.mro()[0] is Puppy, Animal.__module__,
      Dog.__qualname__)

d = Dog("Max")
d.age = 3
d.kind = "good dog"
print(d.kind, Dog.kind, d.__dict__, hasattr(d, "age"), hasattr(d, "nope"),
      getattr(d, "nope", "default"))
setattr(d, "x", 1)
delattr(d, "age")
del d.kind
print(d.kind, vars(d), d.__class__ is Dog)
Dog.legs = 4
print(d.legs, Puppy("P").legs)
Dog.speak = lambda self: "patched " + self.name
print(d.speak(), Puppy("Q").speak())
bound = d.speak
d.name = "renamed"
print(bound(), Dog.speak(d), bound.__self__ is d, bound.__func__ is Dog.speak, d.speak == d.speak)


class Temperature:
    scale = "C"

    def __init__(self, degrees):
        self._degrees = degrees

    @property
    def degrees(self):
        "The temperature."
        return self._degrees

    @degrees.setter
    def degrees(self, value):
        if value < -273:
            raise ValueError("too cold")
        self._degrees = value

    @degrees.deleter
    def degrees(self):
        self._degrees = None

    @property
    def fahrenheit(self):
        return self._degrees * 9 / 5 + 32

    @classmethod
    def freezing(cls):
        return cls(0)

    @staticmethod
    def convert(f):
        return (f - 32) * 5 / 9


t = Temperature(100)
print(t.degrees, t.fahrenheit, Temperature.freezing().degrees, Temperature.convert(212),
      t.convert(32))
t.degrees = 50
print(t.degrees, Temperature.degrees.__doc__)
try:
    t.degrees = -300
except ValueError as error:
    print("ValueError:", error)
try:
    t.fahrenheit = 5
except AttributeError as error:
    print("AttributeError:", error)
del t.degrees
print(t.degrees)


class Kelvin(Temperature):
    @classmethod
    def freezing(cls):
        k = super().freezing()
        k.degrees = 273.15
        return k


print(type(Kelvin.freezing()).__name__, Kelvin.freezing().degrees)

print("several bases")


class Base:
    def who(self):
        return ["Base"]


class Left(Base):
    def who(self):
        return ["Left"] + super().who()


class Right(Base):
    def who(self):
        return ["Right"] + super().who()


class Both(Left, Right):
    def who(self):
        return ["Both"] + super().who()


print(Both().who(), [c.__name__ for c in Both.__mro__])
try:
    class Broken(Base, Left):
        pass
except TypeError as error:
    print("TypeError:", str(error).splitlines()[0])

print("slots")


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a


s = Slotted(1)
s.b = 2
print(s.a, s.b, hasattr(s, "__dict__"))
try:
    s.c = 3
except AttributeError as error:
    print("AttributeError:", error)
del s.b
try:
    s.b
except AttributeError as error:
    print("AttributeError:", error)

print("private names")


class Private:
    def __init__(self):
        self.__secret = 1
        self.__dunder__ = 2

    def get(self):
        return self.__secret


print(Private().get(), sorted(Private().__dict__))

print("subclasses of built-in types")


class Stack(list):
    def push(self, v):
        self.append(v)

    @property
    def top(self):
        return self[-1]


stack = Stack([1])
stack.push(2)
print(stack, stack.top, len(stack), isinstance(stack, list), stack == [1, 2], type(stack).__name__)


class Celsius(float):
    def __repr__(self):
        return "%.1f C" % self


class Pair(tuple):
    def __new__(cls, a, b):
        return super().__new__(cls, (a, b))

    @property
    def first(self):
        return self[0]


print(Celsius(21.5), Celsius(1) + 1, Pair(1, 2), Pair(3, 4).first, len(Pair(1, 2)))

print("class bodies are code")


class Computed:
    values = []
    for i in range(3):
        values.append(i * i)
    if len(values) == 3:
        def only_then(self):
            return "defined"
    del i


print(Computed.values, Computed().only_then(), hasattr(Computed, "i"))


def make_class(name, base):
    class Made(base):
        def hello(self):
            return name + " " + super().__repr__()[:1]
    Made.__name__ = name
    return Made


print(make_class("X", object)().hello(), make_class("Y", list).__name__)


class Dynamic:
    def __getattr__(self, name):
        if name.startswith("get_"):
            return lambda: name[4:]
        raise AttributeError("no " + name)


print(Dynamic().get_x(), hasattr(Dynamic(), "y"))


class Strict:
    def __setattr__(self, name, value):
        if name != "ok":
            raise AttributeError("only ok")
        object.__setattr__(self, name, value)


strict = Strict()
strict.ok = 1
try:
    strict.bad = 2
except AttributeError as error:
    print(error, strict.ok)
print(repr(Animal)[:16], str(Dog), type(d) == Dog, callable(Dog), callable(d))


def attempt(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)


attempt(lambda: d.missing)
attempt(lambda: Dog.missing)
attempt(lambda: Dog())
attempt(lambda: Dog("a", "b", "c"))
attempt(lambda: d.speak(1))
attempt(lambda: object().x)
attempt(lambda: setattr(object(), "x", 1))
attempt(lambda: (5).x)
attempt(lambda: None.x)
attempt(lambda: Animal.speak())
attempt(lambda: d())
attempt(lambda: object(1))
