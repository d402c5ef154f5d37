# Variables of a closure shared by all threads. Wrong looks like: a pair that does not match.


def make():
    value = (0, "0")
    count = 0

    def put(n):
        nonlocal value, count
        value = (n, str(n))
        count += 1

    def get():
        return value

    def drop():
        nonlocal count
        value_now = value
        del value_now
        return count

    return put, get, drop


put, get, drop = make()


def fresh(value):
    def get():
        return value
    return get


latest = [fresh((0, "0"))]


def worker(index, rounds):
    own_put, own_get, own_drop = make()
    for i in range(rounds):
        put(index * 1000000 + i)
        a, b = get()
        if str(a) != b:
            return "pair"
        latest[0] = fresh((i, str(i)))
        a, b = latest[0]()
        if str(a) != b:
            return "fresh"
        own_put(i)
        if own_get()[0] != i or own_drop() != i + 1:
            return "own"
    return ""


def check(threads, rounds):
    a, b = get()
    if drop() > threads * rounds:
        return "count"
    return "" if str(a) == b else "pair"
