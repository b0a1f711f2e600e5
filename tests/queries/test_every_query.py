"""Every function that asks the database: scope first, without a default, and nothing for an empty one."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pandas as pd
import pytest

import lib.queries
from lib import access, measure, periods, settings
from lib.domain import AccessRefused, CaseFilter, Dimensi, Role, Scope
from lib.measure.counts import PLAIN
from lib.measure.question import registers_of
from lib.queries import cases
from tests.queries.office import T

NOBODY = Scope(role=Role.KOORDINATOR, provinces=())
EVERYBODY = access.scope_of(Role.DIREKTUR)
LIMITS = settings.load(environment={}).ambang
# What opens a source, or makes part of a query of one that has a scope.
NO_QUESTION = {"windows_table", "live_source", "snapshot_source", "direct_source"}


def asking() -> dict[str, object]:
    """The functions of lib.queries that take a source."""
    found = {}
    for info in pkgutil.iter_modules(lib.queries.__path__):
        module = importlib.import_module(f"lib.queries.{info.name}")
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            if "source" in inspect.signature(function).parameters and name not in NO_QUESTION:
                found[f"{info.name}.{name}"] = function
    return found


FUNCTIONS = asking()


def test_there_are_functions_to_look_at():
    assert len(FUNCTIONS) > 35


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_query_takes_the_scope_first_and_without_a_default(name):
    first = next(iter(inspect.signature(FUNCTIONS[name]).parameters.values()))
    assert first.name == "scope"
    assert first.default is inspect.Parameter.empty


DOOR = {name: getattr(measure, name) for name in measure.__all__}
ASKED = {
    name: function
    for name, function in DOOR.items()
    if inspect.isfunction(function) and "source" in inspect.signature(function).parameters
}
# What publishing asks of every province; no page can reach a result of these.
PUBLISHING = {"figures_to_keep", "audited"}


@pytest.mark.parametrize("name", sorted(ASKED.keys() - PUBLISHING))
def test_the_one_door_takes_the_scope_first_too(name):
    assert next(iter(inspect.signature(ASKED[name]).parameters)) == "scope"


@pytest.fixture(scope="module")
def given(published) -> Iterator[dict]:
    """What the functions ask for, over a random world that nobody changes."""
    source = measure.open_source(settings.load(environment={"TUNTAS_DATA": str(published["random"])}))
    registers = registers_of(source, EVERYBODY.provinces)
    start = T.replace(year=T.year - 2)
    yield {
        "source": source,
        "case_filter": CaseFilter(),
        "windows": periods.windows(registers, [(start, T)]),
        "per": None,
        "days": 30,
        "days_emergency": 7,
        "limits": LIMITS,
        "kode": "I13",
        "kodes": ("I13",),
        "names": True,
        "count": cases.STOCK,
        "counts": {name: count_of(LIMITS) for name, count_of in PLAIN.items()},
    }
    source.engine.dispose()


def required(name: str) -> list[str]:
    parameters = list(inspect.signature(FUNCTIONS[name]).parameters.values())[1:]
    return [each.name for each in parameters if each.default is inspect.Parameter.empty]


KNOWN = {
    *(
        "source",
        "case_filter",
        "windows",
        "per",
        "days",
        "days_emergency",
        "limits",
        "kode",
        "kodes",
        "names",
        "count",
        "counts",
    ),
}
CALLABLE = [
    name for name in FUNCTIONS if set(required(name)) <= KNOWN and not name.split(".")[1].startswith("_")
]


def test_most_queries_are_called_here():
    assert len(CALLABLE) >= 25


def holds_nothing(answer: object) -> bool:
    """No row, or no count above zero."""
    if isinstance(answer, pd.DataFrame):
        numbers = answer.select_dtypes("number")
        return answer.empty or not numbers.fillna(0).to_numpy().any()
    if isinstance(answer, dict):
        return all(holds_nothing(each) for each in answer.values())
    return not answer


@pytest.mark.parametrize("name", CALLABLE)
def test_an_empty_scope_gets_nothing_though_all_windows_are_given(name, given):
    values = {each: given[each] for each in required(name)}
    assert holds_nothing(FUNCTIONS[name](NOBODY, **values))


@pytest.mark.parametrize("name", CALLABLE)
def test_a_query_for_another_province_is_refused_or_empty(name, given):
    own = Scope(role=Role.KOORDINATOR, provinces=("33",))
    values = {each: given[each] for each in required(name)}
    if "case_filter" in values:
        values["case_filter"] = CaseFilter(provinsi=("35",))
    try:
        answer = FUNCTIONS[name](own, **values)
    except AccessRefused:
        return
    assert holds_nothing(answer)


@pytest.mark.parametrize("per", [None, Dimensi.PROVINSI])
def test_the_same_call_finds_cases_for_everybody(given, per):
    values = {each: given[each] for each in required("cases.recorded")} | {"per": per}
    assert not holds_nothing(FUNCTIONS["cases.recorded"](EVERYBODY, **values))
