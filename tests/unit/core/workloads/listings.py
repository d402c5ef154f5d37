# Names of a module and of classes are listed while other threads add some. Wrong looks like: a name that was there
# before and is missing from the list, a name with another name's value, a crash.
import sys

module = sys.modules[__name__]


class Grows:
    start = 0


def worker(index, rounds):
    for i in range(rounds):
        name = "added_%d_%d" % (index, i % 200)
        setattr(module, name, (i, str(i)))
        setattr(Grows, name, (i, str(i)))
        if i % 16 == 0:
            names = dir(module)
            if name not in names or "worker" not in names:
                return "dir(module)"
            if name not in dir(Grows) or "start" not in Grows.__dict__:
                return "dir(class)"
            for key, value in list(vars(module).items()):
                if key.startswith("added") and value[1] != str(value[0]):
                    return "vars"
            globals()["other_%d" % (i % 50)] = i
            if len(globals()) < 5:
                return "globals"
            Grows.__name__ = "Grows%d" % (i % 3)
            if not Grows.__name__.startswith("Grows") or "Grows" not in str(type(Grows())):
                return "__name__"
            local = type("Local%d" % index, (Grows,), {"x": i})
            if local().x != i or getattr(local, name)[1] != str(getattr(local, name)[0]):
                return "local class"
    return ""


def check(threads, rounds):
    return "" if "added_0_0" in dir(module) else "name lost"
