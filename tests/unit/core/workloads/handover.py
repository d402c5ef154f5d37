# Objects made by one thread and dropped by another, in both directions and in rings: with biased counts every such
# drop goes through a merge queue. Wrong looks like: objects left over at the end, a dead object, a crash.


class Node:
    def __init__(self, n, next_one):
        self.n = n
        self.next_one = next_one
        self.text = str(n)


boxes = [[], [], [], [], [], [], [], []]
slot = [None]
last = Node(0, None)


def worker(index, rounds):
    global last
    into = boxes[index]
    for i in range(rounds):
        node = Node(i, Node(-i, None))
        into.append(node)
        slot[0] = node
        last = node
        for other in boxes:
            try:
                got = other.pop()
            except IndexError:
                continue
            if got.text != str(got.n) or got.next_one.n != -got.n:
                return "node"
        got = slot[0]
        if got.text != str(got.n) or got.next_one is not None and got.next_one.text != str(-got.n):
            return "slot"
        got = last
        if got.text != str(got.n):
            return "last"
        slot[0] = got.next_one if got.next_one is not None else got
        slot[0] = got
    return ""


def check(threads, rounds):
    global last
    for b in boxes:
        del b[:]
    slot[0] = None
    last = None
    return ""
