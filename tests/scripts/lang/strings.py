# SPDX-License-Identifier: MIT
# str: literals, escapes, indexing, every method, Unicode.

print("escapes")
print("tab\there", 'single \'quoted\'', "double \"quoted\"", "back\\slash",
      "nul\0end" == "nul\x00end")
print("\x41\u00e9\u20ac\U0001f600", "\101\102", "line \
continued", r"raw \n stays", "bell\a"[-1] == chr(7))
print("adjacent " "literals " 'join')
print("""triple
quoted 'text' "here"
""")
print(repr("it's"), repr('say "hi"'), repr("both ' and \""), repr("\n\t\r\\"), repr("\x00\x1f\x7f"),
      repr("é€😀"), repr("\u200b\xad"), ascii("é€😀"))

print("length, index, slice")
s = "Hello, Wörld €😀"
print(len(s), s[0], s[-1], s[7:12], s[::-1], s[::2], s[-3:], s[100:], s[5:2], s[:-1][-1])
print([c for c in "añ€"], ord("€"), chr(8364), chr(128512), list("ab"))

print("case")
for t in ("hello world", "HELLO", "Hello World", "ß", "éÀ", "123abc", "", "ǆ", "it's o'clock"):
    print(t.upper(), t.lower(), t.capitalize(), t.title(), t.swapcase(), t.casefold())

print("predicates")
for t in ("abc", "ABC", "aB1", "123", "12.3", "", " ", "\t\n", "a b", "é", "٣", "²", "Abc Def",
          "_x1",
          "1x", "class", "½"):
    print(repr(t), t.isalpha(), t.isdigit(), t.isalnum(), t.isspace(), t.isupper(), t.islower(),
          t.istitle(), t.isdecimal(), t.isnumeric(), t.isidentifier(), t.isascii(), t.isprintable())

print("find and replace")
t = "the cat and the hat"
print(t.find("the"), t.find("the", 1), t.find("dog"), t.rfind("the"), t.index("cat"), t.rindex("t"),
      t.count("the"), t.count(""), t.count("t", 5), t.find("", 3), t.find("a", 5, 8))
print(t.replace("the", "a"), t.replace("the", "a", 1), t.replace("", "-", 3), t.replace("x", "y"),
      "aaa".replace("a", "bb"), "abc".replace("", "."))
print(t.startswith("the"), t.startswith(("a", "th")), t.startswith("cat", 4), t.endswith("hat"),
      t.endswith(("x", "at")), t.endswith("the", 0, 15))
print(t.removeprefix("the "), t.removesuffix("hat"), t.removeprefix("x"))

print("split and join")
print("a,b,,c".split(","), "a,b,,c".split(",", 1), " a  b ".split(), " a  b ".split(" "),
      "a b c".split(None, 1), "".split(), "".split(","), "a--b--c".split("--"))
print("a,b,c".rsplit(",", 1), " a b  c ".rsplit(None, 1), "a.b.c".partition("."),
      "abc".partition("."),
      "a.b.c".rpartition("."), "abc".rpartition("."))
print("a\nb\r\nc\rd\n".splitlines(), "a\nb\n".splitlines(True), "".splitlines(),
      "\n\n".splitlines())
print("-".join(["a", "b", "c"]), "".join(str(i) for i in range(5)), ", ".join([]), "x".join("abc"))

print("strip and pad")
print(repr("  a b ".strip()), repr("  a ".lstrip()), repr(" a  ".rstrip()), "xxaxx".strip("x"),
      "abcba".strip("ab"), repr("\t\n x\u2003".strip()))
print("ab".center(7, "*"), "ab".center(6), "|", "ab".ljust(5, "."), "ab".rjust(5), "42".zfill(5),
      "-42".zfill(5), "+7".zfill(4), "abc".zfill(2), "a\tb\tc".expandtabs(4), "abc".center(6, "-"))

print("operators")
print("a" + "b", "ab" * 3, 2 * "xy", "ab" * 0, "ab" * -1, "b" in "abc", "bc" in "abc", "" in "x",
      "x" not in "abc", "abc" < "abd", "Z" < "a", "" < "a", "é" > "z", "abc" == "ab" + "c")
print(max("hello"), min("hello"), sorted("hello"), "".join(reversed("hello")),
      set("aab") == {"a", "b"})

print("translate")
table = str.maketrans("abc", "xyz", "d")
print("aabbccdd".translate(table), "abc".translate({97: "AA", 98: None, 99: 67}))
print(str.maketrans({"a": "1"}))

print("encode and decode")
print("é€".encode(), "é€".encode("utf-8"), "abc".encode("ascii"), "é".encode("latin-1"))
print("é".encode("ascii", "ignore"), "é".encode("ascii", "replace"), b"\xc3\xa9".decode(),
      b"\xff".decode("utf-8", "replace"), b"\xffa".decode("latin-1"))

print("building")
out = ""
for i in range(20):
    out += str(i)
print(out, len(out), hash("a") == hash("a"))
print(str(None), str(True), str(12), str(1.5), str([1, "a"]), str((1,)), str({}), str(b"x"))
