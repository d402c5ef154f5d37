# SPDX-License-Identifier: MIT
# Programs as one would write them: queens, life, sudoku, a maze, sorting by hand, a bank.


def queens(n):
    def place(row, columns, left, right):
        if row == n:
            return 1
        return sum(place(row + 1, columns | {c}, left | {row - c},
                         right | {row + c}) for c in range(n)
                   if c not in columns and row - c not in left and row + c not in right)
    return place(0, frozenset(), frozenset(), frozenset())


print([queens(n) for n in range(1, 7)])


def life(cells, steps):
    for _ in range(steps):
        counts = {}
        for x, y in cells:
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    if dx or dy:
                        key = (x + dx, y + dy)
                        counts[key] = counts.get(key, 0) + 1
        cells = {cell for cell, n in counts.items() if n == 3 or n == 2 and cell in cells}
    return cells


glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
print(sorted(life(glider, 20)))

SUDOKU = ("530070000", "600195000", "098000060", "800060003", "400803001", "700020006", "060000280",
          "000419005",
          "000080079")


def solve(grid):
    best = None
    for i in range(81):
        if grid[i] == 0:
            r, c = divmod(i, 9)
            used = {grid[r * 9 + k] for k in range(9)} | {grid[k * 9 + c] for k in range(9)}
            used |= {grid[(r // 3 * 3 + k // 3) * 9 + c // 3 * 3 + k % 3] for k in range(9)}
            options = [d for d in range(1, 10) if d not in used]
            if best is None or len(options) < len(best[1]):
                best = (i, options)
    if best is None:
        return grid
    i, options = best
    for d in options:
        grid[i] = d
        if solve(grid):
            return grid
    grid[i] = 0
    return None


answer = solve([int(d) for row in SUDOKU for d in row])
for r in range(0, 81, 9):
    print("".join(map(str, answer[r:r + 9])))

MAZE = """
#########
#S  #   #
# # # # #
# #   #E#
#########
""".strip().splitlines()


def shortest(maze):
    places = {c: (y, x) for y, line in enumerate(maze) for x, c in enumerate(line) if c in "SE"}
    queue = [(places["S"], "")]
    seen = set()
    while queue:
        (y, x), path = queue.pop(0)
        if (y, x) == places["E"]:
            return path
        if (y, x) in seen:
            continue
        seen.add((y, x))
        for step, dy, dx in (("N", -1, 0), ("S", 1, 0), ("W", 0, -1), ("E", 0, 1)):
            if maze[y + dy][x + dx] != "#":
                queue.append(((y + dy, x + dx), path + step))


print(shortest(MAZE))


def quick(items):
    if len(items) < 2:
        return items
    pivot, *rest = items
    return quick([v for v in rest if v < pivot]) + [pivot] + quick([v for v in rest if v >= pivot])


def bubble(items):
    items = items[:]
    for end in range(len(items) - 1, 0, -1):
        for i in range(end):
            if items[i] > items[i + 1]:
                items[i], items[i + 1] = items[i + 1], items[i]
    return items


def merge_sort(items):
    if len(items) < 2:
        return items[:]
    half = len(items) // 2
    a, b = merge_sort(items[:half]), merge_sort(items[half:])
    out = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    return out + a[i:] + b[j:]


numbers = [(n * 7919 + 13) % 1000 for n in range(60)]
print(quick(numbers) == bubble(numbers) == merge_sort(numbers) == sorted(numbers),
      sorted(numbers)[:8])


def sieve(n):
    flags = [True] * (n + 1)
    flags[0:2] = [False, False]
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            flags[i * i::i] = [False] * len(flags[i * i::i])
    return [i for i, flag in enumerate(flags) if flag]


print(len(sieve(2000)), sieve(50))


class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self._balance = balance
        self.history = []

    @property
    def balance(self):
        return self._balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("deposit must be positive")
        self._balance += amount
        self.history.append(("deposit", amount))

    def withdraw(self, amount):
        if amount > self._balance:
            raise InsufficientFunds(f"{self.owner} has {self._balance:.2f}, needs {amount:.2f}")
        self._balance -= amount
        self.history.append(("withdraw", amount))

    def __repr__(self):
        return f"{type(self).__name__}({self.owner!r}, {self._balance:.2f})"


class Savings(Account):
    def __init__(self, owner, balance=0, *, rate):
        super().__init__(owner, balance)
        self.rate = rate

    def add_interest(self):
        self.deposit(self.balance * self.rate)


a, b = Account("ann", 100), Savings("bob", 50.5, rate=0.1)
a.withdraw(30)
b.add_interest()
for account, amount in ((a, 500), (b, 5), (a, 0)):
    try:
        account.withdraw(amount) if amount else account.deposit(amount)
    except (InsufficientFunds, ValueError) as error:
        print(type(error).__name__ + ":", error)
print(a, b, a.history, b.history)


def roman(n):
    out = ""
    for value, digits in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
                          (50, "L"),
                          (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while n >= value:
            out += digits
            n -= value
    return out


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


def collatz(n):
    while n != 1:
        yield n
        n = n // 2 if n % 2 == 0 else 3 * n + 1
    yield 1


def caesar(text, k):
    return "".join(chr((ord(c) - 97 + k) % 26 + 97) if c.islower() else c for c in text)


print(roman(1994), roman(2026), gcd(462, 1071), list(collatz(6)), caesar("hello, world", 3),
      caesar(caesar("hello", 5), -5))
triangle = [[1]]
for _ in range(7):
    last = triangle[-1]
    triangle.append([1] + [p + q for p, q in zip(last, last[1:])] + [1])
for row in triangle:
    print(" ".join(map(str, row)).center(30).rstrip())
print({n: "fizz" * (n % 3 == 0) + "buzz" * (n % 5 == 0) or n for n in range(1, 16)})
digits = ""
q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
while len(digits) < 40:
    if 4 * q + r - t < m * t:
        digits += str(m)
        q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
    else:
        q, r, t, k, m, x = (q * k, (2 * q + r) * x, t * x, k + 1,
                            (q * (7 * k + 2) + r * x) // (t * x), x + 2)
print(digits)
