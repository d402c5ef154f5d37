# property, classmethod, staticmethod, super.


def refused(function, *args):
    try:
        result = function(*args)
    except Exception as e:
        print(type(e).__name__ + ":", e)
    else:
        print("accepted", result)


class Celsius:
    """A temperature."""

    def __init__(self, degrees):
        self._degrees = degrees

    @property
    def degrees(self):
        """The degrees."""
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
    def fixed(self):
        return 42

    nothing = property()

    @classmethod
    def freezing(cls):
        return cls(0)

    @staticmethod
    def add(a, b=1):
        return a + b


class Kelvin(Celsius):
    pass


c = Celsius(20)
print(c.degrees)
c.degrees = 30
print(c.degrees, c.fixed)
del c.degrees
print(c.degrees)
refused(setattr, c, "degrees", -300)
refused(setattr, c, "fixed", 1)
refused(delattr, c, "fixed")
refused(getattr, c, "nothing")
print(Celsius.degrees.__doc__, type(Celsius.degrees).__name__)
print(type(Celsius.freezing()).__name__, type(Kelvin.freezing()).__name__,
      type(Kelvin(1).freezing()).__name__)
print(Celsius.add(1), Celsius.add(1, 2), c.add(3), c.add(b=1, a=1))

p = property(lambda self: 1)
print(p.fget(None), p.fset, p.fdel)
refused(property, 1, 2, 3, 4, 5)
refused(classmethod)
refused(staticmethod, 1, 2)
plain = staticmethod(len)
print(plain("abc"), plain.__func__ is len, repr(plain))
print(repr(classmethod(len)), classmethod(len).__wrapped__ is len)


# super in a diamond, in class methods, with explicit arguments.
class Base:
    name = "base"

    def __init__(self):
        self.seen = ["Base"]

    def who(self):
        return "Base"

    @classmethod
    def make(cls):
        return [cls.__name__]

    @property
    def size(self):
        return 1


class Left(Base):
    name = "left"

    def __init__(self):
        super().__init__()
        self.seen.append("Left")

    def who(self):
        return "Left " + super().who()

    @classmethod
    def make(cls):
        return super().make() + ["Left"]

    @property
    def size(self):
        return super().size + 10


class Right(Base):
    name = "right"

    def __init__(self):
        super().__init__()
        self.seen.append("Right")

    def who(self):
        return "Right " + super().who()

    @property
    def size(self):
        return super().size + 100


class Both(Left, Right):
    def __init__(self):
        super(Both, self).__init__()
        self.seen.append("Both")

    def who(self):
        return "Both " + super().who()

    def names(self):
        return super().name, super(Left, self).name, super(Right, self).name


b = Both()
print(b.seen, b.who(), b.names(), Both.make(), b.size)
print(super(Both, b).who(), super(Left, b).who(), super(Right, b).who())
print(super(Both, Both).make(), super(Left, Both).who(b))
print(repr(super(Both, b)), super(Both, b).__thisclass__.__name__)
refused(getattr, super(Both, b), "missing")
refused(super, 1)
refused(super, int, "a")
refused(super, int, 1, 2)
refused(lambda: super(Both, b).missing)


# Descriptors written in the script.
class Typed:
    def __init__(self, kind):
        self.kind = kind

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self.name, None)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError("%s must be %s" % (self.name[1:], self.kind.__name__))
        setattr(instance, self.name, value)


class Point:
    x = Typed(int)
    label = Typed(str)


point = Point()
print(point.x, point.label)
point.x = 5
point.label = "p"
print(point.x, point.label, type(Point.x).__name__)
refused(setattr, point, "x", "five")
