# SPDX-License-Identifier: MIT
"""togil ab from the outside: a driver around it (TOGIL_AB_DRIVER), a shell script in place of the
runtime, and programs of one line each. No test depends on how fast the machine is, apart from
differences of a factor of two and more."""

import html.parser
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import pyperf_format  # noqa: E402

DRIVER = os.environ["TOGIL_AB_DRIVER"]
STUB = os.path.join(HERE, "stub.sh")
LIMIT = 120  # seconds after which a hanging test fails
TWO_MODES = ["--modes", "gil,nogil"]
QUICK = TWO_MODES + ["--threads", "1,2", "--blocks", "2", "--warmup", "1"]


def is_alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            text = file.read()
    except (FileNotFoundError, ProcessLookupError):
        return False
    # The file of a process that ends between open and read is empty.
    return text != "" and text.rsplit(")", 1)[1].split()[0] != "Z"


def has_ended(pid):
    """Waits for a process that was killed a moment ago; false if it goes on living."""
    until = time.monotonic() + LIMIT
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_alive(pid)


class AbTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def program(self, text, name="prog.py"):
        with open(self.path(name), "w") as file:
            file.write(text + "\n")
        return self.path(name)

    def environment(self, **changes):
        return {**os.environ, "TOGIL_AB_SELF": STUB, **changes}

    def ab(self, *arguments, **changes):
        return subprocess.run([DRIVER, *arguments], env=self.environment(**changes), text=True,
                              capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL,
                              cwd=self.folder.name, errors="replace")

    def check(self, result, code):
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        return result

    def ab_json(self, *arguments, code=0, **changes):
        name = self.path("out.json")
        result = self.check(self.ab("--json", name, *arguments, **changes), code)
        with open(name) as file:
            data = json.load(file)
        pyperf_format.check(data)
        return result, data


class Measuring(AbTest):
    def test_equal_outputs_give_a_table_and_a_headline(self):
        program = self.program("echo checksum 42")
        result = self.check(self.ab(*QUICK, "--seed", "7", program, "{threads}"), 0)
        self.assertIn("start-up included", result.stdout)
        self.assertIn("seed 7", result.stdout)
        rows = re.findall(r"^(gil|nogil) +(\d+)\*? +[\d.]+ m?s", result.stdout, re.M)
        self.assertEqual(rows, [("gil", "1"), ("gil", "2"), ("nogil", "1"), ("nogil", "2")])
        self.assertIn("A/A control (gil, 1 thread, against itself)", result.stdout)
        self.assertIn("Without the GIL (nogil)", result.stdout)
        self.assertEqual(result.stderr, "")
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 100 + len(program))

    def test_all_modes_are_measured_by_default(self):
        result, data = self.ab_json("--blocks", "1", "--warmup", "0", self.program("echo 1"),
                                    "{threads}")
        names = [b["metadata"]["name"] for b in data["benchmarks"]]
        modes = ["gil", "gil-biased", "gil-atomic", "nogil", "nogil-atomic"]
        self.assertEqual(names, [f"prog/{mode}/threads={n}" for mode in modes for n in (1, 2)]
                         + ["prog/gil/threads=1/again"])

    def test_speed_is_seen(self):
        # Four times as fast, so that what else the machine does cannot hide it.
        program = self.program('[ $MODE$1 = nogil2 ] && sleep 0.05 || sleep 0.2; echo done')
        result, data = self.ab_json(*TWO_MODES, "--blocks", "8", program, "{threads}")
        cells = {(c["mode"], c["threads"]): c for c in data["togil"]["cells"]}
        self.assertEqual(cells["nogil", 2]["verdict"], "faster")
        for key in ("speedup", "speed_vs_base", "speed_vs_reference"):
            ratio = cells["nogil", 2][key]
            self.assertGreater(ratio["estimate"], 1.5)
            self.assertLess(ratio["estimate"], 5)
            self.assertLessEqual(ratio["low"], ratio["estimate"])
            self.assertGreaterEqual(ratio["high"], ratio["estimate"])
        self.assertNotEqual(cells["gil", 2]["verdict"], "faster")
        self.assertRegex(result.stdout, r"runs [1234]\.\d\dx \[")

    def test_arguments_reach_the_program_with_the_thread_count(self):
        program = self.program('[ $# = 4 ] && [ "$2$3" = "a b{thread}" ] || exit 9\n'
                               '[ "$1" = "-j$4" ] || exit 8\necho ok')
        self.check(self.ab(*QUICK, program, "-j{threads}", "a b", "{thread}", "{threads}"), 0)

    def test_one_thread_needs_no_placeholder(self):
        self.check(self.ab(*TWO_MODES, "--threads", "1", "--blocks", "1", self.program("echo")), 0)

    def test_runs_are_fresh_processes_in_a_clean_environment(self):
        program = self.program(
            '[ -z "$TOGIL_MODE" ] || exit 9\n'      # the mode is chosen by the option alone
            '[ -n "$TOGIL_AB_REPORT" ] || exit 8\n'
            'read line && exit 7\n'                 # standard input is empty
            f'echo "$$ ${{#TOGIL_AB_PAD}}" >> {self.path("log")}; echo ok')
        self.check(self.ab(*QUICK, program, "{threads}", TOGIL_MODE="x", TOGIL_AB_PAD="y"), 0)
        with open(self.path("log")) as file:
            pids, pads = zip(*(line.split() for line in file))
        self.assertEqual(len(pids), 15)
        self.assertEqual(len(set(pids)), 15)
        self.assertGreater(len(set(pads)), 10)

    def test_children_inherit_no_descriptors_of_ours(self):
        program = self.program("ls -l /proc/self/fd | grep -c -e pipe: -e socket:")
        result, data = self.ab_json(*TWO_MODES, "--threads", "1", "--blocks", "1", program)
        self.assertTrue(data["togil"]["outputs"]["equal"])
        program = self.program('[ "$(ls /proc/self/fd | tr "\\n" " ")" = "0 1 2 3 4 " ] || exit 9')
        self.check(self.ab(*QUICK, program, "{threads}"), 0)  # 4 is ls reading the folder

    def test_processes_left_behind_neither_delay_nor_survive(self):
        program = self.program(f'sleep 1000 & echo $! >> {self.path("pids")}; echo ok')
        began = time.monotonic()
        self.check(self.ab(*QUICK, program, "{threads}"), 0)
        self.assertLess(time.monotonic() - began, 60)
        with open(self.path("pids")) as file:
            pids = file.read().split()
        self.assertEqual(len(pids), 15)
        for pid in pids:
            self.assertTrue(has_ended(pid), f"process {pid} is still alive")

    def test_max_time_ends_after_a_whole_block(self):
        result, data = self.ab_json(*TWO_MODES, "--threads", "1", "--blocks", "1000",
                                    "--max-time", "0.5", self.program("sleep 0.02"))
        self.assertIn("blocks, as the time was up", result.stdout)
        self.assertEqual(data["togil"]["end"], "max-time")
        self.assertLess(data["togil"]["blocks"], 1000)
        for benchmark in data["benchmarks"]:
            self.assertEqual(len(benchmark["runs"]), data["togil"]["blocks"])

    def test_strict_fails_when_nothing_is_decided(self):
        self.check(self.ab("--strict", *QUICK, self.program("echo"), "{threads}"), 5)

    def test_quiet_prints_the_table_only(self):
        result = self.check(self.ab("--quiet", *QUICK, self.program("echo"), "{threads}"), 0)
        self.assertTrue(result.stdout.startswith("mode "), result.stdout)
        self.assertEqual(result.stderr, "")

    def test_verbose_prints_every_run(self):
        result = self.check(self.ab("-v", *QUICK, self.program("echo"), "{threads}"), 0)
        self.assertEqual(len(re.findall(r"^warm-up 1/1 slot \d: ", result.stderr, re.M)), 5)
        self.assertEqual(len(re.findall(r"^block [12]/2 slot \d: ", result.stderr, re.M)), 10)

    def test_more_threads_than_cores_are_marked(self):
        result, data = self.ab_json(*TWO_MODES, "--threads", "1,1024", "--blocks", "1",
                                    self.program("echo"), "{threads}")
        self.assertRegex(result.stdout, r"(?m)^nogil +1024\* ")
        self.assertIn("* more threads than the", result.stdout)
        marked = [c["threads"] for c in data["togil"]["cells"] if c["oversubscribed"]]
        self.assertEqual(marked, [1024, 1024])


class Ordering(AbTest):
    def slots(self, seed):
        _, data = self.ab_json("--seed", str(seed), *TWO_MODES, "--blocks", "6",
                               self.program("echo"), "{threads}")
        return [[run["metadata"]["togil_slot"] for run in b["runs"]] for b in data["benchmarks"]]

    def test_the_seed_decides_the_order(self):
        first = self.slots(1)
        self.assertEqual(first, self.slots(1))
        self.assertNotEqual(first, self.slots(2))
        for block in zip(*first):
            self.assertEqual(sorted(block), [0, 1, 2, 3, 4])

    def test_runs_happen_in_the_order_of_their_slots(self):
        program = self.program(f'echo "$MODE$1" >> {self.path("log")}')
        _, data = self.ab_json(*QUICK, "--warmup", "0", program, "{threads}")
        with open(self.path("log")) as file:
            seen = file.read().split()
        expected = [None] * 10
        for benchmark in data["benchmarks"]:
            metadata = benchmark["metadata"]
            for run in benchmark["runs"]:
                at = run["metadata"]["togil_block"] * 5 + run["metadata"]["togil_slot"]
                expected[at] = f'{metadata["togil_mode"]}{metadata["togil_threads"]}'
        self.assertEqual(seen, expected)


class Json(AbTest):
    def test_file_has_runs_results_and_machine(self):
        _, data = self.ab_json(*QUICK, "--seed", "18446744073709551615",
                               self.program("echo", "a b.py"), "{threads}", "line\nbreak \xff\t")
        self.assertEqual(data["benchmarks"][0]["metadata"]["name"], "a b/gil/threads=1")
        self.assertEqual(data["metadata"]["unit"], "second")
        self.assertEqual(data["togil"]["seed"], "18446744073709551615")
        self.assertEqual(data["togil"]["end"], "complete")
        self.assertEqual(data["togil"]["reference"], "a b/gil/threads=1")
        self.assertEqual(len(data["togil"]["cells"]), 4)
        self.assertIn(data["togil"]["control"]["trust"], ("unknown", "good", "noisy", "biased"))
        self.assertGreaterEqual(data["togil"]["machine"]["cores"], 1)
        run = data["benchmarks"][0]["runs"][0]
        self.assertEqual(run["values"], [run["metadata"]["togil_wall_seconds"]])
        self.assertGreater(run["metadata"]["mem_max_rss"], 100_000)

    def test_json_on_standard_output_moves_the_table(self):
        result = self.check(self.ab("--json", "-", *QUICK, self.program("echo"), "{threads}"), 0)
        pyperf_format.check(json.loads(result.stdout))
        self.assertIn("A/A control", result.stderr)

    def test_cpu_time_of_the_child_is_counted(self):
        burn = "i=0; while [ $i -lt 60000 ]; do i=$((i + 1)); done"
        _, data = self.ab_json(*QUICK, self.program(burn), "{threads}")
        for benchmark in data["benchmarks"]:
            for run in benchmark["runs"]:
                self.assertGreater(run["metadata"]["togil_user_seconds"], 0.005)

    def test_region_and_facts_come_through_the_report_channel(self):
        program = self.program('echo "gil_switches 12" >&3\necho "region_seconds 0.5" >&3\n'
                               'echo "region_seconds 0.25" >&3\necho "Not a fact" >&3\n'
                               'echo "block 77" >&3\nprintf "cut_off 1" >&3\necho out')
        result, data = self.ab_json(*QUICK, program, "{threads}")
        self.assertIn("Times are of the region that the program reports", result.stdout)
        self.assertEqual(data["togil"]["figure"], "region")
        run = data["benchmarks"][0]["runs"][1]
        self.assertEqual(run["values"], [0.25])
        self.assertEqual(run["metadata"]["togil_gil_switches"], 12)
        self.assertEqual(run["metadata"]["togil_block"], 1)
        self.assertNotIn("togil_cut_off", run["metadata"])

    def test_region_of_some_runs_only_is_not_the_figure(self):
        program = self.program('[ $MODE = gil ] || echo "region_seconds 0.25" >&3')
        result, data = self.ab_json(*QUICK, program, "{threads}")
        self.assertEqual(data["togil"]["figure"], "process")

    def test_unwritable_files_are_known_at_the_start(self):
        marker = self.path("ran")
        program = self.program(f"touch {marker}")
        for name, why in ((self.path("no/such/x.json"), "No such file"),
                          (self.folder.name, "Is a directory")):
            for option in ("--json", "--html"):
                result = self.check(self.ab(option, name, *QUICK, program, "{threads}"), 2)
                self.assertIn(why, result.stderr)
        self.assertFalse(os.path.exists(marker))

    def test_full_disk_is_an_error(self):
        result = self.check(self.ab("--json", "/dev/full", *QUICK, self.program("echo"),
                                    "{threads}"), 2)
        self.assertIn("cannot write '/dev/full': No space left", result.stderr)
        self.assertIn("A/A control", result.stdout)


class Balanced(html.parser.HTMLParser):
    """Every element that is opened is closed, in order; keeps texts and what is referred to."""
    VOID = ("meta", "br", "link", "img")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.texts, self.references = [], {}, []

    def handle_starttag(self, tag, attributes):
        self.references += [v for k, v in attributes if k in ("src", "href", "srcset", "data")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.references += [v for k, v in attributes if k in ("src", "href")]

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.texts[self.open[-1]] = self.texts.get(self.open[-1], "") + data


class Html(AbTest):
    def report(self, *arguments, program="echo ok", name="prog.py"):
        page_file, json_file = self.path("report.html"), self.path("report.json")
        self.check(self.ab("--html", page_file, "--json", json_file, *arguments,
                           self.program(program, name), "{threads}", "<b>&\"'</script>"), 0)
        with open(page_file) as file:
            text = file.read()
        with open(json_file) as file:
            data = json.load(file)
        page = Balanced()
        page.feed(text)
        page.close()
        self.assertEqual(page.open, [])
        self.assertEqual(page.references, [])  # nothing is loaded from anywhere
        self.assertEqual(re.findall(r"https?://[^\"]*", text.replace("http://www.w3.org/2000/svg",
                                                                     "")), [])
        self.assertNotRegex(text, r"@import|url\(|\bnan\b|\binf\b")
        pictures = [xml.etree.ElementTree.fromstring(picture)
                    for picture in re.findall(r"<svg.*?</svg>", text, re.S)]
        embedded = re.search(r'id="data">(.*?)</script>', text, re.S).group(1)
        self.assertEqual(json.loads(embedded), data)
        pyperf_format.check(data)
        return page, pictures, data

    def tags(self, picture, name, style):
        return [e for e in picture.iter("{http://www.w3.org/2000/svg}" + name)
                if style in e.get("class", "").split()]

    def test_report_holds_every_number_and_is_well_formed(self):
        page, pictures, data = self.report(*TWO_MODES, "--threads", "1,2,1024", "--blocks", "7",
                                           name="<x>&.py")
        self.assertEqual(len(pictures), 3)
        speed, forest, runs = pictures
        self.assertEqual(len(self.tags(speed, "polyline", "curve")), 2)
        self.assertEqual(len(self.tags(speed, "path", "full")), 4)
        self.assertEqual(len(self.tags(speed, "path", "hollow")), 2)  # oversubscribed
        self.assertEqual(len(self.tags(forest, "line", "bar")), 4)    # control and three cells
        self.assertEqual(len(self.tags(runs, "circle", "full")), 7 * 7)
        self.assertIn("<x>&.py {threads} <b>&\"'</script>", page.texts["code"])
        for cell in data["togil"]["cells"]:
            self.assertIn(f'{cell["speedup"]["estimate"]:.2f}x [' if cell["threads"] > 1 else "1",
                          page.texts["td"])

    def test_marks_stay_inside_the_pictures(self):
        program = '[ $MODE = nogil ] && sleep 0.04; echo ok'  # far slower
        _, pictures, _ = self.report(*TWO_MODES, "--blocks", "3", program=program)
        for picture in pictures:
            width, height = map(float, picture.get("viewBox").split()[2:])
            for element in picture.iter():
                place = re.match(r"translate\(([-\d.]+) ([-\d.]+)\)", element.get("transform", ""))
                for x, y in ([place.groups()] if place else []) + [
                        (element.get(a), element.get(b)) for a, b in
                        (("x1", "y1"), ("x2", "y2"), ("cx", "cy"), ("x", "y")) if element.get(a)]:
                    self.assertTrue(0 <= float(x) <= width and 0 <= float(y) <= height,
                                    xml.etree.ElementTree.tostring(element))

    def test_one_thread_and_one_mode_still_make_a_report(self):
        _, pictures, _ = self.report("--modes", "nogil", "--threads", "1", "--blocks", "1")
        self.assertEqual(len(pictures), 2)


class Differing(AbTest):
    def test_different_outputs_exit_3_and_are_shown(self):
        program = self.program('echo head; [ $MODE$1 = nogil2 ] && echo sum 9 || echo sum 10')
        result = self.check(self.ab(*QUICK, "--json", self.path("x"), program, "{threads}"), 3)
        self.assertEqual(result.stdout, "")
        self.assertIn("did not print the same", result.stderr)
        self.assertIn("- gil, 1 thread, warm-up 1", result.stderr)
        self.assertIn("+ nogil, 2 threads, warm-up 1", result.stderr)
        self.assertIn("-    2  sum 10", result.stderr)
        self.assertIn("+    2  sum 9", result.stderr)
        self.assertRegex(result.stderr, r"nogil, 2 threads +differs")
        self.assertRegex(result.stderr, r"nogil, 1 thread +agrees")
        self.assertFalse(os.path.exists(self.path("x")))

    def test_difference_between_blocks_of_one_cell_counts(self):
        program = self.program(f'echo x >> {self.path("n")}; [ $(wc -l < {self.path("n")}) = 9 ] '
                               '&& echo odd || echo even')
        result = self.check(self.ab(*QUICK, program, "{threads}"), 3)
        self.assertIn("block 1", result.stderr)

    def test_racy_programs_may_differ(self):
        for marker, options in (("", ["--racy"]), ("# togil ab: racy\n", [])):
            program = self.program(f"{marker}echo lost $$")
            result, data = self.ab_json(*QUICK, *options, program, "{threads}")
            self.assertIn("Outputs differ, as the program may: 15 different ones in 15 runs",
                          result.stdout)
            self.assertRegex(result.stdout, r"-    1  lost \d+\n  \+    1  lost \d+")
            self.assertFalse(data["togil"]["outputs"]["equal"])

    def test_ignored_lines_may_differ(self):
        text = "# togil ab: ignore p99\necho p99 $$; echo sum {}"
        self.check(self.ab(*QUICK, self.program(text.format(1)), "{threads}"), 0)
        self.check(self.ab(*QUICK, self.program(text.format("$1")), "{threads}"), 3)

    def test_racy_programs_may_still_not_fail(self):
        self.check(self.ab(*QUICK, "--racy", self.program("echo $$; exit 1"), "{threads}"), 4)


class Failing(AbTest):
    def test_failing_program_exits_4_with_the_end_of_its_stderr(self):
        program = self.program('for i in $(seq 1000); do echo "line $i" >&2; done; exit 3')
        result = self.check(self.ab(*QUICK, program, "{threads}"), 4)
        self.assertIn("failed in gil, 1 thread: exit status 3", result.stderr)
        self.assertIn(f"{STUB} run --mode gil {program} 1", result.stderr)
        self.assertIn("    line 1000\n", result.stderr)
        self.assertIn("    line 989\n", result.stderr)
        self.assertNotIn("line 988\n", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_crash_names_the_signal(self):
        program = self.program('[ $MODE = nogil ] && kill -SEGV $$; echo')
        result = self.check(self.ab(*QUICK, program, "{threads}"), 4)
        self.assertIn("failed in nogil, 1 thread: killed by SIGSEGV", result.stderr)
        self.assertIn("wrote nothing to standard error", result.stderr)

    def test_timeout_kills_the_program_and_its_children(self):
        program = self.program(f'sleep 1000 & echo $! >> {self.path("pids")}; echo $$ >> '
                               f'{self.path("pids")}; echo stuck >&2; wait')
        result = self.check(self.ab(*QUICK, "--timeout", "0.3", program, "{threads}"), 4)
        self.assertRegex(result.stderr, r"gil, 1 thread: timed out after 0\.[3-9] s|timed out")
        self.assertIn("    stuck\n", result.stderr)
        with open(self.path("pids")) as file:
            pids = file.read().split()
        self.assertEqual(len(pids), 2)
        self.assertTrue(all(has_ended(pid) for pid in pids))

    def test_program_that_ignores_signals_and_floods_stderr_times_out(self):
        program = self.program("trap '' INT TERM HUP; yes flood >&2")
        result = self.check(self.ab(*QUICK, "--timeout", "0.3", program, "{threads}"), 4)
        self.assertIn("timed out", result.stderr)

    def test_too_much_output_is_refused(self):
        result = self.check(self.ab(*QUICK, self.program("yes flood"), "{threads}"), 4)
        self.assertIn("printed more than 64 MB", result.stderr)

    def test_large_output_is_compared_whole(self):
        program = self.program("head -c 9000000 /dev/zero | tr '\\0' a; echo; echo $1")
        result = self.check(self.ab(*QUICK, program, "{threads}"), 3)
        self.assertIn("-    2  1\n", result.stderr)

    def test_missing_runtime_is_said(self):
        result = self.check(self.ab(*QUICK, self.program("echo"), "{threads}",
                                    TOGIL_AB_SELF="/nonexistent/togil"), 4)
        self.assertIn("could not be started: No such file", result.stderr)


class Usage(AbTest):
    def check_usage(self, *arguments):
        result = self.check(self.ab(*arguments), 2)
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, r"\Atogil ab: [^\n]+\n\Z")
        return result.stderr

    def test_usage_errors_are_one_line(self):
        program = self.program("echo")
        self.assertIn("no script given", self.check_usage())
        self.assertIn("--frob", self.check_usage("--frob", program))
        self.assertIn("unknown mode 'x'", self.check_usage("--modes", "x", program))
        self.assertIn("{threads}", self.check_usage(program))
        self.assertIn("No such file", self.check_usage("--threads", "1", "/nonexistent.py"))
        self.assertIn("directory", self.check_usage("--threads", "1", self.folder.name))

    def test_help_goes_to_standard_output(self):
        result = self.check(self.ab("--help"), 0)
        for word in ("--modes", "--threads", "--racy", "nogil-atomic", "Exit codes", "ignore"):
            self.assertIn(word, result.stdout)
        self.assertEqual(result.stderr, "")
        self.assertLessEqual(max(map(len, result.stdout.splitlines())), 100)


class Stopping(AbTest):
    def start(self, *arguments, **options):
        return subprocess.Popen([DRIVER, *arguments], env=self.environment(), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                start_new_session=True, **options)

    def read_until(self, process, pattern):
        lines = []
        for line in process.stderr:
            lines.append(line)
            if re.search(pattern, line):
                return
        self.fail("".join(lines))

    def stop(self, signal_number):
        pid = self.path("pid")  # replaced whole: a kill in between must not leave it empty
        program = self.program(f"echo $$ > {pid}.new; mv {pid}.new {pid}; sleep 0.03")
        process = self.start("-v", *TWO_MODES, "--blocks", "1000", "--json", self.path("x.json"),
                             program, "{threads}")
        self.read_until(process, "^block 3/")
        process.send_signal(signal_number)
        out, err = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 128 + signal_number, out + err)
        self.assertRegex(out, r"Interrupted after [2-9]\d* of 1000 blocks")
        self.assertIn("A/A control", out)
        with open(self.path("pid")) as file:
            self.assertTrue(has_ended(file.read().strip()))
        with open(self.path("x.json")) as file:
            data = json.load(file)
        pyperf_format.check(data)
        self.assertEqual(data["togil"]["end"], "interrupted")
        self.assertGreaterEqual(data["togil"]["blocks"], 2)

    def test_ctrl_c_prints_what_is_complete(self):
        self.stop(signal.SIGINT)

    def test_sigterm_prints_what_is_complete(self):
        self.stop(signal.SIGTERM)

    def test_ctrl_c_before_the_first_block_kills_the_child(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        program = self.program(f'trap "" INT; echo $$ > {fifo}; sleep 1000')
        process = self.start(*QUICK, program, "{threads}")
        with open(fifo) as file:  # opens when the program runs
            pid = file.read().strip()
        self.assertTrue(is_alive(pid))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 130, out + err)
        self.assertEqual(out, "")
        self.assertIn("interrupted before the first block", err)
        self.assertTrue(has_ended(pid))

    def test_ignored_sigint_stays_ignored(self):
        program = self.program("echo")
        process = self.start("-v", *QUICK, program, "{threads}",
                             preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
        self.read_until(process, "^warm-up 1/1 slot 2")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 0, out + err)

    def test_live_line_on_a_terminal(self):
        try:
            ours, theirs = pty.openpty()
        except OSError as error:
            self.skipTest(f"no terminal device here: {error}")
        self.addCleanup(os.close, ours)
        process = subprocess.Popen([DRIVER, *QUICK, self.program("echo"), "{threads}"],
                                   env=self.environment(), stdout=subprocess.PIPE, stderr=theirs,
                                   stdin=subprocess.DEVNULL)
        os.close(theirs)
        shown = b""
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            readable, _, _ = select.select([ours], [], [], LIMIT)
            try:
                data = os.read(ours, 65536) if readable else b""
            except OSError:  # the other end is closed
                break
            if not data:
                break
            shown += data
        out, _ = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(shown, rb"\rwarm-up 1/1 \| gil, 1 thread\x1b\[K")
        self.assertRegex(shown, rb"\rblock 2/2, \d+:\d\d left, nogil@2 [\d.]+x, A/A [\d.]+x \| ")
        self.assertTrue(shown.endswith(b"\r\x1b[K"), shown[-40:])
        self.assertIn(b"A/A control", out)


if __name__ == "__main__":
    unittest.main()
