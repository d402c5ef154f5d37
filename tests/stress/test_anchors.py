#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_anchors.py - schedules that survive edits of the script.

    test_anchors.py Edits|Told      TOGIL names the command

Edits: the failing schedule of every scenario is saved, the script is edited in five mechanical ways,
and the file is followed: at least nine in ten still fail in the same way, and those that are
followed without anchors are fewer. Told: what the command says. With TG_TEST_SCALE below
10, every third scenario; below 1, every ninth.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

from turns import SCALE

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")
STEP = 1 if SCALE >= 10 else 3 if SCALE >= 1 else 9


def line_above(text):
    return "_added = 1\n" + re.sub(r"(?m)^(def .*\n)", r"\1    _here = [_added]\n", text)


def rename_local(text):
    """Every name that a function or a loop binds, unless it is also an attribute or a keyword."""
    names = set(re.findall(r"(?m)^\s+(?:for )?([a-z]\w*)(?= = | in )", text))
    names |= {n for names in re.findall(r"def \w+\(([^()]*)\)", text)
              for n in re.findall(r"[a-z]\w*", names)}
    for name in sorted(names - {"self"}):
        if not re.search(r"\.%s\b|\b%s=|global .*\b%s\b" % (name, name, name), text):
            text = re.sub(r"\b%s\b" % name, name + "_2", text)
    return text


def insert_print(text):
    return re.sub(r"(?m)^(    def .*\n|def .*\n)",
                  lambda m: m[0] + " " * (8 if m[0][0] == " " else 4) + 'print("here", __name__)\n', text)


def reformat(text):
    lines = []
    for line in text.split("\n"):
        if line.strip() and not line.startswith("@"):
            lines += ["", "# a comment"]
        lines.append(line + "  # another one" if line.strip() else line)
    return "\n".join(lines)


def unused_function(text):
    return "def never_called(n):\n    return [n for _ in range(n)]\n\n\n" + text


EDITS = (line_above, rename_local, insert_print, reformat, unused_function)


def scenarios():
    with open(os.path.join(HERE, "verdicts.txt")) as table:
        for line in table:
            words = line.split()
            if words and not words[0].startswith("#") and words[3] == "FAIL":
                yield words[0], words[5:]


def stress(*options):
    return subprocess.run([TOGIL, "stress", *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", timeout=300)


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.script = os.path.join(folder.name, "script.py")
        self.saved = os.path.join(folder.name, "found.tgs")
        self.bare = os.path.join(folder.name, "bare.tgs")
        self.found = os.path.join(folder.name, "found.json")

    def write(self, text):
        with open(self.script, "w") as file:
            file.write(text)

    def failure(self, *options):
        """What a command has found: the kind, and the class of an exception or who waits where."""
        done = stress("--json", self.found, *options, self.script)
        with open(self.found) as file:
            failures = json.load(file)["sessions"][0]["failures"]
        if not failures:
            return done, None
        kind, text = failures[0]["kind"], failures[0]["text"]
        places = re.findall(r", in (\S+)", text)
        last = text.rstrip().split("\n")[-1].split(":")[0] if kind == "exception" else ""
        return done, (kind, places, last)

    def save(self, text, *options):
        self.write(text)
        _, first = self.failure("--seed", "1", "--save-schedule", self.saved, *options)
        with open(self.saved) as file:
            lines = file.readlines()
        with open(self.bare, "w") as file:
            file.writelines(line for line in lines if not line.startswith(("anchor ", "likeness ")))
        return first


class Edits(Files):
    def test_nine_in_ten_fail_in_the_same_way(self):
        tried, well, missed, by_index = 0, 0, [], 0
        for name, options in list(scenarios())[::STEP]:
            with open(os.path.join(HERE, "scenarios", name + ".py")) as file:
                text = file.read()
            first = self.save(text, *options)
            self.assertIsNotNone(first, name)
            for edit in EDITS:
                self.write(edit(text))
                tried += 1
                done, again = self.failure("--replay", self.saved)
                if done.returncode == 1 and again == first:
                    well += 1
                else:
                    missed.append((name, edit.__name__, done.returncode, again,
                                   re.findall("replayed.*", done.stdout)))
                by_index += self.failure("--replay", self.bare)[1] == first
        print("%d of %d by anchors, %d by index; missed: %s" % (well, tried, by_index, missed[:12]))
        self.assertGreaterEqual(well, 0.9 * tried, missed)
        self.assertLess(by_index, well)


class Told(Files):
    SCENARIO = os.path.join(HERE, "scenarios", "01_lost_update_global.py")

    def text(self):
        with open(self.SCENARIO) as file:
            return file.read()

    def test_the_number_of_anchors_met(self):
        self.save(self.text())
        self.write(line_above(self.text()))
        done = stress("--replay", self.saved, self.script)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout, r"replayed by anchors: (\d+) of \1 met\n")

    def test_the_same_script_is_followed_step_by_step(self):
        self.save(self.text())
        done = stress("--replay", self.saved, self.script)
        self.assertEqual((done.returncode, done.stderr), (1, ""))
        self.assertNotIn("anchors", done.stdout)

    def test_another_script_is_one_clear_line(self):
        self.save(self.text())
        self.write("pass\n")
        done = stress("--replay", self.saved, self.script)
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stdout, r"replayed by anchors: 0 of [1-9]\d* met\n")
        self.assertEqual(done.stderr.count("the anchors do not lead to the failure"), 1)

    def test_a_file_without_anchors_is_read(self):
        self.save(self.text())
        done = stress("--replay", self.bare, self.script)
        self.assertEqual((done.returncode, done.stderr), (1, ""))

    def test_what_is_no_anchor_is_said(self):
        self.save(self.text())
        with open(self.saved, "a") as file:
            file.write("anchor m flies\n")
        self.write("# changed\n" + self.text())
        done = stress("--replay", self.saved, self.script)
        self.assertIn("the anchors of the schedule cannot be read", done.stderr)


if __name__ == "__main__":
    unittest.main()
