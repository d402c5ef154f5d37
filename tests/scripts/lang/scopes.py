# SPDX-License-Identifier: MIT
# Names: closures, global, nonlocal, class scope, comprehension scope, unbound names.

x = "module"


def outer():
    x = "outer"

    def inner():
        return x

    def change():
        nonlocal x
        x = "changed"

    first = inner()
    change()
    return first, inner(), x


print(outer(), x)


def counter(start=0):
    n = start

    def step(by=1):
        nonlocal n
        n += by
        return n

    def reset():
        nonlocal n
        n = start

    return step, reset


a, reset_a = counter()
b, _ = counter(10)
print(a(), a(), b(), a(5), b(-1))
reset_a()
print(a(), b())

print("late binding")
functions = [lambda: i for i in range(3)]
print([f() for f in functions])
functions = [lambda i=i: i for i in range(3)]
print([f() for f in functions])
functions = []
for i in range(3):
    functions.append(lambda: i)
i = "after"
print([f() for f in functions])


def three_deep():
    a = 1

    def second():
        b = 2

        def third():
            nonlocal a, b
            a += 10
            b += 20
            return a, b

        result = third()
        return result, a, b

    return second(), a


print(three_deep())

counter_value = 0


def bump():
    global counter_value, made_here
    counter_value += 1
    made_here = counter_value * 2


bump()
bump()
print(counter_value, made_here)


def shadow():
    len = 5
    return len


print(shadow(), len("abc"))


class Scope:
    x = "class"
    y = x + "!"
    values = [1, 2]
    doubled = [v * 2 for v in values]

    def method(self):
        return x, self.x

    def inner_class(self):
        y = 5

        class Inner:
            z = y

            def get(self):
                return y

        return Inner.z, Inner().get()


print(Scope().method(), Scope.y, Scope.doubled, Scope().inner_class())

print("comprehension variables stay inside")
v = "kept"
squares = [v * v for v in range(4)]
print(v, squares, {v: 1 for v in "ab"}, sorted({v for v in (1, 1)}), list(v for v in "xy"), v)


def comprehension_closure():
    base = 10
    return [base + k for k in range(3)], [[base * i + j for j in range(2)] for i in range(2)]


print(comprehension_closure())


def use_before():
    try:
        print(later)
    except UnboundLocalError as error:
        print("UnboundLocalError:", error)
    later = 1
    del later
    try:
        print(later)
    except UnboundLocalError as error:
        print("UnboundLocalError:", error)


use_before()


def free_before():
    def inner():
        return value
    try:
        inner()
    except NameError as error:
        print(type(error).__name__ + ":", error)
    value = 7
    return inner()


print(free_before())
try:
    print(no_such_name)
except NameError as error:
    print("NameError:", error)
try:
    del no_such_name
except NameError as error:
    print("NameError:", error)
y = 1
del y
try:
    y
except NameError as error:
    print("NameError:", error)


def exception_name():
    e = "before"
    try:
        raise ValueError("v")
    except ValueError as e:
        pass
    try:
        return e
    except UnboundLocalError as error:
        return str(error)


print(exception_name())


def conditional(flag):
    if flag:
        w = 1
    try:
        return w
    except UnboundLocalError:
        return "unbound"


print(conditional(True), conditional(False))


def recursive_closure(n):
    def go(k):
        return 1 if k <= 0 else k * go(k - 1)
    return go(n)


print(recursive_closure(20))


def make_adders(n):
    result = {}
    for k in range(n):
        def add(v, k=k):
            return v + k
        result[k] = add
    return result


print([f(100) for f in make_adders(4).values()])


def compose(*functions):
    def composed(value):
        for f in reversed(functions):
            value = f(value)
        return value
    return composed


print(compose(str, lambda v: v + 1, abs)(-5), __name__)
print((lambda *args, k=3, **kw: (args, k, kw))(1, 2, z=5), (lambda: None)(),
      (lambda x: lambda y: x + y)(1)(2))
