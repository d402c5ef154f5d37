#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_shards.py - one campaign of togil stress on several machines.

    test_shards.py Merge|Engines      TOGIL names the command

Merge: documents of shards give the report that one machine gives. Engines: what the job engines of
clusters put into the environment.
"""
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
TOGIL = os.environ.get("TOGIL", "togil")
ENGINES = ("SLURM", "TEST_", "JOB_COMPLETION")


def scenario(name):
    return os.path.join(HERE, "scenarios", name + ".py")


class Shards(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def stress(self, *options, **environment):
        clean = {k: v for k, v in os.environ.items() if not k.startswith(ENGINES)}
        done = subprocess.run([TOGIL, "stress", *options], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=300,
                              env={**clean, **environment})
        return done.returncode, re.sub(r", \d+ per second", "", done.stdout), done.stderr

    def document(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            found = json.load(file)
        for session in found["sessions"]:
            del session["seconds"]
        return found

    def shards(self, n, *options):
        """Their documents, the last one first."""
        paths = []
        for i in range(n, 0, -1):
            paths.append(self.path(f"{i}.json"))
            self.stress("--shard", f"{i}/{n}", "--json", paths[-1], *options)
        return paths

    def check_usage(self, text, *options, **environment):
        code, out, error = self.stress(*options, **environment)
        self.assertEqual((code, out, error.count("\n")), (2, "", 1), error)
        self.assertIn(text, error)


class Merge(Shards):
    def check_same(self, n, *options):
        whole = self.stress("--json", self.path("whole.json"), *options)
        merged = self.stress("--json", self.path("merged.json"), "--merge", *self.shards(n, *options))
        self.assertEqual(merged, whole, options)
        self.assertEqual(self.document("merged.json"), self.document("whole.json"), options)
        return whole

    def test_the_report_of_one_machine(self):
        for name, n in (("13_sort_while_append", 3), ("15_dining_5", 2), ("25_shared_generator", 2),
                        ("20_reorder_10_fixed", 4)):
            self.check_same(n, "--seed", "5", "--stop", "never", "--runs", "403", scenario(name))

    def test_three_policies_and_options(self):
        code, text, _ = self.check_same(2, "--diff-gil", "--stop", "never", "--seed", "7", "--runs",
                                        "300", "--race", "fail", "--max-steps", "5000",
                                        scenario("10_sum_tearing"))
        self.assertEqual(code, 1)
        self.assertIn("exposed by removing the GIL", text)

    def test_code_on_the_command_line_and_its_arguments(self):
        code, text, _ = self.check_same(2, "--stop", "never", "--seed", "1", "--runs", "20", "-c",
                                        "import sys\nassert sys.argv[1] == 'a b'", "a c")
        self.assertEqual(code, 1)
        self.assertIn("20 of 20 schedules failed", text)

    def test_the_first_failure_of_all(self):
        options = ("--seed", "3", "--runs", "2000", scenario("11_zip_tearing"))
        _, whole, _ = self.stress(*options)
        _, merged, _ = self.stress("--merge", *self.shards(3, *options))
        again = r"again: .*\n"
        self.assertEqual(re.findall(again, merged), re.findall(again, whole))

    def test_every_run_is_done_by_one_shard(self):
        # More shards than blocks, and a number of runs that is no multiple of anything.
        for n in (1, 5, 9):
            paths = self.shards(n, "-j", "2", "--seed", "1", "--runs", "61", "--race", "off",
                                scenario("12_append_only"))
            runs = []
            for path in paths:
                part = self.document(os.path.basename(path))["sessions"][0]["part"]
                runs.append(part["runs"])
            self.assertEqual(sum(runs), 61, runs)

    def test_what_does_not_belong_together(self):
        options = ("--seed", "3", "--runs", "30", "--race", "off", "-c", "pass")
        b, a = self.shards(2, *options)
        self.check_usage("shard 2/2 is missing", "--merge", a)
        self.check_usage("shard 1/2 is given twice", "--merge", a, b, a)
        self.stress("--shard", "2/2", "--json", self.path("c.json"), "--seed", "4", *options[2:])
        self.check_usage("seed is not the same", "--merge", a, self.path("c.json"))
        self.stress("--shard", "2/3", "--json", self.path("c.json"), *options)
        self.check_usage("is of 3 shards, not of 2", "--merge", a, self.path("c.json"))
        self.stress("--json", self.path("c.json"), *options)
        self.check_usage("is not of a shard", "--merge", self.path("c.json"))
        self.check_usage("cannot read", "--merge", self.path("none.json"))
        with open(self.path("c.json"), "w", encoding="utf-8") as file:
            file.write("{}")
        self.check_usage("is not a document", "--merge", self.path("c.json"))
        self.check_usage("which documents?", "--merge")
        self.check_usage("--merge goes with", "--seed", "1", "--merge", a, b)

    def test_the_script_must_be_the_same(self):
        path = self.path("script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write("x = 1\n")
        paths = self.shards(2, "--seed", "1", "--runs", "20", path)
        with open(path, "a", encoding="utf-8") as file:
            file.write("x = 2\n")
        self.check_usage("not the one that the shards have run", "--merge", *paths)


class Engines(Shards):
    RUN = ("--seed", "1", "--runs", "20", "--race", "off", "-c", "pass")

    def check_shard(self, shard, *options, **environment):
        code, out, error = self.stress(*options, *self.RUN, **environment)
        self.assertEqual((code, error), (0, ""))
        self.assertEqual(re.findall(r"shard (\S+?)\)", out), [shard] if shard else [])

    def test_slurm(self):
        self.check_shard("2/4", SLURM_ARRAY_TASK_ID="1", SLURM_ARRAY_TASK_COUNT="4",
                         SLURM_ARRAY_TASK_MIN="0")
        self.check_shard("3/3", SLURM_ARRAY_TASK_ID="14", SLURM_ARRAY_TASK_COUNT="3",
                         SLURM_ARRAY_TASK_MIN="10", SLURM_ARRAY_TASK_STEP="2")
        self.check_shard(None, SLURM_JOB_ID="7")

    def test_bazel(self):
        status = self.path("status")
        self.check_shard("1/3", TEST_TOTAL_SHARDS="3", TEST_SHARD_INDEX="0",
                         TEST_SHARD_STATUS_FILE=status)
        self.assertTrue(os.path.exists(status))

    def test_kubernetes(self):
        self.check_shard("8/8", "--shard", "auto/8", JOB_COMPLETION_INDEX="7")
        self.check_shard(None, JOB_COMPLETION_INDEX="7")

    def test_the_command_line_comes_first(self):
        self.check_shard("2/2", "--shard", "2/2", TEST_TOTAL_SHARDS="3", TEST_SHARD_INDEX="0")
        self.check_shard(None, "--shard", "1/1", TEST_TOTAL_SHARDS="3", TEST_SHARD_INDEX="0")

    def test_a_run_that_is_done_again_is_not_dealt_out(self):
        code, out, _ = self.stress("--run", "3", *self.RUN, TEST_TOTAL_SHARDS="3",
                                   TEST_SHARD_INDEX="0")
        self.assertEqual((code, out[:20]), (0, "0 of 1 schedules fai"))

    def test_bad_values(self):
        for value in ("", "1", "0/4", "5/4", "1/0", "-1/4", "1/4x", " 1/4", "a/b", "1/1000001",
                      "99999999999999999999/3"):
            self.check_usage("--shard takes", "--shard", value, *self.RUN)
        self.check_usage("no JOB_COMPLETION_INDEX", "--shard", "auto/4", *self.RUN)
        self.check_usage("part 4 of 4 from 0", "--shard", "auto/4", *self.RUN,
                         JOB_COMPLETION_INDEX="4")
        self.check_usage("not a number: 'x'", *self.RUN, SLURM_ARRAY_TASK_ID="x")
        self.check_usage("part 3 of 3 from 0", *self.RUN, TEST_TOTAL_SHARDS="3",
                         TEST_SHARD_INDEX="3")
        self.check_usage("needs --seed", "--shard", "1/2", "-c", "pass")
        self.check_usage("does not go with", "--shard", "1/2", "--run", "3", *self.RUN)
        self.check_usage("cannot be dealt out", "--shard", "1/2", "--strategy", "exhaustive",
                         *self.RUN)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
