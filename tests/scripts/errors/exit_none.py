# SPDX-License-Identifier: MIT
# sys.exit() is success, also from a nested call; except Exception does not catch it.
import sys


def f():
    try:
        sys.exit()
    except Exception:
        print("wrong")
    except SystemExit as error:
        print("SystemExit", error.code, repr(error))
        raise


f()
