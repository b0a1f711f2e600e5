"""Open cases by the step they wait for, against the norm, and the mean of closed cases: by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from lib.database.connection import writable_engine
from lib.domain import AccessRefused, CaseFilter, Period, Role, Scope
from lib.measure import cases_behind, closed_mean, measure, waiting
from lib.queries.source import direct_source
from tests.queries.build import DAY, PROVINCES, kasus_row, raw_world, unggahan_row, write
from tests.queries.compare import LIMITS, SCOPE

T = dt.date(2026, 11, 20)
STEPS = ["respon", "asesmen", "rencana", "intervensi", "terminasi"]


def case(number: int, age: int, prioritas: str = "biasa", **days_ago: int) -> dict:
    """A case recorded `age` days before T; steps so many days before T."""
    dates = {f"tanggal_{step}": T - days * DAY for step, days in days_ago.items()}
    reason = {"kode_alasan": "T1"} if "terminasi" in days_ago else {}
    return kasus_row("34", number, T - age * DAY, prioritas=prioritas, **dates, **reason)


CASES = [
    case(1, 14),  # day 14 of 14: within the norm
    case(2, 15),  # one day over
    case(3, 40, asesmen=7),  # waits for rencana, day 7 of 7
    case(4, 40, asesmen=8),
    case(5, 60, asesmen=50, rencana=49),  # waits for intervensi: no norm
    case(6, 180, asesmen=170, rencana=169, intervensi=160),
    case(7, 181, asesmen=170, rencana=169, intervensi=160),
    case(8, 200, intervensi=190),  # skipped steps; not darurat, so without a response too
    case(9, 200, "darurat", intervensi=190),  # intervensi is the response
    case(10, 90, asesmen=80, terminasi=30),  # closed: waits for nothing
]


@pytest.fixture
def source(tmp_path):
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    write(engine, raw_world(kasus=CASES, unggahan=[unggahan_row(1, "34", T, dt.date(2020, 1, 1))]))
    opened = direct_source(engine, simulasi=True)
    yield opened
    engine.dispose()


def test_waits_by_hand(source):
    rows = waiting(SCOPE, CaseFilter(), source=source, limits=LIMITS).set_index("langkah")
    assert rows.index.tolist() == STEPS
    assert rows["menunggu"].tolist() == [3, 2, 2, 1, 4]
    assert rows["lewat"].fillna(-1).tolist() == [2, 1, 1, -1, 3]
    assert rows["norma"].fillna(-1).tolist() == [14, 14, 7, -1, 180]


def test_last_four_steps_share_out_the_open_cases(source):
    rows = waiting(SCOPE, CaseFilter(), source=source, limits=LIMITS).set_index("langkah")
    opened = measure(SCOPE, ["I13"], CaseFilter(), source=source, limits=LIMITS)["nilai"].iloc[0]
    assert rows["menunggu"][1:].sum() == opened == 9


@pytest.mark.parametrize(
    ("kode", "expected"),
    [
        ("LEWAT-respon", {"0002", "0008"}),
        ("LEWAT-asesmen", {"0002"}),
        ("LEWAT-rencana", {"0004"}),
        ("TUNGGU-intervensi", {"0005"}),
        ("LEWAT-terminasi", {"0007", "0008", "0009"}),
    ],
)
def test_lists_hold_exactly_the_cases_of_the_bar(source, kode, expected):
    rows = cases_behind(SCOPE, kode, CaseFilter(), source=source, limits=LIMITS)
    assert set(rows["id_kasus"]) == expected


def test_waits_end_with_the_period(source):
    """Ten days before T case 4 has no asesmen yet, and case 2 has waited five days."""
    then = CaseFilter(period=Period(dari=T - 300 * DAY, sampai=T - 10 * DAY))
    rows = waiting(SCOPE, then, source=source, limits=LIMITS).set_index("langkah")
    assert rows["menunggu"].tolist() == [5, 4, 0, 1, 4]
    assert rows["lewat"].fillna(-1).tolist() == [3, 2, 0, -1, 2]


def test_a_province_that_never_sent_has_no_numbers(source):
    rows = waiting(SCOPE, CaseFilter(provinsi=("35",)), source=source, limits=LIMITS)
    assert rows[["menunggu", "lewat"]].isna().all(axis=None) and set(rows["alasan"]) == {"belum ada data"}
    assert closed_mean(SCOPE, CaseFilter(provinsi=("35",)), source=source, limits=LIMITS) == {
        "nilai": None,
        "n": None,
        "alasan": "belum ada data",
    }


def test_outside_the_scope_is_refused(source):
    narrow = Scope(role=Role.KOORDINATOR, provinces=PROVINCES[1:])
    for ask in (waiting, closed_mean):
        with pytest.raises(AccessRefused):
            ask(narrow, CaseFilter(provinsi=("34",)), source=source, limits=LIMITS)


# Closed after 10, 20, ..., 100 days: a mean of 55. The two open ones are what it leaves out.
CLOSED = [case(n, 200, terminasi=200 - 10 * n) for n in range(1, 11)] + [case(11, 400), case(12, 300)]


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (CLOSED, {"nilai": 55.0, "n": 10, "alasan": None}),
        (CLOSED[1:], {"nilai": None, "n": 9, "alasan": "n < 10"}),
        ([], {"nilai": None, "n": 0, "alasan": "n < 10"}),
    ],
)
def test_mean_of_closed_cases_by_hand(kept, expected, tmp_path):
    engine = writable_engine(f"sqlite:///{tmp_path / 'kasus.sqlite'}")
    write(engine, raw_world(kasus=kept, unggahan=[unggahan_row(1, "34", T, dt.date(2020, 1, 1))]))
    source = direct_source(engine, simulasi=True)
    assert closed_mean(SCOPE, CaseFilter(), source=source, limits=LIMITS) == expected
    engine.dispose()
