# SPDX-License-Identifier: MIT
# Assignment expressions.

print([y := 5, y * 2], y, [z for v in range(4) if (z := v * v) > 3], z)
if (n := len("abc")) > 2:
    print(n)
items = [3, 2, 1, 0, 5]
while (item := items.pop(0)):
    print(item, end=" ")
print(items)


def f():
    total = 0
    values = [total := total + v for v in range(5)]
    return total, values


print(f(), (a := 1, 2), a)
