# SPDX-License-Identifier: MIT
"""wrap.py - wraps // comments at 100 columns, keeping lists and tables in comments in shape.

clang-format can wrap comments too, but it runs the items of a list together. Only what is too
long is touched: a paragraph is refilled from its first long line on, the text of an item hangs
under its own first word, and a long comment behind code moves to the line above.
"""
import re
import textwrap

WIDTH = 100
COMMENT = re.compile(r"^(\s*//)(\s*)(.*)$")
# "name    text": the text hangs under its column. Also "-", "E1" and the like before one space.
LABEL = re.compile(r"^(\S.{0,34}?(?:\s{2,}|(?<=^-)\s))(?=\S)")


def wrap_lines(lines):
    out = []
    i = 0
    while i < len(lines):
        line = lines[i]
        match = COMMENT.match(line)
        if len(line) <= WIDTH:
            out.append(line)
            i += 1
        elif match:
            i = _wrap_item(lines, i, match, out)
        else:
            out.extend(_comment_above(line))
            i += 1
    return out


def _wrap_item(lines, i, match, out):
    """Refills the item that starts at line i with the lines that continue it."""
    slashes, space, text = match.groups()
    label = LABEL.match(text)
    first = slashes + space + (label.group(1) if label else "")
    hang = slashes + " " * (len(first) - len(slashes))
    words = [text[label.end():] if label else text]
    i += 1
    while i < len(lines):
        following = COMMENT.match(lines[i])
        if not following or not following.group(3):
            break
        same_place = len(following.group(1)) + len(following.group(2)) == len(hang)
        if not same_place or LABEL.match(following.group(3)):
            break
        words.append(following.group(3))
        i += 1
    out.extend(textwrap.wrap(" ".join(words), WIDTH, initial_indent=first,
                             subsequent_indent=hang, break_long_words=False,
                             break_on_hyphens=False))
    return i


def _comment_above(line):
    """A long comment behind code becomes the line above it; anything else stays."""
    match = re.match(r"^(\s*)(\S.*?)\s+// (.*)$", line)
    if not match or '"' in line or match.group(2).endswith(("\\", ",")) \
            or not match.group(2).endswith((";", "{")):
        return [line]
    indent, code, comment = match.groups()
    above = wrap_lines([f"{indent}// {comment}"])
    return [*above, indent + code]


def wrap_file(path):
    with open(path, encoding="utf-8") as file:
        before = file.read().split("\n")
    after = wrap_lines(before)
    if after != before:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(after))
