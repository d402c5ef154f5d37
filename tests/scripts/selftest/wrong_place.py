# SPDX-License-Identifier: MIT
# stderr: place
1 / 0
