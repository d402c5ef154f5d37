# SPDX-License-Identifier: MIT
#
# run_with_library.py - run a script under python3 with togil's own library modules.
#
# Usage   python3 -S -E run_with_library.py SCRIPT [ARGS]
# Installs the native modules that the library expects (_thread, _random, _socket, two functions of
# sys) and puts runtime/modules/py first on the path, so that the Python part of the library is
# tested without the runtime.

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(HERE))),
                       "runtime", "modules", "py")


def own_modules():
    names = set()
    for folder, _, files in os.walk(LIBRARY):
        prefix = os.path.relpath(folder, LIBRARY).replace(os.sep, ".")
        prefix = "" if prefix == "." else prefix + "."
        for name in files:
            if name.endswith(".py"):
                name = prefix + name[:-3]
                names.add(name[:-9] if name.endswith(".__init__") else name)
    return names


def install():
    import traceback
    sys.path.insert(0, HERE)
    import _thread_shim
    import _random_shim
    import _socket_shim
    sys.path.pop(0)

    format_exception = traceback.format_exception

    def text_of(exception):
        return "".join(format_exception(exception))

    sys._format_exception = text_of
    sys._print_exception = lambda exception: sys.stderr.write(text_of(exception))
    for name in own_modules():
        sys.modules.pop(name, None)
    sys.modules["_thread"] = _thread_shim
    sys.modules["_random"] = _random_shim
    sys.modules["_socket"] = _socket_shim
    return _thread_shim


def main():
    threads = install()
    script = os.path.abspath(sys.argv[1])
    sys.argv = sys.argv[1:]
    sys.path[0] = os.path.dirname(script)
    sys.path.insert(0, LIBRARY)
    main_module = type(sys)("__main__")
    main_module.__file__ = script
    sys.modules["__main__"] = main_module
    import threading
    # python3 itself waits for threads through this name.
    threading._shutdown = threads.run_shutdown
    with open(script, encoding="utf-8") as f:
        source = f.read()
    exec(compile(source, script, "exec"), main_module.__dict__)


main()
