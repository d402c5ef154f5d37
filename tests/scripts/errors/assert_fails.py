# SPDX-License-Identifier: MIT
# A failed assertion with a message.
values = [1, 2, 3]
assert len(values) == 3
assert sum(values) == 7, "sum is %d" % sum(values)
