# Strings made, joined and appended to names that all threads share. Wrong looks like: letters nobody wrote.

joined = ""
words = ["alpha", "beta", "gamma", "delta"]


class Holder:
    def __init__(self):
        self.s = ""


holder = Holder()


def worker(index, rounds):
    global joined
    letter = "abcdefgh"[index]
    own = ""
    for i in range(rounds):
        own += letter
        joined += letter
        if len(joined) > 200:
            joined = ""
        for c in joined:
            if c not in "abcdefgh":
                return "joined"
        holder.s = holder.s[-40:] + letter
        for c in holder.s:
            if c not in "abcdefgh":
                return "holder"
        w = words[i % 4]
        if (w + "-" + str(i)).split("-") != [w, str(i)] or f"{w}:{i:05d}"[len(w)] != ":":
            return "words"
        if "%s=%d" % (w, i) != w + "=" + str(i) or w.upper().lower() != w:
            return "format"
        if ("é" + w + "\u20ac")[0] != "é" or (b"x" + str(i).encode())[1:] != str(i).encode():
            return "encoded"
        big = 10 ** 30 + i
        if big * big - big != big * (big - 1) or str(big)[-3:] != "%03d" % (i % 1000):
            return "big"
        x = 1.0e300 * (i + 1)
        if x / 1.0e300 - (i + 1) > 1e-6:
            return "float"
    return "" if own == letter * rounds else "own"


def check(threads, rounds):
    return ""
