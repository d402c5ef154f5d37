# A counter that nobody locks. With a GIL from start to end no update may be lost: between the read and the write of
# `count += 1` there is no point where the GIL changes hands.

count = 0


class Holder:
    def __init__(self):
        self.count = 0


holder = Holder()


def worker(index, rounds):
    global count
    for i in range(rounds):
        count += 1
        holder.count += 1
    return ""


def check(threads, rounds):
    if count > threads * rounds or holder.count > threads * rounds:
        return "more than counted"
    if count < rounds and holder.count < rounds:
        return "less than one thread counted"
    return ""


def lost(threads, rounds):
    return 2 * threads * rounds - count - holder.count
