# SPDX-License-Identifier: MIT
# Opening a file that is not there.
try:
    open("no/such/file.txt")
except FileNotFoundError as error:
    print(error, error.errno, error.filename)
open("no_such_file_either.txt")
