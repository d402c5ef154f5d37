# SPDX-License-Identifier: MIT
#
# string.py - sets of characters, and templates with $names.

__all__ = ["Template", "ascii_letters", "ascii_lowercase", "ascii_uppercase", "capwords", "digits",
           "hexdigits", "octdigits", "printable", "punctuation", "whitespace"]

ascii_lowercase = "abcdefghijklmnopqrstuvwxyz"
ascii_uppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ascii_letters = ascii_lowercase + ascii_uppercase
digits = "0123456789"
hexdigits = digits + "abcdef" + "ABCDEF"
octdigits = "01234567"
punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
whitespace = " \t\n\r\x0b\x0c"
printable = digits + ascii_letters + punctuation + whitespace


def capwords(s, sep=None):
    return (sep or " ").join([word.capitalize() for word in s.split(sep)])


class Template:
    def __init__(self, template):
        self.template = template

    def substitute(self, mapping=None, /, **kws):
        return self._replace(mapping, kws, False)

    def safe_substitute(self, mapping=None, /, **kws):
        return self._replace(mapping, kws, True)

    def _replace(self, mapping, kws, safe):
        text = self.template
        parts = []
        start = 0
        while True:
            place = text.find("$", start)
            if place < 0:
                parts.append(text[start:])
                return "".join(parts)
            parts.append(text[start:place])
            if text[place + 1:place + 2] == "$":
                parts.append("$")
                start = place + 2
                continue
            braced = text[place + 1:place + 2] == "{"
            first = place + 2 if braced else place + 1
            end = first
            while end < len(text) and _is_name_character(text[end], end == first):
                end += 1
            name = text[first:end]
            if braced:
                if text[end:end + 1] != "}":
                    name = ""
                end += 1
            if not name:
                if not safe:
                    lines = text[:place].splitlines(True)
                    raise ValueError("Invalid placeholder in string: line %d, col %d" % (
                        max(len(lines), 1), place - len("".join(lines[:-1])) + 1))
                parts.append("$")
                start = place + 1
                continue
            if name in kws:
                parts.append(str(kws[name]))
            elif mapping is not None and (not safe or name in mapping):
                parts.append(str(mapping[name]))
            elif safe:
                parts.append(text[place:end])
            else:
                raise KeyError(name)
            start = end


def _is_name_character(c, first):
    return c == "_" or c in ascii_letters or (c in digits and not first)
