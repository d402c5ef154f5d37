# SPDX-License-Identifier: MIT
# Every kind of format spec and % conversion on many values, as checksums; str.format.

total = 0
quiet = False
def show(f, fn):
    global total
    try:
        r = ascii(fn())
    except Exception as e:
        r = type(e).__name__ + ' ' + ascii(str(e))
    if quiet:
        for c in r: total = (total * 31 + ord(c)) % 2305843009213693951
    else:
        print(f, '->', r)
specs = ['zz', 'd', 's', 'x', 'c', '.2d', ',d', ',x', '_x', ',s', '_s', ',_d', ',,d', '_,d', ',n', '=5', '=5s', '+s', ' s', '#s', '#x', '#08x', '08', '08.3f', '.f', 'k', '\u1234', 'é>10', '10c', '+c', '#c', ',c', '999999999999999999999', '.999999999999999999999f', 'z', 'zf', 'z.1f', '.0f', '#.0f', 'e', 'g', 'n', '%', '.1%', '08,', '012,.2f', ',', '_', '_b', '#_b', '020_b', '020,d', '+', '-', ' ', '^10', '*^10', '<<5', '>', '0', '05', '<05', '0=5', '1.', '.', '.5', '10.3', 'b', 'o', 'X', '#X', '#o', '#b', 'E', 'G', 'F', '#g', '.3g', '.0g', '.0e', '.10', 'z,', '0<5', '-05', 'r', 'i', 'u', 'a', '!', '{', '5d5', 'ss', '-5', '+.3', '.3c', 'z5d', 'zx', 'zs']
vals = [0, 5, -5, 255, 1234567, -1234567, 0.0, -0.0, 1.5, -1.5, 1234567.891, 1e20, 1e-5, 1e16, 123456789.0, 'abc', '', True, 10**25, -10**25, 1e100, float('inf'), float('nan'), -0.001, 65, 0x110000, 2.5e-7, 100.0, 'é€', 12345.678, 0.1]
quiet = True
for s in specs:
    for v in vals:
        show((s, v if not isinstance(v, str) else ascii(v)) if s.isascii() else '?', lambda: format(v, s))
    print('spec', ascii(s), total)
quiet = False
for v in (None, [], (1,), {}, object, ..., range(3)):
    show('obj', lambda: format(v, ''))
    show('obj', lambda: format(v, 'd'))
    show('obj', lambda: '{:5}'.format(v))
class A:
    def __init__(self, **k): self.__dict__.update(k)
    def __format__(self, s): return 'A<' + s + '>'
class B:
    def __format__(self, s): return 5
class C:
    def __repr__(self): return 'C!'
    def __str__(self): return 'é'
a = A(x=5, y=A(z=[1, 2, {'k': 3}]))
show('f1', lambda: '{} {}'.format(1, 2))
show('f2', lambda: '{1} {0} {0}'.format(1, 2))
show('f3', lambda: '{a} {b!r} {c!s:>5}'.format(a=1, b='x', c='y'))
show('f4', lambda: '{0.x} {0.y.z[1]} {0.y.z[2][k]}'.format(a))
show('f5', lambda: '{:{}} {:{w}.{p}}'.format(1, 5, 2.5, w=10, p=3))
show('f6', lambda: '{{}} {{{}}}'.format(1))
show('f7', lambda: '{'.format(1))
show('f8', lambda: '}'.format(1))
show('f9', lambda: '{0'.format(1))
show('f10', lambda: '{} {0}'.format(1))
show('f11', lambda: '{0} {}'.format(1))
show('f12', lambda: '{}'.format())
show('f13', lambda: '{2}'.format(1))
show('f14', lambda: '{x}'.format(y=1))
show('f15', lambda: '{!x}'.format(1))
show('f16', lambda: '{!}'.format(1))
show('f17', lambda: '{!rr}'.format(1))
show('f18', lambda: '{!r'.format(1))
show('f19', lambda: '{:{:{}}}'.format(1, 2, 3))
show('f20', lambda: '{0[}'.format([1]))
show('f21', lambda: '{0[]}'.format([1]))
show('f22', lambda: '{0.}'.format([1]))
show('f23', lambda: '{0[0]x}'.format([1]))
show('f24', lambda: '{0[a]}'.format([1]))
show('f25', lambda: '{0[5]}'.format([1]))
show('f26', lambda: '{0.foo}'.format([1]))
show('f27', lambda: '{:abc}'.format(A()))
show('f29', lambda: '{} {!r} {!s} {!a}'.format(C(), C(), C(), C()))
show('f30', lambda: '{:>{}}|{:<{}}|{:^{}}'.format('a', 3, 'b', 4, 'c', 5))
show('f31', lambda: '{a[b c]}'.format(a={'b c': 1}))
show('f32', lambda: '{0[-1]}'.format({'-1': 'neg'}))
show('f33', lambda: '{:}'.format(5) + '{0:}'.format('x'))
show('f34', lambda: '{x}'.format_map({'x': 1}))
show('f35', lambda: '{}'.format_map({'x': 1}))
show('f36', lambda: '{y}'.format_map({'x': 1}))
show('f37', lambda: '{99999999999999999999}'.format(1))
show('f38', lambda: '{a.b}'.format(a=1))
show('f39', lambda: '{ a}'.format(**{' a': 3}))
show('f40', lambda: '{:d}'.format('x'))
show('f41', lambda: '{:s}'.format(3))
show('f42', lambda: '{:.2f}'.format('x'))
show('f43', lambda: '{0!r:>10}|{0!s:^9}|{0!a:<8}'.format('é'))
show('f44', lambda: '{0}{1}{0}'.format('a', 'b') + '{:%}'.format(0.25) + '{:,}'.format(1234567) + '{:e}'.format(12345))
show('f45', lambda: '}{'.format(1))
show('f46', lambda: '{a}{'.format(a=1))
show('f47', lambda: '{:{}{}}'.format(3, '>', 5))
show('f48', lambda: '{0:{0}}'.format(5))
show('f49', lambda: '{[0]}'.format([7]) + '{.x}'.format(a).__str__())
show('f50', lambda: '{!s}'.format('z') + '{:!<5}'.format('a'))
P = ['%d', '%i', '%u', '%s', '%r', '%a', '%c', '%x', '%X', '%o', '%e', '%E', '%f', '%F', '%g', '%G', '%5d', '%-5d|', '%05d', '%+d', '% d', '%#x', '%#o', '%#X', '%08.3f', '%.3d', '%.0f', '%#.0f', '%10s', '%-10s|', '%.2s', '%10.2s', '%5c', '%%', '%5%', '%y', '%', '%-', '%ld', '%hd', '%.', '%5', '%+5s', '%05s', '%#s', '% x', '%+x', '%+.2e', '%#g', '%.3g', '%-05d|', '%+05d', '% 05d', '%#05x', '%#010x', '%.5x', '%#.5x', '%+#.5x', '%5.1f|', '%-8.2f|', '%.50f', '%.100g', '%08s', '%.0e', '%b', '%n', '%10%', '%.0s', '%+.3d', '%08.5d', '%-8.5d|', '%.-1d', '%.3', '%99999999999999999999d']
PV = [0, 5, -5, 255, 1.5, -1.5, 1e20, 'a', 'abc', 'é', None, True, 10**25, -10**25, float('inf'), float('nan'), 65, 1114112, -1, [1], {'a': 1}, 'ab', 0.0, -0.0, 1e-7, b'x', 123456.789]
quiet = True
for p in P:
    for v in PV:
        show((p, ascii(v)), lambda: p % v)
        if not isinstance(v, (list, dict)): show((p, ascii(v), 't'), lambda: p % (v,))
    print('percent', p, total)
quiet = False
show('p1', lambda: '%d %d' % (1,))
show('p2', lambda: '%d' % (1, 2))
show('p3', lambda: '%(a)d %(b)s' % {'a': 1, 'b': 'x'})
show('p4', lambda: '%(a)d' % {'b': 1})
show('p5', lambda: '%(a)d' % (1,))
show('p6', lambda: '%(a)d' % 1)
show('p7', lambda: '%(a' % {'a': 1})
show('p8', lambda: '%*d' % (5, 3))
show('p9', lambda: '%-*d|' % (5, 3))
show('p10', lambda: '%*d|' % (-5, 3))
show('p11', lambda: '%.*f' % (2, 3.14159))
show('p12', lambda: '%.*f' % (-2, 3.14159))
show('p13', lambda: '%*d' % ('a', 3))
show('p14', lambda: '%.*d' % ('a', 3))
show('p15', lambda: '%s' % (1, 2))
show('p16', lambda: 'abc' % ())
show('p17', lambda: 'abc' % {})
show('p18', lambda: 'abc' % [])
show('p19', lambda: 'abc' % 5)
show('p20', lambda: 'abc' % (5,))
show('p21', lambda: '%s %s' % 'ab')
show('p22', lambda: '%s' % {'a': 1})
show('p23', lambda: '%(a(b))s' % {'a(b)': 5})
show('p24', lambda: '%()s' % {'': 5})
show('p25', lambda: '%s%%' % 5)
show('p26', lambda: '%c%c' % ('a', 98))
show('p27', lambda: '%c' % 'ab')
show('p28', lambda: '%c' % 1.5)
show('p29', lambda: '%s é %s' % ('€', '😀'))
show('p30', lambda: '%x' % 1.5)
show('p31', lambda: '%d' % '1')
show('p32', lambda: '%f' % 'a')
show('p33', lambda: '%d' % 1.9)
show('p34', lambda: '%d' % float('nan'))
show('p35', lambda: '%d' % float('inf'))
show('p36', lambda: '%(x)*d' % {'x': 1})
show('p37', lambda: '%s' % (()))
show('p38', lambda: '%s' % ((),))
show('p39', lambda: '%s %(a)s' % {'a': 1})
show('p40', lambda: '%r %s' % (C(), C()))
show('p41', lambda: f'{1234.5:>12,.2f}|{"a":*^5}|{5!r:>3}|{255:#x}|{3.0}|{1e16}|{True:d}|{True}|{None}')
