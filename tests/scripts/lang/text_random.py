# SPDX-License-Identifier: MIT
# Random calls of the methods of str, bytes and bytearray, as checksums.

seed = 12345
def rnd(n):
    global seed
    seed = (seed * 6364136223846793005 + 1442695040888963407) % (1 << 64)
    return (seed >> 33) % n
A = ['a', 'b', 'c', 'ab', 'A', 'B', ' ', '\t', '\n', '\r\n', ',', '-', '0', '9', "'", '"', '\\', '', 'x', 'aa', '_', '+', '%', '{', '}']
W = A + ['é', 'ß', 'ÿ', 'µ', '\xa0', '\x85', 'İ', 'ŉ', 'ǆ', 'ǅ', 'Σ', 'σ', 'ς', '€', '\u2028', '\u3000', '漢', 'ﬁ', '٣', '²', '½', '😀', '𐐀', '𐐨', '\U000e0100', '\ud800', '\udcff', '.', "'", '\u0301']
def s(al, n):
    return ''.join([al[rnd(len(al))] for _ in range(rnd(n))])
total = 0
def note(text):
    # A checksum of all that would have been printed.
    global total
    for c in text: total = (total * 31 + ord(c)) % 2305843009213693951
def show(f):
    try: return ascii(f())
    except Exception as e: return type(e).__name__ + ':' + ascii(str(e))
for i in range(1200):
    al = A if i % 2 else W
    if i % 5 == 0: al = ['a', 'b']
    x, y, z = s(al, 14), s(al, 4), s(al, 4)
    n, m = rnd(20) - 5, rnd(20) - 5
    r = [
        show(lambda: x.find(y)), show(lambda: x.rfind(y)), show(lambda: x.find(y, n, m)), show(lambda: x.rfind(y, n, m)),
        show(lambda: x.count(y)), show(lambda: x.count(y, n)), show(lambda: x.index(y)), show(lambda: x.replace(y, z)), show(lambda: x.replace(y, z, n)),
        show(lambda: x.split(y)), show(lambda: x.split()), show(lambda: x.split(y, n)), show(lambda: x.split(None, n)), show(lambda: x.rsplit(y, n)), show(lambda: x.rsplit(None, n)), show(lambda: x.rsplit(y)),
        show(lambda: x.partition(y)), show(lambda: x.rpartition(y)), show(lambda: x.splitlines()), show(lambda: x.splitlines(True)),
        show(lambda: x.strip()), show(lambda: x.strip(y)), show(lambda: x.lstrip(y)), show(lambda: x.rstrip(y)),
        show(lambda: x.upper()), show(lambda: x.lower()), show(lambda: x.title()), show(lambda: x.capitalize()), show(lambda: x.swapcase()), show(lambda: x.casefold()),
        show(lambda: [x.isalpha(), x.isalnum(), x.isdigit(), x.isdecimal(), x.isnumeric(), x.isspace(), x.isupper(), x.islower(), x.istitle(), x.isidentifier(), x.isprintable(), x.isascii()]),
        show(lambda: x.startswith(y, n)), show(lambda: x.endswith(y, n, m)), show(lambda: x.removeprefix(y)), show(lambda: x.removesuffix(y)),
        show(lambda: x.center(n + 8)), show(lambda: x.ljust(m + 5, 'é')), show(lambda: x.rjust(12, '*')), show(lambda: x.zfill(n + 5)), show(lambda: x.expandtabs(n)),
        show(lambda: x[n:m]), show(lambda: x[::-1]), show(lambda: x[n::-2]), show(lambda: x[::3]), show(lambda: x[n]),
        show(lambda: x + y), show(lambda: x * (n // 3)), show(lambda: y in x), show(lambda: [x < y, x == y, x >= z]), show(lambda: y.join([x, z, x])), show(lambda: repr(x)), show(lambda: len(x)),
        show(lambda: x.encode('utf-8')), show(lambda: x.encode('latin-1')), show(lambda: x.encode('ascii', 'backslashreplace')), show(lambda: x.encode('utf-16', 'surrogatepass')), show(lambda: x.encode('utf-8', 'surrogateescape')),
        show(lambda: x.translate({97: 'xy', 98: None, 233: 0x1F600})), show(lambda: str.maketrans(y, z)),
        show(lambda: x % 5), show(lambda: x.format(1, 2)), show(lambda: format(x, y + '>' + str(m))), show(lambda: '%-10.3s|' % x), show(lambda: int(x)), show(lambda: float(x)), show(lambda: sorted(x)), show(lambda: set(x) == set(list(x))), show(lambda: hash(x) == hash(x[:3] + x[3:])),
    ]
    for v in r: note(v)
    if i % 50 == 49: print('str', i, total)
B = [b'a', b'b', b'ab', b'A', b' ', b'\n', b'\r\n', b'\t', b',', b'0', b'\xff', b'\x00', b"'", b'"', b'\\', b'', b'+', b'\xc3\xa9', b'\xe2\x82\xac', b'\xf0\x9f\x98\x80', b'\xe2\x82', b'\xed\xa0\x80']
def bs(n):
    return b''.join([B[rnd(len(B))] for _ in range(rnd(n))])
for i in range(500):
    x, y, z = bs(12), bs(3), bs(3)
    n, m = rnd(16) - 5, rnd(16) - 5
    for ty in (bytes, bytearray):
        x = ty(x)
        r = [show(lambda: x.find(y)), show(lambda: x.rfind(y)), show(lambda: x.find(97, n)), show(lambda: x.count(y)), show(lambda: x.index(y)), show(lambda: x.replace(y, z)), show(lambda: x.replace(y, z, n)),
         show(lambda: x.split(y)), show(lambda: x.split()), show(lambda: x.split(y, n)), show(lambda: x.split(None, n)), show(lambda: x.rsplit(y, n)), show(lambda: x.rsplit(None, n)), show(lambda: x.partition(y)), show(lambda: x.rpartition(y)), show(lambda: x.splitlines()), show(lambda: x.splitlines(True)),
         show(lambda: x.strip()), show(lambda: x.strip(y)), show(lambda: x.lstrip(y)), show(lambda: x.upper()), show(lambda: x.lower()), show(lambda: x.title()), show(lambda: x.capitalize()), show(lambda: x.swapcase()),
         show(lambda: [x.isalpha(), x.isalnum(), x.isdigit(), x.isspace(), x.isupper(), x.islower(), x.isascii()]),
         show(lambda: x.startswith(y, n)), show(lambda: x.endswith(y, n, m)), show(lambda: x.removeprefix(y)), show(lambda: x.center(n + 8)), show(lambda: x.ljust(8, b'*')), show(lambda: x.zfill(n + 5)),
         show(lambda: x[n:m]), show(lambda: x[::-1]), show(lambda: x[n::-2]), show(lambda: x[n]), show(lambda: x + y), show(lambda: y + x), show(lambda: x * (n // 3)), show(lambda: y in x), show(lambda: 97 in x), show(lambda: [x < y, x == y, x >= z, y == x]), show(lambda: x.hex(':', n)),
         show(lambda: x.decode()), show(lambda: x.decode('ascii', 'replace')), show(lambda: x.decode('utf-8', 'replace')), show(lambda: x.decode('utf-8', 'backslashreplace')), show(lambda: x.decode('utf-8', 'surrogateescape')), show(lambda: x.decode('latin-1')), show(lambda: x.decode('utf-16', 'replace')), show(lambda: x.decode('utf-16-be', 'ignore')), show(lambda: list(x)), show(lambda: x.join([y, z])), show(lambda: bytes(x)), show(lambda: len(x)), show(lambda: repr(x))]
        for v in r: note(v)
    a = bytearray(x)
    try:
        a.append(rnd(256)); a.extend(y); a += z; a.insert(n, 65); a[n:m] = z; note(repr(a))
        a[rnd(len(a) or 1)] = 7; note(repr(a) + repr(a.pop())); a.reverse(); del a[n:m]; note(repr(a)); del a[::2]; note(repr(a)); a[::2] = bytes(len(a[::2])); note(repr(a)); a.remove(0); note(repr(a)); a.clear(); note(repr(a))
    except Exception as e: note(type(e).__name__ + ' ' + str(e))
    if i % 50 == 49: print('bytes', i, total)
