# SPDX-License-Identifier: MIT
#
# _thread_shim.py - the native module _thread as togil's library expects it, made from python3's.
#
# It is the description of that surface in code: what is here and nothing else may be used by
# runtime/modules/py/threading.py.

import _thread

LockType = _thread.LockType
RLock = _thread.RLock
TIMEOUT_MAX = _thread.TIMEOUT_MAX
allocate_lock = _thread.allocate_lock
get_ident = _thread.get_ident
get_native_id = _thread.get_native_id
interrupt_main = _thread.interrupt_main
_local = _thread._local
_count = _thread._count
error = _thread.error
stack_size = _thread.stack_size
start_new_thread = _thread.start_new_thread
allocate = _thread.allocate_lock

_hooks = []
_waited_for = []
_guard = allocate_lock()


class _Handle:
    def __init__(self):
        self.ident = None
        self._done = False
        self._ended = allocate_lock()
        self._ended.acquire()

    def is_done(self):
        return self._done

    def join(self, timeout=None):
        if self._done:
            return True
        if self._ended.acquire(True, -1 if timeout is None else timeout):
            self._ended.release()
            return True
        return self._done


def start_joinable_thread(function, daemon=False, name=None):
    handle = _Handle()
    born = allocate_lock()
    born.acquire()

    def body():
        handle.ident = get_ident()
        born.release()
        try:
            function()
        finally:
            handle._done = True
            handle._ended.release()

    if not daemon:
        with _guard:
            _waited_for.append(handle)
    start_new_thread(body, ())
    born.acquire()
    return handle


def _shutdown_hook(function):
    # The last one registered is called first, before the non-daemon threads are waited for.
    _hooks.append(function)


def _after_fork_hook(function):
    import os
    os.register_at_fork(after_in_child=function)


def run_shutdown():
    # What the runtime does when the main script has ended.
    while _hooks:
        _hooks.pop()()
    while True:
        with _guard:
            if not _waited_for:
                return
            handle = _waited_for.pop()
        handle.join()
