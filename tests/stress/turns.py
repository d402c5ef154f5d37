# SPDX-License-Identifier: MIT
"""turns.py - what is left out where programs start slowly.

With sanitizers (TG_TEST_SCALE below 1) every program is tried under one policy, in turn: they look
for mistakes in the tester, which is the same code under each. The plain suite tries all.
"""
import os

SCALE = float(os.environ.get("TG_TEST_SCALE", "1"))


def in_turn(row, policies):
    """Those to try in a row of a table."""
    return policies if SCALE >= 1 or not policies else [policies[row % len(policies)]]
