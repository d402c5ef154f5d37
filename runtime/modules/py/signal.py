# SPDX-License-Identifier: MIT
#
# signal.py - signals of the process, with names, on top of the native module _signal.
#
# A handler runs on the main thread, between two instructions, also while that thread waits for a
# lock, a thread, time or a socket; the wait then goes on until its old deadline. There are no frame
# objects: the second argument of a handler is None.
# Relies on  _signal: signal, getsignal, raise_signal, strsignal, setitimer, getitimer, alarm,
#            default_int_handler, and the numbers.

import _signal

default_int_handler = _signal.default_int_handler
raise_signal = _signal.raise_signal
strsignal = _signal.strsignal
setitimer = _signal.setitimer
getitimer = _signal.getitimer
alarm = _signal.alarm
ITIMER_REAL = _signal.ITIMER_REAL
ITIMER_VIRTUAL = _signal.ITIMER_VIRTUAL
ITIMER_PROF = _signal.ITIMER_PROF
ItimerError = OSError
NSIG = _signal.NSIG


class Signals(int):
    # Signals(2) is the one object SIGINT.
    _members = {}

    def __new__(cls, value):
        member = cls._members.get(int(value))
        if member is None:
            raise ValueError("%r is not a valid %s" % (value, cls.__name__))
        return member

    @classmethod
    def _add(cls, name, value):
        member = int.__new__(cls, value)
        member.name = name
        member.value = value
        cls._members[value] = member
        return member

    def __repr__(self):
        return "<%s.%s: %d>" % (type(self).__name__, self.name, self.value)

    def __str__(self):
        return str(self.value)


class Handlers(Signals):
    _members = {}


SIG_DFL = Handlers._add("SIG_DFL", _signal.SIG_DFL)
SIG_IGN = Handlers._add("SIG_IGN", _signal.SIG_IGN)
SIGHUP = Signals._add("SIGHUP", _signal.SIGHUP)
SIGINT = Signals._add("SIGINT", _signal.SIGINT)
SIGQUIT = Signals._add("SIGQUIT", _signal.SIGQUIT)
SIGILL = Signals._add("SIGILL", _signal.SIGILL)
SIGTRAP = Signals._add("SIGTRAP", _signal.SIGTRAP)
SIGABRT = Signals._add("SIGABRT", _signal.SIGABRT)
SIGBUS = Signals._add("SIGBUS", _signal.SIGBUS)
SIGFPE = Signals._add("SIGFPE", _signal.SIGFPE)
SIGKILL = Signals._add("SIGKILL", _signal.SIGKILL)
SIGUSR1 = Signals._add("SIGUSR1", _signal.SIGUSR1)
SIGSEGV = Signals._add("SIGSEGV", _signal.SIGSEGV)
SIGUSR2 = Signals._add("SIGUSR2", _signal.SIGUSR2)
SIGPIPE = Signals._add("SIGPIPE", _signal.SIGPIPE)
SIGALRM = Signals._add("SIGALRM", _signal.SIGALRM)
SIGTERM = Signals._add("SIGTERM", _signal.SIGTERM)
SIGCHLD = Signals._add("SIGCHLD", _signal.SIGCHLD)
SIGCONT = Signals._add("SIGCONT", _signal.SIGCONT)
SIGSTOP = Signals._add("SIGSTOP", _signal.SIGSTOP)
SIGTSTP = Signals._add("SIGTSTP", _signal.SIGTSTP)
SIGTTIN = Signals._add("SIGTTIN", _signal.SIGTTIN)
SIGTTOU = Signals._add("SIGTTOU", _signal.SIGTTOU)
SIGURG = Signals._add("SIGURG", _signal.SIGURG)
SIGXCPU = Signals._add("SIGXCPU", _signal.SIGXCPU)
SIGXFSZ = Signals._add("SIGXFSZ", _signal.SIGXFSZ)
SIGVTALRM = Signals._add("SIGVTALRM", _signal.SIGVTALRM)
SIGPROF = Signals._add("SIGPROF", _signal.SIGPROF)
SIGWINCH = Signals._add("SIGWINCH", _signal.SIGWINCH)
SIGIO = Signals._add("SIGIO", _signal.SIGIO)
SIGPWR = Signals._add("SIGPWR", _signal.SIGPWR)
SIGSYS = Signals._add("SIGSYS", _signal.SIGSYS)


def _named(handler):
    # The numbers 0 and 1 as the script knows them.
    if isinstance(handler, int):
        return Handlers(handler)
    return handler


def signal(signalnum, handler):
    if isinstance(handler, Handlers):
        handler = handler.value
    return _named(_signal.signal(int(signalnum), handler))


def getsignal(signalnum):
    return _named(_signal.getsignal(int(signalnum)))


def valid_signals():
    return set(Signals._members.values())
