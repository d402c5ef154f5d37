# SPDX-License-Identifier: MIT
"""unicode_tables.py - writes unicode_class.c and unicode_case.c next to itself.

The facts are those of the Unicode version that the Python running this knows (14.0 for 3.11),
seen through str's own methods, so that scripts meet the same characters here and there. Run by
hand; the result is kept.
"""
import os
import sys
import unicodedata

END = 0x110000
NAMES = ("ALPHA", "DECIMAL", "DIGIT", "NUMERIC", "LOWER", "UPPER", "TITLE", "SPACE", "PRINTABLE",
         "ID_START", "ID_CONTINUE", "CASED", "IGNORABLE", "LINE_BREAK")
SIGMA, FINAL_SIGMA = "\u03a3", "\u03c2"
HERE = os.path.dirname(os.path.abspath(__file__))


def is_surrogate(point):
    return 0xD800 <= point < 0xE000


def flags_of(point):
    """The bits of NAMES. Cased and ignorable show in how str.lower() treats a sigma behind it."""
    if is_surrogate(point):
        return 0
    c = chr(point)
    cased = (c + SIGMA).lower().endswith(FINAL_SIGMA)
    ignorable = ("A" + c + SIGMA).lower().endswith(FINAL_SIGMA) and not cased
    bits = (c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.islower(), c.isupper(),
            unicodedata.category(c) == "Lt", c.isspace(), c.isprintable(), c.isidentifier(),
            ("a" + c).isidentifier(), cased, ignorable, len((c + "a").splitlines()) == 2)
    return sum(1 << i for i, bit in enumerate(bits) if bit)


def runs_of_map(single):
    """[(first, last, step, delta)] of a map from code point to code point."""
    runs = []
    for point, target in sorted(single.items()):
        delta = target - point
        if runs:
            first, last, step, old = runs[-1]
            near = point - last in (1, 2) if first == last else point - last == step
            if old == delta and near:
                runs[-1] = (first, point, point - last, delta)
                continue
        runs.append((point, point, 1, delta))
    return runs


def write(name, title, body):
    with open(os.path.join(HERE, name), "w", encoding="ascii") as out:
        out.write("// SPDX-License-Identifier: MIT\n//\n")
        out.write(f"// {name} - {title}\n//\n")
        out.write(f"// Written by unicode_tables.py; Unicode {unicodedata.unidata_version}.\n")
        out.write('#include "core/object/unicode_data.h" // the types of the tables\n\n')
        out.write("// clang-format off\n")
        out.write(body)
        out.write("// clang-format on\n")


def wrapped(items):
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > 100:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join(lines + [line]) + "\n"


def array(kind, name, items):
    return (f"const {kind} {name}[] = {{\n{wrapped(items)}}};\n"
            f"const size_t {name}_count =\n    sizeof {name} / sizeof *{name};\n\n")


def class_file():
    flags = [flags_of(point) for point in range(END)]
    classes = sorted(set(flags))
    if len(classes) > 64:
        sys.exit("too many classes: widen the six bits")
    runs = [point << 6 | classes.index(flags[point])
            for point in range(END) if point == 0 or flags[point] != flags[point - 1]]
    zeros = [point for point in range(END)
             if not is_surrogate(point) and unicodedata.decimal(chr(point), -1) == 0]
    body = "// What the bits of TGC_UNI_* say, per class.\n"
    body += array("uint16_t", "tgc_uni_classes", [hex(c) for c in classes])
    body += "// First code point of a run << 6 | its class.\n"
    body += array("uint32_t", "tgc_uni_runs", [hex(r) for r in runs])
    body += "// The zeros; nine digits follow each.\n"
    body += array("uint32_t", "tgc_uni_zeros", [hex(z) for z in zeros])
    write("unicode_class.c", "which characters are letters, digits, spaces, ...", body)


def case_file():
    points = [chr(p) for p in range(END) if not is_surrogate(p)]
    upper = {c: c.upper() for c in points if c.upper() != c}
    lower = {c: c.lower() for c in points if c.lower() != c}
    title = {c: c.title() for c in points if c.title() != upper.get(c, c)}
    fold = {c: c.casefold() for c in points if c.casefold() != lower.get(c, c)}
    body = ""
    for name, mapping, what in (("upper", upper, "upper()"), ("lower", lower, "lower()"),
                                ("title", title, "title(), where it is not upper()"),
                                ("fold", fold, "casefold(), where it is not lower()")):
        single = {ord(k): ord(v) for k, v in mapping.items() if len(v) == 1}
        several = {ord(k): [ord(x) for x in v] for k, v in mapping.items() if len(v) > 1}
        body += f"// {what}: first, last, step, distance\n"
        body += array("tgc_uni_map", f"tgc_uni_{name}",
                      ["{" + f"{a:#x}, {b:#x}, {s}, {d}" + "}"
                       for a, b, s, d in runs_of_map(single)])
        body += f"// {what}: one character to several\n"
        body += array("tgc_uni_special", f"tgc_uni_{name}_special",
                      ["{" + f"{k:#x}, {{" + ", ".join(f"{x:#x}" for x in v) + "}}"
                       for k, v in sorted(several.items())])
    write("unicode_case.c", "upper, lower, title and folded forms", body)


class_file()
case_file()
