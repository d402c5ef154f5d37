# Global names written, read, deleted and added by all threads. Wrong looks like: a pair that does not match.

value = (0, "0")
text = ""
maybe = None


def right(pair):
    return pair[1] == str(pair[0])


def worker(index, rounds):
    global value, text, maybe, fleeting
    for i in range(rounds):
        n = index * 1000000 + i
        value = (n, str(n))
        if not right(value):
            return "value"
        text = "t%d" % n
        if text[0] != "t" or not text[1:].isdigit():
            return "text"
        maybe = [n, n]
        m = maybe
        if m[0] != m[1]:
            return "maybe"
        fleeting = (n, str(n))
        try:
            if not right(fleeting):
                return "fleeting"
            del fleeting
        except NameError:
            pass
        globals_now = len(str(value))
        if globals_now < 8:
            return "str"
    return ""


def check(threads, rounds):
    return "" if right(value) else "value"
