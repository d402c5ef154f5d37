# SPDX-License-Identifier: MIT
"""What pyperf 2.x demands of a file in its format 1.0, as far as loading, comparing and showing
it goes. check(data) raises AssertionError with a sentence about the first rule that is broken."""

import datetime

# Every run of a benchmark must agree on these.
SAME_IN_ALL_RUNS = ("aslr", "cpu_count", "cpu_model_name", "hostname", "inner_loops", "name",
                    "platform", "python_executable", "python_implementation", "python_unicode",
                    "python_version", "unit")
UNITS = ("second", "byte", "integer")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_int(value):
    return isinstance(value, int) and not isinstance(value, bool)


def check_metadata(metadata):
    for key, value in metadata.items():
        where = f"metadata {key!r}: {value!r}"
        assert isinstance(key, str) and key, where
        if isinstance(value, str):
            assert value.strip() and "\n" not in value and "\r" not in value, where
        if key in ("loops", "inner_loops"):
            assert is_int(value) and value >= 1, where
        elif key in ("duration", "uptime", "load_avg_1min"):
            assert is_number(value) and value >= 0, where
        elif key in ("mem_max_rss", "command_max_rss"):
            assert is_int(value) and value >= 0, where
        elif key == "unit":
            assert value in UNITS, where
        elif key == "date":
            parsed = datetime.datetime.fromisoformat(value)
            assert parsed.tzinfo is None, where
        else:
            assert isinstance(value, str) or is_number(value), where


def check(data):
    assert data["version"] == "1.0", "version must be the string 1.0"
    common = data.get("metadata", {})
    check_metadata(common)
    assert data["benchmarks"], "a suite needs a benchmark"
    names = []
    for benchmark in data["benchmarks"]:
        shared = {**common, **benchmark.get("metadata", {})}
        check_metadata(shared)
        assert benchmark["runs"], "a benchmark needs a run"
        seen = None
        for run in benchmark["runs"]:
            metadata = {**shared, **run.get("metadata", {})}
            check_metadata(metadata)
            values = run.get("values", ())
            warmups = run.get("warmups", ())
            assert values or warmups, "a run needs values or warm-ups"
            assert all(is_number(v) and v > 0 for v in values), f"values {values!r}"
            for loops, value in warmups:
                assert is_int(loops) and loops >= 1 and is_number(value) and value >= 0
            agreed = {key: metadata.get(key) for key in SAME_IN_ALL_RUNS}
            assert seen is None or agreed == seen, f"runs differ: {agreed} and {seen}"
            seen = agreed
        assert isinstance(seen["name"], str), "a benchmark needs a name"
        names.append(seen["name"])
    assert len(names) == len(set(names)), f"names repeat: {names}"
