# SPDX-License-Identifier: MIT
# A special method may return NotImplemented as its value; that is not the lack of the method.


class X:
    def __getitem__(self, i):
        return NotImplemented

    def __iter__(self):
        return self

    def __next__(self):
        return NotImplemented

    def __call__(self):
        return NotImplemented

    def __setitem__(self, i, v):
        return NotImplemented

    def __delitem__(self, i):
        return NotImplemented


class D(dict):
    def __missing__(self, key):
        return NotImplemented


x = X()
print(x[0], next(x), x(), D()[1])
x[0] = 1
del x[0]
for item in x:
    print(item)
    break


class Y:
    pass


for f in (lambda: Y()[0], lambda: next(Y()), lambda: Y()(), lambda: iter(Y()), lambda: len(Y())):
    try:
        f()
    except TypeError as e:
        print(e)
