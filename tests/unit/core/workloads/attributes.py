# One slot of one object, written and read by all threads; instances that grow names and dicts meanwhile.
# Every value proves itself: (n, str(n)). Wrong looks like: a pair that does not match, an AttributeError on a
# slot that always has a value, a crash.


class Box:
    def __init__(self, v):
        self.v = v
        self.other = None


class Grows:
    pass


class Slotted:
    __slots__ = ("v", "w")


box = Box((0, "0"))
grown = Grows()
grown.v = (0, "0")
slotted = Slotted()
slotted.v = (0, "0")
with_dict = Box((0, "0"))
with_dict.__dict__["late"] = (0, "0")


def right(pair):
    return pair[1] == str(pair[0])


def worker(index, rounds):
    for i in range(rounds):
        n = index * 1000000 + i
        box.v = (n, str(n))
        if not right(box.v):
            return "box"
        slotted.v = (n, str(n))
        if not right(slotted.v):
            return "slotted"
        grown.v = (n, str(n))
        setattr(grown, "name%d" % (i % 40), (i, str(i)))
        if not right(grown.v) or not right(getattr(grown, "name%d" % (i % 40))):
            return "grown"
        with_dict.late = (n, str(n))
        if not right(with_dict.late) or not right(with_dict.v):
            return "with_dict"
        mine = Box((i, str(i)))
        mine.other = box
        if mine.other is not box or not right(mine.v):
            return "mine"
        del mine.v
        try:
            mine.v
            return "deleted attribute found"
        except AttributeError:
            pass
        slotted.w = (n, str(n))
        try:
            if not right(slotted.w):
                return "slotted.w"
            del slotted.w
        except AttributeError:
            pass
        fresh = Grows()
        fresh.a = i
        fresh.b = (i, str(i))
        if i % 16 == index:
            d = fresh.__dict__
            if d["a"] != i or not right(d["b"]):
                return "__dict__"
            d["c"] = (n, str(n))
            if not right(fresh.c):
                return "through __dict__"
        if not right(fresh.b):
            return "fresh"
        if not hasattr(box, "v") or hasattr(box, "nothing"):
            return "hasattr"
    return ""


def check(threads, rounds):
    return "" if right(box.v) and right(grown.v) and right(with_dict.late) else "broken at the end"
