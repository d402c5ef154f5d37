# SPDX-License-Identifier: MIT
# A module that does not exist.
print("before", flush=True)
import module_that_does_not_exist
