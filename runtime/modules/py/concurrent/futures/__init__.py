# SPDX-License-Identifier: MIT
#
# concurrent.futures - results that come later, and a pool of threads that computes them.
#
# Future    A future has one lock and a state: PENDING, RUNNING, CANCELLED or FINISHED. Whoever waits
#           registers a waiter under the lock; the change to a final state takes the list of waiters
#           and of callbacks, and serves them after the lock is released. A waiter that several
#           futures share (wait, as_completed) has its own lock.
# Pool      Workers take jobs from a SimpleQueue. A new worker is started only when no worker is
#           idle; `idle` counts workers that wait, less the jobs on their way to them. It is kept
#           only until the pool has all its workers, since nobody asks for it afterwards.
# Shutdown  At the end of the program all pools finish their jobs before the threads are joined. A
#           pool that is dropped without a shutdown keeps its workers until then.
# Relies on _thread: allocate_lock, _shutdown_hook.

import _thread
import threading
from queue import Empty, SimpleQueue
from time import monotonic as _now

FIRST_COMPLETED = "FIRST_COMPLETED"
FIRST_EXCEPTION = "FIRST_EXCEPTION"
ALL_COMPLETED = "ALL_COMPLETED"

__all__ = ["ALL_COMPLETED", "BrokenExecutor", "CancelledError", "Executor", "FIRST_COMPLETED",
           "FIRST_EXCEPTION", "Future", "InvalidStateError", "ThreadPoolExecutor", "TimeoutError",
           "as_completed", "wait"]

TimeoutError = TimeoutError
_allocate_lock = _thread.allocate_lock


class Error(Exception):
    pass


class CancelledError(Error):
    pass


class InvalidStateError(Error):
    pass


class BrokenExecutor(RuntimeError):
    pass


_PENDING = "pending"
_RUNNING = "running"
_CANCELLED = "cancelled"
_FINISHED = "finished"


class Future:
    def __init__(self):
        self._lock = _allocate_lock()
        self._state = _PENDING
        self._result = None
        self._exception = None
        self._announced = False
        self._waiters = []
        self._callbacks = []

    def __repr__(self):
        text = "<Future at %#x state=%s" % (id(self), self._state)
        if self._state == _FINISHED:
            if self._exception is not None:
                text += " raised %s" % type(self._exception).__name__
            else:
                text += " returned %s" % type(self._result).__name__
        return text + ">"

    def cancel(self):
        with self._lock:
            if self._state == _RUNNING or self._state == _FINISHED:
                return False
            if self._state == _CANCELLED:
                return True
            self._state = _CANCELLED
            waiters = self._waiters
            callbacks = self._callbacks
            self._waiters = []
            self._callbacks = []
        self._serve(waiters, callbacks)
        return True

    def cancelled(self):
        return self._state == _CANCELLED

    def running(self):
        return self._state == _RUNNING

    def done(self):
        state = self._state
        return state == _FINISHED or state == _CANCELLED

    def _serve(self, waiters, callbacks):
        for waiter in waiters:
            waiter.completed(self)
        for callback in callbacks:
            self._call(callback)

    def _call(self, callback):
        try:
            callback(self)
        except Exception as error:
            threading._write_failure("exception calling callback for %r\n" % (self,), error)

    def add_done_callback(self, fn):
        with self._lock:
            if self._state != _FINISHED and self._state != _CANCELLED:
                self._callbacks.append(fn)
                return
        self._call(fn)

    def _add_waiter(self, waiter):
        # False if the future is done already; then the waiter will not hear of it.
        with self._lock:
            if self._state == _FINISHED or self._state == _CANCELLED:
                return False
            self._waiters.append(waiter)
            return True

    def _remove_waiter(self, waiter):
        with self._lock:
            threading._forget(self._waiters, waiter)

    def _wait_until_done(self, timeout):
        if self._state == _FINISHED or self._state == _CANCELLED:
            return
        waiter = _Single()
        if self._add_waiter(waiter):
            if not waiter.lock.acquire(True, threading._seconds(timeout)):
                self._remove_waiter(waiter)
                if not self.done():
                    raise TimeoutError()

    def result(self, timeout=None):
        self._wait_until_done(timeout)
        if self._state == _CANCELLED:
            raise CancelledError()
        if self._exception is not None:
            try:
                raise self._exception
            finally:
                self = None
        return self._result

    def exception(self, timeout=None):
        self._wait_until_done(timeout)
        if self._state == _CANCELLED:
            raise CancelledError()
        return self._exception

    def set_running_or_notify_cancel(self):
        with self._lock:
            if self._state == _PENDING:
                self._state = _RUNNING
                return True
            if self._state == _CANCELLED and not self._announced:
                self._announced = True
                return False
            state = self._state
        raise RuntimeError("Future in unexpected state: " + state)

    def set_result(self, result):
        self._finish(result, None)

    def set_exception(self, exception):
        self._finish(None, exception)

    def _finish(self, result, exception):
        with self._lock:
            if self._state == _FINISHED or self._state == _CANCELLED:
                raise InvalidStateError("%s: %r" % (self._state.upper(), self))
            self._result = result
            self._exception = exception
            self._state = _FINISHED
            waiters = self._waiters
            callbacks = self._callbacks
            self._waiters = []
            self._callbacks = []
        if waiters or callbacks:
            self._serve(waiters, callbacks)


class _Single:
    # Waits for one future.

    def __init__(self):
        self.lock = _allocate_lock()
        self.lock.acquire()

    def completed(self, future):
        self.lock.release()


class _Group:
    # Waits for several futures: hands out those that are done, in that order.

    def __init__(self):
        self.queue = SimpleQueue()

    def completed(self, future):
        self.queue.put(future)


class DoneAndNotDoneFutures:
    # What wait() returns: two sets, by name or by unpacking.

    def __init__(self, done, not_done):
        self.done = done
        self.not_done = not_done

    def __iter__(self):
        return iter((self.done, self.not_done))

    def __len__(self):
        return 2

    def __getitem__(self, place):
        return (self.done, self.not_done)[place]

    def __repr__(self):
        return "DoneAndNotDoneFutures(done=%r, not_done=%r)" % (self.done, self.not_done)


def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError("Invalid return condition: %r" % (return_when,))
    pending = set(fs)
    done = set()
    deadline = None if timeout is None else _now() + timeout
    group = _Group()
    watched = []
    for future in list(pending):
        if future._add_waiter(group):
            watched.append(future)
        else:
            pending.remove(future)
            done.add(future)
    satisfied = False
    for future in done:
        satisfied = satisfied or _satisfies(future, return_when)
    try:
        while pending and not satisfied:
            left = None
            if deadline is not None:
                left = max(deadline - _now(), 0)
            try:
                future = group.queue.get(True, left)
            except Empty:
                break
            pending.remove(future)
            done.add(future)
            satisfied = _satisfies(future, return_when)
    finally:
        for future in watched:
            future._remove_waiter(group)
    return DoneAndNotDoneFutures(done, pending)


def _satisfies(future, return_when):
    if return_when == FIRST_COMPLETED:
        return True
    if return_when == FIRST_EXCEPTION:
        return future._state == _FINISHED and future._exception is not None
    return False


def as_completed(fs, timeout=None):
    pending = set(fs)
    total = len(pending)
    deadline = None if timeout is None else _now() + timeout
    group = _Group()
    watched = []
    ready = []
    for future in list(pending):
        if future._add_waiter(group):
            watched.append(future)
        else:
            ready.append(future)
    try:
        for future in ready:
            pending.remove(future)
            yield future
        while pending:
            left = None
            if deadline is not None:
                left = max(deadline - _now(), 0)
            try:
                future = group.queue.get(True, left)
            except Empty:
                raise TimeoutError("%d (of %d) futures unfinished" % (len(pending), total)) from None
            pending.remove(future)
            yield future
    finally:
        for future in watched:
            future._remove_waiter(group)


class Executor:
    def submit(self, fn, /, *args, **kwargs):
        raise NotImplementedError()

    def map(self, fn, *iterables, timeout=None, chunksize=1):
        deadline = None if timeout is None else _now() + timeout
        futures = [self.submit(fn, *args) for args in zip(*iterables)]
        return _results(futures, deadline)

    def shutdown(self, wait=True, *, cancel_futures=False):
        pass

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.shutdown(wait=True)
        return False


def _results(futures, deadline):
    # Results in the order of the calls. What is not wanted any more is cancelled.
    futures.reverse()
    try:
        while futures:
            if deadline is None:
                yield futures.pop().result()
            else:
                yield futures.pop().result(max(deadline - _now(), 0))
    finally:
        for future in futures:
            future.cancel()


class BrokenThreadPool(BrokenExecutor):
    pass


class _Job:
    __slots__ = ("future", "fn", "args", "kwargs")

    def __init__(self, future, fn, args, kwargs):
        self.future = future
        self.fn = fn
        self.args = args
        self.kwargs = kwargs

    def run(self):
        future = self.future
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = self.fn(*self.args, **self.kwargs)
        except BaseException as error:
            future.set_exception(error)
            self = None
        else:
            future.set_result(result)


_pools_lock = _allocate_lock()
_pools = []
_pool_numbers = [0]
_exiting = [False]


def _begin_again():
    # A program is run once more in the same interpreter.
    _pool_numbers[0] = 0


def _shut_down_all():
    with _pools_lock:
        _exiting[0] = True
        pools = list(_pools)
    for pool in pools:
        pool.shutdown()


_thread._shutdown_hook(_shut_down_all)


class ThreadPoolExecutor(Executor):
    def __init__(self, max_workers=None, thread_name_prefix="", initializer=None, initargs=()):
        if max_workers is None:
            max_workers = min(32, _cpu_count() + 4)
        if max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        if initializer is not None and not callable(initializer):
            raise TypeError("initializer must be a callable")
        self._max_workers = max_workers
        self._jobs = SimpleQueue()
        self._lock = _allocate_lock()
        self._idle = 0
        self._threads = []
        self._broken = False
        self._shutdown = False
        self._initializer = initializer
        self._initargs = initargs
        if not thread_name_prefix:
            with _pools_lock:
                thread_name_prefix = "ThreadPoolExecutor-%d" % _pool_numbers[0]
                _pool_numbers[0] += 1
        self._thread_name_prefix = thread_name_prefix

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        with self._lock:
            if self._broken:
                raise BrokenThreadPool(self._broken)
            if self._shutdown:
                raise RuntimeError("cannot schedule new futures after shutdown")
            if _exiting[0]:
                raise RuntimeError("cannot schedule new futures after interpreter shutdown")
            self._jobs.put(_Job(future, fn, args, kwargs))
            if self._idle > 0:
                self._idle -= 1
            elif len(self._threads) < self._max_workers:
                self._start_worker()
        return future

    def _start_worker(self):
        name = "%s_%d" % (self._thread_name_prefix, len(self._threads))
        thread = threading.Thread(target=self._work, name=name, daemon=False)
        thread.start()
        self._threads.append(thread)
        if len(self._threads) == 1:
            with _pools_lock:
                _pools.append(self)

    def _work(self):
        if self._initializer is not None:
            try:
                self._initializer(*self._initargs)
            except BaseException as error:
                self._break(error)
                return
        jobs = self._jobs
        while True:
            job = jobs.get()
            if job is None:
                return
            job.run()
            job = None
            if len(self._threads) < self._max_workers:
                with self._lock:
                    self._idle += 1

    def _break(self, error):
        threading._write_failure("Exception in initializer:\n", error)
        reason = "A thread initializer failed, the thread pool is not usable anymore"
        with self._lock:
            self._broken = reason
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return
            if job is not None:
                job.future.set_exception(BrokenThreadPool(reason))

    def shutdown(self, wait=True, *, cancel_futures=False):
        with self._lock:
            first = not self._shutdown
            self._shutdown = True
            threads = list(self._threads)
            if cancel_futures:
                while True:
                    try:
                        job = self._jobs.get_nowait()
                    except Empty:
                        break
                    if job is not None:
                        job.future.cancel()
            if first or cancel_futures:
                for _ in threads:
                    self._jobs.put(None)
        if wait:
            for thread in threads:
                thread.join()
            with _pools_lock:
                threading._forget(_pools, self)


def _cpu_count():
    try:
        import os
        return os.cpu_count() or 1
    except (ImportError, AttributeError):
        return 1
