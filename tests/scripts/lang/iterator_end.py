# The end of an iterator stays the end, also for a step that began before it and comes back late.
class Sequence:
    def __init__(self):
        self.rest = None

    def __getitem__(self, i):
        if i == 2 and self.rest is None:
            self.rest = []
            self.rest.extend(iterator)
        if i >= 5:
            raise IndexError
        return i


sequence = Sequence()
iterator = iter(sequence)
print(next(iterator), next(iterator), next(iterator))
print(sequence.rest)
print(list(iterator))
print(next(iterator, "end"))
