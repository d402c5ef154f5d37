# SPDX-License-Identifier: MIT
# string, types and traceback.
import string
import sys
import traceback
import types

print(string.ascii_letters, string.digits, string.hexdigits, string.octdigits, string.punctuation,
      repr(string.whitespace), len(string.printable), string.capwords("hello  wide   world"))
t = string.Template("$who owes ${amount}0 to $$x")
print(t.substitute(who="ann", amount=5), t.safe_substitute(who="bob"),
      t.substitute({"who": 1, "amount": 2}))
for f in (lambda: t.substitute(who=1), lambda: string.Template("bad $").substitute()):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__ + ":", e)
n = types.SimpleNamespace(a=1, b="x")
n.c = [2]
print(n, n.a, n == types.SimpleNamespace(a=1, b="x", c=[2]), vars(n))


def f():
    yield


class C:
    def m(self):
        pass


print(isinstance(f, types.FunctionType), isinstance(f(), types.GeneratorType),
      isinstance(C().m, types.MethodType),
      isinstance(sys, types.ModuleType), isinstance(len, types.BuiltinFunctionType),
      isinstance(lambda: 0, types.LambdaType),
      isinstance(None, types.NoneType))


def fail(n):
    if n == 0:
        return {}["missing"]
    return fail(n - 1)


def without_markers(text):
    return [line.split("/")[-1] for line in text.splitlines() if line.strip(" ^~")]


try:
    fail(1)
except KeyError as error:
    for line in without_markers(traceback.format_exc()):
        print(line)
    print(traceback.format_exception_only(error),
          without_markers("".join(traceback.format_exception(error)))[-1])
    sys.stderr = sys.stdout
    print(traceback.format_exc().count("fail(n - 1)"))
try:
    raise ValueError
except ValueError as error:
    print(traceback.format_exception_only(error), traceback.format_exception_only(type(error),
                                                                                  error))
