# SPDX-License-Identifier: MIT
"""stress - what a script says about itself to `togil stress`. Under `togil run` it does nothing."""

import _thread
import threading

_tests = {}
_accepted = {}
_chosen = []
_invariants = []
_last = [None]
_MOST_OPERATIONS = 8


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


def invariant(function):
    """Says that function() is true from now on, whatever threads do: `togil stress` calls it after
    every step of every thread. It must only look at things. Can be used as a decorator."""
    if not callable(function):
        raise TypeError("invariant() takes a function that returns whether all is well")
    if _thread._watch():
        if not function():
            raise AssertionError(f"the invariant {_name(function)} does not hold to begin with")
        _invariants.append(function)
    return function


def linearizable(make, *threads, spec=None):
    """Starts a thread for every list of operations ("method", argument, ...) on one new make().
    Raises AssertionError unless what they return, or raise, could also come about if every
    operation happened in one moment between its call and its return: in a spec(), or another
    make(), that one thread has for itself."""
    plans = [[(op,) if isinstance(op, str) else tuple(op) for op in plan] for plan in threads]
    if sum(map(len, plans)) > _MOST_OPERATIONS:
        raise ValueError(f"linearizable() takes at most {_MOST_OPERATIONS} operations")
    target, events, results = make(), [], [[] for _ in plans]

    def work(k):
        for i, op in enumerate(plans[k]):
            events.append((k, i, True))
            results[k].append(_do(target, op))
            events.append((k, i, False))

    workers = [threading.Thread(target=work, args=(k,)) for k in range(len(plans))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if not _has_order(spec or make, plans, results, events, []):
        raise AssertionError("not linearizable: no order of these operations gives these results\n"
                             + "\n".join(_event_line(plans, results, e) for e in events))


def main():
    """Calls every test once, for a script that is run as it is. Under the tester it does nothing."""
    if not _chosen:
        for function in list(_tests.values()):
            function()


# --- for runtime/api/stress_module.c

def _begin_again():
    _tests.clear()
    _invariants.clear()


def _do(target, op):
    try:
        return "returned", getattr(target, op[0])(*op[1:])
    except Exception as error:
        return "raised", type(error).__name__


def _has_order(model, plans, results, events, order):
    # `order` fits so far: thread numbers. Is there a way to go on?
    done = [order.count(k) for k in range(len(plans))]
    for k, plan in enumerate(plans):
        i = done[k]
        if i == len(plan):
            continue
        before = events[:events.index((k, i, True))]  # what had returned must be done already
        if any(not begins and j >= done[other] for other, j, begins in before):
            continue
        if _outcome(model, plans, order + [k]) == results[k][i] and \
                _has_order(model, plans, results, events, order + [k]):
            return True
    return len(order) == sum(map(len, plans))


def _outcome(model, plans, order):
    # Of the last operation, on an object of its own.
    target, done, last = model(), [0] * len(plans), None
    for k in order:
        last = _do(target, plans[k][done[k]])
        done[k] += 1
    return last


def _event_line(plans, results, event):
    k, i, begins = event
    name, *arguments = plans[k][i]
    call = f"{name}({', '.join(map(repr, arguments))})"
    if begins:
        return f"    thread {k + 1}: {call} begins"
    how, what = results[k][i]
    return f"    thread {k + 1}: {call} {how} {what if how == 'raised' else repr(what)}"


def _name(function):
    code = getattr(function, "__code__", None)
    name = getattr(function, "__name__", None) or repr(function)
    return f"{name} ({code.co_filename}:{code.co_firstlineno})" if code else name


def _broken():
    for function in _invariants:
        _last[0] = function
        answer = function()
        if not answer:
            return repr(answer)


def _looking():
    return _name(_last[0])


def _test_names():
    return "\n".join(_tests)


def _accepted_names():
    return "\n".join(_accepted)


def _choose(i):
    _chosen[:] = [list(_tests)[i]]


def _call_chosen():
    _tests[_chosen[0]]()
