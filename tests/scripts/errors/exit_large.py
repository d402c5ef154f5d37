# SPDX-License-Identifier: MIT
# Only the lowest eight bits of an exit code arrive.
raise SystemExit(256 + 3)
