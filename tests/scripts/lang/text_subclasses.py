# SPDX-License-Identifier: MIT
# Classes derived from int, float and str.

class I(int):
    def __new__(cls, v, tag=None):
        self = int.__new__(cls, v)
        self.tag = tag
        return self
    def double(self): return self * 2
a = I(21, 'x')
print(a, repr(a), a.tag, a.double(), type(a.double()), type(a) is I, isinstance(a, int), a + 1, 1 + a, a == 21, hash(a) == hash(21), a < 22, 22 > a, -a, type(+a), a / 2, a // 2, a % 4, divmod(a, 4), a ** 2, 2 ** a, a << 1, 1 << a, a & 7, f'{a:5d}|{a}|{a!r}', '%d %s %x' % (a, a, a), str(a), int(a), type(int(a)), float(a), round(a, -1), a.bit_length(), [1, 2, 3][I(1)], list(range(I(3))), 'ab' * I(2), {a: 1}[21], {21: 2}[a], bool(I(0)), bool(a), a == 21.0, 21.5 > a, max(a, 3), sum([a, a]), abs(I(-3)), a.to_bytes(2, 'big'), min(I(5), 7), sorted([I(3), I(1), 2]), I(10**30), I(10**30) + 1, I('12'), pow(a, 2, 5), a is a, I(5) in [5], chr(I(65)), a.real, type(a.real), a.numerator, hex(a), bin(I(5)), divmod(I(-7), I(2)), -I(0))
class F(float):
    pass
f = F(2.5); f.z = 1
print(f, f.z, f + 1, type(f + 1), f == 2.5, hash(f) == hash(2.5), repr(f), f'{f:.2f}', f'{f}', round(f), int(f), 1 / f, f > 1, -f, type(-f), f.is_integer(), float(f), type(float(f)), F('1e3'), F())
class S(str):
    def shout(self): return self.upper() + '!'
    def __repr__(self): return 'S(' + str.__repr__(self) + ')'
s = S('héllo'); s.q = 5
print(s, repr(s), s.q, s.shout(), type(s.upper()), s + 'x', type(s + ''), s[1:3], s == 'héllo', 'héllo' == s, hash(s) == hash('héllo'), {s: 1}['héllo'], {'héllo': 2}[s], len(s), 'l' in s, s * 2, f'{s:>8}|{s}|{s!r}', '%s|%r' % (s, s), ','.join([s, s]), s.split('l'), type(s.strip()), str(s), type(str(s)), isinstance(s, str), [c for c in s], s.encode(), s < 'z', sorted([S('b'), 'a', S('A')]), s.replace('é', 'e'), type(s.replace('zz', '')), s.find('l'), S(), S(5), s.format(), S('{}').format(3), type(s[:]), s % (), bool(S('')), type(S('a') * 1), type(''.join([s])))
class T(str):
    __slots__ = ()
    def __new__(cls, x): return super().__new__(cls, x.strip())
    def __eq__(self, o): return 'eq'
    def __hash__(self): return 1
    def __add__(self, o): return 'added'
    def __str__(self): return 'TT'
t = T('  ab '); print(t, len(t), t == 1, t + 1, hash(t), f'{t}', '%s' % t, str(t), '{}'.format(t), format(t), repr(t))
e = S('plain')
e.a = e.b = e.c = e.d = e.e = e.f = e.g = 3
print(e.g, e)
try:
    class B(bool): pass
except TypeError as x: print(x)
x = S('abc'); x += 'def'; print(x, type(x))
import_me = [S(str(i)) for i in range(100)]; print(''.join(import_me)[:20], sum(map(int, import_me)))
