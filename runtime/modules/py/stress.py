# SPDX-License-Identifier: MIT
"""stress - what a script says about itself to `togil stress`. Under `togil run` it does nothing."""

_tests = {}
_accepted = {}
_chosen = []


def test(function):
    """Marks a function without parameters: `togil stress` runs each of them as a campaign."""
    _tests[function.__name__] = function
    return function


def racy(*names):
    """Races for these variables ("x") and attributes ("Account.balance", or "balance" of any class)
    are meant to be there, and are not reported."""
    for name in names:
        if not isinstance(name, str):
            raise TypeError("racy() takes names, as in racy('x', 'Account.balance')")
        _accepted[name] = True


def main():
    """Calls every test once, for a script that is run as it is. Under the tester it does nothing."""
    if not _chosen:
        for function in list(_tests.values()):
            function()


# --- for runtime/api/stress_module.c

def _begin_again():
    _tests.clear()


def _test_names():
    return "\n".join(_tests)


def _accepted_names():
    return "\n".join(_accepted)


def _choose(i):
    _chosen[:] = [list(_tests)[i]]


def _call_chosen():
    _tests[_chosen[0]]()
