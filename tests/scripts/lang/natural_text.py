# SPDX-License-Identifier: MIT
# A program as one would write it: read a small configuration and table, report, render.

SOURCE = """
# settings
name = demo
size = 12
ratio = 0.75
tags = red, green , blue
verbose = yes

[people]
ada    1815  mathematician
grace  1906  admiral
alan   1912  logician
linus  1969  engineer
"""


class ParseError(Exception):
    def __init__(self, line, message):
        super().__init__("line %d: %s" % (line, message))
        self.line = line


def convert(text):
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    if "," in text:
        return [part.strip() for part in text.split(",")]
    if text in ("yes", "no"):
        return text == "yes"
    return text


def parse(source):
    settings = {}
    sections = {}
    current = None
    for number, line in enumerate(source.splitlines(), start=1):
        line = line.split("#", 1)[0].rstrip()
        if not line:
            continue
        if line.startswith("["):
            if not line.endswith("]"):
                raise ParseError(number, "unterminated section")
            current = sections.setdefault(line[1:-1], [])
        elif current is not None:
            current.append(tuple(line.split(None, 2)))
        else:
            key, equals, value = line.partition("=")
            if not equals:
                raise ParseError(number, f"no '=' in {line!r}")
            settings[key.strip()] = convert(value.strip())
    return settings, sections


settings, sections = parse(SOURCE)
for key in sorted(settings):
    print(f"{key:<10}{settings[key]!r:>28} {type(settings[key]).__name__}")
rows = [(name.title(), int(year), job) for name, year, job in sections["people"]]
widths = [max(len(str(row[i])) for row in rows) for i in range(3)]
print("+" + "+".join("-" * (w + 2) for w in widths) + "+")
for row in sorted(rows, key=lambda r: -r[1]):
    print("| " + " | ".join(f"{v:>{w}}" if isinstance(v, int) else f"{v:<{w}}" for v,
                            w in zip(row, widths)) + " |")
print("+" + "+".join("-" * (w + 2) for w in widths) + "+")
print("average year %.2f, oldest %s" % (sum(r[1] for r in rows) / len(rows),
                                        min(rows, key=lambda r: r[1])[0]))
for bad in ("[open", "just words", "a = 1\nb"):
    try:
        parse(bad)
    except ParseError as error:
        print(error, error.line)


def to_json(value, indent=0):
    pad = "  " * indent
    if value is None:
        return "null"
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, dict):
        if not value:
            return "{}"
        body = ",\n".join(f'{pad}  {to_json(str(k))}: {to_json(v, indent + 1)}' for k,
                          v in value.items())
        return "{\n" + body + "\n" + pad + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(to_json(v, indent + 1) for v in value) + "]"
    raise TypeError(f"cannot write {type(value).__name__}")


print(to_json({"settings": settings, "people": rows, "empty": {},
               "nested": {"quote": 'a "b"\n', "none": None}}))


def tokens(text):
    i = 0
    while i < len(text):
        c = text[i]
        if c.isspace():
            i += 1
        elif c.isdigit() or c == ".":
            start = i
            while i < len(text) and (text[i].isdigit() or text[i] == "."):
                i += 1
            yield "number", float(text[start:i])
        elif c in "+-*/()^":
            yield "operator", c
            i += 1
        else:
            raise SyntaxError(f"unexpected {c!r} at {i}")
    yield "end", None


class Calculator:
    LEVELS = ({"+": lambda a, b: a + b, "-": lambda a, b: a - b},
              {"*": lambda a, b: a * b, "/": lambda a, b: a / b})

    def __init__(self, text):
        self.tokens = list(tokens(text))
        self.place = 0

    def take(self):
        self.place += 1
        return self.tokens[self.place - 1]

    def level(self, n):
        if n == len(self.LEVELS):
            return self.factor()
        value = self.level(n + 1)
        while self.tokens[self.place][1] in self.LEVELS[n]:
            operator = self.take()[1]
            value = self.LEVELS[n][operator](value, self.level(n + 1))
        return value

    def factor(self):
        kind, value = self.take()
        if kind == "number":
            if self.tokens[self.place][1] == "^":
                self.take()
                return value ** self.factor()
            return value
        if value == "-":
            return -self.factor()
        if value == "(":
            inner = self.level(0)
            if self.take()[1] != ")":
                raise SyntaxError("expected )")
            return inner
        raise SyntaxError(f"unexpected {value!r}")


for text in ("1 + 2 * 3", "(1 + 2) * -3", "2 ^ 3 ^ 2 / 4", "10 / 4 - 1.5", "1 / 0", "(1", "2 $ 3",
             "*"):
    try:
        print(text, "=", Calculator(text).level(0))
    except (SyntaxError, ZeroDivisionError) as error:
        print(text, "->", type(error).__name__, error)
