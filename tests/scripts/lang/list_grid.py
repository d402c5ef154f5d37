# SPDX-License-Identifier: MIT
# Lists, tuples and the builtins over them: every kind of slice, index and argument, with the messages.

def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)



def digest(lines):
    h = 0
    for line in lines:
        for c in line:
            h = (h * 31 + ord(c)) % 1000000007
    return len(lines), h


def attempt(f, value):
    try:
        f(value)
        return repr(value)
    except Exception as e:
        return type(e).__name__ + " " + str(e)


L = list(range(10))
bounds = [-12, -11, -10, -9, -3, -1, 0, 1, 5, 9, 10, 11, None]
for a in bounds:
    lines = []
    for b in bounds:
        for c in (None, 1, 2, 3, -1, -2, -7, 100, -100):
            lines.append(repr(L[a:b:c]) + repr(tuple(L)[a:b:c]) + "abcdefghij"[a:b:c])

            def delete(m):
                del m[a:b:c]

            def assign(m):
                m[a:b:c] = "xyz"

            lines.append(attempt(delete, L[:]))
            lines.append(attempt(assign, L[:]))
    print(a, *digest(lines))
for i in range(-12, 13):
    show(lambda: L[i])
    show(lambda: tuple(L)[i])
    M = L[:]
    show(lambda: M.pop(i)); print(M)
    M = L[:]
    M.insert(i, 'x'); print(M)
    def s():
        M[i] = 7
    show(s)
    def d():
        del M[i]
    show(d); print(M)
show(lambda: [].pop())
show(lambda: [1].pop(5))
show(lambda: [1, 2].index(3))
show(lambda: ['a', 'b', 'a'].index('a', 1))
show(lambda: [1, 2, 3, 1].index(1, 1, -1))
show(lambda: [1, 2, 3].remove(5))
show(lambda: [1, 2, 1].count(1))
show(lambda: [1, True, 1.0].count(1))
show(lambda: [1] + 'a')
show(lambda: [1] + (2,))
show(lambda: (1,) + [2])
show(lambda: [1] * 'a')
show(lambda: [1] * 2.0)
show(lambda: 3 * [1, 2])
show(lambda: [1, 2] * -1)
show(lambda: (1, 2) * 3)
show(lambda: [1] - [2])
show(lambda: L['a'])
show(lambda: L[1.5])
show(lambda: L['a':2])
show(lambda: (1, 2)['a'])
show(lambda: L[::0])
show(lambda: 'abc'[::0])
show(lambda: [] < 5)
show(lambda: [1] < (1,))
show(lambda: [1, 'a'] < [1, 2])
show(lambda: [1, 2] < [1, 2, 3])
show(lambda: [1, 2] == [1.0, 2.0])
show(lambda: [[1], [2]] > [[1], [1, 5]])
show(lambda: hash([1]))
show(lambda: hash(({},)))
show(lambda: list(5))
show(lambda: list(1, 2))
show(lambda: tuple(1, 2))
show(lambda: list(x=1))
show(lambda: tuple(5))
a = []
a.append(a)
print(a, repr(a))
a = [1]
a.append((a,))
print(a)
d = {}
d['x'] = d
print(d)
d = {'l': []}
d['l'].append(d)
print(d)
def mod(x):
    M.append(1)
    return x
M = [3, 1, 2]
show(lambda: M.sort(key=mod)); print(M)
M = [3, 1, 2]
show(lambda: M.sort(5))
show(lambda: M.sort(foo=5))
show(lambda: [1, 'a'].sort())
show(lambda: sorted([3, 1, 2], reverse=True))
show(lambda: sorted(['b', 'A', 'c'], key=str.lower))
show(lambda: sorted([(1, 'b'), (0, 'z'), (1, 'a')]))
show(lambda: sorted([1.5, 1, 0.5, True, -3]))
show(lambda: sorted())
show(lambda: sorted(5))
show(lambda: sorted([1], 5))
x = [5, 3, 8]
x.reverse(); print(x)
x.extend(range(3)); print(x)
x.extend('ab'); print(x)
x.extend(x); print(x)
show(lambda: x.extend(5))
x += (1, 2); print(x)
x *= 2; print(len(x))
x *= 0; print(x)
show(lambda: x.append())
show(lambda: x.append(1, 2))
show(lambda: x.insert(1))
show(lambda: x.clear(1))
show(lambda: x.pop('a'))
x = [1, 2, 3]
x[1:1] = x; print(x)
x[:] = []; print(x)
x = list('abcdef')
x[::2] = [1, 2, 3]; print(x)
def bad():
    x[::2] = [1]
show(bad)
def bad():
    x[1:2] = 5
show(bad)
def bad():
    x[::2] = 5
show(bad)
del x[1::2]; print(x)
show(lambda: max([]))
show(lambda: max([1, 5, 3], key=lambda v: -v))
show(lambda: min(3, 1, 2))
show(lambda: min([], default=7))
show(lambda: max(1, 2, default=3))
show(lambda: max())
show(lambda: min(1))
show(lambda: max([1, 2], foo=3))
show(lambda: sum([1, 2.5, True]))
show(lambda: sum([[1], [2]], []))
show(lambda: sum(['a']))
show(lambda: sum(['a'], ''))
show(lambda: sum([2**61, 2**61, -5]))
show(lambda: sum([0.1] * 10))
show(lambda: sum([1], start=10))
show(lambda: any([0, '', None]))
show(lambda: all([1, 'a', []]))
show(lambda: any(5))
show(lambda: len(5))
show(lambda: next(5))
show(lambda: next(iter([])))
show(lambda: next(iter([]), 'dflt'))
show(lambda: iter(5))
show(lambda: iter(5, 6))
it = iter(lambda: L.pop() if L else None, 5)
print(list(it), L)
show(lambda: list(zip([1, 2, 3], 'ab', (7, 8, 9))))
show(lambda: list(zip([1, 2], [1], strict=True)))
show(lambda: list(zip([1], [1, 2], strict=True)))
show(lambda: list(zip([1], [1], [1, 2], strict=True)))
show(lambda: list(zip([1, 2], [1, 2], [1], strict=True)))
show(lambda: list(zip()))
show(lambda: zip(5))
show(lambda: list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])))
show(lambda: map(5))
show(lambda: list(map(5, [1])))
show(lambda: list(filter(None, [0, 1, '', 'a'])))
show(lambda: list(filter(lambda v: v > 1, [0, 1, 2, 3])))
show(lambda: list(enumerate('ab', 5)))
show(lambda: list(enumerate('ab', start=2**62)))
show(lambda: enumerate())
show(lambda: enumerate(5))
show(lambda: list(reversed([1, 2, 3])))
show(lambda: list(reversed('abc')))
show(lambda: list(reversed((1, 2))))
show(lambda: list(reversed({1: 2, 3: 4})))
show(lambda: reversed({1, 2}))
show(lambda: reversed(5))
show(lambda: (1, 2, 3, 2).index(2, 2))
show(lambda: (1, 2).index(5))
show(lambda: (1, 2, 2).count(2))
show(lambda: ())
show(lambda: (1,))
show(lambda: (1, 2) < (1, 3))
show(lambda: (1, 2) == (1, 2.0))
show(lambda: hash((1, 2)) == hash((1.0, 2)))
show(lambda: (1, 2, 3)[::-1])
t = (1, 2)
t += (3,)
print(t)
for v in [[3, 2, 1], list(range(100, 0, -1)), [5] * 10]:
    w = v[:]
    w.sort()
    print(w)
class K:
    def __init__(self, a, b):
        self.a = a; self.b = b
    def __lt__(self, o):
        return self.a < o.a
    def __repr__(self):
        return f"K({self.a},{self.b})"
ks = [K(i * 7 % 5, i) for i in range(40)]
ks.sort(); print(ks)
ks.sort(reverse=True); print(ks)
ks.sort(key=lambda k: k.b % 3); print(ks)
class Ix:
    def __index__(self): return 2
print([1, 2, 3, 4][Ix()], [1, 2, 3, 4][Ix():], (1, 2, 3)[Ix()], [0] * Ix())
class Sub(list):
    def __init__(self, a, b):
        super().__init__([a, b])
        self.extra = 5
    def total(self):
        return sum(self)
s = Sub(3, 4)
s.append(5)
print(s, s.total(), s.extra, len(s), s[1:], isinstance(s, list), s == [3, 4, 5])
class Sub2(list): pass
print(Sub2('abc'), Sub2(), Sub2([1]) + [2])
class T2(tuple):
    def first(self): return self[0]
x = T2([4, 5, 6])
x.name = 'hi'
print(x, x.first(), x.name, len(x), x[1:], x + (1,), hash(x) == hash((4, 5, 6)), x == (4, 5, 6))
