# Generators resumed by several threads: one runs, another one gets ValueError. Wrong looks like: a number twice or
# out of order, any other exception, a crash. Shared list, dict and range iterators may lose or repeat, never break.


def count():
    n = 0
    while True:
        n += 1
        yield (n, str(n))


def short(n):
    try:
        for i in range(n):
            got = yield i
            if got is not None:
                yield got
    finally:
        ended.append(1)


def chain(n):
    yield from short(n)
    return n


ended = []
shared = count()
seen = [[], [], [], [], [], [], [], []]
iterators = [None]


def worker(index, rounds):
    mine = seen[index]
    last = 0
    for i in range(rounds):
        try:
            n, text = next(shared)
        except ValueError as e:
            if str(e) != "generator already executing":
                return "message " + str(e)
            continue
        if str(n) != text or n <= last:
            return "order"
        last = n
        mine.append(n)
        if list(short(5)) != [0, 1, 2, 3, 4] or list(chain(3)) != [0, 1, 2]:
            return "own"
        g = short(3)
        next(g)
        if g.send("x") != "x":
            return "send"
        g.close()
        if i % 16 == 0:
            iterators[0] = iter([(k, str(k)) for k in range(20)])
        it = iterators[0]
        if it is not None:
            for a, b in it:
                if str(a) != b:
                    return "iterator"
        if sum(x * x for x in range(5)) != 30:
            return "expression"
    return ""


def check(threads, rounds):
    together = []
    for s in seen:
        together.extend(s)
    if len(set(together)) != len(together):
        return "a value twice"
    return "" if next(shared)[0] == len(together) + 1 else "a value lost"
