"""What queries found in a version is found again, by the same rights only, and nobody can spoil it for another."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from sqlalchemy import literal, select

from lib.database.connection import writable_engine
from lib.domain import CaseFilter, Dimensi, Scope
from lib.measure import case_timeline, cases_behind, count_behind, measure, open_source
from lib.queries import remembered
from lib.queries import source as sources
from lib.queries.source import direct_source
from tests.queries.office import SCOPE

OF_CASES = ("I01", "I03", "I05M", "I13", "I15-n")
OF_PERSONS = {None: ("I18-median", "I29-jenjang"), Dimensi.PROVINSI: ("I18-median", "I29-jenjang")}
ALL = CaseFilter()
ONE = CaseFilter(provinsi=("34",))


@pytest.fixture
def source(varied):
    opened = open_source(varied)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def asked(monkeypatch) -> list:
    """The queries that really went to the database."""
    seen, run = [], sources._rows
    monkeypatch.setattr(sources, "_rows", lambda *question: seen.append(question) or run(*question))
    return seen


def answer(scope: Scope, source, values, case_filter=ALL, per=None) -> pd.DataFrame:
    kodes = (*OF_CASES, *OF_PERSONS.get(per, ()))
    return measure(scope, kodes, case_filter, per=per, source=source, limits=values.ambang)


def test_the_same_question_goes_to_the_database_once(source, varied, asked):
    first = answer(SCOPE, source, varied)
    before = len(asked)
    assert before
    pd.testing.assert_frame_equal(answer(SCOPE, source, varied), first)
    assert len(asked) == before
    answer(SCOPE, source, varied, ONE)
    assert len(asked) > before


@pytest.mark.parametrize("per", [None, *Dimensi])
def test_a_narrow_scope_after_a_wide_one_gets_its_own(per, source, varied):
    narrow = replace(SCOPE, provinces=("34",))
    without = replace(source, ingatan=None)
    expected = answer(narrow, without, varied, per=per)
    for case_filter in (ALL, ONE):
        answer(SCOPE, source, varied, case_filter, per)
    pd.testing.assert_frame_equal(answer(narrow, source, varied, per=per), expected)
    pd.testing.assert_frame_equal(
        answer(SCOPE, source, varied, per=per), answer(SCOPE, without, varied, per=per)
    )


def test_lists_too(source, varied):
    narrow = replace(SCOPE, provinces=("34",))
    door = {"source": source, "limits": varied.ambang}
    everything = cases_behind(SCOPE, "I01", ALL, **door)
    own = cases_behind(narrow, "I01", ALL, **door)
    assert len(own) < len(everything) and set(own["kode_provinsi"]) == {"34"}
    assert count_behind(narrow, "I01", ALL, **door) < count_behind(SCOPE, "I01", ALL, **door)


def fetched(rows: int = 2) -> pd.DataFrame:
    return pd.DataFrame({"n": range(rows)})


def test_the_rights_are_part_of_the_question():
    memory, query = remembered.Remembered(), select(literal(1).label("n"))
    memory.found(SCOPE, query, fetched)
    narrow = replace(SCOPE, provinces=("34",))
    assert len(memory.found(narrow, query, lambda: fetched(1))) == 1
    assert len(memory.found(SCOPE, query, lambda: fetched(1))) == 2


def test_so_are_the_values():
    memory = remembered.Remembered()
    memory.found(SCOPE, select(literal(1).label("n")), fetched)
    assert len(memory.found(SCOPE, select(literal(2).label("n")), lambda: fetched(3))) == 3


def test_who_changes_rows_changes_only_their_own():
    memory, query = remembered.Remembered(), select(literal(1).label("n"))
    for _ in range(2):
        mine = memory.found(SCOPE, query, fetched)
        assert mine["n"].tolist() == [0, 1]
        mine["n"] = 9
        mine.loc[0, "n"] = 8
        mine["lain"] = 1
    assert list(memory.found(SCOPE, query, fetched)) == ["n"]


def test_a_failure_is_not_kept():
    memory, query = remembered.Remembered(), select(literal(1).label("n"))

    def fails():
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        memory.found(SCOPE, query, fails)
    assert len(memory.found(SCOPE, query, fetched)) == 2


def test_long_answers_and_old_ones_are_not_kept(monkeypatch):
    monkeypatch.setattr(remembered, "MOST_ROWS", 2)
    monkeypatch.setattr(remembered, "ALL_ROWS", 3 * (remembered.AN_ANSWER + 2))
    memory, calls = remembered.Remembered(), []

    def ask(number: int, rows: int = 2) -> None:
        memory.found(SCOPE, select(literal(number)), lambda: calls.append(number) or fetched(rows))

    for number in (1, 2, 3, 1, 4, 1, 2):
        ask(number)
    # Three answers of two rows fit: 4 pushes out 2, which was asked longest ago, and 2 then 3.
    assert calls == [1, 2, 3, 4, 2]
    for _ in range(2):
        ask(5, rows=3)
    assert calls[5:] == [5, 5]


def test_answers_without_rows_take_room_too(monkeypatch):
    monkeypatch.setattr(remembered, "ALL_ROWS", 2 * remembered.AN_ANSWER)
    memory, calls = remembered.Remembered(), []
    for number in (1, 2, 1, 3, 2):
        memory.found(SCOPE, select(literal(number)), lambda number=number: calls.append(number) or fetched(0))
    assert calls == [1, 2, 3, 2]


def test_lists_of_cases_are_not_kept(source, varied, asked):
    door = {"source": source, "limits": varied.ambang}
    first = cases_behind(SCOPE, "I01", ALL, size=None, **door)
    once = len(asked)
    pd.testing.assert_frame_equal(cases_behind(SCOPE, "I01", ALL, size=None, **door), first)
    row = first.iloc[0]
    for _ in range(2):
        case_timeline(SCOPE, row["kode_provinsi"], row["id_kasus"], source=source)
    assert len(first) > 1 and len(asked) == 2 * once + 2


def test_the_case_database_itself_is_asked_every_time(varied, asked):
    engine = writable_engine(f"sqlite:///{varied.data_folder / 'kasus.sqlite'}")
    live = direct_source(engine, simulasi=True)
    assert live.ingatan is None
    answer(SCOPE, live, varied)
    once = len(asked)
    answer(SCOPE, live, varied)
    assert len(asked) == 2 * once
    engine.dispose()
