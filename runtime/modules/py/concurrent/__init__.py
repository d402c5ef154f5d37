# SPDX-License-Identifier: MIT
#
# concurrent - the package of concurrent.futures; empty itself.
