#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# test_native.py - native modules as scripts see them: what importing one does to the GIL, and what
# a file that is no module does.
#
# A wrong result: a pause for a module that is declared safe; code of any other module that runs
# with the GIL off (seen in its constructor and in init); a GIL that is left on by a failed import,
# or off after a module that wants it; no warning, or more than one; a module started twice; an
# exit by a signal instead of an ImportError.
#
# TOGIL_TEST_MODULES   the modules made for the tests (probe.c, broken.c)
# TOGIL_TEST_EXAMPLES  those of examples/native
import os
import random
import shutil
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from support import MODES, CommandTest, environment, main  # noqa: E402

MODULES = os.environ.get("TOGIL_TEST_MODULES", "")
EXAMPLES = os.environ.get("TOGIL_TEST_EXAMPLES", "")
MODE = MODES[0]
CLASSIC = MODE == "gil"
# tg_gil_count in a mode: at the start, and while one more asks.
START = {"gil": 2**31 - 1}.get(MODE, 1 if MODE.startswith("gil") else 0)
ASKED = START if CLASSIC else START + 1
STATUS = {0: "off", 1: "on", 2**31 - 1: "permanent"}[START]
WARNING = "togil: RuntimeWarning: the GIL is on from now on: native module '%s' %s\n"
SAYS = {"undeclared": "does not declare itself safe without the GIL",
        "needs": "declares that it needs the GIL"}

HEAD = """
import sys, togil
sys.path.append(%r)
def pauses():
    return togil.stats()['pauses']
def status():
    s = togil.gil.status()
    return 'permanent' if s['permanent'] else 'on' if s['enabled'] else 'off'
""" % MODULES


class NativeTest(CommandTest):
    def run_native(self, code, *options, **more):
        return self.run_code(HEAD + code, *(options or ("--mode", MODE)), **more)

    def check_run(self, code, out, err="", options=()):
        result = self.run_native(code, *options)
        self.assertEqual((result.code, result.out, result.err), (0, out, err), result)

    def place(self, module, name, folder=MODULES):
        """A copy of a module at a place below the script."""
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        shutil.copy(os.path.join(folder, module + ".togil.so"), path)
        return path


class Loading(NativeTest):
    def test_file_and_name(self):
        path = self.place("safe", "here/safe.togil.so")
        self.check_run("sys.path.insert(0, %r)\nimport safe\n"
                       "print(safe.__name__, safe.__file__, 'safe' in sys.modules)\n"
                       % os.path.dirname(path), "safe %s True\n" % path)

    def test_relative_to_the_current_folder(self):
        # sys.path[0] is '': the name has no slash, and LD_LIBRARY_PATH must not be searched.
        self.place("safe", "safe.togil.so")
        self.place("bad_symbol", "wrong/safe.togil.so")
        result = self.run_togil("--mode", MODE, "-c", "import safe; print(safe.__file__)",
                                env=environment(LD_LIBRARY_PATH=self.folder + "/wrong"))
        self.assertEqual((result.out, result.err), ("safe.togil.so\n", ""), result)

    def test_order_in_a_folder(self):
        # A package comes before a native module, that before a source file; an earlier folder
        # before a later one.
        self.place("safe", "one/safe.togil.so")
        self.write("one/safe.py", "what = 'source'\n")
        self.place("other", "one/other.togil.so")
        self.write("one/other/__init__.py", "what = 'package'\n")
        self.write("zero/needs.py", "what = 'earlier'\n")
        self.check_run("sys.path[:0] = [%r, %r]\nimport safe, other, needs\n"
                       "print(hasattr(safe, 'seen'), other.what, needs.what)\n"
                       % (self.folder + "/zero", self.folder + "/one"),
                       "True package earlier\n")

    def test_in_a_package(self):
        self.write("pack/__init__.py", "")
        self.write("pack/user.py", "from . import safe\nfrom .safe import seen\n")
        self.place("safe", "pack/safe.togil.so")
        self.check_run("import pack.safe, pack.user\n"
                       "print(pack.safe.__name__, pack.user.safe is pack.safe)\n"
                       "print(pack.user.seen()['starts'])\n"
                       "print(str(pack.safe.Thing).split('.')[-1])\n",
                       "pack.safe True\n1\nThing'>\n")

    def test_started_once_per_runtime(self):
        # Forgotten by sys.modules, or found again under another name: the same module.
        self.write("pack/__init__.py", "")
        os.symlink(os.path.join(MODULES, "safe.togil.so"),
                   os.path.join(self.folder, "pack/safe.togil.so"))
        self.check_run("import safe\nfirst = safe\ndel sys.modules['safe'], safe\n"
                       "import safe\nprint(safe is first, safe.seen()['starts'])\n"
                       "import pack.safe\nprint(pack.safe is first, safe.seen()['starts'])\n",
                       "True 1\nTrue 1\n")

    def test_exceptions_and_classes(self):
        result = self.run_native("import safe\ndef f():\n    safe.fail('no such thing')\nf()\n",
                                 "--mode", MODE)
        self.check_traceback(result, "LookupError: probe: no such thing", ", in f\n",
                             "    safe.fail('no such thing')\n")
        self.check_run("import safe\n"
                       "class More(safe.Thing):\n    pass\n"
                       "for i in range(10):\n    safe.Thing(), More()\n"
                       "print(safe.seen()['finalized'])\n"
                       "try:\n    safe.fail()\nexcept TypeError as e:\n    print(e)\n",
                       "20\nsafe.fail() takes exactly one argument (0 given)\n")


class Switch(NativeTest):
    def test_safe_costs_no_pause(self):
        self.check_run("import safe\nsafe.remember()\nbefore = pauses()\nimport other\n"
                       "print(pauses() - before, status())\n"
                       "print(other.seen()['in_constructor'], other.seen()['in_init'])\n",
                       "0 %s\n%d %d\n" % (STATUS, START, START))

    def test_safe_is_loaded_detached(self):
        # Its constructor waits for another thread. If that cannot run meanwhile, nothing ends.
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        self.check_run("import safe, threading\nsafe.wish('PROBE_PIPE', %r)\n"
                       "def work():\n    open(%r, 'w').close()\n"
                       "t = threading.Thread(target=work)\nt.start()\n"
                       "import other\nt.join()\nprint(other.seen()['constructed'])\n"
                       % (pipe, pipe), "1\n")

    def check_wanted(self, name):
        warning = "" if CLASSIC else WARNING % (name, SAYS[name])
        self.check_run("import safe\nsafe.remember()\nbefore = pauses()\nimport %s as m\n"
                       "print(pauses() - before, status(), togil.gil_enabled())\n"
                       "print(m.seen()['in_constructor'], m.seen()['in_init'])\n"
                       "sys.modules.clear()\nimport %s\nfrom %s import seen\n"
                       % (name, name, name),
                       "%d permanent True\n%d %d\n" % (START == 0, ASKED, ASKED), warning)

    def test_undeclared(self):
        self.check_wanted("undeclared")

    def test_needs(self):
        self.check_wanted("needs")

    def test_the_request_has_a_name(self):
        if CLASSIC:
            return
        start = "[('start', 1), " if START else "["
        self.write("gilwho.py", "import togil\nprint(togil.gil.status()['who'])\n")
        self.check_run("import safe\nsafe.wish('PROBE_TAKES', 'gilwho')\nimport undeclared\n"
                       "print(togil.gil.status()['who'][0])\n",
                       start + "('module undeclared', 1)]\n('module undeclared', 1)\n",
                       WARNING % ("undeclared", SAYS["undeclared"]))

    def test_one_warning_in_all(self):
        # The second one finds the GIL on for good already.
        self.check_run("import undeclared, needs\nprint(needs.seen()['in_init'] == 2**31 - 1)\n",
                       "True\n", "" if CLASSIC else WARNING % ("undeclared", SAYS["undeclared"]))

    def test_imported_by_init(self):
        # The inner one makes it permanent while the outer one's request is open: said once.
        self.check_run("import safe\nsafe.wish('PROBE_TAKES', 'needs')\nimport undeclared\n"
                       "print(undeclared.taken is sys.modules['needs'], status(),"
                       " undeclared.taken.seen()['in_init'] - %d)\n" % START,
                       "True permanent %d\n" % (0 if CLASSIC else 2),
                       "" if CLASSIC else WARNING % ("needs", SAYS["needs"]))
        self.check_run("import safe\nsafe.wish('PROBE_TAKES', 'other')\nimport undeclared\n"
                       "print(undeclared.taken is sys.modules['other'], status())\n",
                       "True permanent\n",
                       "" if CLASSIC else WARNING % ("undeclared", SAYS["undeclared"]))

    def test_permanent_anyway(self):
        if CLASSIC:
            return
        self.check_run("togil.gil.enable()\ntogil.gil.make_permanent()\nbefore = pauses()\n"
                       "import undeclared\nprint(pauses() - before, status())\n",
                       "0 permanent\n")

    def test_inside_a_region(self):
        # A request of the script is open meanwhile; it ends as if nothing had happened.
        if CLASSIC:
            return
        self.check_run("with togil.gil:\n    import undeclared\n    print(status())\n"
                       "print(status(), undeclared.seen()['in_init'] - %d)\n" % START,
                       "permanent\npermanent 2\n",
                       WARNING % ("undeclared", SAYS["undeclared"]))

    def test_declared_in_the_symbol_only(self):
        # Not known before: costs the pause, and is believed afterwards.
        result = self.run_native("before = pauses()\nimport no_note\n"
                                 "print(pauses() - before, status(), no_note.loaded)\n")
        self.assertEqual(result.out, "%d %s %d\n" % (START == 0, STATUS, ASKED), result)
        self.assertEqual(result.err, "code of a broken module ran\n")

    def test_said_in_init(self):
        self.check_run("import safe\nsafe.wish('PROBE_SAY', '1')\nimport undeclared\n"
                       "print(status(), undeclared.seen()['in_init'])\n"
                       "print(undeclared.say(0), undeclared.say(7))\n",
                       "%s %d\n-8 -3\n" % (STATUS, ASKED))
        self.check_run("import safe\nsafe.wish('PROBE_SAY', '2')\nimport other\n"
                       "print(status(), other.seen()['in_init'])\n",
                       "permanent %d\n" % START,
                       "" if CLASSIC else WARNING % ("other", SAYS["needs"]))

    def test_gil_off_outweighs(self):
        # Given by the user; mode nogil alone is no such order, as the tests above show.
        if START != 0:
            return
        counts = "atomic" if MODE.endswith("atomic") else "biased"
        text = "togil: RuntimeWarning: the GIL is not enabled, as asked for: native module '%s' %s\n"
        for options in (("--gil", "off", "--counts", counts), ("--gil=off", "--mode", MODE)):
            self.check_run("before = pauses()\nimport undeclared, needs, safe\n"
                           "print(pauses() - before, status(), togil.mode())\n"
                           "del sys.modules['needs']\nimport needs\n",
                           "0 off %s\n" % MODE,
                           text % ("undeclared", SAYS["undeclared"]) +
                           text % ("needs", SAYS["needs"]), options=options)

    def test_a_warning_that_cannot_be_shown(self):
        result = self.run_native("import undeclared\nprint(status())\n", "--mode", MODE,
                                 preexec_fn=lambda: os.close(2))
        self.assertEqual((result.code, result.out), (0, "permanent\n"), result)


class Failing(NativeTest):
    def check_fails(self, name, how, error):
        # It raises; the GIL and sys.modules are as before; a second import starts it afresh.
        warning = WARNING % (name, SAYS[name]) if name in SAYS and not CLASSIC else ""
        self.check_run(
            "import other\nother.wish('PROBE_FAIL', %r)\nother.remember()\n"
            "for i in range(3):\n    try:\n        import %s as m\n    except Exception as e:\n"
            "        print(type(e).__name__, e, status(), %r in sys.modules)\n"
            "other.wish('PROBE_FAIL', '')\nimport %s as m\n"
            "print(m.seen()['starts'], m.seen()['constructed'], m.seen()['freed'],"
            " m.seen()['in_init'])\n" % (how, name, name, name),
            ("%s %s False\n" % (error, STATUS)) * 3 +
            "4 1 3 %d\n" % (START if name == "safe" else ASKED), warning)

    def test_raising(self):
        for name in ("safe", "undeclared", "needs"):
            self.check_fails(name, "raise", "ValueError init was told to fail")

    def test_without_exception(self):
        self.check_fails("undeclared", "silent", "SystemError init of native module "
                         "'undeclared' failed without an exception")

    def test_exception_and_success(self):
        self.check_fails("needs", "set", "ValueError init was told to fail")

    def test_uncaught(self):
        result = self.run_native("import safe\nsafe.wish('PROBE_FAIL', 'raise')\n"
                                 "import undeclared\n")
        self.check_traceback(result, "ValueError: init was told to fail", "import undeclared\n")


class Broken(NativeTest):
    def check_refused(self, name, *parts, loads=False):
        code = (HEAD + "try:\n    import %s\n"
                "except ImportError as e:\n    print(type(e).__name__, e.name, e.path)\n"
                "    print(e)\nprint(status(), %r in sys.modules)\n"
                % (name, name))
        result = self.run_code(code, "--mode", MODE)
        self.assertEqual(result.code, 0, result)
        lines = result.out.splitlines()
        self.assertEqual(len(lines), 3, result)
        self.assertRegex(lines[0], "^ImportError %s .*/%s.togil.so$" % (name, name))
        self.assertRegex(lines[1], "^cannot import native module '%s' from '.*': " % name)
        for part in parts:
            self.assertIn(part, lines[1])
        self.assertEqual(lines[2], STATUS + " False")
        self.assertEqual(result.err, "code of a broken module ran\n" if loads else "")

    def test_refused_before_any_code_ran(self):
        self.check_refused("bad_abi", "made for version 99", "this is version 1")
        self.check_refused("bad_gil", "declaration about the GIL is 7")

    def test_refused_after_loading(self):
        self.check_refused("bad_symbol", "does not export togil_native_module", loads=True)
        self.check_refused("bad_late_abi", "made for version 99", loads=True)
        self.check_refused("bad_empty", "no name or no init function", loads=True)
        self.check_refused("bad_mismatch", "not that of its file", loads=True)
        self.check_refused("bad_copy", "a libtogil of its own", loads=True)

    def test_undefined_symbol(self):
        self.check_refused("bad_undefined", "undefined symbol: tg_there_is_no_such_function")

    def test_renamed(self):
        self.place("safe", "renamed.togil.so")
        self.check_refused("renamed", "it is the module 'safe'")

    def test_no_shared_object(self):
        for text in ("", "x", "\x7fELF", "print('a script')\n", "\x7fELF" + "\x01" * 200):
            self.write("text.togil.so", text)
            self.check_refused("text")
        self.write("text.togil.so", "print('a script')\n" * 10)
        self.check_refused("text", "not a shared object")

    def test_not_a_file(self):
        os.mkdir(os.path.join(self.folder, "folder.togil.so"))
        self.check_refused("folder", "not a regular file")
        os.mkfifo(os.path.join(self.folder, "pipe.togil.so"))
        self.check_refused("pipe", "not a regular file")
        os.symlink("circle.togil.so", os.path.join(self.folder, "circle.togil.so"))
        self.check_refused("circle", "symbolic links")
        self.write("gone.py", "print('from source')\n")
        os.symlink("nowhere", os.path.join(self.folder, "gone.togil.so"))
        self.assertEqual(self.run_code("import gone\n").out, "from source\n")

    def test_unreadable(self):
        path = self.place("safe", "safe.togil.so")
        os.chmod(path, 0)
        if os.access(path, os.R_OK):
            self.skipTest("this user may read everything")
        self.check_refused("safe", "Permission denied")

    def patched(self, name, at, data):
        path = self.place("safe", name + ".togil.so")
        with open(path, "r+b") as file:
            file.seek(at)
            file.write(data)
        return path

    def test_other_architecture(self):
        self.patched("text", 18, struct.pack("=H", 8))  # e_machine: MIPS
        self.check_refused("text", "for another architecture")
        self.patched("text", 4, b"\x01" if sys.maxsize > 2**32 else b"\x02")
        self.check_refused("text", "for another architecture")
        self.patched("text", 5, b"\x02" if sys.byteorder == "little" else b"\x01")
        self.check_refused("text", "for another architecture")
        self.patched("text", 16, struct.pack("=H", 1))  # e_type: relocatable
        self.check_refused("text", "not a shared object")

    def test_an_executable(self):
        shutil.copy("/bin/true", os.path.join(self.folder, "true.togil.so"))
        self.check_refused("true")

    def test_cut_short(self):
        # Mapping a file beyond its end gives a page that kills who touches it.
        path = self.place("safe", "safe.togil.so")
        with open(path, "rb") as file:
            data = file.read()
        rng = random.Random(int(os.environ.get("TG_TEST_SEED", "1")))
        lengths = [16, 63, 64, 120, 500, 4096, len(data) // 2, len(data) - 1]
        lengths += [rng.randrange(len(data)) for _ in range(12)]
        for length in lengths:
            with open(path, "wb") as file:
                file.write(data[:length])
            result = self.run_native("sys.path.insert(0, '.')\n"
                                     "try:\n    import safe\n    print('loaded')\n"
                                     "except ImportError as e:\n    print('refused')\n")
            self.assertEqual(result.code, 0, (length, result))
            if length < 4096:
                self.assertEqual(result.out, "refused\n", (length, result))


class Threads(NativeTest):
    RACE = """
import threading
gate = threading.Barrier(8)
found, failed = [], []
def work():
    gate.wait()
    try:
        import NAME as m
        found.append(m)
        m.seen()
    except ValueError as e:
        failed.append(e)
threads = [threading.Thread(target=work) for i in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
"""

    def test_started_once(self):
        for name in ("safe", "undeclared", "needs"):
            warning = WARNING % (name, SAYS[name]) if name in SAYS and not CLASSIC else ""
            for _ in range(4):
                self.check_run(
                    self.RACE.replace("NAME", name) +
                    "print(len(found), all(m is found[0] for m in found), failed)\n"
                    "print(found[0].seen()['starts'], found[0].seen()['in_init'])\n"
                    "print(status())\n",
                    "8 True []\n1 %d\n%s\n" % (START if name == "safe" else ASKED,
                                               STATUS if name == "safe" else "permanent"),
                    warning)

    def test_failing_gives_back_every_request(self):
        # Each thread asks, fails and gives back. A count that is left over shows in the status.
        self.check_run("import safe\nsafe.wish('PROBE_FAIL', 'raise')\n" +
                       self.RACE.replace("NAME", "undeclared") +
                       "print(len(found), len(failed), status(),"
                       " 'undeclared' in sys.modules)\n", "0 8 %s False\n" % STATUS)

    def test_in_an_interpreter_with_its_own(self):
        # Nothing of the module runs: no warning, no request; a safe one is started there too.
        for module in ("undeclared", "needs"):
            self.check_run(
                "from togil import interpreters\nimport safe\n"
                "for own in (True, False):\n"
                "    i = interpreters.create(own_gil=own)\n"
                "    i.run('import safe\\nn = safe.seen()[\"starts\"]')\n"
                "    print(i.get('n'))\n"
                "i = interpreters.create(own_gil=True)\n"
                "try:\n"
                "    i.run('import %s')\n"
                "except interpreters.InterpreterError as e:\n"
                "    print(e.type_name, e.message[e.message.index(': ') + 2:])\n" % module,
                "2\n3\nImportError it is not declared safe without the GIL, and interpreter 3 has a "
                "GIL of its own\n")

    def test_others_run_on(self):
        # Threads that compute, allocate and toggle while modules are imported lose nothing.
        toggle = "pass" if CLASSIC else "with togil.gil: n += 0"
        warning = "" if CLASSIC else WARNING % ("undeclared", SAYS["undeclared"])
        self.check_run("""
import threading
sums, stop = [], []
def work():
    n = 0
    for i in range(3000):
        n += len([i, i]) // 2
        if i %% 100 == 0:
            %s
    sums.append(n)
threads = [threading.Thread(target=work) for i in range(4)]
for t in threads:
    t.start()
import safe
safe.wish('PROBE_FAIL', 'raise')
for i in range(20):
    try:
        import undeclared
    except ValueError:
        pass
safe.wish('PROBE_FAIL', '')
import undeclared, other
for t in threads:
    t.join()
print(sums, undeclared.seen()['starts'], status())
""" % toggle, "[3000, 3000, 3000, 3000] 21 permanent\n", warning)


class Interpreters(NativeTest):
    SEEN = "import safe; n = safe.seen()['starts']"

    def test_each_starts_it(self):
        # An object of one interpreter in another would be the wrong result: `starts` is 1 then.
        self.check_run("import safe\nfrom togil import interpreters\n"
                       "for own in (True, False):\n"
                       "    with interpreters.create(own_gil=own) as i:\n"
                       "        i.run(%r)\n        print(i.get('n'))\n"
                       "print(safe.seen()['starts'], safe.seen()['constructed'],"
                       " safe.seen()['freed'], status())\n" % self.SEEN,
                       "2\n3\n3 1 2 %s\n" % STATUS)

    def test_wanted_with_a_gil_of_its_own(self):
        # Its own GIL protects nothing from the main interpreter, which may import it, too.
        warning = "" if CLASSIC else WARNING % ("undeclared", SAYS["undeclared"])
        self.check_run("from togil import interpreters\n"
                       "with interpreters.create(own_gil=True) as i:\n"
                       "    try:\n        i.run('import undeclared')\n"
                       "    except interpreters.InterpreterError as e:\n"
                       "        print(e.type_name, 'GIL of its own' in e.message, status())\n"
                       "import undeclared\nprint(undeclared.seen()['starts'], status())\n",
                       "ImportError True %s\n1 permanent\n" % STATUS, warning)

    def test_wanted_with_the_shared_gil(self):
        warning = "" if CLASSIC else WARNING % ("needs", SAYS["needs"])
        self.check_run("from togil import interpreters\n"
                       "with interpreters.create(own_gil=False) as i:\n"
                       "    i.run('import needs')\n    print(status())\n"
                       "import needs\nprint(needs.seen()['starts'], status())\n",
                       "permanent\n2 permanent\n", warning)


class Race(NativeTest):
    """Under the thread sanitizer only: what the GIL protects a module from is really there."""

    def test_tally_without_the_gil(self):
        code = """
sys.path.append(%r)
import tally, threading
gate = threading.Barrier(4)
def work():
    gate.wait()
    for i in range(2000):
        tally.add('all')
threads = [threading.Thread(target=work) for k in range(4)]
for t in threads: t.start()
for t in threads: t.join()
""" % EXAMPLES
        result = self.run_native(code, "--gil", "off")
        self.assertIn("data race", result.err, result)
        self.assertIn("tally.c", result.err, result)
        result = self.run_native(code, "--mode", MODE)
        self.assertEqual(result.err, WARNING % ("tally", SAYS["undeclared"]), result)


class Examples(NativeTest):
    def run_example(self, code, out, err=""):
        self.check_run("sys.path.append(%r)\n" % EXAMPLES + code, out, err)

    def test_primes(self):
        # Two threads sieve at the same time; the GIL stays what it was.
        self.run_example("""
import primes, threading
found = []
def work():
    found.append(primes.count(200000))
threads = [threading.Thread(target=work) for i in range(2)]
for t in threads: t.start()
for t in threads: t.join()
s = primes.Sieve(1000)
print(found, list(s)[-1], s.is_prime(997), s.is_prime(1), repr(s), primes.live())
for bad in (lambda: s.is_prime(1000), lambda: primes.Sieve(-1), lambda: s.__init__(5),
            lambda: primes.count('x')):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
del s
print(primes.live(), status())
""", "[17984, 17984] 997 True False Sieve(1000) 1\n"
            "IndexError this sieve ends at 1000\n"
            "ValueError limit must be between 0 and 2**32\n"
            "TypeError a Sieve is filled once\n"
            "TypeError 'str' object cannot be interpreted as an integer\n"
            "0 %s\n" % STATUS)

    def test_tally(self):
        # Its globals have no lock. A sum that is too small means that threads were in it together.
        warning = "" if CLASSIC else WARNING % ("tally", SAYS["undeclared"])
        self.run_example("""
import tally, threading
def work(k):
    for i in range(20000):
        tally.add('all')
        tally.add('word%d' % (i % 40))
threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
for t in threads: t.start()
for t in threads: t.join()
print(tally.get('all'), sum(tally.get('word%d' % i) for i in range(40)), tally.get('none'))
""", "80000 80000 0\n", warning)

    def test_dice(self):
        warning = "" if CLASSIC else WARNING % ("dice", SAYS["needs"])
        self.run_example("""
import dice
dice.seed(7)
first = [dice.roll(6) for i in range(100)]
dice.seed(7)
print(first == [dice.roll(6) for i in range(100)], min(first), max(first), dice.stats())
try:
    dice.roll(0)
except ValueError as e:
    print(e)
""", "True 1 6 {'seeds': 2, 'rolls': 200}\na die has 1 to 1000 sides, not 0\n", warning)


if __name__ == "__main__":
    main()
