# SPDX-License-Identifier: MIT
# An uncaught exception of the program's own class, raised below a method, a lambda and a
# comprehension.


class AppError(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code

    def __str__(self):
        return "code %d" % self.code


class Worker:
    def run(self, n):
        return [self.step(i) for i in range(n)]

    def step(self, i):
        if i == 2:
            raise AppError(7, "stop")
        return i


def call(f):
    return f(3)


call(lambda n: Worker().run(n))
