# SPDX-License-Identifier: MIT
#
# threading.py - threads and what they wait for, in Python on top of the native module _thread.
#
# Waiting   Everything here that waits does so in one way: the waiting thread makes a lock, takes
#           it, leaves it in a list of waiters and takes it a second time. Whoever wakes it removes
#           it from the list and releases it. A waiter that gives up looks whether it is still in
#           the list; if not, it was woken in the same moment and counts as woken, so no wake-up
#           gets lost.
# Threads   Lists of waiters and all counters are guarded by one lock per object.
# Relies on _thread: allocate_lock, LockType, RLock (with _release_save, _acquire_restore and
#           _is_owned), get_ident, get_native_id, start_joinable_thread, stack_size, _local,
#           TIMEOUT_MAX, _after_fork_hook, _uncaught, _quiet_lock; sys._print_exception.

import sys
import _thread
from time import monotonic as _now

get_ident = _thread.get_ident
get_native_id = _thread.get_native_id
TIMEOUT_MAX = _thread.TIMEOUT_MAX
ThreadError = RuntimeError
local = _thread._local
_allocate_lock = _thread.allocate_lock
_LockType = _thread.LockType

__all__ = ["Barrier", "BoundedSemaphore", "BrokenBarrierError", "Condition", "Event",
           "ExceptHookArgs", "Lock", "RLock", "Semaphore", "TIMEOUT_MAX", "Thread", "ThreadError",
           "Timer", "active_count", "current_thread", "enumerate", "excepthook", "get_ident",
           "get_native_id", "local", "main_thread", "stack_size"]

Lock = _allocate_lock
RLock = _thread.RLock


class Condition:
    # Notified waiters are woken in the order in which they came.

    def __init__(self, lock=None):
        if lock is None:
            lock = RLock()
        self._lock = lock
        self._waiters = []
        self.acquire = lock.acquire
        self.release = lock.release
        # A lock that counts must be given up whole while waiting, whatever its count.
        self._counting = not isinstance(lock, _LockType) and hasattr(lock, "_release_save")

    def __enter__(self):
        return self._lock.acquire()

    def __exit__(self, kind, value, trace):
        self._lock.release()

    def __repr__(self):
        return "<Condition(%s, %d)>" % (self._lock, len(self._waiters))

    def _is_owned(self):
        if self._counting:
            return self._lock._is_owned()
        if self._lock.acquire(False):
            self._lock.release()
            return False
        return True

    def wait(self, timeout=None):
        if not self._is_owned():
            raise RuntimeError("cannot wait on un-acquired lock")
        waiter = _allocate_lock()
        waiter.acquire()
        self._waiters.append(waiter)
        if self._counting:
            saved = self._lock._release_save()
        else:
            self._lock.release()
        woken = False
        try:
            if timeout is None:
                woken = waiter.acquire()
            elif timeout > 0:
                woken = waiter.acquire(True, min(timeout, TIMEOUT_MAX))
            else:
                woken = waiter.acquire(False)
        finally:
            if self._counting:
                self._lock._acquire_restore(saved)
            else:
                self._lock.acquire()
            if not woken:
                woken = not _forget(self._waiters, waiter)
        return woken

    def wait_for(self, predicate, timeout=None):
        result = predicate()
        if timeout is None:
            while not result:
                self.wait()
                result = predicate()
            return result
        deadline = _now() + timeout
        while not result:
            left = deadline - _now()
            if left <= 0:
                break
            self.wait(left)
            result = predicate()
        return result

    def notify(self, n=1):
        if not self._is_owned():
            raise RuntimeError("cannot notify on un-acquired lock")
        waiters = self._waiters
        while n > 0 and waiters:
            waiters.pop(0).release()
            n -= 1

    def notify_all(self):
        self.notify(len(self._waiters))


def _forget(waiters, waiter):
    # Removes a waiter that gave up; False if somebody has woken it and removed it already.
    for i in range(len(waiters)):
        if waiters[i] is waiter:
            del waiters[i]
            return True
    return False


def _seconds(timeout):
    # The form of a timeout that a lock understands.
    if timeout is None:
        return -1
    if timeout <= 0:
        return 0
    return min(timeout, TIMEOUT_MAX)


class Semaphore:
    # A permit that is released while threads wait is handed to the first of them; it never passes
    # through the counter.

    def __init__(self, value=1):
        if value < 0:
            raise ValueError("semaphore initial value must be >= 0")
        self._value = value
        self._lock = _allocate_lock()
        self._waiters = []

    def __repr__(self):
        return "<threading.%s at %#x: value=%d>" % (type(self).__name__, id(self), self._value)

    def acquire(self, blocking=True, timeout=None):
        if not blocking and timeout is not None:
            raise ValueError("can't specify timeout for non-blocking acquire")
        with self._lock:
            if self._value > 0:
                self._value -= 1
                return True
            if not blocking or (timeout is not None and timeout <= 0):
                return False
            waiter = _allocate_lock()
            waiter.acquire()
            self._waiters.append(waiter)
        try:
            granted = waiter.acquire(True, _seconds(timeout))
        except:
            with self._lock:
                granted = not _forget(self._waiters, waiter)
            if granted:
                self._give(1)
            raise
        if not granted:
            with self._lock:
                granted = not _forget(self._waiters, waiter)
        return granted

    def __enter__(self):
        return self.acquire()

    def __exit__(self, kind, value, trace):
        self.release()

    def _give(self, n):
        with self._lock:
            self._give_locked(n)

    def _give_locked(self, n):
        waiters = self._waiters
        while n > 0 and waiters:
            waiters.pop(0).release()
            n -= 1
        self._value += n

    def release(self, n=1):
        if n < 1:
            raise ValueError("n must be one or more")
        with self._lock:
            self._give_locked(n)


class BoundedSemaphore(Semaphore):
    # Free permits and held ones together are always the initial value; a permit handed from one
    # thread to another stays held.

    def __init__(self, value=1):
        Semaphore.__init__(self, value)
        self._initial_value = value

    def __repr__(self):
        return "<threading.%s at %#x: value=%d/%d>" % (type(self).__name__, id(self), self._value,
                                                       self._initial_value)

    def release(self, n=1):
        if n < 1:
            raise ValueError("n must be one or more")
        with self._lock:
            if self._value + n > self._initial_value:
                raise ValueError("Semaphore released too many times")
            self._give_locked(n)


class Event:
    def __init__(self):
        self._flag = False
        self._lock = _allocate_lock()
        self._waiters = []

    def __repr__(self):
        return "<threading.Event at %#x: %s>" % (id(self), "set" if self._flag else "unset")

    def is_set(self):
        return self._flag

    def set(self):
        with self._lock:
            self._flag = True
            waiters = self._waiters
            self._waiters = []
            # Released while the lock is held: a waiter that gives up must see that it was woken.
            for waiter in waiters:
                waiter.release()

    def clear(self):
        with self._lock:
            self._flag = False

    def wait(self, timeout=None):
        if self._flag:
            return True
        with self._lock:
            if self._flag:
                return True
            if timeout is not None and timeout <= 0:
                return False
            waiter = _allocate_lock()
            waiter.acquire()
            self._waiters.append(waiter)
        woken = False
        try:
            woken = waiter.acquire(True, _seconds(timeout))
        finally:
            if not woken:
                with self._lock:
                    woken = not _forget(self._waiters, waiter)
        return woken


class BrokenBarrierError(RuntimeError):
    pass


class _Round:
    # One filling of a barrier. A thread waits for its own round, so that a fast thread that comes
    # back early joins the next one without disturbing the threads that are still leaving. They
    # leave side by side: a lock on the way out would let one after the other go.

    def __init__(self):
        self.arrived = 0
        self.done = False
        self.broken = False
        self.over = Event()


class Barrier:
    def __init__(self, parties, action=None, timeout=None):
        if parties < 1:
            raise ValueError("parties must be > 0")
        self._parties = parties
        self._action = action
        self._timeout = timeout
        self._lock = _allocate_lock()
        self._round = _Round()

    def __repr__(self):
        if self.broken:
            return "<threading.Barrier at %#x: broken>" % id(self)
        return "<threading.Barrier at %#x: waiters=%d/%d>" % (id(self), self.n_waiting,
                                                              self._parties)

    @property
    def parties(self):
        return self._parties

    @property
    def n_waiting(self):
        return self._round.arrived

    @property
    def broken(self):
        return self._round.broken

    def wait(self, timeout=None):
        if timeout is None:
            timeout = self._timeout
        with self._lock:
            current = self._round
            if current.broken:
                raise BrokenBarrierError
            index = current.arrived
            current.arrived += 1
            if current.arrived == self._parties:
                self._finish(current)
                return index
        try:
            current.over.wait(timeout)
        finally:
            # It was too late, or raised: nobody else can pass either.
            if not current.done:
                with self._lock:
                    if not current.done:
                        self._break(current)
        if current.broken:
            raise BrokenBarrierError
        return index

    def _finish(self, current):
        try:
            if self._action is not None:
                self._action()
        except:
            self._break(current)
            raise
        current.done = True
        self._round = _Round()
        current.over.set()

    def _break(self, current):
        current.broken = True
        current.arrived = 0
        current.over.set()

    def reset(self):
        # Threads that wait now fail; those that come later find a fresh barrier.
        with self._lock:
            if self._round.arrived > 0:
                self._break(self._round)
            self._round = _Round()

    def abort(self):
        with self._lock:
            self._break(self._round)


# All threads that have begun, by identifier, and those between start() and their first step, by
# id(). No lock: a thread that begins is in both for a moment, and never in none, so whoever wants
# all of them looks at _starting first. A thread takes itself out before it ends, so its identifier
# is not used again by then.
_active = {}
_starting = {}
_FOREVER = 1 << 60
# Threads that count at the same time get numbers of their own.
_thread_numbers = iter(range(1, _FOREVER))
_dummy_numbers = iter(range(1, _FOREVER))


class Thread:
    _initialized = False

    def __init__(self, group=None, target=None, name=None, args=(), kwargs=None, *, daemon=None):
        if group is not None:
            raise AssertionError("group argument must be None")
        if name is None:
            number = next(_thread_numbers)
            target_name = None if target is None else getattr(target, "__name__", None)
            if target_name is None:
                name = "Thread-%d" % number
            else:
                name = "Thread-%d (%s)" % (number, target_name)
        self._target = target
        self._args = args
        self._kwargs = {} if kwargs is None else kwargs
        self._name = str(name)
        self._daemon = current_thread()._daemon if daemon is None else bool(daemon)
        self._ident = None
        self._native_id = None
        self._handle = None
        self._handle_lock = _thread._quiet_lock()
        self._started = False
        self._ended = False
        self._initialized = True

    def __repr__(self):
        if not self._initialized:
            raise AssertionError("Thread.__init__() was not called")
        status = "initial"
        if self._started:
            status = "started" if self.is_alive() else "stopped"
        if self._daemon:
            status += " daemon"
        if self._ident is not None:
            status += " %d" % self._ident
        return "<%s(%s, %s)>" % (type(self).__name__, self._name, status)

    def start(self):
        if not self._initialized:
            raise RuntimeError("thread.__init__() not called")
        # Held until there is a handle, which others want that find the thread started.
        with self._handle_lock:
            if self._started:
                raise RuntimeError("threads can only be started once")
            # Held until the new thread has said who it is.
            self._begun = _thread._quiet_lock()
            self._begun.acquire()
            _starting[id(self)] = self
            self._started = True
            try:
                handle = _thread.start_joinable_thread(self._bootstrap, daemon=self._daemon,
                                                       name=self._name)
            except:
                self._started = False
                del _starting[id(self)]
                raise
            self._ident = handle.ident
            self._handle = handle

    def run(self):
        try:
            if self._target is not None:
                self._target(*self._args, **self._kwargs)
        finally:
            # A thread object may live on; what it was called with need not.
            self._target = None
            self._args = ()
            self._kwargs = {}

    def _bootstrap(self):
        ident = get_ident()
        self._ident = ident
        self._native_id = get_native_id()
        _active[ident] = self
        del _starting[id(self)]
        self._begun.release()
        try:
            self.run()
        except BaseException as error:
            self._report(error)
        finally:
            self._ended = True
            _active.pop(ident, None)

    def _report(self, error):
        if not isinstance(error, SystemExit):
            _thread._uncaught(error)
        arguments = ExceptHookArgs((type(error), error, error.__traceback__, self))
        try:
            excepthook(arguments)
        except BaseException as second:
            if excepthook is not __excepthook__:
                _write_failure("Exception in threading.excepthook:\n", second)

    def join(self, timeout=None):
        if not self._initialized:
            raise RuntimeError("Thread.__init__() not called")
        if not self._started:
            raise RuntimeError("cannot join thread before it is started")
        if self._ident == get_ident() and not self._ended:
            raise RuntimeError("cannot join current thread")
        handle = self._handle
        if handle is None:
            # Another thread is in start(); it holds this lock until there is a handle.
            with self._handle_lock:
                handle = self._handle
            if handle is None:
                return
        if timeout is None:
            handle.join()
        else:
            handle.join(timeout if timeout > 0 else 0)

    def is_alive(self):
        if not self._initialized:
            raise AssertionError("Thread.__init__() not called")
        if not self._started:
            return False
        handle = self._handle
        return handle is None or not handle.is_done()

    @property
    def name(self):
        return self._name

    @name.setter
    def name(self, value):
        self._name = str(value)

    @property
    def ident(self):
        return self._ident

    @property
    def native_id(self):
        if self._native_id is None and self._handle is not None:
            self._begun.acquire()
            self._begun.release()
        return self._native_id

    @property
    def daemon(self):
        return self._daemon

    @daemon.setter
    def daemon(self, value):
        if self._started:
            raise RuntimeError("cannot set daemon status of active thread")
        self._daemon = bool(value)

    def getName(self):
        return self._name

    def setName(self, name):
        self._name = str(name)

    def isDaemon(self):
        return self._daemon

    def setDaemon(self, value):
        self.daemon = value


class Timer(Thread):
    def __init__(self, interval, function, args=None, kwargs=None):
        Thread.__init__(self)
        self.interval = interval
        self.function = function
        self.args = [] if args is None else args
        self.kwargs = {} if kwargs is None else kwargs
        self.finished = Event()

    def cancel(self):
        self.finished.set()

    def run(self):
        if not self.finished.wait(self.interval):
            self.function(*self.args, **self.kwargs)
        self.finished.set()


class _AdoptedThread(Thread):
    # A thread that this module did not start: the main thread, or one of an embedding program.

    def __init__(self, name, daemon):
        Thread.__init__(self, name=name, daemon=daemon)
        self._started = True
        self._ident = get_ident()
        self._native_id = get_native_id()
        _active[self._ident] = self

    def is_alive(self):
        return True

    def join(self, timeout=None):
        if self._ident == get_ident():
            raise RuntimeError("cannot join current thread")
        raise RuntimeError("cannot join a thread that threading did not start")


class _MainThread(_AdoptedThread):
    def __init__(self):
        _AdoptedThread.__init__(self, "MainThread", False)


class _DummyThread(_AdoptedThread):
    def __init__(self):
        _AdoptedThread.__init__(self, "Dummy-%d" % next(_dummy_numbers), True)


def current_thread():
    thread = _active.get(get_ident())
    if thread is None:
        thread = _DummyThread()
    return thread


def main_thread():
    return _main_thread


def active_count():
    return len(enumerate())


def enumerate():
    starting = list(_starting.values())
    threads = list(_active.values())
    begun = {id(thread) for thread in threads}
    threads.extend([thread for thread in starting if id(thread) not in begun])
    return threads


stack_size = _thread.stack_size


class ExceptHookArgs:
    # What excepthook receives, made from a sequence of the four.

    def __init__(self, args):
        self.exc_type, self.exc_value, self.exc_traceback, self.thread = args


_report_lock = _allocate_lock()


def _write_failure(title, error):
    stream = sys.stderr
    if stream is None:
        return
    # One report at a time, or the lines of two threads would mix.
    with _report_lock:
        stream.write(title)
        sys._print_exception(error)
        stream.flush()


def excepthook(args):
    if args.exc_type is SystemExit:
        return
    thread = args.thread
    name = thread.name if thread is not None else get_ident()
    _write_failure("Exception in thread %s:\n" % name, args.exc_value)


__excepthook__ = excepthook


_main_thread = _MainThread()


def _begin_again():
    # A program is run once more in the same interpreter; its other threads have ended.
    global _thread_numbers, _dummy_numbers
    _active.clear()
    _active[get_ident()] = _main_thread
    _starting.clear()
    _thread_numbers = iter(range(1, _FOREVER))
    _dummy_numbers = iter(range(1, _FOREVER))


class _NeverRan:
    # The handle of a thread that somebody was starting when another thread forked.

    def is_done(self):
        return True

    def join(self, timeout=None):
        return True


def _after_fork():
    # The child has one thread, which is its main thread. The others' objects say that they have
    # ended; what they held stays held.
    global _main_thread, _report_lock
    _report_lock = _allocate_lock()
    thread = _active.get(get_ident())
    for other in _starting.values():
        other._handle = _NeverRan()
        other._handle_lock = _allocate_lock()
    _active.clear()
    _starting.clear()
    if thread is None:
        thread = _MainThread()
    else:
        _active[get_ident()] = thread
        thread._native_id = get_native_id()
    _main_thread = thread


_thread._after_fork_hook(_after_fork)
