"""The benchmark counts what it says it counts."""

from __future__ import annotations

import types

import pytest

from tests.benchmark.figures import families, query_functions, timed
from tests.benchmark.timing import Figure, number, table, whole


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0456, "0,046"), (0.5, "0,50"), (12.345, "12,3"), (1234.5, "1.234"), (0, "0,000"), (99.96, "100,0")],
)
def test_number(value, written):
    assert number(value) == written


def test_whole():
    assert whole(1_000_000) == "1.000.000"


def test_table():
    assert table(("a", "b"), [("1", "2")]) == "| a | b |\n| --- | --- |\n| 1 | 2 |\n"


@pytest.mark.parametrize(("budget", "kept"), [(None, "–"), (2.0, "ya"), (1.9, "**tidak**")])
def test_median_is_held_against_the_budget(budget, kept):
    figure = Figure(what="x", data="y", runs=(1.0, 9.0, 2.0), unit="s", budget=budget)
    assert figure.median == 2.0
    assert figure.cells()[3] == "1,00–9,00"
    assert figure.cells()[-1] == kept


def test_a_call_inside_another_is_counted_once():
    module = types.SimpleNamespace()
    module.inner = lambda: None
    module.outer = lambda: module.inner()
    with timed([(module, "inner"), (module, "outer")]) as taken:
        module.outer()
        module.inner()
    assert {name: len(times) for name, times in taken.items()} == {"outer": 1, "inner": 1}
    module.inner()
    assert len(taken["inner"]) == 1


def test_queries_and_indicators_are_all_found():
    assert {"recorded", "at_risk_starts", "pendamping_load"} <= {name for _, name in query_functions()}
    assert "I01" in sum(families().values(), [])
