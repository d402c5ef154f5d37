# SPDX-License-Identifier: MIT
# sys.exit("message"): the message goes to stderr, exit code 1.
import sys


def main():
    print("main")
    sys.exit("something went wrong")


main()
