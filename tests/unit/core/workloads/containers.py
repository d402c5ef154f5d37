# Shared list, dict, set, tuple, read and written by all threads, iterated while others write. Wrong looks like: an
# item nobody put there, a key with another key's value, a crash, an endless search.


def right(pair):
    return pair[1] == str(pair[0])


items = [(i, str(i)) for i in range(32)]
table = {}
names = {str(i): (i, str(i)) for i in range(32)}
members = set(range(32))
queue = []
nested = {"list": [], "dict": {}}


def worker(index, rounds):
    for i in range(rounds):
        n = index * 1000000 + i
        k = i % 32
        items[k] = (n, str(n))
        if not right(items[k]) or not right(items[(k * 7) % 32]):
            return "item"
        table[k] = (k, str(k))
        table[str(n % 50)] = (n % 50, str(n % 50))
        got = table.get(k)
        if got is not None and got != (k, str(k)):
            return "table"
        got = table.pop(str((n + 9) % 50), None)
        if got is not None and not right(got):
            return "pop"
        key = str(k)
        names[key] = (k, str(k))
        if names[key][1] != key:
            return "names"
        members.add(n % 97)
        members.discard((n + 5) % 97)
        if 1000 in members:
            return "member"
        queue.append((n, str(n)))
        try:
            if not right(queue.pop()):
                return "queue"
        except IndexError:
            pass
        if i % 8 == 0:
            for p in items:
                if not right(p):
                    return "iteration"
            if not all(right(p) for p in items[3:9]):
                return "slice"
            try:
                for q in table:
                    if str(int(q)) != str(q):
                        return "table key"
                for q, v in names.items():
                    if v[1] != q:
                        return "names item"
                for q in members:
                    if q < 0 or q > 97:
                        return "set item"
            except (RuntimeError, KeyError):
                pass  # changed size during iteration
            nested["list"].append([n])
            nested["dict"][n % 10] = {"a": [n, n]}
            d = nested["dict"].get((n + 1) % 10)
            if d is not None and d["a"][0] != d["a"][1]:
                return "nested"
            if len(nested["list"]) > 100:
                nested["list"] = []
            copy = sorted(x[0] for x in list(items))
            if len(copy) != 32:
                return "copy"
        if i % 64 == index:
            del queue[:]
            members.update([1, 2, 3])
            table.clear()
        a, b = items[k]
        if str(a) != b:
            return "unpack"
    return ""


def check(threads, rounds):
    return "" if len(items) == 32 and all(right(p) for p in items) else "items"
