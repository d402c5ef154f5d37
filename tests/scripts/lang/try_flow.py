# SPDX-License-Identifier: MIT
# try/except/else/finally with return, break, continue, loops and else of loops.

log = []


def f(kind):
    try:
        log.append("try")
        if kind == "return":
            return "from try"
        if kind == "raise":
            raise ValueError
        if kind == "other":
            raise KeyError
    except ValueError:
        log.append("except")
        return "from except"
    else:
        log.append("else")
        return "from else"
    finally:
        log.append("finally")


for kind in ("plain", "return", "raise"):
    del log[:]
    print(kind, f(kind), log)
del log[:]
try:
    f("other")
except KeyError:
    print("other", log)


def override():
    try:
        return "try"
    finally:
        return "finally"


def swallow():
    try:
        raise ValueError("lost")
    finally:
        return "swallowed"


def value_is_fixed():
    x = 1
    try:
        return x
    finally:
        x = 2


def mutable_is_not():
    x = [1]
    try:
        return x
    finally:
        x.append(2)


def break_in_finally():
    for i in range(5):
        try:
            if i == 2:
                raise ValueError
        finally:
            if i == 2:
                break
    return i


def continue_in_finally():
    seen = []
    for i in range(4):
        try:
            seen.append(i)
            if i == 1:
                raise ValueError
        finally:
            continue
    return seen


print(override(), swallow(), value_is_fixed(), mutable_is_not(), break_in_finally(),
      continue_in_finally())


def loops():
    out = []
    for i in range(6):
        try:
            if i == 1:
                continue
            if i == 4:
                break
            out.append(i)
        finally:
            out.append("f%d" % i)
    else:
        out.append("else")
    return out


print(loops())


def while_loop():
    n = 0
    out = []
    while n < 5:
        n += 1
        try:
            try:
                if n == 2:
                    continue
                if n == 4:
                    return out
            finally:
                out.append("inner %d" % n)
            out.append(n)
        finally:
            out.append("outer %d" % n)
    return "not reached"


print(while_loop())


def nested(n):
    out = []
    try:
        try:
            out.append(1 / n)
        except ZeroDivisionError:
            out.append("zero")
            raise KeyError("from handler")
        else:
            out.append("else")
        finally:
            out.append("inner finally")
    except KeyError as error:
        out.append(str(error))
    finally:
        out.append("outer finally")
    return out


print(nested(2), nested(0))


def loop_else(values, wanted):
    for v in values:
        if v == wanted:
            result = "found"
            break
    else:
        result = "missing"
    n = 0
    while n < 3:
        n += 1
        if wanted == "stop":
            break
    else:
        result += " and while ended"
    return result


print(loop_else([1, 2], 2), loop_else([1, 2], 3), loop_else(["stop"], "stop"), loop_else([], 1))


def generator_in_try():
    try:
        yield 1
        try:
            yield 2
        finally:
            yield 3
    finally:
        yield 4


print(list(generator_in_try()))


def return_through_several():
    out = []

    def go():
        for i in range(3):
            try:
                for j in range(3):
                    try:
                        if i == 1 and j == 1:
                            return "done"
                    finally:
                        out.append((i, j))
            finally:
                out.append(i)

    return go(), out


print(return_through_several())


def raise_in_else():
    try:
        try:
            pass
        except ValueError:
            return "wrong handler"
        else:
            raise ValueError("from else")
    except ValueError as error:
        return str(error)


print(raise_in_else())


def exception_variable_is_deleted():
    try:
        raise ValueError("v")
    except ValueError as error:
        kept = error
    try:
        error
    except NameError:
        return "deleted", str(kept)


print(exception_variable_is_deleted())


def finally_sees_exception():
    out = []
    for kind in (ValueError, KeyError):
        try:
            try:
                raise kind("x")
            except ValueError:
                out.append("handled")
            finally:
                out.append("finally")
        except KeyError:
            out.append("outer")
    return out


print(finally_sees_exception())


def many(n):
    total = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                raise ValueError(i)
            total += 1
        except ValueError as error:
            total += error.args[0]
        else:
            total += 1000
        finally:
            total += 1
    return total


print(many(300))
