# SPDX-License-Identifier: MIT
# Hooks of classes: __init_subclass__, __set_name__, descriptors, __new__, __del__, __class__.


class Meta:
    def __init_subclass__(cls, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.tag = tag


class Tagged(Meta, tag="t1"):
    pass


print(Tagged.tag)


class Descriptor:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner):
        if instance is None:
            return self
        return getattr(instance, self.name, "unset")

    def __set__(self, instance, value):
        setattr(instance, self.name, value * 2)


class Uses:
    field = Descriptor()


u = Uses()
print(u.field)
u.field = 21
print(u.field, u._field, type(Uses.field).__name__)


class Singleton:
    instance = None

    def __new__(cls, *args):
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance

    def __init__(self, value):
        self.value = value


print(Singleton(1) is Singleton(2), Singleton.instance.value)


class Other:
    def __new__(cls):
        return 5

    def __init__(self):
        print("never called")


print(Other())


class NonData:
    def __get__(self, instance, owner):
        return "non-data"


class Shadow:
    field = NonData()


shadow = Shadow()
print(shadow.field)
shadow.field = "instance wins"
print(shadow.field)


class A:
    def who(self):
        return "A"


class B:
    def who(self):
        return "B"


a = A()
a.__class__ = B
print(a.who(), isinstance(a, B))

gone = []


class Ends:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        gone.append(self.name)


e = Ends("first")
e = Ends("second")
del e
print(gone)


class Method:
    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner):
        if instance is None:
            return self.function
        return lambda *args: self.function(instance, "decorated", *args)


class UsesMethod:
    @Method
    def hello(self, word, name):
        return word + " " + name


print(UsesMethod().hello("x"))
Dynamic = type("Dynamic", (A,), {"value": 7, "method": lambda self: self.value + 1})
print(Dynamic().method(), Dynamic().who(), Dynamic.__name__, type(Dynamic).__name__)


class GetAll:
    def __init__(self):
        self.real = 1

    def __getattribute__(self, name):
        if name == "fake":
            return "made up"
        return object.__getattribute__(self, name)


print(GetAll().fake, GetAll().real)


class Deletes:
    def __delattr__(self, name):
        print("delete", name)


del Deletes().anything
