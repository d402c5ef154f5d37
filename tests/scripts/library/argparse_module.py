# SPDX-License-Identifier: MIT
# argparse: the results, usage and errors of a usual command line.
import argparse
import sys


def make():
    p = argparse.ArgumentParser(prog="tool", description="Does things to files.",
                                epilog="That is all.")
    p.add_argument("input", help="the input file")
    p.add_argument("extra", nargs="*", help="more files")
    p.add_argument("-n", "--number", type=int, default=3, help="how many (default: %(default)s)")
    p.add_argument("-v", "--verbose", action="store_true", help="say more")
    p.add_argument("-q", "--quiet", action="count", default=0, help="say less")
    p.add_argument("--mode", choices=["fast", "slow"], default="fast", help="the mode")
    p.add_argument("--ratio", type=float, metavar="R", help="a ratio")
    p.add_argument("--pair", nargs=2, type=int, help="two numbers")
    p.add_argument("--list", nargs="+", help="at least one")
    p.add_argument("--maybe", nargs="?", const="const", default="default", help="a value or none")
    p.add_argument("--add", action="append", help="may be repeated")
    p.add_argument("--no-color", dest="color", action="store_false", help="no color")
    p.add_argument("--level", action="store_const", const=9, help="highest level")
    return p


def show(*words):
    try:
        result = make().parse_args(list(words))
        print({k: v for k, v in sorted(vars(result).items())})
    except SystemExit as error:
        print("exit", error.code)


show("file")
show("file", "a", "b", "-n", "5", "-v")
show("-n5", "--mode=slow", "file", "--ratio", "0.5")
show("-vqq", "--list", "x", "y", "--pair", "1", "2", "--", "file", "-z")
show("file", "--maybe", "--add", "1", "--add", "2", "--no-color", "--level")
show("file", "--maybe", "value", "--num", "-7", "--ver")
show("file", "-v", "late")
show("-v", "file", "early", "-q")
sys.stderr = sys.stdout
show()
show("file", "-n", "x")
show("file", "--mode", "medium")
show("file", "--nope")
show("file", "--pair", "1")
show("file", "-n")
show("file", "--list")
show("file", "--m", "x")
show("file", "--verbose=1")
show("-h")
p = argparse.ArgumentParser(prog="small")
p.add_argument("--required", required=True)
p.add_argument("--int-default", type=int, default="7")
p.add_argument("a", type=int, choices=range(3))
p.add_argument("b", nargs="?", default="none")
for words in (["1", "--required", "x"], ["1", "2", "--required", "x"], ["1"],
              ["5", "--required", "x"]):
    try:
        print(p.parse_args(words))
    except SystemExit as error:
        print("exit", error.code)
print(p.parse_known_args(["1", "--required", "x", "--other", "y"]))
p.print_usage()


def even(text):
    n = int(text)
    if n % 2:
        raise argparse.ArgumentTypeError("%d is odd" % n)
    return n


p = argparse.ArgumentParser(prog="even")
p.add_argument("n", type=even)
p.add_argument("--version", action="version", version="%(prog)s 1.0")
for words in (["4"], ["5"], ["x"], ["--version"]):
    try:
        print(p.parse_args(words))
    except SystemExit as error:
        print("exit", error.code)
