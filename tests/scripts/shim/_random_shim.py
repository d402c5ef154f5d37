# SPDX-License-Identifier: MIT
#
# _random_shim.py - the native module _random as togil's library expects it, made from python3's.

import _random as _native
import hashlib
import os


class MT:
    # The generator MT19937. A new one is seeded as by seed_by_array([0]).

    def __init__(self):
        self._generator = _native.Random(0)
        self.random = self._generator.random
        self.getrandbits = self._generator.getrandbits
        self.getstate = self._generator.getstate
        self.setstate = self._generator.setstate

    def seed_by_array(self, words):
        # python3 takes an integer and cuts it into as many words as it needs, at least one.
        if not words or (len(words) > 1 and words[-1] == 0):
            raise AssertionError("python3 cannot seed with this array")
        number = 0
        for word in reversed(words):
            if not 0 <= word < 1 << 32:
                raise AssertionError("not a 32-bit word")
            number = number << 32 | word
        self._generator.seed(number)


def sha512(data):
    return hashlib.sha512(data).digest()


def urandom(size):
    return os.urandom(size)
