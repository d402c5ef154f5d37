# Exceptions raised, caught, chained and raised again, some of them the same object in all threads. Wrong looks like:
# a foreign exception, a lost finally, a crash in a traceback that another thread extends.


class Mine(Exception):
    def __init__(self, n):
        super().__init__("mine %d" % n)
        self.n = n


shared = Mine(-1)
log = []


def fail(n):
    if n == 0:
        raise Mine(n)
    try:
        fail(n - 1)
    finally:
        log.append(n)


def convert(n):
    try:
        int("x%d" % n)
    except ValueError as e:
        raise Mine(n) from e


def raise_shared():
    raise shared


def worker(index, rounds):
    for i in range(rounds):
        n = index * 1000000 + i
        try:
            convert(n)
            return "nothing raised"
        except Mine as e:
            if e.n != n or str(e) != "mine %d" % n or not isinstance(e.__cause__, ValueError):
                return "converted"
        try:
            raise_shared()
        except Mine as e:
            if e is not shared or e.n != -1:
                return "shared"
        try:
            fail(4)
        except Mine as e:
            if e.n != 0:
                return "nested"
        try:
            try:
                {}[n]
            except KeyError:
                [][i]
        except IndexError as e:
            if not isinstance(e.__context__, KeyError):
                return "context"
        try:
            None.nothing
        except AttributeError as e:
            if "nothing" not in str(e):
                return "attribute"
        if i % 100 == 0:
            del log[:]
    return ""


def check(threads, rounds):
    return "" if shared.n == -1 else "shared"
